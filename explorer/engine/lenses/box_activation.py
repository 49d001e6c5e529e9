"""Which places of a picture spoke for one box that a detector found.

Layer-CAM (Jiang et al., 2021, IEEE Transactions on Image Processing 30, equations 5 to 7) on the score of one box for its class: every value of a
layer times its own gradient where that is positive, added over the channels. Unlike Grad-CAM it keeps apart what spoke for this box and what
for its neighbours of the same class.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from explorer.engine.lenses.capture import NO_OUTPUT, find_layer, observed
from explorer.words import InputError


def box_activation(network: nn.Module, layer: str, score: Callable[[], Tensor]) -> Tensor:
    """The heat (h, w), not negative, of a layer for the score that ``score()`` computes with the network. Raises InputError for a layer that is
    not there, does not run, or puts out no maps."""
    module = find_layer(network, layer)
    taken: list[Tensor] = []

    def keep(_module: nn.Module, _inputs: Any, output: Any) -> Any:
        if not isinstance(output, Tensor) or output.dim() != 4:
            return None
        watched = output.detach().requires_grad_()  # gradient as far as here is enough
        taken.append(watched)
        return watched

    with observed(network) as handles, torch.enable_grad():
        handles.append(module.register_forward_hook(keep))
        value = score()
        if not taken or not value.requires_grad:
            raise InputError(NO_OUTPUT.format(name=layer))
        (gradient,) = torch.autograd.grad(value, taken[-1], allow_unused=True)
    if gradient is None:
        raise InputError(NO_OUTPUT.format(name=layer))
    return (gradient.clamp(min=0) * taken[-1].detach()).sum(1)[0].clamp(min=0)
