"""What spoke for a box: the lens asks about the box chosen, here or among the objects found, and says so where there is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.results import Boxes, Bundle, Overlay, Picture
from explorer.window.pages.lenses.box_activation import NOTHING, BoxActivationLens
from explorer.window.pages.lenses.detections import DetectionsLens
from tests.window.pages.lenses.host import AnswerPage, Signals

PICTURE = Picture(np.full((80, 120, 3), 90, np.uint8))
CORNERS = ((10, 10, 40, 40), (12, 12, 42, 42), (60, 20, 110, 70), (5, 60, 20, 75))


def answer(count: int = 4, scores: tuple[float, ...] = (0.9, 0.8, 0.7, 0.2)) -> Bundle:
    """Boxes of which the second is covered by the first and the last is unsure."""
    boxes = Boxes(PICTURE, np.array(CORNERS[:count], float).reshape(-1, 4), np.array((0, 0, 1, 1)[:count], np.int64), np.array(scores[:count], float), ("cell", "plate"))
    return Bundle({"boxes": boxes}, facts={"overlap": 0.45})


class Page(AnswerPage):
    """Answers each question with a heat whose brightest pixel is at the middle of the box asked about."""

    def __init__(self, bundle: Bundle) -> None:
        super().__init__(bundle)
        self.asked: list[dict[str, Any]] = []
        self.layer = "body"
        self.parts: dict[str, Any] = {}

    def layers(self) -> tuple[str, ...]:
        return ("stem", "body")

    def ask(self, lane: str, task: str, title: Any, on_result: Any, **arguments: Any) -> Any:
        assert task == "detection.box_activation"
        self.asked.append(arguments)
        boxes: Boxes = self.part("boxes", Boxes)
        x1, y1, x2, y2 = boxes.boxes[arguments["box"]].astype(int)
        heat = np.zeros((80, 120))
        heat[(y1 + y2) // 2, (x1 + x2) // 2] = 2.0
        label = boxes.names[int(boxes.labels[arguments["box"]])]
        on_result(Bundle({"overlay": Overlay(PICTURE, heat, label, arguments.get("layer", "stem"))}))
        return type("Job", (), {"failed": Signals(), "cancelled": Signals()})


@pytest.fixture
def page() -> Page:
    return Page(answer())


@pytest.fixture
def lens(qtbot: QtBot, page: Page) -> BoxActivationLens:
    found, made = DetectionsLens(page), BoxActivationLens(page)  # type: ignore[arg-type]
    page.parts = {"boxes": found, "box_activation": made}
    for widget in (found, made):
        qtbot.addWidget(widget)
        widget.resize(780, 420)
        widget.show()
        widget.show_now()
    return made


def test_the_surest_box_first_and_those_that_stand(lens: BoxActivationLens, page: Page) -> None:
    assert page.asked == [{"box": 0}]
    assert lens.numbers() == {"box": 0, "class": "cell", "score": 0.9, "layer": "stem", "strongest_pixel": [25, 25], "choices": 2}
    assert "CELL" in lens.title.text and len(lens.view.outlines) == 2 and lens.view.outlines[0].label == "CELL 0.90"
    lens.show_now()
    assert len(page.asked) == 1, "nothing has changed"


def test_another_box_by_list_by_picture_and_among_the_objects_found(lens: BoxActivationLens, page: Page, qtbot: QtBot) -> None:
    plain = lens.view.grab().toImage()
    lens.bars.chosen.emit(lens.bars.shown()[1][0])
    assert page.asked[-1] == {"box": 2} and lens.numbers()["strongest_pixel"] == [45, 85] and page.changes >= 1
    assert page.parts["boxes"].view.current == 2 and lens.view.grab().toImage() != plain
    qtbot.mouseClick(lens.view, Qt.MouseButton.LeftButton, pos=lens.view._to_screen((11, 11, 39, 39)).center().toPoint())
    assert page.asked[-1] == {"box": 0}
    page.parts["boxes"].view.choose(2)
    lens.show_now()
    assert lens.numbers()["box"] == 2 and lens.view.outlines[0].label == "PLATE 0.70"
    page.parts["boxes"].view.choose(-1)
    page.parts["boxes"].least.set_value(0.15)
    lens.show_now()
    assert lens.numbers()["choices"] == 3, "the boxes that stand there stand here"


def test_of_a_layer_chosen_in_the_strip(lens: BoxActivationLens, page: Page) -> None:
    lens.layer_menu.chosen.emit("here")
    assert page.asked[-1] == {"box": 0, "layer": "body"} and lens.numbers()["layer"] == "body"
    page.layer = "stem"
    lens.show_now()
    assert page.asked[-1] == {"box": 0, "layer": "stem"}
    page.layer = "nowhere"
    lens.show_now()
    assert page.asked[-1] == {"box": 0}, "a layer without maps is left to the engine"
    lens.layer_menu.chosen.emit("best")
    assert page.asked[-1] == {"box": 0}


def test_another_picture(lens: BoxActivationLens, page: Page) -> None:
    lens.choose_box(2)
    page.give(answer(1, (0.3,)))
    lens.show_now()
    assert page.asked[-1] == {"box": 0} and lens.numbers()["choices"] == 1, "none is sure enough: the surest all the same"
    page.give(answer(0))
    count = len(page.asked)
    lens.show_now()
    assert lens.title.text == NOTHING.en and lens.numbers() == {} and len(page.asked) == count and not lens.bars.isVisible()
    page.give(answer())
    lens.show_now()  # the box chosen in the first picture is none of this one
    assert lens.bars.isVisible() and lens.numbers()["box"] == 0


def test_the_settings_come_back(lens: BoxActivationLens, page: Page) -> None:
    lens.apply({"box": 2, "here": True, "opacity": 0.3})
    lens.show_now()
    assert lens.settings() == {"box": 2, "here": True, "opacity": 0.3} and page.asked[-1] == {"box": 2, "layer": "body"} and lens.view.opacity == 0.3
    before = lens.settings()
    lens.apply({"box": -3, "here": True, "opacity": "much"})
    assert lens.settings() == before
