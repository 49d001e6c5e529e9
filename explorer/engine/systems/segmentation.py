"""Chapter 2, segmentation, from Python: a network that gives every pixel of a picture a class, and what to look at in it.

>>> net = load("unet")
>>> answer = net.run("street.jpg")
>>> answer.mask, answer.labels, answer.share("road")

The lenses of the recognition networks work on these as well; what is seen there is the picture as the network is given it, scaled.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from explorer.catalogue.schema import System, Variant
from explorer.engine.data import camvid, membrane
from explorer.engine.inputs.pictures import Source, open_picture
from explorer.engine.inputs.preparation import Given, Preparation
from explorer.engine.lenses.trace import record
from explorer.engine.system import NOT_BUILT, RunningSystem, about, trained
from explorer.engine.systems import recognition
from explorer.engine.systems.recognition import View
from explorer.engine.weights.cards import Card
from explorer.engine.weights.load import last_layer
from explorer.results import Maps, Mask, Overlay, Picture, Scores
from explorer.results.base import Floats
from explorer.words import InputError, Text

Method = Literal["auto", "scale", "tile"]

LEAST = 32  # pixels: no side is given shorter
LONGEST_STRIP = 8  # a side is given at most so many times as long as the other
TILE = 0.25  # the share of a tile's sides that it has in common with the next
MOST_TILES = 64

SCALED_DOWN = Text(
    "{width}×{height} 画素の画像を {columns}×{rows} に縮小してネットワークに与え、答えを元の大きさに戻しました。",
    "The picture of {width}×{height} pixels was scaled down to {columns}×{rows} for the network, and the answer back up.",
)
SCALED_UP = Text(
    "{width}×{height} 画素の小さな画像を {columns}×{rows} に拡大してネットワークに与えました。",
    "The small picture of {width}×{height} pixels was scaled up to {columns}×{rows} for the network.",
)
TILED = Text(
    "{width}×{height} 画素の画像を、重なり合う {count} 枚のタイルに分けて調べ、つなぎ合わせました。",
    "The picture of {width}×{height} pixels was cut into {count} overlapping tiles, and their answers joined.",
)
GREY = Text("色を使わないネットワークなので、明るさだけを与えました。", "This network takes no colours: it was given the brightness only.")
UNKNOWN_METHOD = Text("「{name}」という分け方はありません。auto、scale、tile から選んでください。", "There is no way called “{name}”; choose auto, scale or tile.")
NO_SUCH_CLASS = Text("「{name}」というクラスはありません。選べるもの: {known}。", "There is no class called “{name}”; there are {known}.")


@dataclass(frozen=True, eq=False)
class Answer:
    """What a network says of every pixel. ``mask``: (height, width) uint8, numbers of classes, of the picture's own size; ``labels``: the
    names of all classes; ``probabilities``: (classes, rows, columns) float32, adding to 1, of ``mask``'s size or smaller; ``notes``: what
    was done to the picture; ``how``: "as it is", "scaled" or "tiled"."""

    mask: NDArray[np.uint8]
    labels: tuple[str, ...]
    probabilities: Floats
    notes: tuple[Text, ...] = ()
    how: str = "as it is"

    def share(self, label: str) -> float:
        """The share of the pixels that are of a class. Raises InputError for one that there is not."""
        if label not in self.labels:
            raise InputError(NO_SUCH_CLASS.format(name=label[:60], known=", ".join(self.labels)))
        return float((self.mask == self.labels.index(label)).mean())


@dataclass(frozen=True)
class Form:
    """How a network takes pictures: about ``area`` pixels, ``channels`` normalised with ``mean`` and ``std``; ``tiles``: larger pictures are
    cut up, because the size of a thing in pixels means something."""

    rows: int
    columns: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    tiles: bool = False

    @property
    def area(self) -> int:
        return self.rows * self.columns

    @property
    def channels(self) -> int:
        return len(self.mean)


STREETS = Form(240, 320, camvid.MEAN, camvid.STD)
MEMBRANES = Form(512, 512, membrane.MEAN, membrane.STD, tiles=True)
PHOTOGRAPHS = Form(520, 520, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))  # torchvision's


def form_of(variant: Variant, card: Card | None = None) -> Form:
    """How a variant takes pictures: as its card says, or as its label set does."""
    usual = {"camvid": STREETS, "membrane": MEMBRANES, "voc": PHOTOGRAPHS}.get(variant.classes, MEMBRANES if "paper" in variant.name else STREETS)
    if card is None or not card.input.get("mean"):
        return usual
    rows, columns = card.input["size"]
    return Form(int(rows), int(columns), tuple(card.input["mean"]), tuple(card.input["std"]), usual.tiles)


class Running(recognition.Running):
    """A network that segments. ``network``: the torch module in evaluation mode; ``labels``: of its classes; ``form``: how it takes pictures."""

    def __init__(self, entry: System, variant: Variant | None, *, weights: str | Path | None = None, device: str = "auto", **settings: Any) -> None:
        """``weights``: the user's own checkpoint. Raises InputError when it fits no network of this system, WeightsMissing without any."""
        RunningSystem.__init__(self, entry, variant, device)
        self.no_settings(settings)
        if variant is None or not variant.model or not variant.classes:
            raise InputError(about(NOT_BUILT, entry.name))
        self.network, self.card = trained(variant, weights)
        self.variant = variant
        self.network.to(self.device)
        self.form = form_of(variant, self.card)
        self.preparation = Preparation(self.form.rows, self.form.rows, self.form.mean, self.form.std)
        self.labels = recognition.labels_of(variant, len(self.network.get_parameter(f"{last_layer(self.network)}.weight")), self.card)
        self.temperature = 1.0
        self.nothing = None
        self.own_weights = weights is not None

    # the answer

    def prepare(self, x: Source) -> Given:
        """The whole picture as the network is given it, scaled where it must be. Raises InputError."""
        whole = open_picture(x)
        height, width = whole.pixels.shape[:2]
        rows, columns = self.size_for(height, width)
        pixels = resized(whole.pixels, rows, columns)
        return Given(self.tensor_of(pixels), Picture(pixels, whole.name), whole, (0.0, 0.0, float(width), float(height)))

    def size_for(self, height: int, width: int) -> tuple[int, int]:
        """The height and width at which a picture is given: about as many pixels as in training, in its own proportions where they are no
        strip's; of a network for which sizes mean something, its own size where that is not larger."""
        long = min(max(height, width) / min(height, width), LONGEST_STRIP)
        if self.form.tiles and min(height, width) >= LEAST and height * width <= self.form.area and long < LONGEST_STRIP:
            return height, width
        short = max(LEAST, round(math.sqrt(self.form.area / long)))
        longer = max(LEAST, round(short * long))
        return (short, longer) if height <= width else (longer, short)

    def tensor_of(self, pixels: NDArray[np.uint8]) -> Tensor:
        """8-bit RGB (H, W, 3) as the network's input (1, channels, H, W)."""
        values = torch.from_numpy(np.array(pixels)).permute(2, 0, 1).float() / 255
        if self.form.channels == 1:
            values = (values * torch.tensor((0.299, 0.587, 0.114)).view(3, 1, 1)).sum(0, keepdim=True)
        return self.preparation.normalise(values)[None].to(self.device)

    def run(self, x: Any, **settings: Any) -> Answer:  # type: ignore[override]  # an answer of another kind
        """The class of every pixel of a picture: a path, a sample's name, bytes, a Pillow image or an array. Raises InputError.

        ``method``: what happens to a picture larger than those of the training: "scale" it, "tile" it, or "auto": what suits the network.
        """
        method = str(settings.pop("method", "auto"))
        self.no_settings(settings)
        *_, answer = self.running(x, method)
        assert isinstance(answer, Answer)
        return answer

    def running(self, x: Source, method: str = "auto") -> Iterator[Answer | float]:
        """``run`` step by step: the share done while tiles are looked at, and last the answer."""
        if method not in ("auto", "scale", "tile"):
            raise InputError(UNKNOWN_METHOD.format(name=str(method)[:60]))
        whole = open_picture(x)
        height, width = whole.pixels.shape[:2]
        tiled = method == "tile" or (method == "auto" and self.form.tiles)
        boxes = tile_boxes(height, width, self.form.rows, self.form.columns) if tiled else []
        if 1 < len(boxes) <= MOST_TILES and min(height, width) >= LEAST:
            yield from self._tiled(whole, boxes)
            return
        with torch.no_grad():
            scores = self.network(self.prepare(whole).x)
        yield self.answer(scores.float(), whole)

    def answer(self, scores: Tensor, whole: Picture) -> Answer:
        """The answer for the whole picture from the scores of the picture as it was given."""
        height, width = whole.pixels.shape[:2]
        rows, columns = self.size_for(height, width)
        notes = list(whole.notes)
        if (rows, columns) != (height, width):
            words = SCALED_DOWN if rows * columns < height * width else SCALED_UP
            notes.append(words.format(width=width, height=height, columns=columns, rows=rows))
        if self.form.channels == 1 and not grey(whole.pixels):
            notes.append(GREY)
        probabilities = torch.softmax(scores[0], 0)
        how = "as it is" if (rows, columns) == (height, width) else "scaled"
        return Answer(largest(scores, (height, width)), self.labels, probabilities.cpu().numpy(), tuple(notes), how)

    def _tiled(self, whole: Picture, boxes: list[tuple[int, int, int, int]]) -> Iterator[Answer | float]:
        height, width = whole.pixels.shape[:2]
        total = torch.zeros(len(self.labels), height, width)
        weight = torch.zeros(height, width)
        for number, (top, left, bottom, right) in enumerate(boxes):
            yield number / len(boxes)
            with torch.no_grad():
                scores = self.network(self.tensor_of(whole.pixels[top:bottom, left:right])).float()
            if scores.shape[2:] != (bottom - top, right - left):
                scores = F.interpolate(scores, size=(bottom - top, right - left), mode="bilinear", align_corners=False)
            counts = fading(bottom - top, right - left)
            total[:, top:bottom, left:right] += torch.softmax(scores[0], 0).cpu() * counts
            weight[top:bottom, left:right] += counts
        probabilities = total / weight
        notes = (*whole.notes, TILED.format(width=width, height=height, count=len(boxes)), *((GREY,) if self.form.channels == 1 and not grey(whole.pixels) else ()))
        yield Answer(probabilities.argmax(0).to(torch.uint8).numpy(), self.labels, probabilities.numpy(), notes, "tiled")

    def mask(self, x: Source | View, method: Method = "auto") -> Mask:
        """The class of every pixel, over the picture."""
        whole = x.given.whole if isinstance(x, View) else open_picture(x)
        answer = self.answer(x.seen.output.float(), whole) if isinstance(x, View) and method == "scale" else self.run(whole, method=method)
        return Mask(Picture(whole.pixels, whole.name, answer.notes), answer.mask.astype(np.int64), self.labels)

    def scores(self, output: Tensor) -> Scores:
        """The mean probability of each class over the picture."""
        mean = torch.softmax(output[0].detach().float(), 0).mean((1, 2)).cpu().double()
        return Scores(self.labels, mean.numpy())

    def class_number(self, name: str | int | None, output: Tensor) -> int:
        """The number of a class by its name or number; None: the one with the most pixels. Raises InputError for an unknown name."""
        if name is None:
            return int(torch.bincount(output[0].argmax(0).flatten(), minlength=len(self.labels)).argmax())
        return super().class_number(name, output)

    # what the page shows

    def view(self, x: Source | View) -> View:
        """One forward pass over a picture with all its values. Raises InputError."""
        if isinstance(x, View):
            return x
        given = self.prepare(x)
        return View(given, record(self.network, given.x))

    def probability(self, x: Source | View) -> Maps:
        """How likely each class is at each pixel of the picture as the network was given it."""
        view = self.view(x)
        values = torch.softmax(view.seen.output[0].detach().float(), 0).cpu().numpy()
        order = tuple(int(one) for one in np.argsort(-values.mean((1, 2)), kind="stable"))
        return Maps(values, "", self.labels, "", False, order)

    def class_overlay(self, x: Source | View, class_name: str | int | None = None) -> Overlay:
        """How likely one class is, over the whole picture; by default the one with the most pixels. Raises InputError."""
        view = self.view(x)
        number = self.known_class(class_name, view.seen.output)
        whole = view.given.whole
        heat = torch.softmax(view.seen.output.float(), 1)[:, number : number + 1]
        heat = F.interpolate(heat, size=whole.pixels.shape[:2], mode="bilinear", align_corners=False)[0, 0]
        return Overlay(whole, heat.cpu().numpy(), self.labels[number])


def resized(pixels: NDArray[np.uint8], rows: int, columns: int) -> NDArray[np.uint8]:
    """8-bit RGB (H, W, 3) at another size: averaged where it becomes smaller."""
    if pixels.shape[:2] == (rows, columns):
        return pixels
    smaller = rows < pixels.shape[0] and columns < pixels.shape[1]
    resampling = Image.Resampling.BOX if smaller else Image.Resampling.BILINEAR
    return np.array(Image.fromarray(pixels).resize((columns, rows), resampling))


def grey(pixels: NDArray[np.uint8]) -> bool:
    """Whether a picture has no colours."""
    return bool(np.ptp(pixels.astype(np.int16), axis=2).max() <= 2)


def largest(scores: Tensor, size: tuple[int, int]) -> NDArray[np.uint8]:
    """The class with the largest score at each of (height, width) pixels, from scores (1, classes, rows, columns) brought to this size.

    In strips of rows, so that a large picture does not need memory for all its scores at once.
    """
    height, width = size
    rows = scores.shape[2]
    found = np.empty(size, dtype=np.uint8)
    across = F.interpolate(scores, size=(rows, width), mode="bilinear", align_corners=False)
    for top in range(0, height, 256):
        places = (torch.arange(top, min(top + 256, height)).double() + 0.5) * rows / height - 0.5
        low = places.floor().clamp(0, rows - 1)
        high, share = (low + 1).clamp(max=rows - 1).long(), (places - low).clamp(0, 1).to(scores)
        low = low.long()
        strip = across[0][:, low] * (1 - share)[None, :, None] + across[0][:, high] * share[None, :, None]
        found[top : top + len(places)] = strip.argmax(0).to(torch.uint8).cpu().numpy()
    return found


def tile_boxes(height: int, width: int, rows: int, columns: int) -> list[tuple[int, int, int, int]]:
    """Tiles (top, left, bottom, right) of at most ``rows`` × ``columns`` that cover a picture, each overlapping the next by a quarter at least."""

    def starts(length: int, size: int) -> list[int]:
        if length <= size:
            return [0]
        count = math.ceil((length - size) / (size * (1 - TILE))) + 1
        return [round(number * (length - size) / (count - 1)) for number in range(count)]

    return [(top, left, min(top + rows, height), min(left + columns, width)) for top in starts(height, rows) for left in starts(width, columns)]


def fading(rows: int, columns: int) -> Tensor:
    """How much each pixel of a tile counts (rows, columns): all in the middle, less towards the edges, where less of the surroundings is seen."""

    def ramp(length: int) -> Tensor:
        places = torch.arange(length).float() + 0.5
        return (torch.minimum(places, length - places) / (TILE * length / 2)).clamp(0.01, 1)

    return ramp(rows)[:, None] * ramp(columns)[None, :]
