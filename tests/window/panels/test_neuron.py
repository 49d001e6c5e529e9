"""The neuron's arithmetic answers to its inputs, to its weights and to its activation."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from explorer.catalogue import system
from explorer.window.pages.neuron import Page

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from here_client import HereClient


@pytest.fixture
def page(qtbot: QtBot) -> Page:
    client = HereClient()
    found = Page(system("neuron"), client)  # type: ignore[arg-type]
    qtbot.addWidget(found)
    found.resize(804, 720)
    found.show()
    found.start()
    client.last_session.advance()
    return found


def settled(qtbot: QtBot, page: Page) -> dict[str, Any]:
    qtbot.waitUntil(lambda: not page.busy(), timeout=10_000)
    return dict(page.panel.numbers())


def test_inputs_weights_and_activation_change_the_panels_numbers(qtbot: QtBot, page: Page) -> None:
    first = settled(qtbot, page)
    assert first["sum"] == pytest.approx(first["p1"] + first["p2"] + first["bias"])
    page.set_number("x1", 2.0)  # the input
    second = settled(qtbot, page)
    assert second["p1"] == pytest.approx(2.0 * second["w1"])
    assert second["sum"] != pytest.approx(first["sum"])
    page.set_number("w1", -1.5)  # the mechanism
    third = settled(qtbot, page)
    assert third["p1"] == pytest.approx(-3.0)
    page.set_number("b", 1.25)
    assert settled(qtbot, page)["sum"] == pytest.approx(third["sum"] - third["bias"] + 1.25)
    page.player.activation._choose(1)
    last = settled(qtbot, page)
    assert last["output"] == pytest.approx(1 / (1 + math.exp(-last["sum"])), abs=1e-5)
    assert "σ" in page.panel.sum.text


def test_other_points_give_another_accuracy(qtbot: QtBot, page: Page) -> None:
    page.open_input("xor")
    page.tell("set", weights=[1.0, 1.0], bias=-2.0)
    assert settled(qtbot, page)["accuracy"] <= 0.75
    page.open_input("and")
    assert settled(qtbot, page)["accuracy"] == 1.0


def test_the_equation_of_the_line(qtbot: QtBot, page: Page) -> None:
    page.tell("set", weights=[1.0, -2.0], bias=0.5)
    settled(qtbot, page)
    assert page.panel.line.text == "The line: 1.00 x₁ − 2.00 x₂ + 0.50 = 0"
    page.tell("set", weights=[0.0, 0.0])
    settled(qtbot, page)
    assert "no line" in page.panel.line.text
