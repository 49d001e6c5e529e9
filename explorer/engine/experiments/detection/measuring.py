"""What the experiments on detectors share: pictures with boxes to measure on, the bundled networks, their answers and their time.

The networks are the bundled ones: one network of each system, trained by its recipe on the same pictures from the same backbone. They are
measured on photographs where the run's folder holds BCCD and CamVid (their held-out parts), else on drawn smears and streets.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from explorer.catalogue.judge import Judgement
from explorer.engine.data import bccd, smears, street_boxes, streets
from explorer.engine.data.boxed import Boxed
from explorer.engine.experiments.recognition.training import left, line
from explorer.engine.experiments.run import Run
from explorer.engine.learning.detect import found_on, picture_of
from explorer.engine.learning.precision import Precision, precision
from explorer.engine.lenses.work import one_thread
from explorer.engine.system import build, find_system, find_variant, load
from explorer.results import Curves, Progress
from explorer.words import Text, WeightsMissing

EACH = 15  # pictures of each world for a seed
QUICK_EACH = 3

NAMES: Mapping[str, str] = {"rcnn": "R-CNN", "faster_rcnn": "Faster R-CNN", "yolo": "YOLO", "ssd": "SSD", "fpn": "FPN", "m2det": "M2Det"}
PART, AP = Text("画像の組", "set of pictures"), Text("AP50", "AP50")
SECONDS = Text("秒／枚", "s a picture")
LOOKING = Text("「{name}」で物体を探しています", "{name} looks for objects")
TIMING = Text("「{name}」の一枚の時間を測っています", "Timing {name} on a picture")
PHOTOGRAPHS = Text(
    "BCCD の検証画像 {cells} 枚と CamVid のテスト画像 {streets} 枚（320×240 画素、{groups} 組）",
    "{cells} held-out pictures of BCCD and {streets} of CamVid (320×240 pixels, in {groups} sets)",
)
DRAWN = Text(
    "描いた血球の画像 {cells} 枚と道路 {streets} 枚（320×240 画素、{groups} 組）",
    "{cells} drawn smears and {streets} drawn streets (320×240 pixels, in {groups} sets)",
)
NO_PHOTOGRAPHS = Text(
    "{drawn}。写真ではないため、良くても「条件つき」です。BCCD と CamVid のあるフォルダーを --data で指定すると、写真で測ります",
    "{drawn}; no photographs, so the best verdict is “with a caveat”. Photographs are used where --data names a folder with BCCD and CamVid",
)
SMALL = Text(
    "論文のネットワークではなく、同じ小さなバックボーンで、同じ画像から学習した小さなネットワークを比べます。",
    "Not the papers' networks are compared, but small ones on one small backbone, trained on the same pictures.",
)
UNTRAINED = Text(
    "学習済みの重みがまだないため、重みが乱数のネットワークで測りました（層の計算の時間は同じです）。",
    "Measured with random weights where there are no trained ones yet (the layers take the same time).",
)


@dataclass(frozen=True)
class Given:
    """Pictures to measure on: a set for each seed; ``shown``: which, in words; ``about``: that, and what they cannot settle about accuracy;
    ``at_most``: the best verdict they can give about it."""

    groups: tuple[tuple[Boxed, ...], ...]
    shown: Text
    about: Text
    at_most: Judgement

    @property
    def all(self) -> tuple[Boxed, ...]:
        return tuple(scene for group in self.groups for scene in group)


def pictures(run: Run) -> Given:
    """Photographs from the folder of the run, or drawn pictures; each seed's set is another part. Raises InputError for damaged files."""
    each, seeds = (QUICK_EACH if run.quick else EACH), len(run.seeds)
    if run.data is not None and all((run.data / name).is_file() for name in ("bccd_val.tar", "camvid_test.tar")):
        cells, roads = bccd.load("val", run.data, each * seeds).scenes, street_boxes.load("test", run.data, each * seeds).scenes
        groups = tuple((*cells[k::seeds], *roads[k::seeds]) for k in range(seeds))
        about = PHOTOGRAPHS.format(cells=len(cells), streets=len(roads), groups=seeds)
        return Given(groups, about, about, "holds")
    drawn = []
    for seed in run.seeds:
        first = 1000 * seed
        some = [smears.draw(smears.HELD_OUT + first + k) for k in range(each)]
        drawn.append((*some, *(street_boxes.draw(streets.HELD_OUT + first + k) for k in range(each))))
    shown = DRAWN.format(cells=each * seeds, streets=each * seeds, groups=seeds)
    return Given(tuple(drawn), shown, NO_PHOTOGRAPHS.format(drawn=shown), "caveat")


def trained(system: str) -> Any:
    """The bundled network of a system, in evaluation mode. Raises WeightsMissing where there is none yet."""
    running: Any = load(system, device="cpu")
    return running.network.eval()


def runnable(system: str) -> tuple[Any, bool]:
    """The bundled network of a system, or an untrained one; whether it is trained. For time only."""
    try:
        return trained(system), True
    except WeightsMissing:
        variant = find_variant(find_system(system), None)
        assert variant is not None
        torch.manual_seed(0)
        return build(variant).eval(), False


Changed = Callable[[Boxed], Boxed]


@dataclass(frozen=True)
class Contender:
    """A network in a comparison: the ``system`` it stands for; ``changed``: what is done to each picture before."""

    system: str
    main: bool = False
    changed: Changed | None = None
    name: Text | None = None

    @property
    def label(self) -> Text:
        return self.name or Text(NAMES[self.system], NAMES[self.system])


@dataclass
class Found:
    """``answers[contender][group]``: what was found on each picture; ``judged[contender][group]``."""

    contenders: Sequence[Contender]
    answers: list[list[list[dict[str, Tensor]]]] = field(default_factory=list)
    judged: list[list[Precision]] = field(default_factory=list)
    complete: bool = True

    def values(self, contender: int, of: Callable[[Precision], float]) -> list[float]:
        """A figure of a contender in every set that all contenders have seen."""
        common = min(len(one) for one in self.judged)
        return [of(one) for one in self.judged[contender][:common]]

    def differences(self, one: int, other: int, of: Callable[[Precision], float]) -> list[float]:
        """A figure of one contender minus another's, set by set."""
        return [a - b for a, b in zip(self.values(one, of), self.values(other, of), strict=True)]

    def plot(self, of: Callable[[Precision], float], axis: Text = AP) -> Curves:
        """The figure of each set so far."""
        lines = []
        for contender, judged in zip(self.contenders, self.judged, strict=True):
            figures = [of(one) for one in judged]
            lines.append(line(contender.label, range(1, len(figures) + 1), [[value] for value in figures], main=contender.main, opens={"lens": "boxes"}))
        return Curves(tuple(lines), PART, axis)


def mean_ap(judged: Precision) -> float:
    """The mean AP50 of all classes that are there."""
    return judged.mean(tuple(judged.ap50))


def look(
    run: Run, contenders: Sequence[Contender], groups: Sequence[Sequence[Boxed]], of: Callable[[Precision], float] = mean_ap, axis: Text = AP
) -> Generator[Progress, None, Found]:
    """Every contender on every set of pictures, set by set; the plot shows ``of``. A user who stops gets the sets that all have seen."""
    networks = [trained(one.system) for one in contenders]
    found = Found(contenders, [[] for _ in contenders], [[] for _ in contenders])
    begin, done, total = time.perf_counter(), 0, sum(map(len, groups)) * len(contenders)
    for count, group in enumerate(groups):
        for index, (contender, network) in enumerate(zip(contenders, networks, strict=True)):
            scenes = [contender.changed(scene) for scene in group] if contender.changed else list(group)
            answers: list[dict[str, Tensor]] = []
            for part in found_on(network, scenes, batch=1):
                answers += part
                done += 1
                yield Progress(LOOKING.format(name=NAMES[contender.system]), done / total, left(begin, done / total), found.plot(of, axis))
            found.answers[index].append(answers)
            found.judged[index].append(precision(scenes, answers))
        if count + 1 < len(groups) and run.stop():
            found.complete = False
            break
    return found


@dataclass
class Times:
    """``seconds[contender][seed]``: the median of a picture. ``trained``: whether all networks are."""

    contenders: Sequence[Contender]
    seconds: list[list[float]]
    trained: bool
    complete: bool = True

    def ratios(self, one: int, other: int) -> list[float]:
        """Seconds of one over those of another, seed by seed."""
        return [a / b for a, b in zip(self.seconds[one], self.seconds[other], strict=False)]

    def plot(self) -> Curves:
        """Seconds a picture in each set."""
        lines = []
        for contender, seconds in zip(self.contenders, self.seconds, strict=True):
            lines.append(line(contender.label, range(1, len(seconds) + 1), [[value] for value in seconds], main=contender.main, opens={"lens": "boxes"}))
        return Curves(tuple(lines), PART, SECONDS)

    @property
    def note(self) -> Text:
        return SMALL if self.trained else Text(f"{SMALL.ja}{UNTRAINED.ja}", f"{SMALL.en} {UNTRAINED.en}")


@torch.no_grad()
def clock(run: Run, contenders: Sequence[Contender], groups: Sequence[Sequence[Boxed]]) -> Generator[Progress, None, Times]:
    """Seconds of work on a picture of every contender, in turn, on one thread: a few pictures of each set, one at a time. What other programs do
    meanwhile does not count."""
    built = [runnable(one.system) for one in contenders]
    found = Times(contenders, [[] for _ in contenders], all(known for _, known in built))
    each = 3 if run.quick else 8
    begin, done, total = time.perf_counter(), 0, len(groups) * each * len(contenders)
    for count, group in enumerate(groups):
        chosen = [picture_of(group[k * len(group) // each]) for k in range(each)]
        seconds: list[list[float]] = [[] for _ in contenders]
        for number, picture in enumerate(chosen):
            for index, (network, _) in enumerate(built):
                with one_thread():
                    if number == 0:
                        network([picture])  # the first pass allocates
                    before = time.thread_time()
                    network([picture])
                seconds[index].append(time.thread_time() - before)
                done += 1
                yield Progress(TIMING.format(name=NAMES[contenders[index].system]), done / total, left(begin, done / total), found.plot())
        for index, values in enumerate(seconds):
            found.seconds[index].append(statistics.median(values))
        if count + 1 < len(groups) and run.stop():
            found.complete = False
            break
    return found


def spread(values: Sequence[float]) -> float:
    """The standard deviation over sets of pictures; 0 of a single one."""
    return statistics.stdev(values) if len(values) > 1 else 0.0
