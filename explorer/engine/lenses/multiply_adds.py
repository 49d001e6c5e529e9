"""How many multiply-adds a network takes for one picture, counted by module while an empty picture passes through it.

Convolutions and linear layers are counted, as in the papers (He et al., 2015, arXiv 1512.03385, table 1: "FLOPs (multiply-adds)");
sums, normalisation, activations and pooling are not: they come to a few percent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn


def multiply_adds(network: nn.Module, shape: tuple[int, ...]) -> dict[str, int]:
    """Multiply-adds of each convolution and linear layer for one input of ``shape`` (without the batch), by the module's path, in the
    order they ran. A module that runs twice counts twice. Nothing is computed where the network lies on the meta device.
    """
    found: dict[str, int] = {}

    def counter(name: str) -> Callable[..., None]:
        def count(module: nn.Module, _: Any, output: Tensor) -> None:
            weight = module.weight
            assert isinstance(weight, Tensor)
            per_value = weight[0].numel()
            values = output[0].numel()
            found[name] = found.get(name, 0) + values * per_value

        return count

    hooks = [
        module.register_forward_hook(counter(name))
        for name, module in network.named_modules()
        if isinstance(module, nn.Conv1d | nn.Conv2d | nn.Conv3d | nn.Linear)
    ]
    device = next(network.parameters()).device
    training = network.training
    try:
        network.eval()
        with torch.no_grad():
            network(torch.empty((1, *shape), device=device))
    finally:
        network.train(training)
        for hook in hooks:
            hook.remove()
    return found


def total(network: nn.Module, shape: tuple[int, ...]) -> int:
    """All multiply-adds of the network for one input."""
    return sum(multiply_adds(network, shape).values())
