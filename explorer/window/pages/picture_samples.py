"""The samples in the head of pages that take a picture: grey until the engine has opened them."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from explorer.catalogue.drawn import DRAWN
from explorer.results import Picture
from explorer.window.pages.base import BasePage
from explorer.words import Text, same

SAMPLE = Text("見本を開く", "Opening the samples")
SAMPLE_WORDS = {
    "cat": Text("猫", "Cat"), "coffee": Text("コーヒー", "Coffee"), "astronaut": Text("宇宙飛行士", "Astronaut"),
    "rocket": Text("ロケット", "Rocket"), "camera": Text("カメラマン", "Cameraman"), "horse": Text("馬", "Horse"),
    **{name: one.words for name, one in DRAWN.items()},
}  # fmt: skip


class PictureSamples:
    """The samples of a page's system, and their pixels by key once they are there."""

    def __init__(self, page: BasePage) -> None:
        self._page = page
        self._asked: set[str] = set()
        self._pixels: dict[str, NDArray[np.uint8]] = {}
        blank = np.full((36, 36, 3), 128, np.uint8)
        self._buttons = {key: page.add_sample(key, SAMPLE_WORDS.get(key, same(key)), blank) for key in page.system.samples}

    def load(self) -> None:
        """Ask for those that are not there yet: after what the page shows first."""
        for key in [key for key in self._buttons if key not in self._asked]:
            self._asked.add(key)
            self._page.ask(f"sample {key}", "recognition.open_picture", SAMPLE, partial(self._show, key), picture=key)

    def _show(self, key: str, picture: Picture) -> None:
        self._pixels[key] = picture.pixels
        self._buttons[key].set_pixels(picture.pixels)

    def pixels(self, key: object) -> NDArray[np.uint8] | None:
        """Of a sample, once they are there; None of anything else."""
        return self._pixels.get(key) if isinstance(key, str) else None

    def mark(self, picture: object) -> None:
        """Outline the sample that is the page's picture, or none."""
        self._page.mark_sample(picture if isinstance(picture, str) and picture in self._buttons else None)
