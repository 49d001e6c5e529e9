"""What the window may ask of two learners side by side: answers beside rewards, a table beside a network; both live, in step with each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import numpy as np

from explorer.door import Inbox
from explorer.engine.envs.games import DOWN, LEFT, RIGHT, UP
from explorer.engine.envs.small import Room
from explorer.engine.learning.answers import Pair
from explorer.engine.learning.player import Player, one_core, serve
from explorer.engine.learning.table_network import Beside
from explorer.engine.learning.tabular_results import action_grid
from explorer.engine.learning.worlds import next_map, open_world
from explorer.results import ActionGrid, Bundle, Curves, Numbers, Result, Series
from explorer.words import ExplorerError, InputError, Text

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


@one_core
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
    yield from serve(_Session(lambda chosen, number: _Answers(chosen, wrong, epsilon, number), world, speed, playing, until, seed), inbox)


@one_core
def table_and_network(
    inbox: Inbox, *, world: str = "nine", cells: int = 12, epsilon: float = 0.2, speed: float = 4.0, playing: bool = True, until: int = 0, seed: int = 0
) -> Iterator[Result]:
    """Session: a room learnt by a table and by a network. Results and commands as :func:`answers_and_rewards`.

    Args:
        world: "nine" places or "endless" ones.
        cells: a side of the grid that the table lays over the endless room, 2 to 48; a new one begins anew.
    """
    yield from serve(_Session(lambda chosen, number: _Room(chosen, cells, epsilon, number), world, speed, playing, until, seed), inbox)


class _Session(Player):
    """Two learners with a player's buttons."""

    def __init__(self, make: Callable[[str, int], Task], world: str, speed: float, playing: bool, until: int, seed: int) -> None:
        self.make, self.seed = make, seed
        super().__init__(speed, playing, until)
        self._begin(make(world, seed))

    @property
    def steps(self) -> int:
        return self.task.steps

    def close(self) -> None:
        self.task.close()

    def _begin(self, task: Task) -> None:
        self.task = task
        self.curve: list[tuple[int, float, float]] = [(0, *task.shares())]
        self._stride = 1
        self.restart_clock()
        self.forget_shown()

    # ---- commands ----

    def _on_step(self, count: int = 1) -> None:
        self.running, self.until = False, 0
        self.advance(max(1, min(int(count), 10_000)))

    def change(self, name: str, value: Any) -> None:
        if name == "cells":
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

    def advance(self, count: int) -> None:
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

    def contents(self) -> Bundle:
        task = self.task
        left, right = task.grids()
        facts = task.facts()
        points = np.array([*self.curve, *([(task.steps, *task.shares())] if self.curve[-1][0] != task.steps else [])], float).T
        names = facts.pop("series")
        curve = Curves((Series(names[0], points[0], points[1]), Series(names[1], points[0], points[2], main=True)), *facts.pop("axes"))
        values = {"steps": float(task.steps), "left": float(points[1, -1]), "right": float(points[2, -1]), **task.numbers()}
        return Bundle(
            {"left": left, "right": right, "curve": curve, "numbers": Numbers(values, {name: LABELS[name] for name in values})},
            facts={**facts, "world": task.name, "seed": self.seed, **self.buttons()},
        )


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
