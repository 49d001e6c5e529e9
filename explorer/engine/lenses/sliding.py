"""A classifier slid over a photograph of any size: where each class was seen, and how sure the network was.

Square windows of several sizes, from the whole shorter side down, overlap by three quarters. Every window is cut out and
prepared exactly as if the user had given the network that part alone, so a window's answer is the network's answer. What a
place is taken for is then what the windows that largely share it say on average: a thing that is there is seen in all of
them, a chance resemblance in one.

A softmax is sure of something whatever it sees, and among a thousand windows one is sure by chance. So "none of these"
stands beside the classes with a score of its own that grows with the number of windows of that size; both numbers are
fitted on pictures that show none of the classes (``explorer.engine.learning.nothing_fits``). It is the threshold on the
energy of Liu et al., "Energy-based Out-of-distribution Detection", 2020, arXiv 2010.03759, section 3.2, written as one more class.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explorer.results.base import Floats, Integers, Pixels

Box = tuple[int, int, int, int]
Prepare = Callable[[Pixels], Tensor]

STEP = math.sqrt(2)  # from one size of window to the next
STRIDE = 0.25  # of a window's side
SHARED = 0.45  # intersection over union from which two windows look at the same thing
MOST_PIXELS = 1200 * 32 * 32  # given to the network in all: about two seconds of a small network
LEAST_WINDOWS = 24  # for networks that take large pictures
LARGEST_ENLARGEMENT = 1.34  # of the photograph's pixels
BATCH = 32
FITS = 0.5  # likelihood of "none of these" below which a place shows one of them
FITS_UNMEASURED = 0.9  # likelihood of one class from which it counts where "none" was never measured
FITS_UNMEASURED_MANY = 0.5  # the same among a hundred classes or more, where nearly as much is no chance
MAP_SIDE = 160  # of the maps, in their own cells
MOST_SIGHTINGS = 12


@dataclass(frozen=True)
class Nothing:
    """The score of "none of these" on the scale of a network's outputs: ``below`` for one window, ``per_doubling`` more each time the
    windows of a size double; ``alone``: for a picture that is looked at once, as the user gave it (as for one window by default)."""

    below: float
    per_doubling: float = 0.0
    alone: float | None = None

    def at(self, windows: int) -> float:
        """The score among so many windows of one size."""
        return self.below + self.per_doubling * math.log2(max(1, windows))


@dataclass(frozen=True, eq=False)
class Seen:
    """What the network put out in each window. ``boxes``: (n, 4) x1, y1, x2, y2 in pixels of the photograph; ``scale``: (n,) number of
    its size, 0 the largest; ``output``: (n, classes) before softmax; ``windows``: how many windows of each size."""

    boxes: Integers
    scale: Integers
    output: Floats
    windows: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Judged:
    """``scores``: (n, classes) what each place is taken for; with ``none`` (n,) they add to 1. ``sureness``: (n,) of the best class, to sort
    by. ``fits``: (n,) bool, whether it shows any class rather than none; where "none" was never measured, whether one class has 0.9 (0.5 of a hundred
    or more)."""

    scores: Floats
    none: Floats
    sureness: Floats
    fits: NDArray[np.bool_]


@dataclass(frozen=True)
class Sighting:
    """A class seen at a place: its number, how sure (0 to 1), and x1, y1, x2, y2 of the window in pixels; ``window``: its row in ``Seen``."""

    label: int
    score: float
    box: Box
    window: int


def places(length: int, side: int, most: int) -> list[int]:
    """Where windows of this side begin along a length: evenly from end to end, at most a quarter of the side apart where ``most`` allows it."""
    if length <= side:
        return [0]
    count = min(most, math.ceil((length - side) / (side * STRIDE)) + 1)
    return sorted({round(place) for place in np.linspace(0, length - side, max(2, count))})


def plan(height: int, width: int, size: int) -> list[list[Box]]:
    """The windows over a photograph for a network that takes ``size`` × ``size``: a list for each size of window, the largest first."""
    shorter, most = min(height, width), max(LEAST_WINDOWS, MOST_PIXELS // (size * size))
    sizes: list[list[Box]] = []
    left, side = most, float(shorter)
    while True:
        whole = max(1, round(side))
        ys, xs = places(height, whole, left), places(width, whole, left)
        boxes = [(x, y, x + whole, y + whole) for y in ys for x in xs]
        if sizes and (len(boxes) > left or whole * LARGEST_ENLARGEMENT < size):
            return sizes
        sizes.append(boxes)
        left -= len(boxes)
        if left <= 0 or whole == 1:
            return sizes
        side /= STEP


@torch.no_grad()
def slide(network: nn.Module, pixels: Pixels, prepare: Prepare, size: int, device: torch.device | str = "cpu") -> Iterator[tuple[float, Seen | None]]:
    """Look through every window, the largest first.

    Args:
        pixels: (height, width, 3) uint8. prepare: what the network takes, (1, 3, size, size), of a part of the photograph.

    Yields the share of the work done, and after each size of window everything seen so far (None in between).
    """
    sizes = plan(pixels.shape[0], pixels.shape[1], size)
    total = sum(map(len, sizes))
    boxes: list[Box] = []
    scale: list[int] = []
    outputs: list[Tensor] = []
    for number, windows in enumerate(sizes):
        for start in range(0, len(windows), BATCH):
            part = windows[start : start + BATCH]
            batch = torch.cat([prepare(pixels[y1:y2, x1:x2]) for x1, y1, x2, y2 in part])
            outputs.append(network(batch.to(device)).float().cpu())
            boxes += part
            scale += [number] * len(part)
            if start + BATCH < len(windows):
                yield len(boxes) / total, None
        seen = Seen(np.array(boxes), np.array(scale), torch.cat(outputs).double().numpy(), tuple(len(one) for one in sizes[: number + 1]))
        yield len(boxes) / total, seen


def overlap(boxes: Integers) -> Floats:
    """Intersection over union of each window with each: (n, n)."""
    inside, areas = intersections(boxes)
    return inside / (areas[:, None] + areas[None] - inside)


def intersections(boxes: Integers) -> tuple[Floats, Floats]:
    """The common area of each window with each (n, n), and the area of each (n,)."""
    values = boxes.astype(np.float64)
    x1, y1, x2, y2 = values.T
    across = np.minimum(x2[:, None], x2) - np.maximum(x1[:, None], x1)
    down = np.minimum(y2[:, None], y2) - np.maximum(y1[:, None], y1)
    return across.clip(0) * down.clip(0), (x2 - x1) * (y2 - y1)


def agreed(seen: Seen) -> Floats:
    """The outputs (n, classes) averaged over the windows that look at the same thing, at this size and the next."""
    shared = overlap(seen.boxes)
    weights = np.where(shared >= SHARED, shared, 0.0)
    mean: Floats = weights @ seen.output / weights.sum(1, keepdims=True)
    return mean


def judge(seen: Seen, temperature: float = 1.0, nothing: Nothing | None = None) -> Judged:
    """What each place is taken for, "none of these" among it; without ``nothing`` one of the classes is always taken.

    The largest windows, of the photograph's shorter side, are judged as a picture that is looked at once.
    """
    outputs = agreed(seen)
    floors = [nothing.at(count) if nothing is not None else -np.inf for count in seen.windows]
    if nothing is not None and nothing.alone is not None:
        floors[0] = nothing.alone
    floor = np.array(floors)[seen.scale]
    values = np.column_stack([outputs, floor]) / temperature
    values = np.exp(values - values[:, :-1].max(1, keepdims=True).clip(min=floor[:, None] / temperature))
    values /= values.sum(1, keepdims=True)
    best = outputs.max(1)
    sureness = best - floor if nothing is not None else values[:, :-1].max(1)
    least = FITS_UNMEASURED if outputs.shape[1] < 100 else FITS_UNMEASURED_MANY
    fits = values[:, -1] < FITS if nothing is not None else values.max(1) >= least
    return Judged(values[:, :-1], values[:, -1], sureness, fits)


def energies(seen: Seen, temperature: float = 1.0) -> Floats:
    """How much each place speaks for any class at all, (n,)."""
    return energy(agreed(seen), temperature)


def energy(outputs: Floats, temperature: float = 1.0) -> Floats:
    """temperature × log Σ exp(output / temperature), (n,), of outputs (n, classes)."""
    values = outputs / temperature
    top = values.max(1)
    found: Floats = temperature * (top + np.log(np.exp(values - top[:, None]).sum(1)))
    return found


def sightings(seen: Seen, judged: Judged, least: float = 0.0) -> list[Sighting]:
    """The places that fit a class, with at least this score, surest first; of windows on the same thing only the surest."""
    inside, areas = intersections(seen.boxes)
    smaller = np.minimum(areas[:, None], areas[None])
    union = areas[:, None] + areas[None] - inside
    labels = judged.scores.argmax(1)
    best = judged.scores.max(1)
    found: list[Sighting] = []
    for index in np.argsort(-judged.sureness, kind="stable"):
        if not judged.fits[index] or best[index] < least:
            continue
        label = int(labels[index])
        if any(inside[index, s.window] > (0.3 * union[index, s.window] if s.label != label else 0.25 * smaller[index, s.window]) for s in found):
            continue
        x1, y1, x2, y2 = map(int, seen.boxes[index])
        found.append(Sighting(label, float(best[index]), (x1, y1, x2, y2), int(index)))
        if len(found) == MOST_SIGHTINGS:
            break
    return found


def class_maps(seen: Seen, judged: Judged, height: int, width: int, classes: list[int]) -> NDArray[np.float32]:
    """How sure the network was of each of these classes at each place: (classes, rows, columns) over the whole photograph.

    A window counts fully at its middle and fades to its edges; at each place the surest window counts.
    """
    cell = max(height, width) / MAP_SIDE if max(height, width) > MAP_SIDE else 1.0
    rows, columns = max(1, round(height / cell)), max(1, round(width / cell))
    maps = np.zeros((len(classes), rows, columns), np.float32)
    y, x = (np.arange(rows) + 0.5) * height / rows, (np.arange(columns) + 0.5) * width / columns
    for box, scores in zip(seen.boxes.tolist(), judged.scores[:, classes].astype(np.float32), strict=True):
        x1, y1, x2, y2 = box
        i, j = np.flatnonzero((y > y1) & (y < y2)), np.flatnonzero((x > x1) & (x < x2))
        if len(i) and len(j):
            bump = _fade(y[i], y1, y2)[:, None] * _fade(x[j], x1, x2)
            part = maps[:, i[0] : i[-1] + 1, j[0] : j[-1] + 1]
            np.maximum(part, scores[:, None, None] * bump, out=part)
    return maps


def _fade(places_: Floats, low: float, high: float) -> NDArray[np.float32]:
    """1 over the middle half, down to 0 at both ends along a cosine."""
    away = np.abs(places_ - (low + high) / 2) / ((high - low) / 2)
    faded: NDArray[np.float32] = (0.5 + 0.5 * np.cos(np.pi * np.clip(2 * away - 1, 0, 1))).astype(np.float32)
    return faded
