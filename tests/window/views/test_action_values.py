"""A number for each action: what is best and taken, a scale that only grows, numbers told apart, clicks while the user plays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from explorer.window.look import look
from explorer.window.views.action_values import ActionValuesView
from explorer.window.views.view import View
from explorer.words import Text, same

NAMES = (Text("左", "left"), Text("右", "right"), Text("待つ", "wait"))


@pytest.fixture
def view(show: Callable[..., View]) -> ActionValuesView:
    made = ActionValuesView(name=same("Q"))
    show(made, 240, 132)
    made.set_values(NAMES, (1.0, 4.0, -1.0), ("←", "→", "3"), 2)
    made.grab()
    return made


def bar_end(view: ActionValuesView, row: int, colour_at: Callable[[View, QPointF], Any]) -> tuple[float, float]:
    """Where the bar of a row is filled, in px from the left: the run of the colour that is neither background nor the empty bar."""
    place = view._places[row]
    y = place.bottom() - look.px(11)
    fill = (view.accent if row == view.best else look.colour("ink3")).getRgb()[:3]
    xs = [x for x in range(int(place.x()), int(place.right())) if colour_at(view, QPointF(x, y)).getRgb()[:3] == fill]
    return float(min(xs)), float(max(xs))


def test_bars_go_from_zero_to_their_value(view: ActionValuesView, colour_at: Callable[[View, QPointF], Any]) -> None:
    wide, zero = view._places[0].width(), view._places[0].width() / 5  # the scale goes from −1 to 4
    ends = [bar_end(view, row, colour_at) for row in range(3)]
    assert ends[0] == pytest.approx((zero, 2 * zero), abs=4) and ends[1] == pytest.approx((zero, wide), abs=4) and ends[2] == pytest.approx((0, zero), abs=4)
    assert view.best == 1


def test_the_scale_only_grows_until_cleared(view: ActionValuesView, colour_at: Callable[[View, QPointF], Any]) -> None:
    view.set_values(NAMES, (0.5, 2.0, 0.0))
    assert bar_end(view, 1, colour_at)[1] == pytest.approx(0.6 * view._places[1].width(), abs=4)  # still −1 to 4
    view.clear()
    assert not view.has_content() and view.best == -1
    view.set_values(NAMES, (0.5, 2.0, 0.0))
    assert bar_end(view, 1, colour_at)[1] == pytest.approx(view._places[1].width(), abs=4)


def test_another_number_of_actions_begins_a_new_scale(view: ActionValuesView) -> None:
    view.set_values(NAMES[:2], (0.1, 0.2))
    assert (view._low, view._high) == (0.0, 0.2)


def test_the_best_two_are_told_apart(view: ActionValuesView) -> None:
    view.set_values(NAMES, (100.32, 100.06, 3.0))
    assert view._digits == 1
    view.set_values(NAMES, (100.32, 98.0, 3.0))
    assert view._digits == 0
    view.set_values(NAMES, (5.0, 5.0, 3.0))
    assert view._digits == 0  # they are the same


def test_a_click_takes_an_action_only_while_the_user_plays(view: ActionValuesView, qtbot: QtBot) -> None:
    chosen: list[int] = []
    view.chosen.connect(chosen.append)
    place = view._places[2].center().toPoint()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
    view.playing = True
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(-5, -5))
    assert chosen == [2]


def test_actions_in_columns(view: ActionValuesView) -> None:
    view.set_columns(2)
    view.grab()
    first, second, third = view._places
    assert view.lines() == 2 and first.x() == second.x() and third.x() > first.right() and third.y() == first.y()


def test_csv_has_every_action(view: ActionValuesView) -> None:
    look.language = "en"
    assert view.to_csv().splitlines()[1:] == ["left,1", "right,4", "wait,-1"]
