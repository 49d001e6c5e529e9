"""What a table and its learner look like: results for the map, the return curve, the visits, the table and the numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.engine.envs.tables import TableWorld
from explorer.engine.learning.tabular import Learner, mean_of_last
from explorer.results import ActionGrid, Curves, Matrix, Numbers, Series
from explorer.results.base import Floats, Integers
from explorer.words import Text, same

EXACT_GAMMA = 0.99
"""The discount at which a policy is held against the optimum, whatever the learner's own is."""
EPISODES = Text("エピソード", "Episode")
RETURN = Text("収益", "Return")
SWEEPS = Text("掃引", "Sweep")
MEAN = Text("今回", "this run")
EACH = Text("各エピソード", "each episode")
BEFORE = Text("前回", "last run")


def action_grid(world: TableWorld, values: Floats, visits: Integers, state: int, corrected: int | None = None, agent: int | None = None) -> ActionGrid:
    """The map of the cells, with the values of the states that share the layer of ``state``.

    ``values``, ``visits``: (states, actions). A cell without a reachable state stays unvisited; an unvisited cell has no policy.
    ``corrected``: the state whose row changed last; ``agent``: where it stands, if not in ``state``.
    """
    picture = world.picture
    cells, actions = picture.rows * picture.columns, world.actions_count
    shown = np.flatnonzero((picture.layer == picture.layer[state]) & world.reachable)
    grid, counts = np.zeros((cells, actions)), np.zeros((cells, actions), dtype=np.int64)
    policy = np.full(cells, -1)
    grid[picture.place[shown]] = values[shown]
    counts[picture.place[shown]] = visits[shown]
    tried = shown[visits[shown].sum(axis=1) > 0]
    policy[picture.place[tried]] = values[tried].argmax(axis=1)
    kinds, labels, carrying = scene(world, state)
    shape = (picture.rows, picture.columns)
    row, column = divmod(int(picture.place[state if agent is None else agent]), picture.columns)
    return ActionGrid(
        grid.reshape(*shape, actions), counts.reshape(*shape, actions), kinds, world.actions, world.arrows, policy.reshape(shape),
        world.cell_rewards, (row, column), tuple(sorted(world.edits)), labels, picture.walls, carrying,
        None if corrected is None else (int(picture.place[corrected]) // picture.columns, int(picture.place[corrected]) % picture.columns),
    )


def scene(world: TableWorld, state: int) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """Kinds and labels of the cells as they stand in ``state``, and whether the agent carries something.

    Where a layer has its own passenger and destination, those cells are marked "passenger" and "destination".
    """
    picture = world.picture
    if not picture.stands:
        return picture.cells, picture.labels, False
    passenger, destination = divmod(int(picture.layer[state]), len(picture.stands))
    kinds = list(picture.cells)
    kinds[picture.stands[destination]] = "destination"
    carrying = passenger == len(picture.stands)
    if not carrying:
        kinds[picture.stands[passenger]] = "passenger"
    return tuple(kinds), picture.labels, carrying


def returns_curve(totals: list[float], returns: list[float], before: list[float], points: int = 200) -> Curves:
    """Mean of the last 100 episodes' returns, each episode while there are few, and the previous run's mean.

    ``totals``, ``before``: running sums of returns, beginning with 0.
    """
    series = []
    if len(before) > 1:
        series.append(Series(BEFORE, *mean_of_last(before, points=points)))
    if 1 < len(returns) <= 100:
        series.append(Series(EACH, np.arange(1.0, len(returns) + 1), np.array(returns)))
    series.append(Series(MEAN, *mean_of_last(totals, points=points), main=True))
    return Curves(tuple(series), EPISODES, RETURN)


def sweeps_curve(worths: Sequence[float]) -> Curves:
    """Value iteration: the value at the start that the table promises, after each sweep."""
    x = np.arange(1.0, len(worths) + 1)
    return Curves((Series(Text("スタートの価値", "value at the start"), x, np.array(worths, dtype=float), main=True),), SWEEPS, same("V"))


def visits_matrix(world: TableWorld, visits: Integers) -> Matrix:
    """(rows, columns) how many actions were taken in each cell; not a number where none was."""
    picture = world.picture
    counts: Floats = np.bincount(picture.place, visits.sum(axis=1), picture.rows * picture.columns).astype(float)
    counts = np.where(counts > 0, counts, np.nan)
    return Matrix(counts.reshape(picture.rows, picture.columns), tuple(str(r + 1) for r in range(picture.rows)),
                  tuple(str(c + 1) for c in range(picture.columns)), low=0.0)


def table_matrix(world: TableWorld, values: Floats) -> Matrix:
    """(states, actions) the table itself."""
    return Matrix(values, _names(world.states), tuple(_sign(world, a) for a in range(world.actions_count)))


def counts_matrix(world: TableWorld, visits: Integers) -> Matrix:
    """(states, actions) how often each number of the table was corrected."""
    return Matrix(visits.astype(float), _names(world.states), tuple(_sign(world, a) for a in range(world.actions_count)), low=0.0)


def _names(count: int) -> tuple[str, ...]:
    if count not in _NUMBERED:
        _NUMBERED[count] = tuple(str(s) for s in range(count))
    return _NUMBERED[count]


_NUMBERED: dict[int, tuple[str, ...]] = {}
_ARROWS = {(-1, 0): "←", (0, 1): "↓", (1, 0): "→", (0, -1): "↑"}


def _sign(world: TableWorld, action: int) -> str:
    arrow = world.arrows[action]
    return _ARROWS[arrow] if arrow is not None else world.actions[action].en


def update_numbers(learner: Learner) -> dict[str, float]:
    """The last correction's terms by name; empty before the first action."""
    last = learner.last
    if last is None:
        return {}
    return {"q_old": last.old, "q_new": last.new, "alpha": last.alpha, "reward": last.reward, "gamma": last.gamma,
            "following": last.following, "td_error": last.reward + last.gamma * last.following - last.old}


def numbers(learner: Learner, rate: float, closeness: float | None) -> Numbers:
    """Counts, speed, the last correction's terms and the distance from the optimum."""
    values = {
        "steps": float(learner.steps), "episode": float(len(learner.returns) + 1), "step_in_episode": float(learner.episode_steps),
        "episode_return": learner.episode_return, "steps_per_second": rate, "sweeps": float(learner.sweeps),
        "epsilon": learner.settings.epsilon, **update_numbers(learner),
    }
    if closeness is not None:
        values["closeness"] = closeness
    labels = {
        "steps": Text("行動", "Actions"), "episode": EPISODES, "step_in_episode": Text("エピソードの歩数", "Step of the episode"),
        "episode_return": RETURN, "steps_per_second": Text("速さ", "Speed"), "sweeps": SWEEPS, "epsilon": same("ε"), "q_old": Text("前の Q", "Q before"),
        "q_new": Text("後の Q", "Q after"), "alpha": same("α"), "reward": Text("報酬 r", "Reward r"), "gamma": same("γ"),
        "following": Text("次の Q", "Q ahead"), "td_error": Text("TD 誤差", "TD error"), "closeness": Text("最適との比", "Against the optimum"),
    }
    return Numbers(values, {name: labels[name] for name in values}, {"steps_per_second": "1/s"})
