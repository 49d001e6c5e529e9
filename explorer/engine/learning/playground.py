"""Learning on points of a plane: the one loop that the live page and the claims share.

Every step takes a batch, finds the slope of the loss by back-propagation and moves the weights. The settings are read anew before
every step, and the network may be changed between two steps, so that all of it can be played with while it learns.

Optimisers: stochastic gradient descent; momentum (Polyak, 1964); Adam (Kingma & Ba, 2014, arXiv 1412.6980). Regularisation acts after
the step and on weights only, not on biases: L2 shrinks every weight by a share (decoupled weight decay, Loshchilov & Hutter, 2017,
arXiv 1711.05101), L1 by an amount and stops at zero (soft thresholding).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from explorer.engine.data.toy import SPAN, PointSet
from explorer.engine.lenses.plane import grid, loss_slice, main_components, random_directions, surface
from explorer.engine.models.basics.dnn import MLP
from explorer.results import Curves, Edge, Graph, Maps, Node, Series, Surface
from explorer.words import InputError, Text

Optimiser = Literal["sgd", "momentum", "adam"]
Regularisation = Literal["none", "l1", "l2"]

FEATURES: dict[str, str] = {"x1": "x₁", "x2": "x₂", "x1^2": "x₁²", "x2^2": "x₂²", "x1x2": "x₁x₂", "sin x1": "sin x₁", "sin x2": "sin x₂"}
"""What the network may be given: the coordinates and functions of them, each with its name on screen."""
HIDDEN_ACTIVATIONS = ("tanh", "relu", "sigmoid", "linear")
MOST_LAYERS, MOST_NEURONS = 6, 8
MEMORY = 240  # steps remembered for the curves and for the path; older ones are thinned out
LARGEST = 1e4  # no weight is set beyond this by hand

UNKNOWN = Text("設定「{name}」に {value} は使えません。", "The setting “{name}” cannot be {value}.")
DIVERGED = Text(
    "損失が発散しました。学習率を下げて、最初からやり直してください。",
    "The loss has run away. Lower the learning rate and start over.",
)
TRAIN, TEST = Text("訓練", "training"), Text("検証", "test")


@dataclass
class Settings:
    """What may be changed between two steps.

    ``rate``: learning rate. ``keep``: share of the last step that momentum keeps, and Adam's first decay. ``strength``: of the
    regularisation. ``batch``: points a step. Raises InputError for values no training can use.
    """

    activation: str = "tanh"
    optimiser: Optimiser = "sgd"
    rate: float = 0.1
    keep: float = 0.9
    regularisation: Regularisation = "none"
    strength: float = 0.003
    batch: int = 10

    def __post_init__(self) -> None:
        self.check()

    def check(self) -> None:
        """Raise InputError where a value cannot be used."""
        allowed: dict[str, bool] = {
            "activation": self.activation in HIDDEN_ACTIVATIONS,
            "optimiser": self.optimiser in ("sgd", "momentum", "adam"),
            "rate": 0 <= self.rate <= 100,
            "keep": 0 <= self.keep < 1,
            "regularisation": self.regularisation in ("none", "l1", "l2"),
            "strength": 0 <= self.strength <= 10,
            "batch": 1 <= self.batch <= 100_000,
        }
        for name, good in allowed.items():
            if not good:
                raise InputError(UNKNOWN.format(name=name, value=getattr(self, name)))


@dataclass(frozen=True)
class Step:
    """One step done: its number, how often every point has been seen, and the loss on its batch before the step (nats)."""

    step: int
    epoch: float
    loss: float


@dataclass(frozen=True)
class Scores:
    """How well it does now. Losses in nats, accuracies 0 to 1; those of the test are NaN where no point is held out."""

    train_loss: float
    test_loss: float
    train_accuracy: float
    test_accuracy: float


def features_of(xy: Tensor, names: Sequence[str]) -> Tensor:
    """(n, 2) coordinates → (n, features). Raises InputError for an unknown name or none at all."""
    x1, x2 = xy[:, 0], xy[:, 1]
    columns = {"x1": x1, "x2": x2, "x1^2": x1 * x1, "x2^2": x2 * x2, "x1x2": x1 * x2, "sin x1": torch.sin(x1), "sin x2": torch.sin(x2)}
    for name in names:
        if name not in columns:
            raise InputError(UNKNOWN.format(name="features", value=name))
    if not names:
        raise InputError(UNKNOWN.format(name="features", value="–"))
    return torch.stack([columns[name] for name in names], dim=1)


class Playground:
    """A network, points and how it learns.

    Args:
        points: to learn from and to test on.
        settings: read before every step.
        hidden: neurons of each hidden layer.
        features: what the network is given of each point, names of FEATURES.
        seed: of the first weights and of the order of the points.
    """

    def __init__(
        self, points: PointSet, settings: Settings | None = None, *, hidden: Sequence[int] = (4, 2), features: Sequence[str] = ("x1", "x2"), seed: int = 0
    ) -> None:
        self.settings = settings or Settings()
        self.features = tuple(features)
        self.seed = seed
        if len(hidden) > MOST_LAYERS or any(not 1 <= n <= MOST_NEURONS for n in hidden):
            raise InputError(UNKNOWN.format(name="hidden", value=list(hidden)))
        self.network = MLP(len(self.features), hidden, self.settings.activation, seed)
        self.set_points(points)
        self.reset()

    # --- beginning ---

    def set_points(self, points: PointSet) -> None:
        """Learn from other points; the network stays as it is."""
        self.points = points
        self.names = points.names
        learnt = ~points.held_out
        self._xy = torch.from_numpy(points.xy)
        self._labels = torch.from_numpy(points.labels.astype(np.float32))
        self._learnt = torch.from_numpy(np.flatnonzero(learnt))
        self._tested = torch.from_numpy(np.flatnonzero(points.held_out))
        self._read_points()
        self.forget()

    def _read_points(self) -> None:
        read = features_of(self._xy, self.features)
        self.x, self.labels = read[self._learnt], self._labels[self._learnt]
        self.test_x, self.test_labels = read[self._tested], self._labels[self._tested]
        self._order = torch.zeros(0, dtype=torch.int64)

    def reset(self, seed: int | None = None) -> None:
        """New first weights for the network as it stands now, and nothing learnt."""
        if seed is not None:
            self.seed = seed
        self.network = MLP(len(self.features), self.network.hidden, self.settings.activation, self.seed)
        self._chance = torch.Generator().manual_seed(self.seed + 1)
        self._order = torch.zeros(0, dtype=torch.int64)
        self.step, self.epoch = 0, 0.0
        self.forget()

    def forget(self) -> None:
        """Begin the curves, the path and the optimiser's memory anew."""
        self.history: list[tuple[int, Scores]] = []
        self.path: list[tuple[int, Tensor]] = []
        self._stride = 1
        self._forget_speed()

    def _forget_speed(self) -> None:
        self._moved: Tensor | None = None  # momentum
        self._mean: Tensor | None = None  # Adam
        self._square: Tensor | None = None
        self._adam_steps = 0

    # --- the loop ---

    def steps(self) -> Iterator[Step]:
        """Learn, one step after the other, for ever. Raises InputError when the loss runs away."""
        while True:
            if not self.history:
                self._remember()
            settings = self.settings
            self.network.activation = settings.activation
            batch = self._next_batch(settings.batch)
            loss, slopes = self.network.gradients(self.x[batch], self.labels[batch])
            self._move(torch.cat([slope.reshape(-1) for pair in slopes for slope in pair]))
            self._regularise()
            self.step += 1
            self.epoch += len(batch) / max(1, len(self.x))
            if self.step % self._stride == 0:
                self._remember()
            if not np.isfinite(loss):
                raise InputError(DIVERGED)
            yield Step(self.step, self.epoch, loss)

    def run(self, count: int) -> Scores:
        """Take ``count`` steps and say how well it does then."""
        steps = self.steps()
        for _ in range(count):
            next(steps)
        return self.scores()

    def _next_batch(self, size: int) -> Tensor:
        """Indices of the next points; all come once before any comes again."""
        if len(self._order) == 0:
            self._order = torch.randperm(len(self.x), generator=self._chance)
        batch, self._order = self._order[:size], self._order[size:]
        return batch

    @torch.no_grad()
    def _move(self, slope: Tensor) -> None:
        """Move all weights against the slope: (parameters,), in the order of ``network.flat()``."""
        settings = self.settings
        if settings.optimiser == "momentum":
            self._moved = slope if self._moved is None else settings.keep * self._moved + slope
            move = settings.rate * self._moved
        elif settings.optimiser == "adam":
            self._adam_steps += 1
            first, second = settings.keep, 0.999
            mean = torch.zeros_like(slope) if self._mean is None else self._mean
            square = torch.zeros_like(slope) if self._square is None else self._square
            self._mean = first * mean + (1 - first) * slope
            self._square = second * square + (1 - second) * slope * slope
            mean_now = self._mean / (1 - first**self._adam_steps)
            square_now = self._square / (1 - second**self._adam_steps)
            move = settings.rate * mean_now / (square_now.sqrt() + 1e-8)
        else:
            move = settings.rate * slope
        parts = [part for layer in self.network.layers for part in (layer.weight, layer.bias)]
        for part, by in zip(parts, torch.split(move, [part.numel() for part in parts]), strict=True):
            part.sub_(by.view(part.shape))

    @torch.no_grad()
    def _regularise(self) -> None:
        settings = self.settings
        amount = settings.rate * settings.strength
        if settings.regularisation == "none" or amount == 0:
            return
        for layer in self.network.layers:
            weight = layer.weight
            if settings.regularisation == "l2":
                weight.mul_(max(0.0, 1 - amount))
            else:
                weight.copy_(weight.sign() * (weight.abs() - amount).clamp(min=0))

    def _remember(self) -> None:
        self.history.append((self.step, self.scores()))
        self.path.append((self.step, self.network.flat()))
        if len(self.history) > MEMORY:
            self._stride *= 2
            self.history = [entry for entry in self.history if entry[0] % self._stride == 0]
        if len(self.path) > MEMORY:
            self.path = [entry for entry in self.path if entry[0] % self._stride == 0]

    # --- how well it does ---

    @torch.no_grad()
    def scores(self) -> Scores:
        """Loss and accuracy on all points to learn from, and on all held out."""
        train, test = self._score(self.x, self.labels), self._score(self.test_x, self.test_labels)
        return Scores(train[0], test[0], train[1], test[1])

    def _score(self, x: Tensor, labels: Tensor) -> tuple[float, float]:
        if len(x) == 0:
            return float("nan"), float("nan")
        output = self.network.forward(x)
        return float(MLP.loss(output, labels)), float(((output > 0) == (labels > 0.5)).float().mean())

    # --- changing the network while it learns ---

    def changed(self) -> None:
        """The network has another shape: its path is another one."""
        self.path = []
        self._forget_speed()

    def set_features(self, features: Sequence[str]) -> None:
        """Give the network other inputs; those that stay keep their weights. Raises InputError."""
        features = tuple(name for name in FEATURES if name in features) if all(name in FEATURES for name in features) else tuple(features)
        features_of(self._xy, features)
        if features == self.features:
            return
        self.network.set_inputs([self.features.index(name) if name in self.features else None for name in features])
        self.features = features
        self._read_points()
        self.changed()

    def set_hidden(self, hidden: Sequence[int]) -> None:
        """Add and remove layers and neurons until they are as wished; the others keep their weights. Raises InputError."""
        hidden = tuple(int(n) for n in hidden)
        if len(hidden) > MOST_LAYERS or any(not 1 <= n <= MOST_NEURONS for n in hidden):
            raise InputError(UNKNOWN.format(name="hidden", value=list(hidden)))
        if hidden == self.network.hidden:
            return
        while len(self.network.hidden) > len(hidden):
            self.network.remove_layer()
        while len(self.network.hidden) < len(hidden):
            self.network.add_layer(hidden[len(self.network.hidden)])
        for k, wanted in enumerate(hidden):
            while self.network.hidden[k] < wanted:
                self.network.add_neuron(k)
            while self.network.hidden[k] > wanted:
                self.network.remove_neuron(k)
        self.changed()

    def add_neuron(self, layer: int) -> None:
        """One more neuron in a hidden layer, up to MOST_NEURONS."""
        if 0 <= layer < len(self.network.hidden) and self.network.hidden[layer] < MOST_NEURONS:
            self.network.add_neuron(layer)
            self.changed()

    def remove_neuron(self, layer: int, index: int = -1) -> None:
        """One neuron less; with its last neuron the layer goes too."""
        if not 0 <= layer < len(self.network.hidden):
            return
        if self.network.hidden[layer] > 1:
            self.network.remove_neuron(layer, index)
        elif layer == len(self.network.hidden) - 1:
            self.network.remove_layer()
        else:
            return
        self.changed()

    def add_layer(self) -> None:
        """One more hidden layer before the output, up to MOST_LAYERS."""
        if len(self.network.hidden) < MOST_LAYERS:
            self.network.add_layer(min(MOST_NEURONS, self.network.hidden[-1] if self.network.hidden else 2))
            self.changed()

    def remove_layer(self) -> None:
        """Take out the last hidden layer."""
        if self.network.hidden:
            self.network.remove_layer()
            self.changed()

    def edit(self, source: str, target: str, value: float) -> None:
        """Set one weight by hand; source ``"1"`` is the bias of the target. Raises InputError for names that are not joined."""
        columns = self.node_names()
        if not np.isfinite(value):
            raise InputError(UNKNOWN.format(name="edit", value=value))
        value = float(np.clip(value, -LARGEST, LARGEST))
        for k, layer in enumerate(self.network.layers):
            if target in columns[k + 1]:
                row = columns[k + 1].index(target)
                with torch.no_grad():
                    if source == "1":
                        layer.bias[row] = value
                        return
                    if source in columns[k]:
                        layer.weight[row, columns[k].index(source)] = value
                        return
        raise InputError(UNKNOWN.format(name="edit", value=f"{source} → {target}"))

    # --- what is seen ---

    def node_names(self) -> list[list[str]]:
        """Names of all neurons by column: the inputs, ``"h1.1"`` … for each hidden layer, ``"out"``."""
        hidden = [[f"h{k + 1}.{n + 1}" for n in range(count)] for k, count in enumerate(self.network.hidden)]
        return [list(self.features), *hidden, ["out"]]

    def graph(self) -> Graph:
        """The network with its weights as edges; node ``"1"`` is the constant from which the biases come."""
        columns = self.node_names()
        nodes = [Node("1", "one")] + [Node(name, "input", group="input") for name in columns[0]]
        edges: list[Edge] = []
        for k, layer in enumerate(self.network.layers):
            kind = "neuron" if k < len(self.network.layers) - 1 else "output"
            nodes += [Node(name, kind, group=f"layer {k + 1}") for name in columns[k + 1]]
            weight, bias = layer.weight.detach().tolist(), layer.bias.detach().tolist()
            for row, target in enumerate(columns[k + 1]):
                edges += [Edge(source, target, "main", weight[row][column]) for column, source in enumerate(columns[k])]
                edges.append(Edge("1", target, "bias", bias[row]))
        return Graph(tuple(nodes), tuple(edges))

    def surface(self, side: int = 64) -> Surface:
        """What the network answers over the plane: −1 surely the first class, 1 surely the second."""
        return surface(lambda xy: 2 * torch.sigmoid(self.network.forward(features_of(xy, self.features))) - 1, SPAN, side)

    @torch.no_grad()
    def neuron_maps(self, side: int = 24) -> Maps:
        """What every input, neuron and the output answers over the plane, in the order of the nodes without "1"."""
        signals = self.network.signals(features_of(grid(SPAN, side), self.features))
        columns = [*signals.values, 2 * torch.sigmoid(signals.output).unsqueeze(1) - 1]
        values = torch.cat(columns, dim=1).T.reshape(-1, side, side).numpy()
        names = tuple(name for column in self.node_names() for name in column)
        return Maps(values.astype(np.float32), names=names, signed=True)

    def curves(self) -> Curves:
        """Loss over the steps remembered so far, training and test."""
        x = np.array([step for step, _ in self.history], dtype=float)
        train = Series(TRAIN, x, np.array([s.train_loss for _, s in self.history]), main=True)
        series = [train]
        if len(self.test_x):
            series.append(Series(TEST, x, np.array([s.test_loss for _, s in self.history])))
        return Curves(tuple(series), Text("ステップ", "step"), Text("損失 (nat)", "loss (nats)"))

    def losses_of_many(self, flat: Tensor) -> Tensor:
        """Training loss of k networks of this shape: (k, parameters) → (k,)."""
        return MLP.loss(self.network.outputs_of_many(flat, self.x), self.labels)

    def loss_surface(self, directions: str = "path", *, seed: int = 0, side: int = 31, before: Tensor | None = None) -> tuple[Surface, Tensor]:
        """A slice of the training loss through the network as it stands, with the path walked so far, and the two directions.

        Args:
            directions: ``"path"``: the main components of the path; ``"random"``: random ones, normalised by filter.
            seed: of the random directions.
            before: the directions of the last slice, so that their signs stay.
        """
        centre = self.network.flat()
        path = torch.stack([*(flat for _, flat in self.path), centre])
        if directions == "random":
            found = random_directions(centre, self.network.filters(), seed)
            reach = 1.0
        else:
            found = main_components(path, before)
            reach = 0.5
        return loss_slice(self.losses_of_many, centre, found, path, side=side, reach=reach), found
