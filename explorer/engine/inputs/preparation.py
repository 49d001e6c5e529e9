"""How a network takes pictures: scaled, cut, normalised."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from explorer.results import Picture


@dataclass(frozen=True)
class Preparation:
    """How a network takes pictures: the shorter side scaled to ``resize`` with ``interpolation``, the middle ``size`` × ``size`` cut out, values
    0 to 1, minus ``mean``, over ``std`` of each channel."""

    size: int
    resize: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    interpolation: Image.Resampling = Image.Resampling.BILINEAR

    def normalise(self, values: Tensor) -> Tensor:
        """Values 0 to 1, (…, 3, H, W), as the network wants them."""
        return (values - torch.tensor(self.mean, device=values.device).view(-1, 1, 1)) / torch.tensor(self.std, device=values.device).view(-1, 1, 1)

    def __call__(self, picture: Picture) -> Given:
        """The network's input made from a picture."""
        height, width = picture.pixels.shape[:2]
        left = top = 0
        if max(height, width) > 4 * min(height, width):  # a strip: only its middle can be seen anyway
            cut = 4 * min(height, width)
            left, top = max(0, width - cut) // 2, max(0, height - cut) // 2
        strip = picture.pixels[top : height - top, left : width - left]
        rows, columns = strip.shape[:2]
        shorter = min(rows, columns)
        new_rows, new_columns = self.resize * rows // shorter, self.resize * columns // shorter
        small = np.asarray(Image.fromarray(strip).resize((new_columns, new_rows), self.interpolation))
        y, x = round((new_rows - self.size) / 2), round((new_columns - self.size) / 2)
        pixels = np.ascontiguousarray(small[y : y + self.size, x : x + self.size])
        values = self.normalise(torch.from_numpy(pixels.copy()).permute(2, 0, 1).float() / 255)
        down, across = rows / new_rows, columns / new_columns
        crop = (left + x * across, top + y * down, left + (x + self.size) * across, top + (y + self.size) * down)
        return Given(values[None], Picture(pixels, picture.name), picture, crop)


@dataclass(frozen=True, eq=False)
class Given:
    """A picture as a network takes it. ``x``: (1, 3, size, size); ``pixels``: the same as a picture; ``whole``: the picture it was made
    from; ``crop``: x1, y1, x2, y2 of the part that was used, in pixels of the whole."""

    x: Tensor
    pixels: Picture
    whole: Picture
    crop: tuple[float, float, float, float]

    def sharp(self) -> Picture:
        """The part that was used at the resolution of the whole, or the network's own pixels where the whole has fewer."""
        x1, y1, x2, y2 = self.crop
        if x2 - x1 <= self.pixels.pixels.shape[1]:
            return self.pixels
        part = self.whole.pixels[round(y1) : round(y2), round(x1) : round(x2)]
        return Picture(np.ascontiguousarray(part), self.whole.name)
