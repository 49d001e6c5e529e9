"""The page of systems that find objects: the picture, the network as a strip, the boxes on the picture, and the lenses; a film or the
camera plays through the network."""

from __future__ import annotations

from explorer.catalogue import System
from explorer.catalogue.classes import used
from explorer.results import Boxes, Bundle
from explorer.window.client import Client
from explorer.window.pages.class_list import OthersKnown
from explorer.window.pages.film_page import FilmPage
from explorer.window.pages.lenses.detections import DetectionsLens
from explorer.window.pages.picture_page import Choice

BOXES = "boxes"


class Page(FilmPage):
    """See the module. Its answer has "boxes": all that the network put out, before any is suppressed."""

    task = "detection.network"
    frame_task = "detection.frame"

    def __init__(self, system: System, client: Client) -> None:
        super().__init__(system, client)
        self.known = OthersKnown(system)
        self.known.wanted.connect(self.choose_network)
        self._column.insertWidget(2, self.known)

    def _retell(self) -> None:
        super()._retell()
        boxes = self.part(BOXES, Boxes)
        if boxes is not None:
            self.known.show_classes(self.variant, [self.class_words(name) for name in used(boxes.names)], None)

    def film_turned(self, on: bool) -> None:
        """While it plays there is nothing but the objects found."""
        self.strip.setVisible(not on)
        if on and BOXES in self.parts:
            self.set_lens(BOXES)

    def frame_seen(self, choice: Choice, bundle: Bundle) -> None:
        part, boxes = self.parts.get(BOXES), bundle.parts.get(BOXES)
        if isinstance(part, DetectionsLens) and isinstance(boxes, Boxes):
            part.show_boxes(boxes)

    def picture_back(self) -> None:
        self.parts[BOXES].refresh()

    def lens_shown(self, lens_id: str) -> None:
        if lens_id != BOXES:
            self.film.stop()
        super().lens_shown(lens_id)
