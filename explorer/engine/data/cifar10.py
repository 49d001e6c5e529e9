"""CIFAR-10: small photographs of ten kinds of things.

Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009. Read from ``cifar10_train.npz`` (50,000
pictures) and ``cifar10_test.npz`` (5,000): ``jpeg`` holds all JPEG files end to end, ``offsets`` where each begins,
``labels`` the class of each, ``classes`` the names; sorted by class.
"""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from PIL import Image, UnidentifiedImageError
from torch import Tensor

from explorer.words import InputError, Text

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
MEAN = (0.4914, 0.4822, 0.4465)  # of each channel over the training pictures, values 0 to 1
STD = (0.2470, 0.2435, 0.2616)
LICENCE = "no licence stated by its author; distributed for research"

FOLDER_VARIABLE = "DS_EXPLORER_DATA"


@dataclass(frozen=True)
class Pictures:
    """One split: ``images`` uint8 (N, 3, 32, 32), RGB; ``labels`` int64 (N,); ``sha256`` of the file they came from."""

    images: Tensor
    labels: Tensor
    classes: tuple[str, ...]
    file: str
    sha256: str

    def __len__(self) -> int:
        return len(self.labels)


def data_folder(folder: Path | None = None) -> Path:
    """The folder of data sets: the one given, else ``DS_EXPLORER_DATA``, else ``../shared/data`` beside the working folder.

    Raises InputError where there is none.
    """
    if folder is None:
        named = os.environ.get(FOLDER_VARIABLE)
        folder = Path(named) if named else Path("..") / "shared" / "data"
    if not folder.is_dir():
        raise InputError(
            Text(
                ja=f"学習データのフォルダー「{folder}」が見つかりません。--data でフォルダーを指定してください。",
                en=f"The folder of training data “{folder}” was not found; name one with --data.",
            )
        )
    return folder


def load(split: Literal["train", "test"], folder: Path | None = None, limit: int | None = None) -> Pictures:
    """One split of CIFAR-10, decoded (about 6 s for all 50,000); ``limit`` takes only so many, evenly spread over the file.

    Raises InputError where the file is missing or is not what it should be.
    """
    path = data_folder(folder) / f"cifar10_{split}.npz"
    if not path.is_file():
        raise InputError(
            Text(
                ja=f"CIFAR-10 のファイル「{path.name}」がフォルダー「{path.parent}」にありません。",
                en=f"The CIFAR-10 file “{path.name}” is not in the folder “{path.parent}”.",
            )
        )
    content = path.read_bytes()
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            packed: bytes = arrays["jpeg"].tobytes()
            offsets = arrays["offsets"]
            labels = torch.from_numpy(arrays["labels"].astype(np.int64))
            classes = tuple(str(name) for name in arrays["classes"])
        count = len(labels) if limit is None else min(limit, len(labels))
        chosen = np.arange(count) * len(labels) // count  # the files are sorted by class
        images = np.empty((count, 32, 32, 3), dtype=np.uint8)
        for place, index in enumerate(chosen):
            with Image.open(io.BytesIO(packed[offsets[index] : offsets[index + 1]])) as picture:
                images[place] = np.asarray(picture.convert("RGB"))
    except (KeyError, IndexError, ValueError, EOFError, OSError, zipfile.BadZipFile, UnidentifiedImageError) as error:
        raise InputError(
            Text(
                ja=f"「{path.name}」は壊れているか、CIFAR-10 のファイルではありません。",
                en=f"“{path.name}” is damaged or is not a CIFAR-10 file.",
            )
        ) from error
    return Pictures(
        images=torch.from_numpy(images).permute(0, 3, 1, 2).contiguous(),
        labels=labels[torch.from_numpy(chosen)],
        classes=classes,
        file=path.name,
        sha256=hashlib.sha256(content).hexdigest(),
    )
