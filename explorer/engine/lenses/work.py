"""What a convolution costs: weights, multiply-adds, and seconds on this machine, full or taken apart into depthwise and pointwise.

Howard et al., "MobileNets", 2017 (arXiv 1704.04861), section 3.1.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass

import torch
from torch.nn import functional as F


@dataclass(frozen=True)
class Cost:
    """Of one layer for one picture. ``parameters``: weights without biases; ``multiply_adds``; ``seconds``: median, measured, NaN before."""

    parameters: int
    multiply_adds: int
    seconds: float = float("nan")


KINDS = ("full", "depthwise", "pointwise")


def costs(kernel: int, inputs: int, outputs: int, size: int) -> dict[str, Cost]:
    """A full convolution and the two that stand for it, on maps of ``size`` × ``size`` that keep their size; counted."""
    weights = {"full": kernel * kernel * inputs * outputs, "depthwise": kernel * kernel * inputs, "pointwise": inputs * outputs}
    return {kind: Cost(count, count * size * size) for kind, count in weights.items()}


@torch.no_grad()
def measured(kernel: int, inputs: int, outputs: int, size: int, *, budget: float = 0.25) -> dict[str, Cost]:
    """The same with seconds of a forward pass on random maps: the three in turn, for about ``budget`` seconds, after one pass each."""
    maps = torch.randn(1, inputs, size, size)
    weights = {
        "full": (torch.randn(outputs, inputs, kernel, kernel), 1),
        "depthwise": (torch.randn(inputs, 1, kernel, kernel), inputs),
        "pointwise": (torch.randn(outputs, inputs, 1, 1), 1),
    }
    times: dict[str, list[float]] = {kind: [] for kind in KINDS}
    end = time.perf_counter() + budget
    first = True
    while first or (time.perf_counter() < end and len(times["full"]) < 50) or len(times["full"]) < 3:
        for kind, (weight, groups) in weights.items():
            before = time.perf_counter()
            F.conv2d(maps, weight, padding=weight.shape[-1] // 2, groups=groups)
            if not first:  # the first pass allocates
                times[kind].append(time.perf_counter() - before)
        first = False
    counted = costs(kernel, inputs, outputs, size)
    return {kind: Cost(cost.parameters, cost.multiply_adds, statistics.median(times[kind])) for kind, cost in counted.items()}
