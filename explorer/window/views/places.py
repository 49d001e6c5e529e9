"""A picture divided into places, rows and columns as a network's map has them; one is chosen, and boxes lie over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from explorer.results import Boxes, Picture
from explorer.results.base import write_csv
from explorer.window.look import look
from explorer.window.views.drawing import faded, frame, outline_on_picture
from explorer.window.views.picture import Box, PictureView
from explorer.window.views.plates import draw_plate, plates_for
from explorer.words import Text

LINES_FROM = 9.0  # px: smaller places have no lines between them


@dataclass(frozen=True)
class Outline:
    """A box to draw. ``box``: x1, y1, x2, y2 in the picture's pixels; ``colour``: empty for white over black; ``weight``: 0 (thin and pale) to 1
    (thick); ``label``: on a plate at its corner; ``name`` and ``score``: for the table."""

    box: Box
    colour: str = ""
    weight: float = 0.5
    label: str = ""
    dashed: bool = False
    name: str = ""
    score: float = 0.0


def corners(boxes: Boxes, index: int) -> Box:
    """One of several boxes as plain numbers."""
    x1, y1, x2, y2 = (float(value) for value in boxes.boxes[index])
    return x1, y1, x2, y2


class PlacesView(PictureView):
    """``placed(row, column)``: a place by click or arrow keys; ``picked(index)``: an outline by click, where there are no places.

    ``set_places``: rows and columns (0, 0: none); ``set_cells``: (rows, columns, 4) colours laid over them; ``set_outlines``: boxes, the first on top.
    """

    placed = Signal(int, int)
    picked = Signal(int)

    def __init__(self, parent: QWidget | None = None, *, chapter: int | None = None, name: Text | None = None) -> None:
        super().__init__(parent, chapter=chapter, name=name)
        self.rows = self.columns = 0
        self.place_chosen: tuple[int, int] | None = None
        self.outlines: tuple[Outline, ...] = ()
        self._cells: NDArray[np.uint8] | None = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def clear(self) -> None:
        self.rows = self.columns = 0
        self.place_chosen, self.outlines, self._cells = None, (), None
        super().clear()

    def show_picture(self, picture: Picture) -> None:
        """Show a picture without anything over it."""
        self.set_picture(picture)
        self.set_heat(None)
        self.set_cells(None)
        self.outlines = ()
        self.result_changed.emit()

    def set_places(self, rows: int, columns: int) -> None:
        """Divide the picture."""
        if (rows, columns) != (self.rows, self.columns):
            self.rows, self.columns = rows, columns
            self.place_chosen = self._cells = None
            self.update()

    def set_place(self, row: int, column: int) -> None:
        """Choose a place without a signal."""
        self.place_chosen = row, column
        self.update()

    def set_cells(self, colours: NDArray[np.uint8] | None) -> None:
        """Lay (rows, columns, 4) red, green, blue, opacity over the places. Raises ValueError for another size."""
        if colours is not None and colours.shape != (self.rows, self.columns, 4):
            raise ValueError(f"{colours.shape} colours for {self.rows} × {self.columns} places")
        self._cells = colours
        self.update()

    def set_outlines(self, outlines: Sequence[Outline]) -> None:
        """Draw these boxes."""
        self.outlines = tuple(outlines)
        self.result_changed.emit()
        self.update()

    def to_csv(self) -> str:
        return write_csv(("name", "score", "x1", "y1", "x2", "y2"), ((one.name, one.score, *one.box) for one in self.outlines))

    def rect_of(self, row: int, column: int) -> QRectF:
        """Where a place lies on the widget, as drawn last."""
        wide, high = self._place.width() / max(1, self.columns), self._place.height() / max(1, self.rows)
        return QRectF(self._place.x() + column * wide, self._place.y() + row * high, wide, high)

    # painting

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        super().paint(painter, rect)
        painter.save()
        painter.setClipRect(self._place.adjusted(-2, -2, 2, 2))
        if self._cells is not None:
            self._paint_cells(painter)
        for outline in reversed(self.outlines):
            self._paint_outline(painter, outline)
        if self.place_chosen is not None and self.rows:
            outline_on_picture(painter, self.rect_of(*self.place_chosen), strong=True)
        named = [outline for outline in self.outlines if outline.label]
        boxes, labels = [self._to_screen(one.box) for one in named], [one.label for one in named]
        for outline, plate in zip(named, plates_for(boxes, labels, self._place), strict=True):
            if plate is not None:
                draw_plate(painter, plate, outline.label, QColor(outline.colour) if outline.colour else QColor(255, 255, 255))
        painter.restore()

    def _paint_cells(self, painter: QPainter) -> None:
        assert self._cells is not None
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for row in range(self.rows):
            for column in range(self.columns):
                red, green, blue, cover = (int(v) for v in self._cells[row, column])
                painter.fillRect(self._pixels(row, column), QColor(red, green, blue, cover))
        if min(self._place.width() / self.columns, self._place.height() / self.rows) >= look.px(LINES_FROM):
            painter.setPen(QPen(QColor(255, 255, 255, 90), 1))
            for row in range(1, self.rows):
                y = self._pixels(row, 0).top()
                painter.drawLine(QPointF(self._place.left(), y), QPointF(self._place.right(), y))
            for column in range(1, self.columns):
                x = self._pixels(0, column).left()
                painter.drawLine(QPointF(x, self._place.top()), QPointF(x, self._place.bottom()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _pixels(self, row: int, column: int) -> QRectF:
        """A place on whole pixels, so that neighbours neither overlap nor leave a gap."""
        cell = self.rect_of(row, column)
        left, top, right, bottom = round(cell.left()), round(cell.top()), round(cell.right()), round(cell.bottom())
        return QRectF(left, top, right - left, bottom - top)

    def _paint_outline(self, painter: QPainter, outline: Outline) -> None:
        rect, weight = self._to_screen(outline.box), min(1.0, max(0.0, outline.weight))
        width, ink = 1 + 2 * weight, faded(QColor(outline.colour) if outline.colour else QColor(255, 255, 255), 0.35 + 0.65 * weight)
        if weight > 0.3:
            frame(painter, rect, look.line(width + 2), QColor(0, 0, 0, 130))
        if outline.dashed:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(ink, look.line(width), Qt.PenStyle.DashLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.MiterJoin))
            painter.drawRect(rect)
        else:
            frame(painter, rect, look.line(width), ink)

    # mouse and keys

    def place_at(self, position: QPointF) -> tuple[int, int] | None:
        """The place (row, column) at a point of the widget."""
        if not self.rows or not self._place.contains(position):
            return None
        row = int((position.y() - self._place.y()) / self._place.height() * self.rows)
        column = int((position.x() - self._place.x()) / self._place.width() * self.columns)
        return min(self.rows - 1, row), min(self.columns - 1, column)

    def outline_at(self, position: QPointF) -> int:
        """The smallest outline around a point of the widget, or −1."""
        rects = [(self._to_screen(one.box), index) for index, one in enumerate(self.outlines)]
        around = [(rect.width() * rect.height(), index) for rect, index in rects if rect.contains(position)]
        return min(around)[1] if around else -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() != Qt.MouseButton.LeftButton or self._picture is None:
            return
        place = self.place_at(event.position())
        if place is not None:
            self._choose(*place)
        elif not self.rows:
            self.picked.emit(self.outline_at(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0), Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1)}
        step = steps.get(Qt.Key(event.key()))
        if step is None or not self.rows:
            event.ignore()
            return
        row, column = self.place_chosen or (self.rows // 2, self.columns // 2)
        self._choose(min(self.rows - 1, max(0, row + step[0])), min(self.columns - 1, max(0, column + step[1])))

    def _choose(self, row: int, column: int) -> None:
        if (row, column) != self.place_chosen:
            self.set_place(row, column)
            self.placed.emit(row, column)
