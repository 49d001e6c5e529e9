"""The strength of dense connections: equal to weights that were put there, and every reader and source named."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.engine.lenses.dense import dense_blocks, strengths
from explorer.engine.models.recognition.densenet import densenet_bc_40_12
from explorer.words import InputError


def test_the_strength_is_the_mean_absolute_weight_by_source() -> None:
    network = densenet_bc_40_12(blocks=(3, 2))
    assert dense_blocks(network) == ["features.denseblock1", "features.denseblock2"]
    third = network.get_submodule("features.denseblock1.denselayer3.conv1").weight
    assert isinstance(third, torch.nn.Parameter)
    with torch.no_grad():
        third[:, :24], third[:, 24:36], third[:, 36:] = -0.5, 0.25, 0.125
    found = strengths(network, "features.denseblock1")
    assert found.columns == ("input", "denselayer1", "denselayer2", "denselayer3") and found.rows[-1] == "after"
    assert np.allclose(found.values[2, :3], [0.5, 0.25, 0.125]) and np.isnan(found.values[2, 3]) and np.isnan(found.values[0, 1])
    transition = network.get_submodule("features.transition1.conv").weight
    assert isinstance(transition, torch.nn.Parameter)
    assert found.values[3, 3] == pytest.approx(transition[:, 48:].abs().mean().item(), rel=1e-5)
    last = strengths(network, "features.denseblock2")
    assert last.values[2, 0] == pytest.approx(network.classifier.weight[:, :30].abs().mean().item(), rel=1e-5)


def test_another_name_is_refused() -> None:
    with pytest.raises(InputError):
        strengths(densenet_bc_40_12(), "features.conv0")
