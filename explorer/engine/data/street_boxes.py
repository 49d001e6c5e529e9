"""Streets with boxes around cars, pedestrians and bicyclists, at the networks' size: CamVid's (see ``camvid.boxes_of``) and drawn ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from explorer.engine.data import camvid, streets
from explorer.engine.data.boxed import HEIGHT, WIDTH, Boxed, boxed, resized


@dataclass(frozen=True)
class Streets:
    """One split: its pictures, and the name and SHA-256 of the file they came from."""

    scenes: tuple[Boxed, ...]
    file: str
    sha256: str


def load(split: Literal["train", "test"], folder: Path | None = None, limit: int | None = None, *, height: int = HEIGHT, width: int = WIDTH) -> Streets:
    """One split, in the order of the film; ``limit``: so many, evenly spread. Raises InputError as ``camvid.load``."""
    found = camvid.load(split, folder, limit, (height, width), camvid.SIZE)
    scale = np.array([width / camvid.SIZE[1], height / camvid.SIZE[0]] * 2)
    scenes = []
    for image, labels, name in zip(found.images, found.labels, found.names, strict=True):
        boxes = camvid.boxes_of(labels.numpy(), least=0.0)  # too small is what is too small at the networks' size
        kinds = [camvid.BOXED[kind] for kind in boxes.kinds]
        pixels = np.ascontiguousarray(image.permute(1, 2, 0).numpy())
        scenes.append(resized(boxed(pixels, boxes.boxes * scale, kinds, list(boxes.ignored), name), height, width))
    return Streets(tuple(scenes), found.file, found.sha256)


def draw(seed: int, height: int = HEIGHT, width: int = WIDTH) -> Boxed:
    """One drawn street; the same for the same seed and size. Seeds from ``streets.HELD_OUT`` on are for measuring."""
    drawn = streets.draw(seed, (height, width))
    kinds = [camvid.BOXED[kind] for kind in drawn.boxes.kinds]
    return resized(boxed(drawn.pixels, drawn.boxes.boxes, kinds, list(drawn.boxes.ignored), f"street {seed}"), height, width)
