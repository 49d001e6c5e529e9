"""The separate stages, one by one, each with its time: regions proposed, crops, their classes, boxes corrected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.catalogue.classes import COLOURS
from explorer.results import Bundle, Picture, Result, Scores
from explorer.window.look import look
from explorer.window.panels.base import Host, LensPart, boxes_of
from explorer.window.views.bars import ROW, BarsView
from explorer.window.views.controls import Choice, Label, Slider
from explorer.window.views.places import Outline, PlacesView, corners
from explorer.window.views.suppression import standing
from explorer.window.views.tiles import Tile, TilesView
from explorer.words import Text

TITLE = Text("段を一つずつ調べる", "Looking at the stages")
STAGE = Text("段", "Stage")
STAGES: Mapping[str, Text] = {
    "proposals": Text("1 候補", "1 Proposals"),
    "crops": Text("2 切り抜き", "2 Crops"),
    "classes": Text("3 クラス", "3 Classes"),
    "boxes": Text("4 箱を直す", "4 Boxes"),
}
ON_PICTURE, CROPS = Text("画像の上で", "On the picture"), Text("確かな切り抜き", "The surest crops")
REGIONS, REGION = Text("はじめの領域", "The first regions"), Text("{count} 個の領域", "{count} regions")
HOW_MANY = Text("候補の数", "Proposals")
TIMES = Text("段ごとの時間（ミリ秒）", "Milliseconds for each stage")
PARTS = (Text("候補を出す", "proposing regions"), Text("特徴を取る", "features of each crop"), Text("分類する", "classifying"))
TOLD: Mapping[str, Text] = {
    "proposals": Text("色や肌理の似た領域をまとめて、**候補を {count} 個**。ネットワークはまだ使いません。", "Regions alike in colour and texture are merged into **{count} proposals**; no network yet."),
    "crops": Text("候補を一つずつ切り抜き、**{count} 回**ネットワークに通します。", "Each proposal is cut out and goes through the network alone: **{count} times**."),
    "classes": Text("切り抜きごとに、何が写っているかを答えます。", "For each crop: what is it?"),
    "boxes": Text("箱を直し、重なりを消します。点線が候補、実線が答え。**{kept} 個**残りました。", "Boxes corrected, overlaps suppressed: **{kept}** left. Dashed: the proposal."),
}
NOTHING = Text("候補が一つもありません。", "There is no proposal.")
THRESHOLD = 0.5
CROPS_SHOWN = {False: (24, 9), True: (8, 3)}
"""How many crops are shown, alone and with their classes, on the screen and in projection."""


class Panel(LensPart):
    """The lens ``stages``."""

    lens = "stages"

    def __init__(self, page: Host) -> None:
        super().__init__(page)
        self._bundle: Bundle | None = None
        self._sources = np.zeros(0, np.int64)
        self._pixels: list[Any] = []
        self._painted: list[Picture] = []
        self._small: list[Any] = []
        self.stage = Choice(tuple(STAGES.items()), "proposals", name=STAGE)
        self.view = PlacesView(name=ON_PICTURE)
        self.count = Slider(HOW_MANY, 1, 500, 100, step=1, log=True, label_width=84, value_width=44)
        self.told = Label("", "body", wrap=True)
        self.tiles = TilesView(name=CROPS)
        self.regions = TilesView(name=REGIONS, lines=1)
        self.times_title = Label(TIMES, "section")
        self.times = BarsView(top=3, name=TIMES, amounts=True)
        self._left, self._side = QVBoxLayout(), QVBoxLayout()
        self._left.addWidget(self.stage)
        self._left.addWidget(self.view, 1)
        self._left.addWidget(self.count)
        self.side = QWidget()
        self.side.setLayout(self._side)
        self._side.setContentsMargins(0, 0, 0, 0)
        self._side.addWidget(self.told)
        self._side.addWidget(self.regions, 1)
        self._side.addWidget(self.tiles, 1)
        self._side.addWidget(self.times_title)
        self._side.addWidget(self.times)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addLayout(self._left, 430)
        self._row.addWidget(self.side, 320)
        self.stage.chosen.connect(lambda _: self._choose())
        self.tiles.chosen.connect(lambda _: self._choose())
        self.regions.chosen.connect(lambda _: self._choose())
        self.view.picked.connect(self._pick)
        self.count.changed.connect(lambda _: self._say())
        self.count.released.connect(lambda _: self.host.changed())
        self.restyle()

    def restyle(self) -> None:
        self._row.setSpacing(look.px(24))
        self._left.setSpacing(look.px(8))
        self._side.setSpacing(look.px(8))
        self.times.setFixedHeight(look.px(ROW * 3 + 2))
        self._say()

    def refresh(self) -> None:
        self._sources = np.asarray(self.host.fact("sources", ()), np.int64)
        self.watch(self.host.ask(self.lens, "detection.stages", TITLE, self._take, **self.host.request()))

    def _take(self, bundle: Bundle) -> None:
        self._bundle = bundle
        crops = [part for name, part in bundle.parts.items() if name.startswith("crop ") and isinstance(part, Picture)]
        self._pixels = [crop.pixels for crop in crops]
        self._painted = [part for name, part in bundle.parts.items() if name.startswith("regions ") and isinstance(part, Picture)]
        self._small = [painted.pixels[:: max(1, len(painted.pixels) // 240), :: max(1, len(painted.pixels) // 240)] for painted in self._painted]
        self.view.show_picture(boxes_of(self._bundle).picture)
        proposals = max(2, bundle.facts["proposals"])
        self.count.set_range(1, proposals)
        self.count.set_value(min(self.count.value, proposals))
        self._say()

    def _colour(self, label: int) -> str:
        known = COLOURS.get(self.host.variant.classes, ())
        return known[label] if label < len(known) else look.class_colour(label).name()

    def _say(self) -> None:
        if self._bundle is None:
            return
        stage, facts = self.stage.current, self._bundle.facts
        boxes, names = boxes_of(self._bundle), boxes_of(self._bundle).names
        self._kept = standing(boxes.boxes, boxes.scores, boxes.labels, THRESHOLD, float(self.host.fact("overlap", 0.5)))
        named = stage in ("classes", "boxes")
        tiles = []
        for pixels, (_, name, probability) in list(zip(self._pixels, facts["crops"], strict=True))[: CROPS_SHOWN[look.projection][named]]:
            if named and look.projection:  # larger for a line less
                tiles.append(Tile(pixels, self.host.class_words(name), "", self._colour(names.index(name))))
            else:
                tiles.append(Tile(pixels, self.host.class_words(name), f"{probability:.2f}", self._colour(names.index(name))) if named else Tile(pixels))
        self.tiles.set_lines((1 if look.projection else 2) if named else 0)
        self.tiles.set_tiles(tiles)
        self.tiles.setVisible(stage != "proposals")
        counts = [f"{count:,}" for count in facts["regions"]]  # in projection there is no room for more
        self.regions.set_tiles([Tile(pixels, n if look.projection else REGION.format(count=n)) for pixels, n in zip(self._small, counts, strict=True)])
        self.regions.setVisible(stage == "proposals")
        over = self.regions.current if stage == "proposals" else -1
        self.view.set_picture(self._painted[over] if over >= 0 else boxes_of(self._bundle).picture)
        self.count.setVisible(stage == "proposals" and not look.projection)
        outlines = {"proposals": self._proposed, "crops": self._cut, "classes": self._named, "boxes": self._corrected}[stage]()
        self.view.set_outlines(outlines)
        words = TOLD[stage] if facts["proposals"] else NOTHING
        self.told.set_text(words.format(count=f"{facts['proposals']:,}", kept=len(self._kept)))
        seconds = tuple(float(value) for value in facts["seconds"])
        self.times.set_result(Scores(tuple(look.say(words) for words in PARTS), 1000 * np.array(seconds), "ms"))
        self.times.set_chosen(look.say(PARTS[{"proposals": 0, "crops": 1, "classes": 2, "boxes": 2}[stage]]))

    def _proposed(self) -> list[Outline]:
        found = boxes_of(self._bundle, "proposals")
        best = np.argsort(-found.scores, kind="stable")[: round(self.count.value)]
        return [Outline(corners(found, int(i)), weight=0.35, name="proposal", score=float(found.scores[i])) for i in best]

    def _crops(self) -> list[tuple[int, str, float]]:
        """Of the crop chosen, or of all that are shown: number of the proposal, class and probability."""
        assert self._bundle is not None
        crops: list[tuple[int, str, float]] = [tuple(one) for one in self._bundle.facts["crops"]][: len(self.tiles.tiles)]
        return crops if self.tiles.current < 0 else crops[self.tiles.current : self.tiles.current + 1]

    def _cut(self) -> list[Outline]:
        found = boxes_of(self._bundle, "proposals")
        return [Outline(corners(found, number), weight=0.6, name="crop", score=score) for number, _, score in self._crops()]

    def _named(self) -> list[Outline]:
        found, names = boxes_of(self._bundle, "proposals"), boxes_of(self._bundle).names
        crops, outlines = self._crops(), []
        for number, name, score in crops:
            words = f"{self.host.class_words(name)} {score:.2f}" if len(crops) == 1 else ""
            outlines.append(Outline(corners(found, number), self._colour(names.index(name)), 0.7, words, name=name, score=score))
        return outlines

    def _corrected(self) -> list[Outline]:
        boxes, found = boxes_of(self._bundle), boxes_of(self._bundle, "proposals")
        chosen = [int(i) for i in self._kept]
        if self.tiles.current >= 0:
            number, name, _ = self._crops()[0]
            same = np.flatnonzero((self._sources[: len(boxes.scores)] == number) & (boxes.labels == boxes.names.index(name)))
            chosen = [int(i) for i in same[:1]]
        answers, before = [], []
        for i in chosen:
            label = int(boxes.labels[i])
            words = f"{self.host.class_words(boxes.names[label])} {boxes.scores[i]:.2f}" if len(chosen) <= 12 else ""
            answers.append(Outline(corners(boxes, i), self._colour(label), 0.8, words, name=boxes.names[label], score=float(boxes.scores[i])))
            if i < len(self._sources) and self._sources[i] < len(found.scores):
                before.append(Outline(corners(found, int(self._sources[i])), weight=0.4, dashed=True, name="proposal"))
        return [*answers, *before]

    def _choose(self) -> None:
        self._say()
        self.host.changed()

    def _pick(self, index: int) -> None:
        """A click on a crop's outline chooses the crop; beside all: none."""
        if self.stage.current in ("crops", "classes") and self.tiles.current < 0 and index >= 0:
            self.tiles.choose(index)
        elif self.tiles.current >= 0:
            self.tiles.choose(self.tiles.current)

    def settings(self) -> dict[str, Any]:
        return {"stage": self.stage.current, "count": round(self.count.value)}

    def apply(self, settings: Mapping[str, Any]) -> None:
        if settings.get("stage") in STAGES:
            self.stage.set_current(settings["stage"])
        if isinstance(settings.get("count"), int) and self.count.low <= settings["count"] <= self.count.high:
            self.count.set_value(float(settings["count"]))
        self._say()

    def numbers(self) -> dict[str, Any]:
        if self._bundle is None:
            return self.settings()
        facts = self._bundle.facts
        return {
            "stage": self.stage.current, "proposals": facts["proposals"], "shown": len(self.view.outlines), "seconds": [float(value) for value in facts["seconds"]],
            "regions": list(facts["regions"]), "crops": len(self._pixels), "surest": list(facts["crops"][0][1:]) if facts["crops"] else None, "kept": len(self._kept), "crop": self.tiles.current,
        }  # fmt: skip

    def result(self) -> Result | None:
        return self._bundle.parts["boxes"] if self._bundle is not None else None

    def project(self, on: bool) -> None:
        self.stage.setVisible(not on)
        self.count.setVisible(not on and self.stage.current == "proposals")
        self.times_title.setVisible(not on)
