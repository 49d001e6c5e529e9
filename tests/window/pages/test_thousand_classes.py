"""From the bundled network's page to one of 1,000 classes: offered in a line, fetched with one button from a server on 127.0.0.1, looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PySide6.QtNetwork import QNetworkInformation
from pytestqt.qtbot import QtBot

from explorer.catalogue import System, system
from explorer.engine.system import build
from explorer.window.pages.captions import megabytes
from explorer.window.pages.classify import Page
from explorer.window.pages.weights_offer import offline
from explorer.window.settings import OFFER, settings
from tests.window.here_client import QueryClient
from tests.window.weights_server import serving

torch.set_num_threads(1)

DOWNLOADS = {
    "squeezenet": "squeezenet1.1-imagenet",
    "efficientnet": "efficientnet-b0-imagenet",
    "densenet": "densenet121-imagenet",
    "resnet": "resnet18-imagenet",
}
MEGABYTES = {"squeezenet": 5, "efficientnet": 21, "densenet": 32, "resnet": 47}
ON_EACH = pytest.mark.parametrize("served", DOWNLOADS, indirect=True)
ON_RESNET = pytest.mark.parametrize("served", ["resnet"], indirect=True)
ON_SQUEEZENET = pytest.mark.parametrize("served", ["squeezenet"], indirect=True)
OF_THE_TEST_SET = ("confusion", "atlas")


@pytest.fixture
def served(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    """The system whose 1,000-class network is a checkpoint of random weights on a server of our own."""
    name, variant = request.param, DOWNLOADS[request.param]
    torch.manual_seed(0)
    with serving(tmp_path, monkeypatch, name, variant, build(system(name).variant(variant)).state_dict()) as entry:
        yield entry


def open_page(qtbot: QtBot, entry: System, checkpoint: Path) -> Page:
    """The page of a first network of ten classes, with its filters on screen."""
    page = Page(entry, QueryClient())  # type: ignore[arg-type]
    qtbot.addWidget(page)
    page.resize(804, 720)
    page.show()
    page.set_lens("filters")
    page.restore({"weights": str(checkpoint), "input": "coffee"})
    qtbot.waitUntil(lambda: page.answer is not None and not page.busy(), timeout=60_000)
    assert len(page.known.names) == 10
    return page


def fetch_a_thousand(qtbot: QtBot, page: Page) -> None:
    """One button to the network of 1,000 classes, one to its weights."""
    page.known.more_button.click()
    qtbot.waitUntil(lambda: page.numbers().get("state") == "missing", timeout=60_000)
    card: Any = page.states.card
    assert megabytes(page.variant.bytes) in card.buttons["download"].text()
    card.buttons["download"].click()
    qtbot.waitUntil(lambda: page.answer is not None and page.states.card is None and not page.busy(), timeout=120_000)
    assert page.last_error is None and page.numbers()["variant"] == DOWNLOADS[page.system.id] and len(page.known.names) == 1000


@ON_EACH
def test_one_button_fetches_a_thousand_classes(qtbot: QtBot, served: System, checkpoint_of: Callable[..., Path]) -> None:
    page = open_page(qtbot, served, checkpoint_of(served.id))
    assert f"{MEGABYTES[served.id]} MB" in page.known.more_button.text()
    fetch_a_thousand(qtbot, page)
    assert "1,000 classes" in page.known.note.text and not page.known.more_button.isVisible()
    assert "tabby" in page.known.names and page.numbers()["given"]["shape"] == [3, 224, 224]
    assert page.numbers()["fits"] is not False and "none of" not in page.known.note.text  # when nothing fits was never measured
    page.set_lens("feature_maps")
    qtbot.waitUntil(lambda: page.parts["feature_maps"].result() is not None and not page.busy(), timeout=120_000)


@ON_RESNET
def test_a_photograph_is_looked_over_for_a_thousand_classes(qtbot: QtBot, served: System, checkpoint_of: Callable[..., Path]) -> None:
    page = open_page(qtbot, served, checkpoint_of(served.id))
    fetch_a_thousand(qtbot, page)
    assert page.numbers()["fits"] is None and "not sure" in page.known.note.text  # random weights are sure of nothing
    page.set_lens("sightings")
    qtbot.waitUntil(lambda: bool(page.parts["sightings"].numbers()), timeout=240_000)
    lens: Any = page.parts["sightings"]
    assert lens.numbers()["nothing"] is True and "not sure of any place" in lens.title.text and len(lens._windows) <= 24
    assert np.isfinite(lens._windows).all()


@ON_SQUEEZENET
@pytest.mark.timeout(900)
def test_every_lens_looks_at_a_network_of_a_thousand_classes(qtbot: QtBot, served: System, checkpoint_of: Callable[..., Path]) -> None:
    page = open_page(qtbot, served, checkpoint_of(served.id))
    of_ten = {lens_id: part.result() for lens_id, part in page.parts.items()}
    fetch_a_thousand(qtbot, page)
    assert set(OF_THE_TEST_SET) < set(page.parts) == set(served.lenses)
    for lens_id in served.lenses:
        part: Any = page.parts[lens_id]
        page.set_lens(lens_id)
        if lens_id in OF_THE_TEST_SET:  # only bundled weights have a record of test pictures
            qtbot.waitUntil(lambda part=part: part.missing is not None, timeout=60_000)
            assert "no record yet" in part.sentence.text and "SqueezeNet 1.1, ImageNet" in part.sentence.text
            assert part.sentence.isVisible() and part.result() is None
        else:
            qtbot.waitUntil(lambda part=part, old=of_ten[lens_id]: part.result() is not None and part.result() is not old and not page.busy(), timeout=300_000)
            assert part.numbers() and page.states.card is None, lens_id
            part.result().validate()
        assert page.last_error is None and page.numbers()["lens"] == lens_id


@ON_RESNET
def test_the_first_start_offers_them_once(qtbot: QtBot, served: System, random_checkpoint: Path) -> None:
    page = open_page(qtbot, served, random_checkpoint)
    qtbot.waitUntil(page.offer.isVisible, timeout=10_000)
    assert "127.0.0.1" in page.offer.about.text and "47 MB" in page.offer.first.text() and not page.known.more_button.isVisible()
    page.offer.first.click()
    qtbot.waitUntil(lambda: len(page.known.names) == 1000, timeout=120_000)
    assert not page.offer.isVisible() and not settings.may_offer(OFFER)
    again = open_page(qtbot, served, random_checkpoint)
    assert not again.offer.isVisible()


@ON_RESNET
def test_the_offer_can_be_declined_and_fails_in_words(qtbot: QtBot, served: System, random_checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page(qtbot, served, random_checkpoint)
    qtbot.waitUntil(page.offer.isVisible, timeout=10_000)
    monkeypatch.setenv("DS_EXPLORER_WEIGHTS_URL", "http://127.0.0.1:9/nothing/")
    before = page.numbers()
    page.offer.first.click()
    qtbot.waitUntil(lambda: page.offer.job is None, timeout=60_000)
    assert page.offer.isVisible() and page.offer.first.text() == "Try again" and page.offer.title.text
    assert page.numbers()["classes"] == before["classes"] and page.last_error is None
    page.offer.second.click()
    assert not page.offer.isVisible() and not settings.may_offer(OFFER) and page.known.more_button.isVisible()


class Network:
    """What the system says of its network."""

    said = QNetworkInformation.Reachability.Disconnected

    def reachability(self) -> QNetworkInformation.Reachability:
        return self.said


@ON_RESNET
def test_nothing_is_offered_without_a_network(qtbot: QtBot, served: System, random_checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QNetworkInformation, "loadBackendByFeatures", lambda _: True)
    monkeypatch.setattr(QNetworkInformation, "instance", Network)
    assert not offline(), "a server that was named is taken to be there"
    monkeypatch.delenv("DS_EXPLORER_WEIGHTS_URL")
    page = open_page(qtbot, served, random_checkpoint)
    qtbot.wait(50)
    assert offline() and not page.offer.isVisible() and settings.may_offer(OFFER), "asked for another time"
    monkeypatch.setattr(Network, "said", QNetworkInformation.Reachability.Online)
    page.hidden()
    page.shown()
    qtbot.waitUntil(page.offer.isVisible, timeout=10_000)
