"""The panel of compound scaling: its numbers follow the picture, the sliders together and apart, and the published sizes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.window.pages.classify import Page

OpenPage = Callable[..., tuple[Page, Callable[[], dict[str, Any]]]]


def test_the_numbers_follow_the_picture_and_the_mechanism(open_page: OpenPage, checkpoint_of: Callable[[str], Path]) -> None:
    page, settled = open_page("efficientnet", checkpoint_of("efficientnet"), lens="scaling", lens_settings={"width": 1.0, "depth": 1.0, "size": 224})

    first = settled()
    assert first["parameters"] == 5_288_548 and 380e6 < first["multiply_adds"] < 400e6  # B0: 0.39 billion in table 2 of the paper
    assert first["best"][1] == pytest.approx(first["best"][2], rel=1e-4) and first["seconds"] > 0 and first["side"] == 32

    page.open_input(np.random.default_rng(0).integers(0, 255, (96, 96, 3)).astype(np.uint8))
    other = settled()
    assert other["brightness"] != first["brightness"]

    page.panel._choose(1.0, 1.0, 112)
    coarse = settled()
    assert coarse["side"] == 16 and coarse["parameters"] == first["parameters"]
    assert coarse["multiply_adds"] < 0.3 * first["multiply_adds"] and coarse["best"][2] != coarse["best"][1]

    page.panel._choose(0.5, 1.0, 112)
    narrow = settled()
    assert narrow["parameters"] < first["parameters"] and narrow["channels"][0] == 8

    page.panel.phi.changed.emit(1.0)
    together = settled()
    assert together["size"] == 258 and 1.9 < together["multiply_adds"] / first["multiply_adds"] < 2.7  # twice, and more as blocks are rounded up

    page.panel.menu.chosen.emit("b1")
    published = settled()
    assert (published["width"], published["depth"], published["size"]) == (1.0, 1.1, 240) and published["parameters"] == 7_794_184
