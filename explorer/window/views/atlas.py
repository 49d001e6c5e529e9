"""A map of many pictures as coloured points, with one picture placed among them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QWidget

from explorer.results import Points
from explorer.window.look import look
from explorer.window.views.drawing import draw_text, faded, pen, rounded, text_width
from explorer.window.views.surface import SurfaceView
from explorer.words import Text

COLOURS = 6  # different ones for classes

Range = tuple[float, float]


class AtlasView(SurfaceView):
    """``results.Points`` (rings: ``held_out``), group names at their middles, and ``set_own``: one more, large, joined to its neighbours.

    ``point_hovered(index)``, −1 when left; the wheel, + and − come closer, double click and Home show all again, dragging and the arrow keys move.
    """

    point_hovered = Signal(int)
    CLOSEST = 12.0

    def __init__(self, parent: QWidget | None = None, *, chapter: int | None = None, name: Text | None = None) -> None:
        super().__init__(parent, chapter=chapter, name=name or Text("地図", "Map"))
        self.names: tuple[str, ...] = ()
        self._own: tuple[float, float] | None = None
        self._neighbours: tuple[int, ...] = ()
        self._all: tuple[Range, Range] = ((-1.0, 1.0), (-1.0, 1.0))
        self._grip: tuple[QPointF, tuple[Range, Range]] | None = None
        self._hovering = -1

    def set_points(self, points: Points | None) -> None:
        before = self._points
        super().set_points(points)
        self.names = points.names if points is not None else ()
        if points is None or not len(points.xy):
            return
        low, high = points.xy.min(axis=0), points.xy.max(axis=0)
        pad = (high - low).max() * 0.05 + 1e-6
        whole = (float(low[0] - pad), float(high[0] + pad)), (float(low[1] - pad), float(high[1] + pad))
        if before is None or whole != self._all:
            self._all = whole
            self.set_ranges(*whole)
        else:
            self.set_ranges(*self._ranges_kept)
        self._ranges_kept = self._ranges

    _ranges_kept: tuple[Range, Range] = ((-1.0, 1.0), (-1.0, 1.0))

    def set_names(self, names: Sequence[str]) -> None:
        """What the groups are called on the map."""
        self.names = tuple(names)
        self.update()

    def set_own(self, place: tuple[float, float] | None, neighbours: Sequence[int] = ()) -> None:
        """Place one more picture, joined to points by their numbers; None: none."""
        self._own, self._neighbours = place, tuple(neighbours)
        self.update()

    @property
    def own(self) -> tuple[float, float] | None:
        """Where the picture lies that is placed among the points."""
        return self._own

    # painting

    def group_colour(self, group: int) -> QColor:
        """The colour of a class; beyond the colours there are, darker ones."""
        return look.class_colour(group).darker(100 + 60 * (group // COLOURS))

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        super().paint(painter, rect)
        if self._points is None:
            return
        painter.save()
        painter.setClipRect(self._field)
        self._paint_names(painter)
        if self._own is not None:
            self._paint_own(painter, QPointF(self.to_screen(*self._own)))
        painter.restore()

    def _paint_own(self, painter: QPainter, at: QPointF) -> None:
        assert self._points is not None
        for index in self._neighbours:
            if index < len(self._points.xy):
                other = self.to_screen(*(float(v) for v in self._points.xy[index]))
                painter.setPen(pen(faded(look.colour("ink"), 0.55), look.line(1.4)))
                painter.drawLine(at, other)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(pen(look.colour("ink"), look.line(1.8)))
                painter.drawEllipse(other, look.line(6.0), look.line(6.0))
        painter.setPen(pen(QColor(0, 0, 0), look.line(6.0)))
        painter.setBrush(self.accent)
        painter.drawEllipse(at, look.line(9.0), look.line(9.0))
        painter.setPen(pen(QColor(255, 255, 255), look.line(3.0)))
        painter.drawEllipse(at, look.line(9.0), look.line(9.0))

    def _paint_names(self, painter: QPainter) -> None:
        """The name of each group at the middle of its right points (the median, so that those astray do not count)."""
        assert self._points is not None
        font = look.font("label", 700)
        taken: list[QRectF] = []
        for group, name in enumerate(self.names):
            middle = self.middle(group)
            if middle is None:
                continue
            at = self.to_screen(*middle)
            width, height = text_width(name, font) + look.px(12), look.size("label") + look.px(8)
            plate = QRectF(at.x() - width / 2, at.y() - height / 2, width, height)
            while any(plate.intersects(one) for one in taken):
                plate.translate(0, height * 0.6)
            taken.append(plate)
            rounded(painter, plate, look.px(5), faded(look.colour("bg"), 0.86))
            draw_text(painter, name, font, look.colour("ink"), plate.center().x(), plate.center().y(), "centre")

    def middle(self, group: int) -> tuple[float, float] | None:
        """The median place of a group's points; None for a group without any."""
        assert self._points is not None
        mine = self._points.xy[self._points.groups == group]
        if not len(mine):
            return None
        xs, ys = sorted(mine[:, 0]), sorted(mine[:, 1])
        return float(xs[len(xs) // 2]), float(ys[len(ys) // 2])

    # coming closer

    def closer(self, factor: float, around: QPointF | None = None) -> None:
        """Show a part of 1 / ``factor`` of the sides, the point under ``around`` staying where it is; never more than all."""
        (x1, x2), (y1, y2) = self._ranges
        x, y = self.to_plane(around) if around is not None else ((x1 + x2) / 2, (y1 + y2) / 2)
        whole = self._all[0][1] - self._all[0][0]
        factor = min(factor, (x2 - x1) * self.CLOSEST / whole)
        ranges = (x - (x - x1) / factor, x + (x2 - x) / factor), (y - (y - y1) / factor, y + (y2 - y) / factor)
        self._move_to(*(ranges if ranges[0][1] - ranges[0][0] < whole else self._all))

    def show_all(self) -> None:
        """The whole map again."""
        self._move_to(*self._all)

    @property
    def zoom(self) -> float:
        """How many times closer than the whole map."""
        return (self._all[0][1] - self._all[0][0]) / max(1e-9, self._ranges[0][1] - self._ranges[0][0])

    def _move_to(self, across: Range, up: Range) -> None:
        self._ranges_kept = (across, up)
        self.set_ranges(across, up)

    def _shift(self, dx: float, dy: float, ranges: tuple[Range, Range]) -> None:
        (x1, x2), (y1, y2) = ranges
        (low_x, high_x), (low_y, high_y) = self._all
        dx = min(max(dx, low_x - x1), high_x - x2)
        dy = min(max(dy, low_y - y1), high_y - y2)
        self._move_to((x1 + dx, x2 + dx), (y1 + dy, y2 + dy))

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.closer(1.2 ** (event.angleDelta().y() / 120), event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.show_all()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._grip = event.position(), self._ranges

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None and event.buttons() & Qt.MouseButton.LeftButton:
            start, ranges = self._grip
            (x1, x2), (y1, y2) = ranges
            away = start - event.position()
            self._shift(away.x() / max(1.0, self._field.width()) * (x2 - x1), -away.y() / max(1.0, self._field.height()) * (y2 - y1), ranges)
        else:
            self._hover(self.nearest_point(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grip = None

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)

    def _hover(self, index: int) -> None:
        if index != self._hovering:
            self._hovering = index
            self.set_marked(index)
            self.point_hovered.emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        (x1, x2), (y1, y2) = self._ranges
        step = {Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}.get(key)
        if step is not None:
            self._shift(step[0] * (x2 - x1) / 10, step[1] * (y2 - y1) / 10, self._ranges)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.closer(1 / 1.25 if key == Qt.Key.Key_Minus else 1.25)
        elif key == Qt.Key.Key_Home:
            self.show_all()
        else:
            event.ignore()
