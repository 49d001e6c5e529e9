"""How much memory a network keeps of one forward pass in order to learn from it: measured, not estimated."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def kept_for_learning(network: nn.Module, x: Tensor) -> int:
    """Bytes of all values that a forward pass over a batch (N, …) keeps for the backward pass, in training mode.

    Each piece of memory counts once, however often it is kept; parameters and the batch itself do not count. The network's mode and its
    running statistics are put back.
    """
    mode = network.training
    before = {name: buffer.clone() for name, buffer in network.named_buffers()}
    own = {parameter.untyped_storage().data_ptr() for parameter in network.parameters()} | {x.untyped_storage().data_ptr()}
    own |= {buffer.untyped_storage().data_ptr() for buffer in network.buffers()}
    kept: dict[int, int] = {}

    def keep(value: Tensor) -> Tensor:
        storage = value.untyped_storage()
        if storage.data_ptr() not in own:
            kept[storage.data_ptr()] = storage.nbytes()
        return value

    network.train()
    try:
        with torch.enable_grad(), torch.autograd.graph.saved_tensors_hooks(keep, lambda value: value):
            output = network(x)
        del output  # until here everything kept is alive, so that no address stands for two values
    finally:
        network.train(mode)
        with torch.no_grad():
            for name, buffer in network.named_buffers():
                buffer.copy_(before[name])
    return sum(kept.values())
