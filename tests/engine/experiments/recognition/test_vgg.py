"""The claims about VGGNet: verdicts, and that they change when the mechanism is off."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
import torch

from explorer.engine.experiments.recognition import vgg
from explorer.engine.experiments.run import Run
from explorer.results import Progress, Verdict

Measure = Callable[[str, Run], tuple[Verdict, list[Progress]]]
QUICK = Run(quick=True, seeds=(0, 1))


def test_size_is_counted(verdict: Measure) -> None:
    found, progress = verdict("vgg.small", Run(quick=True, seeds=(0,)))
    assert (found.numbers["vgg16"], found.numbers["resnet50"]) == (138_357_544, 25_557_032)
    assert found.verdict == "fails" and found.numbers["linear_share"] == pytest.approx(0.8936, abs=1e-3)
    off, _ = verdict("vgg.small", Run(quick=True, seeds=(0,), disabled=True))
    assert off.verdict == "holds" and off.numbers["parameter_ratio"] == pytest.approx(0.596, abs=0.01)
    assert progress[0].part is not None


def test_reused_features_beat_pixels_and_pixels_do_not_beat_themselves(verdict: Measure) -> None:
    found, progress = verdict("vgg.adapts", QUICK)
    assert found.plot is not None and progress[0].part is not None
    for task in vgg.TASKS:
        assert found.numbers[f"features_{task}"] > found.numbers[f"pixels_{task}"]
    off, _ = verdict("vgg.adapts", dataclasses.replace(QUICK, disabled=True))
    assert off.numbers["difference"] == 0 and found.verdict != off.verdict == "fails"


def test_accuracy_beside_a_resnet(verdict: Measure) -> None:
    found, progress = verdict("vgg.accuracy", QUICK)
    assert found.plot is not None and progress[0].part is not None
    off, _ = verdict("vgg.accuracy", dataclasses.replace(QUICK, disabled=True))
    assert off.numbers["difference"] == 0 < found.numbers["difference"]
    assert found.verdict == "holds" and off.verdict == "caveat"


@pytest.mark.parametrize("task", list(vgg.TASKS))
def test_drawn_tasks_have_four_answers_and_nothing_is_drawn_twice(task: str) -> None:
    learn, labels, held, held_labels = vgg.drawn(task, 0)
    assert learn.shape == (vgg.COUNT, 3, 24, 24) and held.shape == (vgg.HELD, 3, 24, 24)
    assert set(labels.tolist()) == set(held_labels.tolist()) == {0, 1, 2, 3}
    flat = torch.cat([learn, held]).flatten(1)
    assert len(torch.unique(flat, dim=0)) == len(flat)
    assert not torch.equal(vgg.drawn(task, 1)[0], learn) and torch.equal(vgg.drawn(task, 0)[0], learn)


@pytest.mark.parametrize("depth", [8, 14, 20])
def test_both_networks_are_equally_deep(depth: int) -> None:
    assert vgg.small_vgg(vgg.REPEATS[depth]).config.layers == depth
