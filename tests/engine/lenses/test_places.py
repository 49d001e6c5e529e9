"""A class for each place: where the window looked, not its whole; the louder one where two speak; none where nobody does."""

from __future__ import annotations

import numpy as np

from explorer.engine.lenses.places import LEAST, NONE, SIDE, Looked, grid, label_places


def corner(high: float = 1.0) -> np.ndarray:
    """Heat in the upper left quarter of a window only."""
    heat = np.zeros((8, 8))
    heat[:4, :4] = high
    return heat


def test_only_the_places_it_looked_at_take_the_class() -> None:
    found = label_places([Looked((10, 20, 50, 60), 3, 0.9, corner(7.0))], 80, 100)
    assert found.shape == (80, 100)
    assert (found[22:38, 12:28] == 3).all(), "however high the heat is"
    assert (found[44:, :] == NONE).all() and (found[:, 34:] == NONE).all() and (found[:20] == NONE).all()


def test_the_louder_class_wins_a_place_whatever_the_order() -> None:
    everywhere = np.ones((4, 4))
    sure, unsure = Looked((0, 0, 40, 40), 1, 0.9, everywhere), Looked((20, 0, 60, 40), 2, 0.6, everywhere)
    for windows in ([sure, unsure], [unsure, sure]):
        found = label_places(windows, 40, 80)
        assert (found[:, :40] == 1).all() and (found[:, 40:60] == 2).all() and (found[:, 60:] == NONE).all()


def test_who_is_hardly_sure_or_looked_nowhere_says_nothing() -> None:
    everywhere = np.ones((4, 4))
    faint = [Looked((0, 0, 40, 40), 1, LEAST / 2, everywhere), Looked((0, 0, 40, 40), 2, 1.0, -everywhere), Looked((0, 0, 40, 40), 2, 1.0, 0 * everywhere)]
    assert (label_places(faint, 40, 40) == NONE).all() and (label_places([], 40, 40) == NONE).all()


def test_large_photographs_have_no_more_cells_than_needed() -> None:
    assert grid(3000, 4000) == (SIDE * 3 // 4, SIDE) and grid(1, 4096) == (1, SIDE) and grid(30, 20) == (30, 20)
    found = label_places([Looked((2000, 0, 4000, 2000), 5, 1.0, np.ones((2, 2))), Looked((0, 2999, 1, 3000), 6, 1.0, np.ones((2, 2)))], 3000, 4000)
    assert found.shape == (SIDE * 3 // 4, SIDE) and set(np.unique(found[: SIDE // 2, SIDE // 2 :])) == {5}, "a window of less than a cell is passed over"
