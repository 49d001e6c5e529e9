"""Ape-X: many actors gather steps and rate them; one dueling learner draws by priority.

Horgan et al., *Distributed Prioritized Experience Replay*, 2018 (arXiv 1803.00933), algorithms 1 and 2: actor i explores with
ε_i = ε^(1 + α·i/(N−1)), ε = 0.4, α = 7; each step is kept with the rewards of the next n and a first priority that the actor itself works
out; the learner is a dueling network with double targets that draws from the prioritised memory.

Here an actor holds several environments, each with an ε of its own, so that N counts environments, not machines.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from explorer.engine.models.reinforcement.dqn import DQNConfig, next_value, td_target
from explorer.engine.models.reinforcement.dueling import Dueling
from explorer.results.base import Floats

EPSILON, ALPHA = 0.4, 7.0


def actor_epsilons(count: int, epsilon: float = EPSILON, alpha: float = ALPHA) -> Floats:
    """(count,) how often each of the actors acts at random: the first often, the last hardly ever."""
    if count == 1:
        return np.array([epsilon ** (1 + alpha / 2)])
    return np.asarray(epsilon ** (1 + alpha * np.arange(count) / (count - 1)))


class NSteps:
    """Joins the steps of one environment to n-step ones: (look, action, r_1 + γ r_2 + … + γ^(n−1) r_n, look n steps later).

    Near the end of an episode fewer than n are joined.
    """

    def __init__(self, n: int) -> None:
        self.n = n
        self.waiting: list[tuple[Any, int, float]] = []

    def push(self, look: Any, action: int, reward: float, next_look: Any, ended: bool, cut: bool, gamma: float) -> list[tuple[Any, int, float, Any, bool, int]]:
        """Add a step; gives those that are complete: look, action, sum of rewards, look after them, ended, how many rewards."""
        self.waiting.append((look, action, reward))
        over = ended or cut
        done = []
        while self.waiting and (over or len(self.waiting) >= self.n):
            total = 0.0
            for _, _, later in reversed(self.waiting):
                total = later + gamma * total
            first = self.waiting.pop(0)
            done.append((first[0], first[1], total, next_look, ended, len(self.waiting) + 1))
        return done


def first_errors(network: nn.Module, looks: Tensor, actions: Tensor, rewards: Tensor, next_looks: Tensor, ended: Tensor, discounts: Tensor) -> Floats:
    """(n,) the TD errors an actor sees with its own copy of the network: the first priorities of its steps."""
    with torch.no_grad():
        following = network(next_looks)
        target = td_target(rewards, ended, discounts, next_value(following, following))
        errors: Floats = (target - network(looks).gather(1, actions[:, None]).squeeze(1)).numpy()
    return errors


def apex(observation: tuple[int, ...] = (4,), actions: int = 2, **changes: Any) -> Dueling:
    """The learner's and the actors' network: dueling."""
    return Dueling(DQNConfig(observation, actions, **changes))
