"""The claims about residual connections: verdicts, and that they change when the mechanism is off."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from explorer.engine.experiments.run import Run
from explorer.results import Progress, Verdict

Measure = Callable[[str, Run], tuple[Verdict, list[Progress]]]
QUICK = Run(quick=True, seeds=(0, 1))


@pytest.mark.parametrize("name", ["resnet.gradient", "resnet.accuracy", "resnet.training_time"])
def test_the_verdict_changes_without_the_mechanism(name: str, verdict: Measure) -> None:
    found, progress = verdict(name, QUICK)
    assert found.verdict in ("holds", "caveat") and found.quick and found.complete
    assert progress[0].fraction is not None and progress[0].part is not None  # the plot grows from the start
    off, _ = verdict(name, dataclasses.replace(QUICK, disabled=True))
    assert off.verdict != found.verdict
    assert off.numbers != found.numbers


def test_stopping_keeps_what_there_is(verdict: Measure) -> None:
    asked = iter(range(10_000))
    found, _ = verdict("resnet.gradient", dataclasses.replace(QUICK, stop=lambda: next(asked) >= 3))
    assert not found.complete and found.verdict != "holds"
    assert found.plot is not None and len(found.plot.series[0].x) >= 1


def test_points_open_the_network_they_stand_for(verdict: Measure) -> None:
    found, _ = verdict("resnet.gradient", QUICK)
    assert found.plot is not None
    for series in found.plot.series:
        assert [state["lens_settings"]["depth"] for state in series.opens if state] == list(series.x)
