"""How much each pixel counted for a class: signed colours over the pixels the network was given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from explorer.window.look import look
from explorer.window.pages.lenses.classes import ClassLens
from explorer.window.panels.base import Host
from explorer.window.views.controls import Menu
from explorer.window.views.drawing import short
from explorer.words import Text, same

TITLE = Text("画素ごとの寄与を計算", "Computing what each pixel counts")
COUNTED = Text("「{name}」のスコアへの画素ごとの寄与", "What each pixel counts for “{name}”")
METHOD = Text("方法", "Method")
AGAINST, FOR = Text("反対 {value}", "against {value}"), Text("賛成 {value}", "for {value}")
NONE, MUCH = Text("効かない", "no effect"), Text("よく効く", "strong")
COMPLETE = Text("合計 {sum} は、スコアの差 {difference} と {error:.1%} の違いで一致します。", "They add up to {sum}; the score differs by {difference} ({error:.1%} off).")
INCOMPLETE = Text("合計 {sum} は、スコアの差 {difference} と {error:.1%} ずれています。", "They add up to {sum}, but the score differs by {difference} ({error:.1%} off).")
WITHIN = 0.01
METHODS: dict[str, tuple[Text, Text]] = {
    "integrated-gradients": (
        Text("積分勾配", "Integrated gradients"),
        Text("平均色から画像まで少しずつ変え、勾配を足し合わせます。", "Gradients added up on the way from the mean colour to the picture."),
    ),
    "gradient-x-input": (Text("勾配 × 入力", "Gradient × input"), Text("勾配に、平均色からの差を掛けたもの。", "The gradient times the distance from the mean colour.")),
    "gradient": (Text("勾配", "Gradient"), Text("画素を少し変えたとき、スコアがどれだけ動くか。", "How far the score moves when a pixel changes a little.")),
    "smoothgrad": (same("SmoothGrad"), Text("雑音を加えた 32 枚の画像の勾配の平均。", "The mean gradient of 32 copies with noise.")),
}


class AttributionLens(ClassLens):
    """See the module."""

    lens = "attribution"
    task = "recognition.attribution"
    title_words = TITLE

    def __init__(self, host: Host) -> None:
        super().__init__(host, opacity=0.85)
        self.method_menu = Menu([(key, name) for key, (name, _) in METHODS.items()], name=METHOD)
        self.options_column.addWidget(self.method_menu)
        self.method_menu.chosen.connect(self._choose_method)
        self.restyle()

    def arguments(self) -> dict[str, Any]:
        return {"method": self.method_menu.current}

    def tell(self) -> None:
        if self._overlay is None:
            return
        self.title.set_text(COUNTED.format(name=self.class_shown()))
        if self._overlay.signed:
            high = short(self.highest())
            self.scale.set_range(look.say(AGAINST.format(value=f"−{high}")), look.say(FOR.format(value=f"+{high}")), "signed")
        else:
            self.scale.set_range(look.say(NONE), look.say(MUCH), "viridis")
        method = str(self._facts.get("method"))
        if method not in METHODS:
            return
        words = METHODS[method][1]
        if "sum" in self._facts:
            error = float(self._facts["error"])
            found = (COMPLETE if error <= WITHIN else INCOMPLETE).format(
                sum=f"{self._facts['sum']:.2f}".replace("-", "−"), difference=f"{self._facts['difference']:.2f}".replace("-", "−"), error=error
            )
            words = Text(words.ja + found.ja, f"{words.en} {found.en}")
        self.about.set_text(words)

    def _choose_method(self, _: str) -> None:
        self.show_now()
        self.host.changed()

    def settings(self) -> dict[str, Any]:
        return {**super().settings(), "method": self.method_menu.current}

    def shared(self) -> dict[str, Any]:
        return {**super().shared(), "method": self.method_menu.current}

    def apply(self, settings: Mapping[str, Any]) -> None:
        super().apply(settings)
        if settings.get("method") in METHODS:
            self.method_menu.set_current(str(settings["method"]))

    def numbers(self) -> dict[str, Any]:
        found = super().numbers()
        return {**found, **{key: self._facts[key] for key in ("method", "sum", "difference", "error", "steps") if key in self._facts}} if found else found
