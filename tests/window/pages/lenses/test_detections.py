"""Sliders decide at once which boxes stand; what is found, or nothing, is said; the settings come back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.results import Boxes, Bundle, Picture
from explorer.window.pages.lenses.detections import NOTHING_AT_ALL, DetectionsLens
from tests.window.pages.lenses.host import AnswerPage


def answer(seed: int, count: int = 30) -> Bundle:
    rng = np.random.default_rng(seed)
    corner = rng.uniform(0, 60, (count, 2))
    boxes = np.hstack([corner, corner + rng.uniform(10, 40, (count, 2))])
    picture = Picture(rng.integers(0, 255, (100, 100, 3)).astype(np.uint8))
    return Bundle({"boxes": Boxes(picture, boxes, rng.integers(0, 2, count), rng.uniform(0.1, 0.9, count), ("cell", "plate"))})


@pytest.fixture
def lens(qtbot: QtBot) -> DetectionsLens:
    made = DetectionsLens(AnswerPage(answer(0)))  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.resize(780, 420)
    made.show()
    made.show_now()
    return made


def test_sliders_act_at_once(lens: DetectionsLens) -> None:
    first = lens.numbers()
    assert first["boxes"] == 30 and 0 < first["kept"] < 30 and str(first["kept"]) in lens.count.text
    lens.least.changed.emit(0.2)
    more = lens.numbers()
    assert more["kept"] + more["suppressed"] > first["kept"] + first["suppressed"]
    lens.most.changed.emit(1.0)
    every = lens.numbers()
    assert every["suppressed"] == 0 and every["kept"] == more["kept"] + more["suppressed"]
    assert sum(int(entry.figure) for entry in lens.classes.entries) == every["kept"]
    lens.classes.toggle(0)
    assert {one["name"] for one in lens.numbers()["found"]} == {"plate"}


def test_nothing_is_said(lens: DetectionsLens) -> None:
    lens.least.set_value(0.95)
    lens.least.changed.emit(0.95)
    assert "0.95" in lens.count.text and lens.numbers()["kept"] == 0
    lens.host.give(answer(0, count=0))  # type: ignore[attr-defined]
    lens.show_now()
    assert lens.count.text == NOTHING_AT_ALL.en and lens.numbers()["boxes"] == 0
    assert lens.known.isVisible() and "only CELL, PLATE" in lens.known.text and lens.classes.isHidden()


def test_what_a_photograph_shows_may_never_have_been_learnt(lens: DetectionsLens) -> None:
    assert lens.known.isHidden()  # a picture of which nothing is known
    cat = Picture(np.zeros((100, 100, 3), np.uint8), "cat")
    boxes = Boxes(cat, np.array([[1.0, 2.0, 30.0, 40.0]]), np.array([0]), np.array([0.9]), ("cell", "plate"))
    lens.show_boxes(boxes)
    assert lens.known.isVisible() and "never learnt what this is (Cat)" in lens.known.text and "only these 2 classes" in lens.known.text
    lens.show_boxes(replace(boxes, names=("cat", "dog")))
    assert lens.known.isHidden()


def test_a_box_is_chosen_and_settings_come_back(lens: DetectionsLens, qtbot: QtBot) -> None:
    qtbot.keyClick(lens.view, Qt.Key.Key_Right)
    best = lens.numbers()["found"][0]
    assert best["name"].upper() in lens.one.text and f"{best['score']:.2f}" in lens.one.text
    kept = {"least": 0.3, "most": 0.8, "suppressed": True, "hidden": [1]}
    lens.apply(kept)
    assert lens.settings() | kept == lens.settings()
    before = lens.numbers()["found"]
    lens.host.give(answer(3))  # type: ignore[attr-defined]
    lens.show_now()
    assert lens.numbers()["found"] != before and all(one["score"] >= 0.3 for one in lens.numbers()["found"])
