"""The claims about dense connections: what more depth gains, accuracy for few parameters, and the time and memory of a step."""

from __future__ import annotations

import statistics
import time
from bisect import bisect_left
from collections.abc import Generator

import torch
from torch import nn

from explorer.engine.data import digits
from explorer.engine.experiments.recognition.photographs import photographs
from explorer.engine.experiments.recognition.timing import parameters
from explorer.engine.experiments.recognition.training import Runner, left, line, race, spread_of, step_seconds
from explorer.engine.experiments.run import Outcome, Run
from explorer.engine.learning.classify import Classify, ClassifySettings
from explorer.engine.lenses.memory import kept_for_learning
from explorer.engine.models.recognition.densenet import densenet_bc_40_12
from explorer.engine.models.recognition.resnet import cifar_resnet
from explorer.results import Curves, Progress
from explorer.words import Text, same

LENS = {"lens": "dense"}
SHORT = Text(
    "論文は CIFAR-10 で 300 エポック学習します。ここでは小さな数字の画像で短く学習しました。",
    "The paper trains for 300 epochs on CIFAR-10; here training is short, on small pictures of digits.",
)
BATCH = Text("一度に学ぶ枚数", "pictures a step")
WITHIN = 0.01  # accuracies that count as equal
DENSE, RESIDUAL = same("DenseNet-BC-22"), same("ResNet-8")

Steps = Generator[Progress, None, Outcome]


def dense(pairs: int, *, connected: bool = True, growth: int = 12) -> nn.Module:
    """A DenseNet-BC of ``6 pairs + 4`` layers; ``connected``: with its dense connections."""
    return densenet_bc_40_12(blocks=(pairs,) * 3, growth=growth, dense=connected)


def residual(pairs: int, widths: tuple[int, ...] = (8, 16, 32)) -> nn.Module:
    """A ResNet of ``6 pairs + 2`` layers."""
    return cifar_resnet(6 * pairs + 2, widths=widths)


def as_large(pairs: int, connected: bool) -> int:
    """The growth at which a DenseNet of ``6 pairs + 4`` layers comes closest to the parameters of the ResNet of two layers less."""
    aim = parameters(lambda: residual(pairs))

    def count(growth: int) -> int:
        return parameters(lambda: dense(pairs, connected=connected, growth=growth))

    above = bisect_left(range(6, 32), aim, key=count) + 6  # more growth, more parameters
    return min((above - 1, above), key=lambda growth: abs(count(growth) - aim))


def deeper(run: Run) -> Steps:
    """``densenet.deeper``: what a DenseNet gains by more depth minus what a ResNet gains, at each depth with as many parameters.

    On photographs of 8x8, where there are any: shallow networks already know nearly all digits, so that depth has nothing to gain there.
    Disabled: without the dense connections, widened to as many parameters.
    """
    given = photographs(run, 8)
    shallow, deep = (1, 4) if run.quick else (2, 5)
    steps = 40 if run.quick else 400
    growths = {pairs: as_large(pairs, not run.disabled) for pairs in (shallow, deep)}

    def ours(pairs: int) -> nn.Module:
        return dense(pairs, connected=not run.disabled, growth=growths[pairs])

    runners = (
        Runner(same(f"DenseNet-{6 * deep + 4}"), lambda: ours(deep), LENS, main=True),
        Runner(same(f"DenseNet-{6 * shallow + 4}"), lambda: ours(shallow), LENS),
        Runner(same(f"ResNet-{6 * deep + 2}"), lambda: residual(deep)),
        Runner(same(f"ResNet-{6 * shallow + 2}"), lambda: residual(shallow)),
    )
    found = yield from race(run, runners, given.data, steps, batch=32, measurements=4 if run.quick else 5)
    deep_dense, shallow_dense, deep_residual, shallow_residual = (found.last(k) for k in range(4))
    gains = [a - b for a, b in zip(deep_dense, shallow_dense, strict=True)]
    gains_residual = [a - b for a, b in zip(deep_residual, shallow_residual, strict=True)]
    differences = [a - b for a, b in zip(gains, gains_residual, strict=True)]
    gained, gained_residual = statistics.fmean(gains), statistics.fmean(gains_residual)
    ratio = parameters(runners[0].make) / parameters(runners[2].make)
    text = Text(
        f"{6 * shallow + 4} 層から {6 * deep + 4} 層へ深くして、{steps} ステップ後の正解率は DenseNet で {gained * 100:+.1f} ポイント（{statistics.fmean(deep_dense):.1%} へ）、"
        f"ResNet（{6 * shallow + 2} 層から {6 * deep + 2} 層へ）で {gained_residual * 100:+.1f} ポイント（{statistics.fmean(deep_residual):.1%} へ）変わりました。",
        f"From {6 * shallow + 4} to {6 * deep + 4} layers the accuracy after {steps} steps changes by {gained * 100:+.1f} points in a DenseNet "
        f"(to {statistics.fmean(deep_dense):.1%}) and by {gained_residual * 100:+.1f} points in a ResNet of two layers less (to {statistics.fmean(deep_residual):.1%}).",
    )
    differs = Text(
        "論文は CIFAR で 40 層から 250 層を 300 エポック学習します（ResNet は 1,001 層まで）。ここではパラメータを揃え、小さな画像で短く学習しました。",
        "The paper trains 40 to 250 layers for 300 epochs on CIFAR (ResNets up to 1,001); here parameters are equal at each depth, and training is short, on small pictures.",
    )
    numbers = {
        "difference": statistics.fmean(differences), "spread": spread_of(differences), "gain_densenet": gained, "gain_resnet": gained_residual,
        "layers": 6.0 * deep + 4, "parameter_ratio": ratio,
    }  # fmt: skip
    return Outcome(numbers, "difference", text, found.plot(), given.about, differs, at_most=given.at_most, complete=found.complete)


def small(run: Run) -> Steps:
    """``densenet.small``: accuracy and parameters of a DenseNet and of a ResNet. Disabled: without the dense connections."""
    steps = 60 if run.quick else 200
    runners = (
        Runner(same("DenseNet-BC-16"), lambda: dense(2, connected=not run.disabled), LENS, main=True),
        Runner(RESIDUAL, lambda: residual(1, (16, 32, 64))),
    )
    found = yield from race(run, runners, digits.load(size=8, channels=3), steps, batch=32, measurements=4 if run.quick else 8)
    ours, theirs = found.last(0), found.last(1)
    differences = [a - b for a, b in zip(ours, theirs, strict=True)]
    counts = [parameters(runner.make) for runner in runners]
    ratio = counts[0] / counts[1]
    text = Text(
        f"{steps} ステップ後の正解率：DenseNet {statistics.fmean(ours):.1%}（{counts[0]:,} パラメータ）、ResNet {statistics.fmean(theirs):.1%}（{counts[1]:,}）。",
        f"After {steps} steps the DenseNet ({counts[0]:,} parameters) is right on {statistics.fmean(ours):.1%}, the ResNet ({counts[1]:,}) on {statistics.fmean(theirs):.1%}.",
    )
    numbers = {
        "difference": statistics.fmean(differences), "spread": spread_of(differences), "parameter_ratio": ratio,
        "densenet": statistics.fmean(ours), "resnet": statistics.fmean(theirs),
    }  # fmt: skip
    return Outcome(numbers, "difference", text, found.plot(), digits.ABOUT, SHORT, complete=found.complete)


def cost(run: Run) -> Steps:
    """``densenet.cost``: time and memory of a training step, for each parameter, of a DenseNet and a ResNet that learn equally well.

    Disabled: a second ResNet in the DenseNet's place.
    """
    batches = (8, 16) if run.quick else (8, 16, 32)
    repeats, steps = (3, 40) if run.quick else (6, 120)

    def theirs() -> nn.Module:
        return residual(1, (16, 32, 64))

    runners = (Runner(DENSE, theirs if run.disabled else lambda: dense(3), LENS, main=True), Runner(RESIDUAL, theirs))
    counts = [parameters(runner.make) for runner in runners]
    inputs, labels, _, _ = digits.load(size=32, channels=3)
    seconds: list[list[list[float]]] = [[[] for _ in batches] for _ in runners]
    begin, done, total, share_timing = time.perf_counter(), 0, len(run.seeds) * len(batches) * len(runners), 0.6
    complete = True

    def plot() -> Curves:
        lines = []
        for runner, by_batch in zip(runners, seconds, strict=True):
            measured = [k for k, values in enumerate(by_batch) if values]
            columns = [by_batch[k] for k in measured]
            lines.append(line(runner.name, [float(batches[k]) for k in measured], columns, main=runner.main, opens=runner.opens))
        return Curves(tuple(lines), BATCH, Text("秒／ステップ", "s a step"))

    for seed in run.seeds:
        for place, batch in enumerate(batches):
            if run.stop() and all(seconds[-1]):
                complete = False
                break
            for index, runner in enumerate(runners):
                torch.manual_seed(seed)
                settings = ClassifySettings(batch=batch, learning_rate=0.01, one_cycle=False, seed=seed)
                training = Classify(runner.make(), inputs[:256], labels[:256], settings)
                training.step()  # the first one allocates
                times = []
                for _ in range(repeats):
                    times.append(step_seconds(training))
                    share = share_timing * (done + len(times) / repeats) / total
                    yield Progress(Text(f"{runner.name.ja}、{batch} 枚", f"{runner.name.en}, {batch} pictures"), share, left(begin, share), plot())
                seconds[index][place].append(statistics.median(times))
                done += 1
    memory = [kept_for_learning(runner.make(), inputs[: batches[-1]]) for runner in runners]
    yield Progress(Text("メモリを測りました", "Memory measured"), share_timing, left(begin, share_timing), plot())

    learnt = yield from race(
        Run(run.quick, run.seeds[:1], run.disabled, run.data, run.stop), runners, digits.load(size=8, channels=3), steps, batch=32,
        measurements=4, plot=lambda _: plot(),
    )  # fmt: skip
    accuracy = [learnt.last(k)[0] for k in range(2)]
    equal = abs(accuracy[0] - accuracy[1]) <= WITHIN + 1e-9
    per_parameter = counts[1] / counts[0]
    ratios = [a / b for a, b in zip(seconds[0][-1], seconds[1][-1], strict=False)]
    ratio, memory_ratio = statistics.median(ratios), memory[0] / memory[1]
    text = Text(
        f"一ステップ（{batches[-1]} 枚、32×32 画素）は DenseNet で ResNet の {ratio:.1f} 倍の時間、{memory_ratio:.1f} 倍のメモリ"
        f"（パラメータあたり {ratio * per_parameter:.1f} 倍と {memory_ratio * per_parameter:.1f} 倍）。"
        f"正解率は {accuracy[0]:.1%} と {accuracy[1]:.1%}{'' if equal else 'で、1 ポイントより離れています'}。",
        f"A step ({batches[-1]} pictures of 32×32 pixels) of the DenseNet takes {ratio:.1f} times the time and {memory_ratio:.1f} times the memory of the "
        f"ResNet's; for each parameter {ratio * per_parameter:.1f} and {memory_ratio * per_parameter:.1f} times. Accuracies: {accuracy[0]:.1%} and "
        f"{accuracy[1]:.1%}{'' if equal else ', more than a point apart'}.",
    )
    differs = Text(
        "メモリは、逆伝播のために取っておく値を数えました。論文の後に出た、計算し直して節約する実装は使っていません。正解率は短い学習の後のものです。",
        "Memory is what the forward pass keeps for the backward one; implementations that save it by computing twice came later. Accuracy is after a short training.",
    )
    numbers = {
        "time_ratio": ratio * per_parameter, "memory_ratio": memory_ratio * per_parameter, "spread": spread_of(ratios) * per_parameter,
        "step_time_ratio": ratio, "step_memory_ratio": memory_ratio, "accuracy_densenet": accuracy[0], "accuracy_resnet": accuracy[1],
        "parameters_densenet": float(counts[0]), "parameters_resnet": float(counts[1]),
    }  # fmt: skip
    return Outcome(numbers, "time_ratio", text, plot(), digits.ABOUT, differs, at_most="holds" if equal else "caveat", complete=complete and learnt.complete)
