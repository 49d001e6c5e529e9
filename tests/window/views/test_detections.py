"""Boxes stand or fall by score and overlap at once; one can be chosen by mouse and key."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.results import Boxes, Picture
from explorer.window.look import look
from explorer.window.views.detections import DetectionsView

PLACES = np.array([[10, 10, 60, 60], [14, 12, 62, 60], [80, 20, 150, 90], [82, 22, 148, 92], [20, 70, 40, 110]], float)
SCORES = np.array([0.9, 0.8, 0.7, 0.65, 0.3])
LABELS = np.array([0, 0, 1, 0, 1])


@pytest.fixture
def view(show: Any) -> DetectionsView:
    made: DetectionsView = show(DetectionsView(), 400, 300)
    made.set_result(Boxes(Picture(np.full((120, 160, 3), 128, np.uint8)), PLACES, LABELS, SCORES, ("cell", "car")))
    return made


def test_the_sliders_decide(view: DetectionsView, qtbot: QtBot) -> None:
    assert view.kept.tolist() == [0, 2, 3] and view.suppressed.tolist() == [1] and view.counts() == {0: 2, 1: 1}
    with qtbot.waitSignal(view.shown_changed):
        view.set_threshold(0.2)
    assert view.kept.tolist() == [0, 2, 3, 4]
    view.set_overlap(1.0)
    assert view.kept.tolist() == [0, 1, 2, 3, 4] and len(view.suppressed) == 0
    view.set_hidden([0])
    assert view.kept.tolist() == [2, 4] and view.to_csv().count("\n") >= 2 and "cell" not in view.to_csv()


def test_boxes_are_drawn_in_the_colour_of_their_class_and_dropped_ones_when_asked(view: DetectionsView) -> None:
    def coloured(number: int) -> int:
        image, colour = view.picture(1.0), look.class_colour(number)
        return sum(image.pixelColor(x, y) == colour for x in range(image.width()) for y in range(0, image.height(), 3))

    both = coloured(0), coloured(1)
    assert min(both) > 20
    view.set_hidden([1])
    assert coloured(1) == 0 and coloured(0) >= both[0] * 0.9
    before = view.picture(1.0)
    view.set_suppressed(True)
    assert view.picture(1.0) != before


def test_choosing(view: DetectionsView, point_at: Any, qtbot: QtBot) -> None:
    view.picture(1.0)
    with qtbot.waitSignal(view.chosen) as chosen:
        point_at(view, view._rect(2).center(), press=True)
    assert chosen.args[0] in (2, 3) and view.current == chosen.args[0]
    view.choose(-1)
    for expected in (0, 2, 3, 0):
        qtbot.keyClick(view, Qt.Key.Key_Right)
        assert view.current == expected
    view.set_threshold(0.95)
    assert view.current == -1 and len(view.kept) == 0
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.current == -1
