"""Suppression keeps what torchvision's keeps."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.window.views.suppression import overlap, standing, suppress


def boxes(seed: int, count: int, classes: int = 3, room: float = 200) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    corner, size = rng.uniform(0, room, (count, 2)), rng.uniform(5, 80, (count, 2))
    return np.hstack([corner, corner + size]), rng.permutation(count) / count, rng.integers(0, classes, count)


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


@pytest.mark.parametrize(("count", "classes", "room"), [(1, 1, 200), (64, 1, 200), (65, 1, 20), (1000, 1, 30), (1500, 6, 300), (500, 90, 10)])
def test_as_torchvision_however_many_and_however_dense(count: int, classes: int, room: float) -> None:
    import torch
    from torchvision.ops import batched_nms, nms

    places, scores, labels = boxes(count, count, classes, room)
    for most in (0.0, 0.3, 0.7, 1.0):
        kept, by = suppress(places, scores, labels, most)
        tensors = torch.tensor(places), torch.tensor(scores)
        assert kept.tolist() == batched_nms(*tensors, torch.tensor(labels), most).tolist()
        if classes == 1:
            assert kept.tolist() == nms(*tensors, most).tolist()
        surest = dict(zip(kept.tolist(), range(len(kept)), strict=True))
        for index in np.flatnonzero(by >= 0)[:50]:  # dropped by the surest of those that cover it
            cover = [k for k in kept if labels[k] == labels[index] and overlap(places[k], places[[index]])[0] > most and scores[k] > scores[index]]
            assert by[index] == min(cover, key=lambda k: surest[int(k)])


def test_overlaps_of_several_boxes_are_those_of_each() -> None:
    places, _, _ = boxes(3, 40)
    several = overlap(places[:5], places)
    assert several.shape == (5, 40) and np.array_equal(several, np.stack([overlap(one, places) for one in places[:5]]))
    assert np.allclose(np.diag(several), 1.0) and several.min() >= 0.0 and several.max() <= 1.0


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
