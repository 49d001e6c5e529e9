"""A page with two lenses for the tests of the window; answered by a fake client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from explorer.catalogue import System
from explorer.results import Matrix
from explorer.window.client import Client
from explorer.window.look import look
from explorer.window.pages.base import BasePage
from explorer.window.views.view import View
from explorer.words import Text, same


class Cells(View):
    """Draws a matrix as coloured cells."""

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        assert isinstance(self.result, Matrix)
        rows, columns = self.result.values.shape
        side = min(rect.width() / columns, rect.height() / rows)
        colours = look.viridis(self.result.values)
        for r in range(rows):
            for c in range(columns):
                red, green, blue = (int(v) for v in colours[r, c])
                painter.fillRect(QRectF(c * side, r * side, side - 2, side - 2), look.class_colour(0).fromRgb(red, green, blue))


class Page(BasePage):
    accepts = "picture"

    def __init__(self, system: System, client: Client) -> None:
        super().__init__(system, client)
        self.opened: list[Any] = []
        self.lenses_seen: list[str] = []
        rng = np.random.default_rng(0)
        for k in range(3):
            pixels = rng.integers(0, 255, (40, 40, 3)).astype(np.uint8)
            self.add_sample(f"s{k}", Text(f"見本 {k}", f"Sample {k}"), pixels)
        self.add_input_buttons(camera=True)
        self.first, self.second = Cells(), Cells()
        self.first.set_name(Text("地図", "Map"))
        self.first.set_result(Matrix(rng.random((6, 9)), tuple("abcdef"), tuple("123456789")))
        self.add_lens(system.lenses[0], self.first)
        self.add_lens(system.lenses[1], self.second)

    def start(self) -> None:
        self.mark_sample("s0")
        self.open_input("s0")

    def open_input(self, value: Any) -> None:
        self.opened.append(value)
        self.ask("main", "stub.look", same("stub"), self.take, picture=value)

    def take(self, result: Matrix) -> None:
        self.second.set_result(result)
        self.state_changed.emit()

    def lens_shown(self, lens_id: str) -> None:
        self.lenses_seen.append(lens_id)

    def state(self) -> dict[str, Any]:
        last = self.opened[-1] if self.opened else None
        return {**super().state(), "input": last if isinstance(last, str) else None}

    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        if state.get("input"):
            self.open_input(state["input"])

    def numbers(self) -> dict[str, Any]:
        return {"input": self.state()["input"]}
