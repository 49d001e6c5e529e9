"""The pyramid of features: what each level holds, with the way down and without, and which level found which object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from explorer.results import Boxes, Bundle
from explorer.window.look import look
from explorer.window.panels.base import Host
from explorer.window.panels.pyramid import PyramidPart
from explorer.window.views.controls import Switch
from explorer.window.views.suppression import standing
from explorer.words import Text

PATH = Text("上から下への道", "The path back down")
CUT = Text(
    "道を切ると見つかるのは **{without} 個**（あるときは **{count} 個**）。細かい段に意味が届きません。",
    "Without the path **{without}** found, with it **{count}**: no meaning comes down to the fine levels.",
)


class Panel(PyramidPart):
    """The lens ``levels``."""

    about = Text(
        "粗い段から意味が下へ流れ、細かい段に足されます。どの段にも同じヘッドが当たります。",
        "Meaning flows down from coarse levels and is added to fine ones; the same head looks at every level.",
    )

    def __init__(self, page: Host) -> None:
        self.path = Switch(PATH, True)
        self._switchable = True
        super().__init__(page)
        self._side.insertWidget(0, self.path)
        self.path.clicked.connect(self._switch)

    def depends_on(self) -> object:
        return self.host.version, self.path.isChecked()

    def asked(self) -> dict[str, Any]:
        return {"top_down": self.path.isChecked()}

    def _take(self, bundle: Bundle) -> None:
        self._switchable = bundle.facts["top_down"] is not None
        self.path.setVisible(self._switchable and not look.projection)
        candidates = bundle.parts.get("candidates")
        if isinstance(candidates, Boxes):
            self._boxes, self._levels = candidates, np.asarray(bundle.facts["candidate_levels"], np.int64)
        super()._take(bundle)

    def _tell(self) -> None:
        assert self._bundle is not None
        super()._tell()
        whole: Boxes | None = self.host.part("boxes", Boxes)
        if self._bundle.facts["top_down"] is False and whole is not None:
            count = len(standing(whole.boxes, whole.scores, whole.labels, self.least.value, float(self.host.fact("overlap", 0.5))))
            self.told.set_text(CUT.format(without=sum(self._counts), count=count))

    def _switch(self) -> None:
        self.show_now()
        self.host.changed()

    def settings(self) -> dict[str, Any]:
        return {**super().settings(), "top_down": self.path.isChecked()}

    def apply(self, settings: Mapping[str, Any]) -> None:
        super().apply(settings)
        if isinstance(settings.get("top_down"), bool):
            self.path.setChecked(settings["top_down"])

    def numbers(self) -> dict[str, Any]:
        return {**super().numbers(), "top_down": self.path.isChecked()}

    def project(self, on: bool) -> None:
        super().project(on)
        self.path.setVisible(self._switchable and not on)
