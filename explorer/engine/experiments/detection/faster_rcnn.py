"""The claims of Faster R-CNN: faster and more accurate than R-CNN, and still slower than a detector that looks once."""

from __future__ import annotations

from explorer.engine.experiments.detection.comparing import Steps, accurate_and_fast, slower_or_faster
from explorer.engine.experiments.run import Run


def better(run: Run) -> Steps:
    """``faster_rcnn.better``: AP50 and time beside R-CNN's. Disabled: a second R-CNN in its place."""
    return (yield from accurate_and_fast(run, "faster_rcnn", "rcnn"))


def slow(run: Run) -> Steps:
    """``faster_rcnn.slow``: the time of a picture beside YOLO's. Disabled: a second YOLO in its place."""
    return (yield from slower_or_faster(run, "faster_rcnn", "yolo"))
