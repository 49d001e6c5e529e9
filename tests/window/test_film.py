"""Films and the camera as they play: the newest frame is at hand, and what cannot be played is said."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from explorer.window import film
from explorer.window.camera import NO_CAMERA
from explorer.words import InputError


def image(red: int, width: int = 8, height: int = 6) -> QImage:
    made = QImage(width, height, QImage.Format.Format_RGB32)
    made.fill(QColor(red, 20, 30))
    return made


@pytest.mark.parametrize(("name", "is_one"), [("drive.MP4", True), (Path("a/b.webm"), True), ("cat.png", False), ("cat", False), (np.zeros(3), False)])
def test_films_are_known_by_their_ending(name: object, is_one: bool) -> None:
    assert film.is_film(name) == is_one


def test_only_the_newest_frame_is_kept(qtbot: QtBot) -> None:
    playing = film.Film("a")
    seen: list[int] = []
    playing.came.connect(lambda: seen.append(1))
    assert playing.newest() is None
    playing.take(QImage())
    assert seen == [], "an empty frame is none"
    for red in (10, 70, 130):
        playing.take(image(red))
    pixels = playing.newest()
    assert len(seen) == 3 and pixels is not None and pixels.shape == (6, 8, 3) and tuple(pixels[0, 0]) == (130, 20, 30)
    assert playing.newest() is None, "the same frame is not given twice"
    playing.take(image(5, 1920, 1080))
    large = playing.newest()
    assert large is not None and large.shape == (360, 640, 3)
    playing.stop()


def test_a_film_that_gives_nothing_is_given_up(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film, "PATIENCE_MS", 10)
    failed: list[InputError] = []
    playing = film.Film("quiet.mp4")
    stopped: list[int] = []
    playing.stop_playing = lambda: stopped.append(1)
    playing.failed.connect(failed.append)
    qtbot.waitUntil(lambda: bool(failed))
    assert failed[0].text == film.NO_PICTURE.format(name="quiet.mp4") and stopped == [1]


def test_without_the_multimedia_library_it_is_said(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "PySide6.QtMultimedia", None)
    parent = QObject()
    (tmp_path / "a.mp4").write_bytes(b"film")
    with pytest.raises(InputError) as refused:
        film.open_film(tmp_path / "a.mp4", parent)
    assert refused.value.text == film.NO_PLAYER
    with pytest.raises(InputError) as refused:
        film.open_camera(parent)
    assert refused.value.text == NO_CAMERA


@pytest.mark.qt_log_level_fail("CRITICAL")  # the player warns of what the machine lacks
def test_a_film_plays_and_what_is_none_does_not(qtbot: QtBot, tmp_path: Path) -> None:
    parent = QObject()
    with pytest.raises(InputError) as refused:
        film.open_film(tmp_path / "nowhere.mp4", parent)
    assert refused.value.text == film.NO_FILE.format(name="nowhere.mp4")
    pytest.importorskip("PySide6.QtMultimedia", exc_type=ImportError)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"this is no film " * 64)
    failed: list[InputError] = []
    playing = film.open_film(broken, parent)
    playing.failed.connect(failed.append)
    qtbot.waitUntil(lambda: bool(failed), timeout=60_000)
    assert failed[0].text == film.CANNOT_PLAY.format(name="broken.mp4")

    grey = tmp_path / "grey.y4m"
    grey.write_bytes(b"YUV4MPEG2 W32 H24 F25:1 Ip A1:1 C420jpeg\n" + b"".join(b"FRAME\n" + bytes([200]) * 768 + bytes([128]) * 384 for _ in range(5)))
    playing = film.open_film(grey, parent)
    qtbot.waitSignal(playing.came, timeout=60_000).wait()
    pixels = playing.newest()
    assert pixels is not None and pixels.shape == (24, 32, 3) and abs(int(pixels.mean()) - 200) < 25
    playing.stop()
