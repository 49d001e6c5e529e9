"""What is drawn or photographed becomes what the digits' network learnt from; and twenty drawn digits are read."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.engine.data import digits as data
from explorer.engine.inputs.digits import CELLS, COVER, FULL, SIZE, enlarged, find_digit
from explorer.engine.system import load
from explorer.results import Picture
from explorer.words import InputError

sys.path.insert(0, str(Path(__file__).parent))
from strokes import DRAWN, drawn


def test_twenty_drawn_digits_are_read() -> None:
    network = load("digits")
    read = [network.run(drawn(strokes, seed)).label for seed, (_, strokes) in enumerate(DRAWN)]
    right = sum(label == str(digit) for label, (digit, _) in zip(read, DRAWN, strict=True))
    assert right >= 19, read


def test_the_pen_becomes_as_thick_as_in_the_data_and_fills_the_field() -> None:
    learn, *_ = data.counts()
    assert float(learn.mean()) / FULL == pytest.approx(COVER, abs=0.01)
    for pen in (0.02, 0.05, 0.1):
        for digit in (1, 5, 16):
            found = find_digit(drawn(DRAWN[digit][1], 0, pen=pen))
            assert found.cells.shape == (CELLS, CELLS) and found.cells.min() >= 0 and found.cells.max() <= FULL
            assert float(found.cells.mean()) / FULL == pytest.approx(COVER, abs=0.03)
            ink = found.ink > 0.5
            assert ink.any(1).sum() >= 0.95 * len(ink)  # from top to bottom


def test_where_it_stands_and_how_large_it_is_does_not_matter() -> None:
    large = drawn(DRAWN[4][1], 3)
    paper = np.full((600, 800, 3), 255, np.uint8)
    paper[300:556, 500:756] = large.pixels
    one, other = find_digit(large), find_digit(Picture(paper))
    assert np.abs(one.cells - other.cells).mean() < 0.5
    assert np.allclose(np.array(one.box) + (500, 300, 500, 300), other.box, atol=4)


def test_light_on_dark_a_shadow_and_a_table_edge() -> None:
    picture = drawn(DRAWN[9][1], 1)
    plain = find_digit(picture)
    board = find_digit(Picture(255 - picture.pixels))
    assert plain.dark and not board.dark and np.array_equal(plain.cells, board.cells)
    shadow = np.linspace(1.0, 0.6, 256)[None, :, None] * picture.pixels
    shadow[:, -6:] = 30  # the dark table beside the paper
    assert np.abs(find_digit(Picture(shadow.astype(np.uint8))).cells - plain.cells).mean() < 1.0


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_nothing_written_is_said(grey: int) -> None:
    noise = np.random.default_rng(0).integers(-3, 4, (100, 100, 3))
    with pytest.raises(InputError):
        find_digit(Picture(np.clip(grey + noise, 0, 255).astype(np.uint8)))
    with pytest.raises(InputError):
        find_digit(Picture(np.zeros((3, 3, 3), np.uint8)))


def test_enlarged_counts_keep_their_ink() -> None:
    learn, *_ = data.counts()
    inner = learn[:20].clone()
    inner[:, [0, -1]] = 0
    inner[:, :, [0, -1]] = 0
    twice = enlarged(inner)
    assert twice.shape == (20, 1, SIZE, SIZE)
    assert torch.allclose(twice.mean((1, 2, 3)), inner.mean((1, 2)), atol=1e-4)
