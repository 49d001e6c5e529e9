"""The claims of WideResNet: verdicts, that they change when nothing is widened, and that both networks cost the same."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from pathlib import Path

import pytest

from explorer.catalogue import claim
from explorer.catalogue.judge import judge_number
from explorer.engine.experiments.recognition.training import Race, Runner
from explorer.engine.experiments.recognition.wide_resnet import SHAPE, deep, reached, wide_factor
from explorer.engine.experiments.run import Run
from explorer.engine.lenses.widths import size_of
from explorer.engine.models.recognition.wide_resnet import wrn
from explorer.results import Progress, Verdict
from explorer.words import same

Measure = Callable[[str, Run], tuple[Verdict, list[Progress]]]
QUICK = Run(quick=True, seeds=(0,))


def test_the_wide_network_costs_what_the_deep_one_costs() -> None:
    wide = size_of(lambda: wrn(10, wide_factor()), SHAPE).multiply_adds
    assert abs(wide / size_of(deep, SHAPE).multiply_adds - 1) < 0.06


def test_few_parameters_is_judged_by_the_count(verdict: Measure) -> None:
    found, progress = verdict("wide_resnet.parameters", QUICK)
    assert (found.verdict, found.numbers["wide"], found.numbers["resnet110"]) == ("fails", 36_479_194, 1_730_714)
    assert progress[0].part is not None
    off, _ = verdict("wide_resnet.parameters", dataclasses.replace(QUICK, disabled=True))
    assert off.verdict == "holds" and off.text != found.text


def test_the_verdict_changes_without_width(verdict: Measure) -> None:
    found, progress = verdict("wide_resnet.training_time", QUICK)
    assert found.complete and progress[0].part is not None and found.verdict == "holds"
    off, _ = verdict("wide_resnet.training_time", dataclasses.replace(QUICK, disabled=True))
    assert off.verdict != "holds" and off.numbers != found.numbers and off.text != found.text


def test_on_digits_accuracy_gets_a_caveat_at_most(verdict: Measure) -> None:
    found, progress = verdict("wide_resnet.accuracy", QUICK)
    (threshold,) = claim("wide_resnet.accuracy").thresholds
    assert found.complete and progress[0].part is not None
    assert judge_number(threshold, found.numbers) == "holds" and found.verdict == "caveat"  # right at once, and soon both know all digits
    off, _ = verdict("wide_resnet.accuracy", dataclasses.replace(QUICK, disabled=True))
    assert judge_number(threshold, off.numbers) == "caveat" and off.numbers["difference"] == 0 and off.text != found.text


def test_on_photographs_the_verdict_on_accuracy_changes_without_width(verdict: Measure, data_folder: Path) -> None:
    run = Run(quick=True, seeds=(0,), data=data_folder)
    found, _ = verdict("wide_resnet.accuracy", run)
    assert found.verdict == "holds" and found.data is not None and "CIFAR-10" in found.data.en
    off, _ = verdict("wide_resnet.accuracy", dataclasses.replace(run, disabled=True))
    assert off.verdict == "caveat" and off.numbers["difference"] == 0


def test_the_time_to_an_accuracy_lies_between_two_measurements() -> None:
    race = Race([Runner(same("a"), deep)], [0, 1, 2], [[[0.1, 0.8, 1.0]]], [[[0.0, 2.0, 4.0]]])
    assert reached(race, 0, 0) == pytest.approx(3.0)
    race.accuracy[0][0][2] = 0.85
    assert math.isinf(reached(race, 0, 0))
