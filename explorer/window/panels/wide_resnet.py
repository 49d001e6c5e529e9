"""Width against depth: sliders of both; what such a network costs, and its step timed here beside thinner and deeper ones that cost as much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.results import Bundle, Curves, Result
from explorer.window.look import look
from explorer.window.panels.base import Host, LensPart
from explorer.window.panels.figures import Figures
from explorer.window.views.controls import Label, Slider
from explorer.window.views.curves import CurvesView
from explorer.window.views.drawing import amount
from explorer.words import Text

TITLE = Text("幅と深さを比べています", "Comparing width and depth")
DEPTH, WIDEN = Text("層の数", "Layers"), Text("幅の倍率 k", "Widening k")
DEEPEST, WIDEST = 40, 10  # the paper's own go to WRN-40-4 and WRN-28-10
DEEP_BRIEFLY = Text("{depth} 層", "{depth} layers")
SHAPE, TIME = Text("ブロックごとのチャンネル", "Channels by block"), Text("同じ積和での時間", "Time at equal multiply-adds")
WIDE, DEEP = Text("WRN-{depth}-{widen}", "WRN-{depth}-{widen}"), Text("細い {depth} 層", "thin, {depth} layers")
ROWS = {
    "parameters": Text("パラメータ", "Parameters"),
    "multiply_adds": Text("積和の回数", "Multiply-adds"),
    "seconds": Text("一ステップ", "A step"),
}
FASTER = Text("ほぼ同じ積和で、広いほうの一ステップは **{ratio} 分の一**の時間。", "For about the same work the wide step is **{ratio} times** as fast.")
SLOWER = Text("ほぼ同じ積和で、広いほうの一ステップは **{ratio} 倍**の時間。", "For about the same work the wide step takes **{ratio} times** as long.")
TOO_DEEP = Text("同じ積和の細い網は深すぎるので、時間は測りません。", "The thin network of equal work is too deep to be timed here.")
CAPPED = Text("細い網は千層でも、積和が広いほうの {share} です。", "Even at a thousand layers the thin network does {share} of the work.")
WAITING = Text("時間を測っています…", "Timing…")
USED = Text(
    "この画像に反応するのは、動いているネットワークの {all} チャンネルのうち **{active}**（層の最大の一割以上）。",
    "**{active}** of the running network's {all} channels respond to this picture (a tenth of the strongest or more).",
)
HOW = Text(
    "順伝播と逆伝播を、{side} 画素のこの画像で、一スレッドで測りました。",
    "Forward and backward on this picture at {side} px, measured on one thread.",
)


class Panel(LensPart):
    """The lens ``width``. A click on a point of the times chooses its depth and, rounded, its width."""

    lens = "width"

    def __init__(self, page: Host) -> None:
        super().__init__(page)
        self.layers, self.widen = 16, 4
        self._bundle: Bundle | None = None
        self.shape_view, self.time_view = CurvesView(name=SHAPE), CurvesView(name=TIME)
        self.sliders = {
            "depth": Slider(DEPTH, 10, DEEPEST, self.layers, 6, label_width=104, value_width=48),
            "widen": Slider(WIDEN, 1, WIDEST, self.widen, 1, label_width=104, value_width=48),
        }
        self.table = Figures(ROWS, ("wide", "deep"), marked=("wide",))
        self.said, self.used = Label("", "body", wrap=True), Label("", "body", "ink2", wrap=True)
        self.how = Label("", "caption", "ink3", wrap=True)
        self._left = QVBoxLayout()
        self._shape_words = Label(SHAPE, "label", "ink2")
        for heading, view in ((self._shape_words, self.shape_view), (Label(TIME, "label", "ink2"), self.time_view)):
            self._left.addWidget(heading)
            self._left.addWidget(view, 1)
        side = QWidget()
        self._side = QVBoxLayout(side)
        self._side.setContentsMargins(0, 0, 0, 0)
        for slider in self.sliders.values():
            self._side.addWidget(slider)
        self._side.addLayout(self.table)
        for label in (self.said, self.used):
            self._side.addWidget(label)
        self._side.addStretch(1)
        self._side.addWidget(self.how)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addLayout(self._left, 430)
        self._row.addWidget(side, 304)
        for slider in self.sliders.values():
            slider.changed.connect(lambda _: self._choose(round(self.sliders["depth"].value), round(self.sliders["widen"].value)))
        self.time_view.point_clicked.connect(self._point)
        self.restyle()

    def restyle(self) -> None:
        self._row.setSpacing(look.px(28))
        self._left.setSpacing(look.px(6))
        self._side.setSpacing(look.px(6))
        self._say()

    def depends_on(self) -> object:
        return self.host.version, self.layers, self.widen

    def refresh(self) -> None:
        request = self.host.request()
        self.watch(self.host.ask(self.lens, "recognition_panels.width", TITLE, self._take, **request, depth=self.layers, widen=self.widen))

    def _take(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._say()

    def _say(self) -> None:
        if self._bundle is None:
            return
        facts = self._bundle.facts
        wide, deep = facts["wide"], facts["deep"]
        shape, time = self._bundle.parts["shape"], self._bundle.parts.get("time")
        assert isinstance(shape, Curves)
        names = WIDE.format(depth=wide["depth"], widen=wide["widen"]), DEEP.format(depth=deep["depth"])
        self.table.heads["wide"].set_text(names[0])
        self.table.heads["deep"].set_text(DEEP_BRIEFLY.format(depth=deep["depth"]) if look.projection else names[1])
        lines = tuple(replace(line, name=name) for line, name in zip(shape.series, names, strict=True))
        self.shape_view.set_result(replace(shape, series=lines))
        if isinstance(time, Curves):
            opens = tuple({"lens": self.lens, "lens_settings": {"depth": depth, "widen": round(widen)}} for depth, widen in facts["family"])
            self.time_view.set_result(replace(time, series=(replace(time.series[0], opens=opens),)))
        else:
            self.time_view.clear()
        for key, one in (("wide", wide), ("deep", deep)):
            for row in ("parameters", "multiply_adds"):
                self.table.values[row, key].set_text(amount(one[row]))
            seconds = one["seconds"]
            self.table.values["seconds", key].set_text("–" if seconds is None else f"{1000 * seconds:,.0f} ms")
        self.said.set_text(self._sentence(wide, deep))
        self.used.set_text(USED.format(all=f"{facts['channels']:,}", active=f"{facts['responding']:,}"))
        self.how.set_text(HOW.format(side=facts["side"]))

    def _sentence(self, wide: Mapping[str, Any], deep: Mapping[str, Any]) -> Text:
        share = deep["multiply_adds"] / wide["multiply_adds"]
        if share < 0.8:
            return CAPPED.format(share=f"{share:.0%}")
        if wide["seconds"] and deep["seconds"]:
            ratio = deep["seconds"] / wide["seconds"]
            return FASTER.format(ratio=f"{ratio:.2g}") if ratio >= 1 else SLOWER.format(ratio=f"{1 / ratio:.2g}")
        return TOO_DEEP if deep["depth"] > 200 else WAITING

    def _choose(self, depth: int, widen: int) -> None:
        self.layers, self.widen = depth, widen
        self._place_sliders()
        self.show_now()
        self.host.changed()

    def _place_sliders(self) -> None:
        self.sliders["depth"].set_value(float(self.layers))
        self.sliders["widen"].set_value(float(self.widen))

    def _point(self, _series: int, index: int) -> None:
        if self._bundle is not None and index < len(self._bundle.facts["family"]):
            depth, widen = self._bundle.facts["family"][index]
            if depth <= DEEPEST:
                self._choose(depth, min(WIDEST, max(1, round(widen))))

    def settings(self) -> dict[str, Any]:
        return {"depth": self.layers, "widen": self.widen}

    def apply(self, settings: Mapping[str, Any]) -> None:
        depth, widen = settings.get("depth"), settings.get("widen")
        if isinstance(depth, int) and depth % 6 == 4 and 10 <= depth <= DEEPEST:
            self.layers = depth
        if isinstance(widen, int) and 1 <= widen <= WIDEST:
            self.widen = widen
        self._place_sliders()

    def numbers(self) -> dict[str, Any]:
        if self._bundle is None:
            return self.settings()
        return {**self.settings(), **{key: self._bundle.facts[key] for key in ("wide", "deep", "family", "side", "channels", "responding")}}

    def result(self) -> Result | None:
        return self.time_view.result

    def project(self, on: bool) -> None:
        for widget in (*self.sliders.values(), self.how, self._shape_words, self.shape_view):
            widget.setVisible(not on)
        self._row.setStretch(0, 370 if on else 430)  # the table's words are not cut
