"""The claims about U-Net: the detail its skips keep, and what it costs."""

from __future__ import annotations

import statistics
from collections.abc import Generator

import torch
from torch import nn

from explorer.engine.experiments.recognition.training import line, spread_of
from explorer.engine.experiments.run import Outcome, Run
from explorer.engine.experiments.segmentation.training import Runner, race, streets_for
from explorer.engine.lenses.multiply_adds import total
from explorer.engine.models.recognition.resnet import resnet50
from explorer.engine.models.segmentation.unet import unet_paper, unet_small
from explorer.results import Curves, Progress
from explorer.words import Text, same

WIDTHS = (8, 16, 32, 32)  # of the networks that learn here
NEAR = 2.0  # pixels
WITH, WITHOUT = Text("スキップ接続あり", "with skips"), Text("スキップ接続なし", "without skips")
QUANTITY = Text("境目から二画素以内の平均 IoU", "mean IoU within two pixels of a boundary")
SIDES = (128, 160, 192, 224)
SIDE, BILLIONS = Text("画像の一辺（画素）", "side of the picture (pixels)"), Text("積和（十億回）", "multiply-adds (billions)")

Steps = Generator[Progress, None, Outcome]


def network(skips: bool) -> nn.Module:
    """A small U-Net; without skips zeros stand in their place, so that both have as many weights."""
    return unet_small(widths=WIDTHS, skips=skips)


def detail(run: Run) -> Steps:
    """``unet.detail``: IoU near boundaries with the skips minus without, after equally many steps. Disabled: both without."""
    given = yield from streets_for(run)
    runners = (Runner(WITHOUT if run.disabled else WITH, lambda: network(not run.disabled), main=True), Runner(WITHOUT, lambda: network(False)))
    found = yield from race(run, runners, given, near=NEAR, quantity=QUANTITY)
    differences = found.differences()
    one, other = statistics.fmean(found.last(0)), statistics.fmean(found.last(1))
    text = Text(
        f"境目から二画素以内の平均 IoU：{runners[0].name.ja} {one:.1%}、なし {other:.1%}（{found.places[-1]} ステップ後）。",
        f"Within two pixels of a boundary the mean IoU is {one:.1%} {runners[0].name.en} and {other:.1%} without, after {found.places[-1]} steps.",
    )
    differs = Text(
        "論文は細胞の画像で学習します。ここでは小さな U-Net を道路の小さな画像で短く学習しました。",
        "The paper trains on pictures of cells; here a small U-Net learns for a short time, on small pictures of streets.",
    )
    numbers = {"difference": statistics.fmean(differences), "spread": spread_of(differences), "with": one, "without": other}
    return Outcome(numbers, "difference", text, found.plot(), given.about, differs, at_most=given.at_most, complete=found.complete)


def cost(run: Run) -> Steps:
    """``unet.cost``: multiply-adds of the paper's U-Net over ResNet-50's, on the same picture. Disabled: a U-Net of an eighth of the width."""
    width = 8 if run.disabled else 64
    widths = tuple(width * 2**level for level in range(5))
    ours: list[float] = []
    theirs: list[float] = []

    def plot() -> Curves:
        places = SIDES[: len(ours)]
        lines = (line(same("U-Net"), places, [[one] for one in ours], main=True), line(same("ResNet-50"), places, [[one] for one in theirs]))
        return Curves(lines, SIDE, BILLIONS)

    with torch.device("meta"):
        unet, resnet = unet_paper(channels=3, padded=True, widths=widths), resnet50()
    for done, side in enumerate(SIDES, start=1):
        ours.append(total(unet, (3, side, side)) / 1e9)
        theirs.append(total(resnet, (3, side, side)) / 1e9)
        yield Progress(Text("数えています", "Counting"), done / len(SIDES), None, plot())
    ratio = ours[-1] / theirs[-1]
    text = Text(
        f"{SIDES[-1]}×{SIDES[-1]} 画素の一枚に、U-Net は {ours[-1]:.1f}、ResNet-50 は {theirs[-1]:.1f} 十億回の積和（{ratio:.1f} 倍）。",
        f"For a picture of {SIDES[-1]}×{SIDES[-1]} pixels U-Net takes {ours[-1]:.1f} billion multiply-adds, ResNet-50 {theirs[-1]:.1f}: {ratio:.1f} times as many.",
    )
    data = Text("データは使いません。組み立てたネットワークを数えます。", "No data: the networks are built and counted.")
    differs = Text(
        "論文は余白を足しません。ここでは同じ大きさの入力で比べるため、縁に零を足し、三つの色を入れました。",
        "The paper pads nothing; here the edges are padded and three colours go in, so that both get the same picture.",
    )
    return Outcome({"multiply_add_ratio": ratio, "unet": ours[-1], "resnet50": theirs[-1]}, "multiply_add_ratio", text, plot(), data, differs)
