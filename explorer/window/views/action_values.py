"""A number for each action as bars to both sides of zero: the best in the accent, the one taken last marked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPolygonF
from PySide6.QtWidgets import QWidget

from explorer.results.base import write_csv
from explorer.window.look import look
from explorer.window.views.controls import Words, draw_bar, said
from explorer.window.views.drawing import digits_apart, draw_text, fixed, rounded, short, text_width
from explorer.window.views.view import View, hairline
from explorer.words import Text

ROW = 44
KEY = 20


class ActionValuesView(View):
    """``set_values(names, values)``: one row each. ``keys``: the sign of the key that takes an action; ``taken``: the last one, with a triangle.

    The ends of the scale only grow, until ``clear``; bars begin at zero where zero lies between them, else at the lower end.
    ``chosen(index)``: an action by click, while ``playing``.
    """

    chosen = Signal(int)
    interactive = True

    def __init__(self, parent: QWidget | None = None, *, name: Text) -> None:
        super().__init__(parent, name=name)
        self.names: tuple[Words, ...] = ()
        self.values: NDArray[np.float64] = np.zeros(0)
        self.keys: tuple[str, ...] = ()
        self.taken = -1
        self.playing = False
        self.columns = 1
        self._low = self._high = 0.0
        self._digits = 0  # decimals of every number, where in three digits the best two would look alike
        self._places: list[QRectF] = []

    def set_values(self, names: Sequence[Words], values: Sequence[float], keys: Sequence[str] = (), taken: int = -1) -> None:
        """Show these; another number of actions begins a new scale."""
        if len(names) != len(self.names):
            self._low = self._high = 0.0
        self.names, self.values, self.keys, self.taken = tuple(names), np.asarray(values, dtype=np.float64), tuple(keys), taken
        self._low = min(self._low, float(self.values.min(initial=0.0)))
        self._high = max(self._high, float(self.values.max(initial=0.0)))
        top = np.sort(self.values)[-2:]
        alike = len(top) == 2 and top[0] < top[1] and short(round(top[0], 3)) == short(round(top[1], 3))
        self._digits = digits_apart(self.values, 1) if alike else 0
        self.result_changed.emit()
        self.update()

    def clear(self) -> None:
        self.names, self.values = (), np.zeros(0)
        self._low = self._high = 0.0
        super().clear()

    @property
    def best(self) -> int:
        """The action with the largest number, −1 where there is none."""
        return int(self.values.argmax()) if len(self.values) else -1

    def has_content(self) -> bool:
        return bool(self.names)

    def to_csv(self) -> str:
        return write_csv(("action", "value"), ((said(name), float(value)) for name, value in zip(self.names, self.values, strict=True)))

    def sizeHint(self) -> QSize:
        return QSize(look.px(150), look.px(ROW) * max(1, self.lines()))

    def minimumSizeHint(self) -> QSize:
        return QSize(look.px(120), look.px(28) * max(1, self.lines()))

    def set_columns(self, columns: int) -> None:
        """Lay the actions out in so many columns."""
        if columns != self.columns:
            self.columns = columns
            self.updateGeometry()
            self.update()

    def lines(self) -> int:
        """How many rows there are, one under the other."""
        return -(-len(self.names) // self.columns)

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        lines, gap = self.lines(), look.px(22)
        pitch = min(look.px(ROW), rect.height() / lines)
        top = rect.y() + max(0.0, (rect.height() - pitch * lines) / 2)
        wide = (rect.width() - gap * (self.columns - 1)) / self.columns
        self._places = []
        for index, (name, value) in enumerate(zip(self.names, self.values, strict=True)):
            column, line = divmod(index, lines)
            place = QRectF(rect.x() + column * (wide + gap), top + line * pitch, wide, pitch)
            self._places.append(place)
            self._paint_row(painter, index, said(name), float(value), place)

    def _paint_row(self, painter: QPainter, index: int, name: str, value: float, place: QRectF) -> None:
        best = index == self.best
        font = look.font("body", 700 if best else 400)
        ink = look.colour("ink" if best else "ink2")
        bar = QRectF(place.x(), place.bottom() - look.px(14), place.width(), look.px(6))
        middle = (place.y() + bar.y()) / 2
        x = place.x()
        if index < len(self.keys):
            side = min(look.px(KEY), place.height() - look.px(16))
            key = QRectF(x, middle - side / 2, side, side)
            rounded(painter, key, look.px(4), look.tint(self.chapter) if self.playing else None, look.colour("line2"))
            draw_text(painter, self.keys[index], look.font("caption"), ink, key.center().x(), middle, "centre")
            x += side + look.px(6)
        if index == self.taken:
            half = look.px(5)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.accent)
            painter.drawPolygon(QPolygonF([QPointF(x, middle - half), QPointF(x + half * 1.4, middle), QPointF(x, middle + half)]))
            x += half * 1.4 + look.px(5)
        number = fixed(value, self._digits) if self._digits else short(round(value, 3))
        room = place.right() - text_width(number, font) - look.px(6) - x
        draw_text(painter, name, font, ink, x, middle, width=room)
        draw_text(painter, number, font, ink, place.right(), middle, "right")
        draw_bar(painter, bar, 0.0, ink)
        span = (self._high - self._low) or 1.0
        zero = place.x() + place.width() * (0.0 - self._low) / span
        end = zero + place.width() * value / span
        fill = QRectF(min(zero, end), bar.y(), max(abs(end - zero), look.px(2)), bar.height())
        rounded(painter, fill, bar.height() / 2, self.accent if best else look.colour("ink3"))
        if self._low < 0:
            painter.setPen(hairline())
            painter.drawLine(QPointF(zero, bar.y() - look.px(3)), QPointF(zero, bar.bottom() + look.px(3)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = next((i for i, place in enumerate(self._places) if place.contains(event.position())), -1)
        if self.playing and index >= 0:
            self.chosen.emit(index)
