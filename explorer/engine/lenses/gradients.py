"""How much of the loss's gradient reaches each block of a network, from its last back to its first."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from explorer.engine.lenses.graph import blocks
from explorer.engine.lenses.trace import within
from explorer.results import Series
from explorer.words import Text

_LEARNT = (nn.Conv2d, nn.Linear)


def without_norm(network: nn.Module) -> nn.Module:
    """The network itself, every batch normalisation in it replaced by the identity."""
    for module in list(network.modules()):
        for name, child in module.named_children():
            if isinstance(child, nn.BatchNorm2d):
                setattr(module, name, nn.Identity())
    return network


def ordinary_weights(network: nn.Module, seed: int) -> nn.Module:
    """The network itself, its weights drawn anew the way torch does by default (uniform, ±1/√fan-in)."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for module in network.modules():
            if isinstance(module, _LEARNT):
                module.reset_parameters()
    return network


def gradient_norms(network: nn.Module, x: Tensor, labels: Tensor, *, training: bool = True) -> dict[str, float]:
    """By block, in order: the L2 norm of the gradient of the mean cross-entropy with respect to the weights of its convolutions and
    linear layers.

    ``x`` (N, …), ``labels`` (N,). Reckoned in double precision, where a vanishing gradient is not yet rounded to zero. With ``training``
    batch normalisation uses the batch's own statistics. The network is left in the state, type and mode it had, its own gradients too.
    """
    modes = [(module, module.training) for module in network.modules()]
    learnt = {f"{name}.weight" for name, module in network.named_modules() if isinstance(module, _LEARNT)}
    by_block = {block.name: [key for key in learnt if within(key, block.name)] for block in blocks(network)}
    by_block = {name: sorted(keys) for name, keys in by_block.items() if keys}
    double = {name: p.detach().double().requires_grad_() for name, p in network.named_parameters()}
    numbers = {name: b.detach().double() if b.is_floating_point() else b.detach().clone() for name, b in network.named_buffers()}
    try:
        network.train(training)
        with torch.enable_grad():
            output = torch.func.functional_call(network, {**double, **numbers}, (x.detach().double(),))
            loss = nn.functional.cross_entropy(output, labels)
            wanted = [double[key] for keys in by_block.values() for key in keys]
            gradients = iter(torch.autograd.grad(loss, wanted, allow_unused=True))  # a layer that did not run has none
    finally:
        for module, mode in modes:
            module.training = mode
    norms = {name: [gradient.norm() for _ in keys if (gradient := next(gradients)) is not None] for name, keys in by_block.items()}
    return {name: float(torch.stack(parts).norm()) if parts else 0.0 for name, parts in norms.items()}


def series(name: Text, norms: dict[str, float], *, main: bool = False) -> Series:
    """The norms as a line over the number of the block, 1 at the picture's end."""
    values = np.array(list(norms.values()))
    return Series(name, np.arange(1, len(values) + 1, dtype=float), values, main=main)
