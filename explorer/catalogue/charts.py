"""The charts that hold all networks of a section against each other: which networks, which quantities, and what their figures were measured on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from explorer.catalogue.schema import Section
from explorer.words import Text

Form = Literal["figure", "count", "bytes", "work", "megabytes", "milliseconds"]


@dataclass(frozen=True)
class Measure:
    """A quantity of a network.

    ``key``: of the engine's answer. ``name``: with its unit. ``form``: a "figure" of a card in percent; a "count"; "bytes"; "work" in multiply-adds;
    "megabytes" for learning; or "milliseconds" a picture. ``figure``: its name on the card. ``short``: a figure's name without a unit.
    """

    key: str
    name: Text
    form: Form
    figure: str = ""
    short: Text | None = None

    @property
    def log(self) -> bool:
        """Whether an axis of it goes in powers of ten."""
        return self.form != "figure"


@dataclass(frozen=True)
class Chart:
    """``classes``: only networks of this label set, or all. ``up``, ``across``: what to begin with. ``tests``: what the cards' figures were measured on;
    ``measured``, ``published``: what full and hollow points are, where figures are shown. ``table``: few networks, so all figures stand below each other too.
    """

    section: Section
    measures: tuple[Measure, ...]
    up: str
    across: str
    tests: Text
    measured: Text
    published: Text | None = None
    classes: str = ""
    table: bool = False

    def measure(self, key: str) -> Measure:
        """The quantity of this key. Raises KeyError."""
        return {one.key: one for one in self.measures}[key]


PARAMETERS = Measure("parameters", Text("パラメータ数", "Parameters"), "count")
BYTES = Measure("bytes", Text("重みのバイト数", "Weights (bytes)"), "bytes")
WORK = Measure("multiply_adds", Text("積和演算の回数", "Multiply-adds"), "work")
TIME = Measure("milliseconds", Text("一枚の時間 (ms)", "Time a picture (ms)"), "milliseconds")
MEMORY = Measure("memory", Text("学習に要るメモリ (MB)", "Memory to learn (MB)"), "megabytes")

RECOGNITION = Chart(
    section="recognition",
    measures=(Measure("accuracy", Text("正解率 (%)", "Accuracy (%)"), "figure", "accuracy_percent", Text("正解率", "Accuracy")), PARAMETERS, BYTES, WORK, TIME),
    up="accuracy",
    across="parameters",
    tests=Text("CIFAR-10 のテスト画像", "CIFAR-10 test pictures"),
    measured=Text("測定（CIFAR-10）", "Measured, CIFAR-10"),
    published=Text("公表値（ImageNet）", "Published, ImageNet"),
)

SEGMENTATION = Chart(
    section="segmentation",
    measures=(
        Measure("mean_iou", Text("平均 IoU (%)", "Mean IoU (%)"), "figure", "mean_iou_percent", Text("平均 IoU", "Mean IoU")),
        Measure("near_edges", Text("境目の平均 IoU (%)", "IoU at edges (%)"), "figure", "mean_iou_within_3_pixels_of_a_boundary_percent", Text("境目から 3 画素以内の平均 IoU", "Mean IoU within 3 pixels of an edge")),
        WORK, MEMORY, TIME, PARAMETERS,
    ),
    up="mean_iou",
    across="milliseconds",
    tests=Text("CamVid のテスト画像", "CamVid test pictures"),
    measured=Text("測定（CamVid）", "Measured, CamVid"),
    classes="camvid",
    table=True,
)  # fmt: skip

DETECTION = Chart(
    section="detection",
    measures=(
        Measure("cells", Text("血球の AP50 (%)", "AP50, cells (%)"), "figure", "bccd_ap50_percent", Text("血球の AP50", "AP50 of blood cells")),
        Measure("cars", Text("車の AP50 (%)", "AP50, cars (%)"), "figure", "ap50_percent_car", Text("車の AP50", "AP50 of cars")),
        Measure("platelets", Text("血小板の AP50 (%)", "AP50, platelets (%)"), "figure", "ap50_percent_platelets", Text("血小板（小さい）の AP50", "AP50 of platelets, which are small")),
        TIME, PARAMETERS, BYTES,
    ),
    up="cells",
    across="milliseconds",
    tests=Text("BCCD と CamVid のテスト画像", "BCCD and CamVid test pictures"),
    measured=Text("測定（BCCD と CamVid）", "Measured, BCCD and CamVid"),
    classes="smears_and_streets",
    table=True,
)  # fmt: skip

CHARTS: Mapping[str, Chart] = {"networks": RECOGNITION, "segmentation_networks": SEGMENTATION, "detection_networks": DETECTION}
"""By the id of the scene that shows it."""
