"""Depthwise convolutions that learn quickly on small maps.

Where a map is smaller than the filter, the gradient of a depthwise filter takes up to thirty times as long as elsewhere: PyTorch's library for
processors has no quick code for it. There it is summed filter place by filter place here; all else stays as it is, and so do the numbers.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def quicken_depthwise(network: nn.Module) -> None:
    """Let the depthwise convolutions of ``network`` learn quickly on small maps, in place; the names of its weights stay as they are."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d) and module.groups == module.in_channels == module.out_channels > 1 and module.padding_mode == "zeros":
            module.forward = partial(_forward, module)  # type: ignore[method-assign]


def _forward(module: nn.Conv2d, x: Tensor) -> Tensor:
    small = min(x.shape[-2:]) < max(module.kernel_size)
    if not small or isinstance(module.padding, str) or module.dilation != (1, 1) or not torch.is_grad_enabled():
        return nn.Conv2d.forward(module, x)
    y: Tensor = _SmallMap.apply(x, module.weight, module.stride, module.padding)  # type: ignore[no-untyped-call]
    return y if module.bias is None else y + module.bias[:, None, None]


class _SmallMap(torch.autograd.Function):
    """A depthwise convolution of x (N, C, H, W) with filters (C, 1, h, w), whose filters' gradient is a sum over pictures and places."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, stride: tuple[int, int], padding: tuple[int, int]) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.stride, ctx.padding = stride, padding
        return F.conv2d(x, weight, None, stride, padding, groups=len(weight))

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None, None]:  # type: ignore[override]
        x, weight = ctx.saved_tensors
        (down, right), (above, left) = ctx.stride, ctx.padding
        of_x = torch.ops.aten.convolution_backward(
            gradient, x, weight, None, ctx.stride, ctx.padding, (1, 1), False, (0, 0), len(weight), (True, False, False)
        )[0]
        seen = F.pad(x, (left, left, above, above)).permute(0, 2, 3, 1)
        gradient = gradient.permute(0, 2, 3, 1)
        height, width = ((size - 1) * step + 1 for size, step in zip(gradient.shape[1:3], ctx.stride, strict=True))
        of_weight = torch.empty_like(weight)
        for i in range(weight.shape[2]):
            for j in range(weight.shape[3]):
                under = seen[:, i : i + height : down, j : j + width : right]
                of_weight[:, 0, i, j] = (under * gradient).sum((0, 1, 2))
        return of_x, of_weight, None, None
