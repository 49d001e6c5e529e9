"""Average precision: right, wrong, twice, ignored and small, where the answer is known."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from explorer.engine.data.boxed import CELLS, Boxed, boxed
from explorer.engine.learning.precision import precision

PIXELS = np.zeros((200, 300, 3), np.uint8)


def scene(boxes: list[tuple[float, ...]], names: list[str], ignored: list[bool] | None = None) -> Boxed:
    return boxed(PIXELS, boxes, names, ignored)


def answer(boxes: list[tuple[float, ...]], labels: list[int], scores: list[float]) -> dict[str, Tensor]:
    return {"boxes": torch.tensor(boxes, dtype=torch.float32).view(-1, 4), "labels": torch.tensor(labels, dtype=torch.int64), "scores": torch.tensor(scores)}


ONE = (10.0, 10.0, 60.0, 60.0)
TWO = (100.0, 10.0, 160.0, 60.0)


def test_all_found_is_one_and_nothing_found_is_zero() -> None:
    scenes = [scene([ONE, TWO], ["RBC", "car"])]
    right = precision(scenes, [answer([ONE, TWO], [1, 4], [0.9, 0.8])])
    assert right.ap50 == {"RBC": pytest.approx(1), "car": pytest.approx(1)}
    assert right.mean(CELLS) == pytest.approx(1)
    none = precision(scenes, [answer([], [], [])])
    assert none.ap50 == {"RBC": 0, "car": 0} and none.recall == {"RBC": 0, "car": 0}


def test_half_of_the_objects_gives_half() -> None:
    found = precision([scene([ONE], ["RBC"]), scene([TWO], ["RBC"])], [answer([ONE], [1], [0.9]), answer([], [], [])])
    assert found.ap50["RBC"] == pytest.approx(0.5, abs=0.01) and found.recall["RBC"] == 0.5


def test_a_surer_mistake_costs_and_a_less_sure_one_does_not() -> None:
    scenes = [scene([ONE], ["RBC"])]
    assert precision(scenes, [answer([ONE, TWO], [1, 1], [0.5, 0.9])]).ap50["RBC"] == pytest.approx(0.5)
    assert precision(scenes, [answer([ONE, TWO], [1, 1], [0.9, 0.5])]).ap50["RBC"] == pytest.approx(1)


def test_the_same_object_twice_and_the_wrong_class_are_mistakes() -> None:
    scenes = [scene([ONE, TWO], ["RBC", "RBC"])]
    twice = precision(scenes, [answer([ONE, ONE, TWO], [1, 1, 1], [0.9, 0.8, 0.7])])
    assert twice.ap50["RBC"] == pytest.approx((51 + 50 * 2 / 3) / 101, abs=0.01)
    wrong = precision([scene([ONE], ["RBC"])], [answer([ONE], [4], [0.9])])
    assert wrong.ap50 == {"RBC": 0}


def test_overlap_of_half_is_needed() -> None:
    scenes = [scene([ONE], ["RBC"])]
    near, far = (10.0, 10.0, 60.0, 42.0), (10.0, 10.0, 60.0, 30.0)
    assert precision(scenes, [answer([near], [1], [0.9])]).ap50["RBC"] == pytest.approx(1)
    assert precision(scenes, [answer([far], [1], [0.9])]).ap50["RBC"] == 0


def test_ignored_boxes_count_neither_way() -> None:
    scenes = [scene([ONE, TWO], ["car", "car"], [False, True])]
    assert precision(scenes, [answer([ONE], [4], [0.5])]).ap50["car"] == pytest.approx(1)  # not missed
    assert precision(scenes, [answer([ONE, TWO, TWO], [4, 4, 4], [0.5, 0.9, 0.8])]).ap50["car"] == pytest.approx(1)  # not blamed
    everywhere = precision([scene([TWO], ["car"], [True])], [answer([TWO], [4], [0.9])])
    assert "car" not in everywhere.ap50 and np.isnan(everywhere.mean(["car"]))


def test_small_objects_by_themselves() -> None:
    small = (200.0, 100.0, 215.0, 115.0)
    scenes = [scene([ONE, small], ["RBC", "Platelets"])]
    assert precision(scenes, [answer([ONE], [1], [0.9])]).recall_small == 0
    assert precision(scenes, [answer([small], [3], [0.9])]).recall_small == 1


def test_answers_must_go_with_the_pictures() -> None:
    with pytest.raises(ValueError, match="answers"):
        precision([scene([ONE], ["RBC"])], [])
