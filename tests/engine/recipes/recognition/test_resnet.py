"""How ResNet-32 grows from ResNet-20."""

from __future__ import annotations

import torch

from explorer.engine.models.recognition.resnet import cifar_resnet
from explorer.engine.recipes.recognition import resnet


def test_a_grown_network_begins_as_the_smaller_one() -> None:
    torch.manual_seed(0)
    smaller, larger = cifar_resnet(8), cifar_resnet(20)
    with torch.no_grad():
        for _ in range(3):
            smaller(torch.randn(8, 3, 32, 32) * 2)  # running means and variances of its own
    resnet.grow(larger, smaller.state_dict())
    pictures = torch.randn(4, 3, 32, 32)
    with torch.no_grad():
        assert torch.equal(smaller.eval()(pictures), larger.eval()(pictures))
    larger(pictures).square().sum().backward()
    new = larger.get_parameter("layer2.2.bn2.weight")
    assert not new.any() and new.grad is not None and new.grad.any()  # the new blocks can learn
