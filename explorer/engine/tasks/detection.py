"""What the page of a detector asks for: all its boxes before any is suppressed, and how they came about.

All tasks take ``system``, ``variant`` (a name or None), ``weights`` (the path of the user's own checkpoint, or None) and ``picture`` (a path, a sample's
name or an array). The network stays loaded and what it saw of the picture stays at hand. Thresholds and suppression are the window's: no
task needs to run again for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from explorer.engine.blocks.candidates import keep
from explorer.engine.inputs.pictures import Source
from explorer.engine.system import load
from explorer.engine.systems.detection import OVERLAP, THRESHOLD, Running, View, shown
from explorer.engine.tasks.recognition import fingerprint
from explorer.results import Boxes, Bundle, Maps, Overlay, Picture, Progress, Result
from explorer.words import InputError, Text

LOADING = Text("{name} を用意しています", "Preparing {name}")
LOOKING = Text("画像をネットワークに通しています", "Passing the picture through the network")
NO_DETECTOR = Text("{name} は物体を見つけるシステムではありません。", "{name} is no system that finds objects.")
WITHOUT = Text("{name} には{what}がありません。", "{name} has no {what}.")
GRID = Text("格子", "grid of cells")
ANCHORS = Text("アンカーと候補", "anchors and proposals")
DEFAULT_BOXES = Text("既定の箱", "default boxes")
STAGES = Text("別々の段", "separate stages")
PYRAMID = Text("何段もの特徴マップ", "maps of several levels")
OBJECT = "object"
MOST_PROPOSALS = 300
CROPS = 24

_networks: dict[tuple[Any, ...], Running] = {}
_views: dict[tuple[Any, ...], View] = {}


def network(*, system: str, variant: str | None = None, weights: str | None = None, picture: Source) -> Iterator[Result]:
    """The running network and all that it put out.

    Parts: ``boxes`` (every candidate surer than 0.05, surest first, before any suppression); ``graph``; ``given`` (the pixels given to the
    convolutions: the whole picture, or the surest crop); ``picture`` (the whole, with notes); ``map:<layer>`` (the clearest map of each tapped
    layer). Facts: ``layers`` (all whose output is maps), ``layer`` (to look at first), ``crop`` (x1, y1, x2, y2 of the part given), ``variant``,
    ``seconds`` for the picture, ``levels`` and ``sources`` (of each box: number of the map, and of the cell, default box or proposal it comes from),
    ``level_names``, ``threshold``, ``overlap`` (to begin with), ``parameters`` (the names of all).
    """
    running = yield from prepared(system, variant, weights)
    yield Progress(LOOKING)
    view = view_of(running, picture)
    found = shown(view)
    yield Progress(LOOKING)
    faces = {f"map:{name}": maps for name, maps in running.faces(view).items()}
    given, crop = running.given(view)
    yield Bundle(
        {"boxes": running.boxes(view), "graph": running.network_graph(view), "given": Picture(pixels(given), view.picture.name), "picture": view.picture, **faces},
        facts={
            "layers": running.layers(view),
            "layer": running.default_layer(view),
            "crop": crop,
            "variant": running.variant.name,
            "seconds": view.seconds,
            "levels": tuple(found.levels.tolist()),
            "sources": tuple(found.sources.tolist()),
            "level_names": tuple(view.seen.maps),
            "threshold": THRESHOLD,
            "overlap": OVERLAP,
            "parameters": tuple(name for name, _ in running.network.named_parameters()),
        },
    )


def detections(*, system: str, variant: str | None = None, weights: str | None = None, picture: Source) -> Iterator[Result]:
    """Boxes: every candidate, surest first, before any suppression."""
    running = yield from prepared(system, variant, weights)
    yield running.boxes(view_of(running, picture))


def frame(*, system: str, variant: str | None = None, weights: str | None = None, picture: Source) -> Iterator[Result]:
    """One frame of a film, as fast as it goes: part ``boxes`` as of ``network``. Fact: ``seconds`` in the network."""
    running = yield from prepared(system, variant, weights)
    view = running.view(picture)
    yield Bundle({"boxes": running.boxes(view)}, facts={"seconds": view.seconds})


def feature_maps(*, system: str, variant: str | None = None, weights: str | None = None, picture: Source, layer: str = "") -> Iterator[Result]:
    """Maps: what a layer puts out."""
    running = yield from prepared(system, variant, weights)
    yield running.feature_maps(view_of(running, picture), layer)


def box_activation(
    *, system: str, variant: str | None = None, weights: str | None = None, picture: Source, box: int = 0, layer: str = ""
) -> Iterator[Result]:
    """Part ``overlay``: the places that spoke for one box, by its number among the boxes. Facts: ``box`` (x1, y1, x2, y2), ``label``,
    ``score``, ``layer``."""
    running = yield from prepared(system, variant, weights)
    view = view_of(running, picture)
    overlay = running.box_activation(view, box, layer)
    found = view.seen.candidates
    facts = {"box": tuple(found.boxes[box].tolist()), "label": overlay.label, "score": float(found.scores[box]), "layer": overlay.layer}
    yield Bundle({"overlay": overlay}, facts=facts)


def levels(
    *, system: str, variant: str | None = None, weights: str | None = None, picture: Source, threshold: float = THRESHOLD, overlap: float = OVERLAP,
    top_down: bool = True,
) -> Iterator[Result]:  # fmt: skip
    """The network's maps by level, the finest first, and which level found which object.

    Parts: ``level 0`` … (Overlay: the mean size of the map's values at each place, over the picture); where several pyramids' channels stand side by
    side in each map, ``level 0 depth 1`` … (the same of one of them, the shallowest 1); ``boxes`` (what is left after suppression). Facts:
    ``names``, ``sizes`` (channels, height, width) of the maps; ``depths`` how many pyramids; ``levels``: of each box; ``counts`` of boxes by level;
    ``top_down``: None where nothing comes down from level to level, or it cannot be switched.

    ``top_down`` False: the same where nothing comes down; then part ``candidates`` has all its boxes before suppression, and the fact
    ``candidate_levels`` the level of each.

    Raises InputError for a network with a single map or none.
    """
    running = yield from prepared(system, variant, weights)
    view = view_of(running, picture)
    maps = view.seen.maps
    if len(maps) < 2:
        raise InputError(without(running, PYRAMID))
    switched = getattr(running.network.backbone, "top_down", None)
    off: dict[str, Result] = {}
    told: dict[str, Any] = {"top_down": switched if switched is None else top_down}
    if switched is not None and not top_down:
        running.network.backbone.top_down = False
        try:
            view = running.view(view.picture.pixels)
        finally:
            running.network.backbone.top_down = True
        maps, found = view.seen.maps, shown(view)
        off["candidates"] = running.boxes(view, found)
        told["candidate_levels"] = tuple(found.levels.tolist())
    kept = view.seen.candidates[keep(view.seen.candidates, threshold, overlap)]
    depths = int(getattr(running.network.backbone, "depths", 1))
    heats = {}
    for k, (name, values) in enumerate(maps.items()):
        heats[f"level {k}"] = over(view, values.abs().mean(0), name)
        for depth, part in enumerate(values.chunk(depths), start=1):
            if depths > 1:
                heats[f"level {k} depth {depth}"] = over(view, part.abs().mean(0), f"{name}, {depth}")
    facts = {
        "names": tuple(maps), "sizes": [tuple(values.shape) for values in maps.values()], "depths": depths, "levels": kept.levels.tolist(),
        "counts": torch.bincount(kept.levels, minlength=len(maps)).tolist(), **told,
    }  # fmt: skip
    yield Bundle({**heats, **off, "boxes": running.boxes(view, kept)}, facts=facts)


def cells(*, system: str, variant: str | None = None, weights: str | None = None, picture: Source) -> Iterator[Result]:
    """What each cell of a grid says.

    Parts: ``confidences`` (Maps, one for each of a cell's boxes, rows × columns); ``classes`` (Maps, the probability of each class in each cell);
    ``boxes`` (every box of every cell, row by row, with its confidence as score and the cell's likeliest class). Facts: ``rows``, ``columns``,
    ``boxes`` (of a cell), ``best`` (the number of the likeliest class in each cell, row by row).

    Raises InputError for a network without a grid.
    """
    running = yield from prepared(system, variant, weights)
    view = view_of(running, picture)
    extra = view.seen.extra
    if "confidences" not in extra:
        raise InputError(without(running, GRID))
    sure, classes = extra["confidences"], extra["classes"]  # (rows, columns, B), (rows, columns, classes)
    rows, columns, count = sure.shape
    best = classes.argmax(2)
    names = tuple(str(number + 1) for number in range(count))
    every = in_picture(view, extra["boxes"].reshape(-1, 4))
    labels = best[..., None].expand(rows, columns, count).reshape(-1)
    parts: dict[str, Result] = {
        "confidences": Maps(array(sure.permute(2, 0, 1)), "confidence", names),
        "classes": Maps(array(classes.permute(2, 0, 1)).clip(0, 1), "class", running.labels),
        "boxes": Boxes(view.picture, every, labels.cpu().numpy(), array(sure.reshape(-1)).clip(0, 1), running.labels),
    }
    yield Bundle(parts, facts={"rows": rows, "columns": columns, "boxes": count, "best": best.flatten().tolist()})


def proposals(
    *, system: str, variant: str | None = None, weights: str | None = None, picture: Source, level: int = 0, row: int | None = None, column: int | None = None
) -> Iterator[Result]:
    """What a region proposal network says.

    Parts: ``objectness 0`` … (Overlay by level: of the anchors at each place the likeliest to hold an object); ``anchors`` (Boxes: those at one
    place of a level, by default the likeliest, with their objectness); ``proposals`` (Boxes: the best after suppression, surest first, at most 300).
    Facts: ``level``, ``row``, ``column`` of the anchors shown; ``sizes`` (height, width) of the levels; ``anchors`` how many in all.

    Raises InputError for a network without one.
    """
    running = yield from prepared(system, variant, weights)
    view = view_of(running, picture)
    extra = view.seen.extra
    if "objectness" not in extra:
        raise InputError(without(running, ANCHORS))
    sizes = [(values.shape[1], values.shape[2]) for values in view.seen.maps.values()]
    sure = extra["objectness"]
    level = min(max(0, level), len(sizes) - 1)
    parts: dict[str, Result] = {}
    for number, (high, wide) in enumerate(sizes):
        there = sure[extra["anchor_levels"] == number].view(high, wide, -1)
        parts[f"objectness {number}"] = over(view, there.amax(2), f"{number}")
        if number == level:
            place = int(there.amax(2).argmax())
            row = place // wide if row is None else min(max(0, row), high - 1)
            column = place % wide if column is None else min(max(0, column), wide - 1)
            boxes = extra["anchors"][extra["anchor_levels"] == number].view(high, wide, -1, 4)[row, column]
            parts["anchors"] = plain_boxes(view, boxes, there[row, column])
    parts["proposals"] = plain_boxes(view, extra["proposals"][:MOST_PROPOSALS], extra["proposal_scores"][:MOST_PROPOSALS])
    yield Bundle(parts, facts={"level": level, "row": row, "column": column, "sizes": sizes, "anchors": len(sure)})


def default_boxes(
    *, system: str, variant: str | None = None, weights: str | None = None, picture: Source, level: int | None = None, row: int | None = None, column: int | None = None
) -> Iterator[Result]:
    """The default boxes of a detector that answers for them at once.

    Parts: ``level 0`` … (Overlay: at each place the probability of the surest object among its boxes); ``boxes`` (Boxes: those at one place of a
    level, by default the surest of all, each with its likeliest class and the probability of it). Facts: ``level``, ``row``, ``column``, ``sizes``
    (height, width) of the levels, ``counts`` of default boxes by level.

    Raises InputError for a network without default boxes.
    """
    running = yield from prepared(system, variant, weights)
    view = view_of(running, picture)
    extra = view.seen.extra
    if "default_boxes" not in extra:
        raise InputError(without(running, DEFAULT_BOXES))
    sizes = [(values.shape[1], values.shape[2]) for values in view.seen.maps.values()]
    objects, which = extra["probabilities"][:, 1:].max(1)
    level = int(extra["levels"][objects.argmax()]) if level is None else min(max(0, level), len(sizes) - 1)
    parts: dict[str, Result] = {}
    for number, (high, wide) in enumerate(sizes):
        there = extra["levels"] == number
        sure = objects[there].view(high, wide, -1)
        parts[f"level {number}"] = over(view, sure.amax(2), tuple(view.seen.maps)[number])
        if number == level:
            place = int(sure.amax(2).argmax())
            row = place // wide if row is None else min(max(0, row), high - 1)
            column = place % wide if column is None else min(max(0, column), wide - 1)
            boxes = in_picture(view, extra["default_boxes"][there].view(high, wide, -1, 4)[row, column])
            labels = which[there].view(high, wide, -1)[row, column]
            parts["boxes"] = Boxes(view.picture, boxes, labels.cpu().numpy(), array(sure[row, column]), running.labels)
    counts = torch.bincount(extra["levels"], minlength=len(sizes)).tolist()
    yield Bundle(parts, facts={"level": level, "row": row, "column": column, "sizes": sizes, "counts": counts})


def stages(
    *, system: str, variant: str | None = None, weights: str | None = None, picture: Source, threshold: float = THRESHOLD, overlap: float = OVERLAP
) -> Iterator[Result]:
    """The stages of a detector that has them apart, one by one.

    Parts: ``regions 0`` … (Picture, as large as the whole: the regions that the search begins with, fine to coarse, each in its mean colour);
    ``proposals`` (Boxes: all of them, with the probability that they hold an object); ``crop 0`` … (Picture: what the network was given for each object
    left after suppression, then for the surest others); ``boxes`` (Boxes: every candidate, after the correction). Facts: ``seconds`` of proposals,
    features, classifier; ``regions``: how many of each coarseness; ``proposals`` how many; ``crops``: (proposal's number, name of the likeliest class,
    its probability) of each crop.

    Raises InputError for a network without separate stages.
    """
    running = yield from prepared(system, variant, weights)
    view = view_of(running, picture)
    extra = view.seen.extra
    if "crops" not in extra:
        raise InputError(without(running, STAGES))
    probabilities = extra["probabilities"]
    surest, which = probabilities[:, 1:].max(1) if len(probabilities) else (torch.zeros(0), torch.zeros(0, dtype=torch.int64))
    found = view.seen.candidates
    objects = found.sources[keep(found, threshold, overlap)].tolist()
    order = list(dict.fromkeys([*objects, *surest.argsort(descending=True).tolist()]))[:CROPS]
    crops = {f"crop {place}": Picture(pixels(extra["crops"][number])) for place, number in enumerate(order)}
    holding = 1 - probabilities[:, 0]
    first = running.network.regions(running.network.prepare(view.x))
    whole = view.x.shape[1:]
    regions = {f"regions {k}": Picture(pixels(F.interpolate(painted[None], whole, mode="nearest")[0])) for k, (painted, _) in enumerate(first)}
    parts: dict[str, Result] = {**regions, "proposals": plain_boxes(view, extra["proposals"], holding), **crops, "boxes": running.boxes(view)}
    told = [(number, running.labels[int(which[number])], float(surest[number])) for number in order]
    yield Bundle(parts, facts={"seconds": tuple(extra["seconds"].tolist()), "regions": [count for _, count in first], "proposals": len(surest), "crops": told})


# what the tasks share


def over(view: View, values: Tensor, label: str) -> Overlay:
    """Values (h, w) of a map as a heat over the whole picture."""
    height, width = view.picture.pixels.shape[:2]
    spread = F.interpolate(values.detach()[None, None].float(), (height, width), mode="bilinear", align_corners=False)[0, 0]
    return Overlay(view.picture, array(spread), label)


def in_picture(view: View, boxes: Tensor) -> Any:
    """Boxes in pixels of the network's input as boxes of the picture, (n, 4) float."""
    height, width = view.picture.pixels.shape[:2]
    factor = torch.tensor([width / view.seen.size[1], height / view.seen.size[0]] * 2, device=boxes.device)
    return array(boxes * factor)


def plain_boxes(view: View, boxes: Tensor, scores: Tensor) -> Boxes:
    """Boxes of no class yet."""
    return Boxes(view.picture, in_picture(view, boxes), np.zeros(len(boxes), np.int64), array(scores).clip(0, 1), (OBJECT,))


def array(values: Tensor) -> Any:
    """A tensor as numbers of numpy."""
    return values.detach().cpu().double().numpy()


def pixels(values: Tensor) -> Any:
    """A picture (3, H, W) from 0 to 1 as 8-bit RGB."""
    return np.ascontiguousarray((values.permute(1, 2, 0).clamp(0, 1).cpu().numpy() * 255).round().astype(np.uint8))


def without(running: Running, what: Text) -> Text:
    """The sentence that a system has no such thing."""
    name = running.entry.name
    return WITHOUT.format(name=name, what=what)


def prepared(system: str, variant: str | None, weights: str | None) -> Any:
    """The running detector, the last one kept; a generator, so that what takes long says so first."""
    key = (system, variant, weights, fingerprint(weights) if weights else None)
    if key not in _networks:
        yield Progress(LOADING.format(name=system))
        running = load(system, variant, weights=weights)
        if not isinstance(running, Running):
            raise InputError(NO_DETECTOR.format(name=system))
        while len(_networks) > 1:
            del _networks[next(iter(_networks))]
        _networks[key] = running
    return _networks[key]


def view_of(running: Running, picture: Source) -> View:
    """What a detector saw of a picture; that of the last one is kept."""
    key = (id(running), fingerprint(picture))
    if key not in _views:
        _views.clear()
        _views[key] = running.view(picture)
    return _views[key]


