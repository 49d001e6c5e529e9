"""The cells of a convolution in exact colours, products under the cursor, steps joined by the right signs."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.results import Arithmetic
from explorer.window.look import look
from explorer.window.views.arithmetic import ArithmeticView, step_signs
from explorer.words import Text

STEPS = (
    (Text("この", "this map"), 0.45), (Text("ほか", "255 others"), 0.24), (Text("正規化後", "after norm"), 1.40),
    (Text("近道", "shortcut"), 1.90), (Text("ReLU", "ReLU"), 3.30),
)  # fmt: skip


def view_of(show: Any, size: int = 3, width: int = 374, height: int = 180) -> ArithmeticView:
    rng = np.random.default_rng(0)
    view: ArithmeticView = show(ArithmeticView(chapter=2), width, height)
    view.set_result(Arithmetic(rng.random((size, size)), rng.normal(size=(size, size)), 55, 192, 12, 4, STEPS))
    view.repaint()
    return view


def test_cells_have_the_colours_of_their_scales(show: Any) -> None:
    view = view_of(show)
    view.set_scales(2.0, 4.0)
    view.repaint()
    image = view.picture(1.0)
    result = view.result
    assert isinstance(result, Arithmetic)
    for which, values, expected in (
        (0, result.window, look.viridis(result.window / 2.0)), (1, result.kernel, look.signed(result.kernel / 4.0)),
    ):  # fmt: skip
        for place, row, column in view._cells[which * 9 : which * 9 + 9]:
            point = place.topLeft().toPoint()
            seen = image.pixelColor(point.x() + 6, point.y() + 4).getRgb()[:3]
            assert np.abs(np.array(seen) - expected[row, column]).max() <= 1, (which, values[row, column])


def test_the_product_under_the_cursor_by_mouse_and_key(show: Any, point_at: Any, qtbot: QtBot) -> None:
    view = view_of(show)
    before = view.picture(1.0)
    place, row, column = view._cells[9 + 5]
    with qtbot.waitSignal(view.hovered) as hover:
        point_at(view, place.center())
    assert hover.args == [row, column] == [1, 2]
    assert view.picture(1.0) != before
    with qtbot.waitSignal(view.hovered) as hover:
        qtbot.keyClick(view, Qt.Key.Key_Down)
    assert hover.args == [2, 2]
    with qtbot.waitSignal(view.hovered) as hover:
        qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert hover.args == [-1, -1]


def test_every_size_of_kernel_stays_inside(show: Any) -> None:
    for size in (1, 5, 7, 11):
        view = view_of(show, size, 374, 200)
        assert len(view._cells) == 2 * size * size
        assert all(view.rect().contains(place.toAlignedRect().adjusted(1, 1, -1, -1)) for place, _, _ in view._cells)


def test_what_is_added_and_what_it_becomes() -> None:
    assert step_signs(STEPS) == ["", "+", "→", "+", "→"]
