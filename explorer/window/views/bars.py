"""Scores as names with thin bars, largest first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from explorer.results import Result, Scores
from explorer.window.look import look
from explorer.window.views.controls import draw_bar
from explorer.window.views.drawing import draw_text, faded, fixed, rounded, short, text_width
from explorer.window.views.view import View
from explorer.words import Text

ROW = 24
"""Pitch of the rows in px at 100 %: name and value, the bar below them."""


def written(value: float, unit: str = "") -> str:
    """A score as it is written beside its bar."""
    text = fixed(value, 2) if abs(value) < 100 else short(value)
    return f"{text} {unit}" if unit else text


def draw_score_rows(
    painter: QPainter,
    rect: QRectF,
    names: Sequence[str],
    values: Sequence[float],
    accent: QColor,
    *,
    unit: str = "",
    marked: int = 0,
    hovered: int = -1,
    full: float = 1.0,
) -> list[QRectF]:
    """Rows of name, value and thin bar from the top of ``rect``; the marked one bold with a bar of accent. ``full``: the value of a full bar.

    Returns where each row lies.
    """
    pitch, thick = look.px(ROW), look.px(4)
    places = []
    for i, (name, value) in enumerate(zip(names, values, strict=True)):
        top = rect.y() + i * pitch
        place = QRectF(rect.x(), top, rect.width(), pitch)
        places.append(place)
        on = i == marked
        font = look.font("body", 700 if on else 400)
        ink = look.colour("ink" if on or i == hovered else "ink2")
        text = written(value, unit)
        room = rect.width() - text_width(text, font) - look.px(8)
        middle = top + look.px(11)
        draw_text(painter, name, font, ink, rect.x(), middle, width=room)
        draw_text(painter, text, font, ink, rect.right(), middle, "right")
        colour = accent if on else look.colour("ink3") if i != hovered else look.colour("ink2")
        draw_bar(painter, QRectF(rect.x(), top + look.px(20), rect.width(), thick), max(0.0, value / full) if full else 0.0, colour)
    return places


class BarsView(View):
    """``results.Scores``: the ``top`` largest as bars. ``chosen(name)`` on click, Enter or Space; ``hovered(name)``, empty when left.

    The chosen one, else the first, is drawn in the accent; chosen names not among the largest are added as a last row.
    ``amounts``: not shares of one but amounts, in the order they are given; the longest bar is full.
    """

    chosen = Signal(str)
    hovered = Signal(str)
    interactive = True

    def __init__(self, parent: QWidget | None = None, *, chapter: int | None = None, top: int = 5, name: Text | None = None, amounts: bool = False) -> None:
        super().__init__(parent, chapter=chapter, name=name or Text("確率の高い順", "Highest scores"))
        self.amounts = amounts
        self.top = top
        self._chosen: str | None = None
        self._cursor = 0
        self._over = -1
        self._places: list[QRectF] = []
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_result(self, result: Result) -> None:
        if not isinstance(result, Scores):
            raise TypeError(f"bars draw Scores, not {type(result).__name__}")
        if self._chosen not in result.names:
            self._chosen = None
        super().set_result(result)

    def set_chosen(self, name: str | None) -> None:
        """Mark one name without a signal (None: the largest)."""
        self._chosen = name
        self.update()

    def shown(self) -> list[tuple[str, float]]:
        """The rows from the top: (name, value)."""
        result = self._result
        if not isinstance(result, Scores):
            return []
        order = (np.arange(len(result.values)) if self.amounts else np.argsort(-result.values, kind="stable"))[: self.top]
        rows = [(result.names[int(i)], float(result.values[int(i)])) for i in order]
        if self._chosen is not None and self._chosen not in [name for name, _ in rows]:
            rows[-1] = (self._chosen, float(result.values[result.names.index(self._chosen)]))
        return rows

    def _marked(self) -> int:
        return next((i for i, (name, _) in enumerate(self.shown()) if name == self._chosen), 0)

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        result = self._result
        assert isinstance(result, Scores)
        rows = self.shown()
        high = max((value for _, value in rows), default=1.0)
        full = 1.0 if 0 <= high <= 1.0 and not self.amounts else high
        if self.hasFocus() and rows:
            pitch = look.px(ROW)
            place = QRectF(rect.x(), rect.y() + min(self._cursor, len(rows) - 1) * pitch - look.px(1), rect.width(), pitch)
            rounded(painter, place, look.px(4), faded(self.accent, 0.10))
        names, values = [n for n, _ in rows], [v for _, v in rows]
        self._places = draw_score_rows(painter, rect, names, values, self.accent, unit=result.unit, marked=self._marked(), hovered=self._over, full=full)

    def sizeHint(self) -> QSize:
        return QSize(look.px(142), look.px(ROW) * max(1, len(self.shown()) or self.top) + look.px(2))

    def _choose(self, index: int) -> None:
        rows = self.shown()
        if 0 <= index < len(rows):
            self._cursor = index
            self._chosen = rows[index][0]
            self.update()
            self.chosen.emit(self._chosen)

    def _row_at(self, position: QPointF) -> int:
        return next((i for i, place in enumerate(self._places) if place.contains(position)), -1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(self._row_at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._row_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)

    def _hover(self, over: int) -> None:
        if over != self._over:
            self._over = over
            rows = self.shown()
            self.hovered.emit(rows[over][0] if 0 <= over < len(rows) else "")
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        rows = len(self.shown())
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._cursor = max(0, min(rows - 1, self._cursor + (1 if event.key() == Qt.Key.Key_Down else -1)))
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose(self._cursor)
        else:
            event.ignore()
