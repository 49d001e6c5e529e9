"""Multiply-adds against published counts, and against sums done by hand."""

from __future__ import annotations

import functools

import pytest
import torch
from torch import nn

from explorer.catalogue import system
from explorer.engine.lenses.multiply_adds import multiply_adds, total
from explorer.engine.system import build
from explorer.engine.weights.load import blueprint

PUBLISHED = (  # system, variant, billions of multiply-adds for 224 × 224 pixels, as torchvision and Howard et al. (2017, table 8) give them
    ("vgg", "vgg16-imagenet", 15.47),
    ("resnet", "resnet50-imagenet", 4.09),
    ("mobilenet", "mobilenet-v1", 0.569),
)


@pytest.mark.parametrize(("system_id", "variant", "billions"), PUBLISHED, ids=[one[0] for one in PUBLISHED])
def test_published_counts(system_id: str, variant: str, billions: float) -> None:
    network = blueprint(functools.partial(build, system(system_id).variant(variant)))
    assert total(network, (3, 224, 224)) / 1e9 == pytest.approx(billions, rel=0.002)


class Twice(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(4, 4, 3, padding=1, groups=2, bias=True)
        self.norm = nn.BatchNorm2d(4)
        self.fc = nn.Linear(4, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.norm(self.conv(self.conv(x)))
        out: torch.Tensor = self.fc(x.mean((2, 3)))
        return out


def test_groups_and_modules_that_run_twice() -> None:
    network = Twice().train()
    before = network.norm.running_mean
    assert before is not None
    kept = before.clone()
    found = multiply_adds(network, (4, 6, 6))
    assert found == {"conv": 2 * (4 * 36) * (2 * 9), "fc": 5 * 4}
    assert network.training and torch.equal(kept, before)  # statistics are left as they were
    assert not network.conv._forward_hooks
