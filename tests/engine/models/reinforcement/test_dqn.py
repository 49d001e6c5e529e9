"""The network takes numbers, planes and screens; targets are what a hand works out."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.engine.models.reinforcement.dqn import DQN, DQNConfig, dqn, dqn_atari, next_value, td_target


@pytest.mark.parametrize("shape", [(4,), (3, 10, 10), (20, 7, 7), (1, 84, 84), (4, 84, 84)])
def test_a_value_for_each_action(shape: tuple[int, ...]) -> None:
    network = dqn(shape, 5, hidden=16)
    assert network(torch.zeros(2, *shape)).shape == (2, 5)


def test_whole_numbers_are_scaled() -> None:
    torch.manual_seed(0)
    network = DQN(DQNConfig((1, 84, 84), 3, hidden=16, scale=1 / 255))
    screen = torch.randint(0, 256, (2, 1, 84, 84), dtype=torch.uint8)
    plain = DQN(DQNConfig((1, 84, 84), 3, hidden=16))
    plain.load_state_dict(network.state_dict())
    assert torch.allclose(network(screen), plain(screen.float() / 255), atol=1e-5)


def test_the_papers_network_has_its_parameters() -> None:
    with torch.device("meta"):
        network = dqn_atari()
    assert sum(p.numel() for p in network.parameters()) == 1_687_206


def test_targets_by_hand() -> None:
    online = torch.tensor([[1.0, 2.0], [5.0, 0.0]])
    target = torch.tensor([[10.0, 20.0], [30.0, 40.0]])
    assert next_value(online, target, double=True).tolist() == [20.0, 30.0]  # the network chooses, the copy judges
    assert next_value(online, target, double=False).tolist() == [20.0, 40.0]
    y = td_target(torch.tensor([1.0, -1.0]), torch.tensor([0.0, 1.0]), 0.5, torch.tensor([20.0, 30.0]))
    assert y.tolist() == [11.0, -1.0]  # nothing follows an ending


def test_double_targets_are_never_larger() -> None:
    torch.manual_seed(0)
    online, target = torch.randn(500, 4), torch.randn(500, 4)
    assert (next_value(online, target, True) <= next_value(online, target, False)).all()


def test_few_looks_have_the_same_values_and_follow_the_learning() -> None:
    torch.manual_seed(0)
    network = dqn((4,), 3, hidden=32)
    quick = network.on_few()
    assert quick is not None and dqn((4, 10, 10), 3).on_few() is None
    optimiser = torch.optim.Adam(network.parameters(), lr=0.1, fused=True)
    for looks in (torch.randn(4, 4), torch.randn(1, 4)):
        assert np.allclose(quick(looks.numpy()), network(looks).detach().numpy(), atol=1e-5)
        before = network(looks).detach().numpy()
        network(looks).sum().backward()
        optimiser.step()
        assert not np.allclose(quick(looks.numpy()), before, atol=1e-2) and np.allclose(quick(looks.numpy()), network(looks).detach().numpy(), atol=1e-4)
    other = dqn((4,), 3, hidden=32)
    network.load_state_dict(other.state_dict())
    assert np.allclose(quick(looks.numpy()), other(looks).detach().numpy(), atol=1e-5)
    assert quick(np.ones((2, 4), np.uint8)).dtype == np.float32
