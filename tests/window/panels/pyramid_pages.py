"""What the tests of panels with a pyramid's levels share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.window.pages.network_page import NetworkPage
from explorer.window.panels.pyramid import NOTHING, PyramidPart


def follow_the_levels(qtbot: QtBot, page: NetworkPage, settled: Callable[[], dict[str, Any]]) -> None:
    """Choose levels and scores, then another picture: the panel's numbers and pictures follow, and only the picture needs the network."""
    panel: PyramidPart = page.panel
    first = settled()
    assert first["level"] == -1 and first["shown"] == sum(first["counts"]) > 0
    asked = len(page.client.asked)  # type: ignore[attr-defined]
    everything = panel.view.grab().toImage()

    finest = next(level for level, count in enumerate(first["counts"]) if count)
    panel.tiles.choose(finest)
    alone = panel.numbers()
    assert alone["level"] == finest and alone["shown"] == first["counts"][finest] and alone["counts"] == first["counts"]
    assert panel.view.grab().toImage() != everything  # the level's heat lies over the picture
    qtbot.keyClick(panel.tiles, Qt.Key.Key_Escape)
    assert panel.numbers() == first

    qtbot.keyClick(panel.least, Qt.Key.Key_PageDown)
    unsure = panel.numbers()
    assert unsure["least"] == pytest.approx(first["least"] - 0.1) and sum(unsure["counts"]) > sum(first["counts"])
    for _ in range(10):
        qtbot.keyClick(panel.least, Qt.Key.Key_PageUp)
    sure = panel.numbers()
    assert sum(sure["counts"]) < sum(first["counts"]) and sure["mean_heat"] == first["mean_heat"]
    if not sum(sure["counts"]):
        assert panel.told.text == NOTHING.format(least="0.95").en
    assert len(page.client.asked) == asked  # type: ignore[attr-defined]

    page.open_input(np.random.default_rng(0).integers(0, 255, (60, 80, 3)).astype(np.uint8))
    other = settled()
    assert other["names"] == first["names"] and all(a != b for a, b in zip(other["mean_heat"], first["mean_heat"], strict=True))
