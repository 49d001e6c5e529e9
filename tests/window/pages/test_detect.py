"""The page of detectors: own pictures, sliders that ask no network, before and after suppression, nothing found, pictures of any size, many boxes,
and a film."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from explorer.catalogue import system
from explorer.catalogue.classes import SMEARS_AND_STREETS
from explorer.results import Boxes, Bundle, Edge, Graph, Maps, Node, Picture
from explorer.window.camera import NO_CAMERA
from explorer.window.film import NO_FILE, NO_PICTURE, Film
from explorer.window.pages import film_page
from explorer.window.pages.class_list import learnt_only
from explorer.window.pages.detect import Page
from explorer.window.pages.lenses.detections import NOTHING_AT_ALL, DetectionsLens
from explorer.words import ExplorerError, InputError, Text
from tests.window.here_client import QueryClient
from tests.window.pages.answering import asked, reply, show

NAMES = tuple(words.en for words in SMEARS_AND_STREETS)
NOTE = Text("縮小しました。", "It was scaled down.")


def answered(boxes: Any = ((10, 10, 50, 50), (12, 12, 52, 52), (60, 20, 90, 60)), scores: Any = (0.9, 0.8, 0.6), notes: tuple[Text, ...] = ()) -> Bundle:
    """What a small network would say of a picture of 120 × 80: by default two boxes that overlap and one apart."""
    rng = np.random.default_rng(0)
    whole = Picture(rng.integers(0, 255, (80, 120, 3)).astype(np.uint8), "picture", notes)
    names = ("input", "stem", "body")
    graph = Graph(tuple(Node(name, "block", (4, 10, 15), 100) for name in names), tuple(Edge(a, b) for a, b in itertools.pairwise(names)))
    faces = {f"map:{name}": Maps(rng.random((1, 10, 15)), name) for name in names[1:]}
    facts = {
        "layers": names[1:], "layer": "body", "crop": (0.0, 0.0, 120.0, 80.0), "seconds": 0.1, "levels": (0,) * len(scores), "level_names": ("0",), "overlap": 0.45,
    }  # fmt: skip
    found = Boxes(whole, np.array(boxes, float).reshape(-1, 4), np.zeros(len(scores), np.int64), np.array(scores, float), NAMES)
    return Bundle({"boxes": found, "graph": graph, "given": whole, "picture": whole, **faces}, notes, facts)


@pytest.fixture
def open_page(qtbot: QtBot, fake_client: Any) -> Callable[..., tuple[Page, DetectionsLens]]:
    def make(bundle: Bundle | None = None) -> tuple[Page, DetectionsLens]:
        page = Page(system("ssd"), fake_client)
        show(qtbot, page)
        page.start()
        reply(qtbot, fake_client, Page.task, bundle or answered())
        lens = page.parts["boxes"]
        assert isinstance(lens, DetectionsLens)
        return page, lens

    return make


def test_the_first_sample_and_an_own_picture(qtbot: QtBot, open_page: Any, fake_client: Any, tmp_path: Path) -> None:
    page, _ = open_page()
    first = asked(fake_client, Page.task)[0].arguments
    assert (first["system"], first["variant"], first["picture"]) == ("ssd", "ssd-small", page.system.samples[0])
    assert page.lens == "boxes" and page.numbers()["boxes"]["kept"] == 2
    own = np.random.default_rng(1).integers(0, 255, (40, 60, 3)).astype(np.uint8)
    page.open_input(own)
    job = reply(qtbot, fake_client, Page.task, answered(((0, 0, 9, 9),), (0.7,), (NOTE,)))
    assert job.arguments["picture"] is own and page.numbers()["boxes"]["kept"] == 1
    assert page.banner.isVisible() and page.banner.label.text == f"{NOTE.en} {learnt_only(page.variant).en}"  # type: ignore[union-attr]
    page.open_input(str(tmp_path / "notes.txt"))
    qtbot.waitUntil(lambda: len(asked(fake_client, Page.task)) == 3)
    asked(fake_client, Page.task)[-1].fail(InputError(Text("画像ではありません。", "That is no picture.")))
    assert page.banner.label.text == "That is no picture." and page.numbers()["boxes"]["kept"] == 1


def test_what_the_networks_learnt_only_and_where_others_are() -> None:
    ssd, yolo = system("ssd"), system("yolo")
    here, elsewhere = learnt_only(ssd.variant("ssd-small")), learnt_only(yolo.variant("yolo-small"))
    assert here is not None and elsewhere is not None
    assert "learnt only blood smears and streets" in here.en and "weights of" not in here.en  # the button is on the page
    assert elsewhere.en == f"{here.en} For everyday photographs there are weights of SSD and FPN." and elsewhere.ja.endswith("日常の写真には SSD と FPN の重みがあります。")
    assert learnt_only(ssd.variant("ssdlite320-coco")) is None and learnt_only(system("resnet").variants[0]) is None


def test_sliders_act_at_once_and_ask_no_network(open_page: Any, fake_client: Any) -> None:
    page, lens = open_page()
    count = len(fake_client.asked)
    before = lens.view.grab().toImage()
    lens.most.set_value(0.95)
    lens.most.changed.emit(0.95)
    assert page.numbers()["boxes"]["kept"] == 3 and lens.view.grab().toImage() != before
    lens.least.set_value(0.85)
    lens.least.changed.emit(0.85)
    assert page.numbers()["boxes"]["kept"] == 1 and "One" in lens.count.text
    assert len(fake_client.asked) == count


def test_before_and_after_suppression(open_page: Any) -> None:
    page, lens = open_page()
    assert (page.numbers()["boxes"]["kept"], page.numbers()["boxes"]["suppressed"]) == (2, 1) and "1 suppressed" in lens.made.text
    after = lens.view.grab().toImage()
    lens.before.click()
    assert lens.view.grab().toImage() != after
    lens.before.click()
    assert lens.view.grab().toImage() == after


def test_nothing_found_is_said(qtbot: QtBot, open_page: Any, fake_client: Any) -> None:
    page, lens = open_page(answered((), ()))
    assert lens.count.text == NOTHING_AT_ALL.en and page.numbers()["boxes"] == {**page.numbers()["boxes"], "boxes": 0, "kept": 0}
    page.set_lens("box_activation")
    assert page.parts["box_activation"].title.text.startswith("No object was found") and not asked(fake_client, "detection.box_activation")
    page.open_input(np.zeros((9, 9, 3), np.uint8))
    reply(qtbot, fake_client, Page.task, answered(((1, 1, 5, 5),), (0.2,)))
    page.set_lens("boxes")
    assert "0.50" in lens.count.text and "0.20" in lens.count.text  # what is surest all the same


def test_hundreds_of_boxes(open_page: Any) -> None:
    corners = [(x, y, x + 4, y + 4) for x in range(0, 120, 5) for y in range(0, 80, 5)]
    page, lens = open_page(answered(corners, [0.9] * len(corners)))
    assert len(corners) == 384 and page.numbers()["boxes"]["kept"] == 384 and "384" in lens.count.text
    assert lens.view.grab().toImage().width() > 0
    assert len(page.numbers()["boxes"]["found"]) == 100  # of so many


@pytest.mark.parametrize("shape", [(1, 1), (3, 2000), (2400, 3200)], ids=["one pixel", "a line", "much larger"])
def test_pictures_of_any_size(qtbot: QtBot, detector_of: Callable[[str], Path], shape: tuple[int, int]) -> None:
    client = QueryClient()
    page = Page(system("yolo"), client)  # type: ignore[arg-type]
    show(qtbot, page)
    page.restore({"weights": str(detector_of("yolo"))})
    page.open_input(np.random.default_rng(0).integers(0, 255, (*shape, 3)).astype(np.uint8))
    qtbot.waitUntil(lambda: not page.busy(), timeout=200_000)
    assert page.last_error is None and page.numbers()["boxes"]["boxes"] > 0
    assert page.banner.isVisible() and "320 × 256" in page.banner.label.text
    found = page.numbers()["boxes"]["found"]
    assert all(0 <= x <= shape[1] and 0 <= y <= shape[0] for one in found for x, y in (one["box"][:2], one["box"][2:]))
    page.grab()


# films


def image(red: int) -> QImage:
    made = QImage(16, 12, QImage.Format.Format_RGB32)
    made.fill(QColor(red, 0, 0))
    return made


@pytest.fixture
def films(monkeypatch: pytest.MonkeyPatch) -> list[Film]:
    """The films that a page opened, none of which plays by itself."""
    made: list[Film] = []

    def opened(name: Any, parent: Any) -> Film:
        made.append(Film(Path(str(name)).name, parent))
        return made[-1]

    monkeypatch.setattr(film_page, "open_film", opened)
    monkeypatch.setattr(film_page, "open_camera", lambda parent: opened("camera", parent))
    return made


def frame(job: Any, boxes: Any = ((2, 2, 9, 9),)) -> Bundle:
    picture = Picture(job.arguments["picture"])
    found = Boxes(picture, np.array(boxes, float), np.full(len(boxes), 3), np.full(len(boxes), 0.9), NAMES)
    return Bundle({"boxes": found}, facts={"seconds": 0.05})


def test_a_film_plays_and_its_last_frame_becomes_the_picture(qtbot: QtBot, open_page: Any, fake_client: Any, films: list[Film]) -> None:
    page, lens = open_page()
    page.set_lens("layer_maps")
    page.open_path("/films/drive.mp4")
    assert page.film.isVisible() and not page.strip.isVisible() and page.lens == "boxes"
    for red in (50, 100):
        films[0].take(image(red))
        job = asked(fake_client, "detection.frame")[-1]
        assert (job.arguments["system"], job.arguments["variant"]) == ("ssd", "ssd-small")
        job.answer(frame(job))
        job.finish()
    numbers = page.numbers()
    assert numbers["film"]["frames"] == 2 and numbers["boxes"]["found"][0]["name"] == "car"
    lens.least.set_value(0.95)
    lens.least.changed.emit(0.95)
    assert page.numbers()["boxes"]["kept"] == 0, "sliders act on the frame"
    page.film.stop_button.click()
    job = reply(qtbot, fake_client, Page.task, answered())
    assert job.arguments["picture"][0, 0, 0] == 100 and page.strip.isVisible() and not page.film.isVisible() and "film" not in page.numbers()


def test_what_ends_a_film(qtbot: QtBot, open_page: Any, fake_client: Any, films: list[Film]) -> None:
    page, lens = open_page()
    page.play_camera()
    films[0].take(image(50))
    job = asked(fake_client, "detection.frame")[-1]
    job.answer(frame(job))
    assert len(lens.view.kept) == 1
    page.set_lens("default_boxes")
    assert not page.film.playing
    reply(qtbot, fake_client, Page.task, answered())
    page.open_input("drive.webm")
    page.open_input("street")
    assert not page.film.playing and reply(qtbot, fake_client, Page.task, answered()).arguments["picture"] == "street"
    page.open_input("drive.webm")
    page.hidden()
    assert not page.film.playing and len(films) == 3


def test_a_film_that_cannot_be_played_is_said_and_the_picture_stays(open_page: Any, fake_client: Any, films: list[Film]) -> None:
    page, _ = open_page()
    page.open_input("quiet.mp4")
    films[0].take(image(50))
    job = asked(fake_client, "detection.frame")[-1]
    job.answer(frame(job))
    films[0].give_up(NO_PICTURE)
    assert page.banner.isVisible() and page.banner.label.text == NO_PICTURE.format(name="quiet.mp4").en
    assert page.numbers()["boxes"]["kept"] == 2 and page.shows.picture == page.system.samples[0] and page.strip.isVisible()


def test_a_film_that_cannot_be_opened_is_said(open_page: Any) -> None:
    page, _ = open_page()
    page.open_input("/nowhere/drive.mp4")
    assert page.banner.isVisible() and page.banner.label.text == NO_FILE.format(name="drive.mp4").en and not page.film.playing


def test_the_camera_takes_one_picture_or_plays_and_without_one_that_is_said(open_page: Any, films: list[Film], monkeypatch: pytest.MonkeyPatch) -> None:
    page, _ = open_page()
    monkeypatch.setattr(film_page, "found", lambda: False)
    page.open_camera()
    assert page.banner.label.text == NO_CAMERA.en and not page.findChildren(QMenu)
    monkeypatch.setattr(film_page, "found", lambda: True)
    page.open_camera()
    assert [len(menu.actions()) for menu in page.findChildren(QMenu)] == [2]
    page.findChildren(QMenu)[0].close()
    menu = page.camera_menu()
    assert [action.text() for action in menu.actions()] == [film_page.ONE_FRAME.en, film_page.ALL_FRAMES.en]
    menu.actions()[1].trigger()
    assert page.film.playing and films[0].name == "camera"
    menu.close()
    assert "*.mp4" in page.file_patterns["picture"] and "*.png" in page.file_patterns["picture"]


def test_a_sample_of_a_data_set_is_fetched_when_it_is_clicked(qtbot: QtBot, open_page: Any, fake_client: Any, tmp_path: Path) -> None:
    page, _ = open_page()
    button = page._samples["bccd"]
    assert button.sign == "download" and "MIT" in button.toolTip() and "githubusercontent" in button.toolTip()
    reply(qtbot, fake_client, "samples.here", Bundle({}, facts={"paths": {}}))
    assert button.sign == "download" and not asked(fake_client, "samples.fetch")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked(fake_client, "samples.fetch")[-1].arguments == {"name": "bccd"}
    path, smear = str(tmp_path / "bccd.jpg"), Picture(np.full((48, 64, 3), 200, np.uint8), "bccd.jpg")
    reply(qtbot, fake_client, "samples.fetch", Bundle({"bccd": smear}, facts={"paths": {"bccd": path}}))
    job = reply(qtbot, fake_client, Page.task, answered(notes=(NOTE,)))
    assert job.arguments["picture"] == path and page.banner.isHidden()
    assert button.sign == "" and button.chosen and not page._samples[page.system.samples[0]].chosen
    page._samples[page.system.samples[0]].clicked.emit()
    reply(qtbot, fake_client, Page.task, answered())
    assert not button.chosen
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)  # it is here now
    assert len(asked(fake_client, "samples.fetch")) == 1
    assert reply(qtbot, fake_client, Page.task, answered()).arguments["picture"] == path
    page.open_input(np.zeros((40, 60, 3), np.uint8))  # pixels are no path
    reply(qtbot, fake_client, Page.task, answered(notes=(NOTE,)))
    assert not button.chosen and page.banner.isVisible()


def test_a_sample_that_cannot_be_fetched_leaves_the_page_as_it_is(qtbot: QtBot, open_page: Any, fake_client: Any) -> None:
    page, _ = open_page()
    qtbot.mouseClick(page._samples["camvid"], Qt.MouseButton.LeftButton)
    asked(fake_client, "samples.fetch")[-1].fail(ExplorerError(Text("取得できませんでした。", "Nothing could be downloaded.")))
    assert page.banner.isVisible() and page.banner.label.text == "Nothing could be downloaded."  # type: ignore[union-attr]
    assert page._samples["camvid"].sign == "download" and page._samples[page.system.samples[0]].chosen and page.numbers()["boxes"]["kept"] == 2
