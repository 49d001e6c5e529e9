"""Q-learning: a table with one number for each action in each state, one of them corrected after every action.

Paper: C. J. C. H. Watkins, *Learning from Delayed Rewards*, PhD thesis, Cambridge, 1989; proof of convergence in Watkins & Dayan,
*Q-learning*, Machine Learning 8, 1992. SARSA, which learns the value of what it really does: Rummery & Niranjan, 1994.

    Q(s, a) ← Q(s, a) + α · (r + γ · max_a' Q(s', a') − Q(s, a))

The table begins at ``optimism`` everywhere. Begun above every true value it makes the learner try what it has not tried yet
(Sutton & Barto, *Reinforcement Learning*, 2nd edition, section 2.6); begun at zero it is the textbook's form.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from explorer.results.base import Floats, Integers


@dataclass
class Settings:
    """What may be changed while it learns.

    ``epsilon``: share of actions taken at random. ``alpha``: first step size of a pair (state, action); ``fall``: how fast
    it falls with the pair's visits n, α · (1 + n/10)^−fall. 0 keeps it constant, and between 1/2 and 1 the table converges in
    polynomial time (Even-Dar & Mansour, *Learning Rates for Q-learning*, JMLR 2003). ``gamma``: what a reward one step later is worth.
    ``optimism``: what every number of the table begins as.
    """

    epsilon: float = 0.1
    alpha: float = 0.2
    fall: float = 0.0
    gamma: float = 0.99
    optimism: float = 0.0


class QTable:
    """The learner's whole knowledge: ``values`` and ``visits``, both ``[state][action]``."""

    def __init__(self, states: int = 16, actions: int = 4, optimism: float = 0.0) -> None:
        self.states, self.actions = states, actions
        self.values: list[list[float]] = [[float(optimism)] * actions for _ in range(states)]
        self.visits: list[list[int]] = [[0] * actions for _ in range(states)]

    def greedy(self, state: int, random: Callable[[], float]) -> int:
        """The action with the largest value; among equals, one at random."""
        row = self.values[state]
        best = max(row)
        if row.count(best) == 1:
            return row.index(best)
        equals = [action for action, value in enumerate(row) if value == best]
        return equals[int(random() * len(equals))]

    def choose(self, state: int, epsilon: float, random: Callable[[], float]) -> int:
        """ε-greedy: any action with probability ``epsilon``, otherwise the greedy one. ``random()`` gives a number in [0, 1)."""
        if random() < epsilon:
            return int(random() * self.actions)
        return self.greedy(state, random)

    def rate(self, state: int, action: int, settings: Settings) -> float:
        """The step size α of the next correction of this pair."""
        if settings.fall == 0.0:
            return settings.alpha
        falling: float = (1.0 + self.visits[state][action] / 10.0) ** -settings.fall
        return settings.alpha * falling

    def correct(self, state: int, action: int, target: float, alpha: float) -> None:
        """Move one number of the table a share ``alpha`` of the way to ``target``."""
        row = self.values[state]
        row[action] += alpha * (target - row[action])
        self.visits[state][action] += 1

    def policy(self) -> Floats:
        """(states, actions) probability of each action under the greedy policy, equals sharing evenly."""
        return greedy_policy(np.array(self.values))

    def arrays(self) -> tuple[Floats, Integers]:
        """``values`` and ``visits`` as (states, actions) arrays."""
        return np.array(self.values), np.array(self.visits)

    def load(self, values: Floats, visits: Integers) -> None:
        """Take over a saved table. Raises ValueError when its shape is another."""
        if values.shape != (self.states, self.actions) or visits.shape != values.shape:
            raise ValueError(f"a table of {values.shape} and visits of {visits.shape} for {self.states} states × {self.actions} actions")
        self.values = [[float(v) for v in row] for row in values]
        self.visits = [[int(n) for n in row] for row in visits]


def q_learning_target(table: QTable, reward: float, gamma: float, next_state: int, ended: bool) -> float:
    """r + γ · max Q(s', ·): what the best next action promises, whatever is done next. Nothing follows an ending."""
    return reward if ended else reward + gamma * max(table.values[next_state])


def sarsa_target(table: QTable, reward: float, gamma: float, next_state: int, next_action: int, ended: bool) -> float:
    """r + γ · Q(s', a') of the action that will really be taken next."""
    return reward if ended else reward + gamma * table.values[next_state][next_action]


def greedy_policy(values: Floats) -> Floats:
    """(states, actions) probabilities that share each state evenly among its largest values."""
    best = values == values.max(axis=1, keepdims=True)
    shares: Floats = best / best.sum(axis=1, keepdims=True)
    return shares
