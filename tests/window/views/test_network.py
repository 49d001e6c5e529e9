"""The drawn network: what a click, a drag and every key do, and that a weight's look follows the weight."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from explorer.results import Bundle, Edge, Graph, Maps, Matrix, Node
from explorer.window.look import look
from explorer.window.views.network import MOST_NEURONS, NetworkView, weight_colour, weight_width, written


def bundle_of(hidden: tuple[int, ...] = (3, 2), weight: float = 0.5) -> Bundle:
    columns = [["x1", "x2"], *([f"h{k + 1}.{n + 1}" for n in range(count)] for k, count in enumerate(hidden)), ["out"]]
    nodes = [Node("1", "one")] + [Node(name, "neuron", group=f"column {k}") for k, column in enumerate(columns) for name in column]
    edges = [Edge(a, b, weight=weight * (1 if i % 2 else -1)) for k in range(len(columns) - 1) for i, a in enumerate(columns[k]) for b in columns[k + 1]]
    edges += [Edge("1", name, "bias", 0.25) for column in columns[1:] for name in column]
    names = tuple(name for column in columns for name in column)
    values = np.random.default_rng(0).normal(size=(len(names), 8, 8)).astype(np.float32)
    return Bundle({"network": Graph(tuple(nodes), tuple(edges)), "neurons": Maps(values, names=names, signed=True)})


@pytest.fixture
def view(qtbot: QtBot) -> NetworkView:
    found = NetworkView(chapter=1)
    qtbot.addWidget(found)
    found.resize(760, 280)
    found.set_result(bundle_of())
    found.show()
    found.picture(1)  # lays it out
    return found


def middle_of(view: NetworkView, source: str, target: str) -> QPointF:
    return next(points[4] for edge, _, points in view._lines if (edge.source, edge.target) == (source, target))


def click(qtbot: QtBot, view: NetworkView, place: QPointF) -> None:
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place.toPoint())


def test_the_plus_and_minus_of_a_column_and_of_all_layers(qtbot: QtBot, view: NetworkView) -> None:
    places = {(b.kind, b.layer, b.change): b.rect.center() for b in view._buttons}
    with qtbot.waitSignal(view.neuron_added) as added:
        click(qtbot, view, places["neuron", 1, 1])
    assert added.args == [1]
    with qtbot.waitSignal(view.neuron_removed) as removed:
        click(qtbot, view, places["neuron", 0, -1])
    assert removed.args == [0, -1]
    with qtbot.waitSignal(view.layer_added):
        click(qtbot, view, places["layer", 0, 1])
    with qtbot.waitSignal(view.layer_removed):
        click(qtbot, view, places["layer", 0, -1])


def test_a_full_column_takes_no_more(qtbot: QtBot, view: NetworkView) -> None:
    view.set_result(bundle_of((MOST_NEURONS,)))
    view.picture(1)
    plus = next(b for b in view._buttons if b.kind == "neuron" and b.change == 1)
    with qtbot.assertNotEmitted(view.neuron_added):
        click(qtbot, view, plus.rect.center())


def test_a_click_on_a_line_opens_its_weight(qtbot: QtBot, view: NetworkView) -> None:
    place = middle_of(view, "x2", "h1.3")
    assert view.weight_at(place) == ("x2", "h1.3")
    click(qtbot, view, place)
    assert view.editor.isVisible()
    with qtbot.waitSignal(view.weight_edited) as edited:
        qtbot.keyClick(view.editor.slider, Qt.Key.Key_Right)
    assert edited.args[:2] == ["x2", "h1.3"]
    assert edited.args[2] > 0.5
    qtbot.keyClick(view.editor.slider, Qt.Key.Key_Escape)
    assert not view.editor.isVisible()


def test_the_dot_beside_a_neuron_is_its_bias(qtbot: QtBot, view: NetworkView) -> None:
    assert view.weight_at(view._biases["h2.1"].center()) == ("1", "h2.1")
    click(qtbot, view, view._biases["h2.1"].center())
    assert view.editor.slider.value == 0.25


def test_a_neuron_is_looked_at_under_the_cursor_and_pinned_by_a_click(qtbot: QtBot, view: NetworkView) -> None:
    with qtbot.waitSignal(view.looked_at) as looked:
        qtbot.mouseMove(view, view._tiles["h1.2"].center().toPoint())
    assert looked.args == ["h1.2"]
    with qtbot.waitSignal(view.pinned) as pinned:
        click(qtbot, view, view._tiles["h1.2"].center())
    assert pinned.args == ["h1.2"] == [view.pinned_neuron]
    with qtbot.waitSignal(view.pinned) as pinned:
        click(qtbot, view, view._tiles["h1.2"].center())
    assert pinned.args == [""]


def test_everything_by_key(qtbot: QtBot, view: NetworkView) -> None:
    qtbot.keyClick(view, Qt.Key.Key_Right)  # the cursor appears on the first hidden neuron
    qtbot.keyClick(view, Qt.Key.Key_Down)
    with qtbot.waitSignal(view.pinned) as pinned:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert pinned.args == ["h1.2"]
    with qtbot.waitSignal(view.neuron_added):
        qtbot.keyClick(view, Qt.Key.Key_Plus)
    with qtbot.waitSignal(view.neuron_removed) as removed:
        qtbot.keyClick(view, Qt.Key.Key_Minus)
    assert removed.args == [0, 1]
    qtbot.keyClick(view, Qt.Key.Key_Space)  # to its incoming weights
    qtbot.keyClick(view, Qt.Key.Key_Down)
    with qtbot.waitSignal(view.weight_edited) as edited:
        qtbot.keyClick(view, Qt.Key.Key_Right)
    assert edited.args == ["x2", "h1.2", pytest.approx(0.6)]
    with qtbot.waitSignal(view.layer_added):
        qtbot.keyClick(view, Qt.Key.Key_Escape)
        qtbot.keyClick(view, Qt.Key.Key_PageUp)


def test_new_weights_are_drawn_and_an_edited_neuron_that_goes_closes_its_sheet(qtbot: QtBot, view: NetworkView) -> None:
    before = view.picture(1)
    view.set_result(bundle_of(weight=2.0))
    assert view.picture(1) != before
    assert view.weight("x2", "h1.1") == 2.0
    view.edit("h2.2", "out")
    view.set_result(bundle_of((3, 1)))
    assert not view.editor.isVisible()
    with pytest.raises(TypeError):
        view.set_result(Matrix(np.zeros((1, 1)), ("a",), ("b",)))


def test_the_look_of_a_weight_follows_it(view: NetworkView) -> None:
    assert weight_width(2.0) > weight_width(0.5) > weight_width(0.0)
    assert weight_colour(1.5).red() > weight_colour(1.5).blue()
    assert weight_colour(-1.5).blue() > weight_colour(-1.5).red()
    assert weight_colour(0.1).alphaF() < weight_colour(1.0).alphaF()
    assert [written(n) for n in ("x1", "x2^2", "sin x1", "h2.1", "x1x2")] == ["x₁", "x₂²", "sin x₁", "2.1", "x₁x₂"]


def test_what_stays_is_drawn_once_while_it_learns_and_anew_when_it_changes(qtbot: QtBot, view: NetworkView, monkeypatch: pytest.MonkeyPatch) -> None:
    paintings: list[tuple[str, ...]] = []
    real = view._paint_frame
    monkeypatch.setattr(view, "_paint_frame", lambda painter, rect, looked: (paintings.append(looked), real(painter, rect, looked)))
    for weight in (0.1, 0.2, -0.3):
        view.set_result(bundle_of(weight=weight))
        view.picture(1)
    assert not paintings
    changes = (
        lambda: view.pin("h1.1"), lambda: setattr(look, "dark", True), lambda: setattr(look, "language", "ja"), lambda: view.set_result(bundle_of((4, 2))),
    )  # fmt: skip
    for count, change in enumerate(changes, 1):
        change()
        view.picture(1)
        assert len(paintings) == count
