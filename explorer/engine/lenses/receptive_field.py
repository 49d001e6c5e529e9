"""What one value depends on in the picture: the box it can see, from the geometry of the layers, and the gradient measured there."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explorer.engine.lenses.capture import NO_OUTPUT, find_layer, observed
from explorer.engine.lenses.trace import Operation, Recording
from explorer.results import Picture, Region
from explorer.words import InputError, Text

NO_PLACES = Text("層「{name}」の出力には場所がないので、受容野を測れません。", "The output of “{name}” has no places, so it has no receptive field.")
OUTSIDE = Text(
    "層「{name}」の出力は {rows}×{columns} で、({row}, {column}) はその外です。",
    "The output of “{name}” is {rows}×{columns}; ({row}, {column}) is outside.",
)


@dataclass(frozen=True)
class Field:
    """Along one axis: output number i sees the inputs from ``low + i·jump`` up to (not including) ``high + i·jump``.

    ``jump`` 0 with infinite ends: all of them.
    """

    low: float
    high: float
    jump: float

    @property
    def size(self) -> float:
        return self.high - self.low


EVERYTHING = Field(-torch.inf, torch.inf, 0.0)


class _Reached(Exception):
    """Raised to end a forward pass whose rest is not needed."""


def fields(seen: Recording, layer: str) -> tuple[Field, Field]:
    """The receptive field of a layer's outputs along rows and columns, in input pixels."""
    known: dict[int, tuple[Field, Field]] = {seen.trace.input: (Field(0.0, 1.0, 1.0),) * 2}
    wanted = seen.trace.leaves[layer]
    for step in seen.trace.operations:
        if wanted in known:
            break
        known[step.output] = _after(step, [known[number] for number in step.inputs])
    return known[wanted]


def _after(step: Operation, before: list[tuple[Field, Field]]) -> tuple[Field, Field]:
    if step.whole:
        return EVERYTHING, EVERYTHING
    result = []
    for axis in (0, 1):
        together = before[0][axis]
        for other in before[1:]:
            together = _union(together, other[axis])
        if step.window is not None and together.jump:
            reach = (step.window.kernel[axis] - 1) * step.window.dilation[axis]
            first = step.window.padding[axis]
            together = Field(
                together.low - first * together.jump, together.high + (reach - first) * together.jump, together.jump * step.window.stride[axis]
            )
        result.append(together)
    return result[0], result[1]


def _union(one: Field, other: Field) -> Field:
    if one.jump != other.jump:
        return EVERYTHING
    return Field(min(one.low, other.low), max(one.high, other.high), one.jump)


def measured(network: nn.Module, x: Tensor, layer: str, row: int, column: int, unit: int | None = None) -> Tensor:
    """How strongly each input pixel moves one value of a layer: |gradient| summed over the input's channels, (height, width).

    ``unit``: the map; None: all maps at that place together. The network's own gradients are not touched.
    """
    module = find_layer(network, layer)
    kept: list[Tensor] = []

    def stop(_module: nn.Module, _inputs: object, output: Tensor) -> None:
        kept.append(output)
        raise _Reached

    source = x.detach().clone().requires_grad_()
    with observed(network) as handles, torch.enable_grad():
        handles.append(module.register_forward_hook(stop))
        try:
            network(source)
        except _Reached:
            pass
        else:
            raise InputError(NO_OUTPUT.format(name=layer))
        _check(kept[0].shape, layer, row, column)
        place = kept[0][0, :, row, column]
        value = place.sum() if unit is None else place[unit]
        (gradient,) = torch.autograd.grad(value, source)
    return gradient[0].abs().sum(0).detach()


def _check(shape: torch.Size | tuple[int, ...], layer: str, row: int, column: int) -> None:
    if len(shape) != 4:
        raise InputError(NO_PLACES.format(name=layer))
    if not (0 <= row < shape[2] and 0 <= column < shape[3]):
        raise InputError(OUTSIDE.format(name=layer, rows=shape[2], columns=shape[3], row=row, column=column))


def box(seen: Recording, layer: str, row: int, column: int) -> tuple[float, float, float, float]:
    """x1, y1, x2, y2 in input pixels of what one value can see; may reach outside the picture. Where it sees everything: the picture."""
    _check(seen.trace.shapes[seen.trace.leaves[layer]], layer, row, column)
    height, width = seen.x.shape[2:]
    rows, columns = fields(seen, layer)
    top, bottom = (rows.low + row * rows.jump, rows.high + row * rows.jump) if rows.jump else (0.0, float(height))
    left, right = (columns.low + column * columns.jump, columns.high + column * columns.jump) if columns.jump else (0.0, float(width))
    return left, top, right, bottom


def receptive_field(network: nn.Module, seen: Recording, picture: Picture, layer: str, row: int, column: int, unit: int | None = None) -> Region:
    """The box and the measured weight of one value, both in pixels of ``picture`` (the network's input, at any resolution).

    The weight is the gradient's size, 1 at its greatest. Raises InputError for an unknown layer, or a place outside it.
    """
    seen.of(network, layer)
    left, top, right, bottom = box(seen, layer, row, column)
    weight = measured(network, seen.x, layer, row, column, unit)
    greatest = float(weight.max())
    if greatest > 0:
        weight = weight / greatest
    height, width = picture.pixels.shape[:2]
    down, across = height / seen.x.shape[2], width / seen.x.shape[3]
    large = nn.functional.interpolate(weight[None, None].float(), size=(height, width), mode="nearest")[0, 0]
    return Region(picture, (left * across, top * down, right * across, bottom * down), large.cpu().numpy(), layer)
