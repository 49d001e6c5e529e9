"""Pictures with boxes: the one set type that every detector learns from and is measured on.

Two worlds are mixed in it: blood smears (RBC, WBC, Platelets) and streets seen from a car (car, pedestrian, bicyclist). A
picture of one world counts against detections of the other world's classes, too: no street holds a blood cell, and no smear
a car, so that a box of the wrong world is a mistake.

Boxes that nobody can fairly be asked for are *ignored*: they are neither an object to find nor a background. Those are boxes of less
area than a square of ``SMALLEST`` pixels at the networks' scale, and boxes cut by another object.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explorer.results.base import Floats, Integers, Pixels

CLASSES = ("RBC", "WBC", "Platelets", "car", "pedestrian", "bicyclist")
CELLS, STREET = CLASSES[:3], CLASSES[3:]
HEIGHT, WIDTH = 240, 320  # both sets have pictures of 4:3
SMALLEST = 10.0  # pixels


@dataclass(frozen=True, eq=False)
class Boxed:
    """One picture: ``pixels`` uint8 (H, W, 3); ``boxes`` float32 (n, 4) x1, y1, x2, y2 in its pixels, each of some area;
    ``labels`` int64 (n,) into ``CLASSES``; ``ignored`` bool (n,)."""

    pixels: Pixels
    boxes: Floats
    labels: Integers
    ignored: NDArray[np.bool_]
    name: str = ""

    def __post_init__(self) -> None:
        n = len(self.boxes)
        if self.boxes.shape != (n, 4) or self.labels.shape != (n,) or self.ignored.shape != (n,):
            raise ValueError(f"boxes {self.boxes.shape}, labels {self.labels.shape}, ignored {self.ignored.shape}")
        if n and (self.boxes[:, 2:] <= self.boxes[:, :2]).any():
            raise ValueError(f"{self.name}: a box without area")

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self.pixels.shape[0], self.pixels.shape[1]


def boxed(pixels: Pixels, boxes: Sequence[Sequence[float]] | Floats, names: Sequence[str], ignored: Sequence[bool] | None = None, name: str = "") -> Boxed:
    """A picture from lists; boxes are cut at the picture's edge, and those without area there are left out. ``names``: of ``CLASSES``."""
    height, width = pixels.shape[:2]
    edges = np.asarray(boxes, np.float32).reshape(-1, 4).clip(0, np.array([width, height, width, height], np.float32))
    whole = (edges[:, 2:] > edges[:, :2]).all(1)
    labels = np.array([CLASSES.index(one) for one in names], np.int64)
    hidden = np.zeros(len(edges), bool) if ignored is None else np.asarray(ignored, bool)
    return Boxed(pixels, edges[whole], labels[whole], hidden[whole], name)


def resized(scene: Boxed, height: int = HEIGHT, width: int = WIDTH, smallest: float = SMALLEST) -> Boxed:
    """The picture at another size, each pixel the mean over its area; boxes that are now too small are ignored."""
    old_height, old_width = scene.size
    pixels = scene.pixels
    if (old_height, old_width) != (height, width):
        pixels = np.array(Image.fromarray(pixels).resize((width, height), Image.Resampling.BOX if height < old_height else Image.Resampling.BILINEAR))
    factor = np.array([width / old_width, height / old_height] * 2, np.float32)
    boxes = (scene.boxes * factor).astype(np.float32)
    return replace(scene, pixels=pixels, boxes=boxes, ignored=scene.ignored | too_small(boxes, smallest))


def too_small(boxes: Floats, smallest: float = SMALLEST) -> NDArray[np.bool_]:
    """Which boxes (n, 4) have less area than a square of so many pixels."""
    small: NDArray[np.bool_] = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) < smallest**2
    return small




def mixed(*sets: Iterable[Boxed]) -> Iterator[Boxed]:
    """One after the other from each set in turn, until all are used up: any beginning of it has some of each."""
    waiting = [iter(one) for one in sets]
    while waiting:
        for one in list(waiting):
            try:
                yield next(one)
            except StopIteration:
                waiting.remove(one)


def count(scenes: Iterable[Boxed]) -> dict[str, int]:
    """How many boxes of each class are to be found."""
    found = np.zeros(len(CLASSES), int)
    for scene in scenes:
        found += np.bincount(scene.labels[~scene.ignored], minlength=len(CLASSES))
    return dict(zip(CLASSES, map(int, found), strict=True))
