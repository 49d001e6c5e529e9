"""The claims about layers and gradient descent, measured on drawn points with the playground's own loop."""

from __future__ import annotations

import statistics
import time
from collections.abc import Generator
from typing import Any

import numpy as np

from explorer.engine.data import toy
from explorer.engine.experiments.run import Outcome, Run
from explorer.engine.learning.playground import Playground, Settings
from explorer.results import Curves, Progress, Series
from explorer.words import InputError, Text

Steps = Generator[Progress, None, Outcome]

SETS = ("moons", "circles", "spiral", "xor")
SET_NAMES = {
    "moons": Text("三日月", "moons"),
    "circles": Text("円", "circles"),
    "spiral": Text("渦", "spiral"),
    "xor": Text("XOR", "xor"),
}
ACCURACY = Text("検証データの正解率 (割合)", "test accuracy (share)")
STEP = Text("ステップ", "step")
WIDTH = Text("一層あたりのニューロン数", "neurons a layer")
BEGIN = Text("点を引いています", "Drawing points")
LAYERED, SINGLE = Text("隠れ層あり", "with hidden layers"), Text("パーセプトロン一つ", "one perceptron")


def _left(begin: float, share: float) -> float | None:
    return None if share <= 0 else (time.perf_counter() - begin) * (1 - share) / share


def _state(world: Playground, data: str, seed: int, noise: float) -> dict[str, Any]:
    """The page with exactly this network on it."""
    settings = world.settings
    return {
        "data": data, "seed": seed, "noise": noise, "count": len(world.points.xy), "split": 0.5, "hidden": list(world.network.hidden),
        "features": list(world.features), "activation": settings.activation, "optimiser": settings.optimiser, "rate": settings.rate,
        "batch": settings.batch, "weights": [round(float(w), 4) for w in world.network.flat()], "step": world.step, "epoch": round(world.epoch, 3),
    }  # fmt: skip


def _train(world: Playground, steps: int) -> float:
    """Test accuracy after the steps; where the loss runs away, as it is then."""
    try:
        return world.run(steps).test_accuracy
    except InputError:
        return world.scores().test_accuracy


def layers(run: Run) -> Steps:
    """Two hidden layers against one perceptron on four sets no line can part: same data, steps, batch and optimiser.

    Disabled: the hidden neurons pass their sums on unchanged, without an activation.
    """
    begin = time.perf_counter()
    stages, stage = (4, 40) if run.quick else (10, 150)
    noise, activation = 0.05, "linear" if run.disabled else "tanh"
    settings = Settings(activation=activation, optimiser="adam", rate=0.03, batch=20)
    places = np.arange(0, stages + 1, dtype=float) * stage
    # accuracy[kind of network][set] = one curve a seed
    found: dict[str, dict[str, list[list[float]]]] = {"layered": {s: [] for s in SETS}, "single": {s: [] for s in SETS}}
    opens: dict[str, list[dict[str, Any] | None]] = {"layered": [], "single": []}
    stopped, done, total = False, 0, len(run.seeds) * len(SETS)
    yield Progress(BEGIN, 0.0, None, Curves((), STEP, ACCURACY))
    for seed in run.seeds:
        for name in SETS:
            points = toy.draw(name, count=200, noise=noise, seed=seed)
            worlds = {
                "layered": Playground(points, settings, hidden=(8, 8), seed=seed),
                "single": Playground(points, settings, hidden=(), seed=seed),
            }
            for kind, world in worlds.items():
                found[kind][name].append([world.scores().test_accuracy])
            if name == "moons":
                opens = {kind: [_state(world, name, seed, noise)] for kind, world in worlds.items()}
            for number in range(stages):
                for kind, world in worlds.items():
                    found[kind][name][-1].append(_train(world, stage))
                    if name == "moons":
                        opens[kind].append(_state(world, name, seed, noise))
                if number % 2 == 1 or number == 0:
                    share = (done + (number + 1) / stages) / total
                    said = Text(f"{SET_NAMES[name].ja}、シード {seed}", f"{SET_NAMES[name].en}, seed {seed}")
                    yield Progress(said, share, _left(begin, share), _curves_of(found, places, {}))
            done += 1
        if run.stop():
            stopped = done < total
            break
    gaps = [
        statistics.fmean(found["layered"][name][k][-1] - found["single"][name][k][-1] for name in SETS)
        for k in range(len(found["single"]["xor"]))
    ]
    difference = statistics.fmean(gaps)
    spread = statistics.stdev(gaps) if len(gaps) > 1 else 0.0
    each = {name: _final(found["layered"][name]) - _final(found["single"][name]) for name in SETS}
    least = min(each, key=lambda name: each[name])
    text = Text(
        f"正解率は平均 **{difference:+.2f}** 変わりました。最も差が小さいのは{SET_NAMES[least].ja}の {each[least]:+.2f} です。",
        f"Accuracy changes by **{difference:+.2f}** on average; least on {SET_NAMES[least].en}, {each[least]:+.2f}.",
    )
    numbers = {"difference": difference, "spread": spread, **{f"difference_{name}": value for name, value in each.items()}}
    return Outcome(
        numbers, "difference", text, _curves_of(found, places, opens),
        Text("三日月、円、渦、XOR を各 200 点(半分で検証)", "moons, circles, spiral and xor, 200 points each, half of them to test"),
        Text("1986 年の論文は対称性の判定などの小さな課題でした。", "The 1986 paper used small tasks such as detecting symmetry."),
        complete=not stopped,
    )


def _final(curves: list[list[float]]) -> float:
    return statistics.fmean(curve[-1] for curve in curves)


def _curves_of(found: dict[str, dict[str, list[list[float]]]], places: np.ndarray[Any, Any], opens: dict[str, list[dict[str, Any] | None]]) -> Curves:
    """Mean accuracy over the sets and seeds measured so far, with the spread over seeds."""
    series = []
    for kind, name, main in (("layered", LAYERED, True), ("single", SINGLE, False)):
        curves = [curve for runs in found[kind].values() for curve in runs]
        longest = max(len(curve) for curve in curves)
        whole = np.array([curve for curve in curves if len(curve) == longest])
        # spread over seeds of the mean over sets, as far as every set is there
        seeds = min(sum(len(curve) == longest for curve in runs) for runs in found[kind].values())
        spread = np.zeros(longest)
        if seeds > 1:
            spread = np.array([[runs[k] for k in range(seeds)] for runs in found[kind].values()]).mean(axis=0).std(axis=0, ddof=1)
        states = tuple(opens.get(kind, ())) if len(opens.get(kind, ())) == longest else ()
        series.append(Series(name, places[:longest], whole.mean(axis=0), spread, main=main, opens=states))
    return Curves(tuple(series), STEP, ACCURACY)


def gradient_descent(run: Run) -> Steps:
    """Loss before and after training, and test accuracy across widths and depths: same data, steps and learning rate.

    Disabled: no step is taken (learning rate zero).
    """
    begin = time.perf_counter()
    widths, depths = ((1, 4, 8), (1, 2)) if run.quick else ((1, 2, 4, 8), (1, 2, 3))
    steps, noise, data = (200 if run.quick else 1200), 0.05, "circles"
    settings = Settings(optimiser="adam", rate=0.0 if run.disabled else 0.03, batch=20)
    accuracy: dict[tuple[int, int], list[float]] = {(d, w): [] for d in depths for w in widths}
    states: dict[tuple[int, int], dict[str, Any]] = {}
    ratios: list[float] = []
    stopped, done, total = False, 0, len(accuracy) * len(run.seeds)
    yield Progress(BEGIN, 0.0, None, Curves((), WIDTH, ACCURACY))
    for seed in run.seeds:
        points = toy.draw(data, count=200, noise=noise, seed=seed)
        for depth, width in accuracy:
            world = Playground(points, settings, hidden=(width,) * depth, seed=seed)
            before = world.scores().train_loss
            accuracy[depth, width].append(_train(world, steps))
            states[depth, width] = _state(world, data, seed, noise)
            if width == max(widths):
                ratios.append(world.scores().train_loss / before)
            done += 1
            share = done / total
            said = Text(f"{depth} 層 × {width} ニューロン、シード {seed}", f"{depth} × {width} neurons, seed {seed}")
            yield Progress(said, share, _left(begin, share), _by_width(accuracy, widths, depths, {}))
        if run.stop():
            stopped = done < total
            break
    smallest = [statistics.fmean(accuracy[d, min(widths)][k] for d in depths) for k in range(len(ratios) // len(depths))]
    largest = [statistics.fmean(accuracy[d, max(widths)][k] for d in depths) for k in range(len(smallest))]
    means = {size: statistics.fmean(values) for size, values in accuracy.items()}
    best, worst = max(means, key=lambda s: means[s]), min(means, key=lambda s: means[s])
    gaps = [accuracy[best][k] - accuracy[worst][k] for k in range(len(smallest))]
    effect, spread = statistics.fmean(gaps), (statistics.stdev(gaps) if len(gaps) > 1 else 0.0)
    ratio = statistics.fmean(ratios)
    by_depth = statistics.fmean(accuracy[max(depths), max(widths)]) - statistics.fmean(accuracy[min(depths), max(widths)])
    by_width = statistics.fmean(largest) - statistics.fmean(smallest)
    text = Text(
        f"損失は **{ratio:.2f}** 倍になりました。幅を {min(widths)} から {max(widths)} にすると正解率は {by_width:+.2f}、"
        f"深さを {min(depths)} から {max(depths)} にすると {by_depth:+.2f} 変わります。",
        f"The loss became **{ratio:.2f}** of what it was. Width {min(widths)} → {max(widths)} changes accuracy by {by_width:+.2f}, "
        f"depth {min(depths)} → {max(depths)} by {by_depth:+.2f}.",
    )
    numbers = {"loss_ratio": ratio, "width_depth_effect": effect, "spread": spread, "by_width": by_width, "by_depth": by_depth}
    return Outcome(
        numbers, "loss_ratio", text, _by_width(accuracy, widths, depths, states),
        Text("二重の円 200 点(半分で検証)", "two circles, 200 points, half of them to test"),
        Text("Adam を使い、活性化は tanh です。", "Trained with Adam, with tanh as the activation."),
        complete=not stopped,
    )


def _by_width(
    accuracy: dict[tuple[int, int], list[float]], widths: tuple[int, ...], depths: tuple[int, ...], states: dict[tuple[int, int], dict[str, Any]]
) -> Curves:
    """One line a depth: mean test accuracy against width, with the spread over seeds."""
    series = []
    for depth in depths:
        there = [w for w in widths if accuracy[depth, w]]
        if not there:
            continue
        mean = np.array([statistics.fmean(accuracy[depth, w]) for w in there])
        spread = np.array([statistics.stdev(accuracy[depth, w]) if len(accuracy[depth, w]) > 1 else 0.0 for w in there])
        opens = tuple(states.get((depth, w)) for w in there)
        name = Text(f"隠れ層 {depth}", f"{depth} hidden layer{'s' if depth > 1 else ''}")
        series.append(Series(name, np.array(there, dtype=float), mean, spread, main=depth == max(depths), opens=opens))
    return Curves(tuple(series), WIDTH, ACCURACY)
