"""One small world learnt twice, step by step: by a pupil who is told the right action, and by a learner who only gets rewards.

Both hold the same: a number for each action in each state, and act by the largest. What differs is what they are told. The answers come from a
teacher who knows the world's own probabilities (:meth:`TableWorld.optimum`); rewards come from the world alone.
"""

from __future__ import annotations

import math
import random as random_module
from dataclasses import dataclass

import numpy as np

from explorer.engine.envs.tables import TableWorld, Truths
from explorer.engine.learning.tabular import Learner, settings_for
from explorer.engine.models.reinforcement.q_learning import greedy_policy
from explorer.results.base import Floats, Integers

GAMMA = 0.99
"""The discount by which an action is right."""
EQUAL = 1e-9
"""Actions whose values differ by less are both right."""
RATE = 1.0


@dataclass(frozen=True)
class Told:
    """One answer: in ``state`` the teacher said ``answer``; the pupil would have said ``said``, and gave the answer the chance ``before``, now ``now``."""

    state: int
    said: int
    answer: int
    before: float
    now: float


class Pupil:
    """Learns from answers: a state is drawn at random, the teacher says the right action, and the scores move to make it likelier.

    It is the smallest of classifiers: softmax over one score an action, trained by the gradient of the cross-entropy,
    score ← score − rate · (chance − answer).

    Args:
        wrong: share of the answers in which the teacher is mistaken and says another action; may be changed.

    ``right``: (states, actions) bool; ``asked``: states in which an action has to be taken.
    """

    def __init__(self, world: TableWorld, wrong: float = 0.0, seed: int = 0) -> None:
        self.world, self.wrong = world, wrong
        self.chance = random_module.Random(seed)
        self.right: Truths = right_actions(world)
        self.asked = [int(state) for state in np.flatnonzero(world.reachable)]
        self.answers = [int(action) for action in self.right.argmax(axis=1)]
        self.scores: Floats = np.zeros((world.states, world.actions_count))
        self.heard: Integers = np.zeros(world.states, dtype=np.int64)
        self.last: Told | None = None

    def run(self, count: int) -> None:
        """Hear so many answers."""
        draw, actions = self.chance.random, self.world.actions_count
        for _ in range(count):
            state = self.asked[int(draw() * len(self.asked))]
            answer = self.answers[state]
            if self.wrong and draw() < self.wrong:
                answer = (answer + 1 + int(draw() * (actions - 1))) % actions
            row = self.scores[state].tolist()
            chances = softmax(row)
            self.scores[state] = [score - RATE * (chance - float(action == answer)) for action, (score, chance) in enumerate(zip(row, chances, strict=True))]
            self.heard[state] += 1
            self.last = Told(state, row.index(max(row)), answer, chances[answer], softmax(self.scores[state].tolist())[answer])

    def chances(self) -> Floats:
        """(states, actions) how likely it holds each action to be the right one."""
        return np.array([softmax(row) for row in self.scores.tolist()])


class Pair:
    """The two beside each other, as many answers as actions. ``rewarded``: rewards other than 0 so far."""

    def __init__(self, world: TableWorld, *, seed: int = 0, wrong: float = 0.0, epsilon: float | None = None) -> None:
        self.world = world
        self.pupil = Pupil(world, wrong, seed)
        self.learner = Learner(world, settings_for(world, epsilon=epsilon), seed=seed)
        self.steps = self.rewarded = 0

    def run(self, count: int) -> None:
        """So many answers, and so many actions."""
        self.pupil.run(count)
        for _ in range(count):
            self.rewarded += self.learner.run(1).reward != 0.0
        self.steps += count

    def shares(self) -> tuple[float, float]:
        """Share of the states in which each now takes a right action, equal numbers drawn by lot: (from answers, from rewards)."""
        asked, right = self.pupil.asked, self.pupil.right
        values = np.array(self.learner.table.values)
        return tuple(float((greedy_policy(table) * right).sum(axis=1)[asked].mean()) for table in (self.pupil.scores, values))  # type: ignore[return-value]


def right_actions(world: TableWorld) -> Truths:
    """(states, actions) bool: the actions nothing is better than."""
    best = world.optimum(GAMMA)
    right: Truths = best >= best.max(axis=1, keepdims=True) - EQUAL
    return right


def softmax(row: list[float]) -> list[float]:
    """Chances that add to 1."""
    top = max(row)
    powers = [math.exp(value - top) for value in row]
    total = sum(powers)
    return [power / total for power in powers]
