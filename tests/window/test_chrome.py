"""Around the page: list, language switch, status bar."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from explorer.catalogue import system
from explorer.results import Bundle, Numbers, Progress
from explorer.window.chrome import LanguageSwitch, StatusBar, SystemList, say_left
from explorer.window.look import look
from explorer.window.pages.live import Live
from explorer.words import Text, same


@pytest.fixture
def shown_list(qtbot: QtBot) -> SystemList:
    made = SystemList()
    qtbot.addWidget(made)
    made.resize(204, 700)
    made.show()
    made.show_systems(2, [system(i) for i in ("resnet", "vgg", "yolo")], "resnet")
    return made


def test_rows_under_captions_of_their_sections(shown_list: SystemList) -> None:
    places = dict(shown_list.rows.places())
    assert list(places) == ["section:recognition", "resnet", "vgg", "section:detection", "yolo", "guide", "tree"]
    assert places["resnet"].height() == 48 and places["section:recognition"].height() == 30


def test_the_list_is_sunken_and_the_chosen_row_lies_on_it(shown_list: SystemList) -> None:
    for dark in (False, True):
        look.dark = dark
        picture = shown_list.grab().toImage()
        assert picture.pixelColor(4, 400) == look.colour("sunken")
        row = dict(shown_list.rows.places())["resnet"]
        assert picture.pixelColor(int(row.right()) - 8, int(row.bottom()) - 4) == look.colour("surface")
        assert picture.pixelColor(int(row.left()) + 1, int(row.center().y())) == look.accent(2)


def test_keys_go_through_the_list_to_the_tree(shown_list: SystemList, qtbot: QtBot) -> None:
    chosen: list[str] = []
    shown_list.chosen.connect(chosen.append)
    shown_list.tree.connect(lambda: chosen.append("tree"))
    qtbot.keyClick(shown_list.rows, Qt.Key.Key_End)
    qtbot.keyClick(shown_list.rows, Qt.Key.Key_Home)
    qtbot.keyClick(shown_list.rows, Qt.Key.Key_Up)
    qtbot.keyClick(shown_list.rows, Qt.Key.Key_Down)
    assert chosen == ["tree", "resnet", "resnet", "vgg"]


def test_a_long_list_scrolls_to_the_chosen_row(qtbot: QtBot, shown_list: SystemList) -> None:
    shown_list.resize(204, 200)
    shown_list.show_systems(2, [system(i) for i in ("resnet", "vgg", "cnn", "densenet", "yolo", "ssd", "fpn")], "fpn")
    qtbot.waitUntil(lambda: shown_list.verticalScrollBar().maximum() > 0)
    shown_list.show_systems(2, shown_list.rows.systems, "fpn")
    assert shown_list.verticalScrollBar().value() > 0


def test_the_foot_stays_while_the_list_scrolls(qtbot: QtBot, shown_list: SystemList) -> None:
    shown_list.resize(204, 400)
    entries = [system(i) for i in ("resnet", "vgg", "cnn", "densenet", "mobilenet", "squeezenet", "efficientnet", "pyramidnet")]
    shown_list.show_systems(2, entries, "resnet")
    bar = shown_list.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    for value in (0, bar.maximum()):
        bar.setValue(value)
        places = dict(shown_list.rows.places())
        assert places["tree"].bottom() == value + shown_list.viewport().height() - 14 and places["guide"].bottom() == places["tree"].top()
    assert places["pyramidnet"].bottom() <= places["guide"].top()
    bar.setValue(0)
    places = dict(shown_list.rows.places())
    chosen: list[str] = []
    shown_list.chosen.connect(chosen.append)
    shown_list.tree.connect(lambda: chosen.append("tree"))
    hidden = next(key for key, place in places.items() if key in {one.id for one in entries} and place.intersects(places["tree"]))
    qtbot.mousePress(shown_list.rows, Qt.MouseButton.LeftButton, pos=places["tree"].center().toPoint())
    assert chosen == ["tree"], hidden
    shown_list.show_systems(2, entries, hidden)
    places = dict(shown_list.rows.places())
    assert bar.value() > 0 and places[hidden].bottom() <= places["guide"].top(), "the chosen row is seen"


def keys_of(made: SystemList) -> list[str]:
    return [key for key, _ in made.rows.places()]


def test_where_there_is_no_room_other_sections_are_folded_until_clicked(qtbot: QtBot, shown_list: SystemList) -> None:
    entries = [system(i) for i in ("resnet", "vgg", "cnn", "unet", "deeplabv3", "yolo", "ssd", "fpn")]
    shown_list.show_systems(2, entries, "vgg")
    assert not shown_list.rows.folding and len(keys_of(shown_list)) == 3 + 8 + 2
    shown_list.resize(204, 400)
    assert keys_of(shown_list) == ["section:recognition", "resnet", "vgg", "cnn", "section:segmentation", "section:detection", "guide", "tree"]

    def click(key: str) -> None:
        place = dict(shown_list.rows.places())[key].center().toPoint()
        qtbot.mousePress(shown_list.rows, Qt.MouseButton.LeftButton, pos=place)

    click("section:detection")
    assert keys_of(shown_list)[-5:] == ["yolo", "ssd", "fpn", "guide", "tree"] and "unet" not in keys_of(shown_list)
    click("section:recognition")
    assert "vgg" not in keys_of(shown_list)
    chosen: list[str] = []
    shown_list.chosen.connect(chosen.append)
    click("ssd")
    assert chosen == ["ssd"]
    shown_list.show_systems(2, entries, "ssd")
    assert keys_of(shown_list) == ["section:recognition", "section:segmentation", "section:detection", "yolo", "ssd", "fpn", "guide", "tree"]
    shown_list.show_systems(2, entries, "vgg")
    assert "vgg" in keys_of(shown_list)
    shown_list.resize(204, 800)
    assert len(keys_of(shown_list)) == 3 + 8 + 2


def test_the_language_switch_by_mouse_and_key(qtbot: QtBot) -> None:
    switch = LanguageSwitch()
    qtbot.addWidget(switch)
    chosen: list[str] = []
    switch.chosen.connect(chosen.append)
    qtbot.mousePress(switch, Qt.MouseButton.LeftButton, pos=switch.rect().center() - switch.rect().center() / 2)
    qtbot.keyClick(switch, Qt.Key.Key_Right)
    assert chosen == ["ja", "ja"]


@pytest.fixture
def bar(qtbot: QtBot, fake_client: Any) -> StatusBar:
    made = StatusBar()
    qtbot.addWidget(made)
    made.resize(1280, 28)
    made.follow(fake_client)
    made.show()
    return made


def test_cancel_by_click(bar: StatusBar, fake_client: Any, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.window.chrome.CALM", 60.0)
    job = fake_client.session("x.y", title=Text("学習", "Learning"))
    job.report(Progress(same("…"), 0.62, 48.0))
    assert bar.jobs() == []
    monkeypatch.setattr("explorer.window.chrome.CALM", 0.05)
    fake_client.changed.emit()
    qtbot.waitUntil(lambda: bar.jobs() == [job])
    picture = bar.grab().toImage()
    assert any(picture.pixelColor(x, 14) == look.accent(bar.chapter) for x in range(60, 300))
    place, _ = bar._hot[-1]
    qtbot.mousePress(bar, Qt.MouseButton.LeftButton, pos=place.center().toPoint())
    assert job.state == "cancelled" and bar.jobs() == []


def test_a_session_that_waits_for_the_user_is_no_job(bar: StatusBar, fake_client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.window.chrome.CALM", 0.0)
    job = fake_client.session("x.y", title=Text("学習", "Learning"))
    assert bar.jobs() == [job]
    live = Live(fake_client, "basics.neuron", Text("学習", "Learning"))
    live.begin()
    session = fake_client.jobs()[-1]
    session.answer(Bundle({"numbers": Numbers({})}, facts={"playing": False}))
    assert session.resting and bar.jobs() == [job]
    session.answer(Bundle({"numbers": Numbers({})}, facts={"playing": True}))
    assert bar.jobs() == [job, session]
    live.end()


def test_many_jobs_never_run_into_the_words_at_the_right(bar: StatusBar, fake_client: Any) -> None:
    jobs = [fake_client.session("x.y", title=Text("とても長い名前の仕事 " * 3, "A job with quite a long name " * 3)) for _ in range(6)]
    bar._born = dict.fromkeys(jobs, 0.0)
    for width in (880, 1280):
        bar.resize(width, 28)
        bar.grab()
        keys, cancels = bar._hot[0][0], [place for place, _ in bar._hot[1:]]
        assert cancels and all(place.right() < keys.left() for place in cancels)


def test_the_line_above_is_a_hairline(bar: StatusBar) -> None:
    picture = bar.grab().toImage()
    assert picture.pixelColor(640, 0) == look.colour("line") and picture.pixelColor(640, 20) == look.colour("surface")
    assert picture.pixelColor(640, 20) != QColor("#f0f0f0")


def test_time_left_in_words() -> None:
    assert (say_left(0.2), say_left(48), say_left(200)) == ("1 s left", "48 s left", "3 min left")
    look.language = "ja"
    assert say_left(48) == "残り 48 秒"
