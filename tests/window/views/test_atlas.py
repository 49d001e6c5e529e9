"""A map of many points: closer and back, what is under the cursor, names and the one placed among them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from pytestqt.qtbot import QtBot

from explorer.results import Points
from explorer.window.views.atlas import AtlasView

XY = np.array([[-1.0, -1.0], [-0.9, -1.0], [1.0, 1.0], [0.9, 1.0], [0.95, 0.95]])


@pytest.fixture
def view(show: Any) -> AtlasView:
    made: AtlasView = show(AtlasView(), 300, 300)
    made.set_points(Points(XY, np.array([0, 0, 1, 1, 0]), ("cat", "dog"), np.array([0, 0, 0, 0, 1])))
    made.repaint()
    return made


def test_points_lie_inside_and_are_found_under_the_cursor(view: AtlasView, qtbot: QtBot) -> None:
    for index, (x, y) in enumerate(XY):
        at = view.to_screen(float(x), float(y))
        assert view.rect().contains(at.toPoint()) and view.nearest_point(at, 3) == index
    seen: list[int] = []
    view.point_hovered.connect(seen.append)
    qtbot.mouseMove(view, view.to_screen(-1, -1).toPoint())
    qtbot.mouseMove(view, QPoint(150, 150))
    assert seen == [0, -1]


def test_the_wheel_comes_closer_around_the_cursor_and_never_farther_than_all(view: AtlasView) -> None:
    def wheel(at: QPointF, turn: int) -> None:
        event = QWheelEvent(at, at, QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)
        view.wheelEvent(event)
        view.repaint()

    at = view.to_screen(0.9, 0.9)
    wheel(at, 480)
    assert view.zoom == pytest.approx(1.2**4, rel=1e-3)
    after = view.to_screen(0.9, 0.9)
    assert (after.x(), after.y()) == (pytest.approx(at.x(), abs=1), pytest.approx(at.y(), abs=1))
    wheel(at, 120 * 60)
    assert view.zoom == pytest.approx(AtlasView.CLOSEST, rel=1e-3)
    wheel(at, -120 * 60)
    assert view.zoom == pytest.approx(1.0)


def test_keys_come_closer_move_and_show_all(view: AtlasView, qtbot: QtBot) -> None:
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    closer, before = view.zoom, view.to_screen(0.0, 0.0)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert closer == pytest.approx(1.5625) and view.to_screen(0.0, 0.0).x() < before.x()
    for _ in range(40):
        qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.to_plane(QPointF(299, 150))[0] <= 1.2  # not beyond the map
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert view.zoom == pytest.approx(1.0)


def test_the_same_points_again_keep_the_place_looked_at(view: AtlasView) -> None:
    view.closer(2.0)
    view.set_points(Points(XY.copy(), np.array([0, 0, 1, 1, 0]), ("cat", "dog"), np.array([0, 0, 0, 0, 1])))
    assert view.zoom == pytest.approx(2.0)


def test_names_stand_at_the_middle_of_most_not_of_strays(view: AtlasView) -> None:
    assert view.middle(0) == (-0.9, -1.0) and view.middle(1) == (1.0, 1.0) and view.middle(7) is None


def test_the_own_picture_is_drawn_in_the_accent_over_everything(view: AtlasView) -> None:
    view.set_own((0.0, 0.0), (0, 2))
    image = view.picture(1.0)
    assert image.pixelColor(view.to_screen(0.0, 0.0).toPoint()) == view.accent
    half = view.to_screen(0.5, 0.5).toPoint()  # on the line to a neighbour
    view.set_own((0.0, 0.0), ())
    assert view.picture(1.0).pixelColor(half) != image.pixelColor(half)
    view.set_own(None)
    assert view.picture(1.0).pixelColor(view.to_screen(0.0, 0.0).toPoint()) != view.accent


def test_groups_beyond_the_colours_are_told_apart(view: AtlasView) -> None:
    assert len({view.group_colour(k).name() for k in range(10)}) == 10
