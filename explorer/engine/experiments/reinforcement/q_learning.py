"""Claims about Q-learning."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from explorer.engine.experiments.run import Outcome, Run
from explorer.engine.learning.recommended import NEEDED, QUICK
from explorer.engine.learning.tabular import Learner, settings_for
from explorer.engine.learning.tabular_results import EXACT_GAMMA
from explorer.engine.learning.worlds import open_world
from explorer.results import Curves, Progress, Series
from explorer.words import Text, same

CHECKPOINTS = 24
SLICE = 20_000
"""Actions between two looks at the clock and the stop button."""
SHOW_EVERY = 0.25
LEARNING = Text("{name}で学習中(シード {seed})", "Learning {name} (seed {seed})")
ACTIONS = Text("行動の数", "Actions")
RATIO = Text("学んだ方策の価値÷最良の価値", "Value of the learnt policy ÷ best value")
NAMES: Mapping[str, Text] = {
    "4x4": same("4×4"), "8x8": same("8×8"), "generated": Text("生成した地図", "generated map"),
    "slippery": Text("滑る", "slippery"), "firm": Text("滑らない", "firm"),
}
FOUND = Text("{maps} 枚の地図、{seeds} 個のシードで、最も悪い方策は最良の {worst:.1%}({where})。",
             "Over {maps} maps and {seeds} seeds the worst policy reached {worst:.1%} of the best ({where}).")
NOTHING_FOUND = Text("まだ一枚の地図も学び終えていません。", "No map was finished yet.")
DATA = Text("gymnasium の環境({maps})とその遷移表、外部データなし", "gymnasium environments ({maps}) and their own transition tables; no outside data")
DIFFERS = Text(
    "Watkins の証明は無限回の訪問についてのもの。ここでは有限回で、楽観的な初期値、訪問数とともに下がる α、同点はランダムという設定です。",
    "Watkins' proof is about infinitely many visits. Here they are finite, with an optimistic start, α falling with visits, ties broken at random.",
)


@dataclass
class _Seen:
    """The ratio by actions for one map: one row a seed."""

    steps: list[int] = field(default_factory=list)
    ratios: dict[int, list[float]] = field(default_factory=dict)


def map_name(spec: str) -> Text:
    """A short name of an environment for a legend: ``8×8 slippery``, ``Taxi``."""
    world = open_world(spec)
    parts = [NAMES[word] for word in spec.split()[1:] if word in NAMES]
    sizes = [word.removeprefix("size=") for word in spec.split() if word.startswith("size=")]
    parts += [same(f"{size}×{size}") for size in sizes]
    lake = world.name if not spec.startswith("FrozenLake") else None
    ja = " ".join(([lake.ja] if lake else []) + [p.ja for p in parts])
    en = " ".join(([lake.en] if lake else []) + [p.en for p in parts])
    return Text(ja, en)


def converges(run: Run) -> Generator[Progress, None, Outcome]:
    """Learn every map offered with the recommended settings and hold the greedy policy against the optimum.

    Numbers: ``worst_ratio`` (worst map and seed at the end), ``start_ratio`` (best map before the first action) and one number a map.
    Disabled: α = 0, so that nothing is ever learnt.
    """
    budget = QUICK if run.quick else {spec: needed.steps for spec, needed in NEEDED.items()}
    seeds = run.seeds if not run.quick else run.seeds[:2]
    total = sum(steps * len(seeds) for steps in budget.values())
    seen: dict[str, _Seen] = {}
    begin, done, shown, stopped = time.perf_counter(), 0, -1.0, False
    starts: list[float] = []
    for spec, steps in budget.items():
        world = open_world(spec)
        name = map_name(spec)
        record = seen[spec] = _Seen(steps=_checkpoints(steps))
        for seed in seeds:
            settings = settings_for(world, alpha=0.0 if run.disabled else None)
            learner = Learner(world, settings, seed=seed)
            ratios = record.ratios[seed] = []
            starts.append(learner.closeness(EXACT_GAMMA))
            for checkpoint in record.steps:
                while learner.steps < checkpoint and not stopped:
                    part = min(SLICE, checkpoint - learner.steps)
                    learner.run(part)
                    done += part
                    stopped = run.stop()
                    now = time.perf_counter()
                    if now - shown > SHOW_EVERY:
                        shown = now
                        text = LEARNING.format(name=name, seed=seed)
                        yield Progress(text, done / total, (now - begin) / done * (total - done), plot(seen))
                if stopped:
                    break
                ratios.append(learner.closeness(EXACT_GAMMA))
            if stopped:
                break
        if stopped:
            break
    return _outcome(seen, budget, starts, len(seeds), complete=not stopped)


def _checkpoints(steps: int) -> list[int]:
    """Numbers of actions at which to look, closer together at the beginning; the last is ``steps``."""
    return sorted({int(v) for v in np.geomspace(max(1, steps / 500), steps, CHECKPOINTS).round()})


def plot(seen: Mapping[str, _Seen]) -> Curves:
    """The ratio of the worst seed so far by actions, a line a map; a click on a point opens that map after that many actions."""
    series = []
    for spec, record in seen.items():
        rows = [r for r in record.ratios.values() if r]
        count = max((len(r) for r in rows), default=0)
        if not count:
            continue
        worst = np.array([min(r[i] for r in rows if i < len(r)) for i in range(count)])
        at = record.steps[:count]
        opens: tuple[Mapping[str, Any], ...] = tuple(
            {"environment": spec, "method": "q_learning", "recommended": True, "until": steps, "seed": 0} for steps in at
        )
        series.append(Series(map_name(spec), np.array(at, dtype=float), np.clip(worst, -1.0, 1.0), opens=opens, main=spec == max(seen, key=lambda s: seen[s].steps[-1])))
    return Curves(tuple(series), ACTIONS, RATIO, x_log=True)


def _outcome(seen: Mapping[str, _Seen], budget: Mapping[str, int], starts: list[float], seeds: int, *, complete: bool) -> Outcome:
    finished = {spec: min(r[-1] for r in record.ratios.values() if len(r) == len(record.steps))
                for spec, record in seen.items() if any(len(r) == len(record.steps) for r in record.ratios.values())}
    data = DATA.format(maps=Text("、".join(map_name(s).ja for s in budget), ", ".join(map_name(s).en for s in budget)))
    if not finished:
        last = [r[-1] for record in seen.values() for r in record.ratios.values() if r]
        return Outcome({"worst_ratio": min(last, default=max(starts, default=0.0))}, "worst_ratio", NOTHING_FOUND, plot(seen), data, DIFFERS, complete=False, decides=False, seeds=0)
    where = min(finished, key=lambda spec: finished[spec])
    worst = finished[where]
    values = {"worst_ratio": worst, "start_ratio": max(starts), **{f"ratio {spec}": value for spec, value in finished.items()}}
    text = FOUND.format(maps=len(finished), seeds=seeds, worst=worst, where=map_name(where))
    return Outcome(values, "worst_ratio", text, plot(seen), data, DIFFERS, complete=complete, seeds=seeds)
