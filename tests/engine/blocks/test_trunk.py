"""The shared backbone: a ResNet-20 in its first three stages, with one halving more."""

from __future__ import annotations

import torch

from explorer.engine.blocks.trunk import STRIDES, Trunk
from explorer.engine.models.recognition.resnet import resnet20


def test_its_first_three_stages_are_resnet20s() -> None:
    """With ResNet-20's weights and its step of one pixel in the first convolution, it computes the same maps."""
    torch.manual_seed(0)
    net, trunk = resnet20().eval(), Trunk().eval()
    state = trunk.state_dict()
    own = {name: value for name, value in net.state_dict().items() if not name.startswith("fc")}
    assert set(own) == {name for name in state if not name.startswith("layer4")}
    trunk.load_state_dict({**state, **own})
    trunk.conv1.stride = (1, 1)
    x = torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        maps = trunk(x)
        expected = net.relu(net.bn1(net.conv1(x)))
        for name in ("layer1", "layer2", "layer3"):
            expected = net.get_submodule(name)(expected)
            assert torch.allclose(maps[name], expected, atol=1e-5)


def test_sizes_of_its_maps() -> None:
    maps = Trunk()(torch.zeros(1, 3, 96, 128))
    for name, stride in STRIDES.items():
        assert maps[name].shape[2:] == (96 // stride, 128 // stride)
    assert [maps[name].shape[1] for name in STRIDES] == Trunk().out_channels
    assert Trunk(dilated=True)(torch.zeros(1, 3, 96, 128))["layer4"].shape == (1, 96, 12, 16)
    assert list(Trunk(("layer2", "layer3"))(torch.zeros(1, 3, 64, 64))) == ["layer2", "layer3"]


def test_frozen_parts_stay_as_they_are() -> None:
    trunk = Trunk(("layer4",), frozen=2).train()
    before = {name: value.clone() for name, value in trunk.state_dict().items()}
    trunk(torch.randn(2, 3, 64, 64))["layer4"].square().mean().backward()
    with_gradient = {name.split(".")[0] for name, value in trunk.named_parameters() if value.grad is not None}
    assert with_gradient == {"layer2", "layer3", "layer4"}
    after = trunk.state_dict()
    assert torch.equal(after["bn1.running_mean"], before["bn1.running_mean"])
    assert not torch.equal(after["layer2.0.bn1.running_mean"], before["layer2.0.bn1.running_mean"])
