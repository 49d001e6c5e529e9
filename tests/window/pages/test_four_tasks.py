"""The opening page of the picture chapter: four answers to one picture, computed, and the way from each to its own page."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from PySide6.QtCore import QPoint, Qt, QTimer
from pytestqt.qtbot import QtBot

from explorer import catalogue
from explorer.catalogue.readiness import ready
from explorer.engine.inputs.pictures import sample
from explorer.engine.lenses import excitation
from explorer.results import Bundle, Mask, Picture, Progress
from explorer.window.look import look
from explorer.window.pages import four_tasks, saving
from explorer.window.pages.four_tasks import Page, page_of, percent, small, spread
from explorer.words import ExplorerError, InputError, Text, same
from tests.window.here_client import HereClient, HereJob

torch.set_num_threads(1)
SCENE = catalogue.page("four_tasks")
Open = Callable[..., Page]


def job_of(client: Any, task: str) -> Any:
    """The newest live job for a task of the engine."""
    return next(job for job in reversed(client.jobs()) if job.task == task)


def places(classes: tuple[str, ...] = ("cat",), done: bool = True) -> Bundle:
    """As the engine says it, of a photograph of 400 × 300: the upper third is the first class, the rest is of none."""
    labels = np.full((30, 40), len(classes))
    if classes:
        labels[:10] = 0
    facts = {
        "boxes": [(number, 0.9 - 0.2 * number, (10, 20, 110, 120)) for number in range(len(classes))], "classes": list(classes), "windows": 1234,
        "looked": 3, "fitting": 3 * len(classes), "calibrated": True, "done": done,
    }  # fmt: skip
    return Bundle({"mask": Mask(Picture(np.zeros((30, 40, 3), np.uint8)), labels, (*classes, "none of them"))} if done else {}, facts=facts)


def made(label: str = "dog", step: int = 96) -> Bundle:
    pixels = np.full((32, 32, 3), step, np.uint8)
    return Bundle({"begin": Picture(pixels), "picture": Picture(pixels)}, facts={"label": label, "before": 0.004, "now": step / 96, "step": step, "steps": 96, "seconds": 1.0, "done": step == 96})


@pytest.fixture
def open_page(qtbot: QtBot, fake_client: Any, answers: Any) -> Open:
    """A page whose network has answered; what else it asks for is still to come."""

    def make(probability: float = 0.9, **facts: Any) -> Page:
        page = Page(SCENE, fake_client)
        qtbot.addWidget(page)
        page.resize(804, 720)
        page.show()
        page.start()
        qtbot.waitUntil(lambda: any(job.task == Page.task for job in fake_client.jobs()))
        job = job_of(fake_client, Page.task)
        network = answers.network("cat", probability)
        job.answer(Bundle(network.parts, facts={**network.facts, **facts}))
        job.finish()
        return page

    return make


def finish(client: Any, task: str, result: Bundle) -> None:
    job = job_of(client, task)
    job.answer(result)
    job.finish()


def test_the_scene_opens_its_chapter() -> None:
    pages = [entry.id for entry in catalogue.PAGES if catalogue.chapter_of(entry.section).number == 2]
    assert pages[0] == SCENE.id and ready(SCENE) and {one.weights for one in SCENE.variants} == {"bundled", "download"}


def test_four_panels_of_equal_size_say_what_goes_in_and_how(open_page: Open, fake_client: Any) -> None:
    page = open_page()
    assert list(page.panels) == ["recognition", "segmentation", "detection", "generation"]
    finish(fake_client, "opening.places", places(("cat", "dog")))
    finish(fake_client, "opening.towards", made())
    for language in ("en", "ja"):
        look.language = language  # type: ignore[assignment]
        assert len({(panel.width(), panel.height()) for panel in page.panels.values()}) == 1
        said = {task: panel.how.text for task, panel in page.panels.items()}
        assert len(set(said.values())) == 4 and all(len(words) > 20 for words in said.values())
        assert "ResNet-20" in said["recognition"] and "6" in said["segmentation"] and "1,234" in said["detection"] and "0.4 %" in said["generation"]
    assert "猫 33 %" in page.legend.accessibleName() and page.panels["generation"].how.text.startswith("同じネットワークが「犬」")


def test_the_same_class_has_the_same_colour_in_both_and_the_mask_lies_over_the_photograph(open_page: Open, fake_client: Any) -> None:
    page = open_page()
    finish(fake_client, "opening.places", places(("cat", "dog")))
    mask, boxes = page.mask_view.result, page.boxes_view.result
    assert isinstance(mask, Mask) and mask.names[:2] == boxes.names == ("cat", "dog")  # type: ignore[union-attr]
    assert page.whole is not None and mask.picture.pixels.shape == page.whole.pixels.shape == (300, 400, 3)
    mask.validate()
    assert (mask.labels[:100] == 0).all() and (mask.labels[100:] == 2).all() and page.mask_view._hidden == {2}
    assert list(page.boxes_view.kept) == [0, 1], "the engine has decided which boxes stand"


def test_boxes_come_before_the_mask(open_page: Open, fake_client: Any) -> None:
    page = open_page()
    job_of(fake_client, "opening.places").answer(places(done=False))
    assert page.numbers()["detection"][0]["box"] == [10, 20, 110, 120] and "segmentation" not in page.numbers()
    assert page.boxes_view.has_content() and page.panels["segmentation"].running and page.busy()


def test_nothing_seen_is_said(open_page: Open, fake_client: Any) -> None:
    page = open_page(0.2, none=0.9)
    finish(fake_client, "opening.places", places(()))
    for task in ("segmentation", "detection"):
        assert "none of its 10 classes" in page.panels[task].how.text
    assert "none of the 10 classes" in page.known.note.text.replace("**", "")
    assert page.numbers()["segmentation"] == {} and page.numbers()["detection"] == [] and page.numbers()["fits"] is False


def test_a_class_and_a_start_for_the_picture_to_be_made(open_page: Open, fake_client: Any) -> None:
    page = open_page()
    first = job_of(fake_client, "opening.towards").arguments
    assert first["class_name"] is None and first["from_picture"] is True and first["picture"] == SCENE.samples[0]
    finish(fake_client, "opening.towards", made("dog"))
    assert page.classes.current == "dog" and page.numbers()["generation"]["label"] == "dog"
    page.classes._choose("ship")
    assert job_of(fake_client, "opening.towards").arguments["class_name"] == "ship"
    finish(fake_client, "opening.towards", made("ship", 48))
    page.start_choice._choose(1)
    now = job_of(fake_client, "opening.towards")
    assert now.arguments["class_name"] == "ship" and now.arguments["from_picture"] is False
    page.classes._choose("horse")
    assert now.state == "cancelled" and not page.panels["generation"].stopped, "the newest wins"
    state = page.state()
    assert state["class"] == "horse" and state["from_picture"] is False


def test_what_was_chosen_comes_back(qtbot: QtBot, fake_client: Any, answers: Any) -> None:
    page = Page(SCENE, fake_client)
    qtbot.addWidget(page)
    page.restore({"class": "frog", "from_picture": False, "input": "coffee", "variant": "resnet20"})
    qtbot.waitUntil(lambda: any(job.task == Page.task for job in fake_client.jobs()))
    finish(fake_client, Page.task, answers.network())
    asked = job_of(fake_client, "opening.towards").arguments
    assert (asked["class_name"], asked["from_picture"], asked["picture"]) == ("frog", False, "coffee") and page.start_choice.current == "noise"


def test_a_panel_opens_the_page_of_its_task(qtbot: QtBot, open_page: Open) -> None:
    page = open_page()
    panel = page.panels["recognition"]
    assert panel.page is not None and SCENE.variants[0] in panel.page.variants, "the page of the very network that answered"
    for act in (
        lambda: qtbot.mouseClick(panel, Qt.MouseButton.LeftButton, pos=QPoint(panel.width() // 2, panel.height() // 2)),
        lambda: qtbot.mouseClick(panel.childAt(panel.width() // 4, panel.height() // 2) or panel, Qt.MouseButton.LeftButton),
        lambda: qtbot.keyClick(panel, Qt.Key.Key_Return),
    ):
        with qtbot.waitSignal(page.page_wanted, timeout=1000) as wanted:
            act()
        assert wanted.args == [panel.page.id]


def test_a_task_without_a_page_opens_nothing(qtbot: QtBot, open_page: Open) -> None:
    page = open_page()
    panel = page.panels["detection"]
    panel.set_page(None)
    with qtbot.assertNotEmitted(page.page_wanted):
        qtbot.mouseClick(panel, Qt.MouseButton.LeftButton)
        qtbot.keyClick(panel, Qt.Key.Key_Return)
    assert panel.focusPolicy() == Qt.FocusPolicy.NoFocus


def test_every_task_has_the_first_ready_page_of_its_section(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {entry.id for entry in catalogue.SYSTEMS if entry.section == "detection"}
    monkeypatch.setattr(four_tasks, "ready", lambda entry: entry.id in known)
    assert page_of("detection", SCENE.variants[0]) == next(one for one in catalogue.SYSTEMS if one.section == "detection")
    assert page_of("generation", SCENE.variants[0]) is None


def test_stopped_work_goes_on_where_the_user_says(qtbot: QtBot, open_page: Open, fake_client: Any) -> None:
    page = open_page()
    finish(fake_client, "opening.towards", made())
    first = job_of(fake_client, "opening.places")
    first.report(Progress(same("looking"), 0.4))
    panel = page.panels["segmentation"]
    assert panel.bar.fraction == 0.4 and not panel.bar.isHidden() and page.panels["detection"].bar.fraction == 0.4
    panel.stop.click()
    assert first.state == "cancelled" and panel.how.text == "Stopped." and panel.bar.isHidden()
    page.panels["detection"].stop.click()
    second = job_of(fake_client, "opening.places")
    assert second is not first and panel.running
    second.answer(places())
    second.finish()
    assert not panel.stopped and panel.stop.isHidden() and "3" in panel.how.text


def test_what_cannot_be_opened_is_said_and_the_page_stays(qtbot: QtBot, open_page: Open, fake_client: Any) -> None:
    page = open_page()
    finish(fake_client, "opening.places", places())
    finish(fake_client, "opening.towards", made())
    before = page.numbers()
    page.open_input(Path("gone.png"))
    qtbot.waitUntil(lambda: any(job.task == Page.task for job in fake_client.jobs()))
    job_of(fake_client, Page.task).fail(InputError(Text("見つかりません。", "There is no such file.")))
    assert not page.banner.isHidden() and page.banner.label.text == "There is no such file." and page.numbers() == before
    assert page.mask_view.has_content() and page.made_view.has_content() and page.state()["input"] == SCENE.samples[0]


@pytest.mark.parametrize("suffix", ["png", "svg", "csv"])
def test_each_answer_can_be_saved(open_page: Open, fake_client: Any, tmp_path: Path, suffix: str) -> None:
    page = open_page()
    finish(fake_client, "opening.places", places())
    finish(fake_client, "opening.towards", made())
    views = page.views()
    assert {page.bars_view, page.mask_view, page.boxes_view, page.made_view, page.begin_view, page.given_view} <= set(views)
    for number, view in enumerate(views):
        saving.write(view, tmp_path / f"{number}.{suffix}")
        assert (tmp_path / f"{number}.{suffix}").stat().st_size > 40


def test_projection_leaves_the_answers(open_page: Open, fake_client: Any) -> None:
    page = open_page()
    finish(fake_client, "opening.places", places())
    finish(fake_client, "opening.towards", made())
    page.resize(1920, 1080)
    look.projection = True
    page.project(True)
    assert page.classes.isHidden() and page.known.isHidden() and all(panel.how.isVisible() for panel in page.panels.values())
    assert len({(panel.width(), panel.height()) for panel in page.panels.values()}) == 1
    look.projection = False
    page.project(False)
    assert page.classes.isVisible() and page.known.isVisible()


def test_large_photographs_and_hardly_any_probability() -> None:
    assert small(Picture(np.zeros((2100, 3000, 3), np.uint8))).pixels.shape == (700, 1000, 3)
    picture = Picture(np.zeros((30, 40, 3), np.uint8))
    assert small(picture) is picture and small(Picture(np.zeros((1, 4096, 3), np.uint8))).pixels.shape == (1, 4096, 3)
    assert np.array_equal(spread(np.array([[1, 2]]), 2, 5), [[1, 1, 1, 2, 2]] * 2)
    assert [percent(share) for share in (0.0, 0.004, 0.0996, 1.0)] == ["0 %", "0.4 %", "10 %", "100 %"]


# with the engine and its bundled network


class StepJob(HereJob):
    """A query in this process whose progress goes its own way, as in the window."""

    def advance(self) -> None:
        try:
            for found in self.steps:
                if self.state != "running":
                    return
                (self.progress if isinstance(found, Progress) else self.result).emit(found)
            self._end("done")
        except ExplorerError as error:
            self._end("failed", error)
        self.ended.emit()


class StepClient(HereClient):
    def query(self, lane: str, task: str, *, title: Text, **arguments: Any) -> HereJob:
        job = StepJob(self, task, title, arguments, False)
        self.asked.append(job)
        QTimer.singleShot(0, job.advance)  # after the page has connected itself
        return job


def test_another_picture_gives_other_numbers(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(excitation, "FROM_STEPS", 6)
    scene = dataclasses.replace(SCENE, samples=())
    client: Any = StepClient()
    page = Page(scene, client)
    qtbot.addWidget(page)
    page.resize(804, 720)
    page.show()

    def look_at(pixels: np.ndarray) -> dict[str, Any]:
        path = tmp_path / f"{time.monotonic_ns()}.png"
        Image.fromarray(pixels).save(path)
        page.open_input(path)
        qtbot.waitUntil(lambda: page.state()["input"] == str(path) and not page.busy() and "segmentation" in page.numbers(), timeout=60_000)
        return page.numbers()

    cat = np.full((40, 80, 3), 128, np.uint8)
    cat[:, 40:] = np.asarray(Image.fromarray(sample("cat").pixels).crop((80, 0, 380, 300)).resize((40, 40)))
    one, other = look_at(cat), look_at(np.asarray(Image.fromarray(sample("coffee").pixels).resize((40, 30))))
    assert one["detection"][0]["class"] == "cat" and one["detection"][0]["box"][0] >= 20, "the box lies on the cat's half"
    assert one["segmentation"]["cat"] > 0.1 and other["segmentation"] == {} and other["detection"] == []
    assert one["recognition"] != other["recognition"] and one["generation"]["before"] != other["generation"]["before"]
    assert all(found["generation"]["now"] > found["generation"]["before"] for found in (one, other))
    kept = page.numbers()
    (tmp_path / "no.png").write_text("no picture")
    page.open_input(tmp_path / "no.png")
    qtbot.waitUntil(lambda: page.last_error is not None, timeout=20_000)
    assert page.numbers() == kept and "no.png" in page.banner.label.text
