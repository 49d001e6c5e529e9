"""Dense connections: how much each layer uses every earlier one, the answer without some of them, and what a growth rate costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.results import Bundle, Result, Scores
from explorer.window.look import look
from explorer.window.panels.base import Host, LensPart
from explorer.window.views.arcs import ArcsView
from explorer.window.views.bars import BarsView
from explorer.window.views.controls import Label, Menu, Slider
from explorer.words import Text, same

TITLE = Text("密な接続を読んでいます", "Reading the dense connections")
BLOCK = Text("ブロック", "Block")
ARCS = Text("どの層をどれだけ使うか（重みの絶対値の平均）", "How much each layer uses earlier ones (mean absolute weight)")
HINT = Text("層に重ねると使っている層が見え、押すとその層のマップをゼロにします。", "Hover over a layer to see what it uses; click to set its maps to zero.")
INPUT, AFTER = Text("入力", "in"), Text("次へ", "out")
ANSWER = Text("{name} の確率：**{before}** → **{now}**", "Probability of {name}: **{before}** → **{now}**")
NONE_OFF = Text("どの層も切っていません。", "No layer is switched off.")
OFF = Text("切った層：{layers}", "Switched off: {layers}")
GROWTH = Text("成長率", "Growth rate")
MEMORY = Text("学習用に残すメモリ（MB、画像一枚）", "Kept to learn from it, MB a picture")
PARAMETERS = Text("パラメータ（千）", "Parameters (thousands)")
NETWORK, OTHER = Text("いまの網（{growth}）", "this network ({growth})"), Text("成長率 {growth}", "growth {growth}")
SAYS = Text(
    "成長率 {growth} では、パラメータは **{parameters} 倍**、メモリは **{memory} 倍**、積和は **{work} 倍**。",
    "At a growth rate of {growth}: **{parameters} times** the parameters, **{memory} times** the memory, **{work} times** the multiply-adds.",
)


class Panel(LensPart):
    """The lens ``dense``."""

    lens = "dense"

    def __init__(self, page: Host) -> None:
        super().__init__(page)
        self.block = ""
        self.off: tuple[str, ...] = ()
        self.growth: int | None = None
        self._bundle: Bundle | None = None
        self.arcs = ArcsView(name=ARCS)
        self.block_menu = Menu([("", BLOCK)], "")
        self.slider = Slider(GROWTH, 4, 48, 12, 1, label_width=96, value_width=40)
        self.memory = BarsView(top=2, name=MEMORY, amounts=True)
        self.parameters = BarsView(top=2, name=PARAMETERS, amounts=True)
        self.answer, self.switched = Label("", "body", wrap=True), Label("", "label", "ink2", wrap=True)
        self.sentence, self.hint = Label("", "body", wrap=True), Label(HINT, "caption", "ink3", wrap=True)
        self._stage = QVBoxLayout()
        self._stage.addWidget(Label(ARCS, "label", "ink2"))
        self._stage.addWidget(self.arcs, 1)
        self._stage.addWidget(self.hint)
        side = QWidget()
        self._side = QVBoxLayout(side)
        self._side.setContentsMargins(0, 0, 0, 0)
        self._side.addWidget(self.block_menu)
        self._side.addWidget(self.answer)
        self._side.addWidget(self.switched)
        self._side.addWidget(self.slider)
        for words, bars in ((PARAMETERS, self.parameters), (MEMORY, self.memory)):
            self._side.addWidget(Label(words, "section"))
            self._side.addWidget(bars)
        self._side.addWidget(self.sentence)
        self._side.addStretch(1)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addLayout(self._stage, 470)
        self._row.addWidget(side, 270)
        self.block_menu.chosen.connect(self._choose_block)
        self.slider.changed.connect(self._choose_growth)
        self.arcs.chosen.connect(self._switch)
        self.restyle()

    def restyle(self) -> None:
        self._row.setSpacing(look.px(28))
        self._stage.setSpacing(look.px(6))
        self._side.setSpacing(look.px(8))
        self._say()

    def depends_on(self) -> object:
        return self.host.version, self.block, self.off, self.growth

    def refresh(self) -> None:
        chosen = {"block": self.block, "off": self.off, "growth": self.growth}
        self.watch(self.host.ask(self.lens, "recognition_panels.dense", TITLE, self._take, **self.host.request(), **chosen))

    def _take(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self.arcs.set_result(bundle.parts["strengths"])
        facts = bundle.facts
        self.arcs.set_off(tuple(facts["off"]))
        self.block_menu.set_options([(name, same(name)) for name in facts["blocks"]], facts["block"])
        self.slider.set_value(float(facts["growth"]))
        self._say()

    def _say(self) -> None:
        if self._bundle is None:
            return
        facts = self._bundle.facts
        layers = len(facts["active"])
        self.arcs.set_labels((look.say(INPUT), *(str(number + 1) for number in range(layers)), look.say(AFTER)))
        name, before, now = facts["best"]
        self.answer.set_text(ANSWER.format(name=self.host.class_words(name), before=f"{before:.2f}", now=f"{now:.2f}"))
        off = ", ".join(one.removeprefix("denselayer") for one in facts["off"])
        self.switched.set_text(OFF.format(layers=off) if off else NONE_OFF)
        growths = (facts["own_growth"], facts["growth"])
        names = tuple(look.say(words.format(growth=growth)) for words, growth in zip((NETWORK, OTHER), growths, strict=True))
        self.parameters.set_result(Scores(names, np.array(facts["parameters"], float) / 1e3, unit="k"))
        self.memory.set_result(Scores(names, np.array(facts["memory"], float) / 1e6, unit="MB"))
        ratio = {key: f"{facts[key][1] / facts[key][0]:.2g}" for key in ("parameters", "memory", "multiply_adds")}
        self.sentence.set_text(SAYS.format(growth=facts["growth"], parameters=ratio["parameters"], memory=ratio["memory"], work=ratio["multiply_adds"]))

    def _choose_block(self, name: str) -> None:
        self.block, self.off = name, ()
        self._changed()

    def _choose_growth(self, value: float) -> None:
        self.growth = round(value)
        self._changed()

    def _switch(self, name: str) -> None:
        if self._bundle is None or name == "input":
            return
        self.off = tuple(one for one in self.off if one != name) if name in self.off else (*self.off, name)
        self._changed()

    def _changed(self) -> None:
        self.show_now()
        self.host.changed()

    def settings(self) -> dict[str, Any]:
        return {"block": self.block, "off": list(self.off), "growth": self.growth}

    def apply(self, settings: Mapping[str, Any]) -> None:
        if isinstance(settings.get("block"), str):
            self.block = settings["block"]
        off, growth = settings.get("off"), settings.get("growth")
        self.off = tuple(name for name in off if isinstance(name, str)) if isinstance(off, list) else ()
        self.growth = growth if isinstance(growth, int) and 1 <= growth <= 64 else None

    def numbers(self) -> dict[str, Any]:
        if self._bundle is None:
            return self.settings()
        return {key: self._bundle.facts[key] for key in ("block", "off", "growth", "parameters", "multiply_adds", "memory", "active", "best")}

    def result(self) -> Result | None:
        return self._bundle.parts["strengths"] if self._bundle is not None else None

    def project(self, on: bool) -> None:
        for control in (self.block_menu, self.slider, self.hint):
            control.setVisible(not on)
