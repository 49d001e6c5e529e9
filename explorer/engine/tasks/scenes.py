"""What the scenes ask for: a drawn digit read; classes of the user's own learnt from a few pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F

from explorer.catalogue import SYSTEMS
from explorer.engine.data import digits as data
from explorer.engine.inputs import class_pictures
from explorer.engine.inputs.digits import CELLS, FULL, SIDE, Digit, enlarged, find_digit, given_digit
from explorer.engine.inputs.pictures import Source, open_picture
from explorer.engine.learning.transfer import Transfer
from explorer.engine.lenses.atlas import features_and_scores
from explorer.engine.lenses.trace import record
from explorer.engine.systems.recognition import Running, View
from explorer.engine.tasks.recognition import fingerprint, prepared
from explorer.engine.weights.load import last_layer
from explorer.engine.weights.store import locate
from explorer.results import Bundle, Curves, Picture, Progress, Result, Scores, Series
from explorer.words import InputError, Text, WeightsMissing

READING = Text("数字を読んでいます", "Reading the digit")
LOOKING = Text("画像の特徴を取り出しています", "Taking the features of the pictures")
OPENING = Text("画像を開いています", "Opening pictures")
LEARNING = Text("最後の層が学んでいます", "The last layer learns")
NEED_TWO = Text("二つ以上のクラスに、それぞれ画像を入れてください。", "It takes two classes or more, each with pictures.")
NO_NETWORK = Text("特徴を取り出すネットワークの重みがありません。", "There are no weights of a network that gives features.")
STEP, LOSS, SHARE = Text("ステップ", "step"), Text("損失", "loss"), Text("正解の割合", "share right")
LEARNT, HELD_OUT = Text("学んだ画像", "pictures it learnt from"), Text("学ばなかった画像", "pictures it did not see")
THUMBNAIL = 64
_features: dict[Any, torch.Tensor] = {}  # of pictures, by network
FEATURES_KEPT = 2000


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


def feature_networks() -> dict[str, tuple[str, str, Text]]:
    """The networks whose weights are here and whose features can be used, the best suited first: key -> system, variant, name."""
    found = {}
    systems = [one for one in SYSTEMS if one.section == "recognition"]
    for system in sorted(systems, key=lambda one: -one.year):  # EfficientNet first
        for variant in system.variants:
            if variant.model and variant.weights in ("bundled", "download"):
                try:
                    locate(variant)
                except WeightsMissing:
                    continue
                found[f"{system.id}/{variant.name}"] = system.id, variant.name, variant.label
    return found


def class_pictures_opened(*, sources: Sequence[Any], room: int = class_pictures.MOST) -> Iterator[Result]:
    """Pictures for a class, from files, folders, pixels or examples. Parts ``"0"`` …: small pictures. Facts: ``sources``: of each;
    ``notes``: what could not be opened or was left out."""
    parts: dict[str, Result] = {}
    kept: list[Any] = []
    notes: list[Text] = []
    for source, picture, note in class_pictures.opened(sources, room):
        yield Progress(OPENING)
        if note is not None:
            notes.append(note)
        if picture is not None:
            parts[str(len(kept))] = Picture(_small(picture.pixels), picture.name)
            kept.append(source)
    yield Bundle(parts, facts={"sources": kept, "notes": notes})


def transfer(*, classes: Sequence[tuple[str, Sequence[Any]]], network: str = "", picture: Source | None = None) -> Iterator[Result]:
    """A last layer learnt from the pictures of each class (name, sources), growing; last it says what ``picture`` is.

    ``network``: a key of ``feature_networks``; where it is not there, the first. Parts: ``loss``, ``shares`` (Curves); with a picture
    ``scores`` and ``picture``. Facts: ``networks``: (key, name) of all; ``network`` used; ``size``: features a picture; ``right``,
    ``pictures``: of those left out in turn; ``wrong``: (class, number of the picture in it, class said); ``done``. Raises InputError.
    """
    if len(classes) < 2 or not all(len(sources) for _, sources in classes):
        raise InputError(NEED_TWO)
    networks = feature_networks()
    if not networks:
        raise InputError(NO_NETWORK)
    key = network if network in networks else next(iter(networks))
    running = yield from prepared(*networks[key][:2], None)
    labels = torch.tensor([number for number, (_, sources) in enumerate(classes) for _ in sources])
    sources = [source for _, of_class in classes for source in of_class]
    rows = []
    for done, source in enumerate(sources):
        rows.append(_features_of(running, key, source))
        yield Progress(LOOKING, done / len(sources))
    whole = class_pictures.open_one(picture) if picture is not None else None
    learning = Transfer(torch.stack(rows), labels, len(classes))
    facts: dict[str, Any] = {"networks": [(one, name) for one, (_, _, name) in networks.items()], "network": key, "size": len(rows[0]), "pictures": len(labels)}
    steps: list[tuple[float, float, float]] = []
    for step in learning.steps():
        steps.append((step.loss, step.learnt, step.held_out))
        last = step.step == step.steps
        yield Progress(LEARNING, step.step / step.steps)
        if last or step.step % 8 == 0:
            facts |= {"right": round(step.held_out * len(labels)), "learnt": round(step.learnt * len(labels)), "done": last, "wrong": _wrong(step.said, labels)}
            parts = _curves(np.array(steps))
            if last and whole is not None:
                probabilities = learning.probabilities(_features_of(running, key, picture)[None])[0]
                parts |= {"scores": Scores(tuple(name for name, _ in classes), probabilities.numpy()), "picture": whole}
            yield Bundle(parts, facts=dict(facts))


def _curves(steps: Any) -> dict[str, Result]:
    x = np.arange(1, len(steps) + 1, dtype=float)
    loss, learnt, held_out = steps.T
    shares = Curves((Series(HELD_OUT, x, held_out, main=True), Series(LEARNT, x, learnt)), STEP, SHARE)
    return {"loss": Curves((Series(LOSS, x, loss, main=True),), STEP, LOSS), "shares": shares}


def _wrong(said: torch.Tensor, labels: torch.Tensor) -> list[tuple[int, int, int]]:
    """Class, number within it, and class said, of what was got wrong."""
    found = []
    for row in (said != labels).nonzero()[:, 0].tolist():
        label = int(labels[row])
        found.append((label, int((labels[:row] == label).sum()), int(said[row])))
    return found


def _features_of(running: Running, key: str, source: Any) -> torch.Tensor:
    """What goes into the network's last layer for a picture, (D,); kept, for a picture is looked at once."""
    mark = key, fingerprint(source)
    found = _features.get(mark)
    if found is None:
        given = running.prepare(class_pictures.open_one(source))
        found = features_and_scores(running.network, last_layer(running.network), given.x)[0][0].float().cpu()
        _features[mark] = found
        while len(_features) > FEATURES_KEPT:
            del _features[next(iter(_features))]
    return found


def _small(pixels: Any) -> Any:
    height, width = pixels.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = Image.fromarray(np.ascontiguousarray(pixels[top : top + side, left : left + side]))
    return np.asarray(square.resize((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX if side > THUMBNAIL else Image.Resampling.NEAREST))
