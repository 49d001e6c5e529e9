"""What the tests of panels share: the running engine, and a page of it shown with one network."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from explorer.catalogue import system
from explorer.window.client import Client
from explorer.window.pages import build_page
from explorer.window.pages.network_page import NetworkPage
from tests.window.here_client import HereClient

Settled = Callable[[], dict[str, Any]]


@pytest.fixture
def engine(qtbot: QtBot) -> Iterator[Client]:
    client = Client()
    yield client
    client.close()


@pytest.fixture
def open_page(qtbot: QtBot, engine: Client) -> Callable[..., tuple[NetworkPage, Settled]]:
    """``page, settled = open_page("vgg", checkpoint, lens="stacked")``: the page shown, and its panel's numbers once all asked is answered."""
    return opener(qtbot, engine)


@pytest.fixture
def open_here(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[NetworkPage, Settled]]:
    """As ``open_page``, with the engine's tasks in this process, and streets given at half their sides."""
    from explorer.engine.systems import segmentation

    monkeypatch.setattr(segmentation, "STREETS", dataclasses.replace(segmentation.STREETS, rows=120, columns=160))
    client: Any = HereClient()
    return opener(qtbot, client)


def opener(qtbot: QtBot, engine: Client) -> Callable[..., tuple[NetworkPage, Settled]]:
    """What opens pages for a test."""

    def opened(system_id: str, weights: Path, **state: Any) -> tuple[NetworkPage, Settled]:
        page = build_page(system(system_id), engine)
        assert isinstance(page, NetworkPage)
        qtbot.addWidget(page)
        page.resize(804, 720)
        page.show()
        page.restore({"weights": str(weights), **state})

        def settled() -> dict[str, Any]:
            qtbot.waitUntil(lambda: not page.busy(), timeout=200_000)
            assert page.last_error is None
            numbers: dict[str, Any] = page.panel.numbers()
            return numbers

        return page, settled

    return opened
