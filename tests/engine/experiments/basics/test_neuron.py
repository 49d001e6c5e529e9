"""The claims about one neuron come out as they should, and differently with the mechanism switched off."""

from __future__ import annotations

import pytest

from explorer.catalogue import claim
from explorer.engine.experiments.run import Run, measure
from explorer.results import Curves, Progress, Verdict


def measured(name: str, **run: object) -> tuple[list[Progress], Verdict]:
    *progress, last = measure(claim(name), Run(quick=True, **run))  # type: ignore[arg-type]
    assert isinstance(last, Verdict)
    return [p for p in progress if isinstance(p, Progress)], last


@pytest.mark.parametrize("name", ["neuron.weighted_sum", "neuron.xor"])
def test_the_verdict_changes_with_the_mechanism_off(name: str) -> None:
    progress, verdict = measured(name)
    assert verdict.verdict == "holds"
    assert verdict.plot is not None
    assert all(isinstance(p.part, Curves) for p in progress)
    lengths = [len(p.part.series[0].x) for p in progress[1:4] if isinstance(p.part, Curves)]
    assert lengths == sorted(set(lengths))  # it grows
    assert measured(name, disabled=True)[1].verdict == "fails"


def test_a_point_of_the_plot_opens_the_neuron_it_stands_for() -> None:
    plot = measured("neuron.weighted_sum")[1].plot
    assert plot is not None
    first, last = plot.series[0].opens[0], plot.series[0].opens[-1]
    assert first is not None
    assert last is not None
    assert first["weights"] != last["weights"]
    assert last["data"] == "gaussians"


def test_no_moment_of_one_perceptron_beats_three_corners() -> None:
    verdict = measured("neuron.xor")[1]
    assert verdict.numbers["best_accuracy"] <= 0.75
    assert verdict.numbers["hidden_accuracy"] > 0.9


@pytest.mark.parametrize("name", ["neuron.weighted_sum", "neuron.xor"])
def test_stopped_early_it_says_so(name: str) -> None:
    verdict = measured(name, stop=lambda: True)[1]
    assert not verdict.complete
    assert verdict.verdict != "holds"
