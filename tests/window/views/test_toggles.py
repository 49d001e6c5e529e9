"""Segments that are each on or off."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.window.views.toggles import Toggles
from explorer.words import same


def test_one_stays_on_and_keys_do_what_the_mouse_does(qtbot: QtBot) -> None:
    toggles = Toggles([(key, same(key)) for key in "abc"], "a")
    qtbot.addWidget(toggles)
    toggles.resize(200, 28)
    toggles.show()
    with qtbot.waitSignal(toggles.changed) as changed:
        qtbot.mouseClick(toggles, Qt.MouseButton.LeftButton, pos=toggles.rects()[2].center().toPoint())
    assert changed.args == [("a", "c")]
    qtbot.keyClick(toggles, Qt.Key.Key_Left)
    with qtbot.waitSignal(toggles.changed) as changed:
        qtbot.keyClick(toggles, Qt.Key.Key_Space)
    assert changed.args == [("a", "b", "c")]
    toggles.set_on("b")
    with qtbot.assertNotEmitted(toggles.changed):
        toggles.switch("b")
    assert toggles.on == ("b",)
    before = toggles.grab().toImage()
    toggles.switch("c")
    assert toggles.grab().toImage() != before
