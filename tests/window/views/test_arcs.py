"""The arcs: a point for each column and one for the last row, arcs as strong as the numbers, clicks and keys."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from explorer.results import Matrix, Picture
from explorer.window.views.arcs import ArcsView


def matrix(strong: float) -> Matrix:
    values = np.array([[0.1, np.nan], [strong, 0.1]])
    return Matrix(values, ("a", "after"), ("input", "a"))


def shown(qtbot: QtBot, strong: float) -> ArcsView:
    view = ArcsView()
    qtbot.addWidget(view)
    view.resize(400, 260)
    view.set_result(matrix(strong))
    view.show()
    view.picture()
    return view


def test_a_stronger_connection_is_drawn_stronger(qtbot: QtBot) -> None:
    def ink(view: ArcsView) -> float:
        image = view.picture(1.0)
        ground = image.pixelColor(2, 2)
        return sum(image.pixelColor(200, y) != ground for y in range(5, 150))

    assert ink(shown(qtbot, 0.8)) > ink(shown(qtbot, 0.05)) > 0


def test_a_click_chooses_a_column_and_never_the_end(qtbot: QtBot) -> None:
    view = shown(qtbot, 0.5)
    assert view.names() == ("input", "a", "after")
    chosen: list[str] = []
    view.chosen.connect(chosen.append)
    for index in range(3):
        place = view.place_of(index)
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(round(place.x()), round(place.y())))
    assert chosen == ["input", "a"]
    view.set_over(-1)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert chosen == ["input", "a", "a"]


def test_other_results_are_refused(qtbot: QtBot) -> None:
    view = ArcsView()
    qtbot.addWidget(view)
    with pytest.raises(TypeError):
        view.set_result(Picture(np.zeros((2, 2, 3), np.uint8)))
