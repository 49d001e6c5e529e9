"""What the scenes ask for: a drawn digit read."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
from torch.nn import functional as F

from explorer.engine.data import digits as data
from explorer.engine.inputs.digits import CELLS, FULL, SIDE, Digit, enlarged, find_digit, given_digit
from explorer.engine.inputs.pictures import Source, open_picture
from explorer.engine.lenses.trace import record
from explorer.engine.systems.recognition import View
from explorer.engine.tasks.recognition import prepared
from explorer.results import Bundle, Picture, Progress, Result
from explorer.words import Text

READING = Text("数字を読んでいます", "Reading the digit")


def digit_samples() -> Iterator[Result]:
    """One held-out digit of each kind: parts ``"0"`` … ``"9"``, Pictures of 8×8 cells enlarged."""
    yield Bundle({key: _sample_picture(key) for key in _samples()})


def read_digit(*, system: str, variant: str | None = None, weights: str | None = None, picture: Source, digit: int | None = None) -> Iterator[Result]:
    """A digit read: ``picture`` as everywhere, or the key of a sample ("0" … "9").

    Parts: ``scores``; ``given`` (the pixels given to the network); ``maps`` (what its first layer makes of them); ``overlay`` (what
    spoke for ``digit``, by default the likeliest); ``picture`` (what was opened). Facts: ``digit`` of the overlay; ``box`` (x1, y1, x2,
    y2 of the part used, in pixels of the picture; None of a sample); ``dark`` (ink darker than paper).
    """
    running = yield from prepared(system, variant, weights)
    yield Progress(READING)
    sample = _samples().get(picture) if isinstance(picture, str) else None
    if sample is not None:
        found, whole = sample, _sample_picture(str(picture))
    else:
        whole = open_picture(picture)
        found = find_digit(whole)
    given = given_digit(found, whole.name)
    view = View(given, record(running.network, given.x.to(running.device)))
    taps = running.variant.taps
    number = running.known_class(digit, view.seen.output)
    yield Bundle(
        {
            "scores": running.scores(view.seen.output),
            "given": given.pixels,
            "maps": running.feature_maps(view, taps[0]),
            "overlay": running.class_activation(view, number, taps[-1]),
            "picture": whole,
        },
        facts={"digit": number, "box": None if sample is not None else found.box, "dark": found.dark},
    )


@cache
def _samples() -> dict[str, Digit]:
    """The first held-out digit of each kind."""
    *_, held, labels = data.counts()
    found = {}
    for number in range(10):
        cells = held[int((labels == number).nonzero()[0, 0])]
        ink = F.interpolate(enlarged(cells[None]) / FULL, (SIDE, SIDE), mode="bilinear", align_corners=False)[0, 0]
        found[str(number)] = Digit(cells.numpy(), ink.numpy(), (0.0, 0.0, float(CELLS), float(CELLS)), True)
    return found


def _sample_picture(key: str) -> Picture:
    grey = np.rint(255 * (1 - _samples()[key].cells / FULL)).astype(np.uint8)
    return Picture(np.repeat(grey[:, :, None], 3, axis=2), key)
