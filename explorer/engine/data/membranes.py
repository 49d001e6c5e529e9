"""Cell membranes as an electron microscope shows them, drawn from a seed, with the exact mask.

Cells are the neighbourhoods of random points, more or less crowded and bent by smooth noise; a membrane runs where two of them
meet, dark and now and then smeared. Inside are grain, vesicles (small rings) and mitochondria (dark, with folds), which are no membranes
of a cell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter
from scipy.spatial import cKDTree
from torch import Tensor

HELD_OUT = 900_000  # the first seed of the pictures that no recipe learns from


@dataclass(frozen=True)
class Drawing:
    """One slice. ``pixels`` uint8 (H, W); ``labels`` uint8 (H, W): 0 membrane, 1 inside a cell."""

    pixels: NDArray[np.uint8]
    labels: NDArray[np.uint8]


@dataclass(frozen=True)
class Drawings:
    """Several slices. ``images`` uint8 (N, 1, H, W); ``labels`` uint8 (N, H, W)."""

    images: Tensor
    labels: Tensor


def noise(rng: np.random.Generator, side: int, cells: int) -> NDArray[np.float64]:
    """Smooth noise (side, side) of about zero mean and unit deviation, with so many cells across."""
    coarse = rng.normal(0, 1, (cells, cells)).astype(np.float32)
    return np.asarray(Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC)).astype(np.float64)


def draw(seed: int, side: int = 512) -> Drawing:
    """The slice of a seed, ``side`` pixels high and wide; about 0.5 s."""
    rng = np.random.default_rng((seed, 3))
    points: list[tuple[float, float]] = []
    crowd = noise(rng, side, 4)  # where cells are small
    for _ in range(round(2000 * (side / 512) ** 2)):
        row, column = rng.uniform(-40, side + 40, 2)
        here = crowd[int(np.clip(row, 0, side - 1)), int(np.clip(column, 0, side - 1))]
        apart = 16 + 36 * float(np.exp(-1.1 * here)) * rng.uniform(0.4, 1.2)
        if all((row - r) ** 2 + (column - c) ** 2 > apart**2 for r, c in points):
            points.append((row, column))
    places = np.array(points)
    rows, columns = np.mgrid[:side, :side].astype(np.float64)
    bent_rows = rows + 9 * noise(rng, side, 9) + 3 * noise(rng, side, 28)
    bent_columns = columns + 9 * noise(rng, side, 9) + 3 * noise(rng, side, 28)
    distance, nearest = cKDTree(places).query(np.stack((bent_rows, bent_columns), -1), k=2)
    one, other = places[nearest[..., 0]], places[nearest[..., 1]]
    between = np.linalg.norm(one - other, axis=-1)
    border = (distance[..., 1] ** 2 - distance[..., 0] ** 2) / (2 * between)  # how far the border between the two is
    thick = 2.7 + 0.6 * noise(rng, side, 20) + 5 * np.clip(noise(rng, side, 12) - 1.9, 0, 1.5)
    membrane = border < thick

    light = 150 + 10 * noise(rng, side, 4) + rng.normal(0, 9, len(places))[nearest[..., 0]]
    inside = light + 10 * noise(rng, side, 90) + 7 * noise(rng, side, 170)
    for _ in range(int(rng.poisson(9))):  # mitochondria
        row, column = rng.uniform(0, side, 2)
        long, wide, turn = rng.uniform(14, 30), rng.uniform(9, 16), rng.uniform(0, np.pi)
        along = (rows - row) * np.cos(turn) + (columns - column) * np.sin(turn)
        across = (columns - column) * np.cos(turn) - (rows - row) * np.sin(turn)
        shape = np.hypot(along / long, across / wide) + 0.08 * noise(rng, side, 40)
        own = nearest[..., 0] == nearest[int(row), int(column), 0]
        part = (shape < 1) & own & (border > thick + 3)
        folds = 12 * np.sin(along * rng.uniform(0.7, 1.1) + 2 * noise(rng, side, 40))
        inside = np.where(part, 98 + folds, inside)
        inside = np.where((np.abs(shape - 1) < 0.07) & own & (border > thick + 2), 84, inside)
    for _ in range(int(rng.integers(60, 260))):  # vesicles
        row, column = (int(one) for one in rng.integers(6, side - 6, 2))
        radius = rng.uniform(2, 5)
        part = np.s_[row - 6 : row + 7, column - 6 : column + 7]
        away = np.hypot(rows[part] - row, columns[part] - column)
        ring = np.exp(-(((away - radius) / 1.0) ** 2)) * (border[part] > thick[part] + 3)
        inside[part] -= rng.uniform(18, 48) * ring
    depth = np.clip(1.25 - border / (thick + 0.8), 0, 1) * (0.8 + 0.25 * noise(rng, side, 16))
    values = inside * (1 - np.clip(depth, 0, 1)) + (62 + 8 * noise(rng, side, 30)) * np.clip(depth, 0, 1)
    grain = gaussian_filter(rng.normal(0, 1, (side, side)), 0.8)
    values = gaussian_filter(values, rng.uniform(0.7, 1.2)) + rng.uniform(26, 52) * grain
    values = (values - 128) * rng.uniform(0.85, 1.25) + 128 + rng.uniform(-14, 14)
    return Drawing(np.clip(values, 0, 255).astype(np.uint8), (~membrane).astype(np.uint8))


def draw_many(count: int, seed: int, side: int = 512) -> Drawings:
    """The slices of so many seeds from 1,000 times ``seed`` on (from ``seed`` itself where it is ``HELD_OUT``)."""
    first = seed if seed >= HELD_OUT else 1000 * seed
    drawn = [draw(first + number, side) for number in range(count)]
    images = np.stack([one.pixels for one in drawn]) if drawn else np.empty((0, side, side), np.uint8)
    labels = np.stack([one.labels for one in drawn]) if drawn else np.empty((0, side, side), np.uint8)
    return Drawings(torch.from_numpy(images)[:, None].contiguous(), torch.from_numpy(labels))
