"""Tables: names on top, numbers right, one row chosen by click or key, columns sorted by a click on their name."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QWidget

from explorer.results import Result, Table
from explorer.window.look import look
from explorer.window.views.controls import said
from explorer.window.views.drawing import Align, draw_text, fixed, rounded, short, text_width
from explorer.window.views.icons import draw_icon
from explorer.window.views.view import View, hairline
from explorer.words import Text


def cell_text(value: Any) -> str:
    """A value as a table writes it."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return look.say(Text("はい", "yes") if value else Text("いいえ", "no"))
    if isinstance(value, int):
        return f"{value:,}".replace("-", "−")
    if isinstance(value, float):
        return short(value) if abs(value) >= 1000 or (value and abs(value) < 0.01) else fixed(value, 2)
    return said(value) if isinstance(value, Text) else str(value)


def two_lines(name: str) -> list[str]:
    """A column's name, and its unit below it where there is one."""
    for bracket in (" (", "（"):
        before, found, unit = name.partition(bracket)
        if found:
            return [before, found.strip() + unit]
    return [name]


class TableView(View):
    """``results.Table``. ``chosen(row)`` (row of the result) by click or up/down key; ``opened(row)`` by double click, Enter or Space.

    A click on a column's name sorts by it, a second one the other way, a third one as it came. The wheel scrolls. Where there is no room for the
    names of the columns with their units, the units stand below.
    """

    chosen = Signal(int)
    opened = Signal(int)
    interactive = True
    ROW = 30

    def __init__(self, parent: QWidget | None = None, *, chapter: int | None = None, name: Text | None = None) -> None:
        super().__init__(parent, chapter=chapter, name=name or Text("表", "Table"))
        self._sort: tuple[int, bool] | None = None
        self._first = 0
        self._selected = -1
        self._over = -1
        self._columns: list[QRectF] = []
        self._tall = False  # the names of the columns take two lines

    def set_result(self, result: Result) -> None:
        if not isinstance(result, Table):
            raise TypeError(f"this view draws Table, not {type(result).__name__}")
        before = self._result
        if not isinstance(before, Table) or len(before.columns) != len(result.columns):
            self._sort, self._first, self._selected = None, 0, -1
        super().set_result(result)
        self._selected = self._selected if self._selected < len(result.rows) else -1
        self._scroll_to(self._first)

    @property
    def selected(self) -> int:
        """The chosen row of the result, or −1."""
        return self._selected

    def set_selected(self, row: int) -> None:
        """Choose a row without a signal."""
        self._selected = row
        self._show_selected()
        self.update()

    def order(self) -> list[int]:
        """Rows of the result from the top."""
        table = self._result
        if not isinstance(table, Table):
            return []
        rows = list(range(len(table.rows)))
        if self._sort is None:
            return rows
        column, down = self._sort

        def key(row: int) -> tuple[int, float, str]:
            value = table.rows[row][column]
            if value is None or (isinstance(value, float) and math.isnan(value)):
                return 2, 0.0, ""
            if isinstance(value, (int, float)):
                return 0, -float(value) if down else float(value), ""
            return 1, 0.0, cell_text(value)

        words = sorted(rows, key=key)
        if down and any(key(r)[0] == 1 for r in rows):
            plain = [r for r in words if key(r)[0] == 1]
            words = [r for r in words if key(r)[0] == 0] + plain[::-1] + [r for r in words if key(r)[0] == 2]
        return words

    def sort_by(self, column: int) -> None:
        """As a click on the name of the column."""
        if self._sort is None or self._sort[0] != column:
            self._sort = (column, False)
        elif not self._sort[1]:
            self._sort = (column, True)
        else:
            self._sort = None
        self._show_selected()
        self.update()

    def sizeHint(self) -> QSize:
        rows = len(self._result.rows) if isinstance(self._result, Table) else 6
        return QSize(look.px(420), look.px(self.ROW) * (min(rows, 12) + 1))

    def head_height(self) -> float:
        """Of the names of the columns."""
        return look.px(self.ROW) * (1.6 if self._tall else 1.0)

    def _rows_at_once(self) -> int:
        return max(1, int((self.height() - self.head_height()) // look.px(self.ROW)))

    def _scroll_to(self, first: int) -> None:
        count = len(self._result.rows) if isinstance(self._result, Table) else 0
        self._first = max(0, min(first, max(0, count - self._rows_at_once())))
        self.update()

    def _show_selected(self) -> None:
        order = self.order()
        if self._selected in order:
            at = order.index(self._selected)
            if at < self._first:
                self._scroll_to(at)
            elif at >= self._first + self._rows_at_once():
                self._scroll_to(at - self._rows_at_once() + 1)

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        table = self._result
        assert isinstance(table, Table)
        row_height, gap = look.px(self.ROW), look.px(20)
        head_font, font = look.font("label"), look.font("body")
        order = self.order()
        numeric = [all(isinstance(row[c], (int, float)) or row[c] is None for row in table.rows) and bool(table.rows) for c in range(len(table.columns))]
        aligns: list[Align] = ["right" if number else "left" for number in numeric]
        room = rect.width() - gap * (len(table.columns) - 1) - look.px(16)
        for heads in ([[look.say(column)] for column in table.columns], [two_lines(look.say(column)) for column in table.columns]):
            naturals = [
                max([*(text_width(line, head_font) + look.px(18) for line in head), *(text_width(cell_text(row[c]), look.font("body", 700) if c == 0 else font) for row in table.rows[:200])])
                for c, head in enumerate(heads)
            ]
            total = sum(naturals)
            if total <= room:
                break
        self._tall = any(len(head) > 1 for head in heads)
        head_height = self.head_height()
        if total > room:
            rest = max(0.0, room - naturals[0])  # the names of the rows are not cut
            widths = [naturals[0], *(w * rest / (total - naturals[0]) for w in naturals[1:])] if rest > 0.5 * room else [w * room / total for w in naturals]
        else:
            spare = min(look.px(60), (room - total) / len(naturals))
            widths = [w + spare for w in naturals]
        self._columns = []
        x = rect.x() + look.px(8)
        for width in widths:
            self._columns.append(QRectF(x, rect.y(), width, head_height))
            x += width + gap
        for c, place in enumerate(self._columns):
            sorted_here = self._sort is not None and self._sort[0] == c
            colour = look.colour("ink" if sorted_here else "ink2")
            side = look.px(12)
            at = place.right() if numeric[c] else place.x()
            pitch = look.px(17)
            first = place.center().y() - pitch * (len(heads[c]) - 1) / 2
            used = max(draw_text(painter, line, head_font, colour, at, first + k * pitch, aligns[c], width=place.width()) for k, line in enumerate(heads[c]))
            if sorted_here and self._sort is not None:
                icon_x = place.right() - used - side - look.px(3) if numeric[c] else place.x() + used + look.px(3)
                draw_icon(painter, "down" if self._sort[1] else "up", QRectF(icon_x, place.center().y() - side / 2, side, side), colour, 2.5)
        painter.setPen(hairline())
        painter.drawLine(QPointF(rect.x(), rect.y() + head_height - 0.5), QPointF(rect.right(), rect.y() + head_height - 0.5))
        shown = max(1, int((rect.height() - head_height) // row_height))
        for k, row in enumerate(order[self._first : self._first + shown]):
            y = rect.y() + head_height + row_height * k
            line = QRectF(rect.x(), y + 1, rect.width(), row_height - 2)
            if row == self._selected:
                rounded(painter, line, look.px(6), look.tint(self.chapter))
            elif row == self._over:
                rounded(painter, line, look.px(6), look.colour("sunken"))
            for c, place in enumerate(self._columns):
                colour = self.accent if row == self._selected and c == 0 else look.colour("ink")
                text_font = look.font("body", 700) if row == self._selected and c == 0 else font
                at = place.right() if numeric[c] else place.x()
                draw_text(painter, cell_text(table.rows[row][c]), text_font, colour, at, y + row_height / 2, aligns[c], width=place.width())
        if len(order) > shown:
            track = QRectF(rect.right() - look.px(4), rect.y() + head_height + look.px(4), look.px(4), rect.height() - head_height - look.px(8))
            share = shown / len(order)
            knob = QRectF(track.x(), track.y() + track.height() * self._first / len(order), track.width(), max(look.px(16), track.height() * share))
            rounded(painter, knob, look.px(2), look.colour("line2"))

    # mouse and keys

    def row_at(self, position: QPointF) -> int:
        """The row of the result at a point of the widget, −1 for none."""
        below = position.y() - self.head_height()
        at = int(below // look.px(self.ROW)) + self._first
        order = self.order()
        return order[at] if below >= 0 and 0 <= at < len(order) else -1

    def _choose(self, row: int) -> None:
        if row >= 0 and row != self._selected:
            self.set_selected(row)
            self.chosen.emit(row)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if event.position().y() < self.head_height():
            for c, place in enumerate(self._columns):
                if place.left() - look.px(8) <= event.position().x() <= place.right() + look.px(8):
                    self.sort_by(c)
                    return
        self._choose(self.row_at(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(event.position())
        if row >= 0:
            self.opened.emit(row)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(event.position())
        if row != self._over:
            self._over = row
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._over = -1
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        before = self._first
        self._scroll_to(self._first - round(event.angleDelta().y() / 40))
        if self._first == before:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        order = self.order()
        here = order.index(self._selected) if self._selected in order else -1
        page = self._rows_at_once()
        moves = {
            Qt.Key.Key_Down: here + 1, Qt.Key.Key_Up: max(0, here - 1), Qt.Key.Key_PageDown: here + page, Qt.Key.Key_PageUp: max(0, here - page),
            Qt.Key.Key_Home: 0, Qt.Key.Key_End: len(order) - 1,
        }  # fmt: skip
        target = moves.get(Qt.Key(event.key()))
        if target is not None and order:
            self._choose(order[min(target, len(order) - 1)])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._selected >= 0:
            self.opened.emit(self._selected)
        else:
            event.ignore()
