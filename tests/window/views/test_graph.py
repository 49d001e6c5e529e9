"""Graphs: layers, mouse and keys, larger than the view."""

from __future__ import annotations

import itertools
from typing import Any

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.results import Edge, Graph, Node
from explorer.window.views.graph import GraphView, layers_of
from explorer.words import Text


def family() -> Graph:
    names = ("LeNet", "AlexNet", "VGG", "GoogLeNet", "ResNet")
    edges = (("LeNet", "AlexNet"), ("AlexNet", "VGG"), ("AlexNet", "GoogLeNet"), ("VGG", "ResNet"))
    return Graph(tuple(Node(n, "") for n in names), tuple(Edge(a, b) for a, b in edges))


def test_children_stand_right_of_their_parents(show: Any) -> None:
    assert layers_of(family()) == [["LeNet"], ["AlexNet"], ["VGG", "GoogLeNet"], ["ResNet"]]
    view: GraphView = show(GraphView(), 700, 200)
    view.set_result(family())
    for edge in family().edges:
        assert view.place_of(edge.source).right() < view.place_of(edge.target).left()


def test_graphs_by_mouse_and_key(show: Any, point_at: Any, qtbot: QtBot) -> None:
    view: GraphView = show(GraphView(chapter=2), 700, 200)
    view.set_result(family())
    view.set_texts({"VGG": Text("3×3 だけ", "only 3×3")})
    view.repaint()
    calm = view.picture(1.0)
    with qtbot.waitSignal(view.hovered) as hover:
        point_at(view, view.place_of("VGG").center())
    assert hover.args == ["VGG"]
    assert view.picture(1.0) != calm
    with qtbot.waitSignal(view.chosen) as chosen:
        point_at(view, view.place_of("VGG").center(), press=True)
    assert chosen.args == ["VGG"]
    chain: list[str] = []
    view.chosen.connect(chain.append)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Left):
        qtbot.keyClick(view, key)
    assert chain == ["GoogLeNet", "AlexNet", "LeNet"]
    with qtbot.waitSignal(view.opened) as opened:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert opened.args == ["LeNet"]


def test_a_graph_larger_than_the_view_brings_the_chosen_node_in(show: Any, qtbot: QtBot) -> None:
    view: GraphView = show(GraphView(), 300, 120)
    names = [f"layer{i}" for i in range(30)]
    view.set_result(Graph(tuple(Node(n, "conv") for n in names), tuple(Edge(a, b) for a, b in itertools.pairwise(names))))
    assert view.place_of("layer25").left() > 300
    view.set_selected("layer25")
    assert view.rect().contains(view.place_of("layer25").toAlignedRect())
    assert view.to_csv().count("\n") == 30
