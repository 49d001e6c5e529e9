"""Matrices as coloured cells: named rows and columns, digits where they fit, rows that appear as they are written."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPolygonF
from PySide6.QtWidgets import QWidget

from explorer.results import Links, Matrix, Result
from explorer.window.look import look
from explorer.window.views.drawing import colours, draw_crisp, draw_text, elided, faded, fixed, rounded, short, text_width
from explorer.window.views.view import View
from explorer.words import Text

Digits = Literal["all", "large", "none"]
TURN, STEEP = -38.0, -70.0
"""How far column names lean, in degrees, and where columns are narrow."""


class MatrixView(View):
    """``results.Matrix``, and ``results.Links`` as a heatmap whose rows are the words written so far.

    ``hovered(row, column)``, (−1, −1) when left; ``clicked(row, column)`` by mouse, Enter or Space. ``set_highlight`` marks a row or a
    column from outside. ``digits``: on all cells, on large values and the row under the cursor, or none; only where they fit.
    """

    hovered = Signal(int, int)
    clicked = Signal(int, int)
    interactive = True
    CELL = 38
    GAP = 3

    def __init__(self, parent: QWidget | None = None, *, chapter: int | None = None, name: Text | None = None, digits: Digits | None = None) -> None:
        super().__init__(parent, chapter=chapter, name=name or Text("行列", "Matrix"))
        self._digits: Digits | None = digits
        self._pending: tuple[str, ...] = ()
        self._over: tuple[int, int] | None = None
        self._row_mark: int | None = None
        self._column_mark: int | None = None
        self._field = QRectF()
        self._pitch = (1.0, 1.0)
        self._shown_rows = 0
        self._turn = TURN
        self._fade = QVariantAnimation(self)
        self._fade.setStartValue(0.0)
        self._fade.setEndValue(1.0)
        self._fade.valueChanged.connect(self.update)
        self._new_from = 0

    # what it shows

    def set_result(self, result: Result) -> None:
        if not isinstance(result, (Matrix, Links)):
            raise TypeError(f"this view draws Matrix or Links, not {type(result).__name__}")
        before = self._result
        super().set_result(result)
        rows = len(self.row_names())
        grown = before is not None and self._names(before)[1] == self.column_names() and rows > self._shown_rows
        if grown and look.motion(150) > 0:
            self._new_from = self._shown_rows
            self._fade.stop()
            self._fade.setDuration(look.motion(150))
            self._fade.start()
        elif not grown:
            self._fade.stop()
            self._new_from = rows
        self._shown_rows = rows
        if self._over is not None and (self._over[0] >= rows or self._over[1] >= len(self.column_names())):
            self._over = None

    def set_pending(self, names: tuple[str, ...]) -> None:
        """Rows still to come, drawn as empty outlines under the others."""
        self._pending = names
        self.update()

    def set_highlight(self, row: int | None = None, column: int | None = None) -> None:
        """Mark a row or a column without a signal (None: none)."""
        if (row, column) != (self._row_mark, self._column_mark):
            self._row_mark, self._column_mark = row, column
            self.update()

    @staticmethod
    def _names(result: Result) -> tuple[tuple[str, ...], tuple[str, ...]]:
        if isinstance(result, Links):
            return result.target, result.source
        assert isinstance(result, Matrix)
        return result.rows, result.columns

    def row_names(self) -> tuple[str, ...]:
        """Names of the rows there are."""
        return self._names(self._result)[0] if self._result is not None else ()

    def column_names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return self._names(self._result)[1] if self._result is not None else ()

    def values(self) -> NDArray[Any]:
        """(rows, columns) as drawn."""
        if isinstance(self._result, Links):
            return self._result.weights
        return self._result.values if isinstance(self._result, Matrix) else np.zeros((0, 0))

    def colour_range(self) -> tuple[float, float, bool]:
        """(low, high, signed) of the colour scale."""
        if isinstance(self._result, Matrix):
            values = self._result.values[np.isfinite(self._result.values)]
            if self._result.signed:
                high = self._result.high if self._result.high is not None else float(np.max(np.abs(values), initial=0.0))
                return -high, high, True
            low = self._result.low if self._result.low is not None else min(0.0, float(np.min(values, initial=0.0)))
            high = self._result.high if self._result.high is not None else float(np.max(values, initial=0.0))
            return low, high if high > low else low + 1.0, False
        return 0.0, 1.0, False

    def sizeHint(self) -> QSize:
        return QSize(look.px(380), look.px(380))

    # painting

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        rows, columns = self.row_names(), self.column_names()
        if not columns:
            return
        pending = self._pending
        if isinstance(self._result, Links) and not self._result.finished and not pending:
            pending = ("",)
        count = max(1, len(rows) + len(pending))
        row_font, column_font = look.font("state", 400), look.font("value")
        row_font.setPixelSize(look.size("state") - look.px(1))
        writing = isinstance(self._result, Links) and not self._result.finished
        left = min(rect.width() * 0.34, max((text_width(r, row_font) for r in (*rows, *pending)), default=0) + look.px(14 + (18 if writing else 0)))
        self._turn = TURN if (rect.width() - left) / len(columns) > look.px(17) else STEEP
        lean = math.radians(-self._turn)
        longest = max(text_width(c, column_font) for c in columns)
        top = min(rect.height() * 0.3, longest * math.sin(lean) + look.px(20))
        overhang = min(rect.width() * 0.2, text_width(columns[-1], column_font) * math.cos(lean) * 0.8)
        pitch_x = (rect.width() - left - overhang) / len(columns)
        pitch_y = (rect.height() - top) / count
        largest = look.px(self.CELL + self.GAP)
        pitch = min(largest, pitch_x, pitch_y)
        if pitch < look.px(16):  # long sentences: rows and columns need not be square
            self._pitch = (min(largest, pitch_x), min(largest, pitch_y))
        else:
            self._pitch = (pitch, pitch)
        gap = look.px(self.GAP) if min(self._pitch) >= look.px(14) else look.px(1) if min(self._pitch) >= look.px(6) else 0
        self._field = QRectF(rect.x() + left, rect.y() + top, self._pitch[0] * len(columns), self._pitch[1] * len(rows))
        self._paint_columns(painter, columns, column_font, longest, top)
        self._paint_rows(painter, rows, pending, row_font, rect, left, writing)
        self._paint_cells(painter, rows, columns, gap)
        for k in range(len(pending)):
            self._paint_pending(painter, len(rows) + k, len(columns), gap)
        row = self._over[0] if self._over is not None else self._row_mark
        if row is not None and 0 <= row < len(rows):
            out = look.px(2)
            cell = self._cell(row, 0, gap).united(self._cell(row, len(columns) - 1, gap))
            rounded(painter, cell.adjusted(-out, -out, out, out), look.px(7), None, self.accent, look.line(2))
        column = self._over[1] if self._over is not None else self._column_mark
        if column is not None and self._over is None and 0 <= column < len(columns) and rows:
            out = look.px(2)
            cell = self._cell(0, column, gap).united(self._cell(len(rows) - 1, column, gap))
            rounded(painter, cell.adjusted(-out, -out, out, out), look.px(7), None, self.accent, look.line(2))

    def _cell(self, row: int, column: int, gap: float) -> QRectF:
        px, py = self._pitch
        return QRectF(self._field.x() + column * px + gap / 2, self._field.y() + row * py + gap / 2, px - gap, py - gap)

    def _marked_columns(self) -> set[int]:
        """Columns whose names are drawn in the accent: under the cursor, marked, or strong in the row under the cursor."""
        out: set[int] = set()
        if self._over is not None:
            out.add(self._over[1])
        elif self._column_mark is not None:
            out.add(self._column_mark)
        row = self._over[0] if self._over is not None else self._row_mark
        values = self.values()
        if isinstance(self._result, Links) and row is not None and 0 <= row < len(values):
            out |= {int(i) for i in np.flatnonzero(values[row] >= 0.1)}
        return out

    def _paint_columns(self, painter: QPainter, columns: tuple[str, ...], font: QFont, longest: float, top: float) -> None:
        px = self._pitch[0]
        size = min(font.pixelSize(), max(look.px(8), int(px * 0.95)))
        marked = self._marked_columns()
        every = max(1, math.ceil(look.px(9) / max(px, 0.1)))
        room = (top - look.px(10)) / math.sin(math.radians(-self._turn))
        for c, name in enumerate(columns):
            on = c in marked
            if c % every and not on:
                continue
            small = QFont(font)
            small.setPixelSize(size)
            small.setWeight(QFont.Weight.Bold if on else QFont.Weight.Normal)
            painter.save()
            painter.translate(self._field.x() + (c + 0.5) * px - look.px(2), self._field.y() - look.px(8))
            painter.rotate(self._turn)
            painter.setFont(small)
            painter.setPen(self.accent if on else look.colour("ink"))
            painter.drawText(QPointF(0, 0), elided(name, small, room))
            painter.restore()

    def _paint_rows(self, painter: QPainter, rows: tuple[str, ...], pending: tuple[str, ...], font: QFont, rect: QRectF, left: float, writing: bool) -> None:
        py = self._pitch[1]
        size = min(font.pixelSize(), max(look.px(8), int(py * 0.85)))
        every = max(1, math.ceil(look.px(9) / max(py, 0.1)))
        over = self._over[0] if self._over is not None else self._row_mark
        for r, name in enumerate((*rows, *pending)):
            on, last = r == over, writing and r == len(rows) - 1
            if r % every and not on:
                continue
            small = QFont(font)
            small.setPixelSize(size)
            small.setWeight(QFont.Weight.Bold if on or last else QFont.Weight.Normal)
            colour = self.accent if on else look.colour("ink" if r < len(rows) else "ink3")
            colour = faded(colour, self._opacity(r))
            y = self._field.y() + (r + 0.5) * py
            draw_text(painter, name, small, colour, rect.x() + left - look.px(12), y, "right", width=left - look.px(12))
            if last:
                tip = rect.x() + look.px(9)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self.accent)
                half = look.px(6)
                painter.drawPolygon(QPolygonF([QPointF(tip - look.px(9), y - half), QPointF(tip, y), QPointF(tip - look.px(9), y + half)]))

    def _opacity(self, row: int) -> float:
        if self._fade.state() != QVariantAnimation.State.Running or row < self._new_from or row >= self._shown_rows:
            return 1.0
        return float(self._fade.currentValue())

    def _paint_cells(self, painter: QPainter, rows: tuple[str, ...], columns: tuple[str, ...], gap: float) -> None:
        values = np.asarray(self.values(), dtype=np.float64)
        if not len(rows):
            return
        low, high, signed = self.colour_range()
        rgb = colours(values, low, high, signed)
        px, py = self._pitch
        if px < 3 or py < 3:
            if abs(px - py) < 1e-6:
                draw_crisp(painter, rgb, self._field.x(), self._field.y(), px)
                return
            gap = 0
        digits: Digits = self._digits or ("large" if isinstance(self._result, Links) else "all")
        unit_digits = 2 if high - low < 20 else 0
        font = look.font("label")
        fits = text_width(fixed(-high if signed else high, unit_digits), font) <= px - gap - 2 and py - gap >= look.size("label")
        over = self._over[0] if self._over is not None else self._row_mark
        radius = look.px(5) if min(px, py) >= look.px(20) else look.px(2) if min(px, py) >= look.px(9) else 0
        for r in range(len(rows)):
            opacity = self._opacity(r)
            for c in range(len(columns)):
                cell = self._cell(r, c, gap)
                value = float(values[r, c])
                if not math.isfinite(value):
                    rounded(painter, cell, radius, look.colour("surface"))
                    if fits:
                        draw_text(painter, "?", font, look.colour("ink3"), cell.center().x(), cell.center().y(), "centre")
                    continue
                fill = QColor(int(rgb[r, c, 0]), int(rgb[r, c, 1]), int(rgb[r, c, 2]))
                if radius:
                    rounded(painter, cell, radius, faded(fill, opacity))
                else:
                    painter.fillRect(cell, faded(fill, opacity))
                large = value >= low + 0.5 * (high - low) or r == over
                if fits and digits != "none" and (digits == "all" or large):
                    ink = faded(look.digit_colour(fill), opacity)
                    draw_text(painter, fixed(value, unit_digits), font, ink, cell.center().x(), cell.center().y(), "centre")
        if self._over is not None:
            self._paint_value(painter, values, gap, fits and digits != "none")

    def _paint_value(self, painter: QPainter, values: NDArray[Any], gap: float, written_there: bool) -> None:
        """The value under the cursor on a plate, when the cell is too small to hold it."""
        assert self._over is not None
        r, c = self._over
        cell = self._cell(r, c, gap)
        if written_there:
            return
        unit = f" {self._result.unit}" if isinstance(self._result, Matrix) and self._result.unit else ""
        text = f"{self.row_names()[r]} · {self.column_names()[c]}  {short(float(values[r, c]))}{unit}"
        font = look.font("label")
        width = text_width(text, font) + look.px(16)
        x = min(max(cell.center().x() - width / 2, 0.0), max(0.0, self.width() - width))
        y = cell.top() - look.px(34) if cell.top() > look.px(40) else cell.bottom() + look.px(8)
        plate = QRectF(x, y, width, look.px(26))
        rounded(painter, plate, look.px(6), look.colour("ink"))
        draw_text(painter, text, font, look.colour("bg"), plate.x() + look.px(8), plate.center().y())

    def _paint_pending(self, painter: QPainter, row: int, columns: int, gap: float) -> None:
        for c in range(columns):
            rounded(painter, self._cell(row, c, gap), look.px(5), None, look.colour("line"), look.line(1.5))

    # mouse and keys

    def locate(self, position: QPointF) -> tuple[int, int] | None:
        """(row, column) of a point of the widget."""
        if not self._field.contains(position) or not len(self.row_names()):
            return None
        row = int((position.y() - self._field.y()) / self._pitch[1])
        column = int((position.x() - self._field.x()) / self._pitch[0])
        return min(row, len(self.row_names()) - 1), min(column, len(self.column_names()) - 1)

    def place_of(self, row: int, column: int) -> QRectF:
        """Where a cell was drawn last."""
        return self._cell(row, column, 0)

    def _hover(self, cell: tuple[int, int] | None) -> None:
        if cell != self._over:
            self._over = cell
            self.hovered.emit(*(cell or (-1, -1)))
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.locate(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self.locate(event.position())
        if event.button() == Qt.MouseButton.LeftButton and found is not None:
            self._hover(found)
            self.clicked.emit(*found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        rows, columns = len(self.row_names()), len(self.column_names())
        steps = {Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Down: (1, 0), Qt.Key.Key_Up: (-1, 0)}
        step = steps.get(Qt.Key(event.key()))
        if not rows or not columns:
            event.ignore()
        elif step is not None:
            r, c = self._over if self._over is not None else (-step[0], -step[1])
            self._hover((max(0, min(rows - 1, r + step[0])), max(0, min(columns - 1, c + step[1]))))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._over is not None:
            self.clicked.emit(*self._over)
        elif event.key() == Qt.Key.Key_Escape and self._over is not None:
            self._hover(None)
        else:
            event.ignore()
