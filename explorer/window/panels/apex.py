"""What sets Ape-X apart: actors that rate what they meet, and one memory drawn from by these priorities."""

from __future__ import annotations

from explorer.results import Bundle, Matrix
from explorer.window.panels.agents import CHANCES, DRAWN, DRAWN_NOW, ERRORS, MEMORY, ActorsView, Halves, Host, LensBase, stacked
from explorer.window.panels.dueling import Panel as Streams
from explorer.window.panels.prioritized import Panel as Priorities
from explorer.window.views.pace import Pace
from explorer.window.views.ring import RingView


class Panel(LensBase):
    """A lens: the actors above, the memory they share with its errors and chances below. ``others``: V and A, and the
    steps drawn most, by the lens that shows them."""

    lens = "agent_actors"
    needs = ("memory",)
    shows = "actors"

    def __init__(self, page: Host) -> None:
        super().__init__()
        self.actors = ActorsView(page)
        self.ring = RingView(name=MEMORY, labels=(DRAWN, DRAWN_NOW, ERRORS, CHANCES))
        stacked(self, Halves(self.actors, self.ring, (5, 4)), stretch=0)
        streams, priorities = Streams(page), Priorities(page)
        self.others: dict[str, LensBase] = {streams.lens: streams, priorities.lens: priorities}
        self._newest: Matrix | None = None
        self._pace = Pace(self, 8.0, self._draw)
        self._found: dict[str, float] = {}

    def take(self, bundle: Bundle) -> None:
        self.actors.take(bundle)
        ring = bundle.parts.get("memory")
        self._found = {}
        if isinstance(ring, Matrix):
            self._newest = ring
            self._pace.ask(not bundle.facts["playing"])
            rows = dict(zip(ring.rows, ring.values, strict=True))
            self._found = {"drawn_now": float(rows["drawn now"].sum()), "largest_error": float(rows["TD error"].max()), "largest_chance": float(rows["priority"].max())}

    def _draw(self) -> None:
        if self._newest is not None:
            self.ring.set_result(self._newest)

    def numbers(self) -> dict[str, float]:
        """What the panel shows."""
        return {**self.actors.found, **self._found}
