"""What pages of two learners side by side share: a map and a few words for each, one player, one curve of both, and the session behind them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.catalogue import System, page
from explorer.catalogue.readiness import ready
from explorer.results import ActionGrid, Bundle, Curves, Numbers, Result
from explorer.window.client import Client
from explorer.window.look import look
from explorer.window.pages.agent_parts import PAUSE, PLAY, RESET, STEP, TOP_SPEED, player_key, speed_of, speed_text
from explorer.window.pages.base import BasePage
from explorer.window.pages.live import Live
from explorer.window.pages.task_panel import TaskPanel
from explorer.window.views.action_grid import ActionGridView
from explorer.window.views.controls import Button, Label, Legend, Slider
from explorer.window.views.curves import CurvesView
from explorer.window.views.drawing import short
from explorer.window.views.pace import Pace
from explorer.words import ExplorerError, InputError, Text

SPEED = Text("速さ", "Speed")
STEPS = Text("歩", "steps")
LABEL, VALUE = 118, 60
"""Widths of the columns of the sliders in px."""
KEPT = ("world", "speed", "playing", "seed")
SLOW = 15.0
"""Steps a second up to which each step can be read."""


class Player(QWidget):
    """``command(name, values)``: what the session is to do. ``sliders``: a setting's name, and the slider that sets it; ``more``: a row below them."""

    command = Signal(str, dict)

    def __init__(self, sliders: Mapping[str, Slider]) -> None:
        super().__init__()
        self.playing = False
        self.play, self.step, self.over = Button(PLAY, "filled", "play", large=True), Button(STEP, "tint", "step", large=True), Button(RESET, "plain", "reset", large=True)
        self.count, self.unit = Label("0", "key"), Label(STEPS, "label", "ink2")
        self.speed = Slider(SPEED, 1.0, TOP_SPEED, 4.0, log=True, format=speed_text, label_width=LABEL, value_width=VALUE)
        self.sliders = dict(sliders)
        self._buttons, self._counts, self._column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        for button in (self.play, self.step, self.over):
            self._buttons.addWidget(button)
        self._buttons.addStretch(1)
        for label in (self.count, self.unit):
            self._counts.addWidget(label)
        self._counts.addStretch(1)
        self._column.addLayout(self._buttons)
        self._column.addLayout(self._counts)
        for slider in (self.speed, *self.sliders.values()):
            self._column.addWidget(slider)
        self.more = QHBoxLayout()
        self._column.addLayout(self.more)
        self._column.addStretch(1)
        self.play.clicked.connect(lambda: self.command.emit("pause" if self.playing else "play", {}))
        self.step.clicked.connect(lambda: self.command.emit("step", {}))
        self.over.clicked.connect(lambda: self.command.emit("reset", {}))
        self.speed.changed.connect(lambda value: self.command.emit("set", {"speed": speed_of(value)}))
        for name, slider in self.sliders.items():
            slider.changed.connect(lambda value, name=name: self.command.emit("set", {name: float(f"{value:.3g}")}))
        look.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self.setFixedWidth(look.px(322))
        self._column.setSpacing(look.px(4))
        self._buttons.setSpacing(look.px(8))
        self._counts.setSpacing(look.px(6))
        for slider in (self.speed, *self.sliders.values()):
            slider.setFixedHeight(look.px(26))

    def take(self, facts: Mapping[str, Any], steps: float) -> None:
        """Show where the session stands."""
        self.playing = bool(facts["playing"])
        self.play.set_text(PAUSE if self.playing else PLAY)
        self.play.set_icon("pause" if self.playing else "play")
        self.count.set_text(f"{int(steps):,}")
        for slider, value in ((self.speed, facts["speed"] or TOP_SPEED), *((slider, facts["settings"][name]) for name, slider in self.sliders.items())):
            if not slider.dragging:
                slider.set_value(float(value))


class PairPage(BasePage):
    """Subclasses say what is learnt (``task``, ``working``), by whom (``names``, ``maps``), and fill ``said_of``."""

    task: str
    working: Text
    names: tuple[Text, Text]
    maps: tuple[Text, Text]
    curve_title: Text
    measures: tuple[Text, Text]
    """What the colours of each map are."""
    first: Mapping[str, Any]
    """What the session begins with."""

    def __init__(self, system: System, client: Client) -> None:
        super().__init__(system, client)
        self.bundle: Bundle | None = None
        self.live = Live(client, self.task, self.working, self)
        self._wanted: dict[str, Any] = {"world": system.samples[0], **self.first}
        self._refusals = 0
        self._curve = Pace(self, 2.0, self._show_curve)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.panels = tuple(TaskPanel(name, maps) for name, maps in zip(self.names, self.maps, strict=True))
        self.grids = tuple(ActionGridView(name=name) for name in self.names)
        self.legends = tuple(Legend("viridis", before=words) for words in self.measures)
        for panel, grid, legend, leads in zip(self.panels, self.grids, self.legends, system.leads_to or ("", ""), strict=True):
            grid.editable = False
            grid.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
            panel.answer.addWidget(grid, 1)
            panel.answer.addWidget(legend)
            panel.set_page(page(leads) if leads and ready(page(leads)) else None)
            panel.opened.connect(lambda panel=panel: self.page_wanted.emit(panel.page.id))
        self.player = Player(self.sliders())
        self.curve = CurvesView(title=self.curve_title)
        self.curve.set_y_range(0.0, 1.0)
        self._grid = QGridLayout()
        for column, panel in enumerate(self.panels):
            self._grid.addWidget(panel, 0, column)
            self._grid.setColumnStretch(column, 1)
        self._below = QHBoxLayout()
        self._below.addWidget(self.player)
        self._below.addWidget(self.curve, 1)
        self.stage.addLayout(self._grid, 5)
        self.stage.addLayout(self._below, 2)
        self.live.arrived.connect(self._arrived)
        self.live.lost.connect(self._lost)
        self.player.command.connect(self.send)
        look.changed.connect(self._retell)
        self._retell()

    # what subclasses fill

    def sliders(self) -> dict[str, Slider]:
        """The sliders besides the speed, by the setting they set."""
        return {}

    def said_of(self, facts: Mapping[str, Any], numbers: Mapping[str, float], slow: bool) -> tuple[Text, Text]:
        """What is said below each map; ``slow``: each step can be read."""
        raise NotImplementedError

    def show_head(self, facts: Mapping[str, Any]) -> None:
        """Show in the head what is learnt."""

    # the session

    @property
    def facts(self) -> Mapping[str, Any]:
        """Where the session stands; empty before its first answer."""
        return self.bundle.facts if self.bundle is not None else {}

    def values(self) -> dict[str, float]:
        """The named numbers of the session."""
        numbers = self.bundle.parts["numbers"] if self.bundle is not None else None
        return dict(numbers.values) if isinstance(numbers, Numbers) else {}

    def begin(self) -> None:
        """Start the session with what the page wants."""
        if not self.live.running:
            wanted = {name: value for name, value in self._wanted.items() if value is not None}
            self._refusals = 0
            self.live.begin(**wanted)

    def send(self, name: str, values: Mapping[str, Any] | None = None) -> None:
        """Tell the session to do something; one that is not there is begun first."""
        self.begin()
        self.live.send(name, **dict(values or {}))
        self.state_changed.emit()

    def go(self, world: str, **settings: Any) -> None:
        """Learn something else, from the beginning."""
        self.send("world", {"world": world, "until": self.first.get("until", 0), **settings})

    def _lost(self, error: ExplorerError) -> None:
        self._wanted = self.kept()
        if isinstance(error, InputError) and self.bundle is None and self._wanted["world"] != self.system.samples[0]:
            self._wanted = {"world": self.system.samples[0], **self.first}
            self.begin()
        self.show_error(error, retry=self._again)

    def _again(self) -> None:
        self.clear_error()
        self.begin()

    def _arrived(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self._retell()
        if bundle.facts["refusals"] > self._refusals:
            self._refusals = bundle.facts["refusals"]
            self.show_error(InputError(bundle.facts["refused"]))

    def _show_curve(self) -> None:
        if self.bundle is not None and isinstance(curve := self.bundle.parts["curve"], Curves):
            self.curve.set_result(curve)

    def _retell(self) -> None:
        self._grid.setSpacing(look.px(12))
        self._below.setSpacing(look.px(24))
        self.curve.setMinimumHeight(look.px(140 if look.projection else 110))
        for panel in self.panels:
            panel.how.setMinimumHeight(0 if look.projection else look.px(86))  # so that both maps are of one size
        if self.bundle is None:
            return
        facts, values = self.facts, self.values()
        for grid, legend, part in zip(self.grids, self.legends, ("left", "right"), strict=True):
            result = self.bundle.parts[part]
            assert isinstance(result, ActionGrid)
            grid.set_result(result)
            low, high, cut = grid.scale()
            legend.set_range(f"≤ {short(low)}" if cut else short(low), short(high))
        slow = not facts["playing"] or 0 < facts["speed"] <= SLOW
        self._curve.ask(slow)
        self.player.take(facts, values["steps"])
        for panel, words in zip(self.panels, self.said_of(facts, values, slow), strict=True):
            panel.say_how(words)
        self.show_head(facts)

    # what the shell asks

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if command := player_key(event, bool(self.facts.get("playing"))):
            self.send(command)
        else:
            super().keyPressEvent(event)

    def open_input(self, value: Any) -> None:
        self.go(str(value))

    def start(self) -> None:
        self.begin()

    def shown(self) -> None:
        self.begin()

    def hidden(self) -> None:
        if self.live.running:
            self._wanted = self.kept()
            self.live.end()

    def busy(self) -> bool:
        facts = self.facts
        return self.live.waiting or (self.live.running and self.bundle is not None and (not self.live.settled(self.bundle) or facts["until"] > 0)) or super().busy()

    def kept(self) -> dict[str, Any]:
        """What is needed to go on, as JSON-able values: it is all learnt again in a moment."""
        if self.bundle is None:
            return dict(self._wanted)
        facts = self.facts
        return {**{name: facts[name] for name in KEPT}, **facts["settings"], "until": facts["until"] or int(self.values()["steps"])}

    def state(self) -> dict[str, Any]:
        return {**super().state(), **self.kept()}

    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        if isinstance(state.get("world"), str):
            known = {*KEPT, *self.first, *self.player.sliders, "until", "cells"}
            self._wanted = {**self._wanted, **{name: state[name] for name in state if name in known}}
            self.bundle = None
            self.live.end()
            self.begin()

    def numbers(self) -> dict[str, Any]:
        if self.bundle is None:
            return {}
        return {"world": self.facts["world"], "settings": dict(self.facts["settings"]), **self.values()}

    def results_by_lens(self) -> dict[str, Result]:
        return dict(self.bundle.parts) if self.bundle is not None else {}

    def project(self, on: bool) -> None:
        super().project(on)
        self.player.setVisible(not on)
        for panel in self.panels:
            panel.project(on, beside=14)
        if on:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
