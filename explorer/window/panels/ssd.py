"""Default boxes on maps of several sizes: where each level is sure of an object, and the boxes it has at one place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.catalogue.classes import COLOURS
from explorer.results import Bundle, Overlay, Result
from explorer.window.look import look
from explorer.window.panels.base import Host, LensPart, boxes_of
from explorer.window.views.controls import Label, Legend
from explorer.window.views.places import Outline, PlacesView, corners
from explorer.window.views.tiles import Tile, TilesView, heated
from explorer.words import Text

TITLE = Text("既定の箱を調べる", "Looking at the default boxes")
LEVELS = Text("どの段がどこで確かか", "Where each level is sure")
HERE = Text("一つの場所の既定の箱", "Default boxes at one place")
SIZE = Text("{columns} × {rows}", "{columns} × {rows}")
MANY = Text("箱 {count} 個", "{count} boxes")
ALL = Text(
    "全部で**既定の箱 {all} 個**。どれもクラスと箱のずれを一度に答えます。",
    "**{all} default boxes** in all; each answers with a class and a correction, in one pass.",
)
PLACE = Text(
    "{columns} × {rows} の段は一か所に **{here} 個**。ここで一番確かなのは **{name} {score}**。",
    "At this place the level of {columns} × {rows} has **{here} boxes**. The surest: **{name} {score}**.",
)
PROBABILITY = Text("物体の確率", "Probability of an object")


class Panel(LensPart):
    """The lens ``default_boxes``."""

    lens = "default_boxes"

    def __init__(self, page: Host) -> None:
        super().__init__(page)
        self.level: int | None = None  # the surest
        self.place: tuple[int, int] | None = None
        self._bundle: Bundle | None = None
        self._small: list[Any] = []
        self.view = PlacesView(name=HERE)
        self.tiles = TilesView(name=LEVELS, may_be_none=False)
        self.place_words = Label("", "label", "ink2", wrap=True)
        self.all_words = Label("", "label", "ink2", wrap=True)
        self.scale = Legend("viridis", before=PROBABILITY)
        self.legend = self.scale
        self.side = QWidget()
        self._side = QVBoxLayout(self.side)
        self._side.setContentsMargins(0, 0, 0, 0)
        self._side.addWidget(Label(LEVELS, "section"))
        self._side.addWidget(self.tiles, 1)
        self._side.addWidget(self.place_words)
        self._side.addWidget(self.all_words)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.view, 420)
        self._row.addWidget(self.side, 330)
        self.tiles.chosen.connect(self._choose_level)
        self.view.placed.connect(self._choose_place)
        self.restyle()

    def restyle(self) -> None:
        self._row.setSpacing(look.px(24))
        self._side.setSpacing(look.px(8))
        self._say()

    def depends_on(self) -> object:
        return self.host.version, self.level, self.place

    def refresh(self) -> None:
        row, column = self.place if self.place is not None else (None, None)
        self.watch(
            self.host.ask(self.lens, "detection.default_boxes", TITLE, self._take, **self.host.request(), level=self.level, row=row, column=column)
        )

    def _take(self, bundle: Bundle) -> None:
        self._bundle = bundle
        facts = bundle.facts
        if self.level is not None:  # as far as this network has it
            self.level = facts["level"]
        if self.place is not None:
            self.place = facts["row"], facts["column"]
        self._answered = self.depends_on()
        heats = [part for name, part in bundle.parts.items() if name.startswith("level ") and isinstance(part, Overlay)]
        self._small = [heated(heat.picture.pixels[::2, ::2], heat.heat[::2, ::2], high=1.0) for heat in heats]
        heat = heats[facts["level"]]
        self.view.show_picture(heat.picture)
        self.view.set_heat(heat.heat, high=1.0)
        self.view.set_places(*facts["sizes"][facts["level"]])
        self.view.set_place(facts["row"], facts["column"])
        self._say()

    def _say(self) -> None:
        if self._bundle is None:
            return
        facts, boxes = self._bundle.facts, boxes_of(self._bundle)
        sizes = facts["sizes"]
        self.tiles.set_tiles(
            [
                Tile(pixels, SIZE.format(columns=columns, rows=rows), MANY.format(count=f"{count:,}"))
                for pixels, (rows, columns), count in zip(self._small, sizes, facts["counts"], strict=True)
            ]
        )
        self.tiles.set_current(facts["level"])
        colours = COLOURS.get(self.host.variant.classes, ())
        order = [int(i) for i in np.argsort(-boxes.scores, kind="stable")]
        outlines = []
        for place, index in enumerate(order):
            label, score = int(boxes.labels[index]), float(boxes.scores[index])
            name = self.host.class_words(boxes.names[label])
            colour = colours[label] if label < len(colours) else look.class_colour(label).name()
            outlines.append(Outline(corners(boxes, index), colour, 0.25 + 0.75 * score, f"{name} {score:.2f}" if place == 0 else "", name=boxes.names[label], score=score))
        self.view.set_outlines(outlines)
        rows, columns = sizes[facts["level"]]
        best = outlines[0]
        name = self.host.class_words(best.name)
        self.place_words.set_text(PLACE.format(columns=columns, rows=rows, here=len(outlines), name=name, score=f"{best.score:.2f}"))
        self.all_words.set_text(ALL.format(all=f"{sum(facts['counts']):,}"))

    def _choose_level(self, level: int) -> None:
        self.level, self.place = level, None
        self.show_now()
        self.host.changed()

    def _choose_place(self, row: int, column: int) -> None:
        if self._bundle is not None:
            self.level = self._bundle.facts["level"]  # a place is one of this level
        self.place = row, column
        self.show_now()
        self.host.changed()

    def settings(self) -> dict[str, Any]:
        return {"level": self.level, "place": list(self.place) if self.place else None}

    def apply(self, settings: Mapping[str, Any]) -> None:
        level = settings.get("level")
        if level is None or (isinstance(level, int) and level >= 0):
            self.level = level
        place = settings.get("place")
        if isinstance(place, (list, tuple)) and len(place) == 2 and all(isinstance(one, int) for one in place):
            self.place = int(place[0]), int(place[1])

    def numbers(self) -> dict[str, Any]:
        if self._bundle is None:
            return self.settings()
        facts, boxes = self._bundle.facts, boxes_of(self._bundle)
        best = int(boxes.scores.argmax())
        return {
            "level": facts["level"], "row": facts["row"], "column": facts["column"], "sizes": [list(size) for size in facts["sizes"]], "counts": list(facts["counts"]),
            "here": len(boxes.scores), "surest": [boxes.names[int(boxes.labels[best])], float(boxes.scores[best])], "box": [float(v) for v in boxes.boxes[0]],
        }  # fmt: skip

    def result(self) -> Result | None:
        return self._bundle.parts["boxes"] if self._bundle is not None else None

    def project(self, on: bool) -> None:
        self.all_words.setVisible(not on)
        self.tiles.set_lines(1 if on else 2)
