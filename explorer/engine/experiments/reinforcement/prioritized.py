"""Claim about prioritised replay."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from explorer.engine.envs.small import MODULE
from explorer.engine.experiments.reinforcement.agents import OUTSIDE, Arm, learn, saved, seeds_of
from explorer.engine.experiments.run import Outcome, Run
from explorer.engine.learning.agent_settings import Settings
from explorer.results import Progress
from explorer.words import Text

WORLD = f"{MODULE}:Cliffwalk-v0 length=7"
STEPS, QUICK_STEPS = 10_000, 4000
LEVEL = 0.5
SETTINGS = Settings(
    network="dqn", hidden=32, batch=16, environments=4, train_every=16, target_every=25, learning_rate=2e-3, epsilon=0.15, epsilon_steps=3000, gamma=0.95, n_steps=1,
    learn_from=200, capacity=20_000,
)  # fmt: skip
BY_PRIORITY, EVENLY = Text("優先度で引く", "by priority"), Text("均等に引く", "evenly")
FOUND = Text(
    "半分の収益に届くまで、優先度で {first:,.0f} ステップ、均等で {second:,.0f} ステップ（{seeds} シードの平均）。",
    "Half the best return was reached after {first:,.0f} steps by priority and {second:,.0f} evenly (mean of {seeds} seeds).",
)
DIFFERS = Text(
    "論文の 2.1 節の崖の道（報酬は端だけ）で、探索しながら学びます。論文は Atari でも測りました。",
    "The paper's cliff walk (section 2.1: reward at the far end only), learnt while exploring. The paper measured Atari as well.",
)


def faster(run: Run) -> Generator[Progress, None, Outcome]:
    """Learn the cliff walk with steps drawn by priority and evenly. Disabled: both evenly."""
    run = seeds_of(run)
    arms = (
        Arm(BY_PRIORITY, replace(SETTINGS, memory="uniform" if run.disabled else "prioritized"), main=True, opens={"environment": WORLD, "settings": {"memory": "prioritized"}}),
        Arm(EVENLY, replace(SETTINGS, memory="uniform"), opens={"environment": WORLD, "settings": {"memory": "uniform"}}),
    )
    found = yield from learn(run, WORLD, arms, QUICK_STEPS if run.quick else STEPS, 1.0, measurements=40)
    first, second = found.steps_to(0, LEVEL), found.steps_to(1, LEVEL)
    share, spread = saved(first, second)
    means = [float(values.mean()) if len(values) else 0.0 for values in (first, second)]
    numbers = {"steps_saved": share, "spread": spread, "steps_by_priority": means[0], "steps_evenly": means[1]}
    text = FOUND.format(first=means[0], second=means[1], seeds=len(first))
    return Outcome(numbers, "steps_saved", text, found.plot(), OUTSIDE.format(worlds="Cliffwalk"), DIFFERS, complete=found.complete, decides=found.learnt(LEVEL), seeds=found.seeds)
