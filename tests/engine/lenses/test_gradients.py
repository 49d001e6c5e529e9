"""Gradient norms by block equal those of an ordinary backward pass; shortcuts keep the gradient; nothing is left behind."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor, nn

from explorer.engine.lenses.gradients import gradient_norms, ordinary_weights, series, without_norm
from explorer.engine.models.recognition.resnet import at_depth
from explorer.words import same

X = torch.randn(4, 3, 16, 16, generator=torch.Generator().manual_seed(0))
LABELS = torch.tensor([0, 1, 2, 3])


@pytest.mark.parametrize("name", ["resnet20", "odd"])
@pytest.mark.parametrize("training", [True, False])
def test_equals_an_ordinary_backward_pass(network: nn.Module, training: bool, name: str) -> None:
    norms = gradient_norms(network, X, LABELS, training=training)
    reference = copy.deepcopy(network).double().train(training)
    nn.functional.cross_entropy(reference(X.double()), LABELS).backward()  # type: ignore[no-untyped-call]
    block = "layer2.1" if name == "resnet20" else "grouped"
    weights = [m.weight.grad for m in reference.get_submodule(block).modules() if isinstance(m, nn.Conv2d)]
    assert norms[block] == pytest.approx(float(torch.stack([w.norm() for w in weights if w is not None]).norm()), rel=1e-6)


def test_blocks_come_in_order() -> None:
    assert list(gradient_norms(at_depth(8), X, LABELS)) == ["conv1", "layer1.0", "layer2.0", "layer3.0", "fc"]


def test_shortcuts_keep_the_gradient() -> None:
    """The mechanism: far more of it reaches the first block than without them, and not where both networks have none."""
    first = {
        residual: gradient_norms(without_norm(ordinary_weights(at_depth(32, residual=residual), 0)), X, LABELS)["layer1.0"]
        for residual in (True, False)
    }
    assert first[True] / first[False] > 1e6


def test_weights_are_drawn_by_the_seed_alone() -> None:
    one, two, three = (ordinary_weights(at_depth(8), seed).get_submodule("conv1").weight for seed in (1, 1, 2))
    assert isinstance(one, Tensor) and isinstance(two, Tensor) and isinstance(three, Tensor)
    assert torch.equal(one, two) and not torch.equal(one, three)
    network = nn.Sequential(nn.Linear(3, 3))
    before = torch.random.get_rng_state()
    ordinary_weights(network, 5)
    assert torch.equal(before, torch.random.get_rng_state()), "the program's own random numbers go on as they were"


def test_without_norm_leaves_the_rest() -> None:
    network = without_norm(at_depth(8))
    assert not any(isinstance(module, nn.BatchNorm2d) for module in network.modules())
    assert network(X).shape == (4, 10)


def test_a_line_over_the_blocks() -> None:
    line = series(same("x"), {"a": 1.0, "b": 0.5}, main=True)
    assert line.x.tolist() == [1, 2] and line.y.tolist() == [1.0, 0.5] and line.main
