"""How good a detector is: average precision, by the tools of COCO (Lin et al., 2014, arXiv 1405.0312), pycocotools.

A box found counts as right where it overlaps an object of its class, not found before, by at least half (intersection over
union): AP50. Boxes found in ignored places count neither way (COCO's "crowd").
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import Tensor

from explorer.engine.data.boxed import CLASSES, Boxed

SMALL = 24.0  # pixels: an object of less area than this square is small here (a platelet, a far car)


@dataclass(frozen=True)
class Precision:
    """``ap50``: of each class that is there, 0 to 1; ``recall``: the share of its objects found at all, among 100 boxes a picture;
    ``recall_small``: of all small objects."""

    ap50: Mapping[str, float]
    recall: Mapping[str, float]
    recall_small: float

    def mean(self, classes: Sequence[str]) -> float:
        """The mean AP50 of those of the classes that are there; NaN where none is."""
        there = [self.ap50[name] for name in classes if name in self.ap50]
        return float(np.mean(there)) if there else float("nan")


def precision(scenes: Sequence[Boxed], found: Sequence[Mapping[str, Tensor]]) -> Precision:
    """AP50 of what was ``found`` (``boxes``, ``labels`` from 1 on, ``scores``) on each of the scenes."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    if len(scenes) != len(found):
        raise ValueError(f"{len(scenes)} pictures, {len(found)} answers")
    objects: list[dict[str, Any]] = []
    rows: list[Any] = []
    for number, (scene, answer) in enumerate(zip(scenes, found, strict=True), start=1):
        for box, label, ignored in zip(scene.boxes.astype(float), scene.labels, scene.ignored, strict=True):
            x, y, w, h = box[0], box[1], box[2] - box[0], box[3] - box[1]
            objects.append(
                {"id": len(objects) + 1, "image_id": number, "category_id": int(label) + 1, "bbox": [x, y, w, h], "area": w * h, "iscrowd": int(ignored)}
            )
        boxes = answer["boxes"].detach().cpu().double().numpy()
        sides = boxes[:, 2:] - boxes[:, :2]
        scores, labels = answer["scores"].detach().cpu().double().numpy(), answer["labels"].detach().cpu().numpy()
        rows.append(np.column_stack([np.full(len(boxes), number), boxes[:, :2], sides, scores, labels]))
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = {
            "info": {}, "images": [{"id": number} for number in range(1, len(scenes) + 1)], "annotations": objects,
            "categories": [{"id": number} for number in range(1, len(CLASSES) + 1)],
        }  # fmt: skip
        truth.createIndex()
        table = np.concatenate(rows) if rows else np.zeros((0, 7))
        if not len(table):
            table = np.array([[1, 0.0, 0.0, 1.0, 1.0, 0.0, 1]])  # the tools take no empty list; a box of score 0 changes nothing
        judged = COCOeval(truth, truth.loadRes(table), "bbox")
        judged.params.iouThrs = np.array([0.5])
        judged.params.areaRng = [[0, 1e10], [0, SMALL**2]]
        judged.params.areaRngLbl = ["all", "small"]
        judged.params.maxDets = [100]
        judged.evaluate()
        judged.accumulate()
    curves, recall = judged.eval["precision"][0], judged.eval["recall"][0]  # (recall points, classes, areas, 1), (classes, areas, 1)
    ap50 = {name: float(curves[:, k, 0, 0].mean()) for k, name in enumerate(CLASSES) if recall[k, 0, 0] >= 0}
    recalls = {name: float(recall[k, 0, 0]) for k, name in enumerate(CLASSES) if recall[k, 0, 0] >= 0}
    return Precision(ap50, recalls, _recall_of_small(scenes, judged))


def _recall_of_small(scenes: Sequence[Boxed], judged: Any) -> float:
    """The share found of all small objects, whatever their class."""
    hit = there = 0
    for record in judged.evalImgs:
        if record is None or record["aRng"] != [0, SMALL**2]:
            continue
        counted = record["gtIgnore"] == 0
        there += int(counted.sum())
        hit += int((record["gtMatches"][0][counted] > 0).sum())
    return hit / there if there else float("nan")
