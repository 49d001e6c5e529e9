"""The strip is read off the graph of the running network."""

from __future__ import annotations

import numpy as np

from explorer.results import Edge, Graph, Node
from explorer.window.pages.lenses.network import arcs_of, block_of, blocks_of

TAPS = ("conv1", "layer1", "layer2")


def test_blocks_of_the_tapped_layers_in_order(answers) -> None:
    blocks = blocks_of(answers.graph(), TAPS, {"conv1": np.array([[-1.0, 1.0], [0.0, 0.5]])})
    assert [b.name for b in blocks] == ["conv1", "layer1.0", "layer1.1", "layer2.0"]
    assert [b.family for b in blocks] == ["conv1", "layer1", "layer1", "layer2"]
    assert blocks[0].signed and blocks[1].map is None and blocks[3].shape == "8 × 16²"


def test_shortcuts_begin_at_the_shown_block_before_their_source(answers) -> None:
    arcs = arcs_of(answers.graph(), TAPS)
    assert [(a.source, a.target) for a in arcs] == [("conv1", "layer1.0"), ("layer1.0", "layer1.1"), ("layer1.1", "layer2.0")]


def test_what_is_added_from_the_side_joins_before_its_target() -> None:
    nodes = tuple(Node(name, "block", (4, 8, 8)) for name in ("fine", "coarse", "top", "bottom"))
    arcs = arcs_of(Graph(nodes, (Edge("coarse", "bottom"), Edge("fine", "bottom", "lateral"))), ())
    assert [(a.source, a.target) for a in arcs] == [("fine", "top")]


def test_a_network_without_shortcuts_has_no_arcs_and_without_taps_all_its_blocks() -> None:
    nodes = (Node("input", "input", (3, 8, 8)), Node("features.0", "conv", (4, 8, 8)), Node("features.1", "activation", (4, 8, 8)), Node("fc", "linear", (10,)))
    graph = Graph(nodes, (Edge("input", "features.0"), Edge("features.0", "features.1"), Edge("features.1", "fc")))
    assert [b.name for b in blocks_of(graph, (), {})] == ["features.0"]
    assert arcs_of(graph, ()) == []


def test_stages_inside_a_backbone_stand_each_under_its_own_title() -> None:
    names = ("backbone.conv1", "backbone.layer1.0", "backbone.layer1.1", "backbone.layer10.0", "backbone.layer2.0", "head.0", "head.1")
    nodes = tuple(Node(name, "block", (4, 8, 8), group=name.partition(".")[0]) for name in names)
    blocks = blocks_of(Graph(nodes, ()), ("backbone.layer1", "backbone.layer2", "head.1"), {})
    assert [b.name for b in blocks] == ["backbone.layer1.0", "backbone.layer1.1", "backbone.layer2.0", "head.1"]
    assert [(b.family, b.title) for b in blocks] == [("backbone.layer1", "layer1"), ("backbone.layer1", "layer1"), ("backbone.layer2", "layer2"), ("head", "")]


def test_a_stage_that_is_a_number_keeps_the_list_it_counts_in() -> None:
    nodes = tuple(Node(f"features.{stage}.{block}", "block", (4, 8, 8)) for stage in (0, 2) for block in (0, 1))
    blocks = blocks_of(Graph(nodes, ()), ("features.0", "features.2"), {})
    assert [block.title for block in blocks] == ["features.0", "features.0", "features.2", "features.2"]


def test_what_all_names_begin_with_is_not_written() -> None:
    def titles(*names: str) -> list[object]:
        return [b.title or b.family for b in blocks_of(Graph(tuple(Node(name, "block", (4, 8, 8)) for name in names), ()), names, {})]

    assert titles("backbone.trunk.layer3", "backbone.trunk.layer4", "backbone.ffm") == ["trunk.layer3", "trunk.layer4", "ffm"]
    assert titles("trunk.layer3", "trunk.layer4") == ["layer3", "layer4"]
    assert titles("features.0", "features.10") == ["features.0", "features.10"]  # a number alone would say nothing
    assert titles("trunk.layer3") == ["trunk.layer3"] and titles("trunk", "trunk.layer4") == ["trunk", "trunk.layer4"]
    assert titles("conv1", "head") == ["conv1", "head"]


def test_one_list_of_layers_is_no_group() -> None:
    """All in one container: each block stands for itself, so that choosing one does not choose them all."""
    nodes = [Node(f"features.{k}", "conv", (4, 8, 8), group="features") for k in (0, 2)]
    assert [b.family for b in blocks_of(Graph(tuple(nodes), ()), (), {})] == ["features.0", "features.2"]
    stem = Node("conv1", "conv", (4, 8, 8))
    assert [b.family for b in blocks_of(Graph((stem, *nodes), ()), (), {})] == ["conv1", "features", "features"]


def test_a_layer_lies_in_its_block() -> None:
    names = ["conv1", "layer1.0", "layer1.1", "layer10.0"]
    assert block_of("layer1.0.conv2", names) == "layer1.0"
    assert block_of("layer1", names) == "layer1.1"
    assert block_of("layer1.1", names) == "layer1.1"
    assert block_of("fc", names) == ""
