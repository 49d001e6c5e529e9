"""CIFAR-10: the right picture with the right label, and one sentence where there is none."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.engine.data import cifar10
from explorer.words import InputError


def write(path: Path, count: int) -> None:
    """A file in the form of CIFAR-10's: picture i is of one grey, 10 i, and its label is i modulo 10."""
    files = []
    for index in range(count):
        out = io.BytesIO()
        Image.new("RGB", (32, 32), (10 * index,) * 3).save(out, "JPEG", quality=95)
        files.append(np.frombuffer(out.getvalue(), dtype=np.uint8))
    offsets = np.concatenate([[0], np.cumsum([len(one) for one in files])]).astype(np.int64)
    labels = (np.arange(count) % 10).astype(np.uint8)
    np.savez(path, jpeg=np.concatenate(files), offsets=offsets, labels=labels, classes=np.array(cifar10.CLASSES))


def test_pictures_labels_and_hash(tmp_path: Path) -> None:
    path = tmp_path / "cifar10_train.npz"
    write(path, 12)
    found = cifar10.load("train", tmp_path)
    assert found.images.shape == (12, 3, 32, 32) and len(found) == 12
    assert [abs(int(one) - 10 * index) <= 1 for index, one in enumerate(found.images[:, 0, 5, 5])] == [True] * 12
    assert found.labels.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]
    assert found.classes == cifar10.CLASSES and found.file == path.name
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_limit_is_spread_over_the_file(tmp_path: Path) -> None:
    write(tmp_path / "cifar10_test.npz", 20)
    assert cifar10.load("test", tmp_path, limit=4).labels.tolist() == [0, 5, 0, 5]
    assert len(cifar10.load("test", tmp_path, limit=999)) == 20


def test_the_folder_can_be_named_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "cifar10_test.npz", 2)
    monkeypatch.setenv("DS_EXPLORER_DATA", str(tmp_path))
    assert len(cifar10.load("test")) == 2


def test_no_folder_no_file_or_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DS_EXPLORER_DATA", raising=False)
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    with pytest.raises(InputError, match="was not found"):
        cifar10.load("train")
    with pytest.raises(InputError, match="is not in the folder"):
        cifar10.load("train", tmp_path)
    path = tmp_path / "cifar10_train.npz"
    write(path, 3)
    whole = path.read_bytes()
    for content in (b"", b"not an archive", whole[: len(whole) // 2]):
        path.write_bytes(content)
        with pytest.raises(InputError, match="damaged"):
            cifar10.load("train", tmp_path)
    np.savez(path, jpeg=np.zeros(9, np.uint8), offsets=np.array([0, 9]), labels=np.zeros(1), classes=np.array(["a"]))
    with pytest.raises(InputError, match="damaged"):
        cifar10.load("train", tmp_path)


def test_the_real_test_file(data_folder: Path) -> None:
    found = cifar10.load("test", data_folder, limit=100)
    assert found.classes == cifar10.CLASSES
    assert found.labels.bincount().tolist() == [10] * 10
