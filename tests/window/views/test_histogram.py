"""The histogram of a tensor."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from explorer.results import Tensor
from explorer.window.look import look
from explorer.window.views.histogram import HistogramView


def test_the_histogram_has_a_bar_for_each_bin(show: Any, point_at: Any, qtbot: QtBot) -> None:
    view: HistogramView = show(HistogramView(chapter=2), 360, 220)
    counts = np.array([0, 10, 5, 0, 1])
    view.set_result(Tensor("w", (4, 4), "float32", 0.0, 1.0, -1.0, 1.0, counts, np.linspace(-1, 1, 6)))
    view.repaint()
    field = view._field
    image = view.picture(1.0)
    for k, count in enumerate(counts):
        x = int(field.x() + (k + 0.3) * field.width() / 5)
        tall = sum(image.pixelColor(x, y) == look.colour("line2") for y in range(int(field.y()), int(field.bottom())))
        assert abs(tall - field.height() * count / 10) <= 2
    with qtbot.waitSignal(view.hovered) as hover:
        point_at(view, QPointF(field.x() + 1.5 * field.width() / 5, field.bottom() - 4))
    assert hover.args == [1]
    with qtbot.waitSignal(view.hovered) as hover:
        qtbot.keyClick(view, Qt.Key.Key_Right)
    assert hover.args == [2]
