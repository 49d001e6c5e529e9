"""The panel of the separate stages: its numbers follow the picture, the stage, the number of proposals and the crop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.catalogue import system
from explorer.window.pages.detect import Page
from explorer.window.panels.rcnn import NOTHING, STAGES, Panel
from tests.window.here_client import QueryClient


@pytest.fixture
def engine() -> QueryClient:
    """The engine in this process."""
    return QueryClient()


def blocks(count: int) -> Any:
    """A plain picture with so many blocks of one colour: few regions, so that the search is quick."""
    pixels = np.full((60, 80, 3), 230, np.uint8)
    for k in range(count):
        pixels[8 + 14 * (k % 3) : 18 + 14 * (k % 3), 6 + 25 * (k // 3) : 24 + 25 * (k // 3)] = (200 - 60 * (k % 3), 30 + 25 * k, 60)
    return pixels


def test_the_numbers_follow_the_picture_the_stage_and_the_proposals(qtbot: QtBot, open_page: Any, checkpoint_of: Callable[[str], Path], tmp_path: Path) -> None:
    path = tmp_path / "blocks.png"
    Image.fromarray(blocks(4)).save(path)
    page, settled = open_page("rcnn", checkpoint_of("rcnn"), lens="stages", input=str(path))
    panel: Panel = page.panel
    first = settled()
    assert first["stage"] == "proposals" and first["shown"] == first["proposals"] >= 4 and len(first["seconds"]) == 3 and min(first["seconds"]) > 0
    assert f"**{first['proposals']} proposals**" in panel.told.text and not panel.tiles.isVisible()
    whole = panel.view.grab().toImage()

    regions = first["regions"]
    assert regions == sorted(regions, reverse=True) and [tile.title.en for tile in panel.regions.tiles] == [f"{count} regions" for count in regions]  # type: ignore[union-attr]
    panel.regions.choose(3)
    assert panel.view.grab().toImage() != whole and panel.numbers()["shown"] == first["shown"]  # the proposals over the coarsest regions
    panel.regions.choose(3)
    assert panel.view.grab().toImage() == whole

    panel.count.setFocus()
    qtbot.keyClick(panel.count, Qt.Key.Key_Home)
    assert panel.numbers()["shown"] == 1 and panel.view.grab().toImage() != whole

    for number, stage in enumerate(STAGES):
        panel.stage._choose(number)
        assert panel.numbers()["stage"] == stage and panel.count.isVisible() == (stage == "proposals") and panel.tiles.isVisible() == (stage != "proposals") != panel.regions.isVisible()
    kept = panel.numbers()["kept"]
    solid = [one for one in panel.view.outlines if not one.dashed]
    assert 1 <= kept == len(solid) == len(panel.view.outlines) - len(solid) and f"**{kept}** left" in panel.told.text  # each beside its proposal

    panel.stage._choose(2)
    assert first["crops"] > panel.numbers()["shown"] == 9 == len(panel.tiles.tiles) and panel.tiles.tiles[0].title == first["surest"][0]
    panel.tiles.choose(1)
    assert panel.numbers()["crop"] == 1 and panel.numbers()["shown"] == 1
    panel.stage._choose(3)
    assert [one.dashed for one in panel.view.outlines] == [False, True]  # what became of this crop

    page.open_input(255 - blocks(7))
    other = settled()
    assert other["proposals"] != first["proposals"] and other["surest"] != first["surest"]


def test_a_picture_of_one_colour_has_no_proposal(open_page: Any, checkpoint_of: Callable[[str], Path], tmp_path: Path) -> None:
    path = tmp_path / "plain.png"
    Image.fromarray(blocks(0)).save(path)
    page, settled = open_page("rcnn", checkpoint_of("rcnn"), lens="stages", input=str(path))
    numbers = settled()
    assert (numbers["proposals"], numbers["shown"], numbers["crops"], numbers["surest"]) == (0, 0, 0, None)
    assert page.panel.told.text == NOTHING.en
    page.panel.stage._choose(3)
    assert page.panel.numbers()["kept"] == 0


@pytest.fixture
def panel(qtbot: QtBot, fake_client: Any) -> Panel:
    """The panel of a page that has not asked anything yet."""
    page = Page(system("rcnn"), fake_client)
    qtbot.addWidget(page)
    found = page.panel
    assert isinstance(found, Panel)
    return found


def test_what_was_chosen_comes_back(panel: Panel) -> None:
    panel.apply({"stage": "classes", "count": 40})
    assert panel.settings() == {"stage": "classes", "count": 40} == panel.numbers()
    for bad in ({"stage": "warp"}, {"count": 0}, {"count": "many"}, {}):
        panel.apply(bad)
    assert panel.settings() == {"stage": "classes", "count": 40}
