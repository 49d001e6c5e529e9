"""Claims about DQN: what becomes of a table, and of a network, when there are many states."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Generator
from dataclasses import replace

import numpy as np
import torch

from explorer.engine.experiments.reinforcement.agents import OUTSIDE, Arm, learn, seeds_of, spread_of
from explorer.engine.experiments.run import Outcome, Run
from explorer.engine.learning.agent_presets import NUMBERS
from explorer.engine.learning.agent_settings import Settings, with_changes
from explorer.engine.learning.games import open_game
from explorer.engine.models.reinforcement.dqn import dqn
from explorer.results import Curves, Progress, Series
from explorer.results.base import Floats
from explorer.words import Text, same

WORLD = "CartPole-v1"
BEST = 500.0
CUTS = (4, 8, 16, 32)
"""Cells that each of CartPole's four numbers is cut into: each time twice as many."""
RANGES = np.array([2.4, 3.0, 0.21, 3.0])
"""Half the range of each number that is cut: position, velocity, angle, angular velocity."""
TABLE_STEPS, TABLE_QUICK = 60_000, 8000
NETWORK_STEPS, NETWORK_QUICK = 40_000, 6000
ALPHA, EPSILON, GAMMA = 0.1, 0.1, 0.99
LEARNING = Text("表で学習中: 一つの数を {cuts} に区切る、シード {seed}", "Learning with a table: {cuts} cells a number, seed {seed}")
CELLS, VISITED = Text("一つの数の区切り", "Cells for each number"), Text("訪れた欄の割合", "Share of cells visited")
SHARE, SIZE = Text("訪れた割合", "share visited"), Text("表の大きさ（最大を 1 とする）", "size of the table (largest = 1)")
EXPLODES = Text(
    "一つの数を {least} から {most} に区切ると、表は {first:,} 欄から {last:,} 欄に。{steps:,} ステップで訪れたのは、そのうち {visited:.1%}。",
    "From {least} to {most} cells a number, the table grows from {first:,} to {last:,} cells; {steps:,} steps visit {visited:.1%} of them.",
)
EXPLODES_DIFFERS = Text("調査書の言葉を CartPole で測ります。表も Q 学習で学びながら動きます。", "The survey's words, measured on CartPole; the table itself learns by Q-learning as it plays.")
GROWS = Text(
    "区切りを 8 倍細かくすると表は {table:,.0f} 倍、ネットワークのパラメータは {network:.2f} 倍。収益はネットワークが {share:.0%}、一番よい表が {best:.0%}（最良 = 100%）。",
    "With eight times the precision the table is {table:,.0f} times as large, the network's parameters {network:.2f} times. "
    "Return: {share:.0%} with the network, {best:.0%} with the best table (best = 100%).",
)
GROWS_DIFFERS = Text(
    "同じステップ数で、表はそれぞれの細かさで、ネットワークは数そのものから学びます。",
    "In as many steps, a table learns at each precision, the network from the numbers themselves.",
)
NETWORK = same("DQN")


def table_explodes(run: Run) -> Generator[Progress, None, Outcome]:
    """Cut CartPole's numbers finer and finer, and learn with each table. Disabled: only the angle is cut, as if there were one number."""
    run = seeds_of(run)
    steps = TABLE_QUICK if run.quick else TABLE_STEPS
    numbers = 1 if run.disabled else 4
    sizes = [2 * cuts**numbers for cuts in CUTS]
    shares: list[list[float]] = [[] for _ in CUTS]
    complete, begin, done = True, time.perf_counter(), 0
    for seed in run.seeds:
        for index, cuts in enumerate(CUTS):
            progress = learn_table(run, cuts, steps, seed, numbers)
            text = LEARNING.format(cuts=cuts, seed=seed)
            result = None
            while result is None:
                try:
                    share = next(progress)
                    total = (done + share) / (len(CUTS) * len(run.seeds))
                    yield Progress(text, total, (time.perf_counter() - begin) * (1 - total) / max(total, 1e-6), table_plot(shares, sizes))
                    complete = complete and not run.stop()
                except StopIteration as finished:
                    result = finished.value
            shares[index].append(result[0])
            done += 1
            if not complete:
                break
        if not complete:
            break
    visited = float(np.mean(shares[-1])) if shares[-1] else float(np.mean(shares[0]))
    ratio = float((sizes[-1] / sizes[0]) ** (1 / (len(CUTS) - 1)))
    found = {"size_ratio": ratio, "visited_share": visited, "largest_table": float(sizes[-1])}
    text = EXPLODES.format(least=CUTS[0], most=CUTS[-1], first=sizes[0], last=sizes[-1], steps=steps, visited=visited)
    return Outcome(found, "size_ratio", text, table_plot(shares, sizes), OUTSIDE.format(worlds=WORLD), EXPLODES_DIFFERS, complete=complete and all(shares), seeds=min(map(len, shares)))


def network(run: Run) -> Generator[Progress, None, Outcome]:
    """Learn CartPole with DQN and with tables of growing precision. Disabled: the network is given the table's cells, one input each."""
    run = seeds_of(run)
    steps = NETWORK_QUICK if run.quick else NETWORK_STEPS
    arm = Arm(NETWORK, with_changes(Settings(), {**NUMBERS, "network": "dqn", "memory": "uniform"}), main=True, opens={"environment": WORLD})
    found = yield from learn(run, WORLD, (arm,), steps, BEST, measurements=16, until=0.7)
    tables: list[float] = []
    for index, cuts in enumerate(CUTS[:3]):
        progress = learn_table(replace(run, seeds=run.seeds[:1]), cuts, steps, run.seeds[0], 4)
        result = None
        while result is None:
            try:
                share = next(progress)
                text = LEARNING.format(cuts=cuts, seed=run.seeds[0])
                yield Progress(text, 0.7 + 0.1 * (index + share), None, found.plot())
            except StopIteration as finished:
                result = finished.value
        tables.append(result[1] / BEST)
    table_ratio = float((CUTS[-1] / CUTS[0]) ** 4)
    parameters = [count_parameters(cuts**4 if run.disabled else 4) for cuts in (CUTS[0], CUTS[-1])]
    rows = found.rows(0)
    share = float(rows.max(axis=1).mean()) if len(rows) else 0.0
    numbers = {
        "parameter_ratio": parameters[1] / parameters[0], "return_share": share, "table_ratio": table_ratio,
        "best_table_share": max(tables, default=0.0), "spread": spread_of(rows.max(axis=1)) if len(rows) else 0.0,
    }
    text = GROWS.format(table=table_ratio, network=numbers["parameter_ratio"], share=share, best=numbers["best_table_share"])
    return Outcome(numbers, "parameter_ratio", text, found.plot(), OUTSIDE.format(worlds=WORLD), GROWS_DIFFERS, complete=found.complete, seeds=found.seeds)


def learn_table(run: Run, cuts: int, steps: int, seed: int, numbers: int) -> Generator[float, None, tuple[float, float]]:
    """Q-learning on CartPole cut into cells: yields the share done, returns the share of cells visited and the mean return of the last 100 episodes.

    ``numbers``: how many of CartPole's numbers are cut, beginning with the angle; the others are not looked at.
    """
    env, shape = open_game(WORLD)
    chance = np.random.default_rng(seed)
    table: defaultdict[int, list[float]] = defaultdict(lambda: [0.0] * shape.actions)  # only the cells that were met
    corrected: set[tuple[int, int]] = set()
    order = np.array([2, 3, 0, 1][:numbers])
    look, _ = env.reset(seed=seed)
    state, total, returns = cell(look[order], RANGES[order], cuts), 0.0, []
    for step in range(steps):
        row = table[state]
        greedy = row.index(max(row)) if min(row) < max(row) else int(chance.integers(shape.actions))
        action = int(chance.integers(shape.actions)) if chance.random() < EPSILON else greedy
        look, reward, ended, cut, _ = env.step(action)
        after = cell(look[order], RANGES[order], cuts)
        target = float(reward) + (0.0 if ended else GAMMA * max(table[after]))
        row[action] += ALPHA * (target - row[action])
        corrected.add((state, action))
        total, state = total + float(reward), after
        if ended or cut:
            returns.append(total)
            look, _ = env.reset()
            state, total = cell(look[order], RANGES[order], cuts), 0.0
        if step % 1000 == 999:
            yield (step + 1) / steps
            if run.stop():
                break
    env.close()
    return len(corrected) / (shape.actions * cuts**numbers), float(np.mean(returns[-100:])) if returns else total


def count_parameters(inputs: int) -> int:
    """Parameters of the network with this many inputs."""
    with torch.device("meta"):
        made = dqn((inputs,), 2, hidden=NUMBERS["hidden"])
    return sum(one.numel() for one in made.parameters())


def cell(look: Floats, ranges: Floats, cuts: int) -> int:
    """The number of the cell a look falls into."""
    places = np.clip(((look / ranges + 1.0) / 2.0 * cuts).astype(int), 0, cuts - 1)
    number = 0
    for place in places:
        number = number * cuts + int(place)
    return number


def table_plot(shares: list[list[float]], sizes: list[int]) -> Curves:
    """The share of cells visited and the size of the table, against its precision."""
    known = [index for index, values in enumerate(shares) if values]
    x = np.array([CUTS[index] for index in known], float)
    visited = np.array([float(np.mean(shares[index])) for index in known])
    spread = np.array([spread_of(shares[index]) for index in known])
    size = np.array([sizes[index] / sizes[-1] for index in known])
    return Curves((Series(SHARE, x, visited, spread, main=True), Series(SIZE, x, size)), CELLS, VISITED, x_log=True)
