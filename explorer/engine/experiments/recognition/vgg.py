"""The claims about VGGNet: its features reused for other tasks, its size, and its accuracy beside a ResNet of the same depth."""

from __future__ import annotations

import math
import statistics
from collections.abc import Generator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from explorer.engine.data import digits
from explorer.engine.experiments.recognition.training import Data, Race, Runner, line, race, spread_of, standardised
from explorer.engine.experiments.run import Outcome, Run
from explorer.engine.models.recognition.resnet import cifar_resnet, resnet50
from explorer.engine.models.recognition.vgg import VGG, vgg16, vgg16_third
from explorer.results import Curves, Progress, Series
from explorer.words import Text

LAYER = Text("重みを持つ層（入力の側から）", "layers with weights, from the input on")

Steps = Generator[Progress, None, Outcome]


def small_vgg(repeats: tuple[int, ...], width: float = 0.125) -> VGG:
    """A VGG for small pictures of three channels: 8, 16, 32, 64 and 64 maps at an eighth of the width, batch normalisation."""
    return vgg16_third(repeats=repeats, width=width)


# features reused

SIDE = 24  # pixels of the pictures that the features are learnt from and reused on
SHAPES, STRIPES, DOTS = Text("図形の種類", "which shape"), Text("縞の向き", "which way stripes run"), Text("点の数", "how many dots")
TASKS = {"shapes": SHAPES, "stripes": STRIPES, "dots": DOTS}
COUNT, HELD = 300, 200  # drawn pictures to learn a task from, and held out


def drawn(task: str, seed: int) -> Data:
    """A task of four answers on pictures drawn here: bright on dark, with noise, each at its own place, size and brightness."""
    generator = torch.Generator().manual_seed(9000 + seed)
    count = COUNT + HELD
    labels = torch.randint(4, (count,), generator=generator)
    rows, columns = torch.meshgrid(torch.arange(SIDE).float(), torch.arange(SIDE).float(), indexing="ij")

    def uniform(low: float, high: float) -> float:
        return low + (high - low) * float(torch.rand((), generator=generator))

    pictures = []
    for label in labels.tolist():
        if task == "stripes":  # along, across, and both diagonals
            angle = math.pi / 4 * label + uniform(-0.15, 0.15)
            wave = (rows * math.sin(angle) + columns * math.cos(angle)) * 2 * math.pi / uniform(4, 8)
            ink = 0.5 + 0.5 * torch.sin(wave + uniform(0, 2 * math.pi))
        elif task == "dots":  # one to four
            ink = torch.zeros(SIDE, SIDE)
            places = torch.randperm(16, generator=generator)[: label + 1]
            for number in places.tolist():
                y, x = (number // 4) * 6 + uniform(2, 4), (number % 4) * 6 + uniform(2, 4)
                ink = torch.maximum(ink, uniform(0.5, 1) * (((rows - y) ** 2 + (columns - x) ** 2).sqrt() < uniform(1, 2.3)).float())
        else:  # disc, square, ring, cross
            radius = uniform(3.5, 6.5)
            y, x = uniform(radius, SIDE - radius), uniform(radius, SIDE - radius)
            down, across = (rows - y).abs(), (columns - x).abs()
            away = (down**2 + across**2).sqrt()
            inside = (
                away < radius,
                torch.maximum(down, across) < 0.85 * radius,
                (away < radius) & (away > 0.6 * radius),
                (torch.minimum(down, across) < 0.3 * radius) & (torch.maximum(down, across) < radius),
            )
            ink = inside[label].float()
        noise = 0.15 * torch.randn(SIDE, SIDE, generator=generator)
        pictures.append((ink * uniform(0.6, 1.0) + noise) * digits.INK + digits.BLANK)
    stack = torch.stack(pictures)[:, None].expand(-1, 3, -1, -1).contiguous()
    return stack[:COUNT], labels[:COUNT], stack[COUNT:], labels[COUNT:]


@torch.no_grad()
def features_of(trained: VGG, pictures: Tensor) -> Tensor:
    """What the classifier would be given: the last maps' means, one row a picture."""
    trained.eval()
    values: Tensor = trained.flatten(trained.avgpool(trained.features(pictures)))
    return values


def adapts(run: Run) -> Steps:
    """``vgg.adapts``: a small VGG learns digits; its features, unchanged, serve three tasks it was never shown.

    A linear classifier on the features against one on pixels, same pictures and steps. Disabled: the features are the pixels.
    """
    training_steps, steps = (40, 40) if run.quick else (250, 150)
    source = digits.load(16, 3, canvas=SIDE)
    trained = yield from race(
        run, [Runner(Text("VGG（数字を学習中）", "the VGG, learning digits"), lambda: small_vgg((1, 1, 1, 1, 1)), {"lens": "filters"}, main=True)],
        source, training_steps, learning_rate=0.05, measurements=4, until=0.7,
    )  # fmt: skip
    seeds = run.seeds[: len(trained.networks[0])]
    on_features: dict[str, list[float]] = {task: [] for task in TASKS}
    on_pixels: dict[str, list[float]] = {task: [] for task in TASKS}
    opens: Mapping[str, Any] = {"lens": "feature_maps"}

    def plot() -> Curves:
        """Task by task (1, 2, 3), mean over seeds."""
        lines = []
        for name, by_task, main in ((Text("VGG の特徴", "on VGG features"), on_features, True), (Text("画素", "on raw pixels"), on_pixels, False)):
            columns = [values for values in by_task.values() if values]
            lines.append(line(name, range(1, len(columns) + 1), columns, main=main, opens=opens))
        return Curves(tuple(lines), Text("課題（1 図形、2 縞、3 点の数）", "task (1 shapes, 2 stripes, 3 dots)"), Text("検証の正解率", "held-out accuracy"))

    complete = trained.complete
    total, done = len(seeds) * len(TASKS), 0
    for number, task in enumerate(TASKS):
        for index, seed in enumerate(seeds):
            extractor = trained.networks[0][index]
            assert isinstance(extractor, VGG)
            one = yield from _reused(extractor, drawn(task, seed), Run(run.quick, (seed,), run.disabled), steps)
            on_features[task].append(one.last(0)[0])
            on_pixels[task].append(one.last(1)[0])
            done += 1
            yield Progress(TASKS[task], 0.7 + 0.3 * done / total, None, plot())
        if run.stop() and number < len(TASKS) - 1:
            complete = False
            break
    differences = {task: [a - b for a, b in zip(on_features[task], on_pixels[task], strict=True)] for task in TASKS if on_features[task]}
    means = {task: statistics.fmean(values) for task, values in differences.items()}
    worst = min(means, key=lambda task: means[task])
    numbers = {"difference": means[worst], "spread": spread_of(differences[worst]), "digits": statistics.fmean(trained.last(0))}
    for task in differences:
        numbers[f"features_{task}"], numbers[f"pixels_{task}"] = statistics.fmean(on_features[task]), statistics.fmean(on_pixels[task])
    said = [(TASKS[task], numbers[f"features_{task}"], numbers[f"pixels_{task}"]) for task in differences]
    text = Text(
        "数字で学んだ特徴を転用した正解率（かっこ内は画素から）：" + "、".join(f"{name.ja} {a:.0%}（{b:.0%}）" for name, a, b in said) + "。",
        "Features learnt on digits, reused (in brackets: from pixels): " + ", ".join(f"{name.en} {a:.0%} ({b:.0%})" for name, a, b in said) + ".",
    )
    about = Text(
        f"{digits.ABOUT.ja}で特徴を学び、その場で描いた図形・縞・点（各課題 300 枚、検証 200 枚）に転用",
        f"Features from {digits.ABOUT.en}; reused on shapes, stripes and dots drawn here (300 a task, 200 held out)",
    )
    differs = Text(
        "論文は ImageNet の特徴をほかの写真の課題に使います。ここでは 8 分の 1 の幅の六層の VGG が数字から学んだ特徴です。",
        "The paper reuses ImageNet features on other photographs; here a six-layer VGG of an eighth of the width learns its features from digits.",
    )
    return Outcome(numbers, "difference", text, plot(), about, differs, complete=complete)


def _reused(extractor: VGG, data: Data, run: Run, steps: int) -> Generator[Progress, None, Race]:
    """Two linear classifiers side by side on one task: on the features, and on pixels. Its progress is too short to show."""
    learn, labels, held, held_labels = data
    pixels = standardised(learn.flatten(1), held.flatten(1))
    features = pixels if run.disabled else standardised(features_of(extractor, learn), features_of(extractor, held))

    def runner(name: Text, rows: tuple[Tensor, Tensor]) -> Runner:
        return Runner(name, lambda: nn.Linear(rows[0].shape[1], 4), data=lambda _: (rows[0], labels, rows[1], held_labels))

    runners = [runner(Text("VGG の特徴", "on VGG features"), features), runner(Text("画素", "on raw pixels"), pixels)]
    going = race(run, runners, data, steps, learning_rate=0.05, measurements=1)
    while True:
        try:
            next(going)
        except StopIteration as finished:
            result: Race = finished.value
            return result
        yield from ()


# size


def counts(network: nn.Module) -> list[int]:
    """Parameters of each layer with weights (with those of its normalisation), from the input on."""
    found: list[int] = []
    for module in network.modules():
        own = sum(one.numel() for one in module.parameters(recurse=False))
        if isinstance(module, nn.Conv2d | nn.Linear):
            found.append(own)
        elif own:
            found[-1] += own
    return found


def small(run: Run) -> Steps:
    """``vgg.small``: the parameters of VGG-16 and ResNet-50, counted layer by layer on networks built without memory.

    Disabled: VGG-16 without its first two linear layers, where most of its weights are.
    """
    names = {"vgg": Text("VGG-16", "VGG-16"), "resnet": Text("ResNet-50", "ResNet-50")}
    with torch.device("meta"):
        layers = {"vgg": counts(vgg16()), "resnet": counts(resnet50())}
    linear = sum(layers["vgg"][13:])
    if run.disabled:
        layers["vgg"] = [*layers["vgg"][:13], 512 * 1000 + 1000]
    most = max(len(values) for values in layers.values())

    def plot(upto: int) -> Curves:
        lines = []
        for key, values in layers.items():
            y = np.cumsum(np.array(values[:upto], float)) / 1e6
            opens = ({"lens": "stacked", "lens_settings": {"whole": True}},) * len(y)
            lines.append(Series(names[key], np.arange(1.0, len(y) + 1), y, main=key == "vgg", opens=opens))
        return Curves(tuple(lines), LAYER, Text("ここまでのパラメータ（百万）", "parameters so far, millions"))

    for upto in range(1, most + 1):
        yield Progress(Text(f"{upto} 層目まで数えました", f"Counted up to layer {upto}"), upto / most, None, plot(upto))
    total = {key: sum(values) for key, values in layers.items()}
    ratio = total["vgg"] / total["resnet"]
    text = Text(
        f"VGG-16 は {total['vgg'] / 1e6:.1f} 百万、ResNet-50 は {total['resnet'] / 1e6:.1f} 百万で {ratio:.1f} 倍。"
        + ("全結合を一層にした場合です。" if run.disabled else f"{linear / total['vgg']:.0%} は最後の全結合三層にあります。"),
        f"VGG-16 has {total['vgg'] / 1e6:.1f} million, ResNet-50 {total['resnet'] / 1e6:.1f} million: {ratio:.1f} times. "
        + ("This is with a single linear layer." if run.disabled else f"{linear / total['vgg']:.0%} of them lie in the last three, linear layers."),
    )
    numbers = {
        "parameter_ratio": ratio,
        "vgg16": float(total["vgg"]),
        "resnet50": float(total["resnet"]),
        "linear_share": linear / total["vgg"],
        "layers": float(most),
    }
    about = Text("データは使いません。組み立てたネットワークの数を数えます。", "No data: the networks are built and counted.")
    differs = Text(
        "論文が「大きくない」と言うのは、大きな窓の浅いネットワークに比べてのことです（2.3 節）。",
        "The paper means networks with larger windows and fewer layers when it calls its own no larger (section 2.3).",
    )
    return Outcome(numbers, "parameter_ratio", text, plot(most), about, differs)


# accuracy

REPEATS = {8: (1, 1, 1, 2, 2), 14: (2, 2, 3, 3, 3), 20: (3, 4, 4, 4, 4)}  # convolutions in each stage, for as many layers with the classifier


def accuracy(run: Run) -> Steps:
    """``vgg.accuracy``: a ResNet minus a VGG of the same depth after equally many steps; both with batch normalisation.

    Judged at the greatest depth. Disabled: a VGG stands in for the ResNet.
    """
    depths = (14,) if run.quick else (8, 14, 20)
    steps = 30 if run.quick else 120
    data = digits.load(size=8, channels=3)
    found: dict[int, Race] = {}
    names = (Text("ResNet", "ResNet"), Text("VGG", "VGG"))

    def plot(now: Race | None = None, depth: int = 0) -> Curves:
        shown = {**found, **({depth: now} if now is not None else {})}
        lines = []
        for index, name in enumerate(names):
            columns = [one.last(index) for one in shown.values()]
            lines.append(line(name, list(shown), columns, main=index == 1, opens={"lens": "stacked", "lens_settings": {"whole": True}} if index == 1 else None))
        return Curves(tuple(lines), Text("層の数", "layers"), Text("検証の正解率", "held-out accuracy"))

    complete = True
    for number, depth in enumerate(depths):
        runners = [
            Runner(names[0], lambda depth=depth: small_vgg(REPEATS[depth]) if run.disabled else cifar_resnet(depth, widths=(8, 16, 32))),  # type: ignore[misc]
            Runner(names[1], lambda depth=depth: small_vgg(REPEATS[depth]), main=True),  # type: ignore[misc]
        ]
        steps_of = race(run, runners, data, steps, measurements=2 if run.quick else 4, plot=lambda now, depth=depth: plot(now, depth))  # type: ignore[misc]
        while True:
            try:
                progress = next(steps_of)
            except StopIteration as finished:
                found[depth] = finished.value
                break
            share = (sum(depths[:number]) + depth * (progress.fraction or 0)) / sum(depths)
            yield Progress(Text(f"{depth} 層、{progress.text.ja}", f"{depth} layers: {progress.text.en}"), share, None, progress.part)
        complete = complete and found[depth].complete
        if not complete:
            break
    reached = max(found)
    pairs = list(zip(found[reached].last(0), found[reached].last(1), strict=True))
    differences = [a - b for a, b in pairs]
    resnet, vgg = (statistics.fmean(values) for values in zip(*pairs, strict=True))
    text = Text(
        f"{reached} 層、{steps} ステップ後の正解率：ResNet {resnet:.1%}、VGG {vgg:.1%}。",
        f"After {steps} steps at {reached} layers: ResNet {resnet:.1%}, VGG {vgg:.1%}.",
    )
    numbers = {"difference": statistics.fmean(differences), "spread": spread_of(differences), "resnet": resnet, "vgg": vgg, "depth": float(reached)}
    differs = Text(
        "論文の VGG にバッチ正規化はありませんが、ここでは両方に入れ、形と近道だけを比べます。細いネットワークを短く学習しました。",
        "The paper's VGG has no batch normalisation; here both have it, so that only shape and shortcuts differ. Thin networks, short training.",
    )
    return Outcome(numbers, "difference", text, plot(), digits.ABOUT, differs, complete=complete)
