"""What all pages share: head, input in every way, lenses, errors with the next thing to do, saving, projection."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from explorer.catalogue import system
from explorer.results import Matrix, Numbers
from explorer.window.look import look
from explorer.window.pages import VIEWS, view_for
from explorer.window.pages.captions import counted, ja_authors, megabytes
from explorer.window.settings import settings
from explorer.window.views.controls import Button, Thumbnail
from explorer.words import ExplorerError, InputError, Text, WeightsMissing

REFUSED = Text("この画像は壊れています。", "This picture is cut off.")


def buttons_of(page: Any) -> dict[str, Button]:
    return {b.accessibleName(): b for b in page.banner.findChildren(Button) if not b.isHidden()}


def test_the_head_says_who_when_and_how_large(stub_page: Any) -> None:
    assert stub_page.title.text == "ResNet"
    assert stub_page.caption.text.startswith("He et al., 2015 · ") and stub_page.caption.text.endswith("weights")
    look.language = "ja"
    assert stub_page.caption.text.startswith("He ら、2015 · ") and stub_page.caption.text.endswith("個の重み")
    stub_page.show_variant(system("resnet").variant("resnet50-imagenet"))
    assert "50" in stub_page.title.text


def test_numbers_in_words() -> None:
    assert (counted(272_474, "en"), counted(11_689_512, "en"), counted(11_689_512, "ja")) == ("272,474", "11.7 M", "1,169 万")
    assert (megabytes(167_000_000), megabytes(1200)) == ("167 MB", "1 kB")
    assert ja_authors("McCulloch & Pitts") == "McCulloch・Pitts"


def test_a_sample_is_marked_and_opened(stub_page: Any, qtbot: QtBot) -> None:
    samples = stub_page.findChildren(Thumbnail)
    qtbot.mouseClick(samples[1], Qt.MouseButton.LeftButton)
    assert stub_page.opened == ["s1"] and [s.chosen for s in samples] == [False, True, False]
    assert samples[1].accessibleName() == "Sample 1"


def test_open_remembers_the_file_and_starts_there_next_time(stub_page: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "cat.png"
    asked: list[str] = []

    def ask(parent: QWidget, title: str, folder: str, kinds: str) -> tuple[str, str]:
        asked.append(folder)
        return str(path), kinds

    monkeypatch.setattr(QFileDialog, "getOpenFileName", ask)
    stub_page.choose_sample("s0", "s0")
    stub_page.ask_for_file()
    stub_page.ask_for_file()
    assert stub_page.opened[-1] == str(path) and settings.recent_files() == [str(path)]
    assert asked[1] == str(tmp_path)
    assert not any(s.chosen for s in stub_page.findChildren(Thumbnail))
    recent = next(a for a in stub_page.build_menu().actions() if a.menu() is not None and a.text() == "Recent files").menu()
    recent.actions()[0].trigger()
    assert stub_page.opened[-1] == str(path) and len(stub_page.opened) == 4


def picture() -> QImage:
    image = QImage(5, 4, QImage.Format.Format_ARGB32)
    image.fill(QColor(200, 30, 40))
    return image


def test_paste_a_picture_a_file_or_nothing_of_use(stub_page: Any, tmp_path: Path) -> None:
    clipboard = QGuiApplication.clipboard()
    clipboard.setImage(picture())
    stub_page.paste()
    pixels = stub_page.opened[-1]
    assert pixels.shape == (4, 5, 3) and np.all(pixels == (200, 30, 40))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "dog.jpg"))])
    clipboard.setMimeData(data)
    stub_page.paste()
    assert stub_page.opened[-1] == str(tmp_path / "dog.jpg")
    clipboard.setText("hello")
    before = len(stub_page.opened)
    stub_page.paste()
    assert len(stub_page.opened) == before and "nothing to use" in stub_page.banner.label.text
    clipboard.clear()


def test_what_is_dragged_is_shown_and_dropped(stub_page: Any, tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "dog.jpg"))])
    middle = QPointF(stub_page.rect().center())
    args = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(middle.toPoint(), *args)
    stub_page.dragEnterEvent(enter)
    assert enter.isAccepted() and stub_page._veil.isVisible() and stub_page._veil.size() == stub_page.size()
    stub_page.grab()
    stub_page.dropEvent(QDropEvent(middle, *args))
    assert not stub_page._veil.isVisible() and stub_page.opened == [str(tmp_path / "dog.jpg")]
    other = QMimeData()
    other.setText("hello")
    refused = QDragEnterEvent(middle.toPoint(), Qt.DropAction.CopyAction, other, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    refused.ignore()
    stub_page.dragEnterEvent(refused)
    assert not refused.isAccepted() and not stub_page._veil.isVisible()


def test_lenses_have_tabs_and_are_computed_when_chosen(stub_page: Any) -> None:
    assert stub_page.lens == "feature_maps" and stub_page.first.isVisible() and not stub_page.second.isVisible()
    stub_page.set_lens("filters")
    assert stub_page.second.isVisible() and not stub_page.first.isVisible()
    assert stub_page.lenses_seen[-1] == "filters"
    with pytest.raises(KeyError):
        stub_page.set_lens("nonsense")


def test_a_refusal_is_a_sentence_and_the_state_stays(stub_page: Any, fake_client: Any) -> None:
    stub_page.start()
    stub_page.set_lens("filters")
    before = stub_page.state()
    fake_client.asked[-1].fail(InputError(REFUSED))
    assert stub_page.banner.isVisible() and stub_page.banner.label.text == REFUSED.en
    assert list(buttons_of(stub_page)) == ["Open another"]
    assert stub_page.state() == before and not stub_page.busy()
    look.language = "ja"
    assert stub_page.banner.label.text == REFUSED.ja


def test_a_lost_engine_can_be_tried_again(stub_page: Any, fake_client: Any) -> None:
    stub_page.open_input("s1")
    fake_client.asked[-1].fail(ExplorerError(Text("止まった", "It stopped.")))
    buttons_of(stub_page)["Try again"].click()
    assert len(fake_client.asked) == 2 and fake_client.asked[-1].arguments == {"picture": "s1"}


def test_missing_weights_offer_the_download(stub_page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(stub_page, "download", lambda: asked.append(1))
    stub_page.show_error(WeightsMissing(Text("重みがない", "No weights yet."), 167_000_000))
    assert stub_page.banner.label._colour == "caveat"
    buttons_of(stub_page)["Download 167 MB"].click()
    assert asked == [1]


def test_the_newest_question_wins_and_busy_ends_with_it(stub_page: Any, fake_client: Any) -> None:
    assert not stub_page.busy()
    stub_page.open_input("s0")
    stub_page.open_input("s1")
    first, second = fake_client.asked
    assert first.state == "cancelled" and stub_page.busy()
    second.answer(Matrix(np.eye(2), ("a", "b"), ("c", "d")))
    second.finish()
    assert not stub_page.busy() and stub_page.second.result is not None


def test_notes_on_the_input_are_said(stub_page: Any) -> None:
    stub_page.show_notes((Text("最初のコマ。", "First frame."), Text("16 ビット。", "16 bit.")))
    assert stub_page.banner.label.text == "First frame. 16 bit."
    stub_page.show_notes(())
    assert stub_page.banner.isHidden()


@pytest.mark.parametrize("suffix", ["png", "svg", "csv"])
def test_views_are_saved(stub_page: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"view.{suffix}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path.with_suffix("")), ""))
    stub_page.ask_and_save(stub_page.views()[0], suffix)
    data = path.read_bytes()
    if suffix == "png":
        assert QImage.fromData(data).width() == 2 * stub_page.first.width()
    elif suffix == "svg":
        assert (b"<svg" in data and b"#fde725" in data.lower()) or (b"<svg" in data and data.count(b"<rect") >= 54)
    else:
        assert data.decode().splitlines()[0] == ",1,2,3,4,5,6,7,8,9"


def test_saving_nothing_or_nowhere_is_a_sentence(stub_page: Any, tmp_path: Path) -> None:
    stub_page.save_view(stub_page.first, tmp_path / "no" / "view.csv")
    assert "view.csv cannot be saved" in stub_page.banner.label.text
    stub_page.first.clear()
    assert stub_page.views() == []
    stub_page.save()
    assert "no view to save" in stub_page.banner.label.text


def test_projection_keeps_title_and_lens_only(stub_page: Any) -> None:
    look.projection = True
    stub_page.project(True)
    assert not stub_page.input_box.isVisible() and not stub_page.more.isVisible() and not stub_page.lens_area.tabs.isVisible()
    assert stub_page.first.isVisible() and stub_page.caption.text == stub_page.system.line.en
    claim = QWidget()
    stub_page.show_beside(claim)
    assert claim.isVisible()
    stub_page.show_beside(None)
    assert not claim.isVisible()
    look.projection = False
    stub_page.project(False)
    assert stub_page.input_box.isVisible() and stub_page.lens_area.tabs.isVisible()
    claim.deleteLater()


def test_a_state_goes_out_and_comes_back(stub_page: Any) -> None:
    stub_page.restore({"lens": "filters", "input": "s2", "unknown": 1})
    assert stub_page.state() == {"lens": "filters", "input": "s2"}
    stub_page.restore({"lens": "gone"})
    assert stub_page.lens == "filters"


def test_each_result_names_a_view_that_exists(qtbot: QtBot) -> None:
    import importlib

    for reference in VIEWS.values():
        module, _, name = reference.partition(":")
        assert hasattr(importlib.import_module(module), name), reference
    view = view_for(Matrix(np.eye(2), ("a", "b"), ("c", "d")))
    qtbot.addWidget(view)
    assert view.result is not None
    with pytest.raises(KeyError):
        view_for(Numbers({"a": 1.0}))
