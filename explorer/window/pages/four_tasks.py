"""The page that opens the chapter of pictures: its four tasks on one picture, all four asked of one network that was made for the first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout

from explorer.catalogue import SECTION_NAMES, SYSTEMS, Section, System, Variant
from explorer.catalogue.readiness import ready
from explorer.results import Boxes, Bundle, Mask, Picture, Result, Scores
from explorer.window.client import Client, Job
from explorer.window.look import look
from explorer.window.pages.class_list import ClassesKnown
from explorer.window.pages.picture_page import PicturePage
from explorer.window.pages.task_panel import TaskPanel, row_of, untouched
from explorer.window.pages.weights_offer import WeightsOffer
from explorer.window.views.bars import ROW, BarsView
from explorer.window.views.controls import Choice, Label, Legend, Menu
from explorer.window.views.detections import DetectionsView
from explorer.window.views.drawing import block_mean
from explorer.window.views.mask import MaskView
from explorer.window.views.picture import PictureView
from explorer.window.views.view import View
from explorer.words import Text

TASKS: tuple[Section, ...] = ("recognition", "segmentation", "detection", "generation")
MAPS: Mapping[str, Text] = {
    "recognition": Text("画像 → クラスごとの確率", "picture → probability of each class"),
    "segmentation": Text("画像 → 画素ごとのクラス", "picture → class of each pixel"),
    "detection": Text("画像 → 枠とクラスと確率", "picture → boxes, classes, scores"),
    "generation": Text("画像とクラス → 新しい画像", "picture and class → new picture"),
}
COMPUTING = Text("計算しています…", "Computing…")
SAID = Text("{network} の答えそのものです。渡したのは中央の {side}×{side} 画素です。", "What {network} answers, given {side}×{side} pixels of the middle.")
PAINTED = Text(
    "同じネットワークを滑らせ、クラスの見えた窓 {count} 枚の中で、どこを見たかを塗りました。粗い答えです。",
    "Coarse: the same network slid over it, painted where it looked in the {count} windows that showed a class.",
)
PAINTED_ONE = Text(
    "同じネットワークを滑らせ、クラスの見えた窓 1 枚の中で、どこを見たかを塗りました。粗い答えです。",
    "Coarse: the same network slid over it, painted where it looked in the one window that showed a class.",
)
BOXED = Text("同じネットワークを {windows} 枚の窓で滑らせ、クラスの見えた窓を残しました。", "The same network slid over it in {windows} windows; those that showed a class are kept.")
NOTHING = Text("同じネットワークを {windows} 枚の窓で滑らせましたが、{count} 種類のどれも見えません。", "The same network slid over it in {windows} windows and saw none of its {count} classes.")
TURNED = Text(
    "同じネットワークが「{name}」と答えるように、画素のほうを {steps} 回変えました。確率 {before} → {now}",
    "Pixels changed in {steps} steps until the same network says {name}: {before} → {now}",
)
PLACES, TOWARDS = Text("写真全体を調べる", "Looking over the photograph"), Text("クラスに近づける", "Changing the picture towards a class")
CLASS, START = Text("クラス", "Class"), Text("はじめの画像", "What it begins with")
STARTS = {"picture": Text("画像から", "picture"), "noise": Text("ノイズから", "noise")}
GIVEN, MASKED, BOXES_SEEN = Text("渡した画像", "What the network is given"), Text("画素ごとのクラス", "A class for each pixel"), Text("見えた物体", "Objects seen")
BEGIN, MADE = Text("はじめの画像", "What it begins with"), Text("作られた画像", "The picture made")
LONGEST_SHOWN = 1024
CLASSES_OFFERED = 12


class _Bars(BarsView):
    """As many rows as there is room for."""

    def shown(self) -> list[tuple[str, float]]:
        return super().shown()[: max(1, self.height() // look.px(ROW))]

    def minimumSizeHint(self) -> QSize:
        return QSize(look.px(80), look.px(ROW))


class Page(PicturePage):
    """Four panels of equal size."""

    task = "recognition.network"

    def __init__(self, system: System, client: Client) -> None:
        super().__init__(system, client)
        self.class_name: str | None = None
        self.from_picture = True
        self._seen: Bundle | None = None
        self._made: Bundle | None = None
        self.offer = WeightsOffer(self)
        self.known = ClassesKnown(system)
        self.panels = {task: TaskPanel(SECTION_NAMES[task], MAPS[task]) for task in TASKS}
        self.given_view, self.bars_view = PictureView(name=GIVEN), _Bars(top=5)
        self.mask_view, self.legend = MaskView(name=MASKED), Legend("classes")
        self.boxes_view = DetectionsView(name=BOXES_SEEN)
        self.begin_view, self.made_view = PictureView(name=BEGIN), PictureView(name=MADE)
        self.classes, self.start_choice = Menu((), name=CLASS, width=132), Choice(tuple(STARTS.items()), "picture", name=START)
        self._lay_out()

        self.boxes_view.words = self.class_words
        self.boxes_view.set_overlap(1.0)
        self.boxes_view.set_threshold(0.0)
        untouched(self.given_view, self.bars_view, self.mask_view, self.boxes_view, self.begin_view, self.made_view)
        for task, panel in self.panels.items():
            panel.set_page(page_of(task, self.variant))
            panel.opened.connect(lambda panel=panel: self.page_wanted.emit(panel.page.id))
            panel.again.connect(self._look_over if task in ("segmentation", "detection") else self._make)
        self.known.wanted.connect(self.choose_network)
        self.offer.arrived.connect(self.choose_network)
        self.offer.turned.connect(self.known.set_offered)
        self.classes.chosen.connect(self.choose_class)
        self.start_choice.chosen.connect(lambda key: self.choose_start(key == "picture"))
        look.changed.connect(self._retell)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        self._grid = QGridLayout()
        for index, panel in enumerate(self.panels.values()):
            self._grid.addWidget(panel, index // 2, index % 2)
            self._grid.setRowStretch(index // 2, 1)
            self._grid.setColumnStretch(index % 2, 1)
        column.addWidget(self.offer)
        column.addWidget(self.known)
        column.addLayout(self._grid, 1)
        self._column = column
        self.panels["recognition"].answer.addLayout(row_of(self.given_view, self.bars_view), 1)
        self.panels["segmentation"].answer.addWidget(self.mask_view, 1)
        self.panels["segmentation"].answer.addWidget(self.legend)
        self.panels["detection"].answer.addWidget(self.boxes_view, 1)
        controls = QHBoxLayout()
        controls.addWidget(self.classes)
        controls.addWidget(self.start_choice)
        controls.addStretch(1)
        self._controls = controls
        pictures = QHBoxLayout()
        pictures.addWidget(self.begin_view, 1)
        pictures.addWidget(Label("→", "state", "ink2"))
        pictures.addWidget(self.made_view, 1)
        self.panels["generation"].answer.addLayout(controls)
        self.panels["generation"].answer.addLayout(pictures, 1)

    def show_variant(self, variant: Variant) -> None:
        """The title stays; the caption says which network it is."""
        self.set_head(self.system.name, variant.label)

    def project(self, on: bool) -> None:
        super().project(on)
        for widget in (self.known, self.network_button, self.classes, self.start_choice):
            widget.setVisible(not on)
        for panel in self.panels.values():
            panel.project(on)

    def shown(self) -> None:
        super().shown()
        if self.answer is not None:
            self.offer.consider()

    # the engine

    def take(self, new_network: bool) -> None:
        scores = self.scores
        if scores is not None and self.class_name not in scores.names:
            self.class_name = None
        self._seen = self._made = None
        views: tuple[View, ...] = (self.mask_view, self.boxes_view, self.begin_view, self.made_view)
        for view in views:
            view.clear()
        self.samples.load()  # what is quick first
        self.offer.consider()
        self._look_over()
        self._make()
        self._retell()

    def _look_over(self) -> None:
        job = self.ask("places", "opening.places", PLACES, self._places, **self.request())
        self._follow(job, "segmentation", "detection")

    def _make(self) -> None:
        job = self.ask("towards", "opening.towards", TOWARDS, self._towards, **self.request(), class_name=self.class_name, from_picture=self.from_picture)
        self._follow(job, "generation")

    def _follow(self, job: Job, *tasks: Section) -> None:
        for task in tasks:
            self.panels[task].follow(job)

    def _places(self, bundle: Bundle) -> None:
        self._seen = bundle
        self._show_places()

    def _towards(self, bundle: Bundle) -> None:
        self._made = bundle
        begin, made = bundle.parts["begin"], bundle.parts["picture"]
        self.begin_view.set_result(begin)
        self.made_view.set_result(made)
        self._show_made()

    # what is shown

    def _retell(self) -> None:
        self._column.setSpacing(look.px(8))
        self._grid.setSpacing(look.px(12))
        self._controls.setSpacing(look.px(8))
        scores, given = self.scores, self.given
        if scores is None or given is None:
            return
        words = tuple(self.class_words(name) for name in scores.names)
        self.known.show_classes(self.variant, words, self.doubt())
        self.given_view.set_result(given)
        self.bars_view.set_result(Scores(words, scores.values))
        label, side = self.variant.label, given.pixels.shape[0]
        self.panels["recognition"].say_how(SAID.format(network=label, side=side))
        self._show_places()
        self._show_made()

    def _show_places(self) -> None:
        found, whole = self._seen, self.whole
        segmentation, detection = self.panels["segmentation"], self.panels["detection"]
        if found is None or whole is None:
            self.legend.set_names(())
            segmentation.say_how(COMPUTING)
            detection.say_how(COMPUTING)
            return
        facts, names = found.facts, tuple(found.facts["classes"])
        boxes = facts["boxes"]
        self.boxes_view.set_result(
            Boxes(
                whole, np.array([box for _, _, box in boxes], float).reshape(-1, 4), np.array([number for number, _, _ in boxes], int),
                np.array([score for _, score, _ in boxes], float), names,
            )
        )  # fmt: skip
        windows, scores = f"{facts['windows']:,}", self.scores
        nothing = NOTHING.format(windows=windows, count=f"{len(scores.names):,}" if scores is not None else "")
        detection.say_how(BOXED.format(windows=windows) if boxes or not facts["done"] else nothing)
        mask = found.parts.get("mask")
        if isinstance(mask, Mask):
            self._show_mask(mask)
            count = facts["fitting"]
            segmentation.say_how(nothing if not count else PAINTED_ONE if count == 1 else PAINTED.format(count=count))
        else:
            self.mask_view.set_result(Mask(shown := small(whole), np.zeros(shown.pixels.shape[:2], int), ("",)))
            self.mask_view.set_hidden((0,))
            segmentation.say_how(COMPUTING)

    def _show_mask(self, mask: Mask) -> None:
        """The classes over the photograph itself."""
        assert self.whole is not None
        picture = small(self.whole)
        none = len(mask.names) - 1
        self.mask_view.set_result(Mask(picture, spread(mask.labels, *picture.pixels.shape[:2]), mask.names))
        self.mask_view.set_hidden((none,))
        self.legend.set_names([f"{self.class_words(name)} {100 * share:.0f} %" for name, share in shares(mask).items()])

    def _show_made(self) -> None:
        panel, scores = self.panels["generation"], self.scores
        label = self._made.facts["label"] if self._made is not None else self.class_name
        if scores is not None:
            likeliest = sorted(scores.names, key=lambda name: -float(scores.values[scores.names.index(name)]))[:CLASSES_OFFERED]
            offered = list(scores.names) if len(scores.names) <= CLASSES_OFFERED else likeliest
            if label is not None and label not in offered:
                offered.append(label)
            self.classes.set_options([(name, self.class_words(name)) for name in offered], label)
        if self._made is None:
            panel.say_how(COMPUTING)
            return
        facts = self._made.facts
        panel.say_how(TURNED.format(name=self.class_words(facts["label"]), steps=facts["step"], before=percent(facts["before"]), now=percent(facts["now"])))

    # choosing

    def choose_class(self, name: str) -> None:
        """Make a picture for another class, by its English name."""
        self.class_name = name
        self._make_anew()

    def choose_start(self, from_picture: bool) -> None:
        """Begin with the user's picture, or with noise."""
        self.from_picture = from_picture
        self.start_choice.set_current("picture" if from_picture else "noise")
        if self._made is not None and self.class_name is None:
            self.class_name = self._made.facts["label"]
        self._make_anew()

    def _make_anew(self) -> None:
        if self.answer is not None:
            self._make()
        self.changed()

    # state

    def state(self) -> dict[str, Any]:
        return {**super().state(), "class": self.class_name, "from_picture": self.from_picture}

    def restore(self, state: Mapping[str, Any]) -> None:
        before = self.class_name, self.from_picture
        if isinstance(state.get("class"), str):
            self.class_name = state["class"]
        if isinstance(state.get("from_picture"), bool):
            self.from_picture = state["from_picture"]
            self.start_choice.set_current("picture" if self.from_picture else "noise")
        super().restore(state)
        if self.answer is not None and before != (self.class_name, self.from_picture):
            self._make()

    def numbers(self) -> dict[str, Any]:
        found = super().numbers()
        if (scores := self.scores) is not None:
            order = np.argsort(-scores.values, kind="stable")[:5]
            found["recognition"] = [{"class": scores.names[int(i)], "probability": float(scores.values[int(i)])} for i in order]
            found["fits"] = self.fits
        if self._seen is not None:
            names = self._seen.facts["classes"]
            found["detection"] = [{"class": names[number], "score": score, "box": list(box)} for number, score, box in self._seen.facts["boxes"]]
            if isinstance(mask := self._seen.parts.get("mask"), Mask):
                found["segmentation"] = shares(mask)
        if self._made is not None:
            facts = self._made.facts
            found["generation"] = {key: facts[key] for key in ("label", "before", "now", "step", "steps")} | {"from_picture": self.from_picture}
        return found

    def results_by_lens(self) -> dict[str, Result]:
        views: dict[str, View] = {"recognition": self.bars_view, "segmentation": self.mask_view, "detection": self.boxes_view, "generation": self.made_view}
        return {task: view.result for task, view in views.items() if view.result is not None}


def page_of(section: Section, variant: Variant) -> System | None:
    """The page of a task: of the system that has this network, else the section's first that is ready; None while there is none."""
    systems = sorted((one for one in SYSTEMS if one.section == section), key=lambda one: variant not in one.variants)
    return next((one for one in systems if ready(one)), None)


def shares(mask: Mask) -> dict[str, float]:
    """The share of the places of each class, without that of none (the last)."""
    return {name: float((mask.labels == number).mean()) for number, name in enumerate(mask.names[:-1])}


def spread(labels: NDArray[Any], height: int, width: int) -> NDArray[Any]:
    """Labels (rows, columns) over a picture of another size: each pixel that of its cell."""
    rows, columns = labels.shape
    spread_out: NDArray[Any] = labels[np.arange(height) * rows // height][:, np.arange(width) * columns // width]
    return spread_out


def small(picture: Picture) -> Picture:
    """A photograph no larger than it can be shown."""
    divisor = -(-max(picture.pixels.shape[:2]) // LONGEST_SHOWN)
    if divisor <= 1 or min(picture.pixels.shape[:2]) < divisor:
        return picture
    means = block_mean(np.moveaxis(picture.pixels, 2, 0), divisor)
    return Picture(np.ascontiguousarray(np.moveaxis(means, 0, 2).round().astype(np.uint8)), picture.name)


def percent(share: float) -> str:
    """A probability as it is written; hardly any is not none."""
    return f"{100 * share:.1f} %" if 0 < share < 0.0995 else f"{100 * share:.0f} %"
