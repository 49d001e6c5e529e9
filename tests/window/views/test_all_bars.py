"""Bars in their own order: a name keeps its row, the largest is marked."""

from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from explorer.results import Scores
from explorer.window.views.all_bars import AllBarsView


def test_rows_stay_and_the_largest_is_marked(qtbot: QtBot) -> None:
    view = AllBarsView(count=3)
    qtbot.addWidget(view)
    view.set_result(Scores(("a", "b", "c"), np.array([0.1, 0.7, 0.2])))
    assert view.shown() == [("a", 0.1), ("b", 0.7), ("c", 0.2)] and view._marked() == 1
    view.set_chosen("c")
    assert view._marked() == 2
    view.set_result(Scores(("a", "b"), np.array([0.9, 0.1])))
    assert view._marked() == 0
    view.grab()
