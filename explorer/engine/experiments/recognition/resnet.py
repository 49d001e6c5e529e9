"""The claims about residual connections: the gradient in the first block, accuracy at equal depth, the time that depth takes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Generator, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from explorer.engine.data import digits
from explorer.engine.experiments.recognition.timing import side_by_side
from explorer.engine.experiments.recognition.training import Runner
from explorer.engine.experiments.run import Outcome, Run
from explorer.engine.learning.classify import Classify, ClassifySettings, accuracy_of, scores_of
from explorer.engine.lenses.gradients import ordinary_weights, without_norm
from explorer.engine.models.recognition.resnet import cifar_resnet
from explorer.results import Curves, Progress, Series
from explorer.words import Text

WITH, WITHOUT = Text("残差接続あり", "with shortcuts"), Text("なし", "without")
DEPTH = Text("層の数", "layers")
WIDTHS = (8, 16, 32)
DEEPEST_SHOWN = 56  # layers of the deepest network of the page's lens

Steps = Generator[Progress, None, Outcome]


def _series(name: Text, depths: Sequence[int], runs: dict[int, list[float]], *, main: bool = False, residual: bool = True, norm: bool = True) -> Series:
    """Mean over seeds against depth, its spread, and the page state that each point stands for."""
    measured = [d for d in depths if runs.get(d)]
    mean = np.array([statistics.fmean(runs[d]) for d in measured])
    spread = np.array([statistics.stdev(runs[d]) if len(runs[d]) > 1 else 0.0 for d in measured])
    opens = tuple({"lens": "gradients", "lens_settings": {"depth": d, "residual": residual, "norm": norm}} if d <= DEEPEST_SHOWN else None for d in measured)
    return Series(name, np.array(measured, float), mean, spread, main=main, opens=opens)


def first_gradient(network: nn.Module, inputs: Tensor, labels: Tensor) -> float:
    """L2 norm of the loss's gradient with respect to the weights of the first block's first convolution.

    In double precision: in single precision the gradient of a deep network without shortcuts is rounded to zero.
    """
    network.double().train()
    network.zero_grad()
    nn.functional.cross_entropy(network(inputs.double()), labels).backward()  # type: ignore[no-untyped-call]
    weight = network.get_submodule("layer1.0.conv1").weight
    assert isinstance(weight, nn.Parameter) and weight.grad is not None
    return float(weight.grad.norm())


def gradient(run: Run) -> Steps:
    """``resnet.gradient``: how much of the gradient reaches the first block of an untrained network, by depth."""
    depths = (8, 14, 20, 32) if run.quick else (8, 14, 20, 32, 44, 56)
    inputs, labels, _, _ = digits.load(size=16, channels=3)
    norms: dict[tuple[bool, bool], dict[int, list[float]]] = {(r, n): {d: [] for d in depths} for r in (True, False) for n in (True, False)}
    total, done, begin = len(depths) * len(run.seeds), 0, time.perf_counter()

    def plot() -> Curves:
        lines = [
            _series(WITH, depths, norms[True, False], main=True, residual=True, norm=False),
            _series(WITHOUT, depths, norms[False, False], residual=False, norm=False),
            _series(Text("なし・正規化あり", "without, batch norm"), depths, norms[False, True], residual=False),
        ]
        return Curves(tuple(lines), DEPTH, Text("最初のブロックの勾配ノルム", "gradient norm, first block"), y_log=True)

    complete = True
    for depth in depths:
        for seed in run.seeds:
            if run.stop() and norms[True, False][depths[0]]:
                complete = False
                break
            batch = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))[:32]
            for residual, norm in norms:
                network: nn.Module = cifar_resnet(depth, residual=residual and not run.disabled, widths=WIDTHS)
                network = ordinary_weights(network if norm else without_norm(network), seed)
                norms[residual, norm][depth].append(first_gradient(network, inputs[batch], labels[batch]))
            done += 1
            left = (time.perf_counter() - begin) / done * (total - done)
            yield Progress(Text(f"{depth} 層、シード {seed}", f"{depth} layers, seed {seed}"), done / total, left, plot())
        if not complete:
            break

    reached = max(d for d in depths if norms[True, False][d])
    middle = {key: statistics.median(by_depth[reached]) for key, by_depth in norms.items()}
    ratio, ratio_bn = middle[True, False] / middle[False, False], middle[True, True] / middle[False, True]
    text = Text(
        f"{reached} 層では、最初のブロックに届く勾配は残差接続ありで {_power(ratio)} 倍。{_norm_text(ratio_bn).ja}",
        f"At {reached} layers {_power(ratio)} times as much gradient reaches the first block with shortcuts. {_norm_text(ratio_bn).en}",
    )
    return Outcome(
        {"ratio": ratio, "ratio_bn": ratio_bn, "depth": float(reached), "first_block_with": middle[True, False], "first_block_without": middle[False, False]},
        "ratio", text, plot(), digits.ABOUT,
        Text("論文は学習の誤差を比べています。ここでは学習前の勾配を、細い網（8・16・32 チャネル）と torch の既定の初期値で測りました。",
             "The paper compares training error; here the gradient before training is measured, on thin networks (8, 16, 32 channels) with torch's default initial weights."),
        complete=complete,
    )


def _norm_text(ratio_bn: float) -> Text:
    """What batch normalisation changes: with it the plain network's gradient need not vanish at all."""
    if ratio_bn >= 1:
        return Text(f"バッチ正規化があれば {_power(ratio_bn)} 倍です。", f"With batch normalisation it is {_power(ratio_bn)} times.")
    return Text(
        f"ただしバッチ正規化があれば、残差接続なしの勾配は消えず、逆に {_power(1 / ratio_bn)} 倍に膨らみます。",
        f"But with batch normalisation the plain network's gradient does not vanish: it grows to {_power(1 / ratio_bn)} times as much.",
    )


def _power(value: float) -> str:
    """A number for a sentence: 12, or 3·10⁷."""
    if not 1e-3 < value < 1e4:
        exponent = int(np.floor(np.log10(value)))
        return f"{value / 10.0**exponent:.0f}·10{str(exponent).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"
    return f"{value:.2g}"


def accuracy(run: Run) -> Steps:
    """``resnet.accuracy``: accuracy of networks with and without shortcuts after equally many steps, by depth."""
    depths = (8, 32) if run.quick else (8, 20, 32, 56)
    steps = 60 if run.quick else 120
    inputs, labels, held, held_labels = digits.load(size=8, channels=3)
    found: dict[bool, dict[int, list[float]]] = {r: {d: [] for d in depths} for r in (True, False)}
    order = [(d, s, r) for s in run.seeds for d in depths for r in (True, False)]
    cost = [d for d, _, _ in order]
    begin = time.perf_counter()

    def plot() -> Curves:
        lines = (_series(WITH, depths, found[True], main=True), _series(WITHOUT, depths, found[False], residual=False))
        return Curves(lines, DEPTH, Text("検証の正解率", "held-out accuracy"))

    complete = True
    for index, (depth, seed, residual) in enumerate(order):
        torch.manual_seed(seed)
        network = cifar_resnet(depth, residual=residual and not run.disabled, widths=WIDTHS)
        epochs = steps * 64 / len(labels)
        training = Classify(network, inputs, labels, ClassifySettings(epochs=epochs, batch=64, learning_rate=0.1, seed=seed))
        for step in training.steps():
            if run.stop() and found[False][depths[0]]:
                complete = False
                break
            if step.step % 5 == 0:
                share = (sum(cost[:index]) + cost[index] * step.fraction) / sum(cost)
                left = (time.perf_counter() - begin) * (1 - share) / share
                yield Progress(Text(f"{depth} 層、シード {seed}", f"{depth} layers, seed {seed}"), share, left, plot())
        if not complete:
            break
        found[residual][depth].append(accuracy_of(scores_of(network, held, lambda x: x), held_labels))

    reached = max(d for d in depths if found[False][d])
    pairs = list(zip(found[True][reached], found[False][reached], strict=False))
    differences = [a - b for a, b in pairs]
    difference, spread = statistics.fmean(differences), statistics.stdev(differences) if len(differences) > 1 else 0.0
    best, plain = statistics.fmean(found[True][reached]), statistics.fmean(found[False][reached])
    text = Text(
        f"{reached} 層、{steps} ステップ後の正解率：あり {best:.1%}、なし {plain:.1%}。",
        f"After {steps} steps at {reached} layers: {best:.1%} with shortcuts, {plain:.1%} without.",
    )
    return Outcome(
        {"difference": difference, "spread": spread, "with": best, "without": plain, "depth": float(reached)}, "difference", text, plot(), digits.ABOUT,
        Text("論文は ImageNet と CIFAR-10 で収束まで学習します。ここでは小さな数字の画像で短く学習しました。",
             "The paper trains to convergence on ImageNet and CIFAR-10; here training is short, on small pictures of digits."),
        complete=complete,
    )


def training_time(run: Run) -> Steps:
    """``resnet.training_time``: a deeper and a shallower network learn side by side, everything else equal. Disabled: both equally deep."""
    deep, shallow = 38 if run.quick else 56, 20

    def runner(depth: int, *, main: bool = False) -> Runner:
        built = shallow if run.disabled else depth
        opens = {"lens": "gradients", "lens_settings": {"depth": built, "residual": True, "norm": True}}
        return Runner(Text(f"{depth} 層", f"{depth} layers"), lambda: cifar_resnet(built), opens, main)

    differs = Text(
        "論文は 32×32 画素の CIFAR-10 で収束まで学習します。ここでは小さな数字の画像で短く、同じステップ数だけ学習しました。",
        "The paper trains to convergence on CIFAR-10 at 32×32 pixels; here both learn briefly, for the same steps, from small pictures of digits.",
    )
    side, steps = (8, 30) if run.quick else (16, 100)
    return (yield from side_by_side(run, runner(deep, main=True), runner(shallow), ("deep", "shallow"), side, steps, differs))
