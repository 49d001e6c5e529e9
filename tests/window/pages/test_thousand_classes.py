"""From the bundled network's page to one of 1,000 classes: offered in a line, fetched with one button from a server on 127.0.0.1, looked at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot

from explorer.catalogue import System
from explorer.engine.models.recognition.resnet import resnet18
from explorer.window.pages.classify import Page
from explorer.window.settings import OFFER, settings
from tests.window.here_client import QueryClient
from tests.window.weights_server import serving

torch.set_num_threads(1)


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    """The system whose 1,000-class network is a checkpoint of random weights on a server of our own."""
    torch.manual_seed(0)
    with serving(tmp_path, monkeypatch, "resnet", "resnet18-imagenet", resnet18().state_dict()) as entry:
        yield entry


def test_one_button_fetches_a_thousand_classes(qtbot: QtBot, served: System, random_checkpoint: Path) -> None:
    client: Any = QueryClient()
    page = Page(served, client)
    qtbot.addWidget(page)
    page.resize(804, 720)
    page.show()
    page.set_lens("filters")
    page.restore({"weights": str(random_checkpoint), "input": "coffee"})
    qtbot.waitUntil(lambda: page.answer is not None, timeout=60_000)
    assert len(page.known.names) == 10 and "47 MB" in page.known.more_button.text()

    page.known.more_button.click()
    qtbot.waitUntil(lambda: page.numbers().get("state") == "missing", timeout=60_000)
    card: Any = page.card
    assert "47 MB" in card.buttons["download"].text()
    card.buttons["download"].click()
    qtbot.waitUntil(lambda: page.answer is not None and page.card is None, timeout=120_000)
    assert page.last_error is None and page.numbers()["variant"] == "resnet18-imagenet"
    assert len(page.known.names) == 1000 and "1,000 classes" in page.known.note.text and not page.known.more_button.isVisible()
    assert "tabby" in page.known.names and page.numbers()["given"]["shape"] == [3, 224, 224]
    assert page.numbers()["fits"] is False  # random weights are sure of nothing

    page.set_lens("sightings")
    qtbot.waitUntil(lambda: bool(page.parts["sightings"].numbers()), timeout=240_000)
    lens: Any = page.parts["sightings"]
    assert lens.numbers()["nothing"] is True and "1,000 classes" in lens.title.text.replace("**", "") and len(lens._windows) <= 24
    assert np.isfinite(lens._windows).all()


def open_first(qtbot: QtBot, entry: System, checkpoint: Path) -> Page:
    page = Page(entry, QueryClient())  # type: ignore[arg-type]
    qtbot.addWidget(page)
    page.resize(804, 720)
    page.show()
    page.set_lens("filters")
    page.restore({"weights": str(checkpoint), "input": "coffee"})
    qtbot.waitUntil(lambda: page.answer is not None and not page.busy(), timeout=60_000)
    return page


def test_the_first_start_offers_them_once(qtbot: QtBot, served: System, random_checkpoint: Path) -> None:
    page = open_first(qtbot, served, random_checkpoint)
    qtbot.waitUntil(page.offer.isVisible, timeout=10_000)
    assert "127.0.0.1" in page.offer.about.text and "47 MB" in page.offer.first.text() and not page.known.more_button.isVisible()
    page.offer.first.click()
    qtbot.waitUntil(lambda: len(page.known.names) == 1000, timeout=120_000)
    assert not page.offer.isVisible() and not settings.may_offer(OFFER)
    again = open_first(qtbot, served, random_checkpoint)
    assert not again.offer.isVisible()


def test_the_offer_can_be_declined_and_fails_in_words(qtbot: QtBot, served: System, random_checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_first(qtbot, served, random_checkpoint)
    qtbot.waitUntil(page.offer.isVisible, timeout=10_000)
    monkeypatch.setenv("DS_EXPLORER_WEIGHTS_URL", "http://127.0.0.1:9/nothing/")
    before = page.numbers()
    page.offer.first.click()
    qtbot.waitUntil(lambda: page.offer.job is None, timeout=60_000)
    assert page.offer.isVisible() and page.offer.first.text() == "Try again" and page.offer.title.text
    assert page.numbers()["classes"] == before["classes"] and page.last_error is None
    page.offer.second.click()
    assert not page.offer.isVisible() and not settings.may_offer(OFFER) and page.known.more_button.isVisible()
