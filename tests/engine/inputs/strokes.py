"""Twenty digits drawn by code as somebody draws with a mouse: a few strokes each, slanted, uneven and shaky."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw

from explorer.results import Picture

Stroke = list[tuple[float, float]]


def arc(cx: float, cy: float, rx: float, ry: float, start: float, end: float, count: int = 24) -> Stroke:
    """Part of an ellipse; angles in degrees from the right, going down first."""
    angles = np.radians(np.linspace(start, end, count))
    return [(cx + rx * math.cos(a), cy + ry * math.sin(a)) for a in angles]


DRAWN: tuple[tuple[int, list[Stroke]], ...] = (
    (0, [arc(0.5, 0.5, 0.22, 0.32, -90, 270)]),
    (0, [arc(0.45, 0.5, 0.30, 0.30, -60, 290)]),
    (1, [[(0.52, 0.15), (0.5, 0.85)]]),
    (1, [[(0.35, 0.32), (0.53, 0.15), (0.52, 0.85)]]),
    (2, [[*arc(0.5, 0.35, 0.2, 0.18, -170, 30), (0.3, 0.82), (0.75, 0.8)]]),
    (2, [[*arc(0.48, 0.33, 0.22, 0.2, -160, 40), (0.42, 0.68), (0.25, 0.84), (0.5, 0.8), (0.78, 0.85)]]),
    (3, [[*arc(0.45, 0.33, 0.2, 0.17, -150, 90), *arc(0.45, 0.67, 0.23, 0.18, -90, 150)]]),
    (3, [[(0.28, 0.2), (0.68, 0.2), (0.47, 0.43), *arc(0.45, 0.65, 0.22, 0.2, -80, 140)]]),
    (4, [[(0.4, 0.15), (0.25, 0.55), (0.75, 0.55)], [(0.62, 0.3), (0.6, 0.88)]]),
    (4, [[(0.58, 0.88), (0.58, 0.15), (0.22, 0.62), (0.8, 0.62)]]),
    (5, [[(0.7, 0.18), (0.35, 0.18), (0.33, 0.45), *arc(0.47, 0.62, 0.22, 0.2, -120, 150)]]),
    (5, [[(0.36, 0.2), (0.33, 0.47), *arc(0.46, 0.64, 0.21, 0.19, -110, 140)], [(0.36, 0.2), (0.72, 0.17)]]),
    (6, [[(0.62, 0.15), (0.42, 0.38), (0.33, 0.62), *arc(0.5, 0.67, 0.18, 0.17, 180, -180)]]),
    (6, [[(0.5, 0.15), (0.34, 0.4), (0.32, 0.7), *arc(0.48, 0.7, 0.17, 0.14, 170, -190)]]),
    (7, [[(0.27, 0.2), (0.72, 0.2), (0.45, 0.85)]]),
    (7, [[(0.28, 0.35), (0.28, 0.2), (0.7, 0.18), (0.55, 0.5), (0.48, 0.86)]]),
    (8, [[*arc(0.5, 0.33, 0.16, 0.16, 90, 450), *arc(0.5, 0.67, 0.2, 0.18, -90, 270)]]),
    (8, [[(0.64, 0.25), *arc(0.5, 0.32, 0.16, 0.14, -20, -240), *arc(0.5, 0.66, 0.2, 0.18, -60, 200), (0.65, 0.25)]]),
    (9, [[*arc(0.48, 0.35, 0.18, 0.18, 0, -360), (0.65, 0.5), (0.6, 0.86)]]),
    (9, [[*arc(0.47, 0.36, 0.19, 0.19, -20, -370), (0.64, 0.6), (0.55, 0.8), (0.35, 0.84)]]),
)


def drawn(strokes: list[Stroke], seed: int, side: int = 256, pen: float = 0.05, shake: float = 0.012) -> Picture:
    """The strokes in a hand of its own: slanted by up to eight degrees, shaky, dark on white."""
    rng = np.random.default_rng(seed)
    angle = math.radians(rng.uniform(-8, 8))
    image = Image.new("L", (4 * side, 4 * side), 255)  # four times as fine: smooth edges
    brush = ImageDraw.Draw(image)
    width = pen * 4 * side
    for stroke in strokes:
        points = np.array(stroke) - 0.5
        points = points @ np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]]) + 0.5
        points = (points + rng.normal(0, shake, points.shape)) * 4 * side
        line = [(float(x), float(y)) for x, y in points]
        brush.line(line, fill=20, width=round(width), joint="curve")
        for x, y in line:
            brush.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=20)
    grey = np.asarray(image.resize((side, side), Image.Resampling.BOX))
    return Picture(np.repeat(grey[:, :, None], 3, axis=2), "drawn")
