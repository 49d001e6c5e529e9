"""The region proposal network at work: how likely each place holds an object, the anchors at one place, and the best proposals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout

from explorer.results import Bundle, Overlay, Result
from explorer.window.look import look
from explorer.window.panels.base import Host, LensPart, boxes_of
from explorer.window.views.controls import Label, Legend, Slider
from explorer.window.views.places import Outline, PlacesView, corners
from explorer.words import Text

TITLE = Text("アンカーと候補を調べる", "Looking at anchors and proposals")
OBJECTNESS = Text("物がありそうな場所", "Where an object may be")
PROPOSALS = Text("良い候補", "The best proposals")
HOW_MANY = Text("候補の数", "Proposals")
AT_PLACE = Text(
    "{rows} × {columns} か所に**アンカー {here} 個**ずつ、全部で {all} 個。ここの最高は **{best}**。",
    "**{here} anchors** at each of {rows} × {columns} places, {all} in all. The likeliest here: **{best}**.",
)
KEPT = Text("重なりを消して残った {count} 個のうち、確からしい **{shown} 個**（{least} 以上）。", "The likeliest **{shown}** of {count} left after suppression, all at least {least}.")
NO_PROPOSAL = Text("候補は残りませんでした。", "No proposal is left.")
OBJECT = Text("物らしさ", "Objectness")
ANCHOR = Text("アンカー", "Anchor")


class Panel(LensPart):
    """The lens ``proposals``."""

    lens = "proposals"

    def __init__(self, page: Host) -> None:
        super().__init__(page)
        self.place: tuple[int, int] | None = None
        self._bundle: Bundle | None = None
        self.heat = PlacesView(name=OBJECTNESS)
        self.best = PlacesView(name=PROPOSALS)
        self.here = Label("", "label", "ink2", wrap=True)
        self.kept = Label("", "label", "ink2", wrap=True)
        self.count = Slider(HOW_MANY, 1, 300, 20, step=1, log=True, label_width=84, value_width=44)
        self.scale = Legend("viridis", before=OBJECT)
        self.legend = self.scale
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        for column, (title, view, words) in enumerate(((OBJECTNESS, self.heat, self.here), (PROPOSALS, self.best, self.kept))):
            self._grid.addWidget(Label(title, "section"), 0, column)
            self._grid.addWidget(view, 1, column)
            self._grid.addWidget(words, 2, column, Qt.AlignmentFlag.AlignTop)
            self._grid.setColumnStretch(column, 1)
        self._grid.setRowStretch(1, 1)
        self._grid.addWidget(self.count, 3, 1)
        self.heat.placed.connect(self._choose)
        self.count.changed.connect(lambda _: self._show_proposals())
        self.count.released.connect(lambda _: self.host.changed())
        self.restyle()

    def restyle(self) -> None:
        self._grid.setHorizontalSpacing(look.px(28))
        self._grid.setVerticalSpacing(look.px(6))
        self._say()

    def depends_on(self) -> object:
        return self.host.version, self.place

    def refresh(self) -> None:
        row, column = self.place if self.place is not None else (None, None)
        self.watch(self.host.ask(self.lens, "detection.proposals", TITLE, self._take, **self.host.request(), row=row, column=column))

    def _take(self, bundle: Bundle) -> None:
        self._bundle = bundle
        heat = bundle.parts["objectness 0"]
        assert isinstance(heat, Overlay)
        self.heat.show_picture(heat.picture)
        self.heat.set_heat(heat.heat, high=1.0)
        self.heat.set_places(*bundle.facts["sizes"][0])
        self.heat.set_place(bundle.facts["row"], bundle.facts["column"])
        if self.place is not None:  # as far as this picture has it
            self.place = bundle.facts["row"], bundle.facts["column"]
            self._answered = self.depends_on()
        self._say()

    def _say(self) -> None:
        if self._bundle is None:
            return
        anchors, facts = boxes_of(self._bundle, "anchors"), self._bundle.facts
        order, high = np.argsort(-anchors.scores, kind="stable"), float(anchors.scores.max(initial=0.0)) or 1.0
        self.heat.set_outlines(
            [
                Outline(corners(anchors, i), weight=float(anchors.scores[i]) / high, name=look.say(ANCHOR), score=float(anchors.scores[i]), label=f"{anchors.scores[i]:.2f}" if i == order[0] else "")
                for i in map(int, order)
            ]
        )
        rows, columns = facts["sizes"][0]
        self.here.set_text(AT_PLACE.format(here=len(anchors.scores), rows=rows, columns=columns, all=f"{facts['anchors']:,}", best=f"{anchors.scores.max(initial=0.0):.2f}"))
        self._show_proposals()

    def _show_proposals(self) -> None:
        if self._bundle is None:
            return
        found = boxes_of(self._bundle, "proposals")
        shown = min(len(found.scores), round(self.count.value))
        self.best.set_picture(found.picture)
        outlines = [Outline(corners(found, i), "", 0.6 - 0.4 * i / shown, score=float(found.scores[i]), name="object") for i in range(shown)]
        self.best.set_outlines(outlines)  # the surest thickest: their scores are all alike
        least = float(found.scores[shown - 1]) if shown else 0.0
        self.kept.set_text(KEPT.format(count=len(found.scores), shown=shown, least=f"{least:.2f}") if shown else NO_PROPOSAL)

    def _choose(self, row: int, column: int) -> None:
        self.place = row, column
        self.show_now()
        self.host.changed()

    def settings(self) -> dict[str, Any]:
        return {"place": list(self.place) if self.place else None, "count": round(self.count.value)}

    def apply(self, settings: Mapping[str, Any]) -> None:
        place = settings.get("place")
        if isinstance(place, (list, tuple)) and len(place) == 2 and all(isinstance(one, int) for one in place):
            self.place = int(place[0]), int(place[1])
        count = settings.get("count")
        if isinstance(count, int) and 1 <= count <= 300:
            self.count.set_value(float(count))

    def numbers(self) -> dict[str, Any]:
        if self._bundle is None:
            return self.settings()
        facts, anchors, found = self._bundle.facts, boxes_of(self._bundle, "anchors"), boxes_of(self._bundle, "proposals")
        return {
            "row": facts["row"], "column": facts["column"], "places": list(facts["sizes"][0]), "anchors": facts["anchors"],
            "here": [round(float(score), 6) for score in anchors.scores], "anchor": [float(v) for v in anchors.boxes[0]],
            "proposals": len(found.scores), "shown": len(self.best.outlines), "best": float(found.scores.max(initial=0.0)),
        }  # fmt: skip

    def result(self) -> Result | None:
        return self._bundle.parts["proposals"] if self._bundle is not None else None

    def project(self, on: bool) -> None:
        self.count.setVisible(not on)
