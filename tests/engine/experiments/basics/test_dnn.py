"""The claims about layers and gradient descent, and what they say with the mechanism switched off."""

from __future__ import annotations

import pytest

from explorer.catalogue import claim
from explorer.catalogue.judge import judge
from explorer.engine.experiments.run import Run, measure
from explorer.engine.tasks.basics import _PlaygroundSession
from explorer.results import Progress, Verdict


def measured(name: str, **run: object) -> tuple[list[Progress], Verdict]:
    *progress, last = measure(claim(name), Run(quick=True, seeds=(0, 1), **run))  # type: ignore[arg-type]
    assert isinstance(last, Verdict)
    return [p for p in progress if isinstance(p, Progress)], last


@pytest.mark.parametrize("name", ["dnn.layers", "dnn.gradient_descent"])
def test_the_verdict_changes_with_the_mechanism_off(name: str) -> None:
    progress, verdict = measured(name)
    assert verdict.verdict == "holds"
    assert all(p.part is not None for p in progress)
    assert progress[-1].fraction == pytest.approx(1.0)
    off = measured(name, disabled=True)[1]
    assert off.verdict in ("fails", "undecided") and judge(claim(name), off.numbers) == "fails"


@pytest.mark.parametrize("name", ["dnn.layers", "dnn.gradient_descent"])
def test_a_point_of_the_plot_opens_exactly_that_network(name: str) -> None:
    plot = measured(name)[1].plot
    assert plot is not None
    series = plot.series[0]
    state = series.opens[-1]
    assert state is not None
    session = _PlaygroundSession(**state)
    assert session.world.network.flat().tolist() == pytest.approx(state["weights"], abs=1e-4)
    assert list(session.world.network.hidden) == state["hidden"]
    assert session.world.step == state["step"] > 0


@pytest.mark.parametrize("name", ["dnn.layers", "dnn.gradient_descent"])
def test_stopped_early_it_says_so(name: str) -> None:
    verdict = measured(name, stop=lambda: True)[1]
    assert not verdict.complete
    assert verdict.verdict == "caveat"
