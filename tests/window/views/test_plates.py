"""Names of boxes: above, or below where another stands already, or left out; never outside the picture, never one over another."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from pytestqt.qtbot import QtBot

from explorer.window.look import look
from explorer.window.views.plates import plates_for

PICTURE = QRectF(10, 10, 400, 300)


@pytest.fixture(autouse=True)
def fonts(qtbot: QtBot) -> None:
    """Text can be measured."""


def test_above_below_and_nowhere() -> None:
    box = QRectF(100, 100, 80, 60)
    above, below, nowhere = plates_for([box] * 3, ["car 0.90"] * 3, PICTURE)
    assert above is not None and (above.bottom(), above.left()) == (box.top(), box.left() - look.px(1))
    assert below is not None and below.top() == box.bottom() and nowhere is None


def test_a_plate_does_not_hide_another_box() -> None:
    box, above, below = QRectF(100, 100, 80, 60), QRectF(110, 85, 20, 12), QRectF(110, 165, 20, 12)
    first, second, third = (plates_for([box, *others], ["car 0.90"] * (1 + len(others)), PICTURE)[0] for others in ((above,), (below,), (above, below)))
    assert first is not None and first.top() == box.bottom() and second is not None and second.bottom() == box.top() and third is None


def test_plates_stay_in_the_picture_and_apart() -> None:
    rng = np.random.default_rng(0)
    boxes = [QRectF(x, y, w, h) for x, y, w, h in rng.uniform((0, 0, 5, 5), (400, 300, 120, 120), (40, 4))]
    boxes += [QRectF(0, 0, 500, 500), QRectF(395, 305, 10, 4)]
    plates = plates_for(boxes, [f"pedestrian {k}" for k in range(len(boxes))], PICTURE)
    placed = [plate for plate in plates if plate is not None]
    assert 3 < len(placed) < len(boxes)
    assert all(PICTURE.contains(plate) for plate in placed)
    assert not any(one.intersects(other) for one, other in itertools.combinations(placed, 2))


def test_none() -> None:
    assert plates_for([], [], PICTURE) == []
