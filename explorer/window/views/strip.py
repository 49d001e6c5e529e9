"""The network as a strip of map faces. Knows no network, draws what it is given."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QHideEvent, QImage, QMouseEvent, QPainter, QPainterPath
from PySide6.QtWidgets import QWidget

from explorer.results import Picture, Result, Scores
from explorer.results.base import write_csv
from explorer.window.look import look
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
    fitted,
    outline_on_picture,
    pen,
    rounded,
    text_width,
    to_image,
)
from explorer.window.views.layer import Layer
from explorer.window.views.row import RowView
from explorer.words import Text

FACES_A_TURN = 3  # are coloured in one turn of the event loop


def shape_text(shape: Sequence[int]) -> str:
    """A tensor's shape as it is written: ``256 × 14²``, ``3 × 224 × 160``, ``512``."""
    if len(shape) == 3 and shape[1] == shape[2]:
        return f"{shape[0]:,}" if shape[1] == 1 else f"{shape[0]:,} × {shape[1]}²"
    return " × ".join(f"{n:,}" for n in shape)


def shortened(title: str, font: QFont, room: float) -> str:
    """A title that fits: as it is, a dotted name by its last part (``.42``), else cut off; empty where there is room for nothing."""
    tail = f".{title.rpartition('.')[2]}" if "." in title else ""
    for words in (title, tail):
        if words and text_width(words, font) <= room - look.px(2):
            return words
    return elided(title, font, room - look.px(4)) if room >= look.px(44) else ""


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
    def frame(self) -> tuple[object, ...]:
        """Everything but the face."""
        return self.name, self.channels, self.size, self.shape, self.signed, self.group, self.title

    @property
    def family(self) -> str:
        """What it is grouped by."""
        return self.group or self.name


@dataclass(frozen=True)
class Arc:
    """A shortcut: what comes out of ``source`` (None: the input) is added to what comes out of ``target``."""

    source: str | None
    target: str


class StripView(RowView):
    """Input picture, blocks with shortcuts over them, output scores. Fits any width: groups fold, then faces shrink.

    ``chosen(name)``: a block by click or left/right key; ``hovered(name)``, empty when left; ``input_clicked``; ``output_chosen(name)``.
    """

    input_clicked = Signal()
    FACE = 48
    GAP = 11

    def __init__(self, parent: QWidget | None = None, *, chapter: int | None = None, name: Text | None = None) -> None:
        super().__init__(parent, chapter=chapter, name=name or Text("ネットワーク", "Network"))
        self._picture: QImage | None = None
        self._picture_caption: Words = ""
        self._window: tuple[float, float, float, float] | None = None
        self._blocks: list[Block] = []
        self._arcs: list[Arc] = []
        self._thumbnails: dict[tuple[str, int], QImage] = {}
        self._picture_zone = QRectF()
        self._built, self._filled, self._scored = 0, 0, 0  # how often the blocks, their faces and the scores were given
        self._renewed: set[str] = set()  # blocks with a new face that is not shown yet
        self._fresh: dict[tuple[str, int], QImage] = {}
        self._colouring = QTimer(self)
        self._colouring.setInterval(0)
        self._colouring.timeout.connect(self._colour_some)
        self._titles: dict[str, tuple[str, QRectF]] = {}  # what stands under the blocks: the words of each title, and their place
        self._laid: tuple[object, tuple[list[Block], float, float]] = (None, ([], 0.0, 0.0))
        self._under, self._content, self._scores_layer, self._picture_layer = Layer(), Layer(), Layer(), Layer()

    # what it shows

    def has_content(self) -> bool:
        return bool(self._blocks) or self._picture is not None

    def set_strip(self, blocks: Sequence[Block], arcs: Sequence[Arc] = ()) -> None:
        """The blocks in the order they run and the shortcuts over them. Keeps the selection where it still exists."""
        if self._blocks and list(arcs) == self._arcs and [b.frame for b in blocks] == [b.frame for b in self._blocks]:
            self.set_maps({b.name: b.map for b in blocks})  # the same strip: only the faces are new
            return
        self._blocks, self._arcs = list(blocks), list(arcs)
        self._thumbnails.clear()
        self._stop_colouring()
        self._built, self._filled = self._built + 1, self._filled + 1
        self._keep_selection()
        self.update()

    def set_maps(self, maps: Mapping[str, NDArray[Any] | None]) -> None:
        """New faces by block name; others stay. On screen they appear together once all are coloured, a few in each turn of the event loop."""
        self._blocks = [replace(b, map=maps[b.name]) if b.name in maps else b for b in self._blocks]
        self._renewed |= set(maps)
        self._fresh = {key: image for key, image in self._fresh.items() if key[0] not in maps}
        if self.isVisible() and self._awaited():
            self._colouring.start()
        else:
            self._show_faces()

    def _awaited(self) -> list[tuple[str, int]]:
        """The faces on screen of which there is a newer one that has not been coloured."""
        there = {b.name for b in self._blocks if b.map is not None} & self._renewed
        return [key for key in self._thumbnails if key[0] in there and key not in self._fresh]

    def _colour_some(self) -> None:
        """Colour the next faces; show all of them after the last."""
        blocks = {b.name: b for b in self._blocks}
        awaited = self._awaited()
        for name, pixels in awaited[:FACES_A_TURN]:
            self._fresh[name, pixels] = self._coloured(blocks[name], pixels)
        if len(awaited) <= FACES_A_TURN:
            self._show_faces()

    def _show_faces(self) -> None:
        """Show the newest faces; those not coloured yet are coloured when they are painted."""
        self._thumbnails = {key: image for key, image in self._thumbnails.items() if key[0] not in self._renewed} | self._fresh
        self._stop_colouring()
        self._filled += 1
        self.update()

    def _stop_colouring(self) -> None:
        self._colouring.stop()
        self._renewed, self._fresh = set(), {}

    @contextlib.contextmanager
    def _exporting(self) -> Iterator[None]:
        """The newest faces, in the size of the export for its time only."""
        if self._renewed:
            self._show_faces()
        kept = dict(self._thumbnails)
        yield
        self._thumbnails = kept

    def picture(self, scale: float = 2.0) -> QImage:
        with self._exporting():
            return super().picture(scale)

    def save_svg(self, path: str | Path) -> None:
        with self._exporting():
            super().save_svg(path)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._renewed:
            self._show_faces()

    def set_scores(self, scores: Scores | None) -> None:
        self._scored += 1
        super().set_scores(scores)

    def set_picture(self, picture: Picture | NDArray[Any] | None, caption: Words = "") -> None:
        """The input picture, (height, width, 3) uint8."""
        pixels = picture.pixels if isinstance(picture, Picture) else picture
        self._picture = to_image(pixels) if pixels is not None else None
        self._picture_caption = caption
        self._picture_layer.drop()
        self._window = None
        self.update()

    def set_window(self, box: tuple[float, float, float, float] | None) -> None:
        """Outline x1, y1, x2, y2 (pixels of the picture) on it, or nothing."""
        if box != self._window:
            self._window = box
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

    def names(self) -> list[str]:
        """All blocks, in the order they run."""
        return [b.name for b in self._blocks]

    def to_csv(self) -> str:
        return write_csv(("block", "group", "channels", "size", "shape"), ((b.name, b.family, b.channels, b.size, b.shape) for b in self._blocks))

    def sizeHint(self) -> QSize:
        return QSize(look.px(762), look.px(146))

    def minimumSizeHint(self) -> QSize:
        return QSize(look.px(420), look.px(140))

    def restyle(self) -> None:
        for layer in (self._under, self._content, self._scores_layer, self._picture_layer):
            layer.drop()

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
        lone = len(shown) == len(families) == len(self._blocks)  # each block has a title of its own, which wants room
        return shown, min(64.0 if lone else 36.0, (room - widths) / max(1, gaps)), 1.0

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
        self._picture_zone = QRectF()
        if self._picture is not None:
            left = self._paint_picture(painter, rect.x(), middle) + look.px(4)
        if self._scores is not None:
            place = QRectF(rect.right() - look.px(142), rect.y(), look.px(142), rect.height())
            self._scores_layer.draw(painter, place, (self._scored, self.accent.rgba()), lambda own: self._paint_score_rows(own, place, 5))
            right = place.x() - look.px(8)
        else:
            self._output_zones = []
        key = (self._built, self._filled, left, right, self._selected, self._over, self.accent.rgba())
        self._content.draw(painter, rect, key, lambda own: self._paint_content(own, rect, left, right, middle))

    def _paint_content(self, painter: QPainter, rect: QRectF, left: float, right: float, middle: float) -> None:
        """The blocks and what joins them: all but the picture and the scores."""
        self._zones = []
        if self._blocks:
            self._paint_blocks(painter, left, right, middle, rect)

    def _paint_picture(self, painter: QPainter, x: float, middle: float) -> float:
        assert self._picture is not None
        side = look.px(118)
        place = fitted((self._picture.width(), self._picture.height()), QRectF(x, middle - side / 2, side, side))
        self._picture_zone = place
        self._picture_layer.draw(painter, place, None, lambda own: self._paint_pixels(own, place, side))
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

    def _paint_pixels(self, painter: QPainter, place: QRectF, side: float) -> None:
        assert self._picture is not None
        picture = self._picture
        if max(picture.width(), picture.height()) * 2 <= side:  # small ones with crisp pixels
            factor = math.ceil(side * device_ratio(painter) / max(picture.width(), picture.height()))
            picture = picture.scaled(picture.width() * factor, picture.height() * factor)
        draw_smooth(painter, picture, place, look.px(6))

    def _paint_blocks(self, painter: QPainter, left: float, right: float, middle: float, rect: QRectF) -> None:
        factor = look.factor
        start, end = left + look.px(14), right - look.px(22)
        room = (end - start) / factor
        if self._laid[0] != (self._built, room, self._selected):
            self._laid = ((self._built, room, self._selected), self.shown_blocks(room))
        names, gap, shrink = [b.name for b in self._laid[1][0]], *self._laid[1][1:]
        by_name = {b.name: b for b in self._blocks}
        shown = [by_name[name] for name in names]
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

        def paint_under(own: QPainter) -> None:
            self._paint_titles(own, shown, places, ends, gap, chosen_family, QRectF(left, rect.y(), right - left, rect.height()), middle)
            # the main line
            colour, width = look.colour("line2"), look.line(1.6)
            arrow(own, QPointF(left, middle), QPointF(right, middle), colour, width, look.px(6))
            self._paint_arcs(own, shown, places, ends, gap, middle, chosen_family)
            for block, depth in zip(shown, depths, strict=True):
                self._paint_sheets(own, block, places[block.name], depth)

        faces_there = tuple((b.map is None, b.signed) for b in shown)
        self._under.draw(painter, rect, (self._built, left, right, self._selected, self._over, faces_there, self.accent.rgba()), paint_under)
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
        self._titles = {}
        taken: list[QRectF] = []
        for zone, title, shape, on, over in sorted(rows, key=lambda row: not row[4]):
            fonts = look.font("value" if on else "body", 700 if on else 400), look.font("label")
            inks = (self.accent, self.accent) if on else (look.colour("ink"), look.colour("ink2"))
            low, high = (rect.left() if zone is rows[0][0] else zone.left()), (rect.right() if zone is rows[-1][0] else zone.right())
            centre = zone.center().x()
            if not (on or over or plate.isEmpty()):  # nothing is written on the plate of the chosen one
                if centre < plate.left():
                    high = min(high, plate.left())
                else:
                    low = max(low, plate.right())
            for words, font, ink, down in zip((title, shape), fonts, inks, (44, 62), strict=True):
                if not (on or over):
                    words = shortened(words, font, high - low) if down == 44 else words
                    if not words or text_width(words, font) > high - low - (look.px(6) if down == 62 else 0):  # two shapes are told apart
                        continue
                width = text_width(words, font)
                if not (on or over):
                    centre = max(low + width / 2, min(centre, high - width / 2))
                place = QRectF(centre - width / 2, rect.y(), width, rect.height())
                if not (on or over) and any(place.intersects(other) for other in taken):
                    continue
                draw_text(painter, words, font, ink, centre, middle + look.px(down), "centre")
                if down == 44:
                    self._titles[title] = words, place
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

    def _paint_sheets(self, painter: QPainter, block: Block, place: QRectF, depth: float) -> None:
        """The sheets behind a face: the deeper, the more channels."""
        sheets = self._depth(block)
        for k in range(sheets, 0, -1):
            shift = depth * k / max(1, sheets)
            sheet = place.translated(shift, -shift)
            if block.map is None:
                rounded(painter, sheet, look.px(3), look.colour("sunken"), look.colour("line2"))
            else:
                shade = colour_of(0.0, -1.0, 1.0, True) if block.signed else colour_of(0.28, 0.0, 1.0, False)
                rounded(painter, sheet, look.px(3), shade, look.colour("line2" if block.signed else "bg"), 1.0)  # white sheets need an edge to be seen

    def _paint_face(self, painter: QPainter, block: Block, place: QRectF, depth: float, chosen: str | None) -> None:
        if block.map is None:
            rounded(painter, place, look.px(3), look.colour("sunken"), look.colour("line2"))
        else:
            draw_smooth(painter, self._thumbnail(painter, block, place.width()), place, look.px(3))
            if self._depth(block):
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
            self._thumbnails[key] = self._coloured(block, pixels)
        return self._thumbnails[key]

    @staticmethod
    def _coloured(block: Block, pixels: int) -> QImage:
        """A block's face, ``pixels`` wide and high."""
        assert block.map is not None
        if block.map.ndim == 3:
            rgb = block.map
        else:
            high = float(np.max(np.abs(block.map))) if block.map.size else 1.0
            rgb = colours(block.map, 0.0, high or 1.0, block.signed)
        factor = max(1, math.ceil(3 * pixels / max(rgb.shape[:2])))
        big = to_image(enlarge(rgb, factor) if max(rgb.shape[:2]) < pixels else rgb)
        return big.scaled(pixels, pixels, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)

    # mouse

    def _clickable(self, position: QPointF) -> bool:
        return super()._clickable(position) or self._picture_zone.contains(position)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._picture_zone.contains(event.position()):
            self.input_clicked.emit()
        else:
            super().mousePressEvent(event)
