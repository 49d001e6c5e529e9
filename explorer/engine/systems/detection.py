"""Chapter 2, detection, from Python: networks that put boxes around objects and name them, and the lenses to look into them.

>>> net = load("ssd")
>>> answer = net.run("street.jpg")
>>> answer.boxes, answer.labels, answer.scores
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from explorer.catalogue.classes import CLASSES
from explorer.catalogue.schema import System, Variant
from explorer.engine.blocks.candidates import Candidates, Seen, keep
from explorer.engine.inputs.pictures import Source, open_picture
from explorer.engine.lenses.box_activation import box_activation
from explorer.engine.lenses.class_activation import layers_with_places
from explorer.engine.lenses.feature_maps import feature_maps
from explorer.engine.lenses.graph import Block, graph
from explorer.engine.lenses.trace import Recording, record
from explorer.engine.system import NOT_BUILT, RunningSystem, about, trained
from explorer.engine.weights.cards import Card
from explorer.results import Boxes, Graph, Maps, Overlay, Picture, Result
from explorer.results.base import Floats
from explorer.words import InputError, Text

THRESHOLD, OVERLAP = 0.5, 0.45
LEAST = 0.05  # a candidate less sure than this is not shown to anybody
MOST = 1500  # candidates shown
PLACES = 80
SCALED = Text("ネットワークには {width} × {height} 画素に縮めて渡しました。", "Scaled to {width} × {height} pixels for the network.")
ENLARGED = Text("ネットワークには {width} × {height} 画素に引き伸ばして渡しました。", "Enlarged to {width} × {height} pixels for the network.")
WARPED = Text("縦横の比も変わっています。", "Its proportions change, too.")
NO_CANDIDATE = Text("{number} 番の箱はありません（{count} 個あります）。", "There is no box number {number}; there are {count}.")
CLASS_NUMBER = "class {number}"


@dataclass(frozen=True, eq=False)
class Answer:
    """What a detector found, surest first. ``boxes``: (n, 4) x1, y1, x2, y2 in pixels of the picture; ``labels``: (n,) names;
    ``scores``: (n,) 0 to 1."""

    boxes: Floats
    labels: tuple[str, ...]
    scores: Floats

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, eq=False)
class View:
    """A picture in a detector: the ``picture`` with notes on how it was scaled, as a tensor ``x`` (3, H, W) from 0 to 1, all that was ``seen``, and
    how many ``seconds`` that took."""

    picture: Picture
    x: Tensor
    seen: Seen
    seconds: float


class Running(RunningSystem):
    """A detector. ``network``: the torch module in evaluation mode; ``labels``: of its classes; ``card``: of its bundled weights."""

    network: Any
    variant: Variant

    def __init__(self, entry: System, variant: Variant | None, *, weights: str | Path | None = None, device: str = "auto", **settings: Any) -> None:
        """``weights``: the user's own checkpoint. Raises InputError when it fits no network of this system, WeightsMissing without any."""
        super().__init__(entry, variant, device)
        self.no_settings(settings)
        if variant is None or not variant.model:
            raise InputError(about(NOT_BUILT, entry.name))
        self.network, self.card = trained(variant, weights)
        if not hasattr(self.network, "look"):
            raise InputError(about(NOT_BUILT, entry.name))
        self.variant = variant
        self.network.to(self.device)
        for module in self.network.modules():  # values that are looked at are not written over; so one pass is enough to keep them all
            if getattr(module, "inplace", False):
                module.inplace = False
        self.labels = labels_of(variant, self.card)
        self._recordings: list[tuple[View, Recording]] = []  # of the last picture

    # the answer

    def view(self, x: Source | View, least: float = LEAST) -> View:
        """One pass over a picture, for any number of lenses. Raises InputError."""
        if isinstance(x, View):
            return x
        whole = open_picture(x)
        pixels = torch.from_numpy(np.ascontiguousarray(whole.pixels)).to(self.device)
        values = pixels.permute(2, 0, 1).float().div(255)
        begun = time.perf_counter()
        with torch.no_grad():
            seen: Seen = self.network.look(values, least)
        seconds = time.perf_counter() - begun
        return View(Picture(whole.pixels, whole.name, (*whole.notes, *scaling(whole.pixels.shape[:2], seen.size))), values, seen, seconds)

    def run(self, x: Any, threshold: float = THRESHOLD, overlap: float = OVERLAP, **settings: Any) -> Answer:
        """What is on a picture: a path, a sample's name, bytes, a Pillow image or an array.

        ``threshold``: boxes less sure are left out; ``overlap``: of two boxes of a class that overlap more (intersection over union), the surer one
        stays. Raises InputError.
        """
        self.no_settings(settings)
        found = self.view(x, min(threshold, LEAST)).seen.candidates
        return self.answer(found[keep(found, threshold, overlap, MOST)])

    def answer(self, found: Candidates) -> Answer:
        """Candidates with the names of their classes."""
        names = tuple(self.labels[int(label) - 1] for label in found.labels)
        return Answer(found.boxes.cpu().double().numpy(), names, found.scores.cpu().double().numpy())

    def boxes(self, view: View, found: Candidates | None = None) -> Boxes:
        """All candidates of a picture, surest first, at most ``MOST``; or those given."""
        found = found if found is not None else shown(view)
        return Boxes(
            view.picture, found.boxes.cpu().double().numpy(), found.labels.cpu().numpy() - 1, found.scores.cpu().double().numpy(), self.labels
        )

    # lenses

    def _look(self, lens: str, x: Any, settings: Mapping[str, Any]) -> Result:
        lenses: dict[str, Any] = {"detections": lambda view: self.boxes(view), "feature_maps": self.feature_maps, "box_activation": self.box_activation}
        if lens not in lenses:
            raise InputError(about(NOT_BUILT, self.entry.name))
        try:
            result: Result = lenses[lens](self.view(x), **settings)
        except TypeError as error:
            unknown = str(error).partition("unexpected keyword argument ")[2].strip("'")
            if not unknown:
                raise
            self.no_settings({unknown: None})
            raise
        return result

    def recording(self, view: View) -> Recording:
        """Everything the network computed on a picture; of one that looks at crops, on the crop of its surest candidate."""
        for known, recording in self._recordings:
            if known is view:
                return recording
        recording = record(self.network, self.network.given(view.x, view.seen), self.network.through)
        self._recordings = [(view, recording)]
        return recording

    def layers(self, view: View) -> tuple[str, ...]:
        """The layers whose output is maps, in the order they ran."""
        return layers_with_places(self.recording(view))

    def default_layer(self, view: View) -> str:
        """The layer to look at first: the last of the catalogue's whose maps have at least ``PLACES`` places."""
        layers, recording = self.layers(view), self.recording(view)
        known = [tap for tap in self.variant.taps if tap in layers]
        fine = [tap for tap in known if recording.of(self.network, tap)[0, 0].numel() >= PLACES]
        return fine[-1] if fine else known[0] if known else layers[-1]

    def network_graph(self, view: View) -> Graph:
        """The catalogue's layers worth tapping, as blocks, those of one list in one group, and what flows between them."""
        recording = self.recording(view)
        taps = [tap for tap in self.variant.taps if tap in recording.trace.leaves]
        lists = Counter(tap.rpartition(".")[0] for tap in taps if tap.rpartition(".")[2].isdigit())
        known = tuple(Block(tap, parent if lists[parent := tap.rpartition(".")[0]] > 1 else "") for tap in taps)
        return graph(self.network, recording, known)

    def faces(self, view: View) -> dict[str, Maps]:
        """The clearest map of every tapped layer that puts out maps."""
        found = {}
        for tap in self.variant.taps:
            if tap in self.layers(view):
                values = self.recording(view).of(self.network, tap)
                clearest = int(values[0].flatten(1).std(1, correction=0).argmax())
                found[tap] = feature_maps(values[:, clearest : clearest + 1], tap)
        return found

    def feature_maps(self, x: Source | View, layer: str = "") -> Maps:
        """What a layer puts out; by default the last but one of those worth tapping. Raises InputError for an unknown layer."""
        view = self.view(x)
        layer = layer or self.default_layer(view)
        return feature_maps(self.recording(view).of(self.network, layer), layer)

    def box_activation(self, x: Source | View, box: int = 0, layer: str = "") -> Overlay:
        """The places that spoke for one of the boxes, by its number among ``boxes``; by default the surest.

        ``layer``: by default the last of the catalogue's, of those with at least ``PLACES`` places, that the box depends on. Raises InputError.
        """
        view = self.view(x)
        found = view.seen.candidates
        if not 0 <= box < len(found):
            raise InputError(NO_CANDIDATE.format(number=box, count=len(found)))
        used = layer
        for used in [layer] if layer else self._layers_for_boxes(view):
            heat = box_activation(self.network, used, lambda: self.network.evidence(view.x, view.seen, box))
            if heat.max() > 0:
                break
        height, width = view.x.shape[1:]
        if "crops" in view.seen.extra:
            heat = self._of_crop(view, heat, int(found.sources[box]))
        spread = F.interpolate(heat[None, None], (height, width), mode="bilinear", align_corners=False)[0, 0]
        return Overlay(view.picture, spread.cpu().double().numpy(), self.labels[int(found.labels[box]) - 1], used)

    def _layers_for_boxes(self, view: View) -> list[str]:
        """The tapped layers that put out maps, those to look at first at the beginning."""
        layers = self.layers(view)
        known = [tap for tap in self.variant.taps if tap in layers] or [self.default_layer(view)]
        begin = known.index(self.default_layer(view))
        return known[begin::-1]

    def given(self, view: View) -> tuple[Tensor, tuple[float, float, float, float]]:
        """What the convolutions were given, (3, h, w) from 0 to 1, and where that lies in the picture: x1, y1, x2, y2 in its pixels.

        That is the whole picture at their size; of a network that looks at crops, the crop of its surest candidate (see ``recording``).
        """
        height, width = view.x.shape[1:]
        crops, found = view.seen.extra.get("crops"), view.seen.candidates
        if crops is None or not len(found):
            size = view.seen.size if crops is None else (self.network.config.side,) * 2
            return F.interpolate(view.x[None], size, mode="bilinear", antialias=True, align_corners=False)[0], (0.0, 0.0, float(width), float(height))
        source = int(found.sources[0])
        across, down = width / view.seen.size[1], height / view.seen.size[0]
        x1, y1, x2, y2 = self._crop(view, source)
        return crops[source], (max(0.0, x1 * across), max(0.0, y1 * down), min(float(width), x2 * across), min(float(height), y2 * down))

    def _crop(self, view: View, source: int) -> tuple[int, int, int, int]:
        """Where a crop lies, with its surroundings, in pixels of the network's input: x1, y1, x2, y2, maybe beyond it."""
        box = view.seen.extra["proposals"][source]
        sides = (box[2:] - box[:2]) * self.network.config.context
        x1, y1, x2, y2 = torch.cat([box[:2] - sides, box[2:] + sides]).round().int().tolist()
        return x1, y1, x2, y2

    def _of_crop(self, view: View, heat: Tensor, source: int) -> Tensor:
        """The heat of a crop at its place in the network's input."""
        height, width = view.seen.size
        x1, y1, x2, y2 = self._crop(view, source)
        part = F.interpolate(heat[None, None], (max(1, y2 - y1), max(1, x2 - x1)), mode="bilinear", align_corners=False)[0, 0]
        whole = torch.zeros(height, width, device=heat.device)
        top, left = max(0, y1), max(0, x1)
        bottom, right = min(height, y1 + part.shape[0]), min(width, x1 + part.shape[1])
        whole[top:bottom, left:right] = part[top - y1 : bottom - y1, left - x1 : right - x1]
        return whole


def shown(view: View) -> Candidates:
    """The surest candidates of a picture, which are first."""
    found = view.seen.candidates
    return found[torch.arange(min(len(found), MOST))]


def scaling(shape: tuple[int, int], given: tuple[int, int]) -> tuple[Text, ...]:
    """What is said of a picture (height, width) that the network was given in another size."""
    if tuple(shape) == tuple(given):
        return ()
    words = SCALED if shape[0] * shape[1] > given[0] * given[1] else ENLARGED
    told = words.format(width=given[1], height=given[0])
    warped = abs(np.log((given[1] / shape[1]) / (given[0] / shape[0]))) > 0.05
    return (told, WARPED) if warped else (told,)


def labels_of(variant: Variant, card: Card | None = None) -> tuple[str, ...]:
    """The names of a detector's classes, without background."""
    if card is not None and card.input.get("classes"):
        return tuple(map(str, card.input["classes"]))
    if variant.classes in CLASSES:
        return tuple(text.en for text in CLASSES[variant.classes])
    return tuple(CLASS_NUMBER.format(number=number) for number in range(1, 101))
