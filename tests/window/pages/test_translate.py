"""The page of translators: what it asks, what it shows, direction by language, and that nothing is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.catalogue import system
from explorer.results import Bundle, Links, Matrix, Numbers, Scores
from explorer.window.look import look
from explorer.window.pages.translate import Page
from explorer.words import InputError, Text

SOURCE = ("i", "play", "soccer", ".")
TARGET = ("サッカー", "を", "する", "。")


def answer(written: int = 4, *, unknown: tuple[int, ...] = ()) -> Bundle:
    weights = np.full((written, 4), 0.1, np.float32)
    for row, column in enumerate((2, 1, 1, 3)[:written]):
        weights[row, column] = 0.7
    links = Links(
        SOURCE, TARGET[:written], weights, text="".join(TARGET[:written]), unknown=unknown, finished=written == 4,
        candidates=Scores(("する", "した"), np.array([0.8, 0.1])), hypotheses=(("サッカーをする。", -0.3), ("サッカーをした。", -0.9)),
    )
    numbers = Numbers({"focus": 0.7, "entropy": 1.4, "covered": 0.75})
    embedding = Matrix(np.ones((6, 4)), tuple("123456"), SOURCE, signed=True)
    return Bundle({"links": links, "embedding": embedding, "encoder": Matrix(np.ones((2, 4)), ("→", "←"), SOURCE), "numbers": numbers})


@pytest.fixture
def page(qtbot: QtBot, fake_client: Any) -> Page:
    made = Page(system("attention"), fake_client)
    qtbot.addWidget(made)
    made.resize(804, 720)
    made.show()
    made.start()
    return made


def last(page: Page, task: str = "language.translate") -> Any:
    client: Any = page.client
    return next(job for job in reversed(client.asked) if job.task == task)


def test_it_starts_with_a_sample_at_once(page: Page) -> None:
    job = last(page)
    assert job.arguments["text"] == page.system.samples[0] == page.text
    assert job.arguments["pace"] == 0.0 and page.busy()
    job.answer(answer())
    job.finish()
    assert not page.busy() and page.written.text == "サッカーをする。"
    assert page.numbers()["text"] == "サッカーをする。" and page.numbers()["focus"] == 0.7


def test_the_heatmap_grows_row_by_row(page: Page) -> None:
    for written in (1, 2, 4):
        last(page).answer(answer(written))
        assert page.heat.row_names() == TARGET[:written] and page.links.result is page.heat.result


@pytest.mark.parametrize(("text", "variant"), [("I swim.", "en-ja"), ("私は泳ぐ。", "ja-en"), ("カメラ", "ja-en")])
def test_the_direction_follows_the_language(page: Page, qtbot: QtBot, text: str, variant: str) -> None:
    page.field.clear()
    page.field.setText(text)
    qtbot.keyClick(page.field, Qt.Key.Key_Return)
    assert last(page).arguments["variant"] == variant == page.direction.current


def test_the_other_direction_translates_back(page: Page) -> None:
    last(page).answer(answer())
    page.direction.chosen.emit("ja-en")
    assert last(page).arguments["text"] == "サッカーをする。" and last(page).arguments["variant"] == "ja-en"


def test_a_refusal_keeps_what_was_there(page: Page) -> None:
    last(page).answer(answer())
    page.set_text("")
    page.translate()
    last(page).fail(InputError(Text("文章が空です。", "The text is empty.")))
    assert page.banner.isVisible() and "empty" in page.banner.label.text
    assert page.written.text == "サッカーをする。"
    page.set_text("I swim.")
    page.translate()
    last(page).answer(answer())
    assert not page.banner.isVisible()


def test_a_text_file_is_opened_and_others_are_refused(page: Page, tmp_path: Path) -> None:
    good, bad = tmp_path / "a.txt", tmp_path / "b.txt"
    good.write_text("She\nswims.", encoding="utf-8")
    bad.write_bytes(b"\xff\xfe\x00\x81")
    page.open_path(str(good))
    assert last(page).arguments["text"] == "She swims."
    asked = len(page.client.asked)  # type: ignore[attr-defined]
    page.open_path(str(bad))
    assert page.banner.isVisible() and len(page.client.asked) == asked  # type: ignore[attr-defined]
    assert page.text == "She swims."


def test_unknown_words_are_named(page: Page) -> None:
    last(page).answer(answer(unknown=(2,)))
    assert page.unknown.isVisible() and "soccer" in page.unknown.text


def test_hover_links_both_views(page: Page) -> None:
    last(page).answer(answer())
    page.heat.hovered.emit(1, 2)
    page.links.hovered.emit("source", 2)
    assert page.heat._column_mark == 2


def test_lenses_ask_for_what_they_show(page: Page) -> None:
    last(page).answer(answer())
    page.set_lens("hidden_states")
    states = last(page, "language.hidden_states")
    states.answer(Matrix(np.zeros((24, 4)), tuple(map(str, range(24))), SOURCE, signed=True))
    assert set(page.results_by_lens()) == {"attention", "hidden_states", "hypotheses"}
    page.set_lens("hypotheses")
    assert last(page).arguments["beam"] == 5
    assert page.hypotheses.shown()[0][0] == "サッカーをする。"


def test_state_comes_back(page: Page, qtbot: QtBot, fake_client: Any) -> None:
    page.set_text("I swim.")
    page.panel.set_way("even")
    last(page).answer(answer())
    page.set_lens("hypotheses")
    state = page.state()
    other = Page(system("attention"), fake_client)
    qtbot.addWidget(other)
    other.restore(state)
    job = last(other)
    assert job.arguments["text"] == "I swim." and job.arguments["look_back"] == "even" and job.arguments["beam"] == 5
    assert other.lens == "hypotheses" and other.panel.way == "even"
    assert other.state() == state


def test_language_and_projection_switch_at_once(page: Page) -> None:
    last(page).answer(answer())
    look.language = "ja"
    assert page.go.text() == "訳す"
    look.projection = True
    page.project(True)
    assert not page.typing.isVisible() and page.written.text == "サッカーをする。"
    look.projection = False
    page.project(False)
    assert page.typing.isVisible()


def test_leaving_the_page_stops_the_writing(page: Page) -> None:
    job = last(page)
    page.hidden()
    assert job.state == "cancelled"
