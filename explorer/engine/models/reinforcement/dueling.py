"""Dueling network: Q = V + A, the worth of the state and what each action adds to it.

Wang et al., *Dueling Network Architectures for Deep Reinforcement Learning*, 2015 (arXiv 1511.06581). The sum alone would leave open how
much belongs to V and how much to A, so the mean of A is taken off (equation 9):

    Q(s, a) = V(s) + A(s, a) − mean_a' A(s, a')

The learning is DQN's. The paper also scales the gradient that enters the convolutions by 1/√2; here it enters whole.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from explorer.engine.models.reinforcement.dqn import SCREEN, Body, DQNConfig


class Streams(nn.Module):
    """Features (N, features) to V (N, 1) and A (N, actions), each with a hidden layer of its own. The mean of A is 0."""

    def __init__(self, features: int, hidden: int, actions: int) -> None:
        super().__init__()
        self.value_hidden, self.value = nn.Linear(features, hidden), nn.Linear(hidden, 1)
        self.advantage_hidden, self.advantage = nn.Linear(features, hidden), nn.Linear(hidden, actions)

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        value = self.value(torch.relu(self.value_hidden(features)))
        advantage = self.advantage(torch.relu(self.advantage_hidden(features)))
        return value, advantage - advantage.mean(dim=-1, keepdim=True)


class Dueling(nn.Module):
    """Looks (N, *observation) to values of the actions (N, actions), by way of V and A."""

    def __init__(self, config: DQNConfig) -> None:
        super().__init__()
        self.config = config
        self.body = Body(config)
        self.streams = Streams(self.body.features, config.hidden, config.actions)

    def value_and_advantage(self, look: Tensor) -> tuple[Tensor, Tensor]:
        """V (N, 1) and A (N, actions)."""
        value, advantage = self.streams(self.body(look))
        return value, advantage

    def forward(self, look: Tensor) -> Tensor:
        value, advantage = self.value_and_advantage(look)
        return value + advantage


def dueling(observation: tuple[int, ...] = (4,), actions: int = 2, **changes: Any) -> Dueling:
    """The network for one environment."""
    return Dueling(DQNConfig(observation, actions, **changes))


def dueling_atari(actions: int = 6) -> Dueling:
    """The paper's network: four screens, 512 hidden neurons a stream; 3,293,863 parameters with six actions."""
    return Dueling(DQNConfig((4, SCREEN, SCREEN), actions, hidden=512, scale=1 / 255))
