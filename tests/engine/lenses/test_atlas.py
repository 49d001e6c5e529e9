"""Where a picture lies among others."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from explorer.engine.lenses.atlas import features_and_scores, place, pooled, usual_distance


def test_features_are_what_the_last_layer_takes() -> None:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(3, 5, 3), nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(5, 4)).train()
    x = torch.randn(3, 3, 8, 8)
    features, scores = features_and_scores(network, "4", x)
    assert features.shape == (3, 5) and torch.allclose(network[4](features), scores)
    assert network.training and not network[4]._forward_pre_hooks


def test_maps_before_a_last_convolution_are_averaged() -> None:
    maps = torch.arange(24.0).reshape(1, 6, 2, 2)
    assert torch.equal(pooled(maps)[0], torch.tensor([1.5, 5.5, 9.5, 13.5, 17.5, 21.5])) and pooled(torch.zeros(2, 7)).shape == (2, 7)


def test_one_of_them_lands_on_its_own_point_and_one_between_lands_between() -> None:
    chance = np.random.default_rng(0)
    others = np.concatenate([chance.normal(0, 1, (40, 6)), chance.normal(20, 1, (40, 6))])
    points = np.concatenate([chance.normal(-5, 0.3, (40, 2)), chance.normal(5, 0.3, (40, 2))])
    for index in (3, 50):
        placed = place(others[index], others, points)
        assert placed.neighbours[0] == index and placed.point == pytest.approx(points[index], abs=0.05) and placed.distance < 0.01
    placed = place(others[50] + 0.2, others, points)
    assert all(index >= 40 for index in placed.neighbours) and placed.point[0] > 4 and sum(placed.weights) == pytest.approx(1)
    assert place(np.full(6, 300.0), others, points).distance > 20


def test_the_usual_distance_is_the_median_to_the_nearest() -> None:
    assert usual_distance(np.array([[0.0], [1.0], [3.0], [6.0]])) == pytest.approx(1.5)
    assert usual_distance(np.zeros((4, 3))) > 0
