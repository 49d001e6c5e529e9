"""The lens of sightings: it grows, names what was seen, says plainly when nothing fits, and hands a part to the page."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.catalogue import Variant, system
from explorer.catalogue.classes import CIFAR10
from explorer.results import Boxes, Bundle, Maps, Matrix, Picture, Scores
from explorer.window.look import look
from explorer.window.pages.lenses.sightings import SightingsLens
from explorer.words import Text

LABELS = tuple(text.en for text in CIFAR10)
PART = tuple[int, int, int, int]


class Page:
    """What the lens asks of its page."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.version = self.whole_version = 1
        self.layer = ""
        self.variant: Variant = system("resnet").variants[0]
        self.given: Picture | None = None
        self.scores: Scores | None = None
        self.highest = 1.0
        self.whole: Picture | None = Picture(np.full((100, 160, 3), 90, np.uint8))
        self.part_used: PART | None = None
        self.plays = False
        self.used: list[PART | None] = []
        self.changes = 0

    def layers(self) -> tuple[str, ...]:
        return ()

    def choose_layer(self, name: str) -> None: ...

    def outline(self, box: Any) -> None: ...

    def request(self) -> dict[str, Any]:
        return {"picture": "part"}

    def whole_request(self) -> dict[str, Any]:
        return {"picture": "cat"}

    def use_part(self, part: PART | None) -> None:
        self.used.append(part)
        self.part_used = part

    def ask(self, lane: str, task: str, title: Text, on_result: Any, **arguments: Any) -> Any:
        job = self.client.query(lane, task, title=title, **arguments)
        job.result.connect(on_result)
        return job

    def class_words(self, name: str) -> str:
        return next((look.say(words) for words in CIFAR10 if words.en == name), name)

    def changed(self) -> None:
        self.changes += 1


def seen(*found: tuple[str, float, PART], done: float = 1.0, calibrated: bool = True) -> Bundle:
    names = ("cat", "dog", "ship")
    rows = np.array([[0, 0, 100, 100, 0, 3, 0.2, 0.7], [60, 0, 160, 100, 0, 5, 0.6, 0.3], [0, 0, 50, 50, 1, 3, 0.9, 0.05], [110, 50, 160, 100, 1, 8, 0.1, 0.8]])
    maps = Maps(np.stack([np.full((10, 16), 0.9), np.full((10, 16), 0.6), np.full((10, 16), 0.1)]), "photograph", names)
    columns = ("x1", "y1", "x2", "y2", "size", "class", "score", "none")
    facts = {
        "sightings": [(name, score, box, 0) for name, score, box in found], "labels": LABELS, "sides": [100, 50], "counts": (2, 2),
        "calibrated": calibrated, "done": done,
    }  # fmt: skip
    return Bundle({"maps": maps, "windows": Matrix(rows, tuple("0123"), columns)}, facts=facts)


CAT, DOG = ("cat", 0.9, (0, 0, 50, 50)), ("dog", 0.6, (60, 0, 160, 100))


@pytest.fixture
def lens(qtbot: QtBot, fake_client: Any) -> SightingsLens:
    made = SightingsLens(Page(fake_client))
    qtbot.addWidget(made)
    made.resize(760, 400)
    made.show()
    made.show_now()
    return made


def page_of(lens: SightingsLens) -> Page:
    page = lens.host
    assert isinstance(page, Page)
    return page


def test_it_asks_about_the_whole_once_and_grows(lens: SightingsLens, fake_client: Any) -> None:
    (job,) = fake_client.jobs()
    assert job.task == "recognition.sightings" and job.arguments["picture"] == "cat"
    job.answer(seen(done=0.2))
    assert "Still looking" in lens.title.text and lens.numbers()["nothing"] is True
    job.answer(seen(CAT, DOG))
    assert "2" in lens.title.text and [mark.words for mark in lens.view.marks] == ["cat 90 %", "dog 60 %"]
    page_of(lens).version += 1  # another part of the same photograph
    lens.show_now()
    assert len(fake_client.asked) == 1
    page_of(lens).whole_version += 1
    lens.show_now()
    assert len(fake_client.asked) == 2 and lens.view.marks == []


def test_in_a_film_the_last_frame_looked_over_stays_until_the_next_one_is(lens: SightingsLens, fake_client: Any) -> None:
    page = page_of(lens)
    page.plays = True
    fake_client.jobs()[0].answer(seen(done=0.2))
    assert "Still looking" in lens.title.text
    fake_client.jobs()[0].answer(seen(DOG, done=0.6))
    assert [mark.words for mark in lens.view.marks] == ["dog 60 %"], "of the first frame all is shown"
    fake_client.jobs()[0].answer(seen(CAT, DOG))
    first = page.whole
    page.whole, page.whole_version = Picture(np.full((100, 160, 3), 10, np.uint8)), 2
    lens.show_now()
    job = fake_client.jobs()[-1]
    job.answer(seen(done=0.2))
    assert [mark.words for mark in lens.view.marks] == ["cat 90 %", "dog 60 %"] and lens.looked() is None
    shown = lens.result()
    assert isinstance(shown, Boxes) and shown.picture is first
    job.answer(seen(DOG))
    shown = lens.result()
    assert [mark.words for mark in lens.view.marks] == ["dog 60 %"] and lens.looked() == ["dog"]
    assert isinstance(shown, Boxes) and shown.picture is page.whole
    page.plays = False
    page.whole_version = 3
    lens.show_now()
    assert lens.view.marks == []


def test_it_says_plainly_when_nothing_fits(lens: SightingsLens, fake_client: Any) -> None:
    fake_client.jobs()[0].answer(seen())
    assert "any of the 10 classes" in lens.title.text.replace("**", "")
    look.language = "ja"
    assert "知っている 10 種類のどれにも見えません" in lens.title.text.replace("**", "")
    assert lens.result() is not None and len(lens.classes.rows) == 3
    assert lens.looked() == []
    fake_client.jobs()[0].answer(seen(CAT, calibrated=False))
    assert "測られていません" in lens.about.text and lens.looked() == [CAT[0]]
    fake_client.jobs()[0].answer(seen(calibrated=False))
    assert "どの場所も確かではありません" in lens.title.text.replace("**", "")


def test_a_class_is_chosen_and_let_go(lens: SightingsLens, fake_client: Any) -> None:
    fake_client.jobs()[0].answer(seen(CAT, DOG))
    assert lens.class_shown() == "cat" and all(mark.strong for mark in lens.view.marks)
    lens.classes.chosen.emit("dog")
    assert lens.class_shown() == "dog" and lens.settings() == {"class": "dog"} and page_of(lens).changes == 1
    assert [mark.strong for mark in lens.view.marks] == [True, False]
    colours = {row.name: row.colour for row in lens.classes.rows}
    assert colours == {"cat": 0, "dog": 1, "ship": -1} and {mark.words[:3]: mark.colour for mark in lens.view.marks} == {"cat": 0, "dog": 1}
    lens.classes.chosen.emit("dog")
    assert lens.class_shown() == "cat"


def test_under_the_cursor_each_size_tells_what_it_saw(lens: SightingsLens, fake_client: Any) -> None:
    fake_client.jobs()[0].answer(seen(CAT, DOG))
    assert lens.at(90, 150) == [((60, 0, 160, 100), "dog", pytest.approx(0.6)), ((110, 50, 160, 100), "", pytest.approx(0.8))]
    lens.view.pixel.emit(90, 150)
    assert "100 px window: dog 60 %" in lens.here.text and "50 px window: none of them 80 %" in lens.here.text
    lens.view.left.emit()
    assert lens.here.text == ""


def test_a_sighting_becomes_the_part_the_page_looks_at(lens: SightingsLens, fake_client: Any) -> None:
    fake_client.jobs()[0].answer(seen(CAT, DOG))
    assert not lens.back.isVisible()
    lens.view.part_chosen.emit((0, 0, 50, 50))
    lens.show_now()
    assert page_of(lens).used == [(0, 0, 50, 50)] and lens.back.isVisible()
    lens.back.click()
    assert page_of(lens).used[-1] is None


def test_its_result_is_boxes_on_the_photograph(lens: SightingsLens, fake_client: Any) -> None:
    fake_client.jobs()[0].answer(seen(CAT, DOG))
    result = lens.result()
    assert isinstance(result, Boxes) and result.boxes.tolist() == [[0, 0, 50, 50], [60, 0, 160, 100]]
    assert [result.names[number] for number in result.labels] == ["cat", "dog"]
