"""A film through a network: one frame at a time, always the newest, with the rate that this makes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from explorer.catalogue import system
from explorer.results import Boxes, Bundle, Picture
from explorer.window.film import NO_PICTURE, Film
from explorer.window.pages import film_bar
from explorer.window.pages.detect import Page
from explorer.window.pages.film_bar import FilmBar
from explorer.words import InputError, Text


def image(red: int) -> QImage:
    made = QImage(16, 12, QImage.Format.Format_RGB32)
    made.fill(QColor(red, 0, 0))
    return made


def found(pixels: Any, seconds: float = 0.05) -> Bundle:
    boxes = Boxes(Picture(pixels), np.array([[1.0, 2.0, 9.0, 8.0]]), np.array([3]), np.array([0.9]), ("RBC", "WBC", "Platelets", "car", "pedestrian", "bicyclist"))
    return Bundle({"boxes": boxes}, facts={"seconds": seconds})


@pytest.fixture
def bar(qtbot: QtBot, fake_client: Any) -> FilmBar:
    page = Page(system("yolo"), fake_client)
    qtbot.addWidget(page)
    made = FilmBar(page, "detection.frame")
    qtbot.addWidget(made)
    return made


def frames(client: Any) -> list[Any]:
    return [job for job in client.asked if job.task == "detection.frame"]


def test_the_newest_frame_is_asked_for_as_soon_as_the_last_is_answered(bar: FilmBar, fake_client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(film_bar.time, "perf_counter", lambda: now[0])
    film = Film("drive.mp4")
    seen: list[Any] = []
    turned: list[bool] = []
    ended: list[Any] = []
    bar.seen.connect(lambda choice, bundle: seen.append((choice.variant, choice.picture[0, 0, 0], bundle)))
    bar.turned.connect(turned.append)
    bar.ended.connect(ended.append)
    bar.play(film)
    assert bar.playing and turned == [True] and "drive.mp4" in bar.words.text and not frames(fake_client)
    for red in (10, 20, 30):
        film.take(image(red))
    assert len(frames(fake_client)) == 1, "one frame at a time"
    assert frames(fake_client)[0].arguments["picture"][0, 0, 0] == 10 and frames(fake_client)[0].arguments["variant"] == "yolo-small"
    for number, red in enumerate((30, 60, 90)):  # 20 was never asked about
        job = frames(fake_client)[-1]
        now[0] += 0.25
        job.answer(found(job.arguments["picture"]))
        film.take(image(red))
        job.finish()
        assert len(frames(fake_client)) == number + 2 and frames(fake_client)[-1].arguments["picture"][0, 0, 0] == red
    assert [one[:2] for one in seen] == [("yolo-small", 10), ("yolo-small", 30), ("yolo-small", 60)] and isinstance(seen[0][2].parts["boxes"], Boxes)
    assert bar.frames == 3 and bar.rate == pytest.approx(4.0)
    assert bar.words.text == "**4.0** frames a second · 50 ms in the network · 16 × 12 · drive.mp4"
    now[0] += 100  # what was long ago no longer counts, but the last gap does: a slow network has a rate, too
    job = frames(fake_client)[-1]
    job.answer(found(job.arguments["picture"]))
    assert bar.rate == pytest.approx(0.01) and "Waiting" not in bar.words.text
    bar.stop_button.click()
    assert turned == [True, False] and not bar.playing and ended[0][0, 0, 0] == 90 and job.state == "cancelled"
    bar.stop_button.click()
    assert len(ended) == 1


def test_a_network_that_does_not_say_its_time_is_timed_to_the_answer(bar: FilmBar, fake_client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(film_bar.time, "perf_counter", lambda: now[0])
    film = Film("drive.mp4")
    bar.play(film)
    for red in (10, 20):
        film.take(image(red))
        now[0] += 0.125
        job = frames(fake_client)[-1]
        job.answer(Bundle({}, facts={}))
        job.finish()
    assert bar.words.text == "**8.0** frames a second · 125 ms to an answer · 16 × 12 · drive.mp4"
    bar.stop()


def test_a_film_or_a_network_that_fails_ends_it(bar: FilmBar, fake_client: Any) -> None:
    failed: list[Any] = []
    ended: list[Any] = []
    bar.failed.connect(failed.append)
    bar.ended.connect(ended.append)
    film = Film("quiet.mp4")
    bar.play(film)
    film.give_up(NO_PICTURE)
    assert failed[0].text == NO_PICTURE.format(name="quiet.mp4") and ended == [None] and not bar.playing
    film = Film("drive.mp4")
    bar.play(film)
    film.take(image(10))
    frames(fake_client)[-1].fail(InputError(Text("だめです。", "That will not do.")))
    assert failed[1].text.en == "That will not do." and ended == [None, None] and not bar.playing


def test_another_film_takes_the_place_of_the_first(bar: FilmBar, fake_client: Any) -> None:
    first, second = Film("a.mp4"), Film("b.mp4")
    stopped: list[str] = []
    first.stop_playing = lambda: stopped.append("a")
    bar.play(first)
    first.take(image(10))
    bar.play(second)
    assert stopped == ["a"] and frames(fake_client)[0].state == "cancelled" and bar.numbers()["name"] == "b.mp4"
    second.take(image(20))
    assert frames(fake_client)[-1].arguments["picture"][0, 0, 0] == 20
    bar.stop()
