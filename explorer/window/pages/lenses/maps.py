"""Feature maps of any layer, and the arithmetic of the convolution under the cursor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from explorer.results import Arithmetic, Bundle, Maps, Result
from explorer.window.look import look
from explorer.window.pages.lenses.tensor import TensorFacts
from explorer.window.panels.base import OPTIONS, CornerButtons, Follower, Host, LensPart
from explorer.window.views.arithmetic import ArithmeticView
from explorer.window.views.controls import Choice, Legend, Menu, Slider
from explorer.window.views.drawing import fixed
from explorer.window.views.maps import ORDER_WORDS, MapGridView, MapPairView
from explorer.words import Text

TITLE = Text("特徴マップを計算", "Computing the feature maps")
SUM = Text("畳み込みを分解", "Taking a convolution apart")
LAYER = Text("層", "Layer")
SORT = Text("並べ方", "Sorting")
COLOURS = Text("色の範囲", "Colour range")
COLOUR_WORDS: dict[str, Text] = {
    "unit": Text("各マップ", "by map"),
    "layer": Text("層", "by layer"),
    "all": Text("全層", "all layers"),
}
MAP_IN = Text("入るマップ", "Map in")
STRONGEST = Text("最も強い", "strongest")
GOES_IN = Text("マップ {index} が入る", "Map {index} goes in")
COLOUR_IN = (
    Text("赤の画素が入る", "Red goes in"),
    Text("緑の画素が入る", "Green goes in"),
    Text("青の画素が入る", "Blue goes in"),
)
COMES_OUT = Text("マップ {index} が出る", "Map {index} comes out")
ONE_MAP = Text("マップ {index}：", "map {index}:")
FACTS = Text("テンソルの中身", "Tensor facts")
SHOWN = Text("見るもの", "Shown")
SHOWN_WORDS: dict[str, Text] = {
    "maps": Text("マップ", "maps"),
    "sum": Text("一つの値", "one value"),
    "facts": Text("テンソル", "tensor"),
}
NO_CONVOLUTION = Text("この層の値は、畳み込みから直接は作られません。", "The values of this layer do not come straight from a convolution.")


class _Sums(QWidget):
    """The two maps with the arithmetic below them, or between them in projection."""

    def __init__(self, pair: MapPairView, arithmetic: ArithmeticView) -> None:
        super().__init__()
        self._pair, self._arithmetic = pair, arithmetic
        pair.setParent(self)
        arithmetic.setParent(self)

    def place(self) -> None:
        """Lay both out in the room there is."""
        width, height = self.width(), self.height()
        self._arithmetic.set_upright(look.projection)
        if look.projection:
            between = round(width * 0.28)
            self._pair.set_between(between)
            self._pair.setGeometry(0, 0, width, height)
            self._arithmetic.setGeometry((width - between) // 2, 0, between, min(height, (width - between) // 2 + look.px(24)))
            self._arithmetic.raise_()
        else:
            top = min(height - look.px(170), width // 2 + look.px(10))
            self._pair.set_between(0)
            self._pair.setGeometry(0, 0, width, top)
            self._arithmetic.setGeometry(0, top + look.px(10), width, height - top - look.px(10))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.place()


class MapsLens(LensPart):
    """The grid at the left; at the right which map goes in, which comes out, and how one value of it is made."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self._maps: Maps | None = None
        self._taken: Bundle | None = None
        self._wanted: dict[str, Any] = {}
        self._goes_in: int | None = None
        self._slim = False
        self.shown = "maps"
        self._follow = Follower(host, "convolution", "recognition.convolution", SUM, self._took_apart, self)

        self.grid = MapGridView()
        self.pair = MapPairView()
        self.arithmetic = ArithmeticView()
        self.arithmetic.placeholder = NO_CONVOLUTION
        self.tensor = TensorFacts(host)
        self.scale = Legend()
        self.legend = self.scale
        corner = CornerButtons(self.grid)
        self.facts_button = corner.add("info", FACTS, self._show_facts)
        self.options_button = corner.add("sliders", OPTIONS, self._show_options)

        self.layer_menu = Menu((), name=LAYER, width=136)
        self.sort_menu = Menu(tuple(ORDER_WORDS.items()), "clearest", name=SORT)
        self.colours = Choice(tuple(COLOUR_WORDS.items()), "unit", name=COLOURS)
        self.shown_choice = Choice(tuple(SHOWN_WORDS.items()), "maps", name=SHOWN)
        self.map_in = Slider(MAP_IN, -1, 15, -1, step=1, format=self._map_in_words, label_width=76, value_width=66)
        self.options = QWidget()
        self._options_row = QHBoxLayout(self.options)
        self._options_row.setContentsMargins(0, 0, 0, 0)
        for control in (self.shown_choice, self.layer_menu, self.sort_menu, self.colours):
            self._options_row.addWidget(control)
        self.shown_choice.hide()
        self._options_row.addWidget(self.map_in, 1)
        self.options.hide()

        self._sums = _Sums(self.pair, self.arithmetic)
        self.right = QStackedWidget()
        self.right.addWidget(self._sums)
        self.right.addWidget(self.tensor)
        self._row = QHBoxLayout()
        self._row.addWidget(self.grid, 360)
        self._row.addWidget(self.right, 374)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.options)
        self._column.addLayout(self._row, 1)

        self.grid.chosen.connect(self._choose)
        self.grid.hovered.connect(self._hover_grid)
        self.grid.left.connect(self._leave)
        self.grid.range_changed.connect(self._show_range)
        self.pair.cell.connect(self._cell)
        self.layer_menu.chosen.connect(host.choose_layer)
        self.sort_menu.chosen.connect(self._sort)
        self.colours.chosen.connect(self._colour_by)
        self.shown_choice.chosen.connect(self._show_narrow)
        self.map_in.changed.connect(self._choose_map_in)
        self.restyle()

    def restyle(self) -> None:
        self._column.setSpacing(look.px(12))
        self._row.setSpacing(look.px(28))
        self._sums.place()
        self._options_row.setSpacing(look.px(12))
        self._say_range()
        if self._taken is not None:
            self._show_pair()

    # the engine

    def depends_on(self) -> object:
        return self.host.version, self.host.layer

    def refresh(self) -> None:
        self._follow.stop()
        self.grid.set_overall_high(self.host.highest)
        layer = self.host.layer
        job = self.host.ask("feature_maps", "recognition.feature_maps", TITLE, self._arrived, **self.host.request(), layer=layer)
        self.watch(job)
        if not self.tensor.isHidden() and self.right.currentWidget() is self.tensor:
            self.tensor.show_now()

    def _arrived(self, maps: Maps) -> None:
        same_layer = self._maps is not None and self._maps.layer == maps.layer and len(self._maps.values) == len(maps.values)
        self._maps = maps
        self.grid.set_result(maps)
        self.layer_menu.set_options([(name, name) for name in self.host.layers()], maps.layer)
        if not same_layer:
            self._goes_in = None
            self.map_in.set_value(-1)
        wanted = self._wanted.get("map")
        if isinstance(wanted, int) and 0 <= wanted < len(maps.values):
            self.grid.set_selected(wanted)
        self._take_apart(self.grid.selected, self._wanted.get("cell"))
        self._wanted = {}

    def _take_apart(self, output: int, cell: object = None) -> None:
        maps = self._maps
        if maps is None or (self._slim and self.shown != "sum"):
            return
        rows, columns = maps.values.shape[1:]
        if isinstance(cell, (list, tuple)) and len(cell) == 2 and 0 <= cell[0] < rows and 0 <= cell[1] < columns:
            row, column = int(cell[0]), int(cell[1])
        else:
            row, column = (int(i) for i in np.unravel_index(int(np.argmax(np.abs(maps.values[output]))), (rows, columns)))
        self.pair.set_cell((row, column))
        self._follow.ask(layer=maps.layer, output_map=output, row=row, column=column, input_map=self._goes_in)

    def _took_apart(self, bundle: Bundle) -> None:
        arithmetic = bundle.parts.get("arithmetic")
        maps = self._maps
        if maps is None or bundle.facts.get("layer", maps.layer) != maps.layer:
            return
        if not isinstance(arithmetic, Arithmetic):
            self.arithmetic.clear()
            self.pair.clear()
            self._taken = None
            return
        if arithmetic.output_map != self.grid.selected:
            return
        self._taken = bundle
        inputs = int(bundle.facts.get("inputs", 0))
        if inputs > 1 and self.map_in.high != inputs - 1:
            self.map_in.set_range(-1, inputs - 1)
        self.arithmetic.set_result(arithmetic)
        self._show_pair()

    def _show_pair(self) -> None:
        assert self._taken is not None and self._maps is not None
        facts, arithmetic, source = self._taken.facts, self._taken.parts["arithmetic"], self._taken.parts["input"]
        assert isinstance(arithmetic, Arithmetic) and isinstance(source, Maps)
        index = arithmetic.input_map
        goes_in = COLOUR_IN[index] if facts.get("inputs") == 3 else GOES_IN.format(index=index)
        low, high = self.grid.colour_range(arithmetic.output_map)
        comes_out = COMES_OUT.format(index=arithmetic.output_map)
        if look.projection:  # there the steps have no room
            value = fixed(arithmetic.steps[-1][1], 2)
            comes_out = Text(f"{comes_out.ja} · {value}", f"{comes_out.en} · {value}")
        self.pair.set_maps(
            source.values[0], self._maps.values[arithmetic.output_map],
            titles=(goes_in, comes_out), highs=(None, high), signed=(source.signed, low < 0),
        )  # fmt: skip
        strongest = float(np.max(np.abs(source.values[0]), initial=0.0))
        self.arithmetic.set_scales(strongest or None, facts.get("kernel_high"), source.signed)
        cell = (arithmetic.row, arithmetic.column)
        if self.pair.current in (None, cell):
            window = facts.get("window")
            self.pair.set_cell(cell, tuple(window) if window else None)
            field = facts.get("field")
            self.host.outline(tuple(field) if field and self.isVisible() else None)

    # choosing

    def _choose(self, index: int) -> None:
        self._take_apart(index)
        self.host.changed()

    def _cell(self, row: int, column: int) -> None:
        self._take_apart(self.grid.selected, (row, column))
        if self._slim:
            self.host.changed()

    def _hover_grid(self, index: int, row: int, column: int) -> None:
        if self.grid.zoom >= 0 and index == self.grid.selected:
            self._take_apart(index, (row, column))

    def _leave(self) -> None:
        if self.grid.zoom >= 0:
            self.grid.set_marked_cell(self.pair.current)

    def _sort(self, order: str) -> None:
        self.grid.set_order(order)  # type: ignore[arg-type]
        self.host.changed()

    def _colour_by(self, by: str) -> None:
        self.grid.set_colour_by(by)  # type: ignore[arg-type]
        if self._taken is not None:
            self._show_pair()
        self.host.changed()

    def _map_in_words(self, value: float) -> str:
        return look.say(STRONGEST) if value < 0 else str(round(value))

    def _choose_map_in(self, value: float) -> None:
        self._goes_in = None if value < 0 else round(value)
        self._take_apart(self.grid.selected, self.pair.current)

    # what is one click away

    def _show_options(self, on: bool) -> None:
        self.options.setVisible(on)

    def _show_facts(self, on: bool) -> None:
        self.right.setCurrentWidget(self.tensor if on else self._sums)
        if on:
            self.tensor.show_now()

    def _show_narrow(self, shown: str) -> None:
        """In a column of half the page: the maps, one value of the chosen map, or the tensor."""
        self._put_narrow(shown)
        self.host.changed()

    def _put_narrow(self, shown: str) -> None:
        before, self.shown = self.shown, shown
        self.shown_choice.set_current(shown)
        self.grid.setVisible(shown == "maps")
        self.right.setVisible(shown != "maps")
        self.right.setCurrentWidget(self.tensor if shown == "facts" else self._sums)
        if shown == "facts" and self._maps is not None:
            self.tensor.show_now()
        if shown == "sum" != before:
            self._take_apart(self.grid.selected, self.pair.current)

    def _show_range(self, low: float, high: float) -> None:
        self.scale.set_range(low, high, "signed" if low < 0 else "viridis")
        self._say_range()

    def _say_range(self) -> None:
        by = self.grid.colour_by
        self.scale.set_before(ONE_MAP.format(index=self.grid.selected) if by == "unit" else None)

    # what the page asks

    def settings(self) -> dict[str, Any]:
        chosen = {"map": self.grid.selected, "cell": list(self.pair.current) if self.pair.current else None}
        slim = {"shown": self.shown} if self._slim else {}
        return {**(chosen if self._maps is not None else self._wanted), **slim, "sort": self.grid.order, "colours": self.grid.colour_by}

    def apply(self, settings: Mapping[str, Any]) -> None:
        if settings.get("sort") in ORDER_WORDS:
            self.sort_menu.set_current(settings["sort"])
            self.grid.set_order(settings["sort"])
        if settings.get("colours") in COLOUR_WORDS:
            self.colours.set_current(settings["colours"])
            self.grid.set_colour_by(settings["colours"])
        if self._slim and settings.get("shown") in SHOWN_WORDS:
            self._put_narrow(settings["shown"])
        self._wanted = {key: settings[key] for key in ("map", "cell") if settings.get(key) is not None}

    def numbers(self) -> dict[str, Any]:
        maps = self._maps
        if maps is None:
            return {}
        found: dict[str, Any] = {"layer": maps.layer, "maps": list(maps.values.shape), "map": self.grid.selected, "first": self.grid.shown()[:8]}
        if self.facts_button.isChecked() or self.shown == "facts":
            found["tensor"] = self.tensor.numbers()
        arithmetic = self.arithmetic.result
        if isinstance(arithmetic, Arithmetic):
            found["value"] = {
                "row": arithmetic.row, "column": arithmetic.column, "map_in": arithmetic.input_map,
                "sum": float(np.sum(arithmetic.window * arithmetic.kernel)),
                "steps": [[name.en, float(value)] for name, value in arithmetic.steps],
            }  # fmt: skip
        return found

    def result(self) -> Result | None:
        return self._maps

    def narrow(self) -> None:
        self._slim = True
        for widget in (self.right, self.facts_button, self.options_button, self.map_in, self.layer_menu):
            widget.hide()
        self._options_row.addStretch(1)
        self.shown_choice.show()
        self.options.show()

    def shared(self) -> dict[str, Any]:
        cell, maps = self.pair.current, self._maps
        place = [(cell[0] + 0.5) / maps.values.shape[1], (cell[1] + 0.5) / maps.values.shape[2]] if self.shown == "sum" and cell and maps is not None else None
        return {"sort": self.grid.order, "colours": self.grid.colour_by, "shown": self.shown, "place": place}

    def follow(self, shared: Mapping[str, Any]) -> None:
        """The same settings, and the value at the same place of the picture."""
        super().follow({key: value for key, value in shared.items() if key != "place"})
        place, maps = shared.get("place"), self._maps
        if place and maps is not None:
            cell = tuple(min(side - 1, int(share * side)) for share, side in zip(place, maps.values.shape[1:], strict=True))
            if cell != self.pair.current:
                self._take_apart(self.grid.selected, cell)

    def project(self, on: bool) -> None:
        self.grid.setVisible(not on)
        self.options.setVisible(not on and self.options_button.isChecked())


