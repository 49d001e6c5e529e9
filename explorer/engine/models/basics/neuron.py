"""The neuron and the perceptron: inputs times weights, added up, and passed through an activation.

Papers: W. S. McCulloch & W. Pitts, *A Logical Calculus of the Ideas Immanent in Nervous Activity*, Bulletin of Mathematical
Biophysics 5, 1943: a neuron that fires when the sum of its inputs reaches a threshold. F. Rosenblatt, *The Perceptron*, Psychological
Review 65, 1958: the same neuron with weights that are learnt, here by the error-correction rule

    w ← w + η · (target − output) · x,    b ← b + η · (target − output)

Deviations: the threshold is written as a bias of the opposite sign; activations other than the step came later.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Activation:
    """``value`` of the weighted sum, and its ``slope`` (derivative) as a function of the sum z and of the value a = value(z)."""

    value: Callable[[Tensor], Tensor]
    slope: Callable[[Tensor, Tensor], Tensor]


ACTIVATIONS: dict[str, Activation] = {
    "step": Activation(lambda z: (z >= 0).to(z.dtype), lambda z, a: torch.zeros_like(z)),
    "sigmoid": Activation(torch.sigmoid, lambda z, a: a * (1 - a)),
    "tanh": Activation(torch.tanh, lambda z, a: 1 - a * a),
    "relu": Activation(lambda z: z.clamp(min=0), lambda z, a: (z > 0).to(z.dtype)),
    "linear": Activation(lambda z: z, lambda z, a: torch.ones_like(z)),
}

MIDDLE = {"step": 0.5, "sigmoid": 0.5, "tanh": 0.0, "relu": 0.0, "linear": 0.0}
"""The value of each activation that parts "no" from "yes": an output above it answers the second class."""


def weighted_sum(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Every input times its weight, all added up, plus the bias. x: (…, inputs), weight: (inputs,), bias: () → (…)."""
    products = x * weight  # (…, inputs)
    return products.sum(dim=-1) + bias


class Neuron(nn.Module):
    """One neuron. ``weight``: (inputs,), ``bias``: (). Begins with all of them zero."""

    def __init__(self, inputs: int = 2, activation: str = "step") -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(inputs))
        self.bias = nn.Parameter(torch.zeros(()))
        self.activation = activation

    def weighted_sum(self, x: Tensor) -> Tensor:
        """(…, inputs) → (…)."""
        return weighted_sum(x, self.weight, self.bias)

    def forward(self, x: Tensor) -> Tensor:
        """The neuron's output: (…, inputs) → (…)."""
        return ACTIVATIONS[self.activation].value(self.weighted_sum(x))

    def answer(self, x: Tensor) -> Tensor:
        """Class 0 or 1, the side of the line on which the sum is zero or more: (…, inputs) → (…) of int64."""
        return (self.weighted_sum(x) >= 0).long()

    @torch.no_grad()
    def correct(self, x: Tensor, target: int, rate: float) -> bool:
        """Rosenblatt's rule for one example x: (inputs,). Nothing changes where the answer is right. Returns whether it changed."""
        error = target - int(self.answer(x))  # −1, 0 or 1
        if error == 0:
            return False
        self.weight.add_(rate * error * x)
        self.bias.add_(rate * error)
        return True
