"""A table and a network learn the same small task side by side, step by step: a room of nine places, or one of endless ones.

The table holds a number for each action in each cell of a grid laid over the room; what happens in one cell says nothing about the next. The network
is given the place itself. For nine places both are right soon; for endless ones the table must choose how finely it cuts, the network need not.
"""

from __future__ import annotations

import random as random_module
from collections.abc import Callable

import numpy as np
import torch

from explorer.engine.envs.small import MODULE, Room
from explorer.engine.learning.agent import Training
from explorer.engine.learning.agent_settings import Settings
from explorer.engine.models.reinforcement.q_learning import QTable, q_learning_target
from explorer.results.base import Floats, Integers

NINE, ENDLESS = f"{MODULE}:Room-v0", f"{MODULE}:Room-v0 endless=True"
GAMMA = 0.95
EPSILON = 0.2
ALPHA = 0.2
NETWORK = Settings(
    hidden=64, batch=64, learn_from=100, train_every=4, target_every=100, n_steps=3, learning_rate=1e-3, gamma=GAMMA, epsilon=EPSILON, epsilon_steps=0, capacity=20_000
)
"""A network of two layers of 64, as DQN learns it."""
PROBES, FAR = 10, 30
"""The greedy ways from PROBES × PROBES places, followed for FAR steps."""


class TableAgent:
    """Q-learning over cells: ``cells`` × ``cells`` states."""

    def __init__(self, endless: bool, cells: int, seed: int = 0) -> None:
        self.env = Room(endless)
        self.cells, self.table = cells, QTable(cells * cells, 4)
        self.chance = random_module.Random(seed)
        self.env.reset(seed=seed)
        self.length = 0
        self.epsilon = EPSILON

    def state_of(self, places: Floats) -> Integers:
        """(…) the cell that places in [0, 1]² lie in, counted row by row."""
        column, row = np.moveaxis(np.minimum((places * self.cells).astype(np.int64), self.cells - 1), -1, 0)
        found: Integers = row * self.cells + column
        return found

    def step(self) -> None:
        """One action and one correction."""
        table, env = self.table, self.env
        state = int(self.state_of(env.place))
        action = table.choose(state, self.epsilon, self.chance.random)
        _, reward, ended, _, _ = env.step(action)
        table.correct(state, action, q_learning_target(table, reward, GAMMA, int(self.state_of(env.place)), ended), ALPHA)
        self.length += 1
        if ended or self.length >= 60:
            env.reset()
            self.length = 0

    def values(self, places: Floats) -> Floats:
        """(n, 4) Q at (n, 2) places."""
        return np.array(self.table.values)[self.state_of(places)]


class Beside:
    """The two, as many steps each. ``endless``: of the room; ``cells``: a side of the table's grid, 3 for the nine places."""

    def __init__(self, endless: bool, cells: int = 3, seed: int = 0) -> None:
        self.endless, self.cells = endless, cells if endless else Room.FIELDS
        self.table = TableAgent(endless, self.cells, seed)
        self.training = Training(ENDLESS if endless else NINE, Settings(**NETWORK.plain()), seed=seed)
        self.steps = 0

    def run(self, count: int) -> None:
        """So many steps each."""
        for _ in range(count):
            self.table.step()
            self.training.cycle(1)
        self.steps += count

    def set_epsilon(self, epsilon: float) -> None:
        """Explore more or less, both."""
        self.table.epsilon = self.training.settings.epsilon = epsilon

    def network_values(self, places: Floats) -> Floats:
        """(n, 4) Q of the network at (n, 2) places in [0, 1]²."""
        with torch.no_grad():
            found: Floats = self.training.learner.network(torch.from_numpy((2.0 * places - 1.0).astype(np.float32))).numpy()
        return found

    def shares(self) -> tuple[float, float]:
        """From how many of the places that stand for all the greedy way leads to the goal: (table, network)."""
        return arrives(self.table.values, self.endless), arrives(self.network_values, self.endless)

    def place_of_network(self) -> Floats:
        """Where the network's own learner stands, in [0, 1]²."""
        place: Floats = (self.training.actor.looks[0] + 1.0) / 2.0
        return place

    def middles(self) -> Floats:
        """(cells · cells, 2) the middles of the table's cells, row by row."""
        return grid_of(self.cells)

    @property
    def parameters(self) -> int:
        """Weights of the network."""
        return sum(one.numel() for one in self.training.learner.network.parameters())

    def close(self) -> None:
        """Let go of the environments."""
        self.training.close()


def arrives(values: Callable[[Floats], Floats], endless: bool) -> float:
    """The share of the places from which acting by the largest of ``values(places)`` leads to the goal, without missing a step."""
    places = grid_of(PROBES if endless else Room.FIELDS)
    places = places[~(Room.in_pit(places) | Room.at_goal(places))]
    going, there = np.ones(len(places), bool), np.zeros(len(places), bool)
    for _ in range(FAR):
        actions = values(places).argmax(axis=1)
        places = np.where(going[:, None], Room.moved(places, actions, endless), places)
        there |= going & Room.at_goal(places)
        going &= ~(Room.in_pit(places) | there)
        if not going.any():
            break
    return float(there.mean())


def grid_of(count: int) -> Floats:
    """(count · count, 2) places spread evenly over the room, row by row."""
    middles = (np.arange(count) + 0.5) / count
    x, y = np.meshgrid(middles, middles)
    return np.stack([x.ravel(), y.ravel()], axis=1)
