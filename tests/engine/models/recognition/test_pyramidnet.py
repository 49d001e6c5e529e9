"""PyramidNet: counted, its widths those of the paper, every step can be looked at, and shortcuts without weights."""

from __future__ import annotations

import pytest
import torch

from explorer.engine.models.recognition.pyramidnet import PyramidNetConfig, pyramidnet20_a48, pyramidnet110_a48, pyramidnet110_a270
from tests.engine.models.recognition.checks import count, every_step_can_be_looked_at


def test_parameters() -> None:
    assert (count(pyramidnet110_a48), count(pyramidnet110_a270)) == (1_772_706, 28_485_477)
    assert count(pyramidnet20_a48) == 306_237


def test_the_width_grows_a_little_at_every_block() -> None:
    config = PyramidNetConfig(20, 240, 10)
    assert config.widths == (16, 42, 69, 96, 122, 149, 176, 202, 229, 256)
    assert PyramidNetConfig(20, 48, 10, growth="stages").widths == (16, 16, 16, 16, 32, 32, 32, 64, 64, 64)
    faster = PyramidNetConfig(20, 240, 10, growth="multiplicative").widths
    assert faster[-1] == 256 and faster[3] < config.widths[3]
    with pytest.raises(ValueError, match="6n"):
        _ = PyramidNetConfig(21, 48, 10).widths


def test_every_step_can_be_looked_at() -> None:
    found = every_step_can_be_looked_at(pyramidnet20_a48(), 32)
    assert [found[f"layer{stage}"].shape[1:] for stage in (1, 2, 3)] == [(32, 32, 32), (48, 16, 16), (64, 8, 8)]
    shortcut = found["layer2.0.shortcut"]
    assert torch.equal(shortcut[:, :32], torch.nn.functional.avg_pool2d(found["layer1"], 2)) and not shortcut[:, 32:].any()
