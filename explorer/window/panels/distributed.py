"""What sets distributed learning apart: several actors at once, what each sees, explores and adds, and how many there are."""

from __future__ import annotations

from explorer.results import Bundle, Result
from explorer.window.panels.agents import ActorsView, Host, LensBase, stacked


class Panel(LensBase):
    """A lens: the actors, and a slider for their number."""

    lens = "agent_actors"
    shows = "actors"

    def __init__(self, page: Host) -> None:
        super().__init__()
        self.actors = ActorsView(page)
        stacked(self, self.actors, stretch=0)

    def take(self, bundle: Bundle) -> None:
        self.actors.take(bundle)

    def result(self, bundle: Bundle) -> Result | None:
        return bundle.parts.get("actors")

    def numbers(self) -> dict[str, float]:
        """What the panel shows."""
        return dict(self.actors.found)
