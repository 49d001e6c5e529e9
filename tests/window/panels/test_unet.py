"""The panel of the skip connections: its numbers follow the picture and every bridge that is switched."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.catalogue import system
from explorer.window.pages.network_page import NetworkPage
from explorer.window.pages.segment import Page
from explorer.window.panels.unet import NO_TRUTH, Panel

OpenPage = Callable[..., tuple[NetworkPage, Callable[[], dict[str, Any]]]]


def test_the_numbers_follow_the_picture_and_the_bridges(qtbot: QtBot, open_here: OpenPage, checkpoint_of: Callable[..., Path]) -> None:
    page, settled = open_here("unet", checkpoint_of("unet", "unet-camvid"), variant="unet-camvid", input="street", lens="skips")
    first = settled()
    assert first["levels"] == 4 and first["off"] == [1, 2, 3, 4] and first["changed"] > 0.01
    assert first["iou_with"] != first["iou_without"] and first["boundary_with"] != first["boundary_without"]
    shape = page.panel.shape
    assert [level.down.text for level in shape.levels] == ["16 × 120 × 160", "32 × 60 × 80", "64 × 30 × 40", "128 × 15 × 20"]

    shape.grab()  # painted, so that the bridges have their places
    qtbot.mouseClick(shape, Qt.MouseButton.LeftButton, pos=shape.bridge_of(2).center().toPoint())
    bridged = settled()
    assert bridged["off"] == [1, 3, 4] and bridged["changed"] != first["changed"] and bridged["iou_with"] == first["iou_with"]
    page.panel.all_on.click()
    whole = settled()
    assert whole["off"] == [] and whole["changed"] == 0 and whole["boundary_without"] == whole["boundary_with"]
    assert page.panel.changed.text == "**0.0 %** of the pixels change their class."

    page.open_input(np.random.default_rng(0).integers(0, 255, (64, 96, 3)).astype(np.uint8))
    other = settled()
    assert "iou_with" not in other and page.panel.known.text == NO_TRUTH.en and not page.panel.scores.isVisible()
    qtbot.keyClick(shape, Qt.Key.Key_Space)
    assert settled()["off"] == [2] and settled()["changed"] > 0


@pytest.fixture
def panel(qtbot: QtBot, fake_client: Any) -> Panel:
    """The panel of a page that has not asked anything yet."""
    page = Page(system("unet"), fake_client)
    qtbot.addWidget(page)
    found = page.panel
    assert isinstance(found, Panel)
    return found


def test_what_was_switched_comes_back(panel: Panel) -> None:
    panel.apply({"off": [3, 1]})
    assert panel.settings() == {"off": [1, 3]}
    panel.apply({"off": []})
    assert panel.settings() == {"off": []}


@pytest.mark.parametrize("bad", [{"off": "all"}, {"off": [0]}, {"off": [1.5]}, {}])
def test_a_state_that_does_not_fit_is_passed_over(bad: dict[str, Any], panel: Panel) -> None:
    panel.apply(bad)
    assert panel.settings() == {"off": None}
