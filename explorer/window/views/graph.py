"""Networks and family trees as layered graphs."""

from __future__ import annotations

from collections import defaultdict

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPen, QWheelEvent
from PySide6.QtWidgets import QWidget

from explorer.results import Graph, Node, Result
from explorer.window.look import look
from explorer.window.views.controls import Words, said
from explorer.window.views.drawing import TextBlock, draw_text, rounded, text_width
from explorer.window.views.strip import shape_text
from explorer.window.views.view import View
from explorer.words import Text


def layers_of(graph: Graph) -> list[list[str]]:
    """Node names by layer: each node one layer after its latest parent, nodes of a layer ordered to cross few edges.

    Edges that lead back (to a node earlier in the graph's order) do not count.
    """
    order = {n.name: i for i, n in enumerate(graph.nodes)}
    parents: dict[str, list[str]] = defaultdict(list)
    children: dict[str, list[str]] = defaultdict(list)
    for e in graph.edges:
        if order[e.source] < order[e.target]:
            parents[e.target].append(e.source)
            children[e.source].append(e.target)
    depth: dict[str, int] = {}
    for n in graph.nodes:
        depth[n.name] = max((depth[p] + 1 for p in parents[n.name]), default=0)
    layers: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for n in graph.nodes:
        layers[depth[n.name]].append(n.name)
    place = {name: float(k) for layer in layers for k, name in enumerate(layer)}
    for sweep in range(4):
        links = parents if sweep % 2 == 0 else children
        for layer in layers if sweep % 2 == 0 else layers[::-1]:
            wanted = {n: sum(place[p] for p in links[n]) / len(links[n]) if links[n] else place[n] for n in layer}
            layer.sort(key=lambda n: (wanted[n], order[n]))
            for k, name in enumerate(layer):
                place[name] = k - (len(layer) - 1) / 2
    return layers


class GraphView(View):
    """``results.Graph``, layer after layer from left to right; drag or wheel moves it when it is larger than the view.

    ``chosen(name)`` by click or arrow keys, ``opened(name)`` by double click, Enter or Space, ``hovered(name)``, empty when left.
    ``set_texts(name → words)``: what stands on a plate beside the node under the cursor. ``dim``: nodes drawn faintly.
    """

    chosen = Signal(str)
    opened = Signal(str)
    hovered = Signal(str)
    interactive = True

    def __init__(self, parent: QWidget | None = None, *, chapter: int | None = None, name: Text | None = None) -> None:
        super().__init__(parent, chapter=chapter, name=name or Text("グラフ", "Graph"))
        self._texts: dict[str, Words] = {}
        self._titles: dict[str, Words] = {}
        self._dim: frozenset[str] = frozenset()
        self._layers: list[list[str]] = []
        self._places: dict[str, QRectF] = {}
        self._selected = ""
        self._over = ""
        self._pan = QPointF(0, 0)
        self._size = QSize(0, 0)
        self._grip: QPointF | None = None
        self._moved = False

    def set_result(self, result: Result) -> None:
        if not isinstance(result, Graph):
            raise TypeError(f"this view draws Graph, not {type(result).__name__}")
        self._layers = layers_of(result)
        if self._selected not in {n.name for n in result.nodes}:
            self._selected, self._pan = "", QPointF(0, 0)
        super().set_result(result)
        self._lay()

    def set_texts(self, texts: dict[str, Words], titles: dict[str, Words] | None = None, dim: frozenset[str] = frozenset()) -> None:
        """Words for the plate beside a node, names other than the node's own, and nodes to draw faintly."""
        self._texts, self._titles, self._dim = dict(texts), dict(titles or {}), dim
        self._lay()
        self.update()

    def restyle(self) -> None:
        self._lay()

    @property
    def selected(self) -> str:
        """The chosen node, or empty."""
        return self._selected

    def set_selected(self, name: str) -> None:
        """Choose a node without a signal and bring it into view."""
        self._selected = name
        self._reveal(name)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(look.px(760), look.px(380))

    def _node(self, name: str) -> Node:
        assert isinstance(self._result, Graph)
        return next(n for n in self._result.nodes if n.name == name)

    def _title(self, name: str) -> str:
        return said(self._titles[name]) if name in self._titles else name

    def _caption(self, node: Node) -> str:
        return " · ".join(part for part in (node.kind, shape_text(node.shape) if node.shape else "") if part)

    def _lay(self) -> None:
        """Places of all nodes, before panning."""
        self._places = {}
        if not isinstance(self._result, Graph):
            return
        nodes = {n.name: n for n in self._result.nodes}
        height, gap_x, gap_y = look.px(46), look.px(44), look.px(12)
        pad = look.px(12)
        tallest = max((len(layer) for layer in self._layers), default=0)
        x = float(look.px(4))
        for layer in self._layers:
            widest = max(
                max(text_width(self._title(n), look.font("body", 700)), text_width(self._caption(nodes[n]), look.font("caption"))) + 2 * pad for n in layer
            )
            top = look.px(4) + (tallest - len(layer)) * (height + gap_y) / 2
            for k, name in enumerate(layer):
                self._places[name] = QRectF(x, top + k * (height + gap_y), widest, height)
            x += widest + gap_x
        self._size = QSize(int(x - gap_x + look.px(4)), int(tallest * (height + gap_y) - gap_y + look.px(8)))

    def _offset(self, rect: QRectF) -> QPointF:
        dx = (rect.width() - self._size.width()) / 2 if self._size.width() <= rect.width() else -self._pan.x()
        dy = (rect.height() - self._size.height()) / 2 if self._size.height() <= rect.height() else -self._pan.y()
        return QPointF(rect.x() + dx, rect.y() + dy)

    def place_of(self, name: str) -> QRectF:
        """Where a node is drawn."""
        return self._places[name].translated(self._offset(QRectF(self.rect())))

    def _scroll(self, dx: float, dy: float) -> bool:
        before = QPointF(self._pan)
        self._pan = QPointF(
            min(max(0.0, self._pan.x() + dx), max(0.0, self._size.width() - self.width())),
            min(max(0.0, self._pan.y() + dy), max(0.0, self._size.height() - self.height())),
        )
        self.update()
        return self._pan != before

    def _reveal(self, name: str) -> None:
        if name in self._places:
            place, margin = self._places[name], look.px(60)
            left, right = self._pan.x(), self._pan.x() + self.width()
            top, bottom = self._pan.y(), self._pan.y() + self.height()
            dx = place.left() - margin - left if place.left() - margin < left else max(0.0, place.right() + margin - right)
            dy = place.top() - margin - top if place.top() - margin < top else max(0.0, place.bottom() + margin - bottom)
            self._scroll(dx, dy)

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        graph = self._result
        assert isinstance(graph, Graph)
        offset = self._offset(rect)
        painter.save()
        painter.setClipRect(rect)
        near = {e.source for e in graph.edges if e.target == (self._over or self._selected)} | {
            e.target for e in graph.edges if e.source == (self._over or self._selected)
        }
        for on in (False, True):
            for e in graph.edges:
                marked = bool(self._over or self._selected) and (self._over or self._selected) in (e.source, e.target)
                if marked == on:
                    self._paint_edge(painter, self._places[e.source].translated(offset), self._places[e.target].translated(offset), e.kind, marked)
        for node in graph.nodes:
            place = self._places[node.name].translated(offset)
            if place.intersects(rect):
                self._paint_node(painter, node, place, node.name in near)
        painter.restore()
        if self._over and self._over in self._texts:
            self._paint_plate(painter, rect, self._places[self._over].translated(offset), said(self._texts[self._over]))

    def _paint_edge(self, painter: QPainter, start: QRectF, end: QRectF, kind: str, marked: bool) -> None:
        colour = self.accent if marked else look.colour("line2")
        line = QPen(colour, look.line(2.0 if marked else 1.5))
        if kind not in ("main", ""):
            line.setDashPattern([4, 2.5])
        painter.setPen(line)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        a, b = QPointF(start.right(), start.center().y()), QPointF(end.left(), end.center().y())
        bend = max(look.px(20), (b.x() - a.x()) * 0.45)
        path = QPainterPath(a)
        if b.x() - a.x() > look.px(60) and abs(a.y() - b.y()) < 1:  # over the layers between
            lift = look.px(34)
            path = QPainterPath(QPointF(start.right() - look.px(10), start.top()))
            path.cubicTo(start.right() + look.px(14), start.top() - lift, end.left() - look.px(14), end.top() - lift, end.left() + look.px(10), end.top())
        else:
            path.cubicTo(a.x() + bend, a.y(), b.x() - bend, b.y(), b.x(), b.y())
        painter.drawPath(path)

    def _paint_node(self, painter: QPainter, node: Node, place: QRectF, near: bool) -> None:
        on, over = node.name == self._selected, node.name == self._over
        fill = look.tint(self.chapter) if on or over else look.colour("surface")
        line = self.accent if on or near else look.colour("line")
        rounded(painter, place, look.px(8), fill, line, look.line(2.0 if on else 1.0))
        dim = node.name in self._dim
        ink = self.accent if on else look.colour("ink3" if dim else "ink")
        caption = self._caption(node)
        middle = place.center().y() - (look.px(8) if caption else 0)
        draw_text(painter, self._title(node.name), look.font("body", 400 if dim else 700), ink, place.center().x(), middle, "centre", width=place.width())
        if caption:
            draw_text(painter, caption, look.font("caption"), look.colour("ink3"), place.center().x(), place.center().y() + look.px(11), "centre", width=place.width())

    def _paint_plate(self, painter: QPainter, rect: QRectF, place: QRectF, words: str) -> None:
        block = TextBlock(words, look.font("label"), look.px(260), 1.4)
        width, height = block.width + look.px(20), block.height + look.px(14)
        x = min(max(place.center().x() - width / 2, rect.x()), max(rect.x(), rect.right() - width))
        y = place.bottom() + look.px(8)
        if y + height > rect.bottom():
            y = max(rect.y(), place.top() - look.px(8) - height)
        rounded(painter, QRectF(x, y, width, height), look.px(6), look.colour("ink"))
        block.draw(painter, x + look.px(10), y + look.px(7), look.colour("bg"))

    # mouse and keys

    def locate(self, position: QPointF) -> str:
        """The node at a point of the widget, or empty."""
        offset = self._offset(QRectF(self.rect()))
        return next((name for name, place in self._places.items() if place.translated(offset).contains(position)), "")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None and event.buttons() & Qt.MouseButton.LeftButton:
            step = self._grip - event.position()
            if self._moved or step.manhattanLength() > 4:
                self._moved = True
                self._scroll(step.x(), step.y())
                self._grip = event.position()
            return
        self._hover(self.locate(event.position()))

    def _hover(self, name: str) -> None:
        if name != self._over:
            self._over = name
            self.setCursor(Qt.CursorShape.PointingHandCursor if name else Qt.CursorShape.ArrowCursor)
            self.hovered.emit(name)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover("")

    def _choose(self, name: str) -> None:
        if name and name != self._selected:
            self.set_selected(name)
            self.chosen.emit(name)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._grip, self._moved = event.position(), False

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._grip is not None and not self._moved:
            self._choose(self.locate(event.position()))
        self._grip = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        name = self.locate(event.position())
        if name:
            self.opened.emit(name)

    def wheelEvent(self, event: QWheelEvent) -> None:
        step = event.angleDelta()
        across = self._size.width() > self.width() and self._size.height() <= self.height()
        moved = self._scroll(-step.y() if across else -step.x(), 0 if across else -step.y())
        if not moved:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        at = next(((i, layer.index(self._selected)) for i, layer in enumerate(self._layers) if self._selected in layer), None)
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._selected:
            self.opened.emit(self._selected)
        elif key not in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down) or not self._layers:
            event.ignore()
        elif at is None:
            self._choose(self._layers[0][0])
        else:
            i, k = at
            if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                layer = self._layers[i]
                self._choose(layer[max(0, min(len(layer) - 1, k + (1 if key == Qt.Key.Key_Down else -1)))])
                return
            j = max(0, min(len(self._layers) - 1, i + (1 if key == Qt.Key.Key_Right else -1)))
            if j != i:
                here = self._places[self._selected].center().y()
                self._choose(min(self._layers[j], key=lambda n: abs(self._places[n].center().y() - here)))
