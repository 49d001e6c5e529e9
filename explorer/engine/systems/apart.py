"""What sets each recognition network apart, on the user's picture and in numbers: the lenses that only one system has.

Each is a generator over a running network and a picture that has passed through it; what it yields last is the answer.
"""

from __future__ import annotations

import time as clock
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from explorer.engine.lenses.ablation import without
from explorer.engine.lenses.dense import NO_BLOCK, dense_blocks, layers_of, strengths
from explorer.engine.lenses.feature_maps import feature_maps
from explorer.engine.lenses.memory import kept_for_learning
from explorer.engine.lenses.multiply_adds import total
from explorer.engine.lenses.work import KINDS, costs, measuring, one_thread
from explorer.engine.models.recognition.efficientnet import SCALES, EfficientNet, EfficientNetConfig, cost
from explorer.engine.systems.widening import width, widths
from explorer.results import Bundle, Progress, Result, Scores
from explorer.words import InputError, Text

if TYPE_CHECKING:
    from explorer.engine.systems.recognition import Running, View

TIMING = Text("時間を測っています", "Timing")


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
MOST_TIMED = 2_000_000_000  # multiply-adds of a pass that is timed whole; a larger one is timed on a smaller picture


def separable(
    running: Running, view: View, block: str = "", kernel: int | None = None, inputs: int | None = None, outputs: int | None = None, size: int | None = None
) -> Iterator[Result]:
    """One depthwise separable convolution on the picture, and what it costs beside a full one.

    ``block``: its module, by default the third. ``kernel``, ``inputs``, ``outputs``, ``size`` (of the maps): of the arithmetic, by default
    those of the block. Parts: ``before``, ``depthwise``, ``pointwise`` (Maps); ``work`` (multiply-adds, millions), ``time`` (ms a forward
    pass, last). Facts: ``blocks``, ``block``, ``kernel``, ``inputs``, ``outputs``, ``size``, ``multiply_adds`` and ``parameters`` by kind, ``ratio``,
    ``seconds`` by kind and ``rows`` (of the maps that were measured; both last).
    """
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
    timed = counted
    for measured in measuring(**shape):
        timed = measured
        yield Progress(TIMING)
    seconds = {kind: cost.seconds for kind, cost in timed.items()}
    time = Scores(KINDS, _values([1000 * seconds[kind] for kind in KINDS]), unit="ms")
    yield Bundle({**parts, "time": time}, facts={**facts, "seconds": seconds, "rows": timed["full"].rows})


def fire(
    running: Running, view: View, block: str = "", off: tuple[str, ...] = (), squeeze: int | None = None
) -> Iterator[Result]:
    """One Fire module opened: what it squeezes the picture to, what its two branches make of it, and what the answer is without a branch.

    ``block``: its module, by default the third; ``off``: branches set to zero ("expand1x1", "expand3x3"); ``squeeze``: channels squeezed to, for the
    arithmetic only. Parts: ``before``, ``squeeze``, ``expand1x1``, ``expand3x3`` (Maps), ``scores`` (with the branches off), ``weights`` (thousands of weights
    of each part and of a plain 3x3 convolution in their place). Facts: ``blocks``, ``block``, ``off``, ``squeeze``, ``parameters``, ``ratio``, ``best`` (name,
    probability with all branches, probability now).
    """
    modules = dict(running.network.named_modules())
    blocks = [name for name, module in modules.items() if isinstance(getattr(module, "squeeze", None), nn.Conv2d) and hasattr(module, "expand3x3")]
    block = block or blocks[min(2, len(blocks) - 1)]
    if block not in blocks:
        raise InputError(NO_BLOCK.format(name=block[:60]))

    def seen(part: str) -> Result:
        values = view.seen.of(running.network, f"{block}.{part}_activation")
        return feature_maps(values * 0 if part in off else values, f"{block}.{part}")

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


def dense(
    running: Running, view: View, block: str = "", off: tuple[str, ...] = (), growth: int | None = None
) -> Iterator[Result]:
    """How much each layer of a dense block uses every earlier one, the answer without some of the layers, and what another growth rate costs.

    ``block``: its module, by default the first; ``off``: names of layers in it whose maps are set to zero; ``growth``: maps a layer adds, for the
    costs only. Parts: ``strengths`` (Matrix, see ``lenses.dense.strengths``), ``scores`` (without the layers that are off). Facts: ``blocks``, ``block``,
    ``off``, ``growth`` and ``own_growth``, ``parameters``, ``multiply_adds`` and ``memory`` (bytes kept of this picture's forward pass, measured),
    each of the network as it is and with the other growth rate; ``active`` (mean size of what each layer adds on this picture); ``best`` (name,
    probability with all layers, probability now).
    """
    network: Any = running.network
    blocks = dense_blocks(network)
    block = block or blocks[0]
    if block not in blocks:
        raise InputError(NO_BLOCK.format(name=block[:60]))
    layers = tuple(layers_of(network.get_submodule(block)))
    silent = tuple(name for name in layers if name in off)
    full = running.scores(view.seen.output)
    now = running.scores(without(network, view.given.x, [f"{block}.{name}" for name in silent])) if silent else full
    own = int(network.config.growth)
    growth = max(1, min(64, growth or own))
    other = network if growth == own else type(network)(replace(network.config, growth=growth, first=2 * growth)).to(view.given.x.device)
    shape = tuple(view.given.x.shape[1:])
    best = int(full.values.argmax())
    yield Bundle(
        {"strengths": strengths(network, block), "scores": now},
        facts={
            "blocks": blocks, "block": block, "off": list(silent), "growth": growth, "own_growth": own,
            "parameters": tuple(sum(one.numel() for one in net.parameters()) for net in (network, other)),
            "multiply_adds": tuple(total(net, shape) for net in (network, other)),
            "memory": tuple(kept_for_learning(net, view.given.x) for net in (network, other)),
            "active": [float(view.seen.of(network, f"{block}.{name}").abs().mean()) for name in layers],
            "best": (full.names[best], float(full.values[best]), float(now.values[best])),
        },
    )  # fmt: skip


def scaling(
    running: Running, view: View, width: float = 1.0, depth: float = 1.0, size: int = 224
) -> Iterator[Result]:
    """An EfficientNet of any width, depth and resolution: what it costs, beside B0 to B7; and the user's picture at that resolution.

    Parts: ``pixels`` (the picture as a network of that resolution is given it), ``scores`` (what the running network says of it at the same
    multiple of its own resolution). Facts: ``width``, ``depth``, ``size``; ``parameters``, ``multiply_adds``; ``published`` (name, parameters,
    multiply-adds, width, depth, size of B0 to B7, summed up); ``blocks`` and ``channels`` by stage; ``best`` (name, probability at its own resolution,
    probability now), ``side`` (pixels it was given); last ``seconds`` of a forward pass and ``timed`` (pixels a side it was timed at).
    """
    width, depth, size = min(3.0, max(0.2, width)), min(4.0, max(0.2, depth)), min(600, max(32, size))
    config = EfficientNetConfig(1000, width, depth, size)
    parameters, work = cost(config)
    published = [(name, *cost(EfficientNetConfig(1000, w, d, s)), w, d, s) for name, (w, d, s, _) in SCALES.items()]
    side = max(8, round(running.preparation.size * size / SCALES["b0"][2]))
    prepare = replace(running.preparation, size=side, resize=max(side, round(running.preparation.resize * size / SCALES["b0"][2])))
    given = prepare(view.given.whole)
    full = running.scores(view.seen.output)
    with torch.no_grad():
        now = running.scores(running.network(given.x.to(view.given.x.device)))
    best = int(full.values.argmax())
    stages = ((16, 1), (24, 2), (40, 2), (80, 3), (112, 3), (192, 4), (320, 1))
    parts: dict[str, Result] = {"pixels": given.pixels, "scores": now}
    facts = {
        "width": width, "depth": depth, "size": size, "parameters": parameters, "multiply_adds": work, "published": published, "side": side,
        "blocks": [config.blocks(count) for _, count in stages], "channels": [config.channels(full_width) for full_width, _ in stages],
        "best": (full.names[best], float(full.values[best]), float(now.values[best])),
    }  # fmt: skip
    yield Bundle(parts, facts=facts)
    yield Progress(TIMING)
    timed = size if work <= MOST_TIMED else max(32, int(size * (MOST_TIMED / work) ** 0.5) // 32 * 32)
    network = EfficientNet(config).eval()
    x = torch.nn.functional.interpolate(given.x.cpu(), (timed, timed), mode="bilinear")
    times: list[float] = []
    with torch.no_grad(), one_thread():
        for _ in range(4):
            before = clock.perf_counter()
            network(x)
            times.append(clock.perf_counter() - before)
    seconds = float(np.median(times[1:])) * work / cost(replace(config, size=timed))[1]  # the first pass allocates
    yield Bundle(parts, facts={**facts, "seconds": seconds, "timed": timed})


LENSES: Mapping[str, Callable[..., Iterator[Result]]] = {"separable": separable, "fire": fire, "dense": dense, "scaling": scaling, "width": width, "widths": widths}
"""By the id of the lens."""
