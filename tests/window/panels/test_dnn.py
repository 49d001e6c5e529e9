"""The slice of the loss answers to the points and to how it is cut; the session runs in this process."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from explorer.catalogue import system
from explorer.window.pages.playground import Page

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from here_client import HereClient


@pytest.fixture
def page(qtbot: QtBot) -> Page:
    client = HereClient()
    found = Page(system("dnn"), client)  # type: ignore[arg-type]
    qtbot.addWidget(found)
    found.resize(804, 720)
    found.show()
    found.begin()
    client.last_session.advance()
    found.tell("step", count=60)
    found.set_lens("loss_surface")
    return found


def settled(qtbot: QtBot, page: Page) -> dict[str, Any]:
    """The panel's numbers once everything sent has been answered."""
    qtbot.waitUntil(lambda: not page.busy() and page.panel.numbers() != {}, timeout=10_000)
    return dict(page.panel.numbers())


def test_other_points_and_other_directions_give_other_numbers(qtbot: QtBot, page: Page) -> None:
    first = settled(qtbot, page)
    assert first["path_points"] > 50
    assert first["loss_at_end"] < first["loss_at_start"] <= first["highest"] + 1e-6

    page.open_input("xor")  # the input
    qtbot.waitUntil(lambda: page.panel.numbers().get("highest") != first["highest"], timeout=10_000)
    page.tell("step", count=60)
    qtbot.waitUntil(lambda: page.panel.numbers().get("path_points", 0) > 50, timeout=10_000)
    other = settled(qtbot, page)
    assert other["loss_at_start"] != pytest.approx(first["loss_at_start"])

    page.panel.choice._choose(1)  # how it is cut
    random = settled(qtbot, page)
    assert random["directions"] == "random"
    assert random["walked"] != pytest.approx(other["walked"])
    page.panel.another.click()
    assert settled(qtbot, page)["highest"] != pytest.approx(random["highest"])


def test_without_steps_there_is_no_path(qtbot: QtBot, page: Page) -> None:
    settled(qtbot, page)
    page.tell("reset", seed=5)
    qtbot.waitUntil(lambda: page.panel.numbers()["path_points"] == 1, timeout=10_000)
    assert page.panel.numbers()["walked"] == 0.0


def test_it_is_kept_with_the_page(qtbot: QtBot, page: Page) -> None:
    settled(qtbot, page)
    page.panel.choice._choose(1)
    kept = page.state()
    page.panel.choice.set_current("path")
    page.restore(kept)
    assert page.panel.directions == "random"
    assert page.lens == "loss_surface"
