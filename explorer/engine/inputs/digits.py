"""A drawn or photographed digit, made into what the digits' network takes.

The network learnt from UCI's optical digits (Alpaydin & Kaynak, "Cascading Classifiers", 1998), which come with scikit-learn: each was
cut out, fitted into 32×32 black and white pixels, and the black ones of every 4×4 field counted, 0 to 16. Here the same is done to
what the user brings: ink is told from paper, cut out, its pen made about as thick as in those digits, and fitted into 8×8 counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from explorer.engine.inputs.preparation import Given, Preparation
from explorer.results import Picture
from explorer.words import InputError, Text

CELLS, FULL = 8, 16.0  # counts of ink: so many a side, and the largest
SIZE = 16  # pixels a side of the network's input
MEAN, STD = 4.9, 6.0  # of the counts
SIDE = 128  # pixels a side in which the cut-out digit is worked on
COVER = 4.9 / 16  # the share of the field that ink covers in those digits, the same for all ten
THINNEST, THICKEST = -8.0, 24.0  # by how much the outline moves out at most, in pixels of SIDE
LEAST_CONTRAST = 24.0  # levels between ink and paper
LOOKED_AT = 480  # pixels of the longer side of a photograph

NO_INK = Text(
    "数字が見つかりません。紙に濃く、または黒板に白く書いた数字を、大きく写してください。",
    "No digit was found. Show one written dark on paper, or light on a board, and let it fill the picture.",
)
TOO_MUCH = Text(
    "線と背景を見分けられません。無地の紙に書いた数字を写してください。",
    "Strokes and background cannot be told apart. Show a digit on plain paper.",
)
LIGHT_ON_DARK = Text("暗い背景に明るい線と見て、白黒を入れ替えました。", "It is light on dark, so black and white were exchanged.")


@dataclass(frozen=True, eq=False)
class Digit:
    """A digit as the network's data are. ``cells``: (8, 8) float 0–16; ``ink``: (128, 128) 0–1, the same before counting; ``box``: x1, y1,
    x2, y2 of the square it was cut from, in pixels of the picture (may reach outside); ``dark``: darker than its paper."""

    cells: NDArray[np.float32]
    ink: NDArray[np.float32]
    box: tuple[float, float, float, float]
    dark: bool


def find_digit(picture: Picture) -> Digit:
    """The digit on a picture. Raises InputError where there is no ink, or too much of it."""
    height, width = picture.pixels.shape[:2]
    scale = min(1.0, LOOKED_AT / max(height, width))
    image = Image.fromarray(picture.pixels).convert("L")
    if scale < 1:
        image = image.resize((max(1, round(width * scale)), max(1, round(height * scale))), Image.Resampling.BOX)
    mask, dark = ink_of(np.asarray(image, dtype=np.float32))
    cells, ink, (x1, y1, x2, y2) = fitted(mask)
    sx, sy = width / mask.shape[1], height / mask.shape[0]
    return Digit(cells, ink, (x1 * sx, y1 * sy, x2 * sx, y2 * sy), dark)


def ink_of(grey: NDArray[np.float32]) -> tuple[NDArray[np.bool_], bool]:
    """Which of (height, width) grey values 0–255 are ink, and whether it is darker than the paper.

    The border of the picture is paper: a plane through it gives the paper's brightness everywhere, so that a shadow over the page does
    not matter. Otsu's threshold (1979) parts the rest. Raises InputError.
    """
    from scipy import ndimage

    height, width = grey.shape
    if min(height, width) < 8:
        raise InputError(NO_INK)
    difference = grey - paper_of(grey)  # negative: darker than the paper
    falls, rises = np.clip(-difference, 0, None), np.clip(difference, 0, None)
    dark = float((falls**2).sum()) >= float((rises**2).sum())
    strength = falls if dark else rises
    threshold = otsu(strength)
    if threshold < LEAST_CONTRAST / 2 or strength.max() < LEAST_CONTRAST:
        raise InputError(NO_INK)
    mask: NDArray[np.bool_] = strength > threshold
    pieces, count = ndimage.label(mask, np.ones((3, 3)))
    areas = np.bincount(pieces.ravel(), minlength=count + 1)
    areas[0] = 0
    edge = np.unique(np.concatenate([pieces[0], pieces[-1], pieces[:, 0], pieces[:, -1]]))
    inside = np.setdiff1d(np.arange(1, count + 1), edge)
    kept = inside if len(inside) and areas[inside].max() >= 0.002 * mask.size else np.arange(1, count + 1)
    kept = kept[areas[kept] >= 0.05 * areas[kept].max()]  # specks are no strokes
    mask = np.isin(pieces, kept)
    if mask.sum() > 0.6 * mask.size:
        raise InputError(TOO_MUCH)
    return mask, dark


def paper_of(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """The brightness of the paper at each pixel: a plane through the border, what lies far from it (a hand, an edge) left out."""
    height, width = grey.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    y, x = y / height - 0.5, x / width - 0.5
    band = max(2, round(0.06 * min(height, width)))
    border = np.ones(grey.shape, bool)
    border[band:-band, band:-band] = False
    values, places = grey[border], np.column_stack([x[border], y[border], np.ones(int(border.sum()), np.float32)])
    used = np.abs(values - np.median(values)) <= 40
    plane, *_ = np.linalg.lstsq(places[used], values[used], rcond=None)
    found: NDArray[np.float32] = (plane[0] * x + plane[1] * y + plane[2]).astype(np.float32)
    return found


def otsu(values: NDArray[np.float32]) -> float:
    """The threshold that parts values (0 to 255) into two groups with the least spread within them."""
    counts, edges = np.histogram(values, bins=256, range=(0, 256))
    middles = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    sums = np.cumsum(counts * middles)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (sums / below - (sums[-1] - sums) / above) ** 2
    return float(edges[1 + int(np.nanargmax(between[:-1]))]) if np.isfinite(between[:-1]).any() else 0.0


def fitted(mask: NDArray[np.bool_]) -> tuple[NDArray[np.float32], NDArray[np.float32], tuple[float, float, float, float]]:
    """Cells, ink and box (see ``Digit``) of the true part of (height, width): centred, filling the field, the pen as thick as in the data."""
    from scipy import ndimage

    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    longest = max(bottom - top, right - left)
    scale = SIDE / longest
    high, wide = max(1, round((bottom - top) * scale)), max(1, round((right - left) * scale))
    cut = Image.fromarray(mask[top:bottom, left:right].astype(np.uint8) * 255).resize((wide, high), Image.Resampling.BILINEAR)
    room = int(THICKEST) + 4
    field = np.zeros((SIDE + 2 * room, SIDE + 2 * room), bool)
    y, x = (field.shape[0] - high) // 2, (field.shape[1] - wide) // 2
    field[y : y + high, x : x + wide] = np.asarray(cut) > 127
    outside = ndimage.distance_transform_edt(~field) - ndimage.distance_transform_edt(field)  # below 0: ink
    low, top_end = THINNEST, THICKEST
    for _ in range(12):  # the outline moves out until the ink covers as much of its square as in the data
        moved = (low + top_end) / 2
        if (outside < moved).sum() < COVER * (SIDE + 2 * moved) ** 2:
            low = moved
        else:
            top_end = moved
    moved = (low + top_end) / 2
    middle, half = field.shape[0] / 2, SIDE / 2 + moved
    soft = Image.fromarray(np.clip(0.5 - (outside - moved), 0, 1).astype(np.float32))
    square = (middle - half, middle - half, middle + half, middle + half)
    ink = np.asarray(soft.resize((SIDE, SIDE), Image.Resampling.BILINEAR, box=square), dtype=np.float32)
    cells = FULL * ink.reshape(CELLS, SIDE // CELLS, CELLS, SIDE // CELLS).mean((1, 3))
    cx, cy, reach = (left + right) / 2, (top + bottom) / 2, half / scale
    return cells, ink, (cx - reach, cy - reach, cx + reach, cy + reach)


def enlarged(cells: Tensor) -> Tensor:
    """Counts (N, 8, 8) as counts (N, 1, 16, 16), between the middles of the cells linear, no ink beyond the edge."""
    padded = F.pad(cells[:, None], (1, 1, 1, 1))
    twice = F.interpolate(padded, scale_factor=SIZE / CELLS, mode="bilinear", align_corners=False)
    edge = SIZE // CELLS
    return twice[:, :, edge:-edge, edge:-edge]


def normalised(counts: Tensor) -> Tensor:
    """Counts 0–16 as the network takes them."""
    return (counts - MEAN) / STD


def as_picture(counts: Tensor, name: str = "") -> Picture:
    """Counts (1, 1, 16, 16) as a grey picture: dark ink on white."""
    grey = (255 * (1 - counts[0, 0] / FULL)).clamp(0, 255).round().to(torch.uint8).numpy()
    return Picture(np.repeat(grey[:, :, None], 3, axis=2), name)


def ink_picture(ink: NDArray[np.float32], name: str = "") -> Picture:
    """Ink (height, width) 0–1 as a picture: dark on white."""
    grey = np.clip(np.rint(255 * (1 - ink)), 0, 255).astype(np.uint8)
    return Picture(np.repeat(grey[:, :, None], 3, axis=2), name)


def given_digit(digit: Digit, name: str = "") -> Given:
    """A digit as its network takes it; the whole is the cut-out digit, of which everything is used."""
    counts = enlarged(torch.from_numpy(digit.cells)[None])
    side = float(SIDE)
    return Given(normalised(counts), as_picture(counts, name), ink_picture(digit.ink, name), (0.0, 0.0, side, side))


@dataclass(frozen=True)
class DigitPreparation(Preparation):
    """How the digits' network takes pictures: the digit on them is found and made as its data are. Raises InputError without one."""

    def __call__(self, picture: Picture) -> Given:
        return given_digit(find_digit(picture), picture.name)


PREPARATION = DigitPreparation(SIZE, SIZE, (MEAN / FULL,), (STD / FULL,))
