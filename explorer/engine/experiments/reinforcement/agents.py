"""What the experiments on agents share: several agents learn in small worlds over the same seeds, and how well is noted at equal steps."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from explorer.engine.experiments.run import Run
from explorer.engine.learning.agent import Training
from explorer.engine.learning.agent_settings import Settings
from explorer.engine.models.reinforcement.replay import Memory
from explorer.results import Curves, Progress, Series
from explorer.results.base import Floats
from explorer.words import Text

STEPS, RETURN = Text("環境のステップ", "Environment steps"), Text("収益（最良 = 1）", "Return (best = 1)")
LEARNING = Text("学習中: {name}、シード {seed}", "Learning: {name}, seed {seed}")
OUTSIDE = Text("外部データなし。環境 {worlds}", "No outside data; {worlds}")
SHOW_EVERY = 0.25
WINDOW = 20
"""Episodes over which a return is averaged."""


@dataclass(frozen=True)
class Arm:
    """One kind of agent in the comparison. ``shown``: makes its demonstrations, for a seed; ``opens``: the page state it stands for."""

    name: Text
    settings: Settings
    main: bool = False
    shown: Callable[[int], Memory] | None = None
    opens: Mapping[str, Any] | None = None


def reached_in_every_seed(rows: Sequence[Floats], level: float) -> bool:
    """Whether in every seed one of those compared, a (seeds, places) each, rose to ``level``; False where no seed was finished."""
    return len(rows) > 0 and len(rows[0]) > 0 and bool(np.all(np.any([(one >= level).any(axis=1) for one in rows], axis=0)))


@dataclass
class Learnt:
    """What came out: ``returns[arm]`` holds a row for each seed, the mean of the last episodes' returns at each of ``places`` (steps), best = 1.

    ``notes[arm]``: a row for each seed, what else was measured at the same places. ``trainings[arm]``: those of the seeds, closed.
    ``complete``: every seed ran to its end.
    """

    arms: Sequence[Arm]
    places: list[int]
    returns: list[list[list[float]]] = field(default_factory=list)
    trainings: list[list[Training]] = field(default_factory=list)
    notes: list[list[list[float]]] = field(default_factory=list)
    complete: bool = True

    def rows(self, arm: int) -> Floats:
        """(seeds, places) of the seeds that every arm finished."""
        count = min((sum(len(row) == len(self.places) for row in rows) for rows in self.returns), default=0)
        return np.array(self.returns[arm][:count]).reshape(count, len(self.places))

    @property
    def seeds(self) -> int:
        """How many seeds every arm finished."""
        return len(self.rows(0)) if self.arms else 0

    def learnt(self, level: float) -> bool:
        """Whether in every seed some arm's return rose to ``level``: until then nothing tells the arms apart."""
        return reached_in_every_seed([self.rows(arm) for arm in range(len(self.arms))], level)

    def area(self, arm: int) -> Floats:
        """(seeds,) mean return over the whole learning: the area under the curve, best = 1."""
        rows = self.rows(arm)
        found: Floats = rows.mean(axis=1) if len(rows) else np.zeros(0)
        return found

    def final(self, arm: int) -> Floats:
        """(seeds,) mean return over the last quarter of the learning."""
        rows = self.rows(arm)
        found: Floats = rows[:, -max(1, len(self.places) // 4) :].mean(axis=1) if len(rows) else np.zeros(0)
        return found

    def steps_to(self, arm: int, level: float) -> Floats:
        """(seeds,) the first place at which a return is reached; the last place where it never is."""
        rows = self.rows(arm)
        reached = rows >= level
        first = np.where(reached.any(axis=1), reached.argmax(axis=1), len(self.places) - 1)
        found: Floats = np.array(self.places, float)[first]
        return found

    def plot(self, x_label: Text = STEPS) -> Curves:
        """Return against steps: mean and spread over seeds."""
        lines = []
        for arm, rows in zip(self.arms, self.returns, strict=True):
            columns = [[row[k] for row in rows if len(row) > k] for k in range(len(self.places))]
            columns = [column for column in columns if column]
            mean, spread = np.array([statistics.fmean(c) for c in columns]), np.array([spread_of(c) for c in columns])
            opens = () if arm.opens is None else tuple(arm.opens for _ in columns)
            lines.append(Series(arm.name, np.array(self.places[: len(columns)], float), mean, spread, main=arm.main, opens=opens))
        return Curves(tuple(lines), x_label, RETURN)


def learn(
    run: Run, spec: str, arms: Sequence[Arm], steps: int, best: float, *, measurements: int = 12, until: float = 1.0, note: Callable[[Training], float] | None = None
) -> Generator[Progress, None, Learnt]:
    """Let every arm learn in the same world for the same steps, seed by seed. Yields progress with a plot that grows. ``note``: measured as well.

    A user who stops gets the seeds that are finished; the first is finished in any case unless nothing is.
    """
    begin, shown_at, done = time.perf_counter(), -1.0, 0
    found = Learnt(arms, [round(steps * (k + 1) / measurements) for k in range(measurements)], [[] for _ in arms], [[] for _ in arms], [[] for _ in arms])
    total = steps * len(arms) * len(run.seeds)
    torch.set_num_threads(1)
    for seed in run.seeds:
        for index, arm in enumerate(arms):
            shown = arm.shown(seed) if arm.shown is not None else None
            training = Training(spec, arm.settings, seed=seed, demonstrations=shown)
            row: list[float] = []
            found.returns[index].append(row)
            found.notes[index].append([])
            try:
                for step in training.run():
                    while len(row) < measurements and step.steps >= found.places[len(row)]:
                        row.append(training.history.mean(WINDOW) / best)
                        if note is not None:
                            found.notes[index][-1].append(note(training))
                    now = time.perf_counter()
                    if now - shown_at > SHOW_EVERY:
                        shown_at = now
                        share = (done + step.steps) / total
                        name = LEARNING.format(name=arm.name, seed=seed)
                        yield Progress(name, until * min(1.0, share), (now - begin) * (1 - share) / share if share > 0 else None, found.plot())
                        if run.stop():
                            found.complete = False
                            return found
                    if len(row) == measurements:
                        break
            finally:
                training.close()
            found.trainings[index].append(training)
            done += steps
    return found


def spread_of(values: Sequence[float] | Floats) -> float:
    """The standard deviation over seeds; 0 of a single one."""
    return statistics.stdev(float(v) for v in values) if len(values) > 1 else 0.0


def difference(first: Floats, second: Floats) -> tuple[float, float]:
    """Mean over seeds of first − second, and the spread of that difference; 0 and 0 where no seed is finished."""
    if not len(first):
        return 0.0, 0.0
    gaps = first - second
    return float(gaps.mean()), spread_of(gaps)


def saved(first: Floats, second: Floats) -> tuple[float, float]:
    """The share that ``first`` saves of ``second`` (steps, seconds), mean over seeds, and its spread."""
    if not len(first):
        return 0.0, 0.0
    shares = 1.0 - first / second
    return float(shares.mean()), spread_of(shares)


def seeds_of(run: Run) -> Run:
    """The run with two seeds where it must be quick."""
    return run if not run.quick else Run(run.quick, run.seeds[:2], run.disabled, run.data, run.stop)
