"""The classes of a picture as a legend: colour, name and a figure each; a click hides or shows one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from explorer.results.base import write_csv
from explorer.window.look import look
from explorer.window.views.controls import Words, said
from explorer.window.views.drawing import draw_text, faded, rounded
from explorer.window.views.view import View
from explorer.words import Text

ROW = 26


@dataclass(frozen=True)
class ClassEntry:
    """One class. ``label``: its number; ``figure``: what is written at the right end; ``colour``: empty for that of the number."""

    label: int
    name: Words
    figure: str = ""
    colour: str = ""


class ClassToggles(View):
    """A column of classes. ``toggled(set of hidden labels)``: a click or Space hides or shows one, a double click or Enter one alone
    (again: all); ``hovered(label)``, −1 after it."""

    toggled = Signal(object)
    hovered = Signal(int)
    interactive = True

    def __init__(self, parent: QWidget | None = None, *, chapter: int | None = None, name: Text | None = None) -> None:
        super().__init__(parent, chapter=chapter, name=name or Text("クラス", "Classes"))
        self.entries: list[ClassEntry] = []
        self.hidden: set[int] = set()
        self._cursor, self._over = 0, -1
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_entries(self, entries: Sequence[ClassEntry]) -> None:
        """Show these classes; what is hidden stays so."""
        if list(entries) != self.entries:
            self.entries = list(entries)
            self._cursor = min(self._cursor, max(0, len(self.entries) - 1))
            self.result_changed.emit()
            self.updateGeometry()
            self.update()

    def set_hidden(self, labels: Iterable[int]) -> None:
        """Hide these without a signal."""
        self.hidden = set(labels)
        self.update()

    def has_content(self) -> bool:
        return bool(self.entries)

    def to_csv(self) -> str:
        return write_csv(("class", "figure", "shown"), ((said(e.name), e.figure, int(e.label not in self.hidden)) for e in self.entries))

    def sizeHint(self) -> QSize:
        return QSize(look.px(190), look.px(ROW) * max(1, len(self.entries)))

    def minimumSizeHint(self) -> QSize:
        return QSize(look.px(120), look.px(18) * max(1, len(self.entries)))

    def row_height(self) -> float:
        """Height in px of a row: less than usual where there is little room."""
        return min(look.px(ROW), self.height() / max(1, len(self.entries)))

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        pitch, side = self.row_height(), look.px(12)
        for index, entry in enumerate(self.entries):
            place = QRectF(rect.x(), rect.y() + index * pitch, rect.width(), pitch)
            if index == self._over or (self.hasFocus() and index == self._cursor):
                rounded(painter, place, look.px(6), faded(self.accent, 0.08))
            off, middle = entry.label in self.hidden, place.center().y()
            colour = QColor(entry.colour) if entry.colour else look.class_colour(entry.label)
            swatch = QRectF(place.x() + look.px(6), middle - side / 2, side, side)
            unseen = colour.lightness() < 50 if look.dark else colour.lightness() > 230  # against the page
            rounded(painter, swatch, look.px(3), None if off else colour, look.colour("line2") if unseen else colour, look.line(1.5))
            ink, font = look.colour("ink3" if off else "ink"), look.font("body")
            used = draw_text(painter, entry.figure, font, look.colour("ink3" if off else "ink2"), place.right() - look.px(6), middle, "right") if entry.figure else 0.0
            left = swatch.right() + look.px(8)
            draw_text(painter, said(entry.name), font, ink, left, middle, width=max(0.0, place.right() - look.px(14) - used - left))

    def toggle(self, label: int) -> None:
        """Hide or show a class, as the user does."""
        self.hidden ^= {label}
        self.update()
        self.toggled.emit(set(self.hidden))

    def show_alone(self, label: int) -> None:
        """Hide all others; all are shown again where they are hidden already."""
        others = {entry.label for entry in self.entries} - {label}
        self.hidden = set() if self.hidden == others else others
        self.update()
        self.toggled.emit(set(self.hidden))

    def _at(self, position: QPointF) -> int:
        index = int(position.y() // self.row_height()) if self.entries else -1
        return index if 0 <= index < len(self.entries) else -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and index >= 0:
            self._cursor = index
            self.toggle(self.entries[index].label)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self._at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and index >= 0:
            self.hidden.discard(self.entries[index].label)  # the first click of the two had hidden or shown it
            self.show_alone(self.entries[index].label)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self._at(event.position())
        if over != self._over:
            self._over = over
            self.hovered.emit(self.entries[over].label if over >= 0 else -1)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        if self._over >= 0:
            self._over = -1
            self.hovered.emit(-1)
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self.entries:
            self._cursor = max(0, min(len(self.entries) - 1, self._cursor + (1 if key == Qt.Key.Key_Down else -1)))
            self.update()
        elif key == Qt.Key.Key_Space and self.entries:
            self.toggle(self.entries[self._cursor].label)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.entries:
            self.show_alone(self.entries[self._cursor].label)
        else:
            event.ignore()
