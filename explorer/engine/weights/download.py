"""Files fetched on request, by pooch: into a temporary file, checked, then moved into place in one step.

Whatever goes wrong, nothing half-finished stays behind.
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
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.results import Progress
from explorer.words import ExplorerError, Text

STALE_SECONDS = 600  # a temporary file that nobody has written to for so long was left by a killed process
TIMEOUT = 30  # seconds of silence after which the server counts as gone

FETCHING = Text("取得しています({done:.1f} / {total:.1f} MB)", "Downloading ({done:.1f} of {total:.1f} MB)")
CONNECTING = Text("{host} に接続しています", "Connecting to {host}")
OFFLINE = Text("取得できませんでした。{host} につながりません。ネットワークを確かめてください。", "Nothing could be downloaded: {host} cannot be reached; check the network.")
CUT_OFF = Text("取得が途中で切れました。もう一度試してください。", "The download broke off; try again.")
REFUSED = Text("取得できませんでした。{host} の返事は {status} でした。", "Nothing could be downloaded: {host} answered {status}.")
WRONG_HASH = Text(
    "取得した「{file}」は中身が違っていたので捨てました。もう一度試してください。",
    "The downloaded file “{file}” was not the right one and was thrown away; try again.",
)
DISK_FULL = Text("ディスクの空きが足りず、{megabytes:.0f} MB を保存できませんでした。", "The disk has no room for {megabytes:.0f} MB.")
NO_CACHE = Text("取得したものを保存するフォルダー「{folder}」に書き込めません。", "The folder for downloads, “{folder}”, cannot be written to.")


class DownloadFailed(ExplorerError):
    """A download that did not come to its end; the text says why."""


class _Cancelled(Exception):
    """Raised inside the download when nobody wants it any more."""


@dataclass(frozen=True)
class Remote:
    """A file to be had. ``name``: what it is called here; ``bytes``: at least so many; ``right``: whether a file is the one published."""

    url: str
    name: str
    bytes: int
    right: Callable[[Path], bool]

    @property
    def host(self) -> str:
        """Where it comes from."""
        return re.sub(r"^\w+://([^/]*).*$", r"\1", self.url)


def fetch(remote: Remote, folder: Path) -> Iterator[Progress]:
    """Download a file into a folder. Yields Progress a few times a second; closing the iterator cancels.

    Raises DownloadFailed (offline, cut off, wrong file, disk full).
    """
    megabytes = remote.bytes / 1e6
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _clean(folder)
        if (folder / remote.name).is_file() and remote.right(folder / remote.name):
            return
        (folder / remote.name).unlink(missing_ok=True)  # damaged, or of an older version
        if shutil.disk_usage(folder).free < remote.bytes:
            raise DownloadFailed(DISK_FULL.format(megabytes=megabytes))
    except OSError as error:
        raise DownloadFailed(_disk_sentence(error, folder, megabytes)) from error
    progress = Progress(CONNECTING.format(host=remote.host), 0.0)
    yield progress

    download = _Download(remote, folder)
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
        raise DownloadFailed(_sentence(download.error, remote, folder)) from download.error
    yield Progress(FETCHING.format(done=megabytes, total=megabytes), 1.0, 0.0)


class _Download(threading.Thread):
    """Runs pooch beside the task, so that the task can report and be cancelled. ``total`` is set by pooch."""

    def __init__(self, remote: Remote, folder: Path) -> None:
        super().__init__(daemon=True, name="download")
        self.remote, self.folder = remote, folder
        self.total = remote.bytes
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
            pooch.retrieve(self.remote.url, known_hash=None, fname=self.remote.name, path=self.folder, downloader=self._load)
        except Exception as error:
            self.error = error

    def _load(self, url: str, output_file: Any, _: Any) -> None:
        """Pooch's own download, checked before pooch moves the file into place."""
        from pooch import HTTPDownloader

        self._temporary = str(output_file)
        HTTPDownloader(progressbar=self, chunk_size=1 << 16, timeout=TIMEOUT)(url, output_file, None)
        if self._unwanted.is_set():
            raise _Cancelled
        if os.path.getsize(output_file) < self.remote.bytes:
            raise EOFError
        if not self.remote.right(Path(output_file)):
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


def _sentence(error: Exception, remote: Remote, folder: Path) -> Text:
    import requests.exceptions as network

    host = remote.host
    if isinstance(error, network.HTTPError):
        return REFUSED.format(host=host, status=getattr(error.response, "status_code", "?"))
    if isinstance(error, network.ChunkedEncodingError | EOFError | network.ReadTimeout | network.ContentDecodingError):
        return CUT_OFF
    if isinstance(error, network.RequestException):
        return CUT_OFF if "Read timed out" in str(error) or "IncompleteRead" in str(error) else OFFLINE.format(host=host)
    if isinstance(error, OSError):
        return _disk_sentence(error, folder, remote.bytes / 1e6)
    return WRONG_HASH.format(file=remote.name)
