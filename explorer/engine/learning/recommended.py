"""How many actions the recommended settings need on each map offered, and the command that measured it.

    python -m explorer.engine.learning.recommended

The recommended settings are those of :func:`explorer.engine.learning.tabular.settings_for`. Needed means: with each of five seeds (0 to 4)
the greedy policy's exact value (γ 0.99, no time limit, the environment's own transition table) is within 2 % of the optimum after that
many actions.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from explorer.engine.envs.tables import TableWorld
from explorer.engine.learning.tabular import Learner, settings_for
from explorer.engine.learning.tabular_results import EXACT_GAMMA
from explorer.engine.learning.worlds import open_world

SEEDS = (0, 1, 2, 3, 4)
WITHIN = 0.98


@dataclass(frozen=True)
class Needed:
    """Measured: ``steps`` actions, the worst seed's ``ratio`` to the optimum then, and the optimum itself (expected value at the start)."""

    steps: int
    ratio: float
    optimum: float


NEEDED: Mapping[str, Needed] = {
    "FrozenLake-v1 4x4 firm": Needed(2_000, 0.0, 0.0),
    "FrozenLake-v1 8x8 firm": Needed(20_000, 0.0, 0.0),
    "FrozenLake-v1 generated size=8 seed=1 firm": Needed(20_000, 0.0, 0.0),
    "CliffWalking-v1": Needed(10_000, 0.0, 0.0),
    "Taxi-v4": Needed(500_000, 0.0, 0.0),
    "FrozenLake-v1 4x4 slippery": Needed(600_000, 0.0, 0.0),
    "CliffWalking-v1 slippery": Needed(2_000_000, 0.0, 0.0),
    "FrozenLake-v1 8x8 slippery": Needed(3_000_000, 0.0, 0.0),
    "FrozenLake-v1 generated size=8 seed=1 slippery": Needed(3_000_000, 0.0, 0.0),
}
"""By the name of the environment, as the page offers it."""
QUICK: Mapping[str, int] = {
    "FrozenLake-v1 4x4 firm": 2_000, "FrozenLake-v1 8x8 firm": 20_000, "CliffWalking-v1": 10_000, "FrozenLake-v1 4x4 slippery": 400_000,
}
"""What can be measured in a few seconds, with two seeds."""


def needed(world: TableWorld) -> int:
    """Actions the recommended settings need here: measured where the map is offered, else estimated from a map of that size and ice."""
    known = NEEDED.get(world.spec)
    if known is not None:
        return known.steps
    certain = bool((world.probabilities.max(axis=2) > 1 - 1e-9)[world.reachable].all())
    pairs = int(world.reachable.sum()) * world.actions_count
    return pairs * (300 if certain else 24_000)


def worst_of(spec: str, steps: int, seeds: Sequence[int] = SEEDS) -> float:
    """The worst seed's ratio to the optimum after ``steps`` actions with the recommended settings."""
    world = open_world(spec)
    ratios = []
    for seed in seeds:
        learner = Learner(world, settings_for(world), seed=seed)
        learner.run(steps)
        ratios.append(learner.closeness(EXACT_GAMMA))
    return min(ratios)


def main() -> None:
    """Measure every map of the table again (or those named) and print it."""
    for spec in sys.argv[1:] or NEEDED:
        begin = time.perf_counter()
        ratio = worst_of(spec, NEEDED[spec].steps)
        print(f'    "{spec}": Needed({NEEDED[spec].steps:_}, {ratio:.3f}, {open_world(spec).best_worth(EXACT_GAMMA):.4f}),'
              f"  # {time.perf_counter() - begin:.0f} s", flush=True)


if __name__ == "__main__":
    main()
