"""Small maps: many in a grid, one large, and two with the lines between a window and the value it makes."""

from __future__ import annotations

import math
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from explorer.results import Maps, Result
from explorer.results.base import write_csv
from explorer.window.look import look
from explorer.window.views.controls import Words, said
from explorer.window.views.drawing import (
    block_mean,
    colours,
    device_ratio,
    draw_crisp,
    draw_text,
    outline_on_picture,
    pen,
    rounded,
    whole_multiple,
)
from explorer.window.views.view import View
from explorer.words import Text

Order = Literal["clearest", "number", "strongest"]
Range = Literal["unit", "layer", "all"]

ORDER_WORDS: dict[Order, Text] = {
    "clearest": Text("はっきりした順", "clearest first"),
    "number": Text("番号順", "by number"),
    "strongest": Text("強い順", "strongest first"),
}
BRIEF, ALL = Text("{total} 枚中 {shown} 枚", "{shown} of {total} {noun}"), Text("{total} 枚", "{total} {noun}")


class _Grid(NamedTuple):
    """Where a page's maps lie. ``side``: of one value, px; ``width``, ``height``: of one map, px; ``divisor``: values averaged into one."""

    divisor: int
    side: float
    columns: int
    rows: int
    width: float
    height: float
    x: float
    y: float

    def same_picture(self) -> tuple[float, ...]:
        return self[:6]

class MapGridView(View):
    """``results.Maps`` in a grid at whole multiples, 3 px apart; what does not fit is on further pages (wheel, Page Up/Down).

    ``chosen(map)``: by click or arrow keys; ``hovered(map, row, column)`` under the cursor and ``left()`` after it; ``zoomed(map)`` with
    Enter or double click, −1 when back in the grid (Escape); ``range_changed(low, high)`` whenever the colour scale's ends change.
    ``brief``: the line under the grid only says how many there are.
    """

    chosen = Signal(int)
    hovered = Signal(int, int, int)
    left = Signal()
    zoomed = Signal(int)
    range_changed = Signal(float, float)
    interactive = True
    GAP = 3

    def __init__(self, parent: QWidget | None = None, *, chapter: int | None = None, name: Text | None = None, at_once: int = 64, noun: str = "maps", brief: bool = False) -> None:
        super().__init__(parent, chapter=chapter, name=name or Text("特徴マップ", "Feature maps"))
        self.noun = noun
        self.brief = brief
        self.at_once = at_once
        self._order: Order = "clearest"
        self._range: Range = "unit"
        self._overall_high = 0.0
        self._places: list[int] = []
        self._selected = 0
        self._over = -1
        self._cell: tuple[int, int] | None = None
        self._zoom = -1
        self._page = 0
        self._image: QImage | None = None
        self._image_key: tuple[object, ...] = ()
        self._grid = _Grid(1, 1.0, 1, 1, 1.0, 1.0, 0.0, 0.0)
        self.setMinimumSize(60, 60)

    # what it shows

    def set_result(self, result: Result) -> None:
        if not isinstance(result, Maps):
            raise TypeError(f"a grid of maps draws Maps, not {type(result).__name__}")
        before = self._result
        super().set_result(result)
        same_layer = isinstance(before, Maps) and before.layer == result.layer and len(before.values) == len(result.values)
        self._sort()
        if not same_layer:
            self._zoom = -1
        self._regrid()
        if not same_layer:
            self._selected = self._places[0] if self._places else 0
            self._page, self._over, self._cell = 0, -1, None
        self._image = None
        self.range_changed.emit(*self.colour_range())

    @property
    def maps(self) -> Maps | None:
        """The result shown."""
        return self._result if isinstance(self._result, Maps) else None

    @property
    def order(self) -> Order:
        """How the maps are sorted."""
        return self._order

    def set_order(self, order: Order) -> None:
        """Sort anew; the chosen map stays chosen."""
        self._order = order
        self._sort()
        self._image = None
        self._show_selected()
        self.update()

    @property
    def colour_by(self) -> Range:
        """Whether each map has its own scale, the layer one for all its maps, or all layers one together."""
        return self._range

    def set_colour_by(self, by: Range) -> None:
        """Scale colours by each map's own largest value (``unit``), the layer's (``layer``) or that of all layers (``all``)."""
        self._range = by
        self._image = None
        self.range_changed.emit(*self.colour_range())
        self.update()

    def set_overall_high(self, high: float) -> None:
        """The largest size of a value in all layers, for colours by ``all``; the layer's own where it is larger."""
        self._overall_high = high
        if self._range == "all":
            self.set_colour_by("all")

    def set_at_once(self, count: int) -> None:
        """At most so many maps on a page."""
        self.at_once = max(1, count)
        self._image = None
        self._regrid()
        self._show_selected()
        self.update()

    def colour_range(self, index: int | None = None) -> tuple[float, float]:
        """Ends of the colour scale for a map (the chosen one): 0 to the largest value, or its size on both sides when signed."""
        maps = self.maps
        if maps is None or not len(maps.values):
            return 0.0, 1.0
        values = maps.values[self._selected if index is None else index] if self._range == "unit" else maps.values
        high = float(np.max(np.abs(values) if maps.signed else values, initial=0.0))
        if self._range == "all":
            high = max(high, self._overall_high)
        return (-high, high) if maps.signed else (0.0, high)

    @property
    def selected(self) -> int:
        """The chosen map."""
        return self._selected

    def set_selected(self, index: int) -> None:
        """Choose a map without a signal and turn to its page."""
        if self.maps is not None and 0 <= index < len(self.maps.values) and index != self._selected:
            self._selected = index
            self._show_selected()
            if self._range == "unit":
                self.range_changed.emit(*self.colour_range())
            self.update()

    @property
    def zoom(self) -> int:
        """The map shown alone, or −1."""
        return self._zoom

    def set_zoom(self, index: int) -> None:
        """Show one map alone (−1: the grid)."""
        if index != self._zoom:
            self._zoom = index
            self._image = None
            self._regrid()
            self._show_selected()
            self.zoomed.emit(index)
            self.update()

    def set_marked_cell(self, cell: tuple[int, int] | None) -> None:
        """Outline one cell of the zoomed map from outside, such as the one the cursor is on elsewhere."""
        self._cell = cell
        self.update()

    def _sort(self) -> None:
        maps = self.maps
        if maps is None:
            self._places = []
        elif self._order == "clearest" and maps.order:
            self._places = list(maps.order)
        elif self._order == "strongest":
            strength = np.max(np.abs(maps.values), axis=(1, 2)) if len(maps.values) else np.zeros(0)
            self._places = [int(i) for i in np.argsort(-strength, kind="stable")]
        else:
            self._places = list(range(len(maps.values)))

    def _show_selected(self) -> None:
        if self._selected in self._places:
            page = self._places.index(self._selected) // self._capacity()
            if page != self._page:
                self._page = page
                self._image = None

    # layout

    def caption_height(self) -> float:
        """Room for the line under the grid."""
        return look.px(26)

    def _capacity(self) -> int:
        """How many maps stand on one page."""
        return max(1, min(self.at_once, self._grid.columns * self._grid.rows))

    def _regrid(self) -> None:
        if self._zoom < 0 and self.maps is not None and len(self.maps.values):
            self._grid = self._layout(QRectF(self.rect()), self.devicePixelRatioF())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._regrid()
        self._show_selected()

    def _layout(self, room: QRectF, ratio: float) -> _Grid:
        maps = self.maps
        assert maps is not None
        count = min(self.at_once, len(maps.values))
        height, width = maps.values.shape[1:]
        gap = float(look.px(self.GAP))
        edge = look.px(2)  # the outline of a chosen map lies outside it
        room = room.adjusted(edge, edge, -1, 0)
        high = room.height() - self.caption_height()
        best = None
        for steps in range(int(64 * ratio), 0, -1):
            best = self._try(steps / ratio, width, height, count, room.width(), high, gap)
            if best is not None:
                side, columns, rows = best
                return _Grid(1, side, columns, rows, width * side, height * side, room.x(), room.y())
        fallback = (1, 1 / ratio, 1, 1)
        for divisor in range(2, max(2, max(width, height) // 4) + 1):
            w, h = max(1, width // divisor), max(1, height // divisor)
            columns, rows = int((room.width() + gap) // (w / ratio + gap)), int((high + gap) // (h / ratio + gap))
            if columns >= 1 and rows >= 1:
                fallback = (divisor, 1 / ratio, columns, rows)
                # as large as it may be while the page holds the wanted number, or maps of about 42 px
                if columns * rows >= count or max(w, h) / ratio <= look.px(42):
                    break
        divisor, side, columns, rows = fallback
        columns = max(1, min(columns, math.ceil(count / max(1, min(rows, count)))) if columns * rows >= count else columns)
        return _Grid(divisor, side, columns, rows, width // divisor * side, height // divisor * side, room.x(), room.y())

    @staticmethod
    def _try(side: float, width: int, height: int, count: int, room: float, high: float, gap: float) -> tuple[float, int, int] | None:
        columns = int((room + gap) // (width * side + gap))
        rows = int((high + gap) // (height * side + gap))
        if columns * rows < count:
            return None
        # a block as square as the room lets it be
        fewest = max(1, math.ceil(count / rows))
        even = math.ceil(math.sqrt(count))
        columns = min(columns, max(fewest, even))
        return side, columns, math.ceil(count / columns)

    # painting

    def restyle(self) -> None:
        self._image = None
        self._regrid()

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        maps = self.maps
        if maps is None or not len(maps.values):
            return
        if self._zoom >= 0:
            self._paint_zoom(painter, rect)
            return
        ratio = device_ratio(painter)
        self._grid = self._layout(rect, ratio)
        grid = self._grid
        shown = self.shown()
        self._prepare(ratio)
        assert self._image is not None
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(QRectF(grid.x, grid.y, self._image.width() / ratio, self._image.height() / ratio), self._image)
        if self._over in shown and self._over != self._selected:
            place = self.place_of(self._over)
            out = look.line(1.0)
            rounded(painter, place.adjusted(-out, -out, out, out), look.px(2), None, look.colour("ink2"), look.line(1.5))
        if self._selected in shown:
            place = self.place_of(self._selected)
            out = look.line(2.0)
            rounded(painter, place.adjusted(-out, -out, out, out), look.px(3), None, self.accent, look.line(2.5))
        bottom = grid.y + math.ceil(len(shown) / grid.columns) * (grid.height + look.px(self.GAP))
        draw_text(painter, self.caption(), look.font("label"), look.colour("ink2"), grid.x, bottom + look.px(15), width=rect.width())

    def _prepare(self, ratio: float) -> None:
        """Render the page's maps into one image, kept until something changes."""
        maps = self.maps
        assert maps is not None
        divisor, side, columns = self._grid[:3]
        key = (id(maps), ratio, self._grid.same_picture(), self._page, self._range, self._overall_high, self._order, look.projection)
        if self._image is not None and key == self._image_key:
            return
        index = np.array(self.shown(), dtype=np.intp)
        values = block_mean(np.asarray(maps.values[index], dtype=np.float32), divisor)
        count, h, w = values.shape
        if self._range != "unit":
            high = np.full(count, self.colour_range()[1], dtype=np.float32)
        else:
            source = maps.values[index] if divisor > 1 else values
            high = (np.abs(source) if maps.signed else source).max(axis=(1, 2)).astype(np.float32)
        high[~(high > 0)] = 1.0
        scaled = values / high[:, None, None]
        rgb = look.signed(scaled) if maps.signed else look.viridis(np.clip(scaled, 0.0, 1.0))
        cell = max(1, round(side * ratio))
        gap = round(look.px(self.GAP) * ratio)
        pitch_x, pitch_y = w * cell + gap, h * cell + gap
        used = math.ceil(count / columns)
        sheet = np.zeros((used * columns, pitch_y, pitch_x), dtype=np.uint32)
        packed = 0xFF000000 | rgb[..., 0].astype(np.uint32) << 16 | rgb[..., 1].astype(np.uint32) << 8 | rgb[..., 2]
        sheet[:count, : h * cell, : w * cell] = np.repeat(np.repeat(packed, cell, axis=1), cell, axis=2)
        whole = np.ascontiguousarray(sheet.reshape(used, columns, pitch_y, pitch_x).swapaxes(1, 2)).reshape(used * pitch_y, columns * pitch_x)
        self._image = QImage(whole.data, whole.shape[1], whole.shape[0], whole.shape[1] * 4, QImage.Format.Format_ARGB32_Premultiplied).copy()
        self._image_key = key

    def _paint_zoom(self, painter: QPainter, rect: QRectF) -> None:
        maps = self.maps
        assert maps is not None
        values = maps.values[self._zoom]
        height, width = values.shape
        ratio = device_ratio(painter)
        room = rect.adjusted(0, 0, 0, -self.caption_height())
        side: float = whole_multiple(min(room.width() / width, room.height() / height), 1, ratio)
        if side * max(width, height) > max(room.width(), room.height()) + 1:
            divisor = math.ceil(max(width / room.width(), height / room.height()) / ratio)
            values = block_mean(values, divisor)
        low, high = self.colour_range(self._zoom)
        place = draw_crisp(painter, colours(values, low, high, maps.signed), rect.x(), rect.y(), side)
        self._grid = _Grid(1, side * values.shape[1] / width, 1, 1, place.width(), place.height(), place.x(), place.y())
        if self._cell is not None:
            r, c = self._cell
            step = place.width() / width
            outline_on_picture(painter, QRectF(place.x() + c * step, place.y() + r * step, step, step))
        draw_text(painter, self.caption(), look.font("label"), look.colour("ink2"), place.x(), place.bottom() + look.px(15), width=rect.width())

    def shown(self) -> list[int]:
        """The maps on this page, in order."""
        per_page = self._capacity()
        pages = max(1, math.ceil(len(self._places) / per_page))
        self._page = max(0, min(self._page, pages - 1))
        return self._places[self._page * per_page : (self._page + 1) * per_page]

    def place_of(self, index: int) -> QRectF:
        """Where a map of this page lies (empty if it is on another page)."""
        if self._zoom >= 0:
            return QRectF(self._grid.x, self._grid.y, self._grid.width, self._grid.height) if index == self._zoom else QRectF()
        shown = self.shown()
        if index not in shown:
            return QRectF()
        grid, gap = self._grid, look.px(self.GAP)
        r, c = divmod(shown.index(index), grid.columns)
        return QRectF(grid.x + c * (grid.width + gap), grid.y + r * (grid.height + gap), grid.width, grid.height)

    def caption(self) -> str:
        """The line under the grid: how many of how many, and how sorted."""
        maps = self.maps
        total, shown = len(self._places), self.shown()
        if maps is None or not total:
            return ""
        if self._zoom >= 0:
            name = f" · {maps.names[self._zoom]}" if maps.names else ""
            return look.say(Text(f"マップ {self._zoom}{name} · Esc で一覧に戻る", f"Map {self._zoom}{name} · Esc goes back to all"))
        if self.brief:
            return look.say(BRIEF.format(shown=len(shown), total=total, noun=self.noun) if len(shown) < total else ALL.format(total=total, noun=self.noun))
        order: Order = self._order if self._order != "clearest" or maps.order else "number"
        sort = ORDER_WORDS[order]
        if len(shown) == total:
            return look.say(Text(f"全 {total} 枚、{sort.ja}", f"all {total} {self.noun}, {sort.en}"))
        if self._page == 0:
            return look.say(Text(f"{total} 枚のうち {len(shown)} 枚、{sort.ja}", f"{len(shown)} of {total} {self.noun}, {sort.en}"))
        first = self._places.index(shown[0]) + 1
        return look.say(
            Text(f"{total} 枚のうち {first}–{first + len(shown) - 1} 枚目、{sort.ja}", f"{first}–{first + len(shown) - 1} of {total} {self.noun}, {sort.en}")
        )

    def sizeHint(self) -> QSize:
        return QSize(look.px(360), look.px(386))

    # mouse and keys

    def locate(self, position: QPointF) -> tuple[int, int, int] | None:
        """(map, row, column) of a point of the widget."""
        maps = self.maps
        if maps is None:
            return None
        rows, columns = maps.values.shape[1:]
        for index in [self._zoom] if self._zoom >= 0 else self.shown():
            place = self.place_of(index)
            if place.contains(position):
                r = int((position.y() - place.y()) / place.height() * rows)
                c = int((position.x() - place.x()) / place.width() * columns)
                return index, min(rows - 1, max(0, r)), min(columns - 1, max(0, c))
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self.locate(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if found else Qt.CursorShape.ArrowCursor)
        if found is None:
            self._leave()
            return
        index, row, column = found
        if index != self._over or (self._zoom >= 0 and (row, column) != self._cell):
            self._over = index
            if self._zoom >= 0:
                self._cell = (row, column)
            self.update()
        self.hovered.emit(index, row, column)

    def _leave(self) -> None:
        if self._over >= 0:
            self._over = -1
            if self._zoom >= 0:
                self._cell = None
            self.left.emit()
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._leave()

    def _choose(self, index: int) -> None:
        if index != self._selected:
            self.set_selected(index)
            self.chosen.emit(index)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self.locate(event.position())
        if event.button() == Qt.MouseButton.LeftButton and found is not None and self._zoom < 0:
            self._choose(found[0])

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        found = self.locate(event.position())
        if found is not None:
            self.set_zoom(-1 if self._zoom >= 0 else found[0])

    def turn(self, pages: int) -> None:
        """Turn so many pages on (or back)."""
        per_page = self._capacity()
        last = max(0, math.ceil(len(self._places) / per_page) - 1)
        page = max(0, min(last, self._page + pages))
        if page != self._page:
            self._page, self._image = page, None
            self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._zoom < 0 and len(self.shown()) < len(self._places) and event.angleDelta().y():
            self.turn(-1 if event.angleDelta().y() > 0 else 1)
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._places:
            event.ignore()
            return
        key = Qt.Key(event.key())
        here = self._places.index(self._selected) if self._selected in self._places else 0
        columns = max(1, self._grid.columns)
        per_page = self._capacity()
        last = len(self._places) - 1
        moves = {
            Qt.Key.Key_Right: here + 1, Qt.Key.Key_Left: here - 1, Qt.Key.Key_Down: here + columns, Qt.Key.Key_Up: here - columns,
            Qt.Key.Key_PageDown: here + per_page, Qt.Key.Key_PageUp: here - per_page, Qt.Key.Key_Home: 0, Qt.Key.Key_End: last,
        }  # fmt: skip
        if key in moves:
            step = moves[key]
            if 0 <= step <= last or key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
                self._choose(self._places[max(0, min(last, step))])
                if self._zoom >= 0:
                    self.set_zoom(self._selected)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.set_zoom(-1 if self._zoom >= 0 else self._selected)
        elif key == Qt.Key.Key_Escape and self._zoom >= 0:
            self.set_zoom(-1)
        else:
            event.ignore()


def _box_on(place: QRectF, shape: tuple[int, int], box: tuple[float, float, float, float]) -> QRectF:
    """The rows and columns top, left, bottom, right (exclusive) of a map, cut to the map."""
    rows, columns = shape
    top, left, bottom, right = box
    step_x, step_y = place.width() / columns, place.height() / rows
    full = QRectF(place.x() + left * step_x, place.y() + top * step_y, (right - left) * step_x, (bottom - top) * step_y)
    return full.intersected(place)


class _OneMap:
    """Values with their colour scale and title."""

    def __init__(self, values: NDArray[Any], low: float | None, high: float | None, signed: bool, title: Words) -> None:
        if values.ndim != 2:
            raise ValueError(f"map of shape {values.shape}")
        self.values = np.asarray(values, dtype=np.float32)
        own = float(np.max(np.abs(values), initial=0.0)) if signed else float(np.max(values, initial=0.0))
        self.high = own if high is None else high
        self.low = (-self.high if signed else 0.0) if low is None else low
        self.signed = signed
        self.title = title
        self._coloured: tuple[int, NDArray[np.uint8]] | None = None

    @property
    def shape(self) -> tuple[int, int]:
        return self.values.shape[0], self.values.shape[1]

    def draw(self, painter: QPainter, room: QRectF) -> QRectF:
        """Draw as large as it fits at a whole multiple (or whole fraction); returns its place."""
        rows, columns = self.shape
        ratio = device_ratio(painter)
        divisor = 1
        side = whole_multiple(min(room.width() / columns, room.height() / rows), 1, ratio)
        if side * columns > room.width() + 1 or side * rows > room.height() + 1:
            divisor = math.ceil(max(columns / (room.width() * ratio), rows / (room.height() * ratio)))
            side = 1 / ratio
        if self._coloured is None or self._coloured[0] != divisor:
            self._coloured = (divisor, colours(block_mean(self.values, divisor), self.low, self.high, self.signed))
        return draw_crisp(painter, self._coloured[1], room.x(), room.y(), side)


class MapView(View):
    """One map, large: title over it, the cell under the cursor or chosen by arrow keys outlined, or a window.

    ``cell(row, column)`` when the cell under the cursor changes or keys move it, ``picked(row, column)`` on click or Enter, ``left()``.
    """

    cell = Signal(int, int)
    picked = Signal(int, int)
    left = Signal()
    interactive = True

    def __init__(self, parent: QWidget | None = None, *, chapter: int | None = None, name: Text | None = None) -> None:
        super().__init__(parent, chapter=chapter, name=name or Text("マップ", "Map"))
        self._map: _OneMap | None = None
        self._cell: tuple[int, int] | None = None
        self._window: tuple[float, float, float, float] | None = None
        self._place = QRectF()
        self.titled_by_accent = False

    def has_content(self) -> bool:
        return self._map is not None

    def set_map(self, values: NDArray[Any], *, low: float | None = None, high: float | None = None, signed: bool = False, title: Words = "") -> None:
        """Show (height, width) values; the scale's ends default to 0 and the largest."""
        self._map = _OneMap(values, low, high, signed, title)
        if self._cell is not None and (self._cell[0] >= values.shape[0] or self._cell[1] >= values.shape[1]):
            self._cell = None
        self.update()

    def set_result(self, result: Result) -> None:
        """The first of ``Maps``."""
        if not isinstance(result, Maps) or not len(result.values):
            raise TypeError("a map view draws Maps")
        self.set_map(result.values[0], signed=result.signed, title=result.names[0] if result.names else "")
        super().set_result(result)

    def clear(self) -> None:
        self._map = None
        super().clear()

    def set_cell(self, cell: tuple[int, int] | None) -> None:
        """Outline a cell without a signal."""
        if cell != self._cell:
            self._cell = cell
            self.update()

    def set_window(self, box: tuple[float, float, float, float] | None) -> None:
        """Outline rows and columns top, left, bottom, right (exclusive; may reach outside)."""
        if box != self._window:
            self._window = box
            self.update()

    def place(self) -> QRectF:
        """Where the map was drawn last."""
        return QRectF(self._place)

    def to_csv(self) -> str:
        if self._map is None:
            return ""
        values = self._map.values
        return write_csv(("row", "column", "value"), ((r, c, float(values[r, c])) for r in range(values.shape[0]) for c in range(values.shape[1])))

    def sizeHint(self) -> QSize:
        return QSize(look.px(168), look.px(192))

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        assert self._map is not None
        room = QRectF(rect)
        if self._map.title:
            colour, weight = (self.accent, 700) if self.titled_by_accent else (look.colour("ink"), 400)
            draw_text(painter, said(self._map.title), look.font("body", weight), colour, rect.x(), rect.y() + look.px(8), width=rect.width())
            room.setTop(rect.y() + look.px(24))
        self._place = self._map.draw(painter, room)
        if self._window is not None:
            box = _box_on(self._place, self._map.shape, self._window)
            if not box.isEmpty():
                outline_on_picture(painter, box, strong=True)
        if self._cell is not None:
            r, c = self._cell
            outline_on_picture(painter, _box_on(self._place, self._map.shape, (r, c, r + 1, c + 1)))

    def locate(self, position: QPointF) -> tuple[int, int] | None:
        """(row, column) of a point of the widget."""
        if self._map is None or not self._place.contains(position):
            return None
        rows, columns = self._map.shape
        r = int((position.y() - self._place.y()) / self._place.height() * rows)
        c = int((position.x() - self._place.x()) / self._place.width() * columns)
        return min(rows - 1, r), min(columns - 1, c)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self.locate(event.position())
        if found is not None and found != self._cell:
            self._move(found)

    def _move(self, cell: tuple[int, int]) -> None:
        self._cell = cell
        self.update()
        self.cell.emit(*cell)

    def leaveEvent(self, event: QEvent) -> None:
        self.left.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self.locate(event.position())
        if event.button() == Qt.MouseButton.LeftButton and found is not None:
            if found != self._cell:
                self._move(found)
            self.picked.emit(*found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moved = _moved(event, self._cell, self._map.shape if self._map else None)
        if moved is not None:
            if moved != self._cell:
                self._move(moved)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._cell is not None:
            self.picked.emit(*self._cell)
        else:
            event.ignore()


def _moved(event: QKeyEvent, cell: tuple[int, int] | None, shape: tuple[int, int] | None) -> tuple[int, int] | None:
    steps = {Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Down: (1, 0), Qt.Key.Key_Up: (-1, 0)}
    step = steps.get(Qt.Key(event.key()))
    if step is None or shape is None:
        return None
    if cell is None:
        return shape[0] // 2, shape[1] // 2
    return max(0, min(shape[0] - 1, cell[0] + step[0])), max(0, min(shape[1] - 1, cell[1] + step[1]))


class MapPairView(View):
    """An input map and the output map it makes: the window on the left, its value's cell on the right, lines between them.

    Signals as in ``MapView``, for the output map: ``cell(row, column)``, ``picked(row, column)``, ``left()``.
    """

    cell = Signal(int, int)
    picked = Signal(int, int)
    left = Signal()
    interactive = True

    def __init__(self, parent: QWidget | None = None, *, chapter: int | None = None, name: Text | None = None) -> None:
        super().__init__(parent, chapter=chapter, name=name or Text("入るマップと出るマップ", "The map that goes in and the one that comes out"))
        self._first: _OneMap | None = None
        self._second: _OneMap | None = None
        self._cell: tuple[int, int] | None = None
        self._window: tuple[float, float, float, float] | None = None
        self._places = (QRectF(), QRectF())
        self._between = 0

    def set_between(self, width: int) -> None:
        """Leave so many px between the maps for something that stands there (0: as usual, with lines across)."""
        self._between = width
        self.update()

    def has_content(self) -> bool:
        return self._first is not None and self._second is not None

    def set_maps(
        self,
        first: NDArray[Any],
        second: NDArray[Any],
        *,
        titles: tuple[Words, Words] = ("", ""),
        highs: tuple[float | None, float | None] = (None, None),
        signed: tuple[bool, bool] = (False, False),
    ) -> None:
        """Show two (height, width) maps; ``highs``: ends of their scales (None: their own)."""
        self._first = _OneMap(first, None, highs[0], signed[0], titles[0])
        self._second = _OneMap(second, None, highs[1], signed[1], titles[1])
        if self._cell is not None and (self._cell[0] >= second.shape[0] or self._cell[1] >= second.shape[1]):
            self._cell, self._window = None, None
        self.update()

    def clear(self) -> None:
        self._first = self._second = None
        super().clear()

    @property
    def current(self) -> tuple[int, int] | None:
        """The outlined cell of the output map."""
        return self._cell

    def set_cell(self, cell: tuple[int, int] | None, window: tuple[float, float, float, float] | None = None) -> None:
        """Outline a cell of the output, and the window (top, left, bottom, right) of the input it comes from; no signal."""
        self._cell, self._window = cell, window
        self.update()

    def places(self) -> tuple[QRectF, QRectF]:
        """Where the two maps were drawn last."""
        return QRectF(self._places[0]), QRectF(self._places[1])

    def to_csv(self) -> str:
        if self._first is None or self._second is None:
            return ""
        rows = []
        for name, one in (("in", self._first), ("out", self._second)):
            rows += [(name, r, c, float(one.values[r, c])) for r in range(one.shape[0]) for c in range(one.shape[1])]
        return write_csv(("map", "row", "column", "value"), rows)

    def sizeHint(self) -> QSize:
        return QSize(look.px(374), look.px(192))

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        assert self._first is not None and self._second is not None
        top = look.px(24) if self._first.title or self._second.title else 0
        width = (rect.width() - (self._between or look.px(38))) / 2
        rooms = [QRectF(rect.x(), rect.y() + top, width, rect.height() - top), QRectF(rect.right() - width, rect.y() + top, width, rect.height() - top)]
        first = self._first.draw(painter, rooms[0])
        second = self._second.draw(painter, rooms[1])
        self._places = (first, second)
        font, bold = look.font("body"), look.font("body", 700)
        draw_text(painter, said(self._first.title), font, look.colour("ink2"), first.x(), rect.y() + look.px(7), width=width)
        draw_text(painter, said(self._second.title), bold, self.accent, second.x(), rect.y() + look.px(7), width=width)
        if self._cell is None:
            return
        r, c = self._cell
        target = _box_on(second, self._second.shape, (r, c, r + 1, c + 1))
        if self._window is not None:
            box = _box_on(first, self._first.shape, self._window)
            if not box.isEmpty():
                if not self._between:
                    self._paint_rays(painter, box, target)
                outline_on_picture(painter, box, strong=True)
        outline_on_picture(painter, target)

    @staticmethod
    def _paint_rays(painter: QPainter, box: QRectF, target: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for start, end in ((box.topRight(), target.topLeft()), (box.bottomRight(), target.bottomLeft())):
            painter.setPen(pen(look.colour("line2"), look.line(1.5)))
            painter.drawLine(start, end)

    def locate(self, position: QPointF) -> tuple[int, int] | None:
        """(row, column) of a point of the widget on the output map."""
        place = self._places[1]
        if self._second is None or not place.contains(position):
            return None
        rows, columns = self._second.shape
        r, c = int((position.y() - place.y()) / place.height() * rows), int((position.x() - place.x()) / place.width() * columns)
        return min(rows - 1, r), min(columns - 1, c)

    def _move(self, cell: tuple[int, int]) -> None:
        self._cell = cell
        self._window = None
        self.update()
        self.cell.emit(*cell)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self.locate(event.position())
        if found is not None and found != self._cell:
            self._move(found)

    def leaveEvent(self, event: QEvent) -> None:
        self.left.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self.locate(event.position())
        if event.button() == Qt.MouseButton.LeftButton and found is not None:
            if found != self._cell:
                self._move(found)
            self.picked.emit(*found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moved = _moved(event, self._cell, self._second.shape if self._second else None)
        if moved is not None:
            if moved != self._cell:
                self._move(moved)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._cell is not None:
            self.picked.emit(*self._cell)
        else:
            event.ignore()


__all__ = ["ORDER_WORDS", "MapGridView", "MapPairView", "MapView"]
