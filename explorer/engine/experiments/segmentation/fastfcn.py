"""The claims about FastFCN: DeepLab's accuracy, at a third of its cost."""

from __future__ import annotations

import statistics
from collections.abc import Generator, Sequence

import torch
from torch import nn

from explorer.engine.experiments.recognition.training import line, spread_of
from explorer.engine.experiments.run import Outcome, Run
from explorer.engine.experiments.segmentation.training import Runner, race, streets_for, time_passes
from explorer.engine.lenses.memory import kept_for_learning
from explorer.engine.models.segmentation.deeplabv3 import deeplabv3_resnet50, deeplabv3_small
from explorer.engine.models.segmentation.fastfcn import fastfcn_resnet50, fastfcn_small
from explorer.results import Curves, Progress
from explorer.words import Text, same

QUANTITY = Text("平均 IoU", "mean IoU")
SEED, SECONDS = Text("回", "run"), Text("秒／枚", "s a picture")
NO_JPU = Text("JPU なし", "without JPU")
WIDTHS, DEPTHS = (16, 24, 32, 48), (1, 1, 1, 1)

Steps = Generator[Progress, None, Outcome]


def deeplab(dilated: bool = True) -> nn.Module:
    """A small DeepLab v3 that learns in a minute."""
    return deeplabv3_small(depths=DEPTHS, widths=WIDTHS, head=32, rates=(2, 4, 6), dilated=dilated)


def accuracy(run: Run) -> Steps:
    """``fastfcn.accuracy``: FastFCN's mean IoU minus DeepLab v3's, after equally many steps. Disabled: no JPU, an ordinary backbone's last maps."""
    given = yield from streets_for(run)
    ours = Runner(
        NO_JPU if run.disabled else same("FastFCN"),
        (lambda: deeplab(False)) if run.disabled else lambda: fastfcn_small(depths=DEPTHS, widths=WIDTHS, jpu=16, head=32),
        main=True,
    )
    found = yield from race(run, (ours, Runner(same("DeepLab v3"), deeplab)), given, quantity=QUANTITY)
    differences = found.differences()
    one, other = statistics.fmean(found.last(0)), statistics.fmean(found.last(1))
    text = Text(
        f"{found.places[-1]} ステップ後の平均 IoU：{ours.name.ja} {one:.1%}、DeepLab v3 {other:.1%}。",
        f"After {found.places[-1]} steps the mean IoU is {one:.1%} ({ours.name.en}) and {other:.1%} (DeepLab v3).",
    )
    differs = Text(
        "論文は ResNet-101 を PASCAL Context と ADE20K で比べます。ここでは小さなバックボーンで、道路の小さな画像を短く学習しました。",
        "The paper compares on ResNet-101, PASCAL Context and ADE20K; here a small backbone learns for a short time, on small pictures of streets.",
    )
    numbers = {"difference": statistics.fmean(differences), "spread": spread_of(differences), "fastfcn": one, "deeplabv3": other}
    return Outcome(numbers, "difference", text, found.plot(), given.about, differs, at_most=given.at_most, complete=found.complete)


def cost(run: Run) -> Steps:
    """``fastfcn.cost``: seconds of a pass and memory for learning of FastFCN over DeepLab v3's, both on ResNet-50. Disabled: DeepLab v3 in both."""
    side = 128 if run.quick else 224
    torch.manual_seed(0)
    networks = (deeplabv3_resnet50(auxiliary=False) if run.disabled else fastfcn_resnet50(), deeplabv3_resnet50(auxiliary=False))
    names = (same("DeepLab v3") if run.disabled else same("FastFCN"), same("DeepLab v3"))

    def plot(seconds: Sequence[Sequence[float]]) -> Curves:
        lines = [line(name, range(1, len(values) + 1), [[one] for one in values], main=not index) for index, (name, values) in enumerate(zip(names, seconds, strict=True))]
        return Curves(tuple(lines), SEED, SECONDS)

    found = yield from time_passes(run, names, networks, side, repeats=2 if run.quick else 5, plot=plot)
    one, other = (kept_for_learning(network, torch.randn(2, 3, side, side)) / 2 for network in networks)
    numbers = {
        "seconds_ratio": found.ratio(),
        "memory_ratio": one / other,
        "fastfcn_seconds": statistics.median(found.seconds[0]),
        "deeplabv3_seconds": statistics.median(found.seconds[1]),
        "fastfcn_megabytes": one / 1e6,
        "deeplabv3_megabytes": other / 1e6,
    }
    text = Text(
        f"{side}×{side} 画素の一枚で、{names[0].ja} の時間は DeepLab v3 の {numbers['seconds_ratio']:.2f} 倍、学習に要るメモリは {numbers['memory_ratio']:.2f} 倍。",
        f"On a picture of {side}×{side} pixels {names[0].en} takes {numbers['seconds_ratio']:.2f} times DeepLab v3's time and, to learn, {numbers['memory_ratio']:.2f} times its memory.",
    )
    data = Text("データは使いません。乱数の画像を通して測ります。", "No data: random pictures are passed through.")
    differs = Text(
        "論文は EncNet のヘッドと GPU で、毎秒の枚数を比べます。ここでは FCN のヘッドとこの計算機の CPU です。",
        "The paper compares frames a second on a GPU, with EncNet's head; here it is FCN's head, and one thread of this machine.",
    )
    return Outcome(numbers, "seconds_ratio", text, plot(found.seconds), data, differs, complete=found.complete)
