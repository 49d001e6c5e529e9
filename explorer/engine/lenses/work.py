"""What a convolution costs: weights, multiply-adds, and seconds on this machine, full or taken apart into depthwise and pointwise.

Howard et al., "MobileNets", 2017 (arXiv 1704.04861), section 3.1.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch.nn import functional as F


@dataclass(frozen=True)
class Cost:
    """Of one layer for one picture. ``parameters``: weights without biases; ``multiply_adds``; ``seconds``: median, measured, NaN before;
    ``rows``: of the maps that were measured, the rest being as many times as long.
    """

    parameters: int
    multiply_adds: int
    seconds: float = float("nan")
    rows: int = 0


MOST = 300_000_000  # multiply-adds of a full convolution that are measured at once: larger maps are measured in part
KINDS = ("full", "depthwise", "pointwise")


def costs(kernel: int, inputs: int, outputs: int, size: int) -> dict[str, Cost]:
    """A full convolution and the two that stand for it, on maps of ``size`` × ``size`` that keep their size; counted."""
    weights = {"full": kernel * kernel * inputs * outputs, "depthwise": kernel * kernel * inputs, "pointwise": inputs * outputs}
    return {kind: Cost(count, count * size * size) for kind, count in weights.items()}


def measuring(kernel: int, inputs: int, outputs: int, size: int, *, budget: float = 0.25) -> Iterator[dict[str, Cost]]:
    """The same with seconds of a forward pass on random maps, on one thread: the three in turn, for about ``budget`` seconds, after one pass each.

    Yields what is known after each turn. Of maps that take more than ``MOST`` multiply-adds some rows are measured, and counted as many times
    as they fit into the whole.
    """
    counted = costs(kernel, inputs, outputs, size)
    rows = max(1, min(size, size * MOST // counted["full"].multiply_adds))
    maps = torch.randn(1, inputs, rows, size)
    weights = {
        "full": (torch.randn(outputs, inputs, kernel, kernel), 1),
        "depthwise": (torch.randn(inputs, 1, kernel, kernel), inputs),
        "pointwise": (torch.randn(outputs, inputs, 1, 1), 1),
    }
    times: dict[str, list[float]] = {kind: [] for kind in KINDS}
    end = time.perf_counter() + budget
    first = True  # the first turn allocates and is not counted
    while first or len(times["full"]) < 3 or (time.perf_counter() < end and len(times["full"]) < 50):
        with one_thread(), torch.no_grad():
            for kind, (weight, groups) in weights.items():
                before = time.perf_counter()
                F.conv2d(maps, weight, padding=weight.shape[-1] // 2, groups=groups)
                if not first:
                    times[kind].append(time.perf_counter() - before)
        if not first:
            yield {kind: Cost(cost.parameters, cost.multiply_adds, statistics.median(times[kind]) * size / rows, rows) for kind, cost in counted.items()}
        first = False


def measured(kernel: int, inputs: int, outputs: int, size: int, *, budget: float = 0.25) -> dict[str, Cost]:
    """What ``measuring`` knows at its end."""
    return list(measuring(kernel, inputs, outputs, size, budget=budget))[-1]


@contextmanager
def one_thread() -> Iterator[None]:
    """Torch on one thread, so that what else runs on the machine does not hold a layer up; as many as before afterwards."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
