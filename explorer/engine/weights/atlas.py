"""How a network sees its test pictures, in a file beside its weights (``resnet20.atlas.safetensors``): no picture, only numbers.

Half precision and few dimensions keep a file below 60 KB.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from explorer.engine.weights.cards import Card, file_sha256
from explorer.words import InputError, Text

DIMENSIONS = 16  # that the features are reduced to
MOST_BYTES = 60_000
MOST_PICTURES = 1000
SUFFIX = ".atlas.safetensors"

NO_ATLAS = Text(
    "{variant} がテスト画像をどう見たかの記録は、まだありません。同梱の重みの学習レシピが作ります。",
    "There is no record yet of how {variant} saw its test pictures; the recipe that trains bundled weights makes it.",
)
NOT_FITTING = Text(
    "テスト画像の記録「{file}」は、この重みのものではないか、壊れています。",
    "“{file}”, the record of the test pictures, does not belong to these weights or is damaged.",
)
KINDS = {
    "confusion": np.int32, "mean": np.float16, "components": np.float16, "features": np.float16, "points": np.float16,
    "labels": np.uint16, "said": np.uint16,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Atlas:
    """C classes, P features before the last layer, N of the test pictures, D dimensions kept.

    ``confusion``: (C, C) int, how many test pictures of a class (row) were said to be of another (column), over the whole test set;
    ``mean``: (P,) and ``components``: (D, P), so that ``(features − mean) @ components.T`` are the reduced features;
    ``features``: (N, D) reduced; ``points``: (N, 2) their places on the map; ``labels``, ``said``: (N,) the true and the stated class.
    """

    confusion: NDArray[np.int32]
    mean: NDArray[np.floating]
    components: NDArray[np.floating]
    features: NDArray[np.floating]
    points: NDArray[np.floating]
    labels: NDArray[np.integer]
    said: NDArray[np.integer]

    def __post_init__(self) -> None:
        """Raises ValueError where the shapes or the numbers do not go together."""
        classes, pictures = len(self.confusion), len(self.features)
        wanted = {
            "confusion": (classes, classes), "components": (self.features.shape[-1], len(self.mean)), "features": (pictures, self.features.shape[-1]),
            "points": (pictures, 2), "labels": (pictures,), "said": (pictures,),
        }  # fmt: skip
        for name, shape in wanted.items():
            values = getattr(self, name)
            if values.shape != shape:
                raise ValueError(f"{name} has the shape {values.shape}, not {shape}")
            if not np.isfinite(values).all():
                raise ValueError(f"{name} is not finite")
        if not pictures or max(self.labels.max(), self.said.max()) >= classes or self.confusion.min() < 0:
            raise ValueError("no pictures, or a class that is not there")

    def reduce(self, features: NDArray[np.floating]) -> NDArray[np.float32]:
        """Features (n, P) in the reduced space, (n, D)."""
        return (features.astype(np.float32) - self.mean.astype(np.float32)) @ self.components.astype(np.float32).T


def atlas_name(weights: str | Path) -> str:
    """The name of the file that goes with a file of weights."""
    return Path(weights).stem + SUFFIX


def save_atlas(path: Path, atlas: Atlas) -> Path:
    """Write the file in one move. Raises ValueError for one of more than ``MOST_BYTES``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    save_file({name: np.ascontiguousarray(getattr(atlas, name), dtype=kind) for name, kind in KINDS.items()}, part)
    if part.stat().st_size > MOST_BYTES:
        size = part.stat().st_size
        part.unlink()
        raise ValueError(f"{path.name} would have {size} bytes")
    os.replace(part, path)
    return path


def load_atlas(path: Path, card: Card | None = None) -> Atlas:
    """The atlas in a file. ``card``: of the weights it belongs to; where it names the file, its hash is checked.

    Raises FileNotFoundError, or InputError for a file that is none or not the card's.
    """
    try:
        if card is not None and path.name in card.companions and file_sha256(path) != card.companions[path.name]:
            raise ValueError("another hash than on the card")
        values = load_file(path)
        if set(values) != set(KINDS) or any(values[name].dtype != kind for name, kind in KINDS.items()):
            raise ValueError("other names or types")
        return Atlas(**values)
    except FileNotFoundError:
        raise
    except (SafetensorError, ValueError, OSError) as error:
        raise InputError(NOT_FITTING.format(file=path.name)) from error
