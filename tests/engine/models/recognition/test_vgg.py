"""VGGNet: counted, equal to torchvision's, nothing but 3x3 windows, and its last maps large enough to look at."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from explorer.engine.models.recognition.vgg import vgg11, vgg13, vgg16, vgg16_third, vgg19
from tests.engine.models.recognition.checks import Builder, count, every_step_can_be_looked_at, same_as_torchvision, shapes


@pytest.mark.parametrize(
    ("builder", "parameters", "layers"),
    [(vgg11, 132_863_336, 11), (vgg13, 133_047_848, 13), (vgg16, 138_357_544, 16), (vgg19, 143_667_240, 19), (vgg16_third, 1_442_510, 14)],
)
def test_parameters_and_layers(builder: Builder, parameters: int, layers: int) -> None:
    assert count(builder) == parameters
    with torch.device("meta"):
        network = builder()
    weights = [module for module in network.modules() if isinstance(module, nn.Conv2d | nn.Linear)]
    assert len(weights) == layers == network.config.layers
    assert {module.kernel_size for module in weights if isinstance(module, nn.Conv2d)} == {(3, 3)}


@pytest.mark.parametrize("name", ["vgg11", "vgg13_bn", "vgg16"])
def test_torchvision_weights_load_strictly_and_give_the_same(name: str) -> None:
    builder = {"vgg11": vgg11, "vgg13": vgg13, "vgg16": vgg16}[name.removesuffix("_bn")]
    with torch.device("meta"):
        network = builder(batch_norm=name.endswith("_bn"))
    same_as_torchvision(name, network, (64, 48))


def test_every_step_can_be_looked_at() -> None:
    found = every_step_can_be_looked_at(vgg16_third(), 32)
    assert found["features"].shape == (1, 160, 4, 4) and found[""].shape == (1, 10)


def test_five_poolings_halve_a_large_picture() -> None:
    with torch.device("meta"):
        assert shapes(vgg16(), 224)["features"] == (512, 7, 7)


def test_a_larger_window_costs_more_weights() -> None:
    assert count(vgg16_third, kernel=5) > 2.5 * count(vgg16_third)
    with torch.device("meta"):
        assert shapes(vgg16_third(kernel=5), 32)["features"] == (160, 4, 4)
