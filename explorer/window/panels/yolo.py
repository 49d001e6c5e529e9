"""The grid over the picture: how sure each cell is, of which class, and the boxes it answers with, before and after suppression."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.catalogue.classes import COLOURS
from explorer.results import Boxes, Bundle, Maps, Result, Scores
from explorer.window.look import look
from explorer.window.panels.base import Host, LensPart, boxes_of
from explorer.window.views.bars import ROW, BarsView
from explorer.window.views.controls import Choice, Label, Legend, Slider
from explorer.window.views.drawing import colours
from explorer.window.views.places import Outline, PlacesView, corners
from explorer.window.views.suppression import standing
from explorer.words import Text

TITLE = Text("格子を調べる", "Looking at the grid")
GRID = Text("格子のマス", "Cells of the grid")
CELLS_BY = Text("マスの色", "Cells by")
BY: Mapping[str, Text] = {"confidence": Text("確信度", "confidence"), "class": Text("クラス", "class"), "none": Text("なし", "none")}
SHOWN = Text("描く箱", "Boxes")
SHOWS: Mapping[str, Text] = {
    "cell": Text("このマス", "this cell's"),
    "before": Text("全部", "all"),
    "after": Text("消した後", "kept"),
}
LEAST = Text("確からしさ", "Least score")
CLASSES_HERE = Text("このマスのクラス", "Classes in this cell")
ALL = Text("{columns} × {rows} マス × {each} 箱 ＝ **{all} 箱**を一度に答えます。", "{columns} × {rows} cells × {each} boxes: **{all} boxes** in one pass.")
HERE = Text("{row} 行 {column} 列のマス：箱の確信度は **{sure}**。", "Cell in row {row}, column {column}: its boxes are **{sure}** sure.")
KEPT = Text("{least} より確かな箱は {before} 個。重なりを消すと **{after} 個**。", "{before} boxes are surer than {least}; **{after}** are left after suppression.")
CONFIDENCE = Text("確信度", "Confidence")
ROWS = 4


class Panel(LensPart):
    """The lens ``cells``."""

    lens = "cells"

    def __init__(self, page: Host) -> None:
        super().__init__(page)
        self.place: tuple[int, int] | None = None
        self._bundle: Bundle | None = None
        self.view = PlacesView(name=GRID)
        self.by = Choice(tuple(BY.items()), "confidence", name=CELLS_BY)
        self.shown = Choice(tuple(SHOWS.items()), "cell", name=SHOWN)
        self.least = Slider(LEAST, 0.05, 0.95, 0.5, step=0.01, format=lambda value: f"{value:.2f}", label_width=84)
        self.all_words = Label("", "label", "ink2", wrap=True)
        self.here_words = Label("", "label", "ink", wrap=True)
        self.kept_words = Label("", "label", "ink2", wrap=True)
        self.bars = BarsView(top=ROWS, name=CLASSES_HERE)
        self.scale = Legend("viridis", before=CONFIDENCE)
        self.legend = self.scale
        self.side = QWidget()
        self._side = QVBoxLayout(self.side)
        self._side.setContentsMargins(0, 0, 0, 0)
        self._choices = []
        for words, choice in ((CELLS_BY, self.by), (SHOWN, self.shown)):
            line = QWidget()
            row = QHBoxLayout(line)
            row.setContentsMargins(0, 0, 0, 0)
            row.addWidget(Label(words, "label", "ink2"), 1)
            row.addWidget(choice)
            self._choices.append(line)
            self._side.addWidget(line)
        for widget in (self.least, self.here_words, self.bars, self.kept_words, self.all_words):
            self._side.addWidget(widget)
        self._side.addStretch(1)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.view, 450)
        self._row.addWidget(self.side, 300)
        self.view.placed.connect(self._choose_place)
        self.by.chosen.connect(lambda _: self._choose_shown())
        self.shown.chosen.connect(lambda _: self._choose_shown())
        self.least.changed.connect(lambda _: self._show_boxes())
        self.least.released.connect(lambda _: self.host.changed())
        self.restyle()

    def restyle(self) -> None:
        self._row.setSpacing(look.px(24))
        self._side.setSpacing(look.px(7))
        self.bars.setFixedHeight(look.px(ROW * ROWS + 2))
        self._say()

    def refresh(self) -> None:
        self.watch(self.host.ask(self.lens, "detection.cells", TITLE, self._take, **self.host.request()))

    def _take(self, bundle: Bundle) -> None:
        self._bundle = bundle
        rows, columns = bundle.facts["rows"], bundle.facts["columns"]
        self.view.show_picture(boxes_of(self._bundle).picture)
        self.view.set_places(rows, columns)
        if self.place is None or self.place[0] >= rows or self.place[1] >= columns:
            best = int(self._confidences().max(0).argmax())
            self.place = best // columns, best % columns
        self.view.set_place(*self.place)
        self._say()

    def _maps(self, name: str) -> Maps:
        assert self._bundle is not None
        maps = self._bundle.parts[name]
        assert isinstance(maps, Maps)
        return maps

    def _confidences(self) -> NDArray[Any]:
        """Of each of a cell's boxes, (boxes, rows, columns), from 0 to 1."""
        return np.clip(self._maps("confidences").values, 0.0, 1.0)

    def _colour(self, label: int) -> str:
        known = COLOURS.get(self.host.variant.classes, ())
        return known[label] if label < len(known) else look.class_colour(label).name()

    def _say(self) -> None:
        if self._bundle is None or self.place is None:
            return
        facts, (row, column) = self._bundle.facts, self.place
        self._colour_cells()
        self._show_boxes()
        sure = self._confidences()[:, row, column]
        self.here_words.set_text(HERE.format(row=row + 1, column=column + 1, sure=" / ".join(f"{value:.2f}" for value in sure)))
        classes = self._maps("classes")
        self.bars.set_result(Scores(tuple(self.host.class_words(name) for name in classes.names), classes.values[:, row, column]))
        self.all_words.set_text(
            ALL.format(columns=facts["columns"], rows=facts["rows"], each=facts["boxes"], all=facts["columns"] * facts["rows"] * facts["boxes"])
        )

    def _colour_cells(self) -> None:
        sure = self._confidences().max(0)
        if self.by.current == "none":
            self.view.set_cells(None)
        elif self.by.current == "confidence":
            cover = np.full(sure.shape, 150, np.uint8)
            self.view.set_cells(np.dstack([colours(sure, 0.0, 1.0, False), cover]))
        else:
            assert self._bundle is not None
            best = np.asarray(self._bundle.facts["best"]).reshape(sure.shape)
            paint = np.zeros((*sure.shape, 4), np.uint8)
            for label in np.unique(best):
                colour = QColor(self._colour(int(label)))
                paint[best == label, :3] = colour.red(), colour.green(), colour.blue()
            paint[..., 3] = np.rint(40 + 170 * sure)
            self.view.set_cells(paint)
        self.scale.setVisible(self.by.current == "confidence")

    def _scored(self) -> NDArray[Any]:
        """How sure each box is of its cell's likeliest class: confidence times the class's probability."""
        boxes, classes = boxes_of(self._bundle), self._maps("classes").values
        each = len(boxes.scores) // (classes.shape[1] * classes.shape[2])
        return np.asarray(boxes.scores * np.repeat(classes.max(0).ravel(), each))

    def _show_boxes(self) -> None:
        if self._bundle is None or self.place is None:
            return
        boxes, scored, facts = boxes_of(self._bundle), self._scored(), self._bundle.facts
        kept = standing(boxes.boxes, scored, boxes.labels, self.least.value, float(self.host.fact("overlap", 0.5)))
        self._counts = int(np.count_nonzero(scored >= self.least.value)), len(kept)
        if self.shown.current == "cell":
            first = (self.place[0] * facts["columns"] + self.place[1]) * facts["boxes"]
            which, weights = np.arange(first, first + facts["boxes"]), boxes.scores
        elif self.shown.current == "before":
            which, weights = np.arange(len(scored)), boxes.scores
        else:
            which, weights = kept, scored
        order = which[np.argsort(-weights[which], kind="stable")]
        told = {"cell": 1, "before": 0, "after": 24}[self.shown.current]  # a cell's boxes are all of one class
        self.view.set_outlines([self._outline(boxes, int(i), float(weights[i]), len(order) <= 24 and place < told) for place, i in enumerate(order)])
        self.kept_words.set_text(KEPT.format(least=f"{self.least.value:.2f}", before=self._counts[0], after=self._counts[1]))

    def _outline(self, boxes: Boxes, index: int, weight: float, told: bool) -> Outline:
        label = int(boxes.labels[index])
        words = f"{self.host.class_words(boxes.names[label])} {weight:.2f}" if told else ""
        return Outline(corners(boxes, index), self._colour(label), weight, words, name=boxes.names[label], score=weight)

    def _choose_place(self, row: int, column: int) -> None:
        self.place = row, column
        self.shown.set_current("cell")
        self._say()
        self.host.changed()

    def _choose_shown(self) -> None:
        self._say()
        self.host.changed()

    def settings(self) -> dict[str, Any]:
        return {"place": list(self.place) if self.place else None, "by": self.by.current, "shown": self.shown.current, "least": self.least.value}

    def apply(self, settings: Mapping[str, Any]) -> None:
        place, least = settings.get("place"), settings.get("least")
        if isinstance(place, (list, tuple)) and len(place) == 2 and all(isinstance(one, int) and one >= 0 for one in place):
            self.place = int(place[0]), int(place[1])
            if self.view.rows and place[0] < self.view.rows and place[1] < self.view.columns:
                self.view.set_place(*self.place)
        for key, choice, known in (("by", self.by, BY), ("shown", self.shown, SHOWS)):
            if settings.get(key) in known:
                choice.set_current(settings[key])
        if isinstance(least, (int, float)) and self.least.low <= least <= self.least.high:
            self.least.set_value(float(least))
        self._say()

    def numbers(self) -> dict[str, Any]:
        if self._bundle is None or self.place is None:
            return self.settings()
        row, column = self.place
        classes, facts = self._maps("classes"), self._bundle.facts
        return {
            "rows": facts["rows"], "columns": facts["columns"], "boxes": facts["boxes"], "row": row, "column": column, "shown": len(self.view.outlines),
            "confidences": [float(value) for value in self._confidences()[:, row, column]], "mean_confidence": float(self._confidences().mean()),
            "class": classes.names[int(classes.values[:, row, column].argmax())], "before": self._counts[0], "after": self._counts[1], "least": self.least.value,
        }  # fmt: skip

    def result(self) -> Result | None:
        return self._bundle.parts["boxes"] if self._bundle is not None else None

    def project(self, on: bool) -> None:
        for widget in (*self._choices, self.least, self.kept_words):
            widget.setVisible(not on)
