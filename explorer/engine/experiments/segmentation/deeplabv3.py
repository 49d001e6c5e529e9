"""The claims about DeepLab v3: a wide view, better boundaries, and what the gaps cost in computation and memory."""

from __future__ import annotations

import statistics
from collections.abc import Generator, Sequence

import torch
from torch import nn

from explorer.engine.experiments.recognition.training import left, line, spread_of
from explorer.engine.experiments.run import Outcome, Run
from explorer.engine.experiments.segmentation.training import NO_DATA, Runner, race, streets_for, time_passes
from explorer.engine.lenses.memory import kept_for_learning
from explorer.engine.lenses.receptive_field import measured
from explorer.engine.models.recognition.resnet import resnet50
from explorer.engine.models.segmentation.deeplabv3 import SMALL, deeplabv3_small, set_dilated, small_backbone
from explorer.results import Curves, Progress
from explorer.words import Text

NEAR = 3.0  # pixels
SEEN = 0.01  # of the greatest gradient
WITH, WITHOUT = Text("間をあけた", "with gaps"), Text("間をあけない", "without gaps")
WIDE, SHRUNK = Text("膨張畳み込み", "dilated"), Text("縮める", "shrinking")
QUANTITY = Text("境目から三画素以内の平均 IoU", "mean IoU within three pixels of a boundary")
LAYER, AREA = Text("段", "stage"), Text("見える面積（画素）", "area seen (pixels)")
SIDE, MEGABYTES = Text("画像の一辺（画素）", "side of the picture (pixels)"), Text("メモリ（MB）", "memory (MB)")
SEED, SECONDS = Text("回", "run"), Text("秒／枚", "s a picture")
MEASURING = Text("受容野を測っています", "Measuring receptive fields")
KEEPING = Text("メモリを測っています", "Measuring memory")
UNTRAINED = Text(
    "論文は学習したネットワークについて述べます。ここでは学習前の重みで測りました。",
    "The paper speaks of trained networks; here the weights are as they are before training.",
)
ONLY_BACKBONE = Text(
    "論文の ResNet-50 バックボーン（出力の間隔 8）を、ヘッドなしで、小さめの画像で測りました。",
    "Measured on the paper's ResNet-50 backbone (output stride 8) without its head, on pictures smaller than the paper's.",
)

Steps = Generator[Progress, None, Outcome]


def view(run: Run) -> Steps:
    """``deeplabv3.view``: the measured receptive field of the last two stages with gaps over that without, at the same size of output and the same
    weights. Disabled: no gaps in either."""
    side = 96 if run.quick else 160
    names = ("layer3", "layer4")
    areas: dict[bool, list[list[float]]] = {True: [[] for _ in names], False: [[] for _ in names]}
    begin, done, total = 0.0, 0, len(run.seeds) * len(names) * 2
    complete = True

    def plot() -> Curves:
        lines = [
            line(name, [place for place, values in enumerate(areas[gaps], 3) if values], [values for values in areas[gaps] if values], main=gaps)
            for gaps, name in ((True, WITHOUT if run.disabled else WITH), (False, WITHOUT))
        ]
        return Curves(tuple(lines), LAYER, AREA)

    for count, seed in enumerate(run.seeds):
        torch.manual_seed(seed)
        backbone = small_backbone(SMALL.depths, SMALL.widths)
        x = torch.randn(1, 3, side, side)
        for gaps in (True, False):
            set_dilated(backbone, True, gaps=gaps and not run.disabled)
            for place, name in enumerate(names):
                weight = measured(backbone, x, name, side // 8, side // 8)
                areas[gaps][place].append(float((weight >= SEEN * weight.max()).sum()))
                done += 1
                yield Progress(MEASURING, done / total, left(begin, 0.0), plot())
        if run.stop() and count + 1 < len(run.seeds):
            complete = False
            break
    ratios = [a / b for a, b in zip(areas[True][-1], areas[False][-1], strict=True)]
    one, other = statistics.fmean(areas[True][-1]), statistics.fmean(areas[False][-1])
    text = Text(
        f"最後の段の値一つが見る面積：{WITHOUT.ja if run.disabled else WITH.ja}もの {one:,.0f} 画素、あけないもの {other:,.0f} 画素。",
        f"One value of the last stage sees {one:,.0f} pixels {WITHOUT.en if run.disabled else WITH.en} and {other:,.0f} without.",
    )
    numbers = {"area_ratio": statistics.fmean(ratios), "spread": spread_of(ratios), "with": one, "without": other}
    return Outcome(numbers, "area_ratio", text, plot(), NO_DATA, UNTRAINED, complete=complete)


def boundary(run: Run) -> Steps:
    """``deeplabv3.boundary``: IoU near boundaries of the dilated network minus that of the same one with strides. Disabled: strides in both."""
    given = yield from streets_for(run)

    def network(dilated: bool) -> nn.Module:
        return deeplabv3_small(depths=(1, 1, 1, 1), widths=(16, 24, 32, 48), head=32, rates=(2, 4, 6), dilated=dilated)

    runners = (Runner(SHRUNK if run.disabled else WIDE, lambda: network(not run.disabled), main=True), Runner(SHRUNK, lambda: network(False)))
    found = yield from race(run, runners, given, near=NEAR, quantity=QUANTITY)
    differences = found.differences()
    one, other = statistics.fmean(found.last(0)), statistics.fmean(found.last(1))
    text = Text(
        f"境目から三画素以内の平均 IoU：{runners[0].name.ja} {one:.1%}、縮めるもの {other:.1%}（{found.places[-1]} ステップ後）。",
        f"Within three pixels of a boundary the mean IoU is {one:.1%} ({runners[0].name.en}) and {other:.1%} (shrinking), after {found.places[-1]} steps.",
    )
    differs = Text(
        "論文は ResNet-101 を VOC で学習します。ここでは小さなネットワークを道路の小さな画像で短く学習しました。",
        "The paper trains a ResNet-101 on VOC; here a small network learns for a short time, on small pictures of streets.",
    )
    numbers = {"difference": statistics.fmean(differences), "spread": spread_of(differences), "dilated": one, "shrinking": other}
    return Outcome(numbers, "difference", text, found.plot(), given.about, differs, at_most=given.at_most, complete=found.complete)


class Features(nn.Module):
    """ResNet-50 up to its last maps."""

    def __init__(self, dilated: bool) -> None:
        super().__init__()
        self.backbone = resnet50()
        set_dilated(self.backbone, dilated)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        backbone = self.backbone
        x = backbone.relu(backbone.bn1(backbone.conv1(x)))
        assert backbone.maxpool is not None
        x = backbone.maxpool(x)
        for name in backbone.stages:
            x = backbone.get_submodule(name)(x)
        return x


def computation(run: Run) -> Steps:
    """``deeplabv3.computation``: seconds of a pass of the dilated ResNet-50 over those of the shrinking one. Disabled: shrinking in both."""
    side = 96 if run.quick else 224
    torch.manual_seed(0)
    networks = (Features(not run.disabled), Features(False))
    names = (SHRUNK if run.disabled else WIDE, SHRUNK)

    def plot(seconds: Sequence[Sequence[float]]) -> Curves:
        lines = [line(name, range(1, len(values) + 1), [[one] for one in values], main=not index) for index, (name, values) in enumerate(zip(names, seconds, strict=True))]
        return Curves(tuple(lines), SEED, SECONDS)

    found = yield from time_passes(run, names, networks, side, repeats=3 if run.quick else 5, plot=plot)
    one, other = statistics.median(found.seconds[0]), statistics.median(found.seconds[1])
    text = Text(
        f"{side}×{side} 画素の一枚に、{names[0].ja} {1000 * one:.0f} ms、縮めるもの {1000 * other:.0f} ms（{found.ratio():.1f} 倍）。",
        f"A picture of {side}×{side} pixels takes {1000 * one:.0f} ms ({names[0].en}) and {1000 * other:.0f} ms (shrinking): {found.ratio():.1f} times as long.",
    )
    numbers = {"seconds_ratio": found.ratio(), "dilated": one, "shrinking": other}
    return Outcome(numbers, "seconds_ratio", text, plot(found.seconds), NO_DATA, ONLY_BACKBONE, complete=found.complete)


def memory(run: Run) -> Steps:
    """``deeplabv3.memory``: bytes of all values a pass keeps for learning, dilated ResNet-50 over shrinking. Disabled: shrinking in both."""
    sides = (64,) if run.quick else (64, 96, 128)
    kept: list[list[float]] = [[], []]
    names = (SHRUNK if run.disabled else WIDE, SHRUNK)

    def plot() -> Curves:
        lines = [line(name, sides[: len(values)], [[one] for one in values], main=not index) for index, (name, values) in enumerate(zip(names, kept, strict=True))]
        return Curves(tuple(lines), SIDE, MEGABYTES)

    for index, dilated in enumerate((not run.disabled, False)):
        network = Features(dilated)
        for side in sides:
            kept[index].append(kept_for_learning(network, torch.randn(2, 3, side, side)) / 2 / 1e6)
            yield Progress(KEEPING, sum(map(len, kept)) / (2 * len(sides)), None, plot())
    ratio = kept[0][-1] / kept[1][-1]
    text = Text(
        f"{sides[-1]}×{sides[-1]} 画素の一枚を学習するのに残す値：{names[0].ja} {kept[0][-1]:.0f} MB、縮めるもの {kept[1][-1]:.0f} MB（{ratio:.1f} 倍）。",
        f"To learn from a picture of {sides[-1]}×{sides[-1]} pixels {kept[0][-1]:.0f} MB of values are kept ({names[0].en}) and {kept[1][-1]:.0f} MB (shrinking): {ratio:.1f} times as much.",
    )
    return Outcome({"memory_ratio": ratio, "dilated": kept[0][-1], "shrinking": kept[1][-1]}, "memory_ratio", text, plot(), NO_DATA, ONLY_BACKBONE)
