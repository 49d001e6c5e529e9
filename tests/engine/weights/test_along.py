"""What a network was on the way to its weights comes back in order, and only from the file its card names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from explorer.engine.recipes.recipe import write_weights
from explorer.engine.weights.along import along_name, joined, load_along
from explorer.engine.weights.cards import Card
from explorer.resources import resource
from explorer.words import InputError

CARD = Card.read(resource("weights", "dqn-cartpole.json"))


def test_the_weights_on_the_way_in_order(tmp_path: Path) -> None:
    weights = tmp_path / "agent.safetensors"
    late, early = {"a.b": torch.ones(2).half()}, {"a.b": torch.zeros(2).half()}
    _, sha256 = write_weights(tmp_path / along_name("agent.safetensors"), joined([(10_000, late), (2500, early)]))
    found = load_along(weights, replace(CARD, companions={"agent.along.safetensors": sha256}))
    assert [steps for steps, _ in found] == [2500, 10_000]
    assert found[1][1]["a.b"].tolist() == [1.0, 1.0] and found[0][1]["a.b"].dtype == torch.float32
    assert load_along(weights, replace(CARD, companions={})) == []
    with pytest.raises(InputError):
        load_along(weights, replace(CARD, companions={"agent.along.safetensors": "0" * 64}))
    (tmp_path / "agent.along.safetensors").unlink()
    with pytest.raises(InputError):
        load_along(weights, replace(CARD, companions={"agent.along.safetensors": sha256}))
