"""The panel of the region proposal network: its numbers follow the picture, the place of the anchors and how many proposals are drawn."""

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
from explorer.window.pages.network_page import NetworkPage
from explorer.window.panels.faster_rcnn import NO_PROPOSAL, Panel
from tests.window.here_client import QueryClient

OpenPage = Callable[..., tuple[NetworkPage, Callable[[], dict[str, Any]]]]


@pytest.fixture
def engine() -> QueryClient:
    """The engine in this process."""
    return QueryClient()


def test_the_numbers_follow_the_picture_the_place_and_the_count(qtbot: QtBot, open_page: OpenPage, checkpoint_of: Callable[[str], Path]) -> None:
    page, settled = open_page("faster_rcnn", checkpoint_of("faster_rcnn"), lens="proposals")
    panel: Panel = page.panel
    first = settled()
    assert first["places"] == [30, 40] and len(first["here"]) == 9 and first["anchors"] == 30 * 40 * 9
    assert first["shown"] == 20 < first["proposals"] <= 300
    heat = panel._bundle.parts["objectness 0"].heat  # type: ignore[union-attr]
    assert panel.scale.accessibleName() == "Objectness 0 1" and panel.heat._heat_rgb is not None
    assert panel.heat._heat_rgb[..., 3].max() == round(float(heat.max()) * 255), "one scale for every picture"

    panel.heat.grab()  # painted, so that the places are known
    qtbot.mouseClick(panel.heat, Qt.MouseButton.LeftButton, pos=panel.heat.rect_of(11, 30).center().toPoint())
    there = settled()
    assert (there["row"], there["column"]) == (11, 30) and there["here"] != first["here"] and there["proposals"] == first["proposals"]
    x1, y1, x2, y2 = there["anchor"]
    assert (x1 + x2) / 2 == pytest.approx(30 * 8, abs=5) and (y1 + y2) / 2 == pytest.approx(11 * 8, abs=5)

    panel.count.set_value(3)
    panel.count.changed.emit(3.0)
    assert panel.numbers()["shown"] == 3 == len(panel.best.outlines) and not page.busy(), "no network is asked"

    page.open_input(np.random.default_rng(0).integers(0, 255, (240, 320, 3)).astype(np.uint8))
    other = settled()
    assert (other["row"], other["column"], other["shown"]) == (11, 30, 3) and other["here"] != there["here"] and other["best"] != there["best"]


@pytest.fixture
def panel(qtbot: QtBot, fake_client: Any) -> Panel:
    """The panel of a page that has not asked anything yet."""
    page = Page(system("faster_rcnn"), fake_client)
    qtbot.addWidget(page)
    found = page.panel
    assert isinstance(found, Panel)
    return found


def test_no_proposal_is_said(panel: Panel) -> None:
    picture = Picture(np.zeros((6, 8, 3), np.uint8))
    none = Boxes(picture, np.zeros((0, 4)), np.zeros(0, np.int64), np.zeros(0), ("object",))
    anchor = Boxes(picture, np.array([[0.0, 0.0, 4.0, 4.0]]), np.zeros(1, np.int64), np.array([0.25]), ("object",))
    facts = {"level": 0, "row": 1, "column": 2, "sizes": [(3, 4)], "anchors": 12}
    panel._take(Bundle({"objectness 0": Overlay(picture, np.zeros((6, 8)), "0"), "anchors": anchor, "proposals": none}, facts=facts))
    assert panel.kept.text == NO_PROPOSAL.en and panel.numbers()["shown"] == 0 and "0.25" in panel.here.text


def test_what_was_chosen_comes_back(panel: Panel) -> None:
    panel.apply({"place": [3, 4], "count": 50})
    assert panel.settings() == {"place": [3, 4], "count": 50} == panel.numbers()


@pytest.mark.parametrize("bad", [{"count": 0}, {"count": 301}, {"count": "all"}, {"place": [1]}, {"place": 4}, {}])
def test_a_state_that_does_not_fit_is_passed_over(bad: dict[str, Any], panel: Panel) -> None:
    panel.apply(bad)
    assert panel.settings() == {"place": None, "count": 20}
