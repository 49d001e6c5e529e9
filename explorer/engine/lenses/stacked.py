"""Small windows on top of each other against one large window: what both see, and what they cost.

Two 3x3 convolutions see 5x5 of what goes into the first, three see 7x7 (Simonyan & Zisserman, 2014, arXiv 1409.1556, section 2.3).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.engine.lenses.trace import Recording
from explorer.results import Bundle, Curves, Maps, Series
from explorer.words import Text

STACKED, SINGLE = Text("3×3 を重ねる", "stacked 3×3"), Text("大きな窓を一つ", "one large window")
SIDE, WEIGHTS, WORK = (
    Text("見える範囲の一辺", "side of what is seen"),
    Text("重みの数（千）", "weights, thousands"),
    Text("積和の回数（百万）", "multiply-adds, millions"),
)
MOST = 5  # windows on top of each other that are counted
AROUND = 6  # how far about the middle the fields are shown


@dataclass(frozen=True)
class Cost:
    """Weights (without biases), multiply-adds on maps of a given size, and how many activations stand between."""

    weights: int
    multiply_adds: int
    activations: int


def runs(network: nn.Module, kernel: int = 3) -> tuple[tuple[str, ...], ...]:
    """The names of convolutions with this window that follow each other with nothing but normalisation and activation between them."""
    found: list[list[str]] = [[]]
    for name, module in network.named_modules():
        if isinstance(module, nn.Conv2d) and module.kernel_size == (kernel, kernel) and module.stride == (1, 1):
            found[-1].append(name)
        elif isinstance(module, nn.MaxPool2d | nn.AvgPool2d | nn.AdaptiveAvgPool2d | nn.Linear | nn.Conv2d) and found[-1]:
            found.append([])
    return tuple(tuple(run) for run in found if run)


def between(network: nn.Module, first: str, last: str) -> nn.Sequential:
    """The modules from one to another of the same list, and the activation right after, if there is one. Raises ValueError for other lists."""
    (parent, _, start), (other, _, end) = first.rpartition("."), last.rpartition(".")
    if parent != other or not start.isdigit() or not end.isdigit():
        raise ValueError(f"{first} and {last} are not in one list")
    children = list(network.get_submodule(parent).children())
    stop = int(end) + 1
    while stop < len(children) and not isinstance(children[stop], nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d):
        stop += 1
    return nn.Sequential(*children[int(start) : stop])


def field(part: nn.Module, x: Tensor, around: int) -> Tensor:
    """What one value in the middle depends on: |gradient| summed over channels, 1 at its greatest, (2 around + 1,) squared.

    ``x``: (1, C, H, W), what goes into the part; it is resized where it is too small to hold the whole window.
    """
    side = max(2 * around + 1, *x.shape[2:])
    source = F.interpolate(x.detach().float(), size=(side, side), mode="bilinear") if x.shape[-1] < side or x.shape[-2] < side else x.detach().clone().float()
    source.requires_grad_()
    with torch.enable_grad():
        values = part(source)
        row, column = values.shape[2] // 2, values.shape[3] // 2
        (gradient,) = torch.autograd.grad(values[0, :, row, column].sum(), source)
    seen = gradient[0].abs().sum(0)[row - around : row + around + 1, column - around : column + around + 1]
    return seen / seen.max().clamp_min(1e-30)


def reach(seen: Tensor) -> int:
    """The side of the smallest square about the middle that holds all that is not zero."""
    places = seen.nonzero() - seen.shape[0] // 2
    return 2 * int(places.abs().max()) + 1 if len(places) else 0


def single(inputs: int, outputs: int, kernel: int, seed: int = 0) -> nn.Conv2d:
    """One convolution with a large window and weights as torch draws them."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False)


def cost(channels: Sequence[int], kernel: int, places: int) -> Cost:
    """Of convolutions one after the other over these channels (input first), counted on modules built without memory."""
    with torch.device("meta"):
        layers = [nn.Conv2d(a, b, kernel, bias=False) for a, b in itertools.pairwise(channels)]
    weights = sum(layer.weight.numel() for layer in layers)
    return Cost(weights, weights * places, len(layers))


def stacked(network: nn.Module, seen: Recording, layer: str, count: int) -> Bundle:
    """``count`` 3x3 convolutions of the running network against one window that sees as much.

    The convolutions are the last ones up to ``layer`` (or the first such run after it) that follow each other without a pooling. Parts: ``stack``,
    ``single`` (Maps: what a value depends on, measured); ``weights``, ``work`` (Curves against the side of what is seen). Facts: ``layers``
    (their names), ``count``, ``counts`` (that this network offers), ``sees`` and ``single_sees`` (sides, measured), ``kernel``, ``channels``, ``places``,
    ``stack_cost``, ``single_cost`` (weights, multiply-adds, activations), ``ratio`` (of the weights), ``whole`` (weights of all runs of the network as
    they are, and with one window in place of each). Raises ValueError where nothing follows each other.
    """
    all_runs = [run for run in runs(network) if len(run) > 1]
    if not all_runs:
        raise ValueError("no two convolutions follow each other here")
    count = max(2, min(count, max(len(run) for run in all_runs)))
    names = _choose(all_runs, list(dict(network.named_modules())), layer, count)
    first = network.get_submodule(names[0])
    assert isinstance(first, nn.Conv2d)
    into = seen.values[seen.trace.enters[names[0]]]
    out = seen.of(network, names[-1])
    kernel, places = 2 * count + 1, out.shape[2] * out.shape[3]
    one = single(first.in_channels, out.shape[1], kernel).to(into.device)
    fields = {"stack": field(between(network, names[0], names[-1]), into, AROUND), "single": field(one, into, AROUND)}
    channels = [first.in_channels, *(_convolution(network, name).out_channels for name in names)]
    costs = {"stack": cost(channels, 3, places), "single": cost((channels[0], channels[-1]), kernel, places)}
    width = channels[-1]
    sides = [2 * k + 1 for k in range(1, MOST + 1)]
    lines = {
        STACKED: [cost([width] * (k + 1), 3, places) for k in range(1, MOST + 1)],
        SINGLE: [cost([width] * 2, 2 * k + 1, places) for k in range(1, MOST + 1)],
    }

    def curves(values: dict[Text, list[float]], label: Text) -> Curves:
        x = torch.tensor(sides).double().numpy()
        drawn = [Series(name, x, torch.tensor(y).double().numpy(), main=name is STACKED) for name, y in values.items()]
        return Curves(tuple(drawn), SIDE, label)

    whole = {"stack": 0, "single": 0}
    for run in all_runs:
        ends = [_convolution(network, name) for name in run]
        along = [ends[0].in_channels, *(end.out_channels for end in ends)]
        whole["stack"] += cost(along, 3, 1).weights
        whole["single"] += cost((along[0], along[-1]), 2 * len(run) + 1, 1).weights
    facts = {f"{key}_cost": (value.weights, value.multiply_adds, value.activations) for key, value in costs.items()}
    return Bundle(
        {
            "stack": Maps(fields["stack"][None].cpu().numpy(), names[-1]),
            "single": Maps(fields["single"][None].cpu().numpy()),
            "weights": curves({name: [one.weights / 1e3 for one in line] for name, line in lines.items()}, WEIGHTS),
            "work": curves({name: [one.multiply_adds / 1e6 for one in line] for name, line in lines.items()}, WORK),
        },
        facts={
            **facts, "layers": names, "count": count, "counts": tuple(range(2, max(len(run) for run in all_runs) + 1)), "kernel": kernel,
            "channels": tuple(channels), "places": tuple(out.shape[2:]), "sees": reach(fields["stack"]), "single_sees": reach(fields["single"]),
            "ratio": costs["single"].weights / costs["stack"].weights, "whole": (whole["stack"], whole["single"]),
        },
    )  # fmt: skip


def _choose(all_runs: Sequence[tuple[str, ...]], order: Sequence[str], layer: str, count: int) -> tuple[str, ...]:
    """So many convolutions of one run: the last up to a layer, else the first after it, else the last of the network."""
    place = order.index(layer) if layer in order else len(order)
    long = [run for run in all_runs if len(run) >= count]
    for run in long:
        upto = [name for name in run if order.index(name) <= place]
        following = all_runs[all_runs.index(run) + 1 :]
        if len(upto) >= count and (not following or order.index(following[0][0]) > place):
            return tuple(upto[-count:])
    later = [run for run in long if order.index(run[count - 1]) > place]
    return tuple(later[0][:count]) if later else long[-1][-count:]


def _convolution(network: nn.Module, name: str) -> nn.Conv2d:
    module = network.get_submodule(name)
    assert isinstance(module, nn.Conv2d)
    return module
