"""Pictures with boxes: cutting, resizing, and what is ignored."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.engine.data.boxed import CLASSES, Boxed, boxed, count, mixed, resized


def blank(height: int = 20, width: int = 40) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.zeros((height, width, 3), np.uint8)


def test_boxes_are_cut_at_the_edge_and_those_outside_left_out() -> None:
    scene = boxed(blank(), [(-5, 2, 10, 30), (50, 0, 60, 10), (3, 3, 3, 9)], ["RBC", "car", "WBC"])
    assert scene.boxes.tolist() == [[0, 2, 10, 20]]
    assert scene.labels.tolist() == [CLASSES.index("RBC")]


def test_a_box_without_area_is_refused() -> None:
    with pytest.raises(ValueError, match="without area"):
        Boxed(blank(), np.array([[1, 1, 1, 4]], np.float32), np.array([0]), np.array([False]))


def test_resizing_moves_boxes_along_and_ignores_those_that_become_too_small() -> None:
    scene = boxed(blank(200, 400), [(100, 40, 300, 160), (0, 0, 16, 16)], ["car", "pedestrian"])
    half = resized(scene, 100, 200)
    assert half.size == (100, 200)
    assert half.boxes.tolist() == [[50, 20, 150, 80], [0, 0, 8, 8]]
    assert half.ignored.tolist() == [False, True]
    assert not scene.ignored.any()


def test_what_was_ignored_stays_so() -> None:
    scene = boxed(blank(200, 400), [(0, 0, 200, 200)], ["car"], [True])
    assert resized(scene, 400, 800).ignored.tolist() == [True]


def test_any_beginning_of_a_mix_has_some_of_each() -> None:
    cells, cars = [boxed(blank(), [(0, 0, 19, 19)], ["RBC"])] * 3, [boxed(blank(), [(0, 0, 19, 19)], ["car"])] * 5
    both = [*mixed(cells, cars)]
    assert len(both) == 8
    assert count(both[:4]) == {**dict.fromkeys(CLASSES, 0), "RBC": 2, "car": 2}
    assert count(both)["car"] == 5
