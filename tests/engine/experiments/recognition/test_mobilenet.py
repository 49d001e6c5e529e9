"""The claims of MobileNet: verdicts, and that they change when the mechanism is off."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from explorer.engine.experiments.run import Run
from explorer.results import Progress, Verdict

Measure = Callable[[str, Run], tuple[Verdict, list[Progress]]]
QUICK = Run(quick=True, seeds=(0,))


@pytest.mark.parametrize("name", ["mobilenet.training_time", "mobilenet.small", "mobilenet.accuracy"])
def test_the_verdict_changes_without_the_mechanism(name: str, verdict: Measure) -> None:
    found, progress = verdict(name, QUICK)
    assert found.complete and progress[0].part is not None  # the plot grows from the start
    off, _ = verdict(name, dataclasses.replace(QUICK, disabled=True))
    assert found.verdict in ("holds", "caveat") and off.verdict != found.verdict
    assert off.numbers != found.numbers and off.text != found.text
