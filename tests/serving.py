"""A server of our own on 127.0.0.1 that the program downloads from in place of the public addresses."""

from __future__ import annotations

import contextlib
import http.server
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def serving_folder(folder: Path, monkeypatch: pytest.MonkeyPatch, below: str = "") -> Iterator[None]:
    """Serves the files of a folder; downloads come from there, or from ``below`` it, until the end."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    monkeypatch.setenv("DS_EXPLORER_WEIGHTS_URL", f"http://127.0.0.1:{server.server_address[1]}{below}")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield
    server.shutdown()
    server.server_close()
    thread.join()
