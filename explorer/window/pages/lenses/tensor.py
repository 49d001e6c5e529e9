"""Facts about the tensor a layer puts out: shape, type, mean, deviation, and how its values are spread."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QVBoxLayout

from explorer.results import Result, Tensor
from explorer.window.panels.base import Host, LensPart
from explorer.window.views.histogram import HistogramView
from explorer.words import Text

TITLE = Text("テンソルを調べる", "Looking at the tensor")


class TensorFacts(LensPart):
    """The facts and a histogram of the layer that is looked at."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.histogram = HistogramView()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.histogram)

    def depends_on(self) -> object:
        return self.host.version, self.host.layer

    def refresh(self) -> None:
        self.watch(self.host.ask("tensor", "recognition.tensor", TITLE, self.histogram.set_result, **self.host.request(), layer=self.host.layer))

    def numbers(self) -> dict[str, Any]:
        tensor = self.histogram.result
        if not isinstance(tensor, Tensor):
            return {}
        return {"name": tensor.name, "shape": list(tensor.shape), "type": tensor.kind, "mean": tensor.mean, "deviation": tensor.deviation}

    def result(self) -> Result | None:
        return self.histogram.result
