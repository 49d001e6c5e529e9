"""The panel of stacked windows: its numbers follow the layer, the picture, and how many are stacked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.window.pages.classify import Page
from explorer.window.panels.vgg import counted

OpenPage = Callable[..., tuple[Page, Callable[[], dict[str, Any]]]]


def test_the_numbers_follow_the_picture_the_layer_and_the_mechanism(open_page: OpenPage, checkpoint_of: Callable[[str], Path]) -> None:
    page, settled = open_page("vgg", checkpoint_of("vgg"), lens="stacked", layer="features.41")

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
