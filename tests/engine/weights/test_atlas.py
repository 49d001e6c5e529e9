"""The record of the test pictures: written, read, and refused where it is not what it should be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from explorer.engine.weights.atlas import MOST_BYTES, Atlas, atlas_name, load_atlas, save_atlas
from explorer.engine.weights.cards import Card, file_sha256
from explorer.resources import resource
from explorer.words import InputError


@pytest.fixture
def atlas() -> Atlas:
    chance = np.random.default_rng(0)
    labels = np.arange(20).astype(np.uint16) % 3
    return Atlas(
        np.full((3, 3), 4, np.int32), chance.normal(size=8).astype(np.float16), chance.normal(size=(5, 8)).astype(np.float16),
        chance.normal(size=(20, 5)).astype(np.float16), chance.normal(size=(20, 2)).astype(np.float16), labels, labels,
    )  # fmt: skip


def test_what_is_written_is_read(atlas: Atlas, tmp_path: Path) -> None:
    path = save_atlas(tmp_path / "new" / atlas_name("tiny.safetensors"), atlas)
    assert path.name == "tiny.atlas.safetensors" and sorted(one.name for one in path.parent.iterdir()) == [path.name]
    found = load_atlas(path)
    for name in vars(atlas):
        assert np.array_equal(getattr(found, name), getattr(atlas, name))
    row = np.arange(8, dtype=np.float32)[None]
    assert np.allclose(found.reduce(row), (row - atlas.mean) @ atlas.components.T, atol=1e-2)


def test_shapes_and_numbers_must_go_together(atlas: Atlas) -> None:
    for change in (
        {"points": atlas.points[:-1]}, {"components": atlas.components[:, 1:]}, {"labels": atlas.labels + 3}, {"confusion": atlas.confusion[:2]},
        {"features": np.full_like(atlas.features, np.inf)}, {"confusion": -atlas.confusion},
    ):  # fmt: skip
        with pytest.raises(ValueError):
            replace(atlas, **change)


def test_a_file_that_is_too_large_is_not_written(atlas: Atlas, tmp_path: Path) -> None:
    many = MOST_BYTES // 10
    large = replace(
        atlas, features=np.zeros((many, 5), np.float16), points=np.zeros((many, 2), np.float16), labels=np.zeros(many, np.uint16), said=np.zeros(many, np.uint16)
    )
    with pytest.raises(ValueError):
        save_atlas(tmp_path / "large.atlas.safetensors", large)
    assert not list(tmp_path.iterdir())


def test_what_is_no_atlas_is_refused_in_a_sentence(atlas: Atlas, tmp_path: Path) -> None:
    path = save_atlas(tmp_path / "a.atlas.safetensors", atlas)
    whole = path.read_bytes()
    values = load_file(path)
    with pytest.raises(FileNotFoundError):
        load_atlas(tmp_path / "none.safetensors")
    path.write_bytes(whole[:-3])
    with pytest.raises(InputError):
        load_atlas(path)
    save_file({name: value for name, value in values.items() if name != "said"}, path)
    with pytest.raises(InputError):
        load_atlas(path)
    save_file({**values, "points": values["points"].astype(np.float32)}, path)
    with pytest.raises(InputError):
        load_atlas(path)


def test_the_hash_on_the_card_is_checked(atlas: Atlas, tmp_path: Path) -> None:
    path = save_atlas(tmp_path / "a.atlas.safetensors", atlas)
    card = Card.read(resource("weights", "resnet20.json"))
    assert load_atlas(path, card) is not None  # a card that does not name it
    assert load_atlas(path, replace(card, companions={path.name: file_sha256(path)})) is not None
    with pytest.raises(InputError):
        load_atlas(path, replace(card, companions={path.name: "0" * 64}))
