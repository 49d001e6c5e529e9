"""The claims of FPN: small objects are found better, at little cost."""

from __future__ import annotations

import statistics

from explorer.engine.experiments.detection.comparing import Steps, difference, figures, ratio_of_time
from explorer.engine.experiments.detection.measuring import SMALL, spread
from explorer.engine.experiments.recognition.timing import parameters
from explorer.engine.experiments.run import Outcome, Run
from explorer.engine.learning.precision import SMALL as SMALL_SIDE
from explorer.engine.learning.precision import Precision
from explorer.engine.models.detection.faster_rcnn import faster_rcnn_small
from explorer.engine.models.detection.fpn import fpn_small
from explorer.words import Text

RECALL = Text("小さな物を見つけた割合", "Small objects found (share)")


def of_small(judged: Precision) -> float:
    """The share of small objects found; 0 where there is none."""
    return judged.recall_small if judged.recall_small == judged.recall_small else 0.0


def small_objects(run: Run) -> Steps:
    """``fpn.small_objects``: the share of small objects found, with the pyramid and with one map. Disabled: one map in both."""
    given, found, differences = yield from difference(run, "fpn", "faster_rcnn", of_small, RECALL)
    numbers = {"difference": statistics.fmean(differences), "spread": spread(differences)}
    differs = Text(
        f"{SMALL.ja}面積が {SMALL_SIDE:.0f}×{SMALL_SIDE:.0f} 画素より小さい物（血小板、遠くの車など）を小さな物とします。一つの地図は論文の比較（stride 16）より細かい stride 8 です。",
        f"{SMALL.en} Small is what has less area than {SMALL_SIDE:.0f}×{SMALL_SIDE:.0f} pixels (platelets, far cars). The single map has stride 8, finer than the paper's 16.",
    )
    text = figures(found, "fpn", "faster_rcnn", of_small, RECALL)
    return Outcome(numbers, "difference", text, found.plot(of_small, RECALL), given.about, differs, at_most=given.at_most, complete=found.complete)


def cost(run: Run) -> Steps:
    """``fpn.cost``: time and parameters with the pyramid over those with one map. Disabled: the pyramid is as wide as for ResNet-50, 256 channels
    instead of 64."""
    given, times, ratios = yield from ratio_of_time(run, "fpn", "faster_rcnn")
    ours = parameters(lambda: fpn_small(channels=256) if run.disabled else fpn_small())
    theirs = parameters(faster_rcnn_small)
    ratio, share = statistics.median(ratios), ours / theirs
    text = Text(
        f"ピラミッドで時間は {ratio:.2f} 倍、パラメータは {share:.2f} 倍（{ours:,} と {theirs:,}）。",
        f"With the pyramid {ratio:.2f} times the time and {share:.2f} times the parameters ({ours:,} and {theirs:,}).",
    )
    numbers = {"seconds_ratio": ratio, "parameter_ratio": share, "spread": spread(ratios)}
    differs = Text(
        f"{times.note.ja}論文の ResNet-101 に比べてバックボーンが小さいので、ピラミッドの割合は大きく出ます。",
        f"{times.note.en} Beside so small a backbone the pyramid weighs more than beside the paper's ResNet-101.",
    )
    return Outcome(numbers, "seconds_ratio", text, times.plot(), given.shown, differs, complete=times.complete)
