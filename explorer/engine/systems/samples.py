"""Sample pictures fetched on request: where they lie, and how one is got and judged to be the right one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from PIL import Image, UnidentifiedImageError

from explorer.catalogue.fetched import FETCHED, Fetched
from explorer.engine.inputs.pictures import open_picture
from explorer.engine.weights import download
from explorer.engine.weights.download import Remote
from explorer.engine.weights.store import address, cache_folder
from explorer.results import Picture, Progress
from explorer.words import InputError, Text, WeightsMissing

NO_SUCH = Text("「{name}」という見本はありません。", "There is no sample called “{name}”.")
TO_FETCH = Text(
    "「{name}」（{terms}）はまだこの計算機にありません。{host} から一度だけ取得します。", "“{name}” ({terms}) is not on this machine yet. It is fetched once, from {host}."
)
DIFFERENT_BITS = 6  # of 64, at most: a picture compressed anew differs in one or two, another of the same data set in sixteen or more


def sample_file(name: str) -> Path:
    """Where the picture lies once it was fetched. Raises InputError for a name that is not among ``FETCHED``."""
    if name not in FETCHED:
        raise InputError(NO_SUCH.format(name=name[:60]))
    return cache_folder() / "samples" / f"{name}{Path(FETCHED[name].url).suffix}"


def opened(name: str) -> Picture:
    """The picture. Raises WeightsMissing for one that is still to be fetched, InputError for a name that is not among ``FETCHED``."""
    path = sample_file(name)
    if not path.is_file():
        wanted = FETCHED[name]
        raise WeightsMissing(TO_FETCH.format(name=wanted.words, terms=wanted.terms, host=urlsplit(wanted.url).netloc), wanted.bytes)
    return open_picture(path)


def fetch(name: str) -> Iterator[Progress]:
    """Download a sample into the cache; nothing happens when it is there. Raises DownloadFailed, or InputError for another name."""
    path, wanted = sample_file(name), FETCHED[name]
    url = address(wanted.url, wanted.url.rpartition("/")[2])
    yield from download.fetch(Remote(url, path.name, wanted.bytes, lambda file: is_right(file, wanted)), path.parent)


def is_right(path: Path, wanted: Fetched) -> bool:
    """Whether a file is a picture of this size that shows the same."""
    try:
        with Image.open(path, formats=("JPEG", "PNG")) as image:
            if image.size != (wanted.width, wanted.height):
                return False
            return (difference_hash(image) ^ wanted.looks).bit_count() <= DIFFERENT_BITS
    except (OSError, SyntaxError, ValueError, UnidentifiedImageError):
        return False


def difference_hash(image: Image.Image) -> int:
    """64 bits of what a picture shows: on 8 rows of 9 mean greys, whether each is brighter than its left neighbour; the first is the highest bit."""
    grey = np.asarray(image.convert("L").resize((9, 8), Image.Resampling.BOX)).astype(int)
    return int("".join("1" if brighter else "0" for brighter in (grey[:, 1:] > grey[:, :-1]).ravel()), 2)
