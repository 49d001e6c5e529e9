"""Where a detector looked for one box: a heat over the picture, for the box chosen here or among the objects found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.catalogue.classes import COLOURS
from explorer.results import Boxes, Bundle, Overlay, Result, Scores
from explorer.window.look import look
from explorer.window.pages.lenses.activation import CHOSEN, LITTLE, MUCH, WHERE
from explorer.window.pages.lenses.detections import DetectionsLens
from explorer.window.panels.base import Host, LensPart
from explorer.window.views.bars import ROW, BarsView
from explorer.window.views.controls import Label, Legend, Menu, Slider
from explorer.window.views.places import Outline, PlacesView, corners
from explorer.window.views.suppression import standing
from explorer.words import Text

TITLE = Text("箱の根拠を計算", "Computing what spoke for the box")
PICTURE = Text("箱の根拠", "What spoke for the box")
SPOKE_FOR = Text("この「{name}」の根拠になった場所", "What spoke for this “{name}”")
ABOUT = Text("箱のスコアの勾配が正の場所ほど明るく出ます（Layer-CAM）。別の箱は、画像か一覧で選べます。", "Bright: where more activity would raise this box's score (Layer-CAM). Choose another box here or in the picture.")
NOTHING = Text("物体が見つからないので、根拠を示す箱がありません。", "No object was found, so there is no box to explain.")
BEST = Text("この箱が使う最後の層", "Last layer it uses")
OPACITY, LIST = Text("濃さ", "Opacity"), Text("見つけた箱", "Boxes found")
NUMBERED = Text("{number}　{name}", "{number} · {name}")
ROWS = 6


class BoxActivationLens(LensPart):
    """See the module. It reads "boxes" of the page's answer, and takes up the box that was chosen among the objects found."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.box = 0
        self.here = False
        self._boxes: Boxes | None = None
        self._overlay: Overlay | None = None
        self._listed: list[int] = []
        self.view = PlacesView(name=PICTURE)
        self.title = Label("", "body", weight=700, wrap=True)
        self.about = Label(ABOUT, "label", "ink2", wrap=True)
        self.bars = BarsView(top=ROWS, name=LIST)
        self.layer_menu = Menu((("best", BEST),), name=WHERE)
        self.opacity = Slider(OPACITY, 0.0, 1.0, 0.65, step=0.05, label_width=60, value_width=48)
        self.scale = Legend("viridis", "", "")
        self.legend = self.scale
        self.side = QWidget()
        self._side = QVBoxLayout(self.side)
        self._side.setContentsMargins(0, 0, 0, 0)
        for widget in (self.title, self.about, self.bars, self.layer_menu, self.opacity):
            self._side.addWidget(widget)
        self._side.addStretch(1)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.view, 490)
        self._row.addWidget(self.side, 244)
        self.view.picked.connect(self._pick)
        self.bars.chosen.connect(self._choose_listed)
        self.layer_menu.chosen.connect(self._choose_place)
        self.opacity.changed.connect(self._fade)
        self.view.set_opacity(self.opacity.value)
        self.restyle()

    def minimumSizeHint(self) -> QSize:
        return QSize(look.px(300), look.px(120) if look.projection else look.px(260))

    def restyle(self) -> None:
        self._row.setSpacing(look.px(28))
        self._side.setSpacing(look.px(8))
        self.bars.setFixedHeight(look.px(ROW * ROWS + 2))
        self._tell()

    # asking

    def _found(self) -> DetectionsLens | None:
        """The lens with the objects found, if the page has it."""
        part = getattr(self.host, "parts", {}).get("boxes")
        return part if isinstance(part, DetectionsLens) else None

    def depends_on(self) -> object:
        return self.host.version, self.box, self.host.layer if self.here else ""

    def show_now(self) -> None:
        boxes, found = self.host.part("boxes", Boxes), self._found()
        if self._boxes is not None and boxes is not self._boxes:
            self.box = 0  # numbers of another picture's boxes say nothing here
        self._boxes = boxes
        if found is not None and found.view.result is boxes and found.view.current >= 0:
            self.box = found.view.current
        self._list()
        self.layer_menu.set_options([("best", BEST), ("here", CHOSEN.format(layer=self.host.layer))], "here" if self.here else "best")
        super().show_now()

    def _list(self) -> None:
        """The boxes that stand among the objects found, the surest first; the chosen one is one of them."""
        boxes, lens = self._boxes, self._found()
        if boxes is None:
            return
        least, most = (lens.least.value, lens.most.value) if lens is not None else (0.5, 0.5)
        kept = standing(boxes.boxes, boxes.scores, boxes.labels, least, most).tolist()
        if not kept and len(boxes.scores):
            kept = [int(boxes.scores.argmax())]  # none is sure enough: the surest all the same
        if self.box >= len(boxes.scores):
            self.box = kept[0] if kept else 0
        if self.box not in kept and kept:
            self.box = kept[0]
        self._listed = kept

    def refresh(self) -> None:
        boxes = self._boxes
        if boxes is None:
            return
        if not len(boxes.scores):
            self._overlay = None
            self.view.show_picture(boxes.picture)
            self._tell()
            return
        self._answered = self.depends_on()
        layer = {"layer": self.host.layer} if self.here and self.host.layer in self.host.layers() else {}
        self.watch(self.host.ask("box_activation", "detection.box_activation", TITLE, self._arrived, **self.host.request(), box=self.box, **layer))

    def _arrived(self, bundle: Bundle) -> None:
        overlay = bundle.parts["overlay"]
        assert isinstance(overlay, Overlay)
        self._overlay = overlay
        self.view.show_picture(overlay.picture)
        self.view.set_heat(overlay.heat)
        self.view.set_opacity(self.opacity.value)
        self._tell()

    def _tell(self) -> None:
        boxes = self._boxes
        if boxes is None:
            return
        some = bool(len(boxes.scores))
        for widget in (self.bars, self.layer_menu, self.opacity):
            widget.setVisible(some and not look.projection)
        self.about.setVisible(some)
        if not some:
            self.title.set_text(NOTHING)
            self.bars.clear()
            return
        self.scale.set_range(look.say(LITTLE), look.say(MUCH))
        names = tuple(self._numbered(place) for place in range(len(self._listed)))
        self.bars.set_result(Scores(names, boxes.scores[self._listed]))
        if self.box in self._listed:
            self.bars.set_chosen(names[self._listed.index(self.box)])
        self.title.set_text(SPOKE_FOR.format(name=self._name(self.box)))
        outlines = [self._outline(index) for index in self._listed]
        self.view.set_outlines(sorted(outlines, key=lambda one: not one.label))

    def _name(self, index: int) -> str:
        assert self._boxes is not None
        return self.host.class_words(self._boxes.names[int(self._boxes.labels[index])])

    def _numbered(self, place: int) -> str:
        return look.say(NUMBERED.format(number=place + 1, name=self._name(self._listed[place])))

    def _outline(self, index: int) -> Outline:
        """The box chosen thick and named, the others thin."""
        assert self._boxes is not None
        known, label, score = COLOURS.get(self.host.variant.classes, ()), int(self._boxes.labels[index]), float(self._boxes.scores[index])
        outline = Outline(corners(self._boxes, index), "", 0.12, name=self._boxes.names[label], score=score)
        if index != self.box:
            return outline
        colour = known[label] if label < len(known) else look.class_colour(label).name()
        return replace(outline, colour=colour, weight=1.0, label=f"{self._name(index)} {score:.2f}")

    # choosing

    def choose_box(self, index: int) -> None:
        """Explain another box, by its number among all that the network put out."""
        if index == self.box or self._boxes is None or not 0 <= index < len(self._boxes.scores):
            return
        self.box = index
        found = self._found()
        if found is not None:
            found.view.choose(index if index in found.view.kept else -1)
        self.show_now()
        self._tell()
        self.host.changed()

    def _choose_listed(self, words: str) -> None:
        names = [self._numbered(place) for place in range(len(self._listed))]
        if words in names:
            self.choose_box(self._listed[names.index(words)])

    def _pick(self, outline: int) -> None:
        if outline >= 0:
            box = self.view.outlines[outline].box
            self.choose_box(next((index for index in self._listed if self._boxes is not None and corners(self._boxes, index) == box), -1))

    def _choose_place(self, place: str) -> None:
        self.here = place == "here"
        self.show_now()
        self.host.changed()

    def _fade(self, value: float) -> None:
        self.view.set_opacity(value)
        self.host.changed()

    # what the page asks

    def settings(self) -> dict[str, Any]:
        return {"box": self.box, "here": self.here, "opacity": self.opacity.value}

    def apply(self, settings: Mapping[str, Any]) -> None:
        if isinstance(settings.get("box"), int) and settings["box"] >= 0:
            self.box = settings["box"]
        self.here = settings.get("here") is True
        if isinstance(settings.get("opacity"), (int, float)):
            self.opacity.set_value(float(settings["opacity"]))
            self.view.set_opacity(self.opacity.value)

    def numbers(self) -> dict[str, Any]:
        if self._overlay is None or self._boxes is None:
            return {}
        heat = self._overlay.heat
        row, column = divmod(int(heat.argmax()), heat.shape[1])
        score = float(self._boxes.scores[self.box])
        return {"box": self.box, "class": self._overlay.label, "score": score, "layer": self._overlay.layer, "strongest_pixel": [row, column], "choices": len(self._listed)}

    def result(self) -> Result | None:
        return self._overlay

    def project(self, on: bool) -> None:
        self._tell()
