"""What happened in which year: bars with a value each, or marks on a line where only the year counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from explorer.results.base import write_csv
from explorer.window.look import look
from explorer.window.views.controls import Words, said
from explorer.window.views.drawing import draw_text, pen, rounded, short, text_width
from explorer.window.views.view import View
from explorer.words import Text

ABOUT = "≈ "


@dataclass(frozen=True)
class Mark:
    """One event. ``value``: None where only the year counts; ``about``: known only roughly; ``lit``: drawn in the accent."""

    year: int
    name: Words
    value: float | None = None
    about: bool = False
    lit: bool = False
    source: Words = ""


class TimelineView(View):
    """Marks in order of time, at equal distances. ``chosen(index)`` by click or by the keys ← →; ``activated(index)`` by double click or Enter.

    ``unit``: of the values. ``reference``: a mark whose value is drawn as a line across.
    """

    chosen = Signal(int)
    activated = Signal(int)
    interactive = True

    def __init__(self, parent: QWidget | None = None, *, chapter: int | None = None, name: Text | None = None) -> None:
        super().__init__(parent, chapter=chapter, name=name)
        self._marks: tuple[Mark, ...] = ()
        self._unit = ""
        self._reference: Mark | None = None
        self._over = -1
        self.selected = 0
        self.columns: list[QRectF] = []

    def set_marks(self, marks: Sequence[Mark], unit: str = "", reference: Mark | None = None) -> None:
        """Show these events."""
        self._marks, self._unit, self._reference = tuple(marks), unit, reference
        self.selected = min(self.selected, max(0, len(marks) - 1))
        self.result_changed.emit()
        self.update()

    def has_content(self) -> bool:
        return bool(self._marks)

    def set_selected(self, index: int) -> None:
        """Choose a mark without a signal."""
        self.selected = index
        self.update()

    def to_csv(self) -> str:
        rows = [*self._marks, *([self._reference] if self._reference else [])]
        return write_csv(
            ("year", "name", f"value ({self._unit})" if self._unit else "value", "about", "source"),
            ((m.year, _english(m.name), m.value, m.about, _english(m.source)) for m in rows),
        )

    def sizeHint(self) -> QSize:
        return QSize(look.px(760), look.px(380 if any(m.value is not None for m in self._marks) else 150))

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        values = [m.value for m in self._marks if m.value is not None]
        step = rect.width() / len(self._marks)
        below = look.px(30)
        floor = rect.bottom() - below
        self.columns = [QRectF(rect.x() + i * step, rect.y(), step, rect.height()) for i in range(len(self._marks))]
        for i, column in enumerate(self.columns):
            if i in (self.selected, self._over):
                rounded(painter, column.adjusted(look.px(4), 0, -look.px(4), 0), look.px(8), look.tint(self.chapter) if i == self.selected else look.colour("sunken"))
        if values:
            self._paint_bars(painter, rect, floor, max(values), step)
        else:
            self._paint_line(painter, floor)
        for i, (mark, column) in enumerate(zip(self._marks, self.columns, strict=True)):
            ink = look.colour("ink" if i == self.selected else "ink2")
            draw_text(painter, str(mark.year), look.font("body"), ink, column.center().x(), floor + below / 2, "centre")

    def _paint_bars(self, painter: QPainter, rect: QRectF, floor: float, high: float, step: float) -> None:
        room = floor - rect.y() - look.px(60)  # name and value stand above the highest bar
        scale = room / high

        def height(value: float) -> float:
            return floor - value * scale

        painter.setPen(pen(look.colour("line2"), look.line(1)))
        painter.drawLine(QPointF(rect.x(), floor), QPointF(rect.right(), floor))
        name_font, value_font = look.font("body", 700), look.font("value")
        for i, (mark, column) in enumerate(zip(self._marks, self.columns, strict=True)):
            value = mark.value or 0.0
            width = min(look.px(64), step * 0.56)
            top = height(value)
            bar = QRectF(column.center().x() - width / 2, top, width, floor - top)
            rounded(painter, bar, min(look.px(4), bar.height() / 2), self.accent if mark.lit else look.colour("ink3"))
            draw_text(painter, self.written(mark), value_font, look.colour("ink"), column.center().x(), top - look.px(14), "centre")
            ink = look.colour("ink" if i == self.selected else "ink2")
            font = name_font if text_width(said(mark.name), name_font) <= step else look.font("label", 700)
            draw_text(painter, said(mark.name), font, ink, column.center().x(), top - look.px(38), "centre", width=step)
        if self._reference is not None and self._reference.value is not None:
            y = height(self._reference.value)
            painter.setPen(pen(look.colour("ink"), look.line(1.6), Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(rect.x(), y), QPointF(rect.right(), y))
            words = f"{said(self._reference.name)} {self.written(self._reference)}"
            font = look.font("label", 500)
            width = text_width(words, font) + look.px(12)
            rounded(painter, QRectF(rect.right() - width, y - look.px(24), width, look.px(20)), look.px(4), look.colour("bg"))
            draw_text(painter, words, font, look.colour("ink"), rect.right() - look.px(6), y - look.px(14), "right")

    def _paint_line(self, painter: QPainter, floor: float) -> None:
        y = floor - look.px(26)
        painter.setPen(pen(look.colour("line2"), look.line(2)))
        painter.drawLine(QPointF(self.columns[0].center().x(), y), QPointF(self.columns[-1].center().x(), y))
        for i, (mark, column) in enumerate(zip(self._marks, self.columns, strict=True)):
            centre = QPointF(column.center().x(), y)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.accent if mark.lit else look.colour("ink3"))
            painter.drawEllipse(centre, look.px(8), look.px(8))
            on = i == self.selected
            draw_text(painter, said(mark.name), look.font("section" if on else "body", 700), look.colour("ink"), centre.x(), y - look.px(34), "centre", width=column.width())

    def written(self, mark: Mark) -> str:
        """The value of a mark as it is written."""
        if mark.value is None:
            return ""
        return f"{ABOUT if mark.about else ''}{short(mark.value)}{' ' + self._unit if self._unit else ''}"

    # mouse and keys

    def _at(self, position: QPointF) -> int:
        return next((i for i, column in enumerate(self.columns) if column.contains(position)), -1)

    def _choose(self, index: int) -> None:
        if index >= 0 and index != self.selected:
            self.selected = index
            self.update()
            self.chosen.emit(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self._at(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if over >= 0 else Qt.CursorShape.ArrowCursor)
        if over != self._over:
            self._over = over
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(self._at(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if (index := self._at(event.position())) >= 0:
            self.activated.emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._marks:
            self.activated.emit(self.selected)
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self._marks:
            step = 1 if event.key() == Qt.Key.Key_Right else -1
            self._choose(max(0, min(len(self._marks) - 1, self.selected + step)))
        else:
            event.ignore()


def _english(words: Words) -> str:
    return words.en if isinstance(words, Text) else words
