"""What the tests of these claims share: detectors whose answers are known, a clock that only they move, and few small pictures."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch import Tensor

from explorer.catalogue import claim
from explorer.engine.data import smears, street_boxes
from explorer.engine.data.boxed import Boxed
from explorer.engine.experiments.detection import measuring
from explorer.engine.experiments.run import Run, measure
from explorer.results import Progress, Verdict

Measure = Callable[[str, Run], tuple[Verdict, list[Progress]]]
Answer = dict[str, Tensor]


def all_of(scene: Boxed, keep: Callable[[int, Tensor], bool] = lambda k, box: True, more: Sequence[Sequence[float]] = ()) -> Answer:
    """The objects of a scene that ``keep`` keeps, surely; and ``more`` boxes of the first class, surer still."""
    boxes = torch.from_numpy(scene.boxes)
    kept = [k for k in range(len(boxes)) if not scene.ignored[k] and keep(k, boxes[k])]
    extra = torch.tensor(more, dtype=torch.float32).view(-1, 4)
    labels = torch.cat([torch.from_numpy(scene.labels)[kept] + 1, torch.ones(len(extra), dtype=torch.int64)])
    scores = torch.cat([0.9 - 0.001 * torch.arange(len(kept)), 0.95 * torch.ones(len(extra))])
    return {"boxes": torch.cat([boxes[kept], extra]), "labels": labels, "scores": scores}


@dataclass
class Clock:
    now: float = 0.0

    def perf_counter(self) -> float:
        return self.now

    def thread_time(self) -> float:
        return self.now


@dataclass
class Detector:
    """Answers as it is told, and takes so many seconds a picture."""

    answer: Callable[[Boxed], Answer]
    seconds: float
    clock: Clock

    def __call__(self, pictures: list[Tensor]) -> None:
        self.clock.now += self.seconds * len(pictures)


@dataclass
class World:
    """``detectors[system]``: change them in a test."""

    detectors: dict[str, Detector]
    clock: Clock


DRAW_SMEAR, DRAW_STREET = functools.cache(smears.draw), functools.cache(street_boxes.draw)


@pytest.fixture(autouse=True)
def drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No picture is drawn twice, and one thread is enough."""
    torch.set_num_threads(1)
    monkeypatch.setattr(smears, "draw", DRAW_SMEAR)
    monkeypatch.setattr(street_boxes, "draw", DRAW_STREET)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    clock = Clock()
    made = World({name: Detector(all_of, 0.1, clock) for name in measuring.NAMES}, clock)

    def found(network: Detector, scenes: Sequence[Boxed], batch: int = 1) -> Iterator[list[Answer]]:
        for scene in scenes:
            yield [network.answer(scene)]

    monkeypatch.setattr(measuring, "found_on", found)
    monkeypatch.setattr(measuring, "trained", lambda system: made.detectors[system])
    monkeypatch.setattr(measuring, "time", clock)
    return made


@pytest.fixture
def verdict() -> Measure:
    """``verdict("ssd.accuracy", run)``: the verdict by the thresholds of the catalogue, and the progress before it."""

    def measured(name: str, run: Run) -> tuple[Verdict, list[Progress]]:
        results: list[Any] = list(measure(claim(name), run))
        assert isinstance(results[-1], Verdict)
        return results[-1], [r for r in results[:-1] if isinstance(r, Progress)]

    return measured
