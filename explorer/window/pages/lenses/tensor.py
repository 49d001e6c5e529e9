"""Facts about a tensor: shape, type, mean, deviation, ends, share of zeros, and how its values are spread."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QVBoxLayout

from explorer.results import Result, Tensor
from explorer.window.look import look
from explorer.window.panels.base import Host, LensPart
from explorer.window.views.controls import Menu, Words
from explorer.window.views.histogram import HistogramView
from explorer.words import Text, same

TITLE = Text("テンソルを調べる", "Looking at the tensor")
WHICH = Text("どのテンソルか", "Which tensor")
OUTPUT = Text("{layer} の出力", "Output of {layer}")


class TensorFacts(LensPart):
    """The facts and a histogram of what the layer looked at puts out, or of any parameter."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.chosen = ""
        self.menu = Menu((), name=WHICH)
        self.histogram = HistogramView()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.menu)
        self._column.addWidget(self.histogram, 1)
        self.menu.chosen.connect(self.choose)
        self.restyle()

    def restyle(self) -> None:
        self._column.setSpacing(look.px(10))

    def names(self) -> list[tuple[str, Words]]:
        """What can be looked at: what the layer puts out (empty key), its own parameters, what layers without maps put out, all other
        parameters."""
        layer, parameters = self.host.layer, self.host.parameters()
        own = [name for name in parameters if name.startswith(f"{layer}.")]
        flat = sorted({name.rpartition(".")[0] for name in parameters if "." in name} - set(self.host.layers()))
        rest = [name for name in parameters if name not in own]
        return [("", OUTPUT.format(layer=layer)), *((n, same(n)) for n in own), *((n, OUTPUT.format(layer=n)) for n in flat), *((n, same(n)) for n in rest)]

    def depends_on(self) -> object:
        return self.host.version, self.host.layer, self.chosen

    def choose(self, name: str) -> None:
        """Look at a parameter or a layer by its name; empty: at what the layer chosen on the page puts out."""
        self.chosen = name
        self.show_now()

    def refresh(self) -> None:
        options = self.names()
        if isinstance(self._answered, tuple) and self.histogram.result is not None and self._layer != self.host.layer:
            self.chosen = ""  # another block was chosen on the page: its output first
        if self.chosen not in [key for key, _ in options]:
            self.chosen = ""
        self._layer = self.host.layer
        self._answered = self.depends_on()
        self.menu.set_options(options, self.chosen)
        layer = self.chosen or self.host.layer
        self.watch(self.host.ask("tensor", "recognition.tensor", TITLE, self.histogram.set_result, **self.host.request(), layer=layer))

    _layer = ""

    def numbers(self) -> dict[str, Any]:
        tensor = self.histogram.result
        if not isinstance(tensor, Tensor):
            return {}
        return {
            "name": tensor.name, "shape": list(tensor.shape), "type": tensor.kind, "mean": tensor.mean, "deviation": tensor.deviation,
            "low": tensor.low, "high": tensor.high, "zeros": tensor.zeros,
        }  # fmt: skip

    def result(self) -> Result | None:
        return self.histogram.result
