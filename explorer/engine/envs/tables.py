"""Worlds small enough for a table: a gymnasium environment's own transition table, read out, and exact answers computed on it.

An environment is named by its gymnasium id, with settings as words after it: ``FrozenLake-v1 8x8 firm``,
``FrozenLake-v1 generated size=8 seed=3``, ``FrozenLake-v1 map=SFF/FHF/FFG``, ``CliffWalking-v1 slippery``, ``Taxi-v4``; any other
``name=value`` goes to ``gymnasium.make``. Every environment with a transition table ``P`` (as gymnasium's toy-text ones have) will do.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import gymnasium
import numpy as np
from gymnasium.envs.toy_text.cliffwalking import CliffWalkingEnv
from gymnasium.envs.toy_text.frozen_lake import MAPS, FrozenLakeEnv, generate_random_map
from gymnasium.envs.toy_text.taxi import TaxiEnv
from numpy.typing import NDArray

from explorer.results.base import Floats, Integers
from explorer.words import InputError, Text, same

LARGEST_TABLE = 20_000
"""States × actions up to which a table is still shown and solved exactly."""
LARGEST_MAP = 16
"""Side of the largest generated or drawn map, in cells."""
STEPS_A_ROW = 25
"""Time limit of a frozen lake for each row of its map: gymnasium's own 100 for 4 × 4 and 200 for 8 × 8, carried on to other sizes."""
TINY = 1e-12

UNKNOWN_WORD = Text("環境「{id}」に「{word}」という設定はありません。", "The environment “{id}” has no setting “{word}”.")
BAD_GENERATED = Text(f"地図の大きさ size は 2〜{LARGEST_MAP}、番号 seed は 0 以上の整数です。",
                     f"A map's size is 2 to {LARGEST_MAP} and its seed a whole number from 0.")
BAD_MAP = Text(f"地図は S(スタート)、F(氷)、H(穴)、G(ゴール)でできた同じ長さの行({LARGEST_MAP} 以下)を / で区切ったもので、S は一つ、G は一つ以上です。",
               f"A map is rows of equal length (at most {LARGEST_MAP}), parted by /, of S (start), F (ice), H (hole) and G (goal): one S, at least one G.")
NOT_COUNTED = Text("環境「{id}」の状態か行動は番号で数えられないので、表では学習できません。",
                   "The states or actions of the environment “{id}” cannot be numbered, so no table can learn it.")
NO_TABLE = Text("環境「{id}」は遷移の表を公開していないので、最適な方策と比べられません。",
                "The environment “{id}” does not publish its transition table, so nothing can be compared with the optimum.")
TOO_LARGE = Text("環境「{id}」の表は大きすぎます({states} 状態 × {actions} 行動)。",
                 "The table of the environment “{id}” is too large ({states} states × {actions} actions).")
NOT_ITS_TABLE = Text("この設定の「{id}」は、公開している遷移の表の通りには動きません。",
                     "With these settings “{id}” does not follow the transition table it publishes.")

LEFT, DOWN, RIGHT, UP = Text("左", "left"), Text("下", "down"), Text("右", "right"), Text("上", "up")
Arrow = tuple[int, int] | None
Truths = NDArray[np.bool_]


@dataclass(frozen=True)
class Picture:
    """How a world is drawn: a map of ``rows`` × ``columns`` cells.

    ``cells``: one kind a cell, row by row; ``labels``: a letter a cell, or ""; ``walls``: pairs of neighbouring cells with a wall between;
    ``place``: (states,) cell of each state; ``layer``: (states,) states of one layer are shown together, a cell each (Taxi: the same
    passenger and destination). ``stands``: cells where a passenger may wait; then layer = passenger × stands + destination, and the
    passenger after the last stand is the one on board.
    """

    rows: int
    columns: int
    cells: tuple[str, ...]
    place: Integers
    layer: Integers
    labels: tuple[str, ...] = ()
    walls: tuple[tuple[int, int], ...] = ()
    stands: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class TableWorld:
    """An environment as its table: K possible outcomes for each action in each state.

    ``probabilities``, ``successors``, ``rewards``, ``ends``: (states, actions, K); unused outcomes have probability 0. ``entered``: the
    cell an outcome goes into, or −1 where the action is not a move (same shape). ``start``: (states,) probabilities. ``time_limit``: actions
    an episode, 0 for none. ``edits``: rewards changed by hand, by cell; ``own_rewards``: as
    the environment has them; ``icy``: whether it can be made slippery or firm.
    """

    spec: str
    gym_id: str
    options: Mapping[str, Any]
    name: Text
    probabilities: Floats
    successors: Integers
    rewards: Floats
    ends: Truths
    entered: Integers
    start: Floats
    time_limit: int
    actions: tuple[Text, ...]
    arrows: tuple[Arrow, ...]
    picture: Picture
    own_rewards: Floats
    icy: bool = False
    edits: Mapping[int, float] = field(default_factory=dict)

    @property
    def states(self) -> int:
        return len(self.start)

    @property
    def actions_count(self) -> int:
        return len(self.actions)

    # ---- acting ----

    def make(self) -> gymnasium.Env[Any, Any]:
        """The running environment itself, freshly built."""
        return gymnasium.make(self.gym_id, **self.options)

    @cached_property
    def outcomes(self) -> list[list[list[tuple[float, tuple[int, float, bool]]]]]:
        """``[state][action]``: (upper end of its share of [0, 1), (next state, reward, ended)) for each possible outcome."""
        table = []
        for s in range(self.states):
            by_action = []
            for a in range(self.actions_count):
                top, possible = 0.0, []
                for k in np.flatnonzero(self.probabilities[s, a] > 0):
                    top += float(self.probabilities[s, a, k])
                    answer = (int(self.successors[s, a, k]), float(self.rewards[s, a, k]), bool(self.ends[s, a, k]))
                    possible.append((top, answer))
                by_action.append(possible)
            table.append(by_action)
        return table

    def sampler(self, random: Callable[[], float]) -> Callable[[int, int], tuple[int, float, bool]]:
        """A function (state, action) -> (next state, reward, ended) that draws from the table with ``random()`` in [0, 1)."""
        outcomes = self.outcomes

        def step(state: int, action: int) -> tuple[int, float, bool]:
            possible = outcomes[state][action]
            if len(possible) > 1:
                place = random()
                for top, answer in possible:
                    if place < top:
                        return answer
            return possible[-1][1]

        return step

    def draw_start(self, random: Callable[[], float]) -> int:
        """A start state, drawn from ``start``."""
        return int(self._starts[min(int(np.searchsorted(self._start_tops, random(), side="right")), len(self._starts) - 1)])

    @cached_property
    def _starts(self) -> Integers:
        return np.flatnonzero(self.start > 0)

    @cached_property
    def _start_tops(self) -> Floats:
        tops: Floats = np.cumsum(self.start[self._starts])
        return tops

    # ---- exact answers ----

    def backup(self, values: Floats, gamma: float) -> Floats:
        """(states, actions) expected r + γ · V(s') with V = ``values`` (states,): one sweep of dynamic programming."""
        ahead = self.rewards + gamma * np.where(self.ends, 0.0, values[self.successors])
        expected: Floats = (self.probabilities * ahead).sum(axis=2)
        return expected

    def evaluate(self, policy: Floats, gamma: float) -> Floats:
        """(states,) exact value of a policy (states, actions; probabilities), without any time limit: V = r + γ P V solved.

        Raises ValueError unless 0 ≤ γ < 1.
        """
        if not 0.0 <= gamma < 1.0:
            raise ValueError(f"γ = {gamma} is outside [0, 1)")
        from scipy.sparse import csc_array, eye_array
        from scipy.sparse.linalg import spsolve

        weight = policy[:, :, None] * self.probabilities
        reward = (weight * self.rewards).sum(axis=(1, 2))
        origin = np.broadcast_to(np.arange(self.states)[:, None, None], weight.shape)
        going_on = np.where(self.ends, 0.0, weight)
        shape = (self.states, self.states)
        follow = csc_array((going_on.ravel(), (origin.ravel(), self.successors.ravel())), shape=shape)
        solved: Floats = spsolve((eye_array(self.states) - gamma * follow).tocsc(), reward)
        return np.atleast_1d(solved)

    def optimum(self, gamma: float) -> Floats:
        """(states, actions) the best possible Q, by policy iteration on the exact values (Howard, 1960)."""
        best: Floats = np.zeros((self.states, self.actions_count))
        chosen = np.zeros(self.states, dtype=int)
        for _ in range(10_000):
            values = self.evaluate(np.eye(self.actions_count)[chosen], gamma)
            best = self.backup(values, gamma)
            better = best.max(axis=1) > best[np.arange(self.states), chosen] + 1e-10
            if not better.any():
                break
            chosen = np.where(better, best.argmax(axis=1), chosen)
        return best

    def worth(self, values: Floats) -> float:
        """Expected value at the start, of (states,) values."""
        return float(self.start @ values)

    def best_worth(self, gamma: float) -> float:
        """The optimum's value at the start."""
        if gamma not in self._best:
            self._best[gamma] = self.worth(self.optimum(gamma).max(axis=1))
        return self._best[gamma]

    @cached_property
    def _best(self) -> dict[float, float]:
        return {}

    def closeness(self, policy: Floats, gamma: float) -> float:
        """1 − (V* − V) / |V*| at the start: 1 for an optimal policy, 0.98 for one that is 2 % worse, negative for a very bad one."""
        best, own = self.best_worth(gamma), self.worth(self.evaluate(policy, gamma))
        if abs(best) < TINY:
            return 1.0 if abs(best - own) < TINY else 1.0 - abs(best - own)
        return 1.0 - (best - own) / abs(best)

    @cached_property
    def reachable(self) -> Truths:
        """(states,) bool: states in which an action may have to be taken."""
        seen: Truths = self.start > 0
        front = list(np.flatnonzero(seen))
        while front:
            s = front.pop()
            live = (self.probabilities[s] > 0) & ~self.ends[s]
            for t in np.unique(self.successors[s][live]):
                if not seen[t]:
                    seen[t] = True
                    front.append(t)
        return seen

    @cached_property
    def certain(self) -> bool:
        """Whether every action has one outcome only."""
        return bool((self.probabilities.max(axis=2) > 1 - 1e-9)[self.reachable].all())

    def terminal_only(self, state: int) -> bool:
        """Whether nothing is ever done in this state: an episode ends on reaching it."""
        return not bool(self.reachable[state])

    # ---- rewards changed by hand ----

    def with_reward(self, cell: int, reward: float | None) -> TableWorld:
        """The same world where going into ``cell`` pays ``reward`` instead; None puts back the environment's own.

        Raises InputError for a cell outside the map or a reward that is not a finite number.
        """
        if not 0 <= cell < len(self.picture.cells):
            raise InputError(Text("その場所は地図の外です。", "That place is outside the map."))
        if reward is not None and not np.isfinite(reward):
            raise InputError(Text("報酬には有限の数を入れてください。", "A reward must be a finite number."))
        edits = {k: v for k, v in self.edits.items() if k != cell}
        if reward is not None:
            edits[cell] = float(reward)
        return with_edits(self, edits)

    @cached_property
    def cell_rewards(self) -> Floats:
        """(rows, columns) the reward for going into each cell: edited, or the largest in size that the environment itself pays there."""
        flat = np.zeros(len(self.picture.cells))
        moves = (self.probabilities > 0) & (self.entered >= 0)
        for cell in range(len(flat)):
            paid = self.rewards[moves & (self.entered == cell)]
            if len(paid):
                flat[cell] = paid[np.abs(paid).argmax()]
        return flat.reshape(self.picture.rows, self.picture.columns)

    def highest_return(self) -> float:
        """A value that nothing in this world can exceed by much: the largest reward, and at least 0."""
        return max(0.0, float(self.rewards[self.probabilities > 0].max()))


def with_edits(world: TableWorld, edits: Mapping[int, float]) -> TableWorld:
    """The environment's own table with the rewards of some cells replaced."""
    rewards = world.own_rewards.copy()
    for cell, reward in edits.items():
        rewards[world.entered == cell] = reward
    return dataclasses.replace(world, rewards=rewards, edits=dict(edits))


class Reality:
    """The running gymnasium environment behind the same interface as :meth:`TableWorld.sampler`; used where speed does not matter."""

    def __init__(self, world: TableWorld, seed: int = 0) -> None:
        self.world = world
        self.env = world.make().unwrapped
        self.env.reset(seed=seed)

    def step(self, state: int, action: int) -> tuple[int, float, bool]:
        """Let the environment itself answer an action in ``state``; a reward changed by hand replaces its own."""
        self.env.s = state  # type: ignore[attr-defined]
        next_state, reward, ended, _, _ = self.env.step(action)
        if self.world.edits:
            reward = self._edited(state, action, int(next_state), float(reward))
        return int(next_state), float(reward), bool(ended)

    def _edited(self, state: int, action: int, next_state: int, reward: float) -> float:
        world = self.world
        for k in np.flatnonzero(world.probabilities[state, action] > 0):
            if world.successors[state, action, k] == next_state and world.own_rewards[state, action, k] == reward:
                return float(world.rewards[state, action, k])
        return reward

    def close(self) -> None:
        self.env.close()


# ---- reading an environment ----


def parse(spec: str) -> tuple[str, dict[str, Any]]:
    """The gymnasium id in a name and the keyword arguments its words stand for. Raises InputError for words that mean nothing."""
    gym_id, *words = spec.split()
    given: dict[str, str] = {}
    options: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if word in MAPS:
            options["map_name"], options["max_episode_steps"] = word, STEPS_A_ROW * len(MAPS[word])
        elif word in ("slippery", "firm"):
            options["is_slippery"] = word == "slippery"
        elif word == "generated" or (equals and name in ("size", "seed", "map")):
            given[name] = value
        elif equals and name.isidentifier():
            options[name] = _literal(value)
        else:
            raise InputError(UNKNOWN_WORD.format(id=gym_id, word=word[:40]))
    if "generated" in given:
        options["desc"] = _generated(given.get("size", "8"), given.get("seed", "0"))
    elif "map" in given:
        options["desc"] = _drawn(given["map"])
    elif given:
        raise InputError(UNKNOWN_WORD.format(id=gym_id, word=min(given)))
    if "desc" in options:
        options["max_episode_steps"] = STEPS_A_ROW * len(options["desc"])
    return gym_id, options


def _literal(value: str) -> Any:
    plain = {"yes": True, "no": False, "true": True, "false": False}
    if value.lower() in plain:
        return plain[value.lower()]
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value


def _generated(size: str, seed: str) -> list[str]:
    if not (size.isdecimal() and seed.isdecimal() and 2 <= int(size) <= LARGEST_MAP and int(seed) < 2**32):
        raise InputError(BAD_GENERATED)
    return [str(row) for row in generate_random_map(size=int(size), seed=int(seed))]


def _drawn(text: str) -> list[str]:
    rows = text.upper().split("/")
    fits = len({len(row) for row in rows}) == 1 and 1 <= len(rows) <= LARGEST_MAP and 1 <= len(rows[0]) <= LARGEST_MAP
    letters = "".join(rows)
    if not fits or set(letters) - set("SFHG") or letters.count("S") != 1 or "G" not in letters:
        raise InputError(BAD_MAP)
    return rows


def read(env: gymnasium.Env[Any, Any], spec: str, options: Mapping[str, Any]) -> TableWorld:
    """Read out the table of a running environment.

    Args:
        env: made by gymnasium with ``options``.
        spec: the name it goes by here (see :func:`parse`).

    Raises:
        InputError: states or actions that cannot be numbered, no transition table ``P``, or one that is too large or not followed.
    """
    inner: Any = env.unwrapped
    gym_id = env.spec.id if env.spec else spec.split()[0]
    table, start = getattr(inner, "P", None), getattr(inner, "initial_state_distrib", None)
    discrete = gymnasium.spaces.Discrete
    if not isinstance(env.observation_space, discrete) or not isinstance(env.action_space, discrete):
        raise InputError(NOT_COUNTED.format(id=gym_id))
    if table is None or start is None:
        raise InputError(NO_TABLE.format(id=gym_id))
    if getattr(inner, "fickle_passenger", False):
        raise InputError(NOT_ITS_TABLE.format(id=gym_id))
    states, actions = int(env.observation_space.n), int(env.action_space.n)
    if states * actions > LARGEST_TABLE:
        raise InputError(TOO_LARGE.format(id=gym_id, states=states, actions=actions))
    width = max(len(table[s][a]) for s in range(states) for a in range(actions))
    shape = (states, actions, width)
    probabilities, rewards = np.zeros(shape), np.zeros(shape)
    successors, ends = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=bool)
    for s in range(states):
        for a in range(actions):
            for k, (probability, successor, reward, ended) in enumerate(table[s][a]):
                probabilities[s, a, k], rewards[s, a, k] = probability, reward
                successors[s, a, k], ends[s, a, k] = int(successor), ended
    names, arrows = _actions(inner, actions)
    picture = _picture(inner, states)
    entered = _entered(inner, picture, arrows, successors, rewards, probabilities)
    limit = env.spec.max_episode_steps if env.spec else None
    icy = "is_slippery" in inspect.signature(type(inner).__init__).parameters
    return TableWorld(spec, gym_id, dict(options), _name(inner, gym_id), probabilities, successors, rewards, ends, entered,
                      np.asarray(start, dtype=float), int(limit or 0), names, arrows, picture, rewards, icy)


def _actions(inner: Any, count: int) -> tuple[tuple[Text, ...], tuple[Arrow, ...]]:
    left, down, right, up = (-1, 0), (0, 1), (1, 0), (0, -1)
    if isinstance(inner, FrozenLakeEnv):
        return (LEFT, DOWN, RIGHT, UP), (left, down, right, up)
    if isinstance(inner, CliffWalkingEnv):
        return (UP, RIGHT, DOWN, LEFT), (up, right, down, left)
    if isinstance(inner, TaxiEnv):
        return (DOWN, UP, RIGHT, LEFT, Text("乗せる", "pick up"), Text("降ろす", "drop off")), (down, up, right, left, None, None)
    return tuple(same(str(a)) for a in range(count)), (None,) * count


def _name(inner: Any, gym_id: str) -> Text:
    if isinstance(inner, FrozenLakeEnv):
        return Text("凍った湖", "Frozen lake")
    if isinstance(inner, CliffWalkingEnv):
        return Text("崖の道", "Cliff walk")
    if isinstance(inner, TaxiEnv):
        return Text("タクシー", "Taxi")
    return same(gym_id)


def _picture(inner: Any, states: int) -> Picture:
    everyone = np.arange(states)
    if isinstance(inner, FrozenLakeEnv):
        kinds = {"S": "start", "F": "ice", "H": "hole", "G": "goal"}
        letters = [bytes(c).decode() for c in np.asarray(inner.desc).ravel()]
        return Picture(inner.nrow, inner.ncol, tuple(kinds[c] for c in letters), everyone, np.zeros(states, dtype=np.int64),
                       tuple("S" if c == "S" else "" for c in letters))
    if isinstance(inner, CliffWalkingEnv):
        rows, columns = inner.shape
        cells = ["cliff" if edge else "ground" for edge in inner._cliff.ravel()]
        cells[int(inner.start_state_index)], cells[-1] = "start", "goal"
        return Picture(rows, columns, tuple(cells), everyone, np.zeros(states, dtype=np.int64), tuple("S" if c == "start" else "" for c in cells))
    if isinstance(inner, TaxiEnv):
        return _taxi_picture(inner, states)
    columns = int(np.ceil(np.sqrt(states)))
    rows = int(np.ceil(states / columns))
    cells = ["ground"] * states + ["none"] * (rows * columns - states)
    return Picture(rows, columns, tuple(cells), everyone, np.zeros(states, dtype=np.int64), tuple(str(i) if i < states else "" for i in range(rows * columns)))


def _taxi_picture(inner: Any, states: int) -> Picture:
    where = [tuple(inner.decode(s)) for s in range(states)]
    place = np.array([row * 5 + column for row, column, _, _ in where])
    layer = np.array([passenger * 4 + destination for _, _, passenger, destination in where])
    letters = [""] * 25
    for (row, column), letter in zip(inner.locs, "RGYB", strict=True):
        letters[row * 5 + column] = letter
    walls = tuple((r * 5 + c, r * 5 + c + 1) for r in range(5) for c in range(4) if inner.desc[r + 1, 2 * c + 2] == b"|")
    return Picture(5, 5, tuple("stand" if letter else "ground" for letter in letters), place, layer, tuple(letters), walls,
                   tuple(row * 5 + column for row, column in inner.locs))


def _entered(inner: Any, picture: Picture, arrows: tuple[Arrow, ...], successors: Integers, rewards: Floats, probabilities: Floats) -> Integers:
    """The cell each outcome goes into. A fall from the cliff goes into the cliff, although the next state is the start."""
    entered = picture.place[successors]
    for a, arrow in enumerate(arrows):
        if arrow is None and any(arrows):
            entered[:, a] = -1
    if isinstance(inner, CliffWalkingEnv):
        turns = {1: (0,), 3: (-1, 0, 1)}[successors.shape[2]]
        for s in range(len(successors)):
            row, column = divmod(int(picture.place[s]), picture.columns)
            for a in range(len(arrows)):
                for k, turn in enumerate(turns):
                    dx, dy = arrows[(a + turn) % 4] or (0, 0)
                    r, c = min(max(row + dy, 0), picture.rows - 1), min(max(column + dx, 0), picture.columns - 1)
                    if picture.cells[r * picture.columns + c] == "cliff":
                        entered[s, a, k] = r * picture.columns + c
    entered[probabilities == 0] = -1
    return entered
