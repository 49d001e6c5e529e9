"""When nothing fits: the threshold refuses the share it was asked to, and rises as the windows' maxima do."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.engine.learning.nothing_fits import card_metrics, fit_nothing, highest_by_size, refused_share
from explorer.engine.lenses.sliding import Nothing, Seen


def pictures(count: int, rise: float, seed: int = 0) -> list[list[tuple[int, float]]]:
    rng = np.random.default_rng(seed)
    levels = rng.normal(4, 1, count)
    return [[(n, level + rise * np.log2(n) + rng.normal(0, 0.05)) for n in (1, 4, 16, 64, 256)] for level in levels]


def test_the_rise_is_found_and_the_share_refused() -> None:
    seen = pictures(200, 0.3)
    nothing = fit_nothing(seen, refused=0.9)
    assert nothing.per_doubling == pytest.approx(0.3, abs=0.02)
    assert refused_share(seen, nothing) == pytest.approx(0.9, abs=0.01)
    assert refused_share(pictures(400, 0.3, seed=1), nothing) == pytest.approx(0.9, abs=0.06)
    assert refused_share(seen, fit_nothing(seen, refused=0.5)) == pytest.approx(0.5, abs=0.01)


def test_it_never_falls() -> None:
    assert fit_nothing(pictures(20, -0.5)).per_doubling == 0.0
    assert fit_nothing([[(1, 3.0)], [(1, 5.0)]]) == Nothing(5.0, 0.0)
    with pytest.raises(ValueError):
        fit_nothing([])


def test_what_the_card_says() -> None:
    apart = np.array([[0, 0, 2, 2], [10, 0, 12, 2], [20, 0, 21, 1]])
    seen = Seen(apart, np.array([0, 0, 1]), np.array([[1.0, -50], [3.0, -50], [2.0, -50]]), (2, 1))
    assert highest_by_size(seen) == [(2, pytest.approx(3.0)), (1, pytest.approx(2.0))]
    own, test, given = (np.array([[value, -50.0] for value in values]) for values in ((1.0, 2.5, 4.0, 9.0), (1.0, 1.5, 4.0, 9.0), (1.0, 3.0)))
    higher = Seen(apart, np.array([0, 0, 1]), seen.output + 5, (2, 1))
    metrics = card_metrics([seen, higher], given, own, test, 1.0)
    assert metrics == {
        "nothing_below": pytest.approx(7.0),
        "nothing_per_doubling": pytest.approx(1.0),
        "nothing_alone": pytest.approx(1.675, abs=1e-3),  # between the two that speak least for a class, at 0.15
        "nothing_lost_percent": 50.0,
        "nothing_refused_percent": 50.0,
    }
    sure = card_metrics([seen, higher], given, own + 9, test, 1.0)
    assert sure["nothing_alone"] == sure["nothing_below"] == pytest.approx(7.0)  # never stricter than among the windows
    assert sure["nothing_refused_percent"] == 50.0  # the first by the other's 7, the second not by the first's 2
