"""How much each pixel of the network's input counts for a class's score.

- Gradient: Simonyan, Vedaldi & Zisserman, "Deep Inside Convolutional Networks: Visualising Image Classification Models and Saliency
  Maps", 2013 (arXiv 1312.6034), section 3: the largest size of the gradient over the colours.
- Gradient × input: Shrikumar et al., "Not Just a Black Box", 2016 (arXiv 1605.01713).
- SmoothGrad: Smilkov et al., "SmoothGrad: removing noise by adding noise", 2017 (arXiv 1706.03825), section 2.
- Integrated gradients: Sundararajan, Taly & Yan, "Axiomatic Attribution for Deep Networks", 2017 (arXiv 1703.01365), equation 1; their
  sum is the difference of the scores (proposition 1, completeness).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from explorer.engine.lenses.capture import observed
from explorer.words import InputError, Text

Method = Literal["integrated-gradients", "gradient-x-input", "gradient", "smoothgrad"]
METHODS: tuple[Method, ...] = ("integrated-gradients", "gradient-x-input", "gradient", "smoothgrad")
SIGNED: frozenset[str] = frozenset({"integrated-gradients", "gradient-x-input"})
"""Their values speak for the class or against it; those of the others only have a size."""

STEPS = 20
MOST_STEPS = 540
COMPLETE = 0.01
"""Integrated gradients are refined until their sum is this close to the difference of the scores."""
SAMPLES = 32
NOISE = 0.15
"""Standard deviation of SmoothGrad's noise, as a share of the input's range."""
BATCH_VALUES = 300_000  # numbers in one batch

NO_METHOD = Text("「{name}」という方法はありません。{methods} から選べます。", "There is no method “{name}”; there are {methods}.")


@dataclass(frozen=True)
class Sum:
    """Completeness of integrated gradients: their ``total`` against the ``difference`` of the scores of the input and the baseline."""

    total: float
    difference: float
    steps: int

    @property
    def error(self) -> float:
        """The deviation as a share of the difference."""
        return abs(self.total - self.difference) / max(abs(self.difference), 1e-9)


@dataclass(frozen=True)
class Attribution:
    """``values`` of each pixel (height, width) after ``done`` of ``total`` passes; ``completeness`` of integrated gradients at the end."""

    values: Tensor
    done: int
    total: int
    completeness: Sum | None = None


def method_named(name: str) -> Method:
    """A method by its name, however it is written. Raises InputError for an unknown one."""
    plain = {one.replace("-", ""): one for one in METHODS}
    found = plain.get(name.lower().replace("×", "x").replace("-", "").replace("_", "").replace(" ", ""))
    if found is None:
        raise InputError(NO_METHOD.format(name=name[:40], methods=", ".join(METHODS)))
    return found


def input_gradient(network: nn.Module, x: Tensor, number: int) -> tuple[Tensor, Tensor]:
    """The gradient of a class's score with respect to each input of a batch, and the scores: x's shape, (N,). Parameters get none."""
    with observed(network), torch.enable_grad():
        start = x.detach().clone().requires_grad_()
        scores = network(start)[:, number]
        (gradient,) = torch.autograd.grad(scores.sum(), start)
    return gradient.detach(), scores.detach()


def attribution(network: nn.Module, x: Tensor, number: int, method: Method = METHODS[0], baseline: Tensor | None = None, seed: int = 0) -> Iterator[Attribution]:
    """The contribution of each pixel of ``x`` (1, channels, height, width), growing.

    ``baseline``: where integrated gradients begin, of x's shape; None: zero, the mean colour of the training pictures. ``seed``: of
    SmoothGrad's noise. What ``SIGNED`` names adds up over the channels; of the others the largest size over the channels counts.
    """
    if method == "integrated-gradients":
        yield from integrated_gradients(network, x, number, torch.zeros_like(x) if baseline is None else baseline)
    elif method == "smoothgrad":
        yield from smooth_gradient(network, x, number, seed)
    else:
        gradient = input_gradient(network, x, number)[0][0]
        yield Attribution((gradient * x[0]).sum(0) if method == "gradient-x-input" else gradient.abs().amax(0), 1, 1)


def smooth_gradient(network: nn.Module, x: Tensor, number: int, seed: int = 0, samples: int = SAMPLES) -> Iterator[Attribution]:
    """The mean gradient over pictures with noise of ``NOISE`` of the range of ``x``."""
    generator = torch.Generator().manual_seed(seed)
    noise = NOISE * float(x.max() - x.min())
    total = torch.zeros_like(x[0])
    batch = max(1, BATCH_VALUES // x.numel())
    for begin in range(0, samples, batch):
        count = min(batch, samples - begin)
        shaken = x + noise * torch.randn((count, *x.shape[1:]), generator=generator).to(x.device)
        total += input_gradient(network, shaken, number)[0].sum(0)
        yield Attribution((total / (begin + count)).abs().amax(0), begin + count, samples)


def integrated_gradients(network: nn.Module, x: Tensor, number: int, baseline: Tensor) -> Iterator[Attribution]:
    """The gradient's mean on the straight way from the baseline, times the difference of the inputs, summed over the channels.

    Midpoint rule with ``STEPS`` steps; each third part is divided again until the sum is complete to ``COMPLETE`` or ``MOST_STEPS`` are
    used up. All points are used again.
    """
    with observed(network), torch.no_grad():
        ends = network(torch.cat([x, baseline]))[:, number]
    difference = float(ends[0] - ends[1])
    total, done, steps = torch.zeros_like(x[0]), 0, STEPS
    batch = max(1, BATCH_VALUES // x.numel())
    while True:
        points = [(k + 0.5) / steps for k in range(steps) if steps == STEPS or k % 3 != 1]  # k % 3 == 1 was a point of the wider steps
        for begin in range(0, len(points), batch):
            shares = torch.tensor(points[begin : begin + batch], dtype=x.dtype, device=x.device).view(-1, 1, 1, 1)
            total += input_gradient(network, baseline + shares * (x - baseline), number)[0].sum(0)
            done += len(shares)
            if done < steps:
                yield Attribution(_along(total / done, x, baseline), done, steps)
        values = _along(total / done, x, baseline)
        found = Sum(float(values.sum()), difference, done)
        if found.error <= COMPLETE or steps * 3 > MOST_STEPS:
            yield Attribution(values, done, done, found)
            return
        yield Attribution(values, done, steps * 3)
        steps *= 3


def _along(gradient: Tensor, x: Tensor, baseline: Tensor) -> Tensor:
    return ((x - baseline)[0] * gradient).sum(0)
