"""The panel of the grid: its numbers follow the picture, the cell, and the least score, for which no network is asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.catalogue import system
from explorer.window.pages.detect import Page
from explorer.window.pages.network_page import NetworkPage
from explorer.window.panels.yolo import Panel
from tests.window.here_client import QueryClient

OpenPage = Callable[..., tuple[NetworkPage, Callable[[], dict[str, Any]]]]


@pytest.fixture
def engine() -> QueryClient:
    """The engine in this process."""
    return QueryClient()


def test_the_numbers_follow_the_picture_the_cell_and_the_least_score(
    qtbot: QtBot, engine: QueryClient, open_page: OpenPage, detector_of: Callable[[str], Path]
) -> None:
    page, settled = open_page("yolo", detector_of("yolo"), lens="cells")
    panel: Panel = page.panel
    first = settled()
    assert (first["rows"], first["columns"], first["boxes"], first["shown"]) == (8, 10, 2, 2)
    assert max(first["confidences"]) == panel._confidences().max()  # the surest cell is looked at first
    assert panel.bars.shown()[0][0] == first["class"] and "160 boxes" in panel.all_words.text

    panel.view.grab()  # painted, so that the cells have their places
    qtbot.mouseClick(panel.view, Qt.MouseButton.LeftButton, pos=panel.view.rect_of(6, 3).center().toPoint())
    cell = settled()
    assert (cell["row"], cell["column"]) == (6, 3) and cell["confidences"] != first["confidences"]
    assert cell["before"] == first["before"], "the counts are of the whole picture"

    asked = len(engine.asked)
    panel.least.set_value(0.2)
    panel.least.changed.emit(0.2)
    more = panel.numbers()
    assert more["before"] > cell["before"] and more["after"] > cell["after"] and more["after"] < more["before"]
    panel.shown.set_current("after")
    panel.shown.chosen.emit("after")
    assert panel.numbers()["shown"] == more["after"]
    panel.shown.set_current("before")
    panel.shown.chosen.emit("before")
    assert panel.numbers()["shown"] == 160
    assert len(engine.asked) == asked, "a slider asks no network"

    page.open_input(np.random.default_rng(0).integers(0, 255, (64, 96, 3)).astype(np.uint8))
    other = settled()
    assert (other["row"], other["column"]) == (6, 3) and other["confidences"] != more["confidences"] and other["mean_confidence"] != more["mean_confidence"]


@pytest.fixture
def panel(qtbot: QtBot, fake_client: Any) -> Panel:
    """The panel of a page that has not asked anything yet."""
    page = Page(system("yolo"), fake_client)
    qtbot.addWidget(page)
    found = page.panel
    assert isinstance(found, Panel)
    return found


def test_what_was_chosen_comes_back(panel: Panel) -> None:
    kept = {"place": [3, 4], "by": "class", "shown": "after", "least": 0.25}
    panel.apply(kept)
    assert panel.settings() == kept
    assert {"shown", "least"} <= set(panel.numbers())


@pytest.mark.parametrize("bad", [{"place": [1]}, {"place": [-1, 2]}, {"by": "size"}, {"shown": 3}, {"least": 2.0}, {"least": "much"}, {}])
def test_a_state_that_does_not_fit_is_passed_over(bad: dict[str, Any], panel: Panel) -> None:
    before = panel.settings()
    panel.apply(bad)
    assert panel.settings() == before


def test_cells_are_coloured_by_confidence_class_or_not_at_all(open_page: OpenPage, detector_of: Callable[[str], Path]) -> None:
    page, settled = open_page("yolo", detector_of("yolo"), lens="cells")
    settled()
    panel: Panel = page.panel
    pictures = []
    for by in ("confidence", "class", "none"):
        panel.by.set_current(by)
        panel.by.chosen.emit(by)
        pictures.append(panel.view.grab().toImage())
        assert panel.scale.isVisibleTo(page) == (by == "confidence")
    assert pictures[0] != pictures[1] != pictures[2] != pictures[0]
