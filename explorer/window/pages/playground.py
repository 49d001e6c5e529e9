"""Playgrounds: a network that learns from points on a plane while one plays with it."""

from __future__ import annotations

import importlib
import importlib.util
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.catalogue import System
from explorer.results import Bundle, Curves, Numbers, Points, Result
from explorer.window.client import Client
from explorer.window.look import look
from explorer.window.pages.base import BasePage
from explorer.window.pages.learning_controls import LearningControls
from explorer.window.pages.live import Live
from explorer.window.pages.point_sets import OWN, SAMPLES, PlacingBar, sample_pixels
from explorer.window.views.controls import IconButton, Label, Legend
from explorer.window.views.curves import CurvesView
from explorer.window.views.network import NetworkView
from explorer.window.views.surface import SurfaceView
from explorer.words import ExplorerError, Text

LEARNING = Text("点を学習しています", "Learning from points")
READING = Text("表を読んでいます", "Reading the table")
SURFACE, LOSS = Text("決定面", "Decision surface"), Text("損失", "Loss")
OWN_POINTS = Text("自分で点を置く", "Place your own points")
OPENING = Text("エンジンを起動しています", "The engine is starting")
LOOKING_AT = Text("ニューロン {name} の面", "The surface of neuron {name}")
FIRST_LOOK = 400  # steps that a new page learns by itself
FIRST_SPEED = 200.0
TURNS = ("network", "plane", "numbers", "network", "plane", "loss")  # what is drawn anew, one at a time, while it learns
TURN_MS = 15

SETTINGS = (
    "data", "noise", "count", "split", "seed", "points", "names", "hidden", "features", "weights", "step", "epoch", "activation", "optimiser", "rate", "keep",
    "regularisation", "strength", "batch", "speed", "look",
)  # fmt: skip
DEFAULTS: dict[str, Any] = {"hidden": [4, 3], "rate": 0.3, "batch": 10, "noise": 0.1, "split": 0.5}


class Page(BasePage):
    """A playing page. ``bundle``: the newest snapshot of its session."""

    accepts = "points"

    def __init__(self, system: System, client: Client, parent: QWidget | None = None) -> None:
        super().__init__(system, client, parent)
        self.bundle: Bundle | None = None
        self._wanted: dict[str, Any] = dict(DEFAULTS)
        self._own: list[list[float]] = []
        self._names: tuple[str, str] = ("A", "B")
        self._warming = False
        self._drawn: dict[str, Bundle] = {}
        self._turn = 0
        self._ticker = QTimer(self)
        self._ticker.setInterval(TURN_MS)
        self._ticker.timeout.connect(self._tick)
        self.live = Live(client, "basics.playground", LEARNING, self)
        self.live.arrived.connect(self._arrived)
        self.live.refused.connect(self.show_error)
        self.live.lost.connect(self._lost)
        self.live.stopped.connect(self._stopped)

        for key in system.samples:
            self.add_sample(key, SAMPLES[key], sample_pixels(key))
        self.own_button = IconButton("pencil", OWN_POINTS)
        self.own_button.clicked.connect(lambda: self.place([]))
        self.head_inputs.insertWidget(1, self.own_button)
        self.add_input_buttons()

        self.network = NetworkView()
        self.network.placeholder = OPENING
        self.surface = SurfaceView(name=SURFACE, axes=True)
        self.surface.set_scale(None, 1.0)
        self.surface.set_strength(0.82)
        self.under = Label("", "label", "ink2")
        self.placing = PlacingBar()
        self.loss = CurvesView(name=LOSS)
        self.controls = LearningControls()
        self.legend = Legend("signed", "A", "B")
        module = f"explorer.window.panels.{system.id}"
        self.panel: Any = importlib.import_module(module).Panel(self) if importlib.util.find_spec(module) is not None else None

        self._plane = QWidget()
        column = QVBoxLayout(self._plane)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.surface, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.placing)
        foot.addWidget(self.under, 1)
        column.addLayout(foot)
        self.stage.addWidget(self.network, 9)
        widgets: dict[str, tuple[QWidget, QWidget | None]] = {"decision_surface": (self._plane, self.legend), "loss": (self.loss, None)}
        if self.panel is not None:
            widgets[self.panel.lens] = (self.panel, self.panel.legend)
        self.stage.addWidget(self.lens_area, 12)
        for lens_id in system.lenses:
            self.add_lens(lens_id, *widgets[lens_id])
        self.lens_area.put_beside(self.controls)
        self._connect()
        look.changed.connect(self._resize)
        self._resize()

    def _connect(self) -> None:
        network, controls = self.network, self.controls
        network.weight_edited.connect(lambda source, target, value: self.tell("edit", source=source, target=target, value=value))
        network.neuron_added.connect(lambda layer: self.tell("add_neuron", layer=layer))
        network.neuron_removed.connect(lambda layer, index: self.tell("remove_neuron", layer=layer, index=index))
        network.layer_added.connect(lambda: self.tell("add_layer"))
        network.layer_removed.connect(lambda: self.tell("remove_layer"))
        network.looked_at.connect(lambda name: self.tell("set", look=name or self.network.pinned_neuron or "out"))
        network.pinned.connect(lambda name: self.tell("set", look=name or "out"))
        controls.wanted.connect(lambda values: self.tell("set", **values))
        controls.play.connect(self.play)
        controls.step.connect(lambda: self.tell("step"))
        controls.reset.connect(lambda: self.tell("reset", seed=random.randrange(10_000)))
        controls.new_points.connect(lambda: self.tell("set", seed=random.randrange(10_000)))
        self.surface.placed_with.connect(self._click)
        self.surface.hovered.connect(lambda x, y: self.under.set_text(self.surface.words_at(x, y)))
        self.surface.left.connect(self._retell)
        self.placing.cleared.connect(lambda: self.place([]))

    def _resize(self) -> None:
        self.controls.setFixedWidth(look.px(334))
        # the drawings share what room there is, and never ask for more
        for view, least in ((self.network, 150 if look.projection else 200), (self.surface, 120), (self.loss, 120)):
            view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
            view.setMinimumHeight(look.px(least))
        self.surface.axes = not look.projection
        self.under.setVisible(not look.projection)

    # --- the session ---

    def begin(self, **more: Any) -> None:
        """Start the session with what the page wants."""
        wanted = {name: value for name, value in self._wanted.items() if name in SETTINGS}
        self.live.begin(**{**wanted, "slice": self._slice(), **more})

    def tell(self, name: str, **values: Any) -> None:
        """Tell the session; one that is not there is begun first."""
        if not self.live.running:
            self._wanted = self._kept()
            self.begin()
        self._warming = False
        self.live.send(name, **values)
        self.clear_error()
        self.state_changed.emit()

    def play(self, on: bool) -> None:
        """Learn, or stop learning."""
        self.controls.set_playing(on)
        self.tell("play" if on else "pause")

    def _slice(self) -> str:
        wanted: str = self.panel.directions if self.panel is not None and self.lens == self.panel.lens else "off"
        return wanted

    def _lost(self, error: ExplorerError) -> None:
        self._wanted = self._kept()
        self._warming = False
        self.controls.set_playing(False)
        self.show_error(error, retry=self._again_after_loss)

    def _stopped(self) -> None:
        """The session was cancelled in the list of jobs; the next command begins it again where it stood."""
        self.controls.set_playing(False)
        self._warming = False

    def _again_after_loss(self) -> None:
        self.clear_error()
        self.begin()

    # --- what comes back ---

    def _arrived(self, bundle: Bundle) -> None:
        if self.panel is not None and self.panel.take(bundle):
            return
        first = self.bundle is None
        self.bundle = bundle
        facts, points = bundle.facts, bundle.parts["points"]
        assert isinstance(points, Points)
        if points.names != self._names or facts["data"] != "own":
            self._names = (points.names[0], points.names[1])
            self.legend.set_range(*self._names)
        if self.live.settled(bundle):
            self.controls.set_playing(bool(facts["playing"]))
            self.controls.take(facts)
            self._warming = self._warming and bool(facts["playing"])
            self.mark_sample(facts["data"] if facts["data"] in self.system.samples else None)
        self.placing.setVisible(facts["data"] == "own" and not look.projection)
        if facts["playing"] and not first:
            if not self._ticker.isActive():
                self._ticker.start()  # one drawing at a time, so that the window stays quick
        else:
            for name in dict.fromkeys(TURNS):
                self._draw(name)

    def _tick(self) -> None:
        """Draw the next thing that is not up to date."""
        for _ in TURNS:
            name = TURNS[self._turn % len(TURNS)]
            self._turn += 1
            if self._drawn.get(name) is not self.bundle:
                self._draw(name)
                return
        self._ticker.stop()

    def _draw(self, name: str) -> None:
        """Bring one thing up to date: the network, what the lens shows, the numbers, or the small curve."""
        if self.bundle is None:
            return
        self._drawn[name] = self.bundle
        parts = self.bundle.parts
        numbers, loss, points = parts["numbers"], parts["loss"], parts["points"]
        assert isinstance(numbers, Numbers) and isinstance(loss, Curves) and isinstance(points, Points)
        if name == "network":
            self.network.set_result(self.bundle)
        elif name == "numbers":
            self.controls.show_numbers(numbers)
        elif name == "loss":
            self.controls.show_loss(loss)
        else:
            if self.lens == "decision_surface" or self.surface.result is None:
                self.surface.set_result(parts["surface"])
                self.surface.set_points(points)
            if self.lens == "loss" or self.loss.result is None:
                self.loss.set_result(loss)
            if not self.surface.underMouse():
                self._retell()

    def _retell(self) -> None:
        """What the surface shows, where the cursor does not say more."""
        node = str(self.bundle.facts["look"]) if self.bundle is not None else "out"
        self.under.set_text(LOOKING_AT.format(name=self.network.title_of(node)) if node != "out" else "")

    # --- points ---

    def place(self, points: list[list[float]], names: tuple[str, str] | None = None, split: float = 1.0) -> None:
        """Learn from these points, each [x, y, class 0 or 1]."""
        self._own = points
        self.tell("set", data="own", points=points, names=list(names or ("A", "B")), split=split)
        self.set_lens("decision_surface")

    def _click(self, x: float, y: float, right: bool) -> None:
        """A place on the plane: a point more, or, on a point of one's own, one less. Other sets become one's own."""
        if self.bundle is None:
            return
        if self.bundle.facts["data"] != "own":
            points = self.bundle.parts["points"]
            assert isinstance(points, Points)
            self._own = [[round(float(a), 3), round(float(b), 3), int(g)] for (a, b), g in zip(points.xy, points.groups, strict=True)]
        near = [k for k, (a, b, _) in enumerate(self._own) if abs(a - x) + abs(b - y) < 0.12]
        group = self.placing.group if not right else 1 - self.placing.group
        if near and self.bundle.facts["data"] == "own":
            self._own = [point for k, point in enumerate(self._own) if k != near[-1]]
        else:
            self._own = [*self._own, [round(x, 3), round(y, 3), group]]
        self.placing.show()
        self.tell("set", data="own", points=self._own, names=list(self._names))

    def open_input(self, value: Any) -> None:
        """A sample's name, the path of a table, or a table as text."""
        if isinstance(value, str) and value in SAMPLES:
            self.mark_sample(value)
            if value == OWN:
                self.place([])
            else:
                self.tell("set", data=value, **({"split": DEFAULTS["split"]} if self.state().get("data") == "own" else {}))
            return
        self.ask("points", "basics.read_points", READING, self._read, source=str(value) if isinstance(value, Path) else value)

    def _read(self, bundle: Bundle) -> None:
        points = bundle.parts["points"]
        assert isinstance(points, Points)
        rows = [[round(float(x), 4), round(float(y), 4), int(g)] for (x, y), g in zip(points.xy, points.groups, strict=True)]
        self.place(rows, (points.names[0], points.names[1]), DEFAULTS["split"])
        self.tell("reset")
        self.tell("play", steps=FIRST_LOOK)
        self._warming = True
        self.show_notes(bundle.notes)

    # --- lenses ---

    def lens_shown(self, lens_id: str) -> None:
        if not hasattr(self, "controls"):
            return
        if self.live.running:
            self.live.send("set", slice=self._slice())
        if self.bundle is not None:
            surface, points, loss = (self.bundle.parts[name] for name in ("surface", "points", "loss"))
            assert isinstance(points, Points)
            self.surface.set_result(surface)
            self.surface.set_points(points)
            self.loss.set_result(loss)

    def slice_wanted(self, **settings: Any) -> None:
        """The panel asks for another slice of the loss."""
        self.tell("set", **settings)

    # --- keys ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self.play(not self.controls.playing)
        elif event.text() == ".":
            self.tell("step")
        else:
            super().keyPressEvent(event)

    # --- what the shell asks ---

    def start(self) -> None:
        self._warming = True
        self.mark_sample(self.system.samples[0] if self.system.samples else None)
        self.begin(playing=True, speed=FIRST_SPEED, until=FIRST_LOOK)

    def shown(self) -> None:
        if not self.live.running:
            self.start() if self._warming else self.begin()

    def hidden(self) -> None:
        self._ticker.stop()
        if self.live.running:
            self._wanted = self._kept()
            self.live.end()
            self.controls.set_playing(False)

    def busy(self) -> bool:
        unsettled = self.bundle is not None and self.live.running and not self.live.settled(self.bundle)
        slicing = self.panel is not None and self.lens == self.panel.lens and self.live.running and self.panel.waiting
        return self.live.waiting or unsettled or self._warming or slicing or super().busy()

    def _kept(self) -> dict[str, Any]:
        """What is needed to go on, as JSON-able values."""
        if self.bundle is None:
            return dict(self._wanted)
        facts = self.bundle.facts
        kept = {name: facts[name] for name in SETTINGS if name in facts}
        kept["weights"] = [float(f"{w:.6g}") for w in facts["weights"]]
        values = self._values()
        kept |= {"step": int(values["step"]), "epoch": values["epoch"]}
        if facts["data"] == "own":
            kept |= {"points": self._own, "names": list(self._names)}
        return kept

    def _values(self) -> dict[str, float]:
        numbers = self.bundle.parts["numbers"] if self.bundle is not None else None
        return dict(numbers.values) if isinstance(numbers, Numbers) else {}

    def state(self) -> dict[str, Any]:
        panel = {"slice": self.panel.settings()} if self.panel is not None else {}
        return {**super().state(), **self._kept(), **panel}

    def restore(self, state: Mapping[str, Any]) -> None:
        wanted = {name: state[name] for name in SETTINGS if name in state}
        if self.panel is not None and isinstance(state.get("slice"), Mapping):
            self.panel.apply(state["slice"])
        if wanted:
            self._wanted = {**DEFAULTS, **wanted}
            self._own = [list(point) for point in wanted.get("points", [])]
            self.bundle = None
            self.begin()
        super().restore(state)

    def open_state(self, state: Mapping[str, Any]) -> None:
        self.restore(state if "weights" in state else {**{k: v for k, v in self._kept().items() if k not in ("weights", "hidden")}, **state})

    def numbers(self) -> dict[str, Any]:
        if self.bundle is None:
            return {}
        facts = {name: value for name, value in self.bundle.facts.items() if name in SETTINGS and name not in ("weights", "points")}
        values = {name: (None if value != value else value) for name, value in self._values().items()}
        return {**facts, **values, **({"panel": self.panel.numbers()} if self.panel is not None else {})}

    def results_by_lens(self) -> dict[str, Result]:
        parts = self.bundle.parts if self.bundle is not None else {}
        found = {lens: parts[part] for lens, part in (("decision_surface", "surface"), ("loss", "loss")) if part in parts}
        if self.panel is not None and (slice_ := self.panel.result()) is not None:
            found[self.panel.lens] = slice_
        return found

    def project(self, on: bool) -> None:
        super().project(on)
        self.controls.project(on)
        self.placing.setVisible(not on and self.bundle is not None and self.bundle.facts["data"] == "own")
        if on:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_beside(self, claim: QWidget | None) -> None:
        self.lens_area.put_beside(claim if claim is not None else self.controls)
