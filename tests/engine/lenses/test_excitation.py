"""What excites a unit: the climb climbs, the found picture is the unit's own, and patches come from where it is strongest."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explorer.engine.lenses.excitation import (
    DARKEST,
    Spot,
    activation,
    excite,
    frequencies_of,
    moved,
    output_of,
    paint,
    ranked,
    shared,
    strongest_places,
    windows,
)
from explorer.words import InputError

SIZE = (16, 16)


class Pair(nn.Module):
    """Two units: one likes stripes that stand, the other stripes that lie; then two classes."""

    def __init__(self) -> None:
        super().__init__()
        self.stripes = nn.Conv2d(3, 2, 3, padding=1, bias=False)
        self.head = nn.Linear(2, 2)
        standing = torch.tensor([[-1.0, 2.0, -1.0]] * 3)
        with torch.no_grad():
            self.stripes.weight.copy_(torch.stack([standing, standing.T])[:, None].expand(2, 3, 3, 3))

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.head(self.stripes(x).relu().mean((2, 3)))
        return out


class Rectified(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.pair = Pair()
        self.act = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.act(self.pair.stripes(x))
        return out


def same(values: Tensor) -> Tensor:
    return values - 0.5


@pytest.mark.parametrize("unit", [0, 1])
def test_the_climb_finds_the_stripes_the_unit_likes(unit: int) -> None:
    network = Rectified().train()
    steps = list(excite(network, SIZE, same, "act", unit, steps=40, seed=1))
    assert [one.step for one in steps] == list(range(41))
    first, last = steps[0], steps[-1]
    assert first.activation is not None and last.activation is not None and last.activation > 2 * first.activation
    assert float(last.picture.min()) >= 0 and float(last.picture.max()) <= 1 and last.picture.shape == (3, *SIZE)
    grey = last.picture.mean(0)
    across, down = float(grey.diff(dim=1).abs().mean()), float(grey.diff(dim=0).abs().mean())
    assert (across > 1.5 * down) if unit == 0 else (down > 1.5 * across)
    assert network.training and all(p.grad is None for p in network.parameters()) and not network.act._forward_hooks


def test_the_activation_told_is_that_of_the_picture_shown() -> None:
    network = Rectified().eval()
    last = list(excite(network, SIZE, same, "act", 0, steps=6))[-1]
    assert last.activation == pytest.approx(float(network(same(last.picture[None]))[0, 0].mean().detach()), rel=1e-5)


def test_the_same_seed_gives_the_same_picture_and_another_another() -> None:
    network = Rectified().eval()
    pictures = [list(excite(network, SIZE, same, "act", 0, steps=5, seed=seed))[-1].picture for seed in (3, 3, 4)]
    assert torch.equal(pictures[0], pictures[1]) and not torch.allclose(pictures[0], pictures[2], atol=0.05)


def test_classes_are_units_of_the_output() -> None:
    torch.manual_seed(0)
    network = Pair().eval()
    steps = list(excite(network, SIZE, same, "", 1, steps=30))
    assert steps[-1].activation == pytest.approx(float(network(same(steps[-1].picture[None]))[0, 1].detach()), rel=1e-4)
    assert steps[-1].activation > steps[0].activation  # type: ignore[operator]


def test_what_is_not_there_is_refused() -> None:
    network = Rectified().eval()
    with pytest.raises(InputError):
        next(excite(network, SIZE, same, "act", 2))
    with pytest.raises(InputError):
        next(excite(network, SIZE, same, "nowhere", 0))
    with pytest.raises(InputError):
        activation(torch.zeros(1, 3), -1)


def test_the_network_runs_no_further_than_the_layer() -> None:
    network = Pair().eval()
    network.head.forward = None  # type: ignore[assignment]
    assert output_of(network, "stripes", torch.zeros(1, 3, 8, 8)).shape == (1, 2, 8, 8)


def test_frequencies_paint_real_pictures_of_the_size_wanted() -> None:
    for size in ((8, 8), (7, 9)):
        spectrum = torch.randn(2, 3, size[0], size[1] // 2 + 1, 2)
        painted = paint(spectrum, size)
        assert painted.shape == (2, 3, *size) and float(painted.min()) > 0 and float(painted.max()) < 1
    assert torch.allclose(paint(torch.zeros(1, 3, 8, 5, 2), (8, 8)), torch.tensor(0.5))


@pytest.mark.parametrize("size", [(16, 16), (5, 8)])
def test_a_picture_and_its_frequencies_are_the_same(size: tuple[int, int]) -> None:
    picture = torch.rand((2, 3, *size), generator=torch.Generator().manual_seed(0))
    picture[0, 0, 0, 0], picture[0, 1, 0, 0] = 0.0, 1.0
    again = paint(frequencies_of(picture), size)
    assert torch.allclose(again, picture.clamp(DARKEST, 1 - DARKEST), atol=1e-5)


def test_a_climb_from_a_picture_begins_with_it_and_stays_near() -> None:
    network = Rectified().eval()
    picture = torch.full((3, *SIZE), 0.5)
    picture[:, 8:] = 0.7  # a lying edge
    steps = list(excite(network, SIZE, same, "act", 0, steps=40, seed=1, start=picture))
    other = list(excite(network, SIZE, same, "act", 0, steps=40, seed=1, start=picture.transpose(1, 2)))
    assert torch.allclose(steps[0].picture, picture, atol=1e-5) and torch.allclose(other[0].picture, picture.transpose(1, 2), atol=1e-5)
    first, last = steps[0].activation, steps[-1].activation
    assert first is not None and last is not None and last > first + 0.1
    noise = list(excite(network, SIZE, same, "act", 0, steps=40, seed=1))
    away = [float((one - picture).abs().mean()) for one in (steps[-1].picture, noise[-1].picture)]
    assert 0 < away[0] < away[1] / 2


def test_moving_is_small_and_differentiable() -> None:
    smooth = torch.linspace(0, 1, 32).expand(1, 3, 32, 32).clone().requires_grad_()
    turned = moved(smooth, torch.Generator().manual_seed(0))
    assert turned.shape == smooth.shape and not torch.equal(turned, smooth)
    assert float((turned - smooth).abs().mean()) < 0.15
    (gradient,) = torch.autograd.grad(turned.sum(), smooth)
    assert float(gradient.abs().sum()) > 0


def test_the_strongest_place_is_where_the_pattern_is() -> None:
    network = Rectified().eval()
    pictures = torch.zeros(2, 3, 12, 12)
    pictures[0, :, 3:6, 7] = 1.0  # a standing line
    pictures[1, :, 9, 1:4] = 0.5  # a lying one, fainter
    (row, column, value), (_, _, other) = strongest_places(network, "act", 0, pictures)
    assert (row, column) == (4, 7) and value == pytest.approx(18.0) and other < value
    assert strongest_places(network, "act", 1, pictures)[1][:2] == (9, 2)


def test_windows_cover_the_picture_and_stay_inside() -> None:
    for height, width in ((30, 50), (50, 30), (20, 20), (1, 5)):
        covered = np.zeros((height, width), bool)
        found = windows(height, width)
        for x1, y1, x2, y2 in found:
            assert 0 <= x1 < x2 <= width and 0 <= y1 < y2 <= height and x2 - x1 == y2 - y1
            covered[y1:y2, x1:x2] = True
        assert covered.all() and len({box[2] - box[0] for box in found}) == min(3, min(height, width))


def test_the_ranking_is_by_strength_without_doubles() -> None:
    part = (0, 0, 9, 9)
    spots = [Spot(number, part, 0, 0, value) for number, value in ((0, 1.0), (0, 5.0), (0, 4.0), (1, 3.0), (0, 2.0))]
    boxes = [(0, 0, 4, 4), (20, 20, 24, 24), (21, 20, 25, 24), (0, 0, 4, 4), (10, 10, 14, 14)]
    assert ranked(spots, boxes) == [1, 3, 4]  # 2 lies in 1, 0 would be the third of its picture
    assert ranked(spots, boxes, most=2) == [1, 3]
    assert shared((0, 0, 2, 2), (1, 1, 5, 5)) == pytest.approx(0.25) and shared((0, 0, 1, 1), (2, 2, 3, 3)) == 0
