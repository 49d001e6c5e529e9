"""Rosenblatt's rule finds a line where there is one and never gets three quarters of XOR's corners beaten."""

from __future__ import annotations

import math

import pytest
import torch

from explorer.engine.data import toy
from explorer.engine.learning.perceptron import Perceptron
from explorer.engine.models.basics.neuron import Neuron


def learner_on(points: toy.PointSet, seed: int = 0) -> Perceptron:
    return Perceptron(Neuron(2), torch.from_numpy(points.xy), torch.from_numpy(points.labels), rate=0.1, seed=seed)


@pytest.mark.parametrize("seed", range(3))
def test_it_converges_where_a_line_parts_the_classes(seed: int) -> None:
    learner = learner_on(toy.draw("gaussians", count=80, noise=0.05, split=1.0, seed=seed), seed)
    steps = learner.steps()
    while not learner.finished and learner.looks < 5000:
        next(steps)
    assert learner.finished
    assert learner.accuracy() == 1.0


@pytest.mark.parametrize("kind", ["and", "or"])
def test_it_learns_and_and_or(kind: str) -> None:
    learner = learner_on(toy.corners(kind))
    steps = learner.steps()
    for _ in range(200):
        next(steps)
    assert learner.accuracy() == 1.0


@pytest.mark.parametrize("seed", range(5))
def test_it_never_gets_more_than_three_corners_of_xor(seed: int) -> None:
    learner = learner_on(toy.corners("xor"), seed)
    best = 0.0
    steps = learner.steps()
    for _ in range(800):
        next(steps)
        best = max(best, learner.accuracy())
    assert best <= 0.75
    assert not learner.finished
    assert all(count > 0 for count in learner.passes)


def test_without_points_nothing_comes() -> None:
    learner = learner_on(toy.placed([]))
    assert list(learner.steps()) == []
    assert math.isnan(learner.accuracy())
