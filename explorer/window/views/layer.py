"""What does not change from one result to the next, drawn once and kept as pixels."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPaintEngine, QPainter, QPixmap

from explorer.window.views.drawing import device_ratio


class Layer:
    """A part of a drawing that is painted anew only when its key, its place or the device's pixels change.

    An output without pixels (SVG) is painted directly.
    """

    def __init__(self) -> None:
        self._key: Hashable = None
        self._pixmap: QPixmap | None = None

    def drop(self) -> None:
        """Paint anew next time."""
        self._pixmap = None

    def draw(self, painter: QPainter, rect: QRectF, key: Hashable, paint: Callable[[QPainter], None]) -> None:
        """Show what ``paint`` draws inside ``rect`` (in the painter's units). ``key`` stands for everything that the drawing depends on."""
        if painter.paintEngine().type() != QPaintEngine.Type.Raster:
            paint(painter)
            return
        ratio = device_ratio(painter)
        key = (key, rect.getRect(), ratio)
        if self._pixmap is None or key != self._key:
            self._key = key
            self._pixmap = QPixmap(max(1, math.ceil(rect.width() * ratio)), max(1, math.ceil(rect.height() * ratio)))
            self._pixmap.setDevicePixelRatio(ratio)
            self._pixmap.fill(Qt.GlobalColor.transparent)
            own = QPainter(self._pixmap)
            own.setRenderHints(painter.renderHints())
            own.translate(-rect.topLeft())
            paint(own)
            own.end()
        painter.drawPixmap(rect.topLeft(), self._pixmap)
