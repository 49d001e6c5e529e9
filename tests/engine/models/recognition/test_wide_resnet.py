"""WideResNet: counted, equal to torchvision's, every step can be looked at, and as wide and as deep as it is told."""

from __future__ import annotations

import pytest
import torch

from explorer.engine.models.recognition.wide_resnet import wrn, wrn16_2, wrn28_10, wrn40_4, wrn50_2
from tests.engine.models.recognition.checks import Builder, count, every_step_can_be_looked_at, same_as_torchvision


@pytest.mark.parametrize(
    ("builder", "parameters"), [(wrn16_2, 691_674), (wrn28_10, 36_479_194), (wrn40_4, 8_949_210), (wrn50_2, 68_883_240)]
)
def test_parameters(builder: Builder, parameters: int) -> None:
    assert count(builder) == parameters


def test_torchvision_weights_load_strictly_and_give_the_same() -> None:
    same_as_torchvision("wide_resnet50_2", wrn50_2(), (64, 64))


def test_every_step_can_be_looked_at() -> None:
    found = every_step_can_be_looked_at(wrn16_2(), 32)
    assert [found[f"layer{stage}"].shape[1:] for stage in (1, 2, 3)] == [(32, 32, 32), (64, 16, 16), (128, 8, 8)]
    assert torch.equal(found["layer1.1"], found["layer1.0"] + found["layer1.1.conv2"])


def test_dropout_stands_between_the_convolutions() -> None:
    network = wrn16_2(dropout=0.5).train()
    torch.manual_seed(0)
    pictures = torch.randn(2, 3, 32, 32)
    assert not torch.equal(network(pictures), network(pictures))
    assert count(wrn16_2, dropout=0.5) == count(wrn16_2)


def test_any_depth_and_width_of_the_family() -> None:
    with torch.device("meta"):
        assert wrn(10, 4).config.widths == (64, 128, 256)
    with pytest.raises(ValueError, match="6n"):
        wrn(20, 2)
