"""What the survey says: every system, variant and claim, as data.

>>> from explorer.catalogue import system
>>> system("resnet").builds_on[0].id
'vgg'
"""

from __future__ import annotations

from explorer.catalogue import (
    basics,
    detection,
    generation,
    language,
    recognition,
    reinforcement,
    segmentation,
)
from explorer.catalogue.scenes import SCENES
from explorer.catalogue.schema import (
    CHAPTERS,
    SECTION_NAMES,
    Ancestor,
    Chapter,
    Claim,
    Lens,
    Mark,
    Paper,
    Scene,
    Section,
    System,
    Threshold,
    Variant,
    Weights,
    chapter_of,
)

__all__ = [
    "CHAPTERS",
    "PAGES",
    "SCENES",
    "SECTION_NAMES",
    "SYSTEMS",
    "Ancestor",
    "Chapter",
    "Claim",
    "Lens",
    "Mark",
    "Paper",
    "Scene",
    "Section",
    "System",
    "Threshold",
    "Variant",
    "Weights",
    "ancestors",
    "chapter_of",
    "claim",
    "page",
    "system",
]

SYSTEMS: tuple[System, ...] = (
    *basics.SYSTEMS,
    *recognition.SYSTEMS,
    *segmentation.SYSTEMS,
    *detection.SYSTEMS,
    *generation.SYSTEMS,
    *language.SYSTEMS,
    *reinforcement.SYSTEMS,
)

PAGES: tuple[System, ...] = tuple(
    entry
    for chapter in CHAPTERS
    for section in chapter.sections
    for entry in (
        *(scene for scene in SCENES if scene.section == section and scene.opens),
        *(one for one in SYSTEMS if one.section == section),
        *(scene for scene in SCENES if scene.section == section and not scene.opens),
    )
)
"""All pages of the program in the order of its lists: systems, and scenes before and after them."""

_PAGES = {entry.id: entry for entry in PAGES}
_BY_ID = {entry.id: entry for entry in SYSTEMS}
_CLAIMS = {entry.id: entry for one in SYSTEMS for entry in one.claims}


def system(system_id: str) -> System:
    """The system with this id. Raises KeyError for an unknown one."""
    return _BY_ID[system_id]


def page(page_id: str) -> System:
    """The system or scene with this id. Raises KeyError for an unknown one."""
    return _PAGES[page_id]


def claim(claim_id: str) -> Claim:
    """The claim with this id, such as ``"resnet.gradient"``. Raises KeyError for an unknown one."""
    return _CLAIMS[claim_id]


def ancestors(system_id: str) -> frozenset[str]:
    """The ids of all systems that a system builds on, near and far. Raises KeyError for an unknown id."""
    found: set[str] = set()
    waiting = [system_id]
    while waiting:
        for ancestor in _BY_ID[waiting.pop()].builds_on:
            if ancestor.id not in found:
                found.add(ancestor.id)
                waiting.append(ancestor.id)
    return frozenset(found)
