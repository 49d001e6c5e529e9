"""Films of a drive: one drawn by the program, and CamVid's test sequence, fetched on request or taken from the folder of data sets.

CamVid (Brostow et al., 2009) was filmed from a car in Cambridge, for research use; every thirtieth picture was labelled, and these are the film here.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from explorer.engine.data import camvid, streets
from explorer.engine.data.cifar10 import data_folder
from explorer.engine.weights import download
from explorer.engine.weights.download import DownloadFailed, Remote
from explorer.engine.weights.store import address, cache_folder
from explorer.results import Picture, Progress
from explorer.words import InputError, Text, WeightsMissing

DRAWN, FILMED = "drive", "camvid"
SEED = streets.HELD_OUT + 18
SIZE = (360, 480)
SEQUENCE = "Seq05VD"  # the part of the test split that was filmed by day
ARCHIVE = "https://s3.amazonaws.com/fast-ai-imagelocal/camvid.tgz"  # fast.ai's copy: the link at the data set's own home is dead
MD5 = "2e796d442fe723192014ace89a1515b1"
BYTES = 598_000_000  # at least

NO_FILM = Text("「{name}」という映像はありません。", "There is no film called “{name}”.")
NO_FRAME = Text("この映像は {count} コマです。{number} コマ目はありません。", "This film has {count} pictures; there is no number {number}.")
TO_FETCH = Text(
    "CamVid のテスト映像はまだこの計算機にありません（{megabytes:.0f} MB、研究用）。fast.ai の公開コピーから一度だけ取得し、テスト映像だけを残します。",
    "CamVid's test sequence is not on this machine yet ({megabytes:.0f} MB, for research use). It is fetched once, from fast.ai's public copy; only the test sequence is kept.",
)
UNPACKING = Text("映像を取り出しています（{count} コマ）", "Taking the film out ({count} pictures)")
WRONG = Text("取得したファイルに CamVid の映像がありませんでした。", "There was no film of CamVid in the file that came.")


def frames(film: str) -> int:
    """How many pictures a film has. Raises WeightsMissing for one still to be fetched, InputError for another name."""
    if film == DRAWN:
        return streets.DRIVE
    if film != FILMED:
        raise InputError(NO_FILM.format(name=film[:60]))
    return len(_files()) or len(_members(*_tar()))


def frame(film: str, number: int) -> Picture:
    """One picture of a film, 480 × 360, from 0 on. Raises as ``frames``, and InputError where there is none of this number."""
    count = frames(film)
    if not 0 <= number < count:
        raise InputError(NO_FRAME.format(count=count, number=number))
    return _drawn(number) if film == DRAWN else _filmed(number)


@functools.lru_cache(maxsize=streets.DRIVE)
def _drawn(number: int) -> Picture:
    """Kept, for drawing takes longer than looking."""
    return Picture(streets.draw_drive(SEED, number, SIZE).pixels, f"{DRAWN} {number}")


def _filmed(number: int) -> Picture:
    files = _files()
    if files:
        content = files[number].read_bytes()
    else:
        path, _ = _tar()
        with tarfile.open(path) as archive:
            found = archive.extractfile(_members(*_tar())[number])
            assert found is not None
            content = found.read()
    return Picture(_opened(content), f"{FILMED} {number}")


def _opened(content: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(content)) as image:
        return np.array(camvid.scaled(image.convert("RGB"), SIZE, Image.Resampling.BOX))


def film_folder() -> Path:
    """Where the fetched film lies."""
    return cache_folder() / "camvid-film"


def _files() -> list[Path]:
    return sorted(film_folder().glob("*.jpg"))


def _tar() -> tuple[Path, float]:
    """The test split in the folder of data sets, and when it was written. Raises WeightsMissing without one."""
    with contextlib.suppress(InputError, OSError):
        path = data_folder() / "camvid_test.tar"
        return path, path.stat().st_mtime
    raise WeightsMissing(TO_FETCH.format(megabytes=BYTES / 1e6), BYTES)


@functools.lru_cache(maxsize=1)
def _members(path: Path, _: float) -> list[str]:
    with tarfile.open(path) as archive:
        return sorted(name for name in archive.getnames() if name.startswith(f"images/{SEQUENCE}"))


def fetch(film: str = FILMED) -> Iterator[Progress]:
    """Download CamVid and keep the pictures of its test sequence. Raises DownloadFailed, or InputError for a film that is drawn."""
    if film != FILMED:
        raise InputError(NO_FILM.format(name=film[:60]))
    name = ARCHIVE.rpartition("/")[2]
    yield from download.fetch(Remote(address(ARCHIVE, name), name, BYTES, lambda path: _md5(path) == MD5), cache_folder())
    archive = cache_folder() / name
    part = film_folder().with_suffix(".part")
    part.mkdir(parents=True, exist_ok=True)
    count = 0
    try:
        with tarfile.open(archive) as packed:
            for member in packed:
                path = Path(member.name)
                if not member.isfile() or path.parent.name != "images" or not path.name.startswith(SEQUENCE):
                    continue
                found = packed.extractfile(member)
                assert found is not None
                Image.fromarray(_opened(found.read())).save(part / f"{path.stem}.jpg", quality=92)
                count += 1
                yield Progress(UNPACKING.format(count=count))
        if not count:
            raise DownloadFailed(WRONG)
        part.rename(film_folder())
    except (OSError, EOFError, tarfile.TarError, UnidentifiedImageError) as error:
        raise DownloadFailed(WRONG) from error
    finally:
        if part.is_dir():
            for left in part.iterdir():
                left.unlink()
            part.rmdir()
    archive.unlink(missing_ok=True)


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()
