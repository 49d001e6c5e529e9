"""What sets experience replay apart: the memory of past steps, what was just drawn from it, and learning with it or without."""

from __future__ import annotations

from explorer.results import Bundle
from explorer.window.look import look
from explorer.window.panels.agents import Host, LensBase, MemoryView, beside, stacked
from explorer.window.views.controls import Choice, Label
from explorer.words import Text

NAME = Text("学び方", "Learning")
WITH, WITHOUT = Text("記憶から引く", "From memory"), Text("最新の一歩だけ", "Newest only")
AGAIN = Text("切り替えると、初めから学び直します。", "Switching starts learning over.")


class Panel(LensBase):
    """A lens: the memory as a strip, and a choice between drawing from it and learning from the newest steps alone."""

    lens = "agent_memory"
    needs = ("memory",)
    shows = "memory"

    def __init__(self, page: Host) -> None:
        super().__init__()
        self.choice = Choice([("uniform", WITH), ("none", WITHOUT)], "uniform", name=NAME)
        self.note = Label(AGAIN, "caption", "ink3")
        self.memory = MemoryView(rated=False)
        self._column = stacked(self, beside(self.choice, self.note), self.memory, stretch=1)
        self._kind = "uniform"
        self.choice.chosen.connect(lambda kind: page.reopen(memory=kind))
        look.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self._column.setSpacing(look.px(10))

    def take(self, bundle: Bundle) -> None:
        self._kind = str(bundle.facts["memory"])
        self.choice.set_current(self._kind)
        self.memory.take(bundle)

    def numbers(self) -> dict[str, float]:
        """What the panel shows."""
        return {**self.memory.found, "with_memory": float(self._kind != "none")}
