"""Rescaling, n-step targets of sequences, cutting and burn-in, each against numbers worked out by hand or a plain loop."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.engine.models.reinforcement.r2d2 import (
    ETA,
    Sequences,
    fields,
    r2d2,
    r2d2_atari,
    rescale,
    sequence_priority,
    sequence_targets,
    unscale,
)


def test_rescaling_by_hand_and_back() -> None:
    assert rescale(torch.tensor([0.0, 3.0, -3.0, 99.0])).tolist() == pytest.approx([0.0, 1.003, -1.003, 9.099], abs=1e-5)
    x = torch.linspace(-300, 300, 1001)
    assert torch.allclose(unscale(rescale(x)), x, atol=1e-3)
    assert (rescale(x).diff() > 0).all()


def plain_targets(rewards: list[float], ended: list[int], count: int, chosen: list[float], n: int, gamma: float) -> list[float]:
    """The definition, step by step: ``count`` steps are valid, ``chosen`` is what each look promises."""
    out = []
    for t in range(count):
        total, k = 0.0, 0
        over = False
        while k < n and t + k < count:
            total += gamma**k * rewards[t + k]
            k += 1
            if ended[t + k - 1]:
                over = True
                break
        out.append(total + (0.0 if over else gamma**k * chosen[t + k]))
    return out


@pytest.mark.parametrize("n", [1, 2, 3, 5, 9])
@pytest.mark.parametrize(("count", "end"), [(6, False), (6, True), (4, True), (4, False), (1, True)])
def test_sequence_targets_are_the_definition(n: int, count: int, end: bool) -> None:
    torch.manual_seed(n)
    rewards, q_online, q_target = torch.randn(6, 1), torch.randn(7, 1, 3), torch.randn(7, 1, 3)
    ended, valid = torch.zeros(6, 1), torch.zeros(6, 1)
    valid[:count] = 1
    ended[count - 1] = float(end)
    y = sequence_targets(rewards, ended, valid, q_online, q_target, n, 0.9, rescaled=False)
    chosen = q_target.gather(2, q_online.argmax(2, keepdim=True)).flatten().tolist()
    expected = plain_targets(rewards.flatten().tolist(), [int(v) for v in ended.flatten()], count, chosen, n, 0.9)
    assert y.flatten()[:count].tolist() == pytest.approx(expected, abs=1e-5)


def test_rescaled_targets_by_hand() -> None:
    q = rescale(torch.tensor([[[5.0, 3.0]], [[8.0, 1.0]]]))
    y = sequence_targets(torch.tensor([[2.0]]), torch.zeros(1, 1), torch.ones(1, 1), q, q, 1, 0.5)
    assert y.item() == pytest.approx(rescale(torch.tensor(2.0 + 0.5 * 8.0)).item(), abs=1e-4)


def test_priority_by_hand() -> None:
    errors, valid = torch.tensor([[1.0, 1.0], [-3.0, 5.0]]), torch.tensor([[1.0, 1.0], [1.0, 0.0]])
    assert sequence_priority(errors, valid).tolist() == pytest.approx([ETA * 3 + (1 - ETA) * 2, 1.0])


def cut(lengths: list[int], burn_in: int = 2, trace: int = 3, ended: bool = True) -> list[dict[str, np.ndarray]]:
    """The sequences of episodes in which step t (from 0 over all) shows t, does t, pays t and has the state t."""
    cutter, found, t = Sequences(burn_in, trace), [], 0
    for length in lengths:
        for step in range(length):
            first, last = step == 0, step == length - 1
            state = np.full((2, 1), 0.0 if first else t)
            found += cutter.push(
                np.array([t]), -1 if first else t - 1, 0.0 if first else t - 1, state, t, float(t), np.array([t + 1]), ended and last, not ended and last
            )
            t += 1
    return found


def test_every_step_is_learnt_from_once() -> None:
    found = cut([7, 2, 3])
    actions = [int(a) for item in found for a, v in zip(item["actions"], item["valid"], strict=True) if v]
    assert actions == list(range(12))
    assert [int(item["valid"].sum()) for item in found] == [3, 3, 1, 2, 3]
    assert [float(item["fresh"]) for item in found] == [1, 0, 0, 1, 1]
    assert [list(item["ended"]) for item in found] == [[0, 0, 0], [0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]
    for item in found:
        for name, (shape, _) in fields((1,), np.dtype(np.int64), 1, 2, 3).items():
            assert item[name].shape == shape, name


def test_a_sequence_is_led_in_by_the_steps_before_it() -> None:
    second = cut([7])[1]
    assert second["looks"].ravel().tolist() == [1, 2, 3, 4, 5, 6] and list(second["before"]) == [0, 1, 2, 3, 4, 5]
    assert list(second["paid"]) == [0, 1, 2, 3, 4, 5]
    assert second["states"][:, 0, 0].tolist() == [1, 3]  # before the burn-in, and before what is learnt from
    first = cut([7])[0]
    assert first["looks"].ravel().tolist() == [0, 0, 0, 1, 2, 3] and list(first["before"]) == [-1, -1, -1, 0, 1, 2]
    assert first["states"][:, 0, 0].tolist() == [0, 0]


def test_without_burn_in_sequences_follow_each_other() -> None:
    found = cut([7], burn_in=0)
    assert [item["looks"].ravel().tolist() for item in found] == [[0, 1, 2, 3], [3, 4, 5, 6], [6, 7, 0, 0]]
    assert found[1]["states"][:, 0, 0].tolist() == [3, 3]
    with pytest.raises(ValueError, match="longer"):
        Sequences(4, 3)


def test_one_step_at_a_time_is_the_whole_sequence() -> None:
    torch.manual_seed(0)
    network = r2d2((3, 10, 10), 4, hidden=16, squeeze=8)
    looks, actions, rewards = torch.rand(5, 2, 3, 10, 10), torch.randint(-1, 4, (5, 2)), torch.randn(5, 2)
    whole, end = network(looks, actions, rewards, network.start(2))
    state, parts = network.start(2), []
    for t in range(5):
        q, state = network(looks[t : t + 1], actions[t : t + 1], rewards[t : t + 1], state)
        parts.append(q)
    assert torch.allclose(torch.cat(parts), whole, atol=1e-5) and torch.allclose(state[1], end[1], atol=1e-5)
    assert not torch.allclose(whole[4], network(looks[4:], actions[4:], rewards[4:], network.start(2))[0][0], atol=1e-4)  # it remembers


def test_without_memory_only_the_step_itself_counts() -> None:
    torch.manual_seed(0)
    network = r2d2((4,), 2, hidden=8, remembers=False)
    looks, actions, rewards = torch.rand(5, 2, 4), torch.randint(-1, 2, (5, 2)), torch.randn(5, 2)
    whole, state = network(looks, actions, rewards, network.start(2))
    alone, _ = network(looks[4:], actions[4:], rewards[4:], (torch.ones(2, 8), torch.ones(2, 8)))
    assert torch.allclose(whole[4], alone[0], atol=1e-5) and not state[0].any()


def test_the_papers_network_has_its_parameters() -> None:
    with torch.device("meta"):
        network = r2d2_atari()
    assert sum(p.numel() for p in network.parameters()) == 8_096_423
