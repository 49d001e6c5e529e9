"""The panel of width against depth: its numbers follow the picture, the depth and the width."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from pytestqt.qtbot import QtBot

from explorer.window.pages.classify import Page

OpenPage = Callable[..., tuple[Page, Callable[[], dict[str, Any]]]]


def test_the_numbers_follow_the_picture_the_depth_and_the_width(open_page: OpenPage, checkpoint_of: Callable[[str], Path]) -> None:
    page, settled = open_page("wide_resnet", checkpoint_of("wide_resnet"), lens="width", lens_settings={"depth": 16, "widen": 2})

    first = settled()
    assert first["wide"]["parameters"] == 691_674 and first["deep"]["depth"] > 16 and first["deep"]["widen"] == 1
    assert abs(first["deep"]["multiply_adds"] / first["wide"]["multiply_adds"] - 1) < 0.1
    assert first["wide"]["seconds"] > 0 and first["deep"]["seconds"] > 0 and len(first["family"]) >= 4
    assert page.panel.table.values["parameters", "wide"].text == "692 k"

    page.open_input(np.random.default_rng(0).integers(0, 255, (32, 32, 3)).astype(np.uint8))
    other = settled()
    assert other["responding"] != first["responding"] and other["channels"] == first["channels"]

    page.panel.sliders["widen"].set_value(3)
    page.panel.sliders["widen"].changed.emit(3.0)
    wider = settled()
    assert wider["widen"] == 3 and wider["wide"]["parameters"] > 2 * first["wide"]["parameters"] and wider["deep"]["depth"] > first["deep"]["depth"]

    page.panel.sliders["depth"].set_value(10)
    page.panel.sliders["depth"].changed.emit(10.0)
    shallow = settled()
    assert shallow["wide"]["depth"] == 10 and shallow["wide"]["multiply_adds"] < wider["wide"]["multiply_adds"]
    index = next(i for i, (depth, _) in enumerate(shallow["family"]) if depth == 16)
    page.panel.time_view.point_clicked.emit(0, index)
    assert settled()["depth"] == 16


def test_the_paper_s_own_network_can_be_set_and_is_counted_at_once(open_page: OpenPage, checkpoint_of: Callable[[str], Path], qtbot: QtBot) -> None:
    page, settled = open_page("wide_resnet", checkpoint_of("wide_resnet"), lens="width", lens_settings={"depth": 10, "widen": 1})
    settled()
    panel = page.panel
    assert (panel.sliders["depth"].high, panel.sliders["widen"].high) == (40, 10)
    panel.sliders["depth"].set_value(28)
    panel.sliders["widen"].set_value(10)
    panel.sliders["widen"].changed.emit(10.0)
    qtbot.waitUntil(lambda: panel.table.values["parameters", "wide"].text == "36.5 M", timeout=60_000)  # counted before anything is timed
    numbers = panel.numbers()
    assert numbers["wide"]["parameters"] == 36_479_194 and (numbers["depth"], numbers["widen"]) == (28, 10)
    assert numbers["wide"]["seconds"] is None and numbers["family"] == []
    assert panel.table.heads["wide"].text == "WRN-28-10" and panel.table.values["multiply_adds", "wide"].text == "5.24 G"
    page.restore({"lens_settings": {"depth": 10, "widen": 1}})  # the timing of the large one is given up
    assert settled()["wide"]["parameters"] < 100_000
    panel.apply({"depth": 28, "widen": 11})
    assert (panel.layers, panel.widen) == (28, 1)
