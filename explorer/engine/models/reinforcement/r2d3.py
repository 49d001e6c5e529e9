"""R2D3: demonstrations mixed into what R2D2 learns from.

Paine et al., *Making Efficient Use of Demonstrations to Solve Hard Exploration Problems*, 2019 (arXiv 1909.01387), section 3: there are two
memories, one of the agent's own sequences and one of demonstrated ones, both prioritised. Each sequence of a batch comes from the demonstrations
with probability ρ, the *demo ratio* (1/256 served best in the paper, whose actors gather far more than ours do).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.engine.models.reinforcement.r2d2 import R2D2, R2D2Config


def from_demonstrations(batch: int, ratio: float, chance: np.random.Generator) -> int:
    """How many sequences of a batch are drawn from the demonstrations: each with probability ``ratio``."""
    return int(chance.binomial(batch, ratio))


def r2d3(observation: tuple[int, ...] = (4,), actions: int = 2, **changes: Any) -> R2D2:
    """The network for one environment: R2D2's."""
    return R2D2(R2D2Config(observation, actions, **changes))
