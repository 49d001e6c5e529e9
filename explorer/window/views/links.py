"""Two columns of words with ribbons between them, as wide as the weights."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QWidget

from explorer.results import Links, Result
from explorer.window.look import look
from explorer.window.views.drawing import Align, draw_text, faded, fixed, rounded, text_width
from explorer.window.views.view import View
from explorer.words import Text

Side = Literal["source", "target"]
FAINT, IDLE = 0.02, 0.05
"""Weights below this draw no ribbon: at the word under the cursor, and elsewhere."""
TOLD = 0.1
"""Weights from this on are written beside the word, which is marked."""


class LinksView(View):
    """``results.Links``: source words left, target words right.

    ``hovered(side, index)`` with side "source" or "target", ("", −1) when left; ``clicked(side, index)``. Up/down keys go along a side,
    left/right change the side. ``set_highlight(side, index)`` marks a word from outside. Words the model does not know are underlined.
    """

    hovered = Signal(str, int)
    clicked = Signal(str, int)
    interactive = True

    def __init__(self, parent: QWidget | None = None, *, chapter: int | None = None, name: Text | None = None) -> None:
        super().__init__(parent, chapter=chapter, name=name or Text("語のつながり", "Links between words"))
        self._over: tuple[Side, int] | None = None
        self._plates: dict[Side, list[QRectF]] = {"source": [], "target": []}

    def set_result(self, result: Result) -> None:
        if not isinstance(result, Links):
            raise TypeError(f"this view draws Links, not {type(result).__name__}")
        super().set_result(result)
        if self._over is not None and self._over[1] >= len(self._words(self._over[0])):
            self._over = None

    def _words(self, side: Side) -> tuple[str, ...]:
        if not isinstance(self._result, Links):
            return ()
        return self._result.source if side == "source" else self._result.target

    def set_highlight(self, side: str, index: int) -> None:
        """Mark a word without a signal; an empty side marks none."""
        over: tuple[Side, int] | None = None
        if side == "source" and 0 <= index < len(self._words("source")):
            over = ("source", index)
        elif side == "target" and 0 <= index < len(self._words("target")):
            over = ("target", index)
        if over != self._over:
            self._over = over
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(look.px(360), look.px(380))

    def plate_of(self, side: Side, index: int) -> QRectF:
        """Where a word was drawn last."""
        return QRectF(self._plates[side][index])

    def _weight(self, source: int, target: int) -> float:
        assert isinstance(self._result, Links)
        return float(self._result.weights[target, source])

    def _font(self, pitch: float, bold: bool) -> QFont:
        font = look.font("state", 700 if bold else 400)
        font.setPixelSize(max(7, min(look.size("state") - look.px(1), int(pitch * 0.62))))
        return font

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        result = self._result
        assert isinstance(result, Links)
        sources, targets = result.source, result.target
        pitch_s = min(look.px(54), rect.height() / max(1, len(sources)))
        pitch_t = min(look.px(54), rect.height() / max(1, len(targets) + (0 if result.finished else 1)))
        value_font = look.font("label", 700)
        side_room = text_width("0.00", value_font) + look.px(8)
        widest_s = max((text_width(w, self._font(pitch_s, True)) for w in sources), default=0) + look.px(24)
        widest_t = max((text_width(w, self._font(pitch_t, True)) for w in targets), default=0) + look.px(24)
        most = (rect.width() - look.px(60)) / 2
        left_end = rect.x() + min(most, widest_s + side_room)
        right_start = max(left_end + look.px(60), rect.right() - min(most, max(widest_t + side_room, rect.width() * 0.3)))
        if right_start - left_end > look.px(190):
            right_start = left_end + look.px(190)
        self._plates = {"source": [], "target": []}
        heights = {"source": pitch_s, "target": pitch_t}
        for side, words, pitch in (("source", sources, pitch_s), ("target", targets, pitch_t)):
            used = pitch * len(words)
            top = rect.y() + (max(0.0, rect.height() - used) / 2 if result.finished else 0.0)
            top = min(top, rect.y() + look.px(12))
            for i, word in enumerate(words):
                font = self._font(pitch, self._marked("source" if side == "source" else "target", i) > 0)
                width = min(most, text_width(word, font) + look.px(22))
                height = min(look.px(34), pitch * 0.9)
                middle = top + (i + 0.5) * pitch
                x = left_end - width if side == "source" else right_start
                self._plates["source" if side == "source" else "target"].append(QRectF(x, middle - height / 2, width, height))
        self._paint_ribbons(painter, left_end + look.px(3), right_start - look.px(3), pitch_s)
        for side in ("source", "target"):
            for i in range(len(self._words("source" if side == "source" else "target"))):
                self._paint_word(painter, "source" if side == "source" else "target", i, heights[side])

    def _marked(self, side: Side, index: int) -> float:
        """1 for the word under the cursor, the weight for words linked to it, else 0."""
        if self._over is None:
            return 0.0
        own, at = self._over
        if own == side:
            return 1.0 if at == index else 0.0
        weight = self._weight(index, at) if side == "source" else self._weight(at, index)
        return weight if weight >= TOLD else 0.0

    def _paint_ribbons(self, painter: QPainter, x1: float, x2: float, pitch: float) -> None:
        result = self._result
        assert isinstance(result, Links)
        widest = min(look.px(10), pitch * 0.5)
        later = []
        for t in range(len(result.target)):
            for s in range(len(result.source)):
                weight = self._weight(s, t)
                if weight < FAINT:
                    continue
                on = self._over is not None and self._over in (("source", s), ("target", t))
                if on:
                    later.append((s, t, weight))
                elif weight >= IDLE:
                    self._paint_ribbon(painter, x1, x2, s, t, weight, widest, False)
        for s, t, weight in later:
            self._paint_ribbon(painter, x1, x2, s, t, weight, widest, True)

    def _paint_ribbon(self, painter: QPainter, x1: float, x2: float, source: int, target: int, weight: float, widest: float, on: bool) -> None:
        y1, y2 = self._plates["source"][source].center().y(), self._plates["target"][target].center().y()
        path = QPainterPath(QPointF(x1, y1))
        bend = (x2 - x1) * 0.5
        path.cubicTo(x1 + bend, y1, x2 - bend, y2, x2, y2)
        colour = faded(self.accent, 0.8) if on else faded(look.colour("line2"), 0.62)
        line = QPen(colour, max(look.line(0.8), weight * widest))
        line.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(line)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)

    def _paint_word(self, painter: QPainter, side: Side, index: int, pitch: float) -> None:
        result = self._result
        assert isinstance(result, Links)
        word, plate = self._words(side)[index], self._plates[side][index]
        share = self._marked(side, index)
        here = self._over == (side, index)
        newest = side == "target" and not result.finished and index == len(result.target) - 1
        font = self._font(pitch, share > 0 or newest)
        if here:
            rounded(painter, plate, look.px(6), self.accent)
            ink = look.on_accent()
        elif share > 0:
            rounded(painter, plate, look.px(6), look.tint(self.chapter))
            ink = self.accent
        else:
            ink = look.colour("ink")
        unknown = side == "source" and index in result.unknown
        if unknown and not here:
            ink = look.colour("ink3")
        align: Align = "right" if side == "source" else "left"
        x = plate.right() - look.px(10) if side == "source" else plate.x() + look.px(10)
        width = draw_text(painter, word, font, ink, x, plate.center().y(), align, width=plate.width() - look.px(16))
        if unknown:
            dotted = QPen(ink, look.line(1.2))
            dotted.setDashPattern([1.5, 2])
            painter.setPen(dotted)
            y = plate.center().y() + font.pixelSize() * 0.62
            start = x - width if side == "source" else x
            painter.drawLine(QPointF(start, y), QPointF(start + width, y))
        if share > 0 and not here:
            small = look.font("label", 700)
            if side == "source":
                draw_text(painter, fixed(share), small, self.accent, plate.x() - look.px(7), plate.center().y(), "right")
            else:
                draw_text(painter, fixed(share), small, self.accent, plate.right() + look.px(7), plate.center().y())

    # mouse and keys

    def locate(self, position: QPointF) -> tuple[Side, int] | None:
        """(side, index) of the word at a point of the widget; a whole row belongs to its word."""
        for side in ("source", "target"):
            own: Side = "source" if side == "source" else "target"
            for i, plate in enumerate(self._plates[own]):
                reach = plate.adjusted(-look.px(40), -look.px(2), look.px(16), look.px(2)) if own == "source" else plate.adjusted(
                    -look.px(16), -look.px(2), look.px(40), look.px(2)
                )
                if reach.contains(position):
                    return own, i
        return None

    def _hover(self, over: tuple[Side, int] | None) -> None:
        if over != self._over:
            self._over = over
            if over is None:
                self.hovered.emit("", -1)
            else:
                self.hovered.emit(*over)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self.locate(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if found else Qt.CursorShape.ArrowCursor)
        self._hover(found)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self.locate(event.position())
        if event.button() == Qt.MouseButton.LeftButton and found is not None:
            self._hover(found)
            self.clicked.emit(*found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        side, index = self._over if self._over is not None else ("target", -1)
        if not self._words("source") or not self._words("target"):
            event.ignore()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step = 1 if key == Qt.Key.Key_Down else -1
            self._hover((side, max(0, min(len(self._words(side)) - 1, index + step))))
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            other: Side = "source" if key == Qt.Key.Key_Left else "target"
            self._hover((other, max(0, min(len(self._words(other)) - 1, index))))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._over is not None:
            self.clicked.emit(*self._over)
        elif key == Qt.Key.Key_Escape and self._over is not None:
            self._hover(None)
        else:
            event.ignore()
