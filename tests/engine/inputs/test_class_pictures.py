"""Pictures of a class: folders are opened, what is no picture is said, too many are left out with a note."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.engine.inputs.class_pictures import MOST, example, open_one, opened
from explorer.words import InputError


def test_a_folder_gives_its_first_pictures_and_says_so(tmp_path: Path) -> None:
    picture = tmp_path / "000.png"
    Image.new("RGB", (9, 9), (200, 10, 10)).save(picture)
    for number in range(1, MOST + 5):
        (tmp_path / f"{number:03}.png").write_bytes(picture.read_bytes())
    (tmp_path / "notes.txt").write_text("none")
    found = list(opened([str(tmp_path)]))
    assert sum(one[1] is not None for one in found) == MOST
    (note,) = [one[2] for one in found if one[2] is not None]
    assert str(MOST + 5) in note.en and str(MOST) in note.ja
    assert sum(one[1] is not None for one in opened([str(tmp_path)], room=3)) == 3


def test_what_cannot_be_opened_is_said_and_the_rest_is_taken(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 40)
    pixels = np.zeros((8, 8, 3), np.uint8)
    found = list(opened([str(broken), str(tmp_path / "empty"), pixels, str(tmp_path / "gone.png")]))
    assert [one[1] is not None for one in found] == [False, False, True, False]
    assert all(note is not None and note.ja and note.en for _, picture, note in found if picture is None)


def test_examples_are_always_the_same_and_differ_from_each_other() -> None:
    one = example("crop:cat:3").pixels
    assert np.array_equal(one, open_one("crop:cat:3").pixels)
    assert one.shape[0] == one.shape[1] and not np.array_equal(one[:50, :50], example("crop:cat:4").pixels[:50, :50])
    for key in ("crop:dog:1", "crop:cat:x", "crop:cat", "cat:1"):
        with pytest.raises(InputError):
            example(key)
