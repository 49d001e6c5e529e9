"""The atlas of weights that exist already."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from explorer.engine.recipes.recognition import atlas as recipe
from explorer.engine.weights.atlas import load_atlas
from explorer.engine.weights.cards import Card
from explorer.resources import resource
from explorer.words import InputError

torch.set_num_threads(1)


def test_it_is_written_and_named_on_the_card(tmp_path: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load = recipe.cifar10.load
    monkeypatch.setattr(recipe.cifar10, "load", lambda split, folder: load(split, folder, limit=60))
    (tmp_path / "resnet20.json").write_bytes(resource("weights", "resnet20.json").read_bytes())
    path = recipe.make("resnet20", data_folder, tmp_path)
    card = Card.read(tmp_path / "resnet20.json")
    atlas: Any = load_atlas(path, card)
    assert path.name in card.companions and atlas.confusion.sum() == 60 and len(atlas.points) == 60
    assert atlas.confusion.trace() > 40


def test_only_small_networks_of_ours() -> None:
    for name in ("resnet18-imagenet", "nothing"):
        with pytest.raises(InputError):
            recipe.find(name)
