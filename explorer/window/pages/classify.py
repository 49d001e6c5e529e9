"""The page of systems that say what is on a picture: the picture, the network as a strip, its answer, and the lenses on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from explorer.catalogue import System
from explorer.window.client import Client
from explorer.window.look import look
from explorer.window.pages.class_list import ClassesKnown
from explorer.window.pages.film_page import FilmPage
from explorer.window.pages.lenses.activation import ActivationLens
from explorer.window.pages.lenses.sightings import SightingsLens
from explorer.window.pages.weights_offer import WeightsOffer
from explorer.words import Text

SEEN_OVER = Text("写真全体を調べると、**{names}**が見つかりました。", "Looking over the whole photograph it sees **{names}**.")
NONE_OVER = Text(
    "写真全体を調べても、知っている {count} 種類の**どれも見つかりませんでした**。", "Looking over the whole photograph it sees **none of the {count} classes** it knows."
)
NAMED = 3  # classes that are named of those seen
SQUEEZED = 2  # a photograph of this many times the network's sides is not only squeezed into it


class Page(FilmPage):
    """See the module."""

    task = "recognition.network"

    def __init__(self, system: System, client: Client) -> None:
        super().__init__(system, client)
        self.known = ClassesKnown(system)
        self.known.wanted.connect(self.choose_network)
        self.offer = WeightsOffer(self)
        self.offer.arrived.connect(self.choose_network)
        self.offer.turned.connect(self.known.set_offered)
        self._column.insertWidget(0, self.offer)
        self._column.insertWidget(3, self.known)
        self.strip.output_chosen.connect(self._explain_class)
        over = self.parts["sightings"]
        assert isinstance(over, SightingsLens)
        self.over = over
        self.over.looked_over.connect(self._retell)
        self._looked_at = 0
        self._lens_wanted = False  # whether the user chose a lens on this page
        self.lens_changed.connect(self._want_lens)

    def take(self, new_network: bool) -> None:
        super().take(new_network)
        if self._squeezed() and not self._lens_wanted and self.whole_version != self._looked_at:
            self.set_lens("sightings")
            self._lens_wanted = False
        self._looked_at = self.whole_version
        self.offer.consider()

    def _want_lens(self, _: str) -> None:
        self._lens_wanted = True

    def _squeezed(self) -> bool:
        """Whether the user's own photograph is much larger than what a bundled network takes: then that is slid over it."""
        picture, whole, given = self.shows.picture, self.whole, self.given
        own = not isinstance(picture, str) or (picture not in self.system.samples and not self.samples.fetched(picture))
        bundled = self.variant.weights == "bundled" and self.shows.weights is None
        if not own or not bundled or self.film.playing or whole is None or given is None or self.part_used is not None:
            return False
        return bool(min(whole.pixels.shape[:2]) >= SQUEEZED * max(given.pixels.shape[:2]))

    def shown(self) -> None:
        super().shown()
        if self.answer is not None:
            self.offer.consider()

    def restore(self, state: Mapping[str, Any]) -> None:
        self._lens_wanted = self._lens_wanted or "lens" in state
        super().restore(state)

    def _explain_class(self, words: str) -> None:
        part = self.parts.get("class_activation")
        if isinstance(part, ActivationLens):
            self.set_lens("class_activation")
            part.choose_class(words)

    def project(self, on: bool) -> None:
        super().project(on)
        self.known.setVisible(not on)

    def _retell(self) -> None:
        """Names of classes, and whether any of them fits."""
        super()._retell()
        scores = self.scores
        if scores is None:
            return
        words = tuple(self.class_words(name) for name in scores.names)
        self.strip.set_scores(replace(scores, names=words))
        said, over = self.doubt(), self.over.looked()
        if over is None or self.part_used is not None or (not over and self.fits):
            self.known.show_classes(self.variant, words, said)
        elif not over:
            self.known.show_classes(self.variant, words, NONE_OVER.format(count=f"{len(words):,}"))
        else:
            names = ("、" if look.language == "ja" else ", ").join(map(self.class_words, over[:NAMED]))
            self.known.show_classes(self.variant, words, SEEN_OVER.format(names=names), doubtful=False)

    def numbers(self) -> dict[str, Any]:
        found = super().numbers()
        if (scores := self.scores) is not None:
            order = np.argsort(-scores.values, kind="stable")[:5]
            found["classes"] = [{"name": scores.names[int(i)], "probability": float(scores.values[int(i)])} for i in order]
            found["fits"] = self.fits
        return found
