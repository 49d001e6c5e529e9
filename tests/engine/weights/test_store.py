"""Downloads against a server on 127.0.0.1: good, wrong, refused, cut off, cancelled, disk full. Never a half-finished file."""

from __future__ import annotations

import errno
import hashlib
import os
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from explorer.catalogue.schema import Variant
from explorer.engine.weights import download, store
from explorer.engine.weights.store import DownloadFailed, cache_folder, fetch, locate
from explorer.results import Progress
from explorer.words import InputError, WeightsMissing, same

CONTENT = os.urandom(3_000_000)
NAME = f"net-{hashlib.sha256(CONTENT).hexdigest()[:8]}.pth"


class Server(ThreadingHTTPServer):
    daemon_threads = True
    behaviour = "good"
    requests = 0
    release = threading.Event()


class Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self.server.requests += 1
        behaviour = self.server.behaviour
        if behaviour == "error":
            self.send_error(503)
            return
        content = CONTENT if behaviour != "wrong" else bytes(len(CONTENT))
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if behaviour in ("cut", "silent"):
            self.wfile.write(content[:1_000_000])
            self.wfile.flush()
            if behaviour == "silent":
                self.server.release.wait(30)
            return
        for start in range(0, len(content), 100_000):
            self.wfile.write(content[start : start + 100_000])
            if behaviour == "slow":
                time.sleep(0.02)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    one = Server(("127.0.0.1", 0), Handler)
    one.release = threading.Event()
    thread = threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    monkeypatch.setenv("DS_EXPLORER_WEIGHTS_URL", f"http://127.0.0.1:{one.server_address[1]}/models/")
    monkeypatch.setenv("DS_EXPLORER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield one
    one.release.set()
    one.shutdown()
    one.server_close()
    thread.join()


def variant(**changes: Any) -> Variant:
    values: dict[str, Any] = {"weights": "download", "url": f"https://example.org/models/{NAME}", "bytes": len(CONTENT)}
    return Variant("net", same("Net"), **{**values, **changes})


def in_cache() -> list[str]:
    return sorted(path.name for path in cache_folder().glob("*"))


def failure(one: Variant) -> str:
    with pytest.raises(DownloadFailed) as caught:
        for _ in fetch(one):
            pass
    assert in_cache() == []
    assert "\n" not in caught.value.text.ja and caught.value.text.en.endswith(".")
    with pytest.raises(WeightsMissing):
        locate(one)
    return caught.value.text.en


def test_a_good_download_with_progress(server: Server) -> None:
    server.behaviour = "slow"
    with pytest.raises(WeightsMissing) as caught:
        locate(variant())
    assert caught.value.size == len(CONTENT)
    progress = list(fetch(variant()))
    assert all(isinstance(p, Progress) for p in progress)
    fractions = [p.fraction for p in progress if p.fraction is not None]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0
    assert any(0.1 < f < 0.9 for f in fractions), "it reports on the way"
    assert any(p.seconds_left for p in progress)
    assert locate(variant()).read_bytes() == CONTENT
    assert in_cache() == [NAME]


def test_what_is_there_is_not_downloaded_again(server: Server) -> None:
    list(fetch(variant()))
    list(fetch(variant()))
    assert server.requests == 1


def test_a_damaged_file_in_the_cache_is_not_used_and_is_replaced(server: Server) -> None:
    list(fetch(variant()))
    path = locate(variant())
    damaged = bytearray(CONTENT)
    damaged[1000] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(WeightsMissing):
        locate(variant())
    list(fetch(variant()))
    assert locate(variant()).read_bytes() == CONTENT


def test_the_wrong_file_is_thrown_away(server: Server) -> None:
    server.behaviour = "wrong"
    assert "not the right one" in failure(variant())


def test_a_server_that_cannot_be_reached(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("DS_EXPLORER_WEIGHTS_URL", f"http://127.0.0.1:{port}")
    text = failure(variant())
    assert "cannot be reached" in text and f"127.0.0.1:{port}" in text


def test_a_server_that_answers_with_an_error(server: Server) -> None:
    server.behaviour = "error"
    assert "503" in failure(variant())


def test_a_download_that_breaks_off(server: Server) -> None:
    server.behaviour = "cut"
    assert "broke off" in failure(variant())
    server.behaviour = "good"
    list(fetch(variant()))
    assert locate(variant()).read_bytes() == CONTENT


def cancel_midway(after: float = 0.0) -> float:
    steps = fetch(variant())
    seen = None
    for progress in steps:
        if progress.fraction and seen is None:
            seen = time.monotonic()
        if seen is not None and time.monotonic() - seen >= after:
            break
    begin = time.monotonic()
    steps.close()  # type: ignore[attr-defined]
    return time.monotonic() - begin


def test_cancelling_leaves_nothing_and_it_can_be_started_again(server: Server) -> None:
    server.behaviour = "slow"
    assert cancel_midway() < 1
    assert in_cache() == []
    assert not [t for t in threading.enumerate() if t.name == "download"]
    server.behaviour = "good"
    list(fetch(variant()))
    assert in_cache() == [NAME]


def test_cancelling_while_the_server_is_silent_takes_less_than_two_seconds(server: Server) -> None:
    server.behaviour = "silent"
    assert 1 < cancel_midway(after=0.5) < 2
    assert in_cache() == []
    server.release.set()
    for thread in threading.enumerate():
        if thread.name == "download":
            thread.join(5)
            assert not thread.is_alive()
    assert in_cache() == []


def test_a_full_disk_is_noticed_before_and_during_the_download(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage:
        free = 1000

    with monkeypatch.context() as patched:
        patched.setattr(download.shutil, "disk_usage", lambda _: Usage)
        assert "no room" in failure(variant()) and server.requests == 0

    def write_nothing(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("pooch.HTTPDownloader.__call__", write_nothing)
    assert "no room" in failure(variant())


def test_a_folder_that_cannot_be_written(server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("DS_EXPLORER_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(DownloadFailed, match="file"):
        list(fetch(variant()))


def test_leftovers_of_killed_processes_are_removed(server: Server) -> None:
    cache_folder().mkdir(parents=True)
    old, fresh = cache_folder() / "tmpold", cache_folder() / "tmpfresh"
    old.write_bytes(b"x")
    fresh.write_bytes(b"x")
    os.utime(old, (0, 0))
    list(fetch(variant()))
    assert in_cache() == sorted([NAME, "tmpfresh"])


def test_variants_without_a_download(server: Server) -> None:
    with pytest.raises(InputError):
        list(fetch(variant(weights="none", url="")))
    with pytest.raises(WeightsMissing) as caught:
        locate(variant(weights="none", url=""))
    assert caught.value.size == 0
    with pytest.raises(WeightsMissing) as caught:
        locate(variant(weights="bundled", file="no_such.safetensors", url=""))
    assert "no_such.safetensors" in caught.value.text.ja


def test_without_the_variable_the_published_address_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DS_EXPLORER_WEIGHTS_URL", raising=False)
    assert store.download_url(variant()) == variant().url
    monkeypatch.delenv("DS_EXPLORER_CACHE", raising=False)
    assert "ds-explorer" in str(cache_folder())


def test_every_download_of_the_catalogue_has_a_size_and_a_hash() -> None:
    from explorer.catalogue import SYSTEMS

    downloads = [v for s in SYSTEMS for v in s.variants if v.weights == "download"]
    assert downloads
    for one in downloads:
        assert one.bytes > 0 and len(store.hash_start(one)) >= 8, one.name
