"""Claim about experience replay."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from explorer.engine.experiments.reinforcement.agents import OUTSIDE, Arm, difference, learn, seeds_of
from explorer.engine.experiments.run import Outcome, Run
from explorer.engine.learning.agent_settings import Settings
from explorer.results import Progress
from explorer.words import Text

WORLD = "CartPole-v1"
BEST, LEVEL = 500.0, 0.1
"""``LEVEL``: a return, best = 1, that no chance play reaches (chance: about 0.04)."""
STEPS, QUICK_STEPS = 15_000, 6000
SETTINGS = Settings(
    network="dqn", hidden=64, batch=64, environments=1, train_every=4, target_every=100, learning_rate=1e-3, epsilon=0.05, epsilon_steps=3000, n_steps=1, learn_from=500
)
WITH, WITHOUT = Text("経験再生あり", "with replay"), Text("なし（直前のステップだけ）", "without (newest steps only)")
FOUND = Text(
    "学習曲線の下の面積は、ありが {with_:.2f}、なしが {without:.2f}（{seeds} シード）。", "Area under the learning curve: {with_:.2f} with, {without:.2f} without ({seeds} seeds)."
)
DIFFERS = Text(
    "Lin と Mnih らの課題は別のもの。ここでは CartPole で、修正の回数は同じ、なしの一回は直前の 4 ステップから。",
    "Lin and Mnih et al. used other tasks. Here it is CartPole, with as many corrections; without replay each is made from the newest four steps.",
)


def learning(run: Run) -> Generator[Progress, None, Outcome]:
    """Learn CartPole with steps drawn from a memory and with the newest steps only. Disabled: both without."""
    run = seeds_of(run)
    memory = "none" if run.disabled else "uniform"
    arms = (
        Arm(WITH, replace(SETTINGS, memory=memory), main=True, opens={"environment": WORLD, "settings": {"memory": "uniform"}}),
        Arm(WITHOUT, replace(SETTINGS, memory="none"), opens={"environment": WORLD, "settings": {"memory": "none"}}),
    )
    found = yield from learn(run, WORLD, arms, QUICK_STEPS if run.quick else STEPS, BEST)
    gap, spread = difference(found.area(0), found.area(1))
    areas = [float(found.area(arm).mean()) if len(found.area(arm)) else 0.0 for arm in (0, 1)]
    text = FOUND.format(with_=areas[0], without=areas[1], seeds=len(found.area(0)))
    numbers = {"difference": gap, "spread": spread, "area_with": areas[0], "area_without": areas[1]}
    return Outcome(numbers, "difference", text, found.plot(), OUTSIDE.format(worlds=WORLD), DIFFERS, complete=found.complete, decides=found.learnt(LEVEL), seeds=found.seeds)
