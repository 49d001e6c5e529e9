"""From measured numbers to a verdict, by the thresholds that stood in the catalogue before the measurement."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Literal

from explorer.catalogue.schema import Claim, Threshold

Judgement = Literal["holds", "caveat", "fails", "undecided"]
"""``undecided``: only of a run that was cut short, and could not have told; a whole run is always judged by the other three."""
_RANK: Mapping[Judgement, int] = {"holds": 0, "caveat": 1, "fails": 2}


def judge_number(threshold: Threshold, numbers: Mapping[str, float]) -> Judgement:
    """The verdict of one threshold. A number that is missing or not finite fails."""
    value = numbers.get(threshold.number, math.nan)
    found = _by_value(threshold, value)
    if found == "holds" and threshold.spread and abs(value) <= numbers.get(threshold.spread, 0.0):
        return "caveat"
    return found


def judge(claim: Claim, numbers: Mapping[str, float], *, at_most: Judgement = "holds", whole: bool = True) -> Judgement:
    """The worst verdict of all thresholds of the claim, and never better than ``at_most`` (used where only cards give figures).

    ``whole``: the run was neither shortened nor stopped. Otherwise it may hold like any other, but where it does not, and a whole one could
    well have come to another verdict, it is *undecided*: where the spread over seeds reaches across a threshold, or a number that grows
    with the run has not reached one.
    """
    found = _worst((judge_number(t, numbers) for t in claim.thresholds), "holds")
    if not whole and found != "holds":
        bounds = [_bounds(t, numbers) for t in claim.thresholds]
        if _worst((least for least, _ in bounds), at_most) != _worst((most for _, most in bounds), at_most):
            return "undecided"
    return _worst((found,), at_most)


def _worst(verdicts: Iterable[Judgement], at_most: Judgement) -> Judgement:
    return max((*verdicts, at_most), key=lambda v: _RANK[v])


def _by_value(threshold: Threshold, value: float) -> Judgement:
    """The verdict of a value alone."""
    if not math.isfinite(value):
        return "fails"
    sign = 1.0 if threshold.larger else -1.0
    if sign * value < sign * threshold.caveat:
        return "fails"
    return "caveat" if sign * value < sign * threshold.holds else "holds"


def _bounds(threshold: Threshold, numbers: Mapping[str, float]) -> tuple[Judgement, Judgement]:
    """The verdicts at the bad and at the good end of what a whole run may find."""
    value = numbers.get(threshold.number, math.nan)
    spread = numbers.get(threshold.spread, 0.0) if threshold.spread else 0.0
    if not threshold.larger:
        spread = -spread
    most: Judgement = "holds" if threshold.grows and math.isfinite(value) else _by_value(threshold, value + spread)
    return _by_value(threshold, value - spread), most
