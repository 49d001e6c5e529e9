"""What the panels of the recognition networks ask for: what sets each network apart, on the user's picture and in numbers.

All take ``system``, ``variant``, ``weights`` and ``picture`` as the tasks of ``recognition`` do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from explorer.engine.inputs.pictures import Source
from explorer.engine.lenses.ablation import without
from explorer.engine.lenses.feature_maps import feature_maps
from explorer.engine.lenses.work import KINDS, costs, measured
from explorer.engine.systems.recognition import View
from explorer.engine.tasks.recognition import prepared, view_of
from explorer.results import Bundle, Progress, Result, Scores
from explorer.words import InputError, Text

TIMING = Text("時間を測っています", "Timing")
NO_BLOCK = Text("「{name}」という部品はありません。", "There is no module called “{name}”.")


def _values(values: Sequence[float]) -> Any:
    return np.asarray(values, dtype=float)


def _before(network: nn.Module, view: View, block: str) -> Tensor:
    """What goes into a module on this picture: (1, channels, H, W)."""
    ran: dict[int, Tensor] = {}
    module = network.get_submodule(block)
    hook = module.register_forward_pre_hook(lambda _, given: ran.__setitem__(0, given[0]))
    try:
        with torch.no_grad():
            network(view.given.x)
    finally:
        hook.remove()
    return ran[0]


def separable(
    *, system: str, variant: str | None = None, weights: str | None = None, picture: Source, block: str = "",
    kernel: int | None = None, inputs: int | None = None, outputs: int | None = None, size: int | None = None,
) -> Iterator[Result]:  # fmt: skip
    """One depthwise separable convolution on the picture, and what it costs beside a full one.

    ``block``: its module, by default the third. ``kernel``, ``inputs``, ``outputs``, ``size`` (of the maps): of the arithmetic, by default
    those of the block. Parts: ``before``, ``depthwise``, ``pointwise`` (Maps); ``work`` (multiply-adds, millions), ``time`` (ms a forward
    pass, last). Facts: ``blocks``, ``block``, ``kernel``, ``inputs``, ``outputs``, ``size``, ``multiply_adds`` and ``parameters`` by kind, ``ratio``, ``seconds``.
    """
    running = yield from prepared(system, variant, weights)
    view = view_of(running, picture)
    modules = dict(running.network.named_modules())
    blocks = [name for name, module in modules.items() if isinstance(getattr(module, "depthwise", None), nn.Conv2d)]
    block = block or blocks[min(2, len(blocks) - 1)]
    if block not in blocks:
        raise InputError(NO_BLOCK.format(name=block[:60]))
    filtered, mixed = view.seen.of(running.network, f"{block}.depthwise"), view.seen.of(running.network, f"{block}.relu2")
    before = _before(running.network, view, block)
    own = modules[block].get_submodule("depthwise")
    assert isinstance(own, nn.Conv2d)
    shape = {
        "kernel": kernel or own.kernel_size[0],
        "inputs": inputs or filtered.shape[1],
        "outputs": outputs or mixed.shape[1],
        "size": size or filtered.shape[2],
    }
    counted = costs(**shape)
    parts: dict[str, Result] = {
        "before": feature_maps(before, f"{block}, in"),
        "depthwise": feature_maps(filtered, f"{block}.depthwise"),
        "pointwise": feature_maps(mixed, f"{block}.pointwise"),
        "work": Scores(KINDS, _values([counted[kind].multiply_adds / 1e6 for kind in KINDS]), unit="M"),
    }
    facts = {
        **shape,
        "blocks": blocks,
        "block": block,
        "multiply_adds": {kind: cost.multiply_adds for kind, cost in counted.items()},
        "parameters": {kind: cost.parameters for kind, cost in counted.items()},
        "ratio": (counted["depthwise"].multiply_adds + counted["pointwise"].multiply_adds) / counted["full"].multiply_adds,
    }
    yield Bundle(parts, facts=facts)
    yield Progress(TIMING)
    timed = measured(**shape)
    seconds = {kind: cost.seconds for kind, cost in timed.items()}
    time = Scores(KINDS, _values([1000 * seconds[kind] for kind in KINDS]), unit="ms")
    yield Bundle({**parts, "time": time}, facts={**facts, "seconds": seconds})


def fire(
    *, system: str, variant: str | None = None, weights: str | None = None, picture: Source, block: str = "", off: tuple[str, ...] = (),
    squeeze: int | None = None,
) -> Iterator[Result]:  # fmt: skip
    """One Fire module opened: what it squeezes the picture to, what its two branches make of it, and what the answer is without a branch.

    ``block``: its module, by default the third; ``off``: branches set to zero ("expand1x1", "expand3x3"); ``squeeze``: channels squeezed to, for the
    arithmetic only. Parts: ``before``, ``squeeze``, ``expand1x1``, ``expand3x3`` (Maps), ``scores`` (with the branches off), ``weights`` (thousands of weights
    of each part and of a plain 3x3 convolution in their place). Facts: ``blocks``, ``block``, ``off``, ``squeeze``, ``parameters``, ``ratio``, ``best`` (name,
    probability with all branches, probability now).
    """
    running = yield from prepared(system, variant, weights)
    view = view_of(running, picture)
    modules = dict(running.network.named_modules())
    blocks = [name for name, module in modules.items() if isinstance(getattr(module, "squeeze", None), nn.Conv2d) and hasattr(module, "expand3x3")]
    block = block or blocks[min(2, len(blocks) - 1)]
    if block not in blocks:
        raise InputError(NO_BLOCK.format(name=block[:60]))

    def seen(part: str) -> Result:
        return feature_maps(view.seen.of(running.network, f"{block}.{part}_activation"), f"{block}.{part}")

    fire_module = modules[block]
    narrow, expand = fire_module.get_submodule("squeeze"), fire_module.get_submodule("expand3x3")
    assert isinstance(narrow, nn.Conv2d) and isinstance(expand, nn.Conv2d)
    inputs, width, outputs = narrow.in_channels, squeeze or narrow.out_channels, expand.out_channels
    counts = {
        "squeeze": inputs * width, "expand1x1": width * outputs, "expand3x3": 9 * width * outputs, "plain": 9 * inputs * 2 * outputs,
    }  # fmt: skip
    silent = [f"{block}.{branch}_activation" for branch in off if branch in ("expand1x1", "expand3x3")]
    full = running.scores(view.seen.output)
    now = running.scores(without(running.network, view.given.x, silent)) if silent else full
    best = int(full.values.argmax())
    yield Bundle(
        {
            "before": feature_maps(_before(running.network, view, block), f"{block}, in"),
            **{part: seen(part) for part in ("squeeze", "expand1x1", "expand3x3")},
            "scores": now,
            "weights": Scores(tuple(counts), _values([count / 1000 for count in counts.values()]), unit="k"),
        },
        facts={
            "blocks": blocks, "block": block, "off": list(off), "squeeze": width, "inputs": inputs, "outputs": 2 * outputs, "parameters": counts,
            "ratio": (counts["squeeze"] + counts["expand1x1"] + counts["expand3x3"]) / counts["plain"],
            "best": (full.names[best], float(full.values[best]), float(now.values[best])),
        },
    )  # fmt: skip


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
