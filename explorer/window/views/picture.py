"""Pictures: one large, with a heat over it, with a region or boxes outlined; takes drops, tells the pixel under the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QImage, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from explorer.results import Overlay, Picture, Region, Result
from explorer.window.look import look
from explorer.window.views.controls import can_take, taken
from explorer.window.views.drawing import (
    colours,
    device_ratio,
    draw_crisp,
    draw_smooth,
    draw_text,
    fitted,
    outline_on_picture,
    rounded,
    text_width,
    to_image,
)
from explorer.window.views.icons import draw_icon
from explorer.window.views.view import View
from explorer.words import Text

Box = tuple[float, float, float, float]


class PictureView(View):
    """``results.Picture`` as large as it fits: small ones enlarged with crisp pixels, photographs smoothly.

    ``pixel(row, column)`` under the cursor, ``left()`` after it, ``clicked(row, column)``; ``dropped(object)``: paths, pixels or text.
    ``set_boxes``: outlined places; ``set_heat``: values over it with ``opacity``; ``set_region``: what something depends on.
    """

    pixel = Signal(int, int)
    left = Signal()
    clicked = Signal(int, int)
    dropped = Signal(object)
    interactive = True
    CRISP_BELOW = 100

    def __init__(
        self, parent: QWidget | None = None, *, chapter: int | None = None, name: Text | None = None, takes_drops: bool = False, corner: int = 6
    ) -> None:
        super().__init__(parent, chapter=chapter, name=name or Text("画像", "Picture"))
        self._picture: Picture | None = None
        self._image: QImage | None = None
        self._heat: NDArray[Any] | None = None
        self._heat_rgb: NDArray[np.uint8] | None = None
        self._signed = False
        self._opacity = 0.55
        self._boxes: list[tuple[Box, str, int]] = []
        self._region: Box | None = None
        self._colours: tuple[str, ...] = ()
        self._corner = corner
        self._place = QRectF()
        self._crop = QRectF()
        self._dragging = False
        self._cursor: tuple[int, int] | None = None
        self.setAcceptDrops(takes_drops)

    def has_content(self) -> bool:
        return self._picture is not None

    def set_result(self, result: Result) -> None:
        """A ``Picture``, ``Overlay`` or ``Region``."""
        if isinstance(result, Overlay):
            self.set_picture(result.picture)
            self.set_heat(result.heat, result.signed)
        elif isinstance(result, Region):
            self.set_picture(result.picture)
            self.set_region(result.box, result.weight)
        elif isinstance(result, Picture):
            self.set_picture(result)
            self.set_heat(None)
            self.set_region(None)
        else:
            raise TypeError(f"a picture view draws Picture, Overlay or Region, not {type(result).__name__}")
        super().set_result(result)

    def clear(self) -> None:
        self._picture = None
        self._image = None
        self._heat = self._heat_rgb = None
        self._boxes, self._region = [], None
        super().clear()

    def set_picture(self, picture: Picture | None) -> None:
        """Show a picture (heat, boxes and region of another size go)."""
        if picture is None:
            self.clear()
            return
        if self._picture is None or self._picture.pixels.shape != picture.pixels.shape:
            self._heat = self._heat_rgb = None
            self._boxes, self._region = [], None
            self._crop = QRectF()
        if picture is not self._picture:
            self._picture = picture
            self._image = to_image(picture.pixels)
        self.update()

    def set_heat(self, heat: NDArray[Any] | None, signed: bool = False, high: float | None = None) -> None:
        """Lay (height, width) values over the picture. ``high``: the value that is brightest; by default the largest. Raises ValueError for another
        size."""
        if heat is not None:
            if self._picture is None or heat.shape != self._picture.pixels.shape[:2]:
                raise ValueError(f"heat {heat.shape} does not lie on this picture")
            high = high or float(np.max(np.abs(heat) if signed else heat, initial=0.0)) or 1.0
            share = np.clip(np.abs(np.nan_to_num(heat)) / high, 0.0, 1.0).astype(np.float32)
            self._heat_rgb = np.dstack([colours(heat, 0.0, high, signed), np.rint(share * 255).astype(np.uint8)])
        else:
            self._heat_rgb = None
        self._heat, self._signed = heat, signed
        self.update()

    @property
    def opacity(self) -> float:
        """How much the heat covers, 0–1."""
        return self._opacity

    def set_opacity(self, opacity: float) -> None:
        """Cover more or less, 0–1."""
        self._opacity = max(0.0, min(1.0, opacity))
        self.update()

    def set_boxes(self, boxes: Sequence[tuple[Box, str, int]]) -> None:
        """Outline places: ((x1, y1, x2, y2) in pixels, label or empty, class number or −1 for white over black)."""
        self._boxes = list(boxes)
        self.update()

    def set_colours(self, colours: Sequence[str]) -> None:
        """The colours of the classes, by number; empty: the usual ones."""
        self._colours = tuple(colours)
        self.restyle()
        self.update()

    def colour_of(self, number: int) -> QColor:
        """The colour of a class."""
        return QColor(self._colours[number]) if 0 <= number < len(self._colours) else look.class_colour(number)

    def set_region(self, box: Box | None, weight: NDArray[Any] | None = None) -> None:
        """Outline x1, y1, x2, y2 (pixels, may reach outside); ``weight`` (height, width): how much each pixel counts, others darken."""
        self._region = box
        if weight is not None and self._picture is not None and weight.shape == self._picture.pixels.shape[:2]:
            self.set_heat(weight)
        self.update()

    def set_crop(self, box: Box | None) -> None:
        """Show only this part, or all."""
        self._crop = QRectF() if box is None else QRectF(box[0], box[1], box[2] - box[0], box[3] - box[1])
        self.update()

    def place(self) -> QRectF:
        """Where the picture was drawn last."""
        return QRectF(self._place)

    def sizeHint(self) -> QSize:
        return QSize(look.px(360), look.px(300))

    def paint_placeholder(self, painter: QPainter, rect: QRectF) -> None:
        super().paint_placeholder(painter, rect)
        if self._dragging:
            self._paint_drag(painter, rect)

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        assert self._picture is not None and self._image is not None
        pixels = self._picture.pixels
        part = self._crop.toRect() if not self._crop.isEmpty() else None
        image = self._image if part is None else self._image.copy(part)
        heat = self._heat_rgb
        if part is not None:
            pixels = pixels[part.top() : part.bottom() + 1, part.left() : part.right() + 1]
            heat = heat[part.top() : part.bottom() + 1, part.left() : part.right() + 1] if heat is not None else None
        height, width = pixels.shape[:2]
        ratio = device_ratio(painter)
        if max(height, width) <= self.CRISP_BELOW:
            cell = max(1, int(min(rect.width() / width, rect.height() / height) * ratio)) / ratio
            left, top = rect.center().x() - width * cell / 2, rect.center().y() - height * cell / 2
            shown = pixels
            if heat is not None and self._opacity > 0:
                cover = self._cover(heat)[..., None]
                shown = np.rint(pixels * (1 - cover) + heat[..., :3] * cover).astype(np.uint8)
            self._place = draw_crisp(painter, shown, left, top, cell)
        else:
            self._place = fitted((width, height), rect)
            draw_smooth(painter, image, self._place, look.px(self._corner))
            if heat is not None and self._opacity > 0:
                veil = np.dstack([heat[..., :3], np.rint(self._cover(heat) * 255).astype(np.uint8)])
                draw_smooth(painter, to_image(veil), self._place, look.px(self._corner))
        if self._region is not None:
            self._paint_region(painter, self._to_screen(self._region))
        for box, label, number in self._boxes:
            self._paint_box(painter, self._to_screen(box), label, number)
        if self._dragging:
            self._paint_drag(painter, self._place)

    def _cover(self, heat: NDArray[np.uint8]) -> NDArray[Any]:
        """How much of each pixel the heat covers, 0–1: strong places more than weak ones, everything at opacity 1."""
        share = heat[..., 3].astype(np.float32) / 255
        return self._opacity * (share + (1 - share) * self._opacity**2)

    def _to_screen(self, box: Box) -> QRectF:
        assert self._picture is not None
        height, width = self._picture.pixels.shape[:2]
        area = self._crop if not self._crop.isEmpty() else QRectF(0, 0, width, height)
        sx, sy = self._place.width() / area.width(), self._place.height() / area.height()
        return QRectF(
            self._place.x() + (box[0] - area.x()) * sx, self._place.y() + (box[1] - area.y()) * sy, (box[2] - box[0]) * sx, (box[3] - box[1]) * sy
        )

    def _paint_region(self, painter: QPainter, box: QRectF) -> None:
        inset = look.px(2)
        inside = box.intersected(self._place.adjusted(inset, inset, -inset, -inset))
        if not inside.isEmpty():
            outline_on_picture(painter, inside, strong=True)

    def _paint_box(self, painter: QPainter, box: QRectF, label: str, number: int) -> None:
        if number < 0:
            outline_on_picture(painter, box)
            return
        colour = self.colour_of(number)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, look.line(3), Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap, Qt.PenJoinStyle.MiterJoin))
        painter.drawRect(box)
        if label:
            font = look.font("body", 700)
            plate = QRectF(box.x() - look.px(1), box.y(), text_width(label, font) + look.px(14), look.px(24))
            painter.fillRect(plate, colour)
            draw_text(painter, label, font, look.digit_colour(colour), plate.x() + look.px(7), plate.center().y())

    def _paint_drag(self, painter: QPainter, rect: QRectF) -> None:
        rounded(painter, rect, look.px(12), mixed_alpha(look.tint(self.chapter), 0.92))
        line = QPen(self.accent, look.line(2))
        line.setDashPattern([4, 3])
        painter.setPen(line)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        inset = look.px(4)
        painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), look.px(10), look.px(10))
        side = min(look.px(68), rect.height() * 0.6)
        draw_icon(painter, "drop", QRectF(rect.center().x() - side / 2, rect.center().y() - side / 2, side, side), self.accent, 1.1)

    # mouse and drops

    def locate(self, position: QPointF) -> tuple[int, int] | None:
        """(row, column) of the picture's pixel at a point of the widget."""
        if self._picture is None or not self._place.contains(position):
            return None
        height, width = self._picture.pixels.shape[:2]
        area = self._crop if not self._crop.isEmpty() else QRectF(0, 0, width, height)
        row = int(area.y() + (position.y() - self._place.y()) / self._place.height() * area.height())
        column = int(area.x() + (position.x() - self._place.x()) / self._place.width() * area.width())
        return min(height - 1, row), min(width - 1, column)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self.locate(event.position())
        if found is not None and found != self._cursor:
            self._cursor = found
            self.pixel.emit(*found)

    def leaveEvent(self, event: QEvent) -> None:
        self._cursor = None
        self.left.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self.locate(event.position())
        if event.button() == Qt.MouseButton.LeftButton and found is not None:
            self.clicked.emit(*found)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if can_take(event):
            event.acceptProposedAction()
            self._dragging = True
            self.update()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._dragging = False
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:
        self._dragging = False
        self.update()
        what = taken(event)
        if what is not None:
            event.acceptProposedAction()
            self.dropped.emit(what)


def mixed_alpha(colour: QColor, alpha: float) -> QColor:
    """The colour with this opacity."""
    out = QColor(colour)
    out.setAlphaF(alpha)
    return out


class OverlayView(PictureView):
    """``results.Overlay`` and ``results.Region``; arrow keys up and down change how much the heat covers. ``opacity_changed(float)``."""

    opacity_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None, *, chapter: int | None = None, name: Text | None = None) -> None:
        super().__init__(parent, chapter=chapter, name=name or Text("どこを見たか", "Where it looked"))

    def keyPressEvent(self, event: Any) -> None:
        step = {Qt.Key.Key_Up: 0.1, Qt.Key.Key_Down: -0.1}.get(Qt.Key(event.key()))
        if step is None or self._heat is None:
            event.ignore()
            return
        self.set_opacity(round(self._opacity + step, 2))
        self.opacity_changed.emit(self._opacity)
