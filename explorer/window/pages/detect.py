"""The page of systems that find objects: the picture, the network as a strip, the boxes on the picture, and the lenses; a film or the
camera plays through the network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from explorer.catalogue import System
from explorer.catalogue.classes import used
from explorer.results import Boxes
from explorer.window.client import Client
from explorer.window.film import SUFFIXES, Film, is_film, open_camera, open_film
from explorer.window.look import look
from explorer.window.pages.base import BasePage
from explorer.window.pages.class_list import OthersKnown
from explorer.window.pages.film_bar import FilmBar
from explorer.window.pages.lenses.detections import DetectionsLens
from explorer.window.pages.network_page import NetworkPage
from explorer.words import InputError, Text

FILES = Text("画像と動画", "Pictures and films")
ONE_FRAME, ALL_FRAMES = Text("カメラで撮る", "Take a picture"), Text("カメラの映像を流し続ける", "Play the camera through the network")
BOXES = "boxes"


class Page(NetworkPage):
    """See the module. Its answer has "boxes": all that the network put out, before any is suppressed."""

    task = "detection.network"
    file_patterns = {**BasePage.file_patterns, "picture": " ".join((BasePage.file_patterns["picture"], *(f"*{suffix}" for suffix in SUFFIXES)))}

    def __init__(self, system: System, client: Client) -> None:
        super().__init__(system, client)
        self.film = FilmBar(self, "detection.frame")
        self._column.insertWidget(0, self.film)
        self.known = OthersKnown(system)
        self.known.wanted.connect(self.choose_network)
        self._column.insertWidget(2, self.known)
        self.film.turned.connect(self._film_turned)
        self.film.seen.connect(self._frame_seen)
        self.film.ended.connect(self._film_ended)
        self.film.failed.connect(self.show_error)

    def _retell(self) -> None:
        super()._retell()
        boxes = self.part(BOXES, Boxes)
        if boxes is not None:
            self.known.show_classes(self.variant, [self.class_words(name) for name in used(boxes.names)], None)

    def open_input(self, value: Any) -> None:
        if is_film(value):
            self._play(lambda: open_film(value, self))
        else:
            self.film.stop()
            super().open_input(value)

    def kind_name(self) -> Text:
        return FILES

    def open_camera(self) -> None:
        """A picture of the camera, or all that it sees."""
        menu = self.camera_menu()
        menu.popup(self.input_box.mapToGlobal(self.input_box.rect().bottomRight()))

    def camera_menu(self) -> QMenu:
        """What the camera can be used for."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(look.say(ONE_FRAME), super().open_camera)
        menu.addAction(look.say(ALL_FRAMES), self.play_camera)
        return menu

    def play_camera(self) -> None:
        """Show all that the camera sees to the network."""
        self._play(lambda: open_camera(self))

    # the film

    def _play(self, opened: Callable[[], Film]) -> None:
        self.film.stop()
        try:
            film = opened()
        except InputError as error:
            self.show_error(error)
            return
        self.mark_sample(None)
        self.clear_error()
        self.film.play(film)

    def _film_turned(self, on: bool) -> None:
        """While it plays there is nothing but the objects found."""
        self.strip.setVisible(not on)
        if on and BOXES in self.parts:
            self.set_lens(BOXES)

    def _frame_seen(self, boxes: Boxes) -> None:
        part = self.parts.get(BOXES)
        if isinstance(part, DetectionsLens):
            part.show_boxes(boxes)

    def _film_ended(self, pixels: Any) -> None:
        """The last frame is the page's picture, so that all lenses can be used on it."""
        if pixels is not None:
            super().open_input(pixels)
        elif self.answer is not None:  # back to the picture before it
            self._mark()
            self.parts[BOXES].refresh()

    def lens_shown(self, lens_id: str) -> None:
        if lens_id != BOXES:
            self.film.stop()
        super().lens_shown(lens_id)

    def hidden(self) -> None:
        self.film.stop()
        super().hidden()

    def numbers(self) -> dict[str, Any]:
        return {**super().numbers(), **({"film": self.film.numbers()} if self.film.playing else {})}
