"""How widths grow: channels by block of ResNet, WideResNet and PyramidNet together, with a slider for what PyramidNet gains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.results import Bundle, Curves, Result
from explorer.window.look import look
from explorer.window.panels.base import Host, LensPart
from explorer.window.panels.figures import Figures
from explorer.window.views.controls import Choice, Label, Slider
from explorer.window.views.curves import CurvesView
from explorer.window.views.drawing import amount
from explorer.words import Text

TITLE = Text("チャンネルを数えています", "Counting channels")
ALPHA, BLOCKS = Text("増やす数 α", "Gain α"), Text("段のブロック", "Blocks a stage")
SHAPE = Text("ブロックごとのチャンネル（0 は最初の層）", "Channels by block (0: first convolution)")
USED_TITLE = Text("動いているネットワーク：この画像に反応するチャンネル", "The running network: channels that respond to the picture")
GROWTH, ADD, MULTIPLY = Text("増やし方", "Widening"), Text("足す", "additive"), Text("掛ける", "multiplicative")
WAYS: Mapping[str, Text] = {"additive": ADD, "multiplicative": MULTIPLY}
NETWORKS: Mapping[str, Text] = {
    "resnet": Text("ResNet", "ResNet"),
    "wide": Text("WideResNet", "WideResNet"),
    **WAYS,
}
COUNTS: Mapping[str, Text] = {"parameters": Text("パラメータ", "Parameters"), "multiply_adds": Text("積和", "Multiply-adds")}
STEP = Text("ブロックごとに **{step}** ずつ足す：{list}", "**{step}** more at each block: {list}")
FACTOR = Text("ブロックごとに **{factor} 倍**：{list}", "**{factor} times** as many at each block: {list}")
USED = Text(
    "{all} チャンネルのうち **{active}** が反応（層の最大の一割以上）。", "**{active}** of {all} channels respond (at least a tenth of the layer's strongest)."
)


class Panel(LensPart):
    """The lens ``widths``."""

    lens = "widths"

    def __init__(self, page: Host) -> None:
        super().__init__(page)
        self.alpha, self.blocks, self.growth = 240, 3, "additive"
        self._bundle: Bundle | None = None
        self.shape_view, self.used_view = CurvesView(name=SHAPE), CurvesView(name=USED_TITLE)
        self.sliders = {
            "alpha": Slider(ALPHA, 12, 384, self.alpha, 12, label_width=104, value_width=48),
            "blocks": Slider(BLOCKS, 1, 18, self.blocks, 1, label_width=104, value_width=48),
        }
        self.growth_choice = Choice(tuple(WAYS.items()), self.growth, name=GROWTH)
        self.table = Figures(NETWORKS, COUNTS)
        self.said, self.used = Label("", "body", wrap=True), Label("", "body", "ink2", wrap=True)
        self._left = QVBoxLayout()
        self._used_words = Label(USED_TITLE, "label", "ink2")
        for heading, view, share in ((Label(SHAPE, "label", "ink2"), self.shape_view, 3), (self._used_words, self.used_view, 2)):
            self._left.addWidget(heading)
            self._left.addWidget(view, share)
        side = QWidget()
        self._side = QVBoxLayout(side)
        self._side.setContentsMargins(0, 0, 0, 0)
        for slider in self.sliders.values():
            self._side.addWidget(slider)
        self._side.addWidget(self.growth_choice)
        self._side.addWidget(self.said)
        self._side.addLayout(self.table)
        self._side.addWidget(self.used)
        self._side.addStretch(1)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addLayout(self._left, 430)
        self._row.addWidget(side, 304)
        for slider in self.sliders.values():
            slider.changed.connect(lambda _: self._choose(round(self.sliders["alpha"].value), round(self.sliders["blocks"].value)))
        self.growth_choice.chosen.connect(self._choose_growth)
        self.restyle()

    def restyle(self) -> None:
        self._row.setSpacing(look.px(28))
        self._left.setSpacing(look.px(6))
        self._side.setSpacing(look.px(10))
        self._say()

    def depends_on(self) -> object:
        return self.host.version, self.alpha, self.blocks

    def refresh(self) -> None:
        request = self.host.request()
        self.watch(self.host.ask(self.lens, "recognition_panels.widths", TITLE, self._take, **request, alpha=self.alpha, blocks=self.blocks))

    def _take(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._say()

    def _say(self) -> None:
        if self._bundle is None:
            return
        facts = self._bundle.facts
        shape, used = self._bundle.parts["shape"], self._bundle.parts["used"]
        assert isinstance(shape, Curves) and isinstance(used, Curves)
        keys = tuple(facts["channels"])
        lines = tuple(replace(line, name=NETWORKS[key], main=key == self.growth) for line, key in zip(shape.series, keys, strict=True))
        self.shape_view.set_result(Curves(lines, shape.x_label, shape.y_label))
        self.used_view.set_result(used)
        for (key, count), label in self.table.values.items():
            label.set_text(amount(facts[count][key]))
        by_block = facts["channels"][self.growth]
        few = 3 if look.projection else 5
        listed = ", ".join(map(str, by_block if len(by_block) <= 2 * few else [*by_block[:few], "…", by_block[-1]]))
        if self.growth == "additive":
            self.said.set_text(STEP.format(step=f"{facts['step']:.3g}", list=listed))
        else:
            self.said.set_text(FACTOR.format(factor=f"{facts['factor']:.3g}", list=listed))
        self.used.set_text(USED.format(all=f"{facts['all_channels']:,}", active=f"{facts['responding']:,}"))

    def _choose(self, alpha: int, blocks: int) -> None:
        self.alpha, self.blocks = alpha, blocks
        self.show_now()
        self.host.changed()

    def _choose_growth(self, growth: str) -> None:
        self.growth = growth
        self._say()
        self.host.changed()

    def settings(self) -> dict[str, Any]:
        return {"alpha": self.alpha, "blocks": self.blocks, "growth": self.growth}

    def apply(self, settings: Mapping[str, Any]) -> None:
        alpha, blocks, growth = settings.get("alpha"), settings.get("blocks"), settings.get("growth")
        if isinstance(alpha, int) and 12 <= alpha <= 384:
            self.alpha = alpha
        if isinstance(blocks, int) and 1 <= blocks <= 18:
            self.blocks = blocks
        if growth in WAYS:
            self.growth = str(growth)
            self.growth_choice.set_current(self.growth)
        self.sliders["alpha"].set_value(float(self.alpha))
        self.sliders["blocks"].set_value(float(self.blocks))
        self._say()

    def numbers(self) -> dict[str, Any]:
        if self._bundle is None:
            return self.settings()
        facts = self._bundle.facts
        return {**self.settings(), **{key: facts[key] for key in ("channels", "parameters", "multiply_adds", "widen", "all_channels", "responding")}}

    def result(self) -> Result | None:
        return self.shape_view.result

    def project(self, on: bool) -> None:
        for widget in (*self.sliders.values(), self.growth_choice, self._used_words, self.used_view, self.used):
            widget.setVisible(not on)
        self._row.setStretch(0, 316 if on else 430)  # the table's words are not cut
