"""Whatever the size of a picture, the network is given exactly the size it takes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.engine.inputs.preparation import Preparation
from explorer.results import Picture


def prepared(height: int, width: int, preparation: Preparation) -> tuple[int, ...]:
    return tuple(preparation(Picture(np.zeros((height, width, 3), np.uint8))).x.shape)


@pytest.mark.parametrize("preparation", [Preparation(32, 32, (0.0,) * 3, (1.0,) * 3), Preparation(224, 232, (0.5,) * 3, (0.2,) * 3)])
def test_square_pictures_of_every_size(preparation: Preparation) -> None:
    for side in [*range(1, 120, 7), 107, 214, 389, 499, 998]:  # 32 / 389 * 389 is a little less than 32 in floating point
        assert prepared(side, side, preparation) == (1, 3, preparation.size, preparation.size)


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (900, 1), (389, 390), (33, 131), (301, 100)])
def test_other_shapes(shape: tuple[int, int]) -> None:
    assert prepared(*shape, Preparation(32, 32, (0.0,) * 3, (1.0,) * 3)) == (1, 3, 32, 32)


@pytest.mark.parametrize("interpolation", [Image.Resampling.BILINEAR, Image.Resampling.BICUBIC])
def test_pictures_are_scaled_as_the_preparation_says(interpolation: Image.Resampling) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    given = Preparation(16, 20, (0.0,) * 3, (1.0,) * 3, interpolation)(Picture(pixels))
    expected = np.asarray(Image.fromarray(pixels).resize((30, 20), interpolation))[2:18, 7:23]
    assert np.array_equal(given.pixels.pixels, expected)
    assert torch.equal(given.x[0], torch.from_numpy(expected.copy()).permute(2, 0, 1).float() / 255)


def test_bilinear_is_usual() -> None:
    assert Preparation(16, 20, (0.0,) * 3, (1.0,) * 3).interpolation == Image.Resampling.BILINEAR
