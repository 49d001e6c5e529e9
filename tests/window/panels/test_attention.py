"""With the real engine: the panel's numbers follow the sentence and the way of looking back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from explorer.catalogue import system
from explorer.window.client import Client
from explorer.window.pages.translate import Page


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[Page]:
    client = Client()
    made = Page(system("attention"), client)
    qtbot.addWidget(made)
    made.speed.set_current("0")
    made.show()
    made.start()
    complete(qtbot, made)
    yield made
    client.close()


def complete(qtbot: QtBot, page: Page) -> None:
    qtbot.waitUntil(lambda: not page.busy() and bool(page.numbers()), timeout=90_000)


def test_the_numbers_follow_sentence_and_mechanism(page: Page, qtbot: QtBot) -> None:
    first = page.numbers()
    assert first["text"] and first["focus"] > 0.3

    page.set_text("She reads a book every day.")
    page.translate()
    complete(qtbot, page)
    learned = page.numbers()
    assert learned["text"] != first["text"] and learned["focus"] != first["focus"]

    page.panel.set_way("even")
    complete(qtbot, page)
    even = page.numbers()
    assert even["look_back"] == "even" and even["entropy"] > learned["entropy"] and even["focus"] < learned["focus"]

    page.panel.set_way("learned")
    complete(qtbot, page)
    word = learned["source"].index("book")
    page.panel.hide_word(word)
    complete(qtbot, page)
    hidden = page.numbers()
    assert hidden["hidden"] == [word] and max(row[word] for row in hidden["attention"]) == 0.0
    assert hidden["focus"] != learned["focus"]

    page.panel.hide_word(word)
    complete(qtbot, page)
    assert page.numbers()["text"] == learned["text"]


def test_a_japanese_sentence_goes_the_other_way(page: Page, qtbot: QtBot) -> None:
    page.open_input("私はサッカーが好きです。")
    complete(qtbot, page)
    numbers = page.numbers()
    assert numbers["variant"] == "ja-en" and "soccer" in numbers["text"].lower()
