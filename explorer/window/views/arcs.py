"""Points in a row with arcs between them, as strong as the numbers of a matrix: who uses what of those before it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPainterPath
from PySide6.QtWidgets import QWidget

from explorer.results import Matrix, Result
from explorer.results.base import Floats
from explorer.window.look import look
from explorer.window.views.drawing import draw_text, faded, mixed, pen, rounded, short, text_width
from explorer.window.views.view import View
from explorer.words import Text


class ArcsView(View):
    """``results.Matrix`` whose row r reads columns 0 to r (NaN elsewhere): a point for each column, one more for the last row.

    The arcs into the point under the cursor are drawn in the accent with their numbers. ``chosen(name)`` on click, Enter or Space on a column;
    ``hovered(name)``, empty when left. Left/right keys go along the points. ``set_labels``: what is written under the points; ``set_off``: names
    of columns that are switched off.
    """

    chosen = Signal(str)
    hovered = Signal(str)
    interactive = True

    def __init__(self, parent: QWidget | None = None, *, chapter: int | None = None, name: Text | None = None) -> None:
        super().__init__(parent, chapter=chapter, name=name or Text("接続の強さ", "Strength of connections"))
        self._labels: tuple[str, ...] = ()
        self._off: frozenset[str] = frozenset()
        self._over = -1
        self._places: list[QPointF] = []
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_result(self, result: Result) -> None:
        if not isinstance(result, Matrix):
            raise TypeError(f"this view draws a Matrix, not {type(result).__name__}")
        super().set_result(result)
        if self._over >= len(self.names()):
            self._over = -1

    def set_labels(self, labels: tuple[str, ...]) -> None:
        """What is written under the points, from the left."""
        self._labels = labels
        self.update()

    def set_off(self, names: tuple[str, ...]) -> None:
        """Columns that are switched off: hollow points, faint arcs."""
        self._off = frozenset(names)
        self.update()

    def names(self) -> tuple[str, ...]:
        """The points from the left: the columns, then the last row."""
        return (*self._result.columns, self._result.rows[-1]) if isinstance(self._result, Matrix) else ()

    def place_of(self, index: int) -> QPointF:
        """Where a point was drawn last."""
        return QPointF(self._places[index])

    def set_over(self, index: int) -> None:
        """Mark a point, as by the cursor; −1: none."""
        if index != self._over:
            self._over = index
            self.hovered.emit(self.names()[index] if index >= 0 else "")
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(look.px(520), look.px(360))

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        result = self._result
        assert isinstance(result, Matrix)
        values = result.values
        count = len(self.names())
        margin = look.px(34)
        base = rect.bottom() - look.px(46)
        step = (rect.width() - 2 * margin) / max(1, count - 1)
        self._places = [QPointF(rect.x() + margin + step * k, base) for k in range(count)]
        highest = base - rect.y() - look.px(26)
        full = float(np.nanmax(values)) or 1.0
        marked = []
        for row in range(len(values)):
            for column in range(min(row + 1, values.shape[1])):
                if np.isfinite(values[row, column]):
                    if row + 1 == self._over:
                        marked.append((row, column))
                    else:
                        self._arc(painter, row, column, values[row, column] / full, highest, count, False)
        for row, column in marked:
            self._arc(painter, row, column, values[row, column] / full, highest, count, True)
        self._points(painter, step)
        if marked:
            self._numbers(painter, values, marked, highest, count, step)

    def _top(self, row: int, column: int, highest: float, count: int) -> float:
        return highest * float(((row + 1 - column) / max(1, count - 1)) ** 0.8)

    def _arc(self, painter: QPainter, row: int, column: int, share: float, highest: float, count: int, on: bool) -> None:
        start, end = self._places[column], self._places[row + 1]
        top = self._top(row, column, highest, count) * 4 / 3  # of the handles: a cubic reaches three quarters of them
        path = QPainterPath(start)
        path.cubicTo(QPointF(start.x(), start.y() - top), QPointF(end.x(), end.y() - top), end)
        off = self.names()[column] in self._off
        plain = mixed(look.colour("line"), look.colour("ink2"), share)
        colour = self.accent if on else faded(plain, 0.25 if self._over >= 0 else 0.85)
        if off:
            colour = faded(look.colour("line2"), 0.35)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen(colour, look.line(0.6) + share * look.px(6), Qt.PenStyle.DashLine if off else Qt.PenStyle.SolidLine))
        painter.drawPath(path)

    def _points(self, painter: QPainter, step: float) -> None:
        font = look.font("label", 700)
        side = max(float(look.px(9)), min(float(look.px(26)), step * 0.6))
        for index, (name, place) in enumerate(zip(self.names(), self._places, strict=True)):
            box = QRectF(place.x() - side / 2, place.y() - side / 2, side, side)
            off, over = name in self._off, index == self._over
            fill = look.colour("bg") if off else self.accent if over else look.colour("ink2")
            rounded(painter, box, look.px(5), fill, self.accent if over else look.colour("ink2"), look.line(1.5))
            label = self._labels[index] if index < len(self._labels) else name
            if over or text_width(label, font) < step or index in (0, len(self._places) - 1):
                draw_text(painter, label, font, self.accent if over else look.colour("ink2"), place.x(), place.y() + side / 2 + look.px(15), "centre")

    def _numbers(self, painter: QPainter, values: Floats, marked: list[tuple[int, int]], highest: float, count: int, step: float) -> None:
        """The strengths into the marked point, each at the top of its arc, on a plate."""
        font = look.font("label", 700)
        taken: list[QRectF] = []
        for row, column in marked:
            text = short(float(values[row, column]))
            x = (self._places[column].x() + self._places[row + 1].x()) / 2
            y = self._places[column].y() - self._top(row, column, highest, count)
            plate = QRectF(x - text_width(text, font) / 2 - look.px(5), y - look.px(9), text_width(text, font) + look.px(10), look.px(18))
            if any(plate.intersects(other) for other in taken):
                continue
            taken.append(plate)
            rounded(painter, plate, look.px(4), look.colour("bg"))
            draw_text(painter, text, font, self.accent, x, y, "centre")

    # mouse and keys

    def _at(self, x: float, y: float) -> int:
        near = [abs(place.x() - x) for place in self._places]
        if not near:
            return -1
        index = int(np.argmin(near))
        reach = (self._places[1].x() - self._places[0].x()) / 2 if len(self._places) > 1 else look.px(20)
        return index if near[index] <= reach else -1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.set_over(self._at(event.position().x(), event.position().y()))

    def leaveEvent(self, event: QEvent) -> None:
        self.set_over(-1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(self._at(event.position().x(), event.position().y()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        count = len(self.names())
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and count:
            self.set_over((max(self._over, 0) + (1 if event.key() == Qt.Key.Key_Right else -1)) % count if self._over >= 0 else 0)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose(self._over)
        else:
            super().keyPressEvent(event)

    def _choose(self, index: int) -> None:
        if isinstance(self._result, Matrix) and 0 <= index < len(self._result.columns):
            self.chosen.emit(self._result.columns[index])
