"""The panel of the memory: it fills, is drawn from, starts anew in another world, and can be done without."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from explorer.window.pages.deep_agent import Page
from tests.window.panels.agent_pages import open_agent


@pytest.fixture
def page(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Page:
    return open_agent(qtbot, monkeypatch, "replay")


def test_the_memory_fills_and_is_drawn_from(page: Page) -> None:
    before = page.panel.numbers()
    assert before["with_memory"] == 1 and 0 < before["kept"] < before["capacity"] == 2000 and before["drawn_now"] == 16
    page.send("step", {"count": 100})
    after = page.panel.numbers()
    assert after["kept"] > before["kept"] and after["most_drawn"] >= before["most_drawn"] >= 1
    assert f"{int(after['kept']):,}" in page.panel.memory.kept.text


def test_another_world_has_a_memory_of_its_own(page: Page) -> None:
    page.go("Acrobot-v1")
    assert page.panel.numbers()["kept"] < 300 and page.environment == "Acrobot-v1"


def test_without_the_memory_the_newest_steps_alone_are_learnt_from(page: Page) -> None:
    page.panel.choice.chosen.emit("none")
    assert page.facts["memory"] == "none" and page.panel.numbers()["with_memory"] == 0 and page.panel.choice.current == "none"
    assert page.numbers()["steps"] < 400 and page.panel.numbers()["drawn_now"] <= 8
