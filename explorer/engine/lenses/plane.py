"""Looks at a function of the plane, and at a slice of the loss: a grid of answers, and the path that training walked.

Slices of the loss: H. Li, Z. Xu, G. Taylor, C. Studer & T. Goldstein, *Visualizing the Loss Landscape of Neural Nets*, 2018
(arXiv 1712.09913): random directions normalised by filter (section 4), and the two main components of the walked path (section 7.2).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from explorer.results import Surface
from explorer.words import Text

LOSS_LABEL = Text("訓練の損失 (nat)", "training loss (nats)")


def grid(span: float, side: int) -> Tensor:
    """The plane from −span to span in side × side places, row by row from below: (side², 2)."""
    line = torch.linspace(-span, span, side)
    y, x = torch.meshgrid(line, line, indexing="ij")
    return torch.stack([x.reshape(-1), y.reshape(-1)], dim=1)


@torch.no_grad()
def surface(answer: Callable[[Tensor], Tensor], span: float, side: int, label: Text | None = None) -> Surface:
    """``answer`` maps (n, 2) to (n,) between −1 (surely the first class) and 1 (surely the second)."""
    values = answer(grid(span, side)).reshape(side, side).numpy()
    return Surface(values.astype(np.float32), (-span, span), (-span, span), signed=True, label=label)


def main_components(path: Tensor, before: Tensor | None = None) -> Tensor:
    """The two directions in which the path (steps, parameters) reaches farthest from its end, of length 1: (2, parameters).

    ``before``: the last answer, so that the signs stay as they were. A path without extent gives the first two axes.
    """
    away = path - path[-1]
    directions = torch.eye(2, path.shape[1], dtype=path.dtype)
    if len(path) > 1:
        _, sizes, rows = torch.linalg.svd(away, full_matrices=False)
        for k in range(min(2, len(sizes))):
            if sizes[k] > 1e-6 * max(1.0, float(sizes[0])):
                directions[k] = rows[k]
        if abs(float(directions[0] @ directions[1])) > 1e-3:  # a straight path: any direction square to it
            directions[1] = _square_to(directions[0])
    if before is not None and before.shape == directions.shape:
        signs = torch.where((directions * before).sum(dim=1) < 0, -1.0, 1.0)
        directions = directions * signs.unsqueeze(1).to(directions.dtype)
    return directions


def _square_to(direction: Tensor) -> Tensor:
    other = torch.zeros_like(direction)
    other[int(direction.abs().argmin())] = 1.0
    other = other - (other @ direction) * direction
    length: Tensor = other.norm()
    return other / length


def random_directions(weights: Tensor, filters: Sequence[slice], seed: int) -> Tensor:
    """Two random directions, each part scaled to the length of that part of the weights: (2, parameters).

    ``filters``: the parts, here one neuron's incoming weights, or the biases of a layer. Li et al. leave biases out; here they
    count as one more part.
    """
    chance = torch.Generator().manual_seed(seed)
    directions = torch.randn(2, len(weights), generator=chance).to(weights.dtype)
    for part in filters:
        length = weights[part].norm()
        for direction in directions:
            direction[part] *= length / direction[part].norm().clamp(min=1e-12)
    return directions


@torch.no_grad()
def loss_slice(losses: Callable[[Tensor], Tensor], centre: Tensor, directions: Tensor, path: Tensor, *, side: int = 31, reach: float = 0.0) -> Surface:
    """The loss over centre + a · first + b · second direction, and the path as it falls on that plane.

    Args:
        losses: (k, parameters) → (k,).
        centre: (parameters,), at a = b = 0.
        directions: (2, parameters).
        path: (steps, parameters).
        side: places each way.
        reach: the slice goes at least this far each way from the centre.
    """
    basis = directions.to(torch.float64)
    away = (path - centre).to(torch.float64)
    walked = torch.linalg.lstsq(basis.T, away.T).solution.T if len(path) else torch.zeros(0, 2, dtype=torch.float64)
    low = torch.minimum(walked.amin(dim=0), torch.zeros(2)) if len(walked) else torch.zeros(2, dtype=torch.float64)
    high = torch.maximum(walked.amax(dim=0), torch.zeros(2)) if len(walked) else torch.zeros(2, dtype=torch.float64)
    middle = (low + high) / 2
    half = torch.maximum((high - low) * 0.65, torch.full((2,), max(reach, 1e-3), dtype=torch.float64))
    half = torch.maximum(half, half.max().expand(2) * 0.4)  # never a thread
    (left, bottom), (right, top) = (middle - half).tolist(), (middle + half).tolist()
    b, a = torch.meshgrid(torch.linspace(bottom, top, side), torch.linspace(left, right, side), indexing="ij")
    steps = torch.stack([a.reshape(-1), b.reshape(-1)], dim=1).to(directions.dtype)  # (side², 2)
    values = losses(centre + steps @ directions).reshape(side, side).numpy()
    return Surface(values.astype(np.float32), (left, right), (bottom, top), path=walked.numpy(), label=LOSS_LABEL)
