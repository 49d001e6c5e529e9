"""What the network says without a part of it: the outputs of some modules set to zero."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from explorer.engine.lenses.capture import find_layer


@contextmanager
def silenced(network: nn.Module, names: Iterable[str]) -> Iterator[None]:
    """While this lasts, the modules of these names put out zeros; afterwards the network is as it was. Raises InputError for an unknown name."""
    modules = [find_layer(network, name) for name in names]
    hooks = []
    try:
        for module in modules:
            hooks.append(module.register_forward_hook(lambda _, __, output: torch.zeros_like(output)))
        yield
    finally:
        for hook in hooks:
            hook.remove()


@torch.no_grad()
def without(network: nn.Module, x: Tensor, names: Iterable[str]) -> Tensor:
    """The scores (N, classes) of a batch with these modules silenced. Raises InputError for an unknown name."""
    with silenced(network, names):
        scores: Tensor = network(x)
    return scores
