"""The claims about gradual widening: accuracy beside widths that double at each stage, and the time that depth takes."""

from __future__ import annotations

import statistics
from collections.abc import Generator

from torch import nn

from explorer.engine.data import digits
from explorer.engine.experiments.recognition.timing import ONLY_STEPS, Timed, time_steps
from explorer.engine.experiments.recognition.training import Runner, race, spread_of
from explorer.engine.experiments.run import Outcome, Run
from explorer.engine.lenses.widths import size_of
from explorer.engine.models.recognition.pyramidnet import pyramidnet20_a48
from explorer.results import Progress
from explorer.words import Text

DIGITS = Text(*digits.ABOUT)
LAYERS = Text("層の数", "layers")
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

    Disabled: the widths do not grow at all.
    """
    depth, steps = (QUICK_DEPTH, 40) if run.quick else (DEPTH, 100)
    gained = 0 if run.disabled else alpha(depth)
    settings = {"lens": "widths", "lens_settings": {"blocks": (depth - 2) // 6, "alpha": 48}}
    runners = (
        Runner(Text("少しずつ広がる", "gradual"), lambda: pyramidnet20_a48(depth=depth, alpha=gained), settings, main=True),
        Runner(Text("段ごとに倍", "doubling"), lambda: doubling(depth), settings),
    )
    found = yield from race(run, runners, digits.load(size=8, channels=3), steps, batch=32, measurements=2 if run.quick else 8)
    gradual, doubled = found.last(0), found.last(1)
    differences = [a - b for a, b in zip(gradual, doubled, strict=True)]
    ratio = size_of(runners[0].make, (3, 8, 8)).parameters / size_of(runners[1].make, (3, 8, 8)).parameters
    text = Text(
        f"{steps} ステップ後の正解率：少しずつ広がる {statistics.fmean(gradual):.1%}、段ごとに倍 {statistics.fmean(doubled):.1%}（パラメータは {ratio:.2f} 倍）。",
        f"After {steps} steps the gradually widening network is right on {statistics.fmean(gradual):.1%}, the doubling one on {statistics.fmean(doubled):.1%}, "
        f"at {ratio:.2f} times the parameters.",
    )
    differs = Text(
        f"論文は CIFAR で 110 層以上を収束まで学習し、ResNet とはブロックの形も変えています。ここでは同じブロックで広がり方だけを変え、{depth} 層を短く学習しました。",
        f"The paper trains 110 layers and more to convergence on CIFAR and also changes ResNet's block; here only the widening differs, in {depth} layers, trained briefly.",
    )
    numbers = {
        "difference": statistics.fmean(differences),
        "spread": spread_of(differences),
        "gradual": statistics.fmean(gradual),
        "doubling": statistics.fmean(doubled),
        "parameter_ratio": ratio,
        "alpha": float(gained),
    }
    return Outcome(numbers, "difference", text, found.plot(), DIGITS, differs, complete=found.complete)


def training_time(run: Run) -> Steps:
    """``pyramidnet.training_time``: seconds of a training step with twice as many blocks, alpha and all else equal. Disabled: as many blocks."""
    depths = (20, 38)
    timed = Timed(
        Text("一ステップの時間", "time a step"),
        lambda depth: pyramidnet20_a48(depth=depths[0] if run.disabled else int(depth)),
        {"lens": "widths", "lens_settings": {"alpha": 48}},
        main=True,
    )
    size, repeats = (8, 6) if run.quick else (16, 6)
    found = yield from time_steps(run, (timed,), depths, LAYERS, size=size, repeats=repeats)
    ratios = [later / first for first, later in zip(*found.seconds[0], strict=False)]
    ratio = statistics.median(ratios)
    text = Text(
        f"ブロックを二倍（{depths[0]} 層から {depths[1]} 層）にすると、一ステップは {ratio:.2f} 倍の時間。",
        f"With twice the blocks ({depths[1]} layers for {depths[0]}) a step takes {ratio:.2f} times as long.",
    )
    differs = Text(
        f"{ONLY_STEPS.ja}論文に学習時間の表はありません。",
        f"{ONLY_STEPS.en} The paper gives no table of training times.",
    )
    return Outcome({"seconds_ratio": ratio, "spread": spread_of(ratios)}, "seconds_ratio", text, found.plot(), DIGITS, differs, complete=found.complete)
