"""Verdicts follow from the thresholds, and a difference within the spread over seeds does not count."""

from __future__ import annotations

import math

import pytest

from explorer.catalogue import Claim, Threshold, claim
from explorer.catalogue.judge import judge, judge_number
from explorer.words import same

WORD = same("x")


def made(*thresholds: Threshold) -> Claim:
    return Claim("dnn.made", "+", WORD, WORD, WORD, WORD, thresholds)


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(0.5, "holds"), (0.1, "holds"), (0.09, "caveat"), (0.02, "caveat"), (0.019, "fails"), (-1.0, "fails")],
)
def test_larger_is_better(value: float, verdict: str) -> None:
    assert judge_number(Threshold("difference", 0.1, 0.02), {"difference": value}) == verdict


@pytest.mark.parametrize(
    ("value", "verdict"), [(0.3, "holds"), (0.5, "holds"), (0.7, "caveat"), (0.95, "fails")]
)
def test_smaller_is_better(value: float, verdict: str) -> None:
    assert judge_number(Threshold("ratio", 0.5, 0.9, larger=False), {"ratio": value}) == verdict


def test_a_negative_threshold_asks_for_no_worse_than() -> None:
    threshold = Threshold("difference", -0.02, -0.05)
    assert judge_number(threshold, {"difference": -0.01}) == "holds"
    assert judge_number(threshold, {"difference": -0.04}) == "caveat"
    assert judge_number(threshold, {"difference": -0.06}) == "fails"


def test_within_the_spread_a_difference_does_not_hold() -> None:
    threshold = Threshold("difference", 0.1, 0.02, spread="spread")
    assert judge_number(threshold, {"difference": 0.2, "spread": 0.05}) == "holds"
    assert judge_number(threshold, {"difference": 0.2, "spread": 0.2}) == "caveat"
    assert judge_number(threshold, {"difference": 0.2, "spread": 0.3}) == "caveat"
    assert judge_number(threshold, {"difference": 0.0, "spread": 0.3}) == "fails"


@pytest.mark.parametrize("numbers", [{}, {"difference": math.nan}, {"difference": math.inf}, {"other": 1.0}])
def test_a_number_that_was_not_measured_fails(numbers: dict[str, float]) -> None:
    assert judge(made(Threshold("difference", 0.1, 0.02)), numbers) == "fails"


SHORT = {
    "well beyond": (0.3, 0.1, "holds"), "beyond its spread": (0.12, 0.05, "holds"), "across the upper threshold": (0.08, 0.05, "undecided"),
    "within its spread": (0.12, 0.2, "undecided"), "between the thresholds": (0.06, 0.03, "caveat"),
    "across the lower threshold": (0.03, 0.02, "undecided"), "well below": (-0.1, 0.05, "fails"), "across both": (0.05, 1.0, "undecided"),
}  # fmt: skip


@pytest.mark.parametrize("case", SHORT)
def test_a_short_run_does_not_decide_within_its_spread(case: str) -> None:
    value, spread, verdict = SHORT[case]
    up, down = made(Threshold("a", 0.1, 0.02, spread="spread")), made(Threshold("a", -0.1, -0.02, larger=False, spread="spread"))
    assert judge(up, {"a": value, "spread": spread}, whole=False) == verdict
    assert judge(down, {"a": -value, "spread": spread}, whole=False) == verdict
    assert judge(up, {"a": value, "spread": spread}) in ("holds", "caveat", "fails"), "a whole run is always judged"


def test_what_grows_is_reached_or_undecided_in_a_short_run_and_fails_in_a_whole_one() -> None:
    one = made(Threshold("a", 0.8, 0.5, grows=True))
    assert [judge(one, {"a": a}, whole=False) for a in (0.9, 0.6, 0.1)] == ["holds", "undecided", "undecided"]
    assert [judge(one, {"a": a}) for a in (0.9, 0.6, 0.1)] == ["holds", "caveat", "fails"]
    assert judge(one, {"a": math.nan}, whole=False) == "fails", "what was not measured does not grow"


def test_one_threshold_that_surely_fails_decides_a_short_run() -> None:
    both = made(Threshold("a", 0.1, 0.02, spread="spread"), Threshold("b", 1.0, 0.5))
    assert judge(both, {"a": 0.1, "spread": 0.5, "b": 0.0}, whole=False) == "fails"
    assert judge(both, {"a": 0.1, "spread": 0.5, "b": 2.0}, whole=False) == "undecided"
    assert judge(both, {"a": 0.12, "spread": 0.05, "b": 2.0}, whole=False, at_most="caveat") == "caveat"


def test_the_worst_threshold_decides() -> None:
    both = made(Threshold("a", 1.0, 0.5), Threshold("b", 1.0, 0.5))
    assert judge(both, {"a": 1.0, "b": 1.0}) == "holds"
    assert judge(both, {"a": 1.0, "b": 0.7}) == "caveat"
    assert judge(both, {"a": 0.0, "b": 0.7}) == "fails"


def test_never_better_than_at_most() -> None:
    good = {"a": 1.0}
    one = made(Threshold("a", 1.0, 0.5))
    assert judge(one, good, at_most="caveat") == "caveat"
    assert judge(one, good, at_most="fails") == "fails"
    assert judge(one, {"a": 0.0}, at_most="caveat") == "fails"


def test_xor_is_judged_by_both_networks() -> None:
    xor = claim("neuron.xor")
    assert judge(xor, {"best_accuracy": 0.75, "hidden_accuracy": 1.0}) == "holds"
    assert judge(xor, {"best_accuracy": 1.0, "hidden_accuracy": 1.0}) == "fails"
    assert judge(xor, {"best_accuracy": 0.75, "hidden_accuracy": 0.5}) == "fails"


def test_a_gradient_that_batch_normalisation_saves_anyway_is_a_caveat() -> None:
    gradient = claim("resnet.gradient")
    assert judge(gradient, {"ratio": 1e6, "ratio_bn": 5.0}) == "holds"
    assert judge(gradient, {"ratio": 1e6, "ratio_bn": 0.8}) == "caveat"
    assert judge(gradient, {"ratio": 1.0, "ratio_bn": 5.0}) == "fails"


def test_a_policy_two_per_cent_below_the_best_still_converged() -> None:
    converges = claim("q_learning.converges")
    assert judge(converges, {"worst_ratio": 0.98}) == "holds"
    assert judge(converges, {"worst_ratio": 0.979}) == "caveat"
    assert judge(converges, {"worst_ratio": 0.5}) == "fails"
