"""Small pictures in a grid, each with two lines below it, of which one is chosen: a picture's crops, or its heats at several levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from explorer.results.base import write_csv
from explorer.window.look import look
from explorer.window.views.controls import Words, said
from explorer.window.views.drawing import colours, draw_smooth, draw_text, fitted, rounded, text_width, to_image
from explorer.window.views.view import View
from explorer.words import Text

GAP, LEAST = 10, 12


@dataclass(frozen=True, eq=False)
class Tile:
    """``pixels``: (height, width, 3) uint8; ``title`` and ``caption``: what is written below it; ``colour``: of its mark, or empty."""

    pixels: NDArray[Any]
    title: Words = ""
    caption: Words = ""
    colour: str = ""


def heated(pixels: NDArray[Any], heat: NDArray[Any], opacity: float = 0.75, high: float | None = None) -> NDArray[np.uint8]:
    """A picture (height, width, 3) with a heat (height, width) over it. ``high``: the value that is brightest; by default its own largest."""
    high = high or float(np.max(np.abs(heat), initial=0.0)) or 1.0
    over = colours(heat, 0.0, high, False).astype(np.float32)
    return np.rint(pixels * (1 - opacity) + over * opacity).astype(np.uint8)


class TilesView(View):
    """``chosen(index)``: a tile by click or arrow keys; the chosen one again, or Escape: −1 where ``may_be_none``."""

    chosen = Signal(int)
    interactive = True

    def __init__(self, parent: QWidget | None = None, *, chapter: int | None = None, name: Text, lines: int = 2, may_be_none: bool = True) -> None:
        super().__init__(parent, chapter=chapter, name=name)
        self.tiles: tuple[Tile, ...] = ()
        self.current = -1
        self.lines = lines
        self.may_be_none = may_be_none
        self._images: list[QImage] = []
        self._over = -1
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_tiles(self, tiles: Sequence[Tile]) -> None:
        """Show these; the one chosen stays so, if there are as many."""
        known = {id(tile.pixels): image for tile, image in zip(self.tiles, self._images, strict=True)}
        if len(tiles) != len(self.tiles):
            self.current = -1 if self.may_be_none else min(self.current, len(tiles) - 1)
        self._images = [known.get(id(tile.pixels)) or to_image(tile.pixels) for tile in tiles]
        self.tiles = tuple(tiles)
        self.result_changed.emit()
        self.update()

    def set_lines(self, lines: int) -> None:
        """How many lines are written below each: 0, 1 or 2."""
        self.lines = lines
        self.update()

    def set_current(self, index: int) -> None:
        """Choose one without a signal; −1: none."""
        self.current = index
        self.update()

    def has_content(self) -> bool:
        return bool(self.tiles)

    def to_csv(self) -> str:
        return write_csv(("number", "title", "caption"), ((i, said(one.title), said(one.caption)) for i, one in enumerate(self.tiles)))

    def sizeHint(self) -> QSize:
        return QSize(look.px(330), look.px(280))

    def minimumSizeHint(self) -> QSize:
        return QSize(look.px(120), look.px(60))

    # where the tiles lie

    def _written(self) -> int:
        """Height in px of what is written below a tile."""
        return self.lines * look.px(17) + (look.px(3) if self.lines else 0)

    def layout_of(self, rect: QRectF) -> list[QRectF]:
        """The rectangle of each tile's picture: as large as all fit."""
        count = len(self.tiles)
        if not count:
            return []
        shape = max((image.width() / image.height() for image in self._images), default=1.0)
        gap, below, words = look.px(GAP), self._written(), self._words_width()
        best, across, pitch = 0.0, 1, 0.0
        value = 0.0
        for columns in range(1, count + 1):
            rows = -(-count // columns)
            wide = (rect.width() - (columns - 1) * gap) / columns
            high = (rect.height() - (rows - 1) * gap) / rows - below
            side = min(wide, high * shape)
            worth = side * min(1.0, wide / words)  # less where the words are cut
            if worth > value + 0.5:
                value, best, across, pitch = worth, side, columns, max(side, min(words, wide)) + gap
        width, height = max(8.0, best), max(8.0, best / shape)
        pitch = max(pitch, width + gap)
        places = []
        for index in range(count):
            row, column = divmod(index, across)
            places.append(QRectF(rect.x() + column * pitch, rect.y() + row * (height + below + gap), width, height))
        return places

    def _words_width(self) -> float:
        """Width in px of the longest line below a tile."""
        bold, plain, mark = look.font("caption", 700), look.font("caption", 400), look.px(15)
        lines = [(text_width(said(one.title), bold) + (mark if one.colour else 0), text_width(said(one.caption), plain)) for one in self.tiles] if self.lines else []
        return max(1.0, *(max(line[: self.lines]) for line in lines)) if lines else 1.0

    # painting

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        inset = look.px(3)
        places = self.layout_of(rect.adjusted(inset, inset, -inset, -inset))
        starts = sorted({place.x() for place in places})
        room = starts[1] - starts[0] - look.px(GAP) if len(starts) > 1 else rect.width()
        if places and places[0].width() < look.px(LEAST):  # there is no room for any
            return
        for index, (tile, image, place) in enumerate(zip(self.tiles, self._images, places, strict=True)):
            where = fitted((image.width(), image.height()), place)
            draw_smooth(painter, image, where, look.px(3))
            if index == self.current or index == self._over:
                ink = self.accent if index == self.current else look.colour("ink3")
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(ink, look.line(2.5 if index == self.current else 1)))
                painter.drawRoundedRect(where.adjusted(-1, -1, 1, 1), look.px(4), look.px(4))
            left, middle = place.x(), place.bottom() + look.px(11)
            if self.lines and tile.colour:
                side = look.px(10)
                rounded(painter, QRectF(left, middle - side / 2, side, side), look.px(2), QColor(tile.colour))
                left += side + look.px(5)
            for line, (words, weight, ink_name) in enumerate(((tile.title, 700, "ink"), (tile.caption, 400, "ink2"))):
                if line < self.lines:
                    x = left if line == 0 else place.x()
                    font = look.font("caption", weight)
                    draw_text(painter, said(words), font, look.colour(ink_name), x, middle + line * look.px(17), width=place.x() + room - x)  # type: ignore[arg-type]

    # mouse and keys

    def at(self, position: QPointF) -> int:
        """The tile at a point of the widget, or −1."""
        inset = look.px(3)
        below = self._written()
        places = self.layout_of(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset))
        return next((index for index, place in enumerate(places) if place.adjusted(0, 0, 0, below).contains(position)), -1)

    def choose(self, index: int) -> None:
        """Choose one, as the user does."""
        if index == self.current and self.may_be_none:
            index = -1
        if index != self.current:
            self.current = index
            self.update()
            self.chosen.emit(index)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and index >= 0:
            self.choose(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self.at(event.position())
        if over != self._over:
            self._over = over
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._over = -1
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is not None and self.tiles:
            target = max(0, min(len(self.tiles) - 1, self.current + step))
            if target != self.current:
                self.choose(target)
        elif event.key() == Qt.Key.Key_Escape and self.current >= 0 and self.may_be_none:
            self.choose(self.current)
        else:
            event.ignore()
