"""The claims about compound scaling and transfer: accuracy at equal work, and new classes from five pictures each."""

from __future__ import annotations

import statistics
import time
from collections.abc import Generator
from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.engine.data import digits, polygons
from explorer.engine.experiments.recognition.training import ACCURACY, SECONDS, Data, Runner, left, line, race, spread_of
from explorer.engine.experiments.run import Outcome, Run
from explorer.engine.learning.classify import Classify, ClassifySettings, accuracy_of, scores_of
from explorer.engine.models.recognition.efficientnet import EfficientNet, EfficientNetConfig, cost
from explorer.results import Curves, Progress
from explorer.words import Text

LENS = {"lens": "scaling"}
COMPOUND, DEPTH_ALONE = Text("三つ一緒に", "all three together"), Text("深さだけ", "depth alone")
HEAD, SCRATCH = Text("最後の層だけ", "head only"), Text("初めから", "from scratch")
SHOTS = 5  # pictures of each new class
OLD_CLASSES = 6  # digits 0 to 5 are learnt first, 6 to 9 are new

Steps = Generator[Progress, None, Outcome]


def small_config(classes: int, width: float, depth: float, size: int) -> EfficientNetConfig:
    """A thin EfficientNet for small pictures."""
    return EfficientNetConfig(classes, width, depth, size, dropout=0.0, drop_blocks=0.0, stem="cifar")


def work(config: EfficientNetConfig) -> int:
    """Multiply-adds for one picture of the size the network is meant for; nothing is computed."""
    return cost(config)[1]


def scaled(base: EfficientNetConfig, phi: float) -> EfficientNetConfig:
    """All three scaled by phi (equation 3 of the paper: 1.2, 1.1 and 1.15)."""
    return replace(base, width=base.width * 1.1**phi, depth=base.depth * 1.2**phi, size=round(base.size * 1.15**phi))


def deepened(base: EfficientNetConfig, aim: int) -> EfficientNetConfig:
    """Only deeper, until the multiply-adds are as near to ``aim`` as they come."""
    candidates = [replace(base, depth=base.depth + 0.05 * step) for step in range(80)]
    different = {tuple(one.blocks(count) for count in range(1, 5)): one for one in candidates}
    return min(different.values(), key=lambda one: abs(work(one) - aim))


def accuracy(run: Run) -> Steps:
    """``efficientnet.accuracy``: three dimensions scaled together against depth alone, at equal multiply-adds. Disabled: depth alone twice."""
    base = small_config(len(polygons.SIDES), 0.25, 0.3, 16) if run.quick else small_config(len(polygons.SIDES), 0.25, 0.5, 20)
    together = scaled(base, 1.5)
    alone = deepened(base, work(together))
    configs = (alone if run.disabled else together, alone)
    work_ratio = work(configs[0]) / work(configs[1])
    sets: dict[int, Data] = {size: polygons.load(size, *((480, 180) if run.quick else (960, 300))) for size in {one.size for one in configs}}
    runners = tuple(
        Runner(name, lambda config=config: EfficientNet(config), LENS, main=place == 0, data=lambda _, size=config.size: sets[size])  # type: ignore[misc]
        for place, (name, config) in enumerate(zip((COMPOUND, DEPTH_ALONE), configs, strict=True))
    )
    steps = 40 if run.quick else 120
    found = yield from race(run, runners, sets[configs[0].size], steps, batch=32, learning_rate=0.1, measurements=4 if run.quick else 6)
    ours, theirs = found.last(0), found.last(1)
    differences = [a - b for a, b in zip(ours, theirs, strict=True)]
    millions = [work(config) / 1e6 for config in configs]
    equal = 0.9 <= work_ratio <= 1.1
    text = Text(
        f"{steps} ステップ後の正解率：三つ一緒に大きくしたもの {statistics.fmean(ours):.1%}（{millions[0]:.1f} M 積和、{configs[0].size} 画素）、"
        f"深さだけ {statistics.fmean(theirs):.1%}（{millions[1]:.1f} M、{configs[1].size} 画素）。",
        f"After {steps} steps: {statistics.fmean(ours):.1%} with all three scaled ({millions[0]:.1f} M multiply-adds, {configs[0].size} px), "
        f"{statistics.fmean(theirs):.1%} with depth alone ({millions[1]:.1f} M, {configs[1].size} px).",
    )
    differs = Text(
        "論文（図 8）は ImageNet で B0 を大きくします。ここでは細い網を、細かさが効くように描いた図形で短く学習しました。",
        "The paper (figure 8) scales B0 on ImageNet; here thin networks learn briefly from drawn shapes in which fine detail matters.",
    )
    numbers = {
        "difference": statistics.fmean(differences), "spread": spread_of(differences), "work_ratio": work_ratio,
        "compound": statistics.fmean(ours), "depth": statistics.fmean(theirs),
    }  # fmt: skip
    return Outcome(numbers, "difference", text, found.plot(), polygons.ABOUT, differs, at_most="holds" if equal else "caveat", complete=found.complete)


def features(network: EfficientNet, inputs: Tensor) -> Tensor:
    """What the last layer is given: (N, channels)."""
    return scores_of(nn.Sequential(network.features, network.avgpool, network.flatten), inputs, lambda x: x)


def few(labels: Tensor, seed: int) -> Tensor:
    """The indices of ``SHOTS`` pictures of each new class, drawn by the seed."""
    generator = torch.Generator().manual_seed(seed)
    chosen = []
    for number in range(OLD_CLASSES, 10):
        places = (labels == number).nonzero().flatten()
        chosen.append(places[torch.randperm(len(places), generator=generator)[:SHOTS]])
    return torch.cat(chosen)


class Head:
    """A last layer that learns on fixed features, normalised over the few pictures."""

    def __init__(self, inputs: Tensor, labels: Tensor, classes: int) -> None:
        self.mean, self.deviation = inputs.mean(0), inputs.std(0) + 1e-3
        self.inputs, self.labels = self.normal(inputs), labels
        self.layer = nn.Linear(inputs.shape[1], classes)
        self.optimiser = torch.optim.Adam(self.layer.parameters(), lr=0.01, weight_decay=1e-3)

    def normal(self, inputs: Tensor) -> Tensor:
        return (inputs - self.mean) / self.deviation

    def step(self) -> None:
        self.optimiser.zero_grad()
        F.cross_entropy(self.layer(self.inputs), self.labels).backward()  # type: ignore[no-untyped-call]
        self.optimiser.step()

    @torch.no_grad()
    def accuracy(self, inputs: Tensor, labels: Tensor) -> float:
        return accuracy_of(self.layer(self.normal(inputs)), labels)


def transfer(run: Run) -> Steps:
    """``efficientnet.transfer``: four new digits from five pictures each, the last layer on learnt features against a network from scratch.

    Both learn for the same processor seconds (what else runs on the machine does not count), the features' own pass included. Disabled: the
    features were never learnt.
    """
    steps, budget, places = (40, 1.5, 4) if run.quick else (150, 6.0, 8)
    inputs, labels, held, held_labels = digits.load(size=16, channels=3)
    old = labels < OLD_CLASSES
    new_held, new_held_labels = held[held_labels >= OLD_CLASSES], held_labels[held_labels >= OLD_CLASSES] - OLD_CLASSES
    config = small_config(OLD_CLASSES, 0.25, 0.3, 16)
    found: list[list[list[float]]] = [[[] for _ in range(places)] for _ in range(2)]
    ends = [budget * (place + 1) / places for place in range(places)]
    begin, complete, scratch_steps, pretrained = time.perf_counter(), True, 0, 0.0

    def plot() -> Curves:
        lines = []
        for name, columns in zip((HEAD, SCRATCH), found, strict=True):
            measured = [k for k, values in enumerate(columns) if values]
            lines.append(line(name, [ends[k] for k in measured], [columns[k] for k in measured], main=name is HEAD, opens=LENS))
        return Curves(tuple(lines), SECONDS, ACCURACY)

    torch.manual_seed(run.seeds[0])
    network = EfficientNet(config)
    training = Classify(network, inputs[old], labels[old], ClassifySettings(steps * 32 / int(old.sum()), 32, 0.1, seed=run.seeds[0]))
    for done in range(0 if run.disabled else steps):
        if done and run.stop():
            complete = False
            break
        training.step()
        share = 0.5 * (done + 1) / steps
        yield Progress(Text("初めの六つの数字を学んでいます", "Learning the first six digits"), share, left(begin, share), plot())
    if not run.disabled:
        known = held_labels < OLD_CLASSES
        pretrained = accuracy_of(scores_of(network, held[known], lambda x: x), held_labels[known])
    new_features = features(network, new_held)

    for count, seed in enumerate(run.seeds):
        chosen = few(labels, seed)
        pictures, names = inputs[chosen], labels[chosen] - OLD_CLASSES
        torch.manual_seed(seed)
        started = time.process_time()
        head = Head(features(network, pictures), names, 10 - OLD_CLASSES)
        head_clock, scratch_clock = time.process_time() - started, 0.0
        fresh = EfficientNet(replace(config, classes=10 - OLD_CLASSES))
        scratch = Classify(fresh, pictures, names, ClassifySettings(1e6, len(names), 0.03, one_cycle=False, seed=seed))
        for place, end in enumerate(ends):
            while head_clock < end:
                started = time.process_time()
                for _ in range(20):
                    head.step()
                head_clock += time.process_time() - started
            while scratch_clock < end:
                started = time.process_time()
                scratch.step()
                scratch_clock += time.process_time() - started
            found[0][place].append(head.accuracy(new_features, new_held_labels))
            found[1][place].append(accuracy_of(scores_of(fresh, new_held, lambda x: x), new_held_labels))
            share = 0.5 + 0.5 * (count + (place + 1) / places) / len(run.seeds)
            yield Progress(Text(f"新しい四つの数字、シード {seed}", f"Four new digits, seed {seed}"), share, left(begin, share), plot())
            if share < 1 and run.stop():
                complete = False
                break
        scratch_steps = scratch.done
        if not complete:
            break
    last = max(place for place in range(places) if found[1][place])
    ours, theirs = found[0][last], found[1][last]
    differences = [a - b for a, b in zip(ours, theirs, strict=True)]
    source_ja = "学習していない特徴" if run.disabled else f"数字 0〜5 で学んだ特徴（そこでの正解率 {pretrained:.1%}）"
    source_en = "features never learnt" if run.disabled else f"features learnt on the digits 0 to 5 (right on {pretrained:.1%} of them)"
    text = Text(
        f"{source_ja}の上の最後の層は、各五枚、{ends[last]:.2g} 秒の計算で新しい数字の {statistics.fmean(ours):.1%} に正解。"
        f"初めから学んだ網は同じ時間（{scratch_steps} ステップ）で {statistics.fmean(theirs):.1%}。",
        f"With {source_en}, a last layer taught five pictures each for {ends[last]:.2g} s of computing is right on {statistics.fmean(ours):.1%} of the new digits; "
        f"a network from scratch, in the same time ({scratch_steps} steps), on {statistics.fmean(theirs):.1%}.",
    )
    differs = Text(
        "論文（表 5）は ImageNet から八つのデータ集合へ移します。ここでは数字 0〜5 から 6〜9 へ、小さな網で移しました。",
        "The paper (table 5) goes from ImageNet to eight data sets; here a small network goes from the digits 0–5 to 6–9.",
    )
    numbers = {
        "difference": statistics.fmean(differences), "spread": spread_of(differences), "head": statistics.fmean(ours),
        "scratch": statistics.fmean(theirs), "pretrained": pretrained,
    }  # fmt: skip
    return Outcome(numbers, "difference", text, plot(), digits.ABOUT, differs, complete=complete)
