"""What the window may ask for in the language chapter."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any, cast

import numpy as np

from explorer.engine.system import load
from explorer.engine.systems.language import Running
from explorer.results import Bundle, Matrix, Numbers, Progress, Result
from explorer.words import Text

READING = Text("読んでいます", "Reading")
WRITING = Text("訳しています", "Translating")

_running: dict[tuple[str, str | None, str | None], Running] = {}


def _load(system: str, variant: str | None, weights: str | None) -> Running:
    key = (system, variant, weights)
    if key not in _running:
        _running.clear()  # one at a time is enough for a page
        _running[key] = cast(Running, load(system, variant, weights=weights))
    return _running[key]


def translate(
    *, system: str, text: str, variant: str | None = None, weights: str | None = None, beam: int = 1, look_back: str = "learned",
    hidden: Sequence[int] = (), pace: float = 0.0,
) -> Iterator[Result]:
    """Translate ``text``; after every piece a Bundle of ``links`` (Links), ``embedding`` and ``encoder`` (Matrix, for the strip) and
    ``numbers`` (see ``attention_numbers``). ``pace``: seconds between two pieces, so that one can watch. ``hidden``: source words out of sight.

    ``facts``: the languages of the direction and the milliseconds the network has worked.
    """
    yield Progress(READING)
    running = _load(system, variant, weights)
    inside = running.inside(text)
    begin = time.perf_counter()
    worked = 0.0
    steps = running.write(text, beam=beam, look_back=look_back, hidden=tuple(hidden))
    facts: dict[str, Any] = {"source": running.source_language, "target": running.target_language, "beam": beam, "look_back": look_back}
    for links in steps:
        worked += time.perf_counter() - begin
        expected = max(len(links.target) + 1, round(len(links.source) * 1.2))
        fraction = 1.0 if links.finished else min(0.95, len(links.target) / expected)
        yield Progress(WRITING, fraction, max(0.0, (expected - len(links.target)) * (pace + worked / max(1, len(links.target)))))
        numbers = attention_numbers(links.weights)
        yield Bundle({"links": links, **inside, "numbers": numbers}, facts={**facts, "milliseconds": worked * 1000})
        if pace and not links.finished:
            end = time.monotonic() + pace
            while (left := end - time.monotonic()) > 0:
                time.sleep(min(left, 0.04))
                yield Progress(WRITING, fraction)
        begin = time.perf_counter()


def attention_numbers(weights: np.ndarray[Any, np.dtype[np.float32]]) -> Numbers:
    """How focused the looking back is: ``focus`` mean of each row's largest weight (0–1), ``entropy`` mean of the rows in bits,
    ``covered`` share of source words that some written word looked at most."""
    rows = weights[weights.sum(1) > 0] if len(weights) else weights
    labels = {"focus": Text("一番見た語の重み", "largest weight"), "entropy": Text("注意の散らばり", "spread of attention"), "covered": Text("一番に見られた語", "words looked at most")}
    units = {"entropy": "bit"}
    if not len(rows):
        return Numbers({"focus": 0.0, "entropy": 0.0, "covered": 0.0}, labels, units)
    clipped = np.clip(rows, 1e-12, 1.0)
    return Numbers(
        {
            "focus": float(rows.max(1).mean()),
            "entropy": float(-(clipped * np.log2(clipped)).sum(1).mean()),
            "covered": len(set(rows.argmax(1).tolist())) / rows.shape[1],
        },
        labels, units,
    )


def hidden_states(*, system: str, text: str, variant: str | None = None, weights: str | None = None) -> Iterator[Result]:
    """The encoder's state at each piece of ``text``: Matrix (units, pieces)."""
    yield Progress(READING)
    states: Matrix = _load(system, variant, weights).hidden_states(text)
    yield states
