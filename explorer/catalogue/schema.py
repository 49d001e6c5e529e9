"""The words of the catalogue: what a system, a variant, a lens and a claim are. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from explorer.words import Text

Section = Literal["basics", "recognition", "segmentation", "detection", "generation", "language", "reinforcement"]
Weights = Literal["bundled", "download", "live", "none"]
Mark = Literal["+", "-", "·"]


@dataclass(frozen=True)
class Chapter:
    """A tab of the window: ``number`` 1–4, its sections in order."""

    number: int
    name: Text
    sections: tuple[Section, ...]


CHAPTERS: tuple[Chapter, ...] = (
    Chapter(1, Text("深層学習とは", "What it is"), ("basics",)),
    Chapter(2, Text("画像処理", "Images"), ("recognition", "segmentation", "detection", "generation")),
    Chapter(3, Text("自然言語処理", "Language"), ("language",)),
    Chapter(4, Text("強化学習", "Reinforcement learning"), ("reinforcement",)),
)

SECTION_NAMES: Mapping[Section, Text] = {
    "basics": Text("はじめに", "First steps"),
    "recognition": Text("認識", "Recognition"),
    "segmentation": Text("領域分割", "Segmentation"),
    "detection": Text("物体検出", "Detection"),
    "generation": Text("生成", "Generation"),
    "language": Text("言語", "Language"),
    "reinforcement": Text("強化学習", "Reinforcement learning"),
}


def chapter_of(section: Section) -> Chapter:
    """The chapter a section belongs to."""
    return next(c for c in CHAPTERS if section in c.sections)


@dataclass(frozen=True)
class Paper:
    """Where a system was published. ``arxiv``: its number, or empty."""

    title: str
    authors: str
    year: int
    arxiv: str = ""


@dataclass(frozen=True)
class Ancestor:
    """What a system builds on: ``id`` of the earlier one, what was kept of it, what was added."""

    id: str
    kept: Text
    added: Text


@dataclass(frozen=True)
class Variant:
    """One network (or table) of a system.

    ``model``: builder, ``"package.module:callable"``, called with ``config`` as keywords; empty where nothing is built yet.
    ``parameters``: trainable ones, or None where they depend on the input. ``weights``: bundled in ``weights/<file>``, downloaded from
    ``url`` (its name ends in the first eight digits of its SHA-256) on request, trained ``live``, or ``none``. ``bytes``: of that file, or the least it has.
    ``classes``: name of its label set. ``size``: side of the square input in pixels. ``taps``: modules worth looking into, in order.
    ``metric``: published or measured figure as (name, value), empty where the card of the bundled weights has it.
    """

    name: str
    label: Text
    model: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)
    parameters: int | None = None
    weights: Weights = "none"
    file: str = ""
    url: str = ""
    bytes: int = 0
    classes: str = ""
    size: int = 0
    taps: tuple[str, ...] = ()
    metric: tuple[str, float] | None = None


@dataclass(frozen=True)
class Lens:
    """A way of looking at a running model. ``task``: its name at the door; ``about``: one sentence on what is seen; ``group``: of LENS_GROUPS."""

    id: str
    label: Text
    task: str
    about: Text
    group: str = "apart"


@dataclass(frozen=True)
class Threshold:
    """Judges one measured number: ``larger``: holds from ``holds`` up, caveat from ``caveat`` up; otherwise down.

    ``spread``: name of the number that gives the spread over seeds: within it a difference does not count, and the verdict is
    at most *caveat*. ``grows``: the number moves towards ``holds`` as an agent goes on learning, so that a shortened run may show that
    it is reached, never that it is not.
    """

    number: str
    holds: float
    caveat: float
    larger: bool = True
    spread: str = ""
    grows: bool = False


@dataclass(frozen=True)
class Claim:
    """A claim of the survey and the experiment that judges it, written before it is measured.

    ``id``: ``"system.word"``. ``quantity``: what is measured, with its unit. ``compares``: what stands against what. ``equal``: what
    is held equal. ``thresholds``: all are judged, the worst decides. ``experiment``: ``"package.module:generator"`` or empty.
    ``minutes``: how long it takes on two cores. ``shaky``: marked ⚠ in the survey.
    """

    id: str
    mark: Mark
    text: Text
    quantity: Text
    compares: Text
    equal: Text
    thresholds: tuple[Threshold, ...]
    seeds: int = 3
    experiment: str = ""
    minutes: float = 0.0
    shaky: bool = False


@dataclass(frozen=True)
class System:
    """One page of the program.

    ``line``: a few words for the list. ``sentence``: what it is, in one sentence. ``page``: kind of page ("playground", "classify",
    "translate", "agent", …). ``input``: what the user brings ("points", "picture", "text", "environment"). ``lenses``: ids into the
    lenses of the catalogue, in the order of the tabs. ``fetched``: samples that are fetched on request.
    ``leads_to``: ids of the pages that a scene's panels open, in their order.
    """

    id: str
    section: Section
    name: Text
    year: int
    papers: tuple[Paper, ...]
    line: Text
    sentence: Text
    builds_on: tuple[Ancestor, ...] = ()
    variants: tuple[Variant, ...] = ()
    claims: tuple[Claim, ...] = ()
    page: str = ""
    input: str = ""
    lenses: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()
    fetched: tuple[str, ...] = ()
    years: str = ""
    leads_to: tuple[str, ...] = ()

    def variant(self, name: str | None = None) -> Variant:
        """The named variant, or the default: the first. Raises KeyError for an unknown name."""
        if name is None:
            return self.variants[0]
        for variant in self.variants:
            if variant.name == name:
                return variant
        raise KeyError(name)

    def claim(self, claim_id: str) -> Claim:
        """The claim with this id. Raises KeyError."""
        for claim in self.claims:
            if claim.id == claim_id:
                return claim
        raise KeyError(claim_id)


@dataclass(frozen=True)
class Scene(System):
    """A page of a chapter that is no surveyed system: an everyday use, a comparison, a timeline.

    It has no paper and no claims, and ``year`` is 0. ``opens``: it stands before the systems of its section, not after them.
    """

    year: int = 0
    papers: tuple[Paper, ...] = ()
    line: Text = field(kw_only=True)
    sentence: Text = field(kw_only=True)
    opens: bool = False
