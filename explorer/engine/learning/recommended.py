"""How many actions the recommended settings need on each map offered, and the command that measured it.

    python -m explorer.engine.learning.recommended [NAME … | generated SIZE …]

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
from explorer.engine.learning.worlds import next_map, open_world

SEEDS = (0, 1, 2, 3, 4)
WITHIN = 0.98


@dataclass(frozen=True)
class Needed:
    """Measured: ``steps`` actions, the worst seed's ``ratio`` to the optimum then, and the optimum itself (expected value at the start)."""

    steps: int
    ratio: float
    optimum: float


NEEDED: Mapping[str, Needed] = {
    "FrozenLake-v1 4x4 firm": Needed(2_000, 1.000, 0.9510),
    "FrozenLake-v1 8x8 firm": Needed(20_000, 1.000, 0.8775),
    "FrozenLake-v1 generated size=8 seed=1 firm": Needed(20_000, 1.000, 0.8775),
    "CliffWalking-v1": Needed(10_000, 1.000, -12.2479),
    "Taxi-v4": Needed(500_000, 1.000, 6.3275),
    "FrozenLake-v1 4x4 slippery": Needed(600_000, 1.000, 0.5420),
    "CliffWalking-v1 slippery": Needed(2_000_000, 1.000, -46.3527),
    "FrozenLake-v1 8x8 slippery": Needed(3_000_000, 0.995, 0.4146),
    "FrozenLake-v1 generated size=8 seed=1 slippery": Needed(3_000_000, 0.987, 0.2962),
}
"""By the name of the environment, as the page offers it."""
GENERATED: Mapping[int, Needed] = {
    4: Needed(1_000_000, 0.999, 0.2),
    5: Needed(2_000_000, 0.992, 0.2),
    6: Needed(3_000_000, 0.986, 0.2),
    7: Needed(5_000_000, 0.988, 0.2),
    8: Needed(6_000_000, 0.986, 0.2),
}
"""Generated slippery maps by size: the worst of those offered among the first 24, each with five seeds. Two thousand million actions: for
time's sake measured with a compiled copy of the loop; the command repeats the first three maps with the loop itself. The optimum is the
least with which a map is offered."""
QUICK: Mapping[str, int] = {
    "FrozenLake-v1 4x4 firm": 2_000, "FrozenLake-v1 8x8 firm": 20_000, "CliffWalking-v1": 10_000, "FrozenLake-v1 4x4 slippery": 400_000,
}
"""What can be measured in a few seconds, with two seeds."""


def needed(world: TableWorld) -> int:
    """Actions the recommended settings need here: measured where the map is offered, else estimated from a map of that size and ice."""
    ice = "firm" if world.certain else "slippery"
    plain = " ".join(word for word in world.spec.split() if word != ice)
    for name in (world.spec, f"{world.spec} {ice}", plain):
        if name in NEEDED and (name != plain or open_world(plain).certain == world.certain):
            return NEEDED[name].steps
    if "generated" in world.spec.split() and not world.certain and world.picture.rows in GENERATED:
        return GENERATED[world.picture.rows].steps
    pairs = int(world.reachable.sum()) * world.actions_count
    return pairs * (300 if world.certain else 24_000)


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
    """Measure every map of the table again (or those named) and print it; ``generated 8``: the generated maps of that size."""
    if sys.argv[1:2] == ["generated"]:
        for size in map(int, sys.argv[2:]):
            wanted = GENERATED[size]
            begin, names = time.perf_counter(), [f"FrozenLake-v1 generated size={size} slippery"]
            for _ in range(3):
                names.append(next_map(names[-1]))
            ratio = min(worst_of(name, wanted.steps) for name in names[1:])
            least = min(open_world(name).best_worth(EXACT_GAMMA) for name in names[1:])
            print(f"    {size}: Needed({wanted.steps:_}, {ratio:.3f}, {least:.4f}),  # {time.perf_counter() - begin:.0f} s", flush=True)
        return
    for spec in sys.argv[1:] or NEEDED:
        begin = time.perf_counter()
        ratio = worst_of(spec, NEEDED[spec].steps)
        print(f'    "{spec}": Needed({NEEDED[spec].steps:_}, {ratio:.3f}, {open_world(spec).best_worth(EXACT_GAMMA):.4f}),'
              f"  # {time.perf_counter() - begin:.0f} s", flush=True)


if __name__ == "__main__":
    main()
