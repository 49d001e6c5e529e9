"""What the panels of the recognition networks ask for: what sets each network apart, on the user's picture and in numbers.

All take ``system``, ``variant``, ``weights`` and ``picture`` as the tasks of ``recognition`` do; the rest is said in ``systems.apart``.
"""

from __future__ import annotations

from collections.abc import Iterator

from explorer.engine.inputs.pictures import Source
from explorer.engine.systems import apart, widening
from explorer.engine.tasks.recognition import prepared, view_of
from explorer.results import Bundle, Result


def separable(
    *, system: str, variant: str | None = None, weights: str | None = None, picture: Source,
    block: str = "", kernel: int | None = None, inputs: int | None = None, outputs: int | None = None, size: int | None = None,
) -> Iterator[Result]:  # fmt: skip
    """One depthwise separable convolution on the picture, and what it costs beside a full one. See ``apart.separable``."""
    running = yield from prepared(system, variant, weights)
    yield from apart.separable(running, view_of(running, picture), block=block, kernel=kernel, inputs=inputs, outputs=outputs, size=size)


def fire(
    *, system: str, variant: str | None = None, weights: str | None = None, picture: Source,
    block: str = "", off: tuple[str, ...] = (), squeeze: int | None = None,
) -> Iterator[Result]:  # fmt: skip
    """One Fire module opened. See ``apart.fire``."""
    running = yield from prepared(system, variant, weights)
    yield from apart.fire(running, view_of(running, picture), block=block, off=off, squeeze=squeeze)


def pooling(*, system: str, variant: str | None = None, weights: str | None = None, picture: Source, layer: str = "") -> Iterator[Result]:
    """The picture moved by 0 to 8 pixels, with each kind of pooling: what changes in the maps of a stage, and in the answer.

    ``layer``: any in that stage, by default the last stage. A Bundle; see ``lenses.shift.pooling_shifts``. Fact ``classes``: the first answer, by kind.
    """
    running = yield from prepared(system, variant, weights)
    found = running.pooling(view_of(running, picture), layer)
    yield Bundle(found.parts, facts={**found.facts, "classes": {kind: running.labels[number] for kind, number in found.facts["first"].items()}})


def stacked(
    *, system: str, variant: str | None = None, weights: str | None = None, picture: Source, layer: str = "", count: int = 2
) -> Iterator[Result]:
    """So many 3x3 convolutions of the network, up to a layer, against one large window. A Bundle; see ``lenses.stacked.stacked``."""
    running = yield from prepared(system, variant, weights)
    yield running.stacked(view_of(running, picture), layer, count)


def dense(
    *, system: str, variant: str | None = None, weights: str | None = None, picture: Source,
    block: str = "", off: tuple[str, ...] = (), growth: int | None = None,
) -> Iterator[Result]:  # fmt: skip
    """How much each layer of a dense block uses every earlier one. See ``apart.dense``."""
    running = yield from prepared(system, variant, weights)
    yield from apart.dense(running, view_of(running, picture), block=block, off=off, growth=growth)


def scaling(
    *, system: str, variant: str | None = None, weights: str | None = None, picture: Source,
    width: float = 1.0, depth: float = 1.0, size: int = 224,
) -> Iterator[Result]:  # fmt: skip
    """An EfficientNet of any width, depth and resolution. See ``apart.scaling``."""
    running = yield from prepared(system, variant, weights)
    yield from apart.scaling(running, view_of(running, picture), width=width, depth=depth, size=size)


def width(
    *, system: str, variant: str | None = None, weights: str | None = None, picture: Source, depth: int = 16, widen: int = 4
) -> Iterator[Result]:
    """A WideResNet of any depth and width beside the thin network that costs as much. See ``widening.width``."""
    running = yield from prepared(system, variant, weights)
    yield from widening.width(running, view_of(running, picture), depth=depth, widen=widen)


def widths(
    *, system: str, variant: str | None = None, weights: str | None = None, picture: Source, blocks: int = 3, alpha: int = 240
) -> Iterator[Result]:
    """Channels by block of ResNet, WideResNet and PyramidNet. See ``widening.widths``."""
    running = yield from prepared(system, variant, weights)
    yield from widening.widths(running, view_of(running, picture), blocks=blocks, alpha=alpha)
