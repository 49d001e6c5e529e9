"""The residual connections switched on and off: how much of the gradient reaches each block, at any depth, with batch normalisation or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from explorer.results import Curves, Result, Series
from explorer.window.client import Job
from explorer.window.look import look
from explorer.window.panels.base import Host, LensPart
from explorer.window.views.controls import Choice, Label, Switch
from explorer.window.views.curves import CurvesView
from explorer.window.views.drawing import power, short
from explorer.words import Text, same

TITLE = Text("勾配を測る", "Measuring the gradient")
DEPTHS = (8, 14, 20, 32, 44, 56)
EVERY = "all"
DEPTH = Text("層の数", "Layers")
RESIDUAL = Text("残差接続", "Residual connections")
BOTH, WITH, WITHOUT = Text("両方", "both"), Text("あり", "with"), Text("なし", "without")
RESIDUAL_WORDS = {"both": BOTH, "with": WITH, "without": WITHOUT}
NORM = Text("バッチ正規化", "Batch normalisation")
LINE = {True: Text("残差接続あり", "with shortcuts"), False: Text("なし", "without")}
BLOCK, LAYERS = Text("ブロック（1 が画像の側）", "block (1 is next to the picture)"), Text("層の数", "layers")
GRADIENT, FIRST = Text("勾配のノルム", "gradient norm"), Text("最初のブロックの勾配のノルム", "gradient norm, first block")
FIRST_BLOCK = Text("最初のブロックに届く勾配", "Gradient that reaches the first block")
TIMES = Text("**{ratio} 倍**：残差接続ありのほうが大きい", "**{ratio} times** as much with the shortcuts")
FEWER = Text("**{ratio} 倍**：残差接続なしのほうが大きい", "**{ratio} times** as much without them")
HOW = Text(
    "学習前の同種のネットワークに、この画像をずらした 8 枚を通して測ります。重みは対で同じです。",
    "Measured before training on networks of this kind, with eight shifted copies of this picture; the weights of a pair are the same.",
)


def times(value: float) -> str:
    """A ratio as it is said: 12, 3,400, 5·10¹¹."""
    if value < 10_000:
        return f"{value:.2g}" if value < 10 else f"{value:,.0f}"
    exponent = int(np.floor(np.log10(value)))
    return f"{value / 10.0**exponent:.0f}·{power(exponent)}"


class Panel(LensPart):
    """In place of the lens of gradients. A click on a point of all depths opens that depth."""

    lens = "gradients"

    def __init__(self, page: Host) -> None:
        super().__init__(page)
        self.chosen_depth: int | None = 56
        self.residual: bool | None = None
        self.norm = False
        self._curves: Curves | None = None
        self._measured: dict[int, dict[bool, Series]] = {}
        self._job: Job | None = None

        self.view = CurvesView(name=GRADIENT)
        self.depth_choice = Choice([(str(d), same(str(d))) for d in DEPTHS] + [(EVERY, Text("すべて", "all"))], "56", name=DEPTH)
        self.residual_choice = Choice(tuple(RESIDUAL_WORDS.items()), "both", name=RESIDUAL)
        self.norm_switch = Switch(NORM, False)
        self.values = {kept: Label("–", "key", "accent" if kept else "ink") for kept in (True, False)}
        self.ratio = Label("", "body", "ink2", wrap=True)
        self.side = QWidget()
        self._side = QVBoxLayout(self.side)
        self._side.setContentsMargins(0, 0, 0, 0)
        self._controls = QWidget()
        controls = QVBoxLayout(self._controls)
        controls.setContentsMargins(0, 0, 0, 0)
        for words, control in ((DEPTH, self.depth_choice), (RESIDUAL, self.residual_choice)):
            controls.addWidget(Label(words, "label", "ink2"))
            controls.addWidget(control)
        controls.addWidget(self.norm_switch)
        self._side.addWidget(self._controls)
        self._side.addWidget(Label(FIRST_BLOCK, "section", wrap=True))
        pair = QGridLayout()
        for column, kept in enumerate((True, False)):
            pair.addWidget(self.values[kept], 0, column)
            pair.addWidget(Label(LINE[kept], "label", "ink2"), 1, column)
        self._side.addLayout(pair)
        self._side.addWidget(self.ratio)
        self._side.addStretch(1)
        self._how = Label(HOW, "caption", "ink3", wrap=True)
        self._side.addWidget(self._how)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.view, 450)
        self._row.addWidget(self.side, 284)

        self.depth_choice.chosen.connect(self._choose_depth)
        self.residual_choice.chosen.connect(self._choose_residual)
        self.norm_switch.toggled.connect(self._choose_norm)
        self.view.point_clicked.connect(self._open_point)
        self.restyle()

    def restyle(self) -> None:
        self._row.setSpacing(look.px(28))
        self._side.setSpacing(look.px(10))
        self._say()

    # the engine

    def depends_on(self) -> object:
        return self.host.version, self.chosen_depth, self.norm

    def refresh(self) -> None:
        self._measured = {}
        depths = DEPTHS if self.chosen_depth is None else (self.chosen_depth,)
        self.view.unfinished = True
        job = self.host.ask("gradients", "recognition.gradients", TITLE, self._grown, **self.host.request(), depths=depths, norm=self.norm)
        self._job = self.watch(job)
        job.ended.connect(self._ended)

    def _grown(self, curves: Curves) -> None:
        """The engine's lines come depth by depth, with the residual connections and without."""
        depths = DEPTHS if self.chosen_depth is None else (self.chosen_depth,)
        for index, line in enumerate(curves.series):
            self._measured.setdefault(depths[index // 2], {})[index % 2 == 0] = line
        self._draw()

    def _ended(self) -> None:
        if self._job is not None and self._job.state != "running":
            self.view.unfinished = False
            self.view.update()

    def _draw(self) -> None:
        kept = [k for k in (True, False) if self.residual in (None, k)]
        lines = []
        for k in kept:
            if self.chosen_depth is not None:
                line = self._measured.get(self.chosen_depth, {}).get(k)
                if line is not None:
                    lines.append(Series(LINE[k], line.x, line.y, main=k))
                continue
            found = [(depth, by[k]) for depth, by in sorted(self._measured.items()) if k in by]
            x, y = np.array([float(d) for d, _ in found]), np.array([float(s.y[0]) for _, s in found])
            opens = tuple({"lens": self.lens, "lens_settings": {"depth": d}} for d, _ in found)
            lines.append(Series(LINE[k], x, y, main=k, opens=opens))
        if lines:
            by_depth = self.chosen_depth is None
            self._curves = Curves(tuple(lines), LAYERS if by_depth else BLOCK, FIRST if by_depth else GRADIENT, y_log=True)
            self.view.set_result(self._curves)
        self._say()

    def first(self, kept: bool) -> float | None:
        """The gradient in the first block, of the chosen or the deepest network."""
        depth = self.chosen_depth or max(self._measured, default=0)
        line = self._measured.get(depth, {}).get(kept)
        return float(line.y[0]) if line is not None else None

    def _say(self) -> None:
        both = {kept: self.first(kept) for kept in (True, False)}
        for kept, label in self.values.items():
            value = both[kept]
            label.set_text("–" if value is None else short(value))
        ratio = self._ratio()
        if ratio is None:
            self.ratio.set_text(" ")
        else:
            self.ratio.set_text(TIMES.format(ratio=times(ratio)) if ratio >= 1 else FEWER.format(ratio=times(1 / ratio)))

    def _ratio(self) -> float | None:
        one, other = self.first(True), self.first(False)
        return one / other if one and other else None

    # choosing

    def _choose_depth(self, key: str) -> None:
        self.chosen_depth = None if key == EVERY else int(key)
        self.show_now()
        self.host.changed()

    def _choose_residual(self, key: str) -> None:
        self.residual = {"with": True, "without": False}.get(key)
        self._draw()
        self.host.changed()

    def _choose_norm(self, on: bool) -> None:
        self.norm = on
        self.show_now()
        self.host.changed()

    def _open_point(self, series: int, index: int) -> None:
        if self._curves is not None and self.chosen_depth is None:
            opens = self._curves.series[series].opens[index]
            if opens is not None:
                self.apply(opens["lens_settings"])
                self.show_now()
                self.host.changed()

    # what the page asks

    def settings(self) -> dict[str, Any]:
        return {"depth": self.chosen_depth or EVERY, "residual": self.residual, "norm": self.norm}

    def apply(self, settings: Mapping[str, Any]) -> None:
        depth = settings.get("depth")
        if depth == EVERY or depth in DEPTHS:
            self.chosen_depth = None if depth == EVERY else int(depth)
            self.depth_choice.set_current(str(depth))
        if "residual" in settings:
            residual = settings["residual"]
            self.residual = residual if isinstance(residual, bool) else None
            self.residual_choice.set_current("both" if self.residual is None else "with" if self.residual else "without")
            if self._measured:
                self._draw()
        if isinstance(settings.get("norm"), bool):
            self.norm = settings["norm"]
            self.norm_switch.blockSignals(True)
            self.norm_switch.setChecked(self.norm)
            self.norm_switch.blockSignals(False)

    def numbers(self) -> dict[str, Any]:
        found: dict[str, Any] = {**self.settings(), "first_with": self.first(True), "first_without": self.first(False), "ratio": self._ratio()}
        if self._curves is not None:
            found["lines"] = {line.name.en: [float(v) for v in line.y] for line in self._curves.series}
        return found

    def result(self) -> Result | None:
        return self._curves

    def project(self, on: bool) -> None:
        self._controls.setVisible(not on)
        self._how.setVisible(not on)
