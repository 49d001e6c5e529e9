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
    assert first["off"] == [] and first["best"][1] == first["best"][2] and first["growth"] == 24
    assert first["parameters"][0] == 176_122 and first["parameters"][1] > 3 * 176_122 and first["memory"][1] > 1.5 * first["memory"][0] > 0
    assert page.panel.table.values["parameters", "now"].text == "176 k"

    page.open_input(np.random.default_rng(0).integers(0, 255, (32, 32, 3)).astype(np.uint8))
    other = settled()
    assert other["active"] != first["active"]

    page.panel.arcs.chosen.emit("denselayer1")
    without = settled()
    assert without["off"] == ["denselayer1"] and without["best"][1] == pytest.approx(other["best"][1], rel=1e-5)
    assert abs(without["best"][2] - without["best"][1]) > 1e-4
    assert "1" in page.panel.switched.text

    page.panel.slider.changed.emit(12.0)
    same = settled()
    assert same["growth"] == 12 and same["parameters"] == (176_122, 176_122) and same["memory"] == (first["memory"][0],) * 2
    assert page.panel.table.values["parameters", "other"].text == "176 k"

    page.panel.block_menu.chosen.emit("features.denseblock2")
    later = settled()
    assert later["block"] == "features.denseblock2" and later["off"] == [] and later["active"] != other["active"]
