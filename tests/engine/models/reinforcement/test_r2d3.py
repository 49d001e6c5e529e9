"""Each sequence of a batch comes from the demonstrations with the given probability."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.engine.models.reinforcement.r2d2 import R2D2
from explorer.engine.models.reinforcement.r2d3 import from_demonstrations, r2d3


def test_the_share_of_demonstrations() -> None:
    chance = np.random.default_rng(0)
    counts = np.array([from_demonstrations(32, 0.25, chance) for _ in range(4000)])
    assert counts.mean() == pytest.approx(8.0, abs=0.2) and counts.var() == pytest.approx(6.0, abs=0.6)
    assert from_demonstrations(32, 0.0, chance) == 0 and from_demonstrations(32, 1.0, chance) == 32


def test_the_network_is_r2d2s() -> None:
    assert isinstance(r2d3((4,), 2, hidden=8), R2D2)
