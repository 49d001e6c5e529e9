"""The maps of any layer in a grid, and the chosen one over the picture: for networks whose convolutions are not taken apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.results import Maps, Picture, Result
from explorer.window.look import look
from explorer.window.pages.lenses.maps import COLOUR_WORDS, COLOURS, LAYER, SORT
from explorer.window.panels.base import Host, LensPart
from explorer.window.views.controls import Choice, Label, Legend, Menu, Slider
from explorer.window.views.maps import ORDER_WORDS, MapGridView
from explorer.window.views.picture import OverlayView
from explorer.words import Text

TITLE = Text("特徴マップを計算", "Computing the feature maps")
OVER = Text("マップ {index} を画像に重ねたもの（{columns} × {rows}）", "Map {index} over the picture ({columns} × {rows})")
OPACITY = Text("濃さ", "Opacity")
COLOUR_BY = {key: words for key, words in COLOUR_WORDS.items() if key != "all"}


class LayerMapsLens(LensPart):
    """See the module. ``task``: what the engine is asked for with ``layer``."""

    task = "detection.feature_maps"

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self._maps: Maps | None = None
        self._wanted: int | None = None
        self.grid = MapGridView()
        self.over = OverlayView()
        self.title = Label("", "label", "ink2", wrap=True)
        self.layer_menu = Menu((), name=LAYER, width=190)
        self.sort_menu = Menu(tuple(ORDER_WORDS.items()), "clearest", name=SORT)
        self.colours = Choice(tuple(COLOUR_BY.items()), "unit", name=COLOURS)
        self.opacity = Slider(OPACITY, 0.0, 1.0, 0.7, step=0.05, label_width=60, value_width=48)
        self.scale = Legend()
        self.legend = self.scale
        self.options, self.side = QWidget(), QWidget()
        self._options = QHBoxLayout(self.options)
        self._side = QVBoxLayout(self.side)
        for layout in (self._options, self._side):
            layout.setContentsMargins(0, 0, 0, 0)
        for control in (self.layer_menu, self.sort_menu, self.colours):
            self._options.addWidget(control)
        self._options.addStretch(1)
        self._side.addWidget(self.title)
        self._side.addWidget(self.over, 1)
        self._side.addWidget(self.opacity)
        self._row = QHBoxLayout()
        self._row.addWidget(self.grid, 380)
        self._row.addWidget(self.side, 354)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.options)
        self._column.addLayout(self._row, 1)
        self.grid.chosen.connect(self._choose)
        self.grid.range_changed.connect(lambda low, high: self.scale.set_range(low, high, "signed" if low < 0 else "viridis"))
        self.layer_menu.chosen.connect(host.choose_layer)
        self.sort_menu.chosen.connect(self._sort)
        self.colours.chosen.connect(self._colour_by)
        self.opacity.changed.connect(self._fade)
        self.over.opacity_changed.connect(self.opacity.set_value)
        self.over.set_opacity(self.opacity.value)
        self.restyle()

    def restyle(self) -> None:
        self._column.setSpacing(look.px(10))
        self._row.setSpacing(look.px(28))
        self._side.setSpacing(look.px(8))
        self._options.setSpacing(look.px(12))
        self._show_over()

    def depends_on(self) -> object:
        return self.host.version, self.host.layer

    def refresh(self) -> None:
        self.watch(self.host.ask("layer_maps", self.task, TITLE, self._arrived, **self.host.request(), layer=self.host.layer))

    def _arrived(self, maps: Maps) -> None:
        self._maps = maps
        self.grid.set_result(maps)
        if self._wanted is not None and 0 <= self._wanted < len(maps.values):
            self.grid.set_selected(self._wanted)
        self._wanted = None
        self.layer_menu.set_options([(name, name) for name in self.host.layers()], maps.layer)
        self._show_over()

    def _show_over(self) -> None:
        """The chosen map over what the network was given: of one that looks at crops, over the crop."""
        maps, given = self._maps, self.host.given
        if maps is None or given is None:
            return
        values = maps.values[self.grid.selected]
        rows, columns = values.shape
        height, width = given.pixels.shape[:2]
        self.over.set_picture(Picture(given.pixels))
        self.over.set_heat(values[np.arange(height) * rows // height][:, np.arange(width) * columns // width], bool(values.min() < 0))
        self.title.set_text(OVER.format(index=self.grid.selected, columns=columns, rows=rows))

    def _choose(self, index: int) -> None:
        self._show_over()
        self.host.changed()

    def _sort(self, order: str) -> None:
        self.grid.set_order(order)  # type: ignore[arg-type]
        self.host.changed()

    def _colour_by(self, by: str) -> None:
        self.grid.set_colour_by(by)  # type: ignore[arg-type]
        self.host.changed()

    def _fade(self, value: float) -> None:
        self.over.set_opacity(value)
        self.host.changed()

    def settings(self) -> dict[str, Any]:
        chosen = self.grid.selected if self._maps is not None else self._wanted
        return {"map": chosen, "sort": self.grid.order, "colours": self.grid.colour_by, "opacity": self.opacity.value}

    def apply(self, settings: Mapping[str, Any]) -> None:
        if settings.get("sort") in ORDER_WORDS:
            self.sort_menu.set_current(settings["sort"])
            self.grid.set_order(settings["sort"])
        if settings.get("colours") in COLOUR_BY:
            self.colours.set_current(settings["colours"])
            self.grid.set_colour_by(settings["colours"])
        if isinstance(settings.get("opacity"), (int, float)):
            self.opacity.set_value(float(settings["opacity"]))
            self.over.set_opacity(self.opacity.value)
        if isinstance(settings.get("map"), int):
            self._wanted = settings["map"]

    def numbers(self) -> dict[str, Any]:
        maps = self._maps
        if maps is None:
            return {}
        return {"layer": maps.layer, "maps": list(maps.values.shape), "map": self.grid.selected, "first": self.grid.shown()[:8]}

    def result(self) -> Result | None:
        return self._maps

    def project(self, on: bool) -> None:
        self.options.setVisible(not on)
        self.opacity.setVisible(not on)
