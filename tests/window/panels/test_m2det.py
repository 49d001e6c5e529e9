"""The panel of the multi-level pyramid: its numbers follow the picture, the scale and the least score."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from explorer.window.look import look
from explorer.window.panels.m2det import Panel
from tests.window.here_client import QueryClient
from tests.window.panels.pyramid_pages import follow_the_levels


@pytest.fixture
def engine() -> QueryClient:
    """The engine in this process."""
    return QueryClient()


def test_the_numbers_follow_the_picture_the_scale_and_the_least_score(qtbot: QtBot, open_page: Any, detector_of: Callable[[str], Path]) -> None:
    page, settled = open_page("m2det", detector_of("m2det"), lens="levels")
    numbers = settled()
    assert numbers["names"] == [f"scale{k}" for k in range(1, 6)]
    assert [tile.title.en for tile in page.panel.tiles.tiles] == ["40 × 30", "20 × 15", "10 × 8", "5 × 4", "3 × 2"]
    follow_the_levels(qtbot, page, settled)


def test_the_maps_of_each_module(qtbot: QtBot, open_page: Any, detector_of: Callable[[str], Path]) -> None:
    page, settled = open_page("m2det", detector_of("m2det"), lens="levels", lens_settings={"depth": 2})
    panel: Panel = page.panel
    second = settled()
    assert second["depth"] == 2 and [look.say(words) for _, words in panel.depths.options()] == ["All", "TUM 1", "TUM 2", "TUM 3"] and panel.depths.current == "2"
    found = {2: second}
    for depth in (0, 1, 3):
        panel.depths._choose(depth)
        found[depth] = panel.numbers()
        assert found[depth]["depth"] == depth == panel.settings()["depth"] and found[depth]["counts"] == second["counts"]
    for level in range(5):
        apart = [found[depth]["mean_heat"][level] for depth in (1, 2, 3)]
        assert found[0]["mean_heat"][level] == pytest.approx(sum(apart) / 3, rel=1e-4) and len(set(apart)) == 3
    shown = panel.tiles.grab().toImage()
    panel.depths._choose(1)
    assert panel.tiles.grab().toImage() != shown
    for bad in ({"depth": "deep"}, {"depth": -1}):
        panel.apply(bad)
    assert panel.settings()["depth"] == 1
