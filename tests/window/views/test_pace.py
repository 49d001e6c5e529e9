"""What need not move with every snapshot is drawn now and then, at once when all stands still, and never left behind the newest."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from explorer.window.views import pace
from explorer.window.views.pace import Pace


@pytest.mark.usefixtures("qapp")
def test_it_draws_so_many_times_a_second_and_whenever_all_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    now, drawn, owner = [100.0], [], QObject()
    monkeypatch.setattr(pace.time, "monotonic", lambda: now[0])
    slow = Pace(owner, 2.0, lambda: drawn.append(now[0]))
    for step in range(100):
        now[0] = 100.0 + step / 20
        slow.ask()
    assert drawn[0] == 100.0 and len(drawn) == pytest.approx(10, abs=1)
    before = len(drawn)
    slow.ask(still=True)
    slow.ask()
    slow.ask(still=True)
    assert len(drawn) == before + 2


def test_what_was_asked_for_last_is_drawn_in_the_end(qtbot: QtBot) -> None:
    newest, drawn, owner = [0], [], QObject()
    quick = Pace(owner, 1.0, lambda: drawn.append(newest[0]))
    for newest[0] in range(5):
        quick.ask()
    assert drawn == [0]
    qtbot.waitUntil(lambda: drawn == [0, 4], timeout=5_000)
    qtbot.wait(1_200)
    assert drawn == [0, 4], "nothing is drawn twice"


def test_what_stands_apart_is_drawn_a_moment_later(qtbot: QtBot) -> None:
    drawn: list[float] = []
    owner = QObject()
    apart = Pace(owner, 1000.0, lambda: drawn.append(time.monotonic()), apart=20)
    apart.ask()
    assert len(drawn) == 1  # the first is not kept waiting
    qtbot.wait(5)
    asked = time.monotonic()
    apart.ask()
    assert len(drawn) == 1
    qtbot.waitUntil(lambda: len(drawn) == 2)
    assert drawn[1] - asked > 0.015
    apart.ask(still=True)
    assert len(drawn) == 3
