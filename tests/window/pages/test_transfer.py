"""The page on which classes are taught: driven with the running engine; what is missing is said; the state comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from explorer import catalogue
from explorer.window.look import look
from explorer.window.pages.transfer import MOST_CLASSES, NEED_TWO, NO_NAME, Page
from tests.window.here_client import HereClient

SCENE = next(one for one in catalogue.SCENES if one.page == "transfer")


@pytest.fixture
def page(qtbot: QtBot) -> Page:
    page = Page(SCENE, HereClient())  # type: ignore[arg-type]
    qtbot.addWidget(page)
    page.resize(800, 700)
    page.show()
    return page


def settle(qtbot: QtBot, page: Page) -> None:
    qtbot.waitUntil(lambda: not page.busy(), timeout=30_000)


def files(folder: Path, colour: tuple[int, int, int], count: int = 3) -> list[str]:
    folder.mkdir()
    rng = np.random.default_rng(sum(colour))
    for number in range(count):
        noisy = np.clip(np.array(colour) + rng.normal(0, 25, (40, 40, 3)), 0, 255).astype(np.uint8)
        Image.fromarray(noisy).save(folder / f"{number}.png")
    return [str(path) for path in sorted(folder.iterdir())]


def test_the_examples_are_learnt_and_a_new_picture_is_named(qtbot: QtBot, page: Page) -> None:
    page.start()
    settle(qtbot, page)
    found = page.numbers()
    assert found["class"] == "Cat" and found["pictures"] == 24 and found["right"] >= 20
    assert found["network"] == page.menu.current and str(found["right"]) in page.sentence.text
    page.open_input("crop:coffee:8")
    settle(qtbot, page)
    assert page.numbers()["class"] == "Coffee"
    before = page.answer
    look.language = "ja"  # the answer is the same one, under other names
    assert page.numbers()["class"] == "コーヒー" and page.rows[0].name == "猫"
    assert before is not None and page.answer is not None and page.answer.parts["loss"] is before.parts["loss"] and not page.busy()
    page.rows[1].field.setText("茶")
    page.rows[1].field.editingFinished.emit()
    assert page.numbers()["class"] == "茶" and not page.busy()


def test_own_classes_and_what_is_missing(qtbot: QtBot, page: Page, tmp_path: Path) -> None:
    red, blue = files(tmp_path / "red", (220, 30, 30)), files(tmp_path / "blue", (30, 30, 220))
    first, second = page.add_class("red"), page.add_class("blue")
    assert first is not None and second is not None
    settle(qtbot, page)
    assert page.sentence.text == NEED_TWO.en and "right" not in page.numbers()
    page.add_pictures(first, [str(tmp_path / "red")])
    page.add_pictures(second, blue)
    page.open_input(red[0])
    settle(qtbot, page)
    assert page.numbers()["class"] == "red" and [len(row.sources) for row in page.rows] == [3, 3]
    second.field.setText("red")
    second.field.editingFinished.emit()
    settle(qtbot, page)
    assert page.sentence.text == NO_NAME.en
    second.field.setText("blue")
    second.field.editingFinished.emit()
    page.add_pictures(second, [str(tmp_path / "gone.png")])
    settle(qtbot, page)
    assert page.banner.isVisible() and page.numbers()["class"] == "red"
    page.open_input(str(tmp_path / "none.png"))
    settle(qtbot, page)
    assert page.last_error is not None and page.numbers()["input"] == red[0] and page.numbers()["class"] == "red"
    page.remove_class(first)
    settle(qtbot, page)
    assert page.sentence.text == NEED_TWO.en
    while page.add_class() is not None:
        pass
    assert len(page.rows) == MOST_CLASSES and not page.add_button.isEnabled()


def test_the_state_comes_back(qtbot: QtBot, page: Page, tmp_path: Path) -> None:
    red, blue = files(tmp_path / "red", (220, 30, 30)), files(tmp_path / "blue", (30, 30, 220))
    for name, paths in (("r", red), ("b", blue)):
        row = page.add_class(name)
        assert row is not None
        page.add_pictures(row, [*paths, np.zeros((9, 9, 3), np.uint8)])
    page.open_input(blue[1])
    settle(qtbot, page)
    kept: Any = page.state()
    other = Page(SCENE, HereClient())  # type: ignore[arg-type]
    qtbot.addWidget(other)
    other.restore(kept)
    settle(qtbot, other)
    assert other.state() == kept and other.numbers()["class"] == "b"
    assert [len(row.sources) for row in other.rows] == [3, 3]  # pixels are not kept
