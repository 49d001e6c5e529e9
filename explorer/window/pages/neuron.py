"""Pages of one unit: its inputs, weights and activation under the hand, its line among points, and the rule by which it learns."""

from __future__ import annotations

import importlib
import importlib.util
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.catalogue import System
from explorer.catalogue.lenses import LENSES
from explorer.results import Bundle, Curves, Numbers, Points, Result, Surface
from explorer.window.client import Client
from explorer.window.look import look
from explorer.window.pages.base import BasePage
from explorer.window.pages.learning_controls import percent
from explorer.window.pages.live import Live
from explorer.window.pages.point_sets import OWN, SAMPLES, PlacingBar, sample_pixels
from explorer.window.views.controls import Button, Choice, IconButton, Label, Legend, Slider
from explorer.window.views.curves import CurvesView
from explorer.window.views.drawing import short
from explorer.window.views.neuron import NeuronView
from explorer.window.views.surface import SurfaceView
from explorer.words import ExplorerError, Text, same

RUNNING = Text("ニューロンを動かしています", "Running a neuron")
READING = Text("表を読んでいます", "Reading the table")
LEARN, PAUSE = Text("学習する", "Learn"), Text("止める", "Pause")
STEP, RESET = Text("一例", "One example"), Text("無作為な重みから", "From random weights")
OWN_POINTS = Text("自分で点を置く", "Place your own points")
ACTIVATION, INPUTS = Text("活性化関数", "Activation"), Text("入力の数", "Inputs")
SPEED, RATE = Text("速さ", "Speed"), Text("学習率 η", "Rate η")
RIGHT = Text("正解 **{share}** · {looks} 例を見て {count} 回修正", "**{share}** right · {looks} examples, {count} corrections")
CORRECTED = Text("間違い：この例の向きに重みを動かした", "Wrong: the weights moved by this example")
KEPT = Text("正しい：重みはそのまま", "Right: the weights stay")
DONE = Text("全部正解。学習が終わりました", "All right: it has learnt")
NEVER = Text("一周ごとの修正が 0 にならない：直線では分けられない", "Corrections never reach 0: no line parts these points")
MISTAKES = Text("一周ごとの修正回数", "Corrections in each pass")
PLANE = Text("平面と境界の直線", "The plane and the line")
OPENING = Text("エンジンを起動しています", "The engine is starting")
ACTIVATIONS = (("step", Text("ステップ", "step")), ("sigmoid", Text("シグモイド", "sigmoid")), ("tanh", same("tanh")), ("relu", same("ReLU")))
SETS = ("and", "or", "xor", "gaussians")
SETTINGS = ("inputs", "x", "weights", "bias", "activation", "data", "points", "noise", "seed", "rate", "speed")
HOPELESS = 25  # passes without an end after which the page says what it means
DEFAULTS: dict[str, Any] = {"data": "gaussians", "weights": [0.6, -0.9, 0.5], "bias": 0.2, "activation": "step", "x": [1.0, -0.5, 1.0]}


class Player(QWidget):
    """Learn, one example, random weights; how fast and how far; how it goes."""

    wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.playing = False
        self.play_button, self.step_button = Button(LEARN, "filled", "play", large=True), Button(STEP, "tint", "step", large=True)
        self.reset_button = IconButton("shuffle", RESET)
        self.activation = Choice(ACTIVATIONS, "step", name=ACTIVATION)
        self.inputs_label = Label(INPUTS, "body", "ink2")
        self.inputs = Choice([("2", same("2")), ("3", same("3"))], "2", name=INPUTS)  # the page places it by the drawing
        self.speed = Slider(SPEED, 1, 1000, 20, log=True, format=lambda v: f"{short(float(f'{v:.2g}'))}/s", label_width=84, value_width=56)
        self.rate = Slider(RATE, 0.01, 1.0, 0.1, log=True, format=lambda v: short(float(f"{v:.2g}")), label_width=84, value_width=56)
        self.score, self.said = Label("", "body", "ink2"), Label("", "label", "ink3")
        self.mistakes = CurvesView(name=MISTAKES, title=MISTAKES)
        self.mistakes.setMinimumHeight(1)
        self._buttons = QHBoxLayout()
        for button in (self.play_button, self.step_button, self.reset_button):
            self._buttons.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        self._buttons.addStretch(1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self._buttons)
        self._column.addWidget(self.activation)
        for widget in (self.speed, self.rate, self.score, self.said):
            self._column.addWidget(widget)
        self._column.addWidget(self.mistakes, 1)
        self.activation.chosen.connect(lambda key: self.wanted.emit({"activation": key}))
        self.inputs.chosen.connect(lambda key: self.wanted.emit({"inputs": int(key)}))
        self.speed.changed.connect(lambda value: self.wanted.emit({"speed": value}))
        self.rate.changed.connect(lambda value: self.wanted.emit({"rate": value}))
        look.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self._column.setSpacing(look.px(7))
        self._buttons.setSpacing(look.px(8))
        self.setFixedWidth(look.px(334))
        for widget in (self.speed, self.rate, self.activation, self.inputs, self.inputs_label):
            widget.setVisible(not look.projection)

    def set_playing(self, on: bool) -> None:
        """Show whether it learns."""
        if on != self.playing:
            self.playing = on
            self.play_button.set_text(PAUSE if on else LEARN)
            self.play_button.set_icon("pause" if on else "play")

    def take(self, bundle: Bundle, settled: bool) -> None:
        """Show how it goes, and the settings of the session where nothing newer was asked for."""
        numbers, mistakes, facts = bundle.parts["numbers"], bundle.parts["mistakes"], bundle.facts
        assert isinstance(numbers, Numbers) and isinstance(mistakes, Curves)
        values = numbers.values
        self.score.set_text(RIGHT.format(share=percent(values["accuracy"]), looks=f"{int(values['looks']):,}", count=f"{int(values['corrections']):,}"))
        passes = mistakes.series[0].x
        seen = facts["seen"]
        if facts["finished"]:
            self.said.set_text(DONE)
        elif len(passes) and passes[-1] >= HOPELESS:
            self.said.set_text(NEVER)
        else:
            self.said.set_text("" if seen is None else CORRECTED if seen["corrected"] else KEPT)
        self.mistakes.set_result(mistakes)
        if settled:
            self.set_playing(bool(facts["playing"]))
            self.activation.set_current(facts["activation"])
            self.inputs.set_current(str(facts["inputs"]))
            for slider, name in ((self.speed, "speed"), (self.rate, "rate")):
                if not slider.dragging:
                    slider.set_value(float(facts[name]))


class Page(BasePage):
    """A page of one unit. ``bundle``: the newest snapshot of its session."""

    accepts = "points"

    def __init__(self, system: System, client: Client, parent: QWidget | None = None) -> None:
        super().__init__(system, client, parent)
        self.bundle: Bundle | None = None
        self._wanted: dict[str, Any] = dict(DEFAULTS)
        self._own: list[list[float]] = []
        self._names: tuple[str, ...] = ("A", "B")
        self.player = Player()
        self.live = Live(client, LENSES[system.lenses[0]].task, RUNNING, self)
        self.live.arrived.connect(self._arrived)
        self.live.refused.connect(self.show_error)
        self.live.lost.connect(self._lost)
        self.live.stopped.connect(lambda: self.player.set_playing(False))
        for key in SETS:
            self.add_sample(key, SAMPLES[key], sample_pixels(key))
        self.own_button = IconButton("pencil", OWN_POINTS)
        self.own_button.clicked.connect(lambda: self.place([]))
        self.head_inputs.insertWidget(1, self.own_button)
        self.add_input_buttons()

        self.drawing = NeuronView()
        self.drawing.placeholder = OPENING
        module = f"explorer.window.panels.{system.id}"
        self.panel: Any = importlib.import_module(module).Panel(self) if importlib.util.find_spec(module) is not None else None
        self.surface = SurfaceView(name=PLANE, axes=True)
        self.surface.set_scale(None, 1.0)
        self.surface.set_strength(0.7)
        self.placing = PlacingBar()
        self.under = Label("", "label", "ink2")
        self.legend = Legend("signed", "A", "B")
        plane = QWidget()
        column = QVBoxLayout(plane)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.surface, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.placing)
        foot.addWidget(self.under, 1)
        column.addLayout(foot)
        self.stage.addWidget(self.drawing, 7)
        beneath = QHBoxLayout()
        if self.panel is not None:
            beneath.addWidget(self.panel, 1)
        beneath.addWidget(self.player.inputs_label, 0, Qt.AlignmentFlag.AlignVCenter)
        beneath.addWidget(self.player.inputs, 0, Qt.AlignmentFlag.AlignVCenter)
        self.stage.addLayout(beneath)
        self.stage.addWidget(self.lens_area, 14)
        for lens_id in system.lenses:
            self.add_lens(lens_id, plane, self.legend)
        self.lens_area.put_beside(self.player)

        self.drawing.changed.connect(self.set_number)
        self.player.wanted.connect(lambda values: self.tell("set", **values))
        self.player.play_button.clicked.connect(lambda: self.play(not self.player.playing))
        self.player.step_button.clicked.connect(lambda: self.tell("step"))
        self.player.reset_button.clicked.connect(lambda: self.tell("reset", seed=random.randrange(10_000)))
        self.surface.placed_with.connect(self._click)
        self.surface.hovered.connect(lambda x, y: self.under.set_text(self.surface.words_at(x, y)))
        self.surface.left.connect(lambda: self.under.set_text(""))
        self.placing.cleared.connect(lambda: self.place([]))
        look.changed.connect(self._resize)
        self._resize()

    def _resize(self) -> None:
        for view, least in ((self.drawing, 130 if look.projection else 180), (self.surface, 120)):
            view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
            view.setMinimumHeight(look.px(least))
        self.surface.axes = not look.projection
        self.under.setVisible(not look.projection)

    # --- the session ---

    def begin(self) -> None:
        """Start the session with what the page wants."""
        self.live.begin(**{name: value for name, value in self._wanted.items() if name in SETTINGS})

    def tell(self, name: str, **values: Any) -> None:
        """Tell the session; one that is not there is begun first."""
        if not self.live.running:
            self._wanted = self._kept()
            self.begin()
        self.live.send(name, **values)
        self.clear_error()
        self.state_changed.emit()

    def play(self, on: bool) -> None:
        """Learn, or stop learning."""
        self.player.set_playing(on)
        self.tell("play" if on else "pause")

    def set_number(self, key: str, value: float) -> None:
        """A handle of the drawing was moved: ``x1``, ``w1`` … or ``b``."""
        if self.bundle is None:
            return
        if key == "b":
            self.tell("set", bias=value)
            return
        name = "x" if key[0] == "x" else "weights"
        numbers = [float(v) for v in self.bundle.facts[name]]
        for knob in self.drawing.knobs():  # what was moved and is not confirmed yet
            if knob.key[0] == key[0]:
                numbers[int(knob.key[1]) - 1] = knob.value
        numbers[int(key[1]) - 1] = value
        self.tell("set", **{name: numbers})

    def _lost(self, error: ExplorerError) -> None:
        self._wanted = self._kept()
        self.player.set_playing(False)
        self.show_error(error, retry=self._again_after_loss)

    def _again_after_loss(self) -> None:
        self.clear_error()
        self.begin()

    def _arrived(self, bundle: Bundle) -> None:
        self.bundle = bundle
        parts, facts = bundle.parts, bundle.facts
        points = parts["points"]
        assert isinstance(points, Points)
        self.drawing.set_result(bundle)
        self.surface.set_result(parts["surface"])
        self.surface.set_border(facts["line"])
        self.surface.set_points(points)
        if points.names != self._names:
            self._names = points.names
            self.legend.set_range(points.names[0], points.names[1])
        self.surface.set_marked(facts["seen"]["index"] if facts["seen"] is not None else -1)
        settled = self.live.settled(bundle)
        self.player.take(bundle, settled)
        if self.panel is not None:
            self.panel.take(bundle)
        if settled:
            self.mark_sample(facts["data"] if facts["data"] in SETS else None)
            self.placing.setVisible(facts["data"] == "own" and not look.projection)

    # --- points ---

    def place(self, points: list[list[float]]) -> None:
        """Learn from these points, each [x, y, class 0 or 1]."""
        self._own = points
        self.tell("set", data="own", points=points)

    def _click(self, x: float, y: float, right: bool) -> None:
        """A point more on the plane, or, on a point of one's own, one less."""
        if self.bundle is None:
            return
        own = self.bundle.facts["data"] == "own"
        if not own:
            points = self.bundle.parts["points"]
            assert isinstance(points, Points)
            self._own = [[round(float(a), 3), round(float(b), 3), int(g)] for (a, b), g in zip(points.xy, points.groups, strict=True)]
        near = [k for k, (a, b, _) in enumerate(self._own) if abs(a - x) + abs(b - y) < 0.12] if own else []
        group = self.placing.group if not right else 1 - self.placing.group
        kept = [point for k, point in enumerate(self._own) if k not in near[-1:]]
        self.place(kept if near else [*kept, [round(x, 3), round(y, 3), group]])

    def open_input(self, value: Any) -> None:
        """A set's name, the path of a table, or a table as text."""
        if isinstance(value, str) and value in SAMPLES:
            self.mark_sample(value)
            self.place([]) if value == OWN else self.tell("set", data=value)
            return
        self.ask("points", "basics.read_points", READING, self._read, source=str(value) if isinstance(value, Path) else value)

    def _read(self, bundle: Bundle) -> None:
        points = bundle.parts["points"]
        assert isinstance(points, Points)
        self.place([[round(float(x), 4), round(float(y), 4), int(g)] for (x, y), g in zip(points.xy, points.groups, strict=True)])
        self.show_notes(bundle.notes)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self.play(not self.player.playing)
        elif event.text() == ".":
            self.tell("step")
        else:
            super().keyPressEvent(event)

    # --- what the shell asks ---

    def start(self) -> None:
        self.begin()

    def shown(self) -> None:
        if not self.live.running:
            self.begin()

    def hidden(self) -> None:
        if self.live.running:
            self._wanted = self._kept()
            self.live.end()
            self.player.set_playing(False)

    def busy(self) -> bool:
        unsettled = self.bundle is not None and self.live.running and not self.live.settled(self.bundle)
        return self.live.waiting or unsettled or super().busy()

    def _kept(self) -> dict[str, Any]:
        if self.bundle is None:
            return dict(self._wanted)
        kept = {name: self.bundle.facts[name] for name in SETTINGS if name in self.bundle.facts}
        return {**kept, "points": self._own} if kept["data"] == "own" else kept

    def state(self) -> dict[str, Any]:
        return {**super().state(), **self._kept()}

    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        wanted = {name: state[name] for name in SETTINGS if name in state}
        if wanted:
            self._wanted = {**DEFAULTS, **wanted}
            self._own = [list(point) for point in wanted.get("points", [])]
            self.bundle = None
            self.begin()

    def open_state(self, state: Mapping[str, Any]) -> None:
        self.restore({**self._kept(), **state})

    def numbers(self) -> dict[str, Any]:
        if self.bundle is None:
            return {}
        numbers = self.bundle.parts["numbers"]
        assert isinstance(numbers, Numbers)
        values = {name: (None if value != value else value) for name, value in numbers.values.items()}
        facts = {name: self.bundle.facts[name] for name in ("data", "activation", "weights", "bias", "line", "finished")}
        return {**facts, **values, **({"panel": self.panel.numbers()} if self.panel is not None else {})}

    def results_by_lens(self) -> dict[str, Result]:
        surface = self.bundle.parts["surface"] if self.bundle is not None else None
        return {self.system.lenses[0]: surface} if isinstance(surface, Surface) else {}

    def project(self, on: bool) -> None:
        super().project(on)
        if self.panel is not None:
            self.panel.setVisible(not on)
        self.placing.setVisible(not on and self.bundle is not None and self.bundle.facts["data"] == "own")
        if on:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_beside(self, claim: QWidget | None) -> None:
        self.lens_area.put_beside(claim if claim is not None else self.player)
