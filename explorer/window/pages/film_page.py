"""Pages whose network looks at a film, or at all that the camera sees, frame by frame. By default everything on the page follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from explorer.catalogue import System
from explorer.results import Bundle, Picture
from explorer.window.camera import NO_CAMERA, found
from explorer.window.client import Client
from explorer.window.film import SUFFIXES, Film, is_film, open_camera, open_film
from explorer.window.look import look
from explorer.window.pages.base import BasePage
from explorer.window.pages.film_bar import FilmBar
from explorer.window.pages.network_page import NetworkPage
from explorer.window.pages.picture_page import Choice, Part
from explorer.words import InputError, Text

FILES = Text("画像と動画", "Pictures and films")
ONE_FRAME, ALL_FRAMES = Text("カメラで撮る", "Take a picture"), Text("カメラの映像を流し続ける", "Play the camera through the network")


class FilmPage(NetworkPage):
    """See the module. To override: ``frame_task``, ``film_turned``, ``frame_seen``, ``picture_back``."""

    frame_task = ""
    """The engine's task that answers for a frame; by default the one that answers for a picture."""
    file_patterns = {**BasePage.file_patterns, "picture": " ".join((BasePage.file_patterns["picture"], *(f"*{suffix}" for suffix in SUFFIXES)))}

    def __init__(self, system: System, client: Client) -> None:
        super().__init__(system, client)
        self._before: tuple[Choice, Bundle | None, tuple[Any, Picture] | None] | None = None  # what the page looked at when the film began, and its answer
        self.film = FilmBar(self, self.frame_task or self.task)
        self._column.insertWidget(0, self.film)
        self._bar_place = 0
        self.film.turned.connect(self.film_turned)
        self.film.seen.connect(self.frame_seen)
        self.film.ended.connect(self._film_ended)
        self.film.failed.connect(self.show_error)

    @property
    def plays(self) -> bool:
        return self.film.playing

    # what a film does to the page

    def film_turned(self, on: bool) -> None:
        """A film began or ended."""

    def frame_seen(self, choice: Choice, bundle: Bundle) -> None:
        """What the network answers for a frame, and as what the frame was asked about. Picture and classes follow every frame, the lens as soon as it is
        done with an earlier one: what it asks is never cut off, and nothing waits in a row."""
        if (choice.variant, choice.weights) != (self.shows.variant, self.shows.weights):
            return  # another network was chosen meanwhile
        if not super().busy():
            self._wants = choice
            self._arrived(choice, bundle, of_film=True)
            return
        kept, self.answer = self.answer, bundle
        self._show_picture()
        self._retell()
        self.answer = kept

    def picture_back(self) -> None:
        """The film gave nothing: the page is at the picture before it."""

    def _film_ended(self, pixels: Any) -> None:
        """The last frame is the page's picture, so that all lenses can be used on it."""
        before, self._before = self._before, None
        if pixels is not None:
            super().open_input(pixels)
            return
        assert before is not None
        choice, answer, opened = before
        if answer is None or (choice.variant, choice.weights) != (self.shows.variant, self.shows.weights):
            return
        if choice is self.shows:
            self._mark()
            self.picture_back()
        else:
            self._wants, self._opened = choice, opened
            self._arrived(choice, answer, of_film=True)

    def project(self, on: bool) -> None:
        """In projection the bar stands beside the title: the page has no height to spare."""
        super().project(on)
        place = self._column.indexOf(self.film)
        if on and place >= 0:
            self._bar_place = place
            self._head_layout.addWidget(self.film, 1)
        elif not on and place < 0:
            self._column.insertWidget(self._bar_place, self.film)

    # films and the camera

    def open_input(self, value: Any) -> None:
        if is_film(value):
            self._play(lambda: open_film(value, self))
        else:
            self.film.stop()
            super().open_input(value)

    def kind_name(self) -> Text:
        return FILES

    def open_camera(self) -> None:
        """A picture of the camera, or all that it sees; without a camera that is said."""
        if not found():
            self.show_error(InputError(NO_CAMERA))
            return
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

    def _play(self, opened: Callable[[], Film]) -> None:
        self.film.stop()
        try:
            film = opened()
        except InputError as error:
            self.show_error(error)
            return
        self._before = self.shows, self.answer, self._opened
        self.mark_sample(None)
        self.clear_error()
        self.film.play(film)

    # what ends one

    def use_part(self, part: Part | None) -> None:
        self.film.stop()
        super().use_part(part)

    def restore(self, state: Mapping[str, Any]) -> None:
        self.film.stop()
        super().restore(state)

    def hidden(self) -> None:
        self.film.stop()
        super().hidden()

    # what the shell asks

    def busy(self) -> bool:
        return (self.film.playing and not self.film.frames) or super().busy()

    def numbers(self) -> dict[str, Any]:
        return {**super().numbers(), **({"film": self.film.numbers()} if self.film.playing else {})}
