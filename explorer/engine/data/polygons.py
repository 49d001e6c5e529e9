"""Drawn pictures whose classes differ in fine detail: regular polygons of 3, 4 and 6 sides, and discs, at any resolution."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from explorer.words import Text

ABOUT = Text(
    "描いた図形（三・四・六角形と円。向き、位置、大きさ、濃さ、雑音は乱数）",
    "drawn shapes: polygons of 3, 4 and 6 sides and discs, of random direction, place, size, strength and noise",
)
SIDES = (3, 4, 6, 64)
NOISE = 0.05  # at 24 pixels a side; by area it is the same at every resolution
FINE = 4  # points a pixel and axis that are drawn, then averaged


def draw(count: int, size: int, seed: int, noise: float = NOISE) -> tuple[Tensor, Tensor]:
    """``count`` pictures (N, 3, size, size) float of about zero mean and unit deviation, and labels (N,) int64 of four classes.

    The same seed draws the same shapes at every resolution, each pixel the mean over its area.
    """
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(count) % len(SIDES)
    sides = torch.tensor(SIDES)[labels].double()
    turn, x0, y0, grow, strength = torch.rand(5, count, generator=generator).double()
    radius, x0, y0 = 0.6 + 0.25 * grow, 0.2 * (x0 - 0.5), 0.2 * (y0 - 0.5)
    places = (torch.arange(size * FINE).double() + 0.5) / (size * FINE) * 2 - 1  # the picture reaches from -1 to 1
    pictures = []
    for n in range(count):
        x, y = places[None, :] - x0[n], places[:, None] - y0[n]
        slice_ = 2 * math.pi / sides[n]
        angle = torch.remainder(torch.atan2(y, x) + 2 * math.pi * turn[n], slice_) - slice_ / 2
        inside = torch.hypot(x, y) * angle.cos() <= radius[n] * torch.cos(slice_ / 2)
        drawn = inside.double().view(size, FINE, size, FINE).mean((1, 3))
        pictures.append(drawn * (0.5 + 0.5 * strength[n]))
    clean = torch.stack(pictures).float()[:, None]
    noisy = clean + noise * size / 24 * torch.randn(clean.shape, generator=generator)
    return ((noisy - 0.3) / 0.35).expand(-1, 3, -1, -1).contiguous(), labels


def load(size: int, learn: int = 960, held_out: int = 300) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Pictures and labels to learn from, then those held out."""
    return (*draw(learn, size, 0), *draw(held_out, size, 1))
