"""Verdicts as plain values and as words."""

from __future__ import annotations

import json

import numpy as np
import pytest

from explorer.results import Curves, Series, Verdict
from explorer.window.verdicts import from_plain, key_words, to_plain
from explorer.words import Text, same


def make(key: str = "ratio", value: float = 2.0) -> Verdict:
    line = Series(Text("あり", "with"), np.array([1.0, 2.0]), np.array([0.5, np.nan]), np.array([0.1, 0.2]), True, ({"depth": 20}, None))
    plot = Curves((line, Series(same("b"), np.array([1.0]), np.array([3.0]))), same("x"), same("y"), y_log=True)
    return Verdict("a.b", "caveat", {key: value}, key, Text("見えた", "seen"), plot, Text("絵", "pictures"), None, 3, 12.5, True, False)


def test_a_verdict_survives_json() -> None:
    before = make()
    after = from_plain(json.loads(json.dumps(to_plain(before))))
    assert (after.verdict, after.numbers, after.text, after.data, after.differs) == ("caveat", {"ratio": 2.0}, before.text, before.data, None)
    assert (after.seeds, after.seconds, after.quick, after.complete) == (3, 12.5, True, False)
    assert after.plot is not None and before.plot is not None
    assert after.plot.y_log and not after.plot.x_log
    for a, b in zip(after.plot.series, before.plot.series, strict=True):
        np.testing.assert_array_equal(a.x, b.x)
        np.testing.assert_array_equal(a.y, b.y)
        assert a.name == b.name and a.main == b.main and a.opens == b.opens
    np.testing.assert_array_equal(after.plot.series[0].spread, before.plot.series[0].spread)


@pytest.mark.parametrize("kept", [{}, {"verdict": "perhaps"}, {**to_plain(make()), "key": "gone"}, {**to_plain(make()), "text": None}])
def test_anything_else_is_refused(kept: dict[str, object]) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        from_plain(kept)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("gradient_ratio", 5e11, "× 5·10¹¹"),
        ("difference", 12.7, "+12.7"),
        ("difference", -0.02, "−0.02"),
        ("best_accuracy", 0.75, "0.75"),
        ("steps", 14.0, "14"),
    ],
)
def test_the_number_on_the_chip(key: str, value: float, words: str) -> None:
    assert key_words(make(key, value)) == words
