"""Matrices: exact colours, rows by mouse and key, any script, rows that fade in."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import Qt, QVariantAnimation
from pytestqt.qtbot import QtBot

from explorer.results import Links, Matrix
from explorer.window.look import look
from explorer.window.views.matrix import MatrixView

SOURCE = ("I", "play", "soccer", ".")
TARGET = ("私", "は", "サッカー", "を", "する")
WEIGHTS = np.array([[0.9, 0.04, 0.03, 0.03], [0.5, 0.3, 0.1, 0.1], [0.01, 0.04, 0.94, 0.01], [0.1, 0.4, 0.45, 0.05], [0.05, 0.85, 0.05, 0.05]])


def links(rows: int = 5, **more: Any) -> Links:
    return Links(SOURCE, TARGET[:rows], WEIGHTS[:rows], **more)


def test_cells_have_their_exact_colours(show: Any) -> None:
    view: MatrixView = show(MatrixView(digits="none"), 380, 360)
    for result, scale in ((links(), look.viridis(WEIGHTS)), (Matrix(WEIGHTS - 0.5, TARGET, SOURCE, signed=True, high=0.5), look.signed((WEIGHTS - 0.5) / 0.5))):
        view.set_result(result)
        view._fade.stop()
        view.repaint()
        image = view.picture(1.0)
        for row, column in ((0, 0), (2, 2), (4, 1)):
            centre = view.place_of(row, column).center().toPoint()
            assert image.pixelColor(centre).getRgb()[:3] == tuple(scale[row, column])


def test_the_matrix_by_mouse_and_key(show: Any, point_at: Any, qtbot: QtBot) -> None:
    view: MatrixView = show(MatrixView(chapter=3), 380, 360)
    view.set_result(links())
    view.repaint()
    with qtbot.waitSignal(view.hovered) as hover:
        point_at(view, view.place_of(2, 1).center())
    assert hover.args == [2, 1]
    row = view.place_of(2, 0)
    assert look.accent(3) in [view.picture(1.0).pixelColor(int(row.center().x()), y) for y in range(int(row.top()) - 3, int(row.top()) + 4)]
    with qtbot.waitSignal(view.hovered) as hover:
        qtbot.keyClick(view, Qt.Key.Key_Down)
    assert hover.args == [3, 1]
    with qtbot.waitSignal(view.clicked) as clicked:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert clicked.args == [3, 1]
    with qtbot.waitSignal(view.clicked) as clicked:
        point_at(view, view.place_of(0, 3).center(), press=True)
    assert clicked.args == [0, 3]


def test_new_rows_fade_in_unless_motion_is_reduced(show: Any, qtbot: QtBot) -> None:
    view: MatrixView = show(MatrixView(), 380, 360)
    before = look.reduced_motion
    try:
        look.reduced_motion = False
        view.set_result(links(2, finished=False))
        view.set_result(links(3, finished=False))
        assert view._fade.state() == QVariantAnimation.State.Running
        assert view._opacity(1) == 1.0
        assert view._opacity(2) < 1.0
        qtbot.waitUntil(lambda: view._fade.state() != QVariantAnimation.State.Running, timeout=2000)
        assert view._opacity(2) == 1.0
        look.reduced_motion = True
        view.set_result(links(4, finished=False))
        assert view._fade.state() != QVariantAnimation.State.Running
        assert view._opacity(3) == 1.0
    finally:
        look.reduced_motion = before


def test_a_row_to_come_is_an_outline(show: Any) -> None:
    view: MatrixView = show(MatrixView(), 380, 360)
    view.set_result(links(3, finished=False))
    view.set_pending(("。",))
    view.repaint()
    place = view.place_of(3, 1)
    image = view.picture(1.0)
    assert image.pixelColor(place.center().toPoint()) == look.colour("bg")
    seen = {image.pixelColor(int(place.center().x()), y).name() for y in range(int(place.top()) - 1, int(place.top()) + 6)}
    assert len(seen) > 1, "no outline"


def test_any_number_of_rows_and_columns_fits(show: Any) -> None:
    rng = np.random.default_rng(0)
    view: MatrixView = show(MatrixView(), 380, 360)
    for rows, columns in ((1, 1), (30, 28), (120, 200), (3, 60)):
        view.set_result(Matrix(rng.random((rows, columns)), tuple(f"語{i}" for i in range(rows)), tuple(f"word{i}" for i in range(columns))))
        view.repaint()
        assert view.place_of(rows - 1, columns - 1).bottom() <= 361
        assert view.place_of(rows - 1, columns - 1).right() <= 381
