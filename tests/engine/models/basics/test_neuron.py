"""The neuron adds up by hand what the formula says; the perceptron learns what a line can part and nothing else."""

from __future__ import annotations

import math

import pytest
import torch

from explorer.engine.models.basics.neuron import ACTIVATIONS, Neuron, weighted_sum


def test_the_weighted_sum_is_every_product_plus_the_bias() -> None:
    x, weight = torch.tensor([[1.0, 2.0, -3.0], [0.0, 1.0, 1.0]]), torch.tensor([0.5, -1.0, 2.0])
    assert weighted_sum(x, weight, torch.tensor(0.25)).tolist() == [0.5 - 2.0 - 6.0 + 0.25, -1.0 + 2.0 + 0.25]


@pytest.mark.parametrize(("name", "expected"), [("step", 1.0), ("sigmoid", 1 / (1 + math.exp(-0.5))), ("tanh", math.tanh(0.5)), ("relu", 0.5), ("linear", 0.5)])
def test_the_activation_acts_on_the_sum(name: str, expected: float) -> None:
    neuron = Neuron(2, name)
    with torch.no_grad():
        neuron.weight.copy_(torch.tensor([2.0, -1.0]))
        neuron.bias.fill_(-0.5)
    assert float(neuron(torch.tensor([1.0, 1.0])).detach()) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("name", [n for n in ACTIVATIONS if n != "step"])
def test_slopes_are_the_derivatives(name: str) -> None:
    z = torch.tensor([-2.0, -0.3, 0.4, 1.7], dtype=torch.float64, requires_grad=True)
    value = ACTIVATIONS[name].value(z)
    (expected,) = torch.autograd.grad(value.sum(), z)
    assert torch.allclose(ACTIVATIONS[name].slope(z.detach(), value.detach()), expected)


def test_the_rule_moves_only_on_a_mistake() -> None:
    neuron = Neuron(2)  # all zero: the sum is 0 and the answer 1
    x = torch.tensor([1.0, 2.0])
    assert not neuron.correct(x, 1, 0.5)
    assert neuron.weight.tolist() == [0.0, 0.0]
    assert neuron.correct(x, 0, 0.5)
    assert neuron.weight.tolist() == [-0.5, -1.0]
    assert float(neuron.bias.detach()) == -0.5


def test_three_parameters() -> None:
    assert sum(p.numel() for p in Neuron().parameters()) == 3
