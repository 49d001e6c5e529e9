"""The player of an agent with a network: buttons, counts, sliders, its checkpoints and the curve of returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.results import Curves
from explorer.window.look import look
from explorer.window.pages.agent_parts import PAUSE, PLAY, RESET, STEP, TOP_SPEED, set_quietly, speed_of, speed_text
from explorer.window.views.controls import Button, IconButton, Label, Slider, Switch
from explorer.window.views.curves import CurvesView
from explorer.window.views.drawing import short
from explorer.words import Text, same

SPEED, EXPLORE = Text("速さ", "Speed"), Text("探索 ε", "Explore ε")
LEARN, DISCOUNT = Text("学習率", "Learning rate"), Text("割引率 γ", "Discount γ")
TOUR = Text("一つずつ順に見る", "Watch them one after another")
CHECKPOINT, FIRST, NOW = Text("いつの姿", "Watch it at"), Text("最初", "start"), Text("今", "now")
MINE, WATCH = Text("自分で動かす", "Let me play"), Text("見るだけ", "Watch")
STEPS = Text("ステップ", "steps")
ANOTHER_SEED = Text(
    "別のシードで学び直します。これまでの学習は、シードによる幅として曲線に残ります。", "Learns again with another seed; what was learnt before stays in the curve, as the spread over seeds."
)
EPISODES = Text("{count} エピソード、毎秒 {rate}", "{count} episodes, {rate} a second")
EPISODES_ONLY = Text("{count} エピソード", "{count} episodes")
RETURN = Text("収益、100 エピソードの平均（シード {seed}）", "Return, mean of 100 episodes (seed {seed})")

LABEL, VALUE = 96, 60
"""Widths of the columns of the sliders in px."""


class Player(QWidget):
    """``command(name, values)``: what the session is to do; ``watched(on)``; ``visited(index or None)``; ``toured()``: every checkpoint in turn;
    ``hands_on(on)``: the user plays."""

    command = Signal(str, dict)
    watched = Signal(bool)
    visited = Signal(object)
    toured = Signal()
    hands_on = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._marks: tuple[int, ...] = ()
        self.play = Button(PLAY, "filled", "play", large=True)
        self.step = Button(STEP, "tint", "step", large=True)
        self.over = Button(RESET, "plain", "reset", large=True)
        self.count, self.unit, self.where = Label("0", "key"), Label(STEPS, "label", "ink2"), Label("", "label", "ink2", align="right")
        self.speed = Slider(SPEED, 1.0, TOP_SPEED, TOP_SPEED, log=True, format=speed_text, label_width=LABEL, value_width=VALUE)
        self.epsilon = Slider(EXPLORE, 0.0, 1.0, 0.05, 0.01, label_width=LABEL, value_width=VALUE)
        self.rate = Slider(LEARN, 1e-5, 1e-2, 1e-3, log=True, format=lambda value: short(float(f"{value:.2g}")), label_width=LABEL, value_width=VALUE)
        self.gamma = Slider(DISCOUNT, 0.5, 0.999, 0.99, 0.001, label_width=LABEL, value_width=VALUE)
        self.checkpoint = Slider(CHECKPOINT, 0.0, 1.0, 1.0, 1.0, format=self._checkpoint_text, label_width=LABEL, value_width=VALUE, stops=True)
        self.tour = IconButton("play", TOUR)
        self.mine, self.watch = Switch(MINE), Switch(WATCH)
        self.curve = CurvesView(title=RETURN.format(seed=0))
        self.playing = False
        self._column, self._buttons, self._counts, self._switches = QVBoxLayout(self), QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        self._fill()
        self.play.clicked.connect(lambda: self.command.emit("pause" if self.playing else "play", {}))
        self.step.clicked.connect(lambda: self.command.emit("step", {}))
        self.over.clicked.connect(lambda: self.command.emit("reset", {}))
        self.speed.changed.connect(lambda value: self.command.emit("set", {"speed": speed_of(value)}))
        for name, slider in (("epsilon", self.epsilon), ("learning_rate", self.rate), ("gamma", self.gamma)):
            slider.changed.connect(lambda value, name=name: self.command.emit("set", {name: float(f"{value:.3g}")}))
        self.checkpoint.released.connect(self._visit)
        self.tour.clicked.connect(self.toured)
        self.watch.toggled.connect(self.watched)
        self.mine.toggled.connect(self.hands_on)
        look.changed.connect(self._restyle)
        self._restyle()

    def _fill(self) -> None:
        self._column.setContentsMargins(0, 0, 0, 0)
        for button in (self.play, self.step, self.over):
            self._buttons.addWidget(button)
        self._buttons.addStretch(1)
        self._counts.addWidget(self.count)
        self._counts.addWidget(self.unit)
        self._counts.addWidget(self.where, 1)
        for switch in (self.mine, self.watch):
            self._switches.addWidget(switch)
        self._switches.addStretch(1)
        self._column.addLayout(self._buttons)
        self._column.addLayout(self._counts)
        self._sliders = QVBoxLayout()
        self._sliders.setContentsMargins(0, 0, 0, 0)
        self._sliders.setSpacing(0)
        for slider in self.sliders()[:-1]:
            self._sliders.addWidget(slider)
        checkpoints = QHBoxLayout()
        checkpoints.setSpacing(look.px(8))
        checkpoints.addWidget(self.checkpoint, 1)
        checkpoints.addWidget(self.tour)
        self._sliders.addLayout(checkpoints)
        self._column.addLayout(self._sliders)
        self._column.addLayout(self._switches)
        self._column.addWidget(self.curve, 1)

    def sliders(self) -> tuple[Slider, ...]:
        """All of them, from the top."""
        return self.speed, self.epsilon, self.rate, self.gamma, self.checkpoint

    def _restyle(self) -> None:
        self.over.setToolTip(look.say(ANOTHER_SEED))
        self.setFixedWidth(look.px(322))
        self._column.setSpacing(look.px(6))
        for slider in self.sliders():
            slider.setFixedHeight(look.px(26))
        self.tour.setFixedSize(look.px(26), look.px(26))
        self.curve.setMinimumHeight(look.px(78))
        self._buttons.setSpacing(look.px(8))
        self._counts.setSpacing(look.px(6))
        self._switches.setSpacing(look.px(14))

    def _checkpoint_text(self, value: float) -> str:
        index = int(value)
        if index >= len(self._marks):
            return look.say(NOW)
        return f"{self._marks[index]:,}" if self._marks[index] else look.say(FIRST)

    def _visit(self, value: float) -> None:
        index = int(value)
        self.visited.emit(index if index < len(self._marks) else None)

    def let_go(self) -> None:
        """The user's hands and the watching end with a session."""
        for switch in (self.mine, self.watch):
            set_quietly(switch, False)

    def take(self, facts: Mapping[str, Any], numbers: Mapping[str, float]) -> None:
        """Show where the session stands."""
        self.playing = bool(facts["playing"])
        self.play.set_text(PAUSE if self.playing else PLAY)
        self.play.set_icon("pause" if self.playing else "play")
        self.count.set_text(f"{int(numbers['steps']):,}")
        rate, episodes = numbers["steps_per_second"], f"{int(numbers['episodes']):,}"
        self.where.set_text(EPISODES.format(count=episodes, rate=f"{float(f'{rate:.2g}'):,.0f}") if rate >= 1 else EPISODES_ONLY.format(count=episodes))
        for slider, value in ((self.speed, facts["speed"] or TOP_SPEED), (self.rate, max(self.rate.low, facts["settings"]["learning_rate"])), (self.gamma, facts["settings"]["gamma"]), (self.epsilon, numbers["epsilon"])):
            if not slider.dragging:
                slider.set_value(value)
        marks = tuple(int(steps) for steps in facts["marks"])
        if not self.checkpoint.dragging:
            if marks != self._marks:
                self._marks = marks
                self.checkpoint.set_range(0.0, float(max(1, len(marks))))
            self.checkpoint.setEnabled(bool(marks))
            self.tour.setEnabled(bool(marks))
            self.checkpoint.set_value(float(facts["viewed"] if facts["viewed"] is not None else max(1, len(marks))))
            self.curve.set_mark(float(marks[facts["viewed"]]) if facts["viewed"] is not None else None)
        if (title := RETURN.format(seed=facts["seed"])) != self.curve.title:
            self.curve.title = title
            self.curve.update()
        set_quietly(self.watch, bool(facts["watching"]) and not self.mine.isChecked())
        self.watch.setEnabled(not self.mine.isChecked())

    def show_curve(self, curves: Curves) -> None:
        """The curve of returns, without the names that stand in its title already."""
        self.curve.set_result(replace(curves, x_label=same(" ")))
