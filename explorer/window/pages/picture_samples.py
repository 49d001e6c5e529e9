"""The samples in the head of pages that take a picture: grey until the engine has opened them. Those of data sets that are not ours to ship are fetched when
they are first clicked."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from explorer.catalogue.drawn import DRAWN
from explorer.catalogue.fetched import FETCHED
from explorer.results import Bundle, Picture
from explorer.window.pages.base import BasePage
from explorer.words import Text, same

SAMPLE = Text("見本を開く", "Opening the samples")
SAMPLE_WORDS = {
    "cat": Text("猫", "Cat"), "coffee": Text("コーヒー", "Coffee"), "astronaut": Text("宇宙飛行士", "Astronaut"),
    "rocket": Text("ロケット", "Rocket"), "camera": Text("カメラマン", "Cameraman"), "horse": Text("馬", "Horse"),
    **{name: one.words for name, one in DRAWN.items()},
}  # fmt: skip

TO_FETCH = Text("{name}（{terms}）。クリックすると {host} から一度だけ取得します（1 MB 未満）。", "{name} ({terms}). A click fetches it once from {host} (less than 1 MB).")
FETCHING = Text("見本を取得しています", "Fetching the sample")


class PictureSamples:
    """The samples of a page's system, and their pixels by key once they are there."""

    def __init__(self, page: BasePage) -> None:
        self._page = page
        self._asked: set[str] = set()
        self._pixels: dict[str, NDArray[np.uint8]] = {}
        self._paths: dict[str, str] = {}  # of those that were fetched
        self._marked: object = None
        blank = np.full((36, 36, 3), 128, np.uint8)
        self._buttons = {key: page.add_sample(key, SAMPLE_WORDS.get(key, same(key)), blank) for key in page.system.samples}
        for key in page.system.fetched:
            one = FETCHED[key]
            words = TO_FETCH.format(name=one.words, terms=one.terms, host=urlsplit(one.url).netloc)
            self._buttons[key] = page.add_sample(key, words, blank, icon="download", run=partial(self.open_fetched, key))

    def load(self) -> None:
        """Ask for those that are not there yet: after what the page shows first."""
        for key in [key for key in self._page.system.samples if key not in self._asked]:
            self._asked.add(key)
            self._page.ask(f"sample {key}", "recognition.open_picture", SAMPLE, partial(self._show, key), picture=key)
        if self._page.system.fetched and "fetched" not in self._asked:
            self._asked.add("fetched")
            self._page.ask("samples here", "samples.here", SAMPLE, self._show_fetched, names=list(self._page.system.fetched))

    def open_fetched(self, key: str) -> None:
        """Open a sample of a data set, after it was fetched where that is still to be done."""
        if key in self._paths:
            self._page.choose_sample(key, self._paths[key])
            return

        def arrived(bundle: Bundle) -> None:
            self._show_fetched(bundle)
            self._page.clear_error()
            self._page.choose_sample(key, self._paths[key])

        self._page.ask("fetch sample", "samples.fetch", FETCHING, arrived, name=key)

    def _show_fetched(self, bundle: Bundle) -> None:
        self._paths.update(bundle.facts["paths"])
        for key, picture in bundle.parts.items():
            assert isinstance(picture, Picture)
            self._show(key, picture)
        self.mark(self._marked)

    def _show(self, key: str, picture: Picture) -> None:
        self._pixels[key] = picture.pixels
        self._buttons[key].set_pixels(picture.pixels)

    def pixels(self, picture: object) -> NDArray[np.uint8] | None:
        """Of a sample, once they are there; None of anything else."""
        return self._pixels.get(self._key(picture) or "")

    def fetched(self, picture: object) -> bool:
        """Whether a picture is a sample of a data set."""
        return self._key(picture) in self._paths

    def mark(self, picture: object) -> None:
        """Outline the sample that is the page's picture, or none."""
        self._marked = picture
        self._page.mark_sample(self._key(picture))

    def _key(self, picture: object) -> str | None:
        if not isinstance(picture, str):
            return None
        return picture if picture in self._page.system.samples else next((key for key, path in self._paths.items() if path == picture), None)
