"""The boxes a detector finds on the user's picture: how sure, how many of each class, before and after suppression."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.catalogue.classes import COLOURS
from explorer.catalogue.drawn import DRAWN
from explorer.results import Boxes, Result
from explorer.window.look import look
from explorer.window.pages.class_list import FEW, KNOWS_FEW, KNOWS_MANY
from explorer.window.pages.picture_samples import SAMPLE_WORDS
from explorer.window.panels.base import Host, LensPart
from explorer.window.views.class_toggles import ClassEntry, ClassToggles
from explorer.window.views.controls import Label, Slider, Switch
from explorer.window.views.detections import DetectionsView
from explorer.words import Text

LEAST, MOST = Text("確からしさ", "Least score"), Text("重なり", "Overlap")
BEFORE = Text("消した箱も見る", "Show suppressed")
COUNT = Text("**{count} 個**の物体", "**{count}** objects")
ONE = Text("**1 個**の物体", "**One** object")
MADE = Text("出力した箱 {raw} 個のうち、確かなもの {sure} 個、重なりで消したもの {dropped} 個。", "{raw} boxes put out, {sure} sure enough, {dropped} suppressed.")
NOTHING = Text("**{least} より確かな物体はありません。** 一番確かなのは{name}（{score}）。", "**No object is surer than {least}.** The surest: {name}, {score}.")
NOTHING_AT_ALL = Text("**物体は見つかりませんでした。**", "**No object was found.**")
KNOWS = Text("知っているのは次の {count} 種類だけです。", "It knows only these {count} classes.")
STRANGE = Text("「{what}」は習っていません。", "It never learnt what this is ({what}).")
ONE_BOX = Text("{name} {score}　{width} × {height} 画素", "{name} {score}, {width} × {height} px")
CHOOSE = Text("箱を選ぶと大きさが出ます。クラスを選ぶと消えます。", "Choose a box to see its size; a click on a class hides it.")
ROOMY = 400  # height in px that all captions need


class DetectionsLens(LensPart):
    """See the module. It reads "boxes" (all that the network put out, before suppression) of the page's answer."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self._boxes: Boxes | None = None
        self.view = DetectionsView()
        self.view.words = host.class_words
        self.classes = ClassToggles()
        self.count = Label("", "state", wrap=True)
        self.known = Label("", "caption", "caveat", wrap=True)
        self.made = Label("", "caption", "ink3", wrap=True)
        self.least = Slider(LEAST, 0.05, 0.95, 0.5, step=0.01, format=lambda value: f"{value:.2f}", label_width=84)
        self.most = Slider(MOST, 0.05, 1.0, 0.5, step=0.01, format=lambda value: f"{value:.2f}", label_width=84)
        self.before = Switch(BEFORE)
        self.one = Label(CHOOSE, "caption", "ink3", wrap=True)
        self.side = QWidget()
        self._side = QVBoxLayout(self.side)
        self._side.setContentsMargins(0, 0, 0, 0)
        for widget in (self.count, self.known, self.classes, self.least, self.most, self.before, self.made, self.one):
            self._side.addWidget(widget)
        self._side.addStretch(1)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.view, 510)
        self._row.addWidget(self.side, 224)
        self.least.changed.connect(self.view.set_threshold)
        self.most.changed.connect(self.view.set_overlap)
        for slider in (self.least, self.most):
            slider.released.connect(lambda _: self.host.changed())
        self.before.toggled.connect(self._show_suppressed)
        self.classes.toggled.connect(self._toggle)
        self.view.shown_changed.connect(self._tell)
        self.view.chosen.connect(self._choose)
        self.restyle()

    def minimumSizeHint(self) -> QSize:
        return QSize(look.px(300), look.px(120) if look.projection else look.px(260))

    def restyle(self) -> None:
        self._row.setSpacing(look.px(24))
        self._side.setSpacing(look.px(10))
        self._tell()

    def refresh(self) -> None:
        """Nothing more is asked: the page's answer has it all."""
        boxes: Boxes | None = self.host.part("boxes", Boxes)
        if boxes is not None:
            self.show_boxes(boxes)

    def show_boxes(self, boxes: Boxes) -> None:
        """Show these: the page's answer, or those of a film's frame."""
        self._boxes = boxes
        self.view.set_colours(COLOURS.get(self.host.variant.classes, ()))
        self.view.set_result(boxes)
        self._tell()

    def _tell(self) -> None:
        boxes = self._boxes
        if boxes is None:
            return
        counts, kept = self.view.counts(), len(self.view.kept)
        colours = COLOURS.get(self.host.variant.classes, ())
        entries = [
            ClassEntry(i, self.host.class_words(name), str(counts.get(i, 0)), colours[i] if i < len(colours) else "")
            for i, name in enumerate(boxes.names)
            if len(boxes.names) <= 12 or i in counts or i in self.classes.hidden
        ]
        self.classes.set_entries(entries[:16])
        if kept:
            self.count.set_text(ONE if kept == 1 else COUNT.format(count=kept))
        elif len(boxes.scores):
            best = int(boxes.scores.argmax())
            self.count.set_text(NOTHING.format(least=f"{self.least.value:.2f}", name=self.host.class_words(boxes.names[int(boxes.labels[best])]), score=f"{boxes.scores[best]:.2f}"))
        else:
            self.count.set_text(NOTHING_AT_ALL)
        self._tell_known(boxes, kept)
        dropped = len(self.view.suppressed)
        self.made.set_text(MADE.format(raw=f"{len(boxes.scores):,}", sure=f"{kept + dropped:,}", dropped=f"{dropped:,}"))
        if self.view.current < 0:
            self.one.set_text(CHOOSE)

    def _tell_known(self, boxes: Boxes, kept: int) -> None:
        """Which classes there are, where nothing is found or the photograph shows none of them."""
        what = SAMPLE_WORDS[boxes.picture.name] if boxes.picture.name in SAMPLE_WORDS and boxes.picture.name not in DRAWN else None
        strange = what is not None and what.en.lower() not in [name.lower() for name in boxes.names]
        instead = not kept and not self.classes.hidden and len(boxes.names) <= FEW  # of a list of noughts
        names = ("、" if look.language == "ja" else ", ").join(map(self.host.class_words, boxes.names))
        knows = KNOWS_FEW.format(names=names) if instead else (KNOWS if len(boxes.names) <= FEW else KNOWS_MANY).format(count=len(boxes.names))
        self.classes.setVisible(not instead)
        if what is not None and strange:
            told = STRANGE.format(what=look.say(what))
            knows = Text(told.ja + knows.ja, f"{told.en} {knows.en}")
        self.known.setVisible(strange or not kept)
        self.known.set_text(knows)
        self._make_room()

    def _make_room(self) -> None:
        """Where there is little height only one of the two captions stands below the switches: what the chosen box is, or how many there were."""
        roomy, chosen = self.height() >= look.px(ROOMY), self.view.current >= 0
        self.one.setVisible(self.known.isHidden() and not look.projection and (roomy or chosen))
        self.made.setVisible(not look.projection and (roomy or not chosen))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    # choosing

    def _toggle(self, hidden: set[int]) -> None:
        self.view.set_hidden(hidden)
        self.host.changed()

    def _show_suppressed(self, on: bool) -> None:
        self.view.set_suppressed(on)
        self.host.changed()

    def _choose(self, index: int) -> None:
        boxes = self._boxes
        if boxes is None or index < 0:
            self.one.set_text(CHOOSE)
        else:
            x1, y1, x2, y2 = (float(v) for v in boxes.boxes[index])
            name = self.host.class_words(boxes.names[int(boxes.labels[index])])
            self.one.set_text(ONE_BOX.format(name=name, score=f"{boxes.scores[index]:.2f}", width=f"{x2 - x1:.0f}", height=f"{y2 - y1:.0f}"))
        self._make_room()
        self.host.changed()

    # what the page asks

    def settings(self) -> dict[str, Any]:
        return {
            "least": self.least.value, "most": self.most.value, "suppressed": self.before.isChecked(),
            "hidden": sorted(self.classes.hidden), "box": self.view.current,
        }  # fmt: skip

    def apply(self, settings: Mapping[str, Any]) -> None:
        for key, slider, tell in (("least", self.least, self.view.set_threshold), ("most", self.most, self.view.set_overlap)):
            value = settings.get(key)
            if isinstance(value, (int, float)) and slider.low <= value <= slider.high:
                slider.set_value(float(value))
                tell(float(value))
        hidden = settings.get("hidden")
        if isinstance(hidden, (list, tuple)) and all(isinstance(i, int) for i in hidden):
            self.classes.set_hidden(hidden)
            self.view.set_hidden(hidden)
        if isinstance(settings.get("suppressed"), bool):
            self.before.setChecked(settings["suppressed"])

    def numbers(self) -> dict[str, Any]:
        boxes = self._boxes
        if boxes is None:
            return {}
        found = [
            {"name": boxes.names[int(boxes.labels[i])], "score": float(boxes.scores[i]), "box": [float(v) for v in boxes.boxes[i]]}
            for i in map(int, self.view.kept)
        ]
        return {"boxes": len(boxes.scores), "kept": len(found), "suppressed": len(self.view.suppressed), "least": self.least.value, "most": self.most.value, "found": found[:100]}

    def result(self) -> Result | None:
        return self._boxes

    def project(self, on: bool) -> None:
        for widget in (self.least, self.most, self.before, self.made, self.one):
            widget.setVisible(not on)
        self._tell()
