"""Lessons in the window: opened from a file or from those that come with the program, shown step by step, made and saved."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QEvent, QIODevice, QObject, QStandardPaths
from PySide6.QtGui import QImageWriter
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from explorer.resources import resource
from explorer.window import lesson as files
from explorer.window.lesson import SUFFIX, Lesson, Step
from explorer.window.lesson_bar import LessonBar
from explorer.window.look import look
from explorer.window.settings import settings
from explorer.window.views.controls import Choice, Menu, Slider, Switch
from explorer.window.views.drawing import to_image
from explorer.words import ExplorerError, InputError, Text, same

if TYPE_CHECKING:
    from explorer.window.app import MainWindow

LESSON, OPEN, MAKE, SAVE_STATE = (
    Text("レッスン", "Lesson"),
    Text("レッスンや状態を開く…", "Open a lesson or state…"),
    Text("レッスンを作る", "Make a lesson"),
    Text("このページの状態を保存…", "Save the state of this page…"),
)
KIND = Text("レッスン", "Lessons")
NOT_READY = Text("「{page}」のページはここではまだ使えません。", "The page “{page}” is not ready here.")
DOES_NOT_FIT = Text("このステップの状態は、このページに合いません。", "The state in this step does not fit the page.")
STAYS = Text("大きすぎるため、{name} はファイルに入っていません。", "{name} is too large and is not in the file.")
MADE = Text("作ったレッスン", "A lesson made here")


class Curtain(QObject):
    """Keeps widgets hidden whatever their page does, until it is lifted."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._wanted: dict[QWidget, bool] = {}

    def cover(self, widget: QWidget) -> None:
        """Hide a widget and keep it hidden."""
        if widget in self._wanted:
            return
        self._wanted[widget] = not widget.isHidden()
        widget.hide()
        widget.installEventFilter(self)

    def lift(self) -> None:
        """Show again what was there or came meanwhile."""
        covered, self._wanted = self._wanted, {}
        for widget, wanted in covered.items():
            widget.removeEventFilter(self)
            if wanted:
                widget.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShowToParent and isinstance(watched, QWidget) and watched in self._wanted:
            self._wanted[watched] = True
            watched.hide()
        return False


class Lessons(QObject):
    """The lesson shown, if any, and the one being made, if any."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self.bar = LessonBar()
        self.lesson: Lesson | None = None
        self.at = 0
        self.making: Lesson | None = None
        self._curtain = Curtain(self)
        self.bar.moved.connect(self.step)
        self.bar.closed.connect(self.leave)
        self.bar.added.connect(self.add_step)
        self.bar.removed.connect(self.remove_step)
        self.bar.part_hidden.connect(self.hide_part)
        self.bar.save.connect(self.ask_and_save)
        window.page_opened.connect(lambda _: self._cover())

    @property
    def active(self) -> bool:
        """Whether a lesson is shown or made."""
        return self.lesson is not None or self.making is not None

    # --- opening ---

    @staticmethod
    def keep_folder() -> Path:
        """Where the files inside opened lessons are put."""
        return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericCacheLocation)) / "ds-explorer" / "lessons"

    def ask_and_open(self) -> None:
        """Let the user choose a lesson."""
        path, _ = QFileDialog.getOpenFileName(self.window, look.say(OPEN).rstrip("…"), settings.last_folder(), f"{look.say(KIND)} (*{SUFFIX})")
        if path:
            self.open(path)

    def open(self, path: str | Path) -> None:
        """Open a lesson or a state; one that cannot be read is said on the page."""
        try:
            found = files.read(Path(path), self.keep_folder())
        except ExplorerError as error:
            self._say(error)
            return
        settings.add_recent(str(path))
        self.show(found)

    def show(self, lesson: Lesson) -> None:
        """Show a lesson from its first step. The state of one page is opened and that is all."""
        self._end()
        self.lesson, self.at = (lesson if lesson.guided else None), 0
        self._go_to(lesson.steps[0])

    def step(self, by: int) -> None:
        """The next or previous step; after the last one the lesson ends."""
        if self.lesson is None:
            return
        if self.at + by >= len(self.lesson.steps):
            self.leave()
        elif self.at + by >= 0:
            self.at += by
            self._go_to(self.lesson.steps[self.at])

    def _go_to(self, step: Step) -> None:
        self._curtain.lift()
        if step.page in [entry.id for entry in self.window.systems]:
            self.window.open(step.page)
            page = self.window.page()
            if page is not None and step.state:
                try:
                    page.restore(step.state)
                except (TypeError, ValueError, KeyError, IndexError, AttributeError):  # written by hand, or by another version
                    page.show_error(InputError(DOES_NOT_FIT))
        else:
            self._say(InputError(NOT_READY.format(page=step.page)))
        if self.lesson is not None:
            self.bar.chapter = self.window.chapter
            self.bar.show_step(self.lesson.title, self.at, len(self.lesson.steps), step.say)
        self._cover()

    def leave(self) -> None:
        """Everything is there again; the page stays as it is."""
        self._end()
        if (page := self.window.page()) is not None:
            page.setFocus()

    def _end(self) -> None:
        self._curtain.lift()
        self.lesson = self.making = None
        self.bar.hide()

    def _say(self, error: ExplorerError) -> None:
        page = self.window.page()
        if page is not None:
            page.show_error(error)

    # --- hiding ---

    def _cover(self) -> None:
        now = self.lesson or self.making
        if now is None:
            return
        self.bar.chapter = self.window.chapter
        self.bar.update()
        for part in now.hide:
            for widget in self._widgets(part):
                self._curtain.cover(widget)

    def _widgets(self, part: str) -> list[QWidget]:
        window, page = self.window, self.window.page()
        if part == "chapters":
            return [window.list, window.top.tabs, window.top.tree]
        if part == "card":
            return [window.card_holder, window.top.card]
        if page is None:
            return []
        if part == "input":
            return [page.input_box]
        if part == "network":
            return [button for button in [getattr(page, "network_button", None)] if button is not None]
        if part == "lenses":
            return [page.lens_area.tabs, page.lens_area.groups]
        if part == "save":
            return [page.more]
        kinds = (Slider, Choice, Menu, Switch)
        return [widget for kind in kinds for widget in page.body.findChildren(kind) if widget is not page.lens_area.groups]

    # --- making ---

    def make(self) -> None:
        """Begin a lesson: pages are added one after the other in the state they are in."""
        self._end()
        self.making = Lesson(MADE)
        self.bar.chapter = self.window.chapter
        self.bar.show_making(0, ())
        self.bar.field.setFocus()

    def add_step(self, sentence: str) -> None:
        """The page in front, as it is, becomes the next step."""
        step = self.step_here(same(sentence) if sentence else None)
        if self.making is not None and step is not None:
            self._made(replace(self.making, steps=(*self.making.steps, step)))

    def remove_step(self) -> None:
        """The last step is taken away."""
        if self.making is not None:
            self._made(replace(self.making, steps=self.making.steps[:-1]))

    def hide_part(self, part: str, on: bool) -> None:
        """The lesson hides a part of the window, or shows it."""
        if self.making is not None:
            hide = {*self.making.hide, part} if on else {*self.making.hide} - {part}
            self._made(replace(self.making, hide=tuple(p for p in files.PARTS if p in hide)))

    def _made(self, lesson: Lesson) -> None:
        self.making = lesson
        self.bar.show_making(len(lesson.steps), lesson.hide)

    def step_here(self, say: Text | None = None) -> Step | None:
        """The page in front in its state; the pixels of a picture without a file go along."""
        page = self.window.page()
        if page is None:
            return None
        state = dict(page.state())
        pixels = page.pasted_picture()
        if pixels is not None:
            held = QByteArray()
            buffer = QBuffer(held)
            buffer.open(QIODevice.OpenModeFlag.WriteOnly)
            QImageWriter(buffer, QByteArray(b"png")).write(to_image(pixels))
            state["input"] = held.data()
        return Step(page.system.id, state, say)

    def ask_and_save(self) -> None:
        """Let the user name the file of the lesson made."""
        if self.making is not None and self.making.steps and (path := self._ask_for_name("lesson")) is not None:
            self.save(replace(self.making, title=same(path.stem)), path)
            self.leave()

    def ask_and_save_state(self) -> None:
        """Let the user name a file for the state of the page in front."""
        page = self.window.page()
        if page is not None and (path := self._ask_for_name(page.system.id)) is not None:
            self.save_state(path)

    def save_state(self, path: Path) -> None:
        """Write the state of the page in front."""
        page, step = self.window.page(), self.step_here()
        if page is not None and step is not None:
            self.save(Lesson(page.system.name, (step,)), path)

    def save(self, lesson: Lesson, path: Path) -> None:
        """Write a lesson; what cannot be written, or is too large to go along, is said on the page."""
        try:
            stays = files.write(lesson, path)
        except ExplorerError as error:
            self._say(error)
            return
        settings.add_recent(str(path))
        page = self.window.page()
        if stays and page is not None:
            page.show_notes([STAYS.format(name=os.path.basename(name)) for name in stays])

    def _ask_for_name(self, proposal: str) -> Path | None:
        start = str(Path(settings.last_folder()) / f"{proposal}{SUFFIX}")
        path, _ = QFileDialog.getSaveFileName(self.window, look.say(SAVE_STATE).rstrip("…"), start, f"{look.say(KIND)} (*{SUFFIX})")
        if not path:
            return None
        return Path(path) if path.endswith(SUFFIX) else Path(path + SUFFIX)

    # --- those that come with the program ---

    def fill_menu(self, menu: QMenu) -> None:
        """What a page's menu says of lessons."""
        menu.addSeparator()
        menu.addAction(look.say(SAVE_STATE), self.ask_and_save_state)
        part = menu.addMenu(look.say(LESSON))
        for name, title in bundled(self.window.chapter):
            part.addAction(look.say(title), partial(self.open_bundled, name))
        part.addSeparator()
        part.addAction(look.say(OPEN), self.ask_and_open)
        part.addAction(look.say(MAKE), self.make)

    def open_bundled(self, name: str) -> None:
        """Open a lesson that comes with the program."""
        self.show(files.read(resource("assets", f"lessons/{name}{SUFFIX}"), self.keep_folder()))

    def open_chapter(self) -> None:
        """The first lesson of the chapter in front."""
        names = files.names_of(self.window.chapter)
        if names:
            self.open_bundled(names[0])


def bundled(chapter: int) -> list[tuple[str, Text]]:
    """(name, title) of the lessons of a chapter that come with the program."""
    return [(name, files.read(resource("assets", f"lessons/{name}{SUFFIX}"), Lessons.keep_folder()).title) for name in files.names_of(chapter)]
