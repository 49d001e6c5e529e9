"""The grid of a surface runs from below; slices of the loss agree with the loss itself and carry the path."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.engine.lenses.plane import loss_slice, main_components, random_directions, surface


def test_the_first_row_is_the_lowest() -> None:
    found = surface(lambda xy: xy[:, 1] / 3, 3.0, 5)
    assert found.values[0, 0] == -1
    assert found.values[4, 0] == 1
    assert found.signed


def test_main_components_follow_the_path() -> None:
    generator = torch.Generator().manual_seed(0)
    first, second = torch.linalg.qr(torch.randn(20, 2, generator=generator)).Q.T
    along = torch.linspace(0, 6, 30).unsqueeze(1)
    path = along * first + torch.sin(along) * second
    found = main_components(path)
    inside = (found @ torch.stack([first, second]).T).norm(dim=1)
    assert torch.allclose(inside, torch.ones(2), atol=1e-4)
    flipped = main_components(path, -found)
    assert torch.allclose(flipped, -found)  # signs stay as they were


@pytest.mark.parametrize("path", [torch.zeros(1, 6), torch.zeros(4, 6), torch.arange(5).unsqueeze(1) * torch.ones(1, 6)])
def test_a_short_or_straight_path_still_gives_a_plane(path: torch.Tensor) -> None:
    found = main_components(path)
    assert torch.allclose(found.norm(dim=1), torch.ones(2), atol=1e-5)
    assert abs(float(found[0] @ found[1])) < 1e-5


def test_random_directions_have_the_length_of_each_filter() -> None:
    weights = torch.tensor([3.0, 4.0, 0.0, 1.0])
    found = random_directions(weights, [slice(0, 2), slice(2, 4)], seed=1)
    assert torch.allclose(found[:, :2].norm(dim=1), torch.tensor([5.0, 5.0]))
    assert torch.allclose(found[:, 2:].norm(dim=1), torch.ones(2))
    assert torch.equal(found, random_directions(weights, [slice(0, 2), slice(2, 4)], seed=1))


def test_a_slice_shows_the_loss_where_it_says() -> None:
    centre = torch.tensor([1.0, 2.0, 0.0])
    directions = torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    path = torch.tensor([[-1.0, 1.0, 0.0], [0.0, 2.5, 0.0], [1.0, 2.0, 0.0]])
    found = loss_slice(lambda flat: (flat**2).sum(dim=1), centre, directions, path, side=21)
    assert found.path is not None
    assert np.allclose(found.path, [[-2, -1], [-1, 0.5], [0, 0]], atol=1e-6)
    a = np.linspace(*found.x_range, 21)
    b = np.linspace(*found.y_range, 21)
    assert np.allclose(found.values, (1 + a[None, :]) ** 2 + (2 + b[:, None]) ** 2, atol=1e-4)
    assert found.x_range[0] < -2
    assert found.x_range[1] > 0
