"""DQN: a network in place of the table.

Mnih et al., *Playing Atari with Deep Reinforcement Learning*, 2013 (arXiv 1312.5602); *Human-level control through deep reinforcement
learning*, Nature 518, 2015. The look goes in, one value for each action comes out, and the target of Q-learning becomes

    y = r + γ · max_a' Q⁻(s', a')

with Q⁻, the *target network*: a copy that is held still for a while. Double DQN (van Hasselt et al., 2015, arXiv 1509.06461) lets the
network itself choose a' and the copy judge it, which keeps the maximum from being too hopeful.

Three bodies read the look: numbers (a linear layer), a few planes of cells (one convolution, as MinAtar's authors use: Young & Tian, 2019,
arXiv 1903.03176), and screens of 84 × 84 (the three convolutions of the Nature paper). The loss is Huber's, as there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

SCREEN = 84


@dataclass(frozen=True)
class DQNConfig:
    """``observation``: (numbers,) or (planes, height, width); ``actions``; ``hidden``: neurons of each hidden layer; ``scale``: the look is
    multiplied by it; ``filters``: of the convolution over planes."""

    observation: tuple[int, ...]
    actions: int
    hidden: int = 128
    scale: float = 1.0
    filters: int = 16


class Body(nn.Sequential):
    """What reads a look (N, *observation), of any number type, and gives features (N, ``features``)."""

    def __init__(self, config: DQNConfig) -> None:
        shape = config.observation
        if len(shape) == 1:
            super().__init__(nn.Linear(shape[0], config.hidden), nn.ReLU())
            self.features = config.hidden
        elif max(shape[1:]) < SCREEN:
            super().__init__(nn.Conv2d(shape[0], config.filters, 3), nn.ReLU(), nn.Flatten())
            self.features = config.filters * (shape[1] - 2) * (shape[2] - 2)
        else:
            super().__init__(
                nn.Conv2d(shape[0], 32, 8, stride=4), nn.ReLU(), nn.Conv2d(32, 64, 4, stride=2), nn.ReLU(), nn.Conv2d(64, 64, 3), nn.ReLU(), nn.Flatten()
            )
            height, width = (((side - 8) // 4 + 1 - 4) // 2 + 1 - 2 for side in shape[1:])
            self.features = 64 * height * width
        self.scale = config.scale

    def forward(self, look: Tensor) -> Tensor:
        x = look if look.dtype == torch.float32 else look.float()
        x = x * self.scale if self.scale != 1.0 else x
        for module in self:
            x = module(x)
        return x


class DQN(nn.Module):
    """Looks (N, *observation) to values of the actions (N, actions)."""

    def __init__(self, config: DQNConfig) -> None:
        super().__init__()
        self.config = config
        self.body = Body(config)
        self.hidden = nn.Linear(self.body.features, config.hidden)
        self.values = nn.Linear(config.hidden, config.actions)

    def forward(self, look: Tensor) -> Tensor:
        x = torch.relu(self.hidden(self.body(look)))  # (N, hidden)
        q: Tensor = self.values(x)  # (N, actions)
        return q

    def on_few(self) -> Callable[[NDArray[Any]], NDArray[Any]] | None:
        """The same values for a few looks of numbers, (N, numbers) to (N, actions), in numpy: a fifth of torch's time where N is small. It sees the
        weights themselves, so it follows the learning. None where the looks are planes or screens."""
        if len(self.config.observation) != 1 or self.config.scale != 1.0:
            return None
        layers = [(layer.weight.detach().numpy().T, layer.bias.detach().numpy()) for layer in (self.body[0], self.hidden, self.values)]  # type: ignore[union-attr,operator]
        (first, first_bias), (second, second_bias), (last, last_bias) = layers

        def values(looks: NDArray[Any]) -> NDArray[Any]:
            x = np.maximum(looks.astype(np.float32, copy=False) @ first + first_bias, 0.0)
            found: NDArray[Any] = np.maximum(x @ second + second_bias, 0.0) @ last + last_bias
            return found

        return values


def next_value(q_online: Tensor, q_target: Tensor, double: bool = True) -> Tensor:
    """What the next state promises, (N,): the target network's value of the best action, chosen by the network itself when ``double``.

    ``q_online``, ``q_target``: (N, actions) of the next looks.
    """
    best = (q_online if double else q_target).argmax(dim=1, keepdim=True)
    return q_target.gather(1, best).squeeze(1)


def td_target(reward: Tensor, ended: Tensor, discount: Tensor | float, following: Tensor) -> Tensor:
    """y = r + γ · (what follows), (N,); nothing follows an ending (``ended`` 1)."""
    return reward + discount * (1.0 - ended) * following


# Named networks; every field of the configuration may be given.


def dqn(observation: tuple[int, ...] = (4,), actions: int = 2, **changes: Any) -> DQN:
    """The network for one environment."""
    return DQN(DQNConfig(observation, actions, **changes))


def dqn_atari(actions: int = 6) -> DQN:
    """The network of the Nature paper: four screens, 512 hidden neurons; 1,687,206 parameters with six actions."""
    return DQN(DQNConfig((4, SCREEN, SCREEN), actions, hidden=512, scale=1 / 255))
