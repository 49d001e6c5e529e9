"""The legend of classes hides and shows them by mouse and key."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from explorer.window.look import look
from explorer.window.views.class_toggles import ClassEntry, ClassToggles


@pytest.fixture
def view(show: Any) -> ClassToggles:
    made: ClassToggles = show(ClassToggles(), 200, 120)
    made.set_entries([ClassEntry(4, "sky", "21 %"), ClassEntry(5, "road", "3 %"), ClassEntry(1, "car")])
    return made


def test_by_mouse(view: ClassToggles, point_at: Any, qtbot: QtBot, colour_at: Any) -> None:
    row = view.row_height()
    swatch = QPointF(12, row / 2)
    assert colour_at(view, swatch) == look.class_colour(4)
    with qtbot.waitSignal(view.toggled) as toggled:
        point_at(view, QPointF(60, row / 2), press=True)
    assert toggled.args == [{4}] and colour_at(view, swatch) != look.class_colour(4)
    point_at(view, QPointF(60, row * 1.5), double=True)
    assert view.hidden == {4, 1}
    view.show_alone(5)
    assert view.hidden == set()


def test_by_key(view: ClassToggles, qtbot: QtBot) -> None:
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert view.hidden == {5}
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert view.hidden == {4, 1} and "road" in view.to_csv()


def test_a_class_as_dark_as_the_page_has_an_outline(view: ClassToggles) -> None:
    view.set_entries([ClassEntry(2, "pole", "1 %", "#1B1D21")])
    look.dark = True
    image = view.grab().toImage()
    ratio, row = image.devicePixelRatio(), view.row_height() / 2
    edge, centre = (image.pixelColor(round(x * ratio), round(row * ratio)).lightness() for x in (6, 12))
    assert edge > centre + 30
