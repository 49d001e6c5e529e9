"""Where the network looked for a class: a heat over the picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QHBoxLayout

from explorer.window.look import look
from explorer.window.pages.lenses.classes import ClassLens
from explorer.window.panels.base import Host
from explorer.window.views.controls import Menu
from explorer.words import Text, same

TITLE = Text("クラスの根拠を計算", "Computing where it looked")
SPOKE_FOR = Text("「{name}」の根拠になった場所", "What spoke for “{name}”")
METHOD = Text("方法", "Method")
WHERE = Text("見る層", "Layer")
BEST, CHOSEN = Text("最後の層", "Last layer"), Text("{layer}（上で選択）", "{layer} (chosen above)")
RECOMMENDED = Text("この層でのおすすめ。", "Recommended at this layer.")
LITTLE, MUCH = Text("弱い", "little"), Text("強い", "much")
SOME_MAPS = Text("{maps:,} 枚のうち、変化の大きい {tried:,} 枚だけを試しました。", "Only the {tried:,} of {maps:,} maps that vary most were tried.")
METHODS: dict[str, tuple[Text, Text]] = {
    "cam": (same("CAM"), Text("最後の重みで特徴マップを足したもの。スコアと正確に一致します。", "The maps summed with the last weights: exactly the score.")),
    "grad-cam": (same("Grad-CAM"), Text("各マップを、勾配の平均で重み付けします。", "Each map counts by the mean of its gradient.")),
    "grad-cam++": (same("Grad-CAM++"), Text("正の勾配を場所ごとに重み付けし、複数の物体に強い方法です。", "Positive gradients weighted by place: fairer to several objects.")),
    "layer-cam": (same("Layer-CAM"), Text("場所ごとに、その正の勾配を掛けます。浅い層でも細かく見えます。", "Each place counts by its own positive gradient: sharp in early layers too.")),
    "score-cam": (same("Score-CAM"), Text("マップで画像を覆い、スコアで重み付けします。勾配は使いません。", "Each map covers the picture and counts by the score: no gradients.")),
}  # fmt: skip


class ActivationLens(ClassLens):
    """The heat at the left, the classes to choose from at the right; the method and the opacity one click away."""

    lens = "class_activation"
    task = "recognition.class_activation"
    title_words = TITLE

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.method = ""
        self.here = False
        self.method_menu = Menu((), name=METHOD)
        self.layer_menu = Menu((("best", BEST),), name=WHERE)
        row = QHBoxLayout()
        row.addWidget(self.method_menu, 1)
        row.addWidget(self.layer_menu, 1)
        self.options_column.addLayout(row)
        self.layer_menu.chosen.connect(self._choose_place)
        self.method_menu.chosen.connect(self._choose_method)
        self.restyle()

    def arguments(self) -> dict[str, Any]:
        asked = {"method": self.method} if self.method else {}
        return {**asked, "layer": self.host.layer} if self.here and self.host.layer in self.host.layers() else asked

    def show_now(self) -> None:
        self._offer_places()
        super().show_now()

    def _offer_places(self) -> None:
        self.layer_menu.set_options([("best", BEST), ("here", CHOSEN.format(layer=self.host.layer))], "here" if self.here else "best")

    def tell(self) -> None:
        if self._overlay is None:
            return
        self.title.set_text(SPOKE_FOR.format(name=self.class_shown()))
        self.scale.set_range(look.say(LITTLE), look.say(MUCH))
        methods = self._facts.get("methods")
        if methods:
            names = {method: METHODS[method][0] if method in METHODS else same(method) for method in methods}
            self.method_menu.set_options(list(names.items()), self._facts.get("method"))
        self.method_menu.setVisible(self.method_menu.current != "")
        words = METHODS.get(self.method_menu.current)
        if words is None:
            return
        line = words[1]
        if methods and self.method_menu.current == methods[0]:
            line = Text(RECOMMENDED.ja + line.ja, f"{RECOMMENDED.en} {line.en}")
        tried, maps = self._facts.get("tried"), self._facts.get("maps")
        if tried is not None and maps is not None and tried < maps:
            more = SOME_MAPS.format(tried=tried, maps=maps)
            line = Text(line.ja + more.ja, f"{line.en} {more.en}")
        self.about.set_text(line)

    def _choose_place(self, place: str) -> None:
        self.here = place == "here"
        if self.method == "cam" and self.here:
            self.method = ""  # exact at one layer only
        self.show_now()
        self.host.changed()

    def _choose_method(self, method: str) -> None:
        self.method = method
        self.show_now()
        self.host.changed()

    def settings(self) -> dict[str, Any]:
        return {**super().settings(), "method": self.method, "here": self.here}

    def shared(self) -> dict[str, Any]:
        return {**super().shared(), "method": self.method_menu.current, "here": self.here}

    def follow(self, shared: Mapping[str, Any]) -> None:
        possible = self._facts.get("methods")
        if possible is not None and shared.get("method") not in possible:  # then what is best here
            shared = {**shared, "method": ""}
        super().follow(shared)

    def apply(self, settings: Mapping[str, Any]) -> None:
        super().apply(settings)
        if isinstance(settings.get("method"), str):
            self.method = settings["method"]
        self.here = settings.get("here") is True

    def numbers(self) -> dict[str, Any]:
        found = super().numbers()
        return {**found, "layer": self._overlay.layer, "method": self.method_menu.current} if self._overlay is not None else found
