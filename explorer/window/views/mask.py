"""A class for each pixel, laid over the picture: which classes, how strongly, and where they differ from the truth."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget

from explorer.results import Mask, Result
from explorer.window.look import look
from explorer.window.views.drawing import draw_smooth, to_image
from explorer.window.views.picture import PictureView
from explorer.words import Text

Shown = Literal["mask", "truth", "errors"]
RIGHT, WRONG = (33, 102, 172), (217, 112, 20)  # as the ends of the signed colours


def borders(labels: NDArray[np.integer]) -> NDArray[np.bool_]:
    """(height, width): pixels whose right or lower neighbour is of another class."""
    edge = np.zeros(labels.shape, dtype=bool)
    edge[:, :-1] |= labels[:, :-1] != labels[:, 1:]
    edge[:-1, :] |= labels[:-1, :] != labels[1:, :]
    return edge


def covered(pixels: NDArray[np.uint8], labels: NDArray[np.integer], colours: list[QColor], hidden: set[int], opacity: float) -> NDArray[np.uint8]:
    """A picture (height, width, 3) with the colour of each pixel's class laid over it; classes that are hidden are left as they are."""
    table = np.array([(one.red(), one.green(), one.blue()) for one in colours], np.float32)
    weight = np.array([0.0 if i in hidden else opacity for i in range(len(colours))], np.float32)[labels][..., None]
    laid: NDArray[np.uint8] = np.rint(pixels * (1 - weight) + table[labels] * weight).astype(np.uint8)
    return laid


class MaskView(PictureView):
    """``results.Mask`` over its picture. Keys up and down change the opacity (``opacity_changed(float)``).

    ``set_truth``: the true classes, (height, width), −1 where nobody knows; ``set_shown``: what was said, the truth, or where the two differ
    (orange) and agree (blue). ``set_hidden``: classes left out.
    """

    opacity_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None, *, chapter: int | None = None, name: Text | None = None) -> None:
        super().__init__(parent, chapter=chapter, name=name or Text("画素ごとのクラス", "A class for each pixel"))
        self._labels: NDArray[np.integer] | None = None
        self._truth: NDArray[np.integer] | None = None
        self._names: tuple[str, ...] = ()
        self._hidden: frozenset[int] = frozenset()
        self._shown: Shown = "mask"
        self._veil: QImage | None = None
        self._opacity = 0.6
        self._alone = False  # a heat lies there in place of the classes

    def set_result(self, result: Result) -> None:
        """A ``Mask``."""
        if not isinstance(result, Mask):
            raise TypeError(f"this view draws a Mask, not {type(result).__name__}")
        self.set_picture(result.picture)
        self._labels, self._names = result.labels, result.names
        if self._truth is not None and self._truth.shape != result.labels.shape:
            self._truth = None
        self._result = result
        self._remake()
        self.result_changed.emit()

    def clear(self) -> None:
        self._labels = self._truth = self._veil = None
        super().clear()

    def set_truth(self, labels: NDArray[np.integer] | None) -> None:
        """The true classes, or None. Raises ValueError for another size."""
        if labels is not None and self._labels is not None and labels.shape != self._labels.shape:
            raise ValueError(f"truth of {labels.shape} for a mask of {self._labels.shape}")
        self._truth = labels
        self._remake()

    def set_shown(self, shown: Shown) -> None:
        """What lies over the picture; without a truth always what was said."""
        self._shown = shown
        self._remake()

    def set_hidden(self, labels: Iterable[int]) -> None:
        """Leave these classes out."""
        self._hidden = frozenset(labels)
        self._remake()

    def set_opacity(self, opacity: float) -> None:
        super().set_opacity(opacity)
        self._remake()

    def show_heat_alone(self, heat: NDArray[Any]) -> None:
        """Lay values from 0 to 1, (height, width), over the picture in place of the classes, until ``set_heat(None)``. Raises ValueError for another size."""
        self.set_heat(heat, high=1.0)
        super().set_opacity(0.85)

    def set_heat(self, heat: NDArray[Any] | None, signed: bool = False, high: float | None = None) -> None:
        super().set_heat(heat, signed, high)
        self._alone = heat is not None
        self._remake()

    def class_at(self, row: int, column: int) -> int:
        """The class said of a pixel, or −1."""
        return -1 if self._labels is None else int(self._labels[row, column])

    def restyle(self) -> None:
        self._remake()

    def _remake(self) -> None:
        """The veil of colours, once for as long as nothing changes."""
        self._veil = None
        if self._labels is not None and self._opacity > 0 and not self._alone:
            shown = self._shown if self._truth is not None else "mask"
            labels = self._truth if shown == "truth" and self._truth is not None else self._labels
            count = max(len(self._names), int(labels.max(initial=0)) + 1)
            table = np.zeros((count + 1, 4), np.uint8)  # the last row: nobody knows
            for index in range(count):
                if index not in self._hidden:
                    colour = self.colour_of(index)
                    table[index] = (colour.red(), colour.green(), colour.blue(), round(255 * self._opacity))
            veil = table[labels]
            if shown == "errors" and self._truth is not None:
                right = self._labels == self._truth
                known = (self._truth >= 0) & ~np.isin(self._truth, list(self._hidden))
                alpha = np.where(right, round(90 * self._opacity), round(255 * self._opacity))
                veil = np.dstack([np.where(right[..., None], RIGHT, WRONG), np.where(known, alpha, 0)]).astype(np.uint8)
            edge = borders(labels) & (veil[..., 3] > 0)
            veil[edge, 3] = np.minimum(255, veil[edge, 3].astype(int) + 90)
            self._veil = to_image(np.ascontiguousarray(veil))
        self.update()

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        super().paint(painter, rect)
        if self._veil is not None:
            draw_smooth(painter, self._veil, self._place, look.px(self._corner))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: 0.1, Qt.Key.Key_Down: -0.1}.get(Qt.Key(event.key()))
        if step is None or self._labels is None:
            event.ignore()
            return
        self.set_opacity(round(self._opacity + step, 2))
        self.opacity_changed.emit(self._opacity)
