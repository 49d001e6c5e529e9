"""A Fire module opened: what it squeezes, its two branches, each of which can be switched off, and the weights it saves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from explorer.results import Bundle, Maps, Result, Scores
from explorer.window.look import look
from explorer.window.panels.base import Host, LensPart
from explorer.window.views.bars import ROW, BarsView
from explorer.window.views.controls import Label, Menu, Slider, Switch
from explorer.window.views.maps import MapGridView
from explorer.words import Text, same

TITLE = Text("Fire モジュールを開いています", "Opening a Fire module")
MODULE = Text("モジュール", "Module")
PARTS = (
    ("before", Text("入るマップ", "What goes in")),
    ("squeeze", Text("しぼる（1×1）", "Squeeze, 1×1")),
    ("expand1x1", Text("広げる（1×1）", "Expand, 1×1")),
    ("expand3x3", Text("広げる（3×3）", "Expand, 3×3")),
)
OFF = Text("{name}：切ってあります", "{name}: switched off")
BOTH = Text(
    "二つの枝の {one} 枚と {one} 枚を並べた **{both} 枚**が、次へ進みます。",
    "Side by side the branches' {one} and {one} maps are the **{both} maps** that go on.",
)
BRANCHES = {"expand1x1": Text("1×1 の枝", "1×1 branch"), "expand3x3": Text("3×3 の枝", "3×3 branch")}
SQUEEZE = Text("しぼる枚数", "Squeezed to")
WEIGHTS = Text("重みの数（千）", "Weights (thousands)")
NAMES = {
    "plain": Text("普通の 3×3 なら", "a plain 3×3"),
    "squeeze": Text("しぼる", "squeeze"),
    "expand1x1": Text("広げる 1×1", "expand 1×1"),
    "expand3x3": Text("広げる 3×3", "expand 3×3"),
}
SUM = Text(
    "{inputs}·{squeeze} + {squeeze}·{one} + 9·{squeeze}·{one} = **{fire}**\n普通の 3×3 は 9·{inputs}·{both} = **{plain}**、その **{ratio} 倍**",
    "{inputs}·{squeeze} + {squeeze}·{one} + 9·{squeeze}·{one} = **{fire}**\n**{ratio} times** a plain 3×3, 9·{inputs}·{both} = **{plain}**",
)
ANSWER = Text("{name} の確率：**{before}** → **{now}**", "Probability of {name}: **{before}** → **{now}**")


class Panel(LensPart):
    """The lens ``fire``."""

    lens = "fire"

    def __init__(self, page: Host) -> None:
        super().__init__(page)
        self.block = ""
        self.off: tuple[str, ...] = ()
        self.squeeze: int | None = None
        self._bundle: Bundle | None = None
        self.block_menu = Menu([("", MODULE)], "")
        self.views = {part: MapGridView(name=name, at_once=12, brief=True) for part, name in PARTS}
        self.titles = {part: Label(name, "label", "ink2") for part, name in PARTS}
        self.both = Label("", "caption", "ink2", wrap=True)
        self.switches = {branch: Switch(words, True) for branch, words in BRANCHES.items()}
        self.slider = Slider(SQUEEZE, 1, 128, 16, 1, True, label_width=112, value_width=44)
        self.bars = BarsView(top=4, name=WEIGHTS, amounts=True)
        self.answer = Label("", "body", wrap=True)
        self._grid = QGridLayout()
        for index, (part, _) in enumerate(PARTS):
            row, column = divmod(index, 2)
            self._grid.addWidget(self.titles[part], 2 * row, column)
            self._grid.addWidget(self.views[part], 2 * row + 1, column)
            self._grid.setRowStretch(2 * row + 1, 1)
            self._grid.setColumnStretch(column, 1)
        self._grid.addWidget(self.both, 4, 0, 1, 2)
        self.sum = Label("", "caption", "ink2", wrap=True)
        self.side = QWidget()
        self._side = QVBoxLayout(self.side)
        self._side.setContentsMargins(0, 0, 0, 0)
        self._side.addWidget(self.block_menu)
        self._branches = QHBoxLayout()
        for switch in self.switches.values():
            self._branches.addWidget(switch)
        self._branches.addStretch(1)
        self._side.addLayout(self._branches)
        self._side.addWidget(self.answer)
        self._side.addWidget(Label(WEIGHTS, "section"))
        self._side.addWidget(self.bars)
        self._side.addWidget(self.slider)
        self._side.addWidget(self.sum)
        self._side.addStretch(1)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addLayout(self._grid, 450)
        self._row.addWidget(self.side, 284)
        self.block_menu.chosen.connect(self._choose_block)
        self.slider.changed.connect(self._choose_squeeze)
        for switch in self.switches.values():
            switch.toggled.connect(lambda _: self._switched())
        self.restyle()

    def restyle(self) -> None:
        self._row.setSpacing(look.px(28))
        self._grid.setHorizontalSpacing(look.px(14))
        self._grid.setVerticalSpacing(look.px(4))
        self._branches.setSpacing(look.px(16))
        self._side.setSpacing(look.px(7))
        self.bars.setMinimumHeight(look.px(ROW * len(NAMES) + 2))
        self._say()

    def depends_on(self) -> object:
        return self.host.version, self.block, self.off, self.squeeze

    def refresh(self) -> None:
        self.watch(
            self.host.ask(self.lens, "recognition_panels.fire", TITLE, self._take, **self.host.request(), block=self.block, off=self.off, squeeze=self.squeeze)
        )

    def _take(self, bundle: Bundle) -> None:
        self._bundle = bundle
        for part, view in self.views.items():
            view.set_result(bundle.parts[part])
        facts = bundle.facts
        self.block_menu.set_options([(name, same(name)) for name in facts["blocks"]], facts["block"])
        self.slider.set_value(float(facts["squeeze"]))
        self._say()

    def _say(self) -> None:
        if self._bundle is None:
            return
        facts = self._bundle.facts
        for part, name in PARTS:
            off = part in facts["off"]
            self.titles[part].set_text(OFF.format(name=name) if off else name)
            self.titles[part].set_colour("caveat" if off else "ink2")
        one, both, counts = facts["outputs"] // 2, facts["outputs"], facts["parameters"]
        self.both.set_text(BOTH.format(one=one, both=both))
        fire = sum(count for part, count in counts.items() if part != "plain")
        self.sum.set_text(
            SUM.format(
                inputs=facts["inputs"],
                squeeze=facts["squeeze"],
                one=one,
                both=both,
                fire=f"{fire:,}",
                plain=f"{counts['plain']:,}",
                ratio=f"{facts['ratio']:.2g}",
            )
        )
        weights = self._bundle.parts["weights"]
        assert isinstance(weights, Scores)
        values = np.array([weights.values[weights.names.index(name)] for name in NAMES])
        self.bars.set_result(Scores(tuple(look.say(words) for words in NAMES.values()), values))
        name, before, now = facts["best"]
        self.answer.set_text(ANSWER.format(name=self.host.class_words(name), before=f"{before:.2f}", now=f"{now:.2f}"))

    def _choose_block(self, name: str) -> None:
        self.block, self.squeeze = name, None
        self.show_now()
        self.host.changed()

    def _choose_squeeze(self, value: float) -> None:
        self.squeeze = round(value)
        self.show_now()
        self.host.changed()

    def _switched(self) -> None:
        self.off = tuple(branch for branch, switch in self.switches.items() if not switch.isChecked())
        self.show_now()
        self.host.changed()

    def settings(self) -> dict[str, Any]:
        return {"block": self.block, "off": list(self.off), "squeeze": self.squeeze}

    def apply(self, settings: Mapping[str, Any]) -> None:
        if isinstance(settings.get("block"), str):
            self.block = settings["block"]
        off = settings.get("off")
        if isinstance(off, list):
            self.off = tuple(branch for branch in self.switches if branch in off)
            for branch, switch in self.switches.items():
                switch.blockSignals(True)
                switch.setChecked(branch not in self.off)
                switch.blockSignals(False)
        squeeze = settings.get("squeeze")
        self.squeeze = squeeze if isinstance(squeeze, int) and squeeze > 0 else None

    def numbers(self) -> dict[str, Any]:
        if self._bundle is None:
            return self.settings()
        facts = self._bundle.facts
        means = {f"mean_{part}": float(maps.values.mean()) for part, _ in PARTS if isinstance(maps := self._bundle.parts[part], Maps)}
        return {**{key: facts[key] for key in ("block", "off", "squeeze", "parameters", "ratio", "best")}, **means}

    def result(self) -> Result | None:
        return self._bundle.parts["weights"] if self._bundle is not None else None

    def project(self, on: bool) -> None:
        for control in (self.block_menu, self.slider, *self.switches.values()):
            control.setVisible(not on)
