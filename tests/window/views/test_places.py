"""A picture divided into places: one is chosen by mouse and key, boxes and colours lie where they should, and a click finds the smallest box."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from explorer.results import Boxes, Picture
from explorer.window.views.places import Outline, PlacesView, corners

GREY = Picture(np.full((60, 80, 3), 128, np.uint8))


@pytest.fixture
def view(show: Any) -> PlacesView:
    made: PlacesView = show(PlacesView(), 420, 320)
    made.show_picture(GREY)
    made.set_places(3, 4)
    made.picture(1.0)  # painted, so that the places are known
    return made


def test_a_place_by_mouse(view: PlacesView, point_at: Any, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.placed) as placed:
        point_at(view, view.rect_of(2, 1).center(), press=True)
    assert placed.args == [2, 1] and view.place_chosen == (2, 1)
    with qtbot.assertNotEmitted(view.placed):
        point_at(view, view.rect_of(2, 1).center(), press=True)  # it is chosen already
    assert view.place_at(view.rect_of(0, 0).topLeft() + QPointF(1, 1)) == (0, 0)
    assert view.place_at(view.rect_of(2, 3).bottomRight() - QPointF(1, 1)) == (2, 3)
    assert view.place_at(QPointF(0, 0)) is None  # beside the picture


def test_keys_go_from_place_to_place_and_stop_at_the_edge(view: PlacesView, qtbot: QtBot) -> None:
    for key, expected in ((Qt.Key.Key_Down, (2, 2)), (Qt.Key.Key_Down, (2, 2)), (Qt.Key.Key_Right, (2, 3)), (Qt.Key.Key_Right, (2, 3)), (Qt.Key.Key_Up, (1, 3)), (Qt.Key.Key_Left, (1, 2))):
        qtbot.keyClick(view, key)
        assert view.place_chosen == expected
    view.set_places(3, 4)
    assert view.place_chosen == (1, 2)
    view.set_places(5, 5)  # other places: none of them is chosen
    assert view.place_chosen is None


def test_the_chosen_place_is_outlined(view: PlacesView, colour_at: Any) -> None:
    corner = view.rect_of(1, 1).topLeft()
    plain = colour_at(view, corner)
    view.set_place(1, 1)
    assert colour_at(view, corner) != plain and colour_at(view, view.rect_of(1, 1).center()) == plain


def test_colours_of_places(view: PlacesView, colour_at: Any) -> None:
    colours = np.zeros((3, 4, 4), np.uint8)
    colours[2, 3] = (255, 0, 0, 255)
    view.set_cells(colours)
    assert colour_at(view, view.rect_of(2, 3).center()).getRgb()[:3] == (255, 0, 0)
    assert colour_at(view, view.rect_of(2, 2).center()).getRgb()[:3] == (128, 128, 128)
    with pytest.raises(ValueError, match="3 × 4 places"):
        view.set_cells(colours[:2])
    view.show_picture(GREY)
    assert colour_at(view, view.rect_of(2, 3).center()).getRgb()[:3] == (128, 128, 128)


BOXES = (Outline((0, 0, 80, 60), "#ff0000", 1.0, name="large", score=0.9), Outline((10, 10, 30, 30), "#00ff00", 1.0, "small 0.5", name="small", score=0.5))


def test_boxes_lie_where_they_are_and_the_first_is_on_top(view: PlacesView, colour_at: Any, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.result_changed):
        view.set_outlines(BOXES)
    place = view._to_screen((10, 10, 30, 30))
    assert colour_at(view, QPointF(place.right(), place.center().y())).getRgb()[:3] == (0, 255, 0)
    assert colour_at(view, place.center()).getRgb()[:3] == (128, 128, 128)
    both = (Outline((10, 10, 30, 30), "#0000ff", 1.0), Outline((10, 10, 30, 30), "#00ff00", 1.0))
    view.set_outlines(both)
    assert colour_at(view, QPointF(place.right(), place.center().y())).getRgb()[:3] == (0, 0, 255)


def test_a_label_stays_in_the_picture(view: PlacesView) -> None:
    view.set_outlines((Outline((75, 0, 80, 10), "#00ff00", 1.0, "a long label 0.55"),))
    image = view.picture(1.0)
    right = view.rect_of(0, 3).right()
    green = [x for x in range(image.width()) for y in range(0, image.height(), 2) if image.pixelColor(x, y).getRgb()[:3] == (0, 255, 0)]
    assert len(green) > 500 and max(green) <= right + 2 and min(green) > view.rect_of(0, 0).left()


def test_a_dashed_box_has_gaps(view: PlacesView) -> None:
    def painted(dashed: bool) -> int:
        view.set_outlines((Outline((10, 10, 70, 50), "#00ff00", 0.2, dashed=dashed),))
        image, y = view.picture(1.0), int(view._to_screen((10, 10, 70, 50)).top())
        return sum(any(image.pixelColor(x, y + d).green() > image.pixelColor(x, y + d).red() + 20 for d in (-1, 0, 1)) for x in range(image.width()))

    assert 20 < painted(True) < painted(False) - 10


def test_the_smallest_box_around_a_click(view: PlacesView, point_at: Any, qtbot: QtBot) -> None:
    view.set_places(0, 0)
    view.set_outlines(BOXES)
    view.picture(1.0)
    for place, expected in (((20, 20), 1), ((60, 50), 0)):
        with qtbot.waitSignal(view.picked) as picked:
            point_at(view, view._to_screen((*place, *place)).topLeft(), press=True)
        assert picked.args == [expected]
    with qtbot.waitSignal(view.picked) as picked:
        point_at(view, QPointF(1, 1), press=True)
    assert picked.args == [-1]


def test_the_boxes_as_a_table_and_nothing_after_clearing(view: PlacesView) -> None:
    view.set_outlines(BOXES)
    assert view.to_csv().splitlines()[1:] == ["large,0.9,0,0,80,60", "small,0.5,10,10,30,30"]
    view.clear()
    assert view.outlines == () and view.rows == 0 and not view.has_content()


def test_corners_of_a_box() -> None:
    boxes = Boxes(GREY, np.array([[1, 2, 3, 4], [5, 6, 7.5, 8]], float), np.zeros(2, int), np.ones(2), ("a",))
    assert corners(boxes, 1) == (5.0, 6.0, 7.5, 8.0)
