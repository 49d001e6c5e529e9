"""What the page of a classifier asks for: its answer, and every lens on one picture.

All tasks but ``open_picture`` and ``fetch_weights`` take ``system``, ``variant`` (a name or None), ``weights`` (the path of the user's own
checkpoint, or None) and ``picture`` (a path, a sample's name or an array). The network stays loaded and the picture's forward pass stays
at hand, so that another layer, class or place of the same picture is answered at once.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from explorer.engine.inputs.pictures import Source
from explorer.engine.inputs.pictures import open_picture as open_source
from explorer.engine.lenses.attribution import METHODS
from explorer.engine.lenses.attribution import method_named as attribution_named
from explorer.engine.lenses.class_activation import method_named
from explorer.engine.lenses.feature_maps import feature_maps as maps_of
from explorer.engine.lenses.occlusion import usual_patch
from explorer.engine.system import find_system, find_variant, load
from explorer.engine.systems.recognition import DEPTHS, Running, View
from explorer.engine.weights import store
from explorer.results import Bundle, Progress, Result
from explorer.words import InputError, Text

LOADING = Text("{name} を用意しています", "Preparing {name}")
LOOKING = Text("画像をネットワークに通しています", "Passing the picture through the network")
COVERING = Text("画像の一部を隠して答えを見ています", "Covering parts of the picture and watching the answer")
ADDING = Text("画素ごとの寄与を求めています", "Adding up what each pixel contributes")
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


def network(*, system: str, variant: str | None = None, weights: str | None = None, picture: Source) -> Iterator[Result]:
    """The running network and its answer.

    Parts: ``graph``; ``scores`` (probabilities); ``given`` (the pixels given to the network); ``picture`` (the whole, with notes);
    ``map:<block>`` (the clearest map of each block). Facts: ``layers`` (all whose output is maps), ``layer`` (to look at first), ``crop``
    (x1, y1, x2, y2 of the part used, in pixels of the whole), ``variant``, ``top`` (the five likeliest classes), ``temperature``,
    ``highest`` (the largest size of a value that a block puts out).
    """
    yield Progress(LOADING.format(name=system))
    running = _running(system, variant, weights)
    yield Progress(LOOKING)
    view = _view(running, picture)
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
            "highest": running.highest(view),
        },
    )


def classify(*, system: str, variant: str | None = None, weights: str | None = None, picture: Source) -> Iterator[Result]:
    """The probabilities of all classes."""
    running = yield from _prepared(system, variant, weights)
    yield running.scores(_view(running, picture).seen.output)


def feature_maps(*, system: str, variant: str | None = None, weights: str | None = None, picture: Source, layer: str = "") -> Iterator[Result]:
    """Maps: what a layer puts out."""
    running = yield from _prepared(system, variant, weights)
    yield running.feature_maps(_view(running, picture), layer)


def filters(
    *, system: str, variant: str | None = None, weights: str | None = None, picture: Source = None, layer: str = "", output_map: int | None = None
) -> Iterator[Result]:
    """Parts: ``filters`` (Maps); ``colours`` (a sheet in colour) where the convolution is over colours."""
    running = yield from _prepared(system, variant, weights)
    maps = running.filters(None, layer, output_map)
    colours = running.colour_filters(maps.layer)
    yield Bundle({"filters": maps, **({"colours": colours} if colours is not None else {})}, facts={"layer": maps.layer})


def class_activation(
    *, system: str, variant: str | None = None, weights: str | None = None, picture: Source, class_name: str | int | None = None,
    layer: str = "", method: str = "auto", signed: bool = False,
) -> Iterator[Result]:  # fmt: skip
    """Part ``overlay``. Facts: ``methods`` possible at this layer, the recommended first; ``method`` used; ``probability`` of the class;
    ``tried``, ``maps``: how many of the layer's maps Score-CAM used (growing), of how many."""
    running = yield from _prepared(system, variant, weights)
    view = _view(running, picture)
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
    running = yield from _prepared(system, variant, weights)
    view = _view(running, picture)
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
    running = yield from _prepared(system, variant, weights)
    view = _view(running, picture)
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
    running = yield from _prepared(system, variant, weights)
    source = _view(running, picture) if picture is not None else None
    wanted = (depth,) if depth is not None else tuple(depths)
    total = len(wanted) * (2 if residual is None else 1)
    for done, curves in enumerate(running.gradients_growing(source, wanted, residual, norm, seed), start=1):
        yield curves
        yield Progress(MEASURING, done / total)


def receptive_field(
    *, system: str, variant: str | None = None, weights: str | None = None, picture: Source, layer: str = "", row: int | None = None,
    column: int | None = None, unit: int | None = None,
) -> Iterator[Result]:  # fmt: skip
    """Parts: ``region`` (over the pixels given to the network); ``map`` (the layer's mean map, or of the unit). Facts: ``row``, ``column``."""
    running = yield from _prepared(system, variant, weights)
    view = _view(running, picture)
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
    running = yield from _prepared(system, variant, weights)
    yield running.convolution(_view(running, picture), layer, output_map, row, column, input_map)


def tensor(*, system: str, variant: str | None = None, weights: str | None = None, picture: Source, layer: str) -> Iterator[Result]:
    """Facts about what a layer puts out, or about a parameter by its name."""
    running = yield from _prepared(system, variant, weights)
    yield running.tensor(_view(running, picture), layer)


def _prepared(system: str, variant: str | None, weights: str | None) -> Any:
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


def _view(running: Running, picture: Source) -> View:
    """The forward pass of a picture; that of the last one is kept."""
    key = (id(running), _fingerprint(picture))
    view = _views.get(key)
    if view is None:
        _views.clear()  # first: two passes of a large network need much memory
        view = running.view(picture)
        _views[key] = view
    return view


def _fingerprint(picture: Source) -> Any:
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
