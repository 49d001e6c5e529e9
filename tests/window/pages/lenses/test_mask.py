"""The mask's classes are listed, hidden and seen one by one; the settings come back."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.results import Bundle, Maps, Mask, Picture
from explorer.window.pages.lenses.mask import MaskLens
from tests.window.pages.lenses.host import AnswerPage

NAMES = ("sky", "road", "car")


def answer(seed: int) -> Bundle:
    rng = np.random.default_rng(seed)
    values = rng.random((3, 6, 8)).astype(np.float32)
    values /= values.sum(0)
    labels = values.argmax(0).repeat(10, 0).repeat(10, 1)
    picture = Picture(rng.integers(0, 255, (60, 80, 3)).astype(np.uint8))
    return Bundle({"mask": Mask(picture, labels, NAMES), "maps": Maps(values, names=NAMES)})


@pytest.fixture
def lens(qtbot: QtBot) -> MaskLens:
    made = MaskLens(AnswerPage(answer(0)))  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.resize(780, 420)
    made.show()
    made.show_now()
    return made


def test_shares_follow_the_picture(lens: MaskLens) -> None:
    before = lens.numbers()
    assert sum(before["shares"].values()) == pytest.approx(1.0)
    assert [entry.name for entry in lens.classes.entries] == [name.upper() for name in sorted(NAMES, key=lambda n: -before["shares"][n])]
    lens.host.give(answer(1))  # type: ignore[attr-defined]
    lens.show_now()
    assert lens.numbers()["shares"] != before["shares"]


def test_hiding_and_opacity(lens: MaskLens) -> None:
    plain = lens.view.picture(1.0)
    lens.classes.toggle(1)
    hidden = lens.view.picture(1.0)
    assert hidden != plain and lens.settings()["hidden"] == [1]
    lens.opacity.changed.emit(0.0)
    clear = lens.view.picture(1.0)
    assert clear not in (plain, hidden)
    kept = {"hidden": [2], "opacity": 30}
    lens.apply(kept)
    assert lens.settings() | kept == lens.settings()


def test_one_class_and_a_point(lens: MaskLens) -> None:
    plain = lens.view.picture(1.0)
    lens.probability.chosen.emit("road")
    road = lens.view.picture(1.0)
    assert road != plain
    lens.probability.chosen.emit("car")
    assert lens.view.picture(1.0) != road
    lens.probability.chosen.emit("")
    assert lens.view.picture(1.0) == plain
    mask = lens.result()
    assert isinstance(mask, Mask)
    lens.view.pixel.emit(25, 41)
    assert NAMES[int(mask.labels[25, 41])].upper() in lens.here.text and "then" in lens.here.text


def test_of_many_classes_only_those_that_occur_are_listed(lens: MaskLens) -> None:
    names = tuple(f"class {number}" for number in range(21))
    labels = np.zeros((60, 80), int)
    labels[:10] = 7
    picture = Picture(np.zeros((60, 80, 3), np.uint8))
    lens.host.give(Bundle({"mask": Mask(picture, labels, names), "maps": Maps(np.full((21, 6, 8), 1 / 21), names=names)}))  # type: ignore[attr-defined]
    lens.show_now()
    assert [entry.label for entry in lens.classes.entries] == [0, 7]
    lens.classes.toggle(7)
    labels[:10] = 0
    lens.host.give(Bundle({"mask": Mask(picture, labels, names), "maps": Maps(np.full((21, 6, 8), 1 / 21), names=names)}))  # type: ignore[attr-defined]
    lens.show_now()
    assert [entry.label for entry in lens.classes.entries] == [0, 7]  # it can be shown again
