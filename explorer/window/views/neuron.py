"""One neuron drawn with its numbers: inputs and weights as sliders, their products, the sum, the activation with the point it is at."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QWidget

from explorer.results import Bundle, Curves, Numbers, Result
from explorer.results.base import Floats
from explorer.window.look import look
from explorer.window.views.drawing import Align, arrow, draw_text, faded, fixed, pen, rounded, short
from explorer.window.views.network import weight_colour
from explorer.window.views.view import View
from explorer.words import Text

NAME = Text("ニューロン", "Neuron")
INPUT, WEIGHT, PRODUCT = Text("入力", "input"), Text("重み", "weight"), Text("積", "product")
SUM, ACTIVATION, OUTPUT = Text("和 z", "sum z"), Text("活性化関数", "activation"), Text("出力", "output")
REACH = {"x": 3.0, "w": 3.0, "b": 6.0}
STEP = 0.05
SUBSCRIPTS = "₀₁₂₃"


@dataclass(frozen=True)
class Knob:
    """A slider of the drawing. ``key``: ``"x1"``, ``"w1"`` … or ``"b"``; ``groove``: where its handle's middle can be."""

    key: str
    value: float
    groove: QRectF

    @property
    def reach(self) -> float:
        return max(REACH[self.key[0]], abs(self.value))

    def handle(self) -> QPointF:
        """The middle of the handle."""
        share = (self.value + self.reach) / (2 * self.reach)
        return QPointF(self.groove.x() + share * self.groove.width(), self.groove.center().y())

    def value_at(self, x: float) -> float:
        """The value at a place along the groove, in steps of 0.05."""
        share = min(1.0, max(0.0, (x - self.groove.x()) / max(1.0, self.groove.width())))
        return round(round((share * 2 - 1) * self.reach / STEP) * STEP, 2)


def spelled(key: str) -> str:
    """``x1`` as x₁; ``b`` as b."""
    return key[0] + "".join(SUBSCRIPTS[int(c)] for c in key[1:])


class NeuronView(View):
    """``Bundle`` with "numbers" (x1 …, w1 …, p1 …, bias, sum, output, inputs) and "activation" (``Curves``).

    ``changed(key, value)`` while a handle is moved, by mouse or by key: up/down choose one, left/right move it.
    """

    changed = Signal(str, float)
    interactive = True

    def __init__(self, parent: QWidget | None = None, *, chapter: int | None = None) -> None:
        super().__init__(parent, chapter=chapter, name=NAME)
        self._knobs: list[Knob] = []
        self._held: dict[str, float] = {}  # what the user set and the engine has not confirmed
        self._dragging = ""
        self._over = ""
        self._cursor = -1

    def set_result(self, result: Result) -> None:
        if not isinstance(result, Bundle):
            raise TypeError(f"this view draws a Bundle, not {type(result).__name__}")
        numbers = result.parts["numbers"]
        assert isinstance(numbers, Numbers)
        for key, value in list(self._held.items()):
            if key != self._dragging and abs(numbers.values.get("bias" if key == "b" else key, math.nan) - value) < 1e-4:
                del self._held[key]
        super().set_result(result)

    def sizeHint(self) -> QSize:
        return QSize(look.px(760), look.px(250))

    def minimumSizeHint(self) -> QSize:
        return QSize(look.px(420), look.px(200))

    # the numbers

    def _numbers(self) -> dict[str, float]:
        """All numbers, with those the user is moving put in and the sums made anew."""
        assert isinstance(self._result, Bundle)
        part = self._result.parts["numbers"]
        assert isinstance(part, Numbers)
        values = dict(part.values)
        for key, value in self._held.items():
            values["bias" if key == "b" else key] = value
        if self._held:
            count = int(values["inputs"])
            for k in range(1, count + 1):
                values[f"p{k}"] = values[f"x{k}"] * values[f"w{k}"]
            values["sum"] = sum(values[f"p{k}"] for k in range(1, count + 1)) + values["bias"]
        return values

    # painting

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        values = self._numbers()
        count = int(values["inputs"])
        unit = rect.width() / 760
        head = look.px(26)
        rows = count + 1
        pitch = min(look.px(64), (rect.height() - head) / rows)
        top = rect.y() + head + (rect.height() - head - rows * pitch) / 2
        middles = [top + (k + 0.5) * pitch for k in range(rows)]

        def at(x: float) -> float:
            return rect.x() + x * unit

        centre = QPointF(at(562), (middles[0] + middles[-1]) / 2)
        radius = min(look.px(36), 34 * unit)
        caption = look.font("label")
        heads: tuple[tuple[Text, int, Align], ...] = ((INPUT, 0, "left"), (WEIGHT, 224, "left"), (PRODUCT, 476, "right"))
        for words, x, align in heads:
            draw_text(painter, look.say(words), caption, look.colour("ink3"), at(x), rect.y() + look.px(10), align)
        self._knobs = []
        for k, middle in enumerate(middles[:-1], 1):
            self._knob(painter, f"x{k}", values[f"x{k}"], at(0), at(196), middle, unit)
            draw_text(painter, "×", look.font("value"), look.colour("ink2"), at(209), middle, "centre")
            self._knob(painter, f"w{k}", values[f"w{k}"], at(224), at(420), middle, unit)
            self._flow(painter, values[f"p{k}"], QPointF(at(482), middle), centre, radius)
            draw_text(painter, fixed(values[f"p{k}"], 2, sign=True), look.font("value", 700), look.colour("ink"), at(476), middle, "right")
        self._knob(painter, "b", values["bias"], at(224), at(420), middles[-1], unit)
        draw_text(painter, fixed(values["bias"], 2, sign=True), look.font("value", 700), look.colour("ink"), at(476), middles[-1], "right")
        self._flow(painter, values["bias"], QPointF(at(482), middles[-1]), centre, radius)
        self._paint_sum(painter, centre, radius, values["sum"])
        above, below = look.px(24), look.px(40)  # for the words over the box and the output under it
        box_side = min(108 * unit, rect.height() - above - below)
        y = min(max(centre.y() - box_side / 2, rect.y() + above), rect.bottom() - below - box_side)
        box = QRectF(at(632), y, box_side, box_side)
        arrow(painter, QPointF(centre.x() + radius + 3, centre.y()), QPointF(box.x() - 4, centre.y()), look.colour("ink2"), look.line(1.8), look.px(7))
        self._paint_activation(painter, box, values)
        painter.save()
        y = box.bottom() + look.px(20)
        draw_text(painter, look.say(OUTPUT), look.font("label"), look.colour("ink2"), box.x(), y)
        out = self._output(values)
        draw_text(painter, fixed(out, 2), look.font("key"), self.accent, max(box.right(), at(752)), y, "right")
        painter.restore()

    def _output(self, values: dict[str, float]) -> float:
        """The output; while a handle is moved, read off the curve."""
        if not self._held:
            return values["output"]
        x, y = self._curve()
        return float(np.interp(values["sum"], x, y))

    def _curve(self) -> tuple[Floats, Floats]:
        assert isinstance(self._result, Bundle)
        curves = self._result.parts["activation"]
        assert isinstance(curves, Curves)
        return curves.series[0].x, curves.series[0].y

    def _knob(self, painter: QPainter, key: str, value: float, left: float, right: float, middle: float, unit: float) -> None:
        name_room, value_room = look.px(30), look.px(54)
        groove = QRectF(left + name_room, middle, max(10.0, right - left - name_room - value_room), 0)
        knob = Knob(key, value, groove)
        self._knobs.append(knob)
        chosen = self.hasFocus() and self._cursor == len(self._knobs) - 1
        draw_text(painter, spelled(key), look.font("value", 700 if chosen else 500), self.accent if chosen else look.colour("ink"), left, middle)
        draw_text(painter, fixed(value, 2), look.font("value", 500), look.colour("ink"), right, middle, "right")
        thick = look.line(4)
        painter.setPen(QPen(look.colour("line2"), thick, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(groove.topLeft(), groove.topRight())
        zero, handle = QPointF(groove.center().x(), middle), knob.handle()
        painter.setPen(QPen(self.accent, thick, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(zero, handle)
        radius = look.px(8 if key == self._over or key == self._dragging or chosen else 7)
        painter.setPen(QPen(look.colour("bg"), look.line(2)))
        painter.setBrush(self.accent)
        painter.drawEllipse(handle, radius, radius)

    def _flow(self, painter: QPainter, product: float, start: QPointF, centre: QPointF, radius: float) -> None:
        """The line on which a product flows into the sum: thick when large, blue below zero, orange above."""
        angle = math.atan2(start.y() - centre.y(), start.x() - centre.x())
        end = QPointF(centre.x() + radius * math.cos(angle), centre.y() + radius * math.sin(angle))
        path = QPainterPath(start)
        bend = (end.x() - start.x()) * 0.5
        path.cubicTo(start + QPointF(bend, 0), end - QPointF(bend, 0), end)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        colour = weight_colour(product) if product else look.colour("line2")
        painter.strokePath(path, QPen(colour, look.line(1.2 + 2.2 * min(3.0, abs(product)))))

    def _paint_sum(self, painter: QPainter, centre: QPointF, radius: float, total: float) -> None:
        red, green, blue = (int(v) for v in look.signed(np.array([total / 3]))[0])
        fill = QColor(red, green, blue)
        painter.setPen(QPen(look.colour("ink2"), look.line(1.5)))
        painter.setBrush(fill)
        painter.drawEllipse(centre, radius, radius)
        ink = look.digit_colour(fill)
        draw_text(painter, fixed(total, 2), look.font("value", 700), ink, centre.x(), centre.y(), "centre")
        draw_text(painter, look.say(SUM), look.font("label"), look.colour("ink2"), centre.x(), centre.y() - radius - look.px(12), "centre")

    def _paint_activation(self, painter: QPainter, box: QRectF, values: dict[str, float]) -> None:
        x, y = self._curve()
        rounded(painter, box, look.px(8), look.colour("surface"))
        inside = box.adjusted(look.px(8), look.px(10), -look.px(8), -look.px(10))
        reach = float(x[-1])
        low, high = min(0.0, float(y.min())), max(1.0, float(y.max()))

        def place(a: float, b: float) -> QPointF:
            return QPointF(inside.x() + (a + reach) / (2 * reach) * inside.width(), inside.bottom() - (b - low) / (high - low) * inside.height())

        painter.setPen(QPen(look.colour("line2"), 1))
        painter.drawLine(place(-reach, 0), place(reach, 0))
        painter.drawLine(place(0, low), place(0, high))
        path = QPainterPath(place(float(x[0]), float(y[0])))
        for a, b in zip(x[1:], y[1:], strict=True):
            path.lineTo(place(float(a), float(b)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.strokePath(path, pen(look.colour("ink2"), look.line(2.2)))
        total, out = max(-reach, min(reach, values["sum"])), self._output(values)
        spot = place(total, max(low, min(high, out)))
        painter.setPen(pen(faded(self.accent, 0.6), look.line(1.2), Qt.PenStyle.DashLine))
        painter.drawLine(place(total, 0), spot)
        painter.setPen(QPen(look.colour("surface"), look.line(2)))
        painter.setBrush(self.accent)
        painter.drawEllipse(spot, look.px(6), look.px(6))
        draw_text(painter, look.say(ACTIVATION), look.font("label"), look.colour("ink2"), box.x(), box.y() - look.px(12))
        for number, level in ((short(high), high), (short(low), low)):
            draw_text(painter, number, look.font("caption"), look.colour("ink3"), box.right() + look.px(3), place(0, level).y())

    # moving a handle

    def knobs(self) -> Sequence[Knob]:
        """The handles as they were drawn last."""
        return tuple(self._knobs)

    def _knob_at(self, place: QPointF) -> Knob | None:
        half = look.px(14)
        for knob in self._knobs:
            if knob.groove.adjusted(-half, -half, half, half).contains(place):
                return knob
        return None

    def _move(self, knob: Knob, value: float) -> None:
        value = max(-knob.reach, min(knob.reach, value))
        if value != knob.value:
            self._held[knob.key] = value
            self.changed.emit(knob.key, value)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        knob = self._knob_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and knob is not None:
            self._dragging = knob.key
            self._cursor = [k.key for k in self._knobs].index(knob.key)
            self._move(knob, knob.value_at(event.position().x()))
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            knob = next((k for k in self._knobs if k.key == self._dragging), None)
            if knob is not None:
                self._move(knob, knob.value_at(event.position().x()))
            return
        knob = self._knob_at(event.position())
        over = knob.key if knob is not None else ""
        if over != self._over:
            self._over = over
            self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragging = ""
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._over = ""
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if not self._knobs:
            event.ignore()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._cursor = (self._cursor + (1 if key == Qt.Key.Key_Down else -1)) % len(self._knobs) if self._cursor >= 0 else 0
            self.setAccessibleDescription(f"{spelled(self._knobs[self._cursor].key)} {fixed(self._knobs[self._cursor].value, 2)}")
            self.update()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and 0 <= self._cursor < len(self._knobs):
            knob = self._knobs[self._cursor]
            self._move(knob, round(knob.value + (STEP if key == Qt.Key.Key_Right else -STEP), 2))
        else:
            event.ignore()
