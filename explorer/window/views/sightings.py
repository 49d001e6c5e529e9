"""A photograph with the places where classes were seen: boxes to take up, a square to draw, and the classes as rows with their colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from explorer.results import Scores
from explorer.window.look import look
from explorer.window.views.bars import ROW
from explorer.window.views.drawing import colours, draw_text, faded, outline_on_picture, rounded, text_width
from explorer.window.views.picture import Box, PictureView
from explorer.window.views.view import View
from explorer.words import Text

Part = tuple[int, int, int, int]


@dataclass(frozen=True)
class Mark:
    """A sighting to draw: x1, y1, x2, y2 in pixels, its words, the number of its colour, and whether others stand back for it."""

    box: Part
    words: str
    colour: int
    strong: bool = True


class SightingsView(PictureView):
    """``results.Picture`` with marks and a map over it. ``part_chosen((x1, y1, x2, y2))``: a mark was clicked or a square was drawn.

    Left and right go from mark to mark, Enter takes one, Escape asks for the whole (``whole_wanted``).
    """

    part_chosen = Signal(object)
    whole_wanted = Signal()
    DRAG_FROM = 6

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=Text("写真と、見えたものの場所", "The photograph and what was seen where"))
        self.marks: list[Mark] = []
        self.current = -1
        self._start: QPointF | None = None
        self._square: Part | None = None
        self._used: Part | None = None
        self._over: Part | None = None
        self.setCursor(Qt.CursorShape.CrossCursor)

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Draw these places, the first on top."""
        self.marks = list(marks)
        self.current = min(self.current, len(self.marks) - 1)
        self.update()

    def set_map(self, values: NDArray[Any] | None) -> None:
        """Lay (rows, columns) values from 0 to 1 over the whole photograph, in cells of any size."""
        self._heat_rgb = None
        if values is not None:
            share = np.clip(values, 0.0, 1.0)
            self._heat_rgb = np.dstack([colours(share, 0.0, 1.0, False), np.rint(share * 255).astype(np.uint8)])
        self.update()

    def set_used(self, part: Part | None) -> None:
        """Outline the part that the network was given, everything else darker; None: the whole."""
        self._used = part
        self.update()

    def set_over(self, part: Part | None) -> None:
        """Outline the window that the cursor is about."""
        if part != self._over:
            self._over = part
            self.update()

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        super().paint(painter, rect)
        if self._used is not None:
            self._paint_used(painter, self._to_screen(self._as_box(self._used)))
        for index in reversed(range(len(self.marks))):
            self._paint_mark(painter, self.marks[index], index == self.current)
        for part in (self._over, self._square):
            if part is not None:
                outline_on_picture(painter, self._to_screen(self._as_box(part)).intersected(self._place))

    def _cover(self, heat: NDArray[np.uint8]) -> NDArray[Any]:
        """Nothing lies over places where the class was not seen."""
        return 0.7 * heat[..., 3].astype(np.float32) / 255

    @staticmethod
    def _as_box(part: Part) -> Box:
        return float(part[0]), float(part[1]), float(part[2]), float(part[3])

    def _paint_used(self, painter: QPainter, box: QRectF) -> None:
        shade = faded(look.colour("bg"), 0.55)
        place = self._place
        painter.fillRect(QRectF(place.left(), place.top(), place.width(), box.top() - place.top()), shade)
        painter.fillRect(QRectF(place.left(), box.bottom(), place.width(), place.bottom() - box.bottom()), shade)
        painter.fillRect(QRectF(place.left(), box.top(), box.left() - place.left(), box.height()), shade)
        painter.fillRect(QRectF(box.right(), box.top(), place.right() - box.right(), box.height()), shade)
        outline_on_picture(painter, box, strong=True)

    def _paint_mark(self, painter: QPainter, mark: Mark, current: bool) -> None:
        half = look.line(3) / 2
        box = self._to_screen(self._as_box(mark.box)).intersected(self._place).adjusted(half, half, -half, -half)
        colour = look.class_colour(mark.colour)
        if not mark.strong:
            colour = faded(colour, 0.5)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(
            QPen(colour, look.line(5 if current and self.hasFocus() else 3), Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap, Qt.PenJoinStyle.MiterJoin)
        )
        painter.drawRect(box)
        if mark.words and mark.strong:
            font = look.font("body", 700)
            plate = QRectF(box.x() - half, box.y() - half, text_width(mark.words, font) + look.px(14), look.px(24))
            painter.fillRect(plate, colour)
            draw_text(painter, mark.words, font, look.digit_colour(colour), plate.x() + look.px(7), plate.center().y())

    def mark_at(self, position: QPointF) -> int:
        """The smallest mark around a point of the widget, or −1."""
        around = [
            ((mark.box[2] - mark.box[0]) * (mark.box[3] - mark.box[1]), index)
            for index, mark in enumerate(self.marks)
            if self._to_screen(self._as_box(mark.box)).contains(position)
        ]
        return min(around)[1] if around else -1

    def square(self, start: QPointF, end: QPointF) -> Part | None:
        """The square in pixels that a drag from one point of the widget to another draws, inside the photograph."""
        first = self.locate(start)
        if first is None or self._picture is None:
            return None
        height, width = self._picture.pixels.shape[:2]
        scale = width / self._place.width()
        across, down = (end.x() - start.x()) * scale, (end.y() - start.y()) * scale
        row, column = first
        room_x = width - column if across >= 0 else column
        room_y = height - row if down >= 0 else row
        side = int(min(max(abs(across), abs(down)), room_x, room_y))
        if side < 1:
            return None
        x, y = (column if across >= 0 else column - side), (row if down >= 0 else row - side)
        return x, y, x + side, y + side

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.locate(event.position()) is not None:
            self._start = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._start is not None and (event.position() - self._start).manhattanLength() > look.px(self.DRAG_FROM):
            self._square = self.square(self._start, event.position())
            self.update()
            return
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        start, square = self._start, self._square
        self._start = self._square = None
        self.update()
        if start is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if square is not None:
            self.part_chosen.emit(square)
        elif (index := self.mark_at(start)) >= 0:
            self.current = index
            self.part_chosen.emit(self.marks[index].box)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self.marks:
            self.current = (self.current + (1 if key == Qt.Key.Key_Right else -1)) % len(self.marks)
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and 0 <= self.current < len(self.marks):
            self.part_chosen.emit(self.marks[self.current].box)
        elif key == Qt.Key.Key_Escape and self._used is not None:
            self.whole_wanted.emit()
        else:
            event.ignore()


@dataclass(frozen=True)
class ClassRow:
    """A class in the list: its words, the number of its colour (−1: seen nowhere), how often it was seen, how sure at best."""

    name: str
    words: str
    colour: int
    count: int
    best: float


class ClassRows(View):
    """The classes with colour, count and highest score. ``chosen(name)`` on click, Enter or Space."""

    chosen = Signal(str)
    interactive = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=Text("見えたクラス", "Classes seen"))
        self.rows: list[ClassRow] = []
        self._cursor = 0
        self._over = -1
        self._current = ""
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_rows(self, rows: Sequence[ClassRow], current: str) -> None:
        """Show these classes and mark one."""
        self.rows, self._current = list(rows), current
        self.set_result(Scores(tuple(row.words for row in rows), np.array([row.best for row in rows])))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(look.px(200), look.px(ROW) * max(1, len(self.rows)))

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        pitch, side = look.px(ROW), look.px(12)
        for index, row in enumerate(self.rows):
            place = QRectF(rect.x(), rect.y() + index * pitch, rect.width(), pitch)
            on = row.name == self._current
            if on:
                rounded(painter, place, look.px(6), look.tint(self.chapter))
            elif index == self._over or (self.hasFocus() and index == self._cursor):
                rounded(painter, place, look.px(6), faded(self.accent, 0.08))
            middle = place.center().y()
            swatch = QRectF(place.x() + look.px(6), middle - side / 2, side, side)
            rounded(painter, swatch, look.px(3), look.class_colour(row.colour) if row.colour >= 0 else look.colour("line2"))
            font = look.font("body", 700 if on else 400)
            ink = look.colour("ink" if row.count or on else "ink2")
            value = f"{round(100 * row.best)} %"
            draw_text(painter, value, font, ink, place.right() - look.px(6), middle, "right")
            count = f"× {row.count}" if row.count > 1 else ""
            left = swatch.right() + look.px(8)
            room = place.right() - left - look.px(96 if count else 56)
            draw_text(painter, row.words, font, ink, left, middle, width=room)
            draw_text(painter, count, look.font("label"), look.colour("ink2"), place.right() - look.px(54), middle, "right")

    def _choose(self, index: int) -> None:
        if 0 <= index < len(self.rows):
            self._cursor = index
            self.chosen.emit(self.rows[index].name)

    def _row_at(self, position: QPointF) -> int:
        index = int(position.y() // look.px(ROW))
        return index if 0 <= index < len(self.rows) else -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(self._row_at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._over = self._row_at(event.position())
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._over = -1
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self.rows:
            self._cursor = max(0, min(len(self.rows) - 1, self._cursor + (1 if event.key() == Qt.Key.Key_Down else -1)))
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose(self._cursor)
        else:
            event.ignore()
