"""CNN: counted, every step can be looked at, and its pooling is what its setting says."""

from __future__ import annotations

import pytest
import torch

from explorer.engine.models.recognition.cnn import Pooling, cnn, lenet5, make_pooling
from tests.engine.models.recognition.checks import count, every_step_can_be_looked_at


def test_parameters() -> None:
    assert count(cnn) == 114_186
    # 6 maps of 5x5 and a bias; 16 maps over 6; 120, 84 and 10 neurons
    assert count(lenet5) == 6 * 26 + 16 * (6 * 25 + 1) + 120 * (400 + 1) + 84 * 121 + 10 * 85 == 61_706


def test_every_step_can_be_looked_at() -> None:
    found = every_step_can_be_looked_at(cnn(), 32)
    assert [tuple(found[f"stage{number}"].shape[1:]) for number in (1, 2, 3)] == [(32, 16, 16), (64, 8, 8), (128, 4, 4)]
    found = every_step_can_be_looked_at(lenet5(), 32, channels=1)
    assert found["stage1"].shape == (1, 6, 14, 14) and found["stage2"].shape == (1, 16, 5, 5)


@pytest.mark.parametrize(("kind", "value"), [("max", 4.0), ("average", 2.5), ("skip", 1.0)])
def test_each_pooling_keeps_its_value_of_four(kind: Pooling, value: float) -> None:
    assert make_pooling(kind)(torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])).item() == value
    assert count(cnn, pooling=kind) == count(cnn)
