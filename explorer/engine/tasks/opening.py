"""What the opening page of the picture chapter asks a classifier for, besides its answer: where things are, which class each place has, and a
picture made for a class. Arguments as in ``explorer.engine.tasks.recognition``."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from PIL import Image

from explorer.engine.inputs.pictures import Source
from explorer.engine.inputs.pictures import open_picture as open_source
from explorer.engine.lenses.excitation import Excitation
from explorer.engine.lenses.places import NONE, Looked, grid, label_places
from explorer.engine.lenses.sliding import Judged, Seen, Sighting, sightings
from explorer.engine.systems.recognition import Running, excitation_picture
from explorer.engine.tasks.recognition import CLIMBING, SLIDING, prepared, view_of
from explorer.results import Bundle, Mask, Picture, Progress, Result
from explorer.words import Text

LOOKING_INTO = Text("窓の中のどこを見たか調べています", "Finding out where in the windows it looked")
NO_CLASS = "none of them"
MOST_WINDOWS = 24  # that are looked into, the surest
SENT_EVERY = 0.12  # s


def places(*, system: str, variant: str | None = None, weights: str | None = None, picture: Source) -> Iterator[Result]:
    """The classifier slid over the photograph: first boxes, growing, then a class for each place, growing.

    Part ``mask`` once windows are looked into: classes over a photograph made small, the last name for places of no class. Facts: ``boxes``:
    (number in ``classes``, how sure, (x1, y1, x2, y2) in pixels of the photograph), surest first; ``classes``: names of those seen; ``windows``:
    how many so far; ``looked``, ``fitting``: windows looked into, of how many; ``calibrated``: whether "none" was measured; ``done``.
    """
    running = yield from prepared(system, variant, weights)
    whole = open_source(picture)
    last: tuple[Seen, Judged] | None = None
    for share, found in running.sliding(whole):
        yield Progress(SLIDING, 0.8 * share)
        if found is not None:
            last = found
            yield _seen(running, sightings(*found), [], whole, len(found[0].boxes))
    assert last is not None
    seen, judged = last
    boxes = sightings(seen, judged)
    surest = [int(i) for i in np.argsort(-judged.sureness, kind="stable") if judged.fits[i]][:MOST_WINDOWS]
    looked: list[Looked] = []
    for index in surest:
        x1, y1, x2, y2 = (int(value) for value in seen.boxes[index])
        label = int(judged.scores[index].argmax())
        part = Picture(np.ascontiguousarray(whole.pixels[y1:y2, x1:x2]))
        looked.append(Looked((x1, y1, x2, y2), label, float(judged.scores[index, label]), running.class_activation(part, label).heat))
        yield Progress(LOOKING_INTO, 0.8 + 0.2 * len(looked) / len(surest))
    yield _seen(running, boxes, looked, whole, len(seen.boxes), fitting=len(surest), done=True)


def _seen(running: Running, boxes: list[Sighting], looked: list[Looked], whole: Picture, windows: int, fitting: int = 0, done: bool = False) -> Bundle:
    height, width = whole.pixels.shape[:2]
    found = label_places(looked, height, width)
    classes = sorted({one.label for one in boxes} | {int(one) for one in np.unique(found) if one != NONE})
    facts: dict[str, Any] = {
        "boxes": [(classes.index(one.label), one.score, one.box) for one in boxes], "classes": [running.labels[one] for one in classes],
        "windows": windows, "looked": len(looked), "fitting": fitting, "calibrated": running.nothing is not None, "done": done,
    }  # fmt: skip
    if not done:
        return Bundle({}, facts=facts)
    rows, columns = grid(height, width)
    small = Picture(np.asarray(Image.fromarray(whole.pixels).resize((columns, rows), Image.Resampling.BOX)), whole.name)
    numbers = np.full(found.shape, len(classes))
    for number, label in enumerate(classes):
        numbers[found == label] = number
    return Bundle({"mask": Mask(small, numbers, (*facts["classes"], NO_CLASS))}, facts=facts)


def towards(
    *, system: str, variant: str | None = None, weights: str | None = None, picture: Source, class_name: str | int | None = None,
    from_picture: bool = True, steps: int = 0, seed: int = 0,
) -> Iterator[Result]:  # fmt: skip
    """A picture changed step by step so that the classifier takes it for a class, growing. Without ``class_name``: the second likeliest.

    Parts: ``begin`` (the picture as it is given to the network, or noise), ``picture``. Facts: ``label``; ``before``, ``now``: probability of the
    class; ``step``, ``steps``; ``seconds`` so far; ``done``.
    """
    running = yield from prepared(system, variant, weights)
    view = view_of(running, picture)
    if class_name is None:
        class_name = int(view.seen.output[0].argsort(descending=True)[min(1, view.seen.output.shape[1] - 1)])
    number = running.known_class(class_name, view.seen.output)
    facts: dict[str, Any] = {"label": running.labels[number]}
    begun = sent = time.monotonic()
    begin: Picture | None = None
    for found in running.excites_growing(view, class_name=number, steps=steps, seed=seed, from_picture=from_picture):
        now = time.monotonic()
        left = (now - begun) / found.step * (found.steps - found.step) if found.step else None
        yield Progress(CLIMBING, found.step / found.steps, left)
        last = found.step == found.steps
        if begin is None or last or now - sent >= SENT_EVERY:
            sent = now
            probability = _probability(running, found, number)
            if begin is None:
                begin = excitation_picture(found)
                facts["before"] = probability
            grown = {"now": probability, "step": found.step, "steps": found.steps, "seconds": now - begun, "done": last}
            yield Bundle({"begin": begin, "picture": excitation_picture(found)}, facts=facts | grown)


@torch.no_grad()
def _probability(running: Running, found: Excitation, number: int) -> float:
    output = running.network(running.preparation.normalise(found.picture[None]))
    return float(running.scores(output).values[number])
