"""Photographs where a folder has them, digits with a caveat where not."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from explorer.engine.data import digits
from explorer.engine.experiments.recognition.photographs import photographs
from explorer.engine.experiments.run import Run
from explorer.words import InputError


@pytest.mark.parametrize("given", [None, "empty"])
def test_without_photographs_digits_give_a_caveat_at_most(given: str | None, tmp_path: Path) -> None:
    found = photographs(Run(data=tmp_path if given else None), 16)
    assert found.at_most == "caveat" and found.shape == (3, 8, 8) and "1,797" in found.about.en and "--data" in found.about.ja
    assert torch.equal(found.data[0], digits.load(size=8, channels=3)[0])


def test_damaged_files_are_refused(tmp_path: Path) -> None:
    for split in ("train", "test"):
        (tmp_path / f"cifar10_{split}.npz").write_bytes(b"no archive")
    with pytest.raises(InputError, match="damaged"):
        photographs(Run(data=tmp_path, quick=True), 16)


def test_photographs_are_averaged_and_of_all_classes(data_folder: Path) -> None:
    found = photographs(Run(data=data_folder, quick=True), 8)
    learn, labels, held, held_labels = found.data
    assert found.at_most == "holds" and found.shape == (3, 8, 8) and "8×8" in found.about.en and "2,000" in found.about.ja
    assert learn.shape == (2000, 3, 8, 8) and held.shape == (500, 3, 8, 8)
    assert torch.bincount(labels).tolist() == [200] * 10 and torch.bincount(held_labels).tolist() == [50] * 10
    assert learn.mean().abs() < 0.1 and 0.6 < learn.std() < 1.0  # a mean of sixteen pixels varies less than one
