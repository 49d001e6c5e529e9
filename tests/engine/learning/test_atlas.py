"""The map of test pictures, made from a network that tells colours apart."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explorer.engine.learning.atlas import _room, make_atlas, write_atlas
from explorer.engine.lenses.atlas import features_and_scores, place
from explorer.engine.weights.atlas import MOST_PICTURES, load_atlas

torch.set_num_threads(1)


@dataclass
class Test:
    __test__ = False
    images: Tensor
    labels: Tensor


class Colours(nn.Module):
    """Says which of red, green and blue is strongest."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(3, 3)
        with torch.no_grad():
            self.fc.weight.copy_(torch.eye(3))
            self.fc.bias.zero_()

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.fc(x.mean((2, 3)))
        return out


def prepare(images: Tensor) -> Tensor:
    return images.float() / 255


@pytest.fixture
def test() -> Test:
    chance = torch.Generator().manual_seed(0)
    labels = torch.arange(60) % 3
    images = torch.randint(0, 60, (60, 3, 4, 4), generator=chance, dtype=torch.uint8)
    images[torch.arange(60), labels] += 120
    wrong = labels.clone()
    wrong[0] = 2  # a red one labelled blue
    return Test(images, wrong)


def test_rows_are_true_and_columns_said(test: Test) -> None:
    atlas = make_atlas(Colours(), test.images, test.labels, prepare)
    assert atlas.confusion.tolist() == [[19, 0, 0], [0, 20, 0], [1, 0, 20]]
    assert int((atlas.labels != atlas.said).sum()) == 1


def test_classes_lie_apart_and_a_test_picture_lands_near_its_own_point(test: Test, tmp_path: Path) -> None:
    network = Colours()
    path = write_atlas(network, test, prepare, tmp_path, "colours")
    assert path.name == "colours.atlas.safetensors"
    atlas = load_atlas(path)
    assert atlas.features.shape == (60, 3) and np.abs(atlas.points).max() == pytest.approx(1, abs=1e-3)
    features, _ = features_and_scores(network, "fc", prepare(test.images))
    reduced = atlas.reduce(features.numpy())
    points = atlas.points.astype(float)
    spread = np.linalg.norm(points - points.mean(0), axis=1).mean()
    for index in range(0, 60, 7):
        placed = place(reduced[index], atlas.features, points)
        assert np.linalg.norm(np.array(placed.point) - points[index]) < 0.1 * spread
    middles = [points[atlas.said == k].mean(0) for k in range(3)]
    within = np.mean([np.linalg.norm(points[atlas.said == k] - middles[k], axis=1).mean() for k in range(3)])
    assert within < 0.5 * np.linalg.norm(middles[0] - middles[1])


def test_the_same_again(test: Test) -> None:
    first, second = (make_atlas(Colours(), test.images, test.labels, prepare) for _ in range(2))
    assert np.array_equal(first.points, second.points)


def test_there_is_room_for_a_thousand_pictures_of_a_narrow_network_and_fewer_of_a_wide_one() -> None:
    assert _room(64, 16, 10) == MOST_PICTURES
    assert 700 < _room(640, 16, 10) < MOST_PICTURES


def test_wide_features_leave_room_for_pictures() -> None:
    torch.manual_seed(0)
    wide = nn.Sequential(nn.Flatten(), nn.Linear(12, 2048), nn.ReLU(), nn.Linear(2048, 3))
    made = make_atlas(wide, torch.randint(0, 256, (60, 3, 2, 2), dtype=torch.uint8), torch.arange(60) % 3, lambda images: images.float() / 255)
    assert len(made.points) == 60 and 2 <= made.components.shape[0] < 16
