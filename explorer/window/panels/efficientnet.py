"""Compound scaling: sliders of width, depth and resolution, together or apart; what they cost beside B0 to B7, and the picture at that resolution."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from explorer.results import Bundle, Curves, Picture, Result, Series
from explorer.window.look import look
from explorer.window.panels.base import Host, LensPart
from explorer.window.views.controls import Label, Menu, Slider
from explorer.window.views.curves import CurvesView
from explorer.window.views.drawing import amount
from explorer.window.views.picture import PictureView
from explorer.words import Text, same

TITLE = Text("大きさを数え、時間を測っています", "Counting and timing the network")
PUBLISHED = Text("論文の大きさ", "Published sizes")
OWN = Text("自分で選ぶ", "your own")
PHI, WIDTH, DEPTH, SIZE = Text("三つ一緒（φ）", "Together (φ)"), Text("幅", "Width"), Text("深さ", "Depth"), Text("解像度", "Resolution")
FAMILY, YOURS = Text("B0 … B7", "B0 … B7"), Text("いま", "yours")
PARAMETERS, WORK = Text("パラメータ（百万）", "parameters (millions)"), Text("積和（百万）", "multiply-adds (millions)")
PIXELS = Text("この解像度で見た画像（{side} 画素）", "The picture at that resolution ({side} px)")
ROWS = {
    "parameters": Text("パラメータ", "Parameters"),
    "multiply_adds": Text("積和", "Multiply-adds"),
    "seconds": Text("時間", "Time"),
}
TIMED, PARTLY, TIMING = Text("一スレッド", "one thread"), Text("{timed} 画素から", "from {timed} px"), Text("測定中…", "timing…")
HOW = Text(
    "一枚の時間を、このパソコンの一スレッドで測ります。大きい画像は小さく測り、積和の比で換算します。",
    "Of a picture, measured here on one thread; of a large one at fewer pixels, scaled by multiply-adds.",
)
TIMES = Text("B0 の {times} 倍", "{times} × B0's")
SHAPE = Text("段ごとのブロック {blocks}、チャンネル {channels}", "Blocks by stage {blocks}; channels {channels}")
ANSWER = Text("{name} の確率：**{before}** → **{now}**（{side} 画素）", "Probability of {name}: **{before}** → **{now}** at {side} px")
PHI_STEPS = (1.1, 1.2, 1.15)  # width, depth and resolution for each step of phi


class Panel(LensPart):
    """The lens ``scaling``."""

    lens = "scaling"

    def __init__(self, page: Host) -> None:
        super().__init__(page)
        self._width, self._depth, self._size = 1.0, 1.0, 224
        self._bundle: Bundle | None = None
        self.menu = Menu([("", OWN)], "", name=PUBLISHED)
        self.phi = Slider(PHI, 0, 7, 0, 0.25, label_width=104, value_width=48)
        self.sliders = {
            "width": Slider(WIDTH, 0.5, 2.0, 1.0, 0.05, label_width=104, value_width=48),
            "depth": Slider(DEPTH, 0.5, 3.5, 1.0, 0.05, label_width=104, value_width=48),
            "size": Slider(SIZE, 64, 600, 224, 4, label_width=104, value_width=48),
        }
        self.curves = CurvesView(name=WORK)
        self.picture = PictureView(name=PIXELS.format(side=""))
        self.caption = Label("", "label", "ink2")
        self.values = {row: Label("–", "value", "accent") for row in ROWS}
        self.times = {row: Label(" ", "label", "ink2") for row in ROWS}
        self.answer = Label("", "body", wrap=True)
        self.shape_ = Label("", "caption", "ink3", wrap=True)
        self._stage = QVBoxLayout()
        self._stage.addWidget(self.curves, 3)
        self._stage.addWidget(self.caption)
        self._stage.addWidget(self.picture, 2)
        side = QWidget()
        self._side = QVBoxLayout(side)
        self._side.setContentsMargins(0, 0, 0, 0)
        for widget in (self.menu, self.phi, *self.sliders.values()):
            self._side.addWidget(widget)
        table = QGridLayout()
        for line, (row, words) in enumerate(ROWS.items()):
            for column, label in enumerate((Label(words, "label", "ink2"), self.values[row], self.times[row])):
                table.addWidget(label, line, column)
        self._side.addLayout(table)
        for widget in (self.answer, self.shape_):
            self._side.addWidget(widget)
        self._side.addStretch(1)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addLayout(self._stage, 430)
        self._row.addWidget(side, 304)
        self.menu.chosen.connect(self._choose_published)
        self.phi.changed.connect(self._together)
        for slider in self.sliders.values():
            slider.changed.connect(lambda _: self._apart())
        self.curves.point_clicked.connect(self._point)
        self.restyle()

    def restyle(self) -> None:
        self._row.setSpacing(look.px(28))
        self._stage.setSpacing(look.px(8))
        self._side.setSpacing(look.px(10))
        self._say()

    def depends_on(self) -> object:
        return self.host.version, self._width, self._depth, self._size

    def refresh(self) -> None:
        chosen = {"width": self._width, "depth": self._depth, "size": self._size}
        self.watch(self.host.ask(self.lens, "recognition_panels.scaling", TITLE, self._take, **self.host.request(), **chosen))

    def _take(self, bundle: Bundle) -> None:
        self._bundle = bundle
        pixels = bundle.parts["pixels"]
        assert isinstance(pixels, Picture)
        self.picture.set_result(pixels)
        self._say()

    def _say(self) -> None:
        if self._bundle is None:
            return
        facts = self._bundle.facts
        published = facts["published"]
        own = next((name for name, _, _, w, d, s in published if (w, d, s) == (facts["width"], facts["depth"], facts["size"])), "")
        self.menu.set_options([("", OWN), *((name, same(f"EfficientNet-{name.upper()}")) for name, *_ in published)], own)
        family = Series(FAMILY, np.array([one[1] / 1e6 for one in published]), np.array([one[2] / 1e6 for one in published]), opens=({},) * len(published))
        yours = Series(YOURS, np.array([facts["parameters"] / 1e6]), np.array([facts["multiply_adds"] / 1e6]), main=True)
        self.curves.set_result(Curves((family, yours), PARAMETERS, WORK, x_log=True, y_log=True))
        for row in ("parameters", "multiply_adds"):
            self.values[row].set_text(amount(facts[row]))
            self.times[row].set_text(TIMES.format(times=f"{facts[row] / published[0][1 if row == 'parameters' else 2]:.2g}"))
        seconds = facts.get("seconds")
        self.values["seconds"].set_text("–" if seconds is None else f"{1000 * seconds:,.0f} ms")
        self.times["seconds"].set_text(TIMING if seconds is None else TIMED if facts["timed"] == facts["size"] else PARTLY.format(timed=facts["timed"]))
        self.times["seconds"].setToolTip(look.say(HOW))
        self.shape_.set_text(SHAPE.format(blocks="-".join(map(str, facts["blocks"])), channels="-".join(map(str, facts["channels"]))))
        name, before, now = facts["best"]
        self.answer.set_text(ANSWER.format(name=self.host.class_words(name), before=f"{before:.2f}", now=f"{now:.2f}", side=facts["side"]))
        self.caption.set_text(PIXELS.format(side=facts["side"]))

    def _choose(self, width: float, depth: float, size: int) -> None:
        self._width, self._depth, self._size = width, depth, size
        self._place_sliders()
        self.show_now()
        self.host.changed()

    def _place_sliders(self) -> None:
        for slider, value in zip(self.sliders.values(), (self._width, self._depth, self._size), strict=True):
            slider.set_value(float(value))

    def _together(self, phi: float) -> None:
        width, depth, size = (step**phi for step in PHI_STEPS)
        self._choose(round(width, 3), round(depth, 3), round(224 * size))

    def _apart(self) -> None:
        self._choose(self.sliders["width"].value, self.sliders["depth"].value, round(self.sliders["size"].value))

    def _choose_published(self, name: str) -> None:
        if self._bundle is None:
            return
        for known, _, _, width, depth, size in self._bundle.facts["published"]:
            if known == name:
                self._choose(width, depth, size)

    def _point(self, series: int, index: int) -> None:
        if series == 0 and self._bundle is not None:
            self._choose_published(self._bundle.facts["published"][index][0])

    def settings(self) -> dict[str, Any]:
        return {"width": self._width, "depth": self._depth, "size": self._size}

    def apply(self, settings: Mapping[str, Any]) -> None:
        width, depth, size = settings.get("width"), settings.get("depth"), settings.get("size")
        if isinstance(width, int | float) and isinstance(depth, int | float) and isinstance(size, int):
            self._width, self._depth, self._size = min(2.0, max(0.5, float(width))), min(3.5, max(0.5, float(depth))), min(600, max(64, size))
            self._place_sliders()

    def numbers(self) -> dict[str, Any]:
        if self._bundle is None:
            return self.settings()
        keys = ("width", "depth", "size", "parameters", "multiply_adds", "blocks", "channels", "side", "best", "seconds", "timed")
        pixels = self._bundle.parts["pixels"]
        assert isinstance(pixels, Picture)
        return {**{key: self._bundle.facts[key] for key in keys if key in self._bundle.facts}, "brightness": float(pixels.pixels.mean())}

    def result(self) -> Result | None:
        return self.curves.result

    def project(self, on: bool) -> None:
        for control in (self.menu, self.phi, self.shape_, *self.sliders.values(), self.caption, self.picture):
            control.setVisible(not on)
        self._row.setStretch(0, 340 if on else 430)  # the table's words are not cut
