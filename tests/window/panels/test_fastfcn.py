"""The panel of JPU against dilation: counted and measured on the running engine, for the size of the picture and that chosen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from pytestqt.qtbot import QtBot

from explorer.catalogue import system
from explorer.window.pages.network_page import NetworkPage
from explorer.window.pages.segment import Page

OpenPage = Callable[..., tuple[NetworkPage, Callable[[], dict[str, Any]]]]


def test_the_numbers_follow_the_picture_and_the_size(open_here: OpenPage, checkpoint_of: Callable[[str], Path]) -> None:
    page, settled = open_here("fastfcn", checkpoint_of("fastfcn"), lens="jpu", lenses={"jpu": {"rows": 64}})
    first = settled()
    assert first["picture"] == [64, 85] and first["measured"] == first["of"]
    assert first["multiply_adds_ratio"] < 0.5 and first["memory_ratio"] < 1 and all(one > 0 for one in first["seconds"][:4])
    panel = page.panel
    assert panel.bars["multiply_adds"].result.values[1] < panel.bars["multiply_adds"].result.values[0]
    assert f"{first['multiply_adds_ratio']:.2g} times" in panel.ratios["multiply_adds"].text and "64" in panel.sentence.text

    panel.pairs.chosen.emit("resnet50")
    large = settled()
    assert large["multiply_adds_ratio"] < 1 and large["memory_ratio"] is None and panel.ratios["memory"].text == "counted only"
    assert panel.table.selected == 5
    panel.table.chosen.emit(2)
    assert settled()["pair"] == "backbone" and panel.pairs.current == "backbone"

    panel.height_slider.changed.emit(96.0)
    wider = settled()
    assert wider["picture"] == [96, 128] and wider["multiply_adds"][0] > 1.8 * first["multiply_adds"][0]
    page.open_input(np.zeros((64, 64, 3), np.uint8))
    assert settled()["picture"] == [96, 96]


def test_it_can_be_stopped_and_begun_again(qtbot: QtBot, fake_client: Any) -> None:
    page = Page(system("fastfcn"), fake_client)
    qtbot.addWidget(page)
    panel = page.panel
    panel.show_now()
    asked = [job for job in fake_client.asked if job.task == "segmentation.costs"]
    assert len(asked) == 1 and asked[0].arguments == {"rows": 240, "columns": 320} and panel.button.text() == "Stop"
    panel.button.click()
    assert asked[0].state == "cancelled" and panel.button.text() == "Measure again"
    panel.button.click()
    again = [job for job in fake_client.jobs() if job.task == "segmentation.costs"]
    assert len(again) == 1 and again[0] is not asked[0] and panel.button.text() == "Stop"


def test_what_was_chosen_comes_back(qtbot: QtBot, fake_client: Any) -> None:
    page = Page(system("fastfcn"), fake_client)
    qtbot.addWidget(page)
    panel = page.panel
    panel.apply({"rows": 96, "pair": "resnet50"})
    assert panel.settings() == {"rows": 96, "pair": "resnet50"} and panel.pairs.current == "resnet50"
    for bad in ({"rows": 8}, {"rows": "many"}, {"pair": "all"}):
        panel.apply(bad)
    assert panel.settings() == {"rows": 96, "pair": "resnet50"}
