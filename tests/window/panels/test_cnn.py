"""The panel of pooling: its numbers follow the picture, the shift, and the kind of pooling."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from pytestqt.qtbot import QtBot

from explorer.catalogue import system
from explorer.window.look import look
from explorer.window.pages.classify import Page
from explorer.window.panels.cnn import KINDS

OpenPage = Callable[..., tuple[Page, Callable[[], dict[str, Any]]]]


def test_the_numbers_follow_the_picture_and_the_mechanism(open_page: OpenPage, checkpoint_of: Callable[[str], Path]) -> None:
    page, settled = open_page("cnn", checkpoint_of("cnn"), lens="pooling", lens_settings={"pixels": 2})

    first = settled()
    assert first["pixels"] == 2 and set(first["change"]) == set(KINDS)
    assert first["change"]["skip"] > first["change"]["max"] > 0  # pooling steadies the maps, even of random weights
    texts = [page.panel.values[kind].text for kind in KINDS]
    assert len(set(texts)) == 3

    page.panel.slider.changed.emit(6.0)
    far = settled()
    assert far["pixels"] == 6 and far["change"]["max"] > first["change"]["max"]
    assert [page.panel.values[kind].text for kind in KINDS] != texts

    page.panel.slider.changed.emit(0.0)
    assert settled()["change"] == dict.fromkeys(KINDS, 0.0)

    page.panel.slider.changed.emit(2.0)
    map_of_max = page.panel.map.to_csv()
    page.panel.kind_choice._choose(2)
    assert page.panel.numbers()["kind"] == "skip" and page.panel.map.to_csv() != map_of_max
    skipped = page.panel.result()
    assert [line.main for line in page.panel.view.result.series] == [False, False, True] and skipped is not None

    page.panel.what_choice._choose(1)
    answers = page.panel.numbers()["answer"]
    assert page.panel.values["skip"].text == f"{100 * answers['skip']:.0f} %"

    page.open_input(np.random.default_rng(0).integers(0, 255, (32, 32, 3)).astype(np.uint8))
    other_picture = settled()
    assert other_picture["change"]["max"] != first["change"]["max"] and other_picture["answer"] != answers

    page.choose_layer("stage1")
    assert settled()["layer"] == "stage1"


def test_a_point_of_the_curve_opens_its_shift_and_settings_come_back(qtbot: QtBot, fake_client: Any) -> None:
    page = Page(system("cnn"), fake_client)
    qtbot.addWidget(page)
    panel = page.panel
    panel.view.point_clicked.emit(0, 5)
    assert panel.settings()["pixels"] == 5 and panel.slider.value == 5
    panel.apply({"pixels": 99, "kind": "nothing", "what": "answers"})
    assert panel.settings() == {"pixels": 5, "kind": "max", "what": "answers"}
    assert panel.what_choice.current == "answers"
    look.changed.emit()  # another language before there is an answer
