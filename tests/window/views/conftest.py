"""Views shown on the screen that is none, and the colours of their pixels."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from explorer.window.views.view import View

Show = Callable[..., QWidget]


@pytest.fixture
def show(qtbot: QtBot) -> Show:
    """``show(widget, width, height)``: in a window of its own, painted once."""
    kept: list[QWidget] = []

    def put(widget: QWidget, width: int = 400, height: int = 400) -> QWidget:
        window = QWidget()
        window.resize(width + 40, height + 40)
        widget.setParent(window)
        widget.setGeometry(20, 20, width, height)
        qtbot.addWidget(window)
        kept.append(window)
        widget.show()
        with qtbot.waitExposed(window):
            window.show()
        return widget

    return put


@pytest.fixture
def colour_at() -> Callable[[View, QPointF], QColor]:
    """The colour a view paints at a point of it."""

    def look_at(view: View, point: QPointF) -> QColor:
        return view.picture(1.0).pixelColor(int(point.x()), int(point.y()))

    return look_at


@pytest.fixture
def point_at(qtbot: QtBot) -> Callable[..., None]:
    """Moves the mouse to a point of a widget, or presses there."""

    def act(widget: QWidget, point: QPointF, press: bool = False, double: bool = False) -> None:
        place = point.toPoint()
        qtbot.mouseMove(widget, place)
        if press:
            qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=place)
        if double:
            qtbot.mouseDClick(widget, Qt.MouseButton.LeftButton, pos=place)

    return act
