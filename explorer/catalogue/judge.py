"""From measured numbers to a verdict, by the thresholds that stood in the catalogue before the measurement."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

from explorer.catalogue.schema import Claim, Threshold

Judgement = Literal["holds", "caveat", "fails"]
_RANK: Mapping[Judgement, int] = {"holds": 0, "caveat": 1, "fails": 2}


def judge_number(threshold: Threshold, numbers: Mapping[str, float]) -> Judgement:
    """The verdict of one threshold. A number that is missing or not finite fails."""
    value = numbers.get(threshold.number, math.nan)
    if not math.isfinite(value):
        return "fails"
    sign = 1.0 if threshold.larger else -1.0
    if sign * value < sign * threshold.caveat:
        return "fails"
    if sign * value < sign * threshold.holds:
        return "caveat"
    if threshold.spread and abs(value) <= numbers.get(threshold.spread, 0.0):
        return "caveat"
    return "holds"


def judge(claim: Claim, numbers: Mapping[str, float], *, at_most: Judgement = "holds") -> Judgement:
    """The worst verdict of all thresholds of the claim, and never better than ``at_most`` (used where only cards give figures)."""
    verdicts = [judge_number(t, numbers) for t in claim.thresholds] + [at_most]
    return max(verdicts, key=lambda v: _RANK[v])
