"""Which class of test pictures the network takes for which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.results import Bundle, Matrix, Result
from explorer.window.look import look
from explorer.window.pages.lenses.measured import MeasuredLens
from explorer.window.panels.base import Host
from explorer.window.views.controls import Choice, Label, Legend
from explorer.window.views.matrix import MatrixView
from explorer.words import Text

TITLE = Text("混同行列を開く", "Opening the confusion matrix")
NAME = Text("混同行列：行は本当のクラス、列は答え", "Confusion matrix: rows true, columns said")
ALL = Text("テスト画像 {total} 枚の正解率", "Accuracy on {total} test pictures")
CALIBRATED = Text(
    "テスト画像 {total} 枚の正解率。確率と正解率のずれは平均 {ece} ポイントです（期待較正誤差、温度 {temperature}）。",
    "Accuracy on {total} test pictures. Its probabilities are {ece} points off the share of right answers on average "
    "(expected calibration error, at temperature {temperature}).",
)
WORST = Text("いちばん多い間違い：**{true}を{said}と答えた** {count} 枚（{share}）", "Most frequent error: **{true} taken for {said}**, {count} times ({share})")
CELL_WRONG = Text("{true}の {total} 枚のうち **{count} 枚（{share}）を{said}**と答えました。", "Of {total} pictures of {true}, **{count} ({share}) were taken for {said}**.")
CELL_RIGHT = Text("{true}の {total} 枚のうち **{count} 枚（{share}）が正解**です。", "Of {total} pictures of {true}, **{count} ({share}) were right**.")
FIGURES = Text("**{name}**　再現率 {recall}　適合率 {precision}", "**{name}**: recall {recall}, precision {precision}")
EXPLAIN = Text("再現率：そのクラスの画像のうち正しく答えた割合。適合率：そう答えたうち正しかった割合。", "Recall: the share of its pictures found. Precision: the share of those said to be it that are.")
AXES = Text("行：本当のクラス　列：ネットワークの答え", "Rows: true class · columns: what the network said")
SHOW = Text("色", "Colours")
SHOWN = {"errors": Text("間違いだけ", "errors only"), "all": Text("すべて", "all")}
SCALE = Text("枚", "pictures")


class ConfusionLens(MeasuredLens):
    """The matrix at the left; at the right the accuracy, and of the chosen cell's two classes the recall and precision."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self._matrix: Matrix | None = None
        self.facts: Mapping[str, Any] = {}
        self.chosen: tuple[int, int] | None = None
        self._over: tuple[int, int] | None = None
        self.view = MatrixView(name=NAME, digits="all")
        self.axes = Label(AXES, "caption", "ink3")
        self.accuracy = Label("–", "key", "accent")
        self.total = Label("", "label", "ink2", wrap=True)
        self.cell = Label(" ", "body", wrap=True)
        self.figures: tuple[Label, ...] = (Label(" ", "body", wrap=True), Label(" ", "body", wrap=True))
        self.explain = Label(EXPLAIN, "caption", "ink3", wrap=True)
        self.colours = Choice(tuple(SHOWN.items()), "errors", name=SHOW)
        self.scale = Legend("viridis", "0", "")
        self.legend = QWidget()
        legend = QHBoxLayout(self.legend)
        legend.setContentsMargins(0, 0, 0, 0)
        legend.addWidget(self.scale)
        self.scale.hide()
        found = QWidget()
        left = QVBoxLayout(found)
        left.setContentsMargins(0, 0, 0, 0)
        left.addWidget(self.view, 1)
        left.addWidget(self.axes)
        self.lay_out(found, (self.accuracy, self.total, self.colours, self.cell, *self.figures), (self.explain,))
        self.view.hovered.connect(self._hover)
        self.view.clicked.connect(self.choose)
        self.colours.chosen.connect(self._colour)
        self.restyle()

    def depends_on(self) -> object:
        request = self.host.request()
        return request["system"], request["variant"], request["weights"]

    def refresh(self) -> None:
        self.watch(self.host.ask("confusion", "recognition.confusion", TITLE, self._arrived, **self.host.request()))

    def _arrived(self, bundle: Bundle) -> None:
        self.take_missing(bundle)
        self.facts = bundle.facts
        matrix = bundle.parts.get("matrix")
        self._matrix = matrix if isinstance(matrix, Matrix) else None
        if self._matrix is not None and self.chosen is not None and max(self.chosen) >= len(self._matrix.rows):
            self.chosen = None
        self.show_found()

    # what is shown

    def show_found(self) -> None:
        super().show_found()
        self.scale.setVisible(self.missing is None and self._matrix is not None)
        matrix = self._matrix
        if matrix is None:
            return
        names = tuple(self.host.class_words(name) for name in matrix.rows)
        counts = matrix.values
        wrong = counts - np.diag(np.diag(counts))
        high = float(wrong.max() if self.colours.current == "errors" else counts.max()) or 1.0
        self.view.set_result(Matrix(counts, names, names, look.say(SCALE), False, 0.0, high))
        self.scale.set_range("0", f"{high:,.0f} {look.say(SCALE)}")
        self.accuracy.set_text(percent(float(np.trace(counts) / max(1.0, counts.sum()))))
        self.total.set_text(self._of_all(f"{int(counts.sum()):,}"))
        self._say()

    def _of_all(self, total: str) -> Text:
        ece, temperature = self.facts.get("ece"), self.facts.get("temperature")
        if ece is None or temperature is None:
            return ALL.format(total=total)
        return CALIBRATED.format(total=total, ece=f"{ece:.1f}", temperature=f"{temperature:.2f}")

    def worst(self) -> tuple[int, int]:
        """The cell of the most frequent error."""
        assert self._matrix is not None
        wrong = self._matrix.values - np.diag(np.diag(self._matrix.values))
        row, column = np.unravel_index(int(wrong.argmax()), wrong.shape)
        return int(row), int(column)

    def recall_and_precision(self, number: int) -> tuple[float, float]:
        """Of a class: the share of its pictures found, and the share of those said to be it that are; nan without any."""
        assert self._matrix is not None
        counts = self._matrix.values
        hit, true, said = float(counts[number, number]), float(counts[number].sum()), float(counts[:, number].sum())
        return hit / true if true else float("nan"), hit / said if said else float("nan")

    def _say(self) -> None:
        matrix = self._matrix
        if matrix is None:
            return
        row, column = self._over or self.chosen or self.worst()
        names = [self.host.class_words(name) for name in matrix.rows]
        count, total = int(matrix.values[row, column]), int(matrix.values[row].sum())
        words = WORST if not (self._over or self.chosen) else CELL_RIGHT if row == column else CELL_WRONG
        share = percent(count / total) if total else "–"
        self.cell.set_text(words.format(true=names[row], said=names[column], count=f"{count:,}", total=f"{total:,}", share=share))
        for label, number in zip(self.figures, (row, column), strict=False):
            recall, precision = self.recall_and_precision(number)
            label.set_text(FIGURES.format(name=names[number], recall=percent(recall), precision=percent(precision)))
            label.setVisible(not look.projection and (label is self.figures[0] or row != column))
        self.view.set_highlight(row if self._over is None else None, None)

    def _hover(self, row: int, column: int) -> None:
        self._over = (row, column) if row >= 0 else None
        self._say()

    def choose(self, row: int, column: int) -> None:
        """Keep a cell's figures on screen."""
        self.chosen = (row, column)
        self._say()
        self.host.changed()

    def _colour(self, _: str) -> None:
        self.show_found()
        self.host.changed()

    # what the page asks

    def settings(self) -> dict[str, Any]:
        return {"cell": list(self.chosen) if self.chosen else None, "colours": self.colours.current}

    def apply(self, settings: Mapping[str, Any]) -> None:
        cell = settings.get("cell")
        if isinstance(cell, (list, tuple)) and len(cell) == 2 and all(isinstance(i, int) and i >= 0 for i in cell):
            inside = self._matrix is None or max(cell) < len(self._matrix.rows)
            self.chosen = (int(cell[0]), int(cell[1])) if inside else None
        if settings.get("colours") in SHOWN:
            self.colours.set_current(settings["colours"])
        self.show_found()

    def narrow(self) -> None:
        super().narrow()
        for widget in (self.colours, self.explain, *self.figures):
            widget.hide()
        self.figures = ()

    def shared(self) -> dict[str, Any]:
        return {"cell": list(self.chosen) if self.chosen else None}

    def numbers(self) -> dict[str, Any]:
        matrix = self._matrix
        if matrix is None:
            return {"missing": self.missing.en} if self.missing is not None else {}
        row, column = self.worst()
        figures = {name: dict(zip(("recall", "precision"), self.recall_and_precision(k), strict=True)) for k, name in enumerate(matrix.rows)}
        return {
            "accuracy": float(np.trace(matrix.values) / max(1.0, matrix.values.sum())), "pictures": int(matrix.values.sum()),
            "worst": {"true": matrix.rows[row], "said": matrix.rows[column], "count": int(matrix.values[row, column])}, "classes": figures,
        }  # fmt: skip

    def result(self) -> Result | None:
        return self._matrix

    def project(self, on: bool) -> None:
        for widget in (self.colours, self.explain):
            widget.setVisible(not on)
        self._say()


def percent(value: float) -> str:
    """A share as per cent, with one decimal; a dash for none."""
    return "–" if value != value else f"{100 * value:.1f} %"
