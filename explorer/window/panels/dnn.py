"""What sets the deep network apart: the loss as a landscape, cut along the path that gradient descent walked on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.results import Bundle, Result, Surface
from explorer.window.look import look
from explorer.window.views.controls import Choice, IconButton, Label, Legend
from explorer.window.views.drawing import short
from explorer.window.views.surface import SurfaceView
from explorer.words import Text

NAME = Text("損失の地形", "Loss surface")
DIRECTIONS = Text("断面の向き", "Directions of the slice")
ALONG, RANDOM = Text("歩いた道", "Along the path"), Text("無作為", "Random")
ANOTHER = Text("別の向き", "Other directions")
LOSS = Text("訓練の損失", "Training loss")
WALKED = Text("損失 {first} → **{last}**", "Loss {first} → **{last}**")
NOTHING = Text("学習を始めると、歩いた道が出ます。", "The path appears as soon as it learns.")
CEILING = 3.0  # times the loss at the start of the path: the top of the colour scale
WAITING = Text("断面を計算しています", "Cutting the slice")


class Host(Protocol):
    """The page, as its panel sees it."""

    def slice_wanted(self, **settings: Any) -> None:
        """Ask the session for another slice."""


class Panel(QWidget):
    """A lens of the page: the slice with its path, along the main components of the path or two random directions."""

    lens = "loss_surface"

    def __init__(self, page: Host) -> None:
        super().__init__()
        self._page = page
        self._seed = 0
        self.waiting = True
        self.legend = Legend("viridis", before=LOSS)
        self.view = SurfaceView(name=NAME)
        self.view.square = False
        self.view.placeholder = WAITING
        self.choice = Choice([("path", ALONG), ("random", RANDOM)], "path", name=DIRECTIONS)
        self.another = IconButton("shuffle", ANOTHER)
        self.another.setEnabled(False)
        self.words = Label(NOTHING, "label", "ink2")
        self.choice.chosen.connect(self._choose)
        self.another.clicked.connect(self._turn)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.view, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.choice)
        foot.addWidget(self.another)
        foot.addWidget(self.words, 1)
        self._column.addLayout(foot)
        look.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self._column.setSpacing(look.px(8))
        self.view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.view.setMinimumHeight(look.px(120))
        for widget in (self.choice, self.another):
            widget.setVisible(not look.projection)

    @property
    def directions(self) -> str:
        """``"path"`` or ``"random"``."""
        return self.choice.current

    def _choose(self, key: str) -> None:
        self.another.setEnabled(key == "random")
        self.waiting = True
        self._page.slice_wanted(slice=key, slice_seed=self._seed)

    def _turn(self) -> None:
        self._seed += 1
        self.waiting = True
        self._page.slice_wanted(slice="random", slice_seed=self._seed)

    def take(self, bundle: Bundle) -> bool:
        """Show a slice; says whether the bundle was one."""
        found = bundle.parts.get("loss_surface")
        if not isinstance(found, Surface):
            return False
        if bundle.facts.get("slice") != self.directions:
            return True
        self.waiting = False
        self.view.set_scale(None, None)
        self.view.set_result(found)
        numbers = self.numbers()
        self._show_scale(numbers)
        if numbers["path_points"] > 1:
            self.words.set_text(WALKED.format(first=short(numbers["loss_at_start"]), last=short(numbers["loss_at_end"])))
        else:
            self.words.set_text(NOTHING)
        return True

    def _show_scale(self, numbers: Mapping[str, Any]) -> None:
        """Steep walls far off would leave the valley in one colour: the scale ends a little above where the path began."""
        start = numbers["loss_at_start"]
        end = max(CEILING * start, 2 * numbers["lowest"]) if start is not None else numbers["highest"]
        cut = end < numbers["highest"]
        if cut:
            self.view.set_scale(None, end)
        low, high = self.view.colour_range()
        self.legend.set_range(short(low), f"≥ {short(high)}" if cut else short(high))

    def result(self) -> Result | None:
        """The slice shown."""
        return self.view.result

    def settings(self) -> dict[str, Any]:
        """Which slice was chosen."""
        return {"directions": self.directions, "seed": self._seed}

    def apply(self, settings: Mapping[str, Any]) -> None:
        """Choose it again."""
        if settings.get("directions") in ("path", "random"):
            self.choice.set_current(settings["directions"])
            self.another.setEnabled(self.directions == "random")
        self._seed = int(settings.get("seed", 0))

    def numbers(self) -> dict[str, Any]:
        """The slice in numbers: its lowest and highest loss, and the path with the loss at both its ends (as the slice has it)."""
        found = self.view.result
        if not isinstance(found, Surface):
            return {}
        path = found.path if found.path is not None else np.zeros((0, 2))
        ends = [self.view.value_at(float(x), float(y)) for x, y in (path[[0, -1]] if len(path) else [])]
        length = float(np.linalg.norm(np.diff(path, axis=0), axis=1).sum()) if len(path) > 1 else 0.0
        return {
            "directions": self.directions, "lowest": float(found.values.min()), "highest": float(found.values.max()), "path_points": len(path),
            "walked": length, "loss_at_start": ends[0] if ends else None, "loss_at_end": ends[1] if ends else None,
        }  # fmt: skip
