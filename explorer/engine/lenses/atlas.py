"""Where a picture lies among others, by what a network makes of it just before its last layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explorer.engine.lenses.capture import find_layer, observed

NEIGHBOURS = 8


@dataclass(frozen=True)
class Placed:
    """A picture among others. ``point``: x, y; ``neighbours``: rows of the nearest, nearest first; ``weights``: of each in the point, adding
    to 1; ``distance`` to the nearest, as a multiple of the usual distance from one of the others to its own nearest."""

    point: tuple[float, float]
    neighbours: tuple[int, ...]
    weights: tuple[float, ...]
    distance: float


def pooled(values: Tensor) -> Tensor:
    """What went into the last layer as features (n, P): over the places of maps (n, P, H, W) the mean."""
    return values.mean((2, 3)) if values.dim() == 4 else values.flatten(1)


def features_and_scores(network: nn.Module, layer: str, x: Tensor) -> tuple[Tensor, Tensor]:
    """What goes into the last layer, (n, P), and what the network answers, (n, classes). Raises InputError for an unknown layer."""
    kept: list[Tensor] = []

    def keep(_module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        kept.append(pooled(inputs[0].detach()).clone())

    with observed(network) as handles, torch.no_grad():
        handles.append(find_layer(network, layer).register_forward_pre_hook(keep))
        output = network(x)
    return kept[-1], output


def place(own: NDArray[Any], others: NDArray[Any], points: NDArray[Any], count: int = NEIGHBOURS) -> Placed:
    """Where ``own`` (D,) belongs among ``others`` (N, D), which lie at ``points`` (N, 2): the mean of its ``count`` nearest neighbours'
    points, each weighted by one over its squared distance."""
    others = others.astype(np.float32)
    distances = np.linalg.norm(others - own.astype(np.float32), axis=1)
    nearest = np.argsort(distances, kind="stable")[:count]
    usual = usual_distance(others)
    weights = 1 / np.maximum(distances[nearest], 1e-3 * usual) ** 2
    weights /= weights.sum()
    x, y = weights @ points[nearest].astype(np.float64)
    return Placed((float(x), float(y)), tuple(map(int, nearest)), tuple(map(float, weights)), float(distances[nearest[0]] / usual))


def usual_distance(others: NDArray[Any]) -> float:
    """The median distance from one of them (N, D) to its nearest, never 0."""
    squares = (others.astype(np.float32) ** 2).sum(1)
    between = squares[:, None] + squares[None] - 2 * others @ others.T
    np.fill_diagonal(between, np.inf)
    return max(float(np.median(np.sqrt(np.maximum(between.min(1), 0.0)))), 1e-6)
