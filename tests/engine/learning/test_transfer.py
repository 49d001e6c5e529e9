"""A last layer learnt anew: it learns what can be learnt, and what is said of unseen pictures is not flattered."""

from __future__ import annotations

import pytest
import torch

from explorer.engine.learning.transfer import FOLDS, LEAVE_ONE_OUT, Transfer, folds


def test_parted_features_are_learnt_and_told_apart() -> None:
    torch.manual_seed(0)
    labels = torch.tensor([0] * 6 + [1] * 4 + [2] * 5)
    features = torch.randn(15, 40) + 6 * torch.nn.functional.one_hot(labels, 40).float()
    learning = Transfer(features, labels, 3)
    *_, last = learning.steps()
    assert last.learnt == 1 and last.held_out >= 0.9 and last.step == last.steps
    probabilities = learning.probabilities(torch.randn(3, 40) + 6 * torch.eye(3, 40))
    assert probabilities.argmax(1).tolist() == [0, 1, 2] and torch.allclose(probabilities.sum(1), torch.ones(3))


def test_noise_is_learnt_by_heart_but_not_foretold() -> None:
    torch.manual_seed(1)
    labels = torch.arange(30) % 2
    *_, last = Transfer(torch.randn(30, 200), labels, 2).steps()
    assert last.learnt == 1 and last.held_out < 0.8  # chance is a half


@pytest.mark.parametrize("count", [2, 7, LEAVE_ONE_OUT, LEAVE_ONE_OUT + 1, 200])
def test_every_picture_is_left_out_exactly_once(count: int) -> None:
    left_out = folds(torch.arange(count) % 2)
    assert left_out.sum(0).tolist() == [1] * count
    assert len(left_out) == (count if count <= LEAVE_ONE_OUT else FOLDS)


def test_a_copy_never_learns_from_what_it_is_asked() -> None:
    torch.manual_seed(0)
    labels = torch.tensor([0, 0, 0, 1, 1, 1])
    learning = Transfer(torch.randn(6, 5), labels, 2)
    assert (learning.share[1:][learning.left_out] == 0).all() and (learning.share[0] > 0).all()


def test_what_cannot_be_learnt() -> None:
    for labels, classes in (([0, 0], 1), ([0, 0], 2), ([0, 2], 2)):
        with pytest.raises(ValueError):
            Transfer(torch.randn(2, 3), torch.tensor(labels), classes)
