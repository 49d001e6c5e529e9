"""CAM is exact: its mean plus the bias is the class's score. Grad-CAM agrees with it where both are possible."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explorer.engine.lenses.class_activation import cam, class_activation, ending, grad_cam, recommended_layer
from explorer.engine.lenses.trace import record
from explorer.results import Picture
from explorer.words import InputError

PICTURE = Picture(np.zeros((100, 120, 3), np.uint8))
POOLED = ["resnet20", "resnet32", "resnet18-imagenet", "torchvision resnet18", "torchvision mobilenet"]


@pytest.mark.parametrize("name", POOLED)
def test_the_mean_of_cam_and_the_bias_are_the_score(network: nn.Module, x: Tensor) -> None:
    seen = record(network, x)
    end = ending(network, seen)
    assert end is not None
    linear = network.get_submodule(end.linear)
    assert isinstance(linear, nn.Linear)
    for number in (0, 3, seen.output.shape[1] - 1):
        heat = cam(network, seen, number)
        assert float(heat.mean() + linear.bias[number].detach()) == pytest.approx(float(seen.output[0, number]), abs=1e-4)


@pytest.mark.parametrize("name", POOLED)
def test_grad_cam_of_the_pooled_layer_is_cam_up_to_the_number_of_places(network: nn.Module, x: Tensor) -> None:
    seen = record(network, x)
    heat = cam(network, seen, 2)
    other = grad_cam(network, seen, 2, recommended_layer(network, seen))
    assert torch.allclose(other * heat.numel(), heat, atol=1e-4)


def test_every_network_has_a_recommended_layer_and_an_overlay(network: nn.Module, x: Tensor) -> None:
    seen = record(network, x)
    layer = recommended_layer(network, seen)
    overlay = class_activation(network, seen, PICTURE, 1, label="one")
    assert overlay.layer == layer and overlay.label == "one" and not overlay.signed
    assert overlay.heat.shape == (100, 120) and overlay.heat.min() >= 0 and np.isfinite(overlay.heat).all()
    signed = class_activation(network, seen, PICTURE, 1, signed=True)
    assert signed.signed and signed.heat.min() < overlay.heat.max() + 1


@pytest.mark.parametrize(("name", "layer"), [("resnet20", "layer3"), ("resnet18-imagenet", "layer4"), ("torchvision mobilenet", "features")])
def test_the_recommended_layer_is_the_one_that_is_pooled(network: nn.Module, x: Tensor, layer: str) -> None:
    assert recommended_layer(network, record(network, x)) == layer


@pytest.mark.parametrize("name", ["resnet20"])
def test_an_earlier_layer_takes_grad_cam(network: nn.Module, x: Tensor) -> None:
    seen = record(network, x)
    overlay = class_activation(network, seen, PICTURE, 1, layer="layer2", signed=True)
    expected = grad_cam(network, seen, 1, "layer2")
    large = nn.functional.interpolate(expected[None, None], size=(100, 120), mode="bilinear", align_corners=False)[0, 0]
    assert np.allclose(overlay.heat, large.numpy())
    with pytest.raises(InputError, match="Grad-CAM"):
        class_activation(network, seen, PICTURE, 1, layer="layer2", method="cam")


def test_a_network_that_ends_otherwise_has_grad_cam_only(odd: nn.Module) -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 5)).eval()
    seen = record(network, torch.randn(1, 3, 8, 8))
    assert ending(network, seen) is None and recommended_layer(network, seen) == "1"
    assert class_activation(network, seen, PICTURE, 4).heat.shape == (100, 120)
    with pytest.raises(InputError):
        class_activation(network, seen, PICTURE, 4, method="cam")


@pytest.mark.parametrize("name", ["resnet20"])
def test_what_does_not_exist_is_refused(network: nn.Module, x: Tensor) -> None:
    seen = record(network, x)
    for number, layer in ((10, ""), (-1, ""), (0, "nothing"), (0, "fc")):
        with pytest.raises(InputError):
            class_activation(network, seen, PICTURE, number, layer=layer)


def test_it_looks_where_the_cause_is() -> None:
    """A network that scores class 0 by red and class 1 by blue: each class's heat lies where its colour is."""
    network = nn.Sequential(nn.Conv2d(3, 3, 1, bias=False), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 2)).eval()
    with torch.no_grad():
        network[0].weight.copy_(torch.eye(3).view(3, 3, 1, 1))
        network[3].weight.copy_(torch.tensor([[1.0, 0, 0], [0, 0, 1.0]]))
    x = torch.zeros(1, 3, 10, 12)
    x[0, 0, 2, 3], x[0, 2, 7, 9] = 1, 1
    seen = record(network, x)
    for number, (row, column) in enumerate([(2, 3), (7, 9)]):
        for method in ("cam", "grad-cam"):
            heat = class_activation(network, seen, PICTURE, number, method=method).heat  # type: ignore[arg-type]
            peak = np.unravel_index(int(heat.argmax()), heat.shape)
            assert abs(int(peak[0]) - (row * 10 + 5)) <= 5 and abs(int(peak[1]) - (column * 10 + 5)) <= 5
