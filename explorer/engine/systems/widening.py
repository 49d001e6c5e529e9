"""Width against depth, and how widths grow: what sets WideResNet and PyramidNet apart, on networks that are built for it, and on the picture."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from explorer.engine.lenses.widths import Size, channels, responding, size_of, step_seconds
from explorer.engine.models.recognition.pyramidnet import PYRAMIDNET20_A48, PyramidNet, PyramidNetConfig
from explorer.engine.models.recognition.resnet import cifar_resnet
from explorer.engine.models.recognition.wide_resnet import FIRST, WideResNetConfig, wrn
from explorer.results import Bundle, Curves, Progress, Result, Series
from explorer.words import InputError, Text

if TYPE_CHECKING:
    from explorer.engine.systems.recognition import Running, View

SIDE = 32  # the networks built here are those for CIFAR-10
SHAPE = (3, SIDE, SIDE)
MOST_BLOCKS = 166  # of a thin network in each stage: a thousand layers
DEPTHS = (10, 16, 22, 28, 40)
MOST_TIMED = 120_000_000  # multiply-adds of a network that is timed on the whole picture; of larger ones a smaller picture
DEEPEST_TIMED = 200  # layers: a deeper network is not timed, it would take too long
EQUAL_WITHIN = 0.1  # what differs by more is not shown as equally dear
BLOCK, CHANNELS = Text("ブロック", "block"), Text("チャンネル", "channels")
LAYER, LAYERS = Text("層", "layer"), Text("層の数", "layers")
STEP = Text("一ステップの時間（ミリ秒）", "time of a step (ms)")
COUNTING, TIMING = Text("数えています", "Counting"), Text("{layers} 層の時間を測っています", "Timing {layers} layers")
NOT_A_SHAPE = Text("その深さや幅のネットワークは作れません。", "There is no network of that depth and width.")
WIDE, DEEP = Text("広い", "wide"), Text("細く深い", "thin and deep")
EQUAL = Text("同じ積和の組", "equal multiply-adds")
ALL, ACTIVE = Text("チャンネルの数", "channels"), Text("この画像に反応", "responding to the picture")
RESNET, WRN = Text("ResNet", "ResNet"), Text("WideResNet", "WideResNet")
ADDITIVE, MULTIPLICATIVE = Text("PyramidNet（足す）", "PyramidNet, additive"), Text("PyramidNet（掛ける）", "PyramidNet, multiplicative")


def _line(name: Text, x: Any, y: Any, *, main: bool = False) -> Series:
    return Series(name, np.asarray(x, float), np.asarray(y, float), main=main)


def in_use(running: Running, view: View) -> tuple[Series, Series, int, int]:
    """Channels behind each ReLU of the running network, those that respond to the picture, and the sums of both."""
    found = responding(running.network, view.given.x)
    places = range(1, len(found) + 1)
    counts, active = [one.channels for one in found], [one.active for one in found]
    return _line(ALL, places, counts), _line(ACTIVE, places, active, main=True), sum(counts), sum(active)


@dataclass(frozen=True)
class Shape:
    """A WideResNet for CIFAR-10; ``sixteenths`` of the widening factor."""

    depth: int
    sixteenths: int

    def make(self) -> nn.Module:
        """Build it."""
        return wrn(self.depth, self.sixteenths / 16)

    @property
    def channels(self) -> tuple[int, ...]:
        """Channels of the first convolution and of each block."""
        config = WideResNetConfig(self.depth, self.sixteenths / 16, 10)
        return (FIRST, *(width for width in config.widths for _ in range(config.blocks)))


@cache
def _counted(blocks: int, sixteenths: int) -> Size:
    return size_of(Shape(6 * blocks + 4, sixteenths).make, SHAPE)


def size(shape: Shape) -> Size:
    """Parameters and multiply-adds, exactly, from a few small networks that are counted once: both are linear in the blocks and quadratic in the width.

    The plain width, at which the first block needs no projection, is counted for itself.
    """
    known = (16,) if shape.sixteenths == 16 else (8, 24, 32)

    def at(what: str) -> int:
        by_blocks = []
        for blocks in (1, 2):
            places = {width: getattr(_counted(blocks, width), what) for width in known}
            value = Fraction(0)
            for width, counted in places.items():
                others = [other for other in places if other != width]
                value += counted * math.prod((Fraction(shape.sixteenths - other, width - other) for other in others), start=Fraction(1))
            by_blocks.append(value)
        blocks = (shape.depth - 4) // 6
        return int(by_blocks[0] + (blocks - 1) * (by_blocks[1] - by_blocks[0]))

    return Size(at("parameters"), at("multiply_adds"))


def nearest(aim: int, shapes: Iterable[Shape]) -> Shape:
    """The network whose multiply-adds come closest to ``aim``."""
    return min(shapes, key=lambda shape: abs(size(shape).multiply_adds - aim))


def equally_dear(depth: int, aim: int) -> Shape:
    """The network of this depth whose width makes its multiply-adds the nearest to ``aim``."""
    return nearest(aim, (Shape(depth, width) for width in range(8, 321)))


def thin(aim: int) -> Shape:
    """The network of the plain widths whose depth makes its multiply-adds the nearest to ``aim``, of at most a thousand layers."""
    return nearest(aim, (Shape(6 * blocks + 4, 16) for blocks in range(1, MOST_BLOCKS + 1)))


def width(running: Running, view: View, depth: int = 16, widen: int = 4) -> Iterator[Result]:
    """A WideResNet of any depth and factor beside the thin ResNet that costs as much, and the time of a step at every depth between.

    A step: forward and backward on this picture, in the size of CIFAR-10 or, for larger networks, in a smaller one. Parts: ``shape`` (Curves: channels by
    block of both), ``used`` (Curves: channels of the running network and those that respond to the picture), ``time`` (Curves: ms against layers at
    equal multiply-adds, grows). Facts: ``wide`` and ``deep`` (``depth``, ``widen``, ``parameters``, ``multiply_adds``, ``seconds`` or None),
    ``family`` (depth and factor of each point of ``time``), ``side`` (of the picture that is timed), ``channels`` and ``responding`` (sums).
    Raises InputError for a depth that is not 6n + 4.
    """
    if depth % 6 != 4 or not 10 <= depth <= 100 or not 1 <= widen <= 16:
        raise InputError(NOT_A_SHAPE)
    yield Progress(COUNTING)
    chosen = Shape(depth, 16 * widen)
    own = size(chosen)
    deep = thin(own.multiply_adds)
    deep_size = size(deep)
    lines = []
    for name, shape in ((WIDE, chosen), (DEEP, deep)):
        counts = shape.channels
        lines.append(_line(name, range(len(counts)), counts, main=name is WIDE))
    everything, active, total, responds = in_use(running, view)
    side = SIDE
    while own.multiply_adds * side * side / SIDE**2 > MOST_TIMED and side > 8:
        side //= 2
    x = F.interpolate(view.given.x.cpu(), (side, side), mode="bilinear")
    x = torch.cat((x, x.flip(3)))  # batch normalisation wants more than one
    others = [equally_dear(other, own.multiply_adds) for other in DEPTHS if other != depth and other < deep.depth]
    others = [shape for shape in others if abs(size(shape).multiply_adds / own.multiply_adds - 1) < EQUAL_WITHIN]
    shapes = [chosen] + others + ([deep] if deep != chosen else [])
    shapes = [shape for shape in sorted(shapes, key=lambda shape: shape.depth) if shape.depth <= DEEPEST_TIMED or shape == chosen]
    seconds: dict[Shape, float] = {}

    def bundle() -> Bundle:
        timed = [shape for shape in shapes if shape in seconds]
        parts: dict[str, Result] = {
            "shape": Curves(tuple(lines), BLOCK, CHANNELS, y_log=True),
            "used": Curves((everything, active), LAYER, CHANNELS),
        }
        if timed:
            parts["time"] = Curves((_line(EQUAL, [shape.depth for shape in timed], [1000 * seconds[shape] for shape in timed], main=True),), LAYERS, STEP)
        facts = {
            "wide": {"depth": depth, "widen": widen, "parameters": own.parameters, "multiply_adds": own.multiply_adds, "seconds": seconds.get(chosen)},
            "deep": {
                "depth": deep.depth, "widen": 1, "parameters": deep_size.parameters, "multiply_adds": deep_size.multiply_adds, "seconds": seconds.get(deep),
            },
            "family": [(shape.depth, shape.sixteenths / 16) for shape in timed], "side": side, "channels": total, "responding": responds,
        }  # fmt: skip
        return Bundle(parts, facts=facts)

    yield bundle()
    order = [shape for shape in (chosen, deep) if shape in shapes] + [shape for shape in shapes if shape not in (chosen, deep)]
    for shape in order:
        yield Progress(TIMING.format(layers=shape.depth))
        network = shape.make()
        times = []
        for value in step_seconds(network, x, least=3, most=6, budget=0.4):
            times.append(value)
            yield Progress(TIMING.format(layers=shape.depth))
        seconds[shape] = times[-1]
        yield bundle()


def _pyramid(blocks: int, alpha: int, growth: Any) -> Callable[[], nn.Module]:
    return lambda: PyramidNet(PyramidNetConfig(6 * blocks + 2, alpha, PYRAMIDNET20_A48.classes, growth))


def widths(running: Running, view: View, blocks: int = 3, alpha: int = 240) -> Iterator[Result]:
    """Channels by block of ResNet, WideResNet and PyramidNet, read off the networks as they are built: ``blocks`` in each of three stages, ``alpha`` channels
    gained; the WideResNet is as wide at its end as the PyramidNet (its factor a whole number of sixteenths).

    Parts: ``shape`` (Curves: channels against block, four lines), ``used`` (Curves: channels of the running network and those that respond to the
    picture). Facts: ``blocks``, ``alpha``, ``channels`` (by network), ``parameters`` and ``multiply_adds`` (by network), ``widen``, ``step`` (channels
    gained by each block), ``factor`` (of each block, multiplicative), ``all_channels``, ``responding``.
    """
    if not 1 <= blocks <= 18 or not 1 <= alpha <= 512:
        raise InputError(NOT_A_SHAPE)
    yield Progress(COUNTING)
    widen = max(1, round((16 + alpha) / 4)) / 16
    made: dict[str, tuple[Text, Callable[[], nn.Module]]] = {
        "resnet": (RESNET, lambda: cifar_resnet(6 * blocks + 2)),
        "wide": (WRN, lambda: wrn(6 * blocks + 4, widen)),
        "multiplicative": (MULTIPLICATIVE, _pyramid(blocks, alpha, "multiplicative")),
        "additive": (ADDITIVE, _pyramid(blocks, alpha, "additive")),
    }
    counts = {key: channels(make) for key, (_, make) in made.items()}
    sizes = {key: size_of(make, SHAPE) for key, (_, make) in made.items()}
    everything, active, total, responds = in_use(running, view)
    lines = tuple(_line(made[key][0], range(len(by_block)), by_block, main=key == "additive") for key, by_block in counts.items())
    yield Bundle(
        {"shape": Curves(lines, BLOCK, CHANNELS), "used": Curves((everything, active), LAYER, CHANNELS)},
        facts={
            "blocks": blocks, "alpha": alpha, "channels": {key: list(by_block) for key, by_block in counts.items()},
            "parameters": {key: size.parameters for key, size in sizes.items()},
            "multiply_adds": {key: size.multiply_adds for key, size in sizes.items()},
            "widen": widen, "step": alpha / (3 * blocks), "factor": ((16 + alpha) / 16) ** (1 / (3 * blocks)), "all_channels": total, "responding": responds,
        },
    )  # fmt: skip
