"""The panel of growing widths: its numbers follow the picture, alpha, the blocks and the way of widening."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from explorer.window.pages.classify import Page

OpenPage = Callable[..., tuple[Page, Callable[[], dict[str, Any]]]]


def test_the_numbers_follow_the_picture_and_the_mechanism(open_page: OpenPage, checkpoint_of: Callable[[str], Path]) -> None:
    page, settled = open_page("pyramidnet", checkpoint_of("pyramidnet"), lens="widths")

    first = settled()
    assert first["channels"]["additive"] == [16, 42, 69, 96, 122, 149, 176, 202, 229, 256]
    assert first["channels"]["wide"] == [16, 64, 64, 64, 128, 128, 128, 256, 256, 256] and first["widen"] == 4
    assert first["channels"]["resnet"] == [16, 16, 16, 16, 32, 32, 32, 64, 64, 64]
    assert first["channels"]["multiplicative"][-1] in (255, 256) and first["channels"]["multiplicative"][5] < 96
    assert "16, 42, 69" in page.panel.said.text

    page.open_input(np.random.default_rng(0).integers(0, 255, (32, 32, 3)).astype(np.uint8))
    other = settled()
    assert other["responding"] != first["responding"] and other["all_channels"] == first["all_channels"]

    page.panel.sliders["alpha"].set_value(48)
    page.panel.sliders["alpha"].changed.emit(48.0)
    small = settled()
    assert small["channels"]["additive"][-1] == 64 and small["parameters"]["additive"] == 306_237
    page.panel.growth_choice._choose(1)
    assert page.panel.numbers()["growth"] == "multiplicative" and "16, 18, 21" in page.panel.said.text

    page.panel.sliders["blocks"].set_value(18)
    page.panel.sliders["blocks"].changed.emit(18.0)
    deep = settled()
    assert len(deep["channels"]["additive"]) == 55 and deep["parameters"]["additive"] > small["parameters"]["additive"]
