"""Pooling under a shift: the picture moved by the user, and how much the maps and the answer change with each kind of pooling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from explorer.results import Bundle, Curves, Frames, Maps, Picture, Result, Series
from explorer.window.look import look
from explorer.window.panels.base import Host, LensPart
from explorer.window.views.controls import Choice, Label, Slider
from explorer.window.views.curves import CurvesView
from explorer.window.views.maps import MapView
from explorer.window.views.picture import PictureView
from explorer.words import Text

TITLE = Text("画像をずらしています", "Moving the picture")
MOVED = Text("ずらす", "Move by")
MOST = 8
KINDS: Mapping[str, Text] = {
    "max": Text("最大値", "maximum"),
    "average": Text("平均", "average"),
    "skip": Text("間引きだけ", "skip only"),
}
KIND, WHAT = Text("プーリング", "Pooling"), Text("見るもの", "Looked at")
WHATS: Mapping[str, Text] = {"maps": Text("マップ", "maps"), "answers": Text("答え", "answer")}
PICTURE, MAP = Text("与える画像", "Given"), Text("{layer} のマップ", "A map of {layer}")
CHANGED = Text("特徴マップの変化", "Change of the maps")
FIRST = Text("はじめの答えの確率", "Probability of the first answer")
NOTHING = Text("画像を動かすと、ここに変化が出ます。", "Move the picture, and the change stands here.")
SAME = Text("答えは「{name}」のまま変わりません。", "The answer stays “{name}”.")
OTHER = Text("**答えが「{name}」から変わりました。**", "**The answer is no longer “{name}”.**")
HOW = Text(
    "重みは三つとも同じ（最大値プーリングで学習）で、マップの縮め方だけが違います。",
    "The same weights in all three (trained with maximum pooling); only how the maps shrink differs.",
)


def percent(value: float) -> str:
    """A share as it is said."""
    return f"{100 * value:.0f} %"


class Panel(LensPart):
    """A lens of its own. The engine answers for all shifts at once, so that the slider moves freely; a click on a point goes to its shift."""

    lens = "pooling"

    def __init__(self, page: Host) -> None:
        super().__init__(page)
        self.pixels = 2
        self.kind = "max"
        self.what = "maps"
        self._found: Bundle | None = None
        self.picture = PictureView(name=PICTURE)
        self.map = MapView(name=Text("特徴マップ", "Feature map"))
        self.view = CurvesView(name=CHANGED)
        self.slider = Slider(MOVED, 0, MOST, self.pixels, 1, format=lambda value: f"{value:.0f} px")
        self.kind_choice = Choice(tuple(KINDS.items()), self.kind, name=KIND)
        self.what_choice = Choice(tuple(WHATS.items()), self.what, name=WHAT)
        self.values = {kind: Label("–", "key", "accent" if kind == "max" else "ink") for kind in KINDS}
        self.names = {kind: Label(words, "label", "ink2") for kind, words in KINDS.items()}
        self.said = Label(NOTHING, "body", "ink2", wrap=True)
        self._what = Label(CHANGED, "section", wrap=True)
        self._map_words = Label("", "label", "ink2")
        self._how = Label(HOW, "caption", "ink3", wrap=True)

        self._left = QVBoxLayout()
        self._picture_words = Label(PICTURE, "label", "ink2")
        self._left.addWidget(self._picture_words)
        self._left.addWidget(self.picture, 1)
        self._left.addWidget(self._map_words)
        self._left.addWidget(self.map, 1)
        self.side = QWidget()
        self._side = QVBoxLayout(self.side)
        self._side.setContentsMargins(0, 0, 0, 0)
        self._controls = QWidget()
        controls = QVBoxLayout(self._controls)
        controls.setContentsMargins(0, 0, 0, 0)
        controls.addWidget(self.kind_choice)
        controls.addWidget(self.what_choice)
        self._side.addWidget(self.slider)
        self._side.addWidget(self._controls)
        self._side.addWidget(self._what)
        three = QGridLayout()
        for column, kind in enumerate(KINDS):
            three.addWidget(self.values[kind], 0, column)
            three.addWidget(self.names[kind], 1, column)
        self._side.addLayout(three)
        self._side.addWidget(self.said)
        self._side.addStretch(1)
        self._side.addWidget(self._how)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addLayout(self._left, 150)
        self._row.addWidget(self.view, 310)
        self._row.addWidget(self.side, 300)

        self.slider.changed.connect(self._move)
        self.slider.released.connect(lambda _: self.host.changed())
        self.kind_choice.chosen.connect(self._choose_kind)
        self.what_choice.chosen.connect(self._choose_what)
        self.view.point_clicked.connect(self._open_point)
        self.restyle()

    def restyle(self) -> None:
        self._row.setSpacing(look.px(24))
        self._side.setSpacing(look.px(9))
        self._left.setSpacing(look.px(4))
        self._show()

    # the engine

    def depends_on(self) -> object:
        return self.host.version, self.host.layer.partition(".")[0]

    def refresh(self) -> None:
        self.watch(self.host.ask("pooling", "recognition_panels.pooling", TITLE, self._arrived, **self.host.request(), layer=self.host.layer))

    def _arrived(self, found: Bundle) -> None:
        self._found = found
        self._show()

    def part(self, name: str, kind: type[Any]) -> Any:
        """A part of the answer, if it is there."""
        part = self._found.parts.get(name) if self._found is not None else None
        return part if isinstance(part, kind) else None

    def _show(self) -> None:
        self._what.set_text(CHANGED if self.what == "maps" else FIRST)
        if self._found is None:
            return
        frames, curves = self.part("pictures", Frames), self.part(self.what, Curves)
        maps = self.part(f"map:{self.kind}", Maps)
        if frames is not None:
            self.picture.set_picture(Picture(np.ascontiguousarray(frames.pixels[self.pixels])))
        if maps is not None:
            self.map.set_map(maps.values[self.pixels], low=min(0.0, float(maps.values.min())), high=float(maps.values.max()))
            self._map_words.set_text(MAP.format(layer=maps.layer))
        if curves is not None:
            opens = tuple({"lens": self.lens, "lens_settings": {"pixels": pixels}} for pixels in range(MOST + 1))
            lines = [
                Series(line.name, line.x, line.y, main=kind == self.kind, opens=opens) for kind, line in zip(self.facts("kinds"), curves.series, strict=True)
            ]
            self.view.set_result(replace(curves, series=tuple(lines)))
        for kind, label in self.values.items():
            label.set_text(percent(self.value(kind)))
            label.set_colour("accent" if kind == self.kind else "ink")
        name = self.host.class_words(str(self.facts("classes")[self.kind]))
        unchanged = bool(self.facts("unchanged")[self.kind][self.pixels])
        self.said.set_text(NOTHING if not self.pixels else (SAME if unchanged else OTHER).format(name=name))

    def facts(self, name: str) -> Any:
        """A fact of the answer."""
        assert self._found is not None
        return self._found.facts[name]

    def value(self, kind: str) -> float:
        """How much the maps have changed at the chosen shift, or how probable the first answer still is; shares."""
        return float(self.facts("change" if self.what == "maps" else "answer")[kind][self.pixels])

    # choosing

    def _move(self, pixels: float) -> None:
        self.pixels = round(pixels)
        self._show()

    def _open_point(self, _: int, index: int) -> None:
        self.apply({"pixels": index})
        self.host.changed()

    def _choose_kind(self, kind: str) -> None:
        self.kind = kind
        self._show()
        self.host.changed()

    def _choose_what(self, what: str) -> None:
        self.what = what
        self._show()
        self.host.changed()

    def settings(self) -> dict[str, Any]:
        return {"pixels": self.pixels, "kind": self.kind, "what": self.what}

    def apply(self, settings: Mapping[str, Any]) -> None:
        pixels = settings.get("pixels")
        if isinstance(pixels, int) and 0 <= pixels <= MOST:
            self.pixels = pixels
            self.slider.set_value(pixels)
        if settings.get("kind") in KINDS:
            self.kind = str(settings["kind"])
            self.kind_choice.set_current(self.kind)
        if settings.get("what") in WHATS:
            self.what = str(settings["what"])
            self.what_choice.set_current(self.what)
        self._show()

    def numbers(self) -> dict[str, Any]:
        if self._found is None:
            return self.settings()
        return {
            **self.settings(),
            "layer": self.facts("layer"),
            "change": {kind: self.facts("change")[kind][self.pixels] for kind in KINDS},
            "answer": {kind: self.facts("answer")[kind][self.pixels] for kind in KINDS},
            "unchanged": {kind: self.facts("unchanged")[kind][self.pixels] for kind in KINDS},
        }

    def result(self) -> Result | None:
        found: Result | None = self.part(self.what, Curves)
        return found

    def project(self, on: bool) -> None:
        for widget in (self._controls, self._how, self.map, self._map_words):
            widget.setVisible(not on)
