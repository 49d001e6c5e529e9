"""Where the weights of a variant are: bundled with the program, in the user's cache, or still to be downloaded.

Downloads are pooch's: into a temporary file in the cache, checked against the hash in the file's published name, then moved into
place in one step. Whatever goes wrong, nothing half-finished stays behind.
"""

from __future__ import annotations

import contextlib
import errno
import os
import queue
import re
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import platformdirs

from explorer.catalogue.schema import Variant
from explorer.engine.weights.cards import Card, file_sha256
from explorer.resources import resource
from explorer.results import Progress
from explorer.words import ExplorerError, InputError, Text, WeightsMissing

URL_VARIABLE = "DS_EXPLORER_WEIGHTS_URL"  # another server with the same files
CACHE_VARIABLE = "DS_EXPLORER_CACHE"

STALE_SECONDS = 600  # a temporary file that nobody has written to for so long was left by a killed process
TIMEOUT = 30  # seconds of silence after which the server counts as gone

TO_DOWNLOAD = Text(
    "「{variant}」の重み({megabytes:.0f} MB)はまだこの計算機にありません。",
    "The weights of {variant} ({megabytes:.0f} MB) are not on this machine yet.",
)
NO_WEIGHTS = Text("「{variant}」には学習済みの重みがありません。自分の重みを開いてください。", "There are no trained weights for {variant}; open your own.")
NOT_BUNDLED = Text("同梱されているはずの重み「{file}」が見つかりません。", "The weights “{file}” that should come with the program are missing.")
FETCHING = Text("重みを取得しています({done:.1f} / {total:.1f} MB)", "Downloading the weights ({done:.1f} of {total:.1f} MB)")
CONNECTING = Text("{host} に接続しています", "Connecting to {host}")
OFFLINE = Text(
    "重みを取得できませんでした。{host} につながりません。ネットワークを確かめてください。",
    "The weights could not be downloaded: {host} cannot be reached; check the network.",
)
CUT_OFF = Text(
    "重みの取得が途中で切れました。もう一度試してください。",
    "The download of the weights broke off; try again.",
)
REFUSED = Text("重みを取得できませんでした。{host} の返事は {status} でした。", "The weights could not be downloaded: {host} answered {status}.")
WRONG_HASH = Text(
    "取得した重み「{file}」は中身が違っていたので捨てました。もう一度試してください。",
    "The downloaded weights “{file}” were not the right ones and were thrown away; try again.",
)
DISK_FULL = Text(
    "ディスクの空きが足りず、重み({megabytes:.0f} MB)を保存できませんでした。",
    "The disk has no room for the weights ({megabytes:.0f} MB).",
)
NO_CACHE = Text("重みを保存するフォルダー「{folder}」に書き込めません。", "The folder for weights, “{folder}”, cannot be written to.")


class DownloadFailed(ExplorerError):
    """A download that did not come to its end; the text says why."""


class _Cancelled(Exception):
    """Raised inside the download when nobody wants it any more."""


def cache_folder() -> Path:
    """Where downloaded weights are kept: ``DS_EXPLORER_CACHE``, else the user's cache folder of this system."""
    named = os.environ.get(CACHE_VARIABLE)
    return Path(named) if named else platformdirs.user_cache_path("ds-explorer", appauthor=False) / "weights"


def download_url(variant: Variant) -> str:
    """Where the file is fetched from: the published address, or the same file on the server of ``DS_EXPLORER_WEIGHTS_URL``."""
    base = os.environ.get(URL_VARIABLE)
    return f"{base.rstrip('/')}/{file_name(variant)}" if base else variant.url


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
    return Text(sentence.ja.format(variant=label.ja, **values), sentence.en.format(variant=label.en, **values))


def _is_right(path: Path, variant: Variant) -> bool:
    try:
        if variant.bytes and path.stat().st_size != variant.bytes:
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
    folder, url = cache_folder(), download_url(variant)
    megabytes = variant.bytes / 1e6
    host = re.sub(r"^\w+://([^/]*).*$", r"\1", url)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _clean(folder)
        if _is_right(folder / file_name(variant), variant):
            return
        (folder / file_name(variant)).unlink(missing_ok=True)  # damaged, or of an older version
        if shutil.disk_usage(folder).free < variant.bytes:
            raise DownloadFailed(DISK_FULL.format(megabytes=megabytes))
    except OSError as error:
        raise DownloadFailed(_disk_sentence(error, folder, megabytes)) from error
    progress = Progress(CONNECTING.format(host=host), 0.0)
    yield progress

    download = _Download(url, folder, variant)
    download.start()
    begin = time.monotonic()
    try:
        while download.is_alive():
            with contextlib.suppress(queue.Empty):
                done = download.news.get(timeout=0.1)
                total = max(download.total, done)
                left = (time.monotonic() - begin) * (total - done) / done
                progress = Progress(FETCHING.format(done=done / 1e6, total=total / 1e6), done / total, left)
            yield progress
    finally:
        download.cancel()
    if download.error is not None:
        raise DownloadFailed(_sentence(download.error, host, folder, variant)) from download.error
    yield Progress(FETCHING.format(done=megabytes, total=megabytes), 1.0, 0.0)


class _Download(threading.Thread):
    """Runs pooch beside the task, so that the task can report and be cancelled. ``total`` is set by pooch."""

    def __init__(self, url: str, folder: Path, variant: Variant) -> None:
        super().__init__(daemon=True, name="download")
        self.url, self.folder, self.variant = url, folder, variant
        self.total = variant.bytes
        self.news: queue.Queue[int] = queue.Queue()
        self.error: Exception | None = None
        self._unwanted = threading.Event()
        self._temporary = ""
        self._done = 0
        self._told = 0.0

    def run(self) -> None:
        import pooch  # slow to import, and seldom needed

        pooch.get_logger().setLevel("ERROR")
        try:
            pooch.retrieve(self.url, known_hash=None, fname=file_name(self.variant), path=self.folder, downloader=self._load)
        except Exception as error:
            self.error = error

    def _load(self, url: str, output_file: Any, _: Any) -> None:
        """Pooch's own download, checked before pooch moves the file into place."""
        from pooch import HTTPDownloader

        self._temporary = str(output_file)
        HTTPDownloader(progressbar=self, chunk_size=1 << 16, timeout=TIMEOUT)(url, output_file, None)
        if self._unwanted.is_set():
            raise _Cancelled
        if self.variant.bytes and os.path.getsize(output_file) < self.variant.bytes:
            raise EOFError
        if not file_sha256(Path(output_file)).startswith(hash_start(self.variant)):
            raise ValueError("hash")
        if self._unwanted.is_set():
            raise _Cancelled

    def cancel(self) -> None:
        """End the download and remove what it has written so far. Harmless after its end."""
        self._unwanted.set()
        self.join(timeout=1.5)
        if self.is_alive() and self._temporary:  # it waits for a silent server: its file goes now, the thread when it wakes up
            with contextlib.suppress(OSError):
                os.unlink(self._temporary)

    # What pooch asks of a progress bar.

    def update(self, count: int) -> None:
        if self._unwanted.is_set():
            raise _Cancelled
        self._done += count
        now = time.monotonic()
        if now - self._told >= 0.05:
            self._told = now
            self.news.put(min(self._done, self.total) if self.total else self._done)

    def reset(self) -> None:
        self._done = 0

    def close(self) -> None:
        """Nothing to close."""


def _clean(folder: Path) -> None:
    """Remove temporary files that killed processes left behind."""
    for path in folder.glob("tmp*"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > STALE_SECONDS:
                path.unlink()


def _disk_sentence(error: OSError, folder: Path, megabytes: float) -> Text:
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", -1)):
        return DISK_FULL.format(megabytes=megabytes)
    return NO_CACHE.format(folder=folder)


def _sentence(error: Exception, host: str, folder: Path, variant: Variant) -> Text:
    import requests.exceptions as network

    if isinstance(error, network.HTTPError):
        return REFUSED.format(host=host, status=getattr(error.response, "status_code", "?"))
    if isinstance(error, network.ChunkedEncodingError | EOFError | network.ReadTimeout | network.ContentDecodingError):
        return CUT_OFF
    if isinstance(error, network.RequestException):
        return CUT_OFF if "Read timed out" in str(error) or "IncompleteRead" in str(error) else OFFLINE.format(host=host)
    if isinstance(error, OSError):
        return _disk_sentence(error, folder, variant.bytes / 1e6)
    return WRONG_HASH.format(file=file_name(variant))
