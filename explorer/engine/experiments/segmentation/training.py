"""What the experiments on segmentation share: small networks that learn side by side on streets, and costs measured in turn."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from explorer.catalogue.judge import Judgement
from explorer.engine.data import camvid, streets
from explorer.engine.experiments.recognition.training import STEP, left, line
from explorer.engine.experiments.run import Run
from explorer.engine.learning.segment import Segment, SegmentSettings, mean_iou, near_boundaries, predicted_labels
from explorer.engine.lenses.work import one_thread
from explorer.results import Curves, Progress
from explorer.words import Text

SIZE = (96, 128)
LEARN, HELD_OUT = 64, 16
QUICK_LEARN, QUICK_HELD_OUT = 16, 8
PHOTOGRAPHS_LEARN, PHOTOGRAPHS_HELD_OUT = 367, 60
WINDOW, BATCH = (80, 96), 4  # what is cut out of a picture in each step
STEPS, QUICK_STEPS = 400, 40
MEASUREMENTS, QUICK_MEASUREMENTS = 5, 2  # of each network, besides that before the first step
CLASSES = len(camvid.CLASSES)

LEARNING = Text("学習中、シード {seed}", "Learning, seed {seed}")
DRAWING = Text("道路の絵を描いています", "Drawing streets")
NO_DATA = Text("データは使いません。乱数の画像を通して測ります。", "No data: random pictures are passed through.")
MEASURING = Text("「{name}」を測っています", "Measuring {name}")
DRAWN = Text(
    "描いた道路（学習 {learn} 枚、検証 {held} 枚、{columns}×{rows} 画素）",
    "drawn streets ({learn} to learn from, {held} held out, {columns}×{rows} pixels)",
)
FILMED = Text(
    "CamVid の道路の写真（学習 {learn} 枚、検証 {held} 枚、{columns}×{rows} 画素に縮小）",
    "CamVid's photographs of streets ({learn} to learn from, {held} held out, scaled to {columns}×{rows} pixels)",
)


@dataclass(frozen=True)
class Given:
    """What there is to learn from. ``images``, ``labels``: as in ``Segment``; ``held``, ``truth``: held out; ``about``: on which data, in words."""

    images: Tensor
    labels: Tensor
    held: Tensor
    truth: Tensor
    about: Text
    at_most: Judgement = "holds"


def streets_for(run: Run) -> Generator[Progress, None, Given]:
    """CamVid from the folder of the run, scaled down; without it drawn streets. Raises InputError where the folder's files are damaged."""
    rows, columns = SIZE
    if run.data is not None and not run.quick and all((run.data / f"camvid_{split}.tar").is_file() for split in ("train", "test")):
        yield Progress(DRAWING, 0.0, None, empty())
        one, other = camvid.load("train", run.data, PHOTOGRAPHS_LEARN, SIZE), camvid.load("test", run.data, PHOTOGRAPHS_HELD_OUT, SIZE)
        return Given(one.images, one.labels, other.images, other.labels, FILMED.format(learn=len(one), held=len(other), columns=columns, rows=rows))
    learn, held = (QUICK_LEARN, QUICK_HELD_OUT) if run.quick else (LEARN, HELD_OUT)
    yield Progress(DRAWING, 0.0, None, empty())
    ours, theirs = streets.draw_many(learn, 1, SIZE), streets.draw_many(held, streets.HELD_OUT, SIZE)
    return Given(ours.images, ours.labels, theirs.images, theirs.labels, DRAWN.format(learn=learn, held=held, columns=columns, rows=rows))


def empty() -> Curves:
    """A plot before anything is measured."""
    return Curves((), STEP, Text("平均 IoU", "mean IoU"))


@dataclass(frozen=True)
class Runner:
    """One kind of network in the race; ``make`` builds it (torch's generator is seeded before)."""

    name: Text
    make: Callable[[], nn.Module]
    main: bool = False


@dataclass
class Race:
    """What came out, and how it grew. ``scores[runner][seed]``: one value at each of ``places`` (steps). ``complete``: every seed ran to its end."""

    runners: Sequence[Runner]
    quantity: Text
    places: list[int] = field(default_factory=list)
    scores: list[list[list[float]]] = field(default_factory=list)
    complete: bool = True

    def last(self, runner: int) -> list[float]:
        """Each seed's score at its last measurement."""
        return [values[-1] for values in self.scores[runner] if values]

    def differences(self) -> list[float]:
        """The first runner's score minus the second's, seed by seed, at the last measurement of both."""
        return [a - b for a, b in zip(self.last(0), self.last(1), strict=True)]

    def plot(self) -> Curves:
        """The score against steps, mean and spread over seeds."""
        lines = []
        for runner, by_seed in zip(self.runners, self.scores, strict=True):
            columns = [[values[k] for values in by_seed if len(values) > k] for k in range(len(self.places))]
            columns = [column for column in columns if column]
            lines.append(line(runner.name, self.places[: len(columns)], columns, main=runner.main))
        return Curves(tuple(lines), STEP, self.quantity)


def race(run: Run, runners: Sequence[Runner], given: Given, *, near: float | None = None, quantity: Text) -> Generator[Progress, None, Race]:
    """Train every runner on the same streets for the same steps, seed by seed, step by step side by side; the score is the mean IoU of the streets
    held out, of pixels at most ``near`` from a boundary where it is given.

    A user who stops gets what there is as soon as every runner was measured once after a step; a seed under way beside finished ones is dropped.
    """
    steps, measurements = (QUICK_STEPS, QUICK_MEASUREMENTS) if run.quick else (STEPS, MEASUREMENTS)
    begin = time.perf_counter()
    found = Race(runners, quantity, sorted({round(steps * k / measurements) for k in range(measurements + 1)}), [[] for _ in runners])
    within = None if near is None else near_boundaries(given.truth, near)
    total = len(run.seeds) * steps
    for count, seed in enumerate(run.seeds):
        trainings = []
        for index, runner in enumerate(runners):
            torch.manual_seed(seed)
            epochs = steps / (len(given.labels) // BATCH)
            settings = SegmentSettings(epochs=epochs, batch=BATCH, learning_rate=4e-3, window=WINDOW, zoom=(0.8, 1.25), seed=seed)
            trainings.append(Segment(runner.make(), given.images, given.labels, CLASSES, settings, camvid.MEAN, camvid.STD))
            found.scores[index].append([])
        for done in range(steps + 1):
            if done:
                for training in trainings:
                    training.step()
            share = (count * steps + done) / total
            words = LEARNING.format(seed=seed)
            if done in found.places:
                for index, training in enumerate(trainings):
                    said = predicted_labels(training.network, given.held, camvid.MEAN, camvid.STD)
                    found.scores[index][-1].append(mean_iou(said, given.truth, CLASSES, within))
                yield Progress(words, share, left(begin, share), found.plot())
            elif done % 5 == 0:
                yield Progress(words, share, left(begin, share), found.plot())
            if done < steps and run.stop() and (count or len(found.scores[0][0]) > 1):
                found.complete = False
                if count:
                    for by_seed in found.scores:
                        del by_seed[-1]
                return found
    return found


@dataclass(frozen=True)
class Costs:
    """``seconds[network][seed]``: medians of a forward pass; ``complete``: every seed was measured."""

    seconds: list[list[float]]
    complete: bool

    def ratio(self) -> float:
        """The first network's time over the second's: the median over seeds."""
        return statistics.median(a / b for a, b in zip(self.seconds[0], self.seconds[1], strict=True))


def time_passes(
    run: Run, names: Sequence[Text], networks: Sequence[nn.Module], size: int, *, repeats: int = 5, plot: Callable[[list[list[float]]], Curves]
) -> Generator[Progress, None, Costs]:
    """Seconds of processor time of a forward pass of each network over one picture of ``size`` × ``size``, in turn, on one thread; each seed a
    picture."""
    seconds: list[list[float]] = [[] for _ in networks]
    done, total = 0, len(run.seeds) * repeats
    begin = time.perf_counter()
    for network in networks:
        network.eval()
    for seed in run.seeds:
        x = torch.randn(1, 3, size, size, generator=torch.Generator().manual_seed(seed))
        times: list[list[float]] = [[] for _ in networks]
        for number in range(repeats + 1):  # the first turn is not counted
            for index, network in enumerate(networks):
                with torch.no_grad(), one_thread():
                    before = time.thread_time()  # of work: what else runs on the machine does not count
                    network(x)
                    spent = time.thread_time() - before
                if number:
                    times[index].append(spent)
            if number:
                done += 1
                so_far = [by_seed + [statistics.median(measured)] for by_seed, measured in zip(seconds, times, strict=True)]
                yield Progress(MEASURING.format(name=names[0].en), done / total, left(begin, done / total), plot(so_far))
        for by_seed, measured in zip(seconds, times, strict=True):
            by_seed.append(statistics.median(measured))
        if run.stop() and len(seconds[0]) < len(run.seeds):
            return Costs(seconds, False)
    return Costs(seconds, True)
