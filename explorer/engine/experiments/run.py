"""How a claim is measured: what an experiment is given, what it returns, and how that becomes a verdict."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from explorer.catalogue.judge import judge
from explorer.catalogue.schema import Claim
from explorer.results import Curves, Judgement, Progress, Result, Verdict
from explorer.words import InputError, Text

STOPPED = Text("途中で止めたので、ここまでの結果です。", "Stopped early: this is what was measured until then.")
TOO_SHORT = Text("短縮版では決まりません。全部測れば決まります。", "Too short a run to tell: measure it in full.")
TOO_LITTLE = Text("ここまででは決まりません。", "Too little to tell.")
NOT_YET = Text("「{claim}」を測る実験はまだありません。", "There is no experiment for “{claim}” yet.")


@dataclass(frozen=True)
class Run:
    """What an experiment is given.

    ``quick``: at most 20 s, fewer steps (said in the verdict). ``seeds``: the seeds to repeat over. ``disabled``: the mechanism under test
    is switched off, so that an honest experiment must come to another verdict. ``data``: folder with public data sets, or None.
    ``stop``: true once the user wants what there is so far; ask between steps and return an Outcome with ``complete=False``.
    """

    quick: bool = False
    seeds: tuple[int, ...] = (0, 1, 2)
    disabled: bool = False
    data: Path | None = None
    stop: Callable[[], bool] = field(default=lambda: False)


@dataclass(frozen=True)
class Outcome:
    """What an experiment returns: ``numbers`` for the thresholds, ``key`` the one for the chip, ``text`` one line on what was seen.

    ``data``: on which data. ``differs``: how it differs from the paper. ``at_most``: the best verdict this evidence can give.
    ``decides``: false where what was compared never came about (an equal return that no agent reached): a run that was cut short cannot tell,
    and in a whole one the claim fails. ``seeds``: how many of the run's the numbers rest on, None: all.
    """

    numbers: dict[str, float]
    key: str
    text: Text
    plot: Curves | None = None
    data: Text | None = None
    differs: Text | None = None
    at_most: Judgement = "holds"
    complete: bool = True
    decides: bool = True
    seeds: int | None = None


Experiment = Callable[[Run], Generator[Progress, None, Outcome]]


def find_experiment(claim: Claim) -> Experiment:
    """The generator function the claim names. Raises InputError when it has none yet."""
    if not claim.experiment:
        raise InputError(NOT_YET.format(claim=claim.id))
    module, _, name = claim.experiment.partition(":")
    experiment: Experiment = getattr(importlib.import_module(module), name)
    return experiment


def measure(claim: Claim, run: Run) -> Iterator[Result]:
    """Run the experiment of a claim: its progress, and last its Verdict by the thresholds of the catalogue."""
    begin = time.perf_counter()
    steps = find_experiment(claim)(run)
    try:
        while True:
            try:
                progress = next(steps)
            except StopIteration as finished:
                outcome: Outcome = finished.value
                break
            yield progress
    finally:
        steps.close()
    at_most: Judgement = "caveat" if outcome.at_most == "holds" and not outcome.complete else outcome.at_most
    whole = outcome.complete and not run.quick
    if outcome.decides and outcome.seeds != 0:
        verdict = judge(claim, outcome.numbers, at_most=at_most, whole=whole)
    else:
        verdict = "fails" if whole else "undecided"
    added = [] if outcome.complete else [STOPPED]
    if verdict == "undecided":
        added.append(TOO_LITTLE if added else TOO_SHORT)
    text = Text("".join(t.ja for t in (outcome.text, *added)), " ".join(t.en for t in (outcome.text, *added)))
    yield Verdict(
        claim.id, verdict, outcome.numbers, outcome.key, text, outcome.plot, outcome.data, outcome.differs,
        seeds=len(run.seeds) if outcome.seeds is None else outcome.seeds, seconds=time.perf_counter() - begin, quick=run.quick, complete=outcome.complete,
    )
