"""The view of sightings: clicks take marks, drags draw squares inside the photograph, keys do the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from explorer.results import Picture
from explorer.window.views.sightings import ClassRow, ClassRows, Mark, SightingsView


@pytest.fixture
def view(qtbot: QtBot) -> SightingsView:
    made = SightingsView()
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.set_picture(Picture(np.full((150, 200, 3), 90, np.uint8)))
    made.set_marks([Mark((20, 20, 140, 140), "dog 90 %", 0), Mark((40, 40, 80, 80), "cat 60 %", 1)])
    made.show()
    made.grab()
    return made


def at(view: SightingsView, x: float, y: float) -> QPoint:
    place = view.place()
    return QPoint(round(place.x() + x * place.width() / 200), round(place.y() + y * place.height() / 150))


def test_a_click_takes_the_smallest_mark_around_it(qtbot: QtBot, view: SightingsView) -> None:
    taken: list[Any] = []
    view.part_chosen.connect(taken.append)
    for x, y in ((60, 60), (120, 120), (190, 10)):
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at(view, x, y))
    assert taken == [(40, 40, 80, 80), (20, 20, 140, 140)]


def test_a_drag_draws_a_square_that_stays_inside(qtbot: QtBot, view: SightingsView) -> None:
    taken: list[Any] = []
    view.part_chosen.connect(taken.append)
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=at(view, 100, 100))
    qtbot.mouseMove(view, at(view, 130, 110))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=at(view, 130, 110))
    (square,) = taken
    assert square == pytest.approx((100, 100, 130, 130), abs=1)
    for x, y in ((199, 20), (0, 0), (199, 149), (0, 149)):
        x1, y1, x2, y2 = view.square(QPointF(at(view, 100, 100)), QPointF(at(view, x, y))) or (0, 0, 0, 0)
        assert 0 <= x1 < x2 <= 200 and 0 <= y1 < y2 <= 150 and x2 - x1 == y2 - y1


def test_keys_go_from_mark_to_mark(qtbot: QtBot, view: SightingsView) -> None:
    taken: list[Any] = []
    wanted: list[bool] = []
    view.part_chosen.connect(taken.append)
    view.whole_wanted.connect(lambda: wanted.append(True))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Escape):
        qtbot.keyClick(view, key)
    assert taken == [(40, 40, 80, 80)] and wanted == []
    view.set_used((40, 40, 80, 80))
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert wanted == [True]


def test_a_map_covers_only_where_something_was_seen(view: SightingsView) -> None:
    view.set_marks([])
    before = view.grab().toImage()
    values = np.zeros((15, 20))
    values[:, :8] = 1.0
    view.set_map(values)
    after = view.grab().toImage()
    there, elsewhere = at(view, 20, 75), at(view, 180, 75)
    assert before.pixel(there) != after.pixel(there) and before.pixel(elsewhere) == after.pixel(elsewhere)


def test_rows_of_classes(qtbot: QtBot) -> None:
    rows = ClassRows()
    qtbot.addWidget(rows)
    rows.set_rows([ClassRow("cat", "猫", 0, 2, 0.9), ClassRow("dog", "犬", -1, 0, 0.2)], "cat")
    rows.resize(200, rows.sizeHint().height())
    rows.show()
    chosen: list[str] = []
    rows.chosen.connect(chosen.append)
    qtbot.mouseClick(rows, Qt.MouseButton.LeftButton, pos=QPoint(50, rows.height() - 5))
    qtbot.keyClick(rows, Qt.Key.Key_Up)
    qtbot.keyClick(rows, Qt.Key.Key_Return)
    assert chosen == ["dog", "cat"] and "猫" in rows.to_csv()
