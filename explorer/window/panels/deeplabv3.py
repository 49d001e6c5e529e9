"""What one value sees of the picture with gaps in the convolutions, without them, and with the picture shrunk in their stead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from explorer.results import Bundle, Region, Result, Scores
from explorer.window.look import look
from explorer.window.panels.base import Host, LensPart
from explorer.window.views.bars import ROW, BarsView
from explorer.window.views.controls import Choice, Label, Legend
from explorer.window.views.picture import PictureView
from explorer.words import Text, same

TITLE = Text("一つの値が見ている範囲を測る", "Measuring what one value sees")
KINDS = {
    "dilated": Text("間をあける", "With gaps"),
    "close": Text("間をあけない", "Without gaps"),
    "strided": Text("代わりに縮める", "Shrinking instead"),
}
SEES = Text("{height} × {width} 画素の枠、**間隔 {stride}**", "{height} × {width} px, **stride {stride}**")
SAME_GRID = Text(
    "同じ重みで、間をあけると **{ratio} 倍**の画素を見ます。縮めても広く見えますが、値は {strided} 画素に一つになります。",
    "With the same weights, gaps let it see **{ratio} times** as many pixels. Shrinking sees as far, but leaves one value every {strided} pixels.",
)
AREA = Text("実際に効いている画素の数", "Pixels that really count")
STAGE, STAGES = Text("バックボーンの段", "Stage of the backbone"), ("layer3", "layer4")
CLICK = Text("画像を押すか矢印キーで、見ている場所を動かします。", "Click a picture, or press an arrow key, to move the place.")
STEP = 0.05


class PlaceView(PictureView):
    """A picture on which a place is chosen: ``moved(down, across)``, shares of the picture, by the arrow keys; ``clicked`` by the mouse."""

    moved = Signal(float, float)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {
            Qt.Key.Key_Up: (-STEP, 0.0), Qt.Key.Key_Down: (STEP, 0.0), Qt.Key.Key_Left: (0.0, -STEP), Qt.Key.Key_Right: (0.0, STEP),
        }.get(Qt.Key(event.key()))  # fmt: skip
        if step is None or not self.has_content():
            event.ignore()
            return
        self.moved.emit(*step)


class Panel(LensPart):
    """The lens ``gaps``. ``place``: row and column of the value, as shares of the picture; ``stage``: where in the backbone it is."""

    lens = "gaps"

    def __init__(self, page: Host) -> None:
        super().__init__(page)
        self.place = (0.5, 0.5)
        self.stage = "layer4"
        self._bundle: Bundle | None = None
        self.views = {kind: PlaceView(name=words) for kind, words in KINDS.items()}
        self.told = {kind: Label("", "label", "ink2", wrap=True) for kind in KINDS}
        self.bars = BarsView(top=3, name=AREA, amounts=True)
        self.sentence = Label("", "body", wrap=True)
        self.stages = Choice([(name, same(name)) for name in STAGES], self.stage, name=STAGE)
        self.hint = Label(CLICK, "caption", "ink3", wrap=True)
        self.scale = Legend("viridis", "0", "1")
        self.legend = self.scale
        self._pictures = QGridLayout()
        for column, (kind, words) in enumerate(KINDS.items()):
            self._pictures.addWidget(Label(words, "section", "accent" if kind == "dilated" else "ink"), 0, column)
            self._pictures.addWidget(self.views[kind], 1, column)
            self._pictures.addWidget(self.told[kind], 2, column)
            self._pictures.setColumnStretch(column, 1)
        self.controls = QWidget()
        controls = QHBoxLayout(self.controls)
        controls.setContentsMargins(0, 0, 0, 0)
        controls.addWidget(Label(STAGE, "label", "ink2"))
        controls.addWidget(self.stages)
        controls.addStretch(1)
        self._controls = controls
        self._words = QVBoxLayout()
        self._words.addWidget(self.sentence)
        self._words.addWidget(self.controls)
        self._words.addWidget(self.hint)
        self._words.addStretch(1)
        self.areas = QWidget()
        self._areas = QVBoxLayout(self.areas)
        self._areas.setContentsMargins(0, 0, 0, 0)
        self._areas.addWidget(Label(AREA, "label", "ink2"))
        self._areas.addWidget(self.bars)
        self._areas.addStretch(1)
        self._below = QHBoxLayout()
        self._below.addWidget(self.areas, 320)
        self._below.addLayout(self._words, 414)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self._pictures)
        self._column.addLayout(self._below)
        self._column.addStretch(1)
        for view in self.views.values():
            view.clicked.connect(self._clicked)
            view.moved.connect(self._moved)
        self.stages.chosen.connect(self._choose_stage)
        self.restyle()

    def restyle(self) -> None:
        self._column.setSpacing(look.px(10))
        self._below.setSpacing(look.px(28))
        self._pictures.setHorizontalSpacing(look.px(14))
        self._pictures.setVerticalSpacing(look.px(4))
        self._controls.setSpacing(look.px(12))
        self._words.setSpacing(look.px(6))
        self._areas.setSpacing(look.px(4))
        self.bars.setMinimumHeight(look.px(ROW * len(KINDS) + 2))
        self._fit()
        self._say()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """The pictures as high as their width asks for, where there is so much room."""
        region = self.result()
        if isinstance(region, Region):
            rows, columns = region.picture.pixels.shape[:2]
            width = (self.width() - 2 * look.px(14)) / 3
            room = self.height() - look.px(98 if look.projection else 176)
            for view in self.views.values():
                view.setFixedHeight(max(look.px(40), min(round(width * rows / columns), room)))

    def depends_on(self) -> object:
        return self.host.version, self.place, self.stage

    def refresh(self) -> None:
        row, column = self.place
        self.watch(self.host.ask(self.lens, "segmentation.gaps", TITLE, self._take, **self.host.request(), row=row, column=column, stage=self.stage))

    def _take(self, bundle: Bundle) -> None:
        self._bundle = bundle
        for kind, view in self.views.items():
            view.set_result(bundle.parts[kind])
            view.set_opacity(0.65)
        self._fit()
        self._say()

    def _say(self) -> None:
        if self._bundle is None:
            return
        facts = self._bundle.facts
        for kind, label in self.told.items():
            height, width = facts[f"{kind}_box"]
            label.set_text(SEES.format(height=round(height), width=round(width), stride=facts[f"{kind}_stride"]))
        self.bars.set_result(Scores(tuple(look.say(words) for words in KINDS.values()), np.array([float(facts[f"{kind}_area"]) for kind in KINDS])))
        self.sentence.set_text(SAME_GRID.format(ratio=f"{facts['ratio']:.2g}", strided=facts["strided_stride"]))

    # choosing

    def _clicked(self, row: int, column: int) -> None:
        region = self._bundle.parts["dilated"] if self._bundle is not None else None
        if isinstance(region, Region):
            rows, columns = region.picture.pixels.shape[:2]
            self._go((row + 0.5) / rows, (column + 0.5) / columns)

    def _moved(self, down: float, across: float) -> None:
        self._go(self.place[0] + down, self.place[1] + across)

    def _go(self, row: float, column: float) -> None:
        self.place = (round(min(0.999, max(0.0, row)), 4), round(min(0.999, max(0.0, column)), 4))
        self.show_now()
        self.host.changed()

    def _choose_stage(self, stage: str) -> None:
        self.stage = stage
        self.show_now()
        self.host.changed()

    def settings(self) -> dict[str, Any]:
        return {"place": list(self.place), "stage": self.stage}

    def apply(self, settings: Mapping[str, Any]) -> None:
        place = settings.get("place")
        if isinstance(place, (list, tuple)) and len(place) == 2 and all(isinstance(one, (int, float)) and 0 <= one < 1 for one in place):
            self.place = (float(place[0]), float(place[1]))
        if settings.get("stage") in STAGES:
            self.stage = str(settings["stage"])
            self.stages.set_current(self.stage)

    def numbers(self) -> dict[str, Any]:
        if self._bundle is None:
            return self.settings()
        return {**self.settings(), **self._bundle.facts}

    def result(self) -> Result | None:
        return self._bundle.parts["dilated"] if self._bundle is not None else None

    def project(self, on: bool) -> None:
        for widget in (self.controls, self.hint, self.areas):
            widget.setVisible(not on)
