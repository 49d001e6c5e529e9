"""The panel of the two streams: Q is V plus A, A sums to nothing, and both follow the state."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from explorer.window.look import look
from explorer.window.pages.deep_agent import Page
from tests.window.panels.agent_pages import open_agent


@pytest.fixture
def page(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Page:
    return open_agent(qtbot, monkeypatch, "dueling")


def test_q_is_v_plus_a_and_a_has_no_mean(page: Page) -> None:
    found, q = page.panel.numbers(), page.numbers()["q"]
    assert found["a_left"] + found["a_right"] == pytest.approx(0.0, abs=1e-5)
    assert [found["value"] + found["a_left"], found["value"] + found["a_right"]] == pytest.approx(q, abs=1e-5)
    assert found["spread"] == pytest.approx(abs(q[0] - q[1]), abs=1e-5)
    assert page.panel.looks.matrix.row_names() == ("V", "A left", "A right")


def test_it_follows_the_state(page: Page) -> None:
    before = page.panel.numbers()
    page.send("act", {"action": 1})
    assert page.panel.numbers()["value"] != before["value"]


def test_another_world_has_other_actions(page: Page) -> None:
    page.go("Acrobot-v1")
    assert {name for name in page.panel.numbers() if name.startswith("a_")} == {"a_left", "a_nothing", "a_right"}


def test_actions_are_named_in_the_language_of_the_window(page: Page) -> None:
    look.language = "ja"
    assert page.panel.sum.text.startswith(("左", "右")) and page.panel.looks.matrix.row_names()[1] == "A 左"
