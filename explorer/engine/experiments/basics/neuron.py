"""The claims about one neuron: it is a weighted sum and an activation, and one of it cannot learn XOR."""

from __future__ import annotations

import math
import random
import statistics
import time
from collections.abc import Callable, Generator, Sequence
from typing import Any

import numpy as np
import torch

from explorer.engine.data import toy
from explorer.engine.experiments.run import Outcome, Run
from explorer.engine.learning.perceptron import Perceptron
from explorer.engine.learning.playground import Playground, Settings
from explorer.engine.models.basics.neuron import Neuron
from explorer.results import Curves, Progress, Series
from explorer.words import Text

Steps = Generator[Progress, None, Outcome]

BY_HAND: dict[str, Callable[[float], float]] = {
    "step": lambda z: 1.0 if z >= 0 else 0.0,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "tanh": math.tanh,
    "relu": lambda z: max(0.0, z),
}
"""Every activation as the formula in a book, on plain Python numbers."""

LOOKS = Text("見た例の数", "examples seen")
ACCURACY = Text("正解率 (割合)", "accuracy (share)")
LINE = Text("直線で分けられる点", "points a line can part")
ONE = Text("パーセプトロン一つ", "one perceptron")
HIDDEN = Text("隠れ層あり", "with a hidden layer")
STEP = Text("ステップ", "step")
BEGIN = Text("点を引いています", "Drawing points")


def _left(begin: float, share: float) -> float | None:
    """Seconds left at this pace."""
    return None if share <= 0 else (time.perf_counter() - begin) * (1 - share) / share


def _mean(name: Text, x: Sequence[float], runs: Sequence[Sequence[float]], *, main: bool = False, opens: Sequence[dict[str, Any] | None] = ()) -> Series:
    """The mean of the runs at each x, and their spread (standard deviation)."""
    values = np.array([list(run) for run in runs], dtype=float)
    spread = values.std(axis=0, ddof=1) if len(values) > 1 else np.zeros(values.shape[1])
    return Series(name, np.array(x, dtype=float), values.mean(axis=0), spread, main=main, opens=tuple(opens))


def _agreement(chance: random.Random, count: int, disabled: bool) -> tuple[int, int]:
    """How many of ``count`` random settings give what the formula gives, within 1e-5. Disabled: the weights are off."""
    agree = 0
    for _ in range(count):
        inputs = chance.choice((2, 3))
        name = chance.choice(list(BY_HAND))
        x = [chance.uniform(-3, 3) for _ in range(inputs)]
        weights = [chance.uniform(-2, 2) for _ in range(inputs)]
        bias = chance.uniform(-2, 2)
        neuron = Neuron(inputs, name)
        with torch.no_grad():
            neuron.weight.copy_(torch.zeros(inputs) if disabled else torch.tensor(weights))
            neuron.bias.fill_(bias)
            output = float(neuron(torch.tensor(x)))
        total = bias
        for value, weight in zip(x, weights, strict=True):
            total += value * weight
        agree += abs(output - BY_HAND[name](total)) <= 1e-5
    return agree, count


def weighted_sum(run: Run) -> Steps:
    """Agreement of the running neuron with the formula, and the accuracy a single neuron reaches on points a line can part.

    Disabled: the weights are switched off, so that only the bias is left of the sum.
    """
    begin = time.perf_counter()
    settings_a_seed, looks = (200, 600) if run.quick else (500, 2000)
    every = looks // 20
    places = [0, *range(every, looks + 1, every)]
    agree = asked = 0
    curves: list[list[float]] = []
    opens: list[dict[str, Any] | None] = []
    stopped = False
    yield Progress(BEGIN, 0.0, None, Curves((), LOOKS, ACCURACY))
    for number, seed in enumerate(run.seeds):
        good, count = _agreement(random.Random(seed), settings_a_seed, run.disabled)
        agree, asked = agree + good, asked + count
        points = toy.draw("gaussians", count=60, noise=0.1, split=1.0, seed=seed)
        neuron = Neuron(2)
        with torch.no_grad():  # as a drawn neuron begins: at random, from the seed
            neuron.weight.copy_(torch.empty(2).uniform_(-1, 1, generator=torch.Generator().manual_seed(seed)))
        learner = Perceptron(neuron, torch.from_numpy(points.xy), torch.from_numpy(points.labels), rate=0.1, seed=seed)
        accuracy = [_line_accuracy(learner, run.disabled)]
        states = [_neuron_state(learner, "gaussians", seed)]
        steps = learner.steps()
        for look in range(1, looks + 1):
            next(steps)
            if look % every == 0:
                accuracy.append(_line_accuracy(learner, run.disabled))
                states.append(_neuron_state(learner, "gaussians", seed))
                if look % (4 * every) == 0:
                    share = (number + look / looks) / len(run.seeds)
                    part = _mean(LINE, places[: len(accuracy)], [*(c[: len(accuracy)] for c in curves), accuracy], main=True)
                    said = Text(f"シード {number + 1}/{len(run.seeds)}", f"Seed {number + 1} of {len(run.seeds)}")
                    yield Progress(said, share, _left(begin, share), Curves((part,), LOOKS, ACCURACY))
        curves.append(accuracy)
        opens = list(states)
        if run.stop():
            stopped = number + 1 < len(run.seeds)
            break
    agreement, line = agree / asked, statistics.fmean(curve[-1] for curve in curves)
    plot = Curves((_mean(LINE, places, curves, main=True, opens=opens),), LOOKS, ACCURACY)
    text = Text(
        f"{asked:,} 通りのうち {agree:,} 通りで式と一致し、直線で分けられる点の正解率は **{line:.3f}** でした。",
        f"{agree:,} of {asked:,} settings agree with the formula; points a line can part: **{line:.3f}** right.",
    )
    return Outcome(
        {"agreement": agreement, "line_accuracy": line}, "line_accuracy", text, plot,
        Text("二つの正規分布から引いた 60 点", "60 points drawn from two Gaussians"),
        Text("一致の許容誤差は 1e-5、単精度です。", "Agreement within 1e-5, in single precision."),
        complete=not stopped,
    )


@torch.no_grad()
def _line_accuracy(learner: Perceptron, disabled: bool) -> float:
    """Accuracy on the learner's points; disabled: with the weights switched off."""
    if not disabled:
        return learner.accuracy()
    neuron = Neuron(2)
    neuron.bias.copy_(learner.neuron.bias)
    return float((neuron.answer(learner.x) == learner.labels).float().mean())


def _neuron_state(learner: Perceptron, data: str, seed: int) -> dict[str, Any]:
    """The page with this neuron on it."""
    neuron = learner.neuron
    weights = [round(float(w), 4) for w in neuron.weight.detach()]
    return {"data": data, "seed": seed, "inputs": 2, "weights": weights[:2], "bias": round(float(neuron.bias.detach()), 4), "activation": "step"}


def xor(run: Run) -> Steps:
    """One perceptron on the four points of XOR against the same with one hidden layer: same points, steps and learning rate.

    Disabled: the perceptron also gets the product of its inputs, with which XOR can be parted by a line.
    """
    begin = time.perf_counter()
    steps = 200 if run.quick else 1000
    every = steps // 20
    settings = Settings(rate=0.3, batch=4)
    corners = toy.corners("xor")
    places = [0, *range(every, steps + 1, every)]
    one: list[list[float]] = []
    hidden: list[list[float]] = []
    best, stopped = 0.0, False
    opens_one: list[dict[str, Any] | None] = []
    for number, seed in enumerate(run.seeds):
        features = ("x1", "x2", "x1x2") if run.disabled else ("x1", "x2")
        alone = Playground(corners, settings, hidden=(), features=features, seed=seed)
        layered = Playground(corners, settings, hidden=(4,), features=features, seed=seed)
        accuracies: tuple[list[float], list[float]] = ([], [])
        states: list[dict[str, Any] | None] = []
        loops = alone.steps(), layered.steps()
        for step in range(steps + 1):
            if step > 0:
                for loop in loops:
                    next(loop)
            now = alone.scores().train_accuracy
            best = max(best, now)
            if step % every == 0:
                accuracies[0].append(now)
                accuracies[1].append(layered.scores().train_accuracy)
                weight, bias = alone.network.layers[0].weight.detach()[0], float(alone.network.layers[0].bias.detach())
                states.append({"data": "xor", "inputs": 2, "weights": [round(float(w), 4) for w in weight[:2]], "bias": round(bias, 4), "activation": "step"})
                if step % (5 * every) == 0:
                    share = (number + step / steps) / len(run.seeds)
                    shown = len(accuracies[0])
                    series = (
                        _mean(ONE, places[:shown], [*(c[:shown] for c in one), accuracies[0]], main=True),
                        _mean(HIDDEN, places[:shown], [*(c[:shown] for c in hidden), accuracies[1]]),
                    )
                    said = Text(f"シード {number + 1}/{len(run.seeds)}", f"Seed {number + 1} of {len(run.seeds)}")
                    yield Progress(said, share, _left(begin, share), Curves(series, STEP, ACCURACY))
        best = max(best, _best_by_rule(corners, steps, seed, run.disabled))
        one.append(accuracies[0])
        hidden.append(accuracies[1])
        opens_one = states
        if run.stop():
            stopped = number + 1 < len(run.seeds)
            break
    reached = statistics.fmean(curve[-1] for curve in hidden)
    plot = Curves(
        (
            _mean(ONE, places, one, main=True, opens=opens_one),
            _mean(HIDDEN, places, hidden),
        ),
        STEP, ACCURACY,
    )
    text = Text(
        f"パーセプトロン一つはどの時点でも四点中 **{round(4 * best)}** 点まで。隠れ層を足すと平均 {reached:.2f} でした。",
        f"At its best, one perceptron got **{round(4 * best)}** of 4 points; with a hidden layer the mean was {reached:.2f}.",
    )
    return Outcome(
        {"best_accuracy": best, "hidden_accuracy": reached}, "best_accuracy", text, plot,
        Text("XOR の四点", "the four points of XOR"),
        Text(
            "Rosenblatt の規則と勾配降下法の両方で学習し、途中も含めて最良を取りました。",
            "Learnt by Rosenblatt's rule and by gradient descent; the best of every moment counts.",
        ),
        complete=not stopped,
    )


def _best_by_rule(corners: toy.PointSet, looks: int, seed: int, disabled: bool) -> float:
    """The best accuracy Rosenblatt's rule ever reaches on the four points."""
    x = torch.from_numpy(corners.xy)
    if disabled:
        x = torch.cat([x, x[:, :1] * x[:, 1:]], dim=1)
    learner = Perceptron(Neuron(x.shape[1]), x, torch.from_numpy(corners.labels), rate=0.1, seed=seed)
    best, loop = learner.accuracy(), learner.steps()
    for _ in range(looks):
        if next(loop).corrected:
            best = max(best, learner.accuracy())
    return best
