"""Ink on paper: what the mouse draws, what keys take back, and what goes to the network."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.results import Picture
from explorer.window.look import look
from explorer.window.views.canvas import CanvasView


@pytest.fixture
def canvas(qtbot: QtBot) -> CanvasView:
    view = CanvasView()
    qtbot.addWidget(view)
    view.resize(300, 200)
    view.show()
    return view


def draw(canvas: CanvasView, *points: tuple[int, int]) -> None:
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(*points[0]))
    for point in points[1:]:
        QTest.mouseMove(canvas, QPoint(*point))
        QTest.qWait(1)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(*points[-1]))


def test_the_mouse_draws_on_the_paper_only(canvas: CanvasView, qtbot: QtBot) -> None:
    with qtbot.waitSignals([canvas.began, canvas.changed]):
        draw(canvas, (100, 50), (150, 100))
    assert canvas.strokes[0][0] == (0.25, 0.25)  # the paper is the square in the middle
    draw(canvas, (10, 50), (20, 50))  # beside it
    assert len(canvas.strokes) == 1
    pixels = canvas.pixels(100)
    assert pixels.shape == (100, 100, 3) and pixels[:6].min() == 255 and pixels[29, 29].max() < 40


def test_keys_take_back_and_clear(canvas: CanvasView, qtbot: QtBot) -> None:
    canvas.set_strokes([[(0.1, 0.1), (0.2, 0.2)], [(0.5, 0.5)]])
    with qtbot.waitSignal(canvas.changed):
        qtbot.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert canvas.strokes == [[(0.1, 0.1), (0.2, 0.2)]]
    with qtbot.waitSignal(canvas.changed):
        qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    assert canvas.empty
    with qtbot.assertNotEmitted(canvas.changed):
        qtbot.keyClick(canvas, Qt.Key.Key_Delete)
        qtbot.keyClick(canvas, Qt.Key.Key_Backspace)


def test_a_stroke_takes_the_place_of_a_picture(canvas: CanvasView) -> None:
    canvas.set_picture(Picture(np.zeros((40, 60, 3), np.uint8)), (0.0, 0.0, 20.0, 20.0))
    canvas.grab()
    assert not canvas.empty and not canvas.strokes
    draw(canvas, (150, 100), (160, 110))
    assert canvas.laid is None and len(canvas.strokes) == 1


def test_the_ink_is_the_same_in_every_theme(canvas: CanvasView) -> None:
    canvas.set_strokes([[(0.2, 0.2), (0.8, 0.8)], [(0.5, 0.1)]])
    light = canvas.pixels()
    look.dark = True
    assert np.array_equal(light, canvas.pixels())
    assert canvas.to_csv().splitlines()[0] == "stroke,x,y" and len(canvas.to_csv().splitlines()) == 4


@pytest.mark.parametrize("wrong", [[[(2.0, 0.5)]], [3], [[1, 2]], [[("a", "b")]]])
def test_what_are_no_strokes(canvas: CanvasView, wrong: object) -> None:
    with pytest.raises(ValueError):
        canvas.set_strokes(wrong)  # type: ignore[arg-type]
