"""What the panels and lenses of agents with a network have in common: their base, names and numbers of a snapshot, maps as tiles, memory, actors."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Protocol

from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from explorer.results import Bundle, Maps, Matrix, Numbers, Picture, Result, Table
from explorer.window.look import look
from explorer.window.views.controls import Button, Label, Legend, Slider
from explorer.window.views.drawing import colours, short
from explorer.window.views.matrix import MatrixView
from explorer.window.views.pace import Pace
from explorer.window.views.ring import RingView
from explorer.window.views.table import TableView
from explorer.window.views.tiles import Tile, TilesView, heated
from explorer.words import Text

LOOKS = Text("どこを見るか", "Where it looks")
MEMORY, MOST = Text("再生の記憶", "Replay memory"), Text("いちばん多く引かれた一歩", "The steps drawn most")
KEPT = Text("**{kept}** / {capacity} をためています", "**{kept}** of {capacity} kept")
EMPTY = Text("まだ何もためていません。", "Nothing is kept yet.")
DRAWN, DRAWN_NOW = Text("引かれた回数（平均）", "How often drawn, mean"), Text("今回引いたもの", "Drawn just now")
ERRORS, CHANCES = Text("TD 誤差（平均）", "TD error, mean"), Text("引かれやすさ（均等なら 1）", "Chance to be drawn (even: 1)")
TIMES, TIMES_ERROR = Text("{count} 回", "{count} times"), Text("{count} 回  {error}", "{count} ×  {error}")
MOST_ERRORS = Text("いちばん多く引かれた一歩（回数と TD 誤差）", "The steps drawn most (times, TD error)")
MOST_SEEN = 4  # of the steps drawn most, where they are pictures
ACTORS, HOW_MANY = Text("アクター", "Actors"), Text("アクターの数", "Actors")
ONE_ACTOR = Text("アクター {n}、ε {epsilon}", "Actor {n}, ε {epsilon}")
ITS_STEPS = Text("{steps} 歩、毎秒 {rate}", "{steps} steps, {rate} a second")
ACTORS_SUM = Text("アクター {count}、あわせて毎秒 **{rate}** 歩", "{count} actors, **{rate}** steps a second together")
STARTING = Text("アクターのプロセスを始めています。", "The actors' processes are starting.")
CORES = Text("この計算機のコアは {cores}。それより多いと分け合います。", "This machine has {cores} cores; more actors share them.")
APPLY = Text("この数で始める", "Start with these")
SIDE = 180
"""Pixels to which small maps are enlarged, with sharp edges."""
MOST_ACTORS = 8


class Host(Protocol):
    """The page, as its panel sees it."""

    def send(self, name: str, values: Mapping[str, Any] | None = None) -> None:
        """Tell the session to do something."""

    def reopen(self, **changes: Any) -> None:
        """Begin anew in the same world with other settings."""


def numbers_of(bundle: Bundle) -> dict[str, float]:
    """The named numbers of a snapshot."""
    numbers = bundle.parts["numbers"]
    assert isinstance(numbers, Numbers)
    return dict(numbers.values)


def crisp(values: NDArray[Any], side: int = SIDE) -> NDArray[Any]:
    """A small map or picture enlarged by a whole number, up to about ``side`` pixels."""
    factor = max(1, side // max(values.shape[:2]))
    return values.repeat(factor, axis=0).repeat(factor, axis=1)


def heat_tile(heat: NDArray[Any], picture: Picture | None, title: Text | str) -> Tile:
    """A map as a tile: over the picture where both are of one size, else by itself."""
    if picture is not None and picture.pixels.shape[:2] == heat.shape:
        return Tile(crisp(heated(picture.pixels, heat, 0.6)), title)
    return Tile(crisp(colours(heat, 0.0, float(heat.max(initial=0.0)) or 1.0, False)), title)


def picture_of(bundle: Bundle) -> Picture | None:
    """The picture of a snapshot, if there is one."""
    picture = bundle.parts.get("picture")
    return picture if isinstance(picture, Picture) else None


class LensBase(QWidget):
    """A lens of the page. ``needs``: the parts of a snapshot that are computed only when asked for; ``legend``: what explains its colours."""

    needs: tuple[str, ...] = ()
    shows = "picture"

    def __init__(self) -> None:
        super().__init__()
        self.legend: Legend | None = None

    def minimumSizeHint(self) -> QSize:
        return QSize(look.px(200), look.px(120))

    def hasHeightForWidth(self) -> bool:
        """The room is given by the page, however long the sentences are."""
        return False

    def take(self, bundle: Bundle) -> None:
        """Show a snapshot of the session."""
        raise NotImplementedError

    def result(self, bundle: Bundle) -> Result | None:
        """What the lens shows of a snapshot."""
        return bundle.parts.get(self.shows)


def head_names(bundle: Bundle) -> list[str]:
    """V and A of each action where there are two streams, else Q of each."""
    names = [look.say(name) for name in bundle.facts["actions"]]
    return ["V", *(f"A {name}" for name in names)] if "advantage" in bundle.parts else [f"Q {name}" for name in names]


class LooksView(QWidget):
    """Where in the input each value looks: a map each, over the picture where they fit, or a matrix of values and numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.tiles, self.matrix = TilesView(name=LOOKS, lines=1), MatrixView(name=LOOKS)
        self.high = 0.0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tiles)
        column.addWidget(self.matrix)
        self.matrix.hide()

    def take(self, bundle: Bundle) -> None:
        """Show the part "looks" of a snapshot, where it is there."""
        looks = bundle.parts.get("looks")
        if not isinstance(looks, Maps | Matrix):
            return
        self.matrix.setVisible(isinstance(looks, Matrix))
        self.tiles.setVisible(isinstance(looks, Maps))
        self.high = float(looks.values.max(initial=0.0))
        if isinstance(looks, Maps):
            picture = picture_of(bundle)
            self.tiles.set_tiles([heat_tile(heat, picture, name) for heat, name in zip(looks.values, head_names(bundle), strict=True)])
        else:
            numbers = tuple(look.say(text) for text in bundle.facts["numbers"]) or looks.columns
            self.matrix.set_result(Matrix(looks.values, tuple(head_names(bundle)), numbers, low=0.0, high=self.high or 1.0))


class MemoryView(QWidget):
    """The memory as a strip, how full it is, and the steps drawn most: their pictures where they are planes, else a table."""

    def __init__(self, rated: bool) -> None:
        super().__init__()
        self.kept = Label(EMPTY, "body", "ink2")
        self.ring = RingView(name=MEMORY, labels=(DRAWN, DRAWN_NOW, ERRORS, CHANCES) if rated else (DRAWN, DRAWN_NOW))
        self.title = Label(MOST_ERRORS if rated else MOST, "label", "ink2")
        self.tiles = TilesView(name=MOST, lines=1)
        self.table = TableView(name=MOST)
        self.table.setMinimumHeight(look.px(90))
        self.found: dict[str, float] = {}
        self._newest: Bundle | None = None
        self._pace = Pace(self, 8.0, self._draw)
        below = QWidget()
        column = stacked(below, self.title, self.tiles, self.table, stretch=1)
        column.setStretch(2, 1)
        stacked(self, Halves(group(self.kept, self.ring, stretch=1), below, (6 if rated else 4, 3)), stretch=0)
        self.tiles.hide()

    def take(self, bundle: Bundle) -> None:
        """Show the memory of a snapshot."""
        numbers, ring, most = numbers_of(bundle), bundle.parts.get("memory"), bundle.parts.get("most_drawn")
        if not isinstance(ring, Matrix) or not isinstance(most, Table):
            self.kept.set_text(EMPTY)
            self.found, self._newest = {}, None
            return
        self.kept.set_text(KEPT.format(kept=f"{int(numbers['kept']):,}", capacity=f"{int(numbers['capacity']):,}"))
        self._newest = bundle
        self._pace.ask(not bundle.facts["playing"])
        rows = dict(zip(ring.rows, ring.values, strict=True))
        self.found = {"kept": numbers["kept"], "capacity": numbers["capacity"], "drawn_now": float(rows["drawn now"].sum()), "most_drawn": float(most.rows[0][1]) if most.rows else 0.0}
        if "priority" in rows:
            self.found |= {"largest_error": float(rows["TD error"].max()), "largest_chance": float(rows["priority"].max())}

    def _draw(self) -> None:
        """The newest memory, no more often than the eye can follow."""
        bundle = self._newest
        if bundle is None:
            return
        ring, most = bundle.parts["memory"], bundle.parts["most_drawn"]
        assert isinstance(ring, Matrix) and isinstance(most, Table)
        self.ring.set_result(ring)
        self.table.set_result(most)
        looks = bundle.parts.get("drawn_looks")
        self.tiles.setVisible(isinstance(looks, Maps))
        self.table.setVisible(not isinstance(looks, Maps))
        if isinstance(looks, Maps):
            words = [TIMES_ERROR.format(count=row[1], error=short(row[2])) if len(row) > 2 else TIMES.format(count=row[1]) for row in most.rows]
            self.tiles.set_tiles([heat_tile(one, None, said) for one, said in list(zip(looks.values, words, strict=False))[:MOST_SEEN]])


class ActorsView(QWidget):
    """What each actor sees, its ε, steps and rate, and how many there are to be."""

    def __init__(self, page: Host) -> None:
        super().__init__()
        self.summary = Label(STARTING, "body", "ink2")
        self.tiles = TilesView(name=ACTORS, lines=2)
        self.table = TableView(name=ACTORS)
        self.cores = os.cpu_count() or 1
        self.slider = Slider(HOW_MANY, 1.0, float(MOST_ACTORS), 2.0, 1.0, label_width=96, value_width=30)
        self.note = Label(CORES.format(cores=self.cores), "caption", "ink3")
        self.start = Button(APPLY, "tint")
        self.found: dict[str, float] = {}
        self._actors = 0
        self._row = QHBoxLayout()
        self._row.addWidget(self.slider, 1)
        self._row.addWidget(self.start)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.summary)
        self._column.addWidget(self.tiles, 1)
        self._column.addWidget(self.table, 1)
        self._column.addLayout(self._row)
        self._column.addWidget(self.note)
        self.table.hide()
        self.start.clicked.connect(lambda: page.reopen(actors=int(self.slider.value)))

    def take(self, bundle: Bundle) -> None:
        """Show the actors of a snapshot."""
        asked = int(bundle.facts["all_settings"]["actors"])
        if asked != self._actors:
            self._actors = asked
            self.slider.set_value(float(asked))
        table = bundle.parts.get("actors")
        if not isinstance(table, Table):
            self.summary.set_text(STARTING)
            self.found = {"actors": float(asked)}
            return
        rate = sum(float(row[3]) for row in table.rows)
        self.summary.set_text(ACTORS_SUM.format(count=len(table.rows), rate=f"{rate:,.0f}"))
        pictures = [bundle.parts.get(f"actor_{number + 1}") for number in range(len(table.rows))]
        drawn = [picture for picture in pictures if isinstance(picture, Picture)]
        whole = len(drawn) == len(table.rows)
        self.tiles.setVisible(whole)
        self.table.setVisible(not whole)
        self.table.set_result(table)
        if whole:
            self.tiles.set_tiles(
                [
                    Tile(crisp(picture.pixels), ONE_ACTOR.format(n=row[0], epsilon=row[1]), ITS_STEPS.format(steps=f"{row[2]:,}", rate=f"{row[3]:,.0f}"))
                    for picture, row in zip(drawn, table.rows, strict=True)
                ]
            )
        self.found = {"actors": float(len(table.rows)), "steps": float(sum(int(row[2]) for row in table.rows)), "per_second": rate}


def stacked(widget: QWidget, *parts: QWidget | QLayout, stretch: int = -1) -> QVBoxLayout:
    """Lay parts out one under the other; the one with this number takes the room."""
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    for number, part in enumerate(parts):
        if isinstance(part, QWidget):
            column.addWidget(part, 1 if number == stretch else 0)
        else:
            column.addLayout(part, 1 if number == stretch else 0)
    if stretch < 0:
        column.addStretch(1)
    return column


def group(*parts: QWidget | QLayout, stretch: int = -1) -> QWidget:
    """Parts one under the other, as one."""
    widget = QWidget()
    column = stacked(widget, *parts, stretch=stretch)
    column.setSpacing(look.px(6))
    return widget


class Halves(QWidget):
    """Two parts, one under the other; in projection, where there is width and little height, side by side. ``stretch``: their shares of the height."""

    def __init__(self, first: QWidget, second: QWidget, stretch: tuple[int, int] = (0, 1)) -> None:
        super().__init__()
        self._stretch = stretch
        self._box = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.addWidget(first)
        self._box.addWidget(second)
        look.changed.connect(self._turn)
        self._turn()

    def _turn(self) -> None:
        on = look.projection
        self._box.setDirection(QBoxLayout.Direction.LeftToRight if on else QBoxLayout.Direction.TopToBottom)
        self._box.setSpacing(look.px(24 if on else 8))
        for number in (0, 1):
            self._box.setStretch(number, 1 if on else self._stretch[number])


def beside(*parts: QWidget, stretch: bool = True) -> QHBoxLayout:
    """Lay parts out in a row, at the left."""
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    for part in parts:
        row.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
    if stretch:
        row.addStretch(1)
    return row
