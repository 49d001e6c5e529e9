"""Curves: ticks, names at the lines, bands, points by mouse and key, long lines without lost peaks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from explorer.results import Curves, Series
from explorer.window.look import look
from explorer.window.views.curves import CurvesView, nice_ticks, power_ticks, thin
from explorer.words import Text, same

X = np.arange(1.0, 17.0)


def gradient() -> Curves:
    opens = tuple({"layer": f"layer{i}"} if i else None for i in range(16))
    return Curves(
        (
            Series(Text("近道あり", "with shortcuts"), X, np.full(16, 0.3), main=True, opens=opens),
            Series(Text("近道なし", "without"), X, 10.0 ** np.linspace(-12, -1, 16)),
        ),
        Text("ブロック", "block"), Text("勾配", "gradient"), y_log=True,
    )  # fmt: skip


def test_ticks_are_round() -> None:
    assert nice_ticks(0.0, 1.0, 3) == [0.0, 0.5, 1.0]
    assert nice_ticks(-0.3, 4000, 5) == [0.0, 1000.0, 2000.0, 3000.0, 4000.0]
    assert power_ticks(-12.5, 0.1, 3) == [-12, -6, 0]
    assert power_ticks(0.2, 0.8, 3) == []


@pytest.mark.parametrize("compact", [True, False])
def test_a_point_is_hovered_and_clicked_where_it_is_drawn(show: Any, point_at: Any, qtbot: QtBot, compact: bool) -> None:
    view: CurvesView = show(CurvesView(chapter=2, compact=compact), 334, 200)
    view.set_result(gradient())
    view.repaint()
    place = view.place_of(1, 5)
    assert view.rect().contains(place.toPoint())
    with qtbot.waitSignal(view.point_hovered) as hover:
        point_at(view, place)
    assert hover.args == [1, 5]
    with qtbot.waitSignal(view.point_clicked) as clicked:
        point_at(view, view.place_of(0, 3), press=True)
    assert clicked.args == [0, 3]
    assert view.can_open(0, 3)
    assert view.cursor().shape() == Qt.CursorShape.PointingHandCursor
    assert not view.can_open(0, 0)
    assert not view.can_open(1, 3)


def test_keys_go_along_and_across_the_lines(show: Any, qtbot: QtBot) -> None:
    view: CurvesView = show(CurvesView(chapter=2), 334, 200)
    view.set_result(gradient())
    seen: list[tuple[int, int]] = []
    view.point_hovered.connect(lambda s, i: seen.append((s, i)))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left):
        qtbot.keyClick(view, key)
    assert seen == [(0, 0), (0, 1), (1, 1), (1, 0)]
    with qtbot.waitSignal(view.point_clicked) as clicked:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert clicked.args == [1, 0]


def test_the_main_line_has_the_accent_and_moves_with_the_theme(show: Any) -> None:
    view: CurvesView = show(CurvesView(chapter=3), 334, 200)
    view.set_result(gradient())
    view.repaint()
    for dark in (False, True):
        look.dark = dark
        view.repaint()
        point = view.place_of(0, 8)
        assert view.picture(1.0).pixelColor(point.toPoint()) == look.accent(3)


def test_log_axis_places_powers_evenly(show: Any) -> None:
    view: CurvesView = show(CurvesView(), 334, 200)
    y = 10.0 ** np.array([-12.0, -8.0, -4.0, 0.0])
    view.set_result(Curves((Series(same("a"), np.arange(4.0), y),), same("x"), same("y"), y_log=True))
    view.repaint()
    heights = [view.place_of(0, i).y() for i in range(4)]
    steps = np.diff(heights)
    assert np.allclose(steps, steps[0])
    assert steps[0] < 0


def test_a_band_lies_around_its_line(show: Any) -> None:
    view: CurvesView = show(CurvesView(chapter=2), 334, 200)
    with_band = Curves((Series(same("a"), X, np.sin(X), np.full(16, 0.5), main=True),), same("x"), same("y"))
    view.set_result(with_band)
    view.repaint()
    top = view.place_of(0, 8)
    banded = view.picture(1.0).pixelColor(int(top.x()), int(top.y()) + 8)
    view.set_result(Curves((Series(same("a"), X, np.sin(X), main=True),), same("x"), same("y")))
    view.repaint()
    assert banded not in (look.colour("bg"), look.accent(2))


def test_names_stand_apart_from_each_other_and_are_written_in_both_languages(show: Any) -> None:
    view: CurvesView = show(CurvesView(chapter=2), 334, 200)
    view.set_result(gradient())
    english = view.picture(1.0)
    look.language = "ja"
    assert view.picture(1.0) != english
    assert set(view._name_at) == {0, 1}


def test_crowded_names_touch_no_other_name_and_stand_nearest_to_their_own_line(show: Any) -> None:
    blocks = np.arange(10.0)
    lines = {
        "PyramidNet, additive": 16 + 26.7 * blocks,
        "WideResNet": np.array([16, 64, 64, 64, 128, 128, 128, 256, 256, 256.0]),
        "PyramidNet, multiplicative": 16 * (256 / 16) ** (blocks / 9),
        "ResNet": np.array([16, 16, 16, 16, 32, 32, 32, 64, 64, 64.0]),
    }
    series = tuple(Series(same(name), blocks, y, main=not i) for i, (name, y) in enumerate(lines.items()))
    view: CurvesView = show(CurvesView(chapter=2), 330, 180)
    view.set_result(Curves(series, same("block"), same("channels")))
    view.grab()
    places = view.name_places
    assert set(places) == {0, 1, 2, 3}
    assert not any(places[i].intersects(places[j]) for i in places for j in range(i))
    for i, place in places.items():
        across = np.linspace(place.left(), place.right(), 50)
        at = [view._x.value((x - view._field.x()) / view._field.width()) for x in across]
        down = [view._field.bottom() - view._y.place(np.interp(at, s.x, s.y)) * view._field.height() for s in series]
        away = [float(np.abs(y - place.center().y()).min()) for y in down]
        assert away[i] <= min(away) + 1, (series[i].name.en, away)


def test_gaps_zero_on_log_axes_and_nothing_at_all_are_survived(show: Any) -> None:
    view: CurvesView = show(CurvesView(), 334, 200)
    y = np.array([1.0, np.nan, 0.0, 5.0])
    for curves in (
        Curves((Series(same("a"), np.arange(4.0), y),), same("x"), same("y"), y_log=True),
        Curves((Series(same("a"), np.zeros(0), np.zeros(0)),), same("x"), same("y")),
        Curves((Series(same("a"), np.ones(1), np.ones(1)),), same("x"), same("y")),
        Curves((), same("x"), same("y")),
    ):
        view.set_result(curves)
        view.repaint()
        view.compact = not view.compact
        view.repaint()


def test_a_long_line_keeps_its_peaks() -> None:
    x = np.linspace(0, 300, 100_000)
    y = np.zeros(100_000)
    y[54_321], y[12_345] = 7.0, -3.0
    kept = np.array(thin(np.stack([x, y], axis=1), np.ones(100_000, bool), 300.0))
    assert len(kept) < 700
    assert kept[:, 1].max() == 7.0
    assert kept[:, 1].min() == -3.0


def test_zoom_and_held_ranges(show: Any) -> None:
    view: CurvesView = show(CurvesView(), 334, 200)
    view.set_result(gradient())
    view.set_x_range(0, 32)
    view.repaint()
    half = view.place_of(0, 15).x()
    assert half < view.width() * 0.65
    view.zoom_x(0.5, 0.0)
    view.repaint()
    assert view.place_of(0, 15).x() > half * 1.5
    view.mouseDoubleClickEvent(None)  # type: ignore[arg-type]
    view.repaint()
    assert view.place_of(0, 15).x() == pytest.approx(half)
    view.set_unfinished(True)
    assert view.picture(1.0).pixelColor(QPointF(half + 1, 1).toPoint()) is not None


def test_a_place_is_pointed_out_on_every_line_that_reaches_it(show: Any) -> None:
    lines = Curves((Series(same(" "), np.array([0.0, 10.0]), np.array([0.0, 1.0])), Series(same(" "), np.array([0.0, 4.0]), np.array([1.0, 1.0]), main=True)), same(" "), same(" "))
    view: CurvesView = show(CurvesView(chapter=2), 334, 200)
    view.set_result(lines)
    before = view.grab().toImage()
    view.set_mark(5.0)
    after, field = view.grab().toImage(), view._field
    x = round(field.center().x())
    changed = [y for y in range(view.height()) if before.pixelColor(x, y) != after.pixelColor(x, y)]
    assert changed[0] <= field.top() + 2 and changed[-1] >= field.bottom() - 3
    beside = x + 3
    dots = [y for y in range(view.height()) if after.pixelColor(beside, y) == look.accent(2) != before.pixelColor(beside, y)]
    assert dots and abs(np.mean(dots) - field.center().y()) < 4, "on the line that goes on to 10, not on the one that ends at 4"
    view.set_mark(None)
    assert view.grab().toImage() == before
