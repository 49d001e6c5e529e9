"""Names at the corners of boxes, each on a plate: what is placed first stays readable, what finds no room is left out."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from explorer.window.look import look
from explorer.window.views.drawing import draw_text, text_width

HIGH, INSET = 20, 6


def plates_for(boxes: Sequence[QRectF], labels: Sequence[str], within: QRectF) -> list[QRectF | None]:
    """Where the label of each box goes, the most important first: above it, or else below; None where another label or the middle of another box is
    in both places.

    ``within``: the picture, which no plate leaves.
    """
    font, high, inset = look.font("label", 700), look.px(HIGH), look.px(INSET)
    placed: list[QRectF] = []
    found: list[QRectF | None] = []
    for number, (box, label) in enumerate(zip(boxes, labels, strict=True)):
        others = [other.center() for place, other in enumerate(boxes) if place != number and other.center() != box.center()]
        plate = QRectF(box.x() - look.px(1), 0, text_width(label, font) + 2 * inset, high)
        plate.moveLeft(max(within.left(), min(plate.left(), within.right() - plate.width())))
        above = box.top() - high if box.top() - high >= within.top() else max(box.top(), within.top())
        free = None
        for top in (above, min(box.bottom(), within.bottom() - high)):
            there = QRectF(plate)
            there.moveTop(top)
            if not any(there.intersects(other) for other in placed) and not any(there.contains(middle) for middle in others):
                free = there
                placed.append(there)
                break
        found.append(free)
    return found


def draw_plate(painter: QPainter, plate: QRectF, label: str, fill: QColor) -> None:
    """The label on its plate."""
    painter.fillRect(plate, fill)
    draw_text(painter, label, look.font("label", 700), look.digit_colour(fill), plate.x() + look.px(INSET), plate.center().y())
