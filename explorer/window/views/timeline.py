"""What happened in which year: bars with a value each, or marks down a line, each with its sentence, where only the year counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

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
    sentence: Words = ""


class TimelineView(View):
    """Marks in order of time, at equal distances. ``chosen(index)`` by click or by the arrow keys; ``activated(index)`` by double click or Enter.

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
        self.places: list[QRectF] = []  # of each mark
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)  # it takes the room there is

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
        return QSize(look.px(760), look.px(380))

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        values = [m.value for m in self._marks if m.value is not None]
        if values:
            step = rect.width() / len(self._marks)
            self.places = [QRectF(rect.x() + i * step, rect.y(), step, rect.height()) for i in range(len(self._marks))]
        else:
            step = min(look.px(76), rect.height() / len(self._marks))
            self.places = [QRectF(rect.x(), rect.y() + i * step, rect.width(), step) for i in range(len(self._marks))]
        for i, place in enumerate(self.places):
            if i in (self.selected, self._over):
                aside = look.px(4) if values else 0
                rounded(painter, place.adjusted(aside, 0, -aside, 0), look.px(8), look.tint(self.chapter) if i == self.selected else look.colour("sunken"))
        if values:
            self._paint_bars(painter, rect, max(values), step)
        else:
            self._paint_rows(painter)

    def _paint_bars(self, painter: QPainter, rect: QRectF, high: float, step: float) -> None:
        below = look.px(30)
        floor = rect.bottom() - below
        room = floor - rect.y() - look.px(78)  # name and value stand above the highest bar
        scale = room / high

        def height(value: float) -> float:
            return floor - value * scale

        painter.setPen(pen(look.colour("line2"), look.line(1)))
        painter.drawLine(QPointF(rect.x(), floor), QPointF(rect.right(), floor))
        for mark, place in zip(self._marks, self.places, strict=True):
            width = min(look.px(64), step * 0.56)
            top = height(mark.value or 0.0)
            bar = QRectF(place.center().x() - width / 2, top, width, floor - top)
            rounded(painter, bar, min(look.px(4), bar.height() / 2), self.accent if mark.lit else look.colour("ink3"))
        across = None
        if self._reference is not None and self._reference.value is not None:
            across = height(self._reference.value)
            self._paint_reference(painter, rect, across)
        name_font, value_font = look.font("body", 700), look.font("value")
        line = look.px(21)
        for i, (mark, place) in enumerate(zip(self._marks, self.places, strict=True)):
            ink, centre, top = look.colour("ink" if i == self.selected else "ink2"), place.center().x(), height(mark.value or 0.0)
            lines = _in_lines(said(mark.name), step - look.px(8))
            font = name_font if all(text_width(part, name_font) <= step for part in lines) else look.font("label", 700)
            wide = max(text_width(part, font) for part in lines) + look.px(10)
            block = QRectF(centre - wide / 2, top - look.px(25) - line * len(lines), wide, line * len(lines) + look.px(22))
            if across is not None and block.top() < across < block.bottom():  # the line goes behind the words
                rounded(painter, block, look.px(4), look.tint(self.chapter) if i == self.selected else look.colour("bg"))
            draw_text(painter, self.written(mark), value_font, look.colour("ink"), centre, top - look.px(14), "centre")
            for k, part in enumerate(reversed(lines)):
                draw_text(painter, part, font, ink, centre, top - look.px(36) - k * line, "centre", width=step)
            draw_text(painter, str(mark.year), look.font("body"), ink, centre, floor + below / 2, "centre")

    def _paint_reference(self, painter: QPainter, rect: QRectF, y: float) -> None:
        assert self._reference is not None
        painter.setPen(pen(look.colour("ink"), look.line(1.6), Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(rect.x(), y), QPointF(rect.right(), y))
        words = f"{said(self._reference.name)} {self.written(self._reference)}"
        font = look.font("label", 500)
        width = text_width(words, font) + look.px(12)
        rounded(painter, QRectF(rect.right() - width, y - look.px(24), width, look.px(20)), look.px(4), look.colour("bg"))
        draw_text(painter, words, font, look.colour("ink"), rect.right() - look.px(6), y - look.px(14), "right")

    def _paint_rows(self, painter: QPainter) -> None:
        x = self.places[0].x() + look.px(84)
        painter.setPen(pen(look.colour("line2"), look.line(2)))
        painter.drawLine(QPointF(x, self.places[0].center().y()), QPointF(x, self.places[-1].center().y()))
        names = look.font("section", 700)
        words = x + look.px(24) + max(text_width(said(mark.name), names) for mark in self._marks) + look.px(24)
        for i, (mark, place) in enumerate(zip(self._marks, self.places, strict=True)):
            y = place.center().y()
            ink = look.colour("ink" if i == self.selected else "ink2")
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.accent if mark.lit else look.colour("ink3"))
            painter.drawEllipse(QPointF(x, y), look.px(8), look.px(8))
            draw_text(painter, str(mark.year), look.font("value"), ink, x - look.px(24), y, "right")
            draw_text(painter, said(mark.name), names, look.colour("ink"), x + look.px(24), y, "left")
            painter.setFont(look.font("body"))
            painter.setPen(ink)
            room = QRectF(words, place.y(), max(0.0, place.right() - words - look.px(12)), place.height())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, said(mark.sentence))

    def written(self, mark: Mark) -> str:
        """The value of a mark as it is written."""
        if mark.value is None:
            return ""
        return f"{ABOUT if mark.about else ''}{short(mark.value)}{' ' + self._unit if self._unit else ''}"

    # mouse and keys

    def _at(self, position: QPointF) -> int:
        return next((i for i, place in enumerate(self.places) if place.contains(position)), -1)

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
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down) and self._marks:
            step = 1 if event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Down) else -1
            self._choose(max(0, min(len(self._marks) - 1, self.selected + step)))
        else:
            event.ignore()


def _in_lines(name: str, width: float) -> list[str]:
    """A name in one line, or parted after its hyphen where it is too long for that."""
    first, hyphen, last = name.partition("-")
    return [name] if not hyphen or text_width(name, look.font("body", 700)) <= width else [first + hyphen, last]


def _english(words: Words) -> str:
    return words.en if isinstance(words, Text) else words
