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
