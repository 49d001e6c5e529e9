"""The claims about FastFCN: DeepLab's accuracy, at a third of its cost."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Generator, Sequence

import torch
from torch import nn

from explorer.engine.experiments.recognition.training import line, spread_of
from explorer.engine.experiments.run import Outcome, Run
from explorer.engine.experiments.segmentation.training import NO_DATA, Runner, race, streets_for, time_passes
from explorer.engine.lenses.memory import kept_for_learning
from explorer.engine.lenses.multiply_adds import multiply_adds
from explorer.engine.models.recognition.resnet import resnet50
from explorer.engine.models.segmentation.deeplabv3 import DeepLabV3, Head, deeplabv3_small, set_dilated, stages
from explorer.engine.models.segmentation.fastfcn import FastFCN, fastfcn_small
from explorer.results import Curves, Progress
from explorer.words import Text, same

QUANTITY = Text("平均 IoU", "mean IoU")
SEED, SECONDS = Text("回", "run"), Text("秒／枚", "s a picture")
NO_JPU = Text("JPU なし", "without JPU")
WIDTHS, DEPTHS = (16, 24, 32, 48), (1, 1, 1, 1)
CLASSES = 21
HEADS = ("head.", "classifier.")
PAPERS_FORM = ("ResNet-101", (3, 4, 23, 3), 512, 256)  # the backbone, its blocks, and the sides of the pictures for time and for memory
QUICK_FORM = ("ResNet-50", (3, 4, 6, 3), 256, 64)

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


def large_fastfcn(depths: tuple[int, ...]) -> nn.Module:
    """FastFCN on a ResNet with bottlenecks."""
    return FastFCN(resnet50(depths=depths), (512, 1024, 2048), 512, 512, CLASSES)


def large_deeplab(depths: tuple[int, ...]) -> nn.Module:
    """DeepLab v3 on the same ResNet, its last two stages dilated."""
    backbone = resnet50(depths=depths)
    set_dilated(backbone, True)
    return DeepLabV3(stages(backbone, {"layer4": "out"}), Head(2048, 256, CLASSES, (12, 24, 36)))


def counted(make: Callable[[tuple[int, ...]], nn.Module], depths: tuple[int, ...], side: int) -> tuple[int, int]:
    """Multiply-adds for one picture: of the whole network, and of what comes before the head."""
    with torch.device("meta"):
        network = make(depths)
    by_layer = multiply_adds(network, (3, side, side))
    return sum(by_layer.values()), sum(count for name, count in by_layer.items() if not name.startswith(HEADS))


def cost(run: Run) -> Steps:
    """``fastfcn.cost``: seconds of a pass and memory for learning of FastFCN over DeepLab v3's, both on ResNet-101 and a picture of the paper's size.
    Disabled: DeepLab v3 in both."""
    layers, depths, side, learning_side = QUICK_FORM if run.quick else PAPERS_FORM
    makers = (large_deeplab if run.disabled else large_fastfcn, large_deeplab)
    names = (same("DeepLab v3") if run.disabled else same("FastFCN"), same("DeepLab v3"))
    (ours, ours_before), (theirs, theirs_before) = (counted(make, depths, side) for make in makers)
    torch.manual_seed(0)
    networks = [make(depths) for make in makers]

    def plot(seconds: Sequence[Sequence[float]]) -> Curves:
        lines = [line(name, range(1, len(values) + 1), [[one] for one in values], main=not index) for index, (name, values) in enumerate(zip(names, seconds, strict=True))]
        return Curves(tuple(lines), SEED, SECONDS)

    one, other = (kept_for_learning(network, torch.randn(2, 3, learning_side, learning_side)) / 2 * (side / learning_side) ** 2 for network in networks)
    found = yield from time_passes(run, names, networks, side, repeats=1 if run.quick else 2, plot=plot)
    numbers = {
        "seconds_ratio": found.ratio(),
        "memory_ratio": one / other,
        "multiply_add_ratio": ours / theirs,
        "multiply_add_ratio_before_head": ours_before / theirs_before,
        "fastfcn_seconds": statistics.median(found.seconds[0]),
        "deeplabv3_seconds": statistics.median(found.seconds[1]),
        "fastfcn_megabytes": one / 1e6,
        "deeplabv3_megabytes": other / 1e6,
    }
    head = 1 - ours_before / ours
    text = Text(
        f"{layers} と {side}×{side} 画素の一枚で、{names[0].ja} の時間は DeepLab v3 の {numbers['seconds_ratio']:.2f} 倍、学習に要るメモリは {numbers['memory_ratio']:.2f} 倍、"
        f"積和は {ours / theirs:.2f} 倍（ヘッドの手前まででは {ours_before / theirs_before:.2f} 倍）。積和の {head:.0%} はヘッドで、JPU では減らない。",
        f"With {layers} and a picture of {side}×{side} pixels {names[0].en} takes {numbers['seconds_ratio']:.2f} times DeepLab v3's time, {numbers['memory_ratio']:.2f} times its memory to "
        f"learn and {ours / theirs:.2f} times its multiply-adds ({ours_before / theirs_before:.2f} up to the head). {head:.0%} of the multiply-adds are the head's, which the JPU does not save.",
    )
    differs = Text(
        "論文は GPU で毎秒の枚数を比べ、ResNet-50 と EncNet のヘッドで 18.77 枚が 37.56 枚になったと報告しています。これも半分で、三分の一ではありません。"
        "ここではこの計算機の一つのコアと FCN のヘッドです。メモリは小さな画像で測り、面積に合わせました。",
        "The paper compares frames a second on a GPU: with ResNet-50 and EncNet's head 18.77 became 37.56, which is a half as well, no third. "
        "Here it is one core of this machine and FCN's head; memory was measured on a smaller picture and scaled with its area.",
    )
    return Outcome(numbers, "seconds_ratio", text, plot(found.seconds), NO_DATA, differs, complete=found.complete)
