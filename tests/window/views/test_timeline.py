"""Bars are as high as their values, the reference lies at its own, and marks are chosen by mouse and key."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from explorer.window.look import look
from explorer.window.views.timeline import Mark, TimelineView
from explorer.words import Text

MARKS = [Mark(2012, "A", 16.0, about=True), Mark(2014, "B", 8.0, lit=True), Mark(2015, Text("丙", "C"), 4.0)]


def timeline(show: Any) -> TimelineView:
    view: TimelineView = show(TimelineView(chapter=2), 600, 400)
    view.set_marks(MARKS, "%", Mark(2014, "person", 5.0))
    view.repaint()
    return view


def height(view: TimelineView, index: int, colour: Any) -> int:
    image, x = view.picture(1.0), int(view.places[index].center().x()) + 20
    return sum(image.pixelColor(x, y) == colour for y in range(400))


def test_bars_are_as_high_as_their_values(show: Any) -> None:
    view = timeline(show)
    lit, plain = height(view, 1, look.accent(2)), height(view, 2, look.colour("ink3"))
    assert lit > 100 and abs(lit - 2 * plain) <= 4  # the line of the reference crosses one of them
    assert view.written(MARKS[0]) == "≈ 16 %"


def test_marks_by_mouse_and_key(show: Any, point_at: Any, qtbot: QtBot) -> None:
    view = timeline(show)
    with qtbot.waitSignal(view.chosen) as chosen:
        point_at(view, QPointF(view.places[2].center().x(), 50), press=True)
    assert chosen.args == [2]
    with qtbot.waitSignal(view.chosen) as chosen:
        qtbot.keyClick(view, Qt.Key.Key_Left)
    assert chosen.args == [1]
    with qtbot.waitSignal(view.activated) as opened:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert opened.args == [1]


def test_the_numbers_can_be_saved(show: Any) -> None:
    lines = timeline(show).to_csv().splitlines()
    assert lines[0] == "year,name,value (%),about,source" and lines[3] == "2015,C,4,False,"
    assert lines[4].startswith("2014,person,5,")
