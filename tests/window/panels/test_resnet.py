"""The panel of the residual connections: its numbers follow the picture, the shortcuts, the depth and batch normalisation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.catalogue import system
from explorer.results import Curves, Series
from explorer.window.pages.classify import Page
from explorer.window.panels.resnet import DEPTHS, Panel, times
from explorer.words import same

OpenPage = Callable[..., tuple[Page, Callable[[], dict[str, Any]]]]


def test_the_numbers_follow_the_picture_and_the_mechanism(open_page: OpenPage, random_checkpoint: Path) -> None:
    page, settled = open_page("resnet", random_checkpoint, lens="gradients", lens_settings={"depth": 20})

    first = settled()
    assert first["ratio"] == pytest.approx(first["first_with"] / first["first_without"])
    assert set(first["lines"]) == {"with shortcuts", "without"} and len(first["lines"]["without"]) == 11  # the stem, nine blocks, the classifier

    page.open_input(np.random.default_rng(0).integers(0, 255, (32, 32, 3)).astype(np.uint8))
    other_picture = settled()
    assert other_picture["first_with"] != first["first_with"] and other_picture["first_without"] != first["first_without"]

    page.panel.residual_choice._choose(2)  # without
    without = settled()
    assert without["residual"] is False and set(without["lines"]) == {"without"}

    page.panel.norm_switch.click()
    normed = settled()
    assert normed["norm"] is True and normed["first_without"] > 100 * without["first_without"]

    page.panel.norm_switch.click()
    page.panel.depth_choice._choose(0)  # 8 layers
    shallow = settled()
    assert shallow["depth"] == 8 and shallow["first_without"] > other_picture["first_without"]


def test_all_depths_stand_against_the_first_block_and_a_point_opens_its_depth(qtbot: QtBot, fake_client: Any) -> None:
    page = Page(system("resnet"), fake_client)
    qtbot.addWidget(page)
    panel: Panel = page.panel
    panel.apply({"depth": "all", "residual": None})
    panel.refresh()
    job = fake_client.jobs()[-1]
    assert job.arguments["depths"] == DEPTHS
    x = np.arange(1.0, 4.0)
    lines = [Series(same("line"), x, x * 10.0**k) for k in range(4)]  # 8 layers with and without, 14 layers with and without
    job.answer(Curves(tuple(lines), same("block"), same("norm")))
    assert panel.view.unfinished
    shown = panel.numbers()["lines"]
    assert shown == {"with shortcuts": [1.0, 100.0], "without": [10.0, 1000.0]}
    assert panel.numbers()["ratio"] == pytest.approx(0.1)  # of the deepest so far
    assert "without them" in panel.ratio.text
    job.finish()
    assert not panel.view.unfinished
    panel.view.point_clicked.emit(1, 1)
    assert fake_client.jobs()[-1].arguments["depths"] == (14,) and panel.depth_choice.current == "14"


def test_a_ratio_is_said_in_two_digits_or_as_a_power() -> None:
    assert (times(3.14159), times(12.3), times(3400.0), times(5.2e11)) == ("3.1", "12", "3,400", "5·10¹¹")
