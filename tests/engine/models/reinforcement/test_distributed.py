"""The network of learner and actors is DQN's."""

from __future__ import annotations

import torch

from explorer.engine.models.reinforcement.distributed import distributed
from explorer.engine.models.reinforcement.dqn import dqn


def test_its_weights_are_those_of_a_dqn() -> None:
    ours, theirs = distributed((4, 10, 10), 3, hidden=32), dqn((4, 10, 10), 3, hidden=32)
    ours.load_state_dict(theirs.state_dict())
    look = torch.rand(2, 4, 10, 10)
    assert torch.equal(ours(look), theirs(look)) and ours(look).shape == (2, 3)
