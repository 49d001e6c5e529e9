"""Cards are chosen by mouse and key, show their numbers in the colours of the legend, and an arrow leads back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.window.look import look
from explorer.window.views.flow import Big, Card, Cells, Circles, Columns, Feedback, FlowView, Tiles
from explorer.words import Text, same

RNG = np.random.default_rng(1)


def flow(show: Any) -> FlowView:
    view: FlowView = show(FlowView(chapter=4, height=84), 762, 126)
    cards = [
        Card("state", Text("状態", "State"), Big("20", Text("64 のうち", "one of 64"))),
        Card("table", same("Q"), Tiles(np.array([0.0, 0.5, 1.0, np.nan]), ("←", "↓", "→", "↑"), 2)),
        Card("cells", same("cells"), Cells(RNG.normal(size=(4, 5)))),
        Card("circles", same("circles"), Circles(RNG.normal(size=(2, 4)), backward=(1,))),
        Card("bars", same("bars"), Columns(np.array([0.1, 0.9]))),
    ]
    view.set_flow(cards, Feedback("bars", "table", "Q ← 0.5"))
    view.repaint()
    return view


def test_cards_are_chosen_by_mouse_and_key(show: Any, point_at: Any, qtbot: QtBot) -> None:
    view = flow(show)
    places = {name: zone for zone, name in view._zones}
    assert list(places) == ["state", "table", "cells", "circles", "bars"]
    assert places["bars"].right() <= 762.01
    with qtbot.waitSignal(view.chosen) as chosen:
        point_at(view, places["table"].center(), press=True)
    assert chosen.args == ["table"]
    assert view.picture(1.0).pixelColor(int(places["table"].left() + 4), int(places["table"].center().y())) == look.tint(4)
    with qtbot.waitSignal(view.chosen) as chosen:
        qtbot.keyClick(view, Qt.Key.Key_Right)
    assert chosen.args == ["cells"]


def test_tiles_have_their_exact_colours_and_the_arrow_back_is_drawn(show: Any) -> None:
    view = flow(show)
    place = next(zone for zone, name in view._zones if name == "table")
    image = view.picture(1.0)
    row = {image.pixelColor(x, int(place.y() + 38)).getRgb()[:3] for x in range(int(place.left()), int(place.right()))}
    for value in (0.0, 0.5, 1.0):
        assert tuple(int(v) for v in look.viridis(np.array([value]))[0]) in row
    below = [image.pixelColor(int(place.center().x()), y) for y in range(86, 100)]
    assert look.accent(4) in below
    view.set_card("state", content=Big("21"))
    assert view.picture(1.0) != image
    with pytest.raises(KeyError):
        view.set_card("nothing", caption="x")


def test_where_nothing_goes_back_the_line_is_faint_and_has_no_head(show: Any) -> None:
    view = flow(show)
    view.set_flow(view._cards, Feedback("bars", "table", "watched", live=False))
    place, image = next(zone for zone, name in view._zones if name == "table"), view.picture(1.0)
    below = {image.pixelColor(x, y).name() for x in range(int(place.center().x()) - 10, int(place.center().x()) + 10) for y in range(86, 110)}
    assert look.accent(4).name() not in below and look.colour("line2").name() in below
