"""Streets seen from a car, drawn from a seed, with the class of every pixel and the boxes of cars, pedestrians and bicyclists.

A small world of boxes, boards and people stands on a plane and is seen through a pinhole camera 1.4 m above it; what is
farther away is painted first. Light, weather, widths, textures and everything that stands around are random. The classes are CamVid's.
A drive is one such world, longer, seen from farther and farther along its road.

Lengths are in metres: x to the right, y up from the ground, z ahead.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter
from torch import Tensor

from explorer.engine.data.camvid import BOXED, CLASSES, LEAST, ObjectBoxes

HELD_OUT = 900_000  # the first seed of the pictures that no recipe learns from
FINE = 2  # points a pixel and axis that are drawn, then averaged
VISIBLE = 0.6  # the share of an object that must be seen for its box to count
EYE = 1.4  # height of the camera
FAR = 90.0
DRIVE = 90  # pictures of a drive
STRIDE, SECONDS = 0.6, 0.08  # from one to the next: metres and time
TOLD_APART = 5.0  # points of the sheet to a metre, from which windows are drawn on a drive
STRETCH = 30.0  # what stands on so much of a road stands on as much of a longer one again and again

Colour = tuple[int, int, int]
Points = Sequence[tuple[float, float]]

PAINTS: tuple[Colour, ...] = (
    (200, 202, 206), (235, 236, 238), (30, 32, 36), (70, 74, 80), (120, 125, 132), (150, 22, 26), (28, 52, 110), (22, 70, 50), (190, 160, 60),
)  # fmt: skip
WALLS: tuple[Colour, ...] = ((150, 108, 82), (122, 78, 60), (196, 180, 150), (214, 208, 196), (168, 150, 128), (110, 106, 104), (188, 160, 118))
CLOTHES: tuple[Colour, ...] = ((24, 26, 34), (52, 60, 84), (90, 84, 78), (140, 40, 44), (206, 206, 200), (34, 72, 60), (196, 170, 70), (70, 46, 40))
TEXTURE = {"tree": 0.34, "building": 0.12, "road": 0.06, "pavement": 0.08, "fence": 0.12, "sky": 0.01}  # how strong, by class


@dataclass(frozen=True)
class Drawing:
    """One street. ``pixels`` uint8 (H, W, 3); ``labels`` uint8 (H, W), CamVid's classes; ``boxes`` of what is seen of each object."""

    pixels: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    boxes: ObjectBoxes


@dataclass(frozen=True)
class Drawings:
    """Several streets. ``images`` uint8 (N, 3, H, W); ``labels`` uint8 (N, H, W)."""

    images: Tensor
    labels: Tensor


@dataclass
class Sheet:
    """What is painted on: colours, classes, and numbers of objects, all of the same size."""

    width: int
    height: int
    colours: Image.Image = field(init=False)
    classes: Image.Image = field(init=False)
    numbers: Image.Image = field(init=False)
    objects: list[tuple[str, int]] = field(default_factory=list)  # class and pixels of each object when it was painted

    def __post_init__(self) -> None:
        size = (self.width, self.height)
        self.colours, self.classes, self.numbers = Image.new("RGB", size), Image.new("L", size), Image.new("I", size)
        self.pens = [ImageDraw.Draw(one) for one in (self.colours, self.classes, self.numbers)]
        self.number = 0

    def inks(self, colour: Colour | None, name: str) -> tuple[tuple[ImageDraw.ImageDraw, Colour | int | None], ...]:
        """What each pen draws with: the colour, the number of the class, the number of the object."""
        return tuple(zip(self.pens, (colour, CLASSES.index(name), self.number), strict=True))

    def polygon(self, points: Points, colour: Colour | None, name: str) -> None:
        """A filled polygon; without a colour only its class is set."""
        for pen, fill in self.inks(colour, name):
            if fill is not None:
                pen.polygon(list(points), fill=fill)

    def ellipse(self, x: float, y: float, across: float, down: float, colour: Colour, name: str) -> None:
        """A filled ellipse around x, y with these half axes."""
        if across < 0.3 or down < 0.3:
            return
        for pen, fill in self.inks(colour, name):
            pen.ellipse((x - across, y - down, x + across, y + down), fill=fill)

    def line(self, points: Points, width: float, colour: Colour, name: str) -> None:
        """A line of this width."""
        for pen, fill in self.inks(colour, name):
            pen.line(list(points), fill=fill, width=max(1, round(width)), joint="curve")

    def object(self, name: str, paint: Callable[[], None]) -> None:
        """Paint one object of a class that has boxes."""
        self.number = len(self.objects) + 1
        paint()
        self.objects.append((name, int((np.asarray(self.numbers) == self.number).sum())))
        self.number = 0


@dataclass(frozen=True)
class Camera:
    """Where points of the world are seen on the sheet."""

    focal: float
    middle: float
    horizon: float
    ahead: float = 0.0  # how far along the road it is

    def at(self, x: float, y: float, z: float) -> tuple[float, float]:
        """The place of a point; nothing is nearer than half a metre."""
        z = max(z - self.ahead, 0.5)
        return self.middle + self.focal * x / z, self.horizon + self.focal * (EYE - y) / z

    def scale(self, z: float) -> float:
        """Points of the sheet to a metre at this distance."""
        return self.focal / max(z - self.ahead, 0.5)

    def passed(self, z: float, least: float = 1.0) -> bool:
        """Whether what ends at this distance is nearer than ``least``, or behind."""
        return z - self.ahead < least


class Street:
    """One street while it is drawn. ``number``: of the picture of a drive along it; None: the street is seen once."""

    def __init__(self, seed: int, size: tuple[int, int], number: int | None = None) -> None:
        self.rng = np.random.default_rng((seed, 2))
        self.seed, self.number = seed, number
        self.length = 0.0 if number is None else DRIVE * STRIDE
        self.stretches = [STRETCH * count for count in range(1 + math.ceil(self.length / STRETCH))]
        height, width = size[0] * FINE, size[1] * FINE
        self.sheet = Sheet(width, height)
        self.camera = Camera(
            width * self.between(0.75, 1.1), width * self.between(0.36, 0.64), height * self.between(0.4, 0.54), STRIDE * (number or 0)
        )
        self.dusk = self.chance(0.3)
        self.left, self.right = -self.between(2.2, 7.5), self.between(2.2, 7.5)  # where the road ends
        self.pavements = self.between(1.4, 4.5), self.between(1.4, 4.5)
        self.kerb: Colour = self.shade((168, 164, 156), self.between(0.7, 1.1))

    # chance

    def between(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def one_of(self, colours: Sequence[Colour]) -> Colour:
        return colours[int(self.rng.integers(len(colours)))]

    def shade(self, colour: Colour, factor: float) -> Colour:
        red, green, blue = (max(0, min(255, round(one * factor))) for one in colour)
        return red, green, blue

    def varied(self, colour: Colour, amount: float = 18) -> Colour:
        red, green, blue = (max(0, min(255, round(one + self.rng.normal(0, amount)))) for one in colour)
        return red, green, blue

    # the world

    def sky(self) -> None:
        """Overcast, blue or evening, brighter towards the horizon, with clouds."""
        height, width = self.sheet.height, self.sheet.width
        top, low = [((150, 176, 214), (226, 232, 238)), ((236, 238, 242), (250, 250, 250)), ((96, 136, 196), (198, 214, 230))][int(self.rng.integers(3))]
        if self.dusk:
            top, low = (62, 72, 84), (146, 152, 150)
        share = np.linspace(0, 1, height)[:, None, None] / max(0.2, self.camera.horizon / height)
        values = np.array(top) + (np.array(low) - np.array(top)) * np.clip(share, 0, 1) + np.zeros((height, width, 3))
        clouds = noise(self.rng, height, width, 5) + 0.5 * noise(self.rng, height, width, 12)
        values += np.clip(clouds - self.between(0, 0.6), 0, 1)[..., None] * (np.array((245, 245, 245)) * (0.62 if self.dusk else 1) - values) * self.between(0, 0.9)
        self.sheet.colours.paste(Image.fromarray(np.clip(values, 0, 255).astype(np.uint8)))
        self.sheet.classes.paste(CLASSES.index("sky"), (0, 0, width, height))

    def ground_quad(self, x1: float, x2: float, z1: float, z2: float, colour: Colour, name: str) -> None:
        at = self.camera.at
        self.sheet.polygon((at(x1, 0, z1), at(x2, 0, z1), at(x2, 0, z2), at(x1, 0, z2)), colour, name)

    def ground(self) -> None:
        """Verge, pavements, road and what is painted on it."""
        grass = self.varied(self.one_of(((92, 110, 60), (106, 104, 76), (74, 92, 52))), 8)
        beyond = ("pavement", self.varied((150, 146, 140), 8)) if self.chance(0.6) else ("tree", grass)
        road = self.varied(self.shade((112, 112, 114), self.between(0.72, 1.25)), 4)
        paving = self.varied(self.shade((158, 152, 146), self.between(0.75, 1.15)), 6)
        self.ground_quad(-400, 400, 0.5, 3000, beyond[1], beyond[0])
        self.ground_quad(self.left - self.pavements[0], self.right + self.pavements[1], 0.5, 3000, paving, "pavement")
        self.ground_quad(self.left, self.right, 0.5, 3000, road, "road")
        for edge in (self.left, self.right):
            self.ground_quad(edge - 0.12, edge + 0.12, 0.5, 300 + self.length, self.kerb, "pavement")
        if self.chance(0.4):  # a road to the side
            start, side = self.between(6, 26), int(self.rng.choice([-1, 1]))
            inner, outer = (self.left + 0.3, -200) if side < 0 else (self.right - 0.3, 200)
            self.ground_quad(inner, outer, start, start + self.between(5, 9), road, "road")
        paint = self.shade((232, 230, 222), self.between(0.75, 1))
        lane = self.between(self.left * 0.4, self.right * 0.4)
        if self.chance(0.8):
            step = self.between(4, 9)
            for number in range(14 + math.ceil(self.length / step)):
                z = 1.0 + self.between(0, 0.2) + number * step
                self.ground_quad(lane - 0.07, lane + 0.07, z, z + step * 0.45, paint, "road")
        for edge, inside in ((self.left, 0.35), (self.right, -0.35)):
            if self.chance(0.5):
                yellow = self.chance(0.5)
                for offset in (0.0, 0.25) if yellow else (0.0,):
                    x = edge + inside + offset * np.sign(inside)
                    self.ground_quad(x - 0.05, x + 0.05, 0.5, 200 + self.length, (206, 178, 74) if yellow else paint, "road")
        if self.chance(0.25):  # a crossing
            z = self.between(5, 14)
            for number in range(int((self.right - self.left) / 1.1)):
                self.ground_quad(self.left + 0.3 + number * 1.1, self.left + 0.85 + number * 1.1, z, z + 2.4, paint, "road")
        if self.chance(0.3):  # an arrow
            x, z, at = lane + self.between(1, 2), self.between(5, 12), self.camera.at
            self.ground_quad(x - 0.08, x + 0.08, z, z + 2.2, paint, "road")
            self.sheet.polygon((at(x - 0.4, 0, z + 2.2), at(x + 0.4, 0, z + 2.2), at(x, 0, z + 3.4)), paint, "road")
        if self.chance(0.5):  # a shadow over the road
            side, z = self.chance(0.5), self.between(3, 12)
            inner = self.between(self.left, self.right)
            shadow = self.shade(road, 0.6)
            x1, x2 = (self.left, inner) if side else (inner, self.right)
            self.ground_quad(x1, x2, z, z + self.between(3, 60), shadow, "road")

    def wall(self, x: float, z1: float, z2: float, height: float, colour: Colour) -> None:
        """The side of a building along the street, with windows and perhaps a shop below."""
        at, sheet = self.camera.at, self.sheet
        near = self.camera.ahead + 0.8
        if z2 <= near:
            return
        begin = max(z1, near)
        sheet.polygon((at(x, 0, begin), at(x, 0, z2), at(x, height, z2), at(x, height, begin)), colour, "building")
        if self.number is not None and self.camera.scale(begin) < TOLD_APART:
            return
        glass, frame = self.varied((56, 62, 72), 14), self.shade(colour, 1.2)
        floors, columns = max(1, int(height / self.between(2.8, 3.4))), max(1, int((z2 - z1) / self.between(1.8, 3.2)))
        tall, share = self.between(0.4, 0.66), self.between(0.4, 0.75)
        shop = self.chance(0.45)
        for floor in range(floors):
            low = floor * height / floors
            for column in range(columns):
                a = z1 + (column + 0.5 - share / 2) * (z2 - z1) / columns
                b = a + share * (z2 - z1) / columns
                bottom, top = low + 0.9, low + 0.9 + tall * height / floors
                if floor == 0 and shop:
                    a, b, bottom, top = z1 + (column + 0.05) * (z2 - z1) / columns, z1 + (column + 0.95) * (z2 - z1) / columns, 0.5, 2.4
                colour_here = self.varied(glass, 10) if not self.chance(0.12) else self.varied((170, 164, 150), 20)
                if b <= near:
                    continue
                a = max(a, near)
                sheet.polygon((at(x, bottom - 0.08, a), at(x, bottom - 0.08, b), at(x, top + 0.08, b), at(x, top + 0.08, a)), frame, "building")
                sheet.polygon((at(x, bottom, a), at(x, bottom, b), at(x, top, b), at(x, top, a)), colour_here, "building")
        if shop:
            board = self.varied(self.one_of(PAINTS), 20)
            sheet.polygon((at(x, 2.5, begin), at(x, 2.5, z2), at(x, 3.1, z2), at(x, 3.1, begin)), board, "building")

    def front(self, x1: float, x2: float, z: float, height: float, colour: Colour, gable: bool) -> None:
        """The end of a building that faces the camera."""
        at, sheet = self.camera.at, self.sheet
        if self.camera.passed(z, 1.5):
            return
        corners = [at(x1, 0, z), at(x2, 0, z), at(x2, height, z), at(x1, height, z)]
        if gable:
            corners.insert(3, at((x1 + x2) / 2, height + abs(x2 - x1) * 0.35, z))
        sheet.polygon(corners, colour, "building")
        floors, columns = max(1, int(height / 3)), max(1, int(abs(x2 - x1) / self.between(2, 3.5)))
        glass = self.varied((58, 64, 74), 14)
        low, wide = min(x1, x2), abs(x2 - x1)
        for floor in range(floors):
            for column in range(columns):
                a, b = low + (column + 0.25) * wide / columns, low + (column + 0.75) * wide / columns
                y = floor * height / floors + 0.9
                sheet.polygon((at(a, y, z), at(b, y, z), at(b, y + 1.5, z), at(a, y + 1.5, z)), self.varied(glass, 8), "building")

    def building(self, side: int, x: float, z1: float, z2: float) -> None:
        """A building beside the street: its end, its side, its roof."""
        if self.camera.passed(z2):
            return
        height, deep = self.between(3.5, 13), self.between(6, 14)
        colour = self.varied(self.one_of(WALLS), 12)
        sunny = self.between(0.55, 1.1)
        at, near = self.camera.at, self.camera.ahead + 0.8
        roof = self.varied(self.one_of(((84, 72, 68), (112, 84, 72), (70, 72, 78))), 6)
        if self.chance(0.5):  # a sloping roof
            rise, back = self.between(1, 3), side * min(deep / 2, 4)
            self.sheet.polygon((at(x, height, max(z1, near)), at(x, height, z2), at(x + back, height + rise, z2), at(x + back, height + rise, max(z1, near))), roof, "building")
        self.front(x, x + side * deep, z1, height, self.shade(colour, self.between(0.6, 1)), self.chance(0.4))
        self.wall(x, z1, z2, height, self.shade(colour, sunny))
        if self.chance(0.4):  # chimneys
            z, width = self.between(max(z1, 4), max(z2, 5)), 0.5
            if not self.camera.passed(z):
                self.sheet.polygon((at(x, height, z), at(x + side * width, height, z), at(x + side * width, height + 1.4, z), at(x, height + 1.4, z)), self.shade(colour, 0.7), "building")

    def tree(self, x: float, z: float, high: float) -> None:
        """A trunk and a crown: leaves in many blots, or bare twigs through which the sky is seen."""
        if self.camera.passed(z):
            return
        at, scale, sheet = self.camera.at, self.camera.scale(z), self.sheet
        bark = self.varied(self.shade((74, 62, 50), self.between(0.6, 1.1)), 8)
        sheet.line((at(x, 0, z), at(x + self.between(-0.2, 0.2), high * 0.6, z)), self.between(0.18, 0.45) * scale, bark, "tree")
        centre, radius = high * 0.68, high * self.between(0.24, 0.38)
        if self.chance(0.5):
            leaf = self.varied(self.one_of(((64, 82, 40), (86, 92, 52), (48, 66, 40), (104, 88, 56))), 12)
            for _ in range(46 if self.number is None else min(46, 6 + round(0.8 * radius * scale))):  # far away fewer are told apart
                angle, reach = self.between(0, 2 * math.pi), radius * math.sqrt(self.between(0, 1))
                size = radius * self.between(0.12, 0.34) * scale
                u, v = at(x + reach * math.cos(angle), centre + 0.8 * reach * math.sin(angle), z)
                light = 0.75 + 0.4 * (math.sin(angle) * reach / radius + 1) / 2
                sheet.ellipse(u, v, size, size * 0.8, self.varied(self.shade(leaf, light), 6), "tree")
            return
        corners = [(x + radius * self.between(0.8, 1.15) * math.cos(a), centre + 0.9 * radius * self.between(0.8, 1.15) * math.sin(a)) for a in np.linspace(0, 2 * math.pi, 22)]
        outline = [at(one, y, z) for one, y in corners]
        sheet.polygon(outline, None, "tree")
        for one, y in corners:
            for _ in range(9):
                bend = self.between(0.3, 0.7), self.between(-0.4, 0.4) * radius
                joint = x + bend[0] * (one - x) + bend[1], high * 0.45 + bend[0] * (y - high * 0.45) + bend[1]
                tip = one + self.between(-0.5, 0.2) * (one - x) * 0.6, y + self.between(-0.6, 0.1) * (y - centre) * 0.6
                sheet.line((at(x, high * 0.45, z), at(*joint, z), at(*tip, z)), max(1.0, 0.035 * scale), self.varied(bark, 10), "tree")

    def pole(self, x: float, z: float) -> None:
        """A lamp post, a traffic light, a sign on its post, or a bollard."""
        if self.camera.passed(z):
            return
        at, scale, sheet = self.camera.at, self.camera.scale(z), self.sheet
        grey = self.varied(self.shade((96, 98, 98), self.between(0.3, 1.3)), 8)
        kind = self.rng.choice(["lamp", "light", "sign", "bollard"], p=[0.35, 0.2, 0.3, 0.15])
        high = {"lamp": self.between(5, 9), "light": self.between(2.8, 3.4), "sign": self.between(2.0, 3.2), "bollard": self.between(0.8, 1.1)}[str(kind)]
        width = max(1.6, (0.16 if kind == "bollard" else self.between(0.09, 0.17)) * scale)
        sheet.line((at(x, 0, z), at(x, high, z)), width, grey, "pole")
        if kind == "lamp" and self.chance(0.6):
            tip = x - np.sign(x) * self.between(0.8, 1.8)
            sheet.line((at(x, high, z), at(tip, high + 0.3, z)), width * 0.7, grey, "pole")
        if kind == "light":
            u, v = at(x, high, z)
            sheet.polygon(((u - 0.17 * scale, v), (u + 0.17 * scale, v), (u + 0.17 * scale, v + 0.9 * scale), (u - 0.17 * scale, v + 0.9 * scale)), (26, 28, 28), "sign")
            lit = int(self.rng.integers(3))
            for number, lamp in enumerate(((230, 50, 40), (236, 170, 40), (60, 220, 140))):
                colour = lamp if number == lit else self.shade(lamp, 0.25)
                sheet.ellipse(u, v + (0.17 + 0.28 * number) * scale, 0.1 * scale, 0.1 * scale, colour, "sign")
        if kind == "sign":
            u, v = at(x, high, z)
            side = self.between(0.25, 0.5) * scale
            shape, inner = int(self.rng.integers(4)), self.one_of(((240, 240, 240), (40, 90, 170), (240, 205, 60)))
            rim = self.one_of(((190, 30, 34), (30, 80, 160), (240, 240, 240)))
            if shape == 0:
                sheet.ellipse(u, v, side, side, rim, "sign")
                sheet.ellipse(u, v, side * 0.72, side * 0.72, inner, "sign")
            elif shape == 1:
                sheet.polygon(((u, v - side), (u + side, v + side * 0.75), (u - side, v + side * 0.75)), rim, "sign")
                sheet.polygon(((u, v - side * 0.5), (u + side * 0.6, v + side * 0.5), (u - side * 0.6, v + side * 0.5)), inner, "sign")
            else:
                across = side * (1.6 if shape == 2 else 0.9)
                sheet.polygon(((u - across, v - side), (u + across, v - side), (u + across, v + side), (u - across, v + side)), rim, "sign")
                sheet.polygon(((u - across * 0.7, v - side * 0.3), (u + across * 0.7, v - side * 0.3), (u + across * 0.7, v + side * 0.3), (u - across * 0.7, v + side * 0.3)), inner, "sign")

    def fence(self, x: float, z1: float, z2: float) -> None:
        """A railing along the street, or a wall of boards."""
        z1 = max(z1, self.camera.ahead + 0.5)
        if z2 <= z1:
            return
        at, sheet = self.camera.at, self.sheet
        high = self.between(0.9, 1.4)
        corners = (at(x, 0.05, z1), at(x, 0.05, z2), at(x, high, z2), at(x, high, z1))
        colour = self.varied(self.one_of(((60, 62, 62), (30, 32, 34), (140, 142, 142), (120, 92, 64))), 8)
        if self.chance(0.35):
            sheet.polygon(corners, colour, "fence")
            return
        sheet.polygon(corners, None, "fence")
        z = z1
        while z < z2:
            sheet.line((at(x, 0.05, z), at(x, high, z)), max(1, 0.03 * self.camera.scale(z)), colour, "fence")
            z += max(0.12, (z - self.camera.ahead) * 0.02)
        for y in (0.15, high):
            sheet.line((at(x, y, z1), at(x, y, z2)), max(1, 0.05 * self.camera.scale(z1)), colour, "fence")

    def car(self, x: float, z: float, across: bool) -> None:
        """A car, van or bus: seen along the street with the side that faces the camera, or across it."""
        kind = self.rng.choice(["car", "van", "bus"], p=[0.8, 0.14, 0.06])
        wide, long, high = {"car": (1.75, 4.2, 1.45), "van": (1.95, 5.0, 2.1), "bus": (2.5, 9.0, 3.0)}[str(kind)]
        if across:
            wide, long = long, wide
        if self.camera.passed(z + (0 if across else long)):
            return
        colour = self.varied(self.one_of(PAINTS), 10)
        at, scale, sheet = self.camera.at, self.camera.scale(z), self.sheet
        glass, rubber = self.varied((44, 50, 58), 10), (22, 22, 24)
        self.ground_quad(x - wide / 2 - 0.15, x + wide / 2 + 0.15, z - 0.2, z + long, self.shade((60, 60, 62), self.between(0.5, 0.9)), "road")

        def board(points: Sequence[tuple[float, float, float]], paint: Colour) -> None:
            sheet.polygon([at(*one) for one in points], paint, "car")

        def paint() -> None:
            left, right, waist = x - wide / 2, x + wide / 2, high * 0.58
            slope = 0.0 if kind == "bus" else 0.12 * wide if not across else 0.16 * wide
            near = 0.0 if kind == "bus" or across else 0.7
            if not across:  # the side that is seen
                side = right if right < 0 else left if left > 0 else None
                if side is not None:
                    dark = self.shade(colour, self.between(0.55, 0.9))
                    inner = side + (slope if side == left else -slope) * 0.6
                    board(((side, 0.25, z), (side, 0.25, z + long), (side, waist, z + long), (side, waist, z)), dark)
                    board(((side, waist, z + 0.1), (side, waist, z + long * 0.78), (inner, high, z + long * 0.62), (inner, high, z + near)), dark)
                    board(((side, waist, z + 0.35), (side, waist, z + long * 0.72), (inner, high * 0.94, z + long * 0.6), (inner, high * 0.94, z + near + 0.1)), glass)
                    for axle in (0.8, long - 0.85):
                        u, v = at(side, 0.32, z + axle)
                        here = self.camera.scale(z + axle)
                        flat = here * 0.32 * min(1.0, abs(side) / max(1.0, z + axle - self.camera.ahead) + 0.12)
                        sheet.ellipse(u, v, flat, 0.32 * here, rubber, "car")
            board(((left, 0.25, z), (right, 0.25, z), (right, waist, z), (left, waist, z)), colour)
            board(((left + 0.02, waist, z), (right - 0.02, waist, z), (right - slope, high, z + near), (left + slope, high, z + near)), self.shade(colour, 0.85))
            board(((left + 0.1, waist + 0.04, z), (right - 0.1, waist + 0.04, z), (right - slope - 0.08, high * 0.95, z + near), (left + slope + 0.08, high * 0.95, z + near)), glass)
            if across:
                middle = x + self.between(-0.1, 0.1) * wide
                board(((middle - 0.05, waist, z), (middle + 0.05, waist, z), (middle + 0.05, high, z), (middle - 0.05, high, z)), colour)
                for axle in (left + wide * 0.2, right - wide * 0.2):
                    u, v = at(axle, 0.32, z)
                    sheet.ellipse(u, v, 0.33 * scale, 0.33 * scale, rubber, "car")
                    sheet.ellipse(u, v, 0.17 * scale, 0.17 * scale, (150, 152, 156), "car")
                return
            for edge in (left, right - 0.24):
                board(((edge, 0, z), (edge + 0.24, 0, z), (edge + 0.24, 0.3, z), (edge, 0.3, z)), rubber)
            lamp: Colour = (200, 40, 36) if self.chance(0.6) else (236, 236, 216)
            for edge in (left + 0.04, right - 0.3):
                board(((edge, waist * 0.66, z), (edge + 0.26, waist * 0.66, z), (edge + 0.26, waist * 0.92, z), (edge, waist * 0.92, z)), lamp)
            board(((x - 0.26, 0.42, z), (x + 0.26, 0.42, z), (x + 0.26, 0.55, z), (x - 0.26, 0.55, z)), (226, 206, 96) if self.chance(0.5) else (236, 236, 232))
            board(((left, 0.25, z), (right, 0.25, z), (right, 0.38, z), (left, 0.38, z)), self.shade(colour, 0.5))

        sheet.object("car", paint)

    def body(self, name: str, x: float, z: float, feet: float, high: float, lean: float, legs: bool = True) -> None:
        """A person from the feet (y) up to ``high``; ``lean`` moves the head to the side."""
        at, scale, sheet = self.camera.at, self.camera.scale(z), self.sheet
        top, trousers = self.varied(self.one_of(CLOTHES), 12), self.varied(self.one_of(CLOTHES[:4]), 8)
        skin, hair = self.varied(self.one_of(((214, 172, 142), (150, 108, 82), (96, 66, 50))), 8), self.varied(self.one_of(((40, 32, 28), (110, 84, 54), (30, 30, 32))), 8)
        tall = high - feet
        hip, neck = feet + 0.47 * tall, feet + 0.84 * tall
        if legs:
            stride = self.between(0, 0.3)
            for foot in (-stride, stride):
                sheet.line((at(x, hip, z), at(x + foot * 0.4, feet + 0.25 * tall, z), at(x + foot, feet, z)), 0.17 * scale, trousers, name)
        wide = 0.21
        sheet.polygon((at(x - wide * 0.8, hip, z), at(x + wide * 0.8, hip, z), at(x + lean + wide, neck - 0.05, z), at(x + lean - wide, neck - 0.05, z)), top, name)
        for side in (-1, 1):
            elbow = x + lean + side * (wide + self.between(0, 0.08))
            sheet.line((at(x + lean + side * wide, neck - 0.08, z), at(elbow, hip + 0.12 * tall, z), at(x + side * wide, hip - 0.02, z)), 0.1 * scale, self.shade(top, 0.85), name)
        u, v = at(x + lean, feet + 0.925 * tall, z)
        sheet.ellipse(u, v - 0.02 * scale, 0.115 * scale, 0.135 * scale, hair, name)
        sheet.ellipse(u, v + 0.02 * scale, 0.09 * scale, 0.1 * scale, skin, name)

    def pedestrian(self, x: float, z: float) -> None:
        """Somebody who walks or stands."""
        if self.camera.passed(z):
            return
        self.sheet.object("pedestrian", lambda: self.body("pedestrian", x, z, 0.0, self.between(1.5, 1.9), self.between(-0.04, 0.04)))

    def bicyclist(self, x: float, z: float) -> None:
        """Somebody on a bicycle, from behind or from the side."""
        if self.camera.passed(z):
            return
        at, scale, sheet = self.camera.at, self.camera.scale(z), self.sheet
        frame = self.varied(self.one_of(PAINTS), 15)

        def paint() -> None:
            if self.chance(0.5):
                sheet.line((at(x, 0, z), at(x, 0.7, z)), max(1.5, 0.07 * scale), (28, 28, 30), "bicyclist")
                sheet.line((at(x - 0.27, 0.98, z), at(x + 0.27, 0.98, z)), 0.05 * scale, (40, 40, 42), "bicyclist")
                self.body("bicyclist", x, z, 0.28, 1.75, 0.0)
                return
            ahead = 1 if self.chance(0.5) else -1
            for wheel in (-0.5, 0.5):
                u, v = at(x + wheel, 0.34, z)
                for pen, fill in sheet.inks((30, 30, 32), "bicyclist"):
                    pen.ellipse((u - 0.34 * scale, v - 0.34 * scale, u + 0.34 * scale, v + 0.34 * scale), outline=fill, width=max(1, round(0.05 * scale)))
            joints = ((-0.5, 0.34), (-0.15, 0.85), (0.4, 0.9), (0.5, 0.34), (0.4, 0.9), (0.0, 0.34), (-0.15, 0.85))
            sheet.line([at(x + ahead * one, y, z) for one, y in joints], 0.05 * scale, frame, "bicyclist")
            self.body("bicyclist", x - ahead * 0.15, z, 0.3, 1.75, ahead * 0.28)

        sheet.object("bicyclist", paint)

    # all together

    def paint(self) -> None:
        """Everything, far things first."""
        self.sky()
        self.ground()
        things: list[tuple[float, Callable[[], None]]] = []

        def add(z: float, thing: Callable[..., None], *given: object) -> None:
            things.append((z, partial(self._one, len(things), thing, *given)))

        for _ in range(int(self.rng.integers(3, 9))):  # the far end
            x, z = self.between(-40, 40), self.between(FAR, FAR * 1.6) + self.length
            if self.chance(0.6):
                add(z, self.front, x - self.between(4, 12), x + self.between(4, 12), z, self.between(5, 16), self.varied(self.one_of(WALLS)), self.chance(0.4))
            else:
                add(z, self.tree, x, z, self.between(8, 16))
        for side, edge in ((-1, self.left - self.pavements[0]), (1, self.right + self.pavements[1])):
            built, z = self.between(0.35, 1), self.between(0.8, 8)
            line = edge + side * self.between(0.2, 4)
            while z < FAR + self.length:
                long = self.between(5, 16)
                if self.chance(built):
                    add(z, self.building, side, line + side * self.between(0, 1), z, z + long)
                else:
                    for _ in range(int(self.rng.integers(1, 5))):
                        far = z + self.between(0, long)
                        add(far, self.tree, line + side * self.between(-1, 6), far, self.between(4, 11))
                    if self.chance(0.6):
                        add(z, self.fence, line + side * 0.3, max(z, 1.0), z + long)
                z += long
            x = edge - side * self.between(0.3, 0.8)
            pavement = self.pavements[0 if side < 0 else 1]
            for start in self.stretches:
                for _ in range(int(self.rng.integers(1, 6))):
                    z = start + self.between(3, 40)
                    add(z, self.pole, x if self.chance(0.5) else edge - side * pavement + side * 0.3, z)
                if self.chance(0.3):
                    z = start + self.between(2, 14)
                    add(z, self.fence, edge - side * (pavement - 0.25), z, z + self.between(4, 20))
                if self.chance(0.35):
                    z = start + self.between(5, 25)
                    add(z, self.tree, x, z, self.between(4, 8))
                for _ in range(int(self.rng.poisson(2.2))):
                    z = start + self.between(3.5, 30)
                    add(z, self.pedestrian, edge - side * self.between(-0.2, pavement), z)
                if self.chance(0.5):  # parked cars
                    z, kerb = start + self.between(4, 16), (self.left + 1.1) if side < 0 else (self.right - 1.1)
                    for _ in range(int(self.rng.integers(1, 5))):
                        add(z, self.car, kerb, z, False)
                        z += self.between(5, 9)
        for start in self.stretches:
            for _ in range(int(self.rng.poisson(1.8))):
                z = start + self.between(5, 45) + self.driven(1.0, 1.5)
                add(z, self.car, self.between(self.left * 0.55, self.right * 0.55), z, False)
            if self.chance(0.25) and self.number is None:
                z = start + self.between(7, 22)
                add(z, self.car, self.between(self.left, self.right), z, True)
            for _ in range(int(self.rng.poisson(0.8))):
                z = start + self.between(4, 24) + self.driven(0.3, 0.5)
                add(z, self.bicyclist, self.aside(self.between(self.left, self.right)), z)
            if self.chance(0.2):
                z = start + self.between(5, 18)
                add(z, self.pedestrian, self.aside(self.between(self.left, self.right)), z)
        for _, thing in sorted(things, key=lambda one: -one[0]):
            thing()
        if self.number is not None:
            self.rng = np.random.default_rng((self.seed, 5))

    def _one(self, place: int, thing: Callable[..., None], *given: object) -> None:
        """Paint one thing; on a drive it looks the same from everywhere."""
        if self.number is not None:
            self.rng = np.random.default_rng((self.seed, 4, place))
        thing(*given)

    def driven(self, slowest: float, fastest: float) -> float:
        """How far another road user has come while the camera drove; their speed in those of the camera."""
        return 0.0 if self.number is None else self.number * STRIDE * self.between(slowest, fastest)

    def aside(self, x: float) -> float:
        """A place on the road where a drive does not come by."""
        return x if self.number is None else math.copysign(max(1.7, abs(x)), x)

    def developed(self, size: tuple[int, int]) -> NDArray[np.uint8]:
        """The colours as a camera would have taken them: texture, light, a soft focus and noise."""
        height, width = self.sheet.height, self.sheet.width
        names = np.asarray(self.sheet.classes)
        strength = np.array([TEXTURE.get(name, 0.04) for name in CLASSES])[names]
        values = np.asarray(self.sheet.colours).astype(np.float64)
        grain = 0.6 * noise(self.rng, height, width, width // 3) + 0.7 * noise(self.rng, height, width, width // 9) + 0.7 * noise(self.rng, height, width, 14)
        values *= (1 + strength * grain)[..., None]
        values *= (1 + 0.12 * noise(self.rng, height, width, 3))[..., None]  # light that is not the same everywhere
        small = np.asarray(Image.fromarray(np.clip(values, 0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(self.between(0.3, 1.3))).resize((size[1], size[0]), Image.Resampling.BOX)).astype(np.float64)
        exposure = self.between(0.36, 0.75) if self.dusk else self.between(0.75, 1.25)
        tint = np.array((1 + self.between(-0.06, 0.06), 1, 1 + self.between(-0.08, 0.08)))
        small = 255 * np.clip(small / 255 * exposure * tint, 0, 1) ** self.between(0.85, 1.2)
        developed: NDArray[np.uint8] = np.clip(small + self.rng.normal(0, self.between(1, 5), small.shape), 0, 255).astype(np.uint8)
        return developed

    def boxes(self) -> ObjectBoxes:
        """The box around what is seen of each object; ignored where too little of it is seen."""
        numbers = sampled(self.sheet.numbers)
        found: list[tuple[tuple[float, float, float, float], int, bool]] = []
        for number, (name, painted) in enumerate(self.sheet.objects, 1):
            rows, columns = np.nonzero(numbers == number)
            if len(rows) == 0:
                continue
            x1, y1, x2, y2 = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
            found.append(((x1, y1, x2, y2), BOXED.index(name), len(rows) * FINE**2 < VISIBLE * painted or (x2 - x1) * (y2 - y1) < LEAST**2))
        boxes = np.array([box for box, _, _ in found], dtype=np.float64).reshape(-1, 4)
        return ObjectBoxes(boxes, np.array([kind for _, kind, _ in found], dtype=np.int64), np.array([hidden for _, _, hidden in found], dtype=bool))


def sampled(plane: Image.Image) -> NDArray[Any]:
    """One point of the sheet for each pixel."""
    return np.asarray(plane)[FINE // 2 :: FINE, FINE // 2 :: FINE]


def noise(rng: np.random.Generator, height: int, width: int, cells: int) -> NDArray[np.float64]:
    """Smooth noise (height, width) of about zero mean and unit deviation, with so many cells across."""
    cells = max(2, cells)
    coarse = rng.normal(0, 1, (max(2, cells * height // width), cells)).astype(np.float32)
    return np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BILINEAR)).astype(np.float64)


def draw(seed: int, size: tuple[int, int] = (360, 480)) -> Drawing:
    """The street of a seed, of this height and width; about 0.2 s."""
    street = Street(seed, size)
    street.paint()
    return Drawing(street.developed(size), np.ascontiguousarray(sampled(street.sheet.classes)), street.boxes())


def draw_drive(seed: int, number: int, size: tuple[int, int] = (360, 480)) -> Drawing:
    """One picture of a drive along the street of a seed: ``number`` 0 to ``DRIVE`` − 1, ``STRIDE`` metres and ``SECONDS`` apart."""
    street = Street(seed, size, number)
    street.paint()
    return Drawing(street.developed(size), np.ascontiguousarray(sampled(street.sheet.classes)), street.boxes())


def draw_many(count: int, seed: int, size: tuple[int, int] = (360, 480)) -> Drawings:
    """The streets of so many seeds from 1,000 times ``seed`` on (from ``seed`` itself where it is ``HELD_OUT``)."""
    first = seed if seed >= HELD_OUT else 1000 * seed
    drawn = [draw(first + number, size) for number in range(count)]
    images = np.stack([one.pixels for one in drawn]) if drawn else np.empty((0, *size, 3), np.uint8)
    labels = np.stack([one.labels for one in drawn]) if drawn else np.empty((0, *size), np.uint8)
    return Drawings(torch.from_numpy(images).permute(0, 3, 1, 2).contiguous(), torch.from_numpy(labels))
