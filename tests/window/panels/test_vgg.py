"""The panel of stacked windows: its numbers follow the layer, the picture, and how many are stacked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.catalogue import system
from explorer.window.client import Client
from explorer.window.pages.classify import Page
from explorer.window.panels.vgg import counted


@pytest.fixture
def engine(qtbot: QtBot) -> Iterator[Client]:
    client = Client()
    yield client
    client.close()


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from safetensors.torch import save_file

    from explorer.engine.models.recognition.vgg import vgg16_third

    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("weights") / "vgg-random.safetensors"
    save_file({name: tensor.contiguous() for name, tensor in vgg16_third().state_dict().items()}, path)
    return path


def test_the_numbers_follow_the_picture_the_layer_and_the_mechanism(qtbot: QtBot, engine: Client, checkpoint: Path) -> None:
    page = Page(system("vgg"), engine)
    qtbot.addWidget(page)
    page.resize(804, 720)
    page.show()
    page.restore({"weights": str(checkpoint), "lens": "stacked", "layer": "features.41"})

    def settled() -> dict[str, Any]:
        qtbot.waitUntil(lambda: not page.busy(), timeout=120_000)
        assert page.last_error is None
        numbers: dict[str, Any] = page.panel.numbers()
        return numbers

    two = settled()
    assert (two["sees"], two["single_sees"], two["ratio"]) == (5, 5, 25 / 18)
    assert two["stack_cost"][0] == 2 * 9 * 160 * 160 and page.panel.values["stack"].text == "461 k"
    field = page.panel.fields.to_csv()

    page.panel.count_choice._choose(1)  # three
    three = settled()
    assert (three["sees"], three["single_sees"], len(three["layers"])) == (7, 7, 3)
    assert three["ratio"] == pytest.approx(49 / 27) and page.panel.fields.to_csv() != field

    page.panel.what_choice._choose(1)
    assert page.panel.values["stack"].text == counted(3 * 9 * 160 * 160 * 16)
    page.panel.view.point_clicked.emit(0, 1)  # the second point: two windows
    assert settled()["count"] == 2

    page.choose_layer("features.0")
    first_layers = settled()
    assert first_layers["layers"] == ("features.0", "features.3") and first_layers["ratio"] < 1
    assert "Few channels" in page.panel.said.text

    field = page.panel.fields.to_csv()
    page.open_input(np.random.default_rng(0).integers(0, 255, (32, 32, 3)).astype(np.uint8))
    settled()
    assert page.panel.fields.to_csv() != field  # what a value depends on depends on the picture


def test_numbers_are_said_short() -> None:
    assert (counted(4140), counted(460_800), counted(138_357_544), counted(1_436_940)) == ("4,140", "461 k", "138 M", "1.44 M")
