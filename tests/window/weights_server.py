"""A server of our own on 127.0.0.1 with the weights of one network, and a system whose download they are."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch

from explorer.catalogue import System, system
from explorer.engine import system as running
from explorer.engine.tasks import detection, recognition
from tests.serving import serving_folder


@contextlib.contextmanager
def serving(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, variant: str, state: Mapping[str, torch.Tensor], **changes: Any) -> Iterator[System]:
    """The system with this download; ``state``: what is in the file; ``changes``: of the variant, where another network stands for it."""
    models = folder / "models"
    models.mkdir()
    torch.save(dict(state), models / "raw")
    digest = hashlib.sha256((models / "raw").read_bytes()).hexdigest()
    file = (models / "raw").rename(models / f"{variant}-{digest[:8]}.pth")
    monkeypatch.setenv("DS_EXPLORER_CACHE", str(folder / "cache"))
    entry = system(name)
    here = {"url": f"https://example.org/models/{file.name}", "bytes": file.stat().st_size, **changes}
    changed = dataclasses.replace(entry, variants=tuple(dataclasses.replace(one, **here) if one.name == variant else one for one in entry.variants))
    for module in (running, recognition):
        monkeypatch.setattr(module, "find_system", lambda _: changed)

    def forget() -> None:
        for module in (recognition, detection):
            module._networks.clear()
            module._views.clear()

    with serving_folder(folder, monkeypatch, "/models/"):
        forget()
        yield changed
        forget()
