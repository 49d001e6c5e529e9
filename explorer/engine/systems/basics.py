"""Chapter 1 from Python: a network or a neuron that learns from points.

>>> load("dnn").run("moons").accuracy
>>> load("neuron").run([1.0, -0.5], weights=[1, 1]).output
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from explorer.catalogue.schema import System, Variant
from explorer.engine.data import toy
from explorer.engine.learning.perceptron import Perceptron
from explorer.engine.learning.playground import Playground, Settings, features_of
from explorer.engine.lenses.plane import surface
from explorer.engine.models.basics.neuron import ACTIVATIONS, Neuron
from explorer.engine.system import RunningSystem
from explorer.results import Curves, Result, Surface
from explorer.results.base import Floats, Integers
from explorer.words import InputError, Text

NO_WEIGHTS = Text(
    "このシステムはその場で学習するので、重みのファイルは使えません。",
    "This system learns on the spot and takes no file of weights.",
)
NOT_POINTS = Text(
    "点として使えません。データの名前、CSV のパス、または (x, y, クラス) の並びを渡してください。",
    "This cannot be used as points; give the name of a data set, the path of a CSV, or rows of (x, y, class).",
)
NOT_NUMBERS = Text("入力は二つか三つの数、重みも同じ数だけ必要です。", "The inputs are two or three numbers, with as many weights.")


@dataclass(frozen=True, eq=False)
class Learnt:
    """What was learnt from points. ``labels``: (n,) 0 or 1, answered for every point; ``probabilities``: (n, 2) of the two classes.

    ``accuracy``: share of right answers on the points held out (on all, where none is), ``train_accuracy`` on the others.
    ``names``: of the classes. ``held_out``: (n,) bool. ``losses``: training loss in nats at the remembered steps, or empty.
    """

    labels: Integers
    probabilities: Floats
    accuracy: float
    train_accuracy: float
    names: tuple[str, str]
    held_out: np.ndarray[Any, np.dtype[np.bool_]]
    losses: Floats


@dataclass(frozen=True)
class Fired:
    """One neuron's arithmetic: each product, their sum with the bias, and the output."""

    products: tuple[float, ...]
    sum: float
    output: float


def points_of(x: Any, *, noise: float = 0.1, count: int = 200, split: float = 0.5, seed: int = 0) -> toy.PointSet:
    """Points from a set's name, the path or text of a table, rows of (x, y, class), or (xy, labels). Raises InputError."""
    if isinstance(x, str) and x in toy.KINDS:
        return toy.draw(x, noise=noise, count=count, split=split, seed=seed)
    if isinstance(x, str) and x in ("and", "or"):
        return toy.corners(x)
    if isinstance(x, str) and "\n" not in x and "." not in x and "/" not in x:
        return toy.draw(x)  # refuses it, naming those there are
    if isinstance(x, str | Path):
        return toy.read_table(x, split=split, seed=seed)
    try:
        if isinstance(x, tuple) and len(x) == 2:
            x = np.column_stack([np.asarray(x[0], dtype=float), np.asarray(x[1], dtype=float)])
        rows = np.asarray(x, dtype=float)
    except (TypeError, ValueError):
        raise InputError(NOT_POINTS) from None
    if rows.ndim != 2 or rows.shape[1] != 3 or len(rows) == 0:
        raise InputError(NOT_POINTS)
    return toy.placed(rows.tolist(), split=split, seed=seed)


class Running(RunningSystem):
    """The neuron or the deep network; settings of ``run`` are those of the points and of the learning."""

    def __init__(self, entry: System, variant: Variant | None, *, weights: str | None = None, device: str = "cpu", **settings: Any) -> None:
        super().__init__(entry, variant, "cpu")
        if weights is not None:
            raise InputError(NO_WEIGHTS)
        self.no_settings(settings)
        self._single = "Neuron" in (variant.model if variant else "")

    def run(self, x: Any = None, **settings: Any) -> Learnt | Fired:
        """Learn from points, or (a single neuron, given two or three numbers) fire.

        Args:
            x: a set's name ("moons" …), the path or text of a CSV (x, y, class), rows of (x, y, class), or (xy, labels).
            settings: ``noise``, ``count``, ``split``, ``seed``, ``steps``; for the network ``hidden``, ``features``, ``activation``,
                ``optimiser``, ``rate``, ``regularisation``, ``strength``, ``batch``; for one neuron ``weights``, ``bias``, ``activation``, ``rate``.

        Raises:
            InputError: points, numbers or settings that cannot be used.
        """
        if self._single:
            if isinstance(x, Sequence | np.ndarray) and not isinstance(x, str) and np.ndim(np.asarray(x, dtype=object)) == 1:
                return self._fire(x, settings)
            return self._perceptron(x, settings)[0]
        world = self._train(x, settings)
        return self._learnt(world)

    def _look(self, lens: str, x: Any, settings: Mapping[str, Any]) -> Result:
        values = dict(settings)
        if self._single:
            _, learner = self._perceptron(x, values)
            found: Surface = surface(lambda xy: 2 * learner.neuron(xy) - 1, toy.SPAN, 64)
            return found
        directions = str(values.pop("directions", "path"))
        world = self._train(x, values)
        if lens == "loss":
            curves: Curves = world.curves()
            return curves
        return world.loss_surface(directions)[0] if lens == "loss_surface" else world.surface()

    # --- the network ---

    def _train(self, x: Any, settings: dict[str, Any]) -> Playground:
        values = dict(settings)
        drawn = {name: values.pop(name) for name in ("noise", "count", "split", "seed") if name in values}
        steps, hidden, features = int(values.pop("steps", 1500)), values.pop("hidden", (4, 4)), values.pop("features", ("x1", "x2"))
        points = points_of("moons" if x is None else x, **drawn)
        try:
            learning = Settings(**{"optimiser": "adam", "rate": 0.03, "batch": 20, **values})
        except TypeError:
            self.no_settings({name: values[name] for name in values if name not in Settings.__dataclass_fields__})
            raise
        world = Playground(points, learning, hidden=hidden, features=features, seed=int(drawn.get("seed", 0)))
        world.run(max(0, steps))
        return world

    def _learnt(self, world: Playground) -> Learnt:
        points = world.points
        with torch.no_grad():
            output = world.network(features_of(torch.from_numpy(points.xy), world.features))
        second = torch.sigmoid(output).numpy()
        scores = world.scores()
        test = scores.test_accuracy if math.isfinite(scores.test_accuracy) else scores.train_accuracy
        losses = np.array([s.train_loss for _, s in world.history])
        labels = (output > 0).long().numpy()
        return Learnt(labels, np.stack([1 - second, second], axis=1), test, scores.train_accuracy, points.names, points.held_out, losses)

    # --- one neuron ---

    def _fire(self, x: Any, settings: dict[str, Any]) -> Fired:
        values = dict(settings)
        try:
            inputs = [float(v) for v in x]
            weights = [float(v) for v in values.pop("weights", [1.0] * len(inputs))]
            bias = float(values.pop("bias", 0.0))
        except (TypeError, ValueError):
            raise InputError(NOT_NUMBERS) from None
        activation = values.pop("activation", "step")
        self.no_settings(values)
        if len(inputs) not in (2, 3) or len(weights) != len(inputs) or not all(map(math.isfinite, [*inputs, *weights, bias])):
            raise InputError(NOT_NUMBERS)
        if activation not in ACTIVATIONS:
            self.no_settings({f"activation={activation}": activation})
        neuron = Neuron(len(inputs), activation)
        with torch.no_grad():
            neuron.weight.copy_(torch.tensor(weights))
            neuron.bias.fill_(bias)
            given = torch.tensor(inputs)
            return Fired(tuple((given * neuron.weight).tolist()), float(neuron.weighted_sum(given)), float(neuron(given)))

    def _perceptron(self, x: Any, settings: Mapping[str, Any]) -> tuple[Learnt, Perceptron]:
        values = dict(settings)
        drawn = {name: values.pop(name) for name in ("noise", "count", "split", "seed") if name in values}
        steps, rate = int(values.pop("steps", 5000)), float(values.pop("rate", 0.1))
        self.no_settings(values)
        points = points_of("gaussians" if x is None else x, **drawn)
        learnt = ~points.held_out
        neuron = Neuron(2)
        learner = Perceptron(neuron, torch.from_numpy(points.xy[learnt]), torch.from_numpy(points.labels[learnt]), rate, int(drawn.get("seed", 0)))
        for _, _look in zip(range(steps), learner.steps(), strict=False):
            if learner.finished:
                break
        with torch.no_grad():
            answers = neuron.answer(torch.from_numpy(points.xy)).numpy()
        right = answers == points.labels
        test = float(right[points.held_out].mean()) if points.held_out.any() else learner.accuracy()
        sure = np.eye(2)[answers]
        return Learnt(answers, sure, test, learner.accuracy(), points.names, points.held_out, np.zeros(0)), learner
