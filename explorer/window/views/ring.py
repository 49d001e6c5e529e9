"""A memory from its oldest item to its newest: rows of thin columns, one under the other, over the same items."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from explorer.results import Matrix, Result
from explorer.window.look import look
from explorer.window.views.controls import Words, said
from explorer.window.views.drawing import draw_text, short
from explorer.window.views.view import View, hairline
from explorer.words import Text

OLDEST, NEWEST = Text("古い", "oldest"), Text("新しい", "newest")


class RingView(View):
    """``results.Matrix`` (quantities, cells), not negative: each quantity a row of columns scaled to its own largest, which is written there.

    ``labels``: what the rows are called; ``marked``: the row drawn in the accent.
    """

    def __init__(self, parent: QWidget | None = None, *, name: Text, labels: Sequence[Words], marked: int = 1) -> None:
        super().__init__(parent, name=name)
        self.labels, self.marked = tuple(labels), marked

    def set_result(self, result: Result) -> None:
        if not isinstance(result, Matrix):
            raise TypeError(f"this view draws Matrix, not {type(result).__name__}")
        super().set_result(result)

    def sizeHint(self) -> QSize:
        return QSize(look.px(360), look.px(60) * len(self.labels))

    def minimumSizeHint(self) -> QSize:
        return QSize(look.px(200), look.px(40) * len(self.labels))

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        matrix = self._result
        assert isinstance(matrix, Matrix)
        foot = look.px(16)
        count = len(matrix.values)
        pitch = (rect.height() - foot) / max(1, count)
        font, bold = look.font("label"), look.font("label", 700)
        for row, values in enumerate(matrix.values):
            top = rect.y() + row * pitch
            label = said(self.labels[row]) if row < len(self.labels) else matrix.rows[row]
            highest = float(np.max(values, initial=0.0))
            draw_text(painter, label, font, look.colour("ink2"), rect.x(), top + look.px(9), width=rect.width() * 0.75)
            draw_text(painter, short(highest), bold, look.colour("ink"), rect.right(), top + look.px(9), "right")
            field = QRectF(rect.x(), top + look.px(20), rect.width(), max(4.0, pitch - look.px(26)))
            colour = self.accent if row == self.marked else look.colour("ink3")
            wide = field.width() / len(values)
            tall = field.height() * values / highest if highest > 0 else np.zeros(len(values))
            left, bottom, width = field.x(), field.bottom(), max(1.0, wide - (1 if wide >= 3 else 0))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawRects([QRectF(left + cell * wide, bottom - tall[cell], width, tall[cell]) for cell in np.flatnonzero(tall > 0).tolist()])
            painter.setPen(hairline())
            painter.drawLine(QPointF(field.x(), field.bottom()), QPointF(field.right(), field.bottom()))
        caption = look.font("caption")
        draw_text(painter, look.say(OLDEST), caption, look.colour("ink3"), rect.x(), rect.bottom() - foot / 2)
        draw_text(painter, look.say(NEWEST), caption, look.colour("ink3"), rect.right(), rect.bottom() - foot / 2, "right")
