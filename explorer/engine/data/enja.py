"""English and Japanese sentences that mean the same: 50,000 short pairs to learn from, 500 to measure on.

small_parallel_enja, taken from the Tanaka corpus of textbook sentences (CC BY). ``train.en``/``train.ja`` and
``dev.en``/``dev.ja`` in the folder ``enja``, one sentence a line, already split into words by spaces and in lower case
(Stanford tokenizer, KyTea): ``i can 't swim at all .`` and ``私 は 少し も 泳げ な い 。``. No dev pair stands in the
training files; 77 of the 500 English dev sentences do, with another translation.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from explorer.engine.data.cifar10 import data_folder
from explorer.words import InputError, Text

LICENCE = "CC BY (Tanaka corpus)"
SOURCE = "small_parallel_enja"


@dataclass(frozen=True)
class Pairs:
    """One split: ``english[i]`` and ``japanese[i]`` mean the same, as the files write them; ``sha256`` of each file."""

    english: tuple[str, ...]
    japanese: tuple[str, ...]
    split: str
    sha256: Mapping[str, str]

    def __len__(self) -> int:
        return len(self.english)


def load(split: Literal["train", "dev"], folder: Path | None = None, limit: int | None = None) -> Pairs:
    """One split; ``limit`` takes the first so many pairs. The folder is found as for the other sets (``data_folder``).

    Raises InputError where the files are missing, not UTF-8, or not of equal length.
    """
    place = data_folder(folder) / "enja"
    hashes: dict[str, str] = {}
    sides: list[list[str]] = []
    for language in ("en", "ja"):
        path = place / f"{split}.{language}"
        if not path.is_file():
            raise InputError(
                Text(
                    ja=f"英日対訳のファイル「{path.name}」がフォルダー「{place}」にありません。",
                    en=f"The file of sentence pairs “{path.name}” is not in the folder “{place}”.",
                )
            )
        content = path.read_bytes()
        hashes[f"enja/{path.name}"] = hashlib.sha256(content).hexdigest()
        try:
            sides.append(content.decode("utf-8").removesuffix("\n").split("\n"))
        except UnicodeDecodeError as error:
            raise _damaged(path) from error
    english, japanese = sides
    if len(english) != len(japanese) or not all(line.strip() for line in (*english, *japanese)):
        raise _damaged(place / f"{split}.en")
    return Pairs(
        english=tuple(english[:limit]),
        japanese=tuple(japanese[:limit]),
        split=split,
        sha256=hashes,
    )


def _damaged(path: Path) -> InputError:
    return InputError(
        Text(
            ja=f"「{path.name}」は壊れているか、英日対訳のファイルではありません。",
            en=f"“{path.name}” is damaged or is not a file of English–Japanese sentence pairs.",
        )
    )
