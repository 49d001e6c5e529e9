"""The pyramid of features: what each level holds, and which level found which object."""

from __future__ import annotations

from explorer.window.panels.pyramid import PyramidPart
from explorer.words import Text


class Panel(PyramidPart):
    """The lens ``levels``."""

    about = Text(
        "粗い段から意味が下へ流れ、細かい段に足されます。どの段にも同じヘッドが当たります。",
        "Meaning flows down from coarse levels and is added to fine ones; the same head looks at every level.",
    )
