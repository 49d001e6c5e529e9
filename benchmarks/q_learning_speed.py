"""Actions a second of the learner's loop beside a plain NumPy loop, in the same run, by turns.

    python benchmarks/q_learning_speed.py

The peer is what one writes first: the table as an array, ``argmax`` of a row, the environment's table ``P`` drawn from by a NumPy generator.
Aim: at least 0.9 of its speed, and three million actions on 8×8 slippery ice in about 15 s.
"""

from __future__ import annotations

import statistics
import time

import numpy as np

from explorer.engine.learning.tabular import Learner, settings_for
from explorer.engine.learning.worlds import open_world

SPEC = "FrozenLake-v1 8x8 slippery"
ACTIONS = 100_000
ROUNDS = 7


def plain_numpy(steps: int, seed: int = 0) -> float:
    """Q-learning as one writes it with NumPy. Returns the seconds it took."""
    world = open_world(SPEC)
    table = world.make().unwrapped.P  # type: ignore[attr-defined]
    chance = np.random.default_rng(seed)
    q = np.zeros((world.states, world.actions_count))
    epsilon, alpha, gamma, limit = 0.2, 0.1, 0.99, world.time_limit
    begin = time.perf_counter()
    state, taken = 0, 0
    for _ in range(steps):
        if chance.random() < epsilon:
            action = int(chance.integers(world.actions_count))
        else:
            action = int(np.argmax(q[state]))
        outcomes = table[state][action]
        _, successor, reward, ended = outcomes[int(chance.random() * len(outcomes))]
        target = reward + gamma * np.max(q[successor]) * (not ended)
        q[state, action] += alpha * (target - q[state, action])
        taken += 1
        state = successor
        if ended or taken >= limit:
            state, taken = 0, 0
    return time.perf_counter() - begin


def ours(steps: int, seed: int = 0) -> float:
    """The loop of the live page, the claim and the shell, with the recommended settings. Returns the seconds it took."""
    world = open_world(SPEC)
    learner = Learner(world, settings_for(world), seed=seed)
    begin = time.perf_counter()
    learner.run(steps)
    return time.perf_counter() - begin


def main() -> None:
    """Both by turns, medians and the ratio."""
    plain_numpy(2_000)
    ours(2_000)
    pairs = [(ours(ACTIONS, seed), plain_numpy(ACTIONS, seed)) for seed in range(ROUNDS)]
    mine, peer = (ACTIONS / statistics.median(side) for side in zip(*pairs, strict=True))
    ratio = statistics.median(b / a for a, b in pairs)
    print(f"learner      {mine:>10,.0f} actions/s")
    print(f"plain NumPy  {peer:>10,.0f} actions/s")
    print(f"ratio        {ratio:>10.2f}   (aim 0.90)")
    print(f"3,000,000 actions on {SPEC}: {3e6 / mine:.1f} s")


if __name__ == "__main__":
    main()
