"""Results that are looked at: pictures, maps, overlays, boxes, masks, frames."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.results.base import Floats, Integers, Pixels, Result, expect, write_csv
from explorer.words import Text


@dataclass(frozen=True, eq=False)
class Picture(Result):
    """A picture. ``pixels``: (height, width, 3) uint8 RGB. ``notes``: what was done to it, for the user."""

    pixels: Pixels
    name: str = ""
    notes: tuple[Text, ...] = ()

    def validate(self) -> None:
        expect(self.pixels.ndim == 3 and self.pixels.shape[2] == 3, f"picture of shape {self.pixels.shape}")
        expect(self.pixels.dtype == np.uint8, f"picture of type {self.pixels.dtype}")

    def to_csv(self) -> str:
        h, w, _ = self.pixels.shape
        return write_csv(("row", "column", "red", "green", "blue"), ((r, c, *map(int, self.pixels[r, c])) for r in range(h) for c in range(w)))


@dataclass(frozen=True, eq=False)
class Maps(Result):
    """A stack of small maps. ``values``: (count, height, width) float.

    ``names``: one a map (or none at all). ``signed``: colours go blue – white – orange around zero, else viridis from zero.
    ``order``: indices, most interesting first (or empty: as they come).
    """

    values: Floats
    layer: str = ""
    names: tuple[str, ...] = ()
    unit: str = ""
    signed: bool = False
    order: tuple[int, ...] = ()

    def validate(self) -> None:
        expect(self.values.ndim == 3, f"maps of shape {self.values.shape}")
        expect(len(self.names) in (0, len(self.values)), f"{len(self.names)} names for {len(self.values)} maps")
        expect(len(self.order) in (0, len(self.values)), f"{len(self.order)} places for {len(self.values)} maps")

    def to_csv(self) -> str:
        n, h, w = self.values.shape
        return write_csv(("map", "row", "column", "value"), ((i, r, c, float(self.values[i, r, c])) for i in range(n) for r in range(h) for c in range(w)))


@dataclass(frozen=True, eq=False)
class Overlay(Result):
    """A heat over a picture. ``heat``: (height, width) float of the picture's own size; ``signed`` as in Maps."""

    picture: Picture
    heat: Floats
    label: str = ""
    layer: str = ""
    signed: bool = False

    def validate(self) -> None:
        expect(self.heat.shape == self.picture.pixels.shape[:2], f"heat {self.heat.shape} over picture {self.picture.pixels.shape}")

    def to_csv(self) -> str:
        h, w = self.heat.shape
        return write_csv(("row", "column", "heat"), ((r, c, float(self.heat[r, c])) for r in range(h) for c in range(w)))


@dataclass(frozen=True, eq=False)
class Boxes(Result):
    """Boxes on a picture. ``boxes``: (n, 4) x1, y1, x2, y2 in pixels; ``labels``: (n,) into ``names``; ``scores``: (n,) 0–1."""

    picture: Picture
    boxes: Floats
    labels: Integers
    scores: Floats
    names: tuple[str, ...]

    def validate(self) -> None:
        n = len(self.boxes)
        expect(self.boxes.shape == (n, 4), f"boxes of shape {self.boxes.shape}")
        expect(self.labels.shape == (n,) and self.scores.shape == (n,), "a label and a score for each box")
        expect(n == 0 or (int(self.labels.min()) >= 0 and int(self.labels.max()) < len(self.names)), "labels index the names")

    def to_csv(self) -> str:
        rows = zip(self.labels, self.scores, self.boxes, strict=True)
        return write_csv(("label", "score", "x1", "y1", "x2", "y2"), ((self.names[int(k)], float(s), *map(float, b)) for k, s, b in rows))


@dataclass(frozen=True, eq=False)
class Mask(Result):
    """A class for each pixel. ``labels``: (height, width) integers into ``names``."""

    picture: Picture
    labels: Integers
    names: tuple[str, ...]

    def validate(self) -> None:
        expect(self.labels.shape == self.picture.pixels.shape[:2], f"mask {self.labels.shape} over picture {self.picture.pixels.shape}")

    def to_csv(self) -> str:
        return write_csv(("class", "share of pixels"), zip(self.names, map(float, self.shares()), strict=True))

    def shares(self) -> Floats:
        """The share of the pixels that are of each class: (classes,), adding to 1."""
        return np.bincount(self.labels.ravel(), minlength=len(self.names)) / self.labels.size


@dataclass(frozen=True, eq=False)
class Frames(Result):
    """Moving pictures. ``pixels``: (time, height, width, 3) uint8; ``seconds``: how long each stays."""

    pixels: Pixels
    seconds: float = 0.1

    def validate(self) -> None:
        expect(self.pixels.ndim == 4 and self.pixels.shape[3] == 3, f"frames of shape {self.pixels.shape}")

    def to_csv(self) -> str:
        return write_csv(("frame", "mean brightness"), ((i, float(f.mean())) for i, f in enumerate(self.pixels)))


@dataclass(frozen=True, eq=False)
class Region(Result):
    """A part of a picture that something depends on: receptive field, crop.

    ``box``: x1, y1, x2, y2 in pixels of the picture (may reach outside); ``weight``: (height, width) how much each pixel counts, or None.
    """

    picture: Picture
    box: tuple[float, float, float, float]
    weight: Floats | None = None
    label: str = ""

    def validate(self) -> None:
        expect(self.box[0] <= self.box[2] and self.box[1] <= self.box[3], f"box {self.box}")

    def to_csv(self) -> str:
        return write_csv(("x1", "y1", "x2", "y2"), [self.box])


@dataclass(frozen=True, eq=False)
class Arithmetic(Result):
    """One value of a convolution taken apart: window × kernel, summed, and what follows.

    ``window``, ``kernel``: (kernel height, kernel width) for one input map; ``row``, ``column``: of the value in the output map.
    ``steps``: (name, value) pairs in order from this map's sum to the final value, such as other maps, bias, after norm, shortcut, ReLU.
    """

    window: Floats
    kernel: Floats
    input_map: int
    output_map: int
    row: int
    column: int
    steps: tuple[tuple[Text, float], ...]

    def validate(self) -> None:
        expect(self.window.shape == self.kernel.shape and self.window.ndim == 2, f"window {self.window.shape}, kernel {self.kernel.shape}")
        expect(len(self.steps) > 0, "steps")

    def to_csv(self) -> str:
        h, w = self.window.shape
        rows = [("product", f"{r},{c}", float(self.window[r, c]), float(self.kernel[r, c])) for r in range(h) for c in range(w)]
        return write_csv(("what", "where", "value", "weight"), [*rows, *((t.en, "", v, "") for t, v in self.steps)])
