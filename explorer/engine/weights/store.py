"""Where the weights of a variant are: bundled with the program, in the user's cache, or still to be downloaded.

Downloads are pooch's: into a temporary file in the cache, checked against the hash in the file's published name, then moved into
place in one step. Whatever goes wrong, nothing half-finished stays behind.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import platformdirs

from explorer.catalogue.schema import Variant
from explorer.engine.weights import download
from explorer.engine.weights.cards import Card, file_sha256
from explorer.engine.weights.download import DownloadFailed, Remote
from explorer.resources import resource
from explorer.results import Progress
from explorer.words import InputError, Text, WeightsMissing

__all__ = ["DownloadFailed", "address", "cache_folder", "card_of", "download_url", "fetch", "file_name", "hash_start", "locate"]

URL_VARIABLE = "DS_EXPLORER_WEIGHTS_URL"  # another server with the same files
CACHE_VARIABLE = "DS_EXPLORER_CACHE"

TO_DOWNLOAD = Text(
    "「{variant}」の重み({megabytes:.0f} MB)はまだこの計算機にありません。",
    "The weights of {variant} ({megabytes:.0f} MB) are not on this machine yet.",
)
NO_WEIGHTS = Text("「{variant}」には学習済みの重みがありません。自分の重みを開いてください。", "There are no trained weights for {variant}; open your own.")
NOT_BUNDLED = Text("同梱されているはずの重み「{file}」が見つかりません。", "The weights “{file}” that should come with the program are missing.")


def cache_folder() -> Path:
    """Where downloaded weights are kept: ``DS_EXPLORER_CACHE``, else the user's cache folder of this system."""
    named = os.environ.get(CACHE_VARIABLE)
    return Path(named) if named else platformdirs.user_cache_path("ds-explorer", appauthor=False) / "weights"


def download_url(variant: Variant) -> str:
    """Where the file is fetched from: the published address, or the same file on the server of ``DS_EXPLORER_WEIGHTS_URL``."""
    return address(variant.url, file_name(variant))


def address(url: str, name: str) -> str:
    """A published address, or the file of this name on the server of ``DS_EXPLORER_WEIGHTS_URL``."""
    base = os.environ.get(URL_VARIABLE)
    return f"{base.rstrip('/')}/{name}" if base else url


def file_name(variant: Variant) -> str:
    """The name of a variant's file."""
    return variant.file or variant.url.rpartition("/")[2]


def hash_start(variant: Variant) -> str:
    """The first digits of the file's SHA-256, which its published name ends in. Empty when it has none."""
    match = re.search(r"-([0-9a-f]{8,64})\.\w+$", variant.url)
    return match[1] if match else ""


def locate(variant: Variant) -> Path:
    """The file with the variant's weights.

    Raises WeightsMissing when they have to be downloaded (``size`` bytes), or when there are none (``size`` 0).
    """
    if variant.weights == "bundled":
        path = resource("weights", variant.file)
        if not path.is_file():
            raise WeightsMissing(NOT_BUNDLED.format(file=variant.file))
        return path
    if variant.weights != "download":
        raise WeightsMissing(_about(NO_WEIGHTS, variant))
    path = cache_folder() / file_name(variant)
    if not _is_right(path, variant):
        raise WeightsMissing(_about(TO_DOWNLOAD, variant, megabytes=variant.bytes / 1e6), variant.bytes)
    return path


def card_of(variant: Variant) -> Card | None:
    """The card beside a variant's bundled weights; None when there is none."""
    path = resource("weights", Path(variant.file).stem + ".json") if variant.weights == "bundled" else None
    return Card.read(path) if path is not None and path.is_file() else None


def _about(sentence: Text, variant: Variant, **values: object) -> Text:
    label = variant.label
    return sentence.format(variant=label, **values)


def _is_right(path: Path, variant: Variant) -> bool:
    try:
        if path.stat().st_size < variant.bytes:  # spares the hash of what is cut off; a published size may be rounded down
            return False
        return file_sha256(path).startswith(hash_start(variant))
    except OSError:
        return False


def fetch(variant: Variant) -> Iterator[Progress]:
    """Download a variant's weights into the cache. Yields Progress a few times a second; closing the iterator cancels.

    Raises DownloadFailed (offline, cut off, wrong file, disk full) or InputError for a variant that has nothing to download.
    """
    if variant.weights != "download" or not variant.url:
        raise InputError(_about(NO_WEIGHTS, variant))
    yield from download.fetch(
        Remote(download_url(variant), file_name(variant), variant.bytes, lambda path: file_sha256(path).startswith(hash_start(variant))), cache_folder()
    )
