"""The drawn drive and CamVid's sequence: from the folder of data sets, or fetched from a server on 127.0.0.1."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.engine.systems import films
from explorer.engine.weights.download import DownloadFailed
from explorer.results import Progress
from explorer.words import InputError, WeightsMissing
from tests.serving import serving_folder


def packed(path: Path, names: list[str], kind: str) -> None:
    """An archive of pictures, each a little brighter than the one before."""
    with tarfile.open(path, "w:gz" if path.suffix == ".tgz" else "w") as archive:
        for number, name in enumerate(names):
            content = io.BytesIO()
            Image.new("RGB", (96, 72), (20 + 40 * number, 0, 0)).save(content, kind)
            member = tarfile.TarInfo(name)
            member.size = len(content.getvalue())
            archive.addfile(member, io.BytesIO(content.getvalue()))


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Neither fetched nor in a folder of data sets."""
    monkeypatch.setenv("DS_EXPLORER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DS_EXPLORER_DATA", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    return tmp_path


@pytest.fixture
def server(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A server with an archive of the form of CamVid's."""
    path = nowhere / "camvid.tgz"
    names = ["camvid/labels/Seq05VD_f00030_P.png", "camvid/images/Seq05VD_f00060.png", "camvid/images/0001TP_006690.png", "camvid/images/Seq05VD_f00030.png", "camvid/codes.txt"]
    packed(path, names, "PNG")
    monkeypatch.setattr(films, "MD5", hashlib.md5(path.read_bytes()).hexdigest())
    monkeypatch.setattr(films, "BYTES", path.stat().st_size)
    with serving_folder(nowhere, monkeypatch):
        yield path


def test_the_drawn_drive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(films, "SIZE", (48, 64))
    films._drawn.cache_clear()
    one, other = films.frame("drive", 0), films.frame("drive", 30)
    films._drawn.cache_clear()
    assert one.pixels.shape == (48, 64, 3) and not np.array_equal(one.pixels, other.pixels)
    for number in (-1, films.frames("drive")):
        with pytest.raises(InputError, match="90 pictures"):
            films.frame("drive", number)
    with pytest.raises(InputError, match="no film"):
        films.frames("nonsense")


def test_what_is_not_there_is_offered(nowhere: Path) -> None:
    with pytest.raises(WeightsMissing, match="598 MB") as caught:
        films.frame("camvid", 0)
    assert caught.value.size == films.BYTES


def test_the_folder_of_data_sets_has_it(nowhere: Path) -> None:
    packed(nowhere / "data" / "camvid_test.tar", ["images/Seq05VD_f00060.jpg", "images/0001TP_000000.jpg", "images/Seq05VD_f00030.jpg", "labels/Seq05VD_f00030.png"], "PNG")
    assert films.frames("camvid") == 2
    first, second = (films.frame("camvid", number).pixels for number in (0, 1))
    assert first.shape == (360, 480, 3) and first[0, 0, 0] == 100 and second[0, 0, 0] == 20  # in the order of the film


def test_it_is_fetched_and_only_the_sequence_kept(server: Path) -> None:
    steps = list(films.fetch())
    assert all(isinstance(step, Progress) for step in steps) and "2 pictures" in steps[-1].text.en
    assert films.frames("camvid") == 2 and int(films.frame("camvid", 0).pixels[0, 0, 0]) == pytest.approx(140, abs=4)
    assert not (films.cache_folder() / "camvid.tgz").exists() and [one.name for one in films.cache_folder().iterdir()] == ["camvid-film"]


def test_another_file_is_thrown_away(server: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(films, "MD5", "0" * 32)
    with pytest.raises(DownloadFailed, match="not the right one"):
        list(films.fetch())
    assert not list(films.cache_folder().iterdir())
    with pytest.raises(WeightsMissing):
        films.frames("camvid")


def test_an_archive_without_the_film_is_refused(server: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(films, "SEQUENCE", "Seq99")
    with pytest.raises(DownloadFailed, match="no film"):
        list(films.fetch())
    assert not films.film_folder().exists()
