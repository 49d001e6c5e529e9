"""A class for each pixel over the user's picture, and how sure the network is of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.catalogue.classes import CLASSES, COLOURS
from explorer.results import Bundle, Maps, Mask, Result
from explorer.window.look import look
from explorer.window.panels.base import Host, LensPart
from explorer.window.views.class_toggles import ClassEntry, ClassToggles
from explorer.window.views.controls import Label, Legend, Menu, Slider
from explorer.window.views.mask import MaskView
from explorer.words import Text

OPACITY, PROBABILITY = Text("濃さ", "Opacity"), Text("確率", "Probability")
ASKING = Text("クラスごとの確率を計算", "How likely each class is")
NO_CLASS = Text("確率を見る…", "Probability of…")
POINT = Text("クラスを選ぶと消え、もう一度で戻ります。写真の上では、その点のクラスと確率が出ます。", "A click on a class hides it. Over the picture: the class there, and how sure.")
HERE = Text("**{name}** {probability}　次は{other} {next}", "**{name}** {probability}, then {other} {next}")

MOST_LISTED = 12  # classes that are listed where they do not occur


class MaskLens(LensPart):
    """See the module. It reads "mask" of the page's answer; how likely each class is it asks for itself."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self._mask: Mask | None = None
        self._probabilities: Maps | None = None
        self._wanted: dict[str, Any] = {}
        self.view = MaskView()
        self.classes = ClassToggles()
        self.opacity = Slider(OPACITY, 0, 100, 60, step=5, format=lambda value: f"{value:.0f} %", label_width=60)
        self.probability = Menu((("", NO_CLASS),), "", name=PROBABILITY)
        self.here = Label(POINT, "caption", "ink3", wrap=True)
        self.scale = Legend("viridis", "0", "100 %")
        self.scale.hide()
        self.legend = self.scale
        self.side = QWidget()
        self._side = QVBoxLayout(self.side)
        self._side.setContentsMargins(0, 0, 0, 0)
        for widget in (self.classes, self.opacity, self.probability, self.here):
            self._side.addWidget(widget)
        self._side.addStretch(1)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.view, 520)
        self._row.addWidget(self.side, 214)
        self.classes.toggled.connect(self._toggle)
        self.opacity.changed.connect(self._cover)
        self.opacity.released.connect(lambda _: self.host.changed())
        self.view.opacity_changed.connect(lambda value: self.opacity.set_value(100 * value))
        self.view.pixel.connect(self._point)
        self.view.left.connect(lambda: self.here.set_text(POINT))
        self.probability.chosen.connect(self._show_probability)
        self.restyle()

    def minimumSizeHint(self) -> QSize:
        return QSize(look.px(300), look.px(120) if look.projection else look.px(260))

    def restyle(self) -> None:
        self._row.setSpacing(look.px(24))
        self._side.setSpacing(look.px(10))
        self._list()

    def refresh(self) -> None:
        """Show what the page's answer has, and ask for the probabilities."""
        part: Any = self.host.part
        mask = part("mask", Mask)
        if mask is None:
            return
        same_classes = self._mask is not None and self._mask.names == mask.names
        self._mask, self._probabilities = mask, None
        if not same_classes:
            self.classes.set_hidden(self._wanted.get("hidden", ()))
        self.view.set_colours(COLOURS.get(self.host.variant.classes, ()))
        self.view.set_result(mask)
        self.view.set_hidden(self.classes.hidden)
        self.probability.hide()
        self._list()
        self.watch(self.host.ask("probability", "segmentation.probability", ASKING, self._arrived, **self.host.request()))

    def _arrived(self, bundle: Bundle) -> None:
        maps = bundle.parts.get("maps")
        if not isinstance(maps, Maps) or self._mask is None or maps.names != self._mask.names:
            return
        self._probabilities = maps
        self.probability.setVisible(not look.projection)
        if self.probability.current:
            self._show_probability(self.probability.current)

    def _list(self) -> None:
        mask = self._mask
        if mask is None:
            return
        shares = mask.shares()
        colours = COLOURS.get(self.host.variant.classes, ())
        order = np.argsort(-shares, kind="stable")
        self.classes.set_entries(
            [
                ClassEntry(int(i), self.host.class_words(mask.names[i]), f"{100 * shares[i]:.0f} %" if shares[i] >= 0.005 or shares[i] == 0 else "< 1 %", colours[i] if i < len(colours) else "")
                for i in order
                if len(mask.names) <= MOST_LISTED or shares[i] > 0 or int(i) in self.classes.hidden
            ]
        )
        self.probability.set_options([("", NO_CLASS), *((name, self._said(name)) for name in mask.names)], self.probability.current if self.probability.current in mask.names else "")

    def _said(self, name: str) -> Text:
        return next((words for words in CLASSES.get(self.host.variant.classes, ()) if words.en == name), Text(name, name))

    # choosing

    def _toggle(self, hidden: set[int]) -> None:
        self.view.set_hidden(hidden)
        self.host.changed()

    def _cover(self, value: float) -> None:
        self.view.set_opacity(value / 100)

    def show_class(self, name: str) -> None:
        """Show how likely a class is at each pixel, by its name."""
        if self._mask is not None and name in self._mask.names:
            self.probability.set_current(name)
            self._show_probability(name)

    def _show_probability(self, name: str) -> None:
        maps = self._probabilities
        if not name or maps is None or name not in maps.names or self._mask is None:
            self.view.set_heat(None)
            self.view.set_opacity(self.opacity.value / 100)
            self.scale.hide()
            self.host.changed()
            return
        heat = maps.values[maps.names.index(name)]
        rows, columns = self._mask.labels.shape
        if heat.shape != (rows, columns):
            heat = heat[np.arange(rows) * heat.shape[0] // rows][:, np.arange(columns) * heat.shape[1] // columns]
        self.view.show_heat_alone(heat)
        self.scale.show()
        self.host.changed()

    def _point(self, row: int, column: int) -> None:
        mask, maps = self._mask, self._probabilities
        if mask is None:
            return
        name = self.host.class_words(mask.names[self.view.class_at(row, column)])
        if maps is None or len(maps.names) < 2:
            self.here.set_text(Text(f"**{name}**", f"**{name}**"))
            return
        rows, columns = mask.labels.shape
        values = maps.values[:, row * maps.values.shape[1] // rows, column * maps.values.shape[2] // columns]
        first, second = (int(i) for i in np.argsort(-values, kind="stable")[:2])
        words = [self.host.class_words(maps.names[i]) for i in (first, second)]
        self.here.set_text(HERE.format(name=words[0], probability=f"{values[first]:.2f}", other=words[1], next=f"{values[second]:.2f}"))

    # what the page asks

    def settings(self) -> dict[str, Any]:
        return {"hidden": sorted(self.classes.hidden), "opacity": self.opacity.value, "probability": self.probability.current}

    def apply(self, settings: Mapping[str, Any]) -> None:
        hidden = settings.get("hidden")
        if isinstance(hidden, (list, tuple)) and all(isinstance(i, int) for i in hidden):
            self._wanted["hidden"] = list(hidden)
            self.classes.set_hidden(hidden)
            self.view.set_hidden(hidden)
        opacity = settings.get("opacity")
        if isinstance(opacity, (int, float)) and 0 <= opacity <= 100:
            self.opacity.set_value(float(opacity))
            self.view.set_opacity(float(opacity) / 100)

    def numbers(self) -> dict[str, Any]:
        mask = self._mask
        if mask is None:
            return {}
        shares = mask.shares()
        return {"shares": {name: float(share) for name, share in zip(mask.names, shares, strict=True)}, **self.settings()}

    def result(self) -> Result | None:
        return self._mask

    def project(self, on: bool) -> None:
        for widget in (self.opacity, self.here):
            widget.setVisible(not on)
        self.probability.setVisible(not on and self._probabilities is not None)
