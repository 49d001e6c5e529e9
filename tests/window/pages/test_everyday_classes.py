"""From a network for streets to one for everyday photographs: offered in a line, fetched with one button from a server on 127.0.0.1, looked at."""

from __future__ import annotations

import dataclasses
import hashlib
import http.server
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot

from explorer.catalogue import System, system
from explorer.engine import system as running
from explorer.engine.models.segmentation.deeplabv3 import deeplabv3_small
from explorer.engine.systems import segmentation
from explorer.engine.tasks import recognition
from explorer.window.pages.segment import Page
from tests.window.here_client import QueryClient


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    """The system whose download is a checkpoint of 21 classes on a server of our own: random weights, of the small network."""
    torch.manual_seed(0)
    folder = tmp_path / "models"
    folder.mkdir()
    torch.save(deeplabv3_small(classes=21).state_dict(), folder / "raw")
    digest = hashlib.sha256((folder / "raw").read_bytes()).hexdigest()
    file = (folder / "raw").rename(folder / f"deeplabv3-{digest[:8]}.pth")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    monkeypatch.setenv("DS_EXPLORER_WEIGHTS_URL", f"http://127.0.0.1:{server.server_address[1]}/models/")
    monkeypatch.setenv("DS_EXPLORER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for name in ("STREETS", "PHOTOGRAPHS"):
        monkeypatch.setattr(segmentation, name, dataclasses.replace(getattr(segmentation, name), rows=48, columns=64))
    entry = system("deeplabv3")
    small = {"model": entry.variants[0].model, "config": {"classes": 21}, "url": f"https://example.org/models/{file.name}", "bytes": file.stat().st_size}
    changed = dataclasses.replace(entry, variants=tuple(dataclasses.replace(one, **small) if one.weights == "download" else one for one in entry.variants))
    monkeypatch.setattr(running, "find_system", lambda name: changed)
    monkeypatch.setattr(recognition, "find_system", lambda name: changed)
    recognition._networks.clear()
    recognition._views.clear()
    yield changed
    recognition._networks.clear()
    recognition._views.clear()
    server.shutdown()
    server.server_close()
    thread.join()


def test_one_button_fetches_everyday_classes(qtbot: QtBot, served: System, checkpoint_of: Callable[[str], Path]) -> None:
    client: Any = QueryClient()
    page = Page(served, client)
    qtbot.addWidget(page)
    page.resize(804, 720)
    page.show()
    page.restore({"weights": str(checkpoint_of("deeplabv3")), "input": "street"})
    qtbot.waitUntil(lambda: page.answer is not None and not page.busy(), timeout=60_000)
    assert len(page.known.names) == 11 and "only" in page.known.note.text and "everyday photographs" in page.known.more_button.text()

    page.known.more_button.click()
    qtbot.waitUntil(lambda: page.numbers().get("state") == "missing", timeout=60_000)
    card: Any = page.card
    card.buttons["download"].click()
    qtbot.waitUntil(lambda: page.answer is not None and page.card is None and not page.busy(), timeout=60_000)
    assert page.last_error is None and page.numbers()["variant"] == "deeplabv3-resnet50"
    assert "cat" in page.known.names and len(page.known.names) == 21 and not page.known.more_button.isVisible() and page.known.list_button.isVisible()

    page.open_input(np.random.default_rng(0).integers(0, 255, (60, 80, 3)).astype(np.uint8))
    qtbot.waitUntil(lambda: not page.busy(), timeout=60_000)
    assert set(page.numbers()["shares"]) <= {words.lower() for words in page.known.names}
    assert page.numbers()["variant"] == "deeplabv3-resnet50"


def test_a_system_without_such_a_download_offers_none(qtbot: QtBot, fake_client: Any) -> None:
    page = Page(system("unet"), fake_client)
    qtbot.addWidget(page)
    page.show()
    assert not page.known.isVisible()
