"""What the experiments on recognition networks share: several small networks that learn side by side, step by step, on the same data."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from explorer.engine.experiments.run import Run
from explorer.engine.learning.classify import Classify, ClassifySettings, accuracy_of, scores_of
from explorer.results import Curves, Progress, Series
from explorer.words import Text

STEP = Text("ステップ", "step")
ACCURACY = Text("検証の正解率", "held-out accuracy")
SECONDS = Text("学習に使った計算時間（秒）", "processor seconds of learning")
LEARNING = Text("学習中、シード {seed}", "Learning, seed {seed}")
OFTEN = 0.5  # seconds after which progress is told again between two measurements

Data = tuple[Tensor, Tensor, Tensor, Tensor]
"""Inputs and labels to learn from, then those held out."""


@dataclass(frozen=True)
class Runner:
    """One kind of network in the race. ``make`` builds it (torch's generator is seeded before); ``opens``: the page state it stands for.

    ``data``: its own data by seed, where the networks do not learn from the same; ``learning_rate``: its own, where it is not the same.
    """

    name: Text
    make: Callable[[], nn.Module]
    opens: Opens = None
    main: bool = False
    data: Callable[[int], Data] | None = None
    learning_rate: float | None = None


@dataclass
class Race:
    """What came out, and how it grew. ``accuracy[runner][seed]`` and ``seconds`` (of the processor, spent on training steps): one value at each
    of ``places`` (steps).

    ``networks[runner][seed]``: as they are now. ``complete``: every seed ran to its end.
    """

    runners: Sequence[Runner]
    places: list[int] = field(default_factory=list)
    accuracy: list[list[list[float]]] = field(default_factory=list)
    seconds: list[list[list[float]]] = field(default_factory=list)
    networks: list[list[nn.Module]] = field(default_factory=list)
    complete: bool = True

    def last(self, runner: int) -> list[float]:
        """Each seed's accuracy at its last measurement."""
        return [values[-1] for values in self.accuracy[runner] if values]

    def plot(self) -> Curves:
        """Accuracy against steps, mean and spread over seeds."""
        lines = []
        for runner, by_seed in zip(self.runners, self.accuracy, strict=True):
            columns = [[values[k] for values in by_seed if len(values) > k] for k in range(len(self.places))]
            columns = [column for column in columns if column]
            lines.append(line(runner.name, self.places[: len(columns)], columns, main=runner.main, opens=runner.opens))
        return Curves(tuple(lines), STEP, ACCURACY)

    def against_time(self) -> Curves:
        """Accuracy against processor seconds of training, means over seeds."""
        lines = []
        for runner, accuracies, seconds in zip(self.runners, self.accuracy, self.seconds, strict=True):
            count = len(accuracies[0])
            by_place, times = ([[values[k] for values in by_seed if len(values) > k] for k in range(count)] for by_seed in (accuracies, seconds))
            lines.append(line(runner.name, [statistics.fmean(column) for column in times], by_place, main=runner.main, opens=runner.opens))
        return Curves(tuple(lines), SECONDS, ACCURACY)


Opens = Mapping[str, Any] | Callable[[float], Mapping[str, Any] | None] | None
"""The page state that a point of a plot opens: the same for all, or by its place."""


def line(name: Text, places: Sequence[float], columns: Sequence[Sequence[float]], *, main: bool = False, opens: Opens = None) -> Series:
    """A line through the mean of each column of values, with their spread."""
    mean = np.array([statistics.fmean(column) for column in columns])
    spread = np.array([spread_of(column) for column in columns])
    states = () if opens is None else tuple(opens(place) if callable(opens) else opens for place in places)
    return Series(name, np.array(places, float), mean, spread, main=main, opens=states)


def spread_of(values: Sequence[float]) -> float:
    """The standard deviation over seeds; 0 of a single one."""
    return statistics.stdev(values) if len(values) > 1 else 0.0


def standardised(learn: Tensor, held: Tensor) -> tuple[Tensor, Tensor]:
    """Rows of numbers, (N, F) and (M, F), with mean 0 and deviation 1 over what is learnt from, number by number (constants stay 0)."""
    mean, deviation = learn.mean(0), learn.std(0)
    deviation = torch.where(deviation < 1e-6, torch.ones_like(deviation), deviation)
    return (learn - mean) / deviation, (held - mean) / deviation


def step_seconds(training: Classify) -> float:
    """Seconds of work of one more step of a training; what else runs on the machine does not count."""
    before = time.process_time()
    training.step()
    return time.process_time() - before


def left(begin: float, share: float) -> float | None:
    """Seconds left after a share of the work."""
    return None if share <= 0 else (time.perf_counter() - begin) * (1 - share) / share


def race(
    run: Run,
    runners: Sequence[Runner],
    data: Data,
    steps: int,
    *,
    batch: int = 64,
    learning_rate: float = 0.1,
    weight_decay: float = 5e-4,
    measurements: int = 8,
    plot: Callable[[Race], Curves] | None = None,
    until: float = 1.0,
) -> Generator[Progress, None, Race]:
    """Train every runner on the same data for the same steps, seed by seed, step by step side by side.

    Yields progress at every measurement and twice a second, with a plot that grows: ``plot(race)``, by default accuracy against steps; the share
    of progress reaches ``until``.
    A user who stops gets what there is as soon as every runner was measured once after a step; a seed under way beside finished ones is dropped.
    """
    begin = time.perf_counter()
    found = Race(runners, accuracy=[[] for _ in runners], seconds=[[] for _ in runners], networks=[[] for _ in runners])
    found.places = sorted({round(steps * k / measurements) for k in range(measurements + 1)})
    draw = plot or Race.plot
    total = len(run.seeds) * steps
    for count, seed in enumerate(run.seeds):
        trainings = []
        taken = [0.0] * len(runners)
        told = 0.0
        for index, runner in enumerate(runners):
            torch.manual_seed(seed)
            network = runner.make()
            inputs, labels, held, held_labels = data if runner.data is None else runner.data(seed)
            epochs = steps / (len(labels) // min(batch, len(labels)))
            settings = ClassifySettings(epochs, batch, runner.learning_rate or learning_rate, weight_decay=weight_decay, seed=seed)
            trainings.append((Classify(network, inputs, labels, settings), held, held_labels))
            found.accuracy[index].append([])
            found.seconds[index].append([])
            found.networks[index].append(network)
        for done in range(steps + 1):
            if done:
                for index, (training, _, _) in enumerate(trainings):
                    taken[index] += step_seconds(training)
            if done in found.places:
                for index, (training, held, held_labels) in enumerate(trainings):
                    found.accuracy[index][-1].append(accuracy_of(scores_of(training.network, held, lambda x: x), held_labels))
                    found.seconds[index][-1].append(taken[index])
                drawn = draw(found)
            if done in found.places or time.perf_counter() - told > OFTEN:
                told, share = time.perf_counter(), until * (count * steps + done) / total
                yield Progress(LEARNING.format(seed=seed), share, left(begin, share), drawn)
            if done < steps and run.stop() and (count or len(found.accuracy[0][0]) > 1):
                found.complete = False
                if count:
                    for index in range(len(runners)):
                        del found.accuracy[index][-1], found.seconds[index][-1], found.networks[index][-1]
                return found
    return found
