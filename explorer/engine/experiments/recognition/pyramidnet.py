"""The claims about gradual widening: accuracy beside widths that double at each stage, and the time that depth takes."""

from __future__ import annotations

import statistics
from collections.abc import Generator

from torch import nn

from explorer.engine.experiments.recognition.photographs import photographs
from explorer.engine.experiments.recognition.timing import side_by_side
from explorer.engine.experiments.recognition.training import Runner, race, spread_of
from explorer.engine.experiments.run import Outcome, Run
from explorer.engine.lenses.widths import size_of
from explorer.engine.models.recognition.pyramidnet import pyramidnet20_a48
from explorer.results import Progress
from explorer.words import Text

DEPTH, QUICK_DEPTH = 14, 8

Steps = Generator[Progress, None, Outcome]


def doubling(depth: int = DEPTH) -> nn.Module:
    """So many layers with 16, 32 and 64 channels: the widths of a ResNet, in PyramidNet's blocks."""
    return pyramidnet20_a48(depth=depth, growth="stages")


def alpha(depth: int = DEPTH) -> int:
    """The alpha at which the gradually widening network has as many parameters as the doubling one."""
    aim = size_of(lambda: doubling(depth), (3, 8, 8)).parameters
    return min(range(24, 61), key=lambda a: abs(size_of(lambda: pyramidnet20_a48(depth=depth, alpha=a), (3, 8, 8)).parameters - aim))


def accuracy(run: Run) -> Steps:
    """``pyramidnet.accuracy``: gradual widening minus doubling at each stage, in the same blocks, at equal depth and parameters.

    On photographs of 16x16, where there are any; digits can give a caveat at most. Disabled: the widths do not grow at all.
    """
    given = photographs(run, 16)
    depth, steps = (QUICK_DEPTH, 40) if run.quick else (DEPTH, 500)
    gained = 0 if run.disabled else alpha(depth)
    settings = {"lens": "widths", "lens_settings": {"blocks": (depth - 2) // 6, "alpha": 48}}
    runners = (
        Runner(Text("少しずつ広がる", "gradual"), lambda: pyramidnet20_a48(depth=depth, alpha=gained), settings, main=True),
        Runner(Text("段ごとに倍", "doubling"), lambda: doubling(depth), settings),
    )
    found = yield from race(run, runners, given.data, steps, batch=32, measurements=2 if run.quick else 5)
    gradual, doubled = found.last(0), found.last(1)
    differences = [a - b for a, b in zip(gradual, doubled, strict=True)]
    ours, theirs = (size_of(runner.make, given.shape) for runner in runners)
    ratio, work = ours.parameters / theirs.parameters, ours.multiply_adds / theirs.multiply_adds
    text = Text(
        f"{steps} ステップ後の正解率：少しずつ広がる {statistics.fmean(gradual):.1%}、段ごとに倍 {statistics.fmean(doubled):.1%}（パラメータは {ratio:.2f} 倍、積和は {work:.2f} 倍）。",
        f"After {steps} steps the gradually widening network is right on {statistics.fmean(gradual):.1%}, the doubling one on {statistics.fmean(doubled):.1%}, "
        f"at {ratio:.2f} times the parameters and {work:.2f} times the multiply-adds.",
    )
    differs = Text(
        f"論文は 32×32 画素の CIFAR で 110 層以上を収束まで学習し、ResNet とはブロックの形も変えています。ここでは同じブロックで広がり方だけを変え、{depth} 層を小さな画像で短く学習しました。",
        f"The paper trains 110 layers and more to convergence on CIFAR at 32×32 pixels and also changes ResNet's block; here only the widening differs, in {depth} layers, trained briefly on smaller pictures.",
    )
    numbers = {
        "difference": statistics.fmean(differences),
        "spread": spread_of(differences),
        "gradual": statistics.fmean(gradual),
        "doubling": statistics.fmean(doubled),
        "parameter_ratio": ratio,
        "multiply_adds_ratio": work,
        "alpha": float(gained),
    }
    return Outcome(numbers, "difference", text, found.plot(), given.about, differs, at_most=given.at_most, complete=found.complete)


def training_time(run: Run) -> Steps:
    """``pyramidnet.training_time``: a network and one with twice as many blocks, alpha and all else equal, learn side by side. Disabled: as many blocks."""
    deep, shallow = 38, 20

    def runner(depth: int, *, main: bool = False) -> Runner:
        built = shallow if run.disabled else depth
        opens = {"lens": "widths", "lens_settings": {"blocks": (built - 2) // 6, "alpha": 48}}
        return Runner(Text(f"{depth} 層", f"{depth} layers"), lambda: pyramidnet20_a48(depth=built), opens, main)

    differs = Text(
        "論文に学習時間の表はありません。ここでは小さな数字の画像で短く、同じステップ数だけ学習しました。",
        "The paper gives no table of training times. Here both learn briefly, for the same steps, from small pictures of digits.",
    )
    side, steps = (8, 20) if run.quick else (16, 100)
    return (yield from side_by_side(run, runner(deep, main=True), runner(shallow), ("deep", "shallow"), side, steps, differs))
