"""The controls of every page, painted from ``look``: buttons, sliders, choices, menus, chips, bars, labels, legends, state cards.

All of them speak both languages and change theme, size and language at once with ``look.changed``; all are usable by key.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QEnterEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLineEdit, QMenu, QSizePolicy, QVBoxLayout, QWidget

from explorer.results import Judgement
from explorer.window.look import Role, Token, look
from explorer.window.views.drawing import (
    TextBlock,
    draw_crisp,
    draw_smooth,
    draw_text,
    faded,
    fill_rounded_image,
    mixed,
    pen,
    rounded,
    short,
    text_width,
    to_image,
)
from explorer.window.views.icons import draw_icon
from explorer.window.views.layer import Layer
from explorer.window.views.view import RingKeeper, accent_of, tint_of
from explorer.words import Text

Words = Text | str


def said(words: Words) -> str:
    """The words in the language of the window."""
    return look.say(words) if isinstance(words, Text) else words


def time_left(seconds: float | None) -> Text | None:
    """``48 s left`` / ``残り 48 秒``, minutes from 90 s on; None when unknown."""
    if seconds is None or not math.isfinite(seconds):
        return None
    if seconds < 90:
        whole = max(1, math.ceil(seconds))
        return Text(f"残り {whole} 秒", f"{whole} s left")
    minutes = max(2, round(seconds / 60))
    return Text(f"残り {minutes} 分", f"{minutes} min left")


def about_time(seconds: float) -> Text:
    """``about 40 s`` / ``約 40 秒``, minutes from 90 s on."""
    if seconds < 90:
        whole = max(1, round(seconds))
        return Text(f"約 {whole} 秒", f"about {whole} s")
    minutes = round(seconds / 60)
    return Text(f"約 {minutes} 分", f"about {minutes} min")


class Control(QWidget):
    """Base of painted controls."""

    def __init__(self, parent: QWidget | None = None, *, focus: bool = False) -> None:
        super().__init__(parent)
        self.own_chapter: int | None = None
        self.hovering = False
        if focus:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self._ring_keeper = RingKeeper(self)
        look.changed.connect(self._look_changed)

    @property
    def accent(self) -> QColor:
        return accent_of(self)

    def restyle(self) -> None:
        """Take up a new look or language."""

    def _look_changed(self) -> None:
        self.restyle()
        self.updateGeometry()
        self.update()

    def enterEvent(self, event: QEnterEvent) -> None:
        self.hovering = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.hovering = False
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            self.update()


class Label(QWidget):
    """Text that says itself anew in every language; ``**bold**`` parts; wraps when ``wrap`` with lines at 1.5 (titles 1.3).

    ``colour``: one of look's tokens or ``"accent"``. Without ``wrap`` the text is one line and is cut with an ellipsis when too long.
    """

    def __init__(
        self,
        text: Words = "",
        role: Role = "body",
        colour: Token | Literal["accent"] = "ink",
        *,
        weight: int | None = None,
        wrap: bool = False,
        align: Literal["left", "centre", "right"] = "left",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.own_chapter: int | None = None
        self._text: Words = text
        self._role: Role = role
        self._colour: Token | Literal["accent"] = colour
        self._weight = weight
        self._wrap = wrap
        self._align = align
        self._blocks: dict[int, TextBlock] = {}
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred if wrap else QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(wrap)
        self.setSizePolicy(policy)
        look.changed.connect(self._renew)
        self._renew()

    @property
    def text(self) -> str:
        """What stands there now, in the language of the window."""
        return said(self._text)

    def set_text(self, text: Words) -> None:
        """Show other words."""
        if text != self._text:
            before = self._room()
            self._text = text
            self._renew(before)

    def _room(self) -> tuple[QSize, int]:
        """What the layout goes by."""
        return self.sizeHint(), self.heightForWidth(self.width()) if self._wrap else 0

    def set_colour(self, colour: Token | Literal["accent"]) -> None:
        """Take another colour."""
        self._colour = colour
        self.update()

    def set_weight(self, weight: int | None) -> None:
        """Take another weight."""
        self._weight = weight
        self._renew()

    def _renew(self, before: tuple[QSize, int] | None = None) -> None:
        self._blocks.clear()
        self.setAccessibleName(self.text.replace("**", ""))
        if self._room() != before:  # numbers that change many times a second seldom need another layout
            self.updateGeometry()
        self.update()

    def _block(self, width: int) -> TextBlock:
        if width not in self._blocks:
            if len(self._blocks) > 8:
                self._blocks.clear()
            align = {"left": Qt.AlignmentFlag.AlignLeft, "centre": Qt.AlignmentFlag.AlignHCenter, "right": Qt.AlignmentFlag.AlignRight}[self._align]
            pitch = 1.3 if self._role in ("title", "state") else 1.5
            font = look.font(self._role) if self._weight is None else look.font(self._role, self._weight)
            self._blocks[width] = TextBlock(self.text, font, width if self._wrap else 1e6, pitch, align)
        return self._blocks[width]

    def hasHeightForWidth(self) -> bool:
        return self._wrap

    def heightForWidth(self, width: int) -> int:
        return math.ceil(self._block(width).height)

    def sizeHint(self) -> QSize:
        if self._wrap:
            width = min(math.ceil(TextBlock(self.text, look.font(self._role, self._weight)).width) + 1, look.px(340))
            return QSize(width, self.heightForWidth(width))
        block = self._block(0)
        return QSize(math.ceil(block.width) + 1, math.ceil(block.height))

    def minimumSizeHint(self) -> QSize:
        if self._wrap:
            return QSize(look.px(40), look.size(self._role))
        return QSize(min(self.sizeHint().width(), look.px(24)), self.sizeHint().height())

    def resizeEvent(self, event: object) -> None:
        if self._wrap:
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colour = accent_of(self) if self._colour == "accent" else look.colour(self._colour)
        if not self.isEnabled():
            colour = faded(colour, 0.5)
        if self._wrap:
            block = self._block(self.width())
            block.draw(painter, 0, 0, colour)
            return
        block = self._block(0)
        x = {"left": 0.0, "centre": (self.width() - block.width) / 2, "right": self.width() - block.width}[self._align]
        if block.width > self.width() + 1 and "**" not in self.text:
            draw_text(painter, self.text, look.font(self._role, self._weight), colour, 0, self.height() / 2, width=self.width())
        else:
            block.draw(painter, max(0.0, x), (self.height() - block.height) / 2, colour)


class _Pressable(QAbstractButton):
    """What buttons share: hover, Enter, focus ring, language."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.own_chapter: int | None = None
        self.focus_radius = look.px(8)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._ring_keeper = RingKeeper(self)
        look.changed.connect(self._look_changed)

    @property
    def accent(self) -> QColor:
        return accent_of(self)

    def rename(self) -> None:
        """Say the name anew."""

    def _look_changed(self) -> None:
        self.focus_radius = look.px(8)
        self.rename()
        self.updateGeometry()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class Button(_Pressable):
    """A button 32 high (40 when ``large``): one ``filled`` a page, others ``tint`` or ``plain``. Signal ``clicked``."""

    def __init__(
        self, text: Words, kind: Literal["filled", "tint", "plain"] = "tint", icon: str | None = None, *, large: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._words = text
        self.kind = kind
        self._icon = icon
        self._large = large
        self.rename()

    def set_text(self, text: Words) -> None:
        """Say something else."""
        if text != self._words:
            self._words = text
            self.rename()
            self.updateGeometry()
            self.update()

    def set_icon(self, icon: str | None) -> None:
        """Show another icon."""
        if icon != self._icon:
            self._icon = icon
            self.updateGeometry()
            self.update()

    def set_kind(self, kind: Literal["filled", "tint", "plain"]) -> None:
        """Be filled, tint or plain."""
        self.kind = kind
        self.update()

    def rename(self) -> None:
        self.setText(said(self._words).replace("&", "&&"))
        self.setAccessibleName(said(self._words))

    def _font(self) -> Any:
        return look.font("body" if not self._large else "value", 400 if self.kind == "plain" else 700)

    def sizeHint(self) -> QSize:
        pad, gap, icon = look.px(20 if self._large else 14), look.px(8), look.px(16)
        if self.kind == "plain":
            pad = look.px(12)
        width = text_width(said(self._words), self._font()) + 2 * pad + (icon + gap if self._icon else 0)
        return QSize(math.ceil(width), look.px(40 if self._large else 32))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        accent, hover, down = self.accent, self.underMouse() and self.isEnabled(), self.isDown()
        fill: QColor | None
        if self.kind == "filled":
            fill, ink = accent, look.on_accent()
            fill = mixed(fill, look.colour("ink"), 0.22 if down else 0.12 if hover else 0)
        elif self.kind == "tint":
            fill, ink = tint_of(self), accent
            fill = mixed(fill, accent, 0.20 if down else 0.10 if hover else 0)
        else:
            ink = look.colour("ink")
            fill = faded(ink, 0.12 if down else 0.06) if hover or down else None
        if not self.isEnabled():
            fill, ink = (None if self.kind == "plain" else look.colour("idle_tint")), look.colour("ink3")
        rect = QRectF(self.rect())
        if fill is not None:
            rounded(painter, rect, look.px(8), fill)
        font, icon, gap = self._font(), look.px(16), look.px(8)
        words = said(self._words)
        used = text_width(words, font) + (icon + gap if self._icon else 0)
        x = rect.center().x() - used / 2
        if self._icon:
            draw_icon(painter, self._icon, QRectF(x, rect.center().y() - icon / 2, icon, icon), ink, 2.2)
            x += icon + gap
        draw_text(painter, words, font, ink, x, rect.center().y())


class IconButton(_Pressable):
    """A square button with an icon, 34 a side; its tip is also its name. ``flat``: no fill until hovered. Can be checkable."""

    def __init__(self, icon: str, tip: Text, *, flat: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._tip = tip
        self._flat = flat
        self.rename()

    def set_icon(self, icon: str, tip: Text | None = None) -> None:
        """Show another icon, and say what it does now."""
        self._icon = icon
        self._tip = tip or self._tip
        self.rename()
        self.update()

    def rename(self) -> None:
        self.setToolTip(look.say(self._tip))
        self.setAccessibleName(look.say(self._tip))

    def sizeHint(self) -> QSize:
        return QSize(look.px(34), look.px(34))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        hover = self.underMouse() and self.isEnabled()
        ink = look.colour("ink2")
        fill: QColor | None = None if self._flat else look.colour("surface")
        if self.isChecked():
            fill, ink = tint_of(self), self.accent
        if self.isDown() or hover:
            fill = mixed(fill or look.colour("bg"), ink, 0.16 if self.isDown() else 0.08)
        if not self.isEnabled():
            ink = faded(ink, 0.4)
        rect = QRectF(self.rect())
        if fill is not None:
            rounded(painter, rect, look.px(8), fill)
        side = look.px(20)
        draw_icon(painter, self._icon, QRectF(rect.center().x() - side / 2, rect.center().y() - side / 2, side, side), ink)


class _Options(Control):
    """A row of named options of which one is chosen; arrows move the choice."""

    chosen = Signal(str)

    def __init__(self, options: Sequence[tuple[str, Words]], current: str | None = None, *, name: Text | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent, focus=True)
        self._options = list(options)
        self._current = current if current is not None else (options[0][0] if options else "")
        self._name = name
        self._over = -1
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._rename()

    @property
    def current(self) -> str:
        """The key of the chosen option."""
        return self._current

    def options(self) -> list[tuple[str, Words]]:
        """All options as (key, words)."""
        return list(self._options)

    def set_options(self, options: Sequence[tuple[str, Words]], current: str | None = None) -> None:
        """Offer other options; keeps the choice if it is still there."""
        self._options = list(options)
        keys = [key for key, _ in options]
        wanted = current if current is not None else self._current
        self._current = wanted if wanted in keys else (keys[0] if keys else "")
        self._look_changed()

    def set_current(self, key: str) -> None:
        """Choose without a signal. Raises ValueError for an unknown key."""
        if key not in [k for k, _ in self._options]:
            raise ValueError(f"no option {key!r}")
        if key == self._current:
            return
        self._current = key
        self._rename()
        self.update()

    def _choose(self, index: int) -> None:
        if not self._options:
            return
        key = self._options[max(0, min(index, len(self._options) - 1))][0]
        if key != self._current:
            self.set_current(key)
            self.chosen.emit(key)

    def _index(self) -> int:
        return next((i for i, (key, _) in enumerate(self._options) if key == self._current), 0)

    def restyle(self) -> None:
        self._rename()

    def _rename(self) -> None:
        now = next((said(words) for key, words in self._options if key == self._current), "")
        self.setAccessibleName(f"{look.say(self._name)}: {now}" if self._name else now)

    def rects(self) -> list[QRectF]:
        """Where each option lies."""
        raise NotImplementedError

    def _at(self, position: QPointF) -> int:
        return next((i for i, r in enumerate(self.rects()) if r.contains(position)), -1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        move = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if move is not None:
            self._choose(self._index() + move)
        elif event.key() == Qt.Key.Key_Home:
            self._choose(0)
        elif event.key() == Qt.Key.Key_End:
            self._choose(len(self._options) - 1)
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and index >= 0:
            self._choose(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self._at(event.position())
        if over != self._over:
            self._over = over
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._over = -1
        super().leaveEvent(event)


class Choice(_Options):
    """Segments side by side, one of them chosen. Signal ``chosen(key)`` when the user chooses."""

    def sizeHint(self) -> QSize:
        pad, edge = look.px(12), look.px(3)
        width = sum(math.ceil(text_width(said(words), look.font("body", 500))) + 2 * pad for _, words in self._options)
        return QSize(width + 2 * edge, look.px(32))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def rects(self) -> list[QRectF]:
        pad, edge = look.px(12), look.px(3)
        widths = [math.ceil(text_width(said(words), look.font("body", 500))) + 2 * pad for _, words in self._options]
        spare = max(0.0, (self.width() - 2 * edge - sum(widths)) / max(1, len(widths)))
        out, x = [], float(edge)
        for width in widths:
            out.append(QRectF(x, edge, width + spare, self.height() - 2 * edge))
            x += width + spare
        return out

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        on_sunken = look.colour("sunken")
        rounded(painter, QRectF(self.rect()), look.px(8), mixed(on_sunken, look.colour("ink"), 0.02))
        for i, (rect, (key, words)) in enumerate(zip(self.rects(), self._options, strict=True)):
            on = key == self._current
            if on:
                rounded(painter, rect, look.px(6), look.colour("surface") if not look.dark else mixed(look.colour("surface"), look.colour("ink"), 0.06))
            colour = look.colour("ink" if on or i == self._over else "ink2")
            if not self.isEnabled():
                colour = look.colour("ink3")
            draw_text(painter, said(words), look.font("body", 500 if on else 400), colour, rect.center().x(), rect.center().y(), "centre")


class Tabs(_Options):
    """Tabs over a hairline, the chosen one bold with an accent bar; rows of 34, a second one where the first is full. Signal ``chosen(key)``."""

    def __init__(self, options: Sequence[tuple[str, Words]], current: str | None = None, *, name: Text | None = None, parent: QWidget | None = None) -> None:
        super().__init__(options, current, name=name, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        rects = self._laid(math.inf)
        return QSize(math.ceil(rects[-1].right()) if rects else 0, self._high())

    def minimumSizeHint(self) -> QSize:
        return QSize(math.ceil(max((rect.width() for rect in self._laid(0)), default=0)), self._high())

    def _high(self) -> int:
        """The height of the rows at the width there is now; a widget that never had a place has one row."""
        rects = self._laid(self.width() if self.testAttribute(Qt.WidgetAttribute.WA_WState_Created) else math.inf)
        return math.ceil(rects[-1].bottom()) if rects else look.px(34)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.height() != self._high():
            self.updateGeometry()

    def rects(self) -> list[QRectF]:
        return self._laid(self.width())

    def _laid(self, room: float) -> list[QRectF]:
        """Side by side; closer together, and then in rows, where there is no room."""
        widths = [math.ceil(text_width(said(words), look.font("value", 700))) for _, words in self._options]
        wide, close = look.px(22), look.px(14)
        out: list[QRectF] = []
        x, y, height = 0.0, 0.0, look.px(34)
        gap = wide if sum(widths) + wide * (len(widths) - 1) <= room else close
        for width in widths:
            if out and x + width > room:
                x, y = 0.0, y + height
            out.append(QRectF(x, y, width, height))
            x += width + gap
        return out

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        bottom = self.height()
        painter.fillRect(QRectF(0, bottom - 1, self.width(), 1), look.colour("line"))
        for i, (rect, (key, words)) in enumerate(zip(self.rects(), self._options, strict=True)):
            on = key == self._current
            colour = look.colour("ink" if on or i == self._over else "ink2")
            draw_text(painter, said(words), look.font("value", 700 if on else 400), colour, rect.x(), rect.center().y() - look.px(2))
            if on:
                thick = look.px(2)
                painter.fillRect(QRectF(rect.x(), rect.bottom() - thick, rect.width(), thick), self.accent)


class Menu(_Pressable):
    """A drop-down: shows the chosen option, opens a list. Signal ``chosen(key)`` when the user chooses."""

    chosen = Signal(str)

    def __init__(
        self, options: Sequence[tuple[str, Words]], current: str | None = None, *, name: Text | None = None, width: int | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._options = list(options)
        self._current = current if current is not None else (options[0][0] if options else "")
        self._name = name
        self._width = width
        self.clicked.connect(self.open)
        self.rename()

    @property
    def current(self) -> str:
        """The key of the chosen option."""
        return self._current

    def set_options(self, options: Sequence[tuple[str, Words]], current: str | None = None) -> None:
        """Offer other options; keeps the choice if it is still there."""
        self._options = list(options)
        keys = [key for key, _ in options]
        wanted = current if current is not None else self._current
        self._current = wanted if wanted in keys else (keys[0] if keys else "")
        self._look_changed()

    def set_current(self, key: str) -> None:
        """Choose without a signal. Raises ValueError for an unknown key."""
        if key not in [k for k, _ in self._options]:
            raise ValueError(f"no option {key!r}")
        if key == self._current:
            return
        self._current = key
        self.rename()
        self.update()

    def _choose(self, key: str) -> None:
        if key != self._current:
            self.set_current(key)
            self.chosen.emit(key)

    def _shown(self) -> str:
        return next((said(words) for key, words in self._options if key == self._current), "")

    def rename(self) -> None:
        self.setAccessibleName(f"{look.say(self._name)}: {self._shown()}" if self._name else self._shown())

    def open(self) -> QMenu:
        """Open the list below; returns it."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setMinimumWidth(self.width())
        for key, words in self._options:
            action = QAction(said(words).replace("&", "&&"), menu)
            font = look.font("body", 700 if key == self._current else 400)
            action.setFont(font)
            action.triggered.connect(lambda _=False, key=key: self._choose(key))
            menu.addAction(action)
            if key == self._current:
                menu.setActiveAction(action)
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + look.px(4))))
        return menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = [key for key, _ in self._options]
        move = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if move is not None and keys:
            index = keys.index(self._current) if self._current in keys else 0
            self._choose(keys[max(0, min(index + move, len(keys) - 1))])
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        font = look.font("body")
        widest = max((text_width(said(words), font) for _, words in self._options), default=0)
        width = widest + look.px(12 + 8 + 16 + 10) if self._width is None else look.px(self._width)
        return QSize(math.ceil(width), look.px(32))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), look.px(80)), look.px(32))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill = look.colour("surface")
        if self.isDown() or self.underMouse():
            fill = mixed(fill, look.colour("ink"), 0.05)
        rect = QRectF(self.rect())
        rounded(painter, rect, look.px(8), fill, look.colour("line"))
        ink = look.colour("ink" if self.isEnabled() else "ink3")
        draw_text(painter, self._shown(), look.font("body"), ink, look.px(12), rect.center().y(), width=rect.width() - look.px(40))
        side = look.px(16)
        draw_icon(painter, "down", QRectF(rect.right() - side - look.px(10), rect.center().y() - side / 2, side, side), look.colour("ink2"), 2.2)


class Slider(Control):
    """Label left, line with a round handle, value right. ``changed(float)`` while the user moves it, ``released(float)`` after.

    ``step``: values snap to it; ``log``: the line is logarithmic (``low`` > 0); ``format``: how the value is written;
    ``label_width``, ``value_width``: px of the columns, so that sliders under each other align; ``stacked``: the line below the words;
    ``stops``: a dot at each step, where there is room.
    """

    changed = Signal(float)
    released = Signal(float)

    def __init__(
        self,
        label: Words,
        low: float,
        high: float,
        value: float,
        step: float | None = None,
        log: bool = False,
        format: Callable[[float], str] | None = None,
        *,
        label_width: int = 82,
        value_width: int = 52,
        stacked: bool = False,
        stops: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        if not low < high or (log and low <= 0):
            raise ValueError(f"slider from {low} to {high}")
        super().__init__(parent, focus=True)
        self._label = label
        self.low, self.high, self.step, self.log = float(low), float(high), step, log
        self._format = format or self._plain
        self._label_width, self._value_width, self._stacked, self._stops = label_width, value_width, stacked, stops
        self._value = self._snapped(float(value))
        self._dragging = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.restyle()

    @property
    def value(self) -> float:
        """Where it stands."""
        return self._value

    @property
    def value_text(self) -> str:
        """The value as it is written."""
        return self._format(self._value)

    @property
    def dragging(self) -> bool:
        """Whether the user holds the handle (then do not set the value from elsewhere)."""
        return self._dragging

    def set_value(self, value: float) -> None:
        """Move it without a signal; values outside go to the nearer end."""
        value = self._snapped(value)
        if value != self._value:
            self._value = value
            self.restyle()
            self.update()

    def set_range(self, low: float, high: float) -> None:
        """Change the ends; the value follows."""
        if not low < high or (self.log and low <= 0):
            raise ValueError(f"slider from {low} to {high}")
        self.low, self.high = float(low), float(high)
        self._value = self._snapped(self._value)
        self.update()

    def _plain(self, value: float) -> str:
        if self.step is not None and self.step >= 1:
            return f"{value:,.0f}".replace("-", "−")
        if self.step is not None:
            digits = max(0, min(6, -math.floor(math.log10(self.step) + 1e-9)))
            return f"{value:.{digits}f}".replace("-", "−")
        return short(value)

    def _snapped(self, value: float) -> float:
        if self.step:
            value = self.low + round((value - self.low) / self.step) * self.step
            value = round(value, 10)
        return max(self.low, min(self.high, value))

    def _share(self) -> float:
        if self.log:
            return math.log(self._value / self.low) / math.log(self.high / self.low)
        return (self._value - self.low) / (self.high - self.low)

    def _from_share(self, share: float) -> float:
        share = max(0.0, min(1.0, share))
        return self.low * (self.high / self.low) ** share if self.log else self.low + share * (self.high - self.low)

    def _user_sets(self, value: float) -> None:
        value = self._snapped(value)
        if value != self._value:
            self._value = value
            self.restyle()
            self.update()
            self.changed.emit(value)

    def restyle(self) -> None:
        self.setAccessibleName(said(self._label))
        self.setAccessibleDescription(self.value_text)

    def sizeHint(self) -> QSize:
        return QSize(look.px(280 if not self._stacked else 200), look.px(46 if self._stacked else 30))

    def minimumSizeHint(self) -> QSize:
        return QSize(look.px(self._label_width + self._value_width + 60) if not self._stacked else look.px(120), self.sizeHint().height())

    def groove(self) -> QRectF:
        """Where the middle of the handle can be."""
        handle = look.px(8)
        if self._stacked:
            return QRectF(handle, self.height() - look.px(14), self.width() - 2 * handle, 0)
        left, right = look.px(self._label_width), look.px(self._value_width)
        return QRectF(left + handle, self.height() / 2, max(1.0, self.width() - left - right - 2 * handle), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        groove, radius, thick = self.groove(), look.px(7), look.px(4)
        words_middle = look.px(11) if self._stacked else self.height() / 2
        colour = self.accent if self.isEnabled() else look.colour("line2")
        ink = look.colour("ink" if self.isEnabled() else "ink3")
        room = self.width() - look.px(self._value_width) if self._stacked else look.px(self._label_width - 6)
        draw_text(painter, said(self._label), look.font("body"), look.colour("ink2" if self.isEnabled() else "ink3"), 0, words_middle, width=room)
        draw_text(painter, self.value_text, look.font("body", 700), ink, self.width(), words_middle, "right")
        y, x = groove.y(), groove.x() + groove.width() * self._share()
        painter.setPen(Qt.PenStyle.NoPen)
        full = QRectF(groove.x() - radius, y - thick / 2, groove.width() + 2 * radius, thick)
        painter.setBrush(look.colour("line2"))
        painter.drawRoundedRect(full, thick / 2, thick / 2)
        painter.setBrush(colour)
        painter.drawRoundedRect(QRectF(full.x(), full.y(), x - full.x(), thick), thick / 2, thick / 2)
        steps = round((self.high - self.low) / self.step) if self._stops and self.step else 0
        if 0 < steps * look.px(7) <= groove.width() and self.isEnabled():
            for k in range(steps + 1):
                at = groove.x() + groove.width() * k / steps
                painter.setBrush(colour if at <= x else look.colour("ink3"))
                painter.drawEllipse(QPointF(at, y), look.px(3), look.px(3))
            painter.setBrush(colour)
        grown = radius + (look.px(1) if self.hovering or self._dragging else 0)
        painter.drawEllipse(QPointF(x, y), grown, grown)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or event.position().x() < self.groove().x() - look.px(12):
            event.ignore()
            return
        self._dragging = True
        self._follow(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            self._follow(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            self._dragging = False
            self.released.emit(self._value)
            self.update()

    def _follow(self, event: QMouseEvent) -> None:
        groove = self.groove()
        self._user_sets(self._from_share((event.position().x() - groove.x()) / groove.width()))

    def _nudge(self, steps: float) -> None:
        before = self._value
        if self.log:
            value = self._from_share(self._share() + steps / 50)
            if self.step and abs(self._snapped(value) - before) < self.step / 2:
                value = before + math.copysign(self.step, steps)
        else:
            value = before + steps * (self.step or (self.high - self.low) / 50)
        self._user_sets(value)
        if self._value != before:
            self.released.emit(self._value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10,
        }.get(Qt.Key(event.key()))  # fmt: skip
        if steps is not None:
            self._nudge(steps)
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._user_sets(self.low if event.key() == Qt.Key.Key_Home else self.high)
            self.released.emit(self._value)
        else:
            event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus() and event.angleDelta().y():
            self._nudge(math.copysign(1, event.angleDelta().y()))
        else:
            event.ignore()


VERDICT_WORDS: dict[Judgement | None, Text] = {
    "holds": Text("成り立つ", "holds"),
    "caveat": Text("条件つき", "with a caveat"),
    "fails": Text("成り立たない", "does not hold"),
    "undecided": Text("まだ決まらない", "not decided yet"),
    None: Text("未測定", "not measured"),
}
_CHIP: dict[Judgement | None, tuple[Token, Token, str]] = {
    "holds": ("ok", "ok_tint", "check"),
    "caveat": ("caveat", "caveat_tint", "wave"),
    "fails": ("no", "no_tint", "cross"),
    "undecided": ("idle", "idle_tint", "more"),
    None: ("idle", "idle_tint", "ring"),
}


class Chip(Control):
    """A verdict in a rounded chip: icon, word, and after a dot the number that decided, as in ``holds · +12.7``."""

    def __init__(self, judgement: Judgement | None = None, text: Words | None = None, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._judgement = judgement
        self._detail = text
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.restyle()

    def set_verdict(self, judgement: Judgement | None, text: Words | None = None) -> None:
        """Show another verdict (None: not measured)."""
        self._judgement, self._detail = judgement, text
        self._look_changed()

    @property
    def words(self) -> str:
        """What stands on the chip."""
        word = look.say(VERDICT_WORDS[self._judgement])
        return f"{word} · {said(self._detail)}" if self._detail else word

    def restyle(self) -> None:
        self.setAccessibleName(self.words)

    def sizeHint(self) -> QSize:
        return QSize(math.ceil(text_width(self.words, look.font("body", 700))) + look.px(8 + 14 + 5 + 11), look.px(26))

    def minimumSizeHint(self) -> QSize:
        return QSize(look.px(60), look.px(26))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ink, tint, icon = _CHIP[self._judgement]
        rect = QRectF(self.rect())
        rounded(painter, rect, rect.height() / 2, look.colour(tint))
        side = look.px(14)
        draw_icon(painter, icon, QRectF(look.px(8), rect.center().y() - side / 2, side, side), look.colour(ink), 3.2)
        left = look.px(8 + 14 + 5)
        draw_text(painter, self.words, look.font("body", 700), look.colour(ink), left, rect.center().y(), width=rect.width() - left - look.px(8))


class Bar(Control):
    """A thin bar of progress. ``None``: how far is unknown; then a part of it wanders (stands in the middle under reduced motion)."""

    def __init__(self, fraction: float | None = 0.0, *, height: int = 6, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fraction = fraction
        self._height = height
        self._phase = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(33)
        self._timer.timeout.connect(self._wander)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._start_or_stop()

    @property
    def fraction(self) -> float | None:
        """How far, 0–1, or None."""
        return self._fraction

    def set_fraction(self, fraction: float | None) -> None:
        """Show how far it is, 0–1, or None."""
        self._fraction = None if fraction is None else max(0.0, min(1.0, fraction))
        self._start_or_stop()
        self.update()

    def _start_or_stop(self) -> None:
        if self._fraction is None and self.isVisible() and not look.reduced_motion:
            self._timer.start()
        else:
            self._timer.stop()

    def restyle(self) -> None:
        self._start_or_stop()

    def showEvent(self, event: object) -> None:
        self._start_or_stop()

    def hideEvent(self, event: object) -> None:
        self._timer.stop()

    def _wander(self) -> None:
        self._phase = (self._phase + 0.012) % 1.0
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(look.px(160), look.px(self._height))

    def minimumSizeHint(self) -> QSize:
        return QSize(look.px(24), look.px(self._height))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        height = min(self.height(), look.px(self._height))
        full = QRectF(0, (self.height() - height) / 2, self.width(), height)
        if self._fraction is None:
            rounded(painter, full, height / 2, look.colour("line"))
            width = full.width() * 0.3
            left = (full.width() - width) / 2 * (1 - math.cos(2 * math.pi * self._phase)) if not look.reduced_motion else (full.width() - width) / 2
            rounded(painter, QRectF(full.x() + left, full.y(), width, height), height / 2, self.accent)
        else:
            draw_bar(painter, full, self._fraction, self.accent)


def draw_bar(painter: QPainter, rect: QRectF, fraction: float, colour: QColor) -> None:
    """A thin bar, filled from the left; anything above zero shows at least a dot."""
    radius = rect.height() / 2
    rounded(painter, rect, radius, look.colour("line"))
    if fraction > 0:
        width = max(rect.height() / 3, rect.width() * min(1.0, fraction))
        rounded(painter, QRectF(rect.x(), rect.y(), width, rect.height()), min(radius, width / 2), colour)


class Legend(Control):
    """What the colours mean: a viridis or signed bar between its two ends, or swatches of classes.

    ``before``: words in front; ``also``: a swatch at the end, such as "? not visited".
    """

    def __init__(
        self,
        kind: Literal["viridis", "signed", "classes"] = "viridis",
        low: str = "0",
        high: str = "1",
        *,
        names: Sequence[Words] = (),
        before: Words | None = None,
        also: Words | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.kind = kind
        self._low, self._high = low, high
        self._names = list(names)
        self._before, self._also = before, also
        self._width: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.restyle()

    def set_range(self, low: float | str, high: float | str, kind: Literal["viridis", "signed", "classes"] | None = None) -> None:
        """Write other ends, numbers in three digits."""
        wanted = (low if isinstance(low, str) else short(low), high if isinstance(high, str) else short(high), kind or self.kind)
        if wanted != (self._low, self._high, self.kind):
            self._low, self._high, self.kind = wanted
            self._look_changed()

    def set_names(self, names: Sequence[Words]) -> None:
        """Name the classes."""
        self._names = list(names)
        self._look_changed()

    def set_before(self, words: Words | None) -> None:
        """Change the words in front."""
        self._before = words
        self._look_changed()

    def restyle(self) -> None:
        self._width = None
        parts = [said(n) for n in self._names] if self.kind == "classes" else [self._low, self._high]
        self.setAccessibleName(" ".join(part for part in (said(self._before or ""), *parts, said(self._also or "")) if part))

    def sizeHint(self) -> QSize:
        if self._width is None:
            probe = QImage(1, 1, QImage.Format.Format_RGB32)
            painter = QPainter(probe)
            self._width = math.ceil(self._lay(painter, 0))
            painter.end()
        return QSize(self._width, look.px(20))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _lay(self, painter: QPainter, x: float) -> float:
        font, ink, middle = look.font("label"), look.colour("ink2"), max(1, self.height()) / 2
        gap, start = look.px(8), x
        if self.kind == "classes":
            for i, name in enumerate(self._names):
                side = look.px(11)
                rounded(painter, QRectF(x, middle - side / 2, side, side), look.px(2), look.class_colour(i))
                x += side + look.px(6)
                x += draw_text(painter, said(name), font, ink, x, middle) + look.px(14)
            x -= look.px(14)
        else:
            words = f"{said(self._before)} {self._low}" if self._before else self._low
            x += draw_text(painter, words, font, ink, x, middle) + gap
            bar = QRectF(x, middle - look.px(4), look.px(96), look.px(8))
            draw_scale(painter, bar, self.kind == "signed")
            x = bar.right() + gap
            x += draw_text(painter, self._high, font, ink, x, middle)
        if self._also:
            side = look.px(14)
            x += look.px(24)
            rounded(painter, QRectF(x, middle - side / 2, side, side), look.px(3), look.colour("surface"), look.colour("line"))
            x += side + gap
            x += draw_text(painter, said(self._also), font, ink, x, middle)
        return x - start

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._lay(painter, 0)


def draw_scale(painter: QPainter, rect: QRectF, signed: bool) -> None:
    """The colour scale as a small bar."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    fill_rounded_image(painter, _scale(signed, look.dark), rect, look.px(2))
    painter.restore()


@functools.lru_cache(maxsize=4)
def _scale(signed: bool, _dark: bool) -> QImage:
    """The colours of a scale from end to end, 128 × 4; in the theme of the window."""
    ramp = np.linspace(-1, 1, 128) if signed else np.linspace(0, 1, 128)
    strip = look.signed(ramp) if signed else look.viridis(ramp)
    return to_image(np.repeat(strip[None], 4, axis=0))


class Switch(_Pressable):
    """On or off, with its label. Signal ``toggled(bool)``."""

    def __init__(self, label: Words, on: bool = False, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = label
        self.setCheckable(True)
        self.setChecked(on)
        self.rename()

    def rename(self) -> None:
        self.setAccessibleName(said(self._words))

    def sizeHint(self) -> QSize:
        return QSize(look.px(34 + 10) + math.ceil(text_width(said(self._words), look.font("body"))), look.px(32))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height, width = look.px(20), look.px(34)
        track = QRectF(0, (self.height() - height) / 2, width, height)
        on, enabled = self.isChecked(), self.isEnabled()
        fill = self.accent if on else mixed(look.colour("line2"), look.colour("ink3"), 0.25)
        rounded(painter, track, height / 2, fill if enabled else look.colour("line"))
        knob = height / 2 - look.px(3)
        x = track.right() - height / 2 if on else track.x() + height / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.on_accent() if on else look.colour("surface"))
        painter.drawEllipse(QPointF(x, track.center().y()), knob, knob)
        draw_text(painter, said(self._words), look.font("body"), look.colour("ink" if enabled else "ink3"), width + look.px(10), self.height() / 2)


class Field(QLineEdit):
    """One line to type in, 44 high. Styled by the theme; ``placeholder`` in both languages. Signals of QLineEdit."""

    def __init__(self, placeholder: Text | None = None, text: str = "", *, name: Text | None = None, height: int = 44, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.own_chapter: int | None = None
        self._placeholder, self._name, self._tall = placeholder, name, height
        look.changed.connect(self._renew)
        self._renew()

    def _renew(self) -> None:
        if self._placeholder is not None:
            self.setPlaceholderText(look.say(self._placeholder))
        name = self._name or self._placeholder
        if name is not None:
            self.setAccessibleName(look.say(name))
        self.setFont(look.font("state" if self._tall >= 44 else "body", 400))
        self.setFixedHeight(look.px(self._tall))


StateKind = Literal["empty", "loading", "failed", "cancelled", "missing"]
Action = tuple[str, Words, Literal["filled", "tint", "plain"], str | None]


class _StateArt(Control):
    """The picture of a state, 118 high: drop zone, maps appearing, what failed, an unfinished line, a picture seen through fog."""

    clicked = Signal()

    def __init__(self, kind: StateKind, icon: str, image: NDArray[Any] | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind: StateKind = kind
        self.icon = icon
        self.image = image
        self.fraction: float | None = None
        self.dragging = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(look.px(342), look.px(118 if self.kind != "loading" else 125))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.kind == "empty":
            self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        getattr(self, f"_paint_{self.kind}")(painter, rect)

    def _paint_empty(self, painter: QPainter, rect: QRectF) -> None:
        accent, width = self.accent, look.line(2.0)
        if self.dragging:
            rounded(painter, rect, look.px(12), tint_of(self))
        style = QPen(accent if self.dragging or self.hovering else look.colour("line2"), width)
        style.setDashPattern([4, 3])
        painter.setPen(style)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect.adjusted(width, width, -width, -width), look.px(12), look.px(12))
        side = look.px(68)
        draw_icon(painter, self.icon, QRectF(rect.center().x() - side / 2, rect.center().y() - side / 2, side, side), accent, 1.1)

    def _paint_loading(self, painter: QPainter, rect: QRectF) -> None:
        if self.image is not None and self.image.ndim == 3:
            maps = self.image
        else:
            maps = np.zeros((0, 1, 1))
        gap, columns, rows = look.px(4), 8, 3
        side = min((rect.width() - gap * (columns - 1)) / columns, (rect.height() - gap * (rows - 1)) / rows)
        columns = max(columns, int((rect.width() + gap) // (side + gap)))
        for k in range(columns * rows):
            r, c = divmod(k, columns)
            place = QRectF(c * (side + gap), r * (side + gap), side, side)
            if k < len(maps):
                one = maps[k]
                high = float(np.max(np.abs(one))) or 1.0
                pixels = look.viridis(np.clip(one / high, 0, 1))
                draw_crisp(painter, pixels, place.x(), place.y(), side / max(one.shape))
            else:
                done = self.fraction is not None and k < self.fraction * columns * rows
                rounded(painter, place, look.px(3), tint_of(self) if done else look.colour("sunken"))

    def _paint_failed(self, painter: QPainter, rect: QRectF) -> None:
        rounded(painter, rect, look.px(12), look.colour("no_tint"))
        side = look.px(96)
        draw_icon(painter, self.icon, QRectF(rect.center().x() - side / 2, rect.center().y() - side / 2, side, side), look.colour("no"), 0.9)

    def _paint_cancelled(self, painter: QPainter, rect: QRectF) -> None:
        for share in (0.4, 0.85):
            painter.fillRect(QRectF(rect.x() + look.px(30), rect.y() + rect.height() * share, rect.width() - look.px(30), 1), look.colour("line"))
        xs = [rect.x() + rect.width() * s for s in (0.1, 0.275, 0.45, 0.96)]
        ys = [rect.y() + rect.height() * s for s in (0.68, 0.5, 0.38, 0.14)]
        colour = self.accent
        painter.setPen(pen(colour, look.line(2.2)))
        for k in range(2):
            painter.drawLine(QPointF(xs[k], ys[k]), QPointF(xs[k + 1], ys[k + 1]))
        dotted = QPen(look.colour("line2"), look.line(2.2))
        dotted.setDashPattern([2, 2.5])
        painter.setPen(dotted)
        painter.drawLine(QPointF(xs[2], ys[2]), QPointF(xs[3], ys[3]))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        for k in range(3):
            painter.drawEllipse(QPointF(xs[k], ys[k]), look.px(4), look.px(4))

    def _paint_missing(self, painter: QPainter, rect: QRectF) -> None:
        if self.image is not None and self.image.ndim == 3:
            grey = (self.image[..., :3].astype(np.float32) @ np.array([0.299, 0.587, 0.114], dtype=np.float32) * 0.72 + 20).astype(np.uint8)
            height, width = grey.shape
            share = rect.height() / rect.width()
            tall = min(height, max(1, round(width * share)))
            top = (height - tall) // 2
            draw_smooth(painter, to_image(np.repeat(grey[top : top + tall, :, None], 3, axis=2)), rect, look.px(12))
        else:
            rounded(painter, rect, look.px(12), look.colour("line2"))
        dashed = QPen(QColor(255, 255, 255), look.line(2.4))
        dashed.setDashPattern([3.2, 2.4])
        painter.setPen(dashed)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        width, height = rect.width() * 0.53, rect.height() * 0.88
        painter.drawRoundedRect(QRectF(rect.center().x() - width / 2, rect.center().y() - height / 2, width, height), look.px(3), look.px(3))


class Thumbnail(_Pressable):
    """A small picture to click, such as a sample; the chosen one has a ring of accent. Signal ``clicked``. ``icon``: drawn in its place until there
    is another picture."""

    def __init__(self, pixels: NDArray[Any], name: Words, side: int = 36, *, edge: int = 4, icon: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._edge = edge
        self._layer = Layer()
        self.set_pixels(pixels)
        self.sign = icon
        self._words = name
        self._side = side
        self.chosen = False
        self.rename()

    def set_pixels(self, pixels: NDArray[Any]) -> None:
        """Show another picture, (height, width, 3) uint8: the square in its middle."""
        height, width = pixels.shape[:2]
        cut = min(height, width)
        top, left = (height - cut) // 2, (width - cut) // 2
        self.pixels, self.sign = pixels, ""
        self._image = to_image(pixels[top : top + cut, left : left + cut, :3])
        self._layer.drop()
        self.update()

    def set_chosen(self, chosen: bool) -> None:
        """Show that this is the one on the stage."""
        if chosen != self.chosen:
            self.chosen = chosen
            self.update()

    def rename(self) -> None:
        self.setToolTip(said(self._words))
        self.setAccessibleName(said(self._words))

    def sizeHint(self) -> QSize:
        return QSize(look.px(self._side + 2 * self._edge), look.px(self._side + 2 * self._edge))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        rect = QRectF(self.rect())
        edge = look.px(self._edge)
        place = rect.adjusted(edge, edge, -edge, -edge)
        if self.sign:
            rounded(painter, place, look.px(6), look.colour("sunken"), None)
            side = place.width() / 2
            draw_icon(painter, self.sign, QRectF(place.center().x() - side / 2, place.center().y() - side / 2, side, side), look.colour("ink2"), 2.2)
        else:
            self._layer.draw(painter, rect, edge, lambda own: draw_smooth(own, self._image, place, look.px(6)))
        if self.chosen:
            rounded(painter, rect, look.px(9), None, self.accent, look.line(2))
        elif self.underMouse():
            rounded(painter, rect, look.px(9), None, look.colour("line2"), look.line(2))


class StateCard(Control):
    """A state with the next thing to do: picture, title, a sentence, then progress, samples or buttons.

    ``acted(key)``: a button, icon, sample or the drop zone (key ``"open"``) was used; ``dropped(object)``: what was dropped, a list of
    paths or a (height, width, 3) uint8 array. ``actions``: (key, words, kind, icon or None); ``icons``: (key, icon, tip);
    ``samples``: (key, pixels, name); ``image``: pixels seen through fog for ``missing``, maps so far for ``loading``.
    """

    acted = Signal(str)
    dropped = Signal(object)

    def __init__(
        self,
        kind: StateKind,
        title: Words,
        body: Words | None = None,
        *,
        actions: Sequence[Action] = (),
        icons: Sequence[tuple[str, str, Text]] = (),
        samples: Sequence[tuple[str, NDArray[Any], Words]] = (),
        image: NDArray[Any] | None = None,
        icon: str | None = None,
        art: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.kind: StateKind = kind
        defaults = {"empty": "drop", "failed": "picture-off"}
        self.art = art or _StateArt(kind, icon or defaults.get(kind, "ring"), image)
        self.title = Label(title, "state", wrap=True)
        self.body = Label(body or "", "value", "ink2", weight=400, wrap=True)
        self.body.setVisible(bool(body))
        self.bar = Bar(None, height=8)
        self.share = Label("", "value", weight=700)
        self.left = Label("", "value", "ink2", weight=400)
        self.buttons: dict[str, QAbstractButton] = {}
        self._column = QVBoxLayout(self)
        self._column.setSpacing(0)
        self._column.addWidget(self.art)
        self._gaps: list[tuple[int, int]] = []
        self._gap(20)
        self._column.addWidget(self.title)
        self._gap(2)
        self._column.addWidget(self.body)
        if kind == "loading":
            self._gap(16)
            self._column.addWidget(self.bar)
        row = QHBoxLayout()
        self._row = row
        if kind == "loading":
            row.addWidget(self.share)
            row.addWidget(self.left)
            row.addStretch(1)
        for key, pixels, name in samples:
            small = Thumbnail(pixels, name, 64, edge=0)
            small.clicked.connect(lambda _=False, key=key: self.acted.emit(key))
            self.buttons[key] = small
            row.addWidget(small)
        for key, words, look_of, symbol in actions:
            button = Button(words, look_of, symbol)
            button.clicked.connect(lambda _=False, key=key: self.acted.emit(key))
            self.buttons[key] = button
            row.addWidget(button)
        if icons:
            row.addStretch(1)
        for key, symbol, tip in icons:
            small_button = IconButton(symbol, tip, flat=True)
            small_button.clicked.connect(lambda _=False, key=key: self.acted.emit(key))
            self.buttons[key] = small_button
            row.addWidget(small_button)
        if not icons and kind != "loading":
            row.addStretch(1)
        self._gap(16 if kind != "failed" else 22)
        self._column.addLayout(row)
        self._column.addStretch(1)
        if kind == "empty":
            self.setAcceptDrops(True)
            if isinstance(self.art, _StateArt):
                self.art.setCursor(Qt.CursorShape.PointingHandCursor)
                self.art.clicked.connect(lambda: self.acted.emit("open"))
        self.setAccessibleName(said(title))
        self.restyle()

    def _gap(self, size: int) -> None:
        self._column.addSpacing(look.px(size))
        self._gaps.append((self._column.count() - 1, size))

    def set_title(self, title: Words, body: Words | None = None) -> None:
        """Say something else."""
        self.title.set_text(title)
        self.body.set_text(body or "")
        self.body.setVisible(bool(body))
        self.setAccessibleName(said(title))

    def set_progress(self, fraction: float | None, seconds_left: float | None = None, words: Words | None = None) -> None:
        """Show how far the work is (``loading``), and in words what is done now."""
        if words is not None:
            self.body.set_text(words)
            self.body.show()
        self.bar.set_fraction(fraction)
        self.share.set_text("" if fraction is None else f"{fraction * 100:.0f} %")
        self.left.set_text(time_left(seconds_left) or "")
        if isinstance(self.art, _StateArt):
            self.art.fraction = fraction
            self.art.update()

    def set_maps(self, maps: NDArray[Any]) -> None:
        """Show the maps there are so far (``loading``): (count, height, width)."""
        if isinstance(self.art, _StateArt):
            self.art.image = maps
            self.art.update()

    def restyle(self) -> None:
        self.setMaximumSize(look.px(460), look.px(380))
        margin = look.px(26)
        self._column.setContentsMargins(margin, look.px(24), margin, look.px(20))
        self._row.setSpacing(look.px(10 if self.kind != "loading" else 12))
        for index, size in self._gaps:
            item = self._column.itemAt(index)
            if item is not None and (space := item.spacerItem()) is not None:
                space.changeSize(0, look.px(size))
        self._column.invalidate()

    def sizeHint(self) -> QSize:
        width = look.px(394)
        layout_height = self._column.heightForWidth(width)
        return QSize(width, max(self._column.sizeHint().height(), layout_height))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._column.heightForWidth(width)

    def paintEvent(self, event: QPaintEvent) -> None:
        rounded(QPainter(self), QRectF(self.rect()), look.px(12), look.colour("surface"))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if can_take(event):
            event.acceptProposedAction()
            self._show_drag(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._show_drag(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._show_drag(False)
        what = taken(event)
        if what is not None:
            event.acceptProposedAction()
            self.dropped.emit(what)

    def _show_drag(self, on: bool) -> None:
        if isinstance(self.art, _StateArt):
            self.art.dragging = on
            self.art.update()


def can_take(event: QDropEvent) -> bool:
    """Whether a drag carries files, a picture or text."""
    mime = event.mimeData()
    return mime.hasUrls() or mime.hasImage() or mime.hasText()


def taken(event: QDropEvent) -> list[Path] | NDArray[np.uint8] | str | None:
    """What was dropped: paths of local files, the pixels of a picture (height, width, 3), text, or None."""
    mime = event.mimeData()
    paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
    if paths:
        return paths
    if mime.hasImage():
        image = mime.imageData()
        if isinstance(image, QImage) and not image.isNull():
            return pixels_of(image)
    return mime.text() if mime.hasText() and mime.text() else None


def pixels_of(image: QImage) -> NDArray[np.uint8]:
    """(height, width, 3) uint8 of a QImage, transparency over white."""
    flat = QImage(image.size(), QImage.Format.Format_RGB888)
    flat.setDevicePixelRatio(image.devicePixelRatio())
    flat.fill(QColor(255, 255, 255))
    painter = QPainter(flat)
    painter.drawImage(0, 0, image)
    painter.end()
    height, width, stride = flat.height(), flat.width(), flat.bytesPerLine()
    raw = np.frombuffer(flat.constBits(), dtype=np.uint8, count=stride * height).reshape(height, stride)
    return raw[:, : width * 3].reshape(height, width, 3).copy()


__all__ = [
    "VERDICT_WORDS", "Bar", "Button", "Chip", "Choice", "Control", "Field", "IconButton", "Label", "Legend", "Menu", "Slider", "StateCard",
    "Switch", "Tabs", "Thumbnail", "about_time", "can_take", "draw_bar", "draw_scale", "pixels_of", "said", "taken", "time_left",
]  # fmt: skip
