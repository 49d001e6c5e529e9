"""A map whose cells hold a number for each action: triangles toward where each leads, the best one as an arrow, the agent on it."""

from __future__ import annotations

import functools
import math
import time

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPixmap, QPolygonF
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QLineEdit, QWidget

from explorer.results import ActionGrid, Result
from explorer.window.look import look
from explorer.window.views.drawing import arrow, colours, device_ratio, draw_text, faded, mixed, outline_on_picture, pen, rounded, short, text_width
from explorer.window.views.view import View
from explorer.words import Text

ANIMATION = 150
NAME = Text("価値の地図", "Map of values")
CELL = Text("{row} 行 {column} 列: {values}、報酬 {reward}", "row {row}, column {column}: {values}; reward {reward}")
NOT_VISITED = Text("まだ来ていない", "not visited")
REWARD = Text("このマスに入るときの報酬(空欄で元に戻す)", "Reward for going into this cell (empty: as it was)")
KEYS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
INK, LIGHT = QColor("#1B1D21"), QColor("#FFFFFF")
OWN_LOOK = ("hole", "cliff", "goal", "none")
"""Kinds of cells that are drawn as what they are, not by their numbers."""
Cell = tuple[int, int]


MARKED = ("passenger", "destination")
"""Cells that have a mark of their own over whatever they show."""


@functools.lru_cache(maxsize=4)
def _toward(n: int, gap: int) -> NDArray[np.int64]:
    """(n, n): which triangle of a cell of n pixels each pixel is of: 0 left, 1 right, 2 up, 3 down; 4 is the gap around it."""
    offset = np.arange(n) - (n - 1) / 2
    dx, dy = np.meshgrid(offset, offset)
    toward = np.where(np.abs(dx) > np.abs(dy), np.where(dx < 0, 0, 1), np.where(dy < 0, 2, 3))
    toward[:gap], toward[n - gap :], toward[:, :gap], toward[:, n - gap :] = 4, 4, 4, 4
    return toward


class ActionGridView(View):
    """``results.ActionGrid``: four triangles a cell in viridis, white arrows of the best action, "?" where nothing was tried.

    ``hovered(row, column)``, (−1, −1) when left: the cell under the mouse or the cursor of the keys, whose numbers are shown.
    ``cell_edited(row, column, reward)``: a new reward by click or Enter on a cell, None to put the old one back.
    ``action_chosen(index)``: while ``playing``, an arrow key (or a digit, from 1) is the user's action instead of moving the cursor.
    Keys: arrows move the cursor, Enter edits, + and − change the reward by one.
    """

    hovered = Signal(int, int)
    cell_edited = Signal(int, int, object)
    action_chosen = Signal(int)
    interactive = True

    def __init__(self, parent: QWidget | None = None, *, chapter: int | None = None, name: Text | None = None) -> None:
        super().__init__(parent, chapter=chapter, name=name or NAME)
        self.playing = False
        self.editable = True
        self._kinds: list[str] = []
        self._cell: Cell | None = None
        self._by_key = False
        self._old: NDArray[np.float64] | None = None
        self._old_agent: tuple[float, float] | None = None
        self._share = 1.0
        self._last = 0.0
        self._animation = QVariantAnimation(self)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.valueChanged.connect(self._moved)
        self._field = QRectF()
        self._side = 1.0
        self._pixels = 1
        self._tiles: dict[tuple[object, ...], QPixmap] = {}
        self._editor: QLineEdit | None = None
        self._editing: Cell | None = None

    # what it shows

    @property
    def grid(self) -> ActionGrid | None:
        """The result shown, or None."""
        return self._result if isinstance(self._result, ActionGrid) else None

    def set_result(self, result: Result) -> None:
        if not isinstance(result, ActionGrid):
            raise TypeError(f"this view draws an ActionGrid, not {type(result).__name__}")
        before, now = self.grid, time.monotonic()
        calm = now - self._last >= ANIMATION / 1000
        self._last = now
        if before is not None and before.values.shape == result.values.shape and calm and not look.reduced_motion and self.isVisible():
            changed = not np.array_equal(before.values, result.values) or before.agent != result.agent
            if changed:
                self._old = self._values()
                self._old_agent = self._agent_at()
                self._share = 0.0
                self._animation.setDuration(ANIMATION)
                self._animation.start()
        else:
            self._animation.stop()
            self._share = 1.0
        if before is None or before.values.shape[:2] != result.values.shape[:2]:
            self._cell = None
            self.close_editor()
        tried = (result.visited > 0).any(axis=2).ravel()
        self._kinds = [kind if kind in OWN_LOOK else "data" if on else "unvisited" for kind, on in zip(result.cells, tried, strict=True)]
        super().set_result(result)
        self._describe()

    def _moved(self, share: float) -> None:
        self._share = float(share)
        self.update()

    def _values(self) -> NDArray[np.float64]:
        """The numbers as they are drawn now, on the way from the last ones."""
        grid = self.grid
        assert grid is not None
        new = np.asarray(grid.values, dtype=float)
        if self._share >= 1.0 or self._old is None or self._old.shape != new.shape:
            return new
        return np.asarray(self._old + self._share * (new - self._old))

    def _agent_at(self) -> tuple[float, float] | None:
        grid = self.grid
        if grid is None or grid.agent is None:
            return None
        row, column = map(float, grid.agent)
        if self._share < 1.0 and self._old_agent is not None:
            old_row, old_column = self._old_agent
            if abs(old_row - row) + abs(old_column - column) <= 1.0:
                return old_row + self._share * (row - old_row), old_column + self._share * (column - old_column)
        return row, column

    def scale(self) -> tuple[float, float, bool]:
        """Ends of the colour scale: from the smallest best value (or 0) to the largest tried (or 0); and whether smaller ones are cut."""
        grid = self.grid
        if grid is None or not grid.visited.any():
            return 0.0, 1.0, False
        tried = np.where(grid.visited > 0, grid.values, -np.inf)
        best = tried.max(axis=2)
        low = min(0.0, float(best[np.isfinite(best)].min()))
        high = max(0.0, float(best.max()))
        lowest = float(grid.values[grid.visited > 0].min())
        return low, (high if high > low else low + 1.0), lowest < low - 1e-9

    @property
    def cell(self) -> Cell | None:
        """The cell under the mouse or the cursor."""
        return self._cell

    def set_cell(self, cell: Cell | None) -> None:
        """Move the cursor. Raises IndexError outside the map."""
        grid = self.grid
        if cell is not None and (grid is None or not (0 <= cell[0] < grid.values.shape[0] and 0 <= cell[1] < grid.values.shape[1])):
            raise IndexError(cell)
        if cell != self._cell:
            self._cell = cell
            self._describe()
            self.update()
            self.hovered.emit(*(cell if cell is not None else (-1, -1)))

    def describe(self, cell: Cell) -> Text:
        """The numbers of a cell in words."""
        grid = self.grid
        assert grid is not None
        row, column = cell
        tried = grid.visited[row, column] > 0
        words = {}
        for language in ("ja", "en"):
            parts = [f"{a.get(language)} {short(v)}" for a, v, on in zip(grid.actions, grid.values[row, column], tried, strict=True) if on]
            values = ", ".join(parts) or NOT_VISITED.get(language)
            sentence = CELL.get(language)
            words[language] = sentence.format(row=row + 1, column=column + 1, values=values, reward=short(float(grid.rewards[row, column])))
        return Text(words["ja"], words["en"])

    def _describe(self) -> None:
        self.setAccessibleDescription(look.say(self.describe(self._cell)) if self._cell is not None and self.grid is not None else "")

    def restyle(self) -> None:
        self._tiles.clear()
        self._describe()

    # layout

    def sizeHint(self) -> QSize:
        return QSize(look.px(400), look.px(400))

    def minimumSizeHint(self) -> QSize:
        return QSize(look.px(200), look.px(120))

    def _lay(self, rect: QRectF, ratio: float) -> None:
        grid = self.grid
        assert grid is not None
        rows, columns = grid.values.shape[:2]
        self._pixels = max(4, math.floor(min(rect.width() / columns, rect.height() / rows, look.px(110)) * ratio))
        self._side = self._pixels / ratio
        self._field = QRectF(rect.x(), rect.y(), self._side * columns, self._side * rows)

    def place_of(self, cell: tuple[float, float]) -> QRectF:
        """Where a cell (row, column) lies."""
        return QRectF(self._field.x() + cell[1] * self._side, self._field.y() + cell[0] * self._side, self._side, self._side)

    def locate(self, position: QPointF) -> Cell | None:
        """(row, column) of a point of the widget."""
        if self.grid is None or not self._field.contains(position):
            return None
        rows, columns = self.grid.values.shape[:2]
        row, column = int((position.y() - self._field.y()) / self._side), int((position.x() - self._field.x()) / self._side)
        return min(rows - 1, row), min(columns - 1, column)

    # painting

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        grid = self.grid
        assert grid is not None
        drawing = isinstance(painter.device(), QSvgGenerator)
        ratio = device_ratio(painter)
        self._lay(rect, ratio)
        values = self._values()
        low, high, _ = self.scale()
        paints = colours(values, low, high, False)
        rows, columns = grid.values.shape[:2]
        gap = self._gap()
        if not drawing:
            painter.drawImage(self._field, self._data_image(paints, round(gap * ratio)))
        others = bool(self._others())
        for row in range(rows):
            for column in range(columns):
                cell, place, index = (row, column), self.place_of((row, column)), row * columns + column
                kind = self._kinds[index]
                if kind == "data" and drawing:
                    self._paint_actions(painter, place.adjusted(gap, gap, -gap, -gap), grid.visited[cell] > 0, paints[cell])
                if drawing:
                    self._paint_tile(painter, place, kind, int(grid.policy[cell]))
                elif kind != "none":
                    painter.drawPixmap(place.topLeft(), self._tile(kind, int(grid.policy[cell]), ratio))
                if (others and kind == "data") or (grid.labels and grid.labels[index]) or grid.cells[index] in MARKED or index in grid.edited:
                    self._paint_extras(painter, place.adjusted(gap, gap, -gap, -gap), cell, paints[cell])
        self._paint_walls(painter)
        if grid.corrected is not None:
            outline_on_picture(painter, self.place_of(grid.corrected).adjusted(gap, gap, -gap, -gap))
        self._paint_agent(painter)
        if self._cell is not None:
            self._paint_hovered(painter, rect, paints)

    def _gap(self) -> float:
        return max(1.0, round(self._side * 0.02))

    def _kind(self, cell: Cell) -> str:
        """How a cell is drawn: "data" with its numbers, "unvisited", or by its own kind."""
        grid = self.grid
        assert grid is not None
        kind: str = self._kinds[cell[0] * grid.values.shape[1] + cell[1]]
        return kind

    def _data_image(self, paints: NDArray[np.uint8], gap: int) -> QImage:
        """All triangles of all cells as one picture, a whole number of device pixels a cell."""
        grid = self.grid
        assert grid is not None
        rows, columns, _ = grid.values.shape
        n = self._pixels
        toward = _toward(n, gap)
        surface = np.uint32(look.colour("surface").rgba())
        table = np.zeros((rows, columns, 5), np.uint32)
        packed = paints.astype(np.uint32)
        argb = np.uint32(0xFF000000) | packed[..., 0] << 16 | packed[..., 1] << 8 | packed[..., 2]
        table[..., :4] = surface
        for k, direction in enumerate(((-1, 0), (1, 0), (0, -1), (0, 1))):
            if direction in grid.arrows:
                action = grid.arrows.index(direction)
                table[..., k] = np.where(grid.visited[..., action] > 0, argb[..., action], surface)
        table[np.array([kind != "data" for kind in self._kinds]).reshape(rows, columns)] = 0
        pixels = np.ascontiguousarray(table[:, :, toward].transpose(0, 2, 1, 3).reshape(rows * n, columns * n))
        return QImage(pixels.data, columns * n, rows * n, columns * n * 4, QImage.Format.Format_ARGB32_Premultiplied).copy()

    def _tile(self, kind: str, action: int, ratio: float) -> QPixmap:
        """What lies on a cell of this kind whose best action is this one: drawn once for each size and look."""
        key = (kind, action if kind == "data" else -1, self._pixels, ratio, look.dark, self.chapter)
        if key not in self._tiles:
            if len(self._tiles) > 64:
                self._tiles.clear()
            tile = QPixmap(self._pixels, self._pixels)
            tile.setDevicePixelRatio(ratio)
            tile.fill(Qt.GlobalColor.transparent)
            painter = QPainter(tile)
            painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
            self._paint_tile(painter, QRectF(0, 0, self._side, self._side), kind, action)
            painter.end()
            self._tiles[key] = tile
        return self._tiles[key]

    def _paint_tile(self, painter: QPainter, cell: QRectF, kind: str, action: int) -> None:
        gap = self._gap()
        place = cell.adjusted(gap, gap, -gap, -gap)
        radius = max(2.0, place.width() * 0.06)
        if kind == "hole":
            self._paint_hole(painter, place, radius)
        elif kind == "cliff":
            self._paint_cliff(painter, place, radius)
        elif kind == "goal":
            rounded(painter, place, radius, self.accent)
            self._paint_flag(painter, place, look.on_accent())
        elif kind == "unvisited":
            rounded(painter, place, radius, look.colour("surface"))
            draw_text(painter, "?", look.font("label"), look.colour("ink3"), place.center().x(), place.center().y(), "centre")
        elif kind == "data":
            self._paint_seams(painter, place)
            if place.width() >= 14 and action >= 0:
                self._paint_best(painter, place, action)

    def _paint_extras(self, painter: QPainter, place: QRectF, cell: Cell, paints: NDArray[np.uint8]) -> None:
        """What only some cells have: actions that lead nowhere, a letter, a passenger, a changed reward."""
        grid = self.grid
        assert grid is not None
        index = cell[0] * grid.values.shape[1] + cell[1]
        kind, data = grid.cells[index], self._kind(cell) == "data"
        if data:
            for k, action in enumerate(self._others()):
                self._paint_other(painter, self._other_place(place, k), action, bool(grid.visited[cell][action] > 0), paints[action], action == grid.policy[cell])
        label = grid.labels[index] if grid.labels else ""
        if label and place.width() >= 18:
            self._outlined(painter, label, place.x() + place.width() * 0.14, place.y() + place.height() * 0.15, data)
        if kind == "passenger":
            self._paint_person(painter, place)
        elif kind == "destination":
            corner = QRectF(place.right() - place.width() * 0.34, place.y() + place.height() * 0.04, place.width() * 0.3, place.height() * 0.3)
            rounded(painter, corner, max(2.0, place.width() * 0.06), self.accent)
            self._paint_flag(painter, corner, look.on_accent())
        if index in grid.edited:
            self._paint_reward(painter, place, float(grid.rewards[cell]))

    def _paint_actions(self, painter: QPainter, place: QRectF, tried: NDArray[np.bool_], paints: NDArray[np.uint8]) -> None:
        """The triangles of one cell, as shapes."""
        grid = self.grid
        assert grid is not None
        corners = {(0, -1): (place.topLeft(), place.topRight()), (1, 0): (place.topRight(), place.bottomRight()),
                   (0, 1): (place.bottomRight(), place.bottomLeft()), (-1, 0): (place.bottomLeft(), place.topLeft())}
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillRect(place, look.colour("surface"))
        painter.setPen(Qt.PenStyle.NoPen)
        for action, direction in enumerate(grid.arrows):
            if direction in corners and tried[action]:
                a, b = corners[direction]
                painter.setBrush(QColor(*(int(v) for v in paints[action])))
                painter.drawPolygon(QPolygonF([a, b, place.center()]))
        painter.restore()

    def _paint_seams(self, painter: QPainter, place: QRectF) -> None:
        if self.grid is not None and any(self.grid.arrows):
            painter.setPen(pen(QColor(0, 0, 0, 90), max(0.6, place.width() * 0.012)))
            painter.drawLine(place.topLeft(), place.bottomRight())
            painter.drawLine(place.topRight(), place.bottomLeft())

    def _others(self) -> list[int]:
        grid = self.grid
        return [a for a, direction in enumerate(grid.arrows) if direction is None] if grid is not None else []

    def _other_place(self, place: QRectF, k: int) -> QRectF:
        if any(self.grid.arrows if self.grid else ()):
            side = place.width() * 0.26
            x = place.x() + place.width() * 0.05 if k % 2 == 0 else place.right() - place.width() * 0.05 - side
            return QRectF(x, place.bottom() - place.height() * 0.05 - side, side, side)
        count = max(1, len(self._others()))
        return QRectF(place.x() + k * place.width() / count, place.y(), place.width() / count, place.height())

    def _paint_other(self, painter: QPainter, place: QRectF, action: int, tried: bool, paint: NDArray[np.uint8], best: bool) -> None:
        grid = self.grid
        assert grid is not None
        fill = QColor(*(int(v) for v in paint)) if tried else look.colour("surface")
        rounded(painter, place, place.width() * 0.2, fill, LIGHT if best else QColor(0, 0, 0, 120), max(1.0, place.width() * (0.12 if best else 0.05)))
        if place.width() >= 11:
            font = look.font("caption", 700)
            font.setPixelSize(max(7, round(place.height() * 0.6)))
            draw_text(painter, look.say(grid.actions[action])[:1], font, look.digit_colour(fill) if tried else look.colour("ink3"), place.center().x(),
                      place.center().y(), "centre")

    def _paint_best(self, painter: QPainter, place: QRectF, action: int) -> None:
        grid = self.grid
        assert grid is not None
        if action < 0:
            return
        direction = grid.arrows[action]
        if direction is None:
            return  # marked on the action itself
        half = place.width() * 0.25
        centre = place.center()
        start = QPointF(centre.x() - direction[0] * half, centre.y() - direction[1] * half)
        end = QPointF(centre.x() + direction[0] * half, centre.y() + direction[1] * half)
        width = max(1.4, place.width() * 0.045)
        arrow(painter, start, end, QColor(20, 22, 26, 230), width * 2.3, place.width() * 0.17)
        arrow(painter, start, end, LIGHT, width, place.width() * 0.17)

    def _paint_hole(self, painter: QPainter, place: QRectF, radius: float) -> None:
        water, light = look.class_colour(4), look.class_colour(0)
        rounded(painter, place, radius, mixed(look.colour("bg"), water, 0.16 if look.dark else 0.24))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mixed(look.colour("bg"), water, 0.62 if look.dark else 0.85))
        painter.drawEllipse(place.center(), place.width() * 0.34, place.height() * 0.25)
        wave, step = QPainterPath(), place.width() * 0.09
        x, y = place.center().x() - 2 * step, place.center().y()
        wave.moveTo(x, y + step * 0.35)
        wave.cubicTo(x + step, y - step * 1.3, x + 2 * step, y - step * 0.4, x + 2 * step, y)
        wave.cubicTo(x + 2 * step, y + step * 0.4, x + 3 * step, y + step * 1.3, x + 4 * step, y - step * 0.35)
        painter.setPen(pen(light if look.dark else LIGHT, max(1.2, place.width() * 0.035)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(wave)
        painter.restore()

    def _paint_cliff(self, painter: QPainter, place: QRectF, radius: float) -> None:
        rounded(painter, place, radius, look.colour("no_tint"))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen(look.colour("no"), max(1.2, place.width() * 0.04)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        zigzag = QPainterPath()
        for k, (x, y) in enumerate(((0.2, 0.38), (0.36, 0.62), (0.5, 0.42), (0.64, 0.66), (0.8, 0.4))):
            point = QPointF(place.x() + x * place.width(), place.y() + y * place.height())
            if k == 0:
                zigzag.moveTo(point)
            else:
                zigzag.lineTo(point)
        painter.drawPath(zigzag)
        painter.restore()

    @staticmethod
    def _paint_flag(painter: QPainter, place: QRectF, ink: QColor) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        w, h = place.width(), place.height()
        pole = place.x() + w * 0.36
        painter.setPen(pen(ink, max(1.2, w * 0.05)))
        painter.drawLine(QPointF(pole, place.y() + h * 0.24), QPointF(pole, place.y() + h * 0.78))
        painter.setBrush(ink)
        painter.drawPolygon(QPolygonF([QPointF(pole, place.y() + h * 0.25), QPointF(place.x() + w * 0.72, place.y() + h * 0.38), QPointF(pole, place.y() + h * 0.51)]))
        painter.restore()

    @staticmethod
    def _paint_person(painter: QPainter, place: QRectF, x: float = 0.8, y: float = 0.24) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size = place.width() * 0.1
        middle = QPointF(place.x() + place.width() * x, place.y() + place.height() * y)
        body = QPainterPath(QPointF(middle.x() - size * 1.25, middle.y() + size * 1.9))
        body.cubicTo(middle.x() - size * 1.2, middle.y() + size * 0.2, middle.x() + size * 1.2, middle.y() + size * 0.2, middle.x() + size * 1.25, middle.y() + size * 1.9)
        body.closeSubpath()
        body.addEllipse(QPointF(middle.x(), middle.y() - size * 0.5), size * 0.75, size * 0.75)
        painter.setPen(pen(QColor(20, 22, 26, 230), max(2.0, size * 0.5)))
        painter.drawPath(body)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(LIGHT)
        body.setFillRule(Qt.FillRule.WindingFill)
        painter.drawPath(body)
        painter.restore()

    def _paint_reward(self, painter: QPainter, place: QRectF, reward: float) -> None:
        text, font = ("+" if reward > 0 else "") + short(reward), look.font("caption", 700)
        if place.width() < 40:
            font.setPixelSize(max(7, round(place.width() * 0.24)))
        width, height = text_width(text, font) + 6, font.pixelSize() + 4
        box = QRectF(place.right() - width - 1, place.bottom() - height - 1, width, height)
        rounded(painter, box, height / 2, look.colour("caveat_tint"))
        draw_text(painter, text, font, look.colour("caveat"), box.center().x(), box.center().y(), "centre")

    def _outlined(self, painter: QPainter, text: str, x: float, y: float, over_data: bool) -> None:
        font = look.font("caption", 700)
        font.setPixelSize(max(8, round(self._side * 0.24)) if self._side < 60 else max(font.pixelSize(), round(self._side * 0.2)))
        if not over_data:
            draw_text(painter, text, font, look.colour("ink2"), x, y, "centre")
            return
        path = QPainterPath()
        width = text_width(text, font)
        path.addText(x - width / 2, y + font.pixelSize() * 0.36, font, text)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen(QColor(20, 22, 26, 220), 3))
        painter.drawPath(path)
        painter.fillPath(path, LIGHT)
        painter.restore()

    def _paint_walls(self, painter: QPainter) -> None:
        grid = self.grid
        assert grid is not None
        columns = grid.values.shape[1]
        painter.save()
        painter.setPen(pen(look.colour("ink"), max(2.5, self._side * 0.07)))
        for first, second in grid.walls:
            a, b = self.place_of(divmod(first, columns)), self.place_of(divmod(second, columns))
            if second - first == 1:
                painter.drawLine(QPointF(b.x(), b.y() + 3), QPointF(b.x(), b.bottom() - 3))
            else:
                painter.drawLine(QPointF(a.x() + 3, b.y()), QPointF(a.right() - 3, b.y()))
        painter.restore()

    def _paint_agent(self, painter: QPainter) -> None:
        grid, at = self.grid, self._agent_at()
        if grid is None or at is None:
            return
        place = self.place_of(at)
        radius = place.width() * 0.26
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen(INK, max(1.5, radius * 0.16)))
        painter.setBrush(LIGHT)
        painter.drawEllipse(place.center(), radius, radius)
        painter.setBrush(INK)
        painter.setPen(Qt.PenStyle.NoPen)
        for side in (-1, 1):
            painter.drawEllipse(QPointF(place.center().x() + side * radius * 0.34, place.center().y() - radius * 0.2), radius * 0.13, radius * 0.13)
        painter.setPen(pen(INK, max(1.2, radius * 0.14)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        smile = QRectF(place.center().x() - radius * 0.48, place.center().y() - radius * 0.5, radius * 0.96, radius * 0.96)
        painter.drawArc(smile, 205 * 16, 130 * 16)
        painter.restore()
        if grid.carrying:
            self._paint_person(painter, place, 0.74, 0.3)

    def _paint_hovered(self, painter: QPainter, rect: QRectF, paints: NDArray[np.uint8]) -> None:
        """The cell under the cursor, enlarged, with its numbers."""
        grid, cell = self.grid, self._cell
        assert grid is not None and cell is not None
        place = self.place_of(cell)
        tried = grid.visited[cell] > 0
        outline_on_picture(painter, place.adjusted(1, 1, -1, -1))
        if not tried.any() or grid.cells[cell[0] * grid.values.shape[1] + cell[1]] in ("hole", "cliff", "goal", "none"):
            return
        font = look.font("label", 700)
        wanted = max(self._side, text_width("−0.000", font) * (3.0 if len(self._others()) < 2 else 4.0))
        side = min(wanted, rect.width(), rect.height())
        x = max(rect.x(), min(place.center().x() - side / 2, rect.right() - side))
        y = max(rect.y(), min(place.center().y() - side / 2, rect.bottom() - side))
        box = QRectF(x, y, side, side)
        if side > self._side:
            rounded(painter, box.adjusted(-6, -6, 6, 6), 8, faded(QColor(0, 0, 0), 0.35))
        self._paint_actions(painter, box, tried, paints[cell])
        self._paint_seams(painter, box)
        outline_on_picture(painter, box)
        for action, direction in enumerate(grid.arrows):
            if not tried[action]:
                continue
            fill = QColor(*(int(v) for v in paints[cell][action]))
            value = short(float(grid.values[(*cell, action)]))
            if direction is None:
                spot = self._other_place(box, self._others().index(action))
                self._paint_other(painter, spot, action, True, paints[cell][action], action == grid.policy[cell])
                small = look.font("caption", 700)
                rim = text_width(value, small) / 2 + 3
                where = QPointF(max(box.x() + rim, min(spot.center().x(), box.right() - rim)), spot.y() - small.pixelSize() * 0.7)
                plate = QRectF(where.x() - rim, where.y() - small.pixelSize() * 0.62, 2 * rim, small.pixelSize() * 1.24)
                rounded(painter, plate, plate.height() / 2, QColor(0, 0, 0, 150))
                draw_text(painter, value, small, LIGHT, where.x(), where.y(), "centre")
                continue
            reach = 0.35 if direction[0] == 0 else 0.325
            where = QPointF(box.center().x() + direction[0] * side * reach, box.center().y() + direction[1] * side * reach)
            draw_text(painter, value, font, look.digit_colour(fill), where.x(), where.y(), "centre")

    # mouse and keys

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        cell = self.locate(event.position())
        self._by_key = False
        self.setCursor(Qt.CursorShape.PointingHandCursor if cell is not None and self.editable else Qt.CursorShape.ArrowCursor)
        self.set_cell(cell)

    def leaveEvent(self, event: QEvent) -> None:
        if not self._by_key and self._editor is None:
            self.set_cell(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.locate(event.position())
        self.close_editor()
        if event.button() == Qt.MouseButton.LeftButton and cell is not None:
            self.set_cell(cell)
            self.edit(cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        grid, key = self.grid, Qt.Key(event.key())
        if grid is None:
            event.ignore()
        elif key in KEYS and self.playing:
            if KEYS[key] in grid.arrows:
                self.action_chosen.emit(grid.arrows.index(KEYS[key]))
        elif self.playing and event.text().isdecimal() and 1 <= int(event.text()) <= len(grid.actions):
            self.action_chosen.emit(int(event.text()) - 1)
        elif key in KEYS:
            rows, columns = grid.values.shape[:2]
            row, column = self._cell if self._cell is not None else grid.agent or (0, 0)
            dx, dy = KEYS[key] if self._cell is not None else (0, 0)
            self._by_key = True
            self.set_cell((max(0, min(rows - 1, row + dy)), max(0, min(columns - 1, column + dx))))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._cell is not None:
            self.edit(self._cell)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus) and self._cell is not None and self.editable:
            change = 1.0 if key == Qt.Key.Key_Plus else -1.0
            self.cell_edited.emit(*self._cell, float(grid.rewards[self._cell]) + change)
        elif key == Qt.Key.Key_Escape and self._cell is not None:
            self._by_key = False
            self.set_cell(None)
        else:
            event.ignore()

    def edit(self, cell: Cell) -> None:
        """Open the field for a cell's reward on it; Enter takes it, Escape leaves it."""
        grid = self.grid
        if grid is None or not self.editable or grid.cells[cell[0] * grid.values.shape[1] + cell[1]] == "none":
            return
        self.close_editor()
        place = self.place_of(cell)
        editor = QLineEdit(self)
        editor.setText(short(float(grid.rewards[cell])).replace("−", "-").replace(",", ""))
        editor.setFont(look.font("body", 700))
        editor.setAlignment(Qt.AlignmentFlag.AlignCenter)
        editor.setToolTip(look.say(REWARD))
        editor.setAccessibleName(look.say(REWARD))
        width, height = look.px(76), look.px(30)
        x = max(0.0, min(place.center().x() - width / 2, self.width() - width))
        y = max(0.0, min(place.center().y() - height / 2, self.height() - height))
        editor.setGeometry(round(x), round(y), width, height)
        editor.selectAll()
        editor.installEventFilter(self)
        self._editor, self._editing = editor, cell
        editor.show()
        editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_edit(self) -> None:
        editor, cell = self._editor, self._editing
        if editor is None or cell is None:
            return
        text = editor.text().strip().replace("−", "-").replace(",", ".")
        if not text:
            self.close_editor()
            self.cell_edited.emit(*cell, None)
            return
        try:
            reward = float(text)
        except ValueError:
            reward = math.nan
        if not math.isfinite(reward):
            editor.selectAll()  # not a number: the field stays open
            return
        self.close_editor()
        self.cell_edited.emit(*cell, reward)

    def close_editor(self) -> None:
        """Take the reward field away, nothing changed."""
        editor, self._editor, self._editing = self._editor, None, None
        if editor is not None:
            editor.removeEventFilter(self)
            had_focus = editor.hasFocus()
            editor.hide()
            editor.deleteLater()
            if had_focus:
                self.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is self._editor and self._editor is not None:
            if event.type() == QEvent.Type.FocusOut:
                self.close_editor()
            elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
                if event.key() == Qt.Key.Key_Escape:
                    self.close_editor()
                    return True
                if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                    self._take_edit()
                    return True
        return False
