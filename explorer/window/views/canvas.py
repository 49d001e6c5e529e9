"""A sheet of paper to draw on with mouse, pen or finger; or a picture laid on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QWidget

from explorer.results import Picture
from explorer.results.base import write_csv
from explorer.window.look import look
from explorer.window.views.controls import pixels_of
from explorer.window.views.drawing import TextBlock, draw_crisp, draw_smooth, fitted, outline_on_picture, rounded, to_image
from explorer.window.views.view import View
from explorer.words import Text

Point = tuple[float, float]
Box = tuple[float, float, float, float]

NAME = Text("書く場所。Ctrl+Z で一画戻し、Delete で消します", "Canvas. Ctrl+Z takes the last stroke back, Delete clears it")
HINT = Text("ここに書いてください", "Write here")
PEN = 0.055
"""Width of the pen as a share of the paper's side."""
MARGIN = 0.08
STEP = 0.004
MOST_POINTS = 20_000


class CanvasView(View):
    """Strokes with a round pen. ``changed()``: the ink changed; ``began()``: a stroke begins (a picture on the paper goes).

    ``strokes``: lists of x, y from 0 to 1. Ctrl+Z, Backspace: one stroke back; Delete, Escape: clear.
    """

    changed = Signal()
    began = Signal()
    interactive = True

    def __init__(self, parent: QWidget | None = None, *, chapter: int | None = None, name: Text | None = None, hint: Text = HINT) -> None:
        super().__init__(parent, chapter=chapter, name=name or NAME)
        self.strokes: list[list[Point]] = []
        self.hint = hint
        self._picture: Picture | None = None
        self._image = QImage()
        self._box: Box | None = None
        self._drawing = False
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMinimumSize(look.px(120), look.px(120))

    # what is on the paper

    @property
    def empty(self) -> bool:
        """Whether there is neither ink nor picture."""
        return not self.strokes and self._picture is None

    @property
    def laid(self) -> Picture | None:
        """The picture on the paper."""
        return self._picture

    def has_content(self) -> bool:
        return True

    def set_strokes(self, strokes: Iterable[Sequence[Sequence[float]]]) -> None:
        """Lay these strokes on the paper instead of what is there, without a signal. Raises ValueError for what are no strokes."""
        try:
            kept = [[(float(x), float(y)) for x, y in stroke] for stroke in strokes]
        except TypeError as error:
            raise ValueError("strokes are lists of x, y") from error
        if sum(map(len, kept)) > MOST_POINTS or not all(0 <= value <= 1 for stroke in kept for point in stroke for value in point):
            raise ValueError("points lie between 0 and 1")
        self.strokes = [stroke for stroke in kept if stroke]
        self._lay(None, None)

    def set_picture(self, picture: Picture, box: Box | None = None) -> None:
        """Lay a picture on the paper instead of what is there; ``box``: the part that counts, in its pixels."""
        self.strokes = []
        self._lay(picture, box)

    def _lay(self, picture: Picture | None, box: Box | None) -> None:
        self._picture, self._box = picture, box
        self._image = to_image(picture.pixels) if picture is not None else QImage()
        self._drawing = False
        self.update()

    def undo(self) -> None:
        """Take the last stroke back."""
        if self.strokes:
            self.strokes.pop()
            self._drawing = False
            self.update()
            self.changed.emit()

    def wipe(self) -> None:
        """Clear the paper."""
        if not self.empty:
            self.strokes = []
            self._lay(None, None)
            self.changed.emit()

    def pixels(self, side: int = 224) -> NDArray[np.uint8]:
        """The ink, dark on white with a margin: (side, side, 3) uint8, the same in every theme."""
        image = QImage(side, side, QImage.Format.Format_RGB888)
        image.fill(QColor(255, 255, 255))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = MARGIN * side
        self._draw_strokes(painter, QRectF(edge, edge, side - 2 * edge, side - 2 * edge), QColor(0, 0, 0))
        painter.end()
        return pixels_of(image)

    def to_csv(self) -> str:
        rows = ((number, x, y) for number, stroke in enumerate(self.strokes) for x, y in stroke)
        return write_csv(("stroke", "x", "y"), rows)

    # painting

    def paper(self, rect: QRectF | None = None) -> QRectF:
        """Where the paper lies: the largest square in the middle."""
        rect = QRectF(self.rect()) if rect is None else rect
        side = min(rect.width(), rect.height())
        return QRectF(rect.center().x() - side / 2, rect.center().y() - side / 2, side, side)

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        paper = self.paper(rect)
        rounded(painter, paper, look.px(8), look.colour("surface"), look.colour("line2"), look.px(1))
        if self._picture is not None:
            height, width = self._picture.pixels.shape[:2]
            inside = paper.adjusted(look.px(10), look.px(10), -look.px(10), -look.px(10))
            place = fitted((width, height), inside)
            if max(height, width) <= 64:
                cell = place.width() / width
                draw_crisp(painter, self._picture.pixels, place.x(), place.y(), cell)
            else:
                draw_smooth(painter, self._image, place, look.px(4))
            if self._box is not None:
                x1, y1, x2, y2 = (value * place.width() / width for value in self._box)
                outline_on_picture(painter, QRectF(place.x() + x1, place.y() + y1, x2 - x1, y2 - y1).intersected(place))
        elif not self.strokes:
            block = TextBlock(look.say(self.hint), look.font("body"), paper.width() - look.px(24), align=Qt.AlignmentFlag.AlignHCenter)
            block.draw(painter, paper.x() + look.px(12), paper.center().y() - block.height / 2, look.colour("ink3"))
        else:
            self._draw_strokes(painter, paper, look.colour("ink"))

    def _draw_strokes(self, painter: QPainter, paper: QRectF, colour: QColor) -> None:
        pen = QPen(colour, PEN * paper.width())
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for stroke in self.strokes:
            points = [QPointF(paper.x() + x * paper.width(), paper.y() + y * paper.height()) for x, y in stroke]
            if len(points) == 1:
                painter.drawPoint(points[0])
                continue
            path = QPainterPath(points[0])
            for point in points[1:]:
                path.lineTo(point)
            painter.drawPath(path)

    def sizeHint(self) -> QSize:
        return QSize(look.px(300), look.px(300))

    # drawing

    def _at(self, position: QPointF) -> Point:
        paper = self.paper()
        x, y = (position.x() - paper.x()) / paper.width(), (position.y() - paper.y()) / paper.height()
        return round(min(1.0, max(0.0, x)), 4), round(min(1.0, max(0.0, y)), 4)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self.paper().contains(event.position()):
            return
        if self._picture is not None:
            self._lay(None, None)
        self._drawing = True
        self.strokes.append([self._at(event.position())])
        self.began.emit()
        self._inked()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._drawing or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        x, y = self._at(event.position())
        last = self.strokes[-1][-1]
        if abs(x - last[0]) + abs(y - last[1]) >= STEP and sum(map(len, self.strokes)) < MOST_POINTS:
            self.strokes[-1].append((x, y))
            self._inked()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drawing = False

    def _inked(self) -> None:
        self.update()
        self.changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Undo) or event.key() == Qt.Key.Key_Backspace:
            self.undo()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Escape) and not self.empty:
            self.wipe()
        else:
            event.ignore()
