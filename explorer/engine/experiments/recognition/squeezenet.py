"""The claims about Fire modules: the time of learning, the number of parameters, accuracy beside a ResNet."""

from __future__ import annotations

import statistics
from collections.abc import Generator

from torch import nn

from explorer.engine.data import digits
from explorer.engine.experiments.recognition.timing import FEW, ON_FEW, parameters, side_by_side
from explorer.engine.experiments.recognition.training import Runner, line, race, spread_of
from explorer.engine.experiments.run import Outcome, Run
from explorer.engine.models.recognition.resnet import cifar_resnet, resnet18
from explorer.engine.models.recognition.squeezenet import squeezenet1_0, squeezenet1_1, squeezenet1_1_small
from explorer.results import Curves, Progress
from explorer.words import Text, same

MODULES = Text("部品の種類（1：Fire、2：普通の 3×3）", "kind of module (1: Fire, 2: plain 3×3)")
MILLIONS = Text("パラメータ（百万）", "parameters (millions)")

Steps = Generator[Progress, None, Outcome]


def training_time(run: Run) -> Steps:
    """``squeezenet.training_time``: SqueezeNet 1.1 and ResNet-18 learn side by side. Disabled: a second ResNet-18 in SqueezeNet's place."""
    side, batch, steps = (32, 8, 20) if run.quick else (64, 16, 40)
    squeeze = Runner(
        same("SqueezeNet 1.1"), lambda: resnet18(classes=10) if run.disabled else squeezenet1_1(classes=10), {"lens": "fire"}, main=True, learning_rate=0.01
    )
    resnet = Runner(same("ResNet-18"), lambda: resnet18(classes=10))
    differs = Text(
        f"論文は ImageNet で収束まで学習し、学習時間は比べていません。ここでは数字の画像（{side}×{side} 画素、{batch} 枚ずつ）を短く学習しました。正規化のない SqueezeNet の学習率は十分の一です。{ON_FEW.ja}",
        f"The paper trains to convergence on ImageNet and compares no training times; here training is short, on digits of {side}×{side} pixels, "
        f"{batch} a step. SqueezeNet, which has no normalisation, learns at a tenth of the rate. {ON_FEW.en}",
    )
    return (yield from side_by_side(run, squeeze, resnet, ("squeezenet", "resnet"), side, steps, differs, batch=batch, held=FEW))


def small(run: Run) -> Steps:
    """``squeezenet.small``: parameters of SqueezeNet 1.0 and of ResNet-18, both for 1,000 classes; with plain 3x3 layers for Fire modules too."""
    theirs = parameters(resnet18)
    counts: list[int] = []

    def plot() -> Curves:
        places = [1.0, 2.0][: len(counts)]
        ours = line(same("SqueezeNet 1.0"), places, [[count / 1e6] for count in counts], main=True, opens={"lens": "fire"})
        return Curves((ours, line(same("ResNet-18"), places, [[theirs / 1e6]] * len(places))), MODULES, MILLIONS)

    for done, fire in enumerate((not run.disabled, False), start=1):
        counts.append(parameters(lambda fire=fire: squeezenet1_0(fire=fire)))  # type: ignore[misc]
        yield Progress(Text("数えています", "Counting"), done / 2, None, plot())
    ratio = counts[0] / theirs
    text = Text(
        f"SqueezeNet 1.0 は {counts[0]:,} パラメータで、ResNet-18 の {ratio:.2f} 倍。Fire を普通の 3×3 にすると {counts[1]:,}。",
        f"SqueezeNet 1.0 has {counts[0]:,} parameters, {ratio:.2f} times ResNet-18's; with plain 3×3 layers for its Fire modules {counts[1]:,}.",
    )
    data = Text("ネットワークを実際に組み立てて数えました。", "Counted on the networks as they are built here.")
    differs = Text("論文は AlexNet と比べ、五十分の一としています。", "The paper compares with AlexNet: a fiftieth.")
    numbers = {"parameter_ratio": ratio, "squeezenet": float(counts[0]), "plain": float(counts[1]), "resnet18": float(theirs)}
    return Outcome(numbers, "parameter_ratio", text, plot(), data, differs)


def accuracy(run: Run) -> Steps:
    """``squeezenet.accuracy``: a ResNet and a SqueezeNet after equally many steps. Disabled: a second ResNet in SqueezeNet's place."""
    steps, batch = (30, 32) if run.quick else (200, 64)

    def resnet14() -> nn.Module:
        return cifar_resnet(14, widths=(8, 16, 32))

    runners = (
        Runner(same("ResNet-14"), resnet14, main=True),
        Runner(same("SqueezeNet"), lambda: resnet14() if run.disabled else squeezenet1_1_small(), {"lens": "fire"}),
    )
    data = digits.load(size=16, channels=3)
    found = yield from race(run, runners, data, steps, batch=batch, measurements=3 if run.quick else 8)
    resnet, squeeze = found.last(0), found.last(1)
    differences = [a - b for a, b in zip(resnet, squeeze, strict=True)]
    text = Text(
        f"{steps} ステップ後の正解率：ResNet-14 {statistics.fmean(resnet):.1%}、SqueezeNet {statistics.fmean(squeeze):.1%}。",
        f"After {steps} steps ResNet-14 is right on {statistics.fmean(resnet):.1%}, SqueezeNet on {statistics.fmean(squeeze):.1%}.",
    )
    differs = Text(
        "論文は ImageNet で AlexNet と比べます。ここでは小さな数字の画像で、バッチ正規化を付けて短く学習しました。",
        "The paper compares with AlexNet on ImageNet; here training is short, with batch normalisation, on small pictures of digits.",
    )
    numbers = {"difference": statistics.fmean(differences), "spread": spread_of(differences), "resnet": statistics.fmean(resnet), "squeezenet": statistics.fmean(squeeze)}
    return Outcome(numbers, "difference", text, found.plot(), digits.ABOUT, differs, complete=found.complete)
