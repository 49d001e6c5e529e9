"""Masks in the colours of their classes; truth and errors; opacity; hidden classes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from explorer.results import Mask, Picture
from explorer.window.look import look
from explorer.window.views.mask import RIGHT, WRONG, MaskView, borders, covered

SAID = np.repeat(np.array([[0, 1, 2, 7]]), 4, axis=0).repeat(40, 0).repeat(40, 1)


@pytest.fixture
def view(show: Any) -> MaskView:
    made: MaskView = show(MaskView(), 320, 320)
    made.set_result(Mask(Picture(np.full((160, 160, 3), 128, np.uint8)), SAID, tuple("abcdefgh")))
    made.set_opacity(1.0)
    return made


def near(one: QColor, other: Any) -> bool:
    wanted = other.getRgb()[:3] if isinstance(other, QColor) else other
    return all(abs(a - b) <= 3 for a, b in zip(one.getRgb()[:3], wanted, strict=True))


def middle(view: MaskView, column: int) -> QPointF:
    view.picture(1.0)
    place = view.place()
    return QPointF(place.x() + (column + 0.5) * place.width() / 4, place.center().y())


def test_classes_hidden_and_paler(view: MaskView, colour_at: Any) -> None:
    for column, label in enumerate((0, 1, 2, 7)):
        assert near(colour_at(view, middle(view, column)), look.class_colour(label))
    assert look.class_colour(7) != look.class_colour(1)
    view.set_hidden([1])
    assert near(colour_at(view, middle(view, 1)), (128, 128, 128))
    view.set_opacity(0.5)
    paler = colour_at(view, middle(view, 0))
    assert not near(paler, look.class_colour(0)) and not near(paler, (128, 128, 128))
    assert view.class_at(3, 150) == 7


def test_truth_and_errors(view: MaskView, colour_at: Any) -> None:
    truth = SAID.copy()
    truth[:, 40:80] = 2
    truth[:, 80:120] = -1
    view.set_truth(truth)
    view.set_shown("truth")
    assert near(colour_at(view, middle(view, 1)), look.class_colour(2))
    view.set_shown("errors")
    assert near(colour_at(view, middle(view, 1)), WRONG)
    assert near(colour_at(view, middle(view, 2)), (128, 128, 128)), "nobody knows what is there"
    right = colour_at(view, middle(view, 0))
    assert right.blue() > right.red() and not near(right, RIGHT)
    view.set_truth(None)
    assert near(colour_at(view, middle(view, 1)), look.class_colour(1))
    with pytest.raises(ValueError):
        view.set_truth(np.zeros((3, 3), int))


def test_opacity_by_key(view: MaskView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.opacity_changed) as changed:
        qtbot.keyClick(view, Qt.Key.Key_Down)
    assert changed.args == [0.9]


def test_borders() -> None:
    assert borders(np.array([[0, 0, 1], [0, 2, 1]])).tolist() == [[False, True, False], [True, True, False]]


def test_classes_are_laid_over_the_pixels_but_for_the_hidden() -> None:
    pixels, labels = np.full((2, 3, 3), 100, np.uint8), np.array([[0, 1, 2], [2, 1, 0]])
    laid = covered(pixels, labels, [QColor(200, 0, 0), QColor(0, 200, 0), QColor(0, 0, 200)], {1}, 0.5)
    assert laid[0].tolist() == [[150, 50, 50], [100, 100, 100], [50, 50, 150]] and laid[1].tolist() == laid[0, ::-1].tolist()
    assert np.array_equal(covered(pixels, labels, [QColor(0, 0, 0)] * 3, set(), 0.0), pixels)
