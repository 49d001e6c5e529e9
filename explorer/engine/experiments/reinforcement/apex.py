"""Claims about Ape-X, against the clock: as in :mod:`explorer.engine.experiments.reinforcement.distributed`."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

import numpy as np

from explorer.engine.experiments.reinforcement.agents import OUTSIDE, difference, saved, seeds_of
from explorer.engine.experiments.reinforcement.distributed import BASE, PLAIN, QUICK_SECONDS, SECONDS, WALL_DIFFERS, Racer, against_the_clock, cores
from explorer.engine.experiments.run import Outcome, Run
from explorer.engine.learning.agent_settings import Settings
from explorer.results import Progress
from explorer.words import Text, same

APEX, DQN, PRIORITIZED, DUELING = same("Ape-X"), same("DQN"), Text("優先度付き", "prioritised"), same("Dueling")
TIME_FOUND = Text(
    "収益 100 に届くまで、Ape-X（アクター {count} 体）で {first:.1f} 秒、DQN で {second:.1f} 秒。",
    "A return of 100 took {first:.1f} s with Ape-X ({count} actors) and {second:.1f} s with DQN.",
)
BETTER_FOUND = Text(
    "{seconds:.0f} 秒後の収益（最良 = 1）: Ape-X {apex:.2f}、ほかで最良の{name_ja} {best:.2f}。",
    "Return after {seconds:.0f} s (best = 1): Ape-X {apex:.2f}, the best of the others, {name_en}, {best:.2f}.",
)


def apex_settings(run: Run) -> Settings:
    """Ape-X with an actor for each core. Disabled: DQN under its name."""
    return PLAIN if run.disabled else replace(BASE, network="dueling", memory="prioritized", actors=cores())


def training_time(run: Run) -> Generator[Progress, None, Outcome]:
    """Ape-X against DQN, time to an equal return. Disabled: DQN against DQN."""
    run = seeds_of(run)
    seconds = QUICK_SECONDS if run.quick else SECONDS
    found = yield from against_the_clock(run, (Racer(APEX, apex_settings(run), main=True), Racer(DQN, PLAIN)), seconds)
    first, second = found.seconds_to(0), found.seconds_to(1)
    share, spread = saved(first, second)
    means = [float(values.mean()) if len(values) else seconds for values in (first, second)]
    numbers = {"time_saved": share, "spread": spread, "seconds_apex": means[0], "seconds_dqn": means[1], "actors": float(cores())}
    text = TIME_FOUND.format(first=means[0], second=means[1], count=cores())
    data = OUTSIDE.format(worlds="CostlyCartPole")
    return Outcome(numbers, "time_saved", text, found.plot(), data, WALL_DIFFERS, complete=found.complete, decides=found.reached(), seeds=found.seeds)


def better(run: Run) -> Generator[Progress, None, Outcome]:
    """Ape-X against DQN, prioritised replay and dueling after equal time. Disabled: DQN in the place of Ape-X."""
    run = seeds_of(run)
    seconds = QUICK_SECONDS / 2 if run.quick else SECONDS / 2
    racers = (
        Racer(APEX, apex_settings(run), main=True), Racer(DQN, PLAIN), Racer(PRIORITIZED, replace(PLAIN, memory="prioritized")), Racer(DUELING, replace(PLAIN, network="dueling"))
    )
    found = yield from against_the_clock(run, racers, seconds)
    finals = [found.final(index) for index in range(len(racers))]
    means = [float(values.mean()) if len(values) else 0.0 for values in finals]
    best = 1 + int(np.argmax(means[1:]))
    gap, spread = difference(finals[0], finals[best])
    numbers = {"difference": gap, "spread": spread, "apex": means[0], "dqn": means[1], "prioritized": means[2], "dueling": means[3]}
    name = racers[best].name
    text = BETTER_FOUND.format(seconds=seconds, apex=means[0], best=means[best], name_ja=name.ja, name_en=name.en)
    data = OUTSIDE.format(worlds="CostlyCartPole")
    return Outcome(numbers, "difference", text, found.plot(), data, WALL_DIFFERS, complete=found.complete, decides=found.reached(), seeds=found.seeds)
