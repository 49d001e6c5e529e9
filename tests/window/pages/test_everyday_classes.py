"""From a network for streets to one for everyday photographs: offered in a line, fetched with one button from a server on 127.0.0.1, looked at."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot

from explorer.catalogue import System, system
from explorer.catalogue.classes import COCO
from explorer.engine.models.detection.ssd import ssdlite320
from explorer.engine.models.segmentation.deeplabv3 import deeplabv3_small
from explorer.engine.systems import segmentation
from explorer.window.look import look
from explorer.window.pages import detect
from explorer.window.pages.segment import Page
from tests.window.here_client import QueryClient
from tests.window.weights_server import serving


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    """The system whose download is a checkpoint of 21 classes on a server of our own: random weights, of the small network."""
    torch.manual_seed(0)
    for name in ("STREETS", "PHOTOGRAPHS"):
        monkeypatch.setattr(segmentation, name, dataclasses.replace(getattr(segmentation, name), rows=48, columns=64))
    small = {"model": system("deeplabv3").variants[0].model, "config": {"classes": 21}}
    with serving(tmp_path, monkeypatch, "deeplabv3", "deeplabv3-resnet50", deeplabv3_small(classes=21).state_dict(), **small) as entry:
        yield entry


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
    card: Any = page.states.card
    card.buttons["download"].click()
    qtbot.waitUntil(lambda: page.answer is not None and page.states.card is None and not page.busy(), timeout=60_000)
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


def test_one_button_fetches_cocos_things(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, checkpoint_of: Callable[[str], Path]) -> None:
    torch.manual_seed(0)
    network = ssdlite320()
    for layer in network.modules():
        if isinstance(layer, torch.nn.Conv2d):
            torch.nn.init.kaiming_normal_(layer.weight)
    with serving(tmp_path, monkeypatch, "ssd", "ssdlite320-coco", network.state_dict()) as entry:
        client: Any = QueryClient()
        page = detect.Page(entry, client)
        qtbot.addWidget(page)
        page.resize(804, 720)
        page.show()
        page.restore({"weights": str(checkpoint_of("ssd")), "input": "street"})
        qtbot.waitUntil(lambda: page.answer is not None and not page.busy(), timeout=60_000)
        assert page.known.isVisible() and len(page.known.names) == 6 and "(14 MB)" in page.known.more_button.text()

        page.known.more_button.click()
        qtbot.waitUntil(lambda: page.numbers().get("state") == "missing", timeout=60_000)
        card: Any = page.states.card
        card.buttons["download"].click()
        qtbot.waitUntil(lambda: page.answer is not None and page.states.card is None and not page.busy(), timeout=60_000)
        assert page.last_error is None and page.numbers()["variant"] == "ssdlite320-coco"
        assert len(page.known.names) == 80 and "teddy bear" in page.known.names and not page.known.more_button.isVisible()
        found = page.numbers()["boxes"]
        assert found["boxes"] > 0 and {one["name"] for one in found["found"]} <= {words.en for words in COCO}
        look.language = "ja"
        page._retell()
        assert "ぬいぐるみ" in page.known.names and "欠番 12" not in page.known.names
