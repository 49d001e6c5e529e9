"""Finds the files that come with the program: texts, icons and styles, and the bundled weights."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

Kind = Literal["assets", "weights"]

PACKAGE = Path(__file__).resolve().parent


def folders(kind: Kind, package: Path = PACKAGE) -> tuple[Path, Path]:
    """Where files of this kind may lie: inside the installed package first, then beside it in a checkout."""
    return package / f"_{kind}", package.parent / kind


def resource(kind: Kind, name: str = "", package: Path = PACKAGE) -> Path:
    """The path of a packaged file, such as ``resource("weights", "resnet20.safetensors")``.

    With an empty name, the folder itself. A missing file gets the path it would have; ask ``.exists()``.
    """
    packaged, beside = folders(kind, package)
    for folder in (packaged, beside):
        if (folder / name).exists():
            return folder / name
    return (packaged if packaged.is_dir() else beside) / name
