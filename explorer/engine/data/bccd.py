"""BCCD: photographs of blood smears with a box around each cell, by Shenggan (MIT licence).

Read from ``bccd_train.tar`` (205 pictures) and ``bccd_val.tar`` (87): ``images/*.jpg`` of 640×480 and ``annotations/*.xml`` in the form of
Pascal VOC. Red cells (RBC) stand densely and overlap, white ones (WBC) are large and few, platelets small. Not every red cell has a
box.
"""

from __future__ import annotations

import hashlib
import io
import tarfile
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image

from explorer.engine.data.boxed import CELLS, HEIGHT, WIDTH, Boxed, boxed, resized
from explorer.engine.data.cifar10 import data_folder
from explorer.words import InputError, Text

LICENCE = "MIT"
SOURCE = "BCCD (Shenggan and contributors), blood smears at 640×480"

MISSING = Text(
    ja="BCCD のファイル「{name}」がフォルダー「{folder}」にありません。",
    en="The BCCD file “{name}” is not in the folder “{folder}”.",
)
DAMAGED = Text(ja="「{name}」は壊れているか、BCCD のファイルではありません。", en="“{name}” is damaged or is not a BCCD file.")


@dataclass(frozen=True)
class Smears:
    """One split: its pictures, and the name and SHA-256 of the file they came from."""

    scenes: tuple[Boxed, ...]
    file: str
    sha256: str


def load(split: Literal["train", "val"], folder: Path | None = None, limit: int | None = None, *, height: int = HEIGHT, width: int = WIDTH) -> Smears:
    """One split at the networks' size, in the order of its names; ``limit``: so many, evenly spread.

    Raises InputError where the file is missing or is not what it should be.
    """
    path = data_folder(folder) / f"bccd_{split}.tar"
    if not path.is_file():
        raise InputError(MISSING.format(name=path.name, folder=path.parent))
    content = path.read_bytes()
    try:
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            members = {member.name: member for member in archive.getmembers() if member.isfile()}
            names = sorted(Path(name).stem for name in members if name.startswith("annotations/"))
            total = len(names) if limit is None else min(limit, len(names))
            scenes = []
            for index in range(total):
                name = names[index * len(names) // total]
                scenes.append(resized(_read(archive, members, name), height, width))
    except (KeyError, ValueError, OSError, tarfile.TarError, ElementTree.ParseError, AttributeError, TypeError) as error:
        raise InputError(DAMAGED.format(name=path.name)) from error
    if not scenes:
        raise InputError(DAMAGED.format(name=path.name))
    return Smears(tuple(scenes), path.name, hashlib.sha256(content).hexdigest())


def _read(archive: tarfile.TarFile, members: dict[str, tarfile.TarInfo], name: str) -> Boxed:
    """One picture and its boxes, as large as they are. Boxes without area, and what is no cell, are left out."""

    def file(path: str) -> bytes:
        opened = archive.extractfile(members[path])
        assert opened is not None
        return opened.read()

    with Image.open(io.BytesIO(file(f"images/{name}.jpg"))) as picture:
        pixels = np.array(picture.convert("RGB"))
    boxes, names = [], []
    for thing in ElementTree.fromstring(file(f"annotations/{name}.xml")).iter("object"):
        label = thing.findtext("name", "")
        box = thing.find("bndbox")
        if label in CELLS and box is not None:
            boxes.append([float(box.findtext(edge, "")) for edge in ("xmin", "ymin", "xmax", "ymax")])
            names.append(label)
    return boxed(pixels, boxes, names, name=name)
