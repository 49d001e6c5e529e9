"""The controls of a page that learns while one watches: the player, a few sliders, and the rest one click away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from explorer.results import Curves, Numbers
from explorer.window.look import look
from explorer.window.views.controls import Button, Choice, IconButton, Label, Slider
from explorer.window.views.curves import CurvesView
from explorer.window.views.drawing import short
from explorer.window.views.toggles import Toggles
from explorer.words import Text, same

PLAY, PAUSE = Text("学習する", "Train"), Text("止める", "Pause")
STEP, RESET = Text("一歩", "Step"), Text("最初から", "Start over")
MORE, LESS = Text("すべての設定", "All settings"), Text("設定を閉じる", "Close the settings")
SPEED, RATE = Text("速さ", "Speed"), Text("学習率", "Learning rate")
FASTEST = Text("最速", "max")
STEPS = Text("**{steps}** ステップ · {epoch} エポック", "**{steps}** steps · epoch {epoch}")
TEST, TRAINING = Text("検証", "Test"), Text("訓練", "Training")
LOSS = Text("損失", "Loss")
OPTIMISER, REGULARISATION, STRENGTH = Text("最適化手法", "Optimiser"), Text("正則化", "Regularise"), Text("強さ", "Strength")
ACTIVATION, BATCH, FEATURES = Text("活性化関数", "Activation"), Text("バッチ", "Batch"), Text("入力", "Inputs")
NOISE, SPLIT = Text("ノイズ", "Noise"), Text("訓練の割合", "To train on")
NEW_POINTS = Text("点を引き直す", "Draw new points")
MOST_SPEED = 10_000.0

ACTIVATIONS = (("tanh", same("tanh")), ("relu", same("ReLU")), ("sigmoid", Text("シグモイド", "sigmoid")), ("linear", Text("線形", "linear")))
OPTIMISERS = (("sgd", same("SGD")), ("momentum", Text("モメンタム", "Momentum")), ("adam", same("Adam")))
REGULARISATIONS = (("none", Text("なし", "None")), ("l1", same("L1")), ("l2", same("L2")))
INPUTS = (
    ("x1", same("x₁")), ("x2", same("x₂")), ("x1^2", same("x₁²")), ("x2^2", same("x₂²")), ("x1x2", same("x₁x₂")),
    ("sin x1", same("sin x₁")), ("sin x2", same("sin x₂")),
)  # fmt: skip


def speed_words(value: float) -> str:
    """``60/s``, or that there is no limit."""
    return look.say(FASTEST) if value >= MOST_SPEED * 0.99 else f"{short(float(f'{value:.2g}'))}/s"


def percent(value: float) -> str:
    """A share as per cent."""
    return "–" if value != value else f"{100 * value:.0f} %"


class LearningControls(QWidget):
    """``wanted(dict)``: settings to change; ``play(bool)``, ``step()``, ``reset()``; ``new_points()``: draw the points anew."""

    wanted = Signal(object)
    play = Signal(bool)
    step = Signal()
    reset = Signal()
    new_points = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.playing = False
        self._pages = QStackedLayout()
        self.play_button = Button(PLAY, "filled", "play", large=True)
        self.step_button = Button(STEP, "tint", "step", large=True)
        self.reset_button = IconButton("reset", RESET)
        self.more_button = IconButton("sliders", MORE)
        self.play_button.clicked.connect(lambda: self.play.emit(not self.playing))
        self.step_button.clicked.connect(self.step)
        self.reset_button.clicked.connect(self.reset)
        self.more_button.clicked.connect(lambda: self.show_all(self._pages.currentIndex() == 0))
        self.count = Label("", "body", "ink2")

        self.speed = Slider(SPEED, 1, MOST_SPEED, 60, log=True, format=speed_words, label_width=96, value_width=62)
        self.rate = Slider(RATE, 1e-4, 10, 0.1, log=True, format=lambda v: short(float(f"{v:.2g}")), label_width=96, value_width=62)
        self.activation = Choice(ACTIVATIONS, "tanh", name=ACTIVATION)
        self.train_score, self.test_score = Label("", "value", "ink2", weight=500), Label("", "value", "accent", weight=700)
        self.loss = CurvesView(name=LOSS, title=LOSS)
        self.loss.setMinimumHeight(1)

        self.optimiser = Choice(OPTIMISERS, "sgd", name=OPTIMISER)
        self.regularisation = Choice(REGULARISATIONS, "none", name=REGULARISATION)
        self.strength = Slider(STRENGTH, 1e-4, 1.0, 0.003, log=True, format=lambda v: short(float(f"{v:.2g}")), label_width=96, value_width=62)
        self.batch = Slider(BATCH, 1, 100, 10, step=1, label_width=96, value_width=62)
        self.features = Toggles(INPUTS, ("x1", "x2"), name=FEATURES)
        self.noise = Slider(NOISE, 0, 0.5, 0.1, step=0.01, label_width=96, value_width=62)
        self.split = Slider(SPLIT, 0.1, 1.0, 0.5, step=0.05, format=percent, label_width=96, value_width=62)
        self.new_button = Button(NEW_POINTS, "plain", "shuffle")
        self.new_button.clicked.connect(self.new_points)

        self._lay()
        self._connect()
        look.changed.connect(self._restyle)
        self._restyle()

    def _lay(self) -> None:
        self._player = QHBoxLayout()
        for button in (self.play_button, self.step_button, self.reset_button):
            self._player.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        self._player.addStretch(1)
        self._player.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignVCenter)
        self._first = QWidget()
        self._first_box = QVBoxLayout(self._first)
        self._first_box.setContentsMargins(0, 0, 0, 0)
        for widget in (self.speed, self.rate, self.activation):
            self._first_box.addWidget(widget)
        self._scores = QHBoxLayout()
        self._scores.addWidget(self.test_score)
        self._scores.addWidget(self.train_score)
        self._scores.addStretch(1)
        self._first_box.addLayout(self._scores)
        self._first_box.addWidget(self.loss, 1)
        self._all = QWidget()
        grid = QGridLayout(self._all)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(1, 1)
        rows: list[tuple[Text | None, QWidget]] = [
            (OPTIMISER, self.optimiser), (None, self.batch), (REGULARISATION, self.regularisation), (None, self.strength),
            (None, self.features), (None, self.noise), (None, self.split),
        ]  # fmt: skip
        for row, (words, control) in enumerate(rows):
            if words is None:
                grid.addWidget(control, row, 0, 1, 2)
            else:
                grid.addWidget(Label(words, "body", "ink2"), row, 0)
                grid.addWidget(control, row, 1)
        grid.addWidget(self.new_button, len(rows), 0, 1, 2, Qt.AlignmentFlag.AlignLeft)
        grid.setRowStretch(len(rows) + 1, 1)
        self._grid = grid
        self._pages.addWidget(self._first)
        self._pages.addWidget(self._all)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self._player)
        self._column.addWidget(self.count)
        self._column.addLayout(self._pages, 1)

    def _connect(self) -> None:
        for name in ("speed", "rate", "strength", "noise", "split"):
            getattr(self, name).changed.connect(lambda value, name=name: self.wanted.emit({name: value}))
        self.batch.changed.connect(lambda value: self.wanted.emit({"batch": int(value)}))
        for name in ("activation", "optimiser", "regularisation"):
            getattr(self, name).chosen.connect(lambda key, name=name: self.wanted.emit({name: key}))
        self.regularisation.chosen.connect(lambda key: self.strength.setEnabled(key != "none"))
        self.features.changed.connect(lambda keys: self.wanted.emit({"features": list(keys)}))

    def _restyle(self) -> None:
        self._player.setSpacing(look.px(8))
        self._column.setSpacing(look.px(10))
        self._first_box.setSpacing(look.px(8))
        self._grid.setVerticalSpacing(look.px(5))
        self._grid.setHorizontalSpacing(look.px(8))
        self._grid.setColumnMinimumWidth(0, look.px(88))
        self._scores.setSpacing(look.px(20))
        self.more_button.set_icon("close" if self._pages.currentIndex() else "sliders", LESS if self._pages.currentIndex() else MORE)

    def show_all(self, on: bool) -> None:
        """Every setting, or the few that matter first."""
        self._pages.setCurrentIndex(1 if on else 0)
        self.count.setVisible(not on)
        self._restyle()

    def project(self, on: bool) -> None:
        """In projection only the player, the count and the loss stay."""
        self.show_all(False)
        for widget in (self.speed, self.rate, self.activation, self.more_button):
            widget.setVisible(not on)
        policy = QSizePolicy.Policy.Ignored if on else QSizePolicy.Policy.Preferred
        self._all.setSizePolicy(policy, policy)  # what is not shown needs no room

    def set_playing(self, on: bool) -> None:
        """Show whether it learns."""
        if on != self.playing:
            self.playing = on
            self.play_button.set_text(PAUSE if on else PLAY)
            self.play_button.set_icon("pause" if on else "play")

    def show_numbers(self, numbers: Numbers) -> None:
        """Steps and accuracy."""
        values = numbers.values
        self.count.set_text(STEPS.format(steps=f"{int(values['step']):,}", epoch=f"{values['epoch']:,.0f}"))
        self.train_score.set_text(Text(f"{TRAINING.ja} {percent(values['train_accuracy'])}", f"{TRAINING.en} {percent(values['train_accuracy'])}"))
        self.test_score.set_text(Text(f"{TEST.ja} {percent(values['test_accuracy'])}", f"{TEST.en} {percent(values['test_accuracy'])}"))

    def show_loss(self, loss: Curves) -> None:
        """The loss so far, where it is in sight."""
        if self.loss.isVisible() or self.loss.result is None:
            self.loss.set_result(loss)

    def take(self, facts: Mapping[str, Any]) -> None:
        """Show the settings a session has; what the user holds stays where it is."""
        for name in ("speed", "rate", "strength", "batch", "noise", "split"):
            slider: Slider = getattr(self, name)
            if name in facts and not slider.dragging:
                slider.set_value(float(facts[name]))
        for name in ("activation", "optimiser", "regularisation"):
            if name in facts:
                getattr(self, name).set_current(facts[name])
        self.strength.setEnabled(self.regularisation.current != "none")
        if "features" in facts:
            self.features.set_on(facts["features"])
        drawn = facts.get("data") != "own"
        self.noise.setEnabled(drawn)
        self.new_button.setEnabled(drawn)


__all__ = ["LearningControls", "percent", "speed_words"]
