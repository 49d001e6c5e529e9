"""CamVid's streets with boxes around cars, pedestrians and bicyclists, at the networks' size; see ``camvid.boxes_of``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from explorer.engine.data import camvid
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
