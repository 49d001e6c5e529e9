"""The U with its skip connections, each of which can be switched off, and what becomes of the mask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from explorer.catalogue.classes import COLOURS
from explorer.catalogue.drawn import drawn_for
from explorer.results import Bundle, Graph, Mask, Result
from explorer.window.look import look
from explorer.window.panels.base import Host, LensPart
from explorer.window.views.controls import Button, Label
from explorer.window.views.mask import MaskView
from explorer.window.views.strip import shape_text
from explorer.window.views.ushape import Level, Stage, UShapeView
from explorer.words import Text

TITLE = Text("スキップ接続を切って答えを見る", "Looking without skip connections")
WITH, WITHOUT = Text("すべてつないだとき", "With all of them"), Text("切ったとき", "As switched")
ALL_ON, ALL_OFF = Text("すべてつなぐ", "All on"), Text("すべて切る", "All off")
ROWS = {
    "iou": Text("平均 IoU", "Mean IoU"),
    "boundary": Text("境目の F 値", "Boundary F"),
}
CHANGED = Text("**{share}** の画素でクラスが変わります。", "**{share}** of the pixels change their class.")
NO_TRUTH = Text("正解がわかるのは描いた見本だけです。見本を選ぶと、境目の点数も出ます。", "The truth is known of drawn samples only: choose one to see the score at boundaries.")
WITHIN = Text("境目の F 値：{pixels} 画素以内のずれは許します。", "Boundary F: outlines off by up to {pixels} pixels count as right.")


class Panel(LensPart):
    """The lens ``skips``. ``off``: the levels switched off, 1 the finest; None: all of them."""

    lens = "skips"

    def __init__(self, page: Host) -> None:
        super().__init__(page)
        self.off: tuple[int, ...] | None = None
        self._bundle: Bundle | None = None
        self.shape = UShapeView()
        self.views = {"with": MaskView(name=WITH), "without": MaskView(name=WITHOUT)}
        self.all_on, self.all_off = Button(ALL_ON, "plain"), Button(ALL_OFF, "plain")
        self.changed = Label("", "body", wrap=True)
        self.known = Label("", "caption", "ink3", wrap=True)
        self.values = {(row, key): Label("–", "key" if row == "boundary" else "value", "ink") for row in ROWS for key in self.views}
        pictures = QGridLayout()
        for column, (key, words) in enumerate((("with", WITH), ("without", WITHOUT))):
            pictures.addWidget(Label(words, "label", "ink2"), 0, column)
            pictures.addWidget(self.views[key], 1, column)
            pictures.setColumnStretch(column, 1)
        self._pictures = pictures
        self.scores = QWidget()
        self._cells: list[QHBoxLayout] = []
        self._table = table = QGridLayout(self.scores)
        table.setContentsMargins(0, 0, 0, 0)
        for line, (row, words) in enumerate(ROWS.items()):
            for column, key in enumerate(self.views):
                cell = QHBoxLayout()
                self._cells.append(cell)
                cell.addWidget(Label(words, "label", "ink2"))
                cell.addWidget(self.values[row, key])
                cell.addStretch(1)
                table.addLayout(cell, line, column)
                table.setColumnStretch(column, 1)
        self._right = QVBoxLayout()
        self._right.addLayout(pictures)
        self._right.addWidget(self.scores)
        self._right.addWidget(self.changed)
        self._right.addWidget(self.known)
        self._right.addStretch(1)
        self._left = QVBoxLayout()
        self._left.addWidget(self.shape, 1)
        self.buttons = QWidget()
        line_of_buttons = QHBoxLayout(self.buttons)
        line_of_buttons.setContentsMargins(0, 0, 0, 0)
        line_of_buttons.addStretch(1)
        line_of_buttons.addWidget(self.all_on)
        line_of_buttons.addWidget(self.all_off)
        line_of_buttons.addStretch(1)
        self._left.addWidget(self.buttons)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addLayout(self._left, 320)
        self._row.addLayout(self._right, 414)
        self.shape.switched.connect(self._switch)
        self.shape.stage_chosen.connect(page.choose_layer)
        self.all_on.clicked.connect(lambda: self._choose(()))
        self.all_off.clicked.connect(lambda: self._choose(tuple(range(1, self.levels() + 1))))
        self.restyle()

    def restyle(self) -> None:
        self._row.setSpacing(look.px(28))
        self._left.setSpacing(look.px(8))
        self._right.setSpacing(look.px(6))
        for grid in (self._pictures, self._table):
            grid.setHorizontalSpacing(look.px(12))
        for cell in self._cells:
            cell.setSpacing(look.px(8))
        self._pictures.setVerticalSpacing(look.px(4))
        self._fit()
        self._say()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """The pictures as high as their width asks for, where there is so much room."""
        mask = self.result()
        if isinstance(mask, Mask):
            rows, columns = mask.labels.shape
            width = (self.width() - look.px(28)) * 414 // 734 // 2 - look.px(6)
            high = max(1, min(round(width * rows / columns), self.height() - look.px(190 if not look.projection else 120)))
            for view in self.views.values():
                view.setFixedHeight(high)

    def levels(self) -> int:
        """How many skip connections the network has."""
        return len(self.shape.levels)

    def depends_on(self) -> object:
        return self.host.version, self.off

    def refresh(self) -> None:
        self._draw_network()
        if self.off is not None and any(level > self.levels() for level in self.off):  # another network may have fewer
            self.off = tuple(level for level in self.off if level <= self.levels())
            self._answered = self.depends_on()
        request = self.host.request()
        drawn = drawn_for(request["picture"], self.host.variant.classes)
        more = {"kind": drawn.kind, "seed": drawn.seed} if drawn is not None else {}
        self.watch(self.host.ask(self.lens, "segmentation.skips", TITLE, self._take, **request, **more, off=self.off))

    def _draw_network(self) -> None:
        """The stages of the running network, with the map of each."""
        graph: Graph | None = self.host.part("graph", Graph)
        faces = self.host.faces()
        shapes = {node.name: shape_text(node.shape) for node in graph.nodes} if graph is not None else {}

        def stage(name: str) -> Stage:
            return Stage(name, shapes[name], np.abs(faces[name]))

        count = 0
        while f"skip{count + 1}" in shapes:
            count += 1
        if count and {"bottom", *(f"{side}{n}" for n in range(1, count + 1) for side in ("down", "join"))} <= set(faces):
            self.shape.set_stages([Level(stage(f"down{n}"), stage(f"join{n}")) for n in range(1, count + 1)], stage("bottom"))
            self.shape.set_off(range(1, count + 1) if self.off is None else self.off)

    def _take(self, bundle: Bundle) -> None:
        self._bundle = bundle
        for key, view in self.views.items():
            view.set_colours(COLOURS.get(self.host.variant.classes, ()))
            view.set_result(bundle.parts[key])
        self._fit()
        self.shape.set_off(bundle.facts["off"])
        self._say()

    def _say(self) -> None:
        if self._bundle is None:
            return
        facts = self._bundle.facts
        share = 100 * facts["changed"]
        self.changed.set_text(CHANGED.format(share=f"{share:.1f} %" if share < 10 else f"{share:.0f} %"))
        known = "iou_with" in facts
        self.scores.setVisible(known)
        self.known.set_text(WITHIN.format(pixels=f"{facts['boundary_pixels']:g}") if known else NO_TRUTH)
        for (row, key), label in self.values.items():
            label.set_text(f"{facts[f'{row}_{key}']:.2f}" if known else "–")
            label.set_colour("accent" if key == "with" else "ink")

    def _switch(self, level: int) -> None:
        off = set(self.shape.off) ^ {level}
        self._choose(tuple(sorted(off)))

    def _choose(self, off: tuple[int, ...]) -> None:
        self.off = off
        self.shape.set_off(off)
        self.show_now()
        self.host.changed()

    def settings(self) -> dict[str, Any]:
        return {"off": None if self.off is None else list(self.off)}

    def apply(self, settings: Mapping[str, Any]) -> None:
        off = settings.get("off")
        if isinstance(off, (list, tuple)) and all(isinstance(level, int) and level > 0 for level in off):
            self.off = tuple(sorted(set(off)))

    def numbers(self) -> dict[str, Any]:
        if self._bundle is None:
            return self.settings()
        return {**{key: value for key, value in self._bundle.facts.items() if key != "boundary_pixels"}, "off": list(self._bundle.facts["off"])}

    def result(self) -> Result | None:
        mask = self._bundle.parts["without"] if self._bundle is not None else None
        return mask if isinstance(mask, Mask) else None

    def project(self, on: bool) -> None:
        self.buttons.setVisible(not on)
        self.known.setVisible(not on)
