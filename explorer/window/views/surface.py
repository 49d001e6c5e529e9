"""A function over a plane: smooth colours, the line where it is zero, points and a path on it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPainterPath
from PySide6.QtWidgets import QWidget

from explorer.results import Points, Result, Surface
from explorer.results.base import write_csv
from explorer.window.look import look
from explorer.window.views.curves import nice_ticks
from explorer.window.views.drawing import colours, draw_text, faded, fill_rounded_image, fixed, pen, polyline, rounded, short, text_width, to_image
from explorer.window.views.layer import Layer
from explorer.window.views.view import View
from explorer.words import Text


def iso_lines(values: NDArray[Any], level: float = 0.0) -> NDArray[np.float64]:
    """Where a field crosses a level: segments (n, 4) of x1, y1, x2, y2 in columns and rows (marching squares, Lorensen & Cline 1987 in the plane).

    ``values``: (rows, columns). In a cell with two crossings each way the sides are paired by the value in its middle.
    """
    v = np.asarray(values, dtype=np.float64) - level
    if v.shape[0] < 2 or v.shape[1] < 2:
        return np.zeros((0, 4))
    a, b, c, d = v[:-1, :-1], v[:-1, 1:], v[1:, 1:], v[1:, :-1]  # corners: top left, top right, bottom right, bottom left
    code = (a > 0).astype(int) | (b > 0) << 1 | (c > 0) << 2 | (d > 0) << 3
    rows, columns = np.nonzero((code > 0) & (code < 15))
    if not len(rows):
        return np.zeros((0, 4))
    a, b, c, d, code = (part[rows, columns] for part in (a, b, c, d, code))

    def share(first: NDArray[Any], second: NDArray[Any]) -> NDArray[np.float64]:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.clip(np.nan_to_num(first / (first - second), nan=0.5, posinf=0.5, neginf=0.5), 0.0, 1.0))

    sides = {  # where each side is crossed, in columns and rows
        "t": (columns + share(a, b), rows.astype(float)),
        "r": (columns + 1.0, rows + share(b, c)),
        "b": (columns + share(d, c), rows + 1.0),
        "l": (columns.astype(float), rows + share(a, d)),
    }
    pairs = {
        1: "lt", 2: "tr", 3: "lr", 4: "rb", 6: "tb", 7: "lb", 8: "lb", 9: "tb", 11: "rb", 12: "lr", 13: "tr", 14: "lt",
    }  # fmt: skip
    out = []

    def add(chosen: NDArray[np.bool_], pair: str) -> None:
        if chosen.any():
            (x1, y1), (x2, y2) = sides[pair[0]], sides[pair[1]]
            out.append(np.stack([x1[chosen], y1[chosen], x2[chosen], y2[chosen]], axis=1))

    for number, pair in pairs.items():
        add(np.asarray(code == number), pair)
    middle = (a + b + c + d) / 4 > 0
    for number, joined, parted in ((5, ("tr", "lb"), ("lt", "rb")), (10, ("lt", "rb"), ("tr", "lb"))):
        for pair in joined:
            add(np.asarray((code == number) & middle), pair)
        for pair in parted:
            add(np.asarray((code == number) & ~middle), pair)
    return np.concatenate(out) if out else np.zeros((0, 4))


def _same_points(first: Points | None, second: Points | None) -> bool:
    """Whether two sets of points look the same."""
    if first is None or second is None or first.names != second.names:
        return first is second
    held = (first.held_out, second.held_out)
    same_held = np.array_equal(held[0], held[1]) if held[0] is not None and held[1] is not None else held[0] is held[1]
    return same_held and np.array_equal(first.xy, second.xy, equal_nan=True) and np.array_equal(first.groups, second.groups)


class SurfaceView(View):
    """``results.Surface`` with ``results.Points`` over it (``set_points``); either may be missing.

    ``placed(x, y)`` on press (``placed_with(x, y, right)`` tells which button), ``dragged(x, y)`` while held, ``dropped()`` on release,
    ``hovered(x, y)``, ``left()``. Arrow keys move a cross, Enter or Space places there. Coordinates are the surface's own.
    Groups of points: with two names and a signed surface the first is blue's side, the second orange's; otherwise class colours.
    ``mini``: a picture of a neuron, without axes.
    """

    placed = Signal(float, float)
    placed_with = Signal(float, float, bool)
    dragged = Signal(float, float)
    dropped = Signal()
    hovered = Signal(float, float)
    left = Signal()
    interactive = True

    def __init__(
        self, parent: QWidget | None = None, *, chapter: int | None = None, name: Text | None = None, axes: bool = False, mini: bool = False
    ) -> None:
        super().__init__(parent, chapter=chapter, name=name or Text("面", "Surface"))
        self.axes = axes and not mini
        self.mini = mini
        self.square = True
        self.iso = True
        self._points: Points | None = None
        self._points_layer = Layer()
        self._image: QImage | None = None
        self._lines: NDArray[np.float64] = np.zeros((0, 4))
        self._border: NDArray[np.float64] | None = None
        self._high: float | None = None
        self._low: float | None = None
        self._ranges: tuple[tuple[float, float], tuple[float, float]] = ((-1.0, 1.0), (-1.0, 1.0))
        self._field = QRectF()
        self._cross: tuple[float, float] | None = None
        self._marked = -1
        self._strength = 1.0
        self._held = False

    # what it shows

    def has_content(self) -> bool:
        return self._result is not None or self._points is not None

    def set_result(self, result: Result) -> None:
        """A ``Surface``; ``Points`` go to ``set_points``."""
        if isinstance(result, Points):
            self.set_points(result)
            return
        if not isinstance(result, Surface):
            raise TypeError(f"this view draws Surface and Points, not {type(result).__name__}")
        self._ranges = (result.x_range, result.y_range)
        self._prepare(result)
        super().set_result(result)

    def set_points(self, points: Points | None) -> None:
        """Show points over the surface, or none."""
        if not _same_points(points, self._points):
            self._points_layer.drop()
        self._points = points
        if points is not None and self._result is None and len(points.xy):
            low, high = points.xy.min(axis=0), points.xy.max(axis=0)
            pad = np.maximum((high - low) * 0.08, 1e-6)
            self._ranges = ((float(low[0] - pad[0]), float(high[0] + pad[0])), (float(low[1] - pad[1]), float(high[1] + pad[1])))
        self.update()

    def set_ranges(self, x_range: tuple[float, float], y_range: tuple[float, float]) -> None:
        """The part of the plane shown while there is no surface."""
        self._ranges = (x_range, y_range)
        self.update()

    def set_scale(self, low: float | None, high: float | None) -> None:
        """Hold the ends of the colour scale (signed: ``high`` on both sides); None: the surface's own."""
        self._low, self._high = low, high
        if isinstance(self._result, Surface):
            self._prepare(self._result)
        self.update()

    def set_border(self, ends: Sequence[Sequence[float]] | None) -> None:
        """The straight line between two points (x, y) where the sign changes, instead of the one found between grid points; empty: nowhere."""
        self._border = None if ends is None else np.array(ends, dtype=np.float64).reshape(-1, 4)
        self.update()

    def set_strength(self, strength: float) -> None:
        """How strong the colours are, 0–1: below 1 they pale towards the background, such as under many points."""
        self._strength = max(0.0, min(1.0, strength))
        self.update()

    def set_marked(self, index: int) -> None:
        """Ring one point (−1: none)."""
        if index != self._marked:
            self._marked = index
            self.update()

    def restyle(self) -> None:
        self._points_layer.drop()

    def clear(self) -> None:
        self._points, self._image, self._border = None, None, None
        super().clear()

    def colour_range(self) -> tuple[float, float]:
        """Ends of the colour scale."""
        if not isinstance(self._result, Surface):
            return 0.0, 1.0
        values = self._result.values[np.isfinite(self._result.values)]
        if self._result.signed:
            high = self._high if self._high is not None else float(np.max(np.abs(values), initial=0.0)) or 1.0
            return -high, high
        low = self._low if self._low is not None else float(np.min(values)) if len(values) else 0.0
        high = self._high if self._high is not None else float(np.max(values)) if len(values) else 1.0
        return low, high if high > low else low + 1.0

    def _prepare(self, surface: Surface) -> None:
        self._result = surface
        low, high = self.colour_range()
        # the first row lies at the bottom
        self._image = to_image(colours(surface.values[::-1], low, high, surface.signed))
        self._lines = iso_lines(surface.values) if surface.signed and self.iso and not self.mini else np.zeros((0, 4))

    def to_csv(self) -> str:
        if self._result is not None:
            return self._result.to_csv()
        return self._points.to_csv() if self._points is not None else write_csv(("x", "y", "value"), [])

    def sizeHint(self) -> QSize:
        return QSize(look.px(48), look.px(48)) if self.mini else QSize(look.px(360), look.px(360))

    def minimumSizeHint(self) -> QSize:
        return QSize(look.px(24), look.px(24)) if self.mini else QSize(look.px(120), look.px(120))

    # places

    def to_screen(self, x: float, y: float) -> QPointF:
        """Where a point of the plane is drawn."""
        (x1, x2), (y1, y2) = self._ranges
        return QPointF(
            self._field.x() + (x - x1) / ((x2 - x1) or 1.0) * self._field.width(), self._field.bottom() - (y - y1) / ((y2 - y1) or 1.0) * self._field.height()
        )

    def to_plane(self, position: QPointF) -> tuple[float, float]:
        """The point of the plane at a point of the widget, kept inside."""
        (x1, x2), (y1, y2) = self._ranges
        across = min(1.0, max(0.0, (position.x() - self._field.x()) / max(1.0, self._field.width())))
        up = min(1.0, max(0.0, (self._field.bottom() - position.y()) / max(1.0, self._field.height())))
        return x1 + across * (x2 - x1), y1 + up * (y2 - y1)

    def nearest_point(self, position: QPointF, reach: float = 10.0) -> int:
        """The point within ``reach`` px (at 100 %) of a place of the widget, or −1."""
        if self._points is None or not len(self._points.xy):
            return -1
        away = [QLineF(self.to_screen(float(x), float(y)), position).length() for x, y in self._points.xy]
        best = int(np.argmin(away))
        return best if away[best] <= look.px(reach) else -1

    # painting

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        (x1, x2), (y1, y2) = self._ranges
        room = rect.adjusted(look.px(30), 0, -look.px(8), -look.px(24)) if self.axes else QRectF(rect)
        if self.square and not self.mini:
            scale = min(room.width() / max(1e-9, x2 - x1), room.height() / max(1e-9, y2 - y1))
            width, height = (x2 - x1) * scale, (y2 - y1) * scale
            room = QRectF(room.x(), room.y(), width, height)
        self._field = room
        radius = look.px(3 if self.mini else 6)
        if self._image is not None:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            if self._strength < 1:
                rounded(painter, room, radius, look.colour("surface"))
                painter.setOpacity(self._strength)
            fill_rounded_image(painter, self._smooth_image(), room, radius)
            painter.restore()
        else:
            rounded(painter, room, radius, look.colour("surface"))
        if self.axes:
            self._paint_axes(painter, room)
        painter.save()
        painter.setClipRect(room)
        self._paint_iso(painter, room)
        result = self._result
        if isinstance(result, Surface) and result.path is not None and len(result.path):
            self._paint_path(painter, result.path)
        if self._points is not None:
            self._show_points(painter, rect, self._points)
        if self._cross is not None and self.hasFocus():
            at = self.to_screen(*self._cross)
            for width, colour in ((4.0, QColor(0, 0, 0, 128)), (2.0, QColor(255, 255, 255))):
                painter.setPen(pen(colour, look.line(width)))
                arm = look.px(8)
                painter.drawLine(QPointF(at.x() - arm, at.y()), QPointF(at.x() + arm, at.y()))
                painter.drawLine(QPointF(at.x(), at.y() - arm), QPointF(at.x(), at.y() + arm))
        painter.restore()

    def _smooth_image(self) -> QImage:
        """The colours with values standing at grid points: the outer half cells are cut away."""
        assert self._image is not None
        width, height = self._image.width(), self._image.height()
        if width < 3 or height < 3:
            return self._image
        factor = max(1, math.ceil(240 / max(width, height)))
        big = self._image.scaled(width * factor, height * factor, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
        half = factor // 2
        return big.copy(half, half, big.width() - 2 * half, big.height() - 2 * half) if half else big

    def _paint_axes(self, painter: QPainter, room: QRectF) -> None:
        font = look.font("caption")
        (x1, x2), (y1, y2) = self._ranges
        for value in nice_ticks(x1, x2, max(2, int(room.width() / look.px(60)))):
            x = self.to_screen(value, y1).x()
            width = text_width(short(value), font)
            draw_text(painter, short(value), font, look.colour("ink2"), min(x - width / 2, room.right() - width / 2), room.bottom() + look.px(13))
        for value in nice_ticks(y1, y2, max(2, int(room.height() / look.px(50)))):
            draw_text(painter, short(value), font, look.colour("ink2"), room.x() - look.px(7), self.to_screen(x1, value).y(), "right")

    def _paint_iso(self, painter: QPainter, room: QRectF) -> None:
        if not isinstance(self._result, Surface):
            return
        if self._border is None:
            rows, columns = self._result.values.shape
            sx, sy = room.width() / (columns - 1), room.height() / (rows - 1)
            ends = self._lines * np.array([sx, -sy, sx, -sy]) + np.array([room.x(), room.bottom()] * 2)
        else:
            ends = np.array([[p.x(), p.y(), q.x(), q.y()] for p, q in ((self.to_screen(a, b), self.to_screen(c, d)) for a, b, c, d in self._border)]).reshape(-1, 4)
        if not len(ends):
            return
        along = ends[:, 2:] - ends[:, :2]
        along /= np.maximum(np.hypot(along[:, :1], along[:, 1:]), 1e-6)
        for width, colour in ((3.4, QColor(255, 255, 255, 150)), (1.8, QColor(27, 29, 33))):
            # pieces with flat ends, a little longer so that they meet in bends: a tenth of the time of round ends
            longer = along * look.line(width) * 0.25
            line = pen(colour, look.line(width))
            line.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(line)
            painter.drawLines([QLineF(*piece) for piece in (ends + np.concatenate([-longer, longer], axis=1)).tolist()])

    def _paint_path(self, painter: QPainter, path: NDArray[Any]) -> None:
        good = path[np.isfinite(path).all(axis=1)]
        if not len(good):
            return
        places = [self.to_screen(float(x), float(y)) for x, y in good]
        line: QPainterPath = polyline([(p.x(), p.y()) for p in places])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for width, colour in ((4.4, QColor(0, 0, 0, 110)), (2.2, QColor(255, 255, 255))):
            painter.setPen(pen(colour, look.line(width)))
            painter.drawPath(line)
        if len(places) <= 60:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(255, 255, 255))
            for place in places[1:-1]:
                painter.drawEllipse(place, look.line(2.2), look.line(2.2))
        # start: a ring; end: a full disc of accent
        painter.setPen(pen(QColor(255, 255, 255), look.line(2)))
        painter.setBrush(QColor(27, 29, 33))
        painter.drawEllipse(places[0], look.line(4.5), look.line(4.5))
        painter.setPen(pen(QColor(255, 255, 255), look.line(2)))
        painter.setBrush(self.accent)
        painter.drawEllipse(places[-1], look.line(6), look.line(6))

    def group_colour(self, group: int) -> QColor:
        """The colour of a group of points."""
        signed = not isinstance(self._result, Surface) or self._result.signed
        if self._points is not None and len(self._points.names) == 2 and signed:
            ends = look.signed(np.array([-1.0, 1.0]))[0 if group == 0 else 1]
            return QColor(int(ends[0]), int(ends[1]), int(ends[2]))
        return look.class_colour(group)

    def _show_points(self, painter: QPainter, rect: QRectF, points: Points) -> None:
        radius = look.line(4.2 if len(points.xy) <= 400 else 3.0)
        colours_by_group = {int(g): self.group_colour(int(g)) for g in np.unique(points.groups)}
        key = (radius, self._ranges, self._field.getRect(), tuple((group, colour.rgba()) for group, colour in colours_by_group.items()))
        self._points_layer.draw(painter, rect, key, lambda own: self._paint_points(own, points, radius, colours_by_group))
        if 0 <= self._marked < len(points.xy):
            at = self.to_screen(*(float(v) for v in points.xy[self._marked]))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for width, colour in ((4.0, faded(QColor(0, 0, 0), 0.5)), (2.0, QColor(255, 255, 255))):
                painter.setPen(pen(colour, look.line(width)))
                painter.drawEllipse(at, radius * 2, radius * 2)

    def _paint_points(self, painter: QPainter, points: Points, radius: float, colours_by_group: dict[int, QColor]) -> None:
        white = QColor(255, 255, 255)
        for i, ((x, y), group) in enumerate(zip(points.xy, points.groups, strict=True)):
            if not (math.isfinite(float(x)) and math.isfinite(float(y))):
                continue
            at, colour = self.to_screen(float(x), float(y)), colours_by_group[int(group)]
            if points.held_out is not None and bool(points.held_out[i]):
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(pen(white, look.line(3.2)))
                painter.drawEllipse(at, radius * 0.9, radius * 0.9)
                painter.setPen(pen(colour, look.line(1.7)))
                painter.drawEllipse(at, radius * 0.9, radius * 0.9)
            else:
                painter.setPen(pen(white, look.line(1.2)))
                painter.setBrush(colour)
                painter.drawEllipse(at, radius, radius)

    def value_at(self, x: float, y: float) -> float:
        """The surface's value at a point of the plane, between grid points by bilinear interpolation; nan without a surface."""
        if not isinstance(self._result, Surface):
            return math.nan
        rows, columns = self._result.values.shape
        (x1, x2), (y1, y2) = self._ranges
        c = min(columns - 1.0, max(0.0, (x - x1) / ((x2 - x1) or 1.0) * (columns - 1)))
        r = min(rows - 1.0, max(0.0, (y - y1) / ((y2 - y1) or 1.0) * (rows - 1)))
        c0, r0 = min(int(c), max(0, columns - 2)), min(int(r), max(0, rows - 2))
        c1, r1 = min(c0 + 1, columns - 1), min(r0 + 1, rows - 1)
        fc, fr = c - c0, r - r0
        v = self._result.values
        return float((v[r0, c0] * (1 - fc) + v[r0, c1] * fc) * (1 - fr) + (v[r1, c0] * (1 - fc) + v[r1, c1] * fc) * fr)

    def words_at(self, x: float, y: float) -> str:
        """The place and value as text: ``(0.50, −0.25)  0.83``."""
        place = f"({fixed(x)}, {fixed(y)})"
        value = self.value_at(x, y)
        return place if math.isnan(value) else f"{place}  {short(value)}"

    # mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._field.contains(event.position()):
            event.ignore()
            return
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            x, y = self.to_plane(event.position())
            self._held = event.button() == Qt.MouseButton.LeftButton
            self.placed_with.emit(x, y, event.button() == Qt.MouseButton.RightButton)
            if self._held:
                self.placed.emit(x, y)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x, y = self.to_plane(event.position())
        if self._held:
            self.dragged.emit(x, y)
        if self._field.contains(event.position()):
            self.hovered.emit(x, y)
        elif not self._held:
            self.left.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._held:
            self._held = False
            self.dropped.emit()

    def leaveEvent(self, event: QEvent) -> None:
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        (x1, x2), (y1, y2) = self._ranges
        key = Qt.Key(event.key())
        step = {Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}.get(key)
        if step is not None:
            x, y = self._cross if self._cross is not None else ((x1 + x2) / 2, (y1 + y2) / 2)
            if self._cross is not None:
                x, y = x + step[0] * (x2 - x1) / 40, y + step[1] * (y2 - y1) / 40
            self._cross = min(x2, max(x1, x)), min(y2, max(y1, y))
            self.hovered.emit(*self._cross)
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._cross is not None:
            right = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.placed_with.emit(*self._cross, right)
            if not right:
                self.placed.emit(*self._cross)
                self.dropped.emit()
        elif key == Qt.Key.Key_Escape and self._cross is not None:
            self._cross = None
            self.left.emit()
            self.update()
        else:
            event.ignore()
