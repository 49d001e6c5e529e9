"""The page that reads what is written: driven with the running engine, and its state kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from explorer import catalogue
from explorer.window.pages.draw import Page
from tests.window.here_client import HereClient

SCENE = next(one for one in catalogue.SCENES if one.page == "draw")
SEVEN = [[[0.27, 0.2], [0.72, 0.2], [0.45, 0.85]]]
ONE = [[[0.5, 0.15], [0.5, 0.85]]]


@pytest.fixture
def client() -> HereClient:
    return HereClient()


@pytest.fixture
def page(qtbot: QtBot, client: Any) -> Page:
    page = Page(SCENE, client)
    qtbot.addWidget(page)
    page.resize(800, 700)
    page.show()
    return page


def settle(qtbot: QtBot, page: Page) -> None:
    qtbot.waitUntil(lambda: not page.busy(), timeout=20_000)


def test_a_sample_then_strokes_then_nothing(qtbot: QtBot, page: Page) -> None:
    page.start()
    settle(qtbot, page)
    first = page.numbers()
    assert first["digit"] == first["input"] and first["probability"] > 0.9 and first["strokes"] == 0
    page.canvas.set_strokes(SEVEN)
    page.canvas.changed.emit()
    settle(qtbot, page)
    assert page.numbers()["digit"] == "7" and page.numbers()["input"] == "strokes" and "7" in page.sentence.text
    assert page.given.result.pixels.shape == (16, 16, 3) and page.maps.result.values.shape == (16, 16, 16)
    page.bars.chosen.emit("1")
    settle(qtbot, page)
    assert page.numbers()["explained"] == 1 and page.numbers()["digit"] == "7"
    page.canvas.wipe()
    settle(qtbot, page)
    assert "digit" not in page.numbers() and not page.given.has_content()


def test_one_question_at_a_time_and_the_last_ink_wins(qtbot: QtBot, page: Page, client: HereClient) -> None:
    for length in range(1, 4):
        page.canvas.set_strokes([SEVEN[0][:length]])
        page.canvas.changed.emit()
    assert len([job for job in client.asked if job.task == "scenes.read_digit"]) == 1
    settle(qtbot, page)
    assert len([job for job in client.asked if job.task == "scenes.read_digit"]) == 2 and page.numbers()["digit"] == "7"


def test_a_photograph_and_what_cannot_be_read(qtbot: QtBot, page: Page, tmp_path: Path) -> None:
    page.canvas.set_strokes(ONE)
    paper = 255 - page.canvas.pixels()  # chalk on a board
    photograph = tmp_path / "board.png"
    Image.fromarray(np.pad(paper, ((60, 20), (40, 200), (0, 0)))).save(photograph)
    page.open_path(str(photograph))
    settle(qtbot, page)
    assert page.numbers()["digit"] == "1" and page.canvas.laid is not None
    for wrong in (np.full((50, 50, 3), 90, np.uint8), str(tmp_path / "gone.png")):
        page.open_input(wrong)
        settle(qtbot, page)
        assert page.last_error is not None and page.banner.isVisible() and page.numbers()["digit"] == "1"
        assert page.state()["input"] == str(photograph)


def test_the_state_comes_back(qtbot: QtBot, page: Page, client: Any) -> None:
    page.restore({"strokes": SEVEN, "digit": 2})
    settle(qtbot, page)
    kept = page.state()
    other = Page(SCENE, client)
    qtbot.addWidget(other)
    other.restore(kept)
    settle(qtbot, other)
    assert other.numbers()["digit"] == "7" and other.numbers()["explained"] == 2
    other.restore({"strokes": [[[9, 9]]], "digit": "x"})
    settle(qtbot, other)
    assert other.numbers()["digit"] == SCENE.samples[3]
