"""The view of a network as a U: bridges by mouse and key, stages by click, what is on as CSV."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from explorer.window.views.ushape import Level, Stage, UShapeView


@pytest.fixture
def view(qtbot: QtBot) -> UShapeView:
    rng = np.random.default_rng(0)
    shape = UShapeView()
    qtbot.addWidget(shape)
    shape.resize(320, 330)
    levels = [Level(*(Stage(f"{side}{n}", f"{4 * n} × {24 // n} × {32 // n}", rng.random((24 // n, 32 // n))) for side in ("down", "join"))) for n in (1, 2, 3)]
    shape.set_stages(levels, Stage("bottom", "16 × 6 × 8", rng.random((6, 8))))
    shape.show()
    shape.grab()
    return shape


def test_bridges_and_stages_by_mouse(qtbot: QtBot, view: UShapeView) -> None:
    switched: list[int] = []
    chosen: list[str] = []
    view.switched.connect(switched.append)
    view.stage_chosen.connect(chosen.append)
    for level in (1, 3):
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.bridge_of(level).center().toPoint())
    assert switched == [1, 3] and chosen == []
    beside = view.bridge_of(2)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(round(beside.left()) - 12, round(beside.center().y())))
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(round(beside.right()) + 12, round(beside.center().y())))
    assert chosen == ["down2", "join2"] and switched == [1, 3]


def test_bridges_by_key(qtbot: QtBot, view: UShapeView) -> None:
    switched: list[int] = []
    view.switched.connect(switched.append)
    qtbot.keyClick(view, Qt.Key.Key_Space)
    qtbot.keyClick(view, Qt.Key.Key_Up)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        qtbot.keyClick(view, key)
    assert switched == [1, 3]


def test_what_is_off_looks_and_reads_otherwise(view: UShapeView) -> None:
    before = view.grab().toImage()
    view.set_off([2])
    after = view.grab().toImage()
    middle = view.bridge_of(2).center().toPoint()
    place = QPoint(middle.x() - 40, middle.y())
    assert any(before.pixel(place.x() + dx, place.y()) != after.pixel(place.x() + dx, place.y()) for dx in range(8))
    lines = view.to_csv().splitlines()
    assert [line.rsplit(",", 1)[1] for line in lines] == ["bridge", "1", "0", "1"]


def test_nothing_before_there_is_a_network(qtbot: QtBot) -> None:
    empty = UShapeView()
    qtbot.addWidget(empty)
    empty.grab()
    assert not empty.has_content() and len(empty.to_csv().splitlines()) == 1
    qtbot.keyClick(empty, Qt.Key.Key_Space)
