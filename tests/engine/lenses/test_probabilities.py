"""Probabilities are softmax of the scores over the temperature, in the classes' own order."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.engine.lenses.probabilities import probabilities


def test_softmax_and_temperature() -> None:
    scores = torch.tensor([[1.0, 3.0, -2.0]])
    found = probabilities(scores, ["a", "b", "c"])
    assert found.names == ("a", "b", "c") and found.values.sum() == pytest.approx(1)
    assert np.allclose(found.values, np.exp([1, 3, -2]) / np.exp([1, 3, -2]).sum())
    cooler = probabilities(scores, ["a", "b", "c"], 2.0)
    assert np.allclose(cooler.values, np.exp([0.5, 1.5, -1]) / np.exp([0.5, 1.5, -1]).sum())


def test_large_scores_do_not_overflow() -> None:
    assert probabilities(torch.tensor([[1000.0, 0.0]]), ["a", "b"]).values.tolist() == [1.0, 0.0]
