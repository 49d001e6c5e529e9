"""Dense connections: how much each layer uses every earlier one, the answer without some of them, and what a growth rate costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.results import Bundle, Result
from explorer.window.look import look
from explorer.window.panels.base import Host, LensPart
from explorer.window.panels.figures import Figures
from explorer.window.views.arcs import ArcsView
from explorer.window.views.controls import Label, Menu, Slider
from explorer.window.views.drawing import amount, short
from explorer.words import Text, same

TITLE = Text("密な接続を読んでいます", "Reading the dense connections")
BLOCK = Text("ブロック", "Block")
ARCS = Text("どの層をどれだけ使うか（重みの絶対値の平均）", "Use of earlier layers (mean |weight|)")
HINT = Text("層に重ねると使っている層が見え、押すとその層のマップをゼロにします。", "Hover over a layer to see what it uses; click to set its maps to zero.")
INPUT, AFTER = Text("入力", "in"), Text("次へ", "out")
ANSWER = Text("{name} の確率：**{before}** → **{now}**", "Probability of {name}: **{before}** → **{now}**")
NONE_OFF = Text("どの層も切っていません。", "No layer is switched off.")
OFF = Text("切った層：{layers}", "Switched off: {layers}")
GROWTH = Text("成長率", "Growth rate")
ROWS = {
    "parameters": Text("パラメータ", "Parameters"),
    "multiply_adds": Text("積和", "Multiply-adds"),
    "memory": Text("メモリ", "Memory"),
}
NETWORK, OTHER = Text("いま {growth}", "now {growth}"), Text("{growth} なら", "at {growth}")
SAYS = Text(
    "成長率が {growth} なら、パラメータは **{parameters} 倍**、学習用に残すメモリは **{memory} 倍**。",
    "A growth rate of {growth} takes **{parameters} times** the parameters and **{memory} times** the memory to learn from a picture.",
)


class Panel(LensPart):
    """The lens ``dense``."""

    lens = "dense"

    def __init__(self, page: Host) -> None:
        super().__init__(page)
        self.block = ""
        self.off: tuple[str, ...] = ()
        self.growth: int | None = 24
        self._bundle: Bundle | None = None
        self.arcs = ArcsView(name=ARCS)
        self.block_menu = Menu([("", BLOCK)], "")
        self.slider = Slider(GROWTH, 4, 48, 24, 1, label_width=96, value_width=40)
        self.table = Figures(ROWS, ("now", "other"), marked=("other",))
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
        self._side.addLayout(self.table)
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
        for number, (key, words) in enumerate((("now", NETWORK), ("other", OTHER))):
            self.table.heads[key].set_text(words.format(growth=facts["own_growth" if key == "now" else "growth"]))
            for row in ROWS:
                value = float(facts[row][number])
                self.table.values[row, key].set_text(f"{short(value / 1e6)} MB" if row == "memory" else amount(value))
        more = {row: f"{facts[row][1] / facts[row][0]:.2g}" for row in ("parameters", "memory")}
        self.sentence.set_text(SAYS.format(growth=facts["growth"], **more))

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
        for control in (self.block_menu, self.slider, self.hint, self.sentence):
            control.setVisible(not on)
        self._row.setStretch(0, 400 if on else 470)  # the table's words are not cut
