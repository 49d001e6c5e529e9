"""The panel of priorities follows the world, and α: how much they count."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from explorer.window.pages.deep_agent import Page
from tests.window.panels.agent_pages import open_agent


@pytest.fixture
def page(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Page:
    return open_agent(qtbot, monkeypatch, "prioritized")


def test_errors_and_chances_are_those_of_the_memory(page: Page) -> None:
    found = page.panel.numbers()
    assert found["alpha"] == 0.6 and found["largest_error"] > 0 and found["largest_chance"] > 1.0 and found["drawn_now"] == 16
    assert page.panel.memory.ring.result is not None and page.panel.memory.ring.result.values.shape[0] == 4


def test_the_sliders_are_the_settings(page: Page) -> None:
    page.panel.alpha.changed.emit(0.0)
    page.panel.beta.changed.emit(1.0)
    assert page.facts["settings"]["alpha"] == 0.0 and page.facts["settings"]["beta"] == 1.0
    found = page.panel.numbers()
    assert found["alpha"] == 0.0 and found["beta"] == 1.0


def test_without_priority_all_steps_are_alike(page: Page) -> None:
    uneven = page.panel.numbers()["largest_chance"]
    page.reopen(alpha=0.0)
    assert uneven > 1.0 and page.panel.numbers()["largest_chance"] == pytest.approx(1.0)


def test_another_world_begins_another_memory(page: Page) -> None:
    before = page.panel.numbers()
    page.go("Acrobot-v1")
    assert page.panel.numbers()["largest_error"] != before["largest_error"] and page.panel.numbers()["kept"] < before["kept"]
