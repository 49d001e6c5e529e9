"""Samples of data sets: fetched from a server on 127.0.0.1, judged by what they show."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.catalogue.fetched import FETCHED
from explorer.engine.data import streets
from explorer.engine.systems import samples
from explorer.engine.tasks import samples as tasks
from explorer.engine.weights.download import DownloadFailed
from explorer.results import Bundle, Picture, Progress
from explorer.words import InputError
from tests.serving import serving_folder

WANTED = FETCHED["bccd"]
NAME = WANTED.url.rpartition("/")[2]


def street(seed: int) -> Image.Image:
    return Image.fromarray(streets.draw(seed, (480, 640)).pixels)


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on a server; the sample that is wanted shows a drawn street."""
    picture = street(1)
    monkeypatch.setattr(samples, "FETCHED", {"bccd": replace(WANTED, looks=samples.difference_hash(picture))})
    folder = tmp_path / "served"
    folder.mkdir()
    monkeypatch.setenv("DS_EXPLORER_CACHE", str(tmp_path / "cache"))
    with serving_folder(folder, monkeypatch):
        yield folder


def test_a_sample_is_fetched_once_and_opened(served: Path) -> None:
    street(1).save(served / NAME, quality=90)
    *_, nothing = tasks.here(names=["bccd"])
    assert isinstance(nothing, Bundle) and not nothing.parts and nothing.facts["paths"] == {}
    steps = list(tasks.fetch(name="bccd"))
    assert isinstance(steps[0], Progress) and isinstance(steps[-1], Bundle)
    picture = steps[-1].parts["bccd"]
    assert isinstance(picture, Picture) and picture.pixels.shape == (480, 640, 3)
    (served / NAME).unlink()
    *_, again = tasks.fetch(name="bccd")  # it is here: nobody is asked
    assert isinstance(again, Bundle) and again.facts["paths"] == steps[-1].facts["paths"]
    *_, here = tasks.here(names=["bccd"])
    assert isinstance(here, Bundle) and set(here.parts) == {"bccd"}


def test_another_compression_of_the_same_picture_will_do(served: Path) -> None:
    street(1).save(served / NAME, quality=35)
    list(samples.fetch("bccd"))
    assert samples.sample_file("bccd").is_file()


@pytest.mark.parametrize("wrong", ["another", "size", "page", "bomb"])
def test_anything_else_is_thrown_away(served: Path, wrong: str) -> None:
    if wrong == "page":
        (served / NAME).write_bytes(b"<html>not found</html>" * 1000)
    elif wrong == "bomb":
        content = io.BytesIO()
        Image.new("L", (4000, 4000)).save(content, "PNG")
        (served / NAME).write_bytes(content.getvalue())
    else:
        picture = street(2) if wrong == "another" else street(1).resize((960, 720))
        picture.save(served / NAME, quality=90)
    with pytest.raises(DownloadFailed, match="not the right one"):
        list(samples.fetch("bccd"))
    assert not samples.sample_file("bccd").exists()


def test_what_nobody_serves(served: Path) -> None:
    with pytest.raises(DownloadFailed, match="404"):
        list(samples.fetch("bccd"))
    for name in ("nonsense", "../bccd"):
        with pytest.raises(InputError, match="no sample"):
            list(tasks.fetch(name=name))


def test_the_hash_by_hand() -> None:
    rising = np.tile(np.arange(9, dtype=np.uint8) * 20, (8, 1))
    assert samples.difference_hash(Image.fromarray(rising)) == 2**64 - 1
    assert samples.difference_hash(Image.fromarray(rising[:, ::-1])) == 0
    only_first = np.zeros((8, 9), np.uint8)
    only_first[0, 1:] = 200
    assert samples.difference_hash(Image.fromarray(only_first)) == 1 << 63


def test_what_the_catalogue_offers_can_be_judged() -> None:
    for one in FETCHED.values():
        assert one.url.startswith("https://") and 0 < one.looks < 2**64 and one.bytes < 1_000_000
