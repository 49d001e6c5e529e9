"""A small network drawn neuron by neuron: what each answers over the plane as a tile, its weights as lines to be edited by hand."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.results import Bundle, Edge, Graph, Maps, Result
from explorer.window.look import look
from explorer.window.views.controls import IconButton, Label, Slider
from explorer.window.views.drawing import colours, draw_text, faded, fill_rounded_image, fixed, mixed, rounded, text_width, to_image
from explorer.window.views.icons import draw_icon
from explorer.window.views.layer import Layer
from explorer.window.views.view import View
from explorer.words import Text

LAYERS = Text("隠れ層 {count}", "{count} hidden layers")
ONE_LAYER = Text("隠れ層 1", "1 hidden layer")
INPUTS, OUTPUT = Text("入力", "inputs"), Text("出力", "output")
NAME = Text("ネットワーク", "Network")
WEIGHT = Text("重み", "Weight")
BIAS = Text("バイアス", "Bias")
CLOSE = Text("閉じる", "Close")
CONSTANT = "1"
FULL = 1.5  # weights of this size and more have their full colour
MOST_NEURONS, MOST_LAYERS = 8, 6
EDIT_REACH = 5.0
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SUPERSCRIPTS = str.maketrans("23", "²³")


def written(name: str) -> str:
    """A node's name as it is written: ``x1^2`` as x₁², ``h2.1`` as 2.1."""
    if name.startswith("h") and "." in name:
        return name[1:]
    parts = name.split("^")
    return "".join([parts[0].translate(SUBSCRIPTS), *(p.translate(SUPERSCRIPTS) for p in parts[1:])])


@lru_cache(maxsize=1024)
def signed_colour(hundredths: int) -> QColor:
    """The colour of a signed value between −100 and 100 hundredths; the same in both themes."""
    red, green, blue = (int(v) for v in look.signed(np.array([hundredths / 100]))[0])
    return QColor(red, green, blue)


def weight_colour(weight: float) -> QColor:
    """Blue below zero, orange above, fainter the smaller it is."""
    return faded(signed_colour(-100 if weight < 0 else 100), 0.22 + 0.78 * min(1.0, abs(weight) / FULL))


def weight_width(weight: float) -> float:
    """Thickness of a weight's line in px at 100 %."""
    return 0.6 + 2.0 * min(2.7, abs(weight))


@dataclass(frozen=True)
class _Button:
    """A round button painted in the header. ``kind``: "layer" or "neuron"; ``change``: +1 or −1; ``layer``: hidden layer from 0."""

    kind: str
    change: int
    layer: int
    rect: QRectF
    enabled: bool


class WeightEditor(QWidget):
    """A small sheet over the network: the weight's name and a slider. ``changed(float)`` at once, ``closed`` when done."""

    changed = Signal(float)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._around = parent
        self.label = Label("", role="label", weight=500)
        self.slider = Slider("", -EDIT_REACH, EDIT_REACH, 0.0, step=0.01, label_width=0, value_width=52, format=lambda v: fixed(v, 2, sign=True))
        self.cross = IconButton("close", CLOSE, flat=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(12), look.px(6), look.px(6), look.px(6))
        row.setSpacing(look.px(8))
        row.addWidget(self.label)
        row.addWidget(self.slider, 1)
        row.addWidget(self.cross)
        self.slider.changed.connect(self.changed)
        self.cross.clicked.connect(self.close_it)
        self.hide()

    def open(self, name: str, value: float, near: QPointF) -> None:
        """Show the sheet by a place of the network."""
        self.label.set_text(name)
        self.slider.set_range(-max(EDIT_REACH, abs(value)), max(EDIT_REACH, abs(value)))
        self.slider.set_value(value)
        self.slider.setAccessibleName(name)
        around = self._around.rect()
        width, height = min(look.px(330), around.width()), look.px(46)
        x = min(max(0.0, near.x() - width / 2), around.width() - width)
        below = near.y() + look.px(14)
        y = below if below + height <= around.height() else max(0.0, near.y() - height - look.px(14))
        self.setGeometry(round(x), round(y), width, height)
        self.show()
        self.raise_()
        self.slider.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_it(self) -> None:
        """Done."""
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close_it()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: object) -> None:
        painter = QPainter(self)
        rounded(painter, QRectF(self.rect()), look.px(10), look.colour("surface"), look.colour("line2"))


class NetworkView(View):
    """``Bundle`` with "network" (``Graph``; node "1" gives the biases) and "neurons" (``Maps``, one for every other node).

    Signals: ``looked_at(name)`` while the cursor is on a neuron (empty when left) and ``pinned(name)`` on a click; ``weight_edited(source,
    target, value)``; ``neuron_added(layer)``, ``neuron_removed(layer, index)`` (index −1: the last), ``layer_added()``, ``layer_removed()``.

    By key: arrows go from neuron to neuron, Enter pins it, + and − change its layer, Page up/down the count of layers; Space goes to its
    incoming weights (up/down choose one, left/right change it by 0.1, Escape goes back).
    """

    looked_at = Signal(str)
    pinned = Signal(str)
    weight_edited = Signal(str, str, float)
    neuron_added = Signal(int)
    neuron_removed = Signal(int, int)
    layer_added = Signal()
    layer_removed = Signal()
    interactive = True

    def __init__(self, parent: QWidget | None = None, *, chapter: int | None = None, editable: bool = True) -> None:
        super().__init__(parent, chapter=chapter, name=NAME)
        self.editable = editable
        self._columns: list[list[str]] = []
        self._edges: list[Edge] = []
        self._incoming: dict[str, list[Edge]] = {}
        self._tiles: dict[str, QRectF] = {}
        self._images: dict[str, QImage] = {}
        self._buttons: list[_Button] = []
        self._lines: list[tuple[Edge, QPainterPath, list[QPointF]]] = []
        self._biases: dict[str, QRectF] = {}
        self._laid_for: Hashable = None
        self._frame = Layer()
        self._over: str = ""
        self._over_edge: tuple[str, str] | None = None
        self._over_button: _Button | None = None
        self._pinned: str = ""
        self._cursor: str = ""
        self._on_weights = -1  # which incoming weight of the cursor's neuron the keys are on
        self.editor = WeightEditor(self)
        self.editor.changed.connect(self._edited)
        self.editor.closed.connect(self._editor_closed)
        self._editing: tuple[str, str] | None = None

    # the result

    def set_result(self, result: Result) -> None:
        if not isinstance(result, Bundle):
            raise TypeError(f"this view draws a Bundle with a network, not {type(result).__name__}")
        graph, maps = result.parts["network"], result.parts["neurons"]
        assert isinstance(graph, Graph)
        assert isinstance(maps, Maps)
        groups: dict[str, list[str]] = {}
        for node in graph.nodes:
            if node.name != CONSTANT:
                groups.setdefault(node.group, []).append(node.name)
        self._columns = list(groups.values())
        self._edges = list(graph.edges)
        self._incoming = {}
        for edge in graph.edges:
            self._incoming.setdefault(edge.target, []).append(edge)
        self._colour_tiles(maps)
        names = {name for column in self._columns for name in column}
        if self._pinned not in names:
            self._pinned = ""
        if self._cursor not in names:
            self._cursor, self._on_weights = "", -1
        if self._editing is not None:
            value = self.weight(*self._editing)
            if value is None:
                self.editor.close_it()
            elif not self.editor.slider.dragging and not self.editor.slider.hasFocus():
                self.editor.slider.set_value(value)  # it learns on while the sheet is open
        super().set_result(result)

    def _colour_tiles(self, maps: Maps) -> None:
        """One picture a neuron, each coloured to its own largest value (at least 1)."""
        sizes = np.maximum(1e-6, np.abs(maps.values).max(axis=(1, 2), keepdims=True))
        pixels = colours(maps.values[:, ::-1] / sizes, -1.0, 1.0, True)  # the first row is the lowest
        self._images = {name: to_image(pixels[k]).convertToFormat(QImage.Format.Format_RGB32) for k, name in enumerate(maps.names)}

    def restyle(self) -> None:
        self._frame.drop()

    def clear(self) -> None:
        self._columns, self._edges, self._images = [], [], {}
        super().clear()

    def weight(self, source: str, target: str) -> float | None:
        """A weight shown now (source ``"1"``: the bias), or None."""
        return next((e.weight for e in self._incoming.get(target, ()) if e.source == source), None)

    @property
    def hidden(self) -> list[int]:
        """Neurons of each hidden layer."""
        return [len(column) for column in self._columns[1:-1]]

    @property
    def pinned_neuron(self) -> str:
        """The neuron that was pinned, or empty."""
        return self._pinned

    def title_of(self, name: str) -> str:
        """A neuron's name as it is written: ``h2.1`` as 2.1, ``x1`` as x₁."""
        return look.say(OUTPUT) if name == "out" else written(name)

    def pin(self, name: str) -> None:
        """Mark a neuron as the one looked at, without a signal; empty for none."""
        self._pinned = name if name in self._tiles or not self._tiles else ""
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(look.px(760), look.px(272))

    def minimumSizeHint(self) -> QSize:
        return QSize(look.px(300), look.px(150 if look.projection else 190))

    # laying out

    def _lay(self, rect: QRectF) -> None:
        """Where tiles, lines and buttons lie."""
        key = (rect.x(), rect.y(), rect.width(), rect.height(), tuple(map(tuple, self._columns)), look.factor, look.language, self.editable)
        if key == self._laid_for:  # only the weights are new
            self._lines = [(edge, path, points) for edge, (_, path, points) in zip(self._drawn_edges(), self._lines, strict=True)]
            return
        self._laid_for = key
        shown = self.editable and not look.projection  # a projected network is looked at, not built
        head = look.px(58 if shown else 30)
        widest = max((len(column) for column in self._columns), default=1)
        room = rect.height() - head - look.px(4)
        gap = look.px(7)
        side = max(look.px(14), min(look.px(48), (room - (widest - 1) * gap) / widest))
        if side < look.px(22):
            gap = look.px(3)
            side = (room - (widest - 1) * gap) / widest
        label_room = look.px(62)
        left, right = rect.x() + label_room, rect.right() - look.px(34)
        count = max(2, len(self._columns))
        pitch = (right - left - side) / (count - 1)
        self._tiles, self._biases, self._buttons = {}, {}, []
        for k, column in enumerate(self._columns):
            x = left + k * pitch
            tall = len(column) * side + (len(column) - 1) * gap
            y = rect.y() + head + (room - tall) / 2
            for name in column:
                self._tiles[name] = QRectF(round(x), round(y), side, side)
                if k > 0:
                    dot = look.px(9)
                    self._biases[name] = QRectF(round(x) - dot - look.px(2), round(y) + side - dot, dot, dot)
                y += side + gap
            if shown and 0 < k < len(self._columns) - 1:
                middle = x + side / 2
                y = rect.y() + self._row()
                reach = look.px(24)
                self._buttons.append(_Button("neuron", -1, k - 1, self._round(middle - reach, y), len(column) > 1 or k == len(self._columns) - 2))
                self._buttons.append(_Button("neuron", 1, k - 1, self._round(middle + reach, y), len(column) < MOST_NEURONS))
        if shown:
            words = self._layer_words()
            half = text_width(words, look.font("label", 500)) / 2 + look.px(20)
            middle = (left + right) / 2
            y = rect.y() + look.px(12)
            hidden = len(self._columns) - 2
            self._buttons.append(_Button("layer", -1, 0, self._round(middle - half, y), hidden > 0))
            self._buttons.append(_Button("layer", 1, 0, self._round(middle + half, y), hidden < MOST_LAYERS))
        self._lines = [(edge, *self._line(edge)) for edge in self._drawn_edges()]

    def _row(self) -> int:
        """How far down the middle of the line with the counts lies."""
        return look.px(42 if self.editable and not look.projection else 12)

    def _drawn_edges(self) -> list[Edge]:
        return [edge for edge in self._edges if edge.source != CONSTANT]

    @staticmethod
    def _round(x: float, y: float) -> QRectF:
        side = look.px(20)
        return QRectF(x - side / 2, y - side / 2, side, side)

    def _line(self, edge: Edge) -> tuple[QPainterPath, list[QPointF]]:
        a, b = self._tiles[edge.source], self._tiles[edge.target]
        start, end = QPointF(a.right() + 1, a.center().y()), QPointF(b.left() - 1, b.center().y())
        bend = (end.x() - start.x()) * 0.5
        path = QPainterPath(start)
        path.cubicTo(start + QPointF(bend, 0), end - QPointF(bend, 0), end)
        return path, [path.pointAtPercent(t) for t in np.linspace(0.06, 0.94, 15)]

    def _layer_words(self) -> str:
        count = max(0, len(self._columns) - 2)
        return look.say(ONE_LAYER if count == 1 else LAYERS.format(count=count))

    # painting

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        self._lay(rect)
        marked = self._marked_edge()
        for edge, path, _ in self._lines:
            on = marked == (edge.source, edge.target)
            line = QPen(weight_colour(edge.weight), look.line(weight_width(edge.weight)))
            line.setCapStyle(Qt.PenCapStyle.FlatCap)
            if on:
                painter.strokePath(path, QPen(look.colour("ink"), look.line(weight_width(edge.weight) + 3)))
                painter.strokePath(path, QPen(look.colour("bg"), look.line(weight_width(edge.weight) + 0.5)))
            painter.strokePath(path, line)
        for name, tile in self._tiles.items():
            if (image := self._images.get(name)) is not None:
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                fill_rounded_image(painter, image, tile, look.px(5))
        looked = tuple(name for name in self._tiles if name in (self._pinned, self._over) or (name == self._cursor and self.hasFocus()))
        over = self._over_button
        key = (self._laid_for, looked, None if over is None else (over.kind, over.change, over.layer), self.accent.rgba())
        self._frame.draw(painter, rect, key, lambda own: self._paint_frame(own, rect, looked))
        for name in self._tiles:
            self._paint_bias(painter, name, marked)
        if marked is not None:
            self._paint_weight(painter, marked, rect)

    def _paint_head(self, painter: QPainter, rect: QRectF) -> None:
        font = look.font("label", 500)
        tiles = [self._tiles[column[0]] for column in self._columns if column]
        if len(tiles) < 2:
            return
        first, last = tiles[0], tiles[-1]
        middle = (rect.x() + look.px(62) + rect.right() - look.px(34)) / 2
        if self._buttons:
            draw_text(painter, self._layer_words(), font, look.colour("ink"), middle, rect.y() + look.px(12), "centre")
        y = rect.y() + self._row()
        draw_text(painter, look.say(INPUTS), look.font("label"), look.colour("ink2"), first.center().x(), y, "centre")
        out = look.say(OUTPUT)
        x = min(last.center().x(), rect.right() - text_width(out, look.font("label")) / 2)
        draw_text(painter, out, look.font("label"), look.colour("ink2"), x, y, "centre")
        for k, column in enumerate(self._columns[1:-1], 1):
            draw_text(painter, str(len(column)), font, look.colour("ink"), tiles[k].center().x(), y, "centre")
        for button in self._buttons:
            over = button is self._over_button and button.enabled
            ink = self.accent if button.enabled else look.colour("line2")
            if button.enabled:
                rounded(painter, button.rect, button.rect.height() / 2, mixed(look.tint(self.chapter), ink, 0.18) if over else look.tint(self.chapter))
            margin = button.rect.width() * 0.24
            inside = button.rect.adjusted(margin, margin, -margin, -margin)
            draw_icon(painter, "plus" if button.change > 0 else "minus", inside, ink, 3.0)

    def _paint_frame(self, painter: QPainter, rect: QRectF, looked: tuple[str, ...]) -> None:
        """What stays while the network learns: the head, the tiles' outlines, the names of the inputs."""
        self._paint_head(painter, rect)
        radius = look.px(5)
        for name, tile in self._tiles.items():
            if name in looked:
                wide = look.line(2.5)
                rounded(painter, tile.adjusted(-wide, -wide, wide, wide), radius + wide, None, self.accent, wide)
            else:
                rounded(painter, tile, radius, None, look.colour("line2"), 1.0)
            if self._columns and name in self._columns[0]:
                draw_text(painter, written(name), look.font("label", 500), look.colour("ink"), tile.left() - look.px(10), tile.center().y(), "right")

    def _paint_bias(self, painter: QPainter, name: str, marked: tuple[str, str] | None) -> None:
        bias = self._biases.get(name)
        if bias is not None:
            value = self.weight(CONSTANT, name) or 0.0
            colour = signed_colour(round(100 * max(-1.0, min(1.0, value / FULL))))
            on = marked == (CONSTANT, name)
            rounded(painter, bias, look.px(3), colour, look.colour("ink" if on else "line2"), 2.0 if on else 1.0)

    def _paint_weight(self, painter: QPainter, marked: tuple[str, str], rect: QRectF) -> None:
        value = self.weight(*marked)
        if value is None:
            return
        words = f"{look.say(BIAS if marked[0] == CONSTANT else WEIGHT)} {fixed(value, 2, sign=True)}"
        font = look.font("label", 500)
        width, height = text_width(words, font) + look.px(20), look.px(24)
        at = self._place_of(marked)
        x = min(max(rect.x(), at.x() - width / 2), rect.right() - width)
        plate = QRectF(x, max(rect.y(), at.y() - height - look.px(6)), width, height)
        rounded(painter, plate, height / 2, look.colour("ink"))
        draw_text(painter, words, font, look.colour("bg"), plate.center().x(), plate.center().y(), "centre")

    def _place_of(self, pair: tuple[str, str]) -> QPointF:
        if pair[0] == CONSTANT:
            return self._biases[pair[1]].center()
        return next((points[len(points) // 2] for edge, _, points in self._lines if (edge.source, edge.target) == pair), QPointF())

    def _marked_edge(self) -> tuple[str, str] | None:
        """The weight that is shown with its number: edited, under the cursor, or chosen by key."""
        if self._editing is not None:
            return self._editing
        if self._over_edge is not None:
            return self._over_edge
        if self._on_weights >= 0 and self._cursor and self.hasFocus():
            edges = self._incoming.get(self._cursor, [])
            if edges:
                edge = edges[self._on_weights % len(edges)]
                return (edge.source, edge.target)
        return None

    # the mouse

    def neuron_at(self, place: QPointF) -> str:
        """The neuron at a place, or empty."""
        return next((name for name, tile in self._tiles.items() if tile.contains(place)), "")

    def weight_at(self, place: QPointF) -> tuple[str, str] | None:
        """The weight (source, target) whose line or bias dot is at a place."""
        for name, dot in self._biases.items():
            if dot.adjusted(-3, -3, 3, 3).contains(place):
                return (CONSTANT, name)
        best, nearest = None, float(look.px(8))
        for edge, _, points in self._lines:
            if not points[0].x() - 12 <= place.x() <= points[-1].x() + 12:
                continue
            for a, b in pairwise(points):
                away = _distance(place, a, b) - look.line(weight_width(edge.weight)) / 4
                if away < nearest:
                    best, nearest = (edge.source, edge.target), away
        return best

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        button = next((b for b in self._buttons if b.rect.adjusted(-2, -2, 2, 2).contains(place)), None)
        name = self.neuron_at(place)
        edge = self.weight_at(place) if not name and button is None and self.editable else None
        if (button, edge) != (self._over_button, self._over_edge) or name != self._over:
            hand = (button is not None and button.enabled) or bool(name) or edge is not None
            self.setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)
            self._over_button, self._over_edge = button, edge
            if name != self._over:
                self._over = name
                self.looked_at.emit(name)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._over_button, self._over_edge = None, None
        if self._over:
            self._over = ""
            self.looked_at.emit("")
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        place = event.position()
        button = next((b for b in self._buttons if b.rect.adjusted(-2, -2, 2, 2).contains(place)), None)
        if button is not None:
            self._press(button)
            return
        name = self.neuron_at(place)
        if name:
            self._toggle_pin(name)
            return
        edge = self.weight_at(place) if self.editable else None
        if edge is not None:
            self.edit(*edge, near=place)
        else:
            self.editor.close_it()

    def _press(self, button: _Button) -> None:
        if not button.enabled:
            return
        if button.kind == "layer":
            (self.layer_added if button.change > 0 else self.layer_removed).emit()
        elif button.change > 0:
            self.neuron_added.emit(button.layer)
        else:
            self.neuron_removed.emit(button.layer, -1)

    def _toggle_pin(self, name: str) -> None:
        self._pinned = "" if name == self._pinned else name
        self.pinned.emit(self._pinned)
        self.update()

    # editing a weight

    def edit(self, source: str, target: str, near: QPointF | None = None) -> None:
        """Open the sheet for one weight."""
        value = self.weight(source, target)
        if value is None:
            return
        self._editing = (source, target)
        name = look.say(BIAS) if source == CONSTANT else f"{written(source)} → {written(target)}"
        self.editor.open(name, value, near if near is not None else self._place_of((source, target)))
        self.update()

    def _edited(self, value: float) -> None:
        if self._editing is not None:
            self.weight_edited.emit(*self._editing, value)

    def _editor_closed(self) -> None:
        self._editing = None
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.update()

    # by key

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if not self._columns:
            event.ignore()
            return
        if not self._cursor:
            self._cursor = self._columns[min(1, len(self._columns) - 1)][0]
            if key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
                self.update()
                return
        column = next(k for k, names in enumerate(self._columns) if self._cursor in names)
        if self._on_weights >= 0 and self._weight_key(key):
            return
        moves: Mapping[Qt.Key, tuple[int, int]] = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
        if key in moves:
            across, down = moves[key]
            row = self._columns[column].index(self._cursor) + down
            names = self._columns[max(0, min(len(self._columns) - 1, column + across))]
            self._cursor = names[max(0, min(len(names) - 1, row))]
            self.looked_at.emit(self._cursor)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._toggle_pin(self._cursor)
        elif key == Qt.Key.Key_Space and self.editable and self._incoming.get(self._cursor):
            self._on_weights = 0
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus) and self.editable and 0 < column < len(self._columns) - 1:
            if key == Qt.Key.Key_Plus:
                self.neuron_added.emit(column - 1)
            else:
                self.neuron_removed.emit(column - 1, self._columns[column].index(self._cursor))
        elif key == Qt.Key.Key_PageUp and self.editable:
            self.layer_added.emit()
        elif key == Qt.Key.Key_PageDown and self.editable:
            self.layer_removed.emit()
        else:
            event.ignore()
            return
        self.update()

    def _weight_key(self, key: Qt.Key) -> bool:
        """Keys while they are on the incoming weights of a neuron."""
        edges = self._incoming.get(self._cursor, [])
        edge = edges[self._on_weights % len(edges)] if edges else None
        if key in (Qt.Key.Key_Escape, Qt.Key.Key_Space) or edge is None:
            self._on_weights = -1
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._on_weights = (self._on_weights + (1 if key == Qt.Key.Key_Down else -1)) % len(edges)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            step = 0.1 if key == Qt.Key.Key_Right else -0.1
            self.weight_edited.emit(edge.source, edge.target, round(edge.weight + step, 4))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.edit(edge.source, edge.target)
        else:
            return False
        self.update()
        return True


def _distance(p: QPointF, a: QPointF, b: QPointF) -> float:
    """From a place to a straight piece of line."""
    dx, dy = b.x() - a.x(), b.y() - a.y()
    length = dx * dx + dy * dy
    t = 0.0 if length == 0 else max(0.0, min(1.0, ((p.x() - a.x()) * dx + (p.y() - a.y()) * dy) / length))
    return math.hypot(p.x() - a.x() - t * dx, p.y() - a.y() - t * dy)


__all__ = ["MOST_LAYERS", "MOST_NEURONS", "NetworkView", "WeightEditor", "weight_colour", "weight_width", "written"]
