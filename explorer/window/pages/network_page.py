"""What pages have in common that show a network at work on a picture: the network as a strip, and the lenses on it below."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QVBoxLayout

from explorer.catalogue import System
from explorer.catalogue.drawn import DRAWN
from explorer.catalogue.lenses import LENSES
from explorer.results import Graph, Result
from explorer.window.client import Client
from explorer.window.look import look
from explorer.window.pages.class_list import learnt_only
from explorer.window.pages.lenses.activation import ActivationLens
from explorer.window.pages.lenses.atlas import AtlasLens
from explorer.window.pages.lenses.attribution import AttributionLens
from explorer.window.pages.lenses.box_activation import BoxActivationLens
from explorer.window.pages.lenses.confusion import ConfusionLens
from explorer.window.pages.lenses.detections import DetectionsLens
from explorer.window.pages.lenses.difference import DifferenceLens
from explorer.window.pages.lenses.excites import ExcitesLens
from explorer.window.pages.lenses.field import FieldLens
from explorer.window.pages.lenses.filters import FiltersLens
from explorer.window.pages.lenses.layer_maps import LayerMapsLens
from explorer.window.pages.lenses.maps import MapsLens
from explorer.window.pages.lenses.mask import MaskLens
from explorer.window.pages.lenses.network import arcs_of, block_of, blocks_of
from explorer.window.pages.lenses.occlusion import OcclusionLens
from explorer.window.pages.lenses.sightings import SightingsLens
from explorer.window.pages.picture_page import PicturePage
from explorer.window.panels.base import LensPart
from explorer.window.views.strip import StripView
from explorer.words import Text

Box = tuple[float, float, float, float]

PARTS: Mapping[str, type[LensPart]] = {
    "sightings": SightingsLens,
    "mask": MaskLens,
    "difference": DifferenceLens,
    "boxes": DetectionsLens,
    "box_activation": BoxActivationLens,
    "layer_maps": LayerMapsLens,
    "feature_maps": MapsLens,
    "filters": FiltersLens,
    "class_activation": ActivationLens,
    "attribution": AttributionLens,
    "occlusion": OcclusionLens,
    "receptive_field": FieldLens,
    "excites": ExcitesLens,
    "confusion": ConfusionLens,
    "atlas": AtlasLens,
}
"""The part of each lens; a lens that only one system has is that system's panel."""

class NetworkPage(PicturePage):
    """See the module. The engine's answer has "graph", "given" and "map:<block>", and says "layers" and "crop"."""

    def __init__(self, system: System, client: Client) -> None:
        super().__init__(system, client)
        self.layer = ""
        self._box: Box | None = None
        self._whole = False
        self.strip = StripView()
        self._column = QVBoxLayout(self.content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.strip)
        self._column.addWidget(self.lens_area, 1)

        module = f"explorer.window.panels.{system.id}"
        self.panel: Any = importlib.import_module(module).Panel(self) if importlib.util.find_spec(module) is not None else None
        self.parts: dict[str, LensPart] = {}
        for lens_id in system.lenses:
            own = getattr(self.panel, "lens", "") == lens_id
            part: Any = self.panel if own else PARTS[lens_id](self)
            self.parts[lens_id] = part
            self.lens_area.add(lens_id, LENSES[lens_id].label, part, part.legend, LENSES[lens_id].group)
        self.lens_area.show()

        self.strip.chosen.connect(self.choose_layer)
        self.strip.input_clicked.connect(self._toggle_whole)
        look.changed.connect(self._retell)

    def take(self, new_network: bool) -> None:
        assert self.answer is not None
        graph = self.answer.parts["graph"]
        assert isinstance(graph, Graph)
        self._box = None
        taps = self.variant.taps
        self.strip.set_strip(blocks_of(graph, taps, self.faces()), arcs_of(graph, taps))
        layers = self.layers()
        if self.layer not in layers:
            self.layer = str(self.answer.facts.get("layer") or (layers[-1] if layers else ""))
        self.strip.set_selected(block_of(self.layer, self.strip.names()))
        self._show_picture()
        self._retell()
        self._show_lens()

    def show_notes(self, notes: Sequence[Text]) -> None:
        """What was done to the picture, and what the network learnt only; of our own drawings and of a data set's samples only the size given is said,
        below the picture."""
        drawn = isinstance(self.shows.picture, str) and self.shows.picture in DRAWN
        only = learnt_only(self.variant) if self.shows.weights is None else None
        super().show_notes(() if drawn or self.samples.fetched(self.shows.picture) else notes if only is None else (*notes, only))

    # the strip

    def choose_layer(self, name: str) -> None:
        """Look at another layer, by its path."""
        if name != self.layer and name in self.layers():
            self.layer = name
            self.outline(None)
            self.strip.set_selected(block_of(name, self.strip.names()))
            self._show_lens()
            self.changed()

    def outline(self, box: Box | None) -> None:
        """Outline x1, y1, x2, y2 (pixels the network was given) on the input picture, or nothing."""
        self._box = box
        crop = self._crop()
        if not self._whole or crop is None:
            self.strip.set_window(box)
        elif box is None or self.given is None:
            self.strip.set_window(crop)
        else:
            height, width = self.given.pixels.shape[:2]
            sx, sy = (crop[2] - crop[0]) / width, (crop[3] - crop[1]) / height
            self.strip.set_window((crop[0] + box[0] * sx, crop[1] + box[1] * sy, crop[0] + box[2] * sx, crop[1] + box[3] * sy))

    def _crop(self) -> Box | None:
        """What the network was given, in pixels of the whole photograph."""
        crop = self.answer.facts.get("crop") if self.answer is not None else None
        if crop is None:
            return None
        left, top = self.shows.part[:2] if self.shows.part is not None else (0, 0)
        return float(crop[0] + left), float(crop[1] + top), float(crop[2] + left), float(crop[3] + top)

    def _toggle_whole(self) -> None:
        self._whole = not self._whole
        self._show_picture()

    def _show_picture(self) -> None:
        """What the network was given, or the whole picture with the part that was cut out of it."""
        picture = self.whole if self._whole else self.given
        if picture is None:
            return
        height, width = picture.pixels.shape[:2]
        self.strip.set_picture(picture, f"{width} × {height}" if self._whole else f"3 × {height} × {width}")
        self.outline(self._box)

    # lenses

    def lens_shown(self, lens_id: str) -> None:
        if self.answer is not None:
            self.outline(None)
            self._show_lens()

    def _show_lens(self) -> None:
        part = self.parts.get(self.lens)
        if part is not None and self.answer is not None:
            part.show_now()

    def project(self, on: bool) -> None:
        super().project(on)
        self.network_button.setVisible(not on)
        for part in self.parts.values():
            part.project(on)

    def _retell(self) -> None:
        """Take up another language or size. Pages with more to say extend this."""
        self._column.setSpacing(look.px(10))

    # state

    def state(self) -> dict[str, Any]:
        return {**super().state(), "layer": self.layer, "lenses": {lens_id: part.settings() for lens_id, part in self.parts.items()}}

    def restore(self, state: Mapping[str, Any]) -> None:
        lens_id = state.get("lens", self.lens)
        kept = state.get("lenses")
        for name, chosen in [*(kept.items() if isinstance(kept, Mapping) else ()), (lens_id, state.get("lens_settings"))]:
            if name in self.parts and isinstance(chosen, Mapping):
                self.parts[name].apply(chosen)
        layer = state.get("layer")
        if isinstance(layer, str) and (self.answer is None or layer in self.layers()):
            self.layer = layer
        super().restore(state)
        if self.answer is not None:
            self.strip.set_selected(block_of(self.layer, self.strip.names()))
            self._show_lens()

    def numbers(self) -> dict[str, Any]:
        found = {**super().numbers(), "layer": self.layer}
        if self.given is not None:
            found["given"] = {"shape": [3, *self.given.pixels.shape[:2]], "crop": self._crop()}
        if self.lens in self.parts:
            found[self.lens] = self.parts[self.lens].numbers()
        return found

    def results_by_lens(self) -> dict[str, Result]:
        return {lens_id: result for lens_id, part in self.parts.items() if (result := part.result()) is not None}
