"""Tasks of every section: measuring a claim."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from explorer.catalogue import claim as find_claim
from explorer.door import Inbox
from explorer.engine.experiments.run import Run
from explorer.engine.experiments.run import measure as measure_claim
from explorer.results import Result


def measure(inbox: Inbox, *, claim: str, quick: bool = False, data: str | None = None) -> Iterator[Result]:
    """Session: measure a claim by its id. The command "stop" ends it with what it has; last comes the Verdict."""
    asked = False

    def stop() -> bool:
        nonlocal asked
        asked = asked or any(command.name == "stop" for command in inbox.poll())
        return asked

    entry = find_claim(claim)
    folder = data or os.environ.get("DS_EXPLORER_DATA")
    run = Run(quick=quick, seeds=tuple(range(entry.seeds)), data=Path(folder) if folder else None, stop=stop)
    yield from measure_claim(entry, run)
