"""Answers of the engine for the pages of classifiers, small and made by hand."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from explorer.catalogue.classes import CIFAR10
from explorer.results import Arithmetic, Bundle, Edge, Graph, Maps, Node, Picture, Scores
from explorer.words import Text

LAYERS = ("conv1", "layer1", "layer1.0", "layer1.1", "layer2", "layer2.0")


class Answers:
    """``network()``, ``maps(layer)``, ``convolution(arguments)``: what the engine would answer."""

    def __init__(self) -> None:
        self.rng = np.random.default_rng(0)

    def graph(self) -> Graph:
        nodes = (
            Node("input", "input", (3, 32, 32)), Node("conv1", "conv", (4, 32, 32), 108), Node("relu", "activation", (4, 32, 32)),
            Node("layer1.0", "block", (4, 32, 32), 300, "layer1"), Node("layer1.1", "block", (4, 32, 32), 300, "layer1"),
            Node("layer2.0", "block", (8, 16, 16), 900, "layer2"), Node("avgpool", "pool", (8, 1, 1)), Node("fc", "linear", (10,), 90),
        )  # fmt: skip
        names = [node.name for node in nodes]
        edges = [Edge(a, b) for a, b in itertools.pairwise(names)]
        shortcuts = [Edge("relu", "layer1.0", "shortcut"), Edge("layer1.0", "layer1.1", "shortcut"), Edge("layer1.1", "layer2.0", "shortcut")]
        return Graph(nodes, (*edges, *shortcuts))

    def network(self, best: str = "cat", probability: float = 0.9, notes: tuple[Text, ...] = ()) -> Bundle:
        names = tuple(text.en for text in CIFAR10)
        values = np.full(10, (1 - probability) / 9)
        values[names.index(best)] = probability
        faces = {f"map:{name}": Maps(self.rng.random((1, 8, 8)), name) for name in ("conv1", "layer1.0", "layer1.1", "layer2.0")}
        given = Picture(self.rng.integers(0, 255, (32, 32, 3)).astype(np.uint8))
        whole = Picture(self.rng.integers(0, 255, (300, 400, 3)).astype(np.uint8), notes=notes)
        facts = {"layers": LAYERS, "layer": "layer1", "crop": (50.0, 0.0, 350.0, 300.0), "highest": 7.0}
        return Bundle({"graph": self.graph(), "scores": Scores(names, values), "given": given, "picture": whole, **faces}, facts=facts)

    def maps(self, layer: str) -> Maps:
        return Maps(self.rng.random((4, 8, 8)), layer, order=(2, 0, 1, 3))

    def convolution(self, arguments: dict[str, Any]) -> Bundle:
        row, column, j = arguments["row"], arguments["column"], arguments["output_map"]
        arithmetic = Arithmetic(np.ones((3, 3)), np.full((3, 3), 0.5), 1, j, row, column, ((Text("このマップ", "this map"), 4.5), (Text("ReLU", "ReLU"), 4.5)))
        facts = {
            "layer": arguments["layer"], "inputs": 4, "window": (row - 1, column - 1, row + 2, column + 2),
            "field": (8.0, 0.0, 16.0, 8.0), "kernel_high": 0.5,
        }  # fmt: skip
        return Bundle({"arithmetic": arithmetic, "input": Maps(self.rng.random((1, 8, 8)), "conv")}, facts=facts)


@pytest.fixture
def answers() -> Answers:
    return Answers()
