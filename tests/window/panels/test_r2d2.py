"""The panel of the recurrent state: it moves, begins anew with an episode's world, and its replay is switched."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from explorer.window.look import look
from explorer.window.pages.deep_agent import Page
from tests.window.panels.agent_pages import RECURRENT, open_agent


@pytest.fixture
def page(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Page:
    return open_agent(qtbot, monkeypatch, "r2d2", "CartPole-v1 hide=velocity", **RECURRENT)


def test_the_state_moves_while_it_plays(page: Page) -> None:
    page.send("act", {"action": 0})
    page.send("act", {"action": 1})
    found = page.panel.numbers()
    assert found["cells"] == 16 and found["steps"] >= 2 and found["change"] > 0


def test_burn_in_and_stored_state_are_switched(page: Page) -> None:
    assert page.panel.numbers()["burn_in"] == 2 and page.panel.numbers()["stored_state"] == 1
    page.panel.burn_in.click()
    page.panel.stored.click()
    found = page.panel.numbers()
    assert found["burn_in"] == 0 and found["stored_state"] == 0
    assert not page.facts["settings"]["use_burn_in"] and not page.facts["settings"]["stored_state"] and "begun from zero" in page.panel.sequence.text
    look.language = "ja"
    assert "初めの状態はゼロ" in page.panel.sequence.text


def test_another_world_has_a_state_of_its_own(page: Page) -> None:
    before = page.panel.numbers()
    page.go("Acrobot-v1")
    assert page.facts["observation"] == (6,) and page.panel.numbers()["change"] != before["change"]


def test_with_actors_elsewhere_the_state_is_that_of_the_game_on_screen(page: Page) -> None:
    page.reopen(actors=1)
    before = page.panel.numbers()["steps"]
    page.send("step", {"count": 1})
    assert page.panel.numbers()["steps"] != before and page.panel.numbers()["change"] > 0
