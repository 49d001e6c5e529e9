"""What the window may ask of chapter 4: open a world, learn in it live."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from explorer.door import Command, Inbox
from explorer.engine.envs.tables import Reality, TableWorld
from explorer.engine.learning.player import Player, serve
from explorer.engine.learning.recommended import needed
from explorer.engine.learning.tabular import BAD_METHOD, METHODS, Learner, Update, change, settings_for
from explorer.engine.learning.tabular_results import (
    EXACT_GAMMA,
    action_grid,
    counts_matrix,
    numbers,
    returns_curve,
    sweeps_curve,
    table_matrix,
    visits_matrix,
)
from explorer.engine.learning.worlds import next_map, on_ice, open_world
from explorer.results import Bundle, Result
from explorer.words import InputError, Text

REAL_UP_TO = 200.0
"""Actions a second up to which the running gymnasium environment itself is stepped; above, its table is drawn from."""
SLICE = 0.008
"""Seconds of work between two looks into the inbox: all of a slice is done in one go."""
SETTLED = 1e-9
"""Value iteration stops when no number changes by more."""
PLAN_FIRST = Text("価値反復は行動しません。Q 学習か SARSA に切り替えてください。", "Value iteration takes no actions; choose Q-learning or SARSA.")
NO_ACTION = Text("その行動はありません。", "There is no such action.")
OTHER_WORLD = Text("保存された表はこの環境のものではないので、最初から学びます。", "The saved table belongs to another environment, so learning starts anew.")
SETTINGS = ("epsilon", "alpha", "fall", "gamma", "optimism")


def world(*, environment: str, another: bool = False, ice: str | None = None) -> Iterator[Result]:
    """Query: an environment by its name, its map still unvisited. ``another``: the next generated map that is offered; ``ice``: "slippery"
    or "firm", where the environment has it."""
    opened = _open(environment, another, ice)
    values = np.zeros((opened.states, opened.actions_count))
    state = int(np.flatnonzero(opened.start > 0)[0])
    yield Bundle({"grid": action_grid(opened, values, values.astype(np.int64), state)}, facts=_world_facts(opened))


def table(
    inbox: Inbox,
    *,
    environment: str,
    method: str = "q_learning",
    speed: float = 4.0,
    playing: bool = True,
    until: int = 0,
    seed: int = 0,
    rewards: Mapping[int, float] | None = None,
    restore: Mapping[str, Any] | None = None,
    **settings: float,
) -> Iterator[Result]:
    """Session: learn in a world, live. Yields Bundles with grid, returns, visits, table, counts and numbers.

    Args:
        environment: name as in :mod:`explorer.engine.envs.tables`.
        method: ``"q_learning"``, ``"sarsa"`` or ``"value_iteration"``.
        speed: actions (or sweeps) a second; 0 as fast as it goes.
        until: first learn this many actions at full speed.
        rewards: rewards changed by hand, by cell.
        restore: a table saved before (:meth:`Learner.save`; ``values`` and ``visits`` are enough).
        settings: epsilon, alpha, fall, gamma, optimism; the recommended ones where not given.

    Commands: play, pause, step (count), set (speed, method, any setting), recommend, reset, edit (row, column, reward or None), act (action),
    watch (on), world (environment, another, ice, until), save. What cannot be done is said in ``facts["refused"]`` and changes nothing.

    Raises InputError: an environment, method or setting that cannot be used.
    """
    session = _Session(environment, method, speed, playing, until, seed, rewards or {}, settings)
    if restore is not None:
        session.restore(restore)
    yield from serve(session, inbox)


class _Session(Player):
    """A learner with a player's buttons."""

    def __init__(self, environment: str, method: str, speed: float, playing: bool, until: int, seed: int, rewards: Mapping[int, float],
                 settings: Mapping[str, float]) -> None:
        opened = open_world(environment)
        for cell, reward in rewards.items():
            opened = opened.with_reward(int(cell), reward)
        if method not in METHODS:
            raise InputError(BAD_METHOD.format(name=method))
        super().__init__(speed, playing, until)
        self.seed, self.watching = seed, False
        self.before: list[float] = [0.0]
        self.worths: list[float] = []
        self.sweep_change = 0.0
        self.learner = Learner(opened, settings_for(opened, **settings), method, seed)  # type: ignore[arg-type]
        self.reality: Reality | None = None
        self._rate, self._rate_steps, self._rate_since = 0.0, 0, time.perf_counter()
        self._cost = 3e-6
        self._closeness: float | None = None
        self._closeness_at = -1e9
        self._closeness_cost = 0.0
        self.settled, self._shown_work = False, -1

    # ---- commands ----

    share_shown = 10.0

    @property
    def steps(self) -> int:
        return self.learner.steps

    def obey(self, command: Command) -> None:
        super().obey(command)
        self._closeness_at = -1e9

    def _on_save(self) -> None:
        """Answered by :meth:`_after_save`."""

    def _on_play(self) -> None:
        super()._on_play()
        self.settled = False

    def _on_step(self, count: int = 1) -> None:
        self.running, self.until = False, 0
        self._advance(max(1, min(int(count), 100_000)), real=True)

    def change(self, name: str, value: Any) -> None:
        if name != "method":
            change(self.learner.settings, name, value)
            return
        if value not in METHODS:
            raise InputError(BAD_METHOD.format(name=value))
        self.learner.method = value
        self.learner.forget_plan()
        self.settled = False

    def _on_recommend(self) -> None:
        self.learner.settings = settings_for(self.learner.world)

    def _on_reset(self) -> None:
        if len(self.learner.totals) > 1:
            self.before = self.learner.totals
        self.seed += 1
        self.learner = Learner(self.learner.world, self.learner.settings, self.learner.method, self.seed)
        self.worths, self.until, self.settled = [], 0, False
        self._rate, self._rate_steps, self._rate_since = 0.0, 0, time.perf_counter()

    def _on_edit(self, row: int, column: int, reward: float | None) -> None:
        picture = self.learner.world.picture
        if not (0 <= row < picture.rows and 0 <= column < picture.columns):
            row, column = -1, 0
        self.learner.change_world(self.learner.world.with_reward(row * picture.columns + column, reward))
        self.settled = False
        self.close()

    def _on_act(self, action: int) -> None:
        if self.learner.method == "value_iteration":
            raise InputError(PLAN_FIRST)
        if not 0 <= int(action) < self.learner.world.actions_count:
            raise InputError(NO_ACTION)
        self.running, self.until = False, 0
        self._advance(1, real=True, action=int(action))

    def _on_watch(self, on: bool) -> None:
        self.watching = bool(on)
        self.learner.forget_plan()

    def _on_world(self, environment: str, another: bool = False, ice: str | None = None, until: int = 0) -> None:
        opened = _open(environment, another, ice)
        settings, method = self.learner.settings, self.learner.method
        settings.optimism = opened.highest_return()
        self.learner = Learner(opened, settings, method, self.seed)
        self.before, self.worths, self.until, self.settled = [0.0], [], 0, False
        if until:
            self._on_set(until=until)
        self.close()

    # ---- work ----

    def work(self) -> float:
        """Learn for a slice of time, all of its actions in one go. Returns the seconds to wait before the next."""
        most = max(1, int(SLICE / self._cost))
        if self.at_full_speed:
            self._advance(min(most, self.until - self.steps) if self.until > self.steps else most)
            self.restart_clock()
            self.reached()
            return 0.0
        count = min(self.owed(), most)
        if count:
            self._credit -= count
            self._advance(count, real=self.speed <= REAL_UP_TO)
        return self.patience()

    def _advance(self, count: int, *, real: bool = False, action: int | None = None) -> None:
        begin = time.perf_counter()
        learner = self.learner
        if learner.method == "value_iteration" and not self.watching:
            count = min(count, 50)
            for _ in range(count):
                moved = self.sweep_change = learner.sweep()
                self.worths.append(learner.world.worth(np.array(learner.table.values).max(axis=1)))
                if moved < SETTLED:
                    self.settled, self.running, self.until = True, False, 0
                    break
        else:
            step = None
            if real and count <= 1000:
                if self.reality is None:
                    self.reality = Reality(learner.world, self.seed)
                step = self.reality.step
            learner.run(count, action=action, learning=not self.watching, step=step)
        spent = time.perf_counter() - begin
        self._cost += 0.2 * (spent / count - self._cost)
        self._rate_steps += count
        since = time.perf_counter() - self._rate_since
        if since > 0.5:
            self._rate, self._rate_steps, self._rate_since = self._rate_steps / since, 0, time.perf_counter()

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take over a saved table, or say that it belongs elsewhere."""
        try:
            self.learner.restore(saved)
        except (ValueError, KeyError, TypeError):
            self.refused = OTHER_WORLD
            self.refusals += 1

    def close(self) -> None:
        """Let go of the running environment."""
        if self.reality is not None:
            self.reality.close()
            self.reality = None

    # ---- what is shown ----

    def _after_save(self) -> Bundle:
        """Everything needed to go on later, in ``facts["saved"]`` as plain arrays and numbers."""
        learner = self.learner
        kept = {**learner.save(), "environment": learner.world.spec, "method": learner.method, "seed": self.seed, "rewards": dict(learner.world.edits),
                "settings": {name: getattr(learner.settings, name) for name in SETTINGS}}
        return Bundle({"saved": table_matrix(learner.world, learner.table.arrays()[0])}, facts={"saved": kept})

    def closeness(self) -> float:
        """The greedy policy's exact value against the optimum, worked out anew now and then, and always before standing still."""
        now = time.perf_counter()
        if self._closeness is None or not self.running or now - self._closeness_at > max(0.1, 20 * self._closeness_cost):
            self._closeness = self.learner.closeness(EXACT_GAMMA)
            self._closeness_at = time.perf_counter()
            self._closeness_cost = min(self._closeness_at - now, 0.02)
        return self._closeness

    def moved(self) -> bool:
        return self.learner.steps + self.learner.sweeps != self._shown_work

    def contents(self) -> Bundle:
        self._shown_work = self.learner.steps + self.learner.sweeps
        learner = self.learner
        opened, last = learner.world, learner.last
        values, visits = learner.table.arrays()
        slow = not self.running or 0 < self.speed <= 60
        shown = last.next_state if last is not None and slow and (last.ended or last.cut) else learner.state
        if opened.terminal_only(shown):
            layer_state = last.state if last is not None else learner.state
        else:
            layer_state = shown
        planning = learner.method == "value_iteration"
        parts: dict[str, Result] = {
            "grid": action_grid(opened, values, visits, layer_state, last.state if last is not None and slow else None, agent=shown),
            "returns": sweeps_curve(self.worths) if planning and self.worths else returns_curve(learner.totals, learner.returns, self.before),
            "visits": visits_matrix(opened, visits),
            "table": table_matrix(opened, values),
            "counts": counts_matrix(opened, visits),
            "numbers": numbers(learner, self._rate if self.running else 0.0, self.closeness()),
        }
        facts: dict[str, Any] = {
            **_world_facts(opened), "method": learner.method, **self.buttons(), "watching": self.watching, "seed": self.seed, "settled": self.settled,
            "state": learner.state, "sweep_change": self.sweep_change, "rewards": dict(opened.edits), "optimum": opened.best_worth(EXACT_GAMMA),
            "settings": {name: getattr(learner.settings, name) for name in SETTINGS},
            "history": learner.history(), "episode_return": learner.episode_return, "episode_steps": learner.episode_steps,
            "source": "gymnasium" if self.reality is not None and 0 < self.speed <= REAL_UP_TO else "table",
        }
        if last is not None:
            facts["last"] = _last(last, learner)
        return Bundle(parts, facts=facts)


def _last(last: Update, learner: Learner) -> dict[str, Any]:
    """The last action, for the strip: state, row of the table before, action, reward, next state, and the correction's terms."""
    row = list(learner.table.values[last.state])
    row[last.action] = last.old
    return {"state": last.state, "row": row, "action": last.action, "at_random": last.at_random, "reward": last.reward, "next_state": last.next_state,
            "ended": last.ended, "cut": last.cut, "old": last.old, "new": last.new, "alpha": last.alpha, "gamma": last.gamma,
            "following": last.following, "learnt": last.learnt, "visits": sum(learner.table.visits[last.state])}


def _open(environment: str, another: bool, ice: str | None) -> TableWorld:
    name = next_map(environment) if another else environment
    return open_world(on_ice(name, ice) if ice in ("slippery", "firm") else name)


def _world_facts(opened: TableWorld) -> dict[str, Any]:
    return {"environment": opened.spec, "name": opened.name, "states": opened.states, "actions": opened.actions, "arrows": opened.arrows,
            "time_limit": opened.time_limit, "needed": needed(opened), "size": (opened.picture.rows, opened.picture.columns), "icy": opened.icy,
            "slippery": not opened.certain}
