"""Claim about R2D3."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

import torch

from explorer.engine.envs.small import MODULE
from explorer.engine.experiments.reinforcement.agents import OUTSIDE, Arm, difference, learn, seeds_of
from explorer.engine.experiments.run import Outcome, Run
from explorer.engine.learning.agent_settings import Settings, build_network
from explorer.engine.learning.demonstrations import demonstrate
from explorer.engine.learning.games import open_game
from explorer.engine.models.reinforcement.replay import Memory
from explorer.results import Progress
from explorer.words import Text

WORLD = f"{MODULE}:Passage-v0 length=16"
STEPS, QUICK_STEPS = 12_000, 5000
SETTINGS = Settings(
    network="r2d2", memory="prioritized", hidden=32, batch=16, environments=8, train_every=24, target_every=40, learning_rate=3e-3, epsilon=0.1, epsilon_steps=3000, gamma=0.97,
    n_steps=5, learn_from=400, capacity=20_000, burn_in=4, trace=8, rescaled=True,
)  # fmt: skip
LEVEL = 0.5
"""A return, best = 1, that no chance play reaches (chance: 0.00002)."""
RATIO = 0.25
SHOWN = 5
WITH, WITHOUT = Text("手本あり（四分の一）", "with demonstrations (a quarter)"), Text("手本なし", "without")
FOUND = Text("最後の収益は、手本ありが {first:.2f}、なしが {second:.2f}（最良 = 1）。", "Return at the end: {first:.2f} with demonstrations, {second:.2f} without (best = 1).")
DIFFERS = Text(
    "論文は八つの三次元の課題と人の手本。ここでは一歩まちがえると初めに戻る通路で、報酬は端だけ、手本は 5 回です。",
    "The paper used eight three-dimensional tasks and people's play. Here it is a passage where an error leads back to the start and only the far end pays; five demonstrations.",
)


def rare_reward(run: Run) -> Generator[Progress, None, Outcome]:
    """Learn a passage with a few demonstrations mixed in and without. Disabled: none are drawn."""
    run = seeds_of(run)
    ratio = 0.0 if run.disabled else RATIO
    arms = (Arm(WITH, replace(SETTINGS, demonstrations=ratio), main=True, shown=shown, opens={"environment": WORLD}), Arm(WITHOUT, SETTINGS, opens={"environment": WORLD}))
    found = yield from learn(run, WORLD, arms, QUICK_STEPS if run.quick else STEPS, 1.0)
    gap, spread = difference(found.final(0), found.final(1))
    means = [float(found.final(arm).mean()) if len(found.final(arm)) else 0.0 for arm in (0, 1)]
    numbers = {"difference": gap, "spread": spread, "return_with": means[0], "return_without": means[1]}
    text, data = FOUND.format(first=means[0], second=means[1]), OUTSIDE.format(worlds="Passage")
    return Outcome(numbers, "difference", text, found.plot(), data, DIFFERS, complete=found.complete, decides=found.learnt(LEVEL), seeds=found.seeds)


def shown(seed: int) -> Memory:
    """Five walks to the end without an error."""
    torch.manual_seed(seed)
    env, shape = open_game(WORLD)
    env.close()
    memory, _ = demonstrate(WORLD, SETTINGS, build_network(SETTINGS, shape), episodes=SHOWN, seed=seed, choose=lambda env: int(env.unwrapped.right()))
    return memory
