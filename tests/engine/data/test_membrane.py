"""Membranes: held-in and held-out slices never meet, and the labels are those of the file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from explorer.engine.data import membrane
from explorer.words import InputError


def write(folder: Path) -> None:
    """A small file in the form of the true one: slice i is of one grey, 10 i, and inside a cell where the column is below i."""
    images = np.broadcast_to((10 * np.arange(24, dtype=np.uint8))[:, None, None], (24, 24, 24))
    labels = np.broadcast_to(np.arange(24)[None, None, :] < np.arange(24)[:, None, None], (24, 24, 24))
    np.savez(folder / membrane.FILE, images=images, labels=labels)


def test_held_in_and_held_out(tmp_path: Path) -> None:
    write(tmp_path)
    train, test = membrane.load("train", tmp_path), membrane.load("test", tmp_path)
    assert len(train) == 20 and len(test) == 4 and not set(train.numbers) & set(test.numbers)
    assert test.numbers == membrane.HELD_OUT
    assert test.images.shape == (4, 1, 24, 24) and test.images[:, 0, 0, 0].tolist() == [50, 110, 170, 230]
    assert test.labels.sum(2)[:, 0].tolist() == [5, 11, 17, 23]
    assert train.sha256 == test.sha256 == hashlib.sha256((tmp_path / membrane.FILE).read_bytes()).hexdigest()
    assert membrane.load("train", tmp_path, limit=3).numbers == (0, 1, 2)


def test_no_file_or_another_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not in the folder"):
        membrane.load("train", tmp_path)
    (tmp_path / membrane.FILE).write_bytes(b"nothing")
    with pytest.raises(InputError, match="is damaged"):
        membrane.load("train", tmp_path)
    np.savez(tmp_path / membrane.FILE, images=np.zeros((24, 8, 8), np.uint8), labels=np.zeros((24, 8, 9), bool))
    with pytest.raises(InputError, match="is damaged"):
        membrane.load("train", tmp_path)


def test_the_true_file(data_folder: Path) -> None:
    found = membrane.load("test", data_folder)
    assert found.images.shape == (4, 1, 512, 512)
    assert 0.7 < found.labels.float().mean() < 0.85
    assert found.images[:, 0][found.labels == 0].float().mean() < found.images[:, 0][found.labels == 1].float().mean() - 20
