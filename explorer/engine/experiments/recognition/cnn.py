"""The claims about convolution and pooling, measured on handwritten digits: features, small shifts, neighbouring pixels, turned digits and other backgrounds."""

from __future__ import annotations

import math
import statistics
from collections.abc import Generator, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.engine.data import digits
from explorer.engine.experiments.recognition.training import Data, Race, Runner, line, race, spread_of, standardised
from explorer.engine.experiments.run import Outcome, Run
from explorer.engine.learning.classify import accuracy_of, scores_of
from explorer.engine.models.recognition.cnn import CNN, Pooling, cnn
from explorer.results import Curves, Progress, Series
from explorer.words import Text

SMALLER = Text(
    "論文の LeNet-5 は 32×32 の MNIST を六万枚学びます。ここでは小さな数字と、畳み込み二層・8 枚と 16 枚の小さな CNN です。",
    "The paper's LeNet-5 learns 60,000 MNIST digits at 32×32; here a small CNN of two convolutions, 8 and 16 maps, learns smaller digits.",
)
SIDE, CANVAS = 16, 24  # pixels of a digit, and of the canvas on which it is moved, turned and set on backgrounds
RATE = 0.05  # the highest learning rate, with which all three kinds of pooling learn the digits in a few dozen steps

Steps = Generator[Progress, None, Outcome]


def network(pooling: Pooling = "max", size: int = SIDE) -> CNN:
    """Two convolutions with 8 and 16 maps over one channel."""
    return cnn(widths=(8, 16), channels=1, size=size, pooling=pooling)


# what convolution finds


@torch.no_grad()
def maps_of(trained: CNN, pictures: Tensor) -> Tensor:
    """What the last stage puts out, one row a picture: (N, 16 · 4 · 4) for pictures of 16x16."""
    trained.eval()
    for name in trained.stages:
        pictures = trained.get_submodule(name)(pictures)
    return pictures.flatten(1)


def features(run: Run) -> Steps:
    """``cnn.features``: a linear classifier on learnt maps against one on pixels; both read 256 numbers a picture.

    Disabled: the convolutions are left out, so that the maps are the pixels themselves.
    """
    learn, labels, held, held_labels = digits.load(size=SIDE)
    training_steps, steps = (30, 60) if run.quick else (200, 200)

    trained = yield from race(
        run, [Runner(Text("CNN（畳み込みを学習中）", "the CNN, learning its convolutions"), network, {"lens": "filters", "layer": "stage1"}, main=True)],
        (learn, labels, held, held_labels), training_steps, learning_rate=RATE, measurements=3, until=0.6,
    )  # fmt: skip

    def read(kind: str, seed: int) -> Data:
        if kind == "pixels" or run.disabled:
            rows = learn.flatten(1), held.flatten(1)
        else:
            extractor = trained.networks[0][run.seeds.index(seed)]
            assert isinstance(extractor, CNN)
            rows = maps_of(extractor, learn), maps_of(extractor, held)
        known, new = standardised(*rows)
        return known, labels, new, held_labels

    def linear() -> nn.Module:
        return nn.Linear(SIDE * SIDE, 10)

    runners = [
        Runner(
            Text("学習した畳み込みの出力", "on learnt convolution maps"),
            linear,
            {"lens": "feature_maps", "layer": "stage3"},
            True,
            lambda seed: read("maps", seed),
        ),
        Runner(Text("画素", "on raw pixels"), linear, {"lens": "filters", "layer": "stage1"}, data=lambda seed: read("pixels", seed)),
    ]
    seeds = run.seeds[: len(trained.networks[0])]
    second = Run(run.quick, seeds, run.disabled, run.data, run.stop)
    linears: Race
    steps_done = race(second, runners, (learn, labels, held, held_labels), steps, learning_rate=0.02, measurements=3 if run.quick else 8)
    while True:
        try:
            progress = next(steps_done)
        except StopIteration as finished:
            linears = finished.value
            break
        share = 0.6 + 0.4 * (progress.fraction or 0.0)
        yield Progress(progress.text, share, progress.seconds_left, progress.part)
    maps, pixels = linears.last(0), linears.last(1)
    differences = [a - b for a, b in zip(maps, pixels, strict=True)]
    return Outcome(
        {"difference": statistics.fmean(differences), "spread": spread_of(differences), "maps": statistics.fmean(maps), "pixels": statistics.fmean(pixels)},
        "difference",
        Text(
            f"同じ線形分類器の正解率は、学習した畳み込みの出力で {statistics.fmean(maps):.1%}、画素のままで {statistics.fmean(pixels):.1%}。",
            f"The same linear classifier is right on {statistics.fmean(maps):.1%} from learnt maps and on {statistics.fmean(pixels):.1%} from pixels.",
        ),
        linears.plot(), digits.ABOUT, SMALLER, complete=trained.complete and linears.complete,
    )  # fmt: skip


# pooling and shifts


def moved(pictures: Tensor, right: int, down: int) -> Tensor:
    """Pictures (N, 1, H, W) moved by whole pixels; what comes in at the edge is blank."""
    height, width = pictures.shape[2:]
    padded = F.pad(pictures, (abs(right),) * 2 + (abs(down),) * 2, value=digits.BLANK)
    top, start = abs(down) - down, abs(right) - right
    return padded[:, :, top : top + height, start : start + width]


def steadiness(trained: nn.Module, pictures: Tensor, pixels: int) -> float:
    """The share of answers that stay the same when the pictures are moved by so many pixels, over all four directions."""

    def answers(shown: Tensor) -> Tensor:
        return scores_of(trained, shown, lambda x: x).argmax(1)

    first = answers(pictures)
    ways = ((pixels, 0), (-pixels, 0), (0, pixels), (0, -pixels))
    return statistics.fmean(float((answers(moved(pictures, *way)) == first).double().mean()) for way in ways)


POOLINGS: Mapping[Pooling, Text] = {
    "max": Text("最大値プーリング", "maximum pooling"),
    "average": Text("平均プーリング", "average pooling"),
    "skip": Text("間引きだけ", "skipping only"),
}
SHIFT = Text("ずらした画素数", "pixels moved")
UNCHANGED = Text("変わらなかった答えの割合", "share of answers unchanged")


def pooling(run: Run) -> Steps:
    """``cnn.pooling``: how many answers a shift of one pixel leaves as they are, with pooling and with every second pixel only.

    Disabled: all three networks only skip pixels.
    """
    data = digits.load(SIDE, canvas=CANVAS)
    kinds: tuple[Pooling, ...] = ("max", "skip") if run.quick else ("max", "average", "skip")
    shifts = (1, 2) if run.quick else (1, 2, 3, 4)
    steps = 30 if run.quick else 150
    shown = data[2][: 150 if run.quick else 500]
    finished: dict[Pooling, list[list[float]]] = {kind: [] for kind in kinds}

    def measure(trained: nn.Module, count: int) -> list[float]:
        return [1.0, *(steadiness(trained, shown[:count], pixels) for pixels in shifts)]

    def curve(kind: Pooling, by_seed: list[list[float]]) -> Series:
        columns = list(zip(*by_seed, strict=True))
        return line(
            POOLINGS[kind], (0, *shifts), columns, main=kind == "max", opens=lambda pixels: {"lens": "pooling", "lens_settings": {"pixels": int(pixels), "kind": kind}}
        )

    def plot(found: Race) -> Curves:
        """Of the seeds that are done, and of the one that is learning now."""
        lines = []
        for kind, networks in zip(kinds, found.networks, strict=True):
            if len(found.accuracy[0][-1]) == len(found.places):
                for trained in networks[len(finished[kind]) :]:
                    finished[kind].append(measure(trained, len(shown)))
            lines.append(curve(kind, finished[kind] or [measure(networks[-1], 100)]))
        return Curves(tuple(lines), SHIFT, UNCHANGED)

    def runner(kind: Pooling) -> Runner:
        built: Pooling = "skip" if run.disabled else kind
        return Runner(POOLINGS[kind], lambda: network(built, CANVAS), main=kind == "max")

    trained = yield from race(run, [runner(kind) for kind in kinds], data, steps, learning_rate=RATE, measurements=2 if run.quick else 4, plot=plot)
    for kind, networks in zip(kinds, trained.networks, strict=True):
        finished[kind] = finished[kind] or [measure(networks[-1], len(shown))]
    with_pooling, without = ([seed[1] for seed in finished[kind]] for kind in ("max", "skip"))
    differences = [a - b for a, b in zip(with_pooling, without, strict=True)]
    numbers = {"difference": statistics.fmean(differences), "spread": spread_of(differences)}
    for index, kind in enumerate(kinds):
        numbers[f"unchanged_{kind}"] = statistics.fmean(seed[1] for seed in finished[kind])
        numbers[f"accuracy_{kind}"] = statistics.fmean(trained.last(index))
    average = numbers.get("unchanged_average")
    text = Text(
        f"一画素ずらしても同じ答えのもの：最大値プーリング {numbers['unchanged_max']:.1%}、"
        + (f"平均プーリング {average:.1%}、" if average is not None else "")
        + f"間引きだけ {numbers['unchanged_skip']:.1%}。",
        f"Answers unchanged by a shift of one pixel: {numbers['unchanged_max']:.1%} with maximum pooling, "
        + (f"{average:.1%} with average pooling, " if average is not None else "")
        + f"{numbers['unchanged_skip']:.1%} with skipping only.",
    )
    lines = Curves(tuple(curve(kind, finished[kind]) for kind in kinds), SHIFT, UNCHANGED)
    differs = Text(
        f"{SMALLER.ja}数字は 24×24 の画面の中で動かし、端で欠けることはありません。",
        f"{SMALLER.en} The digits move on a canvas of 24×24, so that nothing of them is cut off.",
    )
    return Outcome(numbers, "difference", text, lines, digits.ABOUT, differs, complete=trained.complete)


# neighbouring pixels


def dense() -> nn.Module:
    """One hidden layer with about as many parameters as the CNN (within 5 %)."""
    return nn.Sequential(nn.Flatten(), nn.Linear(SIDE * SIDE, 14), nn.BatchNorm1d(14), nn.ReLU(), nn.Linear(14, 10))


def shuffled(data: Data, seed: int) -> Data:
    """All pictures with their pixels in another order, the same for all."""
    learn, labels, held, held_labels = data
    order = torch.randperm(learn[0].numel(), generator=torch.Generator().manual_seed(1000 + seed))
    return learn.flatten(1)[:, order].view_as(learn), labels, held.flatten(1)[:, order].view_as(held), held_labels


def neighbours(run: Run) -> Steps:
    """``cnn.neighbours``: what accuracy a CNN and a dense network lose when all pixels are put in another order before learning.

    Disabled: a dense network stands in for the CNN.
    """
    data = digits.load(size=SIDE)
    steps = 40 if run.quick else 200
    kinds = (("cnn", dense if run.disabled else network), ("dense", dense))
    names = {
        ("cnn", False): Text("CNN", "CNN"),
        ("cnn", True): Text("CNN・並べ替え", "CNN, shuffled"),
        ("dense", False): Text("全結合", "dense"),
        ("dense", True): Text("全結合・並べ替え", "dense, shuffled"),
    }
    opens: Mapping[str, Any] = {"lens": "filters", "layer": "stage1"}
    runners = [
        Runner(names[kind, mixed], make, opens if kind == "cnn" else None, kind == "cnn" and not mixed, (lambda seed: shuffled(data, seed)) if mixed else None)
        for kind, make in kinds
        for mixed in (False, True)
    ]
    found = yield from race(run, runners, data, steps, learning_rate=RATE, measurements=3 if run.quick else 8)
    plain, mixed, dense_plain, dense_mixed = (found.last(index) for index in range(4))
    lost = [a - b for a, b in zip(plain, mixed, strict=True)]
    dense_lost = [a - b for a, b in zip(dense_plain, dense_mixed, strict=True)]
    differences = [a - b for a, b in zip(lost, dense_lost, strict=True)]
    numbers = {
        "difference": statistics.fmean(differences), "spread": spread_of(differences), "lost_cnn": statistics.fmean(lost), "lost_dense": statistics.fmean(dense_lost),
        "cnn": statistics.fmean(plain), "cnn_shuffled": statistics.fmean(mixed), "dense": statistics.fmean(dense_plain), "dense_shuffled": statistics.fmean(dense_mixed),
    }  # fmt: skip
    text = Text(
        f"画素を並べ替えると、CNN は {numbers['cnn']:.1%} から {numbers['cnn_shuffled']:.1%}、全結合は {numbers['dense']:.1%} から {numbers['dense_shuffled']:.1%}。",
        f"With the pixels shuffled the CNN goes from {numbers['cnn']:.1%} to {numbers['cnn_shuffled']:.1%}, the dense network from {numbers['dense']:.1%} to {numbers['dense_shuffled']:.1%}.",
    )
    differs = Text(
        f"{SMALLER.ja}この比較は論文にはありません。",
        f"{SMALLER.en} The paper does not make this comparison.",
    )
    return Outcome(numbers, "difference", text, found.plot(), digits.ABOUT, differs, complete=found.complete)


# turned digits, other backgrounds

ANGLE = 90.0  # degrees at full strength
STRENGTH = Text("変化の強さ（1＝90 度、または筆跡と同じ明るさの背景）", "strength of change (1: turned by 90°, or a background as bright as the strokes)")


def turned(pictures: Tensor, degrees: float) -> Tensor:
    """Every second picture turned to the left by so many degrees, the others to the right."""
    radians = torch.full((len(pictures),), math.radians(degrees))
    radians[1::2] *= -1
    cosine, sine, zero = radians.cos(), radians.sin(), torch.zeros_like(radians)
    turn = torch.stack([torch.stack([cosine, -sine, zero], 1), torch.stack([sine, cosine, zero], 1)], 1)  # (N, 2, 3)
    grid = F.affine_grid(turn, list(pictures.shape), align_corners=False)
    return F.grid_sample(pictures - digits.BLANK, grid, align_corners=False) + digits.BLANK


def on_background(pictures: Tensor, brightness: float, seed: int) -> Tensor:
    """The pictures over grey fields of 3x3 pixels, each between blank and ``brightness`` (1: as bright as the strokes)."""
    side = pictures.shape[-1] // 3
    fields = torch.rand(len(pictures), 1, side, side, generator=torch.Generator().manual_seed(seed))
    texture = digits.BLANK + digits.INK * brightness * fields.repeat_interleave(3, 2).repeat_interleave(3, 3)
    return torch.maximum(pictures, texture)


def viewpoint(run: Run) -> Steps:
    """``cnn.viewpoint``: accuracy of a trained network on digits that are turned, or set on a patterned background.

    Judged at half strength: 45 degrees, a background half as bright as the strokes. Disabled: the digits stay as they are.
    """
    data = digits.load(SIDE, canvas=CANVAS)
    steps = 60 if run.quick else 200
    strengths = (0.0, 0.5, 1.0) if run.quick else (0.0, 0.125, 0.25, 0.375, 0.5, 0.75, 1.0)
    half = strengths.index(0.5)
    held, held_labels = data[2], data[3]
    names = {"rotation": Text("回した数字", "turned digits"), "background": Text("背景を変えた数字", "digits on a background")}
    finished: dict[str, list[list[float]]] = {kind: [] for kind in names}

    def measure(kind: str, trained: nn.Module, seed: int) -> list[float]:
        values = []
        for strength in strengths:
            now = 0.0 if run.disabled else strength
            shown = turned(held, ANGLE * now) if kind == "rotation" else on_background(held, now, seed)
            values.append(accuracy_of(scores_of(trained, shown, lambda x: x), held_labels))
        return values

    def plot(found: Race) -> Curves:
        done = len(found.accuracy[0][-1]) == len(found.places)
        lines = []
        for kind, name in names.items():
            if done:
                for index in range(len(finished[kind]), len(found.networks[0])):
                    finished[kind].append(measure(kind, found.networks[0][index], run.seeds[index]))
            values = finished[kind] or [measure(kind, found.networks[0][-1], 0)]
            lines.append(line(name, strengths, list(zip(*values, strict=True)), main=kind == "rotation", opens={"lens": "feature_maps", "layer": "stage1"}))
        return Curves(tuple(lines), STRENGTH, Text("検証の正解率", "held-out accuracy"))

    found = yield from race(
        run,
        [Runner(Text("CNN", "CNN"), lambda: network(size=CANVAS), main=True)],
        data,
        steps,
        learning_rate=RATE,
        measurements=2 if run.quick else 4,
        plot=plot,
    )
    for kind in names:
        finished[kind] = finished[kind] or [measure(kind, found.networks[0][-1], 0)]
    drops = {kind: [values[0] - values[half] for values in by_seed] for kind, by_seed in finished.items()}
    plain = statistics.fmean(values[0] for values in finished["rotation"])
    at_half = {kind: statistics.fmean(values[half] for values in by_seed) for kind, by_seed in finished.items()}
    numbers = {
        "rotation_drop": statistics.fmean(drops["rotation"]), "background_drop": statistics.fmean(drops["background"]),
        "spread": max(spread_of(values) for values in drops.values()), "accuracy": plain,
    }  # fmt: skip
    text = Text(
        f"正解率は、そのままで {plain:.1%}、45 度回すと {at_half['rotation']:.1%}、背景に模様を付けると {at_half['background']:.1%}。",
        f"Right on {plain:.1%} as they are, on {at_half['rotation']:.1%} turned by 45°, on {at_half['background']:.1%} over a patterned background.",
    )
    lines = [
        line(name, strengths, list(zip(*finished[kind], strict=True)), main=kind == "rotation", opens={"lens": "feature_maps", "layer": "stage1"})
        for kind, name in names.items()
    ]
    differs = Text(
        f"{SMALLER.ja}回転や背景は学習に含めていません。",
        f"{SMALLER.en} Neither turned digits nor backgrounds were in the training.",
    )
    curves = Curves(tuple(lines), STRENGTH, Text("検証の正解率", "held-out accuracy"))
    return Outcome(numbers, "rotation_drop", text, curves, digits.ABOUT, differs, complete=found.complete)
