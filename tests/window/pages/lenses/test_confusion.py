"""The confusion matrix: counts where they belong, figures of the chosen cell, and a sentence where nothing was measured."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.results import Bundle, Matrix
from explorer.window.look import look
from explorer.window.pages.lenses.confusion import ConfusionLens
from explorer.words import Text
from tests.window.pages.lenses.host import LABELS, Page


def matrix() -> Matrix:
    counts = np.eye(10) * 8
    counts[3, 5], counts[3, 3] = 4, 4  # cats taken for dogs
    counts[0, 8] = 1
    return Matrix(counts, LABELS, LABELS)


@pytest.fixture
def lens(qtbot: QtBot, fake_client: Any) -> ConfusionLens:
    made = ConfusionLens(Page(fake_client))  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.resize(760, 400)
    made.show()
    made.show_now()
    fake_client.jobs()[-1].answer(Bundle({"matrix": matrix()}, facts={"missing": None, "ece": 1.93, "temperature": 1.0643}))
    return made


def test_accuracy_and_the_most_frequent_error(lens: ConfusionLens) -> None:
    assert lens.accuracy.text == f"{100 * 76 / 81:.1f} %"
    assert "81 test pictures" in lens.total.text and "1.9 points off" in lens.total.text and "temperature 1.06" in lens.total.text
    assert "cat taken for dog" in lens.cell.text and "50.0 %" in lens.cell.text
    numbers = lens.numbers()
    assert numbers["worst"] == {"true": "cat", "said": "dog", "count": 4} and numbers["pictures"] == 81
    assert numbers["classes"]["dog"] == {"recall": 1.0, "precision": pytest.approx(8 / 12)}


def test_weights_without_a_card_say_their_accuracy_alone(lens: ConfusionLens, fake_client: Any) -> None:
    fake_client.jobs()[-1].answer(Bundle({"matrix": matrix()}, facts={"missing": None, "ece": None, "temperature": None}))
    assert lens.total.text == "Accuracy on 81 test pictures"


def test_a_cell_that_is_pointed_at_or_clicked(lens: ConfusionLens) -> None:
    lens.view.hovered.emit(0, 8)
    assert "Of 9 pictures of airplane, 1 (11.1 %) were taken for ship." in lens.cell.text.replace("**", "")
    lens.view.hovered.emit(-1, -1)
    assert "cat taken for dog" in lens.cell.text
    lens.view.clicked.emit(5, 5)
    assert "8 (100.0 %) were right" in lens.cell.text and not lens.figures[1].isVisibleTo(lens)
    assert "recall 100.0 %, precision 66.7 %" in lens.figures[0].text
    assert lens.settings()["cell"] == [5, 5]


def test_colours_of_errors_or_of_all(lens: ConfusionLens) -> None:
    assert lens.scale.isVisibleTo(lens.legend) and not lens.legend.isVisible()  # where the page shows it is the page's to say
    assert lens.view.colour_range()[1] == 4
    lens.colours.chosen.emit("all")
    lens.colours.set_current("all")
    lens.restyle()
    assert lens.view.colour_range()[1] == 8


def test_another_picture_is_no_new_question_and_other_weights_are(lens: ConfusionLens, fake_client: Any) -> None:
    page: Any = lens.host
    asked = len(fake_client.asked)
    page.version, page.picture = 2, "coffee"
    lens.show_now()
    assert len(fake_client.asked) == asked
    page.weights = "own.pth"
    lens.show_now()
    assert len(fake_client.asked) == asked + 1
    fake_client.jobs()[-1].answer(Bundle({}, facts={"missing": Text("ありません。", "Nothing yet.")}))
    assert not lens.scale.isVisibleTo(lens.legend)  # no colours, no legend
    assert lens.sentence.isVisible() and lens.sentence.text == "Nothing yet." and not lens.view.isVisible() and lens.numbers() == {"missing": "Nothing yet."}


def test_settings_come_back_and_nonsense_is_passed_over(lens: ConfusionLens) -> None:
    lens.apply({"cell": [2, 4], "colours": "all"})
    assert lens.settings() == {"cell": [2, 4], "colours": "all"}
    lens.apply({"cell": [2, 99], "colours": "loud"})
    assert lens.settings() == {"cell": None, "colours": "all"}


def test_japanese(lens: ConfusionLens) -> None:
    look.language = "ja"
    assert "猫を犬と答えた" in lens.cell.text.replace("**", "") and lens.view.row_names()[3] == "猫"


def test_in_projection_only_the_main_sentence_stays(lens: ConfusionLens) -> None:
    look.projection = True
    lens.project(True)
    assert lens.cell.isVisibleTo(lens) and not any(label.isVisibleTo(lens) for label in lens.figures)
    look.projection = False
    lens.project(False)
    assert all(label.isVisibleTo(lens) for label in lens.figures)
