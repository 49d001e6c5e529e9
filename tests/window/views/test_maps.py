"""Maps in exact colours at whole multiples, hovered and chosen by mouse and key, hundreds of them fast."""

from __future__ import annotations

import statistics
import time
import warnings
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from explorer.results import Maps
from explorer.window.look import look
from explorer.window.views.maps import MapGridView, MapPairView, MapView


def rgb(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()


def inside(place: Any, row: int, column: int, rows: int, columns: int) -> QPointF:
    return QPointF(place.x() + (column + 0.5) * place.width() / columns, place.y() + (row + 0.5) * place.height() / rows)


def grid(show: Any, values: np.ndarray[Any, Any], width: int = 362, height: int = 390, **more: Any) -> MapGridView:
    view: MapGridView = show(MapGridView(chapter=2), width, height)
    view.set_result(Maps(values, **more))
    view.repaint()
    return view


def test_each_value_has_its_exact_colour_at_a_whole_multiple(show: Any) -> None:
    values = np.random.default_rng(0).random((64, 14, 14))
    view = grid(show, values)
    place = view.place_of(5)
    assert place.width() == 42
    assert place.height() == 42
    image = view.picture(1.0)
    for row, column in ((0, 0), (3, 7), (13, 13)):
        point = inside(place, row, column, 14, 14)
        expected = look.viridis(np.array([values[5, row, column] / values[5].max()]))[0]
        assert np.abs(np.array(rgb(image.pixelColor(int(point.x()), int(point.y())))) - expected).max() <= 1
    # every one of the nine pixels of a value has one colour
    corner = inside(place, 3, 7, 14, 14)
    block = {rgb(image.pixelColor(int(corner.x()) + dx, int(corner.y()) + dy)) for dx in (-1, 0, 1) for dy in (-1, 0, 1)}
    assert len(block) == 1


def test_colour_range_by_unit_or_by_layer(show: Any) -> None:
    values = np.stack([np.full((7, 7), 1.0), np.full((7, 7), 4.0)])
    view = grid(show, values)
    seen: list[tuple[float, float]] = []
    view.range_changed.connect(lambda low, high: seen.append((low, high)))
    point = inside(view.place_of(0), 3, 3, 7, 7).toPoint()
    assert rgb(view.picture(1.0).pixelColor(point)) == tuple(look.viridis(np.array([1.0]))[0])
    view.set_colour_by("layer")
    assert rgb(view.picture(1.0).pixelColor(point)) == tuple(look.viridis(np.array([0.25]))[0])
    assert seen[-1] == (0.0, 4.0)


def test_signed_maps_are_white_at_zero(show: Any) -> None:
    values = np.zeros((1, 7, 7))
    values[0, 0, 0], values[0, 6, 6] = -2.0, 1.0
    view = grid(show, values, signed=True)
    image, place = view.picture(1.0), view.place_of(0)
    for (row, column), share in (((3, 3), 0.0), ((0, 0), -1.0), ((6, 6), 0.5)):
        assert rgb(image.pixelColor(inside(place, row, column, 7, 7).toPoint())) == tuple(look.signed(np.array([share]))[0])
    assert view.colour_range() == (-2.0, 2.0)


def test_mouse_chooses_hovers_and_leaves(show: Any, point_at: Any, qtbot: QtBot) -> None:
    view = grid(show, np.random.default_rng(0).random((12, 7, 7)))
    with qtbot.waitSignal(view.hovered) as hover:
        point_at(view, inside(view.place_of(4), 2, 5, 7, 7))
    assert hover.args == [4, 2, 5]
    with qtbot.waitSignal(view.chosen) as chosen:
        point_at(view, inside(view.place_of(4), 2, 5, 7, 7), press=True)
    assert chosen.args == [4]
    assert view.selected == 4
    with qtbot.waitSignal(view.left):
        point_at(view, QPointF(view.width() - 2, view.height() - 2))


def test_keys_walk_over_units_pages_and_zoom(show: Any, qtbot: QtBot) -> None:
    order = tuple(range(99, -1, -1))
    view = grid(show, np.random.default_rng(0).random((100, 14, 14)), order=order)
    view.set_at_once(64)
    assert view.selected == 99
    assert view.caption() == "64 of 100 maps, clearest first"
    chosen: list[int] = []
    view.chosen.connect(chosen.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_PageDown, Qt.Key.Key_Home):
        qtbot.keyClick(view, key)
    assert chosen == [98, 90, 91, 27, 99]
    qtbot.keyClick(view, Qt.Key.Key_End)
    view.repaint()
    assert view.caption() == "65–100 of 100 maps, clearest first"
    assert not view.place_of(0).isEmpty()
    zoomed: list[int] = []
    view.zoomed.connect(zoomed.append)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    view.repaint()
    assert view.place_of(0).width() > 14 * 20
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert zoomed == [0, -1]


def test_sorting_keeps_the_choice(show: Any) -> None:
    values = np.random.default_rng(0).random((6, 7, 7))
    values[3] += 5
    view = grid(show, values, order=(5, 4, 3, 2, 1, 0))
    view.set_selected(2)
    assert view.shown() == [5, 4, 3, 2, 1, 0]
    view.set_order("strongest")
    assert view.shown()[0] == 3
    view.set_order("number")
    assert view.shown() == [0, 1, 2, 3, 4, 5]
    assert view.selected == 2


def test_maps_larger_than_their_place_are_averaged_not_dropped(show: Any) -> None:
    view = grid(show, np.random.default_rng(0).random((64, 112, 112)))
    assert len(view.shown()) == 64
    place = view.place_of(63)
    assert 20 <= place.width() < 112
    assert place.right() <= view.width()


def test_512_maps_are_drawn_within_a_frame(show: Any) -> None:
    values = np.random.default_rng(0).random((512, 7, 7)).astype(np.float32)
    view: MapGridView = show(MapGridView(at_once=512), 420, 440)
    view.set_result(Maps(values))
    assert len(view.shown()) == 512
    took = []
    for k in range(15):
        results = Maps(np.roll(values, k, axis=0))
        start = time.process_time()
        view.set_result(results)
        view.repaint()
        took.append((time.process_time() - start) * 1000)
    median = statistics.median(took)
    if median >= 16:
        warnings.warn(f"512 maps took {median:.1f} ms, a frame has 16", stacklevel=1)
    assert median < 60


def test_one_map_tells_its_cell_by_mouse_and_key(show: Any, point_at: Any, qtbot: QtBot) -> None:
    view: MapView = show(MapView(), 200, 224)
    values = np.random.default_rng(0).random((14, 14))
    view.set_map(values, high=1.0, title="map 3")
    view.repaint()
    place = view.place()
    assert place.width() == 196
    assert rgb(view.picture(1.0).pixelColor(inside(place, 2, 9, 14, 14).toPoint())) == tuple(look.viridis(values[2, 9]))
    with qtbot.waitSignal(view.cell) as moved:
        point_at(view, inside(place, 2, 9, 14, 14))
    assert moved.args == [2, 9]
    with qtbot.waitSignal(view.cell) as moved:
        qtbot.keyClick(view, Qt.Key.Key_Down)
    assert moved.args == [3, 9]
    with qtbot.waitSignal(view.picked) as picked:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert picked.args == [3, 9]
    edge = place.topLeft() + QPointF(9 * 14, 3 * 14)
    assert rgb(view.picture(1.0).pixelColor((edge + QPointF(7, 0)).toPoint())) == (255, 255, 255)


def test_a_pair_of_maps_joins_window_and_cell(show: Any, point_at: Any, qtbot: QtBot) -> None:
    view: MapPairView = show(MapPairView(chapter=2), 374, 192)
    rng = np.random.default_rng(0)
    view.set_maps(rng.random((14, 14)), rng.random((14, 14)))
    view.repaint()
    before = view.picture(1.0)
    first, second = view.places()
    with qtbot.waitSignal(view.cell) as moved:
        point_at(view, inside(second, 11, 3, 14, 14))
    assert moved.args == [11, 3]
    view.set_cell((11, 3), (10, 2, 13, 5))
    after = view.picture(1.0)
    between = QPointF((first.right() + second.left()) / 2, 0).x()
    column_before = [rgb(before.pixelColor(int(between), y)) for y in range(192)]
    column_after = [rgb(after.pixelColor(int(between), y)) for y in range(192)]
    assert column_before != column_after, "no lines between the maps"
    corner = QPointF(first.x() + 3.5 * first.width() / 14, first.y() + 10 * first.height() / 14)
    assert rgb(after.pixelColor(corner.toPoint())) == (255, 255, 255)
    assert view.to_csv().startswith("map,row,column,value\nin,0,0,")
