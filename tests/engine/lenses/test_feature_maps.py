"""Maps come as they are, clearest first."""

from __future__ import annotations

import numpy as np
import torch

from explorer.engine.lenses.feature_maps import feature_maps


def test_values_and_order() -> None:
    values = torch.zeros(2, 3, 4, 5)
    values[0, 1, 0, 0], values[0, 2] = 3, 9  # one spot, and a flat high one
    maps = feature_maps(values, "layer1")
    assert np.array_equal(maps.values, values[0].numpy()) and maps.layer == "layer1"
    assert maps.order == (1, 0, 2) and not maps.signed


def test_negative_values_make_it_signed() -> None:
    assert feature_maps(-torch.ones(1, 2, 3, 3), "x").signed


def test_features_without_places() -> None:
    maps = feature_maps(torch.tensor([[1.0, -5, 2]]), "fc")
    assert maps.values.shape == (3, 1, 1) and maps.order == (1, 2, 0)
