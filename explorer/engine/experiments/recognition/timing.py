"""What the claims about training time share: seconds of one training step of several networks, measured in turn on the same machine."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field

import torch
from torch import nn

from explorer.engine.data import digits
from explorer.engine.experiments.recognition.training import Opens, left, line
from explorer.engine.experiments.run import Run
from explorer.engine.learning.classify import Classify, ClassifySettings
from explorer.results import Curves, Progress
from explorer.words import Text

MEASURING = Text("「{name}」の一ステップを測っています", "Timing a step of {name}")
ONLY_STEPS = Text(
    "一ステップの時間だけを測ります。同じ正解率までのステップ数は含みません。",
    "Only the time of a step is measured, not how many steps equal accuracy needs.",
)


@dataclass(frozen=True)
class Timed:
    """One network on the clock. ``make`` builds it at a place of the plot's axis; ``opens``: the page state it stands for."""

    name: Text
    make: Callable[[float], nn.Module]
    opens: Opens = None
    main: bool = False


@dataclass
class Times:
    """``seconds[network][place][seed]``: the median of a step."""

    networks: Sequence[Timed]
    places: Sequence[float]
    axis: Text
    seconds: list[list[list[float]]] = field(default_factory=list)
    complete: bool = True

    def plot(self) -> Curves:
        """Seconds a step against the place, mean and spread over seeds."""
        lines = []
        for timed, by_place in zip(self.networks, self.seconds, strict=True):
            measured = [k for k, values in enumerate(by_place) if values]
            lines.append(line(timed.name, [self.places[k] for k in measured], [by_place[k] for k in measured], main=timed.main, opens=timed.opens))
        return Curves(tuple(lines), self.axis, Text("秒／ステップ", "s a step"))

    def ratios(self, one: int, other: int, place: int = -1) -> list[float]:
        """Seconds of one network over another's, seed by seed, at a place."""
        return [a / b for a, b in zip(self.seconds[one][place], self.seconds[other][place], strict=False)]


def step_seconds(training: Classify) -> float:
    """Seconds of work of one more step of a training; what else runs on the machine does not count."""
    before = time.process_time()
    training.step()
    return time.process_time() - before


def time_steps(
    run: Run, networks: Sequence[Timed], places: Sequence[float], axis: Text, *, size: int = 32, batch: int | None = 32, repeats: int = 6
) -> Generator[Progress, None, Times]:
    """Time training steps of every network at every place, in turn, the largest place last. A user who stops gets the places that are done.

    ``batch``: pictures a step; None: the place is their number.
    """
    inputs, labels, _, _ = digits.load(size=size, channels=3)
    inputs, labels = inputs[:256], labels[:256]
    found = Times(networks, places, axis, [[[] for _ in places] for _ in networks])
    begin, done, total = time.perf_counter(), 0, len(run.seeds) * len(places) * len(networks) * repeats
    for seed in run.seeds:
        for place, value in enumerate(places):
            if run.stop() and all(found.seconds[-1]):
                found.complete = False
                return found
            for index, timed in enumerate(networks):
                torch.manual_seed(seed)
                training = Classify(timed.make(value), inputs, labels, ClassifySettings(batch=batch or int(value), learning_rate=0.01, one_cycle=False, seed=seed))
                training.step()  # the first one allocates
                times = []
                for _ in range(repeats):
                    times.append(step_seconds(training))
                    done += 1
                    yield Progress(MEASURING.format(name=timed.name), done / total, left(begin, done / total), found.plot())
                found.seconds[index][place].append(statistics.median(times))
    return found


def parameters(make: Callable[[], nn.Module]) -> int:
    """Trainable parameters of a network, built without memory."""
    with torch.device("meta"):
        return sum(one.numel() for one in make().parameters())
