"""The network as a graph of blocks, read off one forward pass: who feeds whom, and where something goes round a block."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass

from torch import nn

from explorer.engine.lenses.trace import PASSING, Recording, within
from explorer.results import Edge, Graph, Node

INPUT = "input"

_KINDS: tuple[tuple[type[nn.Module] | tuple[type[nn.Module], ...], str], ...] = (
    ((nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose2d), "conv"),
    ((nn.modules.batchnorm._NormBase, nn.LayerNorm, nn.GroupNorm, nn.LocalResponseNorm), "norm"),
    ((nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.GELU, nn.SiLU, nn.Sigmoid, nn.Tanh, nn.Softmax, nn.Hardswish, nn.Hardsigmoid), "activation"),
    ((nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d), "pool"),
    (nn.Linear, "linear"),
    (nn.Flatten, "flatten"),
    (nn.modules.dropout._DropoutNd, "dropout"),
)


@dataclass(frozen=True)
class Block:
    """A module that stands for itself in the graph; ``group``: the container it is in, or empty."""

    name: str
    group: str


def blocks(network: nn.Module) -> tuple[Block, ...]:
    """The blocks of a network: its children, where torch's own containers (Sequential, ModuleList, ModuleDict) are opened."""

    def walk(module: nn.Module, name: str, group: str) -> list[Block]:
        if isinstance(module, nn.Sequential | nn.ModuleList | nn.ModuleDict) and len(module):
            inside = [walk(child, f"{name}.{key}", group or name) for key, child in module.named_children()]
            return [block for part in inside for block in part]
        return [Block(name, group)]

    found = [walk(child, name, "") for name, child in network.named_children()]
    return tuple(block for part in found for block in part)


def kind_of(module: nn.Module) -> str:
    """A word for what a module does; "block" for one made of several."""
    for types, kind in _KINDS:
        if isinstance(module, types):
            return kind
    return "block" if len(list(module.children())) else "other"


def graph(network: nn.Module, seen: Recording, known: tuple[Block, ...] = ()) -> Graph:
    """The blocks that ran, in the order they ran first, and the edges between them. ``known``: which modules stand for themselves; by default
    ``blocks(network)``.

    An edge "main" says that a block reads what another (or the input) put out. An edge "shortcut" says that this also goes round the
    block's layers: it is joined again with a value that passed more layers with weights. Its ``weight`` is the number of layers with
    weights on the way round (0: the identity).
    """
    known = known or blocks(network)
    by_module: dict[str, str] = {}

    def block_of(module: str) -> str:
        if module not in by_module:
            by_module[module] = next((block.name for block in known if within(module, block.name)), "")
        return by_module[module]

    steps = seen.trace.operations
    makers: dict[int, frozenset[str]] = {seen.trace.input: frozenset({INPUT})}  # by value: the blocks it comes out of
    # Of a value inside a block: which blocks its ways into the block come from, and how many layers with weights lie on the shortest.
    ways: dict[int, dict[str, int]] = {}
    deepest: dict[int, int] = {}
    order: list[str] = []
    edges: dict[tuple[str, str, str], float] = {}
    inside: dict[int, str] = {}
    sums: set[frozenset[str]] = set()  # made between the blocks: of what comes out of which

    for step in steps:
        here = block_of(step.module)
        if not here:  # in the network's own forward: passes on what it reads
            makers[step.output] = frozenset().union(*(makers[number] for number in step.inputs))
            if step.kind == "add" and len(step.inputs) > 1:
                sums.add(makers[step.output])
            continue
        if here not in order:
            order.append(here)
        entering: list[tuple[dict[str, int], int]] = []
        for number in step.inputs:
            if inside.get(number) == here:
                entering.append((ways[number], deepest[number]))
                continue
            for maker in makers[number]:
                if maker != here:
                    edges.setdefault((maker, here, "main"), 1.0)
            entering.append((dict.fromkeys(makers[number] - {here}, 0), 0))
        if len(entering) > 1 and step.kind not in PASSING:
            most = max(depth for _, depth in entering)
            for way, depth in entering:
                if depth < most:
                    for maker, layers in way.items():
                        edges.setdefault((maker, here, "shortcut"), float(layers))
        joined: dict[str, int] = defaultdict(lambda: len(steps))
        for way, _ in entering:
            for maker, layers in way.items():
                joined[maker] = min(joined[maker], layers + step.weighted)
        ways[step.output] = dict(joined)
        deepest[step.output] = max(depth for _, depth in entering) + step.weighted
        inside[step.output] = here
        makers[step.output] = frozenset({here})

    for source, target in laterals(order, {(a, b) for a, b, kind in edges if kind == "main"}, sums):
        edges[source, target, "lateral"] = 1.0
    groups = {block.name: block.group for block in known}
    nodes = [Node(INPUT, "input", tuple(seen.x.shape[1:]))]
    for name in order:
        module = network.get_submodule(name)
        shape = seen.trace.shapes[seen.trace.leaves[name]][1:] if name in seen.trace.leaves else ()
        parameters = sum(p.numel() for p in module.parameters() if p.requires_grad)
        nodes.append(Node(name, kind_of(module), tuple(shape), parameters, groups[name]))
    return Graph(tuple(nodes), tuple(Edge(a, b, kind, weight) for (a, b, kind), weight in edges.items()))


def laterals(order: Sequence[str], main: Set[tuple[str, str]], sums: Set[frozenset[str]]) -> list[tuple[str, str]]:
    """What is added from the side on the way from one block to the next: from which block, and to which block the sum goes. ``sums``: those made
    between blocks, each as the blocks its parts come out of."""
    found = []
    for before, name in itertools.pairwise(order):
        sources = frozenset(a for a, b in main if b == name)
        along = {before} if before in sources else {a for a, b in main if b == before}
        if sources in sums:
            found += [(a, name) for a in order if a in sources - along]
    return found
