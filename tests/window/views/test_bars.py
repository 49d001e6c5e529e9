"""Bars: the largest scores, by pixel, mouse and key."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from explorer.results import Scores
from explorer.window.look import look
from explorer.window.views.bars import BarsView

SCORES = Scores(("lynx", "tabby", "mouse", "tiger cat", "cup", "fox", "狐"), np.array([0.04, 0.47, 0.01, 0.16, 0.002, 0.3, 0.0]))


def test_the_largest_scores_stand_in_order_with_bars_as_long(show: Any) -> None:
    view: BarsView = show(BarsView(chapter=2), 200, 130)
    view.set_result(SCORES)
    view.repaint()
    assert [name for name, _ in view.shown()] == ["tabby", "fox", "tiger cat", "lynx", "mouse"]
    image = view.picture(1.0)
    line = [image.pixelColor(x, 22) for x in range(200)]
    filled = sum(colour == look.accent(2) for colour in line)
    assert abs(filled - 0.47 * 200) <= 4
    assert line[-6] == look.colour("line")


def test_amounts_keep_their_order_and_the_longest_bar_is_full(show: Any) -> None:
    view: BarsView = show(BarsView(chapter=2, amounts=True), 200, 130)
    view.set_result(Scores(("full", "depthwise", "pointwise"), np.array([0.2, 0.1, 0.4]), unit="ms"))
    view.repaint()
    assert [name for name, _ in view.shown()] == ["full", "depthwise", "pointwise"]
    image = view.picture(1.0)
    assert abs(sum(image.pixelColor(x, 22) == look.accent(2) for x in range(200)) - 100) <= 4
    assert image.pixelColor(190, 24 * 2 + 22) == look.colour("ink3")


def test_bars_by_mouse_and_key(show: Any, point_at: Any, qtbot: QtBot) -> None:
    view: BarsView = show(BarsView(chapter=2), 200, 130)
    view.set_result(SCORES)
    view.repaint()
    with qtbot.waitSignal(view.chosen) as chosen:
        point_at(view, QPointF(50, 24 * 2 + 10), press=True)
    assert chosen.args == ["tiger cat"]
    assert view.picture(1.0).pixelColor(4, 24 * 2 + 22) == look.accent(2)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    with qtbot.waitSignal(view.chosen) as chosen:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert chosen.args == ["lynx"]
    view.set_chosen("狐")
    assert view.shown()[-1] == ("狐", 0.0)
    view.set_result(Scores(("a",), np.array([1.0])))
    assert view.shown() == [("a", 1.0)]
