"""The handwritten digits: their split, and where they stand on a larger canvas."""

from __future__ import annotations

import torch

from explorer.engine.data import digits


def test_digits_stand_in_the_middle_of_a_blank_canvas() -> None:
    plain, _, held, labels = digits.load(16, 3)
    learn, _, on_canvas, same_labels = digits.load(16, 3, canvas=24)
    assert plain.shape == (1297, 3, 16, 16) and learn.shape == (1297, 3, 24, 24) and len(held) == digits.HELD_OUT and torch.equal(labels, same_labels)
    assert torch.equal(on_canvas[..., 4:20, 4:20], held)
    assert (learn[..., :4, :] == digits.BLANK).all() and (learn[..., 20:] == digits.BLANK).all()
    assert abs(float(plain.min()) - digits.BLANK) < 1e-6 and abs(float(plain.max()) - digits.BLANK - digits.INK) < 1e-6


def test_counts_are_those_of_the_file() -> None:
    pictures, _, held, _ = digits.counts()
    both = torch.cat([pictures, held])
    assert both.shape == (1797, 8, 8) and torch.allclose(both, both.round(), atol=1e-4) and float(both.min().round()) == 0 and float(both.max().round()) == 16
