"""The panel of convolutions with gaps: what a value sees follows the picture, the place and the stage."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from explorer.catalogue import system
from explorer.window.pages.network_page import NetworkPage
from explorer.window.pages.segment import Page

OpenPage = Callable[..., tuple[NetworkPage, Callable[[], dict[str, Any]]]]


def test_the_numbers_follow_the_picture_the_place_and_the_stage(qtbot: QtBot, open_here: OpenPage, checkpoint_of: Callable[[str], Path]) -> None:
    page, settled = open_here("deeplabv3", checkpoint_of("deeplabv3"), lens="gaps")
    first = settled()
    assert first["dilated_stride"] == first["close_stride"] == 4 and first["strided_stride"] == 16
    assert first["dilated_box"] == first["strided_box"] and first["close_box"] < first["dilated_box"]
    assert first["ratio"] == first["dilated_area"] / first["close_area"] > 1

    panel = page.panel
    panel.stages.chosen.emit("layer3")
    early = settled()
    assert early["dilated_box"] < first["dilated_box"] and early["strided_stride"] == 8
    panel.stages.chosen.emit("layer4")

    view = panel.views["close"]
    view.grab()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.place().topLeft().toPoint() + QPoint(2, 2))
    corner = settled()
    assert corner["place"][0] < 0.02 and corner["place"][1] < 0.02
    assert corner["dilated_area"] < 0.75 * first["dilated_area"]  # much of what it could see lies outside the picture
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert settled()["place"] == [corner["place"][0] + 0.05, corner["place"][1]]

    page.open_input(np.random.default_rng(0).integers(0, 255, (64, 96, 3)).astype(np.uint8))
    other = settled()
    assert other["dilated_area"] != corner["dilated_area"]
    assert f"{other['ratio']:.2g} times" in panel.sentence.text


def test_what_was_chosen_comes_back(qtbot: QtBot, fake_client: Any) -> None:
    page = Page(system("deeplabv3"), fake_client)
    qtbot.addWidget(page)
    panel = page.panel
    panel.apply({"place": [0.25, 0.75], "stage": "layer3"})
    assert panel.settings() == {"place": [0.25, 0.75], "stage": "layer3"} and panel.stages.current == "layer3"
    for bad in ({"place": [1.5, 0]}, {"place": 3}, {"stage": "layer9"}):
        panel.apply(bad)
    assert panel.settings() == {"place": [0.25, 0.75], "stage": "layer3"}
