"""Attributions agree with captum, integrated gradients add up, and the network stays as it was."""

from __future__ import annotations

import captum.attr
import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explorer.catalogue import SYSTEMS
from explorer.engine.lenses.attribution import METHODS, STEPS, Attribution, attribution, input_gradient, integrated_gradients, method_named
from explorer.words import InputError

DEFAULTS = [entry.variants[0].name for entry in SYSTEMS if entry.section == "recognition"]


def last(network: nn.Module, x: Tensor, number: int, method: str) -> Attribution:
    *_, found = attribution(network, x, number, method_named(method))
    return found


@pytest.mark.parametrize("name", [*DEFAULTS, "odd"])
def test_gradients_agree_with_captum(network: nn.Module, x: Tensor) -> None:
    number = 1
    gradient = captum.attr.Saliency(network).attribute(x.clone(), target=number, abs=True)[0].amax(0)
    assert torch.allclose(last(network, x, number, "gradient").values, gradient, atol=1e-6)
    product = captum.attr.InputXGradient(network).attribute(x.clone().requires_grad_(), target=number)[0].sum(0).detach()
    assert torch.allclose(last(network, x, number, "gradient-x-input").values, product, atol=1e-6)


@pytest.mark.parametrize("name", ["resnet20", "odd"])
def test_integrated_gradients_are_complete_and_agree_with_captum(network: nn.Module, x: Tensor) -> None:
    number = 3
    steps = list(attribution(network, x, number, "integrated-gradients"))
    found = steps[-1]
    assert found.completeness is not None and found.completeness.error <= 0.01
    with torch.no_grad():
        scores = network(torch.cat([x, torch.zeros_like(x)]))[:, number]
    assert found.completeness.difference == pytest.approx(float(scores[0] - scores[1]), abs=1e-5)
    assert found.completeness.total == pytest.approx(float(found.values.sum()), abs=1e-5)
    others = captum.attr.IntegratedGradients(network).attribute(x, torch.zeros_like(x), target=number, n_steps=100, internal_batch_size=25)
    assert np.corrcoef(found.values.flatten().numpy(), others[0].sum(0).flatten().detach().numpy())[0, 1] >= 0.99
    assert all(one.done <= one.total for one in steps) and steps[-1].done == steps[-1].total


@pytest.mark.parametrize("name", [*DEFAULTS, "odd"])
def test_integrated_gradients_after_the_first_steps_are_those_of_captum(network: nn.Module, x: Tensor) -> None:
    number = 2
    found = next(one for one in attribution(network, x, number, "integrated-gradients") if one.done == STEPS)
    theirs = captum.attr.IntegratedGradients(network).attribute(x, torch.zeros_like(x), target=number, n_steps=STEPS, method="riemann_middle")
    apart = torch.linalg.norm(found.values - theirs[0].sum(0).float()) / torch.linalg.norm(found.values)
    assert apart <= 0.01, "the same points; a unit may change sides between two roundings of one"


def test_integrated_gradients_of_a_linear_network_are_its_products() -> None:
    network = nn.Sequential(nn.Flatten(), nn.Linear(12, 2)).eval()
    x, start = torch.randn(1, 3, 2, 2), torch.randn(1, 3, 2, 2)
    *_, found = integrated_gradients(network, x, 1, start)
    linear = network[1]
    assert isinstance(linear, nn.Linear)
    expected = (linear.weight[1].detach().view(3, 2, 2) * (x - start)[0]).sum(0)
    assert torch.allclose(found.values, expected, atol=1e-5) and found.done == 20


@pytest.mark.parametrize("name", ["odd"])
def test_smooth_gradient_is_the_mean_over_noise(network: nn.Module, x: Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.engine.lenses.attribution.NOISE", 0.0)
    plain = input_gradient(network, x, 1)[0][0].abs().amax(0)
    assert torch.allclose(last(network, x, 1, "smoothgrad").values, plain, atol=1e-6)
    monkeypatch.undo()
    first, again = last(network, x, 1, "smoothgrad").values, last(network, x, 1, "smoothgrad").values
    assert torch.equal(first, again) and not torch.allclose(first, plain, rtol=0.01)


@pytest.mark.parametrize("name", ["resnet20"])
@pytest.mark.parametrize("method", METHODS)
def test_every_method_leaves_the_network_alone_also_when_it_is_stopped(network: nn.Module, x: Tensor, method: str) -> None:
    steps = attribution(network, x, 0, method_named(method))
    assert next(steps).values.shape == x.shape[2:]
    steps.close()


def test_an_unknown_method_is_refused() -> None:
    assert method_named("Gradient × input") == "gradient-x-input"
    with pytest.raises(InputError, match="smoothgrad"):
        method_named("lrp")
