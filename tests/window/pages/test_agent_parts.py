"""What need not move with every snapshot is drawn now and then, and always once all stands still."""

from __future__ import annotations

import pytest

from explorer.window.pages import agent_parts
from explorer.window.pages.agent_parts import Seldom


def test_it_is_due_so_many_times_a_second_and_whenever_all_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(agent_parts.time, "monotonic", lambda: now[0])
    seldom = Seldom(times=2.0)
    drawn = []
    for step in range(100):
        now[0] = 100.0 + step / 20
        drawn.append(seldom.due(False))
    assert drawn[0] and sum(drawn) == pytest.approx(10, abs=1)
    assert seldom.due(True) and not seldom.due(False) and seldom.due(True)
