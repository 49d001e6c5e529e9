"""The panel of actors and priorities together follows the number of actors and α."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from explorer.window.pages.deep_agent import Page
from tests.window.panels.agent_pages import SMALL, open_agent


@pytest.fixture
def page(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Page:
    return open_agent(qtbot, monkeypatch, "apex", **{**SMALL, "actors": 2})


def test_actors_and_priorities_stand_together(page: Page) -> None:
    found = page.panel.numbers()
    assert found["actors"] == 2 and found["steps"] > 0 and found["largest_error"] > 0 and found["largest_chance"] > 1.0


def test_v_and_a_have_a_lens_of_their_own(page: Page) -> None:
    page.set_lens("agent_streams")
    streams = page.parts["agent_streams"]
    found, q = streams.numbers(), page.numbers()["q"]
    advantages = [value for name, value in found.items() if name.startswith("a_")]
    assert sum(advantages) == pytest.approx(0.0, abs=1e-3) and [found["value"] + a for a in advantages] == pytest.approx(q, abs=1e-3)
    assert streams.looks.matrix.isVisible() and page.bundle is not None and "looks" in page.bundle.parts


def test_the_steps_drawn_most_have_a_lens_of_their_own(page: Page) -> None:
    page.set_lens("agent_memory")
    memory = page.parts["agent_memory"]
    found = memory.numbers()
    assert found["most_drawn"] >= 1 and found["kept"] > 0 and found["alpha"] == page.facts["all_settings"]["alpha"]
    memory.alpha.changed.emit(0.0)
    assert memory.numbers()["alpha"] == 0.0


def test_the_game_beside_the_actors_is_played_without_chance(page: Page) -> None:
    (choose,) = (card for card in page.strip._cards if card.name == "choose")
    assert page.values()["epsilon"] > 0.3 and str(choose.content.under.en) == "the largest Q"  # type: ignore[union-attr]


def test_their_number_and_the_priority_are_changed(page: Page) -> None:
    page.panel.actors.slider.set_value(1.0)
    page.panel.actors.start.click()
    assert page.panel.numbers()["actors"] == 1
    page.reopen(alpha=0.0)
    assert page.panel.numbers()["largest_chance"] == pytest.approx(1.0)


def test_another_world_has_another_memory(page: Page) -> None:
    before = page.panel.numbers()
    page.go("Acrobot-v1")
    assert page.panel.numbers()["largest_error"] != before["largest_error"]
