"""What every claim of the chapter owes: a plot from the first moment, an end when it is asked for, data and differences in words, points that open."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from explorer import catalogue
from explorer.catalogue import Claim, System
from explorer.engine.experiments.run import Run
from explorer.results import Curves, Progress, Verdict

Measure = Callable[[str, Run], tuple[Verdict, list[Progress]]]
CLAIMS = [(entry, claim) for entry in catalogue.SYSTEMS if entry.section == "recognition" for claim in entry.claims]


@pytest.mark.parametrize(("entry", "claim"), CLAIMS, ids=lambda value: getattr(value, "id", ""))
def test_a_claim_stopped_at_once_tells_what_it_has(verdict: Measure, entry: System, claim: Claim) -> None:
    found, progress = verdict(claim.id, Run(quick=True, seeds=(0, 1), stop=lambda: True))
    assert all(threshold.number in found.numbers for threshold in claim.thresholds) and found.key in found.numbers
    assert found.data is not None and found.differs is not None and found.text.ja != found.text.en
    assert isinstance(progress[0].part, Curves)
    if claim.seeds > 1:
        assert not found.complete and found.verdict != "holds" and found.text.en.endswith("until then.")
    assert found.plot is not None and any(len(series.x) for series in found.plot.series)
    states = [state for series in found.plot.series for state in series.opens if state is not None]
    assert states and {state["lens"] for state in states} <= set(entry.lenses)
    assert [series.main for series in found.plot.series].count(True) == 1
    assert dataclasses.asdict(found)  # plain numbers, as it passes the door


@pytest.mark.parametrize("name", ["resnet", "pyramidnet", "mobilenet", "squeezenet", "wide_resnet"])
def test_training_times_are_of_two_networks_that_learn_side_by_side(verdict: Measure, name: str) -> None:
    asked = iter(range(10_000))
    found, progress = verdict(f"{name}.training_time", Run(quick=True, seeds=(0,), stop=lambda: next(asked) >= 1))
    first, last = progress[0], progress[-1]
    assert isinstance(first.part, Curves) and isinstance(last.part, Curves) and last.fraction and last.seconds_left is not None
    assert first.part.x_label.en == last.part.x_label.en == "processor seconds of learning" and first.part.y_label.en == "held-out accuracy"
    assert [list(series.x) for series in first.part.series] == [[0.0], [0.0]]
    assert [len(series.x) for series in last.part.series] == [2, 2] and all(series.x[-1] > 0 for series in last.part.series)  # one step of each in turn
    assert not found.complete and found.plot is not None and len(found.plot.series) == 2
