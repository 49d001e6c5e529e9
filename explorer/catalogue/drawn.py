"""Sample pictures that the program draws itself, for networks whose data are not ours to ship: what is where in them is known exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.words import Text


@dataclass(frozen=True)
class Drawn:
    """One picture. ``kind``: of the drawer; ``seed``: from 0; ``words``: what the user calls it."""

    kind: str
    seed: int
    words: Text


DRAWN: Mapping[str, Drawn] = {
    "street": Drawn("streets", 0, Text("描いた街路", "Drawn street")),
    "street 2": Drawn("streets", 1, Text("描いた街路 2", "Drawn street 2")),
    "street 3": Drawn("streets", 2, Text("描いた街路 3", "Drawn street 3")),
    "smear": Drawn("smears", 0, Text("描いた血液の塗抹", "Drawn blood smear")),
    "smear 2": Drawn("smears", 2, Text("描いた血液の塗抹 2", "Drawn blood smear 2")),
    "membrane": Drawn("membranes", 0, Text("描いた細胞膜", "Drawn membranes")),
}
"""By the key of the sample."""

TRUTH_OF: Mapping[str, str] = {"camvid": "streets", "membrane": "membranes"}
"""The kind of drawn pictures whose truth is in the classes of a label set."""


def drawn_for(picture: object, classes: str) -> Drawn | None:
    """The drawn sample that a page has as its picture, where its truth is in the classes of this label set."""
    found = DRAWN.get(picture) if isinstance(picture, str) else None
    return found if found is not None and found.kind == TRUTH_OF.get(classes) else None
