"""The claims of PyramidNet: verdicts, that they change when the widths do not grow or the depth stays, and that both networks are as large."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import torch

from explorer.engine.experiments.recognition.pyramidnet import DEPTH, alpha, doubling
from explorer.engine.experiments.run import Run
from explorer.engine.lenses.widths import channels, size_of
from explorer.engine.models.recognition.pyramidnet import pyramidnet20_a48
from explorer.results import Progress, Verdict

Measure = Callable[[str, Run], tuple[Verdict, list[Progress]]]
QUICK = Run(quick=True, seeds=(0,))


def test_both_networks_have_as_many_parameters_and_other_widths() -> None:
    def gradual() -> torch.nn.Module:
        return pyramidnet20_a48(depth=DEPTH, alpha=alpha())

    assert abs(size_of(gradual, (3, 8, 8)).parameters / size_of(doubling, (3, 8, 8)).parameters - 1) < 0.05
    assert channels(doubling) == (16, 16, 16, 32, 32, 64, 64)
    assert len(set(channels(gradual))) == 7


def test_the_verdict_changes_when_the_depth_stays(verdict: Measure) -> None:
    found, progress = verdict("pyramidnet.training_time", QUICK)
    assert found.complete and progress[0].part is not None
    off, _ = verdict("pyramidnet.training_time", dataclasses.replace(QUICK, disabled=True))
    assert off.verdict != found.verdict and off.numbers != found.numbers and off.text != found.text


def test_accuracy_is_lost_where_the_widths_do_not_grow(verdict: Measure) -> None:
    found, progress = verdict("pyramidnet.accuracy", QUICK)
    assert found.complete and progress[0].part is not None and found.verdict != "holds"  # digits settle a caveat at most
    off, _ = verdict("pyramidnet.accuracy", dataclasses.replace(QUICK, disabled=True))
    assert off.verdict == "fails" and off.numbers["difference"] < found.numbers["difference"] - 0.03 and off.text != found.text


def test_on_photographs_accuracy_is_lost_where_the_widths_do_not_grow(verdict: Measure, data_folder: Path) -> None:
    run = Run(quick=True, seeds=(0,), data=data_folder)
    found, _ = verdict("pyramidnet.accuracy", run)
    assert found.data is not None and "CIFAR-10" in found.data.en
    off, _ = verdict("pyramidnet.accuracy", dataclasses.replace(run, disabled=True))
    assert off.verdict != "holds" and off.verdict != found.verdict, (found, off)
    assert off.numbers["difference"] < found.numbers["difference"] - 0.03, (found, off)
