"""The panel of dense connections: its numbers follow the picture, the block, the layers switched off and the growth rate."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.window.pages.classify import Page

OpenPage = Callable[..., tuple[Page, Callable[[], dict[str, Any]]]]


def test_the_numbers_follow_the_picture_and_the_mechanism(open_page: OpenPage, checkpoint_of: Callable[[str], Path]) -> None:
    page, settled = open_page("densenet", checkpoint_of("densenet"), lens="dense")

    first = settled()
    assert first["off"] == [] and first["best"][1] == first["best"][2] and first["growth"] == 12
    assert first["parameters"] == (176_122, 176_122) and first["memory"][0] == first["memory"][1] > 0

    page.open_input(np.random.default_rng(0).integers(0, 255, (32, 32, 3)).astype(np.uint8))
    other = settled()
    assert other["active"] != first["active"]

    page.panel.arcs.chosen.emit("denselayer1")
    without = settled()
    assert without["off"] == ["denselayer1"] and without["best"][1] == pytest.approx(other["best"][1], rel=1e-5)
    assert abs(without["best"][2] - without["best"][1]) > 1e-4
    assert "1" in page.panel.switched.text

    page.panel.slider.changed.emit(24.0)
    grown = settled()
    assert grown["growth"] == 24 and grown["parameters"][1] > 3 * grown["parameters"][0]
    assert grown["memory"][1] > 1.5 * grown["memory"][0] and grown["memory"][0] == first["memory"][0]

    page.panel.block_menu.chosen.emit("features.denseblock2")
    later = settled()
    assert later["block"] == "features.denseblock2" and later["off"] == [] and later["active"] != other["active"]
