"""The panel of separable convolutions: its numbers follow the picture, the block and the sizes the user sets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.window.pages.classify import Page

OpenPage = Callable[..., tuple[Page, Callable[[], dict[str, Any]]]]


def test_the_numbers_follow_the_picture_and_the_mechanism(open_page: OpenPage, checkpoint_of: Callable[[str], Path]) -> None:
    page, settled = open_page("mobilenet", checkpoint_of("mobilenet"), lens="separable")

    first = settled()
    assert first["kernel"] == 3 and first["size"] == 16
    assert first["multiply_adds"]["full"] == 9 * first["inputs"] * first["outputs"] * 256
    assert first["ratio"] == pytest.approx(1 / first["outputs"] + 1 / 9)
    assert all(seconds > 0 for seconds in first["seconds"].values())

    page.open_input(np.random.default_rng(0).integers(0, 255, (32, 32, 3)).astype(np.uint8))
    other = settled()
    assert other["mean_before"] != first["mean_before"] and other["mean_pointwise"] != first["mean_pointwise"]

    page.panel.views["before"].chosen.emit(5)  # a map is filtered alone: its own stands chosen beside it
    assert page.panel.views["depthwise"].selected == 5
    assert page.panel.views["depthwise"].maps.order == page.panel.views["before"].maps.order

    page.panel.sliders["outputs"].changed.emit(8.0)
    few = settled()
    assert few["outputs"] == 8 and few["ratio"] == pytest.approx(1 / 8 + 1 / 9)
    page.panel.sliders["kernel"].changed.emit(5.0)
    wide = settled()
    assert wide["multiply_adds"]["depthwise"] == 25 * wide["inputs"] * 256 and wide["ratio"] < few["ratio"]

    page.panel.block_menu.chosen.emit("block1")
    early = settled()
    assert early["block"] == "block1" and early["size"] == 32 and early["kernel"] == 3 and early["mean_before"] != other["mean_before"]
    assert page.panel.settings() == {"block": "block1"}
    assert "1/32 + 1/9" in page.panel.sentence.text

    page.panel.project(True)  # on the projector the maps have the whole height, the costs stand below the sentence
    assert page.panel.costs.parent() is page.panel.side
    page.panel.project(False)
    assert page.panel.costs.parent() is not page.panel.side
