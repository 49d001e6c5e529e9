"""The drawn neuron: its handles move by mouse and by key, and its sum follows at once."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from explorer.results import Bundle, Curves, Numbers, Series
from explorer.window.views.neuron import NeuronView
from explorer.words import Text, same


def bundle_of(x1: float = 1.0, w1: float = 0.5, inputs: int = 2) -> Bundle:
    values = {"inputs": float(inputs), "bias": 0.25}
    for k in range(1, inputs + 1):
        x, w = (x1, w1) if k == 1 else (1.0, -1.0)
        values |= {f"x{k}": x, f"w{k}": w, f"p{k}": x * w}
    values["sum"] = sum(values[f"p{k}"] for k in range(1, inputs + 1)) + 0.25
    values["output"] = float(np.tanh(values["sum"]))
    z = np.linspace(-6, 6, 121)
    return Bundle({"numbers": Numbers(values), "activation": Curves((Series(Text("a", "a"), z, np.tanh(z)),), same("z"), same("a"))})


@pytest.fixture
def view(qtbot: QtBot) -> NeuronView:
    found = NeuronView(chapter=1)
    qtbot.addWidget(found)
    found.resize(760, 250)
    found.set_result(bundle_of())
    found.show()
    found.picture(1)
    return found


def test_it_has_a_handle_for_every_number(view: NeuronView) -> None:
    assert [knob.key for knob in view.knobs()] == ["x1", "w1", "x2", "w2", "b"]
    view.set_result(bundle_of(inputs=3))
    view.picture(1)
    assert [knob.key for knob in view.knobs()] == ["x1", "w1", "x2", "w2", "x3", "w3", "b"]


def test_dragging_a_handle(qtbot: QtBot, view: NeuronView) -> None:
    knob = view.knobs()[1]
    end = QPoint(round(knob.groove.right()), round(knob.groove.center().y()))
    with qtbot.waitSignal(view.changed) as changed:
        qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=end)
    assert changed.args == ["w1", 3.0]
    assert view._numbers()["sum"] == pytest.approx(3.0 - 1.0 + 0.25)  # at once, before the engine answers
    with qtbot.waitSignal(view.changed) as changed:
        view.picture(1)
        qtbot.mouseMove(view, QPoint(round(knob.groove.left()), end.y()))
    assert changed.args == ["w1", -3.0]
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton)
    view.set_result(bundle_of(w1=-3.0))  # the engine has it
    assert view._held == {}


def test_by_key(qtbot: QtBot, view: NeuronView) -> None:
    qtbot.keyClick(view, Qt.Key.Key_Down)
    with qtbot.waitSignal(view.changed) as changed:
        qtbot.keyClick(view, Qt.Key.Key_Right)
    assert changed.args == ["x1", 1.05]
    qtbot.keyClick(view, Qt.Key.Key_Up)
    with qtbot.waitSignal(view.changed) as changed:
        qtbot.keyClick(view, Qt.Key.Key_Left)
    assert changed.args == ["b", 0.2]


def test_other_numbers_look_different(view: NeuronView) -> None:
    before = view.picture(1)
    view.set_result(bundle_of(w1=-2.0))
    assert view.picture(1) != before
