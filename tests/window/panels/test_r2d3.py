"""The panel of demonstrations: the user's own are recorded, their share is set, and without them nothing is drawn."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from explorer.window.pages.deep_agent import Page
from tests.window.panels.agent_pages import RECURRENT, open_agent


@pytest.fixture
def page(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Page:
    return open_agent(qtbot, monkeypatch, "r2d3", "Corridor-v0", **RECURRENT)


def test_the_users_own_play_becomes_a_demonstration(page: Page) -> None:
    assert page.panel.numbers()["demonstrations"] == 0 and page.panel.there.text.startswith("No demonstrations")
    page.panel.record.click()
    assert page.facts["recording"]
    for _ in range(3):  # to the end of the corridor
        page.send("act", {"action": 1})
    found = page.panel.numbers()
    assert found["demonstrations"] == 1 and found["sequences"] >= 1
    page.panel.record.click()
    page.send("step", {"count": 300})
    assert not page.facts["recording"] and page.panel.numbers()["drawn_share"] > 0.05


def test_with_a_share_of_nothing_none_is_drawn(page: Page) -> None:
    page.panel.record.click()
    for _ in range(3):
        page.send("act", {"action": 1})
    page.panel.record.click()
    page.panel.share.changed.emit(0.0)
    page.send("step", {"count": 100})
    found = page.panel.numbers()
    assert found["share"] == 0 and found["drawn_share"] == 0 and "without" in page.panel.drawn.text


def test_another_world_has_none_and_the_planner_says_where_it_cannot(page: Page) -> None:
    page.panel.record.click()
    for _ in range(3):
        page.send("act", {"action": 1})
    page.go("CartPole-v1")
    assert page.panel.numbers()["demonstrations"] == 0
    page.panel.planner.click()
    assert not page.banner.isHidden() and page.panel.numbers()["demonstrations"] == 0
