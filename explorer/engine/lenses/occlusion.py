"""What a network loses when a part of the picture is covered.

Zeiler & Fergus, "Visualizing and Understanding Convolutional Networks", 2014 (arXiv 1311.2901), section 4.2: a grey square is slid over
the picture, and the class's probability is watched.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explorer.engine.lenses.capture import observed
from explorer.words import InputError, Text

BATCH_VALUES = 600_000  # numbers in one batch of pictures
BAD_PATCH = Text("パッチは {low}~{high} 画素、間隔はその大きさ以下にしてください。", "The patch must have {low} to {high} pixels, the stride no more than the patch.")


@dataclass(frozen=True)
class Occlusion:
    """``drops`` of the probability by pixel (height, width): the mean over the patches that covered it, zero where none did yet.
    ``places`` (rows, columns): the drop at each place of the patch, nan where it was not yet. ``done`` of ``total`` places."""

    drops: Tensor
    places: Tensor
    done: int
    total: int


def usual_patch(size: int) -> tuple[int, int]:
    """Side and stride of a patch for a picture whose shorter side has ``size`` pixels: 13 × 13 places on a square one."""
    return max(1, size // 4), max(1, size // 16)


def occlusion(
    network: nn.Module, x: Tensor, number: int, patch: int, stride: int, grey: float | Tensor = 0.0, temperature: float = 1.0
) -> Iterator[Occlusion]:
    """The drop in a class's probability with a patch of ``grey`` (in the network's units; 0 is the mean colour) at each place, growing.

    ``x`` (1, channels, height, width). The last patch of a row or column may reach over the edge. Raises InputError for a patch that does
    not fit the picture.
    """
    height, width = x.shape[2:]
    if not 1 <= patch <= min(height, width) or not 1 <= stride <= patch:
        raise InputError(BAD_PATCH.format(low=1, high=min(height, width)))
    rows, columns = (range(0, -(-(side - patch) // stride) * stride + 1, stride) for side in (height, width))
    places = [(row, column) for row in rows for column in columns]
    drops, counts = x.new_zeros((height, width)), x.new_zeros((height, width))
    found = x.new_full((len(rows) * len(columns),), torch.nan)

    def probabilities(batch: Tensor) -> Tensor:
        with observed(network), torch.no_grad():
            answers: Tensor = network(batch)
        return (answers / temperature).softmax(1)[:, number]

    whole = probabilities(x)
    size = max(1, BATCH_VALUES // x.numel())
    for begin in range(0, len(places), size):
        part = places[begin : begin + size]
        covered = x.repeat(len(part), 1, 1, 1)
        for one, (row, column) in zip(covered, part, strict=True):
            one[:, row : row + patch, column : column + patch] = grey
        lost = whole - probabilities(covered)
        found[begin : begin + len(part)] = lost
        for drop, (row, column) in zip(lost, part, strict=True):
            drops[row : row + patch, column : column + patch] += drop
            counts[row : row + patch, column : column + patch] += 1
        yield Occlusion(drops / counts.clamp(min=1), found.view(len(rows), len(columns)).clone(), begin + len(part), len(places))
