"""The sentence pairs: read whole, hashed, and refused in a sentence where they are not what they should be."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from explorer.engine.data import enja
from explorer.words import InputError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "enja").mkdir()
    (tmp_path / "enja" / "train.en").write_text("i can 't .\nyes .\nno .\n", encoding="utf-8")
    (tmp_path / "enja" / "train.ja").write_text("でき な い 。\nはい 。\nいいえ 。\n", encoding="utf-8")
    return tmp_path


def test_pairs_are_read_as_the_files_write_them(folder: Path) -> None:
    pairs = enja.load("train", folder)
    assert pairs.english == ("i can 't .", "yes .", "no .")
    assert pairs.japanese == ("でき な い 。", "はい 。", "いいえ 。")
    assert len(pairs) == 3
    for name, sha256 in pairs.sha256.items():
        assert sha256 == hashlib.sha256((folder / name).read_bytes()).hexdigest()
    assert set(pairs.sha256) == {"enja/train.en", "enja/train.ja"}


def test_limit(folder: Path) -> None:
    assert enja.load("train", folder, 2).english == ("i can 't .", "yes .")


def test_a_missing_file_is_named(folder: Path) -> None:
    with pytest.raises(InputError) as caught:
        enja.load("dev", folder)
    assert "dev.en" in caught.value.text.en and "dev.en" in caught.value.text.ja


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", "はい 。\n".encode(), "はい 。\n\nいいえ 。\n".encode()])
def test_damaged_files_are_refused(folder: Path, content: bytes) -> None:
    (folder / "enja" / "train.ja").write_bytes(content)
    with pytest.raises(InputError):
        enja.load("train", folder)


def test_the_real_files(data_folder: Path) -> None:
    train, dev = enja.load("train", data_folder), enja.load("dev", data_folder)
    assert (len(train), len(dev)) == (50_000, 500)
    assert not set(zip(train.english, train.japanese, strict=True)) & set(zip(dev.english, dev.japanese, strict=True))
