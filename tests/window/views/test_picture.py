"""Pictures: crisp when small, smooth when large; heat, boxes and drops."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from pytestqt.qtbot import QtBot

from explorer.results import Overlay, Picture, Region
from explorer.window.look import look
from explorer.window.views.picture import OverlayView, PictureView


def small() -> Picture:
    return Picture(np.random.default_rng(0).integers(0, 255, (32, 32, 3)).astype(np.uint8))


def at(view: PictureView, row: float, column: float, rows: int = 32, columns: int = 32) -> QPointF:
    place = view.place()
    return QPointF(place.x() + column * place.width() / columns, place.y() + row * place.height() / rows)


def test_small_pictures_keep_their_pixels(show: Any, point_at: Any, qtbot: QtBot) -> None:
    view: PictureView = show(PictureView(), 300, 200)
    picture = small()
    view.set_result(picture)
    view.repaint()
    assert view.place().width() == 192, "six pixels for each of its own"
    image = view.picture(1.0)
    for row, column in ((0, 0), (10, 20), (31, 31)):
        assert image.pixelColor(at(view, row + 0.5, column + 0.5).toPoint()).getRgb()[:3] == tuple(picture.pixels[row, column])
    with qtbot.waitSignal(view.pixel) as moved:
        point_at(view, at(view, 10.5, 20.5))
    assert moved.args == [10, 20]
    with qtbot.waitSignal(view.clicked) as clicked:
        point_at(view, at(view, 3.5, 4.5), press=True)
    assert clicked.args == [3, 4]


def test_a_photograph_is_averaged_down(show: Any) -> None:
    view: PictureView = show(PictureView(), 200, 200)
    stripes = np.zeros((800, 800, 3), np.uint8)
    stripes[:, ::2] = 255
    view.set_result(Picture(stripes))
    centre = view.picture(1.0).pixelColor(100, 100)
    assert 100 < centre.red() < 155, "single columns picked instead of averaged"


def test_heat_covers_as_much_as_asked(show: Any, qtbot: QtBot) -> None:
    view: OverlayView = show(OverlayView(), 192, 192)
    picture = small()
    heat = np.zeros((32, 32))
    heat[16:] = 2.0
    view.set_result(Overlay(picture, heat))
    view.set_opacity(0.0)
    view.repaint()
    point = at(view, 20.5, 5.5).toPoint()
    assert view.picture(1.0).pixelColor(point).getRgb()[:3] == tuple(picture.pixels[20, 5])
    view.set_opacity(1.0)
    assert view.picture(1.0).pixelColor(point).getRgb()[:3] == tuple(look.viridis(np.array([1.0]))[0])
    cool = at(view, 5.5, 5.5).toPoint()
    assert view.picture(1.0).pixelColor(cool).getRgb()[:3] == tuple(look.viridis(np.array([0.0]))[0])
    with qtbot.waitSignal(view.opacity_changed) as changed:
        qtbot.keyClick(view, Qt.Key.Key_Down)
    assert changed.args == [0.9]
    with pytest.raises(ValueError, match="does not lie"):
        view.set_heat(np.zeros((3, 3)))
    view.set_opacity(1.0)
    view.set_heat(heat, high=4.0)  # half of what is brightest
    assert view.picture(1.0).pixelColor(point).getRgb()[:3] == tuple(look.viridis(np.array([0.5]))[0])


def test_boxes_and_regions_are_outlined_and_cut_to_the_picture(show: Any) -> None:
    view: PictureView = show(PictureView(), 192, 192)
    view.set_result(Region(small(), (-10.0, 8.0, 16.0, 40.0)))
    view.repaint()
    assert view.picture(1.0).pixelColor(at(view, 8, 5).toPoint()).getRgb()[:3] == (255, 255, 255)
    view.set_result(small())
    view.set_boxes([((4, 4, 20, 20), "cup", 0)])
    assert view.picture(1.0).pixelColor(at(view, 20, 12).toPoint()) == look.class_colour(0)


def test_what_is_dropped_is_handed_on(show: Any, qtbot: QtBot, tmp_path: Any) -> None:
    view: PictureView = show(PictureView(takes_drops=True), 200, 200)
    view.set_result(small())
    before = view.picture(1.0)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "cat.png"))])
    none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    view.dragEnterEvent(QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, mime, left, none))
    assert view.picture(1.0) != before, "a drag shows nothing"
    with qtbot.waitSignal(view.dropped) as dropped:
        view.dropEvent(QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, mime, left, none))
    assert dropped.args == [[tmp_path / "cat.png"]]
    assert view.picture(1.0) == before
