"""The claims about width: accuracy with few layers, the number of parameters, the time to equal accuracy."""

from __future__ import annotations

import math
import statistics
from collections.abc import Generator

from torch import nn

from explorer.engine.data import digits
from explorer.engine.experiments.recognition.photographs import photographs
from explorer.engine.experiments.recognition.training import Race, Runner, line, race, spread_of
from explorer.engine.experiments.run import Outcome, Run
from explorer.engine.lenses.widths import equal_work, size_of
from explorer.engine.models.recognition.resnet import resnet110
from explorer.engine.models.recognition.wide_resnet import wrn
from explorer.results import Curves, Progress
from explorer.words import Text, same

SHAPE = (3, 8, 8)
WIDE_DEPTH, DEEP_DEPTH = 10, 28
THIN = 0.5  # 8, 16 and 32 channels: what can be trained in a minute
WIDENING = Text("幅の倍率", "widening factor")
MILLIONS = Text("パラメータ（百万）", "parameters (millions)")
AIM = 0.9
SHORT = Text(
    "論文は CIFAR で収束まで学習します。ここでは幅を半分から始め、小さな数字の画像で短く学習しました。",
    "The paper trains to convergence on CIFAR; here widths start at half of its, and training is short, on small pictures of digits.",
)

Steps = Generator[Progress, None, Outcome]


def deep() -> nn.Module:
    """The deep thin network: 28 layers, 8, 16 and 32 channels."""
    return wrn(DEEP_DEPTH, THIN)


def wide_factor() -> float:
    """The widening factor at which ten layers take as many multiply-adds as the deep thin network."""
    aim = size_of(deep, SHAPE).multiply_adds
    return equal_work(lambda sixteenths: wrn(WIDE_DEPTH, sixteenths / 16), SHAPE, aim, 8, 64) / 16


def pair(run: Run) -> tuple[tuple[Runner, Runner], float]:
    """The wide and the deep network, and the widening factor of the wide one. Disabled: the deep one in its place."""
    factor = wide_factor()
    shallow = Text(f"広く浅い（{WIDE_DEPTH} 層）", f"wide, {WIDE_DEPTH} layers")
    narrow = Text(f"細く深い（{DEEP_DEPTH} 層）", f"thin, {DEEP_DEPTH} layers")
    wide = Runner(
        shallow,
        deep if run.disabled else lambda: wrn(WIDE_DEPTH, factor),
        {"lens": "width", "lens_settings": {"depth": WIDE_DEPTH, "widen": max(1, round(factor / THIN))}},
        main=True,
    )
    thin = Runner(narrow, deep, {"lens": "width", "lens_settings": {"depth": DEEP_DEPTH, "widen": 1}})
    return (wide, thin), factor


def accuracy(run: Run) -> Steps:
    """``wide_resnet.accuracy``: ten wide layers minus 28 thin ones after equally many steps, at equal multiply-adds.

    On photographs of 16x16, where there are any; digits can give a caveat at most, as both networks soon know them all.
    """
    given = photographs(run, 16)
    steps = 40 if run.quick else 300
    runners, factor = pair(run)
    found = yield from race(run, runners, given.data, steps, batch=32, measurements=2 if run.quick else 6)
    wide, thin = found.last(0), found.last(1)
    differences = [a - b for a, b in zip(wide, thin, strict=True)]
    wide_size, thin_size = size_of(runners[0].make, given.shape), size_of(deep, given.shape)
    text = Text(
        f"{steps} ステップ後の正解率：広く浅い {statistics.fmean(wide):.1%}、細く深い {statistics.fmean(thin):.1%}（積和は {wide_size.multiply_adds / thin_size.multiply_adds:.2f} 倍）。",
        f"After {steps} steps the wide network is right on {statistics.fmean(wide):.1%}, the deep thin one on {statistics.fmean(thin):.1%}, "
        f"at {wide_size.multiply_adds / thin_size.multiply_adds:.2f} times its multiply-adds.",
    )
    differs = Text(
        "論文は 32×32 画素の CIFAR で収束まで学習します。ここでは幅を半分から始め、小さな画像で短く学習しました。",
        "The paper trains to convergence on CIFAR at 32×32 pixels; here widths start at half of its, and training is short, on smaller pictures.",
    )
    numbers = {
        "difference": statistics.fmean(differences),
        "spread": spread_of(differences),
        "wide": statistics.fmean(wide),
        "deep": statistics.fmean(thin),
        "multiply_adds_ratio": wide_size.multiply_adds / thin_size.multiply_adds,
        "widen": factor,
    }
    return Outcome(numbers, "difference", text, found.plot(), given.about, differs, at_most=given.at_most, complete=found.complete)


def parameters(run: Run) -> Steps:
    """``wide_resnet.parameters``: WRN-28-k against ResNet-110, judged at k = 10. Disabled: not widened, k = 1."""
    factors = (1, 2, 4, 6, 8, 10)
    theirs = size_of(resnet110, (3, 32, 32)).parameters
    counts: list[int] = []

    def plot() -> Curves:
        places = factors[: len(counts)]
        ours = line(
            same("WRN-28-k"), places, [[count / 1e6] for count in counts], main=True,
            opens=lambda factor: {"lens": "width", "lens_settings": {"depth": 28, "widen": int(factor)}},
        )  # fmt: skip
        return Curves((ours, line(same("ResNet-110"), places, [[theirs / 1e6]] * len(places))), WIDENING, MILLIONS, y_log=True)

    for done, factor in enumerate(factors, start=1):
        counts.append(size_of(lambda factor=factor: wrn(28, 1 if run.disabled else factor), (3, 32, 32)).parameters)  # type: ignore[misc]
        yield Progress(Text("数えています", "Counting"), done / len(factors), None, plot())
    ratio = counts[-1] / theirs
    text = Text(
        f"WRN-28-10 は {counts[-1]:,}、ResNet-110 は {theirs:,} パラメータ（{ratio:.1f} 倍）。幅を k 倍にすると重みはおよそ k² 倍になります。",
        f"WRN-28-10 has {counts[-1]:,} parameters, ResNet-110 {theirs:,}: {ratio:.1f} times as many. Widths times k make about k² times the weights.",
    )
    if run.disabled:
        text = Text(
            f"広げない 28 層は {counts[-1]:,}、ResNet-110 は {theirs:,} パラメータ（{ratio:.2f} 倍）。",
            f"28 layers that are not widened have {counts[-1]:,} parameters, ResNet-110 {theirs:,}: {ratio:.2f} times as many.",
        )
    data = Text("データは使いません。組み立てたネットワークの数を数えます。", "No data: the networks are built and counted.")
    differs = Text(
        "論文が「少ない」と言うのは、千層の ResNet-1001（1,020 万）と並ぶ WRN-40-4（890 万）のような組のことです（表 5）。",
        "The paper calls few what WRN-40-4 has (8.9 million) beside ResNet-1001 (10.2 million), a pair of like accuracy (table 5).",
    )
    return Outcome({"parameter_ratio": ratio, "wide": float(counts[-1]), "resnet110": float(theirs)}, "parameter_ratio", text, plot(), data, differs)


def reached(found: Race, runner: int, seed: int) -> float:
    """Seconds of training until the accuracy aimed at, between two measurements along a straight line; infinite if it was not reached."""
    values, seconds = found.accuracy[runner][seed], found.seconds[runner][seed]
    for k, value in enumerate(values):
        if value >= AIM:
            if k == 0:
                return seconds[0]
            share = (AIM - values[k - 1]) / (value - values[k - 1])
            return seconds[k - 1] + share * (seconds[k] - seconds[k - 1])
    return math.inf


def training_time(run: Run) -> Steps:
    """``wide_resnet.training_time``: the share of the time to 90 % right that the wide network saves, at equal multiply-adds, side by side.

    A network that does not get there counts with its whole time, which favours it; if the wide one alone does not, nothing is saved (−1).
    """
    steps = 30 if run.quick else 120
    runners, _ = pair(run)
    found = yield from race(run, runners, digits.load(size=8, channels=3), steps, batch=32, measurements=5 if run.quick else 16, plot=Race.against_time)
    saved, wide_times, deep_times = [], [], []
    for seed in range(len(found.accuracy[0])):
        wide, thin = reached(found, 0, seed), reached(found, 1, seed)
        whole = found.seconds[1][seed][-1]
        saved.append(-1.0 if math.isinf(wide) else 1 - wide / min(thin, whole))
        wide_times.append(wide)
        deep_times.append(min(thin, whole))
    late = sum(math.isinf(reached(found, 1, seed)) for seed in range(len(saved)))
    value = statistics.fmean(saved)
    if all(map(math.isfinite, wide_times)):
        text = Text(
            f"正解率 {AIM:.0%} まで：広く浅い {statistics.fmean(wide_times):.1f} 秒、細く深い {statistics.fmean(deep_times):.1f} 秒{'以上' if late else ''}（{value:.0%} 短縮）。",
            f"To {AIM:.0%} right: {statistics.fmean(wide_times):.1f} s wide, {'more than ' if late else ''}{statistics.fmean(deep_times):.1f} s deep and thin ({value:.0%} saved).",
        )
    else:
        text = Text(
            f"広く浅いネットワークは {steps} ステップでは正解率 {AIM:.0%} に届きませんでした。",
            f"The wide network did not get to {AIM:.0%} right in {steps} steps.",
        )
    numbers = {"time_saved": value, "spread": spread_of(saved), "deep_seconds": statistics.fmean(deep_times)}
    differs = Text(f"{SHORT.ja}論文は GPU で測り、ここではこの計算機で測ります。", f"{SHORT.en} The paper's times are of a GPU, these of this machine.")
    return Outcome(numbers, "time_saved", text, found.against_time(), digits.ABOUT, differs, complete=found.complete)
