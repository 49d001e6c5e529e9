"""The learnt weights of a convolution themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from explorer.results import Bundle, Maps, Picture, Result
from explorer.window.look import look
from explorer.window.panels.base import Host, LensPart
from explorer.window.views.controls import Label, Legend
from explorer.window.views.maps import MapGridView
from explorer.window.views.picture import PictureView
from explorer.words import Text

TITLE = Text("フィルタを取り出す", "Taking out the filters")
STRONGEST = Text("{layer}：出力マップごとの一番強いカーネル", "{layer}: the strongest kernel of each output map")
ALL_OF = Text("出力マップ {index} のカーネル全部", "All kernels of output map {index}")
EACH = Text("出力マップごとのカーネル", "A kernel of each output map")
KERNELS = Text("選んだ出力マップのカーネル", "Kernels of the chosen output map")
IN_COLOUR = Text("色で見たフィルタ（灰色がゼロ）", "The filters as colours (grey is zero)")


class FiltersLens(LensPart):
    """At the left one kernel for each output map, at the right all kernels of the chosen one; filters over colours also in colour."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self._wanted: int | None = None
        self.grid = MapGridView(noun="kernels", name=EACH)
        self.kernels = MapGridView(noun="kernels", name=KERNELS)
        self.colours = PictureView()
        self.colours.set_name(IN_COLOUR)
        self.left_name, self.right_name = Label("", "body"), Label("", "body", "accent", weight=700)
        self.scale = Legend("signed")
        self.legend = self.scale
        self._left, self._right = QWidget(), QWidget()
        self._columns = (QVBoxLayout(self._left), QVBoxLayout(self._right))
        self._colour_name = Label(IN_COLOUR, "label", "ink2")
        for column, widgets in zip(self._columns, ((self.left_name, self.grid), (self.right_name, self.kernels, self._colour_name, self.colours)), strict=True):
            column.setContentsMargins(0, 0, 0, 0)
            for widget in widgets:
                column.addWidget(widget, 0 if isinstance(widget, Label) else 1)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self._left, 367)
        self._row.addWidget(self._right, 367)
        for grid in (self.grid, self.kernels):
            grid.set_colour_by("layer")
            grid.set_order("strongest")
        self.grid.range_changed.connect(lambda low, high: self.scale.set_range(low, high, "signed" if low < 0 else "viridis"))
        self.grid.chosen.connect(self._choose)
        self.restyle()

    def restyle(self) -> None:
        self._row.setSpacing(look.px(28))
        for column in self._columns:
            column.setSpacing(look.px(8))

    def depends_on(self) -> object:
        return self.host.version, self.host.layer

    def refresh(self) -> None:
        self.watch(self.host.ask("filters", "recognition.filters", TITLE, self._arrived, **self.host.request(), layer=self.host.layer))

    def _arrived(self, bundle: Bundle) -> None:
        maps, colours = bundle.parts["filters"], bundle.parts.get("colours")
        assert isinstance(maps, Maps)
        self.grid.set_result(maps)
        self.left_name.set_text(STRONGEST.format(layer=maps.layer))
        for widget in (self.colours, self._colour_name):
            widget.setVisible(isinstance(colours, Picture))
        if isinstance(colours, Picture):
            self.colours.set_result(colours)
        if self._wanted is not None and self._wanted < len(maps.values):
            self.grid.set_selected(self._wanted)
        self._wanted = None
        self._ask_kernels()

    def _choose(self, index: int) -> None:
        self._ask_kernels()
        self.host.changed()

    def _ask_kernels(self) -> None:
        arguments = {**self.host.request(), "layer": self.host.layer, "output_map": self.grid.selected}
        self.host.ask("kernels", "recognition.filters", TITLE, self._kernels_arrived, **arguments)

    def _kernels_arrived(self, bundle: Bundle) -> None:
        self.kernels.set_result(bundle.parts["filters"])
        self.right_name.set_text(ALL_OF.format(index=self.grid.selected))

    def settings(self) -> dict[str, Any]:
        return {"kernel": self.grid.selected if self.grid.maps is not None else self._wanted}

    def apply(self, settings: Mapping[str, Any]) -> None:
        if isinstance(settings.get("kernel"), int):
            self._wanted = settings["kernel"]

    def narrow(self) -> None:
        self._row.setDirection(QBoxLayout.Direction.TopToBottom)
        self._row.setSpacing(look.px(8))

    def numbers(self) -> dict[str, Any]:
        maps, kernels = self.grid.maps, self.kernels.maps
        if maps is None:
            return {}
        found: dict[str, Any] = {"layer": maps.layer, "kernels": list(maps.values.shape), "output_map": self.grid.selected}
        if kernels is not None and len(kernels.values):
            strongest = kernels.order[0] if kernels.order else 0
            found["strongest"] = {"kernel": kernels.names[strongest] if kernels.names else strongest, "values": kernels.values[strongest].tolist()}
        return found

    def result(self) -> Result | None:
        return self.grid.maps
