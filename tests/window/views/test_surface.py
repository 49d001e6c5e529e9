"""Surfaces: values where they belong, the zero line where it is, points and placing by mouse and key."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from explorer.results import Points, Surface
from explorer.window.look import look
from explorer.window.views.surface import SurfaceView, iso_lines

NAMES = ("A", "B")


def plane(function: Any, n: int = 41, **more: Any) -> Surface:
    grid = np.linspace(-1, 1, n)
    x, y = np.meshgrid(grid, grid)
    return Surface(function(x, y), (-1, 1), (-1, 1), **more)


def test_up_is_up_and_right_is_right(show: Any) -> None:
    view: SurfaceView = show(SurfaceView(), 300, 300)
    view.set_result(plane(lambda x, y: x + 2 * y))
    view.repaint()
    image = view.picture(1.0)

    def share(x: float, y: float) -> float:
        seen = np.array(image.pixelColor(view.to_screen(x, y).toPoint()).getRgb()[:3])
        table = look.viridis(np.linspace(0, 1, 257)).astype(int)
        return float(np.argmin(np.abs(table - seen).sum(axis=1))) / 256

    for x, y in ((-0.8, -0.8), (0.8, -0.8), (-0.8, 0.8), (0.8, 0.8), (0.0, 0.3)):
        assert share(x, y) == pytest.approx((x + 2 * y + 3) / 6, abs=0.03)


def test_the_zero_line_lies_on_the_circle(show: Any) -> None:
    surface = plane(lambda x, y: 0.36 - x**2 - y**2, signed=True)
    lines = iso_lines(surface.values)
    radius = np.hypot(lines[:, [0, 2]] / 20 - 1, lines[:, [1, 3]] / 20 - 1)
    assert len(lines) > 40
    assert np.abs(radius - 0.6).max() < 0.01
    view: SurfaceView = show(SurfaceView(), 300, 300)
    view.set_result(surface)
    view.repaint()
    dark = [view.picture(1.0).pixelColor(view.to_screen(0.6 * math.cos(a), 0.6 * math.sin(a)).toPoint()).lightness() for a in np.linspace(0, 6, 25)]
    assert np.mean(np.array(dark) < 120) > 0.7


def test_a_given_border_is_straight_whatever_the_grid(show: Any) -> None:
    view: SurfaceView = show(SurfaceView(), 300, 300)
    view.set_result(plane(lambda x, y: np.where(x + 0.3 * y > 0.02, 1.0, -1.0), n=9, signed=True))  # a step, on a coarse grid

    def dark() -> float:
        """The share of the true line that is drawn as a line."""
        image = view.picture(1.0)
        places = [view.to_screen(0.02 - 0.3 * y, y).toPoint() for y in np.linspace(-0.9, 0.9, 60)]
        return float(np.mean([image.pixelColor(place).lightness() < 90 for place in places]))

    assert dark() < 0.6
    view.set_border([[-0.28, 1.0], [0.32, -1.0]])
    assert dark() > 0.85
    view.set_border([])
    assert dark() < 0.1


def test_iso_lines_of_saddles_and_plains() -> None:
    assert iso_lines(np.ones((4, 4))).shape == (0, 4)
    assert len(iso_lines(np.array([[1.0, -1.0], [-1.0, 1.0]]))) == 2
    assert iso_lines(np.array([[-1.0, 1.0], [-1.0, 1.0]])).tolist() in ([[0.5, 0.0, 0.5, 1.0]], [[0.5, 1.0, 0.5, 0.0]])


def test_placing_dragging_and_dropping(show: Any, qtbot: QtBot) -> None:
    view: SurfaceView = show(SurfaceView(), 300, 300)
    view.set_result(plane(lambda x, y: x, signed=True))
    view.repaint()
    events: list[tuple[str, float, float]] = []
    view.placed.connect(lambda x, y: events.append(("placed", x, y)))
    view.dragged.connect(lambda x, y: events.append(("dragged", x, y)))
    view.dropped.connect(lambda: events.append(("dropped", 0, 0)))
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=view.to_screen(0.5, 0.5).toPoint())
    qtbot.mouseMove(view, view.to_screen(-0.5, 0.25).toPoint())
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=view.to_screen(-0.5, 0.25).toPoint())
    assert [name for name, _, _ in events] == ["placed", "dragged", "dropped"]
    assert events[0][1:] == pytest.approx((0.5, 0.5), abs=0.02)
    assert events[1][1:] == pytest.approx((-0.5, 0.25), abs=0.02)
    with qtbot.waitSignal(view.placed_with) as placed:
        qtbot.mouseClick(view, Qt.MouseButton.RightButton, pos=view.to_screen(0, 0).toPoint())
    assert placed.args[2] is True


def test_placing_by_key(show: Any, qtbot: QtBot) -> None:
    view: SurfaceView = show(SurfaceView(), 300, 300)
    view.set_result(plane(lambda x, y: x))
    view.repaint()
    qtbot.keyClick(view, Qt.Key.Key_Right)
    with qtbot.waitSignal(view.hovered) as hover:
        qtbot.keyClick(view, Qt.Key.Key_Up)
    assert hover.args == pytest.approx([0.0, 0.05])
    with qtbot.waitSignal(view.placed) as placed:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert placed.args == pytest.approx([0.0, 0.05])


def test_points_full_and_hollow(show: Any) -> None:
    view: SurfaceView = show(SurfaceView(), 300, 300)
    view.set_result(plane(lambda x, y: 0 * x, signed=True))
    view.set_points(Points(np.array([[-0.5, 0.0], [0.5, 0.0]]), np.array([0, 1]), ("A", "B"), held_out=np.array([0, 1])))
    view.repaint()
    image = view.picture(1.0)
    ends = look.signed(np.array([-1.0, 1.0]))
    assert image.pixelColor(view.to_screen(-0.5, 0).toPoint()).getRgb()[:3] == tuple(ends[0])
    hollow = view.to_screen(0.5, 0).toPoint()
    assert image.pixelColor(hollow).getRgb()[:3] != tuple(ends[1])
    around = {image.pixelColor(hollow.x() + dx, hollow.y() + dy).getRgb()[:3] for dx in range(-6, 7) for dy in range(-6, 7)}
    assert min(np.abs(np.array(c) - ends[1]).sum() for c in around) < 60
    assert view.nearest_point(view.to_screen(0.5, 0) + QPointF(3, 3)) == 1
    assert view.nearest_point(view.to_screen(0, 0.9)) == -1


def test_values_between_grid_points_and_their_words(show: Any) -> None:
    view: SurfaceView = show(SurfaceView(), 300, 300)
    assert math.isnan(view.value_at(0, 0))
    view.set_result(plane(lambda x, y: x + 2 * y, 5))
    assert view.value_at(0.3, -0.2) == pytest.approx(-0.1)
    assert view.words_at(0.5, -0.25) == "(0.50, −0.25)  0"


def test_points_alone_and_a_path(show: Any) -> None:
    view: SurfaceView = show(SurfaceView(chapter=1), 300, 300)
    view.set_result(Points(np.array([[0.0, 0.0], [4.0, 4.0]]), np.array([0, 1]), ("A", "B")))
    assert view.has_content()
    assert view.to_csv().startswith("x,y,group")
    view.set_result(plane(lambda x, y: x, path=np.array([[-0.5, -0.5], [0.5, 0.5]])))
    view.set_points(None)
    view.repaint()
    image = view.picture(1.0)
    assert image.pixelColor(view.to_screen(0.5, 0.5).toPoint()) == look.accent(1), "the end of the path"
    assert image.pixelColor(view.to_screen(0, 0).toPoint()).lightness() > 200, "the path"


def _count_point_paintings(view: SurfaceView, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    paintings: list[int] = []
    real = view._paint_points
    monkeypatch.setattr(view, "_paint_points", lambda painter, points, *more: (paintings.append(len(points.xy)), real(painter, points, *more)))
    return paintings


def test_points_are_drawn_once_however_often_the_surface_changes(show: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    view: SurfaceView = show(SurfaceView(), 300, 300)
    chance = np.random.default_rng(0)
    xy, groups = chance.uniform(-0.9, 0.9, (50, 2)), np.arange(50) % 2
    paintings = _count_point_paintings(view, monkeypatch)
    for k in range(5):
        view.set_result(plane(lambda x, y, k=k: x + k * y, signed=True))
        view.set_points(Points(xy.copy(), groups.copy(), NAMES))  # each snapshot brings its own copy of them
        view.repaint()
    assert paintings == [50]


@pytest.mark.parametrize("change", ["points", "groups", "held", "size", "theme", "projection", "scale"])
def test_points_are_drawn_anew_when_they_or_the_look_change(change: str, show: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    view: SurfaceView = show(SurfaceView(), 300, 300)
    xy, groups = np.array([[0.5, 0.5], [-0.5, -0.5]]), np.array([0, 1])
    view.set_result(plane(lambda x, y: x, signed=True))
    view.set_points(Points(xy, groups, NAMES))
    view.repaint()
    paintings = _count_point_paintings(view, monkeypatch)
    if change == "points":
        view.set_points(Points(xy * 0.5, groups, NAMES))
    elif change == "groups":
        view.set_points(Points(xy, 1 - groups, NAMES))
    elif change == "held":
        view.set_points(Points(xy, groups, NAMES, held_out=np.array([True, False])))
    elif change == "size":
        view.resize(280, 260)
    elif change == "theme":
        look.dark = True
    elif change == "projection":
        look.projection = True
    else:
        view.picture(2.0)
    view.repaint()
    assert paintings


def test_points_kept_as_pixels_lie_where_they_are_drawn_directly(show: Any) -> None:
    view: SurfaceView = show(SurfaceView(), 300, 300)
    view.set_result(plane(lambda x, y: x, signed=True))
    view.repaint()
    bare = np.array([view.picture(2.0).pixelColor(view.to_screen(x, y).toPoint() * 2).rgb() for x, y in ((0.5, 0.25), (-0.5, -0.75))])
    view.set_points(Points(np.array([[0.5, 0.25], [-0.5, -0.75]]), np.array([0, 1]), NAMES))
    image = view.picture(2.0)
    for (x, y), group, before in zip(((0.5, 0.25), (-0.5, -0.75)), (0, 1), bare, strict=True):
        colour = image.pixelColor(view.to_screen(x, y).toPoint() * 2)
        assert colour == view.group_colour(group) and colour.rgb() != before
