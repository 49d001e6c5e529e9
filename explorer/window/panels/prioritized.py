"""What sets prioritised replay apart: the TD error each step was left with, the chance to be drawn it gives, and the steps drawn most."""

from __future__ import annotations

from explorer.results import Bundle
from explorer.window.look import look
from explorer.window.panels.agents import Host, LensBase, MemoryView, stacked
from explorer.window.views.controls import Slider
from explorer.words import Text

ALPHA, BETA = Text("優先度の強さ α", "Priority α"), Text("偏りの補正 β", "Correction β")


class Panel(LensBase):
    """A lens: the memory with errors and chances, and sliders for how much priorities count (α: 0 is even) and are corrected for (β)."""

    lens = "agent_memory"
    needs = ("memory",)
    shows = "memory"

    def __init__(self, page: Host) -> None:
        super().__init__()
        self.memory = MemoryView(rated=True)
        self.alpha = Slider(ALPHA, 0.0, 1.0, 0.6, 0.05, label_width=116)
        self.beta = Slider(BETA, 0.0, 1.0, 0.4, 0.05, label_width=116)
        self._column = stacked(self, self.memory, self.alpha, self.beta, stretch=0)
        for name, slider in (("alpha", self.alpha), ("beta", self.beta)):
            slider.changed.connect(lambda value, name=name: page.send("set", {name: float(value)}))
        self._settings: dict[str, float] = {}
        look.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self._column.setSpacing(look.px(4))

    def take(self, bundle: Bundle) -> None:
        settings = bundle.facts["settings"]
        self._settings = {name: float(settings[name]) for name in ("alpha", "beta")}
        for name, slider in (("alpha", self.alpha), ("beta", self.beta)):
            if not slider.dragging:
                slider.set_value(self._settings[name])
        self.memory.take(bundle)

    def numbers(self) -> dict[str, float]:
        """What the panel shows."""
        return {**self.memory.found, **self._settings}
