"""A tensor's facts and the histogram of its values."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from explorer.results import Result, Tensor
from explorer.window.look import look
from explorer.window.views.curves import nice_ticks
from explorer.window.views.drawing import draw_text, rounded, short, text_width
from explorer.window.views.view import View, hairline
from explorer.words import Text

FACTS = (Text("平均", "mean"), Text("標準偏差", "deviation"), Text("最小", "lowest"), Text("最大", "highest"), Text("ゼロの割合", "zeros"))


class HistogramView(View):
    """``results.Tensor``: name, shape, kind, mean, deviation, ends, share of zeros, and how often values occur. ``hovered(bin)``, −1 when left."""

    hovered = Signal(int)
    interactive = True

    def __init__(self, parent: QWidget | None = None, *, chapter: int | None = None, name: Text | None = None) -> None:
        super().__init__(parent, chapter=chapter, name=name or Text("値の分布", "Distribution of values"))
        self._over = -1
        self._field = QRectF()

    def set_result(self, result: Result) -> None:
        if not isinstance(result, Tensor):
            raise TypeError(f"this view draws Tensor, not {type(result).__name__}")
        self._over = -1
        super().set_result(result)

    def sizeHint(self) -> QSize:
        return QSize(look.px(360), look.px(220))

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        tensor = self._result
        assert isinstance(tensor, Tensor)
        shape = " × ".join(f"{n:,}" for n in tensor.shape) or "1"
        used = draw_text(painter, tensor.name, look.font("body", 700), look.colour("ink"), rect.x(), rect.y() + look.px(9), width=rect.width() * 0.6)
        facts = f"{shape} · {tensor.kind}"
        draw_text(painter, facts, look.font("label"), look.colour("ink2"), rect.x() + used + look.px(10), rect.y() + look.px(9), width=rect.width() - used)
        column = rect.width() / len(FACTS)
        values = (*map(short, (tensor.mean, tensor.deviation, tensor.low, tensor.high)), f"{100 * tensor.zeros:.1f} %")
        for i, (word, value) in enumerate(zip(FACTS, values, strict=True)):
            x = rect.x() + i * column
            draw_text(painter, value, look.font("value", 700), look.colour("ink"), x, rect.y() + look.px(36))
            draw_text(painter, look.say(word), look.font("label"), look.colour("ink2"), x, rect.y() + look.px(56))
        field = QRectF(rect.x(), rect.y() + look.px(76), rect.width(), max(10.0, rect.height() - look.px(76 + 24)))
        self._field = field
        painter.fillRect(QRectF(field.x(), field.bottom(), field.width(), 1), hairline().color())
        highest = int(tensor.counts.max(initial=0))
        low, high = float(tensor.edges[0]), float(tensor.edges[-1])
        span = (high - low) or 1.0
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for k, count in enumerate(tensor.counts):
            left = field.x() + (float(tensor.edges[k]) - low) / span * field.width()
            right = field.x() + (float(tensor.edges[k + 1]) - low) / span * field.width()
            tall = field.height() * int(count) / highest if highest else 0.0
            if count and tall < 1:
                tall = 1.0
            gap = 1.0 if right - left > 3 else 0.0
            colour = self.accent if k == self._over else look.colour("line2")
            painter.fillRect(QRectF(left, field.bottom() - tall, right - left - gap, tall), colour)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = look.font("label")
        for tick in nice_ticks(low, high, max(2, int(field.width() // look.px(70)))):
            x = field.x() + (tick - low) / span * field.width()
            width = text_width(short(tick), font)
            left = min(max(x - width / 2, rect.x()), rect.right() - width)
            draw_text(painter, short(tick), font, look.colour("ink2"), left, field.bottom() + look.px(14))
        if low < 0 < high:
            zero = round(field.x() - low / span * field.width()) + 0.5
            painter.setPen(hairline())
            painter.drawLine(QPointF(zero, field.y()), QPointF(zero, field.bottom()))
        if 0 <= self._over < len(tensor.counts):
            self._paint_plate(painter, tensor, field)

    def _paint_plate(self, painter: QPainter, tensor: Tensor, field: QRectF) -> None:
        k = self._over
        total = max(1, int(np.sum(tensor.counts)))
        text = f"{short(float(tensor.edges[k]))} – {short(float(tensor.edges[k + 1]))}:  {int(tensor.counts[k]):,} ({int(tensor.counts[k]) / total * 100:.1f} %)"
        font = look.font("label")
        width = text_width(text, font) + look.px(16)
        middle = field.x() + (k + 0.5) / len(tensor.counts) * field.width()
        plate = QRectF(min(max(middle - width / 2, field.x()), max(field.x(), field.right() - width)), field.y() - look.px(6), width, look.px(24))
        rounded(painter, plate, look.px(6), look.colour("ink"))
        draw_text(painter, text, font, look.colour("bg"), plate.x() + look.px(8), plate.center().y())

    def _hover(self, over: int) -> None:
        if over != self._over:
            self._over = over
            self.hovered.emit(over)
            self.update()

    def locate(self, position: QPointF) -> int:
        """The bin at a point of the widget, or −1."""
        tensor = self._result
        if not isinstance(tensor, Tensor) or not self._field.contains(position):
            return -1
        low, span = float(tensor.edges[0]), float(tensor.edges[-1] - tensor.edges[0]) or 1.0
        value = low + (position.x() - self._field.x()) / self._field.width() * span
        return int(np.clip(np.searchsorted(tensor.edges, value, side="right") - 1, 0, len(tensor.counts) - 1))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.locate(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        tensor = self._result
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()))
        if not isinstance(tensor, Tensor) or step is None:
            event.ignore()
            return
        start = self._over if self._over >= 0 else int(np.argmax(tensor.counts)) - step
        self._hover(max(0, min(len(tensor.counts) - 1, start + step)))
