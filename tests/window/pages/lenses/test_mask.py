"""The mask's classes are listed, hidden, compared with the truth and seen one by one; the settings come back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.results import Bundle, Maps, Mask, Picture
from explorer.window.pages.lenses.mask import MaskLens
from tests.window.pages.lenses.host import AnswerPage

NAMES = ("sky", "road", "car")


def answer(seed: int, truth: bool = True) -> Bundle:
    rng = np.random.default_rng(seed)
    values = rng.random((3, 6, 8)).astype(np.float32)
    values /= values.sum(0)
    labels = values.argmax(0).repeat(10, 0).repeat(10, 1)
    picture = Picture(rng.integers(0, 255, (60, 80, 3)).astype(np.uint8))
    parts: dict[str, Any] = {"mask": Mask(picture, labels, NAMES), "maps": Maps(values, names=NAMES)}
    if truth:
        parts["truth"] = Mask(picture, np.zeros((60, 80), int), NAMES)
    return Bundle(parts, facts={"scored": {"mean_iou": 0.5, "pixels_right": 0.25, "boundary_f": 0.1}} if truth else {})


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
    assert sum(before["shares"].values()) == pytest.approx(1.0) and before["scored"]["mean_iou"] == 0.5
    assert [entry.name for entry in lens.classes.entries] == [name.upper() for name in sorted(NAMES, key=lambda n: -before["shares"][n])]
    lens.host.give(answer(1, truth=False))  # type: ignore[attr-defined]
    lens.show_now()
    assert lens.numbers()["shares"] != before["shares"] and "scored" not in lens.numbers() and not lens.shown.isVisible()


def test_hiding_errors_and_opacity(lens: MaskLens) -> None:
    plain = lens.view.picture(1.0)
    lens.classes.toggle(1)
    hidden = lens.view.picture(1.0)
    assert hidden != plain and lens.settings()["hidden"] == [1]
    assert lens.shown.isVisible()
    lens.shown.chosen.emit("errors")
    assert lens.view.picture(1.0) not in (plain, hidden)
    lens.opacity.changed.emit(0.0)
    clear = lens.view.picture(1.0)
    assert clear not in (plain, hidden)
    kept = {"hidden": [2], "opacity": 30, "shown": "truth"}
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
