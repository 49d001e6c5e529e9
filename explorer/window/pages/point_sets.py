"""Sets of points to choose from, as small pictures, and the bar with which own points are placed."""

from __future__ import annotations

import math

import numpy as np
from numpy.random import default_rng
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.window.look import look
from explorer.window.views.controls import Button, Choice, Label
from explorer.words import Text

OWN = "own"
SAMPLES: dict[str, Text] = {
    "moons": Text("三日月", "Two moons"),
    "circles": Text("二重の円", "Circles"),
    "spiral": Text("渦", "Spiral"),
    "xor": Text("XOR", "XOR"),
    "gaussians": Text("二つの雲", "Two clouds"),
    "and": Text("AND", "AND"),
    "or": Text("OR", "OR"),
    OWN: Text("自分の点", "Own points"),
}
CLASS = Text("クラス", "Class")
CLEAR = Text("消す", "Clear")
HINT = Text("クリックで A、右クリックで B。点の上で取り消し", "Click for A, right click for B, on a point to take it away")


def outline(kind: str) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """A few points that tell a set from the others at 36 px: (n, 2) in −1…1, y up, and (n,) classes."""
    t = np.linspace(0, math.pi, 9)
    chance = default_rng(3)
    if kind == "moons":
        xy = np.concatenate([np.stack([np.cos(t) - 0.5, np.sin(t) - 0.25], 1), np.stack([0.5 - np.cos(t), 0.25 - np.sin(t)], 1)]) * 0.55
    elif kind == "circles":
        around = np.linspace(0, 2 * math.pi, 12, endpoint=False)
        ring = np.stack([np.cos(around), np.sin(around)], 1)
        return np.concatenate([ring * 0.8, ring[::2] * 0.36]), np.array([0] * 12 + [1] * 6)
    elif kind == "spiral":
        along = np.linspace(0.1, 1, 12)
        arm = np.stack([np.sin(along * 7), np.cos(along * 7)], 1) * along[:, None] * 0.85
        xy = np.concatenate([arm, -arm])
    elif kind in ("xor", "and", "or"):
        corners = np.array([[-1, -1], [1, -1], [-1, 1], [1, 1]], dtype=float)
        classes = {"xor": [0, 1, 1, 0], "and": [0, 0, 0, 1], "or": [0, 1, 1, 1]}[kind]
        spread = chance.uniform(-0.28, 0.28, (4, 4, 2)) if kind == "xor" else np.zeros((4, 1, 2))
        points = (corners[:, None] * 0.52 + spread).reshape(-1, 2)
        return points, np.repeat(classes, spread.shape[1])
    else:
        xy = np.concatenate([chance.normal(-0.42, 0.17, (9, 2)), chance.normal(0.42, 0.17, (9, 2))])
    return xy, np.repeat([0, 1], len(xy) // 2)


def sample_pixels(kind: str, side: int = 108) -> NDArray[np.uint8]:
    """The set as a small picture: (side, side, 3) uint8."""
    xy, classes = outline(kind)
    ends = look.signed(np.array([-1.0, 1.0])).astype(float)
    pixels = np.full((side, side, 3), 255.0)
    radius = side / (22 if len(xy) > 4 else 10)
    reach = math.ceil(radius) + 1
    for (x, y), group in zip(xy, classes, strict=True):
        across, down = (x + 1) / 2 * side, (1 - y) / 2 * side
        left, top = max(0, int(across) - reach), max(0, int(down) - reach)
        spot = pixels[top : int(down) + reach + 2, left : int(across) + reach + 2]  # no other pixel is touched by this point
        rows, columns = np.ogrid[top : top + spot.shape[0], left : left + spot.shape[1]]
        share = np.clip(radius + 0.5 - np.hypot(columns - across, rows - down), 0, 1)[..., None]
        spot[:] = spot * (1 - share) + ends[group] * share
    return pixels.round().astype(np.uint8)


class PlacingBar(QWidget):
    """Which class the next point gets, and a button that takes all points away (``cleared``)."""

    cleared = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = Choice([("0", "A"), ("1", "B")], "0", name=CLASS)
        self.choice.setToolTip(look.say(HINT))
        self.clear_button = Button(CLEAR, "plain")
        self.clear_button.clicked.connect(self.cleared)
        self.label = Label(CLASS, "label", "ink2")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.label)
        row.addWidget(self.choice)
        row.addWidget(self.clear_button)
        look.changed.connect(self._rename)
        self.hide()

    def _rename(self) -> None:
        self.choice.setToolTip(look.say(HINT))

    @property
    def group(self) -> int:
        """The class of the next point: 0 or 1."""
        return int(self.choice.current)
