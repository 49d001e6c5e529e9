"""The claims about depthwise separable convolution: the time of learning, the number of parameters, accuracy beside a ResNet."""

from __future__ import annotations

import statistics
from collections.abc import Generator

from torch import nn

from explorer.engine.data import digits
from explorer.engine.experiments.recognition.timing import FEW, ON_FEW, parameters, side_by_side
from explorer.engine.experiments.recognition.training import Runner, line, race, spread_of
from explorer.engine.experiments.run import Outcome, Run
from explorer.engine.models.recognition.mobilenet import BODY, mobilenet, mobilenet_half
from explorer.engine.models.recognition.resnet import cifar_resnet, resnet50
from explorer.results import Curves, Progress
from explorer.words import Text, same

SEPARABLE, FULL = Text("分けた畳み込み", "separable"), Text("普通の畳み込み", "full convolutions")
WIDTH = Text("幅の倍率", "width multiplier")
MILLIONS = Text("パラメータ（百万）", "parameters (millions)")

Steps = Generator[Progress, None, Outcome]


def training_time(run: Run) -> Steps:
    """``mobilenet.training_time``: separable and full convolutions of the same shape learn side by side. Disabled: both are full."""
    side, steps = (16, 12) if run.quick else (32, 60)
    width = 0.5
    separable = Runner(SEPARABLE, lambda: mobilenet_half(width=width, separable=not run.disabled), {"lens": "separable"}, main=True)
    full = Runner(FULL, lambda: mobilenet_half(width=width, separable=False), {"lens": "separable"})
    differs = Text(
        f"論文（表 4）は積和の回数を比べ、八分の一以下としています。ここでは幅 {width:g} 倍で、数字の画像（{side}×{side} 画素）を短く、同じステップ数だけ学習しました。{ON_FEW.ja}",
        f"The paper (table 4) compares multiply-adds, less than an eighth. Here both learn briefly, for the same steps, at {width:g} times the width, "
        f"from digits of {side}×{side} pixels. {ON_FEW.en}",
    )
    return (yield from side_by_side(run, separable, full, ("separable", "full"), side, steps, differs, held=FEW))


def small(run: Run) -> Steps:
    """``mobilenet.small``: parameters of MobileNet and of ResNet-50, both for 1,000 classes."""
    widths = (0.25, 0.5, 0.75, 1.0)
    counts: list[int] = []
    theirs = parameters(resnet50)

    def plot() -> Curves:
        ours = line(same("MobileNet"), widths[: len(counts)], [[count / 1e6] for count in counts], main=True, opens={"lens": "separable"})
        return Curves((ours, line(same("ResNet-50"), widths[: len(counts)], [[theirs / 1e6]] * len(counts))), WIDTH, MILLIONS)

    for done, width in enumerate(widths, start=1):
        counts.append(parameters(lambda width=width: mobilenet(width=width, separable=not run.disabled)))  # type: ignore[misc]
        yield Progress(Text("数えています", "Counting"), done / len(widths), None, plot())
    ratio = counts[-1] / theirs
    text = Text(
        f"MobileNet は {counts[-1]:,}、ResNet-50 は {theirs:,} パラメータ（{ratio:.2f} 倍）。",
        f"MobileNet has {counts[-1]:,} parameters, ResNet-50 {theirs:,}: {ratio:.2f} times as many.",
    )
    data = Text("ネットワークを実際に組み立てて数えました。", "Counted on the networks as they are built here.")
    differs = Text("論文の表 9 と同じ数です（約 420 万）。", "The same number as in the paper's table 9 (4.2 million).")
    return Outcome({"parameter_ratio": ratio, "mobilenet": float(counts[-1]), "resnet50": float(theirs)}, "parameter_ratio", text, plot(), data, differs)


def narrow_resnet() -> nn.Module:
    """ResNet-14 with 8, 16 and 32 channels."""
    return cifar_resnet(14, widths=(8, 16, 32))


def short_mobilenet() -> nn.Module:
    """The first five separable convolutions of MobileNet, eleven layers, with 16 to 64 channels."""
    return mobilenet_half(width=0.25, body=BODY[:5])


def accuracy(run: Run) -> Steps:
    """``mobilenet.accuracy``: a ResNet and a MobileNet after equally many steps. Disabled: a second ResNet in MobileNet's place."""
    steps = 60 if run.quick else 200
    runners = (
        Runner(same("ResNet-14"), narrow_resnet, main=True),
        Runner(same("MobileNet"), narrow_resnet if run.disabled else short_mobilenet, {"lens": "separable"}),
    )
    data = digits.load(size=16, channels=3)
    found = yield from race(run, runners, data, steps, measurements=4 if run.quick else 8)
    resnet, mobile = found.last(0), found.last(1)
    differences = [a - b for a, b in zip(resnet, mobile, strict=True)]
    text = Text(
        f"{steps} ステップ後の正解率：ResNet-14 {statistics.fmean(resnet):.1%}、MobileNet（五ブロック）{statistics.fmean(mobile):.1%}。",
        f"After {steps} steps ResNet-14 is right on {statistics.fmean(resnet):.1%}, a MobileNet of five blocks on {statistics.fmean(mobile):.1%}.",
    )
    differs = Text(
        "論文は ImageNet で収束まで学習します（MobileNet 70.6 %）。ここでは小さな数字の画像で短く学習しました。",
        "The paper trains to convergence on ImageNet (MobileNet 70.6 %); here training is short, on small pictures of digits.",
    )
    numbers = {"difference": statistics.fmean(differences), "spread": spread_of(differences), "resnet": statistics.fmean(resnet), "mobilenet": statistics.fmean(mobile)}
    return Outcome(numbers, "difference", text, found.plot(), digits.ABOUT, differs, complete=found.complete)
