"""Things as points over two quantities of the user's choice, each point labelled where there is room for it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.results.base import write_csv
from explorer.window.look import look
from explorer.window.views.controls import Words, said
from explorer.window.views.curves import Axis
from explorer.window.views.drawing import draw_text, pen, rounded, text_width
from explorer.window.views.view import View, hairline
from explorer.words import Text

Kind = Literal["full", "ring", "faint"]
REACH = 12.0  # pixels around a point in which it is under the cursor
# Where a label may stand: angles around its point, then further out with a line to it.
ANGLES = (0, 180, 270, 90, 315, 45, 225, 135, 337, 22, 202, 157)
DISTANCES = (9, 24, 40, 58, 78)


@dataclass(frozen=True)
class Quantity:
    """An axis. ``name``: with its unit; ``log``: in powers of ten."""

    key: str
    name: Text
    log: bool = False


@dataclass(frozen=True)
class Dot:
    """A thing. ``values``: by the quantity's key, without those not known; ``lines``: said of it under the cursor; ``kind``: how it is drawn."""

    key: str
    name: Words
    values: Mapping[str, float]
    kind: Kind = "full"
    lines: tuple[Text, ...] = field(default=())


class ScatterView(View):
    """``set_dots`` and ``set_axes``; a thing that lacks one of the two quantities is not shown. ``chosen(key)`` by click, double click or Enter;
    ``hovered(key)``, empty when left; the arrow keys go from point to point along the horizontal axis.

    ``legend``: what the kinds mean, drawn above the points.
    """

    chosen = Signal(str)
    hovered = Signal(str)
    interactive = True

    def __init__(self, parent: QWidget | None = None, *, chapter: int | None = None, name: Text | None = None) -> None:
        super().__init__(parent, chapter=chapter, name=name)
        self.dots: tuple[Dot, ...] = ()
        self.quantities: tuple[Quantity, ...] = ()
        self.legend: tuple[tuple[Kind, Text], ...] = ()
        self.x_quantity = self.y_quantity = Quantity("", Text("–", "–"))
        self.over = ""
        self.places: dict[str, QPointF] = {}
        self.labels: dict[str, QRectF] = {}
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)

    def set_dots(self, dots: Sequence[Dot], quantities: Sequence[Quantity]) -> None:
        """Show these; ``quantities``: all that is known of them, for the table."""
        self.dots, self.quantities = tuple(dots), tuple(quantities)
        if self.over not in [dot.key for dot in self.shown()]:
            self.over = ""
        self.result_changed.emit()
        self.update()

    def set_axes(self, x: Quantity, y: Quantity) -> None:
        """Lay them out over two quantities."""
        self.x_quantity, self.y_quantity = x, y
        self.update()

    def set_legend(self, legend: Sequence[tuple[Kind, Text]]) -> None:
        """Say what the kinds of points mean."""
        self.legend = tuple(legend)
        self.update()

    def shown(self) -> list[Dot]:
        """Those of which both quantities are known (and on a logarithmic axis above zero)."""
        return [dot for dot in self.dots if all(q.key in dot.values and (not q.log or dot.values[q.key] > 0) for q in (self.x_quantity, self.y_quantity))]

    def has_content(self) -> bool:
        return bool(self.shown())

    def to_csv(self) -> str:
        rows = ((_english(dot.name), dot.kind, *(dot.values.get(q.key, "") for q in self.quantities)) for dot in self.dots)
        return write_csv(("name", "kind", *(q.name.en for q in self.quantities)), rows)

    def sizeHint(self) -> QSize:
        return QSize(look.px(760), look.px(420))

    def minimumSizeHint(self) -> QSize:
        return QSize(look.px(240), look.px(160))

    # painting

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        dots = self.shown()
        horizontal, vertical = (_axis([dot.values[q.key] for dot in dots], q.log) for q in (self.x_quantity, self.y_quantity))
        font = look.font("label")
        draw_text(painter, look.say(self.y_quantity.name), look.font("label", 500), look.colour("ink2"), rect.x(), rect.y() + look.px(10))
        self._paint_legend(painter, rect)
        top, bottom = rect.y() + look.px(34), rect.bottom() - look.px(44)
        ticks = vertical.ticks(max(2, int((bottom - top) / look.px(40))))
        gutter = max((text_width(label, font) for _, label in ticks), default=0) + look.px(8)
        frame = QRectF(rect.x() + gutter, top, rect.width() - gutter - look.px(18), bottom - top)
        for place, label in ticks:
            y = round(frame.bottom() - place * frame.height()) + 0.5
            painter.setPen(hairline())
            painter.drawLine(QPointF(frame.x(), y), QPointF(frame.right(), y))
            draw_text(painter, label, font, look.colour("ink2"), frame.x() - look.px(8), y, "right")
        for place, label in horizontal.ticks(max(2, int(frame.width() / look.px(84)))):
            x = round(frame.x() + place * frame.width()) + 0.5
            painter.setPen(hairline())
            painter.drawLine(QPointF(x, frame.y()), QPointF(x, frame.bottom()))
            draw_text(painter, label, font, look.colour("ink2"), x, frame.bottom() + look.px(14), "centre")
        draw_text(painter, look.say(self.x_quantity.name), look.font("label", 500), look.colour("ink2"), frame.right(), frame.bottom() + look.px(34), "right")
        xs, ys = (axis.place(np.array([dot.values[q.key] for dot in dots], float)) for axis, q in ((horizontal, self.x_quantity), (vertical, self.y_quantity)))
        self.places = {dot.key: QPointF(frame.x() + float(a) * frame.width(), frame.bottom() - float(b) * frame.height()) for dot, a, b in zip(dots, xs, ys, strict=True)}
        self._place_labels(dots, frame)
        for dot in sorted(dots, key=lambda one: ("faint", "ring", "full").index(one.kind)):
            self._paint_dot(painter, dot)
        found = next((dot for dot in dots if dot.key == self.over), None)
        if found is not None:
            self._paint_words(painter, found, rect)

    def _colours(self, kind: Kind) -> tuple[QColor, QColor]:
        """Outline and fill."""
        grey = look.colour("ink3")
        return {"full": (look.colour("bg"), self.accent), "ring": (self.accent, look.colour("bg")), "faint": (grey, look.colour("bg"))}[kind]

    def _mark(self, painter: QPainter, kind: Kind, at: QPointF, radius: float) -> None:
        outline, fill = self._colours(kind)
        painter.setPen(pen(outline, look.line(1.0 if kind == "full" else 2.0)))
        painter.setBrush(fill)
        painter.drawEllipse(at, radius, radius)

    def _paint_dot(self, painter: QPainter, dot: Dot) -> None:
        at, over = self.places[dot.key], dot.key == self.over
        label = self.labels.get(dot.key)
        if label is not None:
            near = QPointF(min(max(at.x(), label.left()), label.right()), min(max(at.y(), label.top()), label.bottom()))
            if math.hypot(near.x() - at.x(), near.y() - at.y()) > look.px(14):
                painter.setPen(pen(look.colour("line2"), look.line(1)))
                painter.drawLine(at, near)
            ink = look.colour("ink3" if dot.kind == "faint" else "ink")
            draw_text(painter, said(dot.name), look.font("label", 700 if over else 500), ink, label.x(), label.center().y())
        self._mark(painter, dot.kind, at, look.px(7 if over else 5))

    def _place_labels(self, dots: Sequence[Dot], frame: QRectF) -> None:
        """Each label where it overlaps neither a point nor another label; those without such a place are said under the cursor only."""
        font = look.font("label", 700)
        height, air = look.px(18), look.px(6)
        taken = [QRectF(at.x() - air, at.y() - air, 2 * air, 2 * air) for at in self.places.values()]
        self.labels = {}
        for dot in sorted(dots, key=lambda one: ("full", "ring", "faint").index(one.kind)):
            at, width = self.places[dot.key], text_width(said(dot.name), font)
            for distance in DISTANCES:
                spot = self._spot(at, width, height, look.px(distance), frame, taken)
                if spot is not None:
                    self.labels[dot.key] = spot
                    taken.append(spot)
                    break

    @staticmethod
    def _spot(at: QPointF, width: float, height: float, distance: float, frame: QRectF, taken: Sequence[QRectF]) -> QRectF | None:
        for angle in ANGLES:
            across, down = math.cos(math.radians(angle)), math.sin(math.radians(angle))
            middle = QPointF(at.x() + across * (distance + width / 2), at.y() + down * (distance + height / 2))
            spot = QRectF(middle.x() - width / 2, middle.y() - height / 2, width, height)
            if frame.contains(spot) and not any(spot.intersects(one) for one in taken):
                return spot
        return None

    def _paint_legend(self, painter: QPainter, rect: QRectF) -> None:
        font = look.font("label")
        x, y = rect.right(), rect.y() + look.px(10)
        for kind, words in reversed(self.legend):
            if not any(dot.kind == kind for dot in self.shown()):
                continue
            x -= draw_text(painter, look.say(words), font, look.colour("ink2"), x, y, "right") + look.px(12)
            self._mark(painter, kind, QPointF(x, y), look.px(5))
            x -= look.px(24)

    def _paint_words(self, painter: QPainter, dot: Dot, rect: QRectF) -> None:
        title, font = look.font("body", 700), look.font("label")
        lines = [look.say(line) for line in dot.lines]
        width = max(text_width(said(dot.name), title), *(text_width(line, font) for line in lines), 0.0) + look.px(24)
        height = look.px(38) + look.px(20) * len(lines)
        at = self.places[dot.key]
        x = at.x() + look.px(14) if at.x() + look.px(14) + width <= rect.right() else at.x() - look.px(14) - width
        y = min(max(rect.y(), at.y() - height / 2), rect.bottom() - height)
        plate = QRectF(max(rect.x(), x), y, width, height)
        rounded(painter, plate, look.px(8), look.colour("surface"), look.colour("line2"))
        draw_text(painter, said(dot.name), title, look.colour("ink"), plate.x() + look.px(12), plate.y() + look.px(18))
        for row, line in enumerate(lines):
            draw_text(painter, line, font, look.colour("ink2"), plate.x() + look.px(12), plate.y() + look.px(41) + row * look.px(20))

    # mouse and keys

    def at(self, position: QPointF) -> str:
        """The key of the point (or its label) at a place, or empty."""
        label = next((key for key, spot in self.labels.items() if spot.contains(position)), "")
        near = min(self.places.items(), key=lambda item: math.hypot(item[1].x() - position.x(), item[1].y() - position.y()), default=("", QPointF()))
        close = near[0] and math.hypot(near[1].x() - position.x(), near[1].y() - position.y()) <= look.px(REACH)
        return near[0] if close else label

    def point_at(self, key: str) -> None:
        """Say what is said of this point, as if it were under the cursor; of one that is not shown nothing."""
        self._hover(key if key in [dot.key for dot in self.shown()] else "")

    def _hover(self, key: str) -> None:
        if key != self.over:
            self.over = key
            self.setCursor(Qt.CursorShape.PointingHandCursor if key else Qt.CursorShape.ArrowCursor)
            self.update()
            self.hovered.emit(key)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover("")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        key = self.at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and key:
            self.chosen.emit(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = [dot.key for dot in sorted(self.shown(), key=lambda one: (one.values[self.x_quantity.key], one.values[self.y_quantity.key]))]
        move = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if move is not None and keys:
            here = keys.index(self.over) if self.over in keys else -1 if move > 0 else len(keys)
            self._hover(keys[max(0, min(here + move, len(keys) - 1))])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.over:
            self.chosen.emit(self.over)
        else:
            event.ignore()


def _axis(values: Sequence[float], log: bool) -> Axis:
    """From the smallest to the largest with some air."""
    places = [math.log10(value) if log else value for value in values]
    low, high = min(places), max(places)
    air = 0.08 * (high - low) or (0.3 if log else abs(low) * 0.1 or 1.0)
    return Axis(low - air, high + air, log)


def _english(words: Words) -> str:
    return words.en if isinstance(words, Text) else words
