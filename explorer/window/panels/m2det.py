"""The multi-level pyramid: what each scale holds once the U-shaped modules are put together, or of each module; and which scale found which object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from explorer.results import Bundle
from explorer.window.panels.base import Host
from explorer.window.panels.pyramid import PyramidPart
from explorer.window.views.controls import Choice
from explorer.words import Text, same

DEPTH, ALL = Text("どのモジュールのマップか", "Whose maps"), Text("すべて", "All")
WRITTEN_OUT = 4  # as many modules are called TUM 1 …, more only by their numbers


class Panel(PyramidPart):
    """The lens ``levels``."""

    about = Text(
        "U 字のモジュール（TUM）を順に通し、深さの違うマップを大きさごとに束ねたものが一段です。",
        "U-shaped modules (TUM) in a row; each level here is their maps of one size, shallow to deep, side by side.",
    )

    def __init__(self, page: Host) -> None:
        self.depths = Choice((("0", ALL),), "0", name=DEPTH)
        super().__init__(page)
        self._side.insertWidget(0, self.depths)
        self.depths.chosen.connect(self._choose_depth)

    def _take(self, bundle: Bundle) -> None:
        count = bundle.facts["depths"]
        words = "TUM {}" if count <= WRITTEN_OUT else "{}"
        self.depths.set_options([("0", ALL), *((str(k), same(words.format(k))) for k in range(1, count + 1))], str(min(self.depth_shown, count)))
        super()._take(bundle)

    def _choose_depth(self, depth: str) -> None:
        self.depth_shown = int(depth)
        if self._bundle is not None:
            self._show_heats()
        self.host.changed()

    def settings(self) -> dict[str, Any]:
        return {**super().settings(), "depth": self.depth_shown}

    def apply(self, settings: Mapping[str, Any]) -> None:
        super().apply(settings)
        if isinstance(settings.get("depth"), int) and settings["depth"] >= 0:
            self.depth_shown = settings["depth"]

    def numbers(self) -> dict[str, Any]:
        return {**super().numbers(), "depth": self.depth_shown}

    def project(self, on: bool) -> None:
        super().project(on)
        self.depths.setVisible(not on)
