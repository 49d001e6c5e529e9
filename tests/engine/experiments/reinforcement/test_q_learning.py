"""The claim runs, its plot grows, and it fails when nothing is learnt."""

from __future__ import annotations

import time

import pytest

from explorer.catalogue import claim
from explorer.engine.experiments.reinforcement import q_learning
from explorer.engine.experiments.run import Run, measure
from explorer.results import Curves, Progress, Verdict

SMALL = {"FrozenLake-v1 4x4 firm": 2_000, "CliffWalking-v1": 10_000}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(q_learning, "QUICK", SMALL)
    monkeypatch.setattr(q_learning, "SHOW_EVERY", 0.0)
    monkeypatch.setattr(q_learning, "SLICE", 500)


def verdict(run: Run) -> tuple[Verdict, list[Progress]]:
    results = list(measure(claim("q_learning.converges"), run))
    assert isinstance(results[-1], Verdict)
    return results[-1], [r for r in results[:-1] if isinstance(r, Progress)]


@pytest.mark.usefixtures("small")
def test_it_holds_and_its_plot_grows() -> None:
    found, progress = verdict(Run(quick=True, seeds=(0, 1)))
    assert found.verdict == "holds" and found.quick and found.complete
    assert found.numbers["worst_ratio"] >= 0.98 > 0.5 > found.numbers["start_ratio"]
    points = [sum(len(s.x) for s in p.part.series) for p in progress if isinstance(p.part, Curves)]
    assert points == sorted(points) and points[-1] > points[0] == 0
    assert found.plot is not None and len(found.plot.series) == 2
    opened = found.plot.series[0].opens[-1]
    assert opened is not None and opened["environment"] == "FrozenLake-v1 4x4 firm" and opened["until"] == 2_000


@pytest.mark.usefixtures("small")
def test_without_learning_it_fails() -> None:
    found, _ = verdict(Run(quick=True, seeds=(0,), disabled=True))
    assert found.verdict == "fails" and found.numbers["worst_ratio"] < 0.5


@pytest.mark.usefixtures("small")
def test_stopped_early_it_says_what_it_has() -> None:
    asked = iter([False] * 40 + [True] * 1000)
    found, _ = verdict(Run(quick=True, seeds=(0,), stop=lambda: next(asked)))
    assert not found.complete and found.verdict == "caveat" and found.numbers["worst_ratio"] >= 0.98  # of the one map it finished
    assert found.plot is not None and len(found.plot.series) == 2


def test_the_quick_form_takes_seconds() -> None:
    begin = time.process_time()  # of this process, however busy the machine
    found, progress = verdict(Run(quick=True, seeds=(0, 1, 2, 3, 4)))
    assert found.verdict == "holds"
    assert time.process_time() - begin < 15
    assert progress


def test_every_map_of_the_page_is_among_those_measured() -> None:
    from explorer.engine.learning.recommended import NEEDED, QUICK

    for sample in claim_samples():
        gym_id, *words = sample.split()
        assert any(spec.split()[0] == gym_id and set(words) <= set(spec.split()) for spec in NEEDED), sample
    assert set(QUICK) <= set(NEEDED)


def claim_samples() -> tuple[str, ...]:
    from explorer.catalogue import system

    return system("q_learning").samples
