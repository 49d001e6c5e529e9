"""Three forms that most claims about detectors have: one is more accurate, one is faster, or both."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Generator

from explorer.engine.experiments.detection.measuring import AP, NAMES, SMALL, Contender, Found, Given, Times, clock, look, mean_ap, pictures, spread
from explorer.engine.experiments.run import Outcome, Run
from explorer.engine.learning.precision import Precision
from explorer.results import Progress
from explorer.words import Text

Steps = Generator[Progress, None, Outcome]


def ratio_of_time(run: Run, one: str, other: str) -> Generator[Progress, None, tuple[Given, Times, list[float]]]:
    """Seconds a picture of one system over another's, set by set. Disabled: the other in its place."""
    given = pictures(run)
    contenders = (Contender(other if run.disabled else one, main=True), Contender(other))
    times = yield from clock(run, contenders, given.groups)
    return given, times, times.ratios(0, 1)


def slower_or_faster(run: Run, one: str, other: str) -> Steps:
    """A claim about the time of a picture alone."""
    given, times, ratios = yield from ratio_of_time(run, one, other)
    ratio = statistics.median(ratios)
    ours, theirs = statistics.median(times.seconds[0]), statistics.median(times.seconds[1])
    text = Text(
        f"{NAMES[one]} は一枚 {1000 * ours:.0f} ms、{NAMES[other]} は {1000 * theirs:.0f} ms（{ratio:.2f} 倍）。",
        f"{NAMES[one]} takes {1000 * ours:.0f} ms a picture, {NAMES[other]} {1000 * theirs:.0f} ms: {ratio:.2f} times.",
    )
    numbers = {"seconds_ratio": ratio, "spread": spread(ratios), "seconds": ours, "other_seconds": theirs}
    return Outcome(numbers, "seconds_ratio", text, times.plot(), given.shown, times.note, complete=times.complete)


def difference(
    run: Run, one: str, other: str, of: Callable[[Precision], float] = mean_ap, axis: Text = AP
) -> Generator[Progress, None, tuple[Given, Found, list[float]]]:
    """A figure of one system minus another's, set by set. Disabled: the other in its place."""
    given = pictures(run)
    found = yield from look(run, (Contender(other if run.disabled else one, main=True), Contender(other)), given.groups, of, axis)
    return given, found, found.differences(0, 1, of)


def figures(found: Found, one: str, other: str, of: Callable[[Precision], float], what: Text) -> Text:
    """Both figures in one line."""
    ours, theirs = statistics.fmean(found.values(0, of)), statistics.fmean(found.values(1, of))
    return Text(f"{what.ja}は {NAMES[one]} {ours:.2f}、{NAMES[other]} {theirs:.2f}。", f"{what.en}: {NAMES[one]} {ours:.2f}, {NAMES[other]} {theirs:.2f}.")


def more_accurate(run: Run, one: str, other: str) -> Steps:
    """A claim about accuracy alone."""
    given, found, differences = yield from difference(run, one, other)
    numbers = {"difference": statistics.fmean(differences), "spread": spread(differences)}
    return Outcome(numbers, "difference", figures(found, one, other, mean_ap, AP), found.plot(mean_ap), given.about, SMALL, at_most=given.at_most, complete=found.complete)


def accurate_and_fast(run: Run, one: str, other: str) -> Steps:
    """A claim about accuracy and time together."""
    given, found, differences = yield from difference(run, one, other)
    times = yield from clock(run, found.contenders, given.groups[:1] if run.quick or not found.complete else given.groups)
    ratio = statistics.median(times.ratios(0, 1))
    told = figures(found, one, other, mean_ap, AP)
    text = Text(f"{told.ja}一枚の時間は {ratio:.2f} 倍。", f"{told.en} A picture takes {ratio:.2f} times as long.")
    numbers = {"difference": statistics.fmean(differences), "spread": spread(differences), "seconds_ratio": ratio}
    return Outcome(numbers, "difference", text, found.plot(mean_ap), given.about, SMALL, at_most=given.at_most, complete=found.complete and times.complete)
