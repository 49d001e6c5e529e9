"""EfficientNet: counted, equal to torchvision's, scaled as the paper says, and every step can be looked at."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from explorer.engine.lenses.multiply_adds import total
from explorer.engine.models.recognition.efficientnet import (
    SCALES,
    EfficientNet,
    EfficientNetConfig,
    MBConv,
    StochasticDepth,
    compound,
    cost,
    efficientnet,
    efficientnet_b0,
    efficientnet_b7,
    efficientnet_half,
)
from tests.engine.models.recognition.checks import count, every_step_can_be_looked_at, same_as_torchvision


def test_parameters() -> None:
    assert (count(efficientnet_b0), count(efficientnet_b7)) == (5_288_548, 66_347_960)
    assert count(efficientnet_half) == 1_077_932


def test_torchvision_weights_load_strictly_and_give_the_same() -> None:
    same_as_torchvision("efficientnet_b0", efficientnet_b0(), (64, 64))


@pytest.mark.parametrize("name", ["b1", "b3", "b4", "b5", "b7"])
def test_the_scaled_networks_have_torchvision_s_shapes_and_constants(name: str) -> None:
    import torchvision

    with torch.device("meta"):
        theirs, ours = getattr(torchvision.models, f"efficientnet_{name}")(weights=None), efficientnet(name)
    assert {key: value.shape for key, value in theirs.state_dict().items()} == {key: value.shape for key, value in ours.state_dict().items()}
    assert constants(ours) == constants(theirs)


def constants(network: nn.Module) -> set[tuple[float, float | None]]:
    """Of all batch normalisations."""
    return {(one.eps, one.momentum) for one in network.modules() if isinstance(one, nn.BatchNorm2d)}


def test_every_step_can_be_looked_at() -> None:
    network = efficientnet_half()
    assert not any(isinstance(module, nn.ReLU) for module in network.modules())
    found = every_step_can_be_looked_at(network, 32)
    assert found["features.7"].shape == (1, 160, 4, 4)
    gate = found["features.2.0.block.2.scale_activation"]
    assert torch.equal(found["features.2.0.block.2"], found["features.2.0.block.1"] * gate) and float(gate.min()) > 0 and float(gate.max()) < 1


def test_compound_scaling_doubles_the_work_with_each_step() -> None:
    one = compound(1)
    assert one.depth == pytest.approx(1.2) and one.width == pytest.approx(1.1) and one.size == 258
    assert one.depth * one.width**2 * (one.size / 224) ** 2 == pytest.approx(2, rel=0.05)
    assert compound(0).size == SCALES["b0"][2]


def test_stochastic_depth_leaves_whole_pictures_out_while_training() -> None:
    drop = StochasticDepth(0.5).train()
    torch.manual_seed(1)
    out = drop(torch.ones(200, 2, 3, 3))
    assert set(out.flatten().tolist()) == {0.0, 2.0} and all(len(set(one.flatten().tolist())) == 1 for one in out)
    assert torch.equal(drop.eval()(torch.ones(2, 1, 1, 1)), torch.ones(2, 1, 1, 1))


@pytest.mark.parametrize("config", [EfficientNetConfig(1000), EfficientNetConfig(10, 0.5, 0.6, 37, stem="cifar"), EfficientNetConfig(7, 1.1, 1.2, 75)])
def test_the_cost_is_what_the_built_network_costs(config: EfficientNetConfig) -> None:
    network = EfficientNet(config)
    counted = sum(one.numel() for one in network.parameters()), total(network, (3, config.size, config.size))
    assert cost(config) == counted


def test_quiet_blocks_add_nothing_before_they_have_learnt() -> None:
    torch.manual_seed(0)
    quiet = efficientnet_half(quiet_blocks=True).eval()
    adding = [block for block in quiet.modules() if isinstance(block, MBConv) and block.add is not None]
    assert adding
    for block in adding:
        x = torch.randn(2, block.block[0][0].in_channels, 6, 6)
        assert torch.equal(block(x), x)
    assert all(bool(parameter.any()) for name, parameter in efficientnet_half().named_parameters() if name.endswith("weight"))
