"""One value of a convolution taken apart: window × kernel, the other input maps, and everything that follows up to the layer's output."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

from explorer.engine.lenses.receptive_field import OUTSIDE
from explorer.engine.lenses.trace import Operation, Recording, within
from explorer.results import Arithmetic
from explorer.words import InputError, Text, same

NO_CONVOLUTION = Text("層「{name}」の出力は畳み込みの値ではありません。", "The output of “{name}” is no convolution's.")
NO_MAP = Text("層「{name}」に {number} 番のマップはありません。", "“{name}” has no map number {number}.")

THIS_MAP = Text("このマップ", "this map")
OTHERS = Text("ほか {count} 枚", "{count} others")
BIAS = Text("バイアス", "bias")
NORM = Text("正規化の後", "after norm")
SHORTCUT = Text("近道から", "shortcut")
SCALED = Text("倍率の後", "after scaling")
BECOMES = Text("{kind} の後", "after {kind}")

_ACTIVATIONS = {
    "relu": "ReLU", "hardtanh": "ReLU6", "leaky_relu": "leaky ReLU", "silu": "SiLU", "gelu": "GELU", "sigmoid": "sigmoid", "tanh": "tanh",
    "hardswish": "hard swish", "elu": "ELU",
}  # fmt: skip


@dataclass(frozen=True)
class Taken:
    """``arithmetic``; the name of the ``convolution``; ``corner``: (top, left) of the window in the input map, which may lie in the padding;
    ``dilation`` of the window; ``padded``: how much padding stands before the input's first row and column."""

    arithmetic: Arithmetic
    convolution: str
    source: int
    corner: tuple[int, int]
    dilation: tuple[int, int]


def way_to(seen: Recording, layer: str) -> list[Operation]:
    """The operations from the convolution that a layer's output comes from to that output. Empty when there is none.

    Only operations that work at each place alone may lie between. Where two convolutions are added, the way goes to the one that reads
    values made inside the layer rather than what entered it, then to the one with the larger kernel, then to the last.
    """
    enters = seen.trace.enters.get(layer)
    found: list[tuple[tuple[bool, int, int], list[Operation]]] = []

    def back(number: int, way: list[Operation]) -> None:
        step = seen.by(number)
        if step is None or not within(step.module, layer):
            return
        if step.kind == "convolution":
            kernel = step.window.kernel if step.window else (0, 0)
            found.append(((enters not in step.inputs, kernel[0] * kernel[1], -len(way)), [step, *way]))
        elif step.window is None and not step.whole and step.kind != "cat":  # maps put side by side come from several
            for before in step.inputs:
                if _places(seen, before) == _places(seen, number):  # not the gate that scales whole maps
                    back(before, [step, *way])

    back(seen.trace.leaves[layer], [])
    return max(found, key=lambda pair: pair[0])[1] if found else []


def _places(seen: Recording, number: int) -> tuple[int, ...]:
    """Height and width of a value; () where it has none or was not kept."""
    return tuple(seen.values[number].shape[2:]) if number in seen.values else ()


def take_apart(network: nn.Module, seen: Recording, layer: str, output_map: int, row: int, column: int, input_map: int | None = None) -> Taken:
    """The arithmetic behind ``output[output_map, row, column]`` of a layer: its last step's value is that value.

    ``input_map``: the one to show; None: the one that adds most, up or down. In a grouped convolution input maps count from the first
    of the whole input.

    Raises InputError when the layer's output is not a convolution's, or the map or place does not exist.
    """
    output = seen.of(network, layer)
    way = way_to(seen, layer) if output.dim() == 4 else []
    if not way:
        raise InputError(NO_CONVOLUTION.format(name=layer))
    if not 0 <= output_map < output.shape[1]:
        raise InputError(NO_MAP.format(name=layer, number=output_map))
    if not (0 <= row < output.shape[2] and 0 <= column < output.shape[3]):
        raise InputError(OUTSIDE.format(name=layer, rows=output.shape[2], columns=output.shape[3], row=row, column=column))
    convolution = network.get_submodule(way[0].module)
    if not isinstance(convolution, nn.Conv2d):
        raise InputError(NO_CONVOLUTION.format(name=layer))
    source = _unpadded(seen, way[0])
    window, kernels, corner = _window(convolution, seen.values[source], output_map, row, column)
    sums = (window * kernels).sum((1, 2))
    first = output_map // (convolution.out_channels // convolution.groups) * len(sums)  # of this group's input maps
    chosen = int(sums.abs().argmax()) if input_map is None else input_map - first
    if not 0 <= chosen < len(sums):
        raise InputError(NO_MAP.format(name=way[0].module, number=input_map))
    steps = [(THIS_MAP, float(sums[chosen]))]
    if len(sums) > 1:
        steps.append((OTHERS.format(count=len(sums) - 1), float(sums.sum() - sums[chosen])))
    if convolution.bias is not None:
        steps.append((BIAS, float(convolution.bias[output_map].detach())))
    before = way[0].output
    for step in way[1:]:
        value = float(seen.values[step.output][0, output_map, row, column])
        if step.kind == "add" and len(step.inputs) > 1:
            steps.append((SHORTCUT, value - float(seen.values[before][0, output_map, row, column])))
        else:
            steps.append((_name(step), value))
        before = step.output
    arithmetic = Arithmetic(
        window[chosen].float().numpy(), kernels[chosen].float().numpy(), first + chosen, output_map, row, column, tuple(steps)
    )
    return Taken(arithmetic, way[0].module, source, corner, _two(convolution.dilation))


def _unpadded(seen: Recording, convolution: Operation) -> int:
    """The value that went into a convolution's module, before the module itself padded it."""
    number = convolution.inputs[0]
    while (step := seen.by(number)) is not None and step.module == convolution.module:
        number = step.inputs[0]
    return number


def _window(convolution: nn.Conv2d, source: Tensor, output_map: int, row: int, column: int) -> tuple[Tensor, Tensor, tuple[int, int]]:
    """The inputs and weights (maps, kernel height, kernel width) that one output is made of, in double precision."""
    padding = convolution._reversed_padding_repeated_twice  # left, right, top, bottom
    mode = "constant" if convolution.padding_mode == "zeros" else convolution.padding_mode
    padded = nn.functional.pad(source[:1].cpu().double(), padding, mode=mode)[0]
    (down, across), (step_down, step_across) = _two(convolution.dilation), _two(convolution.stride)
    height, width = _two(convolution.kernel_size)
    inputs = convolution.in_channels // convolution.groups
    first = output_map // (convolution.out_channels // convolution.groups) * inputs
    top, left = row * step_down, column * step_across
    rows = slice(top, top + (height - 1) * down + 1, down)
    columns = slice(left, left + (width - 1) * across + 1, across)
    window = padded[first : first + inputs, rows, columns]
    return window, convolution.weight[output_map].detach().cpu().double(), (top - padding[2], left - padding[0])


def _two(values: tuple[int, ...]) -> tuple[int, int]:
    return values[0], values[1]


def _name(step: Operation) -> Text:
    if "norm" in step.kind:
        return NORM
    if step.kind in _ACTIVATIONS:
        return same(_ACTIVATIONS[step.kind]) if "ReLU" in _ACTIVATIONS[step.kind] else BECOMES.format(kind=_ACTIVATIONS[step.kind])
    return SCALED if step.kind == "mul" else BECOMES.format(kind=step.kind)


