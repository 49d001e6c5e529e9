"""What the tests of panels share: the running engine, and a page of it shown with one network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from explorer.catalogue import system
from explorer.window.client import Client
from explorer.window.pages import build_page
from explorer.window.pages.network_page import NetworkPage

Settled = Callable[[], dict[str, Any]]


@pytest.fixture
def engine(qtbot: QtBot) -> Iterator[Client]:
    client = Client()
    yield client
    client.close()


@pytest.fixture
def open_page(qtbot: QtBot, engine: Client) -> Callable[..., tuple[NetworkPage, Settled]]:
    """``page, settled = open_page("vgg", checkpoint, lens="stacked")``: the page shown, and its panel's numbers once all asked is answered."""

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


@pytest.fixture(scope="session")
def detector_of(checkpoint_of: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """``detector_of("ssd")``: random weights with which a detector is sure of some boxes and not of all."""
    from safetensors.torch import load_file, save_file

    folder = tmp_path_factory.mktemp("detectors")

    def make(system_id: str) -> Path:
        path = folder / f"{system_id}.safetensors"
        if not path.is_file():
            weights = load_file(checkpoint_of(system_id))
            for name, value in weights.items():
                if "classification_head" in name:
                    value *= 0.02
                elif name == "head.bias":  # of a grid's cells
                    value += 0.5
            save_file(weights, path)
        return path

    return make
