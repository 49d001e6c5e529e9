"""Parts of the page of an agent: the player with its sliders, the strip of one step, the rows of a large table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.results import Curves, Matrix
from explorer.window.look import look
from explorer.window.views.controls import Button, Choice, Label, Slider, Switch
from explorer.window.views.curves import CurvesView
from explorer.window.views.drawing import short
from explorer.window.views.flow import Big, Card, Feedback, Tiles
from explorer.window.views.formulas import correction
from explorer.window.views.matrix import MatrixView
from explorer.words import Text, same

METHODS: tuple[tuple[str, Text], ...] = (
    ("q_learning", Text("Q 学習", "Q-learning")), ("sarsa", same("SARSA")), ("value_iteration", Text("価値反復", "Value iteration")),
)
METHOD = Text("学び方", "Method")
PLAY, PAUSE = Text("再生", "Play"), Text("一時停止", "Pause")
STEP, RESET = Text("一歩", "Step"), Text("最初から", "Start over")
SPEED, EXPLORE, LEARN, DISCOUNT = Text("速さ", "Speed"), Text("探索 ε", "Explore ε"), Text("学習率 α", "Learn α"), Text("割引率 γ", "Discount γ")
FALLS, MINE, WATCH = Text("α 減衰", "α falls"), Text("自分で動かす", "Let me play"), Text("見るだけ", "Watch")
FASTEST = Text("最速", "max")
EPISODES, SWEEPS = Text("エピソード", "episodes"), Text("回の掃引", "sweeps")
STEP_OF, STEP_NOW = Text("{step} / {limit} 歩", "step {step} of {limit}"), Text("{step} 歩", "step {step}")
RETURN = Text("収益、100 エピソードの平均", "Return, mean of 100 episodes")
SWEEP_VALUE = Text("スタートの価値、掃引ごと", "Value at the start, by sweep")
TOP_SPEED = 100_000.0
FALL = 0.8
"""What the switch of α sets."""

STATE, CHOOSE = Text("状態 s", "State s"), Text("選ぶ", "Choose")
TABLE = Text("Q テーブル {states} × {actions}", "Q table {states} × {actions}")
ONE_OF = Text("全 {count} 状態", "one of {count}")
AT_RANDOM, BEST = Text("今回ランダム", "at random now"), Text("一番大きい Q", "the largest Q")
SHARE = Text("1/{n} でランダム", "1 in {n} at random")
REWARD, NEXT = Text("報酬 {reward}", "reward {reward}"), Text("次の状態 {state}", "next state {state}")
ENDED, CUT = Text("エピソード終了", "the episode ends"), Text("時間切れ", "out of time")
NOTHING = Text("まだ一歩も動いていません", "not one step yet")
ALL_STATES, NO_ACTION = Text("すべて", "all"), Text("動かない", "none")
PLANS, KNOWN = Text("行動せずに計算します", "computed, not acted"), Text("確率を知っている", "its odds are known")
SWEEP = Text("Q ← Σ p · (r + γ · max Q′)、最大の変化 {change}", "Q ← Σ p · (r + γ · max Q′), largest change {change}")
WATCHING = Text("見るだけ: 表は変わりません", "watching: the table stays as it is")


def player_key(event: QKeyEvent, playing: bool) -> str | None:
    """The command of a key on a page that learns live: space plays and pauses, a full stop makes one step; None for another key."""
    if event.key() == Qt.Key.Key_Space:
        return "pause" if playing else "play"
    return "step" if event.text() == "." else None


def signs(actions: Sequence[Text], arrows: Sequence[tuple[int, int] | None]) -> tuple[str, ...]:
    """An arrow for each action that moves, the first letter of the others' names."""
    drawn = {(-1, 0): "←", (0, 1): "↓", (1, 0): "→", (0, -1): "↑"}
    return tuple(drawn[arrow] if arrow is not None else look.say(action)[:1] for action, arrow in zip(actions, arrows, strict=True))


def flow(facts: Mapping[str, Any], scale: tuple[float, float]) -> tuple[list[Card], Feedback]:
    """One step as cards: state, its row of the table, the choice, what the environment answered; and the correction on the way back."""
    names, arrows, last = facts["actions"], facts["arrows"], facts.get("last")
    title = TABLE.format(states=facts["states"], actions=len(names))
    if facts["method"] == "value_iteration" and not facts["watching"]:
        cards = [
            Card("state", STATE, Big(ALL_STATES, same(str(facts["states"]))), width=104),
            Card("table", title, Big(same("max Q′"), SWEEPS if not facts["settled"] else PLANS)),
            Card("choose", CHOOSE, Big(NO_ACTION, PLANS), width=150),
            Card("world", facts["name"], Big(same("p, r"), KNOWN)),
        ]
        return cards, Feedback("world", "table", SWEEP.format(change=short(facts["sweep_change"])))
    if last is None:
        row, taken = np.full(len(names), math.nan), -1
        state, chosen, answer = Big("–", ONE_OF.format(count=facts["states"])), Big("–", ""), Big("–", NOTHING)
        words: Text | str = NOTHING
    else:
        row, taken = np.array(last["row"], dtype=float), int(last["action"])
        state = Big(str(last["state"]), ONE_OF.format(count=facts["states"]))
        epsilon = facts["settings"]["epsilon"]
        share = SHARE.format(n=max(1, round(1 / epsilon))) if epsilon > 0 else BEST
        name = names[taken]
        arrow = signs(names, arrows)[taken] if arrows[taken] is not None else ""
        chosen = Big(Text(f"{arrow} {name.ja}".strip(), f"{arrow} {name.en}".strip()), AT_RANDOM if last["at_random"] else share)
        after = ENDED if last["ended"] else CUT if last["cut"] else NEXT.format(state=last["next_state"])
        answer = Big(REWARD.format(reward=short(last["reward"])), after)
        words = correction(last["old"], last["alpha"], last["reward"], last["gamma"], None if last["ended"] else last["following"], last["new"]) if last["learnt"] else WATCHING
    tiles = Tiles(row, signs(names, arrows), taken, scale[0], scale[1])
    cards = [
        Card("state", STATE, state, width=104),
        Card("table", title, tiles, width=226 if len(names) <= 4 else 290),
        Card("choose", CHOOSE, chosen, width=150 if len(names) <= 4 else 136),
        Card("world", facts["name"], answer, width=150),
    ]
    return cards, Feedback("world", "table", words)


def speed_text(value: float) -> str:
    """A speed as the slider writes it."""
    return look.say(FASTEST) if value >= TOP_SPEED * 0.99 else f"{short(float(f'{value:.2g}'))}/s"


def speed_of(value: float) -> float:
    """Actions a second of the slider's place; 0 for as fast as it goes."""
    return 0.0 if value >= TOP_SPEED * 0.99 else float(f"{value:.2g}")


def set_quietly(switch: Switch, on: bool) -> None:
    """Turn a switch without its signal."""
    if switch.isChecked() != on:
        switch.blockSignals(True)
        switch.setChecked(on)
        switch.blockSignals(False)


class Player(QWidget):
    """Method, buttons, counts, sliders, switches and the curve of returns. ``command(name, values)``: what the session is to do."""

    command = Signal(str, dict)
    hands_on = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.method = Choice(METHODS, name=METHOD)
        self.play = Button(PLAY, "filled", "play", large=True)
        self.step = Button(STEP, "tint", "step", large=True)
        self.over = Button(RESET, "plain", "reset", large=True)
        self.count, self.unit, self.where = Label("0", "key"), Label(EPISODES, "label", "ink2"), Label("", "label", "ink2", align="right")
        self.speed = Slider(SPEED, 1.0, TOP_SPEED, 4.0, log=True, format=speed_text)
        self.epsilon = Slider(EXPLORE, 0.0, 1.0, 0.2, 0.01)
        self.alpha = Slider(LEARN, 0.01, 1.0, 1.0, 0.01)
        self.gamma = Slider(DISCOUNT, 0.5, 0.999, 0.99, 0.001)
        self.falls, self.mine, self.watch = Switch(FALLS, True), Switch(MINE), Switch(WATCH)
        self.others = QWidget()
        self._others_row = QHBoxLayout(self.others)
        self._others_row.setContentsMargins(0, 0, 0, 0)
        self._other_names: tuple[Text, ...] = ()
        self.curve = CurvesView(title=RETURN)
        self.playing = False
        self._column, self._buttons, self._counts, self._switches = QVBoxLayout(self), QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        self._fill()
        self.play.clicked.connect(lambda: self.command.emit("pause" if self.playing else "play", {}))
        self.step.clicked.connect(lambda: self.command.emit("step", {}))
        self.over.clicked.connect(lambda: self.command.emit("reset", {}))
        self.method.chosen.connect(lambda key: self.command.emit("set", {"method": key}))
        self.speed.changed.connect(lambda value: self.command.emit("set", {"speed": speed_of(value)}))
        for name, slider in (("epsilon", self.epsilon), ("alpha", self.alpha), ("gamma", self.gamma)):
            slider.changed.connect(lambda value, name=name: self.command.emit("set", {name: value}))
        self.falls.toggled.connect(lambda on: self.command.emit("set", {"fall": FALL if on else 0.0}))
        self.watch.toggled.connect(lambda on: self.command.emit("watch", {"on": on}))
        self.mine.toggled.connect(self._take_over)
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
        for switch in (self.falls, self.mine, self.watch):
            self._switches.addWidget(switch)
        self._switches.addStretch(1)
        self._column.addWidget(self.method, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addLayout(self._buttons)
        self._column.addLayout(self._counts)
        self._sliders = QVBoxLayout()
        self._sliders.setContentsMargins(0, 0, 0, 0)
        self._sliders.setSpacing(0)
        for slider in (self.speed, self.epsilon, self.alpha, self.gamma):
            self._sliders.addWidget(slider)
        self._column.addLayout(self._sliders)
        self._column.addLayout(self._switches)
        self._column.addWidget(self.others)
        self._column.addWidget(self.curve, 1)
        self.others.hide()

    def _restyle(self) -> None:
        self.setFixedWidth(look.px(344))
        self._column.setSpacing(look.px(6))
        for slider in (self.speed, self.epsilon, self.alpha, self.gamma):
            slider.setFixedHeight(look.px(26))
        self.curve.setMinimumHeight(look.px(78))
        self._buttons.setSpacing(look.px(8))
        self._counts.setSpacing(look.px(6))
        self._switches.setSpacing(look.px(10))

    def _take_over(self, on: bool) -> None:
        if on:
            self.command.emit("pause", {})
        self._show_others()
        self.hands_on.emit(on)

    def _show_others(self) -> None:
        self.others.setVisible(self.mine.isChecked() and bool(self._other_names))

    def _set_others(self, actions: Sequence[Text], arrows: Sequence[object]) -> None:
        """Buttons for the actions that no arrow key does."""
        indices = [i for i, arrow in enumerate(arrows) if arrow is None]
        names = tuple(actions[i] for i in indices)
        if names == self._other_names:
            return
        self._other_names = names
        while self._others_row.count():
            item = self._others_row.takeAt(0)
            if item is not None and (old := item.widget()) is not None:
                old.deleteLater()
        for index, name in zip(indices[:6], names, strict=False):
            button = Button(name, "tint")
            button.clicked.connect(lambda _=False, index=index: self.command.emit("act", {"action": index}))
            self._others_row.addWidget(button)
        self._others_row.addStretch(1)
        self._show_others()

    def take(self, facts: Mapping[str, Any], numbers: Mapping[str, float]) -> None:
        """Show where the session stands."""
        planning = facts["method"] == "value_iteration" and not facts["watching"]
        self.playing = bool(facts["playing"])
        self.play.set_text(PAUSE if self.playing else PLAY)
        self.play.set_icon("pause" if self.playing else "play")
        self.method.set_current(facts["method"])
        self.count.set_text(f"{int(numbers['sweeps'] if planning else numbers['episode'] - 1):,}")
        self.unit.set_text(SWEEPS if planning else EPISODES)
        step, limit = int(numbers["step_in_episode"]), facts["time_limit"]
        self.where.set_text("" if planning else STEP_OF.format(step=step, limit=limit) if limit else STEP_NOW.format(step=f"{step:,}"))
        settings = facts["settings"]
        for slider, value in ((self.speed, facts["speed"] or TOP_SPEED), (self.epsilon, settings["epsilon"]), (self.alpha, settings["alpha"]), (self.gamma, settings["gamma"])):
            if not slider.dragging:
                slider.set_value(value)
        for slider in (self.epsilon, self.alpha):
            slider.setEnabled(not planning)
        set_quietly(self.falls, settings["fall"] > 0)
        set_quietly(self.watch, bool(facts["watching"]))
        self._set_others(facts["actions"], facts["arrows"])
        self.curve.title = SWEEP_VALUE if planning else RETURN

    def show_curve(self, curves: Curves) -> None:
        """The curve of returns, without the names that stand in its title already."""
        self.curve.set_result(replace(curves, x_label=same(" ")))


class TableRows(QWidget):
    """A table too long to be read at once: as many rows as fit, those around the marked one; the wheel or Page keys move, Home follows again."""

    ROW = 26

    def __init__(self, name: Text) -> None:
        super().__init__()
        self.view = MatrixView(self, name=name, digits="all")
        self._matrix: Matrix | None = None
        self._visits: NDArray[Any] | None = None
        self._row, self._first, self._follows = 0, 0, True
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)

    def count(self) -> int:
        """How many rows fit."""
        return max(6, int((self.height() - look.px(60)) / look.px(self.ROW)))

    def set_table(self, matrix: Matrix, visits: NDArray[Any], row: int, low: float, high: float) -> None:
        """Show (states, actions); a number never corrected is left open."""
        values = np.where(visits > 0, matrix.values, np.nan)
        self._matrix = Matrix(values, matrix.rows, matrix.columns, low=low, high=high)
        self._row = row
        self._show()

    def _show(self) -> None:
        matrix = self._matrix
        if matrix is None or not self.isVisible():
            return
        total, count = len(matrix.rows), self.count()
        if self._follows and not self._first <= self._row < self._first + count - 1:
            self._first = self._row - count // 2
        self._first = max(0, min(self._first, total - count))
        part = slice(self._first, self._first + count)
        self.view.set_result(Matrix(matrix.values[part], matrix.rows[part], matrix.columns, low=matrix.low, high=matrix.high))
        inside = 0 <= self._row - self._first < count
        self.view.set_highlight(row=self._row - self._first if inside else None)

    def _move(self, by: int) -> None:
        self._follows = False
        self._first += by
        self._show()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._move(-1 if event.angleDelta().y() > 0 else 1)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self._move(self.count() if key == Qt.Key.Key_PageDown else -self.count())
        elif key == Qt.Key.Key_Home:
            self._follows = True
            self._show()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: object) -> None:
        self._show()

    def showEvent(self, event: object) -> None:
        self._show()
