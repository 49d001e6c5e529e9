"""Non-maximum suppression, in the window: moving a slider needs no network (Ren et al., "Faster R-CNN", 2015, section 3.3)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def overlap(box: NDArray[Any], others: NDArray[Any]) -> NDArray[np.float64]:
    """Intersection over union of one box (x1, y1, x2, y2) with each of (n, 4): (n,) from 0 to 1."""
    width = np.minimum(box[2], others[:, 2]) - np.maximum(box[0], others[:, 0])
    height = np.minimum(box[3], others[:, 3]) - np.maximum(box[1], others[:, 1])
    both = np.maximum(width, 0.0) * np.maximum(height, 0.0)
    areas = (others[:, 2] - others[:, 0]) * (others[:, 3] - others[:, 1])
    either = (box[2] - box[0]) * (box[3] - box[1]) + areas - both
    return np.asarray(np.where(either > 0, both / np.where(either > 0, either, 1.0), 0.0), dtype=np.float64)


def suppress(boxes: NDArray[Any], scores: NDArray[Any], labels: NDArray[Any], most: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Keep the surest boxes; drop those of the same class that overlap a kept one by more than ``most``.

    ``boxes`` (n, 4), ``scores`` (n,), ``labels`` (n,). Returns the indices kept, surest first, and (n,) for each box the index of the kept one that
    dropped it, or −1.
    """
    by = np.full(len(boxes), -1, dtype=np.int64)
    kept: list[int] = []
    left = np.argsort(-np.asarray(scores, dtype=np.float64), kind="stable")
    places = np.asarray(boxes, dtype=np.float64)
    while len(left):
        best, left = int(left[0]), left[1:]
        kept.append(best)
        covered = (labels[left] == labels[best]) & (overlap(places[best], places[left]) > most)
        by[left[covered]] = best
        left = left[~covered]
    return np.array(kept, dtype=np.int64), by


def standing(boxes: NDArray[Any], scores: NDArray[Any], labels: NDArray[Any], least: float, most: float) -> NDArray[np.int64]:
    """The indices of the boxes that are sure enough (a score of ``least``) and left after suppression, surest first."""
    sure = np.flatnonzero(scores >= least)
    return np.asarray(sure[suppress(boxes[sure], scores[sure], labels[sure], most)[0]])
