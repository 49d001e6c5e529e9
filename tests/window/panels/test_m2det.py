"""The panel of the multi-level pyramid: its numbers follow the picture, the scale and the least score."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

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
