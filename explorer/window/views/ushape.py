"""A network that goes down and up again, as a U: its maps at every size, and the bridges between them, each of them on or off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from explorer.results.base import write_csv
from explorer.window.look import look
from explorer.window.views.drawing import arrow, colours, draw_smooth, draw_text, faded, pen, rounded, text_width, to_image
from explorer.window.views.view import View
from explorer.words import Text

SMALLER = 0.74  # a level's maps are drawn so many times as high as those of the level above


@dataclass(frozen=True, eq=False)
class Stage:
    """One stage of the network. ``text``: its shape; ``map``: (height, width) of it, magnitudes."""

    name: str
    text: str
    map: NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Level:
    """A size of maps: the stage on the way down, and that on the way up where the bridge ends."""

    down: Stage
    up: Stage


class UShapeView(View):
    """``switched(level)``: the bridge of a level, from 1 at the top, is to be switched, by click, Space or Enter (up and down choose one);
    ``stage_chosen(name)``: a stage was clicked. What is on is said by ``set_off``."""

    switched = Signal(int)
    stage_chosen = Signal(str)
    interactive = True

    def __init__(self, parent: QWidget | None = None, *, chapter: int | None = None, name: Text | None = None) -> None:
        super().__init__(parent, chapter=chapter, name=name or Text("U の形のネットワーク", "The network as a U"))
        self.levels: list[Level] = []
        self.bottom: Stage | None = None
        self.off: frozenset[int] = frozenset()
        self._cursor, self._over = 1, 0
        self._images: dict[str, QImage] = {}
        self._stages: dict[str, QRectF] = {}
        self._bridges: dict[int, QRectF] = {}

    def set_stages(self, levels: Sequence[Level], bottom: Stage) -> None:
        """Show these, the largest maps first."""
        self.levels, self.bottom = list(levels), bottom
        self._cursor = min(self._cursor, max(1, len(self.levels)))
        self._images = {}
        self.result_changed.emit()
        self.update()

    def set_off(self, off: Iterable[int]) -> None:
        """The levels whose bridge is off."""
        self.off = frozenset(off)
        self.update()

    def has_content(self) -> bool:
        return bool(self.levels)

    def to_csv(self) -> str:
        rows = [(n, one.down.name, one.down.text, one.up.name, one.up.text, int(n not in self.off)) for n, one in enumerate(self.levels, 1)]
        return write_csv(("level", "down", "shape", "up", "shape up", "bridge"), rows)

    def sizeHint(self) -> QSize:
        return QSize(look.px(320), look.px(330))

    def minimumSizeHint(self) -> QSize:
        return QSize(look.px(200), look.px(160))

    def bridge_of(self, level: int) -> QRectF:
        """Where the bridge of a level was drawn last."""
        return QRectF(self._bridges[level])

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        assert self.bottom is not None
        gap = look.px(16)
        shares = [SMALLER**k for k in range(len(self.levels) + 1)]
        words = look.px(16)  # below the last stage
        rect = rect.adjusted(0, 0, 0, -words)
        unit = (rect.height() - gap * len(self.levels)) / sum(shares)
        wide = max(one.map.shape[1] / one.map.shape[0] for one in (self.levels[0].down, self.levels[0].up))
        unit = min(unit, rect.width() * 0.32 / wide)
        top = rect.y()
        column = unit * wide
        left, right = rect.x() + column / 2 + look.px(2), rect.right() - column / 2 - look.px(2)
        self._stages, self._bridges = {}, {}
        middles = []
        for share in shares:
            middles.append(top + unit * share / 2)
            top += unit * share + gap
        idle = look.colour("ink3")
        for number, (level, middle, share) in enumerate(zip(self.levels, middles, shares, strict=False), 1):
            for stage, x, down in ((level.down, left, True), (level.up, right, False)):
                place = self._place(stage, QPointF(x, middle), unit * share)
                ends = place.bottom() + look.px(2), middles[number] - unit * shares[number] / 2 - look.px(2)
                last = number == len(self.levels)
                if last:
                    aside = self._place(self.bottom, QPointF(rect.center().x(), middles[-1]), unit * shares[-1])
                    corner = QPointF(x, middles[-1])
                    edge = QPointF((aside.left() - look.px(4)) if down else (aside.right() + look.px(4)), middles[-1])
                    painter.setPen(pen(idle, look.line(1.6)))
                    painter.drawLine(QPointF(x, ends[0]), corner)
                    if down:
                        arrow(painter, corner, edge, idle, look.line(1.6), look.px(7))
                    else:
                        painter.drawLine(edge, corner)
                        arrow(painter, corner, QPointF(x, ends[0]), idle, look.line(1.6), look.px(7))
                else:
                    start, end = (ends if down else ends[::-1])
                    arrow(painter, QPointF(x, start), QPointF(x, end), idle, look.line(1.6), look.px(7))
                self._paint_stage(painter, stage, place)
            self._paint_bridge(painter, number, level)
        place = self._place(self.bottom, QPointF(rect.center().x(), middles[-1]), unit * shares[-1])
        self._paint_stage(painter, self.bottom, place)
        draw_text(painter, self.bottom.text, look.font("caption"), look.colour("ink3"), place.center().x(), place.bottom() + look.px(10), "centre")

    def _place(self, stage: Stage, centre: QPointF, high: float) -> QRectF:
        wide = high * stage.map.shape[1] / stage.map.shape[0]
        place = QRectF(centre.x() - wide / 2, centre.y() - high / 2, wide, high)
        self._stages[stage.name] = place
        return place

    def _paint_stage(self, painter: QPainter, stage: Stage, place: QRectF) -> None:
        if stage.name not in self._images:
            self._images[stage.name] = to_image(colours(stage.map, 0.0, float(np.max(np.abs(stage.map), initial=0.0)) or 1.0, False))
        draw_smooth(painter, self._images[stage.name], place, look.px(3))

    def _paint_bridge(self, painter: QPainter, number: int, level: Level) -> None:
        start, end = self._stages[level.down.name], self._stages[level.up.name]
        y, margin = start.center().y(), look.px(5)
        zone = QRectF(QPointF(start.right() + margin, y - look.px(16)), QPointF(end.left() - margin, y + look.px(16)))
        self._bridges[number] = zone
        on = number not in self.off
        if number == self._over or (self.hasFocus() and number == self._cursor):
            rounded(painter, zone, look.px(8), faded(self.accent, 0.10))
        colour = self.accent if on else look.colour("line2")
        if on:
            arrow(painter, QPointF(zone.left(), y), QPointF(zone.right(), y), colour, look.line(2.5), look.px(9))
        else:
            dashed = pen(colour, look.line(2))
            dashed.setDashPattern([3, 3])
            painter.setPen(dashed)
            painter.drawLine(QPointF(zone.left(), y), QPointF(zone.right(), y))
        if text_width(level.down.text, look.font("caption")) <= zone.width():
            draw_text(painter, level.down.text, look.font("caption"), look.colour("ink3"), zone.center().x(), y - look.px(19), "centre")
        wide, high = look.px(34), look.px(20)
        pill = QRectF(zone.center().x() - wide / 2, y - high / 2, wide, high)
        rounded(painter, pill.adjusted(-look.px(3), -1, look.px(3), 1), high / 2 + 2, look.colour("bg"))
        rounded(painter, pill, high / 2, colour)
        knob = high - look.px(6)
        x = pill.right() - knob - look.px(3) if on else pill.left() + look.px(3)
        rounded(painter, QRectF(x, y - knob / 2, knob, knob), knob / 2, look.colour("surface"))

    # mouse and keys

    def _bridge_at(self, position: QPointF) -> int:
        return next((number for number, zone in self._bridges.items() if zone.contains(position)), 0)

    def _stage_at(self, position: QPointF) -> str:
        return next((name for name, place in self._stages.items() if place.contains(position)), "")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self._bridge_at(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if over or self._stage_at(event.position()) else Qt.CursorShape.ArrowCursor)
        if over != self._over:
            self._over = over
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._over = 0
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if number := self._bridge_at(event.position()):
            self._cursor = number
            self.switched.emit(number)
        elif name := self._stage_at(event.position()):
            self.stage_chosen.emit(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self.levels:
            self._cursor = max(1, min(len(self.levels), self._cursor + (1 if key == Qt.Key.Key_Down else -1)))
            self.update()
        elif key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.levels:
            self.switched.emit(self._cursor)
        else:
            event.ignore()
