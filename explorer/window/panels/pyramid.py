"""What panels of networks with several maps share: each level as a heat, and which level found which object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.results import Boxes, Bundle, Overlay, Result
from explorer.window.look import look
from explorer.window.panels.base import Host, LensPart
from explorer.window.views.controls import Label, Slider
from explorer.window.views.detections import DetectionsView
from explorer.window.views.suppression import standing
from explorer.window.views.tiles import Tile, TilesView, heated
from explorer.words import Text

TITLE = Text("段ごとのマップを調べる", "Looking at the maps of each level")
LEVELS = Text("ピラミッドの段", "Levels of the pyramid")
FOUND_BY = Text("どの段が見つけたか", "Which level found what")
LEAST = Text("確からしさ", "Least score")
SIZE = Text("{columns} × {rows}", "{columns} × {rows}")
COUNT = Text("{count} 個 · {side} px", "{count} · {side} px")
COUNT_NONE = Text("0 個", "none")
LEVEL = Text("段 {number} ·", "level {number} ·")  # its score follows
BY_SIZE = Text(
    "一辺の中央値は、細かい段で **{fine} 画素**、粗い段で **{coarse} 画素**。",
    "Median side of what the finest level found: **{fine} px**, the coarsest: **{coarse} px**.",
)
ONE_LEVEL = Text("**{count} 個**すべてを、{columns} × {rows} の段が見つけました。", "One level, {columns} × {rows}, found all **{count}**.")
NOTHING = Text("**{least} より確かな物体はありません。**", "**No object is surer than {least}.**")


class PyramidPart(LensPart):
    """The lens ``levels``. ``about``: what makes this network's levels; it reads "boxes" and "levels" of the page's answer."""

    lens = "levels"
    about: Text

    def __init__(self, page: Host) -> None:
        super().__init__(page)
        self._bundle: Bundle | None = None
        self._boxes: Boxes | None = None
        self._levels = np.zeros(0, np.int64)
        self._wanted = -1
        self.depth_shown = 0
        """Of several pyramids in a row, the one whose maps are shown; 0: all, side by side."""
        self.view = DetectionsView(name=FOUND_BY)
        self.view.set_threshold(0.0)
        self.view.set_overlap(1.0)
        self.tiles = TilesView(name=LEVELS)
        self.least = Slider(LEAST, 0.05, 0.95, 0.5, step=0.01, format=lambda value: f"{value:.2f}", label_width=84)
        self.told = Label("", "label", "ink2", wrap=True)
        self.words = Label(self.about, "label", "ink2", wrap=True)
        self.side = QWidget()
        self._side = QVBoxLayout(self.side)
        self._side.setContentsMargins(0, 0, 0, 0)
        self._side.addWidget(self.tiles, 1)
        for widget in (self.least, self.told, self.words):
            self._side.addWidget(widget)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.view, 420)
        self._row.addWidget(self.side, 330)
        self.tiles.chosen.connect(self._choose)
        self.least.changed.connect(lambda _: self._decide())
        self.least.released.connect(lambda _: self.host.changed())
        self.restyle()

    def restyle(self) -> None:
        self._row.setSpacing(look.px(24))
        self._side.setSpacing(look.px(8))
        self.view.words = self._level_words
        self._decide()

    def refresh(self) -> None:
        self._boxes = self.host.part("boxes", Boxes)
        self._levels = np.asarray(self.host.fact("levels", ()), np.int64)
        self.watch(self.host.ask(self.lens, "detection.levels", TITLE, self._take, **self.host.request(), **self.asked()))

    def asked(self) -> dict[str, Any]:
        """What this network's levels are asked for besides."""
        return {}

    def _take(self, bundle: Bundle) -> None:
        self._bundle = bundle
        if 0 <= self._wanted < len(bundle.facts["names"]):
            self.tiles.current = self._wanted
        self.depth_shown = min(self.depth_shown, bundle.facts["depths"])
        self._show_heats()

    def _show_heats(self) -> None:
        self._tiles = [heated(heat.picture.pixels[::2, ::2], heat.heat[::2, ::2]) for heat in self._heats()]
        self._decide()

    def _heats(self) -> list[Overlay]:
        """Of each level what its map holds: all of it, or what one of the pyramids put there."""
        assert self._bundle is not None
        which = f" depth {self.depth_shown}" if self.depth_shown and self._bundle.facts["depths"] > 1 else ""
        heats = [self._bundle.parts[f"level {level}{which}"] for level in range(len(self._bundle.facts["names"]))]
        return [heat for heat in heats if isinstance(heat, Overlay)]

    def _level_words(self, name: str) -> str:
        return look.say(LEVEL.format(number=int(name) + 1))

    def _decide(self) -> None:
        """Which boxes stand, and what the levels found: no network is asked."""
        boxes, bundle = self._boxes, self._bundle
        if boxes is None or bundle is None or len(self._levels) != len(boxes.scores):
            return
        kept = standing(boxes.boxes, boxes.scores, boxes.labels, self.least.value, float(self.host.fact("overlap", 0.5)))
        levels = self._levels[kept]
        sizes = bundle.facts["sizes"]
        sides = np.sqrt(np.prod(boxes.boxes[kept, 2:] - boxes.boxes[kept, :2], axis=1))
        self._counts = [int((levels == level).sum()) for level in range(len(sizes))]
        self._sides = [float(np.median(sides[levels == level])) if count else 0.0 for level, count in enumerate(self._counts)]
        colours = [look.class_colour(level).name() for level in range(len(sizes))]
        self.tiles.set_tiles(
            [
                Tile(
                    self._tiles[level], SIZE.format(columns=size[2], rows=size[1]),
                    COUNT.format(count=count, side=f"{self._sides[level]:.0f}") if count else COUNT_NONE, colours[level],
                )
                for level, (size, count) in enumerate(zip(sizes, self._counts, strict=True))
            ]
        )  # fmt: skip
        self.view.set_result(Boxes(boxes.picture, boxes.boxes[kept], levels, boxes.scores[kept], tuple(str(level) for level in range(len(sizes)))))
        self._tell()
        self._show_level()

    def _tell(self) -> None:
        assert self._bundle is not None
        with_some = [level for level, count in enumerate(self._counts) if count]
        if not with_some:
            self.told.set_text(NOTHING.format(least=f"{self.least.value:.2f}"))
        elif len(with_some) == 1:
            _, rows, columns = self._bundle.facts["sizes"][with_some[0]]
            self.told.set_text(ONE_LEVEL.format(count=sum(self._counts), rows=rows, columns=columns))
        else:
            self.told.set_text(BY_SIZE.format(fine=f"{self._sides[with_some[0]]:.0f}", coarse=f"{self._sides[with_some[-1]]:.0f}"))

    def _show_level(self) -> None:
        """Of a level that was chosen, its heat and its own boxes; else all boxes."""
        chosen = self.tiles.current
        heats = self._heats() if self._bundle is not None else []
        self.view.set_heat(heats[chosen].heat if 0 <= chosen < len(heats) else None)
        self.view.set_hidden(level for level in range(len(heats)) if chosen >= 0 and level != chosen)

    def _choose(self, level: int) -> None:
        self._wanted = level
        self._show_level()
        self.host.changed()

    def settings(self) -> dict[str, Any]:
        return {"level": self._wanted, "least": self.least.value}

    def apply(self, settings: Mapping[str, Any]) -> None:
        level, least = settings.get("level"), settings.get("least")
        if isinstance(level, int):
            self._wanted = level
        if isinstance(least, (int, float)) and self.least.low <= least <= self.least.high:
            self.least.set_value(float(least))

    def numbers(self) -> dict[str, Any]:
        if self._bundle is None or self._boxes is None:
            return self.settings()
        means = [float(heat.heat.mean()) for heat in self._heats()]
        found = {"names": list(self._bundle.facts["names"]), "counts": self._counts, "sides": self._sides, "mean_heat": means}
        return {**found, "level": self.tiles.current, "shown": len(self.view.kept), "least": self.least.value}

    def result(self) -> Result | None:
        return self.view.result

    def project(self, on: bool) -> None:
        self.least.setVisible(not on)
        self.words.setVisible(not on)
