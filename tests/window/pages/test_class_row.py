"""A class of the user's own: every way in which pictures come and go, what is refused, and how many classes there are."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from explorer import catalogue
from explorer.engine.inputs import class_pictures
from explorer.engine.tasks import scenes
from explorer.window import camera
from explorer.window.pages.class_row import NONE, SHOWN, ClassRow
from explorer.window.pages.opening import NOTHING_TO_PASTE
from explorer.window.pages.transfer import MOST_CLASSES, NEED_TWO, Page
from explorer.window.views.controls import Thumbnail
from explorer.words import InputError, Text
from tests.window.here_client import HereClient, HereJob

SCENE = next(one for one in catalogue.SCENES if one.page == "transfer")


class Opener(HereClient):
    """Opens pictures in this process; what is to be learnt from them is asked of nobody."""

    def query(self, lane: str, task: str, *, title: Text, **arguments: Any) -> HereJob:
        if task != "scenes.transfer":
            return super().query(lane, task, title=title, **arguments)
        for job in self.jobs():
            if job.task == task:
                job.cancel()
        job = HereJob(self, task, title, arguments, False)
        self.asked.append(job)
        return job


@pytest.fixture
def page(qtbot: QtBot) -> Page:
    page = Page(SCENE, Opener())  # type: ignore[arg-type]
    qtbot.addWidget(page)
    page.resize(800, 700)
    page.show()
    return page


@pytest.fixture
def row(page: Page) -> ClassRow:
    made = page.add_class("red")
    assert made is not None
    return made


@pytest.fixture
def picture(tmp_path: Path) -> Callable[..., str]:
    """``picture("a.png", 200)``: a file with a red picture, in a folder of its own with ``folder="name"``."""

    def make(name: str, red: int = 220, folder: str = "") -> str:
        path = tmp_path / folder / name
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(np.full((30, 40, 3), (red, 20, 20), np.uint8)).save(path)
        return str(path)

    return make


def thumbnails(row: ClassRow) -> list[Thumbnail]:
    """The small pictures on screen."""
    return [one for one in row.findChildren(Thumbnail) if not one.isHidden()]


def reds(row: ClassRow) -> list[int]:
    return [int(one.pixels[0, 0, 0]) for one in row.small]


def holds(qtbot: QtBot, row: ClassRow, count: int) -> None:
    """Wait until the class says that it has as many pictures, and see that it shows and keeps them."""
    qtbot.waitUntil(lambda: row.count.text == str(count), timeout=20_000)
    qtbot.waitUntil(lambda: len(thumbnails(row)) == min(count, SHOWN))  # those that are new come on screen a moment later
    assert len(row.sources) == len(row.small) == count


def opened(qtbot: QtBot, page: Page) -> None:
    """Wait until nothing is being opened."""
    qtbot.waitUntil(lambda: not [job for job in page.client.jobs() if job.task == "scenes.class_pictures_opened"], timeout=20_000)


def learnt(page: Page) -> list[tuple[str, int]]:
    """The names of the classes that are learnt, and how many pictures of each."""
    asked = [job for job in page.client.jobs() if job.task == "scenes.transfer"]
    return [(name, len(sources)) for name, sources in asked[-1].arguments["classes"]] if asked else []


def drop(row: ClassRow, data: QMimeData) -> bool:
    """Drag something over a class and let go; whether the class would take it."""
    middle = QPointF(row.rect().center())
    args = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(middle.toPoint(), *args)
    enter.ignore()
    row.dragEnterEvent(enter)
    if enter.isAccepted():
        row.dropEvent(QDropEvent(middle, *args))
    return enter.isAccepted()


def files(*paths: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path) for path in paths])
    return data


def red_image(red: int) -> QImage:
    image = QImage(12, 8, QImage.Format.Format_RGB32)
    image.fill(QColor(red, 20, 20))
    return image


# ways in


def test_dropped_files_a_folder_and_a_picture(qtbot: QtBot, page: Page, row: ClassRow, picture: Any, tmp_path: Path) -> None:
    assert row.count.text == NONE.en and not thumbnails(row)
    assert drop(row, files(picture("a.png", 10), picture("b.png", 20)))
    holds(qtbot, row, 2)
    picture("c.png", 30, folder="more"), picture("d.png", 40, folder="more")
    assert drop(row, files(str(tmp_path / "more")))
    holds(qtbot, row, 4)
    assert [Path(one).name for one in row.sources] == ["a.png", "b.png", "c.png", "d.png"]
    data = QMimeData()
    data.setImageData(red_image(50))
    assert drop(row, data)
    holds(qtbot, row, 5)
    assert reds(row) == [10, 20, 30, 40, 50] and row.sources[4].shape == (8, 12, 3)
    assert not drop(row, QMimeData()) and page.numbers()["classes"] == [{"name": "red", "pictures": 5}]


def test_chosen_files_and_a_chosen_folder(qtbot: QtBot, row: ClassRow, picture: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    several = [picture(f"{number}.png", number, folder="those") for number in range(3)]

    def choose(parent: Any, title: str, folder: str, kinds: str) -> tuple[list[str], str]:
        asked.append(kinds)
        return several, ""

    monkeypatch.setattr(QFileDialog, "getOpenFileNames", choose)
    row.buttons["picture"].click()
    holds(qtbot, row, 3)
    assert "*.png" in asked[0] and "*.jpg" in asked[0]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "those"))
    row.buttons["folder"].click()
    holds(qtbot, row, 6)
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([], ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    row.buttons["picture"].click()
    row.buttons["folder"].click()
    holds(qtbot, row, 6)  # nothing was chosen


def test_pasted_files_a_pasted_picture_and_nothing_of_use(qtbot: QtBot, page: Page, row: ClassRow, picture: Any) -> None:
    clipboard = QGuiApplication.clipboard()
    clipboard.setMimeData(files(picture("a.png", 10), picture("b.png", 20)))
    row.buttons["clipboard"].click()
    holds(qtbot, row, 2)
    clipboard.setImage(red_image(30))
    row.buttons["clipboard"].click()
    holds(qtbot, row, 3)
    assert reds(row) == [10, 20, 30] and page.banner.isHidden()
    clipboard.setText("hello")
    row.buttons["clipboard"].click()
    assert page.banner.label.text == NOTHING_TO_PASTE.en
    holds(qtbot, row, 3)
    clipboard.clear()


def test_pictures_of_the_camera_and_a_camera_that_gives_none(qtbot: QtBot, page: Page, row: ClassRow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera, "take_picture", lambda parent, taken, refused: taken(np.full((20, 20, 3), (70, 0, 0), np.uint8)))
    for count in (1, 2):
        row.buttons["camera"].click()
        holds(qtbot, row, count)
    assert reds(row) == [70, 70]
    monkeypatch.setattr(camera, "take_picture", lambda parent, taken, refused: refused(InputError(camera.NO_CAMERA)))
    row.buttons["camera"].click()
    assert page.banner.label.text == camera.NO_CAMERA.en
    holds(qtbot, row, 2)


# out again, refused, too many


def test_a_picture_is_taken_out_by_a_click(qtbot: QtBot, page: Page, row: ClassRow, picture: Any) -> None:
    other = page.add_class("blue")
    assert other is not None
    page.add_pictures(row, [picture(f"{number}.png", 10 * number) for number in range(1, 4)])
    page.add_pictures(other, [picture("other.png", 90)])
    holds(qtbot, row, 3)
    holds(qtbot, other, 1)
    row.mark_wrong({1})
    qtbot.waitUntil(lambda: [one.chosen for one in thumbnails(row)] == [False, True, False])
    qtbot.mouseClick(thumbnails(row)[1], Qt.MouseButton.LeftButton)
    holds(qtbot, row, 2)
    assert reds(row) == [10, 30] and not any(one.chosen for one in thumbnails(row))
    qtbot.waitUntil(lambda: learnt(page) == [("red", 2), ("blue", 1)])  # what is left is learnt anew
    for left in (1, 0):
        qtbot.mouseClick(thumbnails(row)[0], Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda left=left: len(thumbnails(row)) == left)  # type: ignore[misc]
    assert row.count.text == NONE.en and not thumbnails(row)
    qtbot.waitUntil(lambda: page.sentence.text == NEED_TWO.en)


def test_what_is_no_picture_is_said_and_nothing_is_lost(qtbot: QtBot, page: Page, row: ClassRow, picture: Any, tmp_path: Path) -> None:
    page.add_pictures(row, [picture("a.png", 10)])
    holds(qtbot, row, 1)
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / "cut.png").write_bytes(Path(picture("b.png")).read_bytes()[:40])
    (tmp_path / "empty").mkdir()
    for name in ("notes.txt", "cut.png", "empty", "gone.png"):
        page.clear_error()
        assert drop(row, files(str(tmp_path / name)))
        opened(qtbot, page)
        assert page.banner.isVisible() and name in page.banner.label.text, name
        holds(qtbot, row, 1)
    assert drop(row, files(str(tmp_path / "notes.txt"), picture("c.png", 30)))
    holds(qtbot, row, 2)  # the one beside it is taken
    assert reds(row) == [10, 30] and "notes.txt" in page.banner.label.text
    data = QMimeData()
    data.setText("hello")
    drop(row, data)
    assert page.banner.label.text == NOTHING_TO_PASTE.en
    holds(qtbot, row, 2)


def test_a_class_takes_so_many_and_says_so(qtbot: QtBot, page: Page, row: ClassRow, picture: Any, tmp_path: Path) -> None:
    for number in range(class_pictures.MOST + 2):
        picture(f"{number:02}.png", number, folder="many")
    assert drop(row, files(str(tmp_path / "many")))
    holds(qtbot, row, class_pictures.MOST)
    assert str(class_pictures.MOST) in page.banner.label.text and "many" in page.banner.label.text
    drop(row, files(picture("late.png")))
    opened(qtbot, page)
    holds(qtbot, row, class_pictures.MOST)
    assert page.banner.label.text == class_pictures.FULL.format(most=class_pictures.MOST).en


def test_two_to_five_classes(qtbot: QtBot, page: Page, row: ClassRow, picture: Any) -> None:
    page.add_pictures(row, [picture("a.png", 10)])
    holds(qtbot, row, 1)
    qtbot.waitUntil(lambda: page.sentence.text == NEED_TWO.en)
    assert not learnt(page), "one class alone is nothing to learn"
    qtbot.mouseClick(page.add_button, Qt.MouseButton.LeftButton)
    page.add_pictures(page.rows[1], [picture("b.png", 20)])
    holds(qtbot, page.rows[1], 1)
    qtbot.waitUntil(lambda: [count for _, count in learnt(page)] == [1, 1])
    for _ in range(3):
        qtbot.mouseClick(page.add_button, Qt.MouseButton.LeftButton)
    assert len(page.rows) == MOST_CLASSES == 5 and not page.add_button.isEnabled() and page.add_class() is None
    names = [one.name for one in page.rows]
    assert len(set(names)) == 5 and all(names)
    page.rows[4].buttons["close"].click()
    assert len(page.rows) == 4 and page.add_button.isEnabled() and not row.isHidden()
    holds(qtbot, row, 1)


# what the features are taken from


def test_efficientnet_comes_first_once_it_has_weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def with_weights(entry: Any, kind: str) -> Any:
        first = dataclasses.replace(entry.variants[0], weights=kind)
        return dataclasses.replace(entry, variants=(first, *entry.variants[1:]))

    def order(kind: str) -> list[str]:
        entries = [with_weights(one, kind) if one.id == "efficientnet" else one for one in catalogue.SYSTEMS]
        monkeypatch.setattr(scenes, "SYSTEMS", entries)
        return [name.partition("/")[0] for name in scenes.feature_networks()]

    monkeypatch.setattr(scenes, "locate", lambda variant: tmp_path / variant.name)  # every file is here
    assert order("bundled")[0] == "efficientnet" and "resnet" in order("bundled")
    first = catalogue.system("efficientnet").variants[0].name
    entries = [with_weights(one, "none") if one.id == "efficientnet" else one for one in catalogue.SYSTEMS]
    monkeypatch.setattr(scenes, "SYSTEMS", entries)
    assert f"efficientnet/{first}" not in scenes.feature_networks()
