"""Q is V plus A, and A has mean 0."""

from __future__ import annotations

import torch

from explorer.engine.models.reinforcement.dueling import dueling, dueling_atari


def test_q_is_the_sum_and_a_has_mean_zero() -> None:
    torch.manual_seed(0)
    network = dueling((4, 10, 10), 3, hidden=32)
    look = torch.rand(5, 4, 10, 10)
    value, advantage = network.value_and_advantage(look)
    assert value.shape == (5, 1) and advantage.shape == (5, 3)
    assert torch.allclose(advantage.mean(1), torch.zeros(5), atol=1e-6)
    assert torch.allclose(network(look), value + advantage) and torch.allclose(network(look).mean(1), value[:, 0], atol=1e-5)


def test_what_is_common_to_all_actions_is_learnt_by_v_alone() -> None:
    torch.manual_seed(0)
    network = dueling((4,), 3, hidden=16)
    network(torch.rand(6, 4)).sum().backward()
    assert network.streams.advantage.weight.grad is not None and network.streams.advantage.weight.grad.abs().max() < 1e-6
    assert network.streams.value.weight.grad is not None and network.streams.value.weight.grad.abs().max() > 1e-3


def test_the_papers_network_has_its_parameters() -> None:
    with torch.device("meta"):
        network = dueling_atari()
    assert sum(p.numel() for p in network.parameters()) == 3_293_863
