"""The page of systems that say what is on a picture: the picture, the network as a strip, its answer, and the lenses on it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from explorer.catalogue import System
from explorer.window.client import Client
from explorer.window.pages.class_list import ClassesKnown
from explorer.window.pages.lenses.activation import ActivationLens
from explorer.window.pages.network_page import NetworkPage
from explorer.window.pages.weights_offer import WeightsOffer
from explorer.words import Text

NONE_FITS = Text(
    "この見方では、知っている {count} 種類の**どれにも見えません**（一番近いのは{name}）。",
    "Given this, it sees **none of the {count} classes** it knows (closest: {name}).",
)

MAYBE_NONE = Text(
    "「{name}」と答えますが、**{count} 種類のどれでもないかもしれません**。",
    "It says {name}, but this **may be none of its {count} classes**.",
)
SAYS_FROM = 0.5  # the probability from which an answer that may be none is named as its answer


class Page(NetworkPage):
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
        self._column.insertWidget(2, self.known)
        self.strip.output_chosen.connect(self._explain_class)

    def take(self, new_network: bool) -> None:
        super().take(new_network)
        self.offer.consider()

    def shown(self) -> None:
        super().shown()
        if self.answer is not None:
            self.offer.consider()

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
        sentence = NONE_FITS if float(scores.values.max()) < SAYS_FROM else MAYBE_NONE
        warned = sentence.format(count=f"{len(words):,}", name=words[int(np.argmax(scores.values))])
        self.known.show_classes(self.variant, words, None if self.fits else warned)

    def numbers(self) -> dict[str, Any]:
        found = super().numbers()
        if (scores := self.scores) is not None:
            order = np.argsort(-scores.values, kind="stable")[:5]
            found["classes"] = [{"name": scores.names[int(i)], "probability": float(scores.values[int(i)])} for i in order]
            found["fits"] = self.fits
        return found
