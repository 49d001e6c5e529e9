"""The panel of the default boxes: its numbers follow the picture, the level and the place."""

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
from explorer.window.panels.ssd import Panel
from tests.window.here_client import QueryClient

OpenPage = Callable[..., tuple[NetworkPage, Callable[[], dict[str, Any]]]]


@pytest.fixture
def engine() -> QueryClient:
    """The engine in this process."""
    return QueryClient()


def test_the_numbers_follow_the_picture_the_level_and_the_place(qtbot: QtBot, open_page: OpenPage, detector_of: Callable[[str], Path]) -> None:
    page, settled = open_page("ssd", detector_of("ssd"), lens="default_boxes")
    panel: Panel = page.panel
    first = settled()
    assert first["sizes"][:2] == [[30, 40], [15, 20]] and len(first["counts"]) == 6
    assert panel._bundle is not None
    surest = [float(panel._bundle.parts[f"level {k}"].heat.max()) for k in range(6)]  # type: ignore[attr-defined]
    assert surest[first["level"]] == pytest.approx(max(surest), rel=0.2) and panel.settings()["level"] is None
    panel.tiles.choose(0)
    first = settled()
    assert first["level"] == 0 and first["counts"][0] == 30 * 40 * first["here"] and f"{sum(first['counts']):,}" in panel.all_words.text

    panel.tiles.choose(1)
    coarser = settled()
    assert coarser["level"] == 1 and coarser["here"] == coarser["counts"][1] / (15 * 20) > first["here"]
    assert coarser["box"] != first["box"] and (panel.view.rows, panel.view.columns) == (15, 20)

    panel.view.grab()  # painted, so that the places are known
    qtbot.mouseClick(panel.view, Qt.MouseButton.LeftButton, pos=panel.view.rect_of(4, 9).center().toPoint())
    there = settled()
    assert (there["row"], there["column"]) == (4, 9) and there["surest"] != coarser["surest"]
    x1, y1, x2, y2 = there["box"]
    assert (x1 + x2) / 2 == pytest.approx(9.5 / 20 * 320) and (y1 + y2) / 2 == pytest.approx(4.5 / 15 * 240)

    page.open_input(np.random.default_rng(0).integers(0, 255, (60, 80, 3)).astype(np.uint8))
    other = settled()
    assert (other["row"], other["column"]) == (4, 9) and other["surest"][1] != there["surest"][1] and other["counts"] == there["counts"]
    assert other["box"] == pytest.approx([value / 4 for value in there["box"]])  # the same default box in a picture of a quarter the size


def test_heats_are_probabilities_on_one_scale(open_page: OpenPage, detector_of: Callable[[str], Path]) -> None:
    page, settled = open_page("ssd", detector_of("ssd"), lens="default_boxes")
    settled()
    panel: Panel = page.panel
    assert panel.scale.accessibleName() == "Probability of an object 0 1"
    assert panel._bundle is not None
    heat = panel._bundle.parts[f"level {panel._bundle.facts['level']}"].heat  # type: ignore[attr-defined]
    assert panel.view._heat_rgb is not None and panel.view._heat_rgb[..., 3].max() == round(float(heat.max()) * 255)


@pytest.fixture
def panel(qtbot: QtBot, fake_client: Any) -> Panel:
    """The panel of a page that has not asked anything yet."""
    page = Page(system("ssd"), fake_client)
    qtbot.addWidget(page)
    found = page.panel
    assert isinstance(found, Panel)
    return found


def test_what_was_chosen_comes_back(panel: Panel) -> None:
    panel.apply({"level": 2, "place": [3, 4]})
    assert panel.settings() == {"level": 2, "place": [3, 4]} == panel.numbers()


@pytest.mark.parametrize("bad", [{"level": -1}, {"level": "fine"}, {"place": [1]}, {"place": [1.5, 2]}, {}])
def test_a_state_that_does_not_fit_is_passed_over(bad: dict[str, Any], panel: Panel) -> None:
    panel.apply(bad)
    assert panel.settings() == {"level": None, "place": None}
