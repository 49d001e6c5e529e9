"""Claim about distributed learning, and what it shares with Ape-X's: agents against the clock.

The world's every step takes 5 ms longer than CartPole's, in which nothing is computed, as with a game that runs by itself. Actors are processes of
their own; there are never more of them than cores.
"""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch

from explorer.engine.envs.small import MODULE
from explorer.engine.experiments.reinforcement.agents import OUTSIDE, RETURN, WINDOW, reached_in_every_seed, saved, seeds_of, spread_of
from explorer.engine.experiments.run import Outcome, Run
from explorer.engine.learning.agent import Training
from explorer.engine.learning.agent_settings import Settings
from explorer.results import Curves, Progress, Series
from explorer.results.base import Floats
from explorer.words import Text

COST = 0.005
WORLD = f"{MODULE}:CostlyCartPole-v0 cost={COST}"
BEST = 500.0
LEVEL = 0.2
"""The return whose time is taken: 100 of 500."""
SECONDS, QUICK_SECONDS = 44.0, 4.0
POINTS = 30
BASE = Settings(
    network="dqn", hidden=64, batch=64, environments=1, train_every=2, target_every=100, learning_rate=1e-3, epsilon=0.4, epsilon_steps=0, spread=True, n_steps=3, learn_from=300,
    capacity=20_000,
)  # fmt: skip
PLAIN = replace(BASE, spread=False, epsilon=0.05, epsilon_from=1.0, epsilon_steps=2000)
ONE, MANY = Text("アクター 1 体", "1 actor"), Text("アクター {count} 体", "{count} actors")
CLOCK = Text("秒", "Seconds")
LEARNING = Text("学習中: {name}、シード {seed}", "Learning: {name}, seed {seed}")
WALL_FOUND = Text(
    "収益 100 に届くまで、1 体で {one:.1f} 秒、{count} 体で {many:.1f} 秒（届かなければ {limit:.0f} 秒と数える）。",
    "A return of 100 took {one:.1f} s with one actor and {many:.1f} s with {count} (where it was not reached: {limit:.0f} s).",
)
WALL_DIFFERS = Text(
    "論文は百台の計算機。ここでは一台のコアの数までのプロセスで、一歩に 5 ミリ秒かかる CartPole です。",
    "The paper used a hundred machines. Here there are as many processes as cores of one, and a CartPole whose step takes 5 ms.",
)


@dataclass(frozen=True)
class Racer:
    """One kind of agent against the clock."""

    name: Text
    settings: Settings
    main: bool = False


@dataclass
class Raced:
    """``returns[racer]``: a row a seed, the mean of the last episodes' returns at equal times, best = 1."""

    racers: Sequence[Racer]
    seconds: float
    returns: list[list[list[float]]] = field(default_factory=list)
    complete: bool = True

    @property
    def times(self) -> Floats:
        return np.linspace(0, self.seconds, POINTS + 1)[1:]

    def rows(self, racer: int) -> Floats:
        count = min(sum(len(row) == POINTS for row in rows) for rows in self.returns)
        return np.array(self.returns[racer][:count]).reshape(count, POINTS)

    @property
    def seeds(self) -> int:
        """How many seeds every racer finished."""
        return len(self.rows(0))

    def reached(self) -> bool:
        """Whether in every seed some racer reached the level: where none did, nobody was first."""
        return reached_in_every_seed([self.rows(racer) for racer in range(len(self.racers))], LEVEL)

    def seconds_to(self, racer: int) -> Floats:
        """(seeds,) when the level was reached; all the time there was where it never is."""
        reached = self.rows(racer) >= LEVEL
        found: Floats = np.where(reached.any(axis=1), self.times[reached.argmax(axis=1)], self.seconds)
        return found

    def final(self, racer: int) -> Floats:
        """(seeds,) mean return over the last fifth of the time."""
        rows = self.rows(racer)
        found: Floats = rows[:, -POINTS // 5 :].mean(axis=1) if len(rows) else np.zeros(0)
        return found

    def plot(self) -> Curves:
        lines = []
        for racer, rows in zip(self.racers, self.returns, strict=True):
            columns = [[row[k] for row in rows if len(row) > k] for k in range(POINTS)]
            columns = [column for column in columns if column]
            mean, spread = np.array([float(np.mean(c)) for c in columns]), np.array([spread_of(c) for c in columns])
            lines.append(Series(racer.name, self.times[: len(columns)], mean, spread, main=racer.main))
        return Curves(tuple(lines), CLOCK, RETURN)


def cores() -> int:
    """The processors this process may use, at least two."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(2, count)


def against_the_clock(run: Run, racers: Sequence[Racer], seconds: float) -> Generator[Progress, None, Raced]:
    """Let every racer learn for as long, one after the other, seed by seed. The clock starts once its actors have answered."""
    found = Raced(racers, seconds, [[] for _ in racers])
    torch.set_num_threads(1)
    done, total = 0, len(racers) * len(run.seeds)
    for seed in run.seeds:
        for index, racer in enumerate(racers):
            training = Training(WORLD, racer.settings, seed=seed)
            row: list[float] = []
            found.returns[index].append(row)
            begin, shown_at = 0.0, -1.0
            try:
                for step in training.run():
                    now = time.perf_counter()
                    if not begin and step.steps and (not training.made or min(training.made) > 0):
                        begin = now
                    passed = now - begin if begin else 0.0
                    while begin and len(row) < POINTS and passed >= found.times[len(row)]:
                        row.append(training.history.mean(WINDOW) / BEST)
                    if now - shown_at > 0.25:
                        shown_at = now
                        share = (done + min(1.0, passed / seconds)) / total
                        text = LEARNING.format(name=racer.name, seed=seed)
                        yield Progress(text, share, (1 - share) * total * seconds, found.plot())
                        if run.stop():
                            found.complete = False
                            return found
                    if len(row) == POINTS:
                        break
            finally:
                training.close()
            done += 1
    return found


def wall_time(run: Run) -> Generator[Progress, None, Outcome]:
    """One actor against one for each core. Disabled: one against one."""
    run = seeds_of(run)
    count = 1 if run.disabled else cores()
    many = MANY.format(count=count)
    seconds = QUICK_SECONDS if run.quick else SECONDS
    racers = (Racer(ONE, replace(BASE, actors=1)), Racer(many, replace(BASE, actors=count), main=True))
    found = yield from against_the_clock(run, racers, seconds)
    one, several = found.seconds_to(0), found.seconds_to(1)
    share, spread = saved(several, one)
    means = [float(values.mean()) if len(values) else seconds for values in (one, several)]
    numbers = {"time_saved": share, "spread": spread, "seconds_one": means[0], "seconds_many": means[1], "actors": float(count)}
    text = WALL_FOUND.format(one=means[0], many=means[1], count=count, limit=seconds)
    data = OUTSIDE.format(worlds="CostlyCartPole")
    return Outcome(numbers, "time_saved", text, found.plot(), data, WALL_DIFFERS, complete=found.complete, decides=found.reached(), seeds=found.seeds)
