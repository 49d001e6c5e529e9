"""The map of test pictures: the user's picture with its neighbours, errors, and a sentence where nothing was measured."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.results import Bundle, Points
from explorer.window.look import look
from explorer.window.pages.lenses.atlas import AtlasLens
from explorer.words import Text
from tests.window.pages.lenses.host import LABELS, Page


def answer(distance: float = 0.9) -> Bundle:
    groups = np.arange(40) % 10
    angle = groups / 10 * 2 * np.pi
    xy = np.stack([np.cos(angle), np.sin(angle)], axis=1) + np.arange(40)[:, None] * 0.001
    said = groups.copy()
    said[13] = 5  # a cat taken for a dog
    facts = {
        "said": said.tolist(), "point": (0.5, 0.4), "neighbours": (3, 13, 23, 5), "shares": (0.4, 0.3, 0.2, 0.1), "distance": distance,
        "label": "cat", "missing": None,
    }  # fmt: skip
    return Bundle({"points": Points(xy, groups, LABELS, (said != groups).astype(int))}, facts=facts)


@pytest.fixture
def lens(qtbot: QtBot, fake_client: Any) -> AtlasLens:
    made = AtlasLens(Page(fake_client))  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.resize(760, 400)
    made.show()
    made.show_now()
    fake_client.jobs()[-1].answer(answer())
    return made


def test_the_picture_lies_with_its_neighbours(lens: AtlasLens) -> None:
    assert lens.title.text.replace("**", "") == "This picture lies with cat" and lens.view.own == (0.5, 0.4)
    assert lens.bars.shown() == [("cat", pytest.approx(0.75)), ("dog", pytest.approx(0.25))]
    assert lens.numbers()["errors"] == 1 and lens.numbers()["pictures"] == 40
    assert "0.9 times" in lens.far.text and "perhaps" not in lens.far.text


def test_what_is_far_from_everything_is_said(lens: AtlasLens, fake_client: Any) -> None:
    page: Any = lens.host
    page.version = 2
    lens.show_now()
    fake_client.jobs()[-1].answer(answer(3.21))
    assert "3.2 times" in lens.far.text.replace("**", "") and "perhaps the network does not know this" in lens.far.text


def test_a_point_that_is_pointed_at_is_named(lens: AtlasLens) -> None:
    lens.view.point_hovered.emit(13)
    assert lens.said.text.replace("**", "") == "A test picture of cat, taken for dog"
    lens.view.point_hovered.emit(5)
    assert lens.said.text == "A test picture of dog"
    lens.view.point_hovered.emit(-1)
    assert lens.said.text == " "


def test_nothing_measured_is_a_sentence_and_goes_again(lens: AtlasLens, fake_client: Any) -> None:
    page: Any = lens.host
    page.version = 2
    lens.show_now()
    fake_client.jobs()[-1].answer(Bundle({}, facts={"missing": Text("ありません。", "Nothing yet.")}))
    assert lens.sentence.text == "Nothing yet." and not lens.view.isVisible() and lens.result() is None
    page.version = 3
    lens.show_now()
    fake_client.jobs()[-1].answer(answer())
    assert lens.view.isVisible() and not lens.sentence.isVisible()


def test_japanese(lens: AtlasLens) -> None:
    look.language = "ja"
    assert lens.view.names[3] == "猫" and "猫" in lens.title.text and lens.bars.shown()[0][0] == "猫"
