"""ε of each actor, n-step rewards and first priorities, against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from explorer.engine.models.reinforcement.apex import NSteps, actor_epsilons, first_errors


def test_the_papers_epsilons() -> None:
    found = actor_epsilons(8)
    assert found[0] == pytest.approx(0.4) and found[-1] == pytest.approx(0.4**8) and (np.diff(found) < 0).all()
    assert found[3] == pytest.approx(0.4 ** (1 + 7 * 3 / 7))
    assert actor_epsilons(1)[0] == pytest.approx(0.4**4.5)


def test_three_steps_by_hand() -> None:
    joined = NSteps(3)
    assert joined.push("a", 0, 1.0, "b", False, False, 0.5) == []
    assert joined.push("b", 1, 2.0, "c", False, False, 0.5) == []
    assert joined.push("c", 2, 4.0, "d", False, False, 0.5) == [("a", 0, 1 + 0.5 * 2 + 0.25 * 4, "d", False, 3)]
    assert joined.push("d", 3, 8.0, "end", True, False, 0.5) == [
        ("b", 1, 2 + 0.5 * 4 + 0.25 * 8, "end", True, 3),
        ("c", 2, 4 + 0.5 * 8, "end", True, 2),
        ("d", 3, 8.0, "end", True, 1),
    ]
    assert joined.push("x", 0, 1.0, "y", False, False, 0.5) == []  # the next episode knows nothing of the last


def test_an_episode_cut_by_its_time_limit_has_not_ended() -> None:
    joined = NSteps(2)
    joined.push("a", 0, 1.0, "b", False, False, 0.9)
    done = joined.push("b", 0, 1.0, "c", False, True, 0.9)
    assert done == [("a", 0, 1.9, "c", False, 2), ("b", 0, 1.0, "c", False, 1)]


def test_one_step_is_the_step_itself() -> None:
    assert NSteps(1).push("a", 2, 3.0, "b", False, False, 0.9) == [("a", 2, 3.0, "b", False, 1)]


class Fixed(nn.Module):
    """Values read from the look itself."""

    def forward(self, look: torch.Tensor) -> torch.Tensor:
        return look


def test_first_priorities_by_hand() -> None:
    looks, later = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[10.0, 20.0], [30.0, 40.0]])
    errors = first_errors(Fixed(), looks, torch.tensor([0, 1]), torch.tensor([1.0, 1.0]), later, torch.tensor([0.0, 1.0]), torch.tensor([0.5, 0.5]))
    assert errors.tolist() == [1 + 0.5 * 20 - 1, 1 - 4]
