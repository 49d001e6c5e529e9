"""The page of an agent that learns in a world: the strip of one step, the map of values, the player; the session behind it lives and stops with the page."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.catalogue import System
from explorer.results import ActionGrid, Bundle, Curves, Matrix, Numbers, Result
from explorer.window.client import Client, Job
from explorer.window.look import look
from explorer.window.pages.agent_parts import Player, TableRows, flow, player_key
from explorer.window.pages.base import BasePage
from explorer.window.views.action_grid import ActionGridView
from explorer.window.views.controls import Choice, Field, IconButton, Legend
from explorer.window.views.drawing import short
from explorer.window.views.flow import FlowView
from explorer.window.views.matrix import MatrixView
from explorer.window.views.pace import Pace
from explorer.words import ExplorerError, InputError, Text, same

TASK = "reinforcement.table"
LEARNING = Text("{ja}の学習", "{en}")
WORLD, ICE = Text("環境", "Environment"), Text("氷", "Ice")
FIRM, SLIPPERY = Text("滑らない", "Firm"), Text("滑る", "Slippery")
ANOTHER, TYPED = Text("別の地図", "Another map"), Text("gymnasium の環境を id で開く", "Open any gymnasium environment by id")
TYPE_HERE = Text("環境の id(例: FrozenLake-v1 map=SFFF/FHFH/FFFH/HFFG)", "An environment's id, such as FrozenLake-v1 map=SFFF/FHFH/FFFH/HFFG")
NOT_VISITED = Text("? まだ来ていない", "? not visited")
VISITS, ROWS = Text("訪問回数", "Visits"), Text("Q テーブル", "Q table")
OPENING = Text("環境を開いています。", "The environment is being opened.")
SAMPLE_WORDS = {"generated": Text("生成", "Generated"), "CliffWalking": Text("崖", "Cliff"), "Taxi": Text("タクシー", "Taxi"), "4x4": same("4×4"), "8x8": same("8×8")}
FIRST_LOOK = 20_000
"""Actions learnt at full speed before the page is first shown."""
WATCHING_SPEED = 4.0
CARD_LENSES = {"state": "visits", "table": "q_table", "choose": "values", "world": "values"}


def sample_words(sample: str) -> Text:
    """A short name of a sample environment."""
    for word in reversed(sample.replace("-", " ").split()):
        if word in SAMPLE_WORDS:
            return SAMPLE_WORDS[word]
    return same(sample)


class Page(BasePage):
    """See the module."""

    def __init__(self, system: System, client: Client) -> None:
        super().__init__(system, client)
        self.set_head(caption=same(str(system.year)))
        self.job: Job | None = None
        self.bundle: Bundle | None = None
        self._wanted: dict[str, Any] = {"environment": system.samples[0], "until": FIRST_LOOK, "speed": WATCHING_SPEED, "playing": True}
        self._sent = 0
        self._refusals = 0
        self._paced = tuple(Pace(self, times, draw, apart) for times, draw, apart in ((10.0, self._show_player, 8), (5.0, self._show_strip, 16), (2.0, self._show_curve, 24)))
        self._in_front = False
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._fill_head()

        self.strip = FlowView(height=84)
        self.grid = ActionGridView()
        self.grid.placeholder = OPENING
        self.visits = MatrixView(name=VISITS)
        self.rows = TableRows(ROWS)
        self.legend = Legend("viridis", before="Q", also=NOT_VISITED)
        self.visits_legend = Legend("viridis", also=NOT_VISITED)
        self.rows_legend = Legend("viridis", before="Q", also=NOT_VISITED)
        self.player = Player()
        module = f"explorer.window.panels.{system.id}"
        self.panel: Any = importlib.import_module(module).Panel(self) if importlib.util.find_spec(module) is not None else None

        self.stage.addWidget(self.field)
        self.stage.addWidget(self.strip)
        widgets: dict[str, tuple[QWidget, Legend]] = {
            "values": (self.grid, self.legend), "visits": (self.visits, self.visits_legend), "q_table": (self.rows, self.rows_legend),
        }
        for lens_id in system.lenses:
            widgets[lens_id][0].setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)  # as high as there is room
            self.add_lens(lens_id, *widgets[lens_id])
        self.lens_area.put_beside(self.player)
        if self.panel is not None:
            self.stage.addWidget(self.panel)

        self.player.command.connect(self.send)
        self.player.hands_on.connect(self._hands_on)
        self.grid.cell_edited.connect(lambda row, column, reward: self.send("edit", {"row": row, "column": column, "reward": reward}))
        self.grid.action_chosen.connect(lambda action: self.send("act", {"action": action}))
        self.strip.chosen.connect(self._choose_card)
        look.changed.connect(self._show_strip)

    def _fill_head(self) -> None:
        self.worlds = Choice([(sample, sample_words(sample)) for sample in self.system.samples], name=WORLD)
        self.ice = Choice([("firm", FIRM), ("slippery", SLIPPERY)], "slippery", name=ICE)
        self.another = IconButton("shuffle", ANOTHER)
        self.typed = IconButton("pencil", TYPED)
        self.field = Field(TYPE_HERE, name=WORLD)
        self.field.hide()
        self.typed.setCheckable(True)
        for widget in (self.worlds, self.ice, self.another, self.typed):
            self.head_inputs.addWidget(widget)
        self.worlds.chosen.connect(lambda sample: self.go(sample, ice=self.ice.current))
        self.ice.chosen.connect(lambda ice: self.go(self.environment, ice=ice))
        self.another.clicked.connect(lambda: self.go(self.environment, another=True))
        self.typed.toggled.connect(self._type)
        self.field.returnPressed.connect(lambda: self.go(self.field.text()))

    # --- the session ---

    @property
    def facts(self) -> Mapping[str, Any]:
        """Where the session stands; empty before its first answer."""
        return self.bundle.facts if self.bundle is not None else {}

    @property
    def environment(self) -> str:
        """The name of the world on the page."""
        return str(self.facts.get("environment") or self._wanted["environment"])

    def begin(self) -> None:
        """Start the session with what the page wants."""
        if self.job is not None:
            return
        wanted = dict(self._wanted)
        arguments: dict[str, Any] = {name: wanted[name] for name in ("environment", "method", "speed", "playing", "until", "seed", "restore") if wanted.get(name) is not None}
        arguments["rewards"] = {int(cell): float(reward) for cell, reward in dict(wanted.get("rewards") or {}).items()}
        arguments |= dict(wanted.get("settings") or {})
        self._sent = 0
        self._refusals = 0
        job = self.client.session(TASK, title=LEARNING.format(ja=self.system.name.ja, en=self.system.name.en), **arguments)
        self.job = job
        job.result.connect(lambda result: self._arrived(job, result))
        job.failed.connect(lambda error: self._failed(job, error))

    def send(self, name: str, values: Mapping[str, Any] | None = None) -> None:
        """Tell the session to do something; one that is not there is begun first."""
        self.begin()
        assert self.job is not None
        self._sent += 1
        self.job.send(name, **dict(values or {}))
        self.state_changed.emit()

    def end(self) -> None:
        """Let the session go; the page keeps what was learnt."""
        job, self.job = self.job, None
        if job is not None:
            self._wanted = self.kept()
            job.cancel()

    def _failed(self, job: Job, error: ExplorerError) -> None:
        if job is not self.job:
            return
        self._wanted, self.job = self.kept(), None
        if isinstance(error, InputError) and self.bundle is None and self._wanted["environment"] != self.system.samples[0]:
            self._wanted = {"environment": self.system.samples[0], "until": FIRST_LOOK, "speed": WATCHING_SPEED, "playing": True}
            self.begin()
        self.show_error(error, retry=self._again_after_loss)

    def _again_after_loss(self) -> None:
        self.clear_error()
        self.begin()

    def go(self, environment: str, *, ice: str | None = None, another: bool = False, until: int = 0) -> None:
        """Open another world; one that cannot be used is said on the page, which stays where it is."""
        if self.job is None and self.bundle is None:
            self._wanted |= {"environment": environment, "until": until or FIRST_LOOK}
            self.begin()
            return
        self.send("world", {"environment": environment, "ice": ice, "another": another, "until": until})

    def recommend(self) -> None:
        """The recommended settings, from a fresh table."""
        self.send("recommend")
        self.send("reset")

    # --- what comes back ---

    def _arrived(self, job: Job, result: Result) -> None:
        if job is not self.job or not isinstance(result, Bundle) or "grid" not in result.parts:
            return
        job.rest(result.facts.get("playing") is False and not result.facts.get("watching"))
        self.bundle = result
        facts = result.facts
        grid = result.parts["grid"]
        assert isinstance(grid, ActionGrid)
        self.grid.set_result(grid)
        self._show_lens()
        for part in self._paced:
            part.ask(not facts["playing"] or 0 < facts["speed"] <= WATCHING_SPEED)
        self._show_head()
        if facts["refusals"] > self._refusals:
            self.show_error(InputError(facts["refused"]))
        elif facts["refusals"] == self._refusals and facts["refused"] is None and self._sent and not self.banner.isHidden():
            self.clear_error()
        self._refusals = facts["refusals"]

    def _show_player(self) -> None:
        """The numbers, the legend and the panel: after the picture, so that the window takes events in between."""
        if self.bundle is not None:
            self.player.take(self.facts, self.values())
            self._show_legend()
            if self.panel is not None:
                self.panel.take(self.bundle)

    def _show_curve(self) -> None:
        if self.bundle is not None and isinstance(curve := self.bundle.parts["returns"], Curves):
            self.player.show_curve(curve)

    def _show_legend(self) -> None:
        low, high, cut = self.grid.scale()
        self.legend.set_range(f"≤ {short(low)}" if cut else short(low), short(high))
        self.rows_legend.set_range(f"≤ {short(low)}" if cut else short(low), short(high))

    def _show_lens(self) -> None:
        """Bring the lens on screen up to date; the others wait until they are chosen."""
        if self.bundle is None:
            return
        parts, facts = self.bundle.parts, self.facts
        if self.lens == "visits":
            visits = parts["visits"]
            assert isinstance(visits, Matrix)
            self.visits.set_result(visits)
            self.visits_legend.set_range("0", f"{int(np.nanmax(visits.values, initial=0)):,}")
        elif self.lens == "q_table":
            table, counts = parts["table"], parts["counts"]
            assert isinstance(table, Matrix) and isinstance(counts, Matrix)
            low, high, _ = self.grid.scale()
            self.rows.set_table(table, counts.values, int(facts.get("last", facts)["state"]), low, high)

    def _show_strip(self) -> None:
        if self.bundle is not None:
            cards, feedback = flow(self.facts, self.grid.scale()[:2])
            self.strip.set_flow(cards, feedback)
            self.strip.set_selected("table")

    def _show_head(self) -> None:
        facts, words = self.facts, self.environment.split()
        for sample in self.system.samples:
            if sample.split()[0] == words[0] and set(sample.split()[1:]) <= set(words) and self.worlds.current != sample:
                self.worlds.set_current(sample)
        self.ice.setVisible(bool(facts["icy"]))
        if facts["icy"]:
            self.ice.set_current("slippery" if facts["slippery"] else "firm")
        self.another.setVisible("generated" in words)

    def _choose_card(self, name: str) -> None:
        self.set_lens(CARD_LENSES[name])
        self.strip.set_selected("table")

    def lens_shown(self, lens_id: str) -> None:
        if hasattr(self, "grid"):
            self._show_lens()

    # --- the user's hands ---

    def _type(self, on: bool) -> None:
        self.field.setVisible(on)
        if on:
            self.field.setText(self.environment)
            self.field.selectAll()
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _hands_on(self, on: bool) -> None:
        self.grid.playing = on
        if on:
            self.set_lens("values")
            self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if command := player_key(event, bool(self.facts.get("playing"))):
            self.send(command)
        else:
            super().keyPressEvent(event)

    # --- what the shell asks ---

    def open_input(self, value: Any) -> None:
        """A gymnasium id, with settings as words after it; learnt for a moment so that there is something to see."""
        self.go(str(value), until=FIRST_LOOK)

    def start(self) -> None:
        self.begin()

    def shown(self) -> None:
        self._in_front = True
        self.begin()

    def hidden(self) -> None:
        self._in_front = False
        self.end()

    def busy(self) -> bool:
        facts = self.facts
        waiting = self.job is not None and (not facts or facts["obeyed"] < self._sent or facts["until"] > 0)
        return waiting or super().busy()

    def values(self) -> dict[str, float]:
        """The named numbers of the session."""
        numbers = self.bundle.parts["numbers"] if self.bundle is not None else None
        return dict(numbers.values) if isinstance(numbers, Numbers) else {}

    def kept(self) -> dict[str, Any]:
        """What is needed to go on: environment, settings and the table, as JSON-able values."""
        if self.bundle is None:
            return dict(self._wanted)
        facts, numbers = self.facts, self.values()
        table, counts = self.bundle.parts["table"], self.bundle.parts["counts"]
        assert isinstance(table, Matrix) and isinstance(counts, Matrix)
        places, sums = facts["history"]
        return {
            "environment": facts["environment"], "method": facts["method"], "speed": facts["speed"], "playing": facts["playing"], "seed": facts["seed"],
            "settings": dict(facts["settings"]), "rewards": {str(cell): reward for cell, reward in facts["rewards"].items()},
            "until": facts["until"] or None,
            "restore": {
                "values": [[float(f"{v:.9g}") for v in row] for row in table.values], "visits": counts.values.astype(int).tolist(),
                "steps": int(numbers["steps"]), "sweeps": int(numbers["sweeps"]), "state": facts["state"],
                "episode_return": facts["episode_return"], "episode_steps": facts["episode_steps"], "history": [list(places), list(sums)],
            },
        }

    def state(self) -> dict[str, Any]:
        return {**super().state(), **self.kept()}

    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        if not isinstance(state.get("environment"), str):
            return
        wanted = {name: state[name] for name in ("environment", "method", "speed", "playing", "seed", "settings", "rewards", "restore", "until") if name in state}
        running, self.job, self.bundle = self.job, None, None
        if running is not None:
            running.cancel()
        self._wanted = {"speed": WATCHING_SPEED, "playing": False, **wanted}
        self.begin()

    def open_state(self, state: Mapping[str, Any]) -> None:
        if "environment" in state:
            self.restore(state)  # a point of a plot: this world after so many actions, with the recommended settings
        else:
            self.restore({**self.kept(), **state})

    def numbers(self) -> dict[str, Any]:
        if self.bundle is None:
            return {}
        facts = self.facts
        found: dict[str, Any] = {
            "environment": facts["environment"], "method": facts["method"], "states": facts["states"], "actions": [a.en for a in facts["actions"]],
            "settings": dict(facts["settings"]), "optimum": facts["optimum"], "needed": facts["needed"], **self.values(),
        }
        grid = self.grid.grid
        if grid is not None:
            found["visited_cells"] = int((np.asarray(grid.visited).sum(axis=2) > 0).sum())
        if self.panel is not None:
            found["panel"] = self.panel.numbers()
        return found

    def results_by_lens(self) -> dict[str, Result]:
        parts = self.bundle.parts if self.bundle is not None else {}
        return {lens: parts[part] for lens, part in (("values", "grid"), ("visits", "visits"), ("q_table", "table")) if part in parts}

    # --- projection ---

    def project(self, on: bool) -> None:
        super().project(on)
        self.player.setVisible(not on)
        self.field.setVisible(not on and self.typed.isChecked())
        if self.panel is not None:
            self.panel.setVisible(not on)
        if on:
            self.setFocus(Qt.FocusReason.OtherFocusReason)  # its keys: space plays and pauses, the full stop takes a step

    def show_beside(self, claim: QWidget | None) -> None:
        self.lens_area.put_beside(claim if claim is not None else self.player)
