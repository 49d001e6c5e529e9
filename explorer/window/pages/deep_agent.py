"""The page of an agent with a network that learns in an environment: the strip of one step, the picture with Q, the player; its session ends with the page."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.catalogue import System
from explorer.catalogue.lenses import LENSES
from explorer.results import Bundle, Curves, Numbers, Result
from explorer.window.client import Client, Job
from explorer.window.look import look
from explorer.window.pages.agent_parts import player_key
from explorer.window.pages.base import BasePage
from explorer.window.pages.deep_agent_head import Head
from explorer.window.pages.deep_agent_parts import FeaturesLens, LooksLens, ValuesLens, flow, keys_of
from explorer.window.pages.deep_agent_player import Player
from explorer.window.views.flow import FlowView
from explorer.window.views.pace import Pace
from explorer.words import ExplorerError, InputError, Text, same

LEARNING = Text("{ja}の学習", "{en}")
FIRST_LOOK = 1_500
"""Steps learnt at full speed before the page is first shown."""
WATCHING_SPEED = 30.0
CARD_LENSES = {"state": "agent_values", "network": "agent_features", "q": "agent_looks", "choose": "agent_values", "world": "agent_values"}
KEPT = ("speed", "playing", "seed", "settings", "restore", "until", "trained")


class Page(BasePage):
    """See the module."""

    def __init__(self, system: System, client: Client) -> None:
        super().__init__(system, client)
        self.set_head(caption=same(str(system.year)))
        self.job: Job | None = None
        self.bundle: Bundle | None = None
        self._wanted: dict[str, Any] = {"environment": system.samples[0], "until": FIRST_LOOK, "speed": 0.0, "playing": True}
        self._left = list(system.samples)  # environments that may still open where others cannot
        self._changed: dict[str, Any] = {}
        self._sent = self._refusals = 0
        self._speed_before: float | None = None
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.controls = Head(system)
        self.head_inputs.addWidget(self.controls)
        self.strip = FlowView(height=84)
        self.player = Player()
        module = f"explorer.window.panels.{system.id}"
        self.panel: Any = importlib.import_module(module).Panel(self) if importlib.util.find_spec(module) is not None else None
        self.picture = ValuesLens()
        parts: dict[str, Any] = {"agent_values": self.picture, "agent_looks": LooksLens(), "agent_features": FeaturesLens()}
        if self.panel is not None:
            parts |= {self.panel.lens: self.panel, **getattr(self.panel, "others", {})}
        self.stage.addWidget(self.controls.field)
        self.stage.addWidget(self.strip)
        self.parts: dict[str, Any] = {lens_id: parts[lens_id] for lens_id in system.lenses if lens_id in parts}
        for lens_id, part in self.parts.items():
            part.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)  # as high as there is room
            self.add_lens(lens_id, part, part.legend)
        self.lens_area.put_beside(self.player)

        self.controls.went.connect(self.go)
        self.controls.trained_wanted.connect(self.watch_trained)
        self.controls.save_to.connect(lambda path: self.send("save", {"path": path}))
        self.controls.load_from.connect(lambda path: self.send("load", {"path": path}))
        self.player.command.connect(self.send)
        self.player.watched.connect(self._watch)
        self.player.visited.connect(self._visit)
        self.player.toured.connect(self._tour)
        self.player.hands_on.connect(self._hands_on)
        self.picture.acted.connect(lambda action: self.send("act", {"action": action}))
        self.strip.chosen.connect(self._choose_card)
        self._paced = tuple(Pace(self, times, draw, apart) for times, draw, apart in ((10.0, self._show_player, 8), (5.0, self._show_strip, 16), (2.0, self._show_curve, 24)))
        look.changed.connect(self._show_strip)
        look.changed.connect(self._show_lens)

    # --- the session ---

    @property
    def facts(self) -> Mapping[str, Any]:
        """Where the session stands; empty before its first answer."""
        return self.bundle.facts if self.bundle is not None else {}

    @property
    def environment(self) -> str:
        """The name of the world on the page."""
        return str(self.facts.get("environment") or self._wanted["environment"])

    def values(self) -> dict[str, float]:
        """The named numbers of the session."""
        numbers = self.bundle.parts["numbers"] if self.bundle is not None else None
        return dict(numbers.values) if isinstance(numbers, Numbers) else {}

    def begin(self) -> None:
        """Start the session with what the page wants."""
        if self.job is not None:
            return
        wanted = self._wanted
        self._changed = dict(wanted.get("settings") or {})
        arguments: dict[str, Any] = {name: wanted[name] for name in ("environment", "speed", "playing", "until", "seed", "trained") if wanted.get(name) is not None}
        restore = wanted.get("restore")
        if isinstance(restore, str) and Path(restore).is_file():
            arguments |= {"restore": restore, "until": 0, "trained": False}
        self._sent = self._refusals = 0
        with contextlib.suppress(OSError):  # then it is not kept
            self.own_file().parent.mkdir(parents=True, exist_ok=True)
        job = self.client.session(
            LENSES[self.system.lenses[0]].task, title=LEARNING.format(ja=self.system.name.ja, en=self.system.name.en), system=self.system.id, keep=str(self.own_file()), **arguments, **self._changed
        )
        self.job = job
        job.result.connect(lambda result: self._arrived(job, result))
        job.failed.connect(lambda error: self._failed(job, error))
        self._say_what_is_looked_at()

    def send(self, name: str, values: Mapping[str, Any] | None = None) -> None:
        """Tell the session to do something; one that is not there is begun first."""
        self.begin()
        assert self.job is not None
        if name == "set":
            self._changed |= {one: value for one, value in dict(values or {}).items() if one not in ("speed", "until")}
        if not self.banner.isHidden():
            self.clear_error()
        if name in ("reset", "world", "trained"):
            self._wanted["restore"] = None  # what was kept before belongs to another training
        self._sent += 1
        self.job.send(name, **dict(values or {}))
        self.state_changed.emit()

    def reopen(self, **changes: Any) -> None:
        """Begin anew in the same world with settings that cannot be changed while it learns, such as the number of actors."""
        kept = self.kept()
        self._wanted = {**kept, "restore": None, "until": FIRST_LOOK, "playing": True, "trained": False, "settings": {**kept["settings"], **changes}}
        self._drop()
        self.begin()
        self.state_changed.emit()

    def _drop(self) -> None:
        job, self.job, self.bundle = self.job, None, None
        self._speed_before = None
        self.player.let_go()
        if job is not None:
            job.cancel()

    def end(self) -> None:
        """Keep the training in a file and let the session go."""
        job = self.job
        if job is None:
            return
        if self.bundle is not None:
            job.send("keep")
            self._wanted = {**self.kept(), "restore": str(self.own_file())}
        self.job = None
        self._speed_before = None
        self.player.let_go()
        job.cancel()

    def own_file(self) -> Path:
        """Where the training is kept while the page is out of sight."""
        return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.CacheLocation)) / "agents" / f"{self.system.id}.pt"

    def _failed(self, job: Job, error: ExplorerError) -> None:
        if job is not self.job:
            return
        self._wanted, self.job = self.kept(), None
        if isinstance(error, InputError) and self.bundle is None:  # a package that is missing, a training that does not fit: the next sample
            tried = "" if self._wanted.get("restore") else self._wanted["environment"]
            self._left = [sample for sample in self._left if sample != tried]
            if self._left:
                self._wanted = {"environment": self._left[0], "until": FIRST_LOOK, "speed": 0.0, "playing": True}
                self.begin()
        self.show_error(error, retry=self._again_after_loss)

    def _again_after_loss(self) -> None:
        self.clear_error()
        self.begin()

    def go(self, environment: str) -> None:
        """Open another world; one that cannot be used is said on the page, which stays where it is."""
        if self.bundle is None:
            self._wanted |= {"environment": environment, "until": FIRST_LOOK, "restore": None, "trained": False}
            self._drop()
            self.begin()
            return
        self.send("world", {"environment": environment, "until": FIRST_LOOK})

    # --- what comes back ---

    def _arrived(self, job: Job, result: Result) -> None:
        if job is not self.job or not isinstance(result, Bundle) or "q" not in result.parts:
            return
        job.rest(result.facts.get("playing") is False)
        self.bundle = result
        facts = result.facts
        self._show_lens()
        for part in self._paced:
            part.ask(not facts["playing"] or 0 < facts["speed"] <= WATCHING_SPEED)
        self.controls.take(facts["environment"], facts["bundled"] is not None)
        if facts["refusals"] > self._refusals:
            self._refusals = facts["refusals"]
            self.show_error(InputError(facts["refused"]))

    def _show_lens(self) -> None:
        """Bring the lens on screen up to date; the others wait until they are chosen."""
        part = self.parts.get(self.lens)
        if self.bundle is not None and part is not None:
            part.take(self.bundle)

    def _show_player(self) -> None:
        """The numbers, after the picture, so that the window takes events in between."""
        if self.bundle is not None:
            self.player.take(self.facts, self.values())

    def _show_curve(self) -> None:
        if self.bundle is not None and isinstance(curve := self.bundle.parts["returns"], Curves):
            self.player.show_curve(curve)

    def _show_strip(self) -> None:
        if self.bundle is not None:
            cards, feedback = flow(self.bundle)
            self.strip.set_flow(cards, feedback)
            self.strip.set_selected("q")

    def _say_what_is_looked_at(self) -> None:
        """Only what the lens on screen needs is computed."""
        part = self.parts.get(self.lens)
        if self.job is not None and part is not None:
            self._sent += 1
            self.job.send("show", parts=list(part.needs))

    def _choose_card(self, name: str) -> None:
        if CARD_LENSES[name] in self.parts:
            self.set_lens(CARD_LENSES[name])
        self.strip.set_selected("q")

    def lens_shown(self, lens_id: str) -> None:
        if hasattr(self, "player"):
            self._show_lens()
            self._say_what_is_looked_at()

    # --- the user's hands ---

    def _slow_down(self, on: bool) -> None:
        """To be watched, an episode is shown no faster than a person can follow; afterwards the speed is as it was."""
        speed = float(self.facts.get("speed", 0.0))
        if on and (speed == 0.0 or speed > WATCHING_SPEED):
            self._speed_before = speed
            self.send("set", {"speed": WATCHING_SPEED})
        elif not on and self._speed_before is not None:
            self.send("set", {"speed": self._speed_before})
            self._speed_before = None

    def _watch(self, on: bool) -> None:
        self._slow_down(on)
        self.send("watch", {"on": on})
        if on:
            self.set_lens("agent_values")
            self.send("play")

    def _visit(self, index: int | None) -> None:
        self._slow_down(index is not None)
        self.send("visit", {"index": index})
        if index is not None:
            self.set_lens("agent_values")
            self.send("play")

    def _tour(self) -> None:
        """Watch the checkpoints one after another."""
        self._slow_down(True)
        self.set_lens("agent_values")
        self.send("tour")
        self.send("play")

    def watch_trained(self) -> None:
        """Watch the bundled agent play; it can go on learning from there."""
        self.player.let_go()
        self.send("trained")
        self._watch(True)

    def _hands_on(self, on: bool) -> None:
        """The user plays: with actors in processes of their own in a game beside theirs, else in the agent's own, which learns from it."""
        self.picture.set_playing(on)
        if on:
            self.send("pause")
            if self.facts.get("all_settings", {}).get("actors"):
                self.send("watch", {"on": True})
            self.set_lens("agent_values")
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.facts.get("watching"):
            self.send("watch", {"on": False})

    @property
    def hands(self) -> bool:
        """Whether the keys are actions: the user plays, or records a demonstration."""
        return self.player.mine.isChecked() or bool(self.facts.get("recording"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = keys_of(self.facts).get(event.key()) if self.hands and self.facts else None
        if action is not None:
            self.send("act", {"action": action})
        elif command := player_key(event, bool(self.facts.get("playing"))):
            self.send(command)
        else:
            super().keyPressEvent(event)

    # --- what the shell asks ---

    def open_input(self, value: Any) -> None:
        """An environment's id, with settings as words after it."""
        self.go(str(value))

    def start(self) -> None:
        self.begin()

    def shown(self) -> None:
        self.begin()

    def hidden(self) -> None:
        self.end()

    def busy(self) -> bool:
        facts = self.facts
        waiting = self.job is not None and (not facts or facts["obeyed"] < self._sent or facts["until"] > 0)
        return waiting or super().busy()

    def kept(self) -> dict[str, Any]:
        """What is needed to go on, as JSON-able values; the training itself lies in the file ``restore``."""
        if self.bundle is None:
            return {"settings": {}, **self._wanted}
        facts = self.facts
        speed = self._speed_before if self._speed_before is not None else facts["speed"]
        return {
            "environment": facts["environment"], "speed": speed, "playing": facts["playing"], "seed": facts["seed"], "settings": dict(self._changed),
            "until": facts["until"] or None, "trained": facts["trained"], "restore": str(self.own_file()) if facts["kept_at"] is not None else self._wanted.get("restore"),
        }

    def state(self) -> dict[str, Any]:
        return {**super().state(), **self.kept()}

    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        if not isinstance(state.get("environment"), str):
            return
        self._drop()
        self._wanted = {"speed": 0.0, "playing": False, "until": FIRST_LOOK, "environment": state["environment"], **{name: state[name] for name in KEPT if name in state}}
        self.begin()

    def open_state(self, state: Mapping[str, Any]) -> None:
        self.restore(state if "environment" in state else {**self.kept(), **state})

    def numbers(self) -> dict[str, Any]:
        if self.bundle is None:
            return {}
        facts = self.facts
        found: dict[str, Any] = {
            "environment": facts["environment"], "actions": [a.en for a in facts["actions"]], "parameters": facts["parameters"], "checkpoints": list(facts["marks"]),
            "settings": dict(facts["settings"]), "q": [float(v) for v in self.bundle.parts["q"].values], **self.values(),  # type: ignore[attr-defined]
        }
        if self.panel is not None:
            found["panel"] = self.panel.numbers()
        return found

    def results_by_lens(self) -> dict[str, Result]:
        return {lens_id: result for lens_id, part in self.parts.items() if (result := part.result(self.bundle)) is not None} if self.bundle is not None else {}

    # --- projection ---

    def project(self, on: bool) -> None:
        super().project(on)
        self.player.setVisible(not on)
        self.controls.field.setVisible(not on and self.controls.typed.isChecked())
        if on:
            self.setFocus(Qt.FocusReason.OtherFocusReason)  # its keys: space plays and pauses, the full stop takes a step

    def show_beside(self, claim: QWidget | None) -> None:
        self.lens_area.put_beside(claim if claim is not None else self.player)
