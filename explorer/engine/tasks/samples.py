"""What pages ask about sample pictures that are fetched on request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from explorer.engine.inputs.pictures import open_picture
from explorer.engine.systems import samples
from explorer.results import Bundle, Result


def here(*, names: Sequence[str]) -> Iterator[Result]:
    """Those that were fetched before. Parts: the pictures, by name; facts: ``paths`` of their files, by name."""
    found = {name: samples.sample_file(name) for name in names}
    there = {name: path for name, path in found.items() if path.is_file()}
    yield Bundle({name: open_picture(path) for name, path in there.items()}, facts={"paths": {name: str(path) for name, path in there.items()}})


def fetch(*, name: str) -> Iterator[Result]:
    """Get one. Progress; last the Bundle of ``here`` for it. Raises DownloadFailed."""
    yield from samples.fetch(name)
    yield from here(names=[name])
