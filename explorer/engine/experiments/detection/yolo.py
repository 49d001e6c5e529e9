"""The claims of YOLO: very fast, few false alarms on background, weak on dense objects and on objects of many sizes."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import replace

import torch
from torch import Tensor
from torchvision.ops import box_iou

from explorer.engine.data import smears
from explorer.engine.data.boxed import Boxed
from explorer.engine.data.smears import Smear
from explorer.engine.experiments.detection.comparing import Steps, slower_or_faster
from explorer.engine.experiments.detection.measuring import PART, SMALL, Contender, Found, look, pictures, spread
from explorer.engine.experiments.recognition.training import line
from explorer.engine.experiments.run import Outcome, Run
from explorer.engine.learning.detect import target_of
from explorer.engine.learning.precision import Precision
from explorer.results import Curves, Progress
from explorer.words import Text

RED = "RBC"
AWAY = 0.1  # a box that overlaps no object by more than this lies on background
SAME = 0.8  # of the objects that both can find, so many are to be found by both
RECALL = Text("見つけた割合", "objects found (share)")
FALSE = Text("背景に出した箱の割合", "boxes on background (share)")
CELLS = Text("画像の中の赤血球の数", "red cells in a picture")
UNLIKE = Text("一番大きな赤血球の半径（一番小さなものの何倍か）", "radius of the largest red cell (times the smallest)")
PLAIN = Smear(white=(0, 0), platelets=(0, 0), radius=(0.095, 0.105), unlike=(0.98, 1.02), heaps=0.5)
DRAWN = Text("描いた血球の画像（種類と大きさと数を決めて描き分けた {count} 枚）", "{count} smears drawn with cells of a given kind, size and number")


def fast(run: Run) -> Steps:
    """``yolo.fast``: the time of a picture beside Faster R-CNN's. Disabled: a second Faster R-CNN in its place."""
    return (yield from slower_or_faster(run, "yolo", "faster_rcnn"))


# background


def sorted_out(scenes: Sequence[Boxed], answers: Sequence[Mapping[str, Tensor]]) -> tuple[Tensor, Tensor, Tensor, int]:
    """All boxes found on some pictures, surest first: their scores, which are right (an object of their class, found for the first time), which lie on
    background; and the number of objects."""
    scores, right, away, objects = [], [], [], 0
    for scene, answer in zip(scenes, answers, strict=True):
        target = target_of(scene)
        boxes, labels = answer["boxes"], answer["labels"]
        every = torch.cat([target["boxes"], target["ignored"]])
        overlap = box_iou(boxes, every) if len(every) else torch.zeros(len(boxes), 1)
        hit = torch.zeros(len(boxes), dtype=torch.bool)
        taken: set[int] = set()
        for k in answer["scores"].argsort(descending=True).tolist():
            own = overlap[k, : len(target["boxes"])] * (target["labels"] == labels[k])
            if len(own) and float(own.max()) >= 0.5 and int(own.argmax()) not in taken:
                taken.add(int(own.argmax()))
                hit[k] = True
        scores.append(answer["scores"])
        right.append(hit)
        away.append(overlap.amax(1) <= AWAY)
        objects += len(target["boxes"])
    order = torch.cat(scores).argsort(descending=True)
    return torch.cat(scores)[order], torch.cat(right)[order], torch.cat(away)[order], objects


def share_on_background(right: Tensor, away: Tensor, wanted: int) -> float:
    """Of the surest boxes with so many right ones among them, the share that lies on background."""
    if wanted <= 0:
        return 0.0
    enough = int((right.cumsum(0) >= wanted).nonzero()[0]) + 1
    return float(away[:enough].float().mean())


def background(run: Run) -> Steps:
    """``yolo.background``: of as many boxes as find equally many objects, the share on background, Faster R-CNN's minus YOLO's. Disabled: a second
    Faster R-CNN in YOLO's place."""
    given = pictures(run)
    contenders = (Contender("faster_rcnn" if run.disabled else "yolo", main=True), Contender("faster_rcnn"))
    found = yield from look(run, contenders, given.groups, lambda judged: statistics.fmean(judged.recall.values()), RECALL)
    shares: list[list[float]] = [[], []]
    for number in range(len(found.judged[1])):
        group = given.groups[number]
        both = [sorted_out(group, found.answers[index][number]) for index in range(2)]
        wanted = int(SAME * min(int(right.sum()) for _, right, _, _ in both))
        for index, (_, right, away, _) in enumerate(both):
            shares[index].append(share_on_background(right, away, wanted))
    differences = [theirs - ours for ours, theirs in zip(*shares, strict=True)]
    ours, theirs = (statistics.fmean(values) for values in shares)
    text = Text(
        f"同じ数を正しく見つけるとき、背景に出した箱は YOLO {ours:.1%}、Faster R-CNN {theirs:.1%}。",
        f"Where both find equally many objects, {ours:.1%} of YOLO's boxes lie on background, {theirs:.1%} of Faster R-CNN's.",
    )
    lines = [
        line(one.label, range(1, len(values) + 1), [[value] for value in values], main=one.main, opens={"lens": "boxes"})
        for one, values in zip(contenders, shares, strict=True)
    ]
    plot = Curves(tuple(lines), PART, FALSE)
    numbers = {"difference": statistics.fmean(differences), "spread": spread(differences), "yolo": ours, "faster_rcnn": theirs}
    differs = Text(
        f"{SMALL.ja}論文は VOC 2007 の誤りの内訳（図 4）を比べ、Fast R-CNN 13.6 %、YOLO 4.75 % としています。",
        f"{SMALL.en} The paper compares kinds of error on VOC 2007 (figure 4): 13.6 % for Fast R-CNN, 4.75 % for YOLO.",
    )
    return Outcome(numbers, "difference", text, plot, given.about, differs, at_most=given.at_most, complete=found.complete)


# dense objects, and objects of many sizes


def red_found(judged: Precision) -> float:
    """The share of red cells that was found at all."""
    return judged.recall.get(RED, 0.0)


def ladder(run: Run, kinds: Sequence[Smear]) -> tuple[list[list[tuple[Boxed, ...]]], int]:
    """``[seed][kind]``: drawn smears of each kind for each seed; and how many in all."""
    each = 3 if run.quick else 12
    sets = [
        [tuple(smears.draw(smears.HELD_OUT + 10_000 * (1 + seed) + 100 * place + k, what=what) for k in range(each)) for place, what in enumerate(kinds)]
        for seed in run.seeds
    ]
    return sets, each * len(kinds) * len(run.seeds)


def lost(run: Run, kinds: Sequence[Smear], places: Sequence[float], axis: Text, text: Text, differs: Text) -> Steps:
    """The share of red cells found on the first kind of smear minus that on the last."""
    by_seed, count = ladder(run, kinds)
    recalls: list[list[float]] = [[] for _ in kinds]
    contenders = (Contender("yolo", main=True),)

    def plot() -> Curves:
        measured = [k for k, values in enumerate(recalls) if values]
        drawn = line(contenders[0].label, [places[k] for k in measured], [recalls[k] for k in measured], main=True, opens={"lens": "cells"})
        return Curves((drawn,), axis, RECALL)

    complete = True
    for number, groups in enumerate(by_seed):
        steps = look(replace(run, stop=lambda: False), contenders, groups, red_found, RECALL)
        found: Found
        while True:
            try:
                progress = next(steps)
            except StopIteration as finished:
                found = finished.value
                break
            share = (number + (progress.fraction or 0.0)) / len(by_seed)
            yield Progress(progress.text, share, progress.seconds_left, plot())
        for place, judged in enumerate(found.judged[0]):
            recalls[place].append(red_found(judged))
        if number + 1 < len(by_seed) and run.stop():
            complete = False
            break
    differences = [first - last for first, last in zip(recalls[0], recalls[-1], strict=True)]
    first, last = statistics.fmean(recalls[0]), statistics.fmean(recalls[-1])
    numbers = {"difference": statistics.fmean(differences), "spread": spread(differences), "first": first, "last": last}
    told = text.format(first=f"{first:.0%}", last=f"{last:.0%}")
    return Outcome(numbers, "difference", told, plot(), DRAWN.format(count=count), differs, complete=complete)


def dense(run: Run) -> Steps:
    """``yolo.dense``: red cells found where few lie in a picture, minus where many do. Disabled: few in all."""
    counts = (4, 10, 20, 36) if not run.quick else (4, 36)
    kinds = [replace(PLAIN, red=(counts[0] if run.disabled else count,) * 2) for count in counts]
    text = Text(
        f"赤血球が {counts[0]} 個の画像では {{first}}、最大 {counts[-1]} 個の画像では {{last}} を見つけた。",
        f"Found {{first}} of red cells where {counts[0]} lie in a picture, {{last}} where up to {counts[-1]} do.",
    )
    differs = Text(f"{SMALL.ja}どの確かさの箱も数えます。", f"{SMALL.en} Boxes count however sure they are.")
    return (yield from lost(run, kinds, [float(count) for count in counts], CELLS, text, differs))


def sizes(run: Run) -> Steps:
    """``yolo.sizes``: red cells found where all are of one size, minus where their sizes differ. Disabled: one size in all."""
    ranges = ((1.0, 1.0), (0.7, 1.4), (0.5, 2.0), (0.4, 2.5)) if not run.quick else ((1.0, 1.0), (0.4, 2.5))
    kinds = [replace(PLAIN, red=(8, 8), heaps=0.2, unlike=ranges[0] if run.disabled else pair) for pair in ranges]
    places = [high / low for low, high in ranges]
    text = Text(
        f"大きさがそろった画像では {{first}}、{places[-1]:.1f} 倍まで違う画像では {{last}} を見つけた。",
        f"Found {{first}} of red cells of one size, {{last}} where they differ by up to {places[-1]:.1f} times.",
    )
    differs = Text(f"{SMALL.ja}どの確かさの箱も数えます。", f"{SMALL.en} Boxes count however sure they are.")
    return (yield from lost(run, kinds, places, UNLIKE, text, differs))
