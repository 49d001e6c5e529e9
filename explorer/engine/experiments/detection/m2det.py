"""The claim of M2Det: more accurate than SSD, and nearly as fast."""

from __future__ import annotations

from explorer.engine.experiments.detection.comparing import Steps, accurate_and_fast
from explorer.engine.experiments.run import Run


def accurate_fast(run: Run) -> Steps:
    """``m2det.accurate_fast``: AP50 and time beside SSD's. Disabled: a second SSD, without the pyramids, in its place."""
    return (yield from accurate_and_fast(run, "m2det", "ssd"))
