"""Drawn polygons: the same shapes at every resolution, six classes that differ, what is held out is not what is learnt."""

from __future__ import annotations

import pytest
import torch

from explorer.engine.data.polygons import SIDES, draw, load


def test_the_same_shapes_at_every_resolution() -> None:
    fine, labels = draw(12, 32, 3, noise=0.0)
    coarse, again = draw(12, 16, 3, noise=0.0)
    assert fine.shape == (12, 3, 32, 32) and torch.equal(labels, again) and sorted(set(labels.tolist())) == list(range(len(SIDES)))
    halved = torch.nn.functional.avg_pool2d(fine, 2)
    own = torch.stack([torch.corrcoef(torch.stack([a.flatten(), b.flatten()]))[0, 1] for a, b in zip(halved, coarse, strict=True)])
    other = torch.corrcoef(torch.stack([halved[0].flatten(), coarse[1].flatten()]))[0, 1]
    assert own.min() > 0.99 and other < own.min()


def test_a_square_covers_what_a_square_covers() -> None:
    """The share of the picture inside a regular polygon is known: (sides / 2) r² sin(2π / sides) of the area 4."""
    pictures, labels = draw(60, 24, 0)
    strong = (pictures[:, 0] * 0.35 + 0.3).mean((1, 2))  # strength times the share covered
    mean = [float(strong[labels == k].mean()) for k in range(len(SIDES))]
    assert mean[0] < mean[1] < mean[3]  # of the same radius a triangle covers least, a disc most
    assert 0.3 < mean[0] / mean[3] < 0.55  # 1.30 / 3.14


def test_held_out_pictures_are_others() -> None:
    learn, labels, held, held_labels = load(16, 24, 12)
    assert len(learn) == 24 and len(held) == len(held_labels) == 12 and len(labels) == 24
    assert not torch.equal(learn[:12], held)


def test_noise_by_area_is_the_same_at_every_resolution() -> None:
    fine, coarse = ((draw(40, size, 5)[0] - draw(40, size, 5, noise=0.0)[0])[:, :1] for size in (32, 16))
    assert float(torch.nn.functional.avg_pool2d(fine, 2).std() / coarse.std()) == pytest.approx(1.0, abs=0.05)
