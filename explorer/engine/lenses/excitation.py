"""What excites a unit: the picture that does so most, found by climbing its gradient, and the strongest patches of real pictures.

Erhan et al., 2009, "Visualizing Higher-Layer Features of a Deep Network", climbed in pixels; here the picture is written as
frequencies and its colours are decorrelated, as in Olah et al., 2017, "Feature Visualization", Distill, which shift, turn and scale
the picture a little at every step, so that only what survives this is kept.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explorer.engine.lenses.capture import NO_OUTPUT, find_layer, observed
from explorer.words import InputError, Text

NO_UNIT = Text("層「{name}」にユニット {unit} はありません(0 から {last} まで)。", "The layer “{name}” has no unit {unit}; it has 0 to {last}.")

RATE, FADE = 0.03, (0.9, 0.999)  # Adam's
EVERY = 4  # steps from one measurement of the activation to the next
STARTS = 8  # random pictures of which the best is begun with
CONTRAST = 0.6  # deviation of the frequencies at the start
TURN, SCALE = 5.0, 0.08  # degrees and share each picture may be turned and scaled at a step
JITTER = 16  # a picture is moved by up to its side over this
SMOOTH = 0.25  # weight of the total variation, as a share of the activation it is weighed against
GREY = 1.5  # and of the squared distance from grey: nothing is made stronger than the unit cares for
FROM_RATE, FROM_SMOOTH, FROM_NEAR = 0.01, 0.1, 6.0  # the same three for a climb from a picture, which is held near that picture
FROM_STEPS = 96
DARKEST = 0.02  # values of a picture nearer to 0 or 1 are moved here, where the climb has a slope
COLOURS = torch.tensor([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]])  # from three that vary apart to red, green, blue (Olah et al.)


@dataclass(frozen=True, eq=False)
class Excitation:
    """A step of the climb. ``picture``: (3, H, W), 0 to 1; ``activation``: of the unit for this very picture, unmoved; None at steps
    where it was not measured; ``step`` of ``steps``."""

    picture: Tensor
    activation: float | None
    step: int
    steps: int


class _Reached(Exception):
    """Raised to end a forward pass whose rest is not needed."""


def output_of(network: nn.Module, layer: str, x: Tensor) -> Tensor:
    """What a layer puts out, with its gradient; the network runs no further. Empty: the whole network's output. The network should be in
    evaluation mode. Raises InputError for an unknown layer or one that did not run."""
    if not layer:
        answer: Tensor = network(x)
        return answer
    kept: list[Tensor] = []

    def stop(_module: nn.Module, _inputs: object, output: Tensor) -> None:
        kept.append(output)
        raise _Reached

    handle = find_layer(network, layer).register_forward_hook(stop)
    try:
        network(x)
    except _Reached:
        return kept[0]
    finally:
        handle.remove()
    raise InputError(NO_OUTPUT.format(name=layer))


def activation(values: Tensor, unit: int, layer: str = "") -> Tensor:
    """The activation of a unit for each picture, (n,): of a map its mean. Raises InputError for a unit that is not there."""
    if not 0 <= unit < values.shape[1]:
        raise InputError(NO_UNIT.format(name=layer, unit=unit, last=values.shape[1] - 1))
    return values[:, unit].reshape(len(values), -1).mean(1)


def excite(
    network: nn.Module, size: tuple[int, int], normalise: Callable[[Tensor], Tensor], layer: str, unit: int, *, steps: int = 256, seed: int = 0,
    start: Tensor | None = None,
) -> Iterator[Excitation]:  # fmt: skip
    """Climb to a picture that excites one unit most: first what the climb begins with (step 0), then one more each step.

    Args:
        size: height and width of the network's input.
        normalise: makes the network's input (1, 3, H, W) from values between 0 and 1.
        layer: whose unit; empty for the network's output, where units are classes and their scores are climbed.
        start: a picture (3, H, W) of this size with values 0 to 1 to begin with and to stay near; None: noise.

    The parameters' own gradients are not touched. Raises InputError for an unknown layer or unit.
    """
    device = next(network.parameters()).device
    chance = torch.Generator().manual_seed(seed)
    with observed(network):
        if start is None:
            starts = CONTRAST * torch.randn((STARTS, 3, size[0], size[1] // 2 + 1, 2), generator=chance)
            rate, smooth, near = RATE, SMOOTH, GREY
        else:
            starts = frequencies_of(start[None].float())
            rate, smooth, near = FROM_RATE, FROM_SMOOTH, FROM_NEAR
        with torch.no_grad():
            found = activation(output_of(network, layer, normalise(paint(starts.to(device), size))), unit, layer)
        best = int(found.argmax())
        frequencies = starts[best : best + 1].to(device).requires_grad_()
        mean, square = torch.zeros_like(frequencies), torch.zeros_like(frequencies)
        with torch.no_grad():
            first = paint(frequencies, size)[0]
        anchor = first if start is not None else torch.full_like(first, 0.5)
        yield Excitation(first, float(found[best]), 0, steps)
        for step in range(1, steps + 1):
            with torch.enable_grad():
                picture = paint(frequencies, size)
                value = activation(output_of(network, layer, normalise(moved(picture, chance))), unit, layer).sum()
                weight = 1.0 + float(value.detach().abs())
                loss = -value + weight * (smooth * roughness(picture) + near * ((picture - anchor) ** 2).mean())
                (gradient,) = torch.autograd.grad(loss, frequencies)
            now = None
            with torch.no_grad():  # Adam (Kingma & Ba, 2015); torch's own imports its compiler, which takes seconds
                mean.lerp_(gradient, 1 - FADE[0])
                square.lerp_(gradient**2, 1 - FADE[1])
                frequencies -= rate * (mean / (1 - FADE[0] ** step)) / ((square / (1 - FADE[1] ** step)).sqrt() + 1e-8)
                picture = paint(frequencies, size)
                if step % EVERY == 0 or step == steps:
                    now = float(activation(output_of(network, layer, normalise(picture)), unit, layer))
            yield Excitation(picture[0], now, step, steps)


def paint(frequencies: Tensor, size: tuple[int, int]) -> Tensor:
    """Pictures (n, 3, H, W) with values 0 to 1 from (n, 3, H, W // 2 + 1, 2) real and imaginary parts of their frequencies.

    Every frequency weighs one over its size, as in natural pictures, and the three channels are mixed to colours.
    """
    flat = torch.fft.irfft2(torch.view_as_complex(frequencies.contiguous()) * _weights(size).to(frequencies.device), s=size, norm="ortho") / 4
    return torch.sigmoid(torch.einsum("rc,nchw->nrhw", _colours().to(frequencies.device), flat) * 4)


def frequencies_of(pictures: Tensor) -> Tensor:
    """The inverse of ``paint``: frequencies of pictures (n, 3, H, W), whose values are kept ``DARKEST`` off 0 and 1."""
    flat = torch.einsum("cr,nrhw->nchw", torch.linalg.inv(_colours()), torch.logit(pictures.cpu().clamp(DARKEST, 1 - DARKEST)) / 4)
    size = int(pictures.shape[2]), int(pictures.shape[3])
    found: Tensor = torch.view_as_real(torch.fft.rfft2(flat * 4, norm="ortho") / _weights(size))
    return found


def _weights(size: tuple[int, int]) -> Tensor:
    """How much each frequency weighs, (H, W // 2 + 1)."""
    down, across = torch.fft.fftfreq(size[0])[:, None], torch.fft.rfftfreq(size[1])[None]
    weights: Tensor = 1 / torch.clamp((down**2 + across**2).sqrt(), min=1 / max(size))
    return weights


def _colours() -> Tensor:
    mixed: Tensor = COLOURS / COLOURS.norm(dim=0).max()
    return mixed


def moved(pictures: Tensor, chance: torch.Generator) -> Tensor:
    """Pictures shifted, turned and scaled by a little, the edges mirrored; differentiable."""
    height, width = pictures.shape[2:]
    shift, turn, scale = (torch.rand(2, generator=chance) * 2 - 1), *(torch.rand(2, generator=chance) * 2 - 1).tolist()
    angle, factor = math.radians(TURN * turn), 1 + SCALE * scale
    cosine, sine = factor * math.cos(angle), factor * math.sin(angle)
    matrix = torch.tensor([[cosine, -sine * height / width, float(shift[0]) * 2 / JITTER], [sine * width / height, cosine, float(shift[1]) * 2 / JITTER]])
    grid = nn.functional.affine_grid(matrix[None].to(pictures), [1, 3, height, width], align_corners=False)
    return nn.functional.grid_sample(pictures, grid.expand(len(pictures), -1, -1, -1), padding_mode="reflection", align_corners=False)


def roughness(pictures: Tensor) -> Tensor:
    """The mean difference of neighbouring pixels (total variation)."""
    return pictures.diff(dim=2).abs().mean() + pictures.diff(dim=3).abs().mean()


@dataclass(frozen=True)
class Spot:
    """Where a unit was most excited: by picture ``number``, in its ``part`` x1, y1, x2, y2 (pixels), at ``row``, ``column`` of the layer."""

    number: int
    part: tuple[int, int, int, int]
    row: int
    column: int
    activation: float


def windows(height: int, width: int) -> list[tuple[int, int, int, int]]:
    """Square parts of a picture, x1, y1, x2, y2: as large as it is high or wide, half and a third of that, each overlapping the next by half."""
    found = []
    for share in (1, 2, 3):
        side = max(1, min(height, width) // share)
        rows, columns = (max(1, math.ceil(2 * (length - side) / side) + 1) if length > side else 1 for length in (height, width))
        tops = [round((height - side) * i / max(1, rows - 1)) for i in range(rows)] if rows > 1 else [(height - side) // 2]
        lefts = [round((width - side) * i / max(1, columns - 1)) for i in range(columns)] if columns > 1 else [(width - side) // 2]
        found += [(left, top, left + side, top + side) for top in tops for left in lefts]
    return found


def strongest_places(network: nn.Module, layer: str, unit: int, x: Tensor, batch: int = 16) -> list[tuple[int, int, float]]:
    """For each picture (n, 3, H, W) the row, column and activation where a unit is largest; 0, 0 where the layer has no places.

    Raises InputError for an unknown layer or unit.
    """
    found = []
    with observed(network), torch.no_grad():
        for part in torch.split(x, batch):
            values = output_of(network, layer, part)
            activation(values[:1], unit, layer)  # says so where there is no such unit
            flat = values[:, unit].reshape(len(values), -1)
            columns = values.shape[3] if values.dim() == 4 else 1
            for value, place in zip(*flat.max(1), strict=True):
                found.append((int(place) // columns, int(place) % columns, float(value)))
    return found


def ranked(spots: Sequence[Spot], boxes: Sequence[tuple[float, float, float, float]], most: int = 8, each: int = 2) -> list[int]:
    """Numbers of the strongest spots, strongest first: at most ``each`` of a picture, and none whose box lies half in one already chosen."""
    chosen: list[int] = []
    for index in sorted(range(len(spots)), key=lambda i: -spots[i].activation):
        same = [one for one in chosen if spots[one].number == spots[index].number]
        if len(same) < each and not any(shared(boxes[index], boxes[one]) > 0.5 for one in same):
            chosen.append(index)
        if len(chosen) == most:
            break
    return chosen


def shared(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> float:
    """The area two boxes share, as a share of the smaller."""
    width, height = min(one[2], other[2]) - max(one[0], other[0]), min(one[3], other[3]) - max(one[1], other[1])
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return max(0.0, width) * max(0.0, height) / max(min(areas), 1e-9)
