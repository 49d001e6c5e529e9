"""Learning to segment: it learns, resumes exactly, cuts pictures and labels alike, and its figures are right."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explorer.engine.learning.segment import (
    Segment,
    SegmentSettings,
    boundary_f_score,
    change_light,
    class_weights,
    intersection_over_union,
    mean_iou,
    near_boundaries,
    predicted_labels,
    windows,
)

MEAN, STD = (0.5,) * 3, (0.25,) * 3
SETTINGS = SegmentSettings(epochs=6, batch=4, learning_rate=0.02, window=(16, 16), zoom=(0.8, 1.25), light=0.1)


def pictures(count: int = 16, size: int = 24) -> tuple[Tensor, Tensor]:
    """Red things on grey: class 1 where it is red, nothing said (9) in the first row."""
    random = np.random.default_rng(0)
    images, labels = np.full((count, 3, size, size), 120, np.uint8), np.zeros((count, size, size), np.uint8)
    for number in range(count):
        y, x = random.integers(0, size - 8, 2)
        images[number, 0, y : y + 8, x : x + 8], images[number, 1:, y : y + 8, x : x + 8] = 230, 20
        labels[number, y : y + 8, x : x + 8] = 1
    labels[:, 0] = 9
    return torch.from_numpy(images), torch.from_numpy(labels)


def network() -> nn.Module:
    torch.manual_seed(1)
    return nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.Dropout(0.2), nn.Conv2d(8, 2, 1))


def training(**changes: object) -> Segment:
    return Segment(network(), *pictures(), 2, SegmentSettings(**{**SETTINGS.__dict__, **changes}), MEAN, STD)  # type: ignore[arg-type]


def test_it_learns() -> None:
    run = training(epochs=12)
    images, labels = pictures()
    before = mean_iou(predicted_labels(run.network, images, MEAN, STD), labels, 2)
    *_, last = run.steps()
    after = mean_iou(predicted_labels(run.network, images, MEAN, STD), labels, 2)
    assert after > 0.85 > before
    assert last.step == last.steps == 48 and last.fraction == 1 and last.examples == 192 and last.accuracy > 0.9


def test_resumed_is_as_if_never_stopped() -> None:
    straight = training()
    for _ in straight.steps():
        pass
    first = training()
    for _ in range(10):
        first.step()
    state = first.state()
    second = training()
    second.restore(state)
    assert second.done == 10
    for _ in second.steps():
        pass
    for name, value in straight.network.state_dict().items():
        assert torch.equal(value, second.network.state_dict()[name]), name


def test_the_seed_decides() -> None:
    one, same, other = training().inputs(), training().inputs(), training(seed=5).inputs()
    assert torch.equal(one[0], same[0]) and torch.equal(one[1], same[1])
    assert not torch.equal(one[0], other[0])


def test_before_is_told_how_far_it_is() -> None:
    shares: list[float] = []
    run = Segment(network(), *pictures(), 2, SETTINGS, MEAN, STD, shares.append)
    for _ in run.steps():
        pass
    assert shares[0] == 0 and shares == sorted(shares) and len(shares) == 24


def test_everything_is_half_as_large_at_first() -> None:
    run = training(half_part=0.5)
    for _ in range(run.total // 2):
        run.done += 1
        seen, named = run.inputs()
        expected = [size // (2 if run.done < run.total / 2 else 1) for size in SETTINGS.window]
        assert list(seen.shape[2:]) == list(named.shape[1:]) == expected
    before = training(half_part=1.0).inputs()[0]
    assert before.std() == pytest.approx(float(training().inputs()[0].std()), rel=0.35)  # of the same part of the pictures


def test_what_is_said_of_nothing_teaches_nothing() -> None:
    images, labels = pictures()
    labels[:] = 9
    labels[:, 20:, 20:] = 0
    run = Segment(network(), images, labels, 2, SETTINGS, MEAN, STD)
    assert math.isfinite(run.step().loss)
    assert (run.weights[0] > 0).item()


def test_pictures_must_have_labels() -> None:
    images, labels = pictures()
    with pytest.raises(ValueError, match="do not go with"):
        Segment(network(), images, labels[:3], 2, SETTINGS, MEAN, STD)


def test_a_window_cuts_pictures_and_labels_at_the_same_place() -> None:
    generator = torch.Generator().manual_seed(0)
    values = torch.arange(40 * 40).view(1, 1, 40, 40).float() // 160 * 10  # rows of four, each of one value
    images, labels = values.repeat(32, 3, 1, 1), (values[:, 0] / 10).to(torch.uint8).repeat(32, 1, 1)
    seen, named = windows(images, labels, (16, 16), (1.0, 1.0), generator)
    assert seen.shape == (32, 3, 16, 16) and named.shape == (32, 16, 16) and named.dtype == torch.uint8
    assert ((seen[:, 0] / 10 - named).abs() < 1).all()
    assert len({tuple(one[:, 0].tolist()) for one in named}) > 5  # not always the same place


def test_a_window_larger_than_the_picture_has_nothing_around_it() -> None:
    seen, named = windows(torch.ones(3, 1, 8, 8), torch.ones(3, 8, 8, dtype=torch.uint8), (16, 16), (1.0, 1.0), torch.Generator().manual_seed(0), nothing=7)
    assert (named[:, 4:12, 4:12] == 1).all() and (named[:, :4] == 7).all() and (named[:, :, 12:] == 7).all()
    assert seen.isfinite().all()


def test_turned_windows_stand_on_their_side_too() -> None:
    image = torch.zeros(64, 1, 8, 8)
    image[:, :, 0] = 1  # the upper edge
    seen, named = windows(image, image[:, 0].to(torch.uint8), (8, 8), (1.0, 1.0), torch.Generator().manual_seed(0), turned=True)
    sides = {"top": seen[:, 0, 0].mean(1) > 0.9, "bottom": seen[:, 0, -1].mean(1) > 0.9, "left": seen[:, 0, :, 0].mean(1) > 0.9, "right": seen[:, 0, :, -1].mean(1) > 0.9}
    assert all(bool(one.any()) for one in sides.values())
    assert torch.equal(seen[:, 0].round().to(torch.uint8), named)


def test_light_changes_each_picture_in_its_own_way() -> None:
    images = torch.rand(4, 3, 6, 6)
    changed = change_light(images, 0.3, torch.Generator().manual_seed(0))
    assert changed.shape == images.shape and changed.min() >= 0 and changed.max() <= 1
    ratios = changed.mean((1, 2, 3)) / images.mean((1, 2, 3))
    assert ratios.std() > 0.01
    assert torch.allclose(change_light(images, 0.0, torch.Generator()), images, atol=1e-6)


def test_rare_classes_count_more() -> None:
    labels = torch.zeros(1, 10, 10, dtype=torch.uint8)
    labels[0, 0] = 1
    weights = class_weights(labels, 3, 0.5)
    assert float(weights[1] / weights[0]) == pytest.approx(3.0)
    assert float(weights[0] * 0.9 + weights[1] * 0.1) == pytest.approx(1.0)
    assert weights[2] > weights[1]
    assert torch.allclose(class_weights(labels, 3, 0.0), torch.ones(3))


def test_iou() -> None:
    labels = torch.tensor([[[0, 0, 1, 1], [0, 0, 1, 9]]], dtype=torch.uint8)
    said = torch.tensor([[[0, 0, 0, 1], [0, 0, 1, 0]]], dtype=torch.uint8)
    found = intersection_over_union(said, labels, 3)
    assert found[:2].tolist() == pytest.approx([4 / 5, 2 / 3]) and bool(found[2].isnan())
    assert mean_iou(said, labels, 3) == pytest.approx((4 / 5 + 2 / 3) / 2)
    within = torch.zeros(1, 2, 4, dtype=torch.bool)
    within[0, 1] = True
    assert mean_iou(said, labels, 3, within) == 1.0


def test_near_boundaries() -> None:
    labels = torch.zeros(2, 5, 20, dtype=torch.uint8)
    labels[0, :, 10:] = 1
    near = near_boundaries(labels, 2)
    assert near[0, 0].tolist() == [7 <= column <= 11 for column in range(20)]
    assert not near[1].any()


def test_boundary_f_score() -> None:
    labels = torch.zeros(1, 40, 40, dtype=torch.uint8)
    labels[0, 10:30, 10:30] = 1
    assert boundary_f_score(labels, labels, 2) == 1.0
    near, far = torch.roll(labels, 2, 2), torch.roll(labels, 8, 2)
    assert boundary_f_score(near, labels, 2) == 1.0 > boundary_f_score(near, labels, 2, pixels=1.0) > boundary_f_score(far, labels, 2, pixels=1.0)
    assert boundary_f_score(torch.zeros_like(labels), labels, 2) == 0.0
    unknown = labels.clone()
    unknown[:] = 9
    assert boundary_f_score(labels, unknown, 2) == 0.0
