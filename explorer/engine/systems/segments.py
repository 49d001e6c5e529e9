"""What sets each of the segmentation networks apart, and how right they are where the truth is known: on drawn pictures."""

from __future__ import annotations

import copy
import math
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt
from torch import Tensor, nn

from explorer.catalogue.classes import CLASSES
from explorer.engine.data import membranes, streets
from explorer.engine.learning.segment import boundary_f_score, outlines
from explorer.engine.lenses.memory import kept_for_learning
from explorer.engine.lenses.multiply_adds import total
from explorer.engine.lenses.receptive_field import receptive_field
from explorer.engine.lenses.trace import record
from explorer.engine.lenses.work import one_thread
from explorer.engine.models.recognition.resnet import resnet50
from explorer.engine.models.segmentation.deeplabv3 import SMALL, deeplabv3_small, set_dilated, small_backbone, stages
from explorer.engine.models.segmentation.fastfcn import TAKEN, fastfcn_small, jpu
from explorer.engine.models.segmentation.unet import Skip
from explorer.engine.systems.recognition import View
from explorer.engine.systems.segmentation import Running
from explorer.results import Bundle, Curves, Mask, Overlay, Picture, Region, Series, Table
from explorer.words import InputError, Text

Kind = Literal["streets", "membranes"]

NO_SAMPLE = Text("「{kind}」という見本は描けません。streets か membranes を選んでください。", "There are no drawn samples called “{kind}”; choose streets or membranes.")
OTHER_CLASSES = Text("{name}のクラスはこの見本のものではないので、正解と比べられません。", "The classes of {name} are not those of this sample, so it has no truth to compare with.")
NO_SKIPS = Text("{name}にはスキップ接続がありません。", "{name} has no skip connections.")
NO_SUCH_SKIP = Text("スキップ接続 {level} はありません。1 から {levels} までです。", "There is no skip connection {level}; there are 1 to {levels}.")
NO_GAPS = Text("{name}には膨張畳み込みのバックボーンがありません。", "{name} has no dilated backbone.")
DISTANCE, ERROR = Text("境目からの距離(画素)", "distance from a boundary (pixels)"), Text("間違いの割合(%)", "share of wrong pixels (%)")
NEAR = Text("境目の近くの間違い", "errors near boundaries")
DISTANCES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)
BOUNDARY = 3.0  # pixels
SEEN = 0.01  # of the greatest gradient: what is less is not counted as seen


@dataclass(frozen=True)
class Sample:
    """A drawn picture and its truth. ``truth``: (height, width) uint8 numbers of ``labels``."""

    picture: Picture
    truth: NDArray[np.uint8]
    labels: tuple[str, ...]


def sample(kind: str, seed: int) -> Sample:
    """A drawn street (480 × 360) or slice (512 × 512) that no recipe has learnt from; ``seed`` from 0. Raises InputError for another kind."""
    if kind == "streets":
        street = streets.draw(streets.HELD_OUT + 1000 + seed)
        return Sample(Picture(street.pixels, f"street {seed}"), street.labels, tuple(one.en for one in CLASSES["camvid"]))
    if kind == "membranes":
        piece = membranes.draw(membranes.HELD_OUT + 1000 + seed)
        pixels = np.repeat(piece.pixels[:, :, None], 3, axis=2)
        return Sample(Picture(pixels, f"membrane {seed}"), piece.labels, tuple(one.en for one in CLASSES["membrane"]))
    raise InputError(NO_SAMPLE.format(kind=kind[:60]))


def judged(running: Running, drawn: Sample) -> Bundle:
    """The network against the truth of a drawn picture.

    Parts: ``picture``; ``mask``, ``truth``; ``difference`` (1 where the pixel is wrong); ``errors`` (share of wrong pixels by distance from a
    boundary of the truth). Facts: ``mean_iou``, ``iou`` (by class that occurs), ``accuracy``, ``boundary_f`` within ``boundary_pixels``, all 0 to 1;
    ``notes``. Raises InputError where the network knows other classes.
    """
    if running.labels != drawn.labels:
        raise InputError(OTHER_CLASSES.format(name=running.entry.name.en))
    answer = running.run(drawn.picture)
    said, truth = torch.from_numpy(answer.mask)[None], torch.from_numpy(drawn.truth)[None]
    classes = len(drawn.labels)
    by_class = overlap_by_class(answer.mask, drawn.truth, classes)
    wrong = answer.mask != drawn.truth
    picture = Picture(drawn.picture.pixels, drawn.picture.name, answer.notes)
    return Bundle(
        {
            "picture": picture,
            "mask": Mask(picture, answer.mask.astype(np.int64), drawn.labels),
            "truth": Mask(picture, drawn.truth.astype(np.int64), drawn.labels),
            "difference": Overlay(picture, wrong.astype(np.float64), "wrong"),
            "errors": errors_by_distance(wrong, drawn.truth),
        },
        answer.notes,
        {
            "mean_iou": float(np.nanmean(by_class)),
            "iou": {name: float(value) for name, value in zip(drawn.labels, by_class, strict=True) if not np.isnan(value)},
            "accuracy": float(1 - wrong.mean()),
            "boundary_f": boundary_f_score(said, truth, classes, BOUNDARY),
            "boundary_pixels": BOUNDARY,
            "how": answer.how,
        },
    )


def overlap_by_class(said: NDArray[np.uint8], truth: NDArray[np.uint8], classes: int) -> NDArray[np.float64]:
    """The IoU of each class in one picture, (classes,); nan for one that neither occurs nor is predicted.

    As ``intersection_over_union``, whose torchmetrics takes seconds to import: too long for someone who clicks.
    """
    confusion = np.bincount(truth.astype(np.int64).ravel() * classes + said.ravel(), minlength=classes**2).reshape(classes, classes)
    both = confusion.diagonal().astype(np.float64)
    either = confusion.sum(0) + confusion.sum(1) - both
    found = np.full(classes, np.nan)
    np.divide(both, either, out=found, where=either > 0)
    return found


def errors_by_distance(wrong: NDArray[np.bool_], truth: NDArray[np.uint8]) -> Curves:
    """The share of wrong pixels in percent, from the boundaries of the truth outwards."""
    edge = outlines(truth)
    away = distance_transform_edt(~edge) if edge.any() else np.full(truth.shape, np.inf)
    x, y = [], []
    for low, high in zip((0, *DISTANCES[:-1]), DISTANCES, strict=True):
        band = (away >= low) & (away < high)
        if band.any():
            x.append(float(high))
            y.append(100 * float(wrong[band].mean()))
    return Curves((Series(NEAR, np.array(x), np.array(y), main=True),), DISTANCE, ERROR)


def without_skips(running: Running, picture: Picture, off: Sequence[int] | None = None, truth: NDArray[np.uint8] | None = None) -> Bundle:
    """The same U-Net with some skip connections closed, by default all; level 1 carries the finest detail.

    Parts: ``with``, ``without`` (masks), ``changed`` (1 where the class is another). Facts: ``changed`` (share of the pixels), ``levels`` (how many
    there are), ``off``; with a truth ``iou_with``, ``iou_without`` and, within ``boundary_pixels``, ``boundary_with``, ``boundary_without``. Raises InputError where there are no skip connections.
    """
    skips = {name: module for name, module in running.network.named_children() if isinstance(module, Skip)}
    if not skips:
        raise InputError(NO_SKIPS.format(name=running.entry.name.en))
    closed = tuple(range(1, len(skips) + 1)) if off is None else tuple(off)
    for level in closed:
        if f"skip{level}" not in skips:
            raise InputError(NO_SUCH_SKIP.format(level=level, levels=len(skips)))
    before = running.run(picture)
    states = {name: module.open for name, module in skips.items()}
    try:
        for level in closed:
            skips[f"skip{level}"].open = False
        after = running.run(picture)
    finally:
        for name, module in skips.items():
            module.open = states[name]
    changed = before.mask != after.mask
    facts: dict[str, Any] = {"changed": float(changed.mean()), "levels": len(skips), "off": closed}
    if truth is not None:
        facts["boundary_pixels"] = BOUNDARY
        known, classes = torch.from_numpy(truth)[None], len(running.labels)
        for name, answer in (("with", before), ("without", after)):
            said = torch.from_numpy(answer.mask)[None]
            facts[f"iou_{name}"] = float(np.nanmean(overlap_by_class(answer.mask, truth, classes)))
            facts[f"boundary_{name}"] = boundary_f_score(said, known, classes, BOUNDARY)
    masks = {name: Mask(picture, answer.mask.astype(np.int64), running.labels) for name, answer in (("with", before), ("without", after))}
    return Bundle({**masks, "changed": Overlay(picture, changed.astype(np.float64), "changed")}, before.notes, facts)


def view_with_and_without_gaps(running: Running, view: View, row: float = 0.5, column: float = 0.5, stage: str = "layer4") -> Bundle:
    """What one value at the end of a backbone's stage sees with the same weights: with the gaps, without them at equally many places, and with the
    strides in their stead.

    ``row``, ``column``: the place, 0 to 1 of the picture. Parts: ``dilated``, ``close``, ``strided`` (regions over the picture as it was given).
    Facts: of each ``…_area``: pixels whose gradient is at least 1 % of the greatest; ``…_box``: height and width of what it can see at most;
    ``…_stride``: pixels to a value; ``ratio``: of the areas with gaps and without. Raises InputError where there is no such backbone.
    """
    name = f"backbone.{stage}"
    if running.entry.id != "deeplabv3" or name not in dict(running.network.named_modules()):
        raise InputError(NO_GAPS.format(name=running.entry.name.en))
    regions: dict[str, Region] = {}
    facts: dict[str, Any] = {}
    for kind in ("dilated", "close", "strided"):
        network = copy.deepcopy(running.network)
        set_dilated(network.get_submodule("backbone"), kind != "strided", gaps=kind == "dilated")
        seen = record(network, view.given.x)
        height, width = seen.of(network, name).shape[2:]
        place = min(height - 1, int(row * height)), min(width - 1, int(column * width))
        region = receptive_field(network, seen, view.given.pixels, name, *place)
        assert region.weight is not None
        x1, y1, x2, y2 = region.box
        regions[kind] = region
        facts |= {f"{kind}_area": int((region.weight >= SEEN).sum()), f"{kind}_box": (y2 - y1, x2 - x1), f"{kind}_stride": 2 ** round(math.log2(view.given.x.shape[2] / height))}
    facts["ratio"] = facts["dilated_area"] / max(1, facts["close_area"])
    return Bundle(dict(regions), facts=facts)


class WithJPU(nn.Module):
    """An ordinary backbone and a JPU over its last three stages, without a head: what is compared with a dilated backbone."""

    def __init__(self, backbone: nn.Module, inputs: tuple[int, int, int], width: int) -> None:
        super().__init__()
        self.backbone, self.jpu = stages(backbone, TAKEN), jpu(inputs, width)

    def forward(self, x: Tensor) -> Tensor:
        maps = self.backbone(x)
        result: Tensor = self.jpu(maps["c3"], maps["c4"], maps["c5"])
        return result


class Dilated(nn.Module):
    """A dilated backbone without a head."""

    def __init__(self, backbone: nn.Module) -> None:
        super().__init__()
        set_dilated(backbone, True)
        self.backbone = stages(backbone, {"layer4": "out"})

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = self.backbone(x)["out"]
        return result


WAYS = (
    Text("DeepLab v3(小、全体)", "DeepLab v3, small, whole"),
    Text("FastFCN(小、全体)", "FastFCN, small, whole"),
    Text("膨張畳み込みのバックボーン(小)", "Dilated backbone, small"),
    Text("普通のバックボーン + JPU(小)", "Ordinary backbone and JPU, small"),
    Text("膨張畳み込みの ResNet-50", "Dilated ResNet-50"),
    Text("普通の ResNet-50 + JPU", "Ordinary ResNet-50 and JPU"),
)
COLUMNS = (
    Text("ネットワーク", "network"), Text("出力の間隔(画素)", "output stride (pixels)"), Text("積和(十億回)", "multiply-adds (billions)"),
    Text("学習に要るメモリ(MB)", "memory for learning (MB)"), Text("一枚の時間(ミリ秒)", "time a picture (ms)"),
)  # fmt: skip


def costs(rows: int = 240, columns: int = 320, *, times: int = 5) -> Iterator[Bundle]:
    """JPU against dilation on one picture of this size, growing: counted, then measured on one thread.

    Part ``table``. Facts: ``multiply_adds``, ``memory`` (bytes kept for learning), ``seconds`` (medians), ``stride``: by way, in the order of the
    table; ResNet-50's are counted only (None where not measured); ``measured`` (turns of all), ``of``.
    """
    widths = SMALL.widths
    with torch.device("meta"):
        large: list[nn.Module] = [Dilated(resnet50()), WithJPU(resnet50(), (512, 1024, 2048), 512)]
    small: list[nn.Module] = [
        deeplabv3_small(), fastfcn_small(), Dilated(small_backbone(SMALL.depths, widths)),
        WithJPU(small_backbone(SMALL.depths, widths), (widths[1], widths[2], widths[3]), 32),
    ]  # fmt: skip
    shape = (3, rows, columns)
    strides = [4, 4, 4, 4, 8, 8]
    adds = [total(network, shape) for network in (*small, *large)]
    x = torch.randn(1, *shape)
    memory: list[int | None] = [kept_for_learning(network, x.repeat(2, 1, 1, 1)) // 2 for network in small] + [None, None]
    seconds: list[list[float]] = [[] for _ in small]

    def bundle(done: int) -> Bundle:
        medians: list[float | None] = [statistics.median(one) if one else None for one in seconds] + [None, None]
        table = Table(
            COLUMNS,
            tuple(
                (way, stride, round(count / 1e9, 2), None if kept is None else round(kept / 1e6, 1), None if spent is None else round(1e3 * spent, 1))
                for way, stride, count, kept, spent in zip(WAYS, strides, adds, memory, medians, strict=True)
            ),
        )
        facts = {"ways": [way.en for way in WAYS], "multiply_adds": adds, "memory": memory, "seconds": medians, "stride": strides, "measured": done, "of": times}
        return Bundle({"table": table}, facts=facts)

    yield bundle(0)
    with torch.no_grad():
        for number in range(times + 1):  # the first turn is not counted
            for network, spent in zip(small, seconds, strict=True):
                network.eval()
                with one_thread():
                    begun = time.perf_counter()
                    network(x)
                    if number:
                        spent.append(time.perf_counter() - begun)
            if number:
                yield bundle(number)


