"""Distributed learning: many actors play, one place learns.

Nair et al., *Massively Parallel Methods for Deep Reinforcement Learning*, 2015 (arXiv 1507.04296), called Gorila: actors, learners, a distributed
memory and a parameter server run in parallel. The network is DQN's.

Here there is one learner and one memory, as in the papers that followed; the actors (:mod:`explorer.engine.learning.actors`) send what they
met and are sent the newest weights.
"""

from __future__ import annotations

from typing import Any

from explorer.engine.models.reinforcement.dqn import DQN, DQNConfig


def distributed(observation: tuple[int, ...] = (4,), actions: int = 2, **changes: Any) -> DQN:
    """The network of the learner and of every actor, for one environment."""
    return DQN(DQNConfig(observation, actions, **changes))
