"""Lessons in the window: steps open the right page in the right state, parts are hidden and come back, and lessons are made and saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from explorer.window.lesson import Lesson, Step, write
from explorer.window.lesson_bar import LessonBar
from explorer.window.look import look
from explorer.words import Text, same

THREE = Lesson(
    Text("三つ", "Three"),
    (Step("dnn", {"lens": "filters"}, same("First look")), Step("resnet", {"input": "s2"}, same("Then this")), Step("vgg", {}, same("Last"))),
    ("chapters", "input", "lenses", "card", "save"),
)


def shown_lesson(window: Any, lesson: Lesson = THREE) -> Any:
    window.lessons.show(lesson)
    return window.lessons


def test_steps_open_the_right_page_in_the_right_state(make_window: Any, qtbot: QtBot) -> None:
    window = make_window()
    lessons = shown_lesson(window)
    assert window.current == "dnn" and window.page().lens == "filters"
    bar: LessonBar = lessons.bar
    assert bar.isVisible() and bar.sentence.text == "First look" and bar.place.text == "1 of 3" and not bar.back.isEnabled()
    qtbot.mouseClick(bar.next, Qt.MouseButton.LeftButton)
    assert window.current == "resnet" and window.page().opened[-1] == "s2" and bar.sentence.text == "Then this"
    qtbot.keyClick(window, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert window.current == "vgg" and bar.next.text() == "Finish"
    qtbot.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert window.current == "resnet"
    lessons.step(1)
    lessons.step(1)
    assert not lessons.active and not bar.isVisible() and window.current == "vgg"


def test_parts_stay_hidden_whatever_pages_do_and_come_back(make_window: Any) -> None:
    window = make_window(size=(1400, 800))
    lessons = shown_lesson(window)
    parts = [window.list, window.top.tabs, window.card_holder, window.page().input_box, window.page().lens_area.tabs, window.page().more]
    assert not any(part.isVisible() for part in parts)
    look.dark = True  # pages show their parts anew
    window._place_card()
    window.page()._restyle()
    assert not any(part.isVisible() for part in parts)
    lessons.step(1)
    assert not window.page().input_box.isVisible() and not window.list.isVisible()
    window.leave()
    window.open("dnn")
    assert [part.isVisible() for part in parts] == [True] * 6 and window.page().more.isVisible()


def test_a_state_opens_and_that_is_all(make_window: Any, tmp_path: Path) -> None:
    window = make_window()
    window.open("resnet")
    window.page().open_input("s1")
    window.page().set_lens("filters")
    window.lessons.save_state(tmp_path / "a.dslesson")
    window.page().open_input("s2")
    window.open("dnn")
    window.open_lesson(str(tmp_path / "a.dslesson"))
    assert window.current == "resnet" and window.page().opened[-1] == "s1" and window.page().lens == "filters"
    assert not window.lessons.active and not window.lessons.bar.isVisible()


def test_a_pasted_picture_goes_along(make_window: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    window = make_window()
    pixels = np.arange(4 * 5 * 3, dtype=np.uint8).reshape(4, 5, 3)
    monkeypatch.setattr(window.page(), "pasted_picture", lambda: pixels, raising=False)
    window.lessons.save_state(tmp_path / "a.dslesson")
    window.open_lesson(str(tmp_path / "a.dslesson"))
    from PySide6.QtGui import QImage

    from explorer.window.views.controls import pixels_of

    assert np.array_equal(pixels_of(QImage(window.page().opened[-1])), pixels)


def test_a_lesson_is_made_page_by_page(make_window: Any, qtbot: QtBot, tmp_path: Path) -> None:
    window = make_window()
    lessons = window.lessons
    lessons.make()
    bar: LessonBar = lessons.bar
    assert not bar.keep.isEnabled()
    qtbot.keyClicks(bar.field, "Look here")
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    window.open("vgg")
    qtbot.mouseClick(bar.add, Qt.MouseButton.LeftButton)
    menu = bar.open_parts()
    next(a for a in menu.actions() if a.text() == "About and claims").trigger()
    menu.close()
    assert not window.card_holder.isVisible() or "card" in lessons.making.hide
    lessons.save(lessons.making, tmp_path / "mine.dslesson")
    lessons.leave()
    lessons.open(tmp_path / "mine.dslesson")
    assert [(s.page, s.say.en if s.say else None) for s in lessons.lesson.steps] == [("dnn", "Look here"), ("vgg", None)]
    assert not window.card_holder.isVisible()
    lessons.make()
    lessons.add_step("")
    lessons.remove_step()
    assert lessons.making is not None and not lessons.making.steps


def test_dropped_named_at_the_start_or_opened_as_a_page_opens_files(make_window: Any, unshown_window: Any, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "a.dslesson"
    write(THREE, path)
    window = make_window()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    window.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier))
    assert window.lessons.lesson == THREE
    window.lessons.leave()
    window.page().open_path(str(path))
    assert window.lessons.lesson == THREE and window.page().opened[-1] != str(path)
    unshown_window.open_lesson(str(path))
    unshown_window.show()
    qtbot.waitUntil(lambda: unshown_window._lessons is not None and unshown_window._lessons.active)


def test_what_does_not_fit_is_said_on_the_page(make_window: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    window = make_window()
    (tmp_path / "a.dslesson").write_text("{")
    window.open_lesson(str(tmp_path / "a.dslesson"))
    assert window.page().banner.isVisible() and "not a lesson" in window.page().banner.label.text
    window.page().clear_error()
    window.lessons.show(Lesson(same("t"), (Step("bert"),)))
    assert "not ready" in window.page().banner.label.text
    window.page().clear_error()

    def hostile(state: Any) -> None:
        raise TypeError("an int where a list was")

    monkeypatch.setattr(window.page(), "restore", hostile)
    window.lessons.show(Lesson(same("t"), (Step(window.current, {"hidden": 3}),)))
    assert "does not fit" in window.page().banner.label.text


def test_the_menu_of_a_page_and_the_list_lead_to_lessons(make_window: Any, qtbot: QtBot) -> None:
    window = make_window()
    menu = QMenu()
    window.page().menu_opened.emit(menu)
    names = [a.text() for a in menu.actions() if a.text()]
    assert names == ["Save the state of this page…", "Lesson"]
    lesson = next(a.menu() for a in menu.actions() if a.text() == "Lesson")
    assert [a.text() for a in lesson.actions() if a.text()][-2:] == ["Open a lesson or state…", "Make a lesson"] and len(lesson.actions()) == 4
    rows = window.list.rows
    place = dict(rows.places())["guide"]
    qtbot.mouseClick(rows, Qt.MouseButton.LeftButton, pos=place.center().toPoint())
    assert window.lessons.active and window.lessons.lesson.steps[0].page == "neuron"
    window.leave()  # what is said of the first step's page, which is not ready here
    window.leave()
    assert not window.lessons.active


def test_in_projection_the_sentence_stays(make_window: Any) -> None:
    window = make_window()
    lessons = shown_lesson(window)
    window.set_projection(True, full_screen=False)
    assert lessons.bar.isVisible() and lessons.bar.sentence.isVisible()
    window.leave()
    assert not look.projection and lessons.active
    window.leave()
    assert not lessons.active
