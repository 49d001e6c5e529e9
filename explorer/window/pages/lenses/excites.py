"""What excites one unit, or one class: a picture made for it, and the strongest patches of real ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from explorer.results import Bundle, Curves, Maps, Picture, Result
from explorer.window.client import Job
from explorer.window.look import look
from explorer.window.panels.base import Host, LensPart
from explorer.window.settings import settings as kept
from explorer.window.views.controls import Button, Choice, Label, Menu, Slider
from explorer.window.views.curves import CurvesView
from explorer.window.views.drawing import short
from explorer.window.views.maps import MapGridView
from explorer.window.views.picture import PictureView
from explorer.words import Text, same

TITLE = Text("ユニットが好む画像を探す", "Finding what excites a unit")
PATCHES = Text("実際の画像から探す", "Looking through real pictures")
MAPS = Text("この画像でのマップを計算", "Computing the maps of this picture")
WHAT = Text("何を選ぶか", "What to choose")
WHATS = {"unit": Text("ユニット", "unit"), "class": Text("クラス", "class")}
UNIT, CLASS = Text("ユニット", "Unit"), Text("クラス", "Class")
CHOOSE = Text("マップを押して選びます。", "Click a map to choose its unit.")
MADE = Text("**{what}**を最も強く反応させる画像（ノイズから作成）", "The picture that excites **{what}** most, made from noise")
OF_LAYER = Text("{layer} のユニット {unit}", "unit {unit} of {layer}")
VALUES = Text("活性 **{now}**　はじめ（ノイズ）{start}　開いている画像 {own}", "Activation **{now}**; the noise {start}, your picture {own}")
FOUND = Text("実際の画像で最も強く反応した場所", "Where real pictures excite it most")
LOOKED = Text("見本と開いた画像 {count} 枚から", "From {count} pictures: samples and those opened")
SHOW = Text("見るもの", "Shown")
SHOWN_WORDS = {"made": Text("作った画像", "made picture"), "real": Text("実際の画像", "real pictures")}
AGAIN, STOP = Text("別のノイズから", "From other noise"), Text("止める", "Stop")
TILES = 8


class ExcitesLens(LensPart):
    """Left the units to choose from, in the middle the picture forming and its activation, right the strongest patches."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.unit = 0
        self.class_name: str | None = None
        self.by_class = False
        self.seed = 0
        self._units = 0
        self._opened: list[NDArray[Any]] = []
        self._picture: Picture | None = None
        self._facts: Mapping[str, Any] = {}
        self._patches: Bundle | None = None
        self._job: Job | None = None
        self._mapped: object = None
        self._slim = False
        self.shown = "made"

        self.what = Choice(tuple(WHATS.items()), "unit", name=WHAT)
        self.classes = Menu((), name=CLASS)
        self.number = Slider(UNIT, 0, 1, 0, step=1, label_width=64, value_width=36)
        self.choose_words = Label("", "label", "ink2", wrap=True)
        self.grid = MapGridView(name=UNIT, at_once=64)
        self.again = Button(AGAIN, "tint", "shuffle")
        self.stop = Button(STOP, "plain")
        self._buttons = QWidget()
        buttons = QHBoxLayout(self._buttons)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.addWidget(self.again)
        buttons.addWidget(self.stop)
        buttons.addStretch(1)
        self.shown_choice = Choice(tuple(SHOWN_WORDS.items()), "made", name=SHOW)
        self.options = QWidget()
        self.options.hide()
        self._options_row = QHBoxLayout(self.options)
        self._options_row.setContentsMargins(0, 0, 0, 0)
        self._choose = QWidget()
        choose = QVBoxLayout(self._choose)
        choose.setContentsMargins(0, 0, 0, 0)
        for widget in (self.what, self.classes, self.number, self.choose_words):
            choose.addWidget(widget)
        choose.addWidget(self.grid, 1)
        choose.addWidget(self._buttons)
        self.title = Label("", "body", wrap=True)
        self.view = PictureView(name=TITLE)
        self.values = Label(" ", "label", "ink2", wrap=True)
        self.curve = CurvesView(name=Text("活性の推移", "Activation by step"))
        self.curve.setMinimumHeight(1)
        self._middle = QWidget()
        middle = QVBoxLayout(self._middle)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.addWidget(self.title)
        middle.addWidget(self.view, 1)
        middle.addWidget(self.values)

        self.found = Label(FOUND, "body", wrap=True)
        self.looked = Label(" ", "caption", "ink3", wrap=True)
        self.tiles = [PictureView(name=FOUND, corner=4) for _ in range(TILES)]
        self.tile_values = [Label(" ", "caption", "ink2") for _ in range(TILES)]
        self._right = QWidget()
        right = QVBoxLayout(self._right)
        right.setContentsMargins(0, 0, 0, 0)
        right.addWidget(self.curve, 1)
        right.addWidget(self.found)
        self._tiles = QGridLayout()
        for index, (tile, value) in enumerate(zip(self.tiles, self.tile_values, strict=True)):
            self._tiles.addWidget(tile, index // 4 * 2, index % 4)
            self._tiles.addWidget(value, index // 4 * 2 + 1, index % 4)
            self._tiles.setRowStretch(index // 4 * 2, 1)
            tile.setMinimumSize(1, 1)
        right.addLayout(self._tiles, 1)
        right.addWidget(self.looked)
        self._columns = (choose, middle, right)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self._choose, 190)
        self._row.addWidget(self._middle, 250)
        self._row.addWidget(self._right, 290)

        self.what.chosen.connect(self._choose_what)
        self.classes.chosen.connect(self.choose_class)
        self.number.released.connect(lambda value: self.choose_unit(round(value)))
        self.grid.chosen.connect(self.choose_unit)
        self.shown_choice.chosen.connect(self._show_narrow)
        self.again.clicked.connect(self._begin_again)
        self.stop.clicked.connect(self._stop)
        self.restyle()

    def minimumSizeHint(self) -> QSize:
        """Whatever room the page leaves is enough."""
        return QSize(look.px(300), look.px(120 if look.projection else 240))

    def restyle(self) -> None:
        self._row.setSpacing(look.px(24))
        self._options_row.setSpacing(look.px(12))
        for column in self._columns:
            column.setSpacing(look.px(8))
        self._tiles.setSpacing(look.px(4))
        self._say()

    # the engine

    def depends_on(self) -> object:
        return self.host.version, None if self.by_class else self.host.layer, self.class_name if self.by_class else self.unit, self.by_class, self.seed

    def target(self) -> dict[str, Any]:
        """What the engine is asked about."""
        return {"class_name": self.class_name} if self.by_class else {"layer": self.host.layer, "unit": self.unit}

    def refresh(self) -> None:
        self._remember()
        scores = self.host.scores
        if self.by_class and scores is not None and self.class_name not in scores.names:
            self.class_name = scores.names[int(np.argmax(scores.values))]
            self._answered = self.depends_on()
        if not self.by_class and self._mapped != (self.host.version, self.host.layer):
            self._mapped = self.host.version, self.host.layer
            self.watch(self.host.ask("excites maps", "recognition.feature_maps", MAPS, self._show_maps, **self.host.request(), layer=self.host.layer))
            return  # how many units there are is known then
        self._ask()

    def _ask(self) -> None:
        request, target = self.host.request(), self.target()
        self._patches = None
        self._job = self.watch(self.host.ask("excites", "recognition.excites", TITLE, self._grown, **request, **target, seed=self.seed))
        self._job.ended.connect(self._say)
        self._ask_patches()
        self._say()

    def _ask_patches(self) -> None:
        if not self._right.isHidden():
            asked = {**self.host.request(), **self.target(), "pictures": (*self._opened, *kept.recent_files()[:6])}
            self.watch(self.host.ask("patches", "recognition.strongest_patches", PATCHES, self._show_patches, **asked))

    def _remember(self) -> None:
        """Pictures without a file, from a drop or the camera, are kept for this session."""
        picture = self.host.request()["picture"]
        if isinstance(picture, np.ndarray) and not any(one is picture for one in self._opened):
            self._opened = [picture, *self._opened][:4]

    def _show_maps(self, maps: Maps) -> None:
        self.grid.set_result(maps)
        self._units = len(maps.values)
        if self.unit >= self._units:
            self.unit = int(self.grid.selected)
        self.number.set_range(0, max(1, self._units - 1))
        self.number.set_value(self.unit)
        self.grid.set_selected(self.unit)
        self._answered = self.depends_on()
        self._ask()

    def _grown(self, bundle: Bundle) -> None:
        picture, curve = bundle.parts["picture"], bundle.parts["curve"]
        assert isinstance(picture, Picture) and isinstance(curve, Curves)
        self._picture, self._facts = picture, bundle.facts
        self.view.set_result(picture)
        self.curve.set_x_range(0, float(bundle.facts["steps"]))
        self.curve.set_unfinished(not bundle.facts["done"])
        self.curve.set_result(curve)
        self._say()

    def _show_patches(self, bundle: Bundle) -> None:
        self._patches = bundle
        told = bundle.facts["patches"]
        for index, (tile, value) in enumerate(zip(self.tiles, self.tile_values, strict=True)):
            picture = bundle.parts.get(f"patch {index}")
            if isinstance(picture, Picture):
                tile.set_result(picture)
                value.set_text(short(float(told[index][1])))
            else:
                tile.clear()
                value.set_text(" ")
        self.looked.set_text(LOOKED.format(count=bundle.facts["looked_at"]))

    # what is said

    def _say(self) -> None:
        scores = self.host.scores
        if scores is not None:
            self.classes.set_options([(name, self.host.class_words(name)) for name in scores.names], self.class_name)
        for widget, on in ((self.classes, self.by_class), (self.number, not self.by_class), (self.choose_words, not self.by_class), (self.grid, not self.by_class)):
            widget.setVisible(on)
        self.choose_words.set_text(CHOOSE)
        what = OF_LAYER.format(layer=self.host.layer, unit=self.unit)
        if self.by_class:
            what = same(self.host.class_words(self.class_name or "–"))
        self.title.set_text(MADE.format(what=what))
        facts = self._facts
        if facts:
            self.values.set_text(VALUES.format(now=short(facts["activation"]), start=short(facts["start"]), own=short(facts["own"])))
        running = self._job is not None and self._job.state in ("waiting", "running")
        self.stop.setVisible(running)
        self.again.setVisible(not running)

    # choosing

    def choose_unit(self, unit: int) -> None:
        """Look for what excites another unit of the layer."""
        self.unit = unit
        self.number.set_value(unit)
        self.grid.set_selected(unit)
        self._changed()

    def choose_class(self, name: str) -> None:
        """Look for what excites a class, by its English name."""
        self.by_class, self.class_name = True, name
        self._changed()

    def _choose_what(self, key: str) -> None:
        self.by_class = key == "class"
        scores = self.host.scores
        if self.by_class and self.class_name is None and scores is not None:
            self.class_name = scores.names[int(np.argmax(scores.values))]
        self._changed()

    def _begin_again(self) -> None:
        self.seed += 1
        self._changed()

    def _show_narrow(self, shown: str) -> None:
        """In a column of half the page: the picture that is made, or its activation and the real pictures."""
        self._put_narrow(shown)
        self.host.changed()

    def _put_narrow(self, shown: str) -> None:
        self.shown = shown
        self.shown_choice.set_current(shown)
        for widget in (self.title, self.view):
            widget.setVisible(shown == "made")
        self._right.setVisible(shown == "real")
        if self._patches is None and self._answered is not None:
            self._ask_patches()

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def _changed(self) -> None:
        self.show_now()
        self._say()
        self.host.changed()

    # what the page asks

    def settings(self) -> dict[str, Any]:
        slim = {"by": "class" if self.by_class else "unit", "shown": self.shown} if self._slim else {}
        return {"unit": self.unit, "class": self.class_name if self.by_class else None, "seed": self.seed, **slim}

    def apply(self, settings: Mapping[str, Any]) -> None:
        for name in ("unit", "seed"):
            value = settings.get(name)
            if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
                setattr(self, name, value)
        if isinstance(settings.get("class"), str):
            self.by_class, self.class_name = True, settings["class"]
        if settings.get("by") in WHATS:
            self.by_class = settings["by"] == "class"
        self.what.set_current("class" if self.by_class else "unit")
        if self._slim and settings.get("shown") in SHOWN_WORDS and settings["shown"] != self.shown:
            self._put_narrow(settings["shown"])
        self._say()

    def numbers(self) -> dict[str, Any]:
        if not self._facts:
            return {}
        found = {key: self._facts[key] for key in ("layer", "unit", "label", "activation", "start", "own", "step", "steps")}
        if self._patches is not None:
            found["patches"] = [{"picture": name, "activation": value, "box": list(box)} for name, value, box in self._patches.facts["patches"]]
        return found

    def result(self) -> Result | None:
        return self.curve.result

    def narrow(self) -> None:
        self._slim = self.by_class = True
        self.what.set_current("class")
        self._row.setDirection(QBoxLayout.Direction.TopToBottom)
        self._row.setStretch(1, 0)
        self._row.setStretch(2, 1)
        self._columns[1].insertWidget(0, self.number)
        for control in (self.what, self.shown_choice, self._buttons):
            self._options_row.addWidget(control)
        self._options_row.addStretch(1)
        self._choose.hide()
        self._right.hide()
        self.options.show()
        self._say()

    def shared(self) -> dict[str, Any]:
        return {"by": "class" if self.by_class else "unit", "class": self.class_name if self.by_class else None, "seed": self.seed, "shown": self.shown}

    def project(self, on: bool) -> None:
        self._choose.setVisible(not on)
        self._buttons.setVisible(not on)
        self.looked.setVisible(not on)
