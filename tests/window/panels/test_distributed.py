"""The panel of the actors: as many as asked for, each with its steps."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from explorer.window.pages.deep_agent import Page
from tests.window.panels.agent_pages import SMALL, open_agent


@pytest.fixture
def page(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Page:
    return open_agent(qtbot, monkeypatch, "distributed", **{**SMALL, "actors": 2})


def test_each_actor_has_made_its_steps(page: Page) -> None:
    found = page.panel.numbers()
    assert found["actors"] == 2 and found["steps"] == page.numbers()["steps"] > 0
    assert len(page.panel.actors.tiles.tiles) == 2


def test_their_number_is_changed(page: Page) -> None:
    page.panel.actors.slider.set_value(3.0)
    page.panel.actors.start.click()
    assert page.panel.numbers()["actors"] == 3 and page.facts["all_settings"]["actors"] == 3
    assert len(page.panel.actors.tiles.tiles) == 3


def test_another_world_has_its_own_steps(page: Page) -> None:
    page.go("Acrobot-v1")
    found = page.panel.numbers()
    assert found["actors"] == 2 and found["steps"] == page.numbers()["steps"] and page.environment == "Acrobot-v1"


def test_the_user_plays_beside_the_actors(page: Page) -> None:
    steps = page.numbers()["steps"]
    page.player.mine.click()
    page.send("act", {"action": 1})
    assert page.facts["taken"] == 1 and page.numbers()["steps"] == steps and page.facts["refused"] is None
