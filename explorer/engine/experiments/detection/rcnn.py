"""The claim of R-CNN: three stages, where their time goes, and how many objects its proposals cover."""

from __future__ import annotations

import statistics
import time
from collections.abc import Generator
from typing import Any

import torch
from torch import Tensor
from torchvision.ops import roi_align

from explorer.engine.blocks.candidates import covered
from explorer.engine.experiments.detection.measuring import PART, SMALL, pictures, runnable, spread
from explorer.engine.experiments.recognition.training import left, line
from explorer.engine.experiments.run import Outcome, Run
from explorer.engine.learning.detect import picture_of, target_of
from explorer.engine.lenses.work import one_thread
from explorer.results import Curves, Progress
from explorer.words import Text

STAGES = (Text("候補", "proposals"), Text("特徴", "features"), Text("分類と箱", "classifier and box"))
SECONDS = Text("秒／枚", "s a picture")
LOOKING = Text("三つの段の時間を測っています", "Timing the three stages")


@torch.no_grad()
def stages(run: Run) -> Generator[Progress, None, Outcome]:
    """``rcnn.stages``: the features' share of the time, and the objects that a proposal covers by half. Disabled: the features of all proposals are
    cut out of one pass over the picture, as later detectors do."""
    given = pictures(run)
    network, known = runnable("rcnn")
    each = 2 if run.quick else 6
    shares: list[float] = []
    seconds: list[list[float]] = []
    recalls: list[float] = []
    complete = True

    def plot() -> Curves:
        lines = [
            line(name, range(1, len(seconds) + 1), [[values[k]] for values in seconds], main=k == 1, opens={"lens": "stages"}) for k, name in enumerate(STAGES)
        ]
        return Curves(tuple(lines), PART, SECONDS)

    begin, done, total = time.perf_counter(), 0, len(given.groups) * each
    for count, group in enumerate(given.groups):
        times: list[list[float]] = []
        hits: list[Tensor] = []
        for scene in [group[k * len(group) // each] for k in range(each)]:
            picture, target = picture_of(scene), target_of(scene)
            with one_thread():
                seen = network.look(picture)
                spent: list[float] = seen.extra["seconds"].tolist()
                if run.disabled:
                    spent[1] = shared_features(network, picture, seen.extra["proposals"])
            times.append(spent)
            if len(target["boxes"]):
                hits.append(covered(target["boxes"], seen.extra["proposals"]))
            done += 1
            yield Progress(LOOKING, done / total, left(begin, done / total), plot())
        seconds.append([statistics.fmean(values[k] for values in times) for k in range(3)])
        shares.append(seconds[-1][1] / sum(seconds[-1]))
        recalls.append(float(torch.cat(hits).float().mean()) if hits else float("nan"))
        if count + 1 < len(given.groups) and run.stop():
            complete = False
            break
    means = [statistics.fmean(values[k] for values in seconds) for k in range(3)]
    share, recall = statistics.fmean(shares), statistics.fmean(recalls)
    text = Text(
        f"候補 {means[0]:.2f} 秒、特徴 {means[1]:.2f} 秒、分類と箱 {means[2]:.3f} 秒。特徴が {share:.0%}、物の {recall:.0%} に候補があった。",
        f"Proposals {means[0]:.2f} s, features {means[1]:.2f} s, classifier and box {means[2]:.3f} s: features {share:.0%}; {recall:.0%} of objects have a proposal.",
    )
    numbers = {"feature_time_share": share, "recall": recall, "spread": spread(shares), "trained": float(known)}
    differs = Text(
        f"{SMALL.ja}候補は論文の約 2,000 個に対して数百個、特徴のネットワークもずっと小さなものです。",
        f"{SMALL.en} There are several hundred proposals, not about 2,000, and the network is far smaller.",
    )
    return Outcome(numbers, "feature_time_share", text, plot(), given.shown, differs, complete=complete)


def shared_features(network: Any, picture: Tensor, proposals: Tensor) -> float:
    """Seconds for the features of all proposals when the picture goes through the network only once."""
    before = time.perf_counter()
    maps = network.trunk(network.normalise(picture[None]))["layer4"]
    side = network.config.side // 16
    network.features(roi_align(maps, [proposals], side, spatial_scale=1 / 16, sampling_ratio=2, aligned=True))
    return time.perf_counter() - before
