"""The multi-level pyramid: what each scale holds once the U-shaped modules are put together, and which scale found which object."""

from __future__ import annotations

from explorer.window.panels.pyramid import PyramidPart
from explorer.words import Text


class Panel(PyramidPart):
    """The lens ``levels``."""

    about = Text(
        "U 字のモジュールを順に通し、深さの違うマップを大きさごとに束ねたものが一段です。",
        "U-shaped modules in a row; each level here is their maps of one size, shallow to deep, side by side.",
    )
