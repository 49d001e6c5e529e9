"""A memory as rows of thin columns: each to its own largest, oldest left, the marked row in the accent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from explorer.results import Matrix, Scores
from explorer.window.look import look
from explorer.window.views.ring import RingView
from explorer.window.views.view import View
from explorer.words import Text, same

LABELS = (Text("引かれた回数", "drawn"), Text("今回", "now"))
CELLS = 10


@pytest.fixture
def view(show: Callable[..., View]) -> RingView:
    made = RingView(name=same("memory"), labels=LABELS)
    show(made, 400, 216)
    values = np.zeros((2, CELLS))
    values[0] = np.arange(CELLS)
    values[1, 3] = 0.5
    made.set_result(Matrix(values, ("drawn", "drawn now"), tuple(str(i) for i in range(CELLS)), low=0.0))
    return made


def heights(view: RingView, row: int, colour_at: Callable[[View, QPointF], Any]) -> list[int]:
    """How many px high each column of a row is."""
    pitch = (view.height() - look.px(16)) / 2
    colour = (view.accent if row == 1 else look.colour("ink3")).getRgb()[:3]
    top, bottom = int(row * pitch + look.px(20)), int(row * pitch + pitch - look.px(6)) - 1
    middles = [(cell + 0.5) * view.width() / CELLS for cell in range(CELLS)]
    picture = view.picture(1.0)
    return [sum(picture.pixelColor(int(x), y).getRgb()[:3] == colour for y in range(top, bottom)) for x in middles]


def test_every_row_reaches_its_own_largest(view: RingView, colour_at: Callable[[View, QPointF], Any]) -> None:
    drawn, now = heights(view, 0, colour_at), heights(view, 1, colour_at)
    field = (view.height() - look.px(16)) / 2 - look.px(26)
    assert drawn == sorted(drawn) and drawn[0] == 0 and drawn[9] == pytest.approx(field, abs=3) and drawn[3] == pytest.approx(field / 3, abs=3)
    assert [height > 0 for height in now] == [cell == 3 for cell in range(CELLS)] and now[3] == pytest.approx(field, abs=3)


def test_nothing_drawn_is_no_column(view: RingView, colour_at: Callable[[View, QPointF], Any]) -> None:
    view.set_result(Matrix(np.zeros((2, CELLS)), ("drawn", "drawn now"), tuple(str(i) for i in range(CELLS)), low=0.0))
    assert heights(view, 0, colour_at) == [0] * CELLS


def test_it_draws_matrices_only(view: RingView) -> None:
    with pytest.raises(TypeError):
        view.set_result(Scores(("a",), np.ones(1)))
    assert view.to_csv().splitlines()[0].startswith(",0,1,2")


@pytest.mark.parametrize("cells", [1, 200])
def test_one_cell_and_more_cells_than_pixels(view: RingView, cells: int) -> None:
    view.resize(150, 120)
    view.set_result(Matrix(np.ones((2, cells)), ("drawn", "drawn now"), tuple(str(i) for i in range(cells)), low=0.0))
    picture = view.picture(1.0)
    y = int((view.height() - look.px(16)) / 2 - look.px(8))
    assert picture.pixelColor(75, y).getRgb()[:3] == look.colour("ink3").getRgb()[:3]
