"""The panel of the network in place of the table follows the environment and how finely a table would cut it."""

from __future__ import annotations

import importlib.util

import pytest
from pytestqt.qtbot import QtBot

from explorer.window.look import look
from explorer.window.pages.deep_agent import Page
from tests.window.panels.agent_pages import open_agent


@pytest.fixture
def page(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Page:
    return open_agent(qtbot, monkeypatch, "dqn")


def test_the_table_grows_with_its_precision_and_the_network_does_not(page: Page) -> None:
    panel = page.panel
    ten = panel.numbers()
    assert ten["table_digits"] == pytest.approx(4 + 0.301, abs=0.001) and ten["weights"] == page.numbers()["parameters"]
    assert "20,000" in panel.table.text
    panel.bins.set_current("100")
    panel.bins.chosen.emit("100")
    hundred = panel.numbers()
    assert hundred["table_digits"] == pytest.approx(8.301, abs=0.001) and hundred["weights"] == ten["weights"]
    assert panel.table_bar.fraction == 1.0 and panel.network_bar.fraction < 0.5


def test_another_environment_has_another_table(page: Page) -> None:
    before = page.panel.numbers()
    page.go("Acrobot-v1")
    after = page.panel.numbers()
    assert after["table_digits"] == pytest.approx(6 + 0.477, abs=0.001) and after["weights"] != before["weights"]


@pytest.mark.skipif(importlib.util.find_spec("minatar") is None, reason="MinAtar is not installed")
def test_planes_are_on_or_off(page: Page) -> None:
    page.go("MinAtar/Breakout-v1")
    assert page.panel.numbers()["table_digits"] == pytest.approx(400 * 0.30103 + 0.477, abs=0.01)
    assert page.panel.bins.isHidden() and "on or off" in page.panel.note.text


def test_the_loss_moves_while_it_learns(page: Page) -> None:
    before = page.panel.numbers()
    page.send("step", {"count": 40})
    after = page.panel.numbers()
    assert after["corrections"] > before["corrections"] and after["loss"] != before["loss"]
    curves = page.panel.loss.result
    assert curves is not None and len(curves.series[0].x) == after["corrections"]
    look.language = "ja"
    assert "重み" in page.panel.network.text
