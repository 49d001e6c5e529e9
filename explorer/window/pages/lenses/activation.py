"""Where the network looked for a class: a heat over the picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QVBoxLayout, QWidget

from explorer.results import Bundle, Overlay, Result
from explorer.window.look import look
from explorer.window.panels.base import Host, LensPart
from explorer.window.views.bars import BarsView
from explorer.window.views.controls import Field, Label, Legend, Menu, Slider
from explorer.window.views.picture import OverlayView
from explorer.words import Text, same

TITLE = Text("クラスの根拠を計算", "Computing where it looked")
SPOKE_FOR = Text("「{name}」の根拠になった場所", "What spoke for “{name}”")
CHOOSE = Text("クラスを選ぶ", "Choose a class")
OTHER = Text("ほかのクラスを探す", "Find another class")
OPACITY = Text("濃さ", "Opacity")
METHOD = Text("方法", "Method")
LITTLE, MUCH = Text("弱い", "little"), Text("強い", "much")
METHODS: dict[str, Text] = {"cam": same("CAM"), "gradcam": same("Grad-CAM")}


class ActivationLens(LensPart):
    """The heat at the left, the classes to choose from at the right; the method and the opacity one click away."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.chosen: str | None = None
        self.method = ""
        self._overlay: Overlay | None = None
        self.view = OverlayView()
        self.title = Label("", "body", weight=700, wrap=True)
        self.bars = BarsView(top=10)
        self.search = Field(OTHER, name=OTHER, height=34)
        self.opacity = Slider(OPACITY, 0.0, 1.0, 0.55, step=0.05, label_width=60, value_width=48)
        self.method_menu = Menu((), name=METHOD)
        self.scale = Legend("viridis", look.say(LITTLE), look.say(MUCH))
        self.legend = self.scale

        self.side = QWidget()
        self._side = QVBoxLayout(self.side)
        self._side.setContentsMargins(0, 0, 0, 0)
        self._side.addWidget(self.title)
        self._choose_label = Label(CHOOSE, "label", "ink2")
        self._side.addWidget(self._choose_label)
        self._side.addWidget(self.bars)
        self._side.addWidget(self.search)
        self.options = QWidget()
        options = QVBoxLayout(self.options)
        options.setContentsMargins(0, 0, 0, 0)
        options.addWidget(self.opacity)
        options.addWidget(self.method_menu)
        self._side.addWidget(self.options)
        self._side.addStretch(1)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.view, 470)
        self._row.addWidget(self.side, 264)

        self.bars.chosen.connect(self.choose_class)
        self.search.returnPressed.connect(self._find)
        self.opacity.changed.connect(self._fade)
        self.view.opacity_changed.connect(self.opacity.set_value)
        self.method_menu.chosen.connect(self._choose_method)
        self._words: dict[str, str] = {}
        self.restyle()

    def restyle(self) -> None:
        self._row.setSpacing(look.px(28))
        self._side.setSpacing(look.px(8))
        self.scale.set_range(look.say(LITTLE), look.say(MUCH))
        self._show_classes()
        self._show_title()

    def depends_on(self) -> object:
        return self.host.version, self.chosen, self.method

    def refresh(self) -> None:
        scores = self.host.scores
        if scores is not None and self.chosen not in scores.names:  # another network may not know it
            self.chosen = None
            self._answered = self.depends_on()
        self._show_classes()
        arguments: dict[str, Any] = {"class_name": self.chosen}
        if self.method:
            arguments["method"] = self.method
        self.watch(self.host.ask("class_activation", "recognition.class_activation", TITLE, self._arrived, **self.host.request(), **arguments))

    def _arrived(self, answer: Overlay | Bundle) -> None:
        facts: Mapping[str, Any] = answer.facts if isinstance(answer, Bundle) else {}
        overlay = answer.parts["overlay"] if isinstance(answer, Bundle) else answer
        assert isinstance(overlay, Overlay)
        self._overlay = overlay
        self.view.set_result(overlay)
        self.view.set_opacity(self.opacity.value)
        methods = facts.get("methods")
        if methods:
            self.method_menu.set_options([(m, METHODS.get(m, same(m))) for m in methods], facts.get("method"))
        self.method_menu.setVisible(self.method_menu.current != "")
        self._show_title()

    def _show_title(self) -> None:
        if self._overlay is not None:
            words = self.host.class_words(self._overlay.label)
            self.title.set_text(SPOKE_FOR.format(name=words))

    def _show_classes(self) -> None:
        scores = self.host.scores
        if scores is None:
            return
        words = [self.host.class_words(name) for name in scores.names]
        self._words = dict(zip(words, scores.names, strict=True))
        self.bars.set_result(type(scores)(tuple(words), scores.values, scores.unit))
        if self.chosen in scores.names:
            self.bars.set_chosen(self.host.class_words(str(self.chosen)))
        completer = QCompleter(sorted(words), self.search)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.activated.connect(self.choose_class)
        self.search.setCompleter(completer)
        self._show_search()

    def _show_search(self) -> None:
        self.search.setVisible(not look.projection and len(self._words) > self.bars.top)

    def choose_class(self, words: str) -> None:
        """Show what spoke for a class, by its name in any language."""
        scores = self.host.scores
        name = self._words.get(words, words)
        if scores is None or name not in scores.names:
            return
        self.chosen = name
        self.bars.set_chosen(self.host.class_words(name))
        self.search.clear()
        self.show_now()
        self.host.changed()

    def _find(self) -> None:
        typed = self.search.text().strip().lower()
        match = next((words for words in self._words if typed and typed in words.lower()), None)
        if match is not None:
            self.choose_class(match)

    def _fade(self, value: float) -> None:
        self.view.set_opacity(value)
        self.host.changed()

    def _choose_method(self, method: str) -> None:
        self.method = method
        self.show_now()
        self.host.changed()

    def settings(self) -> dict[str, Any]:
        return {"class": self.chosen, "opacity": self.opacity.value, "method": self.method}

    def apply(self, settings: Mapping[str, Any]) -> None:
        if isinstance(settings.get("class"), str):
            self.chosen = settings["class"]
        if isinstance(settings.get("method"), str):
            self.method = settings["method"]
        if isinstance(settings.get("opacity"), (int, float)):
            self.opacity.set_value(float(settings["opacity"]))
            self.view.set_opacity(self.opacity.value)

    def numbers(self) -> dict[str, Any]:
        if self._overlay is None:
            return {}
        heat = self._overlay.heat
        row, column = divmod(int(heat.argmax()), heat.shape[1])
        return {"class": self._overlay.label, "layer": self._overlay.layer, "strongest_pixel": [row, column], "method": self.method_menu.current}

    def result(self) -> Result | None:
        return self._overlay

    def project(self, on: bool) -> None:
        self.bars.top = 5 if on else 10
        self.bars.updateGeometry()
        self._choose_label.setVisible(not on)
        self._show_search()
        self.options.setVisible(not on)
