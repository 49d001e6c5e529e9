"""A separable convolution on the picture, step by step, and what it costs beside a full one: the user sets its size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from explorer.results import Bundle, Maps, Result, Scores
from explorer.window.look import look
from explorer.window.panels.base import Host, LensPart
from explorer.window.views.bars import BarsView
from explorer.window.views.controls import Label, Menu, Slider
from explorer.window.views.maps import MapGridView
from explorer.words import Text, same

TITLE = Text("畳み込みを分けています", "Taking a convolution apart")
BLOCK = Text("ブロック", "Block")
STEPS = (
    ("before", Text("入るマップ", "What goes in")),
    ("depthwise", Text("深さごと（別々に）", "Depthwise, each alone")),
    ("pointwise", Text("点ごと（混ぜる）", "Pointwise, mixed")),
)
SHORT = {"before": Text("入る", "In"), "depthwise": Text("深さごと", "Depthwise"), "pointwise": Text("点ごと", "Pointwise")}
KINDS = {"full": Text("普通", "full"), "depthwise": Text("深さごと", "depthwise"), "pointwise": Text("点ごと", "pointwise")}
WORK, TIME = Text("積和の回数（百万）", "Multiply-adds (millions)"), Text("一コアの時間（ミリ秒）", "Time on one core (ms)")
RATIO = Text(
    "分けると**{ratio} 倍**の計算（1/{outputs} + 1/{window}）。時間は**{seconds} 倍**。",
    "Taken apart: **{ratio} times** the work (1/{outputs} + 1/{window}), **{seconds} times** the time.",
)
IN_PART = Text("時間は {size} 行のうち {rows} 行で測り、全体に換算しました。", "Timed on {rows} of {size} rows, and scaled up.")
SLIDERS: tuple[tuple[str, Text, float, float, float, bool], ...] = (
    ("kernel", Text("窓", "Window"), 1, 7, 2, False),
    ("inputs", Text("入るマップ", "Maps in"), 8, 1024, 1, True),
    ("outputs", Text("出るマップ", "Maps out"), 8, 1024, 1, True),
    ("size", Text("マップの大きさ", "Map size"), 2, 112, 1, True),
)


class Panel(LensPart):
    """The lens ``separable``."""

    lens = "separable"

    def __init__(self, page: Host) -> None:
        super().__init__(page)
        self.block = ""
        self.shape: dict[str, int] = {}
        self._bundle: Bundle | None = None
        self.block_menu = Menu([("", BLOCK)], "")
        self.views = {part: MapGridView(name=name, at_once=9, brief=True) for part, name in STEPS}
        self.work, self.time = BarsView(top=3, name=WORK, amounts=True), BarsView(top=3, name=TIME, amounts=True)
        self.sentence = Label("", "body", wrap=True)
        self.part_measured = Label(" ", "caption", "ink3", wrap=True)
        self.sliders = {
            key: Slider(words, low, high, max(low, 3.0), step, log, label_width=112, value_width=44) for key, words, low, high, step, log in SLIDERS
        }
        self.titles = {part: Label(name, "label", "ink2") for part, name in STEPS}
        self._maps = QGridLayout()
        for place, part in enumerate(self.views):
            self._maps.addWidget(self.titles[part], 0, place)
            self._maps.addWidget(self.views[part], 1, place)
            self._maps.setColumnStretch(place, 1)
        self._maps.setRowStretch(1, 1)
        self.costs = QWidget()
        self._costs = QGridLayout(self.costs)
        self._costs.setContentsMargins(0, 0, 0, 0)
        for place, (name, bars) in enumerate(((WORK, self.work), (TIME, self.time))):
            self._costs.addWidget(Label(name, "section", wrap=True), 0, place)
            self._costs.addWidget(bars, 1, place)
            self._costs.setColumnStretch(place, 1)
        self._left = QVBoxLayout()
        self._left.addLayout(self._maps, 1)
        self._left.addWidget(self.costs)
        self.side = QWidget()
        self._side = QVBoxLayout(self.side)
        self._side.setContentsMargins(0, 0, 0, 0)
        self._side.addWidget(self.block_menu)
        for slider in self.sliders.values():
            self._side.addWidget(slider)
        self._side.addWidget(self.sentence)
        self._side.addWidget(self.part_measured)
        self._side.addStretch(1)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addLayout(self._left, 450)
        self._row.addWidget(self.side, 284)
        self.block_menu.chosen.connect(self._choose_block)
        for one, other in (("before", "depthwise"), ("depthwise", "before")):
            self.views[one].chosen.connect(self.views[other].set_selected)
        for key, slider in self.sliders.items():
            slider.changed.connect(lambda value, key=key: self._choose_size(key, value))
        self.restyle()

    def restyle(self) -> None:
        self._row.setSpacing(look.px(28))
        self._left.setSpacing(look.px(10))
        self._maps.setHorizontalSpacing(look.px(14))
        self._maps.setVerticalSpacing(look.px(4))
        self._costs.setHorizontalSpacing(look.px(24))
        self._costs.setVerticalSpacing(look.px(2))
        self._side.setSpacing(look.px(8))
        self._say()

    def depends_on(self) -> object:
        return self.host.version, self.block, tuple(self.shape.items())

    def refresh(self) -> None:
        self.watch(self.host.ask(self.lens, "recognition_panels.separable", TITLE, self._take, **self.host.request(), block=self.block, **self.shape))

    def _take(self, bundle: Bundle) -> None:
        self._bundle = bundle
        for part, view in self.views.items():
            maps = bundle.parts[part]
            assert isinstance(maps, Maps)
            if part == "depthwise":  # each stands where the map stands that it was made from
                before = bundle.parts["before"]
                assert isinstance(before, Maps)
                maps = replace(maps, order=before.order)
            view.set_result(maps)
        facts = bundle.facts
        self.block_menu.set_options([(name, same(name)) for name in facts["blocks"]], facts["block"])
        for key, slider in self.sliders.items():
            slider.set_value(float(facts[key]))
        self._say()

    def _say(self) -> None:
        if self._bundle is None:
            return
        facts = self._bundle.facts
        for part, view in (("work", self.work), ("time", self.time)):
            scores = self._bundle.parts.get(part)
            if isinstance(scores, Scores):
                view.set_result(replace(scores, names=tuple(look.say(KINDS[name]) for name in scores.names), unit=""))
        seconds = facts.get("seconds")
        ratio = "–" if seconds is None else f"{(seconds['depthwise'] + seconds['pointwise']) / seconds['full']:.2g}"
        rows = int(facts.get("rows", facts["size"]))
        self.part_measured.set_text(IN_PART.format(rows=rows, size=facts["size"]) if rows < facts["size"] else " ")
        self.sentence.set_text(RATIO.format(ratio=f"{facts['ratio']:.2g}", outputs=facts["outputs"], window=facts["kernel"] ** 2, seconds=ratio))

    def _choose_block(self, name: str) -> None:
        self.block, self.shape = name, {}
        self.show_now()
        self.host.changed()

    def _choose_size(self, key: str, value: float) -> None:
        self.shape = {**self.shape, key: round(value)}
        self.show_now()
        self.host.changed()

    def settings(self) -> dict[str, Any]:
        return {"block": self.block, **self.shape}

    def apply(self, settings: Mapping[str, Any]) -> None:
        if isinstance(settings.get("block"), str):
            self.block = settings["block"]
        self.shape = {key: int(settings[key]) for key in self.sliders if isinstance(settings.get(key), int) and settings[key] > 0}

    def numbers(self) -> dict[str, Any]:
        if self._bundle is None:
            return self.settings()
        facts = self._bundle.facts
        means = {f"mean_{part}": float(maps.values.mean()) for part, _ in STEPS if isinstance(maps := self._bundle.parts[part], Maps)}
        return {
            **{key: facts[key] for key in ("block", "kernel", "inputs", "outputs", "size", "multiply_adds", "ratio")},
            "seconds": facts.get("seconds"),
            **means,
        }

    def result(self) -> Result | None:
        return self._bundle.parts["work"] if self._bundle is not None else None

    def project(self, on: bool) -> None:
        for part, name in STEPS:
            self.titles[part].set_text(SHORT[part] if on else name)
            self.views[part].set_at_once(10 if on else 9)  # two columns of five, or three of three
        for slider in self.sliders.values():
            slider.setVisible(not on)
        self.block_menu.setVisible(not on)
        # the maps take the height that the sliders leave
        if on:
            self._side.insertWidget(self._side.indexOf(self.sentence) + 1, self.costs)
        else:
            self._left.addWidget(self.costs)
        self._row.setStretch(0, 390 if on else 450)
        self._row.setStretch(1, 344 if on else 284)
