"""What the page of a network that segments asks for: the class of every pixel, and every way of looking at it.

All but ``sample`` and ``costs`` take ``system``, ``variant`` (a name or None), ``weights`` (the path of the user's own checkpoint, or None), and most
``picture`` (a path, a sample's name or an array). The network stays loaded and the picture's forward pass at hand, as for the classifiers,
whose tasks for layers (``recognition.feature_maps``, ``filters``, ``receptive_field``, ``convolution``, ``tensor``) work with these networks too.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import Any

import numpy as np

from explorer.catalogue.classes import COLOURS
from explorer.engine.inputs.pictures import Source
from explorer.engine.inputs.pictures import open_picture as open_source
from explorer.engine.systems import segments
from explorer.engine.systems.segmentation import Answer, Running
from explorer.engine.tasks.recognition import prepared, view_of
from explorer.results import Bundle, Mask, Picture, Progress, Result
from explorer.words import InputError, Text

LOOKING = Text("画像をネットワークに通しています", "Passing the picture through the network")
TILES = Text("タイルを一枚ずつ調べています", "Looking at one tile after the other")
COUNTING = Text("計算とメモリと時間を測っています", "Counting multiply-adds, measuring memory and time")
DRAWING = Text("見本を描いています", "Drawing a sample")
NOT_SEGMENTING = Text("{name} は画像を領域に分けるシステムではありません。", "{name} is no system that segments pictures.")


def network(*, system: str, variant: str | None = None, weights: str | None = None, picture: Source, method: str = "auto") -> Iterator[Result]:
    """The running network and its answer.

    Parts: ``mask``; ``graph``; ``scores`` (mean probability of each class); ``given`` (the pixels given to the network); ``picture`` (the whole, with
    notes on what was done to it); ``map:<block>`` (the clearest map of each block). Facts: ``layers`` (all whose output is maps), ``layer`` (to look
    at first), ``crop`` (x1, y1, x2, y2 of what was given, in pixels of the whole), ``variant``, ``labels``, ``colours`` (of the classes, may be
    empty), ``shares`` (share of the pixels, by class, largest first), ``how`` ("as it is", "scaled", "tiled"), ``highest`` (the largest size of a
    value that a block puts out), ``parameters`` (the names of all).
    """
    running = yield from _prepared(system, variant, weights)
    yield Progress(LOOKING)
    view = view_of(running, picture)
    answer = yield from _answer(running, picture, method)
    whole = Picture(view.given.whole.pixels, view.given.whole.name, answer.notes)
    faces = {f"map:{name}": maps for name, maps in running.faces(view).items()}
    yield Bundle(
        {
            "mask": Mask(whole, answer.mask.astype(np.int64), answer.labels),
            "graph": running.network_graph(view),
            "scores": running.scores(view.seen.output),
            "given": view.given.pixels,
            "picture": whole,
            **faces,
        },
        answer.notes,
        {
            "layers": running.layers(view),
            "layer": running.default_layer(view),
            "crop": view.given.crop,
            "variant": running.variant.name,
            "highest": running.highest(view),
            "parameters": tuple(name for name, _ in running.network.named_parameters()),
            **_said(running, answer),
        },
    )


def mask(*, system: str, variant: str | None = None, weights: str | None = None, picture: Source, method: str = "auto") -> Iterator[Result]:
    """Part ``mask``: the class of every pixel. ``method``: "auto", "scale" or "tile". Facts: ``labels``, ``colours``, ``shares``, ``how``."""
    running = yield from _prepared(system, variant, weights)
    answer = yield from _answer(running, picture, method)
    whole = open_source(picture)
    found = Mask(Picture(whole.pixels, whole.name, answer.notes), answer.mask.astype(np.int64), answer.labels)
    yield Bundle({"mask": found}, answer.notes, _said(running, answer))


def probability(*, system: str, variant: str | None = None, weights: str | None = None, picture: Source, class_name: str | int | None = None) -> Iterator[Result]:
    """Parts: ``maps`` (how likely each class is at each pixel as given to the network); ``overlay`` (one class, by default the one with the most
    pixels, over the whole picture). Facts: ``label`` of that class."""
    running = yield from _prepared(system, variant, weights)
    view = view_of(running, picture)
    overlay = running.class_overlay(view, class_name)
    yield Bundle({"maps": running.probability(view), "overlay": overlay}, facts={"label": overlay.label})


def sample(*, kind: str = "streets", seed: int = 0) -> Iterator[Result]:
    """A drawn picture and its truth. Parts: ``picture``, ``truth``. Facts: ``labels``, ``colours``."""
    yield Progress(DRAWING)
    drawn = segments.sample(kind, seed)
    names = {"streets": "camvid", "membranes": "membrane"}[kind]
    truth = Mask(drawn.picture, drawn.truth.astype(np.int64), drawn.labels)
    yield Bundle({"picture": drawn.picture, "truth": truth}, facts={"labels": drawn.labels, "colours": COLOURS[names]})


def difference(*, system: str, variant: str | None = None, weights: str | None = None, kind: str = "streets", seed: int = 0) -> Iterator[Result]:
    """The network against the truth of a drawn picture, its boundaries too; see ``segments.judged``."""
    running = yield from _prepared(system, variant, weights)
    yield Progress(DRAWING)
    yield segments.judged(running, segments.sample(kind, seed))


def skips(
    *, system: str, variant: str | None = None, weights: str | None = None, picture: Source = None, kind: str = "", seed: int = 0, off: Sequence[int] | None = None
) -> Iterator[Result]:
    """The network with some skip connections closed, on a picture or (``kind``, ``seed``) on a drawn one with its truth; see ``segments.without_skips``."""
    running = yield from _prepared(system, variant, weights)
    yield Progress(LOOKING)
    if kind:
        drawn = segments.sample(kind, seed)
        known = drawn.truth if running.labels == drawn.labels else None
        yield segments.without_skips(running, drawn.picture, off, known)
    else:
        yield segments.without_skips(running, open_source(picture), off)


def gaps(
    *, system: str, variant: str | None = None, weights: str | None = None, picture: Source, row: float = 0.5, column: float = 0.5, stage: str = "layer4"
) -> Iterator[Result]:
    """What one value of the backbone sees with its gaps and with strides; see ``segments.view_with_and_without_gaps``."""
    running = yield from _prepared(system, variant, weights)
    yield Progress(LOOKING)
    yield segments.view_with_and_without_gaps(running, view_of(running, picture), row, column, stage)


def costs(*, rows: int = 240, columns: int = 320) -> Iterator[Result]:
    """JPU against dilation: output stride, multiply-adds, memory, time; growing. See ``segments.costs``."""
    yield Progress(COUNTING)
    yield from segments.costs(rows, columns)


def _prepared(system: str, variant: str | None, weights: str | None) -> Generator[Result, None, Running]:
    running = yield from prepared(system, variant, weights)
    if not isinstance(running, Running):
        raise InputError(NOT_SEGMENTING.format(name=system))
    return running


def _answer(running: Running, picture: Source, method: str) -> Generator[Result, None, Answer]:
    """The answer; of a picture that is not cut into tiles from the forward pass that is at hand."""
    found: Answer | None = None
    for step in running.running(picture, method):
        if isinstance(step, Answer):
            found = step
        else:
            yield Progress(TILES, step)
    assert found is not None
    return found


def _said(running: Running, answer: Answer) -> dict[str, Any]:
    counts = np.bincount(answer.mask.ravel(), minlength=len(answer.labels)) / answer.mask.size
    order = np.argsort(-counts, kind="stable")
    return {
        "labels": answer.labels,
        "colours": COLOURS.get(running.variant.classes, ()),
        "shares": [(answer.labels[int(number)], float(counts[number])) for number in order if counts[number] > 0],
        "how": answer.how,
    }
