"""The receptive field: which pixels one value of a layer depends on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from explorer.results import Bundle, Maps, Region, Result
from explorer.window.look import look
from explorer.window.panels.base import Follower, Host, LensPart
from explorer.window.views.controls import Label
from explorer.window.views.maps import MapView
from explorer.window.views.picture import PictureView
from explorer.words import Text, same

TITLE = Text("受容野を測る", "Measuring the receptive field")
CLICK = Text("マスを押すと、そこが見ている画素がわかります。", "Click a cell to see which pixels it looks at.")
SEES = Text("{height} × {width} 画素の枠の中が見えます（画像は {rows} × {columns} 画素）。", "It can see a window of {height} × {width} pixels; the picture has {rows} × {columns}.")
COUNTS = Text("その中で実際に効いている画素は {share:.0%}。", "{share:.0%} of the pixels inside really count.")


class FieldLens(LensPart):
    """The layer's mean map to choose a cell on, and the picture with what this cell depends on."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self._cell: tuple[int, int] | None = None
        self._wanted: tuple[int, int] | None = None
        self._region: Region | None = None
        self._follow = Follower(host, "receptive_field", "recognition.receptive_field", TITLE, self._arrived, self)
        self.map = MapView()
        self.picture = PictureView()
        self.words = Label("", "body", "ink2", wrap=True)
        self._left, self._right = QWidget(), QWidget()
        left, right = QVBoxLayout(self._left), QVBoxLayout(self._right)
        for column in (left, right):
            column.setContentsMargins(0, 0, 0, 0)
        left.addWidget(self.map, 1)
        left.addWidget(Label(CLICK, "label", "ink2"))
        right.addWidget(self.picture, 1)
        right.addWidget(self.words)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self._left, 360)
        self._row.addWidget(self._right, 374)
        self.map.cell.connect(self._move)
        self.map.picked.connect(self._move)
        self.restyle()

    def restyle(self) -> None:
        self._row.setSpacing(look.px(28))

    def depends_on(self) -> object:
        return self.host.version, self.host.layer

    def refresh(self) -> None:
        self._follow.stop()
        self._cell, self._wanted = self._wanted, None
        self._ask()

    def _ask(self) -> None:
        cell = {} if self._cell is None else {"row": self._cell[0], "column": self._cell[1]}
        self._follow.ask(layer=self.host.layer, **cell)

    def _move(self, row: int, column: int) -> None:
        if (row, column) != self._cell:
            self._cell = (row, column)
            self._ask()
            self.host.changed()

    def _arrived(self, bundle: Bundle) -> None:
        region = bundle.parts["region"]
        assert isinstance(region, Region)
        self._region = region
        row, column = int(bundle.facts["row"]), int(bundle.facts["column"])
        maps = bundle.parts.get("map")
        if maps is not None:
            self.map.set_result(maps)
        if self._cell is None or self._cell == (row, column):
            self._cell = (row, column)
            self.map.set_cell(self._cell)
        self.picture.set_result(region)
        self.host.outline(region.box if self.isVisible() else None)
        self.map.set_name(same(self.host.layer))
        x1, y1, x2, y2 = region.box
        rows, columns = region.picture.pixels.shape[:2]
        say = SEES.format(rows=rows, columns=columns, height=round(y2 - y1), width=round(x2 - x1))
        if region.weight is not None:
            inside = region.weight[max(0, round(y1)) : round(y2), max(0, round(x1)) : round(x2)]
            share = float(np.mean(inside > 0.01 * float(np.max(inside, initial=0.0)))) if inside.size else 0.0
            more = COUNTS.format(share=share)
            say = Text(say.ja + more.ja, f"{say.en} {more.en}")
        self.words.set_text(say)

    def settings(self) -> dict[str, Any]:
        cell = self._cell or self._wanted
        return {"cell": list(cell) if cell else None}

    def apply(self, settings: Mapping[str, Any]) -> None:
        cell = settings.get("cell")
        if isinstance(cell, (list, tuple)) and len(cell) == 2 and all(isinstance(i, int) for i in cell):
            self._wanted = (int(cell[0]), int(cell[1]))
            self._forget()

    def narrow(self) -> None:
        self._row.setDirection(QBoxLayout.Direction.TopToBottom)
        self._row.setStretch(0, 1)
        self._row.setStretch(1, 1)
        self._row.setSpacing(look.px(8))
        self.map.setMinimumHeight(look.px(110))
        self.picture.setMinimumHeight(look.px(110))
        self.map.setMaximumHeight(look.px(260))

    def shared(self) -> dict[str, Any]:
        rows, columns = self._size()
        return {"place": [(self._cell[0] + 0.5) / rows, (self._cell[1] + 0.5) / columns]} if self._cell is not None and rows else {}

    def follow(self, shared: Mapping[str, Any]) -> None:
        """The cell at the same place of the picture."""
        rows, columns = self._size()
        if rows and "place" in shared:
            down, across = shared["place"]
            self._move(min(rows - 1, int(down * rows)), min(columns - 1, int(across * columns)))

    def _size(self) -> tuple[int, int]:
        """Rows and columns of the layer's map; 0, 0 before it is there."""
        maps = self.map.result
        return (maps.values.shape[1], maps.values.shape[2]) if isinstance(maps, Maps) else (0, 0)

    def numbers(self) -> dict[str, Any]:
        return {} if self._region is None else {"layer": self.host.layer, "cell": list(self._cell or ()), "box": [float(v) for v in self._region.box]}

    def result(self) -> Result | None:
        return self._region
