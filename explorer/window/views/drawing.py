"""What all views draw with: text laid out properly, numbers written properly, crisp pixels, outlines, arrows."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
    QTransform,
)

from explorer.window.look import look

_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺"
_RAISED_RUN = re.compile(f"([{_RAISED}]+)")
_LOWERED = str.maketrans(_RAISED, "0123456789−+")
RAISED_SIZE, RAISED_BY = 0.68, 0.36
"""Exponents are set small and high from the font's own figures (fonts lack most raised figures): shares of the size."""
_SUPERSCRIPTS = str.maketrans("0123456789-−+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁺")


# Numbers

def minus(text: str) -> str:
    """Hyphens before digits become proper minus signs."""
    return re.sub(r"-(?=[\d.])", "−", text)


def power(exponent: int) -> str:
    """A power of ten as it is written: ``1``, ``10``, ``10⁻⁶``."""
    return {0: "1", 1: "10"}.get(exponent, "10" + str(exponent).translate(_SUPERSCRIPTS))


def fixed(value: float, digits: int = 2, sign: bool = False) -> str:
    """A number with a fixed count of decimals, thousands parted by commas, minus as minus: ``−0.02``, ``+1.90``, ``2,600.00``."""
    if not math.isfinite(value):
        return "–" if math.isnan(value) else ("∞" if value > 0 else "−∞")
    text = f"{value:+,.{digits}f}" if sign else f"{value:,.{digits}f}"
    if float(text.replace(",", "")) == 0.0:
        text = f"{0:.{digits}f}"
    return minus(text)


def amount(value: float) -> str:
    """A count as it is said: 691 k, 36.5 M, 5.2 G."""
    for bound, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= bound:
            scaled = value / bound
            return f"{scaled:.0f} {unit}" if scaled >= 100 else f"{scaled:.3g} {unit}"
    return f"{value:,.0f}"


def short(value: float) -> str:
    """A number in about three significant digits, large and small ones as powers of ten: ``0.47``, ``7.2``, ``2,600``, ``5·10⁻¹³``."""
    if not math.isfinite(value):
        return fixed(value)
    size = abs(value)
    if size == 0:
        return "0"
    if size >= 1e6 or size < 1e-3:
        exponent = math.floor(math.log10(size))
        factor = value / 10.0**exponent
        text = f"{factor:.1f}".rstrip("0").rstrip(".")
        if text in ("10", "-10"):
            text, exponent = text.replace("10", "1"), exponent + 1
        if text == "1":
            return power(exponent)
        return minus(f"{text}·{power(exponent)}")
    digits = max(0, 2 - math.floor(math.log10(size)))
    text = f"{value:,.{min(digits, 4)}f}"
    return minus(text.rstrip("0").rstrip(".") if "." in text else text)


def digits_for(values: NDArray[Any]) -> int:
    """How many decimals tell the values apart: 2 for numbers near 1, fewer for large ones, more for small ones."""
    largest = float(np.nanmax(np.abs(values))) if values.size else 1.0
    if not math.isfinite(largest) or largest == 0:
        return 2
    return int(np.clip(1 - math.floor(math.log10(largest)), 0, 4)) if largest < 0.01 or largest >= 100 else 2


def digits_apart(values: NDArray[Any], digits: int) -> int:
    """``digits`` decimals, or as many more, up to two, as tell the two largest values apart."""
    known = np.sort(values[np.isfinite(values)])[-2:]
    if len(known) == 2 and known[0] < known[1]:
        return next((more for more in range(digits, digits + 3) if fixed(known[0], more) != fixed(known[1], more)), digits + 2)
    return digits


# Text

class TextBlock:
    """Text of any script laid out in a width, lines at a fixed pitch, ``**bold**`` parts set in weight 700.

    ``height`` and ``width`` (of the longest line) are in the painter's units.
    """

    def __init__(self, text: str, font: QFont, width: float = 1e6, pitch: float = 1.5, align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft) -> None:
        plain, bold = _bold_parts(text)
        self.plain = plain
        raised = [(m.start(), m.end() - m.start()) for m in _RAISED_RUN.finditer(plain)]
        plain = plain.translate(_LOWERED) if raised else plain
        self._layout = QTextLayout(plain.replace("\n", "\u2028"), font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self._layout.setTextOption(option)
        heavy = QFont(font)
        heavy.setWeight(QFont.Weight.Bold)
        formats = [_range(start, length, heavy) for start, length in bold]
        for start, length in raised:
            inside = any(a <= start < a + n for a, n in bold)
            formats.append(_range(start, length, heavy if inside else font, raised=True))
        if formats:
            self._layout.setFormats(formats)
        size = font.pixelSize() if font.pixelSize() > 0 else QFontMetricsF(font).height() / 1.2
        self.pitch = round(size * pitch)
        self.width = 0.0
        metrics = QFontMetricsF(font)
        self._layout.beginLayout()
        y = 0.0
        while (line := self._layout.createLine()).isValid():
            line.setLineWidth(max(1.0, width))
            used = line.naturalTextWidth()
            x = 0.0
            if width < 1e6 and align & Qt.AlignmentFlag.AlignHCenter:
                x = (width - used) / 2
            elif width < 1e6 and align & Qt.AlignmentFlag.AlignRight:
                x = width - used
            # the glyphs' middle (half the capital height) sits in the middle of the line
            baseline = y + self.pitch / 2 + metrics.capHeight() / 2
            line.setPosition(QPointF(x, round(baseline) - line.ascent()))
            self.width = max(self.width, used)
            y += self.pitch
        self._layout.endLayout()
        self.lines = self._layout.lineCount()
        self.height = y

    def draw(self, painter: QPainter, x: float, y: float, colour: QColor) -> None:
        """Draw with the top left corner at x, y."""
        painter.setPen(colour)
        self._layout.draw(painter, QPointF(x, y))


def _bold_parts(text: str) -> tuple[str, list[tuple[int, int]]]:
    pieces = text.split("**")
    if len(pieces) < 3:
        return text, []
    plain, spans = "", []
    for i, piece in enumerate(pieces):
        if i % 2 == 1 and i < len(pieces) - 1:
            spans.append((len(plain), len(piece)))
        plain += piece
    return plain, spans


def _range(start: int, length: int, font: QFont, raised: bool = False) -> QTextLayout.FormatRange:
    part = QTextLayout.FormatRange()
    part.start, part.length = start, length
    style = QTextCharFormat()
    style.setFont(font)
    if raised:
        style.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignSuperScript)
    part.format = style
    return part


def _raised_font(font: QFont) -> QFont:
    small = QFont(font)
    small.setPixelSize(max(1, round(font.pixelSize() * RAISED_SIZE)))
    return small


def text_width(text: str, font: QFont) -> float:
    """How far the pen moves for the text."""
    if not _RAISED_RUN.search(text):
        return QFontMetricsF(font).horizontalAdvance(text)
    parts = _RAISED_RUN.split(text)
    plain, small = QFontMetricsF(font), QFontMetricsF(_raised_font(font))
    return sum((small if i % 2 else plain).horizontalAdvance(part.translate(_LOWERED) if i % 2 else part) for i, part in enumerate(parts))


def elided(text: str, font: QFont, width: float) -> str:
    """The text, cut with an ellipsis where it does not fit the width."""
    if text_width(text, font) <= width:
        return text
    return QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, max(0.0, width))


Align = Literal["left", "centre", "right"]


def draw_text(painter: QPainter, text: str, font: QFont, colour: QColor, x: float, middle: float, align: Align = "left", width: float | None = None) -> float:
    """One line of text whose capitals' middle is at ``middle``; ``x`` is its left end, centre or right end. Returns its width.

    ``width``: cut with an ellipsis beyond it. Exponents such as ``10⁻⁶`` are raised.
    """
    metrics = QFontMetricsF(font)
    if width is not None:
        text = elided(text, font, width)
    used = text_width(text, font)
    left = x if align == "left" else x - used / 2 if align == "centre" else x - used
    baseline = round(middle + metrics.capHeight() / 2)
    painter.setPen(colour)
    painter.setFont(font)
    if not _RAISED_RUN.search(text):
        painter.drawText(QPointF(left, baseline), text)
        return used
    small = _raised_font(font)
    for i, part in enumerate(_RAISED_RUN.split(text)):
        shown = part.translate(_LOWERED) if i % 2 else part
        painter.setFont(small if i % 2 else font)
        painter.drawText(QPointF(left, baseline - (font.pixelSize() * RAISED_BY if i % 2 else 0)), shown)
        left += QFontMetricsF(painter.font()).horizontalAdvance(shown)
    return used


# Pixels

def to_image(pixels: NDArray[Any]) -> QImage:
    """A QImage that owns its bytes from (height, width, 3 or 4) uint8."""
    pixels = np.ascontiguousarray(pixels, dtype=np.uint8)
    height, width, channels = pixels.shape
    kind = QImage.Format.Format_RGB888 if channels == 3 else QImage.Format.Format_RGBA8888
    return QImage(pixels.data, width, height, width * channels, kind).copy()


def device_ratio(painter: QPainter) -> float:
    """Device pixels for one unit of the painter: the screen's ratio times the painter's own scale."""
    device = painter.device()
    ratio = device.devicePixelRatioF() if device is not None else 1.0
    return max(0.25, ratio * abs(painter.worldTransform().m11()))


def whole_multiple(available: float, count: int, ratio: float) -> float:
    """The largest side of one value's square so that ``count`` of them fit, a whole number of device pixels (at least one)."""
    return max(1, math.floor(available * ratio / max(1, count) + 1e-6)) / ratio


def enlarge(pixels: NDArray[Any], factor: int) -> NDArray[Any]:
    """(height, width, …) with every pixel repeated ``factor`` times both ways."""
    return np.repeat(np.repeat(pixels, factor, axis=0), factor, axis=1)


def draw_crisp(painter: QPainter, pixels: NDArray[Any], x: float, y: float, cell: float) -> QRectF:
    """Draw (height, width, 3 or 4) uint8 with each pixel a square of side ``cell``, no smoothing in any output. Returns its place."""
    height, width = pixels.shape[:2]
    ratio = device_ratio(painter)
    x, y = round(x * ratio) / ratio, round(y * ratio) / ratio
    target = QRectF(x, y, width * cell, height * cell)
    factor = max(1, round(cell * ratio))
    image = to_image(enlarge(pixels, factor) if factor * max(height, width) <= 4096 else pixels)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(target, image)
    painter.restore()
    return target


def draw_smooth(painter: QPainter, image: QImage, target: QRectF, radius: float = 0.0) -> None:
    """Draw a photograph into ``target``, averaged down to the device's pixels, with round corners if asked."""
    ratio = device_ratio(painter)
    wanted = QSizeF(target.size() * ratio).toSize()
    if wanted.width() < image.width() and not wanted.isEmpty():
        image = image.scaled(wanted, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    if radius > 0:
        # a brush keeps the round edge smooth, a clip would not
        fill_rounded_image(painter, image, target, radius)
    else:
        painter.drawImage(target, image)
    painter.restore()


def fill_rounded_image(painter: QPainter, image: QImage, target: QRectF, radius: float) -> None:
    """Fill a round-cornered rectangle with an image stretched over it."""
    brush = QBrush(image)
    brush.setTransform(
        QTransform.fromTranslate(target.x(), target.y()).scale(target.width() / max(1, image.width()), target.height() / max(1, image.height()))
    )
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(brush)
    painter.drawRoundedRect(target, radius, radius)


def block_mean(values: NDArray[Any], divisor: int) -> NDArray[Any]:
    """(…, height, width) averaged over ``divisor`` × ``divisor`` blocks; a last incomplete block is cut off."""
    if divisor <= 1:
        return values
    height, width = values.shape[-2] // divisor * divisor, values.shape[-1] // divisor * divisor
    cut = values[..., :height, :width]
    shape = (*cut.shape[:-2], height // divisor, divisor, width // divisor, divisor)
    return np.asarray(cut.reshape(shape).mean(axis=(-3, -1)))


# Colours

def colours(values: NDArray[Any], low: float, high: float, signed: bool) -> NDArray[np.uint8]:
    """uint8 (…, 3): signed values around zero (``high`` the end on both sides), magnitudes from ``low`` to ``high``."""
    values = np.asarray(values, dtype=np.float32)
    if signed:
        return look.signed(values / (max(abs(low), abs(high)) or 1.0))
    return look.viridis((np.where(np.isnan(values), 0.0, values) - low) / ((high - low) or 1.0))


def colour_of(value: float, low: float, high: float, signed: bool) -> QColor:
    """The colour of one value, as in ``colours``."""
    if math.isnan(value):
        value = 0.0
    if signed:
        return look.data_colour((value / (max(abs(low), abs(high)) or 1.0) + 1.0) / 2.0, True)
    return look.data_colour((value - low) / ((high - low) or 1.0), False)


def mixed(first: QColor, second: QColor, share: float) -> QColor:
    """``share`` of the second colour in the first."""
    parts = ((first.redF(), second.redF()), (first.greenF(), second.greenF()), (first.blueF(), second.blueF()), (first.alphaF(), second.alphaF()))
    red, green, blue, alpha = (a + (b - a) * share for a, b in parts)
    return QColor.fromRgbF(red, green, blue, alpha)


def faded(colour: QColor, alpha: float) -> QColor:
    """The colour with its opacity multiplied by ``alpha``."""
    out = QColor(colour)
    out.setAlphaF(colour.alphaF() * max(0.0, min(1.0, alpha)))
    return out


# Shapes

def rounded(painter: QPainter, rect: QRectF, radius: float, fill: QColor | None, line: QColor | None = None, width: float = 1.0) -> None:
    """A round-cornered rectangle, its line lying inside ``rect``."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    if line is None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(rect, radius, radius)
    else:
        painter.setPen(QPen(line, width))
        half = width / 2
        inner = max(0.0, radius - half)
        painter.drawRoundedRect(rect.adjusted(half, half, -half, -half), inner, inner)
    painter.restore()


def outline_on_picture(painter: QPainter, rect: QRectF, strong: bool = False) -> None:
    """White over black around ``rect``, so that it can be read on any photograph or map."""
    white = float(look.px(2)) if not strong or not look.projection else 5.0
    black = white * 2
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for width, colour in ((black, QColor(0, 0, 0, 128)), (white, QColor(255, 255, 255))):
        pen = QPen(colour, width)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawRect(rect)
    painter.restore()


def frame(painter: QPainter, rect: QRectF, width: float, colour: QColor) -> None:
    """The edges of a box, ``width`` px wide, on whole pixels: sharp, and quick enough for hundreds."""
    around, whole = width / 2, max(1, round(width))
    left, top = round(rect.left() - around), round(rect.top() - around)
    right, bottom = max(left + whole, round(rect.right() + around)), max(top + whole, round(rect.bottom() + around))
    inner = max(0, bottom - top - 2 * whole)
    for x, y, wide, high in (
        (left, top, right - left, whole), (left, bottom - whole, right - left, whole), (left, top + whole, whole, inner), (right - whole, top + whole, whole, inner),
    ):  # fmt: skip
        painter.fillRect(x, y, wide, high, colour)


def pen(colour: QColor, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """A pen with round ends and joins."""
    return QPen(colour, width, style, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


def arrow(painter: QPainter, start: QPointF, end: QPointF, colour: QColor, width: float, head: float) -> None:
    """A line with an open head of length ``head`` at its end."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen(colour, width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawLine(start, end)
    angle = math.atan2(end.y() - start.y(), end.x() - start.x())
    path = QPainterPath()
    for turn in (math.radians(145), -math.radians(145)):
        path.moveTo(end.x() + head * math.cos(angle + turn), end.y() + head * math.sin(angle + turn))
        path.lineTo(end)
    painter.drawPath(path)
    painter.restore()


def polyline(points: Sequence[tuple[float, float]]) -> QPainterPath:
    """Open path through the points."""
    path = QPainterPath()
    for i, (x, y) in enumerate(points):
        if i == 0:
            path.moveTo(x, y)
        else:
            path.lineTo(x, y)
    return path


def fitted(size: tuple[float, float], room: QRectF) -> QRectF:
    """The largest rectangle of the size's proportions in the room, centred."""
    width, height = max(1e-6, size[0]), max(1e-6, size[1])
    scale = min(room.width() / width, room.height() / height)
    return QRectF(room.center().x() - width * scale / 2, room.center().y() - height * scale / 2, width * scale, height * scale)
