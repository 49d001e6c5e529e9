"""Pictures that show nothing a photograph classifier knows, drawn from a seed: noise, gradients, clouds, stripes, letters, shapes.

And the names of scikit-image's photographs (CC0 or public domain) that show none of the ten classes of CIFAR-10.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

PHOTOGRAPHS = (
    "brick.png", "cell.png", "clock_motion.png", "coins.png", "color.png", "grass.png", "gravel.png", "hubble_deep_field.jpg",
    "ihc.png", "moon.png", "page.png", "phantom.png", "retina.jpg", "text.png",
)  # fmt: skip
KINDS = ("noise", "gradient", "clouds", "stripes", "letters", "shapes")

Pixels = NDArray[np.uint8]


def drawn(count: int, seed: int = 0, height: int = 300, width: int = 400) -> list[Pixels]:
    """So many pictures (height, width, 3), the kinds in turn; the same for the same seed."""
    return [draw(KINDS[number % len(KINDS)], np.random.default_rng((seed, number)), height, width) for number in range(count)]


def draw(kind: str, rng: np.random.Generator, height: int, width: int) -> Pixels:
    """One picture. Raises ValueError for an unknown kind."""

    def colour() -> tuple[int, int, int]:
        red, green, blue = (int(one) for one in rng.integers(0, 256, 3))
        return red, green, blue

    if kind == "noise":
        return rng.integers(0, 256, (height, width, 3)).astype(np.uint8)
    if kind == "gradient":
        share = np.linspace(0, 1, width)[None, :, None] * np.ones((height, 1, 1))
        return np.asarray((1 - share) * colour() + share * colour()).astype(np.uint8)
    if kind == "clouds":
        coarse = rng.integers(0, 256, (12, 16, 3)).astype(np.uint8)
        return np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC))
    if kind == "stripes":
        y, x = np.mgrid[:height, :width]
        down, across = rng.uniform(0.02, 0.6, 2)
        return np.where((np.sin(x * across + y * down) > 0)[..., None], colour(), colour()).astype(np.uint8)
    if kind not in KINDS:
        raise ValueError(f"nobody knows how to draw {kind}")
    sheet = Image.new("RGB", (width, height), colour())
    pen = ImageDraw.Draw(sheet)
    for number in range(14):
        x0, y0, side = int(rng.integers(0, width)), int(rng.integers(0, height)), int(rng.integers(20, 160))
        if kind == "letters":
            pen.text((x0, y0), chr(65 + int(rng.integers(26))), fill=colour(), font_size=side)
        else:
            corners = (x0, y0, x0 + side, y0 + int(side * rng.uniform(0.3, 1.2)))
            (pen.ellipse if number % 2 else pen.rectangle)(corners, fill=colour())
    return np.asarray(sheet)


def photographs() -> list[Path]:
    """The files of ``PHOTOGRAPHS`` that scikit-image has here."""
    package = importlib.util.find_spec("skimage")
    if package is None or not package.submodule_search_locations:
        return []
    folder = Path(package.submodule_search_locations[0]) / "data"
    return [folder / name for name in PHOTOGRAPHS if (folder / name).is_file()]
