"""Boxes found on a picture: which of them stand is decided here, by score and overlap, as the sliders move."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from explorer.results import Boxes, Result
from explorer.window.look import look
from explorer.window.views.drawing import faded, frame
from explorer.window.views.picture import PictureView
from explorer.window.views.plates import draw_plate, plates_for
from explorer.window.views.suppression import suppress
from explorer.words import Text

MOST_DRAWN, MOST_NAMED = 400, 24


class DetectionsView(PictureView):
    """``results.Boxes``, all that the network put out. ``chosen(index)`` into them (−1: none); ``shown_changed()`` when other boxes stand.

    ``set_threshold``: least score; ``set_overlap``: most overlap of two boxes of a class; ``set_suppressed``: draw those dropped as well. Arrow keys
    go from box to box, the surest first; Escape leaves them.
    """

    chosen = Signal(int)
    shown_changed = Signal()

    def __init__(self, parent: QWidget | None = None, *, chapter: int | None = None, name: Text | None = None) -> None:
        super().__init__(parent, chapter=chapter, name=name or Text("見つけた物体", "Objects found"))
        self._found: Boxes | None = None
        self._threshold, self._most = 0.5, 0.5
        self._hidden: frozenset[int] = frozenset()
        self._show_suppressed = False
        self.words: Callable[[str], str] = str  # the name of a class as it is written
        self.kept: NDArray[np.int64] = np.zeros(0, np.int64)  # indices, surest first
        self.suppressed: NDArray[np.int64] = np.zeros(0, np.int64)
        self.current = -1

    def set_result(self, result: Result) -> None:
        """``Boxes``, before any suppression."""
        if not isinstance(result, Boxes):
            raise TypeError(f"this view draws Boxes, not {type(result).__name__}")
        self.set_picture(result.picture)
        self._found = result
        self.current = -1
        self._decide()
        self._result = result
        self.result_changed.emit()

    def clear(self) -> None:
        self._found = None
        self.kept = self.suppressed = np.zeros(0, np.int64)
        self.current = -1
        super().clear()

    def set_threshold(self, least: float) -> None:
        """Show boxes with at least this score, 0–1."""
        self._threshold = least
        self._decide()

    def set_overlap(self, most: float) -> None:
        """Of two boxes of a class that overlap more than this (intersection over union, 0–1), only the surer one stands; 1: all stand."""
        self._most = most
        self._decide()

    def set_hidden(self, labels: Iterable[int]) -> None:
        """Hide these classes."""
        self._hidden = frozenset(labels)
        self._decide()

    def set_suppressed(self, on: bool) -> None:
        """Draw the boxes that were dropped for another, thin and dashed."""
        self._show_suppressed = on
        self.update()

    def set_current(self, index: int) -> None:
        """Mark a box without a signal; −1: none."""
        self.current = index
        self.update()

    def _decide(self) -> None:
        found = self._found
        if found is None:
            return
        sure = np.flatnonzero((found.scores >= self._threshold) & ~np.isin(found.labels, list(self._hidden)))
        kept, by = suppress(found.boxes[sure], found.scores[sure], found.labels[sure], self._most)
        self.kept, self.suppressed = sure[kept], sure[by >= 0]
        if self.current not in self.kept:
            self.current = -1
        self.shown_changed.emit()
        self.update()

    def counts(self) -> dict[int, int]:
        """How many boxes of each class stand, by label."""
        if self._found is None:
            return {}
        labels, numbers = np.unique(self._found.labels[self.kept], return_counts=True)
        return dict(zip(map(int, labels), map(int, numbers), strict=True))

    def to_csv(self) -> str:
        """The boxes that stand."""
        if self._found is None:
            return ""
        found, kept = self._found, self.kept
        return Boxes(found.picture, found.boxes[kept], found.labels[kept], found.scores[kept], found.names).to_csv()

    # painting

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        super().paint(painter, rect)
        if self._found is None:
            return
        painter.save()
        painter.setClipRect(self._place.adjusted(-1, -1, 1, 1))
        if self._show_suppressed:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            for index in self.suppressed[:MOST_DRAWN]:
                self._paint_dropped(painter, int(index))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shown = [int(index) for index in self.kept[:MOST_DRAWN]]
        if self.current >= 0:
            shown = [self.current, *(index for index in shown if index != self.current)]
        for index in reversed(shown):
            self._paint_kept(painter, index, index == self.current)
        named = shown if len(shown) <= MOST_NAMED else shown[: int(self.current >= 0)]
        boxes, labels = [self._rect(index) for index in named], [self._label(index) for index in named]
        for index, label, plate in zip(named, labels, plates_for(boxes, labels, self._place), strict=True):
            if plate is not None:
                draw_plate(painter, plate, label, self.colour_of(int(self._found.labels[index])))
        painter.restore()

    def _rect(self, index: int) -> QRectF:
        assert self._found is not None
        x1, y1, x2, y2 = (float(v) for v in self._found.boxes[index])
        return self._to_screen((x1, y1, x2, y2))

    def _paint_dropped(self, painter: QPainter, index: int) -> None:
        assert self._found is not None
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(faded(self.colour_of(int(self._found.labels[index])), 0.8), look.line(1), Qt.PenStyle.DashLine))
        painter.drawRect(self._rect(index))

    def _paint_kept(self, painter: QPainter, index: int, current: bool) -> None:
        assert self._found is not None
        colour, box = self.colour_of(int(self._found.labels[index])), self._rect(index)
        frame(painter, box, look.line(5 if current else 4), faded(look.colour("bg"), 0.7))
        frame(painter, box, look.line(3 if current else 2), colour)

    def _label(self, index: int) -> str:
        assert self._found is not None
        return f"{self.words(self._found.names[int(self._found.labels[index])])} {self._found.scores[index]:.2f}"

    # mouse and keys

    def box_at(self, position: QPointF) -> int:
        """The smallest standing box around a point of the widget, or −1."""
        around = [(rect.width() * rect.height(), int(index)) for index in self.kept if (rect := self._rect(int(index))).contains(position)]
        return min(around)[1] if around else -1

    def choose(self, index: int) -> None:
        """Mark a box, as the user does."""
        if index != self.current:
            self.current = index
            self.update()
            self.chosen.emit(index)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self.choose(self.box_at(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()))
        if step is not None and len(self.kept):
            places = [int(i) for i in self.kept]
            at = places.index(self.current) if self.current in places else (-1 if step > 0 else 0)
            self.choose(places[(at + step) % len(places)])
        elif event.key() == Qt.Key.Key_Escape and self.current >= 0:
            self.choose(-1)
        else:
            event.ignore()
