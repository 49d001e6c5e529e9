"""Results with parts and links: networks, sentences, bundles; and how a task stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from explorer.results.base import Floats, Result, expect, write_csv
from explorer.results.numbers import Curves, Scores
from explorer.words import Text


@dataclass(frozen=True)
class Node:
    """One block of a network: ``shape`` without the batch (channels, height, width) or (features,); ``kind`` such as "conv", "add", "pool"."""

    name: str
    kind: str
    shape: tuple[int, ...] = ()
    parameters: int = 0
    group: str = ""


@dataclass(frozen=True)
class Edge:
    """A link from one node's name to another's. ``kind``: "main", "shortcut", "lateral" (added on the way into the target) …; ``weight``: its strength, or 1."""

    source: str
    target: str
    kind: str = "main"
    weight: float = 1.0


@dataclass(frozen=True, eq=False)
class Graph(Result):
    """A network or a family tree, nodes in the order they run."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def validate(self) -> None:
        names = {n.name for n in self.nodes}
        expect(len(names) == len(self.nodes), "node names differ")
        expect(all(e.source in names and e.target in names for e in self.edges), "edges join known nodes")

    def to_csv(self) -> str:
        return write_csv(("source", "target", "kind", "weight"), ((e.source, e.target, e.kind, e.weight) for e in self.edges))


@dataclass(frozen=True, eq=False)
class Links(Result):
    """Two rows of words and how strongly they are linked.

    ``weights``: (len(target), len(source)), each row what that target word looked at (rows so far while it is being written).
    ``unknown``: indices of source words the model does not know. ``candidates``: the next words it considered.
    ``hypotheses``: (text, score) of the sentences still in the running (beam search). ``finished``: the sentence is complete.
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    weights: Floats
    text: str = ""
    unknown: tuple[int, ...] = ()
    candidates: Scores | None = None
    hypotheses: tuple[tuple[str, float], ...] = ()
    finished: bool = True

    def validate(self) -> None:
        expect(self.weights.shape == (len(self.target), len(self.source)), f"weights {self.weights.shape} for {len(self.target)}×{len(self.source)} words")

    def to_csv(self) -> str:
        return write_csv(("", *self.source), ((t, *map(float, row)) for t, row in zip(self.target, self.weights, strict=True)))


@dataclass(frozen=True, eq=False)
class Bundle(Result):
    """Several results that belong together, by name."""

    parts: Mapping[str, Result]
    notes: tuple[Text, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    def to_csv(self) -> str:
        return "\n".join(f"# {name}\n{part.to_csv()}" for name, part in self.parts.items())


@dataclass(frozen=True, eq=False)
class Progress(Result):
    """How far a task is: ``fraction`` 0–1 or None when unknown, ``seconds_left`` or None; ``part``: what there is to show so far."""

    text: Text
    fraction: float | None = None
    seconds_left: float | None = None
    part: Result | None = None

    def to_csv(self) -> str:
        return write_csv(("text", "fraction", "seconds left"), [(self.text.en, self.fraction, self.seconds_left)])


Judgement = Literal["holds", "caveat", "fails", "undecided"]


@dataclass(frozen=True, eq=False)
class Verdict(Result):
    """What an experiment found. ``numbers``: everything the thresholds look at, by name; ``key``: the one shown on the chip.

    ``verdict``: "undecided" only of a run that was ``quick`` or not ``complete``, and too short to tell.
    """

    claim: str
    verdict: Judgement
    numbers: Mapping[str, float]
    key: str
    text: Text
    plot: Curves | None = None
    data: Text | None = None
    differs: Text | None = None
    seeds: int = 1
    seconds: float = 0.0
    quick: bool = False
    complete: bool = True

    def validate(self) -> None:
        expect(self.key in self.numbers, f"key number {self.key!r} is not among {sorted(self.numbers)}")

    def to_csv(self) -> str:
        return write_csv(("claim", "verdict", "number", "value"), ((self.claim, self.verdict, k, float(v)) for k, v in self.numbers.items()))
