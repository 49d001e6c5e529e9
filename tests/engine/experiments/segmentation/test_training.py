"""What the experiments share: a race is fair and can be stopped, and a cost is measured in work."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any, TypeVar

import pytest
import torch
from torch import nn

from explorer.engine.data import camvid
from explorer.engine.data.camvid import Scenes
from explorer.engine.experiments.run import Run
from explorer.engine.experiments.segmentation import training
from explorer.engine.experiments.segmentation.training import Given, Runner
from explorer.words import Text, same

Result = TypeVar("Result")
QUANTITY = Text("平均 IoU", "mean IoU")
NAMES = (same("a"), same("b"))


def end_of(steps: Generator[Any, None, Result]) -> Result:
    """What a generator returns."""
    while True:
        try:
            next(steps)
        except StopIteration as ended:
            value: Result = ended.value
            return value


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "WINDOW", (16, 16))
    monkeypatch.setattr(training, "QUICK_STEPS", 4)
    monkeypatch.setattr(training, "QUICK_MEASUREMENTS", 1)


@pytest.fixture
def given() -> Given:
    """Pictures whose left half is black and of class 0, and whose right half is white and of class 1."""
    images, labels = torch.zeros(8, 3, 16, 16, dtype=torch.uint8), torch.zeros(8, 16, 16, dtype=torch.uint8)
    images[..., 8:], labels[..., 8:] = 255, 1
    return Given(images, labels, images[:2], labels[:2], same("halves"))


class Fixed(nn.Module):
    """Says 1 of what is brighter than ``least``, 0 of the rest, and learns nothing worth mentioning."""

    def __init__(self, least: float) -> None:
        super().__init__()
        self.least, self.score = least, nn.Parameter(torch.zeros(training.CLASSES))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        bright = (x.mean(1, keepdim=True) > self.least).float()
        told = torch.cat((1 - bright, bright, torch.zeros_like(bright).expand(-1, training.CLASSES - 2, -1, -1)), dim=1)
        return 10 * told + self.score.view(1, -1, 1, 1)


def test_who_looks_wins_over_who_does_not(given: Given) -> None:
    runners = (Runner(NAMES[0], lambda: Fixed(0.0), main=True), Runner(NAMES[1], lambda: Fixed(100.0)))
    for near, less in ((None, 1 / 4), (1.0, 1 / 3)):  # of the half of all pixels, and of the two columns in three around the boundary; 0 for the other class
        found = end_of(training.race(Run(quick=True, seeds=(0, 1)), runners, given, near=near, quantity=QUANTITY))
        assert found.complete and found.places == [0, 4]
        assert found.last(0) == [1.0, 1.0] and found.last(1) == pytest.approx([less, less])
        assert found.differences() == pytest.approx([1 - less, 1 - less]) and found.plot().series[0].main


def test_only_pixels_near_a_boundary_count_where_that_is_asked(given: Given) -> None:
    truth = torch.where(torch.arange(16) == 0, 1, given.truth).to(torch.uint8)  # wrong in the first column, for who says what is dark is 0
    runners = (Runner(NAMES[0], lambda: Fixed(0.0), main=True),)
    other = Given(given.images, given.labels, given.held, truth, given.about)
    (all_over,), (near,) = (end_of(training.race(Run(quick=True, seeds=(0,)), runners, other, near=near, quantity=QUANTITY)).last(0) for near in (None, 1.0))
    assert near < all_over < 1  # the wrong column is near the boundary it makes


def test_a_stopped_seed_beside_finished_ones_is_dropped(given: Given) -> None:
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 5

    runners = (Runner(NAMES[0], lambda: Fixed(0.0), main=True), Runner(NAMES[1], lambda: Fixed(0.0)))
    found = end_of(training.race(Run(quick=True, seeds=(0, 1), stop=stop), runners, given, quantity=QUANTITY))
    assert not found.complete and [len(by_seed) for by_seed in found.scores] == [1, 1]
    assert found.differences() == [0.0] and found.places == [0, 4]


def test_the_cost_of_two_networks_is_judged_by_work() -> None:
    light, heavy = nn.Conv2d(3, 2, 3, padding=1), nn.Conv2d(3, 200, 7, padding=3)
    found = end_of(training.time_passes(Run(seeds=(0, 1)), NAMES, (heavy, light), 64, repeats=2, plot=lambda seconds: training.empty()))
    assert found.complete and found.ratio() > 2 and [len(one) for one in found.seconds] == [2, 2]
    stopped = end_of(training.time_passes(Run(seeds=(0, 1), stop=lambda: True), NAMES, (heavy, light), 8, repeats=1, plot=lambda seconds: training.empty()))
    assert not stopped.complete and [len(one) for one in stopped.seconds] == [1, 1]


def test_photographs_are_taken_from_the_folder_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(split: str, folder: Path, limit: int, size: tuple[int, int]) -> Scenes:
        count = {"train": 5, "test": 3}[split]
        return Scenes(torch.zeros(count, 3, *size, dtype=torch.uint8), torch.zeros(count, *size, dtype=torch.uint8), tuple("abcde"[:count]), "", "")

    monkeypatch.setattr(camvid, "load", load)
    monkeypatch.setattr(training, "SIZE", (24, 32))
    monkeypatch.setattr(training, "LEARN", 2)
    monkeypatch.setattr(training, "HELD_OUT", 1)
    drawn = end_of(training.streets_for(Run(data=tmp_path)))
    assert "drawn" in drawn.about.en and len(drawn.images) == 2 and len(drawn.held) == 1
    for split in ("train", "test"):
        (tmp_path / f"camvid_{split}.tar").write_bytes(b"")
    filmed = end_of(training.streets_for(Run(data=tmp_path)))
    assert "CamVid" in filmed.about.en and len(filmed.images) == 5 and len(filmed.held) == 3
