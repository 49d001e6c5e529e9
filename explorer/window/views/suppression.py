"""Non-maximum suppression, in the window: moving a slider needs no network (Ren et al., "Faster R-CNN", 2015, section 3.3)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK = 64  # boxes compared with all others at a time


def overlap(boxes: NDArray[Any], others: NDArray[Any]) -> NDArray[np.float64]:
    """Intersection over union of boxes (x1, y1, x2, y2), one (4,) or several (k, 4), with each of (n, 4): (n,) or (k, n) from 0 to 1."""
    x1, y1, x2, y2 = (boxes[..., place, None] for place in range(4))
    left, top, right, bottom = others.T
    width, height = np.minimum(x2, right) - np.maximum(x1, left), np.minimum(y2, bottom) - np.maximum(y1, top)
    both = np.maximum(width, 0.0) * np.maximum(height, 0.0)
    either = (x2 - x1) * (y2 - y1) + (right - left) * (bottom - top) - both
    shares: NDArray[np.float64] = np.divide(both, either, out=np.zeros(both.shape), where=either > 0)
    return shares


def suppress(boxes: NDArray[Any], scores: NDArray[Any], labels: NDArray[Any], most: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Keep the surest boxes; drop those of the same class that overlap a kept one by more than ``most``.

    ``boxes`` (n, 4), ``scores`` (n,), ``labels`` (n,). Returns the indices kept, surest first, and (n,) for each box the index of the kept one that
    dropped it, or −1.
    """
    by = np.full(len(boxes), -1, dtype=np.int64)
    order = np.argsort(-np.asarray(scores, dtype=np.float64), kind="stable")
    places = np.asarray(boxes, dtype=np.float64)
    for label in np.unique(labels) if most < 1 else ():
        left = order[labels[order] == label]
        while len(left):
            block = left[:BLOCK]
            covers = np.triu(overlap(places[block], places[left]) > most, 1)  # (block, left): a surer box covers one less sure
            for row in np.flatnonzero(covers.any(1)):
                if by[block[row]] < 0:
                    covered = left[covers[row]]
                    by[covered[by[covered] < 0]] = block[row]
            left = left[BLOCK:]
            left = left[by[left] < 0]
    return order[by[order] < 0], by


def standing(boxes: NDArray[Any], scores: NDArray[Any], labels: NDArray[Any], least: float, most: float) -> NDArray[np.int64]:
    """The indices of the boxes that are sure enough (a score of ``least``) and left after suppression, surest first."""
    sure = np.flatnonzero(scores >= least)
    return np.asarray(sure[suppress(boxes[sure], scores[sure], labels[sure], most)[0]])
