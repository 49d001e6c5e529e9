"""A class for each place of a photograph, from a classifier alone: where in each window it looked, laid over one another.

Every window that showed a class is asked where in it the network looked for that class (its class activation map); a place takes the
class that speaks loudest there, or none. This is weakly supervised localisation as in Zhou et al., "Learning Deep Features for
Discriminative Localization", 2016, section 3: what lies above a fifth of the map's maximum is the object.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explorer.results.base import Floats

Box = tuple[int, int, int, int]

LEAST = 0.2  # of the loudest place of a window that is wholly sure
SIDE = 240  # cells along the longer side
NONE = -1


@dataclass(frozen=True, eq=False)
class Looked:
    """Where the network looked in one window: ``box`` x1, y1, x2, y2 in pixels of the photograph, ``label`` of the class, ``score`` (0 to 1,
    how sure), ``heat`` (rows, columns) over the window."""

    box: Box
    label: int
    score: float
    heat: Floats


def grid(height: int, width: int) -> tuple[int, int]:
    """Rows and columns of the cells over a photograph of this size."""
    cell = max(1.0, max(height, width) / SIDE)
    return max(1, round(height / cell)), max(1, round(width / cell))


def label_places(windows: Sequence[Looked], height: int, width: int) -> NDArray[np.int64]:
    """The class of each cell over a photograph of ``height`` × ``width`` pixels: (rows, columns), ``NONE`` where no class speaks up."""
    rows, columns = grid(height, width)
    labels = np.full((rows, columns), NONE)
    loudest = np.full((rows, columns), LEAST, np.float32)
    for one in windows:
        high = float(one.heat.max())
        if high <= 0:
            continue
        x1, x2 = (round(value * columns / width) for value in (one.box[0], one.box[2]))
        y1, y2 = (round(value * rows / height) for value in (one.box[1], one.box[3]))
        if x2 <= x1 or y2 <= y1:
            continue
        heat = Image.fromarray((one.heat.clip(0) / high).astype(np.float32))
        speaks = one.score * np.asarray(heat.resize((x2 - x1, y2 - y1), Image.Resampling.BILINEAR))
        louder = speaks > loudest[y1:y2, x1:x2]
        loudest[y1:y2, x1:x2][louder] = speaks[louder]
        labels[y1:y2, x1:x2][louder] = one.label
    return labels
