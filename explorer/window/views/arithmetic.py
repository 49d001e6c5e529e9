"""One value of a convolution taken apart: window × kernel = sum, and the steps to the final value."""

from __future__ import annotations

from typing import Literal

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from explorer.results import Arithmetic, Result
from explorer.window.look import look
from explorer.window.views.controls import draw_scale
from explorer.window.views.drawing import arrow, colours, digits_for, draw_text, fixed, pen, rounded, short, text_width
from explorer.window.views.view import View
from explorer.words import Text

Sign = Literal["", "+", "→"]
BECOMES = ("after", "norm", "relu", "total", "value", "output", "softmax", "maximum", "mean")
"""Words in a step's English name that say its number is what the value becomes, not something added to it."""


def step_signs(steps: tuple[tuple[Text, float], ...]) -> list[Sign]:
    """How each step joins the ones before it: ``→`` where the value becomes it (see ``BECOMES``), ``+`` where it is added."""
    signs: list[Sign] = [""]
    signs += ["→" if any(word in name.en.lower() for word in BECOMES) else "+" for name, _ in steps[1:]]
    return signs


class ArithmeticView(View):
    """``results.Arithmetic``: the cells of window and kernel, their sum, and the steps to the final value.

    Hovering a cell (or moving by arrow keys) outlines its partner too and shows the product: ``hovered(row, column)``, (−1, −1) when left.
    ``set_scales`` gives the colour scales of the maps and kernels shown beside it, so that a colour means the same everywhere.
    ``set_upright``: window over kernel over their sum, to stand between two maps.
    """

    hovered = Signal(int, int)
    interactive = True

    def __init__(self, parent: QWidget | None = None, *, chapter: int | None = None, name: Text | None = None) -> None:
        super().__init__(parent, chapter=chapter, name=name or Text("畳み込みの計算", "The arithmetic of the convolution"))
        self._window_high: float | None = None
        self._kernel_high: float | None = None
        self._window_signed = False
        self._over: tuple[int, int] | None = None
        self._upright = False
        self._cells: list[tuple[QRectF, int, int]] = []
        self._widest: tuple[Arithmetic, int, float] | None = None  # width of the longest number of a result, in a size of type
        self.focus_radius = 4

    def set_result(self, result: Result) -> None:
        if not isinstance(result, Arithmetic):
            raise TypeError(f"this view draws Arithmetic, not {type(result).__name__}")
        if self._over is not None and (self._over[0] >= result.window.shape[0] or self._over[1] >= result.window.shape[1]):
            self._over = None
        super().set_result(result)

    def set_scales(self, window_high: float | None, kernel_high: float | None = None, window_signed: bool = False) -> None:
        """The largest value of the input map's scale and of the kernels' (None: of what is shown)."""
        self._window_high, self._kernel_high, self._window_signed = window_high, kernel_high, window_signed
        self.update()

    def set_upright(self, on: bool) -> None:
        """Stand between the two maps, or lie below them."""
        self._upright = on
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(look.px(374), look.px(176))

    def minimumSizeHint(self) -> QSize:
        return QSize(look.px(300), look.px(150))

    def _highs(self, result: Arithmetic) -> tuple[float, float]:
        window = self._window_high or float(np.max(np.abs(result.window), initial=0.0)) or 1.0
        kernel = self._kernel_high or float(np.max(np.abs(result.kernel), initial=0.0)) or 1.0
        return window, kernel

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        result = self._result
        assert isinstance(result, Arithmetic)
        self._cells = []
        if self._upright:
            self._paint_upright(painter, result, rect)
            return
        rows, columns = result.window.shape
        caption, sum_font = look.font("label"), look.font("key")
        total = float(np.sum(result.window * result.kernel))
        gap = look.px(2)
        middle_words = look.px(32)
        steps_height = look.px(52)
        head = look.px(22)
        count = rows * columns
        line = look.say(Text(f"{count} 個の積の和", f"sum of {count} products" if count > 1 else "one product"))
        sum_room = max(text_width(fixed(total, 2, sign=True), sum_font), text_width(line, caption), look.px(96)) + look.px(42)
        side_x = (rect.width() - sum_room - middle_words - look.px(4)) / 2 / columns - gap
        side_y = (rect.height() - head - steps_height - look.px(8)) / rows - gap
        side = max(look.px(8), min(look.px(30), side_x, side_y))
        field = columns * (side + gap) - gap
        left_w = rect.x()
        left_k = rect.x() + field + middle_words
        top = rect.y() + head
        height = rows * (side + gap) - gap
        middle = top + height / 2
        x = int(result.column)
        words = Text(f"窓 行 {result.row} 列 {x}", f"window, row {result.row}, col {x}")
        kernel_words = Text(f"カーネル {result.input_map} → {result.output_map}", f"kernel {result.input_map} → {result.output_map}")
        room = field + middle_words - look.px(6)
        if text_width(look.say(words), caption) > room:
            words = Text(f"行 {result.row} 列 {x}", f"row {result.row}, col {x}")
        draw_text(painter, look.say(words), caption, look.colour("ink2"), left_w, rect.y() + look.px(8), width=room)
        room_kernel = text_width(look.say(kernel_words), caption)
        draw_text(painter, look.say(kernel_words), caption, look.colour("ink2"), left_k, rect.y() + look.px(8))
        self._paint_scale(painter, result, QRectF(left_k + room_kernel + look.px(12), rect.y(), rect.right() - left_k - room_kernel - look.px(12), look.px(16)))
        self._paint_cells(painter, "window", result, left_w, top, side, gap)
        self._paint_cells(painter, "kernel", result, left_k, top, side, gap)
        between = left_w + field + middle_words / 2
        self._paint_times(painter, QPointF(between, middle))
        after = left_k + field
        draw_text(painter, "=", look.font("state", 400), look.colour("ink2"), after + look.px(18), middle, "centre")
        sum_x = after + look.px(38)
        if self._over is not None:
            r, c = self._over
            product = float(result.window[r, c] * result.kernel[r, c])
            factors = f"{fixed(float(result.window[r, c]))} × {fixed(float(result.kernel[r, c]))}"
            draw_text(painter, fixed(product, 2, sign=True), sum_font, self.accent, sum_x, middle - look.px(1))
            draw_text(painter, factors, caption, self.accent, sum_x, middle + look.px(25), width=rect.right() - sum_x)
        else:
            draw_text(painter, fixed(total, 2, sign=True), sum_font, look.colour("ink"), sum_x, middle - look.px(1))
            draw_text(painter, line, caption, look.colour("ink2"), sum_x, middle + look.px(25), width=rect.right() - sum_x)
        self._paint_steps(painter, result, QRectF(rect.x(), top + height + look.px(14), rect.width(), look.px(44)))

    def _paint_upright(self, painter: QPainter, result: Arithmetic, rect: QRectF) -> None:
        rows, columns = result.window.shape
        gap, head = look.px(2), look.px(26)
        times, sums = look.px(24), look.px(44)
        room = rect.height() - times - sums - look.px(4)
        widest = (rect.width() - 2 * head) / columns - gap
        side = max(look.px(6), min(look.px(30), widest, room / (2 * rows) - gap))
        wide = max(side, min(1.8 * side, widest))
        field_x, field_y = columns * (wide + gap) - gap, rows * (side + gap) - gap
        left = rect.center().x() - field_x / 2
        top = rect.y() + max(0.0, (rect.height() - 2 * field_y - times - sums) / 2)
        self._paint_cells(painter, "window", result, left, top, side, gap, wide)
        self._paint_times(painter, QPointF(rect.center().x(), top + field_y + times / 2))
        self._paint_cells(painter, "kernel", result, left, top + field_y + times, side, gap, wide)
        total = float(np.sum(result.window * result.kernel))
        words = f"= {fixed(total, 2, sign=True)}"
        draw_text(painter, words, look.font("key"), look.colour("ink"), rect.center().x(), top + 2 * field_y + times + look.px(22), "centre")
        middle, reach = top + field_y + times / 2, look.px(20)
        for start in (rect.x() + look.px(2), rect.right() - look.px(2) - reach):
            arrow(painter, QPointF(start, middle), QPointF(start + reach, middle), look.colour("ink2"), look.line(1.6), look.px(6))

    def _paint_scale(self, painter: QPainter, result: Arithmetic, room: QRectF) -> None:
        _, high = self._highs(result)
        font, ends = look.font("caption"), (f"−{short(high)}", short(high))
        bar, gap = look.px(46), look.px(6)
        used = text_width(ends[0], font) + text_width(ends[1], font) + bar + 2 * gap
        if used > room.width():
            return
        x, middle = room.right() - used, room.y() + look.px(8)
        x += draw_text(painter, ends[0], font, look.colour("ink2"), x, middle) + gap
        draw_scale(painter, QRectF(x, middle - look.px(4), bar, look.px(8)), True)
        draw_text(painter, ends[1], font, look.colour("ink2"), x + bar + gap, middle)

    def _paint_cells(self, painter: QPainter, which: Literal["window", "kernel"], result: Arithmetic, left: float, top: float, side: float, gap: float, wide: float = 0.0) -> None:
        wide = wide or side
        values = result.window if which == "window" else result.kernel
        digits = digits_for(values)
        font = look.font("label")
        size = font.pixelSize()
        if self._widest is None or self._widest[:2] != (result, size):
            both = ((result.window, digits_for(result.window)), (result.kernel, digits_for(result.kernel)))
            words = {fixed(float(v), places) for array, places in both for v in array.ravel()}
            self._widest = (result, size, max(text_width(word, font) for word in words))
        widest = self._widest[2]
        if widest > wide - look.px(2):
            font.setPixelSize(max(1, int(size * (wide - look.px(2)) / widest)))
        legible = font.pixelSize() >= look.px(9)
        high = self._highs(result)[0 if which == "window" else 1]
        pixels = colours(values, 0.0, high, which == "kernel" or self._window_signed or bool(values.min() < 0)).tolist()
        for r in range(values.shape[0]):
            for c in range(values.shape[1]):
                cell = QRectF(left + c * (wide + gap), top + r * (side + gap), wide, side)
                fill = QColor(*pixels[r][c])
                rounded(painter, cell, min(look.px(4), side / 5), fill)
                if legible:
                    draw_text(painter, fixed(float(values[r, c]), digits), font, look.digit_colour(fill), cell.center().x(), cell.center().y(), "centre")
                if (r, c) == self._over:
                    out = look.px(1)
                    rounded(painter, cell.adjusted(-out, -out, out, out), look.px(5), None, self.accent, look.line(2))
                self._cells.append((cell.adjusted(-gap / 2, -gap / 2, gap / 2, gap / 2), r, c))

    @staticmethod
    def _paint_times(painter: QPainter, at: QPointF) -> None:
        half = look.px(5)
        painter.setPen(pen(look.colour("ink2"), look.line(1.5)))
        painter.drawLine(QPointF(at.x() - half, at.y() - half), QPointF(at.x() + half, at.y() + half))
        painter.drawLine(QPointF(at.x() - half, at.y() + half), QPointF(at.x() + half, at.y() - half))

    def _paint_steps(self, painter: QPainter, result: Arithmetic, rect: QRectF) -> None:
        signs = step_signs(result.steps)
        count = len(result.steps)
        value_font, last_font, caption, sign_font = look.font("state"), look.font("key"), look.font("label"), look.font("value", 400)
        value_font.setPixelSize(look.size("value") + look.px(1))
        numbers = [fixed(value, 2, sign=i + 1 < count) for i, (_, value) in enumerate(result.steps)]
        names = [look.say(name) for name, _ in result.steps]
        widths = [
            max(text_width(number, last_font if i + 1 == count and count > 1 else value_font), text_width(name, caption))
            for i, (number, name) in enumerate(zip(numbers, names, strict=True))
        ]
        joints = max(1, count - 1)
        spare = (rect.width() - sum(widths)) / joints
        if spare < look.px(16):
            # names give way before numbers do
            narrow = [text_width(n, last_font if i + 1 == count else value_font) for i, n in enumerate(numbers)]
            share = max(0.0, min(1.0, (rect.width() - look.px(16) * joints - sum(narrow)) / max(1.0, sum(widths) - sum(narrow))))
            widths = [n + (w - n) * share for n, w in zip(narrow, widths, strict=True)]
            spare = max(look.px(8), (rect.width() - sum(widths)) / joints)
        spare = min(spare, look.px(48))
        x = ended = rect.x()
        middle = rect.y() + look.px(16)
        for i, (number, name, width) in enumerate(zip(numbers, names, widths, strict=True)):
            final = i + 1 == count and count > 1
            if i > 0:
                draw_text(painter, signs[i], sign_font, look.colour("ink2"), (ended + x) / 2, middle, "centre")
            font = last_font if final else value_font
            colour = self.accent if final else look.colour("ink")
            ended = x + draw_text(painter, number, font, colour, x, middle - (look.px(2) if final else 0))
            draw_text(painter, name, caption, look.colour("ink2"), x, middle + look.px(20), width=max(width + spare * 0.6, width))
            x += width + spare

    # mouse and keys

    def _hover(self, cell: tuple[int, int] | None) -> None:
        if cell != self._over:
            self._over = cell
            self.hovered.emit(*(cell or (-1, -1)))
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(next(((r, c) for place, r, c in self._cells if place.contains(event.position())), None))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        result = self._result
        steps = {Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Down: (1, 0), Qt.Key.Key_Up: (-1, 0)}
        step = steps.get(Qt.Key(event.key()))
        if not isinstance(result, Arithmetic):
            event.ignore()
        elif step is not None:
            rows, columns = result.window.shape
            r, c = self._over if self._over is not None else (0, -1) if step == (0, 1) else (0, 0)
            self._hover((max(0, min(rows - 1, r + step[0])), max(0, min(columns - 1, c + step[1]))))
        elif event.key() == Qt.Key.Key_Escape and self._over is not None:
            self._hover(None)
        else:
            event.ignore()
