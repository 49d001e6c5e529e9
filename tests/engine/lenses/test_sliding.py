"""A network slid over a photograph: a window's answer is the network's answer, things are found where they are, nothing is said to be nothing."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explorer.catalogue import system
from explorer.engine.lenses.sliding import (
    MOST_PIXELS,
    Nothing,
    Seen,
    agreed,
    class_maps,
    energies,
    judge,
    overlap,
    plan,
    sightings,
    slide,
)
from explorer.engine.system import build
from explorer.engine.systems.recognition import preparation_of
from explorer.results import Picture

torch.set_num_threads(1)


class Framed(nn.Module):
    """Class 0: something red in the middle of the window and none of it at the window's edge; class 1: the same in blue."""

    def forward(self, x: Tensor) -> Tensor:
        x = nn.functional.avg_pool2d(x, 4)
        edge = torch.ones(8, 8, dtype=torch.bool)
        edge[1:-1, 1:-1] = False
        found = torch.stack([x[:, 0] - x[:, 1], x[:, 2] - x[:, 1]], 1)
        return 6 * found[:, :, ~edge].mean(2) - 8 * found[:, :, edge].mean(2) - 2


def cut(pixels: np.ndarray) -> Tensor:
    values = torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 255
    return nn.functional.interpolate(values, (32, 32), mode="area")


def scene() -> np.ndarray:
    """Grey, 120 × 200, with a red square of 40 at (20, 30) and a blue one of 60 at (120, 40)."""
    pixels = np.full((120, 200, 3), 128, np.uint8)
    pixels[30:70, 20:60] = (255, 0, 0)
    pixels[40:100, 120:180] = (0, 0, 255)
    return pixels


def whole(pixels: np.ndarray, size: int = 32) -> Seen:
    seen = [one for _, one in slide(Framed(), pixels, cut, size) if one is not None]
    return seen[-1]


@pytest.mark.parametrize(
    ("height", "width", "size"), [(300, 451, 32), (32, 32, 32), (1, 1, 32), (20, 300, 32), (3000, 4000, 32), (40, 4096, 32), (600, 800, 224)]
)
def test_the_windows_cover_everything_and_cost_no_more_than_they_may(height: int, width: int, size: int) -> None:
    sizes = plan(height, width, size)
    windows = [box for one in sizes for box in one]
    assert len(windows) <= max(24, MOST_PIXELS // size**2)
    sides = [one[0][2] - one[0][0] for one in sizes]
    assert sides[0] == min(height, width) and sides == sorted(sides, reverse=True)
    covered = np.zeros((height, width), bool)
    for x1, y1, x2, y2 in sizes[0]:
        assert x2 - x1 == y2 - y1
        covered[y1:y2, x1:x2] = True
    for x1, y1, x2, y2 in windows:
        assert 0 <= x1 < x2 <= width and 0 <= y1 < y2 <= height
    if max(height, width) < 50 * min(height, width):
        assert covered.all()
    if (height, width) == (300, 451):
        assert len(sizes) >= 5
        for a, b in itertools.pairwise(sides):
            assert 1.26 <= a / b <= 1.45


def test_a_windows_answer_is_the_networks_answer_to_that_part_alone() -> None:
    torch.manual_seed(0)
    variant = system("resnet").variant("resnet20")
    network, prepare = build(variant).eval(), preparation_of(variant)
    pixels = np.random.default_rng(0).integers(0, 256, (50, 70, 3)).astype(np.uint8)

    def part(values: np.ndarray) -> Tensor:
        return prepare(Picture(np.ascontiguousarray(values))).x

    seen = [one for _, one in slide(network, pixels, part, 32) if one is not None][-1]
    assert len(seen.boxes) > 10
    for index in (0, len(seen.boxes) // 2, len(seen.boxes) - 1):
        x1, y1, x2, y2 = seen.boxes[index]
        with torch.no_grad():
            alone = network(part(pixels[y1:y2, x1:x2]))[0]
        assert seen.output[index] == pytest.approx(alone.numpy(), abs=1e-4)


def test_large_windows_come_first_and_the_work_is_told() -> None:
    steps = list(slide(Framed(), scene(), cut, 32))
    shares = [share for share, _ in steps]
    assert shares == sorted(shares) and shares[-1] == 1.0
    grown = [one for _, one in steps if one is not None]
    assert len(grown) > 3 and grown[0].windows == (len(grown[0].boxes),)
    assert all(a.windows == b.windows[: len(a.windows)] for a, b in itertools.pairwise(grown))


def test_things_are_found_where_they_are() -> None:
    seen = whole(scene())
    found = sightings(seen, judge(seen, 1.0, Nothing(-0.7)))
    assert {one.label for one in found} == {0, 1}
    boxes = np.array([one.box for one in found])
    for label, true in ((0, (20, 30, 60, 70)), (1, (120, 40, 180, 100))):
        mine = boxes[[one.label == label for one in found]]
        shares = overlap(np.vstack([mine, [true]]))[-1, :-1]
        assert len(mine) == 1 and shares[0] > 0.4, (label, mine)


def test_no_second_sighting_on_the_same_thing_and_none_where_nothing_fits() -> None:
    seen = whole(scene())
    assert sightings(seen, judge(seen, 1.0, Nothing(9.9))) == []
    grey = whole(np.full((60, 90, 3), 128, np.uint8))
    assert sightings(grey, judge(grey, 1.0, Nothing(-0.7))) == []
    assert sightings(grey, judge(grey)) == []  # never measured: no class has nine tenths


def test_none_of_these_is_one_more_class() -> None:
    seen = Seen(np.array([[0, 0, 4, 4], [50, 0, 54, 4]]), np.array([0, 0]), np.array([[3.0, 1.0], [-1.0, -0.5]]), (2,))
    judged = judge(seen, 2.0, Nothing(1.0, 0.5))  # two windows: 1.5
    expected = np.exp(np.array([[3.0, 1.0, 1.5], [-1.0, -0.5, 1.5]]) / 2)
    expected /= expected.sum(1, keepdims=True)
    assert np.column_stack([judged.scores, judged.none]) == pytest.approx(expected)
    # a window fits where its energy is above the score of "none"
    assert judged.fits.tolist() == (energies(seen, 2.0) > 1.5).tolist() == [True, False]
    assert judge(seen, 2.0).none.tolist() == [0.0, 0.0]


def test_windows_on_the_same_thing_are_averaged_and_others_are_not() -> None:
    boxes = np.array([[0, 0, 10, 10], [2, 0, 12, 10], [30, 0, 40, 10]])
    seen = Seen(boxes, np.array([0, 0, 0]), np.array([[6.0], [0.0], [1.0]]), (3,))
    shared = 80 / 120
    assert agreed(seen)[:, 0] == pytest.approx([6 / (1 + shared), 6 * shared / (1 + shared), 1.0])


def test_a_map_is_highest_inside_its_thing() -> None:
    pixels = scene()
    seen = whole(pixels)
    red, blue = class_maps(seen, judge(seen, 1.0, Nothing(-0.7)), 120, 200, [0, 1])
    assert red.shape == (96, 160) and red.min() >= 0 and red.max() <= 1
    assert red[round(50 * 0.8), round(40 * 0.8)] > 0.4 > 0.3 > blue[round(50 * 0.8), round(40 * 0.8)]
    assert blue[round(70 * 0.8), round(150 * 0.8)] > 0.4


def test_a_picture_looked_at_once_is_judged_by_a_number_of_its_own() -> None:
    once = Seen(np.array([[0, 0, 1, 1]]), np.array([0]), np.array([[2.0, -50]]), (1,))
    for own, same in ((Nothing(3.0, 0.5, 1.0), Nothing(1.0)), (Nothing(3.0, 0.5), Nothing(3.0))):
        assert judge(once, 1.0, own).none == judge(once, 1.0, same).none
    assert Nothing(3.0, 0.5, 1.0).at(4) == 4.0
    apart = np.array([[0, 0, 9, 9], [20, 0, 24, 4], [30, 0, 34, 4]])
    seen = Seen(apart, np.array([0, 1, 1]), np.array([[2.0, -50]] * 3), (1, 2))
    assert judge(seen, 1.0, Nothing(3.0, 0.5)).fits.tolist() == [False] * 3
    assert judge(seen, 1.0, Nothing(3.0, 0.5, 1.0)).fits.tolist() == [True, False, False]  # the largest window is the whole photograph


def test_where_none_was_never_measured_half_is_enough_of_many_classes() -> None:
    for classes, fits in ((10, False), (1000, True)):
        output = np.zeros((1, classes))
        output[0, 3] = np.log(0.6 / 0.4 * (classes - 1))
        judged = judge(Seen(np.array([[0, 0, 9, 9]]), np.array([0]), output, (1,)))
        assert judged.scores[0, 3] == pytest.approx(0.6) and judged.fits.tolist() == [fits]
