"""A deep network: layers of neurons, each layer fed by the one before, the weights found by stepping down the slope of the loss.

Paper: D. E. Rumelhart, G. E. Hinton & R. J. Williams, *Learning Representations by Back-propagating Errors*, Nature 323, 1986.
The slope is written out here by the chain rule, as in the paper, and not left to automatic differentiation (a test compares both).

Deviations: one output read as the log-odds of the second class, with the cross-entropy in place of the squared error; first weights
uniform within ±√(6 / (inputs + outputs)) (Glorot & Bengio, 2010) and biases zero.

Neurons, layers and inputs can be added and removed between two steps; all other weights stay as they are. A new neuron begins with
outgoing weights of zero and a new layer by passing on what it gets, so that the answer jumps as little as possible (not at all with
ReLU and linear).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.engine.models.basics.neuron import ACTIVATIONS


class Layer(nn.Module):
    """Neurons that share their inputs. ``weight``: (neurons, inputs), one row a neuron; ``bias``: (neurons,)."""

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight)
        self.bias = nn.Parameter(bias)

    def forward(self, x: Tensor) -> Tensor:
        """The weighted sums: (n, inputs) → (n, neurons)."""
        return x @ self.weight.T + self.bias


@dataclass(frozen=True)
class Signals:
    """What went through the network. ``values``: the inputs and every hidden layer's outputs; ``sums``: every layer's weighted sums."""

    values: list[Tensor]
    sums: list[Tensor]

    @property
    def output(self) -> Tensor:
        """The log-odds of the second class: (n,)."""
        return self.sums[-1].squeeze(-1)


class MLP(nn.Module):
    """``inputs`` numbers in, hidden layers of ``hidden`` neurons, one number out: the log-odds of the second class."""

    layers: list[Layer]

    def __init__(self, inputs: int = 2, hidden: Sequence[int] = (4, 2), activation: str = "tanh", seed: int = 0) -> None:
        super().__init__()
        self.activation = activation
        self.chance = torch.Generator().manual_seed(seed)
        sizes = [inputs, *hidden, 1]
        layers = [Layer(self.first_weights(after, before), torch.zeros(after)) for before, after in pairwise(sizes)]
        self.layers = nn.ModuleList(layers)  # type: ignore[assignment]

    def first_weights(self, neurons: int, inputs: int) -> Tensor:
        """Drawn uniformly within ±√(6 / (inputs + neurons)): (neurons, inputs)."""
        limit = (6.0 / (inputs + neurons)) ** 0.5
        drawn: Tensor = torch.rand(neurons, inputs, generator=self.chance, device=self.chance.device)
        weights: Tensor = (2 * limit * drawn - limit).to(torch.empty(0).device)
        return weights

    @property
    def inputs(self) -> int:
        return int(self.layers[0].weight.shape[1])

    @property
    def hidden(self) -> tuple[int, ...]:
        """How many neurons each hidden layer has."""
        return tuple(int(layer.weight.shape[0]) for layer in self.layers[:-1])

    # --- forward and backward ---

    def signals(self, x: Tensor) -> Signals:
        """Everything that goes through the network for x: (n, inputs)."""
        activate = ACTIVATIONS[self.activation].value
        values, sums = [x], []
        for layer in self.layers:
            sums.append(layer.forward(values[-1]))
            if len(sums) < len(self.layers):
                values.append(activate(sums[-1]))
        return Signals(values, sums)

    def forward(self, x: Tensor) -> Tensor:
        """(n, inputs) → (n,) log-odds of the second class."""
        return self.signals(x).output

    @staticmethod
    def loss(output: Tensor, labels: Tensor) -> Tensor:
        """Mean cross-entropy in nats. output: (…, n) log-odds, labels: (n,) of 0 and 1 → (…)."""
        losses: Tensor = F.softplus(output) - labels * output
        return losses.mean(dim=-1)

    @torch.no_grad()
    def gradients(self, x: Tensor, labels: Tensor) -> tuple[float, list[tuple[Tensor, Tensor]]]:
        """Back-propagation. x: (n, inputs), labels: (n,) → the loss, and for each layer the slopes of weight and bias."""
        signals = self.signals(x)
        slope = ACTIVATIONS[self.activation].slope
        # the error of the output's sum: probability − label, shared out over the examples
        error = ((torch.sigmoid(signals.output) - labels) / len(x)).unsqueeze(-1)  # (n, 1)
        slopes: list[tuple[Tensor, Tensor]] = []
        for k in reversed(range(len(self.layers))):
            slopes.append((error.T @ signals.values[k], error.sum(dim=0)))
            if k > 0:
                back = error @ self.layers[k].weight  # (n, neurons before)
                error = back * slope(signals.sums[k - 1], signals.values[k])
        slopes.reverse()
        return float(self.loss(signals.output, labels)), slopes

    # --- all weights as one row of numbers ---

    def flat(self) -> Tensor:
        """All weights and biases, layer by layer: (parameters,), a copy."""
        return torch.cat([part.detach().reshape(-1) for layer in self.layers for part in (layer.weight, layer.bias)])

    @torch.no_grad()
    def load_flat(self, flat: Tensor) -> None:
        """Take over what :meth:`flat` gave. Raises ValueError when the count does not fit."""
        if flat.shape != (sum(p.numel() for p in self.parameters()),):
            raise ValueError(f"{tuple(flat.shape)} numbers for {sum(p.numel() for p in self.parameters())} weights")
        for layer, (weight, bias) in zip(self.layers, self._parts(flat.unsqueeze(0)), strict=True):
            layer.weight.copy_(weight[0])
            layer.bias.copy_(bias[0])

    def _parts(self, flat: Tensor) -> list[tuple[Tensor, Tensor]]:
        """(k, parameters) → for each layer (k, neurons, inputs) and (k, neurons)."""
        parts, at = [], 0
        for layer in self.layers:
            neurons, inputs = layer.weight.shape
            weight = flat[:, at : at + neurons * inputs].reshape(-1, neurons, inputs)
            at += neurons * inputs
            parts.append((weight, flat[:, at : at + neurons]))
            at += neurons
        return parts

    @torch.no_grad()
    def outputs_of_many(self, flat: Tensor, x: Tensor) -> Tensor:
        """The outputs of k networks of this shape at once. flat: (k, parameters), x: (n, inputs) → (k, n)."""
        activate = ACTIVATIONS[self.activation].value
        values = x.expand(len(flat), *x.shape)
        parts = self._parts(flat)
        for number, (weight, bias) in enumerate(parts):
            values = values @ weight.transpose(1, 2) + bias.unsqueeze(1)
            if number < len(parts) - 1:
                values = activate(values)
        return values.squeeze(-1)

    def filters(self) -> list[slice]:
        """Where in :meth:`flat` each neuron's incoming weights lie, and where each layer's biases lie, as (start, stop)."""
        slices, at = [], 0
        for layer in self.layers:
            neurons, inputs = layer.weight.shape
            slices += [slice(at + k * inputs, at + (k + 1) * inputs) for k in range(neurons)]
            at += neurons * inputs
            slices.append(slice(at, at + neurons))
            at += neurons
        return slices

    # --- building and taking apart ---

    def add_neuron(self, layer: int) -> None:
        """One more neuron at the end of hidden layer ``layer`` (from 0); the answer stays as it is. Raises IndexError."""
        here, after = self._hidden_layer(layer), self.layers[layer + 1]
        here.weight = _grown(here.weight, 0, self.first_weights(1, here.weight.shape[1]) * 0.5)
        here.bias = _grown(here.bias, 0, torch.zeros(1))
        after.weight = _grown(after.weight, 1, torch.zeros(after.weight.shape[0], 1))

    def remove_neuron(self, layer: int, index: int = -1) -> None:
        """Take neuron ``index`` out of hidden layer ``layer``; the last one of a layer stays. Raises IndexError."""
        here, after = self._hidden_layer(layer), self.layers[layer + 1]
        count = len(here.bias)
        index = index % count if -count <= index < count else count
        if index == count or count == 1:
            raise IndexError(f"neuron {index} of {count} in layer {layer}")
        here.weight, here.bias = _without(here.weight, 0, index), _without(here.bias, 0, index)
        after.weight = _without(after.weight, 1, index)

    def add_layer(self, neurons: int | None = None) -> None:
        """One more hidden layer before the output, as wide as the one before it; each of its neurons begins by passing one on."""
        output = self.layers[-1]
        before = int(output.weight.shape[1])
        neurons = neurons or before
        weight = torch.eye(neurons, before, dtype=output.weight.dtype)
        self.layers.insert(len(self.layers) - 1, Layer(weight, torch.zeros(neurons, dtype=output.weight.dtype)))
        output.weight = _of_width(output.weight, neurons)

    def remove_layer(self) -> None:
        """Take out the last hidden layer; the output reads the one before. Raises IndexError when there is none."""
        if len(self.layers) == 1:
            raise IndexError("no hidden layer")
        before = int(self.layers[-2].weight.shape[1])
        del self.layers[len(self.layers) - 2]
        self.layers[-1].weight = _of_width(self.layers[-1].weight, before)

    def set_inputs(self, kept: Sequence[int | None]) -> None:
        """New inputs: for each, the old input whose weights it takes over, or None for a new one (weights zero)."""
        first = self.layers[0]
        zero = torch.zeros(len(first.weight), dtype=first.weight.dtype)
        columns = [zero if k is None else first.weight.detach()[:, k] for k in kept]
        first.weight = nn.Parameter(torch.stack(columns, dim=1))

    def _hidden_layer(self, layer: int) -> Layer:
        if not 0 <= layer < len(self.layers) - 1:
            raise IndexError(f"hidden layer {layer} of {len(self.layers) - 1}")
        return self.layers[layer]


def _grown(old: Tensor, axis: int, more: Tensor) -> nn.Parameter:
    return nn.Parameter(torch.cat([old.detach(), more.to(old.dtype)], dim=axis))


def _without(old: Tensor, axis: int, index: int) -> nn.Parameter:
    kept = [k for k in range(old.shape[axis]) if k != index]
    return nn.Parameter(old.detach().index_select(axis, torch.tensor(kept)))


def _of_width(old: Tensor, width: int) -> nn.Parameter:
    """The first ``width`` columns, filled up with zeros."""
    old = old.detach()
    return nn.Parameter(torch.cat([old[:, :width], old.new_zeros(len(old), max(0, width - old.shape[1]))], dim=1))
