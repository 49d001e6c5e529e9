"""Segments side by side, each of them on or off."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.window.look import look
from explorer.window.views.controls import Control, Words, said
from explorer.window.views.drawing import draw_text, rounded, text_width
from explorer.window.views.view import tint_of
from explorer.words import Text


class Toggles(Control):
    """``changed(tuple of keys)`` when the user switches one. At least one stays on. Arrows move, Enter or Space switches."""

    changed = Signal(object)

    def __init__(self, options: Sequence[tuple[str, Words]], on: Iterable[str] = (), *, name: Text | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent, focus=True)
        self._options = list(options)
        self._on = set(on)
        self._name = name
        self._cursor, self._over = 0, -1
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.restyle()

    @property
    def on(self) -> tuple[str, ...]:
        """The keys that are on, in the order of the options."""
        return tuple(key for key, _ in self._options if key in self._on)

    def set_on(self, keys: Iterable[str]) -> None:
        """Switch without a signal."""
        if set(keys) != self._on:
            self._on = set(keys)
            self.restyle()
            self.update()

    def switch(self, key: str) -> None:
        """Switch one, as the user does."""
        changed = self._on ^ {key}
        if changed:
            self.set_on(changed)
            self.changed.emit(self.on)

    def restyle(self) -> None:
        names = ", ".join(said(words) for key, words in self._options if key in self._on)
        self.setAccessibleName(f"{look.say(self._name)}: {names}" if self._name else names)

    def _widths(self) -> list[float]:
        return [math.ceil(text_width(said(words), look.font("label", 500))) + look.px(14) for _, words in self._options]

    def rects(self) -> list[QRectF]:
        """Where each option lies."""
        gap, widths = look.px(3), self._widths()
        spare = max(0.0, (self.width() - sum(widths) - gap * (len(widths) - 1)) / max(1, len(widths)))
        out, x = [], 0.0
        for width in widths:
            out.append(QRectF(x, 1, width + spare, self.height() - 2))
            x += width + spare + gap
        return out

    def sizeHint(self) -> QSize:
        return QSize(math.ceil(sum(self._widths()) + look.px(3) * (len(self._options) - 1)), look.px(28))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for k, (rect, (key, words)) in enumerate(zip(self.rects(), self._options, strict=True)):
            on = key in self._on
            rounded(painter, rect, look.px(7), tint_of(self) if on else look.colour("sunken"))
            if self.hasFocus() and k == self._cursor:
                rounded(painter, rect, look.px(7), None, self.accent, look.line(1.5))
            colour = self.accent if on else look.colour("ink" if k == self._over else "ink2")
            draw_text(painter, said(words), look.font("label", 700 if on else 400), colour, rect.center().x(), rect.center().y(), "centre")

    def _at(self, place: QPointF) -> int:
        return next((k for k, rect in enumerate(self.rects()) if rect.contains(place)), -1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and index >= 0:
            self._cursor = index
            self.switch(self._options[index][0])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self._at(event.position())
        if over != self._over:
            self._over = over
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._over = -1
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        move = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()))
        if move is not None:
            self._cursor = max(0, min(len(self._options) - 1, self._cursor + move))
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.switch(self._options[self._cursor][0])
        else:
            event.ignore()
