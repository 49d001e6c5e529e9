"""Pictures for a class of the user's own: files and folders opened, and ready-made examples."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from explorer.engine.inputs.pictures import open_picture, sample
from explorer.results import Picture
from explorer.words import InputError, Text

MOST = 50  # pictures of one class
ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm", ".pgm", ".avif")
CROPS = ("cat", "coffee", "astronaut")  # examples: parts of these photographs
EXAMPLES = 9  # of each; the last is not learnt from

FIRST_ONLY = Text("「{name}」には画像が {count} 枚あります。最初の {most} 枚を使います。", "“{name}” holds {count} pictures; the first {most} are used.")
EMPTY_FOLDER = Text("フォルダー「{name}」に画像がありません。", "The folder “{name}” holds no pictures.")
FULL = Text("一つのクラスは {most} 枚までです。", "A class takes at most {most} pictures.")
NO_EXAMPLE = Text("「{name}」という見本はありません。", "There is no example called “{name}”.")


def example(key: str) -> Picture:
    """The example ``"crop:cat:3"``: a square part of a sample photograph, always the same. Raises InputError for another key."""
    kind, _, rest = key.partition(":")
    name, _, number = rest.partition(":")
    if kind != "crop" or name not in CROPS or not number.isdecimal():
        raise InputError(NO_EXAMPLE.format(name=key[:60]))
    pixels = sample(name).pixels
    height, width = pixels.shape[:2]
    rng = np.random.default_rng((CROPS.index(name), int(number)))
    side = int(rng.uniform(0.45, 0.7) * min(height, width))
    y, x = int(rng.integers(0, height - side + 1)), int(rng.integers(0, width - side + 1))
    return Picture(np.ascontiguousarray(pixels[y : y + side, x : x + side]), name)


def open_one(source: Any) -> Picture:
    """A picture of a class: an example's key, or whatever opens as a picture. Raises InputError."""
    if isinstance(source, str) and source.startswith("crop:") and not os.path.exists(source):
        return example(source)
    return open_picture(source)


def opened(sources: Sequence[Any], room: int = MOST) -> Iterator[tuple[Any, Picture | None, Text | None]]:
    """Each picture among files, folders and pixels: its source, itself, and a note; without a picture where it cannot be opened.

    At most ``room`` pictures; a folder gives its first ones, by name.
    """
    used = 0
    for source in sources:
        if isinstance(source, str | os.PathLike) and os.path.isdir(source):
            folder = Path(source)
            try:
                with os.scandir(folder) as entries:
                    files = sorted(entry.name for entry in entries if entry.name.lower().endswith(ENDINGS))
            except OSError:
                files = []
            if not files:
                yield source, None, EMPTY_FOLDER.format(name=folder.name)
            elif len(files) > room - used:
                yield source, None, FIRST_ONLY.format(name=folder.name, count=f"{len(files):,}", most=room - used)
            found: list[Any] = [str(folder / name) for name in files[: max(0, room - used)]]
        else:
            found = [str(source) if isinstance(source, os.PathLike) else source]
            if used >= room:
                yield source, None, FULL.format(most=MOST)
                return
        for one in found:
            try:
                picture = open_one(one)
            except InputError as error:
                yield one, None, error.text
                continue
            used += 1
            yield one, picture, None
