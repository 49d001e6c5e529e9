"""The page of systems that give every pixel a class: the picture, the network as a strip, the classes over the picture, and the lenses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from explorer.catalogue import System
from explorer.catalogue.drawn import DRAWN, TRUTH_OF
from explorer.results import Scores
from explorer.window.client import Client
from explorer.window.pages.class_list import OthersKnown
from explorer.window.pages.lenses.mask import MaskLens
from explorer.window.pages.network_page import NetworkPage


class Page(NetworkPage):
    """See the module. Its answer has "mask", and says "labels" (of the classes), "shares" (of the pixels, by class) and "how" the picture was given."""

    task = "segmentation.network"

    def __init__(self, system: System, client: Client) -> None:
        super().__init__(system, client)
        self.known = OthersKnown(system)
        self.known.wanted.connect(self.choose_network)
        self._column.insertWidget(1, self.known)
        self.strip.output_chosen.connect(self._show_class)

    def choose_sample(self, key: str, value: Any) -> None:
        """A drawn sample is looked at with a network that knows what is drawn, if the system has one that runs as it is."""
        drawn = DRAWN.get(value) if isinstance(value, str) else None
        if drawn is not None and self._wants.weights is None and TRUTH_OF.get(self.system.variant(self._wants.variant).classes) != drawn.kind:
            fitting = [one for one in self.system.variants if TRUTH_OF.get(one.classes) == drawn.kind and one.weights == "bundled"]
            if fitting:
                self._wants = replace(self._wants, variant=fitting[0].name)
        super().choose_sample(key, value)

    @property
    def shares(self) -> list[tuple[str, float]]:
        """The classes that occur and their share of the pixels, largest first."""
        return list(self.fact("shares", ()))

    def _show_class(self, words: str) -> None:
        part = self.parts.get("mask")
        name = next((name for name, _ in self.shares if self.class_words(name) == words), None)
        if isinstance(part, MaskLens) and name is not None:
            self.set_lens("mask")
            part.show_class(name)

    def _retell(self) -> None:
        super()._retell()
        if self.shares:
            names = tuple(self.class_words(name) for name, _ in self.shares)
            self.strip.set_scores(Scores(names, np.array([share for _, share in self.shares])))
            self.known.show_classes(self.variant, [self.class_words(name) for name in self.fact("labels", ())], None)

    def numbers(self) -> dict[str, Any]:
        found = super().numbers()
        if self.answer is not None:
            found["shares"] = dict(self.shares)
            found["how"] = self.fact("how", "")
        return found
