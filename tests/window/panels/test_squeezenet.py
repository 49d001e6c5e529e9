"""The panel of Fire modules: its numbers follow the picture, the module, the branches and the channels squeezed to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.window.pages.classify import Page

OpenPage = Callable[..., tuple[Page, Callable[[], dict[str, Any]]]]


def first_inputs(page: Page) -> int:
    inputs: int = page.panel._bundle.facts["inputs"]
    return inputs


def test_the_numbers_follow_the_picture_and_the_mechanism(open_page: OpenPage, checkpoint_of: Callable[[str], Path]) -> None:
    page, settled = open_page("squeezenet", checkpoint_of("squeezenet"), lens="fire")

    first = settled()
    assert first["off"] == [] and first["best"][1] == first["best"][2]
    assert first["parameters"]["plain"] == 9 * first_inputs(page) * first["parameters"]["expand1x1"] // first["squeeze"] * 2 and first["ratio"] < 0.2

    page.open_input(np.random.default_rng(0).integers(0, 255, (32, 32, 3)).astype(np.uint8))
    other = settled()
    assert other["mean_squeeze"] != first["mean_squeeze"]

    page.panel.switches["expand3x3"].click()
    without = settled()
    assert without["off"] == ["expand3x3"] and without["best"][1] == pytest.approx(other["best"][1], rel=1e-5)
    assert abs(without["best"][2] - other["best"][2]) > 1e-4
    assert page.panel.titles["expand3x3"].text == "Expand, 3×3: switched off" and page.panel.titles["expand1x1"].text == "Expand, 1×1"
    assert without["mean_expand3x3"] == 0.0 and other["mean_expand3x3"] > 0

    page.panel.switches["expand3x3"].click()
    page.panel.slider.changed.emit(4.0)
    narrow = settled()
    assert narrow["squeeze"] == 4 and narrow["ratio"] < other["ratio"] and narrow["best"][2] == pytest.approx(narrow["best"][1])

    counts = narrow["parameters"]
    assert f"{counts['squeeze'] + counts['expand1x1'] + counts['expand3x3']:,}" in page.panel.sum.text and f"{counts['plain']:,}" in page.panel.sum.text

    blocks = page.panel._bundle.facts["blocks"]
    page.panel.block_menu.chosen.emit(blocks[0])
    early = settled()
    assert early["block"] == blocks[0] and early["squeeze"] == 16 and early["parameters"]["squeeze"] == 64 * 16
