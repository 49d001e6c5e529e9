"""The network against the truth of a drawn picture: where it is wrong, class by class, and how near to a boundary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.catalogue.classes import COLOURS
from explorer.catalogue.drawn import TRUTH_OF, drawn_for
from explorer.results import Bundle, Curves, Mask, Result
from explorer.window.look import look
from explorer.window.panels.base import Host, LensPart
from explorer.window.views.class_toggles import ClassEntry, ClassToggles
from explorer.window.views.controls import Choice, Label, Slider
from explorer.window.views.curves import CurvesView
from explorer.window.views.mask import MaskView
from explorer.words import Text

TITLE = Text("描いた画像の正解と比べる", "Comparing with the truth of a drawn picture")
PICTURE = Text("描く画像", "Drawing")
SHOWN = Text("重ねるもの", "Laid over")
SHOWS: Mapping[str, Text] = {
    "mask": Text("予測", "predicted"),
    "truth": Text("正解", "truth"),
    "errors": Text("誤り", "errors"),
}
SCORED = Text("平均 IoU **{iou}**　正しい画素 **{right}**　境目の F 値 **{edges}**", "Mean IoU **{iou}** · pixels right **{right}** · boundary F **{edges}**")
IOU = Text("クラスごとの IoU", "IoU by class")
ERRORS = Text("境目からの距離と間違い", "Errors by distance from a boundary")
NO_TRUTH = Text("このネットワークのクラスには、正解のわかる描いた見本がありません。", "There are no drawn samples with the truth in this network's classes.")
MOST = 100


class DifferenceLens(LensPart):
    """See the module. ``seed``: which picture is drawn; None: the page's own where it is a drawn one, else the first."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.seed: int | None = None
        self._bundle: Bundle | None = None
        self.view = MaskView()
        self.shown = Choice(tuple(SHOWS.items()), "errors", name=SHOWN)
        self.drawing = Slider(PICTURE, 1, MOST, 1, step=1, label_width=72, value_width=36)
        self.scored = Label("", "label", "ink2", wrap=True)
        self.classes = ClassToggles(name=IOU)
        self.curve = CurvesView(name=ERRORS)
        self.none = Label(NO_TRUTH, "body", "ink2", wrap=True)
        self.none.hide()
        self.controls = QWidget()
        self._controls = QHBoxLayout(self.controls)
        self._controls.setContentsMargins(0, 0, 0, 0)
        self._controls.addWidget(self.shown)
        self._controls.addWidget(self.drawing, 1)
        self._left = QVBoxLayout()
        self._left.addWidget(self.controls)
        self._left.addWidget(self.view, 1)
        self._left.addWidget(self.none)
        self.side = QWidget()
        self._side = QVBoxLayout(self.side)
        self._side.setContentsMargins(0, 0, 0, 0)
        for widget in (self.scored, Label(IOU, "label", "ink2"), self.classes):
            self._side.addWidget(widget)
        self._side.addWidget(self.curve, 1)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addLayout(self._left, 424)
        self._row.addWidget(self.side, 310)
        self.view.set_shown("errors")
        self.shown.chosen.connect(self._show_other)
        self.drawing.changed.connect(lambda value: self._draw(round(value) - 1))
        self.classes.toggled.connect(self.view.set_hidden)
        self.restyle()

    def minimumSizeHint(self) -> QSize:
        return QSize(look.px(300), look.px(120) if look.projection else look.px(260))

    def restyle(self) -> None:
        self._row.setSpacing(look.px(28))
        self._controls.setSpacing(look.px(20))
        self._left.setSpacing(look.px(8))
        self._side.setSpacing(look.px(6))
        self.curve.setMinimumHeight(look.px(130))
        self._say()

    @property
    def drawn(self) -> int:
        """The seed of the picture that is drawn."""
        if self.seed is not None:
            return self.seed
        sample = drawn_for(self.host.request()["picture"], self.host.variant.classes)
        return sample.seed if sample is not None else 0

    def depends_on(self) -> object:
        request = self.host.request()
        return request["variant"], request["weights"], self.drawn

    def refresh(self) -> None:
        kind = TRUTH_OF.get(self.host.variant.classes)
        for widget in (self.view, self.side, self.controls):
            widget.setVisible(kind is not None)
        self.none.setVisible(kind is None)
        self._bundle = None
        if kind is None:
            self.view.clear()
            return
        self.drawing.set_value(self.drawn + 1)
        request = {key: value for key, value in self.host.request().items() if key != "picture"}
        self.watch(self.host.ask("difference", "segmentation.difference", TITLE, self._arrived, **request, kind=kind, seed=self.drawn))

    def _arrived(self, bundle: Bundle) -> None:
        mask, truth, errors = bundle.parts["mask"], bundle.parts["truth"], bundle.parts["errors"]
        assert isinstance(mask, Mask) and isinstance(truth, Mask) and isinstance(errors, Curves)
        self._bundle = bundle
        self.view.set_colours(COLOURS.get(self.host.variant.classes, ()))
        self.view.set_result(mask)
        self.view.set_truth(truth.labels)
        self.curve.set_result(errors)
        self._say()

    def _say(self) -> None:
        if self._bundle is None:
            return
        facts, mask = self._bundle.facts, self._bundle.parts["mask"]
        assert isinstance(mask, Mask)
        self.scored.set_text(SCORED.format(iou=f"{facts['mean_iou']:.2f}", right=f"{100 * facts['accuracy']:.0f} %", edges=f"{facts['boundary_f']:.2f}"))
        colours = COLOURS.get(self.host.variant.classes, ())
        numbers = [number for number, name in enumerate(mask.names) if name in facts["iou"]]
        numbers.sort(key=lambda number: -facts["iou"][mask.names[number]])
        self.classes.set_entries(
            [
                ClassEntry(number, self.host.class_words(mask.names[number]), f"{facts['iou'][mask.names[number]]:.2f}", colours[number] if number < len(colours) else "")
                for number in numbers
            ]
        )

    def _show_other(self, shown: str) -> None:
        self.view.set_shown(shown)  # type: ignore[arg-type]
        self.host.changed()

    def _draw(self, seed: int) -> None:
        self.seed = seed
        self.show_now()
        self.host.changed()

    def settings(self) -> dict[str, Any]:
        return {"seed": self.seed, "shown": self.shown.current}

    def apply(self, settings: Mapping[str, Any]) -> None:
        seed = settings.get("seed")
        if isinstance(seed, int) and 0 <= seed < MOST:
            self.seed = seed
        if settings.get("shown") in SHOWS:
            self.shown.set_current(str(settings["shown"]))
            self.view.set_shown(settings["shown"])

    def numbers(self) -> dict[str, Any]:
        if self._bundle is None:
            return self.settings()
        return {**self.settings(), "drawn": self.drawn, **{key: self._bundle.facts[key] for key in ("mean_iou", "iou", "accuracy", "boundary_f", "boundary_pixels")}}

    def result(self) -> Result | None:
        return self._bundle.parts["errors"] if self._bundle is not None else None

    def project(self, on: bool) -> None:
        self.controls.setVisible(not on and self.none.isHidden())
        self.curve.setVisible(not on)
