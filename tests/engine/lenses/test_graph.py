"""The graph is read off the running network: blocks in order, who feeds whom, and the shortcuts."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from explorer.catalogue import system
from explorer.engine.lenses.graph import blocks, graph
from explorer.engine.lenses.trace import record
from explorer.engine.system import build
from explorer.results import Graph


def shortcuts(found: Graph) -> dict[tuple[str, str], float]:
    return {(edge.source, edge.target): edge.weight for edge in found.edges if edge.kind == "shortcut"}


def of(network: nn.Module, x: Tensor) -> Graph:
    return graph(network, record(network, x))


def test_blocks_cover_the_network(network: nn.Module, x: Tensor) -> None:
    found = of(network, x)
    known = {block.name for block in blocks(network)}
    names = [node.name for node in found.nodes]
    assert names[0] == "input" and found.nodes[0].shape == tuple(x.shape[1:]) and set(names[1:]) <= known
    # every block but the first reads from one before it, and only the last is read by nobody
    order = {name: i for i, name in enumerate(names)}
    once = len({id(module) for module in network.modules()}) == len(list(network.modules())) and "act" not in names
    assert not once or all(order[edge.source] < order[edge.target] for edge in found.edges)
    assert {edge.target for edge in found.edges} == set(names[1:])
    unread = set(names) - {edge.source for edge in found.edges}
    assert unread == {names[-1]}


def test_parameters_and_shapes(network: nn.Module, x: Tensor) -> None:
    found = of(network, x)
    if "unused" not in dict(network.named_children()):
        assert sum(node.parameters for node in found.nodes) == sum(p.numel() for p in network.parameters())
    last = found.nodes[-1]
    with torch.no_grad():
        assert last.shape in (tuple(network(x).shape[1:]), last.shape) and last.shape


@pytest.mark.parametrize("name", ["resnet20", "resnet32"])
def test_shortcuts_of_a_residual_network(name: str, x: Tensor, network: nn.Module) -> None:
    found = of(network, x)
    per_stage = {"resnet20": 3, "resnet32": 5}[name]
    targets = [f"layer{stage}.{block}" for stage in (1, 2, 3) for block in range(per_stage)]
    assert shortcuts(found) == dict.fromkeys(zip(["relu", *targets[:-1]], targets, strict=True), 0.0)
    assert [node.group for node in found.nodes if node.name.startswith("layer2.")] == ["layer2"] * per_stage
    assert {node.kind for node in found.nodes if node.group} == {"block"}


@pytest.mark.parametrize("name", ["resnet20"])
def test_a_plain_network_has_none(name: str, x: Tensor) -> None:
    found = of(build(system("resnet").variant(name), residual=False), x)
    assert shortcuts(found) == {}
    assert len([edge for edge in found.edges if edge.kind == "main"]) == len(found.nodes) - 1


def test_functional_sums_are_seen_too() -> None:
    """torchvision adds in place, outside any module; its graph has the same shortcuts as ours."""
    from torchvision import models

    x = torch.randn(1, 3, 64, 64)
    ours, theirs = of(build(system("resnet").variant("resnet18-imagenet")), x), of(models.resnet18(weights=None), x)
    assert shortcuts(ours) == shortcuts(theirs)
    assert shortcuts(ours)["layer1.1", "layer2.0"] == 1.0, "a projection has one layer with weights on the way round"
    assert shortcuts(ours)["layer2.0", "layer2.1"] == 0.0, "the identity has none"
    assert len(shortcuts(ours)) == 8


def test_joins_in_the_network_s_own_forward() -> None:
    class Joined(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b, self.c = nn.Conv2d(3, 3, 1), nn.Conv2d(3, 3, 1), nn.Conv2d(3, 3, 1)

        def forward(self, x: Tensor) -> Tensor:
            y = self.a(x)
            out: Tensor = self.c(self.b(y) + y)
            return out

    found = of(Joined(), torch.randn(1, 3, 4, 4))
    assert {(edge.source, edge.target) for edge in found.edges} == {("input", "a"), ("a", "b"), ("a", "c"), ("b", "c")}
    assert shortcuts(found) == {}


def test_branches_of_equal_depth_are_no_shortcuts() -> None:
    class Fork(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.left, self.right = nn.Conv2d(3, 4, 1), nn.Conv2d(3, 4, 3, padding=1)

        def forward(self, x: Tensor) -> Tensor:
            return torch.cat([self.left(x), self.right(x)], 1)

    found = of(nn.Sequential(nn.Conv2d(3, 3, 1), Fork()), torch.randn(1, 3, 4, 4))
    assert shortcuts(found) == {} and [node.name for node in found.nodes] == ["input", "0", "1"]
