"""The page that shows two networks side by side: one picture, one lens, one class and one share of the depth for both."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.catalogue import System, system
from explorer.catalogue.lenses import LENSES
from explorer.results import Bundle, Picture, Result
from explorer.window.client import Client
from explorer.window.look import look
from explorer.window.pages.base import BasePage
from explorer.window.pages.compared_lens import ComparedLens, is_panel, kind_of
from explorer.window.pages.network_column import Network, NetworkColumn, bundled, default_pair, network_of
from explorer.window.pages.picture_page import Part, part_of
from explorer.window.pages.picture_samples import PictureSamples
from explorer.window.views.controls import Label, Menu, Slider
from explorer.words import ExplorerError, InputError, Text

OPENING = Text("画像を開く", "Opening the picture")
LISTING = Text("動かせるネットワークを調べる", "Looking for networks that can run")
CLASS, DEPTH = Text("クラス", "Class"), Text("深さ", "Depth")
AGREE = Text("どちらも**{name}**と答えました（{left} と {right}）。", "Both say **{name}**: {left} and {right}.")
DIFFER = Text("左は**{first}**（{left}）、右は**{second}**（{right}）と答えました。", "Left says **{first}** ({left}), right says **{second}** ({right}).")
NOBODY = Text("ここにあるネットワークに、このレンズを持つものはありません。", "None of the networks here has this lens.")
BY_LAYER = ("feature_maps", "filters", "receptive_field", "excites", "pooling", "stacked")
BY_CLASS = ("class_activation", "attribution", "occlusion", "excites")
CLASSES_OFFERED = 12


class Page(BasePage):
    """See the module."""

    accepts = "picture"

    def __init__(self, system: System, client: Client) -> None:
        super().__init__(system, client)
        self.networks = bundled()
        self.class_name: str | None = None
        self.share: float | None = None
        self._wants: tuple[Any, Part | None] = (system.samples[0] if system.samples else "", None)
        self.shows: tuple[Any, Part | None] | None = None
        self._whole: tuple[Any, Picture] | None = None
        self._following = self._listing = False
        self.samples = PictureSamples(self)
        self.add_input_buttons(camera=True)

        first, second = default_pair(self.networks)
        self.columns = (NetworkColumn(self, "left", first), NetworkColumn(self, "right", second))
        self.verdict = Label(" ", "body")
        self.class_menu = Menu((), name=CLASS, width=150)
        self.class_label = Label(CLASS, "label", "ink2")
        self.depth_slider = Slider(DEPTH, 0, 100, 100, step=1, format=lambda value: f"{value:.0f} %", label_width=52, value_width=48)
        self._heads, self._line = QHBoxLayout(), QHBoxLayout()
        for column in self.columns:
            self._heads.addWidget(column, 1)
        self._line.addWidget(self.verdict, 1)
        self._line.addWidget(self.class_label)
        self._line.addWidget(self.class_menu)
        self._line.addWidget(self.depth_slider)
        self.stage.addLayout(self._heads)
        self.stage.addLayout(self._line)
        self.stage.addWidget(self.lens_area, 1)
        self.pairs: dict[str, ComparedLens] = {}
        self._places: dict[str, QVBoxLayout] = {}
        for lens_id in system.lenses:
            place = QWidget()
            self._places[lens_id] = QVBoxLayout(place)
            self._places[lens_id].setContentsMargins(0, 0, 0, 0)
            if not is_panel(lens_id):  # panels, of which the two networks have two at most, are built when they are first looked at
                self.pair(lens_id)
            self.lens_area.add(lens_id, LENSES[lens_id].label, place, group=LENSES[lens_id].group)
        self._offer_lenses()
        self.lens_area.show()
        self.class_menu.chosen.connect(self.choose_class)
        self.depth_slider.changed.connect(lambda value: self.set_depth(value / 100))
        look.changed.connect(self._retell)
        self._offer({})
        self._retell()

    def pair(self, lens_id: str) -> ComparedLens:
        """A lens on both networks."""
        if lens_id not in self.pairs:
            kind = kind_of(lens_id)
            made = self.pairs[lens_id] = ComparedLens((kind(self.columns[0]), kind(self.columns[1])), is_panel(lens_id))
            self._places[lens_id].addWidget(made)
            if look.projection:
                self._project_pair(made, True)
        return self.pairs[lens_id]

    def set_lens(self, lens_id: str) -> None:
        """Choose a lens; for one that neither network has, a network that has it stands at the right. Raises InputError where none here has it."""
        if lens_id not in self.lens_area.ids():
            having = next((one for one in self.networks if lens_id in system(one.system).lenses), None)
            if having is None:
                raise InputError(NOBODY)
            self.columns[1].choose(having)
            self._offer_lenses()
        super().set_lens(lens_id)

    # which networks

    def _offer_lenses(self) -> None:
        """The lenses that either network has."""
        self.lens_area.offer([lens_id for lens_id in self.system.lenses if any(lens_id in column.lenses for column in self.columns)])

    def _offer(self, accuracy: Mapping[str, float]) -> None:
        for column in self.columns:
            column.offer(self.networks, accuracy)

    def _listed(self, bundle: Bundle) -> None:
        self.networks = [Network(*one) for one in bundle.facts["networks"]]
        self._offer(bundle.facts["accuracy"])

    def open_page(self, network: Network) -> None:
        """Bring the network's own page to the front."""
        self.state_wanted.emit(network.system, {"variant": network.variant, "weights": network.weights})

    # the picture

    def start(self) -> None:
        self._load(*self._wants)

    def open_input(self, value: Any) -> None:
        self._load(str(value) if isinstance(value, Path) else value, None)

    def open_weights(self, path: str) -> None:
        """Look through a checkpoint at the right, whichever network it is of."""
        self.columns[1].open_weights(path)

    def use_part(self, part: Part | None) -> None:
        """Both look at a part of the photograph, or at the whole again."""
        self._load(self._wants[0], part)

    def _load(self, source: Any, part: Part | None) -> None:
        self._wants = (source, part)
        if self._whole is not None and self._whole[0] is source:
            self._look(self._whole[1], part)
        else:
            self.ask("open", "recognition.open_picture", OPENING, partial(self._opened, source, part), picture=source)

    def _opened(self, source: Any, part: Part | None, whole: Picture) -> None:
        self._whole = source, whole
        self.clear_error()
        self.show_notes(whole.notes)
        self._look(whole, part)

    def _look(self, whole: Picture, part: Part | None) -> None:
        height, width = whole.pixels.shape[:2]
        if part is not None and not (0 <= part[0] < part[2] <= width and 0 <= part[1] < part[3] <= height):
            part = None
        assert self._whole is not None
        self.shows = self._whole[0], part
        self.samples.mark(self.shows[0])
        for column in self.columns:
            column.look_at(self._whole[0], whole, part)

    def show_error(self, error: ExplorerError, retry: Any = None) -> None:
        super().show_error(error, retry)
        for column in self.columns:
            column.refused()
        self._offer_lenses()
        if self.shows is not None:
            self._wants = self.shows
            self.samples.mark(self.shows[0])

    # answers

    def answered(self, column: NetworkColumn) -> None:
        """A column has its network's answer."""
        if self.share is None:
            self.share = column.share
            self.depth_slider.set_value(100 * self.share)
        column.set_depth(self.share)
        self._offer_lenses()
        self._retell()
        self._show_lens()
        if all(one.answer is not None for one in self.columns):
            self.samples.load()
            if not self._listing:
                self._listing = True
                self.ask("networks", "comparison.networks_here", LISTING, self._listed)
        self.state_changed.emit()

    def common_classes(self) -> list[str]:
        """The classes that both know, those both hold likeliest first."""
        scores = [column.scores for column in self.columns]
        if scores[0] is None or scores[1] is None:
            return []
        places = [{name: float(value) for name, value in zip(one.names, one.values, strict=True)} for one in scores if one is not None]
        common = [name for name in places[0] if name in places[1]]
        return sorted(common, key=lambda name: -(places[0][name] + places[1][name]))

    def class_used(self) -> str | None:
        """The class both are asked about: the chosen one, else the one both together hold likeliest; None where they know none in common."""
        common = self.common_classes()
        return self.class_name if self.class_name in common else common[0] if common else None

    def _retell(self) -> None:
        self._heads.setSpacing(look.px(28))
        self._line.setSpacing(look.px(8))
        self.class_menu.set_options([(name, self.columns[0].class_words(name)) for name in self._classes_offered()], self.class_used())
        self._show_controls()
        tops = []
        for column in self.columns:
            if column.scores is None:
                return
            best = int(np.argmax(column.scores.values))
            tops.append((column.class_words(column.scores.names[best]), f"{100 * float(column.scores.values[best]):.0f} %"))
        (first, left), (second, right) = tops
        words = AGREE.format(name=first, left=left, right=right) if first == second else DIFFER.format(first=first, second=second, left=left, right=right)
        self.verdict.set_text(words)
        for pair in self.pairs.values():
            for name, column in zip(pair.names, self.columns, strict=True):
                name.set_text(column.layer)

    def _classes_offered(self) -> list[str]:
        common, used = self.common_classes(), self.class_used()
        offered = common[:CLASSES_OFFERED]
        return offered if used is None or used in offered else [*offered, used]

    # what both follow

    def choose_class(self, name: str) -> None:
        """Ask both about a class, by its English name."""
        self.class_name = name
        self.class_menu.set_options([(one, self.columns[0].class_words(one)) for one in self._classes_offered()], name)
        self._show_lens()
        self.state_changed.emit()

    def set_depth(self, share: float) -> None:
        """Both look at the layer at this share of their depth."""
        self.share = share
        for column in self.columns:
            column.set_depth(share)
        self._retell()
        self._show_lens()
        self.state_changed.emit()

    def layer_chosen_in(self, column: NetworkColumn) -> None:
        """The other one follows to the same share of its depth."""
        self.depth_slider.set_value(100 * column.share)
        self.set_depth(column.share)

    def chosen_in(self, column: NetworkColumn) -> None:
        """What was chosen in one column is chosen in the other too, as far as it means the same there."""
        pair = self.pairs.get(self.lens)
        if self._following or pair is None:
            return
        side = self.columns.index(column)
        shared = pair.shared(side)
        self._following = True
        try:
            pair.parts[1 - side].follow(shared)
            if self._can_show(1 - side):
                pair.parts[1 - side].show_now()
        finally:
            self._following = False
        self._show_controls()
        self.state_changed.emit()

    def _can_show(self, side: int) -> bool:
        column = self.columns[side]
        return column.answer is not None and self.lens in column.entry.lenses

    def _by_class(self) -> bool:
        """Whether both are asked about a class: a lens of units may be."""
        pair = self.pairs.get(self.lens)
        return self.lens in BY_CLASS and (pair is None or getattr(pair.parts[0], "by_class", True))

    def _show_controls(self) -> None:
        by_class, by_layer = self._by_class() and self.class_menu.current != "", self.lens in BY_LAYER and not self._by_class()
        self.class_menu.setVisible(by_class)
        self.class_label.setVisible(by_class)
        self.depth_slider.setVisible(by_layer)
        for pair in self.pairs.values():
            for name in pair.names:
                name.setVisible(by_layer)

    def lens_shown(self, lens_id: str) -> None:
        self._show_controls()
        self._show_lens()

    def _show_lens(self) -> None:
        if not self.lens:
            return
        pair = self.pair(self.lens)
        used = self.class_used()
        for side, (column, part) in enumerate(zip(self.columns, pair.parts, strict=True)):
            lacks = self.lens not in column.entry.lenses
            pair.show_lack(side, column.entry.name if lacks and column.answer is not None else None)
            if column.answer is None or lacks:
                continue
            if self._by_class() and used is not None:
                self._following = True
                part.follow({**part.shared(), "class": used})
                self._following = False
            part.show_now()

    def project(self, on: bool) -> None:
        super().project(on)
        for column in self.columns:
            column.bars.setVisible(not on)  # the sentence below says the first of each
        for pair in self.pairs.values():
            self._project_pair(pair, on)

    def _project_pair(self, pair: ComparedLens, on: bool) -> None:
        if pair.options is not None:
            pair.options.setVisible(not on)
        if pair.panels:
            for part in pair.parts:
                part.project(on)

    # state

    def state(self) -> dict[str, Any]:
        source, part = self._wants
        kept = source if isinstance(source, str) else None
        return {
            **super().state(), "input": kept, "part": list(part) if part and kept else None, "class": self.class_name, "depth": self.share,
            "networks": [[one.network.system, one.network.variant, one.network.weights] for one in self.columns],
            "lenses": {lens_id: [part.settings() for part in pair.parts] for lens_id, pair in self.pairs.items()},
        }  # fmt: skip

    def restore(self, state: Mapping[str, Any]) -> None:
        kept = state.get("lenses")
        for lens_id, both in kept.items() if isinstance(kept, Mapping) else ():
            if lens_id in self._places and isinstance(both, list):
                for part, chosen in zip(self.pair(lens_id).parts, both, strict=False):
                    if isinstance(chosen, Mapping):
                        part.apply(chosen)
        if isinstance(state.get("class"), str):
            self.class_name = state["class"]
        if isinstance(state.get("depth"), (int, float)):
            self.share = max(0.0, min(1.0, float(state["depth"])))
            self.depth_slider.set_value(100 * self.share)
        networks = state.get("networks")
        for column, one in zip(self.columns, networks if isinstance(networks, list) else (), strict=False):
            if (network := network_of(one)) is not None:
                column.choose(network)
        self._offer_lenses()
        super().restore(state)
        source = state.get("input")
        if isinstance(source, str) and source:
            self._load(source, part_of(state.get("part")))
        elif self.shows is None:
            self._load(*self._wants)

    def numbers(self) -> dict[str, Any]:
        source = self._wants[0]
        found: dict[str, Any] = {"lens": self.lens, "input": source if isinstance(source, str) else "pixels", "networks": []}
        if self.lens in BY_CLASS:
            found["class"] = self.class_used()
        for side, column in enumerate(self.columns):
            one: dict[str, Any] = {"system": column.network.system, "variant": column.network.variant, "weights": column.network.weights, "layer": column.layer}
            if column.scores is not None:
                order = np.argsort(-column.scores.values, kind="stable")[:3]
                one["classes"] = [{"name": column.scores.names[int(i)], "probability": float(column.scores.values[int(i)])} for i in order]
                one["fits"] = column.fits
            if self.lens in self.pairs:
                one[self.lens] = self.pairs[self.lens].parts[side].numbers()
            found["networks"].append(one)
        return found

    def results_by_lens(self) -> dict[str, Result]:
        names = ("left", "right")
        found = {f"{lens_id}-{name}": part.result() for lens_id, pair in self.pairs.items() for name, part in zip(names, pair.parts, strict=True)}
        return {name: result for name, result in found.items() if result is not None}
