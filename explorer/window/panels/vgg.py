"""The repeated 3x3: so many of them on top of each other see what one large window sees, with fewer weights; measured and counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from explorer.results import Bundle, Curves, Maps, Result
from explorer.window.look import look
from explorer.window.panels.base import Host, LensPart
from explorer.window.views.controls import Choice, Label
from explorer.window.views.curves import CurvesView
from explorer.window.views.maps import MapPairView
from explorer.words import Text

TITLE = Text("窓を重ねて測っています", "Measuring stacked windows")
HOW_MANY, WHAT = Text("重ねる数", "Stacked"), Text("数えるもの", "Counted")
COUNTS: Mapping[str, Text] = {"2": Text("二つ", "two"), "3": Text("三つ", "three"), "4": Text("四つ", "four")}
WHATS: Mapping[str, Text] = {"weights": Text("重み", "weights"), "work": Text("積和", "multiply-adds")}
STACK, SINGLE = Text("3×3 を {count} つ", "{count} stacked 3×3"), Text("{kernel}×{kernel} を一つ", "one {kernel}×{kernel}")
FIELDS = Text("一つの値が見る範囲：", "What one value sees:")
VIEW = Text("一つの値が見る範囲", "What one value sees")
SEES = Text("どちらも {sees}×{sees} を見ます。", "Both see {sees}×{sees}.")
SEE = Text("重ねた窓は {sees}×{sees}、大きな窓は {other}×{other} を見ます。", "The stack sees {sees}×{sees}, the large window {other}×{other}.")
FEWER = Text(
    "大きな窓の重みは **{ratio} 倍**。活性化は {count} 回でなく一回だけです。",
    "The large window takes **{ratio} times** the weights, and has one activation instead of {count}.",
)
MORE = Text(
    "入るチャネルが少ないここでは、重ねたほうが **{ratio} 倍**の重みになります。",
    "Few channels come in here, so the stack takes **{ratio} times** the weights.",
)
WHOLE = Text(
    "ネットワーク全体では {stack}、大きな窓に替えると {single}。",
    "The whole network: {stack} weights, {single} with large windows.",
)
HOW = Text(
    "動いているネットワークの {first} から {last} を逆にたどり、勾配の大きさで測りました。大きな窓の重みは乱数です。",
    "Measured by the gradient back through {first} to {last} of the running network; the large window has random weights.",
)


def counted(value: float) -> str:
    """A number of weights as it is said: 4,140, 461 k, 1.44 M."""
    if value < 10_000:
        return f"{value:,.0f}"
    return f"{value / 1e3:,.0f} k" if value < 1e6 else f"{value / 1e6:.3g} M"


class Panel(LensPart):
    """A lens of its own. It follows the chosen layer; a click on a point of the curves chooses as many windows."""

    lens = "stacked"

    def __init__(self, page: Host) -> None:
        super().__init__(page)
        self.count = 2
        self.what = "weights"
        self._found: Bundle | None = None
        self.fields = MapPairView(name=VIEW)
        self.view = CurvesView(name=WHAT)
        self.count_choice = Choice(tuple(COUNTS.items()), "2", name=HOW_MANY)
        self.what_choice = Choice(tuple(WHATS.items()), self.what, name=WHAT)
        self.values = {key: Label("–", "key", "accent" if key == "stack" else "ink") for key in ("single", "stack")}
        self.names = {key: Label("", "label", "ink2") for key in ("single", "stack")}
        self.sees = Label("", "body", "ink2", wrap=True)
        self.said = Label("", "body", "ink2", wrap=True)
        self.whole = Label("", "label", "ink2", wrap=True)

        self._left = QVBoxLayout()
        self._fields_words = Label(FIELDS, "label", "ink2")
        self._left.addWidget(self._fields_words)
        self._left.addWidget(self.fields, 1)
        self._left.addWidget(self.view, 1)
        self.side = QWidget()
        self._side = QVBoxLayout(self.side)
        self._side.setContentsMargins(0, 0, 0, 0)
        self._controls = QWidget()
        controls = QGridLayout(self._controls)
        controls.setContentsMargins(0, 0, 0, 0)
        for row, (words, choice) in enumerate(((HOW_MANY, self.count_choice), (WHAT, self.what_choice))):
            controls.addWidget(Label(words, "label", "ink2"), row, 0)
            controls.addWidget(choice, row, 1)
        self._side.addWidget(self._controls)
        pair = QGridLayout()
        for column, key in enumerate(("single", "stack")):
            pair.addWidget(self.values[key], 0, column)
            pair.addWidget(self.names[key], 1, column)
        self._side.addLayout(pair)
        for label in (self.sees, self.said, self.whole):
            self._side.addWidget(label)
        self._side.addStretch(1)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addLayout(self._left, 470)
        self._row.addWidget(self.side, 284)

        self.count_choice.chosen.connect(self._choose_count)
        self.what_choice.chosen.connect(self._choose_what)
        self.view.point_clicked.connect(lambda _, index: self._choose_count(str(index + 1)))
        self.restyle()

    def restyle(self) -> None:
        self._row.setSpacing(look.px(28))
        self._side.setSpacing(look.px(10))
        self._left.setSpacing(look.px(6))
        self._show()

    # the engine

    def depends_on(self) -> object:
        return self.host.version, self.host.layer, self.count

    def refresh(self) -> None:
        request = self.host.request()
        self.watch(self.host.ask("stacked", "recognition_panels.stacked", TITLE, self._arrived, **request, layer=self.host.layer, count=self.count))

    def _arrived(self, found: Bundle) -> None:
        self._found = found
        self._show()

    def part(self, name: str, kind: type[Any]) -> Any:
        """A part of the answer, if it is there."""
        part = self._found.parts.get(name) if self._found is not None else None
        return part if isinstance(part, kind) else None

    def facts(self, name: str) -> Any:
        """A fact of the answer."""
        assert self._found is not None
        return self._found.facts[name]

    def _show(self) -> None:
        if self._found is None:
            return
        count, kernel = self.facts("count"), self.facts("kernel")
        names = {"stack": STACK.format(count=count), "single": SINGLE.format(kernel=kernel)}
        stack, single = self.part("stack", Maps), self.part("single", Maps)
        self.fields.set_maps(single.values[0], stack.values[0], titles=(names["single"], names["stack"]), highs=(1.0, 1.0))
        curves: Curves = self.part(self.what, Curves)
        opens = tuple({"lens": self.lens, "lens_settings": {"count": k}} if str(k) in COUNTS else None for k in range(1, len(curves.series[0].x) + 1))
        self.view.set_result(replace(curves, series=tuple(replace(line, opens=opens) for line in curves.series)))
        for key, label in self.values.items():
            label.set_text(counted(self.value(key)))
            self.names[key].set_text(names[key])
        sees, other = self.facts("sees"), self.facts("single_sees")
        self.sees.set_text(SEES.format(sees=sees) if sees == other else SEE.format(sees=sees, other=other))
        ratio = self.facts("ratio")
        self.said.set_text(FEWER.format(ratio=f"{ratio:.2g}", count=count) if ratio >= 1 else MORE.format(ratio=f"{1 / ratio:.2g}"))
        whole = self.facts("whole")
        self.whole.set_text(WHOLE.format(stack=counted(whole[0]), single=counted(whole[1])))
        layers = self.facts("layers")
        self.fields.setToolTip(look.say(HOW.format(first=layers[0], last=layers[-1])))
        self._fields_words.set_text(Text(f"{FIELDS.ja}{layers[0]} – {layers[-1]}", f"{FIELDS.en} {layers[0]} – {layers[-1]}"))

    def value(self, key: str) -> int:
        """Weights or multiply-adds of the stack or of the single window, in the chosen layer's place."""
        return int(self.facts(f"{key}_cost")[0 if self.what == "weights" else 1])

    # choosing

    def _choose_count(self, key: str) -> None:
        if key in COUNTS:
            self.count = int(key)
            self.count_choice.set_current(key)
            self.show_now()
            self.host.changed()

    def _choose_what(self, what: str) -> None:
        self.what = what
        self._show()
        self.host.changed()

    def settings(self) -> dict[str, Any]:
        return {"count": self.count, "what": self.what}

    def apply(self, settings: Mapping[str, Any]) -> None:
        if str(settings.get("count")) in COUNTS:
            self.count = int(settings["count"])
            self.count_choice.set_current(str(self.count))
        if settings.get("what") in WHATS:
            self.what = str(settings["what"])
            self.what_choice.set_current(self.what)
        self._show()

    def numbers(self) -> dict[str, Any]:
        if self._found is None:
            return self.settings()
        names = ("layers", "sees", "single_sees", "stack_cost", "single_cost", "ratio", "whole")
        return {**self.settings(), **{name: self.facts(name) for name in names}}

    def result(self) -> Result | None:
        found: Result | None = self.part(self.what, Curves)
        return found

    def project(self, on: bool) -> None:
        for widget in (self._controls, self.whole, self._fields_words):
            widget.setVisible(not on)
        for view, share in ((self.fields, 3), (self.view, 4)):
            self._left.setStretch(self._left.indexOf(view), share if on else 1)  # letters are large there, and names need room beside the lines
