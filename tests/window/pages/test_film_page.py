"""A film or the camera on the page of a classifier: classes follow every frame, the lens as fast as it can, and nothing waits in a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from explorer.catalogue import system
from explorer.results import Bundle
from explorer.window.camera import NO_CAMERA
from explorer.window.client import Client
from explorer.window.film import NO_PICTURE, Film
from explorer.window.look import look
from explorer.window.pages import film_page
from explorer.window.pages.classify import Page
from tests.window.pages.answering import asked, reply, show

SYSTEM = system("resnet")


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


@pytest.fixture
def open_page(qtbot: QtBot, fake_client: Any, answers: Any) -> Callable[[], Page]:
    """A page that shows its first sample and the maps of a layer."""

    def make() -> Page:
        page = Page(SYSTEM, fake_client)
        show(qtbot, page)
        page.set_lens("feature_maps")
        page.start()
        reply(qtbot, fake_client, Page.task, answers.network())
        finish_lens(fake_client, answers)
        return page

    return make


def finish_lens(client: Any, answers: Any) -> None:
    """Answer what the page asks besides frames: the maps, the arithmetic, the samples."""
    while others := [job for job in client.jobs() if job.lane != "resnet:film"]:
        if others[0].task == "recognition.feature_maps":
            others[0].answer(answers.maps(others[0].arguments["layer"]))
        elif others[0].task == "recognition.convolution":
            others[0].answer(answers.convolution(others[0].arguments))
        others[0].finish()


def frames(client: Any) -> list[Any]:
    return [job for job in client.asked if job.lane == "resnet:film"]


def see(client: Any, film: Film, red: int, bundle: Bundle) -> None:
    """A frame of the film comes, and its answer."""
    film.take(image(red))
    job = frames(client)[-1]
    assert job.task == Page.task and job.arguments["picture"][0, 0, 0] == red
    job.answer(bundle)
    job.finish()


def best(page: Page) -> str:
    """The likeliest class at the end of the strip."""
    scores = page.strip._scores
    assert scores is not None
    return scores.names[int(scores.values.argmax())]


def maps_of(client: Any) -> list[int]:
    """The red of each frame whose maps were asked for."""
    return [int(job.arguments["picture"][0, 0, 0]) for job in asked(client, "recognition.feature_maps") if not isinstance(job.arguments["picture"], str)]


def test_classes_follow_every_frame_and_the_lens_when_it_is_done(qtbot: QtBot, open_page: Any, fake_client: Any, answers: Any, films: list[Film]) -> None:
    page = open_page()
    page.play_camera()
    assert page.film.isVisible() and page.strip.isVisible() and page.busy(), "busy until the first frame is answered"
    version = page.version
    see(fake_client, films[0], 10, answers.network("dog"))
    assert best(page) == "dog" and page.version == version + 1 and maps_of(fake_client) == [10]
    for red, name in ((20, "ship"), (30, "frog"), (40, "truck")):  # the maps of the first frame are still on their way
        see(fake_client, films[0], red, answers.network(name))
        assert best(page) == name and page.shows.picture[0, 0, 0] == 10
    assert maps_of(fake_client) == [10] and asked(fake_client, "recognition.feature_maps")[-1].state == "running", "never cut off"
    assert len(fake_client.jobs()) == 1, "nothing waits in a row"
    finish_lens(fake_client, answers)
    see(fake_client, films[0], 50, answers.network("horse"))
    assert maps_of(fake_client) == [10, 50] and page.numbers()["classes"][0]["name"] == "horse" and page.numbers()["film"]["frames"] == 5
    look.language = "ja"
    assert "毎秒" in page.film.words.text and best(page) == "馬"
    look.language = "en"
    page.film.stop_button.click()
    job = reply(qtbot, fake_client, Page.task, answers.network("cat"))
    assert job.lane == "resnet:answer" and job.arguments["picture"][0, 0, 0] == 50, "the last frame stays, for all lenses"
    assert not page.film.isVisible() and best(page) == "cat" and "film" not in page.numbers()


def test_a_film_file_is_played_and_another_lens_follows(open_page: Any, fake_client: Any, answers: Any, films: list[Film]) -> None:
    page = open_page()
    page.open_path("/films/dogs.mp4")
    see(fake_client, films[0], 10, answers.network("dog"))
    finish_lens(fake_client, answers)
    page.set_lens("class_activation")
    assert page.film.playing and asked(fake_client, "recognition.class_activation")[-1].arguments["picture"][0, 0, 0] == 10
    see(fake_client, films[0], 20, answers.network("cat"))
    assert len(asked(fake_client, "recognition.class_activation")) == 1 and best(page) == "cat"
    finish_lens(fake_client, answers)
    see(fake_client, films[0], 30, answers.network("cat"))
    assert asked(fake_client, "recognition.class_activation")[-1].arguments["picture"][0, 0, 0] == 30


def test_another_network_takes_over_the_film(qtbot: QtBot, open_page: Any, fake_client: Any, answers: Any, films: list[Film]) -> None:
    page = open_page()
    page.play_camera()
    see(fake_client, films[0], 10, answers.network("dog"))
    finish_lens(fake_client, answers)
    films[0].take(image(20))  # asked of the network before
    page.choose_network("resnet32")
    qtbot.waitUntil(lambda: any(job.lane == "resnet:answer" for job in fake_client.jobs()))
    job = next(job for job in fake_client.jobs() if job.lane == "resnet:answer")
    job.answer(answers.network("ship"))
    job.finish()
    late = frames(fake_client)[-1]
    assert late.arguments["variant"] == SYSTEM.variants[0].name
    late.answer(answers.network("frog"))
    late.finish()
    assert best(page) == "ship" and page.film.playing, "what the network before says comes too late"
    see(fake_client, films[0], 30, answers.network("bird"))
    assert frames(fake_client)[-1].arguments["variant"] == "resnet32" and best(page) == "bird"


def test_a_film_that_ends_badly_leaves_the_picture_before_it(qtbot: QtBot, open_page: Any, fake_client: Any, answers: Any, films: list[Film]) -> None:
    page = open_page()
    page.play_camera()
    films[0].give_up(NO_PICTURE)  # before a frame came: nothing is asked again
    count = len(asked(fake_client, Page.task))
    qtbot.wait(10)
    assert page.banner.isVisible() and page.shows.picture == SYSTEM.samples[0] and len(asked(fake_client, Page.task)) == count
    assert page._samples[SYSTEM.samples[0]].chosen
    page.play_camera()
    assert page.banner.isHidden()
    see(fake_client, films[1], 10, answers.network("dog"))
    assert best(page) == "dog" and page.shows.picture[0, 0, 0] == 10
    films[1].give_up(NO_PICTURE)
    assert page.banner.isVisible() and page.shows.picture == SYSTEM.samples[0] and page.wanted is page.shows and best(page) == "cat"
    assert page._samples[SYSTEM.samples[0]].chosen and asked(fake_client, "recognition.feature_maps")[-1].arguments["picture"] == SYSTEM.samples[0]
    qtbot.wait(10)
    assert len([job for job in asked(fake_client, Page.task) if job.lane == "resnet:answer"]) == count, "its answer is still known"


def test_what_ends_a_film(qtbot: QtBot, open_page: Any, fake_client: Any, answers: Any, films: list[Film]) -> None:
    page = open_page()
    page.play_camera()
    see(fake_client, films[0], 10, answers.network("dog"))
    page.open_input("coffee")
    assert not page.film.playing and reply(qtbot, fake_client, Page.task, answers.network()).arguments["picture"] == "coffee"
    page.play_camera()
    see(fake_client, films[1], 20, answers.network("dog"))
    page.hidden()
    assert not page.film.playing
    page.play_camera()
    page.restore({"input": "cat"})
    assert not page.film.playing and reply(qtbot, fake_client, Page.task, answers.network()).arguments["picture"] == "cat"


def test_the_camera_is_offered_where_there_is_one(open_page: Any, films: list[Film], monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page()
    monkeypatch.setattr(film_page, "found", lambda: False)
    page.open_camera()
    assert page.banner.label.text == NO_CAMERA.en and not page.findChildren(QMenu)
    monkeypatch.setattr(film_page, "found", lambda: True)
    page.open_camera()
    (menu,) = page.findChildren(QMenu)
    assert [action.text() for action in menu.actions()] == [film_page.ONE_FRAME.en, film_page.ALL_FRAMES.en]
    menu.actions()[1].trigger()
    assert page.film.playing and films[0].name == "camera"
    menu.close()


@pytest.fixture
def engine() -> Iterator[Client]:
    client = Client()
    yield client
    client.close()


def test_frames_through_the_running_engine(qtbot: QtBot, engine: Client, random_checkpoint: Path, films: list[Film]) -> None:
    page = Page(SYSTEM, engine)
    show(qtbot, page)
    page.set_lens("class_activation")
    page.restore({"weights": str(random_checkpoint)})
    qtbot.waitUntil(lambda: not page.busy(), timeout=120_000)
    first, shown = page.version, page.results_by_lens()["class_activation"]
    page.play_camera()
    rng, camera = np.random.default_rng(0), QTimer()
    camera.setInterval(40)
    camera.timeout.connect(lambda: films[0].take(image(int(rng.integers(0, 255)))))
    camera.start()
    qtbot.waitUntil(lambda: page.film.frames >= 5 and page.version >= first + 2, timeout=120_000)
    camera.stop()
    assert page.film.rate > 0 and page.results_by_lens()["class_activation"] is not shown and page.last_error is None
    page.film.stop()
    qtbot.waitUntil(lambda: not page.busy(), timeout=120_000)
    assert page.whole is not None and page.whole.pixels.shape == (12, 16, 3)


def test_in_projection_the_bar_stands_beside_the_title(qtbot: QtBot, fake_client: Any) -> None:
    page = Page(SYSTEM, fake_client)
    qtbot.addWidget(page)
    place = page._column.indexOf(page.film)
    for _ in range(2):
        page.project(True)
        assert page._column.indexOf(page.film) == -1 and page._head_layout.indexOf(page.film) >= 0
    for _ in range(2):
        page.project(False)
        assert page._column.indexOf(page.film) == place and page._head_layout.indexOf(page.film) == -1
