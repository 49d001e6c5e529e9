"""The claims of SSD: as accurate as Faster R-CNN, good at low resolution, a little slower than YOLO."""

from __future__ import annotations

import statistics
from dataclasses import replace

from explorer.engine.data.boxed import HEIGHT, WIDTH, Boxed, resized
from explorer.engine.experiments.detection.comparing import Steps, more_accurate, slower_or_faster
from explorer.engine.experiments.detection.measuring import SMALL, Contender, look, mean_ap, pictures, spread
from explorer.engine.experiments.run import Outcome, Run
from explorer.words import Text


def accuracy(run: Run) -> Steps:
    """``ssd.accuracy``: AP50 beside Faster R-CNN's. Disabled: R-CNN, which has none of SSD's maps and boxes, in its place."""
    return (yield from more_accurate(replace(run, disabled=False), "rcnn" if run.disabled else "ssd", "faster_rcnn"))


def speed(run: Run) -> Steps:
    """``ssd.speed``: the time of a picture beside YOLO's. Disabled: a second YOLO in its place."""
    return (yield from slower_or_faster(run, "ssd", "yolo"))


def halved(scene: Boxed) -> Boxed:
    """The same scene with half as many pixels a side."""
    return resized(scene, HEIGHT // 2, WIDTH // 2, smallest=0.0)


def resolution(run: Run) -> Steps:
    """``ssd.resolution``: AP50 lost when pictures have half as many pixels a side, beside what Faster R-CNN loses. Disabled: a second Faster R-CNN."""
    given = pictures(run)
    one, other = ("faster_rcnn", "faster_rcnn") if run.disabled else ("ssd", "faster_rcnn")
    half = Text("半分", "half")
    contenders = (
        Contender(one, main=True),
        Contender(one, changed=halved, name=Text(f"SSD（{half.ja}）", f"SSD, {half.en}")),
        Contender(other),
        Contender(other, changed=halved, name=Text(f"Faster R-CNN（{half.ja}）", f"Faster R-CNN, {half.en}")),
    )
    found = yield from look(run, contenders, given.groups)
    ours, theirs = found.differences(0, 1, mean_ap), found.differences(2, 3, mean_ap)
    differences = [b - a for a, b in zip(ours, theirs, strict=True)]
    text = Text(
        f"解像度を半分にすると AP50 は SSD で {statistics.fmean(ours):.2f}、Faster R-CNN で {statistics.fmean(theirs):.2f} 下がった。",
        f"At half the resolution SSD loses {statistics.fmean(ours):.2f} of AP50, Faster R-CNN {statistics.fmean(theirs):.2f}.",
    )
    numbers = {"difference": statistics.fmean(differences), "spread": spread(differences), "loss": statistics.fmean(ours), "other_loss": statistics.fmean(theirs)}
    differs = Text(
        f"{SMALL.ja}半分の画像は、どちらのネットワークも自分の入力の大きさに引き伸ばして受け取ります。",
        f"{SMALL.en} Both networks enlarge the halved picture to their own input.",
    )
    return Outcome(numbers, "difference", text, found.plot(mean_ap), given.about, differs, at_most=given.at_most, complete=found.complete)
