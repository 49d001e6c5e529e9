"""Lines over a common axis: names on the lines instead of a legend box, spread as bands, log axes with powers of ten."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QWidget

from explorer.results import Curves, Result, Series
from explorer.window.look import look
from explorer.window.views.drawing import draw_text, faded, pen, power, rounded, short, text_width
from explorer.window.views.view import View, hairline
from explorer.words import Text

MOST_MARKS = 24
MOST_ROUNDED = 100  # points of a line whose corners are round: with more nobody sees them, and they take most of the time
"""Series of up to so many points show each point as a dot."""


def nice_ticks(low: float, high: float, most: int) -> list[float]:
    """At most ``most`` round numbers (1, 2 or 5 times a power of ten apart) from low to high."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low or most < 1:
        return [low]
    raw = (high - low) / max(1, most)
    unit = 10.0 ** math.floor(math.log10(raw))
    for factor in (1, 2, 5, 10, 20, 50):
        step = factor * unit
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first + 1 <= most:
            return [round(k * step, 12) for k in range(first, last + 1)]
    return [low, high]


def power_ticks(low: float, high: float, most: int) -> list[int]:
    """At most ``most`` whole exponents of ten, evenly apart, within low to high (both as exponents)."""
    first, last = math.ceil(low - 1e-9), math.floor(high + 1e-9)
    best: list[int] = [first] if last >= first else []
    for step in (1, 2, 3, 4, 5, 6, 10, 20, 50, 100):
        ticks = [k for k in range(first, last + 1) if k % step == 0]
        # of those few enough, the ones that reach furthest; the finest of these
        if 2 <= len(ticks) <= most and (len(best) < 2 or ticks[-1] - ticks[0] > best[-1] - best[0]):
            best = ticks
    return best


@dataclass(frozen=True)
class Axis:
    """From data to the place on an axis, 0–1."""

    low: float
    high: float
    log: bool

    def place(self, values: NDArray[Any]) -> NDArray[np.float64]:
        with np.errstate(divide="ignore", invalid="ignore"):
            v = np.log10(np.asarray(values, dtype=np.float64)) if self.log else np.asarray(values, dtype=np.float64)
            return np.asarray((v - self.low) / ((self.high - self.low) or 1.0))

    def value(self, place: float) -> float:
        at = self.low + place * (self.high - self.low)
        return float(10.0**at) if self.log else at

    def ticks(self, most: int) -> list[tuple[float, str]]:
        """(place, label)."""
        if self.log:
            exponents = power_ticks(self.low, self.high, most)
            if len(exponents) >= 2 or self.high - self.low > 1.5:
                return [((k - self.low) / (self.high - self.low), power(k)) for k in exponents]
            low, high = 10.0**self.low, 10.0**self.high
            values = [v for v in nice_ticks(low, high, most) if v > 0]
            return [((math.log10(v) - self.low) / ((self.high - self.low) or 1.0), short(v)) for v in values]
        return [((v - self.low) / ((self.high - self.low) or 1.0), short(v)) for v in nice_ticks(self.low, self.high, most)]


# Where a name may stand: how far along its line, above or below, how far from it; all ways of combining the three.
NAME_SHARES, NAME_SIDES, NAME_FARS = np.array([0.82, 0.92, 0.7, 0.58, 0.46, 0.34, 0.22, 0.1, 0.98]), np.array([-1, 1]), np.array([0.85, 1.3, 1.9])
NAME_TRIES = np.indices((len(NAME_SHARES), len(NAME_SIDES), len(NAME_FARS))).reshape(3, -1)


class CurvesView(View):
    """``results.Curves``. Main series in the accent with its name bold, others grey; a name stands at its line where there is room.

    ``point_clicked(series, index)`` on a point by click, Enter or Space (points with something to open show a hand);
    ``point_hovered(series, index)``, (−1, −1) when left. Left/right keys go along a line, up/down to another.
    Wheel zooms the x axis about the cursor, double click shows all again. ``compact``: the size on a card (232 × 130), ends only on the x axis.
    """

    point_clicked = Signal(int, int)
    point_hovered = Signal(int, int)
    interactive = True

    def __init__(
        self, parent: QWidget | None = None, *, chapter: int | None = None, name: Text | None = None, compact: bool = False, title: Text | None = None
    ) -> None:
        super().__init__(parent, chapter=chapter, name=name or title or Text("曲線", "Curves"))
        self.compact = compact
        self.title = title
        self.unfinished = False
        self._hover: tuple[int, int] | None = None
        self._field = QRectF()
        self._x = Axis(0, 1, False)
        self._y = Axis(0, 1, False)
        self._zoom: tuple[float, float] | None = None
        self._name_at: dict[int, int] = {}
        self.name_places: dict[int, QRectF] = {}  # where the name of a series was written last
        self._fixed_y: tuple[float, float] | None = None
        self._fixed_x: tuple[float, float] | None = None
        self.mark: float | None = None
        if compact:
            self.background = "surface"

    def set_result(self, result: Result) -> None:
        if not isinstance(result, Curves):
            raise TypeError(f"this view draws Curves, not {type(result).__name__}")
        before = self._result
        if not isinstance(before, Curves) or before.x_log != result.x_log or len(before.series) != len(result.series):
            self._zoom = None
            self._name_at.clear()
        if self._hover is not None:
            s, i = self._hover
            if s >= len(result.series) or i >= len(result.series[s].x):
                self._hover = None
        super().set_result(result)

    def set_y_range(self, low: float, high: float) -> None:
        """Hold the y axis still between two values, so that a live curve does not jump."""
        self._fixed_y = (low, high)
        self.update()

    def set_x_range(self, low: float, high: float) -> None:
        """Hold the x axis still between two values: where a growing curve will end."""
        self._fixed_x = (low, high)
        self.update()

    def set_mark(self, x: float | None) -> None:
        """Point out a place of the x axis by an upright line, with a dot on each line there; None: none."""
        if x != self.mark:
            self.mark = x
            self.update()

    def set_unfinished(self, unfinished: bool) -> None:
        """Whether the lines stopped before their end; then a dotted line leads on."""
        self.unfinished = unfinished
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(look.px(232), look.px(130)) if self.compact else QSize(look.px(334), look.px(180))

    def minimumSizeHint(self) -> QSize:
        return QSize(look.px(140), look.px(90))

    # axes

    def _series(self) -> tuple[Series, ...]:
        return self._result.series if isinstance(self._result, Curves) else ()

    def _axes(self, curves: Curves) -> tuple[Axis, Axis]:
        xs = [s.x for s in curves.series if len(s.x)]
        ys: list[NDArray[Any]] = []
        for s in curves.series:
            if not len(s.y):
                continue
            ys.append(np.asarray(s.y))
            if s.spread is not None and not curves.y_log:
                ys += [s.y - s.spread, s.y + s.spread]
        x = self._axis(xs, curves.x_log, self._fixed_x, 0.0)
        y = self._axis(ys, curves.y_log, self._fixed_y, 0.06)
        if self._zoom is not None:
            x = Axis(self._zoom[0], self._zoom[1], curves.x_log)
        return x, y

    @staticmethod
    def _axis(values: list[NDArray[Any]], log: bool, fixed_range: tuple[float, float] | None, margin: float) -> Axis:
        joined = np.concatenate([np.asarray(v, dtype=np.float64).ravel() for v in values]) if values else np.zeros(0)
        joined = joined[np.isfinite(joined)]
        if log:
            joined = np.log10(joined[joined > 0])
        if fixed_range is not None:
            ends = [math.log10(v) if log and v > 0 else v for v in fixed_range]
            low, high = ends[0], ends[1]
            if len(joined):
                low, high = min(low, float(joined.min())), max(high, float(joined.max()))
        elif len(joined):
            low, high = float(joined.min()), float(joined.max())
            if high - low < 1e-12 * max(1.0, abs(high)):
                low, high = (low - 0.5, high + 0.5) if log else (low - (abs(low) * 0.1 or 0.5), high + (abs(high) * 0.1 or 0.5))
            pad = (high - low) * margin
            low, high = low - pad, high + pad
        else:
            low, high = 0.0, 1.0
        return Axis(low, high if high > low else low + 1.0, log)

    # painting

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        curves = self._result
        assert isinstance(curves, Curves)
        self._x, self._y = self._axes(curves)
        font = look.font("label" if not self.compact else "caption")
        font.setPixelSize(look.size("label"))
        top = rect.y() + look.px(8)
        if self.title is not None and not self.compact:
            draw_text(painter, look.say(self.title), look.font("body"), look.colour("ink2"), rect.x(), rect.y() + look.px(8), width=rect.width())
            top += look.px(20)
        elif not self.compact and curves.y_label.en.strip():
            draw_text(painter, look.say(curves.y_label), look.font("label"), look.colour("ink2"), rect.x(), rect.y() + look.px(8), width=rect.width())
            top += look.px(20)
        bottom = rect.bottom() - look.px(24 if self.compact else 42 if curves.x_label.en.strip() else 24)
        pitch = look.px(28 if self.compact else 34)
        y_ticks = self._y.ticks(max(2, int((bottom - top) / pitch)))
        gutter = max((text_width(label, font) for _, label in y_ticks), default=0) + look.px(8)
        right = rect.right() - look.px(4)
        field = QRectF(rect.x() + gutter, top, max(1.0, right - rect.x() - gutter), max(1.0, bottom - top))
        self._field = field
        for place, label in y_ticks:
            y = round(field.bottom() - place * field.height()) + 0.5
            painter.setPen(hairline())
            painter.drawLine(QPointF(field.x(), y), QPointF(field.right() + look.px(4), y))
            draw_text(painter, label, font, look.colour("ink2"), field.x() - look.px(8), y, "right")
        self._paint_x_axis(painter, curves, field, rect, font)
        painter.save()
        order = sorted(range(len(curves.series)), key=lambda i: curves.series[i].main)
        clip = field.adjusted(-look.px(6), -look.px(6), look.px(6), look.px(6))
        painter.setClipRect(clip)
        for i in order:
            self._paint_band(painter, curves.series[i], i)
        for i in order:
            self._paint_line(painter, curves.series[i], i)
        if self.mark is not None:
            self._paint_mark(painter, curves, field, self.mark)
        painter.restore()
        self._paint_names(painter, curves, field)
        if self._hover is not None:
            self._paint_hover(painter, curves, field)

    def _paint_x_axis(self, painter: QPainter, curves: Curves, field: QRectF, rect: QRectF, font: Any) -> None:
        middle = field.bottom() + look.px(15)
        label = look.say(curves.x_label).strip()
        colour = look.colour("ink2")
        if self.compact:
            first, last = self._x.value(0.0), self._x.value(1.0)
            start = f"{label} {short(first)}" if label else short(first)
            end = short(last)
            room = field.width() - text_width(end, font) - look.px(10)
            if text_width(start, font) > room:
                draw_text(painter, short(first), font, colour, field.x(), middle)
                draw_text(painter, label, font, colour, field.center().x(), middle, "centre", width=field.width() * 0.7)
            else:
                draw_text(painter, start, font, colour, field.x(), middle)
            draw_text(painter, end, font, colour, field.right() + look.px(4), middle, "right")
            return
        ticks = self._x.ticks(max(2, int(field.width() / look.px(72))))
        for place, text in ticks:
            width = text_width(text, font)
            x = field.x() + place * field.width()
            left = min(max(x - width / 2, rect.x()), rect.right() - width)
            draw_text(painter, text, font, colour, left, middle)
        if label:
            draw_text(painter, label, font, colour, field.right(), middle + look.px(18), "right", width=field.width())

    def colour_of(self, index: int) -> QColor:
        """The colour of a series: main ones the accent, the first other one dark grey, further ones fainter."""
        series = self._series()
        if series[index].main:
            mains = [i for i, s in enumerate(series) if s.main]
            if mains.index(index) == 0 or len(mains) == 1:
                return self.accent
            return look.class_colour(mains.index(index) + 1)
        others = [i for i, s in enumerate(series) if not s.main]
        shades = (look.colour("ink3"), faded(look.colour("ink3"), 0.65), look.colour("line2"))
        return shades[min(others.index(index), len(shades) - 1)]

    def place_of(self, series: int, index: int) -> QPointF:
        """Where a point was drawn last."""
        s = self._series()[series]
        x = float(self._x.place(s.x[index : index + 1])[0])
        y = float(self._y.place(s.y[index : index + 1])[0])
        return QPointF(self._field.x() + x * self._field.width(), self._field.bottom() - y * self._field.height())

    def _points(self, s: Series, values: NDArray[Any] | None = None) -> NDArray[np.float64]:
        x = self._field.x() + self._x.place(s.x) * self._field.width()
        y = self._field.bottom() - self._y.place(s.y if values is None else values) * self._field.height()
        return np.stack([x, y], axis=1)

    def _paint_band(self, painter: QPainter, s: Series, index: int) -> None:
        if s.spread is None or not len(s.x):
            return
        low = s.y - s.spread
        if self._y.log:
            low = np.maximum(low, 10.0 ** (self._y.low - 1))
        upper, lower = self._points(s, s.y + s.spread), self._points(s, low)
        outline = np.concatenate([upper, lower[::-1]])
        outline = outline[np.isfinite(outline).all(axis=1)]
        if len(outline) < 3:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(self.colour_of(index), 0.18))
        painter.drawPolygon(QPolygonF([QPointF(float(a), float(b)) for a, b in outline]))

    def _paint_line(self, painter: QPainter, s: Series, index: int) -> None:
        points = self._points(s)
        good = np.asarray(np.isfinite(points).all(axis=1), dtype=np.bool_)
        if not good.any():
            return
        colour = self.colour_of(index)
        width = (4.5 * look.factor / 2.2 if s.main else 4.0 * look.factor / 2.2) if look.projection else (2.2 if s.main else 1.6)
        thinned = thin(points, good, self._field.width())
        path = QPainterPath()
        down = False
        for x, y in thinned:
            if not math.isfinite(y):
                down = False
            elif down:
                path.lineTo(x, y)
            else:
                path.moveTo(x, y)
                down = True
        painter.setBrush(Qt.BrushStyle.NoBrush)
        line = pen(colour, width)
        if len(thinned) > MOST_ROUNDED:
            line.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
        painter.setPen(line)
        painter.drawPath(path)
        shown = points[good]
        if len(points) <= MOST_MARKS:
            radius = look.line(2.6 if self.compact else 3.2) * (1.0 if not look.projection else 0.9)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            for x, y in shown:
                painter.drawEllipse(QPointF(float(x), float(y)), radius, radius)
        elif s.main:
            # where it is now
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            radius = look.line(4.0)
            painter.drawEllipse(QPointF(float(shown[-1, 0]), float(shown[-1, 1])), radius, radius)
        if self.unfinished and len(shown) and shown[-1, 0] < self._field.right() - look.px(12):
            slope = 0.0
            if len(shown) > 1 and shown[-1, 0] > shown[-2, 0]:
                slope = float((shown[-1, 1] - shown[-2, 1]) / (shown[-1, 0] - shown[-2, 0]))
            x, y = float(shown[-1, 0]), float(shown[-1, 1])
            room = self._field.right() - x
            rise = max(self._field.y() - y, min(self._field.bottom() - y, slope * room))
            dotted = pen(look.colour("line2"), width)
            dotted.setDashPattern([1.5, 2.5])
            painter.setPen(dotted)
            painter.drawLine(QPointF(x, y), QPointF(x + room, y + rise))

    def _paint_mark(self, painter: QPainter, curves: Curves, field: QRectF, mark: float) -> None:
        x = field.x() + float(self._x.place(np.array([mark]))[0]) * field.width()
        painter.setPen(pen(self.accent, look.line(1.6)))
        painter.drawLine(QPointF(x, field.y()), QPointF(x, field.bottom()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.accent)
        for s in curves.series:
            if len(s.x) and s.x[0] <= mark <= s.x[-1]:
                y = float(self._y.place(np.array([np.interp(mark, s.x, s.y)]))[0])
                painter.drawEllipse(QPointF(x, field.bottom() - y * field.height()), look.line(4.5), look.line(4.5))

    def _paint_names(self, painter: QPainter, curves: Curves, field: QRectF) -> None:
        """A name at each line: the place nearest to it that touches no line and no other name, from the right end leftwards."""
        self.name_places = {}
        named = [i for i, s in enumerate(curves.series) if look.say(s.name).strip() and len(s.x)]
        if not named:
            return
        lines = {i: self._dense(curves.series[i], field) for i in range(len(curves.series))}
        for i in sorted(named, key=lambda i: not curves.series[i].main):
            s = curves.series[i]
            font = look.font("label", 700 if s.main else 400)
            text = look.say(s.name)
            width, height = text_width(text, font), look.size("label") * 1.15
            own = lines[i]
            if not len(own):
                continue
            starts = np.searchsorted(own[:, 0], own[0, 0] + NAME_SHARES * (own[-1, 0] - own[0, 0]))
            x, y = own[np.minimum(len(own) - 1, starts)][NAME_TRIES[0]].T
            shares, sides, fars = NAME_SHARES[NAME_TRIES[0]], NAME_SIDES[NAME_TRIES[1]], NAME_FARS[NAME_TRIES[2]]
            left = np.minimum(np.maximum(x - width / 2, field.x() + 2), field.right() + look.px(2) - width)
            top = y + sides * height * fars - height / 2
            middle_x, middle_y = left + width / 2, top + height / 2
            cost = (fars - 0.85) * 2 + np.abs(shares - 0.82)
            cost[(top < field.top() - look.px(8)) | (top + height > field.bottom() + look.px(3))] = np.inf
            for other in self.name_places.values():
                apart = (left - 4 >= other.right()) | (left + width + 4 <= other.left()) | (top - 1 >= other.bottom()) | (top + height + 1 <= other.top())
                cost[~apart] += 1000  # better over a line than over another name
            nearest = {}
            for j, dense in lines.items():
                across, down = np.abs(dense[:, 0] - middle_x[:, None]), np.abs(dense[:, 1] - middle_y[:, None])  # (tries, places of the line)
                cost += ((across < width / 2 + 2) & (down < height / 2 + 1)).sum(axis=1) * (2.0 if j == i else 3.0)
                nearest[j] = np.where(across < width / 2, down, np.inf).min(axis=1, initial=np.inf)
            for j, away in nearest.items():
                cost[away < nearest[i]] += 40.0 if j != i else 0.0  # nearer to another line than to its own would mislead
            if (before := self._name_at.get(i)) is not None:
                cost[before] -= 4.0  # do not jump about while the line grows
            k = int(np.argmin(cost))
            if not math.isfinite(cost[k]):
                continue
            place = QRectF(float(left[k]), float(top[k]), width, height)
            self.name_places[i] = place
            self._name_at[i] = k
            colour = self.accent if s.main and self.colour_of(i) == self.accent else look.colour("ink" if s.main else "ink2")
            draw_text(painter, text, font, colour, place.x(), place.center().y())

    def _dense(self, s: Series, field: QRectF) -> NDArray[np.float64]:
        """Places along a drawn line, some 4 px apart, left to right."""
        points = self._points(s)
        points = points[np.isfinite(points).all(axis=1)]
        points = points[(points[:, 0] >= field.left() - 1) & (points[:, 0] <= field.right() + 1)]
        if len(points) < 2:
            return points
        if len(points) > 400:
            points = points[:: len(points) // 400 + 1]
        along = np.r_[0.0, np.cumsum(np.maximum(1e-6, np.hypot(*np.diff(points, axis=0).T)))]
        at = np.linspace(0.0, along[-1], int(min(600, max(8, along[-1] / 4))))
        return np.stack([np.interp(at, along, points[:, 0]), np.interp(at, along, points[:, 1])], axis=1)

    def _paint_hover(self, painter: QPainter, curves: Curves, field: QRectF) -> None:
        assert self._hover is not None
        s_index, index = self._hover
        s = curves.series[s_index]
        at = self.place_of(s_index, index)
        if not (math.isfinite(at.x()) and math.isfinite(at.y())):
            return
        colour = self.colour_of(s_index)
        radius = look.line(4.5)
        painter.setPen(pen(look.colour(self.background), look.line(2)))
        painter.setBrush(colour)
        painter.drawEllipse(at, radius, radius)
        value = short(float(s.y[index]))
        if s.spread is not None and math.isfinite(float(s.spread[index])) and float(s.spread[index]) > 0:
            value += f" ± {short(float(s.spread[index]))}"
        bold, plain = look.font("label", 700), look.font("label")
        under = short(float(s.x[index]))
        x_label = look.say(curves.x_label).strip()
        under = f"{x_label} {under}" if x_label and len(x_label) < 24 else under
        width = max(text_width(value, bold), text_width(under, plain)) + look.px(16)
        height = look.px(42)
        x = min(max(at.x() - width / 2, self.rect().left()), self.rect().right() - width)
        y = at.y() - height - look.px(10)
        if y < self.rect().top():
            y = at.y() + look.px(10)
        plate = QRectF(x, y, width, height)
        rounded(painter, plate, look.px(6), look.colour("ink"))
        draw_text(painter, value, bold, look.colour("bg"), plate.x() + look.px(8), plate.y() + look.px(13))
        draw_text(painter, under, plain, faded(look.colour("bg"), 0.8), plate.x() + look.px(8), plate.y() + look.px(30))

    # mouse and keys

    def nearest(self, position: QPointF) -> tuple[int, int] | None:
        """The point (series, index) within reach of a place of the widget."""
        best: tuple[float, tuple[int, int]] | None = None
        if not self._field.adjusted(-look.px(10), -look.px(10), look.px(10), look.px(10)).contains(position):
            return None
        for i, s in enumerate(self._series()):
            if not len(s.x):
                continue
            points = self._points(s)
            distance = np.hypot(points[:, 0] - position.x(), (points[:, 1] - position.y()) * 0.8)
            distance[~np.isfinite(distance)] = np.inf
            k = int(np.argmin(distance))
            if distance[k] < look.px(28) and (best is None or distance[k] < best[0]):
                best = (float(distance[k]), (i, k))
        return best[1] if best is not None else None

    def can_open(self, series: int, index: int) -> bool:
        """Whether a point stands for something that a click loads."""
        opens = self._series()[series].opens
        return index < len(opens) and opens[index] is not None

    def _set_hover(self, hover: tuple[int, int] | None) -> None:
        if hover != self._hover:
            self._hover = hover
            self.point_hovered.emit(*(hover or (-1, -1)))
            self.setCursor(Qt.CursorShape.PointingHandCursor if hover is not None and self.can_open(*hover) else Qt.CursorShape.ArrowCursor)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._set_hover(self.nearest(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._set_hover(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self.nearest(event.position())
        if event.button() == Qt.MouseButton.LeftButton and found is not None:
            self._set_hover(found)
            self.point_clicked.emit(*found)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._zoom is not None:
            self._zoom = None
            self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.compact or not self._field.contains(event.position()) or not event.angleDelta().y() or not self.hasFocus():
            event.ignore()
            return
        share = (event.position().x() - self._field.x()) / self._field.width()
        self.zoom_x(0.8 if event.angleDelta().y() > 0 else 1.25, share)

    def zoom_x(self, factor: float, share: float = 0.5) -> None:
        """Show ``factor`` of the x axis around the place ``share`` (0–1 of it); factors above 1 show more, at most everything."""
        if not isinstance(self._result, Curves):
            return
        before, self._zoom = self._zoom, None
        whole, _ = self._axes(self._result)
        self._zoom = before
        low, high = before if before is not None else (whole.low, whole.high)
        middle = low + share * (high - low)
        low, high = max(whole.low, middle - (middle - low) * factor), min(whole.high, middle + (high - middle) * factor)
        self._zoom = None if low <= whole.low and high >= whole.high else (low, high)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        series = self._series()
        key = Qt.Key(event.key())
        lines = [i for i, s in enumerate(series) if len(s.x)]
        if not lines:
            event.ignore()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
            if self._hover is None:
                first = next((i for i in lines if series[i].main), lines[0])
                self._set_hover((first, 0 if key == Qt.Key.Key_Right else len(series[first].x) - 1))
                return
            s, i = self._hover
            if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
                self._set_hover((s, max(0, min(len(series[s].x) - 1, i + (1 if key == Qt.Key.Key_Right else -1)))))
            else:
                other = lines[(lines.index(s) + (1 if key == Qt.Key.Key_Down else -1)) % len(lines)]
                self._set_hover((other, int(np.argmin(np.abs(series[other].x - series[s].x[i])))))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._hover is not None:
            self.point_clicked.emit(*self._hover)
        elif key == Qt.Key.Key_Plus:
            self.zoom_x(0.8)
        elif key == Qt.Key.Key_Minus:
            self.zoom_x(1.25)
        elif key == Qt.Key.Key_Escape and self._hover is not None:
            self._set_hover(None)
        else:
            event.ignore()


def thin(points: NDArray[np.float64], good: NDArray[np.bool_], width: float) -> list[tuple[float, float]]:
    """A long line with two points a pixel column at most, its lowest and highest, so that no peak is lost; gaps stay (y not finite)."""
    if len(points) <= 4 * max(1.0, width):
        return [(float(x), float(y) if ok else math.nan) for (x, y), ok in zip(points, good, strict=True)]
    kept = points[good]
    column = np.floor(kept[:, 0]).astype(np.int64)
    starts = np.flatnonzero(np.r_[True, np.diff(column) != 0])
    ends = np.r_[starts[1:], len(kept)]
    out: list[tuple[float, float]] = []
    for a, b in zip(starts, ends, strict=True):
        part = kept[a:b, 1]
        for k in sorted({int(np.argmin(part)), int(np.argmax(part))}):
            out.append((float(kept[a + k, 0]), float(part[k])))
    return out
