"""Cell membranes under an electron microscope: what U-Net was made for.

Cardona et al., "An Integrated Micro- and Macroarchitectural Analysis of the Drosophila Brain by Computer-Assisted Serial
Section Electron Microscopy", 2010; the slices of the ISBI 2012 challenge. Read from ``membrane_train.npz``: ``images`` uint8
(24, 512, 512) and ``labels`` bool, true inside a cell and false on a membrane. Every sixth slice is held out.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from explorer.catalogue.classes import MEMBRANE
from explorer.engine.data.cifar10 import data_folder
from explorer.words import InputError, Text

FILE = "membrane_train.npz"
CLASSES = tuple(one.en for one in MEMBRANE)
HELD_OUT = (5, 11, 17, 23)
MEAN = (0.4945,)  # over the slices held in, values 0 to 1
STD = (0.1718,)
LICENCE = "research use, as the challenge's organisers ask"


@dataclass(frozen=True)
class Slices:
    """Some slices. ``images`` uint8 (N, 1, 512, 512); ``labels`` uint8 (N, 512, 512), 0 membrane, 1 inside a cell; ``numbers`` in the file;
    ``sha256`` of the ``file``."""

    images: Tensor
    labels: Tensor
    numbers: tuple[int, ...]
    file: str
    sha256: str

    def __len__(self) -> int:
        return len(self.numbers)


def load(split: Literal["train", "test"], folder: Path | None = None, limit: int | None = None) -> Slices:
    """The slices held in (20, "train") or held out (4, "test"); at most ``limit``.

    Raises InputError where the file is missing or is not what it should be.
    """
    path = data_folder(folder) / FILE
    if not path.is_file():
        raise InputError(
            Text(
                ja=f"膜の画像のファイル「{FILE}」がフォルダー「{path.parent}」にありません。",
                en=f"The file of membranes “{FILE}” is not in the folder “{path.parent}”.",
            )
        )
    content = path.read_bytes()
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            images, labels = arrays["images"], arrays["labels"]
        if images.ndim != 3 or images.shape != labels.shape or images.dtype != np.uint8 or labels.dtype != np.bool_:
            raise ValueError(f"{images.shape}, {labels.shape}")
        numbers = tuple(number for number in range(len(images)) if (number in HELD_OUT) == (split == "test"))[:limit]
    except (KeyError, ValueError, EOFError, OSError, zipfile.BadZipFile) as error:
        raise InputError(
            Text(
                ja=f"「{FILE}」は壊れているか、膜の画像のファイルではありません。",
                en=f"“{FILE}” is damaged or is not the file of membranes.",
            )
        ) from error
    chosen = list(numbers)
    return Slices(
        images=torch.from_numpy(images[chosen])[:, None].contiguous(),
        labels=torch.from_numpy(labels[chosen].astype(np.uint8)),
        numbers=numbers,
        file=FILE,
        sha256=hashlib.sha256(content).hexdigest(),
    )
