"""The panel of the pyramid: its numbers follow the picture, the level and the least score."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.catalogue import system
from explorer.results import Boxes, Bundle, Overlay, Picture
from explorer.window.pages.detect import Page
from explorer.window.panels.fpn import Panel
from tests.window.here_client import QueryClient
from tests.window.panels.pyramid_pages import follow_the_levels


@pytest.fixture
def engine() -> QueryClient:
    """The engine in this process."""
    return QueryClient()


def test_the_numbers_follow_the_picture_the_level_and_the_least_score(qtbot: QtBot, open_page: Any, checkpoint_of: Callable[[str], Path]) -> None:
    page, settled = open_page("fpn", checkpoint_of("fpn"), lens="levels")
    numbers = settled()
    assert numbers["names"] == ["layer2", "layer3", "layer4"]
    assert [tile.title.en for tile in page.panel.tiles.tiles] == ["80 × 60", "40 × 30", "20 × 15"]
    follow_the_levels(qtbot, page, settled)


def test_the_numbers_follow_the_path_back_down(qtbot: QtBot, open_page: Any, checkpoint_of: Callable[[str], Path]) -> None:
    page, settled = open_page("fpn", checkpoint_of("fpn"), lens="levels")
    panel: Panel = page.panel
    whole = settled()
    assert whole["top_down"] is True and panel.path.isVisible()
    panel.path.click()
    alone = settled()
    assert alone["top_down"] is False and alone["counts"] != whole["counts"]
    assert alone["mean_heat"][2] == pytest.approx(whole["mean_heat"][2]) and alone["mean_heat"][0] != pytest.approx(whole["mean_heat"][0], rel=0.01)
    assert panel.told.text.startswith(f"Without the path **{sum(alone['counts'])}** found, with it **{sum(whole['counts'])}**")
    qtbot.keyClick(panel.least, Qt.Key.Key_Home)  # the sliders decide over its own boxes
    assert sum(panel.numbers()["counts"]) > sum(alone["counts"]) and f"**{sum(panel.numbers()['counts'])}** found" in panel.told.text
    panel.least.set_value(0.5)
    panel.path.click()
    assert settled() == whole and "Without" not in panel.told.text


SIZES = [(64, 15, 20), (64, 8, 10)]
BOXES = np.array([[0, 0, 10, 10], [20, 0, 32, 12], [0, 20, 40, 60], [50, 10, 80, 60]], float)


@pytest.fixture
def panel(qtbot: QtBot, fake_client: Any) -> Panel:
    """The panel of a page whose network found two small objects on its fine level and two large ones on its coarse one."""
    page = Page(system("fpn"), fake_client)
    qtbot.addWidget(page)
    found: Panel = page.panel
    picture = Picture(np.full((60, 80, 3), 90, np.uint8))
    boxes = Boxes(picture, BOXES, np.array([0, 1, 0, 1]), np.array([0.9, 0.6, 0.8, 0.7]), ("cell", "car"))
    page.answer = Bundle({"boxes": boxes, "given": picture}, facts={"levels": (0, 0, 1, 1), "overlap": 0.45})
    found.refresh()
    heats = {f"level {k}": Overlay(picture, np.full((60, 80), 1.0 + k), "") for k in range(2)}
    fake_client.jobs()[-1].answer(Bundle({**heats, "boxes": boxes}, facts={"names": ("fine", "coarse"), "sizes": SIZES, "depths": 1, "top_down": None}))
    return found


def test_which_level_found_what(panel: Panel) -> None:
    numbers = panel.numbers()
    assert numbers["counts"] == [2, 2] and numbers["sides"] == [11.0, pytest.approx((40 + np.sqrt(30 * 50)) / 2)]
    assert numbers["mean_heat"] == [1.0, 2.0] and [tile.caption.en for tile in panel.tiles.tiles] == ["2 · 11 px", "2 · 39 px"]  # type: ignore[union-attr]
    assert panel.told.text == "Median side of what the finest level found: **11 px**, the coarsest: **39 px**."
    assert panel.view.words("1") == "level 2 ·"  # and its score behind it
    panel.apply({"least": 0.65})
    panel._decide()
    assert panel.numbers()["counts"] == [1, 2] and panel.numbers()["sides"][0] == 10.0
    panel.apply({"least": 0.85})
    panel._decide()
    assert panel.told.text == "One level, 20 × 15, found all **1**."
    panel.apply({"least": 0.95})
    panel._decide()
    assert panel.told.text == "**No object is surer than 0.95.**" and panel.numbers()["shown"] == 0


def test_what_was_chosen_comes_back(qtbot: QtBot, panel: Panel, fake_client: Any) -> None:
    panel.tiles.choose(1)
    assert panel.settings() == {"level": 1, "least": 0.5, "top_down": True} and panel.numbers()["shown"] == 2
    page = Page(system("fpn"), fake_client)
    qtbot.addWidget(page)
    other: Panel = page.panel
    kept = {"level": 1, "least": 0.3, "top_down": False}
    other.apply(kept)
    assert other.settings() == kept
    for bad in ({"level": "fine"}, {"least": 3.0}, {"least": "much"}, {"top_down": 3}, {}):
        other.apply(bad)
    assert other.settings() == kept
