"""Chapter 2, recognition, from Python: a network that says what is on a picture, and the lenses to look into it.

>>> net = load("resnet")
>>> answer = net.run("cat")
>>> answer.label, answer.top(3)
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from explorer.catalogue.classes import CLASSES
from explorer.catalogue.schema import System, Variant
from explorer.engine.data import cifar10
from explorer.engine.inputs import digits
from explorer.engine.inputs.pictures import Source, open_picture
from explorer.engine.inputs.preparation import Given, Preparation
from explorer.engine.lenses import atlas as atlases
from explorer.engine.lenses import attribution as attributions
from explorer.engine.lenses import excitation as excitations
from explorer.engine.lenses import occlusion as occlusions
from explorer.engine.lenses.class_activation import NO_CLASS, class_activation_growing, layers_with_places, method_named, possible_methods, recommended_layer
from explorer.engine.lenses.convolution import take_apart, way_to
from explorer.engine.lenses.feature_maps import feature_maps
from explorer.engine.lenses.filters import colour_filters, filters
from explorer.engine.lenses.gradients import gradient_norms, ordinary_weights, series, without_norm
from explorer.engine.lenses.graph import blocks, graph
from explorer.engine.lenses.probabilities import probabilities
from explorer.engine.lenses.receptive_field import box, receptive_field
from explorer.engine.lenses.shift import NAMES, pooling_shifts, same_weights
from explorer.engine.lenses.sliding import Judged, Nothing, Seen, judge, sightings, slide
from explorer.engine.lenses.stacked import stacked
from explorer.engine.lenses.tensor import tensor_facts
from explorer.engine.lenses.trace import Recording, record
from explorer.engine.system import NOT_BUILT, RunningSystem, about, trained
from explorer.engine.systems import apart
from explorer.engine.weights.atlas import NO_ATLAS, Atlas, atlas_name, load_atlas
from explorer.engine.weights.cards import Card
from explorer.engine.weights.load import last_layer
from explorer.resources import resource
from explorer.results import Boxes, Bundle, Curves, Graph, Maps, Matrix, Overlay, Picture, Points, Region, Result, Scores, Series
from explorer.results import Tensor as TensorFacts
from explorer.results.base import Floats
from explorer.words import InputError, Text

UNKNOWN_CLASS = Text("「{name}」というクラスはありません。", "There is no class called “{name}”.")
NO_DEPTHS = Text("{system}は深さを変えて比べられません。", "{system} cannot be built at several depths.")
BAD_DEPTH = Text("{depth} 層のネットワークは作れません。", "There is no such network of {depth} layers.")
CLASS_NUMBER = "class {number}"

DEPTHS = (8, 20, 32, 56)
BATCH = 8  # pictures in the batch whose gradient is measured
BLOCK = Text("ブロック(1 が画像の側)", "block (1 is next to the picture)")
NORM = Text("勾配のノルム(学習前・{norm})", "gradient norm, untrained, {norm}")
WITH_NORM, NO_NORM = Text("バッチ正規化あり", "with batch norm"), Text("バッチ正規化なし", "without batch norm")
WITH, WITHOUT = Text("{depth} 層・残差接続あり", "{depth} layers, with"), Text("{depth} 層・なし", "{depth} layers, without")


@dataclass(frozen=True, eq=False)
class Answer:
    """What a classifier says. ``labels``, ``probabilities``: all classes, in the network's own order; (classes,) float adding to 1."""

    labels: tuple[str, ...]
    probabilities: Floats

    @property
    def label(self) -> str:
        """The most likely class."""
        return self.labels[int(np.argmax(self.probabilities))]

    def top(self, count: int = 5) -> tuple[tuple[str, float], ...]:
        """The most likely classes and their probabilities, most likely first."""
        order = np.argsort(-self.probabilities, kind="stable")[:count]
        return tuple((self.labels[int(i)], float(self.probabilities[int(i)])) for i in order)


@dataclass(frozen=True, eq=False)
class View:
    """A picture in a network: what it was given and everything it computed."""

    given: Given
    seen: Recording


@dataclass(frozen=True)
class Patch:
    """A part of picture ``number`` that excites a unit: ``box`` x1, y1, x2, y2 in its pixels; ``activation`` of the unit there."""

    number: int
    box: tuple[float, float, float, float]
    activation: float


class Running(RunningSystem):
    """A classifier. ``network``: the torch module in evaluation mode; ``labels``: of its classes; ``card``: of its bundled weights."""

    network: nn.Module
    variant: Variant

    def __init__(self, entry: System, variant: Variant | None, *, weights: str | Path | None = None, device: str = "auto", **settings: Any) -> None:
        """``weights``: the user's own checkpoint. Raises InputError when it fits no network of this system, WeightsMissing without any."""
        super().__init__(entry, variant, device)
        self.no_settings(settings)
        if variant is None or not variant.model:
            raise InputError(about(NOT_BUILT, entry.name))
        self.network, self.card = trained(variant, weights)
        self.variant = variant
        self.network.to(self.device)
        self.preparation = preparation_of(variant, self.card)
        self.labels = labels_of(variant, _classes(self.network), self.card)
        self.temperature = self.card.metrics.get("temperature", 1.0) if self.card else 1.0
        self.nothing = nothing_of(self.card)
        self.own_weights = weights is not None

    # the answer

    def prepare(self, x: Source) -> Given:
        """The network's input from anything that opens as a picture. Raises InputError."""
        given = self.preparation(open_picture(x))
        return Given(given.x.to(self.device), given.pixels, given.whole, given.crop)

    def view(self, x: Source | View) -> View:
        """One forward pass over a picture with all its values, for any number of lenses. Raises InputError."""
        if isinstance(x, View):
            return x
        given = self.prepare(x)
        return View(given, record(self.network, given.x))

    def run(self, x: Any, **settings: Any) -> Answer:
        """What is on a picture: a path, a sample's name, bytes, a Pillow image or an array. Raises InputError."""
        self.no_settings(settings)
        with torch.no_grad():
            scores = self.scores(self.network(self.prepare(x).x))
        return Answer(scores.names, scores.values)

    def scores(self, output: Tensor) -> Scores:
        """The probabilities of all classes, with the card's temperature."""
        return probabilities(output, self.labels, self.temperature)

    def class_number(self, name: str | int | None, output: Tensor) -> int:
        """The number of a class by its name or number; None: the most likely. Raises InputError for an unknown name."""
        if name is None:
            return int(output[0].argmax())
        if isinstance(name, int):
            return name
        words = {text.ja: text.en for text in CLASSES.get(self.variant.classes, ())}
        if words.get(name, name) not in self.labels:
            raise InputError(UNKNOWN_CLASS.format(name=name[:60]))
        return self.labels.index(words.get(name, name))

    def known_class(self, name: str | int | None, output: Tensor) -> int:
        """As ``class_number``; also raises InputError for a number that no class has."""
        number = self.class_number(name, output)
        if not 0 <= number < output.shape[-1]:
            raise InputError(NO_CLASS.format(number=number, last=output.shape[-1] - 1))
        return number

    # lenses

    def _look(self, lens: str, x: Any, settings: Mapping[str, Any]) -> Result:
        try:
            if lens in apart.LENSES:
                *_, answer = apart.LENSES[lens](self, self.view(x), **settings)
                return answer
            return cast(Callable[..., Result], getattr(self, lens))(x, **settings)
        except TypeError as error:
            unknown = str(error).partition("unexpected keyword argument ")[2].strip("'")
            if not unknown:
                raise
            self.no_settings({unknown: None})
            raise

    def feature_maps(self, x: Source | View, layer: str = "") -> Maps:
        """What a layer puts out; by default the last but one of those worth tapping."""
        view = self.view(x)
        layer = layer or self.default_layer(view)
        return feature_maps(view.seen.of(self.network, layer), layer)

    def filters(self, x: Any = None, layer: str = "", output_map: int | None = None) -> Maps:
        """The kernels of a convolution; of every output map the strongest, or all of one output map. Of a layer that has none (a pooling, a
        ReLU): those of the last convolution before it."""
        layer = layer or (self.variant.taps[0] if self.variant.taps else next(iter(dict(self.network.named_children()))))
        names = [name for name, _ in self.network.named_modules()]
        if layer in names and not any(isinstance(module, nn.Conv2d) for module in self.network.get_submodule(layer).modules()):
            before = [name for name in names[: names.index(layer)] if isinstance(self.network.get_submodule(name), nn.Conv2d)]
            layer = before[-1] if before else layer
        return filters(self.network, layer, output_map)

    def class_activation(
        self, x: Source | View, class_name: str | int | None = None, layer: str = "", method: str = "auto", signed: bool = False
    ) -> Overlay:
        """The places that spoke for a class, by default the most likely one.

        ``method``: "cam", "grad-cam", "grad-cam++", "layer-cam", "score-cam", or "auto" for the one recommended at the layer. Raises
        InputError.
        """
        *_, (_, _, overlay) = self.class_activation_growing(x, class_name, layer, method, signed)
        return overlay

    def class_activation_growing(
        self, x: Source | View, class_name: str | int | None = None, layer: str = "", method: str = "auto", signed: bool = False
    ) -> Iterator[tuple[int, int, Overlay]]:
        """``class_activation`` step by step: steps done, of how many, the map so far."""
        view = self.view(x)
        number = self.class_number(class_name, view.seen.output)
        label = self.labels[number] if 0 <= number < len(self.labels) else ""
        picture = view.given.sharp()
        yield from class_activation_growing(
            self.network, view.seen, picture, number, layer=layer, method=method_named(method), signed=signed, label=label
        )

    def attribution(self, x: Source | View, class_name: str | int | None = None, method: str = "integrated-gradients", seed: int = 0) -> Overlay:
        """How much each pixel counted for a class's score, by default the most likely class's; over the network's own pixels.

        ``method``: "integrated-gradients", "gradient-x-input", "gradient" or "smoothgrad" (``seed`` is of its noise). Raises InputError.
        """
        *_, (overlay, _) = self.attribution_growing(x, class_name, method, seed)
        return overlay

    def attribution_growing(
        self, x: Source | View, class_name: str | int | None = None, method: str = "integrated-gradients", seed: int = 0
    ) -> Iterator[tuple[Overlay, attributions.Attribution]]:
        """``attribution`` step by step, with how far it is and whether it is complete."""
        view = self.view(x)
        number = self.known_class(class_name, view.seen.output)
        chosen = attributions.method_named(method)
        for found in attributions.attribution(self.network, view.seen.x, number, chosen, seed=seed):
            heat = found.values.cpu().numpy()
            yield Overlay(view.given.pixels, heat, self.labels[number], "", chosen in attributions.SIGNED), found

    def occlusion(self, x: Source | View, class_name: str | int | None = None, patch: int | None = None, stride: int | None = None) -> Overlay:
        """How far a class's probability falls with a grey square over each part; the mean over the squares that cover a pixel.

        ``patch``, ``stride``: in pixels of the network's input; by default a quarter and a sixteenth of its side. Raises InputError.
        """
        *_, (overlay, _) = self.occlusion_growing(x, class_name, patch, stride)
        return overlay

    def occlusion_growing(
        self, x: Source | View, class_name: str | int | None = None, patch: int | None = None, stride: int | None = None
    ) -> Iterator[tuple[Overlay, occlusions.Occlusion]]:
        """``occlusion`` step by step, with the drop at each place of the square so far."""
        view = self.view(x)
        number = self.known_class(class_name, view.seen.output)
        usual = occlusions.usual_patch(min(view.seen.x.shape[2:]))
        side = usual[0] if patch is None else patch
        step = min(usual[1], side) if stride is None else stride
        for found in occlusions.occlusion(self.network, view.seen.x, number, side, step, temperature=self.temperature):
            yield Overlay(view.given.pixels, found.drops.cpu().numpy(), self.labels[number], "", True), found

    def receptive_field(self, x: Source | View, layer: str = "", row: int | None = None, column: int | None = None, unit: int | None = None) -> Region:
        """What one value of a layer depends on, by default the middle one; over the network's own pixels."""
        view = self.view(x)
        layer = layer or self.default_layer(view)
        row, column = self.place(view, layer, row, column)
        return receptive_field(self.network, view.seen, view.given.pixels, layer, row, column, unit)

    def pooling(self, x: Source | View, layer: str = "") -> Bundle:
        """The picture moved by 0 to 8 pixels through this network with each kind of pooling, the same weights; see ``lenses.shift``."""
        view = self.view(x)
        network: Any = self.network
        stages: tuple[str, ...] = network.stages
        stage = layer.partition(".")[0]
        kinds = {kind: type(network)(replace(network.config, pooling=kind)).to(self.device) for kind in NAMES}
        same_weights(kinds, self.network)
        return pooling_shifts(kinds, view.given.x, view.given.pixels.pixels, stage if stage in stages else stages[-1], self.temperature)

    def stacked(self, x: Source | View, layer: str = "", count: int = 2) -> Bundle:
        """``count`` 3x3 convolutions of the network against one window that sees as much; see ``lenses.stacked``."""
        view = self.view(x)
        return stacked(self.network, view.seen, layer or self.default_layer(view), count)

    def sightings(self, x: Source | View, least: float = 0.0) -> Boxes:
        """Where on a photograph of any size the classes were seen, the network slid over it; surest first. ``least``: how sure, 0 to 1."""
        whole = x.given.whole if isinstance(x, View) else open_picture(x)
        *_, (seen, judged) = (found for _, found in self.sliding(whole) if found is not None)
        found = sightings(seen, judged, least)
        boxes = np.array([one.box for one in found], float).reshape(-1, 4)
        return Boxes(whole, boxes, np.array([one.label for one in found], int), np.array([one.score for one in found], float), self.labels)

    def sliding(self, whole: Picture) -> Iterator[tuple[float, tuple[Seen, Judged] | None]]:
        """The network slid over a photograph, the largest windows first: the share done, and after each size everything seen so far."""
        for share, seen in slide(self.network, whole.pixels, self._part, self.preparation.size, self.device):
            yield share, (seen, judge(seen, self.temperature, self.nothing)) if seen is not None else None

    def _part(self, pixels: np.ndarray[Any, Any]) -> Tensor:
        return self.preparation(Picture(np.ascontiguousarray(pixels))).x

    def none_of_them(self, output: Tensor) -> float | None:
        """How likely one picture's output (1, classes) shows none of the classes, 0 to 1; None where that was never measured."""
        if self.nothing is None:
            return None
        return float(judge(Seen(np.array([[0, 0, 1, 1]]), np.array([0]), output.detach().cpu().double().numpy(), (1,)), self.temperature, self.nothing).none[0])

    def excites(
        self, x: Source | View = None, layer: str | None = None, unit: int = 0, class_name: str | int | None = None, steps: int = 0, seed: int = 0
    ) -> Picture:
        """The picture that excites a unit of a layer most, or with ``class_name`` a class; of the size of the network's input. Raises InputError."""
        *_, last = self.excites_growing(x, layer, unit, class_name, steps, seed)
        return excitation_picture(last)

    def excites_growing(
        self, x: Source | View = None, layer: str | None = None, unit: int = 0, class_name: str | int | None = None, steps: int = 0, seed: int = 0,
        from_picture: bool = False,
    ) -> Iterator[excitations.Excitation]:  # fmt: skip
        """``excites`` step by step. ``steps``: 0 for as many as take a few seconds. ``from_picture``: climb from the picture, not from noise."""
        size = self.preparation.size
        layer, unit = self.unit_of(layer, unit, class_name)
        start = None
        if from_picture:
            start = torch.from_numpy(self.view(x).given.pixels.pixels.copy()).permute(2, 0, 1).to(self.device).float() / 255
            steps = steps or excitations.FROM_STEPS
        steps = steps or (256 if size <= 64 else 96)
        yield from excitations.excite(self.network, (size, size), self.preparation.normalise, layer, unit, steps=steps, seed=seed, start=start)

    def unit_of(self, layer: str | None, unit: int, class_name: str | int | None) -> tuple[str, int]:
        """The layer, empty for the network's output, and the number of a unit or a class in it. Raises InputError for an unknown class."""
        if class_name is not None:
            return "", self.known_class(class_name, torch.zeros(1, len(self.labels)))
        if layer is None:
            layer = self.variant.taps[-1] if self.variant.taps else recommended_layer(self.network, self.view(Picture(np.zeros((32, 32, 3), np.uint8)).pixels).seen)
        return layer, unit

    def strongest_patches(self, view: View, pictures: list[Picture], layer: str, unit: int, most: int = 8) -> Iterator[tuple[float, list[Patch]]]:
        """The parts of pictures that excite a unit most, strongest first: the receptive field of the place where it is largest.

        Every picture is looked at whole and in overlapping parts. After each picture the share done and the strongest so far.
        """
        spots: list[excitations.Spot] = []
        boxes: list[tuple[float, float, float, float]] = []
        size = self.preparation.size
        for number, picture in enumerate(pictures):
            parts = excitations.windows(*picture.pixels.shape[:2])
            inputs = []
            for x1, y1, x2, y2 in parts:
                small = Image.fromarray(picture.pixels[y1:y2, x1:x2]).resize((size, size), self.preparation.interpolation)
                inputs.append(self.preparation.normalise(torch.from_numpy(np.array(small)).permute(2, 0, 1).float() / 255))
            places = excitations.strongest_places(self.network, layer, unit, torch.stack(inputs).to(self.device))
            for part, (row, column, value) in zip(parts, places, strict=True):
                seen = (0.0, 0.0, float(size), float(size))
                if layer and len(view.seen.trace.shapes[view.seen.trace.leaves[layer]]) == 4:
                    seen = box(view.seen, layer, row, column)
                scale = (part[2] - part[0]) / size
                clipped = [min(max(0.0, float(one)), float(size)) * scale for one in seen]
                boxes.append((part[0] + clipped[0], part[1] + clipped[1], part[0] + clipped[2], part[1] + clipped[3]))
                spots.append(excitations.Spot(number, part, row, column, value))
            chosen = excitations.ranked(spots, boxes, most)
            yield (number + 1) / len(pictures), [Patch(spots[i].number, boxes[i], spots[i].activation) for i in chosen]

    def activation(self, view: View, layer: str, unit: int) -> float:
        """The activation of a unit for a picture: of a map its mean; of the network's output with an empty layer."""
        values = view.seen.of(self.network, layer) if layer else view.seen.output
        return float(excitations.activation(values, unit, layer))

    def confusion(self, x: Any = None) -> Matrix:
        """Which class of test pictures (rows) was taken for which (columns): counts. Raises InputError where that was never measured."""
        return Matrix(self.atlas_file().confusion.astype(float), self.labels, self.labels)

    def atlas(self, x: Source | View = None) -> Points:
        """Test pictures on a plane, by what the network makes of them; ``held_out``: those it got wrong. With a picture, it is the last point,
        in the group of its answer. Raises InputError where that was never measured."""
        known = self.atlas_file()
        xy, groups, wrong = known.points.astype(float), known.labels.astype(int), (known.labels != known.said).astype(int)
        if x is not None:
            view = self.view(x)
            xy = np.vstack([xy, self.placed(view).point])
            groups, wrong = np.append(groups, int(view.seen.output[0].argmax())), np.append(wrong, 0)
        return Points(xy, groups, self.labels, wrong)

    def placed(self, view: View) -> atlases.Placed:
        """Where a picture lies on the map of the test pictures. Raises InputError where there is no map."""
        known = self.atlas_file()
        layer = last_layer(self.network)
        went_in = atlases.pooled(view.seen.values[view.seen.trace.enters[layer]]).cpu().numpy()
        return atlases.place(known.reduce(went_in)[0], known.features, known.points)

    def atlas_file(self) -> Atlas:
        """What was recorded of the test pictures with these weights. Raises InputError where nothing was, or the file does not belong to them."""
        path = resource("weights", atlas_name(self.variant.file or self.variant.name))
        missing = NO_ATLAS.format(variant=self.variant.label)
        if self.own_weights or not path.is_file():
            raise InputError(missing)
        known = load_atlas(path, self.card)
        if len(known.confusion) != len(self.labels) or len(known.mean) != self.network.get_parameter(f"{last_layer(self.network)}.weight").shape[1]:
            raise InputError(missing)
        return known

    def place(self, view: View, layer: str, row: int | None, column: int | None) -> tuple[int, int]:
        """A place of a layer's output: the given one, or the middle."""
        shape = view.seen.of(self.network, layer).shape
        middle = (shape[2] // 2, shape[3] // 2) if len(shape) == 4 else (0, 0)
        return middle[0] if row is None else row, middle[1] if column is None else column

    def gradients(self, x: Source | View = None, **settings: Any) -> Curves:
        """``gradients_growing`` to its end."""
        *_, curves = self.gradients_growing(x, **settings)
        return curves

    def gradients_growing(self, x: Source | View = None, depths: tuple[int, ...] = DEPTHS, residual: bool | None = None, norm: bool = False, seed: int = 0) -> Iterator[Curves]:
        """Gradient norm by block of untrained networks of this kind at several depths, a line more each time.

        The weights are drawn as torch does by default, the same for both networks of a pair; the batch is the picture, shifted and
        mirrored, 32 pixels wide (without a picture: noise).

        Args:
            depths: in layers. residual: only with, or only without the residual connections; None: both. norm: with batch normalisation.

        Raises InputError where the system's model cannot be built at such depths.
        """
        at_depth = getattr(importlib.import_module(self.variant.model.partition(":")[0]), "at_depth", None)
        if at_depth is None:
            raise InputError(about(NO_DEPTHS, self.entry.name))
        batch = shifted(self.view(x).given.x.cpu() if x is not None else torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(seed)))
        lines: list[Series] = []
        for depth in depths:
            for kept in (True, False) if residual is None else (residual,):
                try:
                    network = ordinary_weights(at_depth(depth, residual=kept), seed)
                except ValueError as error:
                    raise InputError(BAD_DEPTH.format(depth=depth)) from error
                norms = gradient_norms(network if norm else without_norm(network), batch, torch.arange(BATCH))
                lines.append(series((WITH if kept else WITHOUT).format(depth=depth), norms, main=kept and depth == max(depths)))
                words = WITH_NORM if norm else NO_NORM
                yield Curves(tuple(lines), BLOCK, NORM.format(norm=words), y_log=True)

    # what the page shows besides the lenses

    def default_layer(self, view: View) -> str:
        """The layer to look at first: the last but one of the catalogue's."""
        known = [tap for tap in self.variant.taps if tap in view.seen.trace.leaves]
        return known[-2] if len(known) > 1 else known[0] if known else recommended_layer(self.network, view.seen)

    def network_graph(self, view: View) -> Graph:
        """The blocks of the running network and what flows between them."""
        return graph(self.network, view.seen)

    def faces(self, view: View) -> dict[str, Maps]:
        """The clearest map of every block that puts out maps."""
        found = {}
        for block in blocks(self.network):
            if block.name in view.seen.trace.leaves:
                values = view.seen.of(self.network, block.name)
                if values.dim() == 4:
                    clearest = int(values[0].flatten(1).std(1, correction=0).argmax())
                    found[block.name] = feature_maps(values[:, clearest : clearest + 1], block.name)
        return found

    def highest(self, view: View) -> float:
        """The largest size of a value in the maps that the blocks put out."""
        names = [block.name for block in blocks(self.network) if block.name in view.seen.trace.leaves]
        values = [view.seen.of(self.network, name) for name in names]
        return max((float(one.abs().max()) for one in values if one.dim() == 4), default=0.0)

    def layers(self, view: View) -> tuple[str, ...]:
        """The layers whose output is maps, in the order they ran."""
        return layers_with_places(view.seen)

    def methods(self, view: View, layer: str = "") -> tuple[str, ...]:
        """The class activation methods that are possible at a layer, the recommended first."""
        return possible_methods(self.network, view.seen, layer)

    def colour_filters(self, layer: str) -> Picture | None:
        """The filters of a convolution over colours as coloured tiles; None for others."""
        return colour_filters(self.network, layer)

    def convolution(self, x: Source | View, layer: str = "", output_map: int = 0, row: int = 0, column: int = 0, input_map: int | None = None) -> Bundle:
        """The arithmetic of one value of a layer.

        Parts ``arithmetic`` and ``input`` (the map the window lies on); without them where the layer's values are no convolution's.
        Facts: ``layer``, ``convolution`` (its name), ``inputs`` (how many maps), ``window`` (top, left, bottom, right in the input map),
        ``field`` (x1, y1, x2, y2 of the value's receptive field in the pixels given to the network), ``kernel_high`` (the largest weight
        of this output map, without its sign).
        """
        view = self.view(x)
        layer = layer or self.default_layer(view)
        if view.seen.of(self.network, layer).dim() != 4 or not way_to(view.seen, layer):
            return Bundle({}, facts={"layer": layer})
        taken = take_apart(self.network, view.seen, layer, output_map, row, column, input_map)
        source = view.seen.values[taken.source]
        index = taken.arithmetic.input_map
        (top, left), (down, across) = taken.corner, taken.dilation
        height, width = taken.arithmetic.kernel.shape
        weight = cast(nn.Conv2d, self.network.get_submodule(taken.convolution)).weight[output_map]
        return Bundle(
            {"arithmetic": taken.arithmetic, "input": feature_maps(source[:, index : index + 1], taken.convolution)},
            facts={
                "layer": layer,
                "convolution": taken.convolution,
                "inputs": source.shape[1],
                "window": (top, left, top + (height - 1) * down + 1, left + (width - 1) * across + 1),
                "field": box(view.seen, layer, row, column),
                "kernel_high": float(weight.abs().max().detach()),
            },
        )

    def tensor(self, x: Source | View, layer: str) -> TensorFacts:
        """Facts about what a layer puts out, or about a parameter by its name."""
        parameters = dict(self.network.named_parameters())
        if layer in parameters:
            return tensor_facts(layer, parameters[layer])
        view = self.view(x)
        return tensor_facts(layer, view.seen.of(self.network, layer))


def _classes(network: nn.Module) -> int:
    return len(network.get_parameter(f"{last_layer(network)}.weight"))


def excitation_picture(found: excitations.Excitation) -> Picture:
    """The picture of a step as 8-bit RGB."""
    return Picture(np.ascontiguousarray((found.picture.permute(1, 2, 0).cpu().numpy() * 255).round().astype(np.uint8)))


def labels_of(variant: Variant, count: int, card: Card | None = None) -> tuple[str, ...]:
    """The names of a network's classes: of its card or its label set where their number is right, else "class 0" …"""
    names: tuple[str, ...] = ()
    if card is not None and card.input.get("classes"):
        names = tuple(map(str, card.input["classes"]))
    elif variant.classes in CLASSES:
        names = tuple(text.en for text in CLASSES[variant.classes])
    elif variant.classes == "imagenet1k":
        from torchvision.models._meta import _IMAGENET_CATEGORIES  # takes seconds to import

        names = tuple(_IMAGENET_CATEGORIES)
    return names if len(names) == count else tuple(CLASS_NUMBER.format(number=number) for number in range(count))


def nothing_of(card: Card | None) -> Nothing | None:
    """The score of "none of these" that a card gives, if it was measured."""
    if card is None or "nothing_below" not in card.metrics:
        return None
    return Nothing(card.metrics["nothing_below"], card.metrics.get("nothing_per_doubling", 0.0), card.metrics.get("nothing_alone"))


def preparation_of(variant: Variant, card: Card | None = None) -> Preparation:
    """How a variant takes pictures: as its card says, as torchvision says of the weights with this address, or as its label set does."""
    if variant.classes == "digits":
        return digits.PREPARATION
    if card is not None and card.input.get("mean"):
        size = int(card.input.get("size", variant.size))
        return Preparation(size, size, tuple(card.input["mean"]), tuple(card.input["std"]))
    published = published_preset(variant.url) if variant.url else None
    if published is not None:
        interpolation = Image.Resampling[published.interpolation.name]
        return Preparation(published.crop_size[0], published.resize_size[0], tuple(published.mean), tuple(published.std), interpolation)
    if variant.classes == "cifar10":
        return Preparation(variant.size, variant.size, cifar10.MEAN, cifar10.STD)
    size = variant.size or 224
    return Preparation(size, size * 256 // 224, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


def published_preset(url: str) -> Any:
    """Torchvision's own preprocessing for the weights at an address; None when it has none there."""
    from torchvision import models  # takes seconds to import

    for name in models.list_models(module=models):
        for weights in models.get_model_weights(name):
            if weights.url == url:
                return weights.transforms()
    return None


def shifted(x: Tensor, size: int = 32) -> Tensor:
    """A batch from one picture (1, 3, H, W): made ``size`` × ``size``, each copy moved further, every second mirrored. (BATCH, 3, size, size)."""
    small = nn.functional.interpolate(x.float(), size=(size, size), mode="area")
    copies = [small.roll((2 * i, 3 * i), dims=(2, 3)).flip(3) if i % 2 else small.roll((2 * i, 3 * i), dims=(2, 3)) for i in range(BATCH)]
    return torch.cat(copies)
