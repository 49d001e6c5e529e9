"""SqueezeNet: counted, equal to torchvision's, every step can be looked at, and a Fire module is two branches side by side."""

from __future__ import annotations

import pytest
import torch

from explorer.engine.models.recognition.squeezenet import Fire, squeezenet1_0, squeezenet1_1, squeezenet1_1_small
from tests.engine.models.recognition.checks import Builder, count, every_step_can_be_looked_at, same_as_torchvision


def test_parameters() -> None:
    assert (count(squeezenet1_0), count(squeezenet1_1)) == (1_248_424, 1_235_496)
    assert count(squeezenet1_1_small) == 733_514


@pytest.mark.parametrize(("name", "builder"), [("squeezenet1_0", squeezenet1_0), ("squeezenet1_1", squeezenet1_1)])
def test_torchvision_weights_load_strictly_and_give_the_same(name: str, builder: Builder) -> None:
    same_as_torchvision(name, builder(), (96, 64))


def test_every_step_can_be_looked_at() -> None:
    found = every_step_can_be_looked_at(squeezenet1_1_small(), 32)
    assert found["features"].shape == (1, 512, 4, 4)
    fire = next(name for name, module in squeezenet1_1_small().named_modules() if isinstance(module, Fire))
    one, three = found[f"{fire}.expand1x1_activation"], found[f"{fire}.expand3x3_activation"]
    assert torch.equal(found[fire], torch.cat([one, three], 1))
    assert found[f"{fire}.squeeze"].shape[1] * 4 == one.shape[1]


def test_plain_convolutions_in_the_place_of_fire_modules_have_many_more_weights() -> None:
    assert count(squeezenet1_1, fire=False) > 6 * count(squeezenet1_1)
    assert squeezenet1_1_small(fire=False)(torch.randn(2, 3, 32, 32)).shape == (2, 10)
