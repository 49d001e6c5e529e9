"""What the page of a classifier asks for: its answer, and every lens on one picture.

All tasks but ``open_picture`` and ``fetch_weights`` take ``system``, ``variant`` (a name or None), ``weights`` (the path of the user's own
checkpoint, or None) and ``picture`` (a path, a sample's name or an array). The network stays loaded and the picture's forward pass stays
at hand, so that another layer, class or place of the same picture is answered at once.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from explorer.engine.inputs.pictures import SAMPLES, Source
from explorer.engine.inputs.pictures import open_picture as open_source
from explorer.engine.lenses.attribution import METHODS
from explorer.engine.lenses.attribution import method_named as attribution_named
from explorer.engine.lenses.class_activation import method_named
from explorer.engine.lenses.feature_maps import feature_maps as maps_of
from explorer.engine.lenses.occlusion import usual_patch
from explorer.engine.lenses.sliding import MOST_SIGHTINGS, class_maps
from explorer.engine.lenses.sliding import sightings as sightings_of
from explorer.engine.system import find_system, find_variant, load
from explorer.engine.systems.recognition import DEPTHS, Running, View, excitation_picture
from explorer.engine.weights import store
from explorer.results import Bundle, Curves, Maps, Matrix, Picture, Progress, Result, Series
from explorer.words import InputError, Text, WeightsMissing

LOADING = Text("{name} を用意しています", "Preparing {name}")
LOOKING = Text("画像をネットワークに通しています", "Passing the picture through the network")
SLIDING = Text("写真全体を見ています", "Looking over the whole photograph")
COVERING = Text("画像の一部を隠して答えを見ています", "Covering parts of the picture and watching the answer")
ADDING = Text("画素ごとの寄与を求めています", "Adding up what each pixel contributes")
CLIMBING = Text("ユニットが強く反応する画像を探しています", "Climbing to the picture that excites the unit most")
OPENING = Text("画像を開いています", "Opening pictures")
LOOKING_FOR = Text("強く反応する場所を探しています", "Looking for the places that excite the unit most")
STEP, ACTIVATION = Text("ステップ", "step"), Text("活性", "activation")
MEASURING = Text("勾配を測っています", "Measuring gradients")
NO_CLASSIFIER = Text("{name} は画像を分類するシステムではありません。", "{name} is no system that classifies pictures.")

_networks: dict[tuple[Any, ...], Running] = {}  # the last used, newest last
_views: dict[tuple[Any, ...], View] = {}
NETWORKS_KEPT = 2


def open_picture(*, picture: Source, name: str = "") -> Iterator[Result]:
    """The picture as 8-bit RGB, with notes on what was done to it."""
    yield open_source(picture, name)


def fetch_weights(*, system: str, variant: str | None = None) -> Iterator[Result]:
    """Download a variant's weights into the user's cache. Progress; last a Bundle whose facts say where they are."""
    chosen = find_variant(find_system(system), variant)
    if chosen is None:
        raise InputError(NO_CLASSIFIER.format(name=system))
    yield from store.fetch(chosen)
    yield Bundle({}, facts={"variant": chosen.name, "path": str(store.locate(chosen))})


def weights_here(*, system: str) -> Iterator[Result]:
    """Facts: ``here``: names of the system's variants whose weights are on this machine, bundled or downloaded."""
    here = []
    for variant in find_system(system).variants:
        if variant.weights in ("bundled", "download"):
            with contextlib.suppress(WeightsMissing):
                store.locate(variant)
                here.append(variant.name)
    yield Bundle({}, facts={"here": here})


def network(*, system: str, variant: str | None = None, weights: str | None = None, picture: Source) -> Iterator[Result]:
    """The running network and its answer.

    Parts: ``graph``; ``scores`` (probabilities); ``given`` (the pixels given to the network); ``picture`` (the whole, with notes);
    ``map:<block>`` (the clearest map of each block). Facts: ``layers`` (all whose output is maps), ``layer`` (to look at first), ``crop``
    (x1, y1, x2, y2 of the part used, in pixels of the whole), ``variant``, ``top`` (the five likeliest classes), ``temperature``,
    ``none`` (how likely the picture shows none of the classes; None where that was never measured), ``highest`` (the largest size of a
    value that a block puts out), ``parameters`` (the names of all).
    """
    yield Progress(LOADING.format(name=system))
    running = _running(system, variant, weights)
    yield Progress(LOOKING)
    view = view_of(running, picture)
    scores = running.scores(view.seen.output)
    yield Progress(LOOKING)
    order = np.argsort(-scores.values, kind="stable")[:5]
    faces = {f"map:{name}": maps for name, maps in running.faces(view).items()}
    yield Bundle(
        {"graph": running.network_graph(view), "scores": scores, "given": view.given.pixels, "picture": view.given.whole, **faces},
        facts={
            "layers": running.layers(view),
            "layer": running.default_layer(view),
            "crop": view.given.crop,
            "variant": running.variant.name,
            "top": [(scores.names[int(i)], float(scores.values[int(i)])) for i in order],
            "temperature": running.temperature,
            "none": running.none_of_them(view.seen.output),
            "highest": running.highest(view),
            "parameters": tuple(name for name, _ in running.network.named_parameters()),
        },
    )


def classify(*, system: str, variant: str | None = None, weights: str | None = None, picture: Source) -> Iterator[Result]:
    """The probabilities of all classes."""
    running = yield from prepared(system, variant, weights)
    yield running.scores(view_of(running, picture).seen.output)


def feature_maps(*, system: str, variant: str | None = None, weights: str | None = None, picture: Source, layer: str = "") -> Iterator[Result]:
    """Maps: what a layer puts out."""
    running = yield from prepared(system, variant, weights)
    yield running.feature_maps(view_of(running, picture), layer)


def sightings(*, system: str, variant: str | None = None, weights: str | None = None, picture: Source) -> Iterator[Result]:
    """The network slid over the whole photograph, growing from the largest windows to the smallest.

    Parts: ``maps`` (how sure of each class at each place of the photograph, the classes seen surest); ``windows`` (a row each: x1, y1, x2,
    y2 in pixels, number of its size, number of its class, how sure, how likely none). Facts: ``sightings``: (class, how sure, (x1, y1,
    x2, y2), row of ``windows``), surest first; ``labels``; ``sides`` of the windows in pixels, ``counts`` of them; ``calibrated`` (whether
    "none" was measured); ``done``: 0 to 1.
    """
    running = yield from prepared(system, variant, weights)
    whole = open_source(picture)
    height, width = whole.pixels.shape[:2]
    for share, found in running.sliding(whole):
        if found is None:
            yield Progress(SLIDING, share)
            continue
        seen, judged = found
        best = judged.scores.max(0)
        shown = [int(number) for number in np.argsort(-best, kind="stable")[:MOST_SIGHTINGS]]
        maps = Maps(class_maps(seen, judged, height, width, shown), "photograph", tuple(running.labels[number] for number in shown))
        rows = np.column_stack([seen.boxes, seen.scale, judged.scores.argmax(1), judged.scores.max(1), judged.none])
        windows = Matrix(rows, tuple(map(str, range(len(rows)))), ("x1", "y1", "x2", "y2", "size", "class", "score", "none"))
        first = np.cumsum((0, *seen.windows[:-1]))
        yield Bundle(
            {"maps": maps, "windows": windows},
            facts={
                "sightings": [(running.labels[one.label], one.score, one.box, one.window) for one in sightings_of(seen, judged)],
                "labels": running.labels,
                "sides": [int(seen.boxes[number, 2] - seen.boxes[number, 0]) for number in first],
                "counts": seen.windows,
                "calibrated": running.nothing is not None,
                "done": share,
            },
        )


def filters(
    *, system: str, variant: str | None = None, weights: str | None = None, picture: Source = None, layer: str = "", output_map: int | None = None
) -> Iterator[Result]:
    """Parts: ``filters`` (Maps); ``colours`` (a sheet in colour) where the convolution is over colours."""
    running = yield from prepared(system, variant, weights)
    maps = running.filters(None, layer, output_map)
    colours = running.colour_filters(maps.layer)
    yield Bundle({"filters": maps, **({"colours": colours} if colours is not None else {})}, facts={"layer": maps.layer})


def class_activation(
    *, system: str, variant: str | None = None, weights: str | None = None, picture: Source, class_name: str | int | None = None,
    layer: str = "", method: str = "auto", signed: bool = False,
) -> Iterator[Result]:  # fmt: skip
    """Part ``overlay``. Facts: ``methods`` possible at this layer, the recommended first; ``method`` used; ``probability`` of the class;
    ``tried``, ``maps``: how many of the layer's maps Score-CAM used (growing), of how many."""
    running = yield from prepared(system, variant, weights)
    view = view_of(running, picture)
    methods = running.methods(view, layer)
    used = method_named(methods[0] if method == "auto" else method)
    number = running.known_class(class_name, view.seen.output)
    facts: dict[str, Any] = {"methods": methods, "method": used, "probability": float(running.scores(view.seen.output).values[number])}
    for done, total, overlay in running.class_activation_growing(view, number, layer, used, signed):
        facts["layer"] = overlay.layer
        if used == "score-cam":
            facts |= {"tried": done, "maps": view.seen.of(running.network, overlay.layer).shape[1]}
            yield Progress(COVERING, done / total)
        yield Bundle({"overlay": overlay}, facts=dict(facts))


def attribution(
    *, system: str, variant: str | None = None, weights: str | None = None, picture: Source, class_name: str | int | None = None,
    method: str = "integrated-gradients", seed: int = 0,
) -> Iterator[Result]:  # fmt: skip
    """Part ``overlay``, growing. Facts: ``methods``, the recommended first; ``method`` used; ``probability`` of the class; of integrated
    gradients at the end ``sum``, ``difference`` (of the scores), ``error`` (their deviation as a share), ``steps``."""
    running = yield from prepared(system, variant, weights)
    view = view_of(running, picture)
    number = running.known_class(class_name, view.seen.output)
    facts: dict[str, Any] = {"methods": METHODS, "method": attribution_named(method)}
    facts["probability"] = float(running.scores(view.seen.output).values[number])
    for overlay, found in running.attribution_growing(view, number, method, seed):
        if (whole := found.completeness) is not None:
            facts |= {"sum": whole.total, "difference": whole.difference, "error": whole.error, "steps": whole.steps}
        yield Progress(ADDING, found.done / found.total)
        yield Bundle({"overlay": overlay}, facts=dict(facts))


def occlusion(
    *, system: str, variant: str | None = None, weights: str | None = None, picture: Source, class_name: str | int | None = None,
    patch: int | None = None, stride: int | None = None,
) -> Iterator[Result]:  # fmt: skip
    """Part ``overlay``, growing: the drop in probability. Facts: ``patch``, ``stride`` used (pixels); ``probability`` of the class with
    nothing covered; ``drop`` (the largest at one place so far); ``done``, ``total`` places; ``size`` (shorter side of the input)."""
    running = yield from prepared(system, variant, weights)
    view = view_of(running, picture)
    number = running.known_class(class_name, view.seen.output)
    size = min(view.seen.x.shape[2:])
    patch = usual_patch(size)[0] if patch is None else patch
    stride = min(usual_patch(size)[1], patch) if stride is None else stride
    probability = float(running.scores(view.seen.output).values[number])
    for overlay, found in running.occlusion_growing(view, number, patch, stride):
        drop = float(found.places.nan_to_num(-1.0).max())
        facts = {"patch": patch, "stride": stride, "size": size, "probability": probability, "drop": drop, "done": found.done, "total": found.total}
        yield Progress(COVERING, found.done / found.total)
        yield Bundle({"overlay": overlay}, facts=facts)


def gradients(
    *, system: str, variant: str | None = None, weights: str | None = None, picture: Source = None, depths: tuple[int, ...] = DEPTHS,
    residual: bool | None = None, norm: bool = False, seed: int = 0, depth: int | None = None,
) -> Iterator[Result]:  # fmt: skip
    """Curves, growing by a line a network: gradient norm by block, untrained, with and without the residual connections.

    ``residual``: only with, or only without; None: both. ``norm``: with batch normalisation. ``depth``: this one only.
    """
    running = yield from prepared(system, variant, weights)
    source = view_of(running, picture) if picture is not None else None
    wanted = (depth,) if depth is not None else tuple(depths)
    total = len(wanted) * (2 if residual is None else 1)
    for done, curves in enumerate(running.gradients_growing(source, wanted, residual, norm, seed), start=1):
        yield curves
        yield Progress(MEASURING, done / total)


def excites(
    *, system: str, variant: str | None = None, weights: str | None = None, picture: Source = None, layer: str = "", unit: int = 0,
    class_name: str | int | None = None, steps: int = 0, seed: int = 0,
) -> Iterator[Result]:  # fmt: skip
    """The picture that excites a unit most, or with ``class_name`` a class, growing from noise.

    Parts: ``picture``; ``curve`` (activation by step). Facts: ``activation``, ``step``, ``steps``, ``start`` (of the noise), ``own`` (the
    activation for the user's picture), ``units`` (how many the layer has), ``unit``, ``layer``, ``label`` (of the class), ``done``.
    """
    running = yield from prepared(system, variant, weights)
    view = view_of(running, picture)
    chosen, number = running.unit_of(layer or running.default_layer(view), unit, class_name)
    values = view.seen.of(running.network, chosen) if chosen else view.seen.output
    facts: dict[str, Any] = {
        "layer": chosen, "unit": number, "units": values.shape[1], "label": "" if chosen else running.labels[number],
        "own": running.activation(view, chosen, number),
    }  # fmt: skip
    climbed: list[tuple[int, float]] = []
    sent = begun = time.monotonic()
    for found in running.excites_growing(view, chosen, number, None if chosen else number, steps, seed):
        if found.activation is not None:
            climbed.append((found.step, found.activation))
        last = found.step == found.steps
        now = time.monotonic()
        left = (now - begun) / found.step * (found.steps - found.step) if found.step else None
        yield Progress(CLIMBING, found.step / found.steps, left)
        if last or not found.step or now - sent >= 0.05:
            sent = now
            x, y = np.array(climbed, dtype=float).T
            line = Series(ACTIVATION, x, y, main=True)
            grown = {"activation": climbed[-1][1], "step": found.step, "steps": found.steps, "start": climbed[0][1], "done": last}
            yield Bundle({"picture": excitation_picture(found), "curve": Curves((line,), STEP, ACTIVATION)}, facts=facts | grown)


def strongest_patches(
    *, system: str, variant: str | None = None, weights: str | None = None, picture: Source = None, layer: str = "", unit: int = 0,
    class_name: str | int | None = None, pictures: Sequence[Source] = (),
) -> Iterator[Result]:  # fmt: skip
    """The parts of pictures (those given that open, this one, and the samples) that excite a unit most, growing.

    Parts: ``patch 0`` … (Picture, named after where it is from), strongest first. Facts: ``patches``: (name, activation, box in the
    picture), ``looked_at``: how many pictures.
    """
    running = yield from prepared(system, variant, weights)
    view = view_of(running, picture)
    chosen, number = running.unit_of(layer or running.default_layer(view), unit, class_name)
    opened = [view.given.whole]
    for source in (*pictures, *SAMPLES):
        with contextlib.suppress(InputError):  # a file that is gone by now
            found = open_source(source)
            if not any(np.array_equal(found.pixels, one.pixels) for one in opened):
                opened.append(found)
        yield Progress(OPENING)
    for share, patches in running.strongest_patches(view, opened, chosen, number):
        yield Progress(LOOKING_FOR, share)
        parts: dict[str, Result] = {}
        told = []
        for index, patch in enumerate(patches):
            whole = opened[patch.number]
            x1, y1, x2, y2 = (round(one) for one in patch.box)
            cut = np.ascontiguousarray(whole.pixels[y1 : max(y2, y1 + 1), x1 : max(x2, x1 + 1)])
            parts[f"patch {index}"] = Picture(cut, whole.name)
            told.append((whole.name, patch.activation, patch.box))
        yield Bundle(parts, facts={"patches": told, "looked_at": len(opened), "layer": chosen, "unit": number})


def confusion(*, system: str, variant: str | None = None, weights: str | None = None, picture: Source = None) -> Iterator[Result]:
    """Part ``matrix``: counts, true classes by stated ones. Facts: ``missing``: a sentence, where the test pictures were not measured; ``ece``: the
    expected calibration error of its probabilities, in percentage points, and ``temperature``, as its card has them."""
    running = yield from prepared(system, variant, weights)
    try:
        matrix, metrics = running.confusion(), running.card.metrics if running.card is not None else {}
        yield Bundle({"matrix": matrix}, facts={"missing": None, "ece": metrics.get("ece_percent_with_temperature"), "temperature": metrics.get("temperature")})
    except InputError as error:
        yield Bundle({}, facts={"missing": error.text})


def atlas(*, system: str, variant: str | None = None, weights: str | None = None, picture: Source) -> Iterator[Result]:
    """Part ``points``: test pictures by true class, ``held_out`` those that were got wrong, without the user's own.

    Facts: ``said`` (number of the stated class, of each point), ``point`` (x, y of the user's picture), ``neighbours`` (rows of the points
    nearest to it, nearest first), ``shares`` (of each in the point), ``distance`` (to the nearest, 1 for what is usual), ``label`` (of the
    picture), ``missing``: a sentence, where the test pictures were not measured.
    """
    running = yield from prepared(system, variant, weights)
    try:
        known = running.atlas_file()
    except InputError as error:
        yield Bundle({}, facts={"missing": error.text})
        return
    view = view_of(running, picture)
    own = running.placed(view)
    facts = {
        "said": known.said.astype(int).tolist(), "point": own.point, "neighbours": own.neighbours, "shares": own.weights,
        "distance": own.distance, "label": running.labels[int(view.seen.output[0].argmax())], "missing": None,
    }  # fmt: skip
    yield Bundle({"points": running.atlas()}, facts=facts)


def receptive_field(
    *, system: str, variant: str | None = None, weights: str | None = None, picture: Source, layer: str = "", row: int | None = None,
    column: int | None = None, unit: int | None = None,
) -> Iterator[Result]:  # fmt: skip
    """Parts: ``region`` (over the pixels given to the network); ``map`` (the layer's mean map, or of the unit). Facts: ``row``, ``column``."""
    running = yield from prepared(system, variant, weights)
    view = view_of(running, picture)
    layer = layer or running.default_layer(view)
    row, column = running.place(view, layer, row, column)
    region = running.receptive_field(view, layer, row, column, unit)
    values = view.seen.of(running.network, layer)
    shown = values.mean(1, keepdim=True) if unit is None else values[:, unit : unit + 1]
    yield Bundle({"region": region, "map": maps_of(shown, layer)}, facts={"row": row, "column": column, "layer": layer})


def convolution(
    *, system: str, variant: str | None = None, weights: str | None = None, picture: Source, layer: str = "", output_map: int = 0,
    row: int = 0, column: int = 0, input_map: int | None = None,
) -> Iterator[Result]:  # fmt: skip
    """The arithmetic of one value; see ``Running.convolution``."""
    running = yield from prepared(system, variant, weights)
    yield running.convolution(view_of(running, picture), layer, output_map, row, column, input_map)


def tensor(*, system: str, variant: str | None = None, weights: str | None = None, picture: Source, layer: str) -> Iterator[Result]:
    """Facts about what a layer puts out, or about a parameter by its name."""
    running = yield from prepared(system, variant, weights)
    yield running.tensor(view_of(running, picture), layer)


def prepared(system: str, variant: str | None, weights: str | None) -> Any:
    """The running network; a generator, so that what takes long says so first."""
    if _network_key(system, variant, weights) not in _networks:
        yield Progress(LOADING.format(name=system))
    return _running(system, variant, weights)


def _network_key(system: str, variant: str | None, weights: str | None) -> tuple[Any, ...]:
    return (system, variant, weights, _stamp(weights) if weights else None)


def _running(system: str, variant: str | None, weights: str | None) -> Running:
    key = _network_key(system, variant, weights)
    running = _networks.pop(key, None)
    if running is None:
        found = load(system, variant, weights=weights)
        if not isinstance(found, Running):
            raise InputError(NO_CLASSIFIER.format(name=system))
        running = found
    _networks[key] = running
    while len(_networks) > NETWORKS_KEPT:
        del _networks[next(iter(_networks))]
    return running


def view_of(running: Running, picture: Source) -> View:
    """The forward pass of a picture; that of the last one is kept."""
    key = (id(running), fingerprint(picture))
    view = _views.get(key)
    if view is None:
        _views.clear()  # first: two passes of a large network need much memory
        view = running.view(picture)
        _views[key] = view
    return view


def fingerprint(picture: Source) -> Any:
    if isinstance(picture, np.ndarray):
        return picture.shape, str(picture.dtype), hashlib.blake2b(np.ascontiguousarray(picture).data, digest_size=16).digest()
    if isinstance(picture, bytes | bytearray | memoryview):
        return hashlib.blake2b(picture, digest_size=16).digest()
    if isinstance(picture, str | os.PathLike):
        return str(picture), _stamp(picture)
    return id(picture), object()  # never the same


def _stamp(path: str | os.PathLike[str]) -> tuple[int, int] | None:
    """When a file was last written and how long it is; None when it is not there."""
    try:
        facts = os.stat(path)
    except (OSError, ValueError):
        return None
    return facts.st_mtime_ns, facts.st_size
