"""Suppression keeps what torchvision's keeps."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.window.views.suppression import overlap, standing, suppress


def boxes(seed: int, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    corner, size = rng.uniform(0, 200, (count, 2)), rng.uniform(5, 80, (count, 2))
    return np.hstack([corner, corner + size]), rng.permutation(count) / count, rng.integers(0, 3, count)


@pytest.mark.parametrize("most", [0.1, 0.5, 0.9])
def test_as_torchvision(most: float) -> None:
    import torch
    from torchvision.ops import batched_nms

    places, scores, labels = boxes(int(most * 10), 300)
    kept, by = suppress(places, scores, labels, most)
    expected = batched_nms(torch.tensor(places), torch.tensor(scores), torch.tensor(labels), most)
    assert kept.tolist() == expected.tolist()
    dropped = np.flatnonzero(by >= 0)
    assert set(dropped) | set(kept) == set(range(300)) and not set(dropped) & set(kept)
    for index in dropped:
        assert labels[index] == labels[by[index]] and scores[index] < scores[by[index]]
        assert overlap(places[by[index]], places[[index]])[0] > most


def test_nothing_and_boxes_without_size() -> None:
    kept, by = suppress(np.zeros((0, 4)), np.zeros(0), np.zeros(0, int), 0.5)
    assert len(kept) == 0 and len(by) == 0
    assert overlap(np.array([1.0, 1.0, 1.0, 1.0]), np.array([[1.0, 1.0, 1.0, 1.0], [0.0, 0.0, 9.0, 9.0]])).tolist() == [0.0, 0.0]


def test_standing_boxes_are_sure_and_left_after_suppression() -> None:
    places, scores, labels = boxes(7, 200)
    kept = standing(places, scores, labels, 0.4, 0.5)
    sure = scores >= 0.4
    expected = np.flatnonzero(sure)[suppress(places[sure], scores[sure], labels[sure], 0.5)[0]]
    assert kept.tolist() == expected.tolist() and len(kept) < sure.sum() and (scores[kept] >= 0.4).all()
