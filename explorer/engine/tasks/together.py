"""What the scenes ask for that show a mask and boxes on one picture, or on one picture of a film after another."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from typing import Any

import numpy as np

from explorer.catalogue.classes import COLOURS
from explorer.catalogue.fetched import FETCHED
from explorer.engine.inputs.pictures import Source, open_picture
from explorer.engine.systems import films, samples
from explorer.engine.systems.segmentation import Answer, Running
from explorer.engine.tasks import detection
from explorer.engine.tasks.recognition import prepared
from explorer.results import Bundle, Mask, Picture, Progress, Result
from explorer.words import InputError, Text

LOOKING = Text("画像をネットワークに通しています", "Passing the picture through the networks")
NO_MASK = Text("{name} は画像を領域に分けるシステムではありません。", "{name} is no system that segments pictures.")

Wanted = Sequence[str | None] | None
"""System, variant or None, and the path of the user's own weights or None; None: no such network."""


def frame(*, mask: Wanted = None, boxes: Wanted = None, picture: Source = None, film: str = "", number: int = 0) -> Iterator[Result]:
    """A picture, or picture ``number`` of a ``film``, with what a network says of each pixel and what a detector finds.

    Parts: ``picture``; ``mask`` and ``boxes`` (before any suppression) of the networks asked for. Facts: ``number``, ``frames`` of the film (0: no
    film); ``mask_colours``, ``box_colours`` (of the classes, may be empty); ``mask_seconds``, ``box_seconds`` in the networks (None: not asked).
    Raises WeightsMissing for a film or a sample that has to be fetched.
    """
    frames = films.frames(film) if film else 0
    if film:
        seen = films.frame(film, number)
    else:
        seen = samples.opened(picture) if isinstance(picture, str) and picture in FETCHED else open_picture(picture)
    notes: tuple[Text, ...] = seen.notes
    parts: dict[str, Result] = {"picture": seen}
    facts: dict[str, Any] = {"number": number, "frames": frames, "mask_colours": (), "box_colours": (), "mask_seconds": None, "box_seconds": None}
    if mask is not None:
        running = yield from prepared(str(mask[0]), mask[1], mask[2])
        if not isinstance(running, Running):
            raise InputError(NO_MASK.format(name=str(mask[0])))
        begun = time.perf_counter()
        answer = yield from _answer(running, seen)
        facts |= {"mask_seconds": time.perf_counter() - begun, "mask_colours": COLOURS.get(running.variant.classes, ())}
        notes = answer.notes
        parts["mask"] = Mask(seen, answer.mask.astype(np.int64), answer.labels)
    if boxes is not None:
        detector = yield from detection.prepared(str(boxes[0]), boxes[1], boxes[2])
        view = detector.view(seen)
        facts |= {"box_seconds": view.seconds, "box_colours": COLOURS.get(detector.variant.classes, ())}
        parts["boxes"] = detector.boxes(view)
    parts["picture"] = Picture(seen.pixels, seen.name, () if film else notes)
    yield Bundle(parts, notes, facts)


def fetch_film(*, film: str) -> Iterator[Result]:
    """Download a film. Progress; last a Bundle whose facts say how many ``frames`` it has."""
    yield from films.fetch(film)
    yield Bundle({}, facts={"frames": films.frames(film)})


def _answer(running: Running, picture: Picture) -> Generator[Result, None, Answer]:
    found: Answer | None = None
    for step in running.running(picture):
        if isinstance(step, Answer):
            found = step
        else:
            yield Progress(LOOKING, step)
    assert found is not None
    return found
