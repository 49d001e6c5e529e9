"""Drawn membranes: the same for the same seed, dark where the mask says so, and every cell closed."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import label

from explorer.engine.data.membranes import HELD_OUT, Drawing, draw, draw_many


@pytest.fixture(scope="module")
def drawn() -> Drawing:
    return draw(4, 256)


def test_a_seed_is_a_slice(drawn: Drawing) -> None:
    assert np.array_equal(drawn.pixels, draw(4, 256).pixels) and not np.array_equal(drawn.labels, draw(5, 256).labels)
    assert drawn.pixels.shape == (256, 256) and drawn.pixels.dtype == np.uint8 and set(np.unique(drawn.labels)) == {0, 1}


def test_membranes_are_dark_and_fill_about_as_much_as_true_ones(drawn: Drawing) -> None:
    assert 0.6 < drawn.labels.mean() < 0.9
    assert drawn.pixels[drawn.labels == 0].mean() < drawn.pixels[drawn.labels == 1].mean() - 15


def test_membranes_part_the_cells(drawn: Drawing) -> None:
    regions, count = label(drawn.labels)
    sizes = np.bincount(regions.ravel())[1:]
    assert count > 20 and sizes.max() < 0.2 * drawn.labels.size


def test_many() -> None:
    found = draw_many(2, 3, 128)
    assert found.images.shape == (2, 1, 128, 128) and np.array_equal(found.labels[1].numpy(), draw(3001, 128).labels)
    assert np.array_equal(draw_many(1, HELD_OUT, 128).labels[0].numpy(), draw(HELD_OUT, 128).labels)
