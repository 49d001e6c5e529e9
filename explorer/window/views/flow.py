"""Cards in a row, joined by arrows, each with a small drawing. Knows no system, draws what it is given."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath
from PySide6.QtWidgets import QWidget

from explorer.results import Result, Scores
from explorer.results.base import write_csv
from explorer.window.look import look
from explorer.window.views.controls import Words, said
from explorer.window.views.drawing import (
    arrow,
    colour_of,
    digits_apart,
    draw_text,
    faded,
    pen,
    rounded,
    text_width,
)
from explorer.window.views.row import RowView
from explorer.words import Text


@dataclass(frozen=True, eq=False)
class Cells:
    """A small field of coloured cells. ``values``: (rows, columns); ``high``: the end of the scale (None: the largest)."""

    values: NDArray[Any]
    signed: bool = True
    high: float | None = None


@dataclass(frozen=True, eq=False)
class Circles:
    """Rows of coloured circles joined by arrows. ``values``: (rows, n); ``backward``: rows whose arrows point left."""

    values: NDArray[Any]
    signed: bool = True
    high: float | None = None
    backward: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Columns:
    """Upright bars. ``values``: (n,), not negative."""

    values: NDArray[Any]


@dataclass(frozen=True, eq=False)
class Big:
    """One large word or number and a line under it."""

    text: Words
    under: Words = ""


@dataclass(frozen=True, eq=False)
class Tiles:
    """Numbers on coloured tiles with a sign under each. ``values``: (n,); ``marked``: the tile that counts; scale ``low``–``high``."""

    values: NDArray[Any]
    unders: tuple[str, ...] = ()
    marked: int = -1
    low: float = 0.0
    high: float = 1.0
    signed: bool = False


@dataclass(frozen=True, eq=False)
class Drawn:
    """Any drawing: ``paint(painter, rect, accent)`` on a field ``width`` px wide."""

    paint: Callable[[QPainter, QRectF, QColor], None]
    width: int = 100


Content = Cells | Circles | Columns | Big | Tiles | Drawn | None


@dataclass(frozen=True, eq=False)
class Card:
    """One card of a flow: title, a small drawing, a caption. ``width``: px at 100 % (None: from the content)."""

    name: str
    title: Words
    content: Content = None
    caption: Words = ""
    width: int | None = None


@dataclass(frozen=True)
class Feedback:
    """An arrow back from one card to an earlier one, under the cards, with words on it. ``live``: false where nothing goes back now: a faint line."""

    source: str
    target: str
    text: Words = ""
    live: bool = True


class FlowView(RowView):
    """Cards joined by arrows, perhaps an arrow back, perhaps scores at the end. ``chosen(name)`` by click or left/right key."""

    def __init__(self, parent: QWidget | None = None, *, chapter: int | None = None, name: Text | None = None, height: int = 112) -> None:
        super().__init__(parent, chapter=chapter, name=name or Text("しくみの流れ", "How it flows"))
        self.card_height = height
        self._cards: list[Card] = []
        self._feedback: Feedback | None = None

    def has_content(self) -> bool:
        return bool(self._cards)

    def set_flow(self, cards: Sequence[Card], feedback: Feedback | None = None) -> None:
        """The cards in order. Keeps the selection where it still exists."""
        self._cards, self._feedback = list(cards), feedback
        if self._selected not in [c.name for c in cards]:
            self._selected = ""
        self.updateGeometry()
        self.update()

    def set_card(self, name: str, **changes: Any) -> None:
        """Change fields of one card (``content``, ``caption``, ``title``). Raises KeyError for an unknown name."""
        if name not in self.names():
            raise KeyError(name)
        self._cards = [replace(c, **changes) if c.name == name else c for c in self._cards]
        self.update()

    def set_feedback_text(self, text: Words) -> None:
        """Change the words on the arrow back."""
        if self._feedback is not None:
            self._feedback = replace(self._feedback, text=text)
            self.update()

    def set_result(self, result: Result) -> None:
        """``Scores`` go to the right end."""
        if not isinstance(result, Scores):
            raise TypeError(f"a flow takes Scores, not {type(result).__name__}")
        self.set_scores(result)
        super().set_result(result)

    def names(self) -> list[str]:
        """All cards in order."""
        return [c.name for c in self._cards]

    def to_csv(self) -> str:
        return write_csv(("card", "title", "caption"), ((c.name, _english(c.title), _english(c.caption)) for c in self._cards))

    def sizeHint(self) -> QSize:
        return QSize(look.px(762), look.px(self.card_height + (42 if self._feedback else 0)))

    def minimumSizeHint(self) -> QSize:
        return QSize(look.px(420), self.sizeHint().height())

    def _natural(self, card: Card) -> float:
        if card.width is not None:
            return look.px(card.width)
        content = card.content
        inner = text_width(said(card.title), look.font("body", 700))
        inner = max(inner, text_width(said(card.caption), look.font("label")) if card.caption else 0)
        if isinstance(content, Cells):
            inner = max(inner, look.px(13) * content.values.shape[1])
        elif isinstance(content, Circles):
            inner = max(inner, look.px(20) * content.values.shape[1])
        elif isinstance(content, Columns):
            inner = max(inner, look.px(13) * len(content.values))
        elif isinstance(content, Tiles):
            inner = max(inner, look.px(52) * len(content.values))
        elif isinstance(content, Big):
            inner = max(inner, text_width(said(content.text), look.font("state")), text_width(said(content.under), look.font("label")))
        elif isinstance(content, Drawn):
            inner = max(inner, look.px(content.width))
        return max(look.px(84), inner + 2 * look.px(13))

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        height = min(look.px(self.card_height), rect.height() - (look.px(42) if self._feedback else 0))
        right = rect.right()
        self._output_zones = []
        if self._scores is not None:
            right -= look.px(142)
            self._paint_score_rows(painter, QRectF(right, rect.y() + look.px(2), look.px(142), height), min(5, int(height // look.px(24))))
            right -= look.px(4)
        count = len(self._cards)
        joints = count if self._scores is not None else count - 1
        joint = float(look.px(30))
        widths = [self._natural(c) for c in self._cards]
        spare = right - rect.x() - sum(widths) - joints * joint
        if spare > 0:
            widths = [w + min(spare / count, w * 0.35) for w in widths]
        elif spare < 0:
            joint = max(look.px(16), joint + spare / max(1, joints))
            over = sum(widths) + joints * joint - (right - rect.x())
            widths = [w - over * w / sum(widths) for w in widths] if over > 0 else widths
        if joints:
            joint = (right - rect.x() - sum(widths)) / joints if self._scores is not None or spare <= 0 else min(look.px(60), (right - rect.x() - sum(widths)) / joints)
        self._zones = []
        x = rect.x()
        for i, (card, width) in enumerate(zip(self._cards, widths, strict=True)):
            place = QRectF(x, rect.y(), width, height)
            self._zones.append((place, card.name))
            self._paint_card(painter, card, place)
            x += width + joint
            if i < joints:
                middle, inset = place.center().y(), min(look.px(5), joint * 0.15)
                arrow(painter, QPointF(place.right() + inset, middle), QPointF(x - inset, middle), look.colour("ink2"), look.line(1.6), look.px(6))
        if self._feedback is not None:
            self._paint_feedback(painter)

    def _paint_card(self, painter: QPainter, card: Card, place: QRectF) -> None:
        on, over = card.name == self._selected, card.name == self._over
        rounded(painter, place, look.px(10), look.tint(self.chapter) if on else look.colour("surface"))
        if over and not on:
            rounded(painter, place, look.px(10), None, look.colour("line2"), look.line(1.5))
        pad = look.px(13)
        inner = place.adjusted(pad, 0, -pad, 0)
        accent = self.accent
        draw_text(painter, said(card.title), look.font("body", 700), accent if on else look.colour("ink"), inner.x(), place.y() + look.px(20), width=inner.width())
        bottom = place.bottom() - look.px(10)
        if card.caption:
            small = look.font("label")
            draw_text(painter, said(card.caption), small, accent if on else look.colour("ink2"), inner.x(), place.bottom() - look.px(17), width=inner.width())
            bottom = place.bottom() - look.px(30)
        field = QRectF(inner.x(), place.y() + look.px(34), inner.width(), bottom - place.y() - look.px(34))
        if field.height() > 4:
            self._paint_content(painter, card.content, field, on)

    def _paint_content(self, painter: QPainter, content: Content, field: QRectF, on: bool) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(content, Cells):
            rows, columns = content.values.shape
            gap = look.px(2)
            width = min(look.px(18), (field.width() - gap * (columns - 1)) / columns)
            height = min(look.px(12), (field.height() - gap * (rows - 1)) / rows)
            high = content.high or float(np.max(np.abs(content.values), initial=0)) or 1.0
            for r in range(rows):
                for c in range(columns):
                    cell = QRectF(field.x() + c * (width + gap), field.y() + r * (height + gap), width, height)
                    rounded(painter, cell, look.px(2), colour_of(float(content.values[r, c]), 0.0, high, content.signed))
        elif isinstance(content, Circles):
            self._paint_circles(painter, content, field)
        elif isinstance(content, Columns):
            count = max(1, len(content.values))
            pitch = min(look.px(16), field.width() / count)
            high = float(np.max(content.values, initial=0)) or 1.0
            for k, value in enumerate(content.values):
                tall = max(look.px(2), field.height() * float(value) / high)
                painter.fillRect(QRectF(field.x() + k * pitch, field.bottom() - tall, pitch - look.px(3), tall), self.accent if on else look.colour("ink2"))
        elif isinstance(content, Big):
            draw_text(painter, said(content.text), look.font("state"), look.colour("ink"), field.x(), field.y() + look.px(11), width=field.width())
            if content.under:
                draw_text(painter, said(content.under), look.font("label"), look.colour("ink2"), field.x(), field.y() + look.px(32), width=field.width())
        elif isinstance(content, Tiles):
            self._paint_tiles(painter, content, field)
        elif isinstance(content, Drawn):
            content.paint(painter, field, self.accent)
        painter.restore()

    def _paint_circles(self, painter: QPainter, content: Circles, field: QRectF) -> None:
        rows, count = content.values.shape
        pitch = min(look.px(24), field.width() / max(1, count))
        line_height = min(look.px(22), field.height() / max(1, rows))
        radius = min(look.px(7), pitch * 0.36, line_height * 0.42)
        high = content.high or float(np.max(np.abs(content.values), initial=0)) or 1.0
        top = field.center().y() - line_height * (rows - 1) / 2
        for r in range(rows):
            y = top + r * line_height
            for k in range(count):
                x = field.x() + pitch * (k + 0.5)
                if k + 1 < count:
                    a, b = QPointF(x + radius + 1, y), QPointF(x + pitch - radius - 1, y)
                    if r in content.backward:
                        a, b = b, a
                    arrow(painter, a, b, look.colour("ink3"), look.line(1.2), look.px(2.5))
                painter.setPen(pen(faded(look.colour("ink"), 0.15), 1))
                painter.setBrush(colour_of(float(content.values[r, k]), 0.0, high, content.signed))
                painter.drawEllipse(QPointF(x, y), radius, radius)

    def _paint_tiles(self, painter: QPainter, content: Tiles, field: QRectF) -> None:
        count, gap = max(1, len(content.values)), look.px(8)
        width = min(look.px(60), (field.width() - gap * (count - 1)) / count)
        tall = min(look.px(22), field.height() * (0.6 if content.unders else 1.0))
        font = look.font("body", 700)
        for k, value in enumerate(content.values):
            place = QRectF(field.x() + k * (width + gap), field.y(), width, tall)
            known = math.isfinite(float(value))
            fill = colour_of(float(value), content.low, content.high, content.signed) if known else look.colour("surface")
            rounded(painter, place, look.px(4), fill)
            ink = look.digit_colour(fill) if known else look.colour("ink3")
            digits = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
            written = f"{value:.{min(2, digits_apart(content.values, digits))}f}".replace("-", "−")
            draw_text(painter, written if known else "?", font, ink, place.center().x(), place.center().y(), "centre")
            if k < len(content.unders):
                colour = self.accent if k == content.marked else look.colour("ink2")
                draw_text(painter, content.unders[k], look.font("body", 700 if k == content.marked else 400), colour, place.center().x(), place.bottom() + look.px(13), "centre")

    def _paint_feedback(self, painter: QPainter) -> None:
        assert self._feedback is not None
        zones = {name: zone for zone, name in self._zones}
        if self._feedback.source not in zones or self._feedback.target not in zones:
            return
        start, end = zones[self._feedback.source], zones[self._feedback.target]
        y = start.bottom() + look.px(32)
        xs, xe = start.center().x(), end.center().x()
        text, font = said(self._feedback.text), look.font("body")
        used = text_width(text, font) if text else 0
        middle = (xs + xe) / 2
        left, right = middle - used / 2 - look.px(12), middle + used / 2 + look.px(12)
        accent, corner, top = self.accent if self._feedback.live else look.colour("line2"), look.px(6), start.bottom() + look.px(5)
        painter.setPen(pen(accent, look.line(1.8)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        path = QPainterPath(QPointF(xs, top))
        path.lineTo(xs, y - corner)
        path.quadTo(xs, y, xs - corner, y)
        path.lineTo(min(xs - corner, right), y)
        painter.drawPath(path)
        path = QPainterPath(QPointF(max(left, xe + corner), y))
        path.lineTo(xe + corner, y)
        path.quadTo(xe, y, xe, y - corner)
        painter.drawPath(path)
        if self._feedback.live:
            arrow(painter, QPointF(xe, y - corner), QPointF(xe, top), accent, look.line(1.8), look.px(8))
        else:
            painter.drawLine(QPointF(xe, y - corner), QPointF(xe, top))
        if text:
            draw_text(painter, text, font, look.colour("ink"), middle, y, "centre")


def _english(words: Words) -> str:
    return words.en if isinstance(words, Text) else words
