"""The network as a strip: of map faces (``StripView``) or of cards with small drawings (``FlowView``). Knows no network, draws what it is given."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPainterPath
from PySide6.QtWidgets import QWidget

from explorer.results import Picture, Result, Scores
from explorer.results.base import write_csv
from explorer.window.look import look
from explorer.window.views.bars import draw_score_rows
from explorer.window.views.controls import Words, said
from explorer.window.views.drawing import (
    arrow,
    colour_of,
    colours,
    device_ratio,
    draw_smooth,
    draw_text,
    elided,
    enlarge,
    faded,
    fitted,
    outline_on_picture,
    pen,
    rounded,
    text_width,
    to_image,
)
from explorer.window.views.view import View
from explorer.words import Text


def shape_text(shape: Sequence[int]) -> str:
    """A tensor's shape as it is written: ``256 × 14²``, ``3 × 224 × 160``, ``512``."""
    if len(shape) == 3 and shape[1] == shape[2]:
        return f"{shape[0]:,}" if shape[1] == 1 else f"{shape[0]:,} × {shape[1]}²"
    return " × ".join(f"{n:,}" for n in shape)


@dataclass(frozen=True, eq=False)
class Block:
    """One block of the strip. ``channels`` gives the depth of its stack, ``size`` (side of its maps) the size of its face.

    ``map``: (height, width) float drawn in data colours, or (height, width, 3) uint8, or None while it is not computed.
    ``group``: blocks of one group stand under one title. ``title``: the group's or block's name when it differs from ``group``/``name``.
    """

    name: str
    channels: int
    size: int
    shape: str = ""
    map: NDArray[Any] | None = None
    signed: bool = False
    group: str = ""
    title: Words = ""

    @property
    def family(self) -> str:
        """What it is grouped by."""
        return self.group or self.name


@dataclass(frozen=True)
class Arc:
    """A shortcut: what comes out of ``source`` (None: the input) is added to what comes out of ``target``."""

    source: str | None
    target: str


class StripView(View):
    """Input picture, blocks with shortcuts over them, output scores. Fits any width: groups fold, then faces shrink.

    ``chosen(name)``: a block by click or left/right key; ``hovered(name)``, empty when left; ``input_clicked``; ``output_chosen(name)``.
    """

    chosen = Signal(str)
    hovered = Signal(str)
    input_clicked = Signal()
    output_chosen = Signal(str)
    interactive = True
    FACE = 48
    GAP = 11

    def __init__(self, parent: QWidget | None = None, *, chapter: int | None = None, name: Text | None = None) -> None:
        super().__init__(parent, chapter=chapter, name=name or Text("ネットワーク", "Network"))
        self._picture: QImage | None = None
        self._picture_caption: Words = ""
        self._window: tuple[float, float, float, float] | None = None
        self._blocks: list[Block] = []
        self._arcs: list[Arc] = []
        self._scores: Scores | None = None
        self._selected = ""
        self._over = ""
        self._thumbnails: dict[tuple[str, int], QImage] = {}
        self._zones: list[tuple[QRectF, str]] = []
        self._output_zones: list[tuple[QRectF, str]] = []
        self._picture_zone = QRectF()

    # what it shows

    def has_content(self) -> bool:
        return bool(self._blocks) or self._picture is not None

    def set_strip(self, blocks: Sequence[Block], arcs: Sequence[Arc] = ()) -> None:
        """The blocks in the order they run and the shortcuts over them. Keeps the selection where it still exists."""
        self._blocks, self._arcs = list(blocks), list(arcs)
        self._thumbnails.clear()
        if self._selected not in [b.name for b in blocks]:
            self._selected = ""
        self.update()

    def set_maps(self, maps: Mapping[str, NDArray[Any] | None]) -> None:
        """New faces by block name; others stay."""
        self._blocks = [replace(b, map=maps[b.name]) if b.name in maps else b for b in self._blocks]
        for key in [k for k in self._thumbnails if k[0] in maps]:
            del self._thumbnails[key]
        self.update()

    def set_picture(self, picture: Picture | NDArray[Any] | None, caption: Words = "") -> None:
        """The input picture, (height, width, 3) uint8."""
        pixels = picture.pixels if isinstance(picture, Picture) else picture
        self._picture = to_image(pixels) if pixels is not None else None
        self._picture_caption = caption
        self._window = None
        self.update()

    def set_window(self, box: tuple[float, float, float, float] | None) -> None:
        """Outline x1, y1, x2, y2 (pixels of the picture) on it, or nothing."""
        if box != self._window:
            self._window = box
            self.update()

    def set_scores(self, scores: Scores | None) -> None:
        """What comes out, at the right end."""
        self._scores = scores
        self.update()

    def set_result(self, result: Result) -> None:
        """A ``Picture`` goes to the input, ``Scores`` to the output."""
        if isinstance(result, Picture):
            self.set_picture(result)
        elif isinstance(result, Scores):
            self.set_scores(result)
        else:
            raise TypeError(f"a strip takes a Picture or Scores, not {type(result).__name__}")
        super().set_result(result)

    @property
    def selected(self) -> str:
        """The chosen block's name, or empty."""
        return self._selected

    def set_selected(self, name: str) -> None:
        """Choose a block without a signal; empty for none."""
        self._selected = name
        self.update()

    def names(self) -> list[str]:
        """All blocks, in the order they run."""
        return [b.name for b in self._blocks]

    def to_csv(self) -> str:
        return write_csv(("block", "group", "channels", "size", "shape"), ((b.name, b.family, b.channels, b.size, b.shape) for b in self._blocks))

    def sizeHint(self) -> QSize:
        return QSize(look.px(762), look.px(146))

    def minimumSizeHint(self) -> QSize:
        return QSize(look.px(420), look.px(140))

    # layout

    def _face(self, block: Block) -> float:
        largest = max(b.size for b in self._blocks)
        levels = math.log2(max(1, largest) / max(1, block.size))
        return max(20.0, self.FACE - 6 * levels)

    def _depth(self, block: Block) -> int:
        fewest = min(b.channels for b in self._blocks)
        return max(0, min(4, round(math.log2(max(1, block.channels) / max(1, fewest)))))

    def families(self) -> list[tuple[str, list[Block]]]:
        """Neighbouring blocks of one group together, in order."""
        out: list[tuple[str, list[Block]]] = []
        for block in self._blocks:
            if out and out[-1][0] == block.family:
                out[-1][1].append(block)
            else:
                out.append((block.family, [block]))
        return out

    def shown_blocks(self, room: float) -> tuple[list[Block], float, float]:
        """Which blocks stand in ``room`` px (at 100 %), the gap between them and what their faces are multiplied by."""
        families = self.families()
        allowed = [1] * len(families)
        shown = self._with(families, allowed)
        widths, gaps = self._widths(shown)
        if widths + self.GAP * gaps > room:
            gap = max(2.0, min(10.0, room * 0.25 / max(1, gaps)))
            return shown, gap, max(0.02, (room - gap * gaps) / widths)
        growing = True
        while growing:
            growing = False
            for i in sorted(range(len(families)), key=lambda i: (allowed[i], -len(families[i][1]))):
                if allowed[i] >= len(families[i][1]):
                    continue
                tried = [n + (k == i) for k, n in enumerate(allowed)]
                more = self._with(families, tried)
                wider, joints = self._widths(more)
                if wider + self.GAP * joints <= room:
                    allowed, shown, widths, gaps, growing = tried, more, wider, joints, True
                    break
        return shown, min(36.0, (room - widths) / max(1, gaps)), 1.0

    def _with(self, families: list[tuple[str, list[Block]]], allowed: list[int]) -> list[Block]:
        return [b for (_, blocks), most in zip(families, allowed, strict=True) for b in self._folded(blocks, most)]

    def _widths(self, shown: list[Block]) -> tuple[float, int]:
        return sum(self._face(b) + 3 * self._depth(b) for b in shown), len(shown) - 1

    def _folded(self, blocks: list[Block], most: int) -> list[Block]:
        if len(blocks) <= most:
            return blocks
        kept = {0, *range(len(blocks) - (most - 1), len(blocks))} if most > 1 else {len(blocks) - 1}
        chosen = next((i for i, b in enumerate(blocks) if b.name == self._selected), None)
        if chosen is not None and chosen not in kept:
            kept.discard(min(kept, key=lambda i: (abs(i - chosen), i)))
            kept.add(chosen)
        return [b for i, b in enumerate(blocks) if i in kept]

    # painting

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        middle = rect.y() + look.px(64)
        left, right = rect.x(), rect.right()
        self._zones, self._output_zones = [], []
        self._picture_zone = QRectF()
        if self._picture is not None:
            left = self._paint_picture(painter, rect.x(), middle) + look.px(4)
        if self._scores is not None:
            right = rect.right() - look.px(142)
            self._paint_scores(painter, QRectF(right, rect.y(), look.px(142), rect.height()))
            right -= look.px(8)
        if self._blocks:
            self._paint_blocks(painter, left, right, middle, rect)

    def _paint_picture(self, painter: QPainter, x: float, middle: float) -> float:
        assert self._picture is not None
        side = look.px(118)
        place = fitted((self._picture.width(), self._picture.height()), QRectF(x, middle - side / 2, side, side))
        self._picture_zone = place
        if max(self._picture.width(), self._picture.height()) * 2 <= side:
            factor = math.ceil(side * device_ratio(painter) / max(self._picture.width(), self._picture.height()))
            big = self._picture.scaled(self._picture.width() * factor, self._picture.height() * factor)
            draw_smooth(painter, big, place, look.px(6))
        else:
            draw_smooth(painter, self._picture, place, look.px(6))
        if self._window is not None:
            sx, sy = place.width() / self._picture.width(), place.height() / self._picture.height()
            x1, y1, x2, y2 = self._window
            box = QRectF(place.x() + x1 * sx, place.y() + y1 * sy, (x2 - x1) * sx, (y2 - y1) * sy)
            inset = look.px(2)
            box = box.intersected(place.adjusted(inset, inset, -inset, -inset))
            if not box.isEmpty():
                outline_on_picture(painter, box, strong=True)
        if self._picture_caption:
            draw_text(painter, said(self._picture_caption), look.font("label"), look.colour("ink2"), x + side / 2, middle + side / 2 + look.px(13), "centre")
        return x + side

    def _paint_scores(self, painter: QPainter, rect: QRectF) -> None:
        assert self._scores is not None
        order = np.argsort(-self._scores.values, kind="stable")[:5]
        names = [self._scores.names[int(i)] for i in order]
        values = [float(self._scores.values[int(i)]) for i in order]
        full = 1.0 if max(values, default=1.0) <= 1.0 else max(values)
        places = draw_score_rows(painter, rect, names, values, self.accent, unit=self._scores.unit, full=full)
        self._output_zones = list(zip(places, names, strict=True))

    def _paint_blocks(self, painter: QPainter, left: float, right: float, middle: float, rect: QRectF) -> None:
        factor = look.factor
        start, end = left + look.px(14), right - look.px(22)
        shown, gap, shrink = self.shown_blocks((end - start) / factor)
        gap *= factor
        faces = [self._face(b) * shrink * factor for b in shown]
        depths = [self._depth(b) * 3 * min(1.0, shrink) * factor for b in shown]
        used = sum(faces) + sum(depths) + gap * (len(shown) - 1)
        x = start + max(0.0, (end - start - used) / 2)
        places: dict[str, QRectF] = {}
        for block, face, depth in zip(shown, faces, depths, strict=True):
            places[block.name] = QRectF(x, middle - face / 2, face, face)
            x += face + depth + gap
        ends = {b.name: places[b.name].right() + d for b, d in zip(shown, depths, strict=True)}
        chosen_family = next((b.family for b in self._blocks if b.name == self._selected), None)
        self._paint_titles(painter, shown, places, ends, gap, chosen_family, rect, middle)
        # the main line
        colour, width = look.colour("line2"), look.line(1.6)
        arrow(painter, QPointF(left, middle), QPointF(right, middle), colour, width, look.px(6))
        self._paint_arcs(painter, shown, places, ends, gap, middle, chosen_family)
        for block, depth in zip(shown, depths, strict=True):
            self._paint_face(painter, block, places[block.name], depth, chosen_family)

    def _paint_titles(
        self, painter: QPainter, shown: list[Block], places: dict[str, QRectF], ends: dict[str, float], gap: float, chosen: str | None, rect: QRectF, middle: float
    ) -> None:
        families: list[tuple[str, list[Block]]] = []
        for block in shown:
            if families and families[-1][0] == block.family:
                families[-1][1].append(block)
            else:
                families.append((block.family, [block]))
        counts = {family: len(blocks) for family, blocks in self.families()}
        bottom = min(rect.bottom(), middle + look.px(79))
        plate = QRectF()
        rows = []
        for family, blocks in families:
            zone = QRectF(places[blocks[0].name].x() - gap / 2, rect.y(), 0, bottom - rect.y())
            zone.setRight(ends[blocks[-1].name] + gap / 2)
            on = family == chosen
            title = said(blocks[0].title) if blocks[0].title else family
            if counts[family] > len(blocks):
                folded = f"{title} ×{counts[family]}"
                if on or any(b.name == self._over for b in blocks) or text_width(folded, look.font("body")) <= zone.width() - look.px(2):
                    title = folded
            shape = next((b.shape for b in blocks if b.name == self._selected), blocks[-1].shape)
            over = not on and any(b.name == self._over for b in blocks)
            rows.append((zone, title, shape, on, over))
            if on:
                missing = max(0.0, text_width(title, look.font("value", 700)) + look.px(12) - zone.width())
                plate = zone.adjusted(-missing / 2, 0, missing / 2, 0)
                rounded(painter, plate, look.px(10), look.tint(self.chapter))
        taken = [plate]
        for zone, title, shape, on, over in sorted(rows, key=lambda row: not row[4]):
            fonts = look.font("value" if on else "body", 700 if on else 400), look.font("label")
            inks = (self.accent, self.accent) if on else (look.colour("ink"), look.colour("ink2"))
            for words, font, ink, down in zip((title, shape), fonts, inks, (44, 62), strict=True):
                width = text_width(words, font)
                if not (on or over) and width > zone.width() - look.px(2):
                    if zone.width() < look.px(44) or down > 44:
                        continue
                    words = elided(words, font, zone.width() - look.px(4))
                    width = text_width(words, font)
                place = QRectF(zone.center().x() - width / 2, rect.y(), width, rect.height())
                if not (on or over) and any(place.intersects(other) for other in taken):
                    continue
                draw_text(painter, words, font, ink, zone.center().x(), middle + look.px(down), "centre")
                if over:
                    taken.append(place.adjusted(-look.px(4), 0, look.px(4), 0))

    def _paint_arcs(
        self, painter: QPainter, shown: list[Block], places: dict[str, QRectF], ends: dict[str, float], gap: float, middle: float, chosen: str | None
    ) -> None:
        order = {b.name: i for i, b in enumerate(self._blocks)}
        names = [b.name for b in shown]
        width = look.line(1.5)
        radius = min(look.px(5.5), max(2.0, gap / 2 - 1))
        for arc in self._arcs:
            if arc.target not in places:
                continue
            before = -1 if arc.source is None else order.get(arc.source, -1)
            sources = [n for n in names if order[n] <= before]
            if sources:
                begin = ends[sources[-1]] + gap / 2
            else:
                first = names[0]
                begin = places[first].x() - gap / 2
            finish = ends[arc.target] + gap / 2
            on = next(b.family for b in shown if b.name == arc.target) == chosen
            colour = self.accent if on else look.colour("ink3")
            painter.setPen(pen(colour, look.line(2.0) if on else width))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            span = finish - begin
            rise = min(look.px(37), max(places[arc.target].height() / 2 + look.px(12), span * 0.62))
            bend = min(span / 2, rise)
            path = QPainterPath(QPointF(begin, middle))
            path.cubicTo(begin, middle - bend * 0.55 - (rise - bend), begin + bend * 0.45, middle - rise, begin + bend, middle - rise)
            path.lineTo(finish - bend, middle - rise)
            path.cubicTo(finish - bend * 0.45, middle - rise, finish, middle - bend * 0.55 - (rise - bend), finish, middle - radius)
            painter.drawPath(path)
            # the sum
            painter.setBrush(look.colour("bg") if not on else look.tint(self.chapter))
            painter.drawEllipse(QPointF(finish, middle), radius, radius)
            half = radius * 0.5
            painter.drawLine(QPointF(finish - half, middle), QPointF(finish + half, middle))
            painter.drawLine(QPointF(finish, middle - half), QPointF(finish, middle + half))

    def _paint_face(self, painter: QPainter, block: Block, place: QRectF, depth: float, chosen: str | None) -> None:
        sheets = self._depth(block)
        for k in range(sheets, 0, -1):
            shift = depth * k / max(1, sheets)
            sheet = place.translated(shift, -shift)
            if block.map is None:
                rounded(painter, sheet, look.px(3), look.colour("sunken"), look.colour("line2"))
            else:
                shade = colour_of(0.0, -1.0, 1.0, True) if block.signed else colour_of(0.28, 0.0, 1.0, False)
                rounded(painter, sheet, look.px(3), shade, look.colour("bg"), 1.0)
        if block.map is None:
            rounded(painter, place, look.px(3), look.colour("sunken"), look.colour("line2"))
        else:
            draw_smooth(painter, self._thumbnail(painter, block, place.width()), place, look.px(3))
            if sheets:
                rounded(painter, place.adjusted(-1, -1, 1, 1), look.px(4), None, look.colour("bg"), 1.0)
        zone = place.united(place.translated(depth, -depth))
        self._zones.append((zone.adjusted(-look.px(4), -look.px(14), look.px(4), look.px(60)), block.name))
        edge = look.line(2.5)
        if block.name == self._selected:
            out = edge / 2 + 0.5
            rounded(painter, place.adjusted(-out, -out, out, out), look.px(4), None, self.accent, edge)
        elif block.family == chosen:
            rounded(painter, place.adjusted(-1, -1, 1, 1), look.px(3), None, self.accent, look.line(1.2))
        elif block.name == self._over:
            rounded(painter, place.adjusted(-1, -1, 1, 1), look.px(3), None, look.colour("ink2"), look.line(1.5))

    def _thumbnail(self, painter: QPainter, block: Block, side: float) -> QImage:
        pixels = max(1, round(side * device_ratio(painter)))
        key = (block.name, pixels)
        if key not in self._thumbnails:
            assert block.map is not None
            if block.map.ndim == 3:
                rgb = block.map
            else:
                high = float(np.max(np.abs(block.map))) if block.map.size else 1.0
                rgb = colours(block.map, 0.0, high or 1.0, block.signed)
            factor = max(1, math.ceil(3 * pixels / max(rgb.shape[:2])))
            big = to_image(enlarge(rgb, factor) if max(rgb.shape[:2]) < pixels else rgb)
            smooth = Qt.TransformationMode.SmoothTransformation
            self._thumbnails[key] = big.scaled(pixels, pixels, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
        return self._thumbnails[key]

    # mouse and keys

    def _at(self, position: QPointF) -> str:
        return next((name for zone, name in self._zones if zone.contains(position)), "")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        position = event.position()
        on_output = any(zone.contains(position) for zone, _ in self._output_zones)
        name = self._at(position)
        self.setCursor(Qt.CursorShape.PointingHandCursor if name or on_output or self._picture_zone.contains(position) else Qt.CursorShape.ArrowCursor)
        self._hover(name)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover("")

    def _hover(self, name: str) -> None:
        if name != self._over:
            self._over = name
            self.hovered.emit(name)
            self.update()

    def _choose(self, name: str) -> None:
        if name and name != self._selected:
            self._selected = name
            self.update()
            self.chosen.emit(name)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self._picture_zone.contains(event.position()):
            self.input_clicked.emit()
            return
        for zone, name in self._output_zones:
            if zone.contains(event.position()):
                self.output_chosen.emit(name)
                return
        self._choose(self._at(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        names = self.names()
        if not names:
            event.ignore()
            return
        here = names.index(self._selected) if self._selected in names else -1
        moves = {Qt.Key.Key_Right: here + 1, Qt.Key.Key_Left: max(0, here - 1), Qt.Key.Key_Home: 0, Qt.Key.Key_End: len(names) - 1}
        target = moves.get(Qt.Key(event.key()))
        if target is None:
            event.ignore()
        else:
            self._choose(names[min(target, len(names) - 1)])


# Cards


@dataclass(frozen=True, eq=False)
class Cells:
    """A small field of coloured cells. ``values``: (rows, columns); ``high``: the end of the scale (None: the largest)."""

    values: NDArray[Any]
    signed: bool = True
    high: float | None = None


@dataclass(frozen=True, eq=False)
class Circles:
    """Rows of coloured circles joined by arrows. ``values``: (rows, n); ``backward``: rows whose arrows point left."""

    values: NDArray[Any]
    signed: bool = True
    high: float | None = None
    backward: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Columns:
    """Upright bars. ``values``: (n,), not negative."""

    values: NDArray[Any]


@dataclass(frozen=True, eq=False)
class Big:
    """One large word or number and a line under it."""

    text: Words
    under: Words = ""


@dataclass(frozen=True, eq=False)
class Tiles:
    """Numbers on coloured tiles with a sign under each. ``values``: (n,); ``marked``: the tile that counts; scale ``low``–``high``."""

    values: NDArray[Any]
    unders: tuple[str, ...] = ()
    marked: int = -1
    low: float = 0.0
    high: float = 1.0
    signed: bool = False


@dataclass(frozen=True, eq=False)
class Drawn:
    """Any drawing: ``paint(painter, rect, accent)`` on a field ``width`` px wide."""

    paint: Callable[[QPainter, QRectF, QColor], None]
    width: int = 100


Content = Cells | Circles | Columns | Big | Tiles | Drawn | None


@dataclass(frozen=True, eq=False)
class Card:
    """One card of a flow: title, a small drawing, a caption. ``width``: px at 100 % (None: from the content)."""

    name: str
    title: Words
    content: Content = None
    caption: Words = ""
    width: int | None = None


@dataclass(frozen=True)
class Feedback:
    """An arrow back from one card to an earlier one, under the cards, with words on it."""

    source: str
    target: str
    text: Words = ""


class FlowView(View):
    """Cards joined by arrows, perhaps an arrow back, perhaps scores at the end. ``chosen(name)`` by click or left/right key."""

    chosen = Signal(str)
    hovered = Signal(str)
    output_chosen = Signal(str)
    interactive = True

    def __init__(self, parent: QWidget | None = None, *, chapter: int | None = None, name: Text | None = None, height: int = 112) -> None:
        super().__init__(parent, chapter=chapter, name=name or Text("しくみの流れ", "How it flows"))
        self.card_height = height
        self._cards: list[Card] = []
        self._feedback: Feedback | None = None
        self._scores: Scores | None = None
        self._selected = ""
        self._over = ""
        self._zones: list[tuple[QRectF, str]] = []
        self._output_zones: list[tuple[QRectF, str]] = []

    def has_content(self) -> bool:
        return bool(self._cards)

    def set_flow(self, cards: Sequence[Card], feedback: Feedback | None = None) -> None:
        """The cards in order. Keeps the selection where it still exists."""
        self._cards, self._feedback = list(cards), feedback
        if self._selected not in [c.name for c in cards]:
            self._selected = ""
        self.updateGeometry()
        self.update()

    def set_card(self, name: str, **changes: Any) -> None:
        """Change fields of one card (``content``, ``caption``, ``title``). Raises KeyError for an unknown name."""
        if name not in self.names():
            raise KeyError(name)
        self._cards = [replace(c, **changes) if c.name == name else c for c in self._cards]
        self.update()

    def set_feedback_text(self, text: Words) -> None:
        """Change the words on the arrow back."""
        if self._feedback is not None:
            self._feedback = replace(self._feedback, text=text)
            self.update()

    def set_scores(self, scores: Scores | None) -> None:
        """What comes out, at the right end."""
        self._scores = scores
        self.update()

    def set_result(self, result: Result) -> None:
        """``Scores`` go to the right end."""
        if not isinstance(result, Scores):
            raise TypeError(f"a flow takes Scores, not {type(result).__name__}")
        self.set_scores(result)
        super().set_result(result)

    @property
    def selected(self) -> str:
        """The chosen card's name, or empty."""
        return self._selected

    def set_selected(self, name: str) -> None:
        """Choose a card without a signal; empty for none."""
        self._selected = name
        self.update()

    def names(self) -> list[str]:
        """All cards in order."""
        return [c.name for c in self._cards]

    def to_csv(self) -> str:
        return write_csv(("card", "title", "caption"), ((c.name, _english(c.title), _english(c.caption)) for c in self._cards))

    def sizeHint(self) -> QSize:
        return QSize(look.px(762), look.px(self.card_height + (42 if self._feedback else 0)))

    def minimumSizeHint(self) -> QSize:
        return QSize(look.px(420), self.sizeHint().height())

    def _natural(self, card: Card) -> float:
        if card.width is not None:
            return look.px(card.width)
        content = card.content
        inner = text_width(said(card.title), look.font("body", 700))
        inner = max(inner, text_width(said(card.caption), look.font("label")) if card.caption else 0)
        if isinstance(content, Cells):
            inner = max(inner, look.px(13) * content.values.shape[1])
        elif isinstance(content, Circles):
            inner = max(inner, look.px(20) * content.values.shape[1])
        elif isinstance(content, Columns):
            inner = max(inner, look.px(13) * len(content.values))
        elif isinstance(content, Tiles):
            inner = max(inner, look.px(52) * len(content.values))
        elif isinstance(content, Big):
            inner = max(inner, text_width(said(content.text), look.font("state")), text_width(said(content.under), look.font("label")))
        elif isinstance(content, Drawn):
            inner = max(inner, look.px(content.width))
        return max(look.px(84), inner + 2 * look.px(13))

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        height = min(look.px(self.card_height), rect.height() - (look.px(42) if self._feedback else 0))
        right = rect.right()
        self._output_zones = []
        if self._scores is not None:
            right -= look.px(142)
            self._paint_scores(painter, QRectF(right, rect.y() + look.px(2), look.px(142), height))
            right -= look.px(4)
        count = len(self._cards)
        joints = count if self._scores is not None else count - 1
        joint = float(look.px(30))
        widths = [self._natural(c) for c in self._cards]
        spare = right - rect.x() - sum(widths) - joints * joint
        if spare > 0:
            widths = [w + min(spare / count, w * 0.35) for w in widths]
        elif spare < 0:
            joint = max(look.px(16), joint + spare / max(1, joints))
            over = sum(widths) + joints * joint - (right - rect.x())
            widths = [w - over * w / sum(widths) for w in widths] if over > 0 else widths
        if joints:
            joint = (right - rect.x() - sum(widths)) / joints if self._scores is not None or spare <= 0 else min(look.px(60), (right - rect.x() - sum(widths)) / joints)
        self._zones = []
        x = rect.x()
        for i, (card, width) in enumerate(zip(self._cards, widths, strict=True)):
            place = QRectF(x, rect.y(), width, height)
            self._zones.append((place, card.name))
            self._paint_card(painter, card, place)
            x += width + joint
            if i < joints:
                middle, inset = place.center().y(), min(look.px(5), joint * 0.15)
                arrow(painter, QPointF(place.right() + inset, middle), QPointF(x - inset, middle), look.colour("ink2"), look.line(1.6), look.px(6))
        if self._feedback is not None:
            self._paint_feedback(painter)

    def _paint_scores(self, painter: QPainter, rect: QRectF) -> None:
        assert self._scores is not None
        order = np.argsort(-self._scores.values, kind="stable")[: max(1, min(5, int(rect.height() // look.px(24))))]
        names = [self._scores.names[int(i)] for i in order]
        values = [float(self._scores.values[int(i)]) for i in order]
        full = 1.0 if max(values, default=1.0) <= 1.0 else max(values)
        places = draw_score_rows(painter, rect, names, values, self.accent, unit=self._scores.unit, full=full)
        self._output_zones = list(zip(places, names, strict=True))

    def _paint_card(self, painter: QPainter, card: Card, place: QRectF) -> None:
        on, over = card.name == self._selected, card.name == self._over
        rounded(painter, place, look.px(10), look.tint(self.chapter) if on else look.colour("surface"))
        if over and not on:
            rounded(painter, place, look.px(10), None, look.colour("line2"), look.line(1.5))
        pad = look.px(13)
        inner = place.adjusted(pad, 0, -pad, 0)
        accent = self.accent
        draw_text(painter, said(card.title), look.font("body", 700), accent if on else look.colour("ink"), inner.x(), place.y() + look.px(20), width=inner.width())
        bottom = place.bottom() - look.px(10)
        if card.caption:
            small = look.font("label")
            draw_text(painter, said(card.caption), small, accent if on else look.colour("ink2"), inner.x(), place.bottom() - look.px(17), width=inner.width())
            bottom = place.bottom() - look.px(30)
        field = QRectF(inner.x(), place.y() + look.px(34), inner.width(), bottom - place.y() - look.px(34))
        if field.height() > 4:
            self._paint_content(painter, card.content, field, on)

    def _paint_content(self, painter: QPainter, content: Content, field: QRectF, on: bool) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(content, Cells):
            rows, columns = content.values.shape
            gap = look.px(2)
            width = min(look.px(18), (field.width() - gap * (columns - 1)) / columns)
            height = min(look.px(12), (field.height() - gap * (rows - 1)) / rows)
            high = content.high or float(np.max(np.abs(content.values), initial=0)) or 1.0
            for r in range(rows):
                for c in range(columns):
                    cell = QRectF(field.x() + c * (width + gap), field.y() + r * (height + gap), width, height)
                    rounded(painter, cell, look.px(2), colour_of(float(content.values[r, c]), 0.0, high, content.signed))
        elif isinstance(content, Circles):
            self._paint_circles(painter, content, field)
        elif isinstance(content, Columns):
            count = max(1, len(content.values))
            pitch = min(look.px(16), field.width() / count)
            high = float(np.max(content.values, initial=0)) or 1.0
            for k, value in enumerate(content.values):
                tall = max(look.px(2), field.height() * float(value) / high)
                painter.fillRect(QRectF(field.x() + k * pitch, field.bottom() - tall, pitch - look.px(3), tall), self.accent if on else look.colour("ink2"))
        elif isinstance(content, Big):
            draw_text(painter, said(content.text), look.font("state"), look.colour("ink"), field.x(), field.y() + look.px(11), width=field.width())
            if content.under:
                draw_text(painter, said(content.under), look.font("label"), look.colour("ink2"), field.x(), field.y() + look.px(32), width=field.width())
        elif isinstance(content, Tiles):
            self._paint_tiles(painter, content, field)
        elif isinstance(content, Drawn):
            content.paint(painter, field, self.accent)
        painter.restore()

    def _paint_circles(self, painter: QPainter, content: Circles, field: QRectF) -> None:
        rows, count = content.values.shape
        pitch = min(look.px(24), field.width() / max(1, count))
        line_height = min(look.px(22), field.height() / max(1, rows))
        radius = min(look.px(7), pitch * 0.36, line_height * 0.42)
        high = content.high or float(np.max(np.abs(content.values), initial=0)) or 1.0
        top = field.center().y() - line_height * (rows - 1) / 2
        for r in range(rows):
            y = top + r * line_height
            for k in range(count):
                x = field.x() + pitch * (k + 0.5)
                if k + 1 < count:
                    a, b = QPointF(x + radius + 1, y), QPointF(x + pitch - radius - 1, y)
                    if r in content.backward:
                        a, b = b, a
                    arrow(painter, a, b, look.colour("ink3"), look.line(1.2), look.px(2.5))
                painter.setPen(pen(faded(look.colour("ink"), 0.15), 1))
                painter.setBrush(colour_of(float(content.values[r, k]), 0.0, high, content.signed))
                painter.drawEllipse(QPointF(x, y), radius, radius)

    def _paint_tiles(self, painter: QPainter, content: Tiles, field: QRectF) -> None:
        count, gap = max(1, len(content.values)), look.px(8)
        width = min(look.px(60), (field.width() - gap * (count - 1)) / count)
        tall = min(look.px(22), field.height() * (0.6 if content.unders else 1.0))
        font = look.font("body", 700)
        for k, value in enumerate(content.values):
            place = QRectF(field.x() + k * (width + gap), field.y(), width, tall)
            known = math.isfinite(float(value))
            fill = colour_of(float(value), content.low, content.high, content.signed) if known else look.colour("surface")
            rounded(painter, place, look.px(4), fill)
            ink = look.digit_colour(fill) if known else look.colour("ink3")
            written = f"{value:.{2 if abs(value) < 10 else 1 if abs(value) < 100 else 0}f}".replace("-", "−")
            draw_text(painter, written if known else "?", font, ink, place.center().x(), place.center().y(), "centre")
            if k < len(content.unders):
                colour = self.accent if k == content.marked else look.colour("ink2")
                draw_text(painter, content.unders[k], look.font("body", 700 if k == content.marked else 400), colour, place.center().x(), place.bottom() + look.px(13), "centre")

    def _paint_feedback(self, painter: QPainter) -> None:
        assert self._feedback is not None
        zones = {name: zone for zone, name in self._zones}
        if self._feedback.source not in zones or self._feedback.target not in zones:
            return
        start, end = zones[self._feedback.source], zones[self._feedback.target]
        y = start.bottom() + look.px(32)
        xs, xe = start.center().x(), end.center().x()
        text, font = said(self._feedback.text), look.font("body")
        used = text_width(text, font) if text else 0
        middle = (xs + xe) / 2
        left, right = middle - used / 2 - look.px(12), middle + used / 2 + look.px(12)
        accent, corner, top = self.accent, look.px(6), start.bottom() + look.px(5)
        painter.setPen(pen(accent, look.line(1.8)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        path = QPainterPath(QPointF(xs, top))
        path.lineTo(xs, y - corner)
        path.quadTo(xs, y, xs - corner, y)
        path.lineTo(min(xs - corner, right), y)
        painter.drawPath(path)
        path = QPainterPath(QPointF(max(left, xe + corner), y))
        path.lineTo(xe + corner, y)
        path.quadTo(xe, y, xe, y - corner)
        painter.drawPath(path)
        arrow(painter, QPointF(xe, y - corner), QPointF(xe, top), accent, look.line(1.8), look.px(8))
        if text:
            draw_text(painter, text, font, look.colour("ink"), middle, y, "centre")

    def _at(self, position: QPointF) -> str:
        return next((name for zone, name in self._zones if zone.contains(position)), "")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        name = self._at(event.position())
        on_output = any(zone.contains(event.position()) for zone, _ in self._output_zones)
        self.setCursor(Qt.CursorShape.PointingHandCursor if name or on_output else Qt.CursorShape.ArrowCursor)
        self._hover(name)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover("")

    def _hover(self, name: str) -> None:
        if name != self._over:
            self._over = name
            self.hovered.emit(name)
            self.update()

    def _choose(self, name: str) -> None:
        if name and name != self._selected:
            self._selected = name
            self.update()
            self.chosen.emit(name)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        for zone, name in self._output_zones:
            if zone.contains(event.position()):
                self.output_chosen.emit(name)
                return
        self._choose(self._at(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        names = self.names()
        if not names or event.key() not in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            event.ignore()
            return
        here = names.index(self._selected) if self._selected in names else -1
        step = 1 if event.key() == Qt.Key.Key_Right else -1
        self._choose(names[max(0, min(len(names) - 1, here + step))])


def _english(words: Words) -> str:
    return words.en if isinstance(words, Text) else words
