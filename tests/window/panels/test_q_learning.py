"""The panel follows the input (the map) and the mechanism's own settings."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from explorer.catalogue import system
from explorer.window.look import look
from explorer.window.pages.agent import Page
from explorer.window.panels.q_learning import Panel

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from agent_client import HereClient


@pytest.fixture
def page(qtbot: QtBot) -> Page:
    client = HereClient()
    made = Page(system("q_learning"), client)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made._wanted["until"] = 1_000
    made.show()
    made.start()
    client.asked[-1].advance()
    return made


def test_another_map_has_another_optimum_and_another_distance(page: Page) -> None:
    assert isinstance(page.panel, Panel)
    before = page.panel.numbers()
    page.go("CliffWalking-v1", until=1_000)
    after = page.panel.numbers()
    assert before["optimum"] == pytest.approx(0.542, abs=0.001) and after["optimum"] == pytest.approx(-12.248, abs=0.001)
    assert before["needed"] != after["needed"] and before["closeness"] != after["closeness"]
    assert f"{int(after['needed']):,}" in page.panel.needed.text


def test_the_arithmetic_follows_alpha_and_gamma(page: Page) -> None:
    panel = page.panel
    page.send("set", {"alpha": 0.5, "fall": 0.0, "gamma": 0.6})
    page.send("step")
    half = panel.numbers()
    assert half["alpha"] == 0.5
    assert half["td_error"] == pytest.approx(half["reward"] + 0.6 * half["following"] - half["q_old"])
    assert half["q_new"] == pytest.approx(half["q_old"] + 0.5 * half["td_error"])
    page.send("set", {"alpha": 0.1})
    page.send("step")
    tenth = panel.numbers()
    assert tenth["alpha"] == 0.1 and tenth["q_new"] == pytest.approx(tenth["q_old"] + 0.1 * tenth["td_error"])
    assert "0.1000" in panel.moved.text


def test_the_bar_is_the_distance_from_the_optimum(page: Page) -> None:
    page.send("set", {"until": 100_000})
    near = page.panel.numbers()["closeness"]
    assert near > 0.8 and page.panel.bar.fraction == pytest.approx(near)
    page.send("reset")
    assert page.panel.numbers()["closeness"] < 0.2 and page.panel.bar.fraction < 0.2


def test_the_recommended_settings_are_one_press_away(page: Page) -> None:
    page.send("set", {"epsilon": 0.9, "alpha": 0.1, "fall": 0.0})
    page.panel.recommended.click()
    assert page.facts["settings"] == {"epsilon": 0.2, "alpha": 1.0, "fall": 0.8, "gamma": 0.99, "optimism": 1.0}
    assert page.numbers()["steps"] == 0


def test_watching_shows_no_correction(page: Page) -> None:
    page.send("watch", {"on": True})
    page.send("step")
    assert "Take a step" in page.panel.sum.text
    look.language = "ja"
    assert "一歩" in page.panel.sum.text
