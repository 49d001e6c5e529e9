"""Blood smears of ours: drawn pictures with the exact box of every cell, at any size and without limit.

Red cells are discs, often in heaps, with a pale middle or none, seen through each other; white cells are large, with a dark lobed nucleus in
a faint body; platelets are small dark blots. Light, colour, focus and noise vary from picture to picture; what is drawn follows from
the seed alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter

from explorer.engine.data.boxed import HEIGHT, WIDTH, Boxed, boxed, resized
from explorer.results.base import Floats, Pixels

HELD_OUT = 900_000  # the first seed of the pictures that no recipe learns from
HELD_OUT = 900_000  # the first seed of the smears that no recipe learns from
HIDDEN = 0.35  # a red cell of which a white one covers more than this is not to be found


@dataclass(frozen=True)
class Smear:
    """What to draw: how many of each kind at most and at least, and how large red cells are (radius as a share of the height)."""

    red: tuple[int, int] = (4, 26)
    white: tuple[int, int] = (0, 2)
    platelets: tuple[int, int] = (0, 5)
    radius: tuple[float, float] = (0.085, 0.13)
    heaps: float = 0.6  # share of red cells put beside another one
    unlike: tuple[float, float] = (0.8, 1.15)  # how far red cells of one smear differ in radius


def draw(seed: int, height: int = HEIGHT, width: int = WIDTH, what: Smear = Smear()) -> Boxed:
    """One smear; the same for the same seed and size."""
    chance = np.random.default_rng((seed, 0x5EA2))
    plate = _Plate(chance, height, width)
    names: list[str] = []
    shapes: list[Floats] = []

    common = chance.uniform(*what.radius) * height  # cells of one smear resemble each other
    centres: list[tuple[float, float, float]] = []
    for _ in range(chance.integers(*what.red, endpoint=True)):
        radius = common * chance.uniform(*what.unlike)
        if centres and chance.random() < what.heaps:
            x, y, other = centres[chance.integers(len(centres))]
            angle, apart = chance.uniform(0, 2 * math.pi), (radius + other) * chance.uniform(0.55, 1.05)
            x, y = x + apart * math.cos(angle), y + apart * math.sin(angle)
        else:
            x, y = chance.uniform(-0.3 * radius, width + 0.3 * radius), chance.uniform(-0.3 * radius, height + 0.3 * radius)
        if any(math.hypot(x - u, y - v) < 0.5 * radius for u, v, _ in centres):
            continue  # two cells in one place are one cell
        centres.append((x, y, radius))
        names.append("RBC")
        shapes.append(plate.red(x, y, radius))
    for _ in range(chance.integers(*what.white, endpoint=True)):
        names.append("WBC")
        shapes.append(plate.white(chance.uniform(0, width), chance.uniform(0, height), common * chance.uniform(1.25, 1.9)))
    for _ in range(chance.integers(*what.platelets, endpoint=True)):
        names.append("Platelets")
        shapes.append(plate.platelet(chance.uniform(0, width), chance.uniform(0, height), common * chance.uniform(0.3, 0.5)))

    covered = np.zeros((height, width), bool)
    for name, shape in zip(names, shapes, strict=True):
        if name == "WBC":
            covered |= shape > 0.5
    boxes, kept, ignored = [], [], []
    for name, shape in zip(names, shapes, strict=True):
        inside = shape > 0.5
        if not inside.any():
            continue  # wholly outside the picture
        across, down = np.flatnonzero(inside.any(0)), np.flatnonzero(inside.any(1))
        boxes.append((across[0], down[0], across[-1] + 1, down[-1] + 1))
        kept.append(name)
        hidden = name == "RBC" and float(covered[inside].mean()) > HIDDEN
        ignored.append(hidden)
    return resized(boxed(plate.photograph(), boxes, kept, ignored, f"smear {seed}"), height, width)


class _Plate:
    """The glass: what part of the light goes through it, (H, W, 3); cells take some of it away."""

    def __init__(self, chance: np.random.Generator, height: int, width: int) -> None:
        self.chance = chance
        self.light = np.ones((height, width, 3))
        self.red_ink = np.array([chance.uniform(0.06, 0.2), chance.uniform(0.35, 0.6), chance.uniform(0.3, 0.52)])
        self.dark_ink = np.array([chance.uniform(0.6, 1.0), chance.uniform(0.9, 1.5), chance.uniform(0.05, 0.25)])
        self.pale = chance.uniform(0.0, 1.0)  # how pale the middles of red cells are in this smear

    def window(self, x: float, y: float, reach: float) -> tuple[slice, slice]:
        """The part of the picture within ``reach`` of a place: rows and columns."""
        height, width, _ = self.light.shape
        top, left = (int(np.clip(place - reach, 0, most)) for place, most in ((y, height), (x, width)))
        bottom, right = (int(np.clip(place + reach + 1, 0, most)) for place, most in ((y, height), (x, width)))
        return slice(top, bottom), slice(left, right)

    def blob(self, where: tuple[slice, slice], x: float, y: float, radius: float, rough: float, stretch: float) -> Floats:
        """A round shape with an uneven edge: the distance of each pixel from its middle as a share of that of its edge."""
        chance = self.chance
        turn = chance.uniform(0, math.pi)
        u = np.arange(where[1].start, where[1].stop)[None, :] + 0.5 - x
        v = np.arange(where[0].start, where[0].stop)[:, None] + 0.5 - y
        along, across = u * math.cos(turn) + v * math.sin(turn), v * math.cos(turn) - u * math.sin(turn)
        along, across = along / (1 + stretch), across * (1 + stretch)
        angle = np.arctan2(across, along)
        edge = np.full_like(angle, radius)
        for wave in (2, 3, 4, 5):
            edge += radius * rough / wave * float(np.clip(chance.normal(), -2, 2)) * np.cos(wave * angle + chance.uniform(0, 2 * math.pi))
        away: Floats = np.hypot(along, across) / np.maximum(edge, 1.0)
        return away

    def stain(self, where: tuple[slice, slice], amount: Floats, ink: Floats) -> None:
        """Take light away: ``amount`` (h, w) of an ink that takes so much of each colour."""
        self.light[where] *= np.exp(-amount[..., None] * ink)

    def whole(self, where: tuple[slice, slice], inside: Floats) -> Floats:
        """A shape in its place in the picture."""
        shape = np.zeros(self.light.shape[:2])
        shape[where] = inside
        return shape

    def red(self, x: float, y: float, radius: float) -> Floats:
        """A red cell; gives where it is, (H, W) from 0 to 1."""
        chance = self.chance
        where = self.window(x, y, 1.5 * radius)
        away = self.blob(where, x, y, radius, 0.08, chance.uniform(0, 0.12))
        inside = np.clip((1 - away) * radius + 0.5, 0, 1)
        thick = 0.85 + 0.15 * np.exp(-(((away - 0.85) / 0.12) ** 2))
        hole = np.clip(self.pale + chance.normal() * 0.3, 0, 1) * chance.uniform(0.5, 0.95)
        thick = thick - hole * np.exp(-((away / chance.uniform(0.3, 0.6)) ** 4))
        self.stain(where, inside * thick * chance.uniform(0.75, 1.2), self.red_ink)
        if chance.random() < 0.25:
            glint = x + radius * chance.uniform(-0.4, 0.4), y + radius * chance.uniform(-0.4, 0.4)
            spot = self.window(*glint, 5)
            self.light[spot] *= 1 + 0.6 * np.exp(-((self.blob(spot, *glint, 1.7, 0.0, 0.0)) ** 2))[..., None]
        return self.whole(where, inside)

    def white(self, x: float, y: float, radius: float) -> Floats:
        """A white cell, which lies on top of red ones."""
        chance = self.chance
        where = self.window(x, y, 1.5 * radius)
        away = self.blob(where, x, y, radius, 0.06, chance.uniform(0, 0.1))
        inside = np.clip((1 - away) * radius + 0.5, 0, 1)
        grain = gaussian_filter(chance.normal(size=away.shape), 1.2) * 1.5
        body = np.array([chance.uniform(0.1, 0.4), chance.uniform(0.3, 0.6), chance.uniform(0.0, 0.3)])
        self.light[where] += 0.85 * inside[..., None] * (1 - self.light[where])
        self.stain(where, inside * np.clip(0.8 + 0.5 * grain, 0.1, 2), body)
        lobes = int(chance.integers(1, 6))
        nucleus = np.zeros_like(inside)
        start, spread = chance.uniform(0, 2 * math.pi), chance.uniform(0.25, 0.42) * radius
        for lobe in range(lobes):
            angle = start + lobe * chance.uniform(1.0, 1.5)
            size = radius * (0.72 if lobes == 1 else chance.uniform(0.32, 0.42))
            shift = 0.15 * radius if lobes == 1 else spread
            part = self.blob(where, x + shift * math.cos(angle), y + shift * math.sin(angle), size, 0.15, chance.uniform(0, 0.2))
            nucleus = np.maximum(nucleus, np.clip((1 - part) * size + 0.5, 0, 1))
        self.stain(where, nucleus * inside * np.clip(0.9 + 0.4 * grain, 0.4, 2), self.dark_ink)
        return self.whole(where, inside)

    def platelet(self, x: float, y: float, radius: float) -> Floats:
        """A platelet, which may lie on anything."""
        where = self.window(x, y, 1.8 * radius)
        away = self.blob(where, x, y, radius, 0.2, self.chance.uniform(0, 0.2))
        self.stain(where, np.clip(1.2 - away, 0, 1) ** 0.7 * self.chance.uniform(0.4, 0.9), self.dark_ink)
        return self.whole(where, np.clip((1 - away) * radius + 0.5, 0, 1))

    def photograph(self) -> Pixels:
        """What the camera sees: the lamp's uneven colour through the plate, a little out of focus, and noise."""
        chance = self.chance
        lamp = chance.uniform(0.74, 0.95) * np.array([1 + chance.uniform(-0.1, 0.06), 1.0, 1 + chance.uniform(-0.1, 0.06)])
        height, width, _ = self.light.shape
        down, across = np.linspace(-0.5, 0.5, height)[:, None], np.linspace(-0.5, 0.5, width)[None, :]
        slope = 1 + chance.uniform(-0.12, 0.12) * across + chance.uniform(-0.12, 0.12) * down
        blurred = gaussian_filter(self.light * lamp * slope[..., None], (*(chance.uniform(0.3, 1.1),) * 2, 0))
        seen = blurred + chance.normal(size=blurred.shape) * chance.uniform(0.003, 0.02)
        pixels: Pixels = (np.clip(seen, 0, 1) * 255).round().astype(np.uint8)
        return pixels
