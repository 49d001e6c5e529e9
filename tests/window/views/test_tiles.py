"""Small pictures in a grid: as large as all fit, one chosen by mouse and key, and a heat's colours."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from pytestqt.qtbot import QtBot

from explorer.window.look import look
from explorer.window.views.tiles import Tile, TilesView, heated
from explorer.words import Text, same

RED, BLUE = np.full((30, 40, 3), (255, 0, 0), np.uint8), np.full((30, 40, 3), (0, 0, 255), np.uint8)
SIX = [Tile(RED if k % 2 else BLUE, f"tile {k}", Text(f"{k} 個", f"{k} of them"), "#00ff00") for k in range(6)]


@pytest.fixture
def view(show: Any) -> TilesView:
    made: TilesView = show(TilesView(name=same("tiles")), 330, 280)
    made.set_tiles(SIX)
    return made


@pytest.mark.parametrize(("width", "height"), [(330, 280), (120, 600), (900, 90)])
@pytest.mark.parametrize("count", [1, 2, 6, 24])
def test_all_fit_without_overlap(view: TilesView, width: int, height: int, count: int) -> None:
    view.set_tiles((SIX * 4)[:count])
    room = QRectF(0, 0, width, height)
    places = view.layout_of(room)
    below = view._written()
    assert len(places) == count and {(round(one.width(), 3), round(one.height(), 3)) for one in places} == {(round(places[0].width(), 3), round(places[0].height(), 3))}
    for index, one in enumerate(places):
        if one.width() > 8:  # the least there is
            assert room.adjusted(0, 0, 1, 1).contains(one.adjusted(0, 0, 0, below)) and one.width() / one.height() == pytest.approx(4 / 3)
        assert not any(one.adjusted(1, 1, -1, below - 1).intersects(other) for other in places[:index])


def test_they_use_the_room(view: TilesView) -> None:
    view.set_lines(0)
    wide, high = view.layout_of(QRectF(0, 0, 900, 90)), view.layout_of(QRectF(0, 0, 120, 600))
    assert len({one.y() for one in wide}) == 1 and len({one.x() for one in high}) == 1  # a row, a column
    with_words = [view.set_lines(2), view.layout_of(QRectF(0, 0, 900, 90))][1]
    assert with_words[0].height() < wide[0].height()


def test_words_are_not_cut_where_a_little_smaller_pictures_leave_them_room(view: TilesView) -> None:
    view.set_tiles([Tile(RED, "a", "words")] * 3)
    room = QRectF(0, 0, 330, 400)
    assert len({one.y() for one in view.layout_of(room)}) == 2  # two columns
    long = "words that need about a hundred pixels"
    view.set_tiles([Tile(RED, "a", long)] * 3)
    assert len({one.x() for one in view.layout_of(room)}) == 1 and view._words_width() > (330 - look.px(10)) / 2
    view.set_lines(1)  # they are not written
    assert len({one.x() for one in view.layout_of(room)}) == 2


def test_choosing_by_mouse(view: TilesView, point_at: Any, qtbot: QtBot, colour_at: Any) -> None:
    inset = look.px(3)
    places = view.layout_of(QRectF(view.rect()).adjusted(inset, inset, -inset, -inset))
    assert colour_at(view, places[4].center()).getRgb()[:3] == (0, 0, 255) and colour_at(view, places[5].center()).getRgb()[:3] == (255, 0, 0)
    with qtbot.waitSignal(view.chosen) as chosen:
        point_at(view, places[4].center(), press=True)
    assert chosen.args == [4] and view.current == 4
    below = places[5].bottomLeft()
    below.setY(below.y() + look.px(20))
    point_at(view, below, press=True)  # its words belong to it
    assert view.current == 5
    point_at(view, places[5].center(), press=True)
    assert view.current == -1  # none again


def test_choosing_by_keys(view: TilesView, qtbot: QtBot) -> None:
    for key, expected in ((Qt.Key.Key_Right, 0), (Qt.Key.Key_Down, 1), (Qt.Key.Key_Left, 0), (Qt.Key.Key_Left, 0), (Qt.Key.Key_Escape, -1)):
        qtbot.keyClick(view, key)
        assert view.current == expected
    view.may_be_none = False
    view.choose(2)
    view.choose(2)
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert view.current == 2


def test_the_chosen_one_stays_while_there_are_as_many(view: TilesView) -> None:
    view.choose(3)
    view.set_tiles(list(reversed(SIX)))
    assert view.current == 3
    view.set_tiles(SIX[:2])
    assert view.current == -1
    view.may_be_none = False
    view.set_current(1)
    view.set_tiles(SIX[:1])
    assert view.current == 0


def test_the_chosen_one_is_marked(view: TilesView) -> None:
    before = view.picture(1.0)
    view.set_current(2)
    assert view.picture(1.0) != before
    view.set_current(-1)
    assert view.picture(1.0) == before


def test_the_mark_and_the_words_below(view: TilesView) -> None:
    def greens() -> int:
        image = view.picture(1.0)
        return sum(image.pixelColor(x, y).getRgb()[:3] == (0, 255, 0) for x in range(image.width()) for y in range(0, image.height(), 2))

    assert greens() > 6 * 20
    view.set_lines(0)
    assert greens() == 0


def test_as_a_table_in_the_language_of_the_window(view: TilesView) -> None:
    assert view.to_csv().splitlines()[:2] == ["number,title,caption", "0,tile 0,0 of them"]
    look.language = "ja"
    assert view.to_csv().splitlines()[2] == "1,tile 1,1 個"
    view.set_tiles([])
    assert not view.has_content() and view.layout_of(QRectF(0, 0, 100, 100)) == []


def test_a_heat_over_a_picture() -> None:
    pixels, heat = np.full((2, 2, 3), 100, np.uint8), np.array([[0.0, 1.0], [2.0, 4.0]])
    over = heated(pixels, heat)
    assert over.shape == (2, 2, 3) and np.array_equal(over, heated(pixels, heat * 10))  # to its own largest value
    expected = np.rint(100 * 0.25 + look.viridis(np.array([[1.0]]))[0, 0, :3].astype(float) * 0.75)
    assert np.abs(over[1, 1].astype(float) - expected).max() <= 1
    assert np.array_equal(heated(pixels, heat, opacity=0.0), pixels) and np.isfinite(heated(pixels, heat * 0)).all()
