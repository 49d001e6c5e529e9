"""CamVid: streets seen from a car, a class for every pixel.

Brostow, Fauqueur & Cipolla, "Semantic object classes in video: A high-definition ground truth database", 2009. Read from
``camvid_train.tar`` (367 pictures) and ``camvid_test.tar`` (233), 480 × 360: ``images/*.jpg`` and ``labels/*.png``, whose
pixels are the eleven classes 0 to 10 (Badrinarayanan et al., "SegNet", 2015, arXiv 1511.00561) and 11 where nothing is said.
"""

from __future__ import annotations

import hashlib
import io
import tarfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from skimage.measure import label, regionprops
from torch import Tensor

from explorer.catalogue.classes import CAMVID
from explorer.engine.data.cifar10 import data_folder
from explorer.words import InputError, Text

CLASSES = tuple(one.en for one in CAMVID)
IGNORED = len(CLASSES)  # the label of pixels of which nothing is said
MEAN = (0.4093, 0.4226, 0.4302)  # of each channel over the training pictures, values 0 to 1
STD = (0.3072, 0.3119, 0.3074)
SIZE = (360, 480)  # height and width of every picture
LICENCE = "research use, as its authors ask"

BOXED = ("car", "pedestrian", "bicyclist")
LEAST = 10.0  # pixels: the least side of a square as large as a box that counts
SHARE_CUT = 0.5  # of the pixels along one side of a box
HIDING = ("car", "pedestrian", "bicyclist", "pole", "sign", "fence")  # what can stand in front of an object

Labels = NDArray[np.uint8]


@dataclass(frozen=True)
class Scenes:
    """One split. ``images`` uint8 (N, 3, H, W), RGB; ``labels`` uint8 (N, H', W'), classes and ``IGNORED``; ``names`` of the pictures, sorted;
    ``sha256`` of the ``file`` they came from."""

    images: Tensor
    labels: Tensor
    names: tuple[str, ...]
    file: str
    sha256: str

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True)
class ObjectBoxes:
    """The boxes of one picture. ``boxes``: (n, 4) x1, y1, x2, y2 in pixels, x2 and y2 just outside; ``kinds``: (n,) into ``BOXED``;
    ``ignored``: (n,) true where a detector should neither be asked for the box nor blamed for it."""

    boxes: NDArray[np.float64]
    kinds: NDArray[np.int64]
    ignored: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.kinds)


def load(
    split: Literal["train", "test"],
    folder: Path | None = None,
    limit: int | None = None,
    size: tuple[int, int] = SIZE,
    label_size: tuple[int, int] | None = None,
) -> Scenes:
    """One split of CamVid, decoded (about 5 s for 367 pictures); ``limit`` takes only so many, evenly spread over the file.

    ``size``: height and width of the pictures, scaled down by area; ``label_size``: those of the labels, by default the same; a label that is
    scaled is that of the pixel in the middle. Raises InputError where the file is missing or is not what it should be.
    """
    path = data_folder(folder) / f"camvid_{split}.tar"
    if not path.is_file():
        raise InputError(
            Text(
                ja=f"CamVid のファイル「{path.name}」がフォルダー「{path.parent}」にありません。",
                en=f"The CamVid file “{path.name}” is not in the folder “{path.parent}”.",
            )
        )
    content = path.read_bytes()
    try:
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            members = {member.name: member for member in archive if member.isfile()}
            every = sorted(PurePosixPath(name).stem for name in members if name.startswith("labels/"))
            count = len(every) if limit is None else min(limit, len(every))
            names = tuple(every[index * len(every) // count] for index in range(count))
            images = np.empty((count, *size, 3), dtype=np.uint8)
            labels = np.empty((count, *(label_size or size)), dtype=np.uint8)
            for place, name in enumerate(names):
                images[place] = np.asarray(scaled(_opened(archive, members[f"images/{name}.jpg"]).convert("RGB"), size, Image.Resampling.BOX))
                labels[place] = np.asarray(scaled(_opened(archive, members[f"labels/{name}.png"]).convert("L"), label_size or size, Image.Resampling.NEAREST))
        if not names or labels.max() > IGNORED:
            raise ValueError(f"{len(names)} pictures")
    except (KeyError, ValueError, EOFError, OSError, tarfile.TarError, UnidentifiedImageError) as error:
        raise InputError(
            Text(
                ja=f"「{path.name}」は壊れているか、CamVid のファイルではありません。",
                en=f"“{path.name}” is damaged or is not a CamVid file.",
            )
        ) from error
    return Scenes(
        images=torch.from_numpy(images).permute(0, 3, 1, 2).contiguous(),
        labels=torch.from_numpy(labels),
        names=names,
        file=path.name,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _opened(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Image.Image:
    file = archive.extractfile(member)
    if file is None:
        raise ValueError(member.name)
    return Image.open(io.BytesIO(file.read()))


def scaled(picture: Image.Image, size: tuple[int, int], resampling: Image.Resampling) -> Image.Image:
    """A picture of this height and width; the same where it already is."""
    height, width = size
    return picture if picture.size == (width, height) else picture.resize((width, height), resampling)


def boxes_of(labels: Labels, least: float = LEAST) -> ObjectBoxes:
    """The boxes of cars, pedestrians and bicyclists: of every connected region of such a class, touching corners included.

    ``labels``: (H, W), as CamVid's. What overlaps with its like in the picture is one region, so one box.

    Ignored are boxes of less area than a square of ``least`` pixels, and boxes cut by another object: along one side of the box, at least half of
    the region's own pixels border an object that stands nearer, which is one that reaches as far down in the picture or further.
    """
    numbers = np.zeros(labels.shape, dtype=np.int64)  # the regions of all objects, numbered from 1
    bottoms = [0]  # of each region, the row below its last
    found: list[tuple[int, int, tuple[int, int, int, int]]] = []  # number, kind, (top, left, bottom, right)
    for name in HIDING:
        regions = label(labels == CLASSES.index(name), connectivity=2)  # type: ignore[no-untyped-call]
        numbers[regions > 0] = regions[regions > 0] + len(bottoms) - 1
        for region in regionprops(regions):  # type: ignore[no-untyped-call]
            if name in BOXED:
                found.append((len(bottoms), BOXED.index(name), region.bbox))
            bottoms.append(region.bbox[2])
    reach = np.array(bottoms)
    around = np.pad(numbers, 1)  # beyond the picture there is no object
    boxes = np.zeros((len(found), 4))
    ignored = np.zeros(len(found), dtype=bool)
    for place, (number, _, (top, left, bottom, right)) in enumerate(found):
        boxes[place] = left, top, right, bottom
        part = around[top : bottom + 2, left : right + 2]  # the box and one pixel around it
        sides = ((part[1:-1, 1], part[1:-1, 0]), (part[1:-1, -2], part[1:-1, -1]), (part[1, 1:-1], part[0, 1:-1]), (part[-2, 1:-1], part[-1, 1:-1]))
        for inside, outside in sides:
            own = inside == number
            hidden = own & (outside > 0) & (outside != number) & (reach[outside] >= bottom)
            ignored[place] |= hidden.sum() >= SHARE_CUT * own.sum()
        ignored[place] |= (right - left) * (bottom - top) < least**2
    return ObjectBoxes(boxes, np.array([kind for _, kind, _ in found], dtype=np.int64), ignored)
