"""What the window may ask of two learners side by side: answers beside rewards, a table beside a network; both live, in step with each other."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import numpy as np

from explorer.door import Command, Inbox
from explorer.engine.envs.games import DOWN, LEFT, RIGHT, UP
from explorer.engine.envs.small import Room
from explorer.engine.learning.answers import Pair
from explorer.engine.learning.table_network import Beside
from explorer.engine.learning.tabular_results import action_grid
from explorer.engine.learning.worlds import next_map, open_world
from explorer.results import ActionGrid, Bundle, Curves, Numbers, Result, Series
from explorer.words import ExplorerError, InputError, Text

SLICE = 0.010
"""Seconds of work between two looks into the inbox."""
SHARE_SHOWN = 8.0
"""Making pictures takes at most one part in as many of the time, at full speed."""
POINTS = 200
"""Points of the curve; with more, every other one is dropped."""
BAD_NUMBER = Text("「{name}」の値 {value} は使えません（{low}〜{high}）。", "“{name}” cannot be {value}; it goes from {low} to {high}.")
NO_TASK = Text("「{name}」という課題はありません。", "There is no task called “{name}”.")
STEPS, RIGHT_SHARE = Text("歩数（答えの数）", "Steps (answers heard)"), Text("正しい状態の割合", "Share of states that are right")
BOTH_STEPS, ARRIVES = Text("歩数", "Steps"), Text("ゴールに着く場所の割合", "Share of places that reach the goal")
FROM_ANSWERS, FROM_REWARDS = Text("答えから", "from answers"), Text("報酬から", "from rewards")
TABLE, NETWORK = Text("表", "table"), Text("ネットワーク", "network")
LABELS: Mapping[str, Text] = {
    "steps": Text("歩数", "Steps"), "left": Text("左", "Left"), "right": Text("右", "Right"), "rewards": Text("0 でない報酬", "Rewards other than 0"),
    "numbers": Text("表の数", "Numbers in the table"), "visited": Text("直された割合", "Share corrected"), "parameters": Text("重み", "Weights"),
}


class Task(Protocol):
    """Two learners, as the session drives them."""

    name: str

    @property
    def steps(self) -> int:
        """Taken by each so far."""

    def run(self, count: int) -> None:
        """So many steps each."""

    def shares(self) -> tuple[float, float]:
        """How well each does now, 0 to 1."""

    def grids(self) -> tuple[ActionGrid, ActionGrid]:
        """The map of each."""

    def set(self, name: str, value: float) -> None:
        """Change a setting while they learn. Raises InputError."""

    def numbers(self) -> dict[str, float]:
        """What else is counted."""

    def facts(self) -> dict[str, Any]:
        """Plain values for the page."""

    def close(self) -> None:
        """Let go of what it holds."""


def answers_and_rewards(
    inbox: Inbox, *, world: str, wrong: float = 0.0, epsilon: float = 0.2, speed: float = 4.0, playing: bool = True, until: int = 0, seed: int = 0
) -> Iterator[Result]:
    """Session: a small world learnt from answers and from rewards. Yields Bundles: ``left`` and ``right`` (ActionGrids), ``curve``, ``numbers``.

    Args:
        world: name as in :mod:`explorer.engine.envs.tables`.
        wrong: share of the answers that are mistaken, 0 to 0.9.
        epsilon: share of the actions taken at random.
        speed: steps a second; 0 as fast as it goes.
        until: first take this many at full speed.

    Commands: play, pause, step (count), set (speed, wrong, epsilon), reset, world (world, another).
    """
    yield from _session(inbox, lambda chosen, number: _Answers(chosen, wrong, epsilon, number), world, speed, playing, until, seed)


def table_and_network(
    inbox: Inbox, *, world: str = "nine", cells: int = 12, epsilon: float = 0.2, speed: float = 4.0, playing: bool = True, until: int = 0, seed: int = 0
) -> Iterator[Result]:
    """Session: a room learnt by a table and by a network. Results and commands as :func:`answers_and_rewards`.

    Args:
        world: "nine" places or "endless" ones.
        cells: a side of the grid that the table lays over the endless room, 2 to 48; a new one begins anew.
    """
    yield from _session(inbox, lambda chosen, number: _Room(chosen, cells, epsilon, number), world, speed, playing, until, seed)


def _session(inbox: Inbox, make: Any, world: str, speed: float, playing: bool, until: int, seed: int) -> Iterator[Result]:
    session = _Session(make, world, speed, playing, until, seed)
    try:
        yield session.snapshot()
        while True:
            commands = inbox.poll() if session.running else inbox.wait()
            for command in commands:
                if command.name == "stop":
                    return
                session.obey(command)
            if commands:
                yield session.snapshot()
            if session.running:
                patience = session.work()
                if patience > 0:
                    for command in inbox.wait(patience):
                        inbox.put(command)
                if not session.running or (session.worth_showing() and inbox.due()):
                    yield session.snapshot()
    finally:
        session.task.close()


class _Session:
    """Two learners with a player's buttons."""

    def __init__(self, make: Any, world: str, speed: float, playing: bool, until: int, seed: int) -> None:
        self.make, self.seed = make, seed
        self.speed, self.running, self.until, self.after_until = max(0.0, float(speed)), playing or until > 0, int(until), playing
        self.refused: Text | None = None
        self.refusals = self.obeyed = 0
        self._begin(make(world, seed))

    def _begin(self, task: Task) -> None:
        self.task = task
        self.curve: list[tuple[int, float, float]] = [(0, *task.shares())]
        self._stride = 1
        self._clock, self._credit = time.perf_counter(), 0.0
        self._shown, self._shown_at, self._show_cost = -1, 0.0, 0.005

    # ---- commands ----

    def obey(self, command: Command) -> None:
        """Do what a command says; what cannot be done becomes a sentence in the next snapshot."""
        try:
            getattr(self, f"_on_{command.name}", self._on_unknown)(**command.values)
            self.refused = None
        except ExplorerError as error:
            self.refused = error.text
            self.refusals += 1
        self.obeyed += 1

    def _on_unknown(self, **_: Any) -> None:
        """Commands of other sessions are passed over."""

    def _on_play(self) -> None:
        self.running = True
        self._clock, self._credit = time.perf_counter(), 0.0

    def _on_pause(self) -> None:
        self.running, self.until = False, 0

    def _on_step(self, count: int = 1) -> None:
        self.running, self.until = False, 0
        self._advance(max(1, min(int(count), 10_000)))

    def _on_set(self, **values: Any) -> None:
        for name, value in values.items():
            if name == "speed":
                self.speed = max(0.0, float(value))
                self._clock, self._credit = time.perf_counter(), 0.0
            elif name == "until":
                self.until, self.after_until, self.running = int(value), self.running and self.until == 0, True
            elif name == "cells":
                self._replace(self.task.name, cells=value)
            else:
                self.task.set(name, value)

    def _on_reset(self) -> None:
        self.seed += 1
        self._replace(self.task.name)

    def _on_world(self, world: str, until: int = 0, **settings: Any) -> None:
        another = settings.pop("another", False)
        self._replace(next_map(self.task.name) if another else world, **settings)
        if until:
            self._on_set(until=until)

    def _replace(self, world: str, **settings: Any) -> None:
        """Begin anew; the old task goes on where the new one cannot be."""
        kept = self.task.facts()["settings"]
        task = self.make(world, self.seed)
        try:
            for name, value in {**kept, **settings}.items():
                task.set(name, value)
        except ExplorerError:
            task.close()
            raise
        self.task.close()
        self._begin(task)

    # ---- work ----

    def work(self) -> float:
        """Learn for a slice of time. Returns the seconds to wait before the next."""
        now = time.perf_counter()
        if self.task.steps < self.until or self.speed == 0.0:
            end = now + SLICE
            while time.perf_counter() < end:
                self._advance(1)
                if self.until and self.task.steps >= self.until:
                    self.until, self.running = 0, self.after_until
                    break
            self._clock, self._credit = time.perf_counter(), 0.0
            return 0.0
        self._credit = min(self._credit + (now - self._clock) * self.speed, max(1.0, self.speed * SLICE * 4))
        self._clock = now
        end = now + SLICE
        while self._credit >= 1.0 and time.perf_counter() < end:
            self._credit -= 1.0
            self._advance(1)
        return min(0.05, max(0.0, (1.0 - self._credit) / self.speed))

    def _advance(self, count: int) -> None:
        while count > 0:
            some = min(count, self._stride - self.task.steps % self._stride)
            self.task.run(some)
            count -= some
            if self.task.steps % self._stride == 0:
                self.curve.append((self.task.steps, *self.task.shares()))
                if len(self.curve) > POINTS:
                    self.curve = self.curve[::2]
                    self._stride *= 2

    # ---- what is shown ----

    def worth_showing(self) -> bool:
        """Whether something has changed since the last picture, and pictures take no more than their share of the time."""
        return self.task.steps != self._shown and time.perf_counter() - self._shown_at >= SHARE_SHOWN * self._show_cost

    def snapshot(self) -> Bundle:
        """All that is on the page."""
        begin, task = time.perf_counter(), self.task
        left, right = task.grids()
        facts = task.facts()
        points = np.array([*self.curve, *([(task.steps, *task.shares())] if self.curve[-1][0] != task.steps else [])], float).T
        names = facts.pop("series")
        curve = Curves((Series(names[0], points[0], points[1]), Series(names[1], points[0], points[2], main=True)), *facts.pop("axes"))
        values = {"steps": float(task.steps), "left": float(points[1, -1]), "right": float(points[2, -1]), **task.numbers()}
        bundle = Bundle(
            {"left": left, "right": right, "curve": curve, "numbers": Numbers(values, {name: LABELS[name] for name in values})},
            facts={
                **facts, "world": task.name, "playing": self.running, "speed": self.speed, "until": self.until, "seed": self.seed,
                "refused": self.refused, "refusals": self.refusals, "obeyed": self.obeyed,
            },
        )
        self._shown, self._shown_at = task.steps, time.perf_counter()
        self._show_cost += 0.2 * (min(self._shown_at - begin, 0.05) - self._show_cost)
        return bundle


class _Answers:
    """:class:`Pair` as the session drives it."""

    def __init__(self, world: str, wrong: float, epsilon: float, seed: int) -> None:
        self.pair = Pair(open_world(world), seed=seed)
        self.world = self.pair.world
        self.name = self.world.spec
        self.set("wrong", wrong)
        self.set("epsilon", epsilon)

    @property
    def steps(self) -> int:
        return self.pair.steps

    def run(self, count: int) -> None:
        self.pair.run(count)

    def shares(self) -> tuple[float, float]:
        return self.pair.shares()

    def set(self, name: str, value: float) -> None:
        if name == "wrong":
            self.pair.pupil.wrong = _within(name, value, 0.0, 0.9)
        elif name == "epsilon":
            self.pair.learner.settings.epsilon = _within(name, value, 0.0, 1.0)

    def grids(self) -> tuple[ActionGrid, ActionGrid]:
        world, pupil, learner = self.world, self.pair.pupil, self.pair.learner
        told, last = pupil.last, learner.last
        heard = np.repeat(pupil.heard[:, None], world.actions_count, axis=1)
        start = int(np.flatnonzero(world.start > 0)[0])
        left = action_grid(world, pupil.chances(), heard, told.state if told else start, told.state if told else None)
        values, visits = learner.table.arrays()
        if last is None:
            return left, action_grid(world, values, visits, start)
        return left, action_grid(world, values, visits, last.state, last.state, agent=last.next_state)

    def numbers(self) -> dict[str, float]:
        return {"rewards": float(self.pair.rewarded)}

    def facts(self) -> dict[str, Any]:
        pupil, learner = self.pair.pupil, self.pair.learner
        last = learner.last
        return {
            "settings": {"wrong": pupil.wrong, "epsilon": learner.settings.epsilon}, "series": (FROM_ANSWERS, FROM_REWARDS), "axes": (STEPS, RIGHT_SHARE),
            "actions": self.world.actions, "arrows": self.world.arrows, "states": len(pupil.asked), "generated": "generated" in self.world.spec.split(),
            "told": None if pupil.last is None else vars(pupil.last),
            "paid": None if last is None else {"state": last.state, "action": last.action, "reward": last.reward, "next_state": last.next_state, "ended": last.ended},
        }

    def close(self) -> None:
        """Nothing is held."""


class _Room:
    """:class:`Beside` as the session drives it."""

    def __init__(self, world: str, cells: int, epsilon: float, seed: int) -> None:
        if world not in ("nine", "endless"):
            raise InputError(NO_TASK.format(name=str(world)[:40]))
        self.name, self.endless, self.seed = world, world == "endless", seed
        self.cells, self.epsilon = int(_within("cells", cells, 2, 48)), _within("epsilon", epsilon, 0.0, 1.0)
        self.beside = Beside(self.endless, self.cells, seed)
        self.beside.set_epsilon(self.epsilon)

    @property
    def steps(self) -> int:
        return self.beside.steps

    def run(self, count: int) -> None:
        self.beside.run(count)

    def shares(self) -> tuple[float, float]:
        return self.beside.shares()

    def set(self, name: str, value: float) -> None:
        if name == "epsilon":
            self.epsilon = _within(name, value, 0.0, 1.0)
            self.beside.set_epsilon(self.epsilon)
        elif name == "cells":
            cells = int(_within(name, value, 2, 48))
            changed, self.cells = cells != self.cells, cells
            if changed and self.endless:
                self.close()
                self.beside = Beside(self.endless, cells, self.seed)
                self.beside.set_epsilon(self.epsilon)

    def grids(self) -> tuple[ActionGrid, ActionGrid]:
        beside, side = self.beside, self.beside.cells
        middles = beside.middles()
        pit, goal = Room.in_pit(middles), Room.at_goal(middles)
        cells = tuple("hole" if in_pit else "goal" if at_goal else "ice" for in_pit, at_goal in zip(pit, goal, strict=True))
        rewards = (goal.astype(float) - pit).reshape(side, side)
        arrows = tuple((int(x), int(y)) for x, y in Room.MOVES)
        values, visits = beside.table.table.arrays()
        network = beside.network_values(middles)
        table_place, network_place = (divmod(int(beside.table.state_of(place)), side) for place in (beside.table.env.place, beside.place_of_network()))
        made = []
        for numbers, counts, place in ((values, visits, table_place), (network, np.ones_like(visits), network_place)):
            policy = np.where(counts.sum(axis=1) > 0, numbers.argmax(axis=1), -1).reshape(side, side)
            shape = (side, side, 4)
            made.append(ActionGrid(numbers.reshape(shape), counts.reshape(shape), cells, (LEFT, DOWN, RIGHT, UP), arrows, policy, rewards, place))
        return made[0], made[1]

    def numbers(self) -> dict[str, float]:
        beside = self.beside
        middles = beside.middles()
        free = ~(Room.in_pit(middles) | Room.at_goal(middles))
        _, visits = beside.table.table.arrays()
        return {"numbers": float(visits.size), "visited": float((visits[free] > 0).mean()), "parameters": float(beside.parameters)}

    def facts(self) -> dict[str, Any]:
        return {
            "settings": {"epsilon": self.epsilon, "cells": self.cells}, "series": (TABLE, NETWORK), "axes": (BOTH_STEPS, ARRIVES),
            "cells": self.beside.cells, "endless": self.endless,
        }

    def close(self) -> None:
        self.beside.close()


def _within(name: str, value: Any, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise InputError(BAD_NUMBER.format(name=name, value=str(value)[:20], low=f"{low:g}", high=f"{high:g}"))
    return float(value)
