"""Drawn pictures without a class: the same for the same seed, each kind another, and the photographs are there."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.engine.data.no_class import KINDS, PHOTOGRAPHS, draw, drawn, photographs


def test_drawn_anew_they_are_the_same() -> None:
    once, again, other = drawn(12), drawn(12), drawn(12, seed=1)
    assert all(picture.shape == (300, 400, 3) and picture.dtype == np.uint8 for picture in once)
    assert all(np.array_equal(a, b) for a, b in zip(once, again, strict=True))
    assert not any(np.array_equal(a, b) for a, b in zip(once, other, strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_shows_something(kind: str) -> None:
    assert draw(kind, np.random.default_rng(3), 60, 80).std() > 5


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="cats"):
        draw("cats", np.random.default_rng(0), 10, 10)


def test_the_photographs_are_scikit_images() -> None:
    assert [path.name for path in photographs()] == list(PHOTOGRAPHS)
