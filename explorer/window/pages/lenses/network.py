"""From the graph of a running network to the blocks and shortcuts of the strip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from explorer.results import Graph, Node
from explorer.window.views.strip import Arc, Block, shape_text


def shown_nodes(graph: Graph, taps: Sequence[str]) -> list[Node]:
    """The nodes that stand in the strip: those of the layers worth looking into, else everything with maps and weights of its own."""
    places = [node for node in graph.nodes if len(node.shape) == 3 and node.kind != "input"]
    deep = deep_taps(places, taps)
    tapped = [node for node in places if node.name in taps or node.group in taps or stage_of(node, deep)]
    return tapped or [node for node in places if node.kind in ("conv", "block")] or places


def deep_taps(nodes: Sequence[Node], taps: Sequence[str]) -> list[str]:
    """The taps that are neither a node nor a group of nodes, but a stage inside a group, such as ``backbone.layer1``."""
    known = {name for node in nodes for name in (node.name, node.group)}
    return [tap for tap in taps if tap not in known]


def stage_of(node: Node, deep: Sequence[str]) -> str:
    """The stage inside a group that a node lies in, or empty."""
    return next((tap for tap in deep if node.name.startswith(f"{tap}.")), "")


def shared_start(names: Sequence[str]) -> int:
    """How many letters of dotted names say nothing because all begin so: of ``backbone.ffm`` and ``backbone.norm`` nine. Numbers keep their list."""
    parts = [name.split(".") for name in names]
    count = next((k for k, level in enumerate(zip(*parts, strict=False)) if len(set(level)) > 1), 0)
    if len(names) < 2 or any(len(one) <= count or one[count].isdigit() for one in parts):
        return 0
    return sum(len(part) + 1 for part in parts[0][:count])


def own_name(path: str) -> str:
    """The last part of a dotted name, with the list it counts in where it is a number: ``layer1`` of ``backbone.layer1``, all of ``features.5``."""
    *before, last = path.rsplit(".", 2)
    return ".".join((*before[-1:], last)) if last.isdigit() else last


def blocks_of(graph: Graph, taps: Sequence[str], faces: Mapping[str, NDArray[Any]]) -> list[Block]:
    """The strip's blocks in the order they run. ``faces``: (height, width) maps by node."""
    blocks = []
    nodes = shown_nodes(graph, taps)
    deep = deep_taps([node for node in graph.nodes if node.kind != "input"], taps)
    grouped = len({node.group for node in nodes}) > 1  # a network that is one long list has no groups worth a frame
    groups = [stage_of(node, deep) or (node.group if grouped else "") for node in nodes]
    common = shared_start(list(dict.fromkeys(group or node.name for group, node in zip(groups, nodes, strict=True))))
    for node, group in zip(nodes, groups, strict=True):
        face = faces.get(node.name)
        signed = face is not None and bool((face < 0).any())
        title = own_name(group) if group in deep else (group or node.name)[common:] if common else ""
        blocks.append(Block(node.name, node.shape[0], max(node.shape[1:]), shape_text(node.shape), face, signed, group, title))
    return blocks


def arcs_of(graph: Graph, taps: Sequence[str]) -> list[Arc]:
    """The shortcuts over the blocks, each from the shown block before its source; what is added from the side joins before its target."""
    order = {node.name: index for index, node in enumerate(graph.nodes)}
    shown = [node.name for node in shown_nodes(graph, taps)]
    arcs = []
    for edge in graph.edges:
        if edge.kind == "lateral" and edge.source in shown and edge.target in shown[1:]:
            arcs.append(Arc(edge.source, shown[shown.index(edge.target) - 1]))
        elif edge.kind == "shortcut" and edge.target in shown:
            before = [name for name in shown if order[name] <= order[edge.source]]
            arcs.append(Arc(before[-1] if before else None, edge.target))
    return arcs


def block_of(layer: str, blocks: Sequence[str]) -> str:
    """The block that a layer's path lies in, or that lies last in this layer; empty when there is none."""
    around = [name for name in blocks if layer == name or layer.startswith(f"{name}.")]
    inside = [name for name in blocks if name.startswith(f"{layer}.")]
    return (around or inside or [""])[-1]
