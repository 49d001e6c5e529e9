"""The window: chapters, the list of systems, one page at a time with its card, the bar of jobs, and what is kept between starts."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6 import QtWidgets
from PySide6.QtCore import QEasingCurve, QPoint, QPropertyAnimation, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QIcon,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from explorer.catalogue import PAGES, System, chapter_of
from explorer.resources import PACKAGE, resource
from explorer.window.chrome import StatusBar, SystemList, TopBar, fill, put_text
from explorer.window.lesson import SUFFIX as LESSON
from explorer.window.look import look
from explorer.window.settings import settings
from explorer.words import ExplorerError, Text

if TYPE_CHECKING:
    from explorer.window.card import Card, ProjectedClaim
    from explorer.window.client import Client
    from explorer.window.keys import KeyList
    from explorer.window.lessons import Lessons
    from explorer.window.pages.base import BasePage
    from explorer.window.tree import FamilyTreePage

NAME = "ds-explorer"
STYLE = "Fusion"
CARD_WIDTH = 272
NARROW = 1180
TREE = "tree"
UNPAINTED_MS = 500  # a window that nobody can see yet starts its engine all the same
TURN_OF_PYTHON = 0.0005  # s that one thread keeps the interpreter while modules are loaded in the background
PAGE_FAILED = Text("このページを開けません：{why}", "This page does not open: {why}")
OPENING = Text("開いています", "Opening")


class Waiting(QWidget):
    """A quiet page with one line, shown for the moment in which the first page is built."""

    def __init__(self, text: Text, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = text
        look.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        centre = QRectF(self.rect()).center()
        put_text(
            painter,
            look.say(self.text),
            look.font("body"),
            look.colour("ink3"),
            centre.x(),
            centre.y(),
            "centre",
        )


class CardHolder(QWidget):
    """The cards of all pages, 272 wide on the surface colour; lies over the stage as a drawer in a narrow window."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.stack = QStackedWidget(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.stack)
        self.setFixedWidth(CARD_WIDTH)
        self.drawer = False
        look.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.colour("surface"))
        if self.drawer:
            painter.fillRect(0, 0, 1, self.height(), look.colour("line2"))


class MainWindow(QWidget):
    """The window. ``make_client``: builds the door to the engine, after the window is on screen."""

    page_opened = Signal(str)
    _loaded = Signal()

    def __init__(
        self,
        make_client: Callable[[], Client] | None = None,
        systems: Sequence[System] | None = None,
        *,
        remember: bool = True,
    ) -> None:
        super().__init__()
        self._make_client = make_client or _real_client
        self._remember = remember
        self.client: Client | None = None
        self.systems = ready_systems(remember) if systems is None else list(systems)
        self.pages: dict[str, BasePage] = {}
        self.cards: dict[str, Card] = {}
        self._failed: dict[str, Waiting] = {}
        self._chosen_in_chapter: dict[int, str] = {}
        self.current = ""
        self.chapter = 1
        self._projected: ProjectedClaim | None = None
        self._tree: FamilyTreePage | None = None
        self._keys: KeyList | None = None
        self._lessons: Lessons | None = None
        self._lesson_first = ""
        self._was_full = False
        self._began = False
        self._painted = False
        self._loading: threading.Thread | None = None
        self._opening: Iterator[None] | None = None
        self._next_step = QTimer(self)
        self._next_step.setInterval(0)
        self._next_step.timeout.connect(self._step_of_opening)
        self._loaded.connect(self._open_first)
        self._dirty: set[str] = set()
        self._saving = QTimer(self)
        self._saving.setSingleShot(True)
        self._saving.setInterval(800)
        self._saving.timeout.connect(self.save_pages)

        self.setWindowTitle(NAME)
        self.setWindowIcon(app_icon())
        self.setMinimumSize(880, 600)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, False)
        self.top = TopBar(self)
        self.list = SystemList()
        self.stage = QStackedWidget()
        self.stage.addWidget(Waiting(OPENING))
        self.middle = QWidget()
        self.card_holder = CardHolder(self.middle)
        self.status = StatusBar()
        self._row = QHBoxLayout(self.middle)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addWidget(self.list)
        self._row.addWidget(self.stage, 1)
        self._row.addWidget(self.card_holder)
        self.setAcceptDrops(True)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top)
        column.addWidget(self.middle, 1)
        column.addWidget(self.status)
        self._slide = QPropertyAnimation(self.card_holder, b"pos", self)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._slide.finished.connect(self._slid)

        self.top.tabs.chosen.connect(self.go_to_chapter)
        self.top.language.chosen.connect(self.set_language)
        self.top.theme.clicked.connect(self.toggle_theme)
        self.top.projector.clicked.connect(self.toggle_projection)
        self.top.tree.clicked.connect(self.show_tree)
        self.top.card.clicked.connect(self.toggle_drawer)
        self.list.chosen.connect(self.open)
        self.list.tree.connect(self.show_tree)
        self.list.guide.connect(lambda: self.lessons.open_chapter())
        self.status.keys.connect(self.show_keys)
        look.changed.connect(self._restyle)
        self._restyle()
        self._make_shortcuts()
        self._restore_place()
        last = settings.page if remember else ""
        known = [entry.id for entry in self.systems]
        first = last if last in known else (known[0] if known else "")
        chapter = chapter_of(next(e for e in self.systems if e.id == first).section).number if first else 1
        self._first = first
        self._show_chapter(chapter, first)

    # --- start and end ---

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(UNPAINTED_MS, self, self._begin_gently)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self, self._begin_gently)

    def begin(self) -> None:
        """Start the engine and open the first page, all at once."""
        self._start_client()
        self._finish_opening()
        self._open_first(at_once=True)

    def _begin_gently(self) -> None:
        """The same, once the window is on screen and without holding it up: the engine starts, meanwhile a thread loads what the first page
        needs, and the page is built in steps with the event loop running between them."""
        if self._began:
            return
        self._start_client()
        modules = ["explorer.window.card", "explorer.window.pages"]
        for entry in self.systems:
            if entry.id == self._first:
                modules += [f"explorer.window.pages.{entry.page}", f"explorer.window.panels.{entry.id}"]
        self._loading = threading.Thread(target=_load, args=(modules, self._loaded.emit), name="engine-load", daemon=True)
        self._loading.start()

    def _start_client(self) -> None:
        if self.client is None:
            self._began = True
            self.client = self._make_client()
            self.client.start()
            self.status.follow(self.client)

    def _open_first(self, at_once: bool = False) -> None:
        self._wait_for_modules()
        if self.current:
            return
        if self.focusWidget() in (None, self.top.tabs):
            self.list.rows.setFocus(Qt.FocusReason.OtherFocusReason)
        if not self._first:
            self.show_tree()
        elif at_once:
            self.open(self._first)
        else:
            self._opening = self._open(self._first)
            self._next_step.start()

    def _wait_for_modules(self) -> None:
        if self._loading is not None:
            self._loading.join()
            self._loading = None

    def _step_of_opening(self) -> None:
        if self._opening is None or next(self._opening, self) is self:
            self._opening = None
            self._next_step.stop()

    def _finish_opening(self) -> None:
        """What is being opened in steps is opened now."""
        while self._opening is not None:
            self._step_of_opening()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.end()
        super().closeEvent(event)

    def end(self) -> None:
        """Keep what is to be kept, stop the pages and the engine."""
        self._began = True
        self._wait_for_modules()
        self._finish_opening()
        self._saving.stop()
        self._slide.stop()
        if self._remember and not look.projection:
            settings.geometry = self.saveGeometry()
        for page in self.pages.values():
            page.hidden()
        self._dirty.update(self.pages)
        self.save_pages()
        settings.sync()
        if self.client is not None:
            self.client.close()

    def _restore_place(self) -> None:
        place = settings.geometry if self._remember else None
        if place is None or not self.restoreGeometry(place):
            room = self.screen().availableGeometry() if self.screen() is not None else None
            width, height = (
                (1280, 800) if room is None else (min(1280, room.width()), min(800, room.height()))
            )
            self.resize(max(width, 880), max(height, 600))

    # --- look ---

    def _restyle(self) -> None:
        palette = self.palette()
        palette.setColor(self.backgroundRole(), look.colour("bg"))
        self.setPalette(palette)
        self.setAutoFillBackground(True)

    def set_language(self, language: str) -> None:
        """Japanese or English, at once."""
        look.language = "ja" if language == "ja" else "en"
        settings.language = look.language

    def toggle_language(self) -> None:
        """The other language."""
        self.set_language("en" if look.language == "ja" else "ja")

    def toggle_theme(self) -> None:
        """Light or dark, at once."""
        look.dark = not look.dark
        settings.dark = look.dark

    def toggle_motion(self) -> None:
        """Movement on the page, or none, at once."""
        look.reduced_motion = not look.reduced_motion
        settings.reduced_motion = look.reduced_motion

    # --- chapters and pages ---

    def systems_of(self, chapter: int) -> list[System]:
        """The ready systems of a chapter, in order."""
        return [entry for entry in self.systems if chapter_of(entry.section).number == chapter]

    def go_to_chapter(self, number: int) -> None:
        """Show a chapter: the system last seen there, else its first; its family tree where none is ready."""
        there = self.systems_of(number)
        wanted = self._chosen_in_chapter.get(number) or (there[0].id if there else "")
        if wanted:
            self.open(wanted)
        else:
            self._show_tree_of(number)

    def _show_chapter(self, chapter: int, current: str, on_tree: bool = False) -> None:
        self.chapter = chapter
        self.top.set_chapter(chapter)
        self.status.chapter = chapter
        self.status.update()
        self.list.show_systems(chapter, self.systems_of(chapter), current, on_tree)

    def open(self, system_id: str) -> None:
        """Bring the page of a ready system to the front; it is built when opened for the first time."""
        entry = next(e for e in self.systems if e.id == system_id)
        self._finish_opening()
        if self.client is None or self._loading is not None:
            self._first, self.current = system_id, ""
            self._show_chapter(chapter_of(entry.section).number, system_id)
            return
        if system_id == self.current and system_id in self.pages:
            return
        for _ in self._open(system_id):
            pass

    def _open_with(self, system_id: str, state: Mapping[str, Any]) -> None:
        """Bring a page to the front with a state."""
        self.open(system_id)
        page = self.page()
        if page is not None:
            page.open_state(state)

    def _open(self, system_id: str) -> Iterator[None]:
        """The steps of opening a page; between two of them the event loop may run."""
        entry = next(e for e in self.systems if e.id == system_id)
        chapter = chapter_of(entry.section).number
        self._leave()
        self.current = system_id
        self._chosen_in_chapter[chapter] = system_id
        self._show_chapter(chapter, system_id)
        yield
        if system_id not in self.pages:
            yield from self._build(entry)
        page = self.pages.get(system_id)
        if page is None:
            self.stage.setCurrentWidget(self._failed[system_id])
            self.card_holder.hide()
            return
        self.stage.setCurrentWidget(page)
        self.card_holder.stack.setCurrentWidget(self.cards[system_id])
        self._place_card()
        if self._remember:
            settings.page = system_id
        page.project(look.projection)
        self._project_claim()
        page.shown()
        self.page_opened.emit(system_id)
        if self._lesson_first:
            path, self._lesson_first = self._lesson_first, ""
            QTimer.singleShot(0, self, lambda: self.lessons.open(path))  # this page is still being opened

    def _leave(self) -> None:
        page = self.pages.get(self.current)
        if page is not None:
            page.show_beside(None)
            page.hidden()

    def _build(self, entry: System) -> Iterator[None]:
        """Make the page and its card; where that cannot be, a page that says why."""
        from explorer.window.card import Card
        from explorer.window.pages import build_page

        assert self.client is not None
        try:
            page = build_page(entry, self.client)
        except ExplorerError as error:
            sentence = PAGE_FAILED.format(why=error.text)
            self._failed[entry.id] = Waiting(sentence)
            self.stage.addWidget(self._failed[entry.id])
            return
        yield
        card = Card(page, self.client)
        yield
        self.stage.addWidget(page)
        yield
        self.card_holder.stack.addWidget(card)
        yield
        self.pages[entry.id], self.cards[entry.id] = page, card
        card.restore(settings.claims(entry.id) if self._remember else {})
        kept = settings.page_state(entry.id) if self._remember else {}
        if kept:
            page.restore(kept)
        else:
            page.start()
        page.state_changed.connect(lambda: self._changed(entry.id))
        page.page_wanted.connect(self.open)
        page.state_wanted.connect(self._open_with)
        page.lesson_opened.connect(self.open_lesson)
        page.menu_opened.connect(lambda menu: self.lessons.fill_menu(menu))
        card.changed.connect(lambda: self._keep_claims(entry.id))

    def why_not(self, system_id: str) -> Text:
        """Why a page could not be opened."""
        return self._failed[system_id].text

    def page(self) -> BasePage | None:
        """The page in front, if it is one of a system."""
        return self.pages.get(self.current)

    def step(self, by: int) -> None:
        """The next or previous ready system, over all chapters."""
        ids = [entry.id for entry in self.systems]
        if self.current in ids:
            self.open(ids[(ids.index(self.current) + by) % len(ids)])
        elif ids:
            self.open(ids[0])

    def step_in_list(self, by: int) -> None:
        """The next or previous system of the chapter."""
        ids = [entry.id for entry in self.systems_of(self.chapter)]
        if self.current in ids:
            self.open(ids[(ids.index(self.current) + by) % len(ids)])
        elif ids:
            self.open(ids[0])

    def step_lens(self, by: int) -> None:
        """The next or previous lens of the page."""
        page = self.page()
        if page is not None and len(page.lens_area):
            ids = page.lens_area.ids()
            page.set_lens(ids[(ids.index(page.lens) + by) % len(ids)])

    # --- family tree ---

    def show_tree(self) -> None:
        """The family tree of all systems."""
        self._show_tree_of(0)

    def _show_tree_of(self, chapter: int) -> None:
        from explorer.window.tree import FamilyTreePage

        if look.projection:
            self.set_projection(False)
        self._finish_opening()
        self._leave()
        if self._tree is None:
            self._tree = FamilyTreePage({entry.id for entry in self.systems})
            self._tree.opened.connect(self.open)
            self.stage.addWidget(self._tree)
        previous = self.current
        self.current = TREE
        self._show_chapter(chapter or self.chapter, "", on_tree=True)
        self._tree.show_chapter(chapter, self.chapter, previous)
        self.stage.setCurrentWidget(self._tree)
        self.card_holder.hide()
        self.top.card.hide()
        self._tree.setFocus()

    # --- lessons ---

    @property
    def lessons(self) -> Lessons:
        """Lessons shown and made here."""
        if self._lessons is None:
            from explorer.window.lessons import Lessons

            self._lessons = Lessons(self)
            self._column.insertWidget(1, self._lessons.bar)
        return self._lessons

    def open_lesson(self, path: str) -> None:
        """Open a lesson or a kept state from a file, as soon as there is a page."""
        if self.page() is None and not self._failed:
            self._lesson_first = path
        else:
            self.lessons.open(path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        urls = event.mimeData().urls()
        if urls and urls[0].toLocalFile().endswith(LESSON):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.open_lesson(event.mimeData().urls()[0].toLocalFile())

    # --- keeping ---

    def _changed(self, system_id: str) -> None:
        self._dirty.add(system_id)
        if not self._saving.isActive():
            self._saving.start()

    def save_pages(self) -> None:
        """Keep the state of the pages that changed."""
        if self._remember:
            for system_id in self._dirty & set(self.pages):
                settings.keep_page_state(system_id, self.pages[system_id].state())
        self._dirty.clear()

    def _keep_claims(self, system_id: str) -> None:
        if self._remember:
            settings.keep_claims(system_id, self.cards[system_id].kept())
        self._project_claim()

    # --- the card, beside the stage or as a drawer ---

    @property
    def narrow(self) -> bool:
        """Whether the card is a drawer."""
        return self.width() < NARROW

    def _place_card(self) -> None:
        holder, on_page = self.card_holder, self.current in self.pages and not look.projection
        self.top.card.setVisible(on_page and self.narrow)
        if self.narrow:
            if not holder.drawer:
                self._row.removeWidget(holder)
                holder.drawer = True
                holder.hide()
            holder.setFixedHeight(self.middle.height())
            holder.move(self.middle.width() - CARD_WIDTH, 0)
            holder.raise_()
            if not on_page:
                holder.hide()
        else:
            if holder.drawer:
                holder.drawer = False
                holder.setMinimumHeight(0)
                holder.setMaximumHeight(16777215)
                self._row.addWidget(holder)
            holder.setVisible(on_page)

    def toggle_drawer(self) -> None:
        """Slide the card in or out, in a narrow window."""
        holder = self.card_holder
        if not holder.drawer or self.current not in self.pages or look.projection:
            return
        outside, inside = QPoint(self.middle.width(), 0), QPoint(self.middle.width() - CARD_WIDTH, 0)
        opening = holder.isHidden()
        self._slide.stop()
        self._slide.setDuration(look.motion())
        self._slide.setStartValue(outside if opening else inside)
        self._slide.setEndValue(inside if opening else outside)
        if opening:
            holder.move(outside)
            holder.show()
            holder.raise_()
        self._slide.start()

    def _slid(self) -> None:
        if self.card_holder.drawer and self.card_holder.x() >= self.middle.width():
            self.card_holder.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if look.projection:
            look.projection_height = min(self.height(), self.width() * 9 // 16)
        self._place_card()
        if self._keys is not None:
            self._keys.setGeometry(self.rect())

    # --- projection ---

    def toggle_projection(self) -> None:
        """Projection on the full screen, or back."""
        self.set_projection(not look.projection)

    def set_projection(self, on: bool, *, full_screen: bool = True) -> None:
        """Bigger type, no chrome: the strip, one lens, one claim. ``full_screen`` False keeps the window's size."""
        if on == look.projection or (on and self.current not in self.pages):
            return
        if on:
            self._was_full = self.isFullScreen()
            if self._remember:
                settings.geometry = self.saveGeometry()
            look.projection_height = min(self.height(), self.width() * 9 // 16)
        for part in (self.top, self.list, self.status):
            part.setVisible(not on)
        look.projection = on
        if full_screen and not self._was_full:
            self.showFullScreen() if on else self.showNormal()
        for shortcut in self._projection_keys:
            shortcut.setEnabled(on)
        self._place_card()
        page = self.page()
        if page is not None:
            page.project(on)
        self._project_claim()

    def _project_claim(self) -> None:
        page = self.page()
        if page is None:
            return
        if not look.projection:
            page.show_beside(None)
            return
        from explorer.window.card import ProjectedClaim

        card = self.cards[self.current]
        if self._projected is None or self._projected.card is not card:
            if self._projected is not None:
                self._projected.setParent(None)
                self._projected.deleteLater()
            self._projected = ProjectedClaim(card) if card.rows else None
        if self._projected is not None:
            self._projected.renew()
        page.show_beside(self._projected)

    def step_claim(self) -> None:
        """In projection: the next claim."""
        if self._projected is not None and look.projection:
            self._projected.step()

    # --- keyboard ---

    def _make_shortcuts(self) -> None:
        def key(sequence: str | QKeySequence.StandardKey, run: Callable[[], object]) -> QShortcut:
            shortcut = QShortcut(QKeySequence(sequence), self)
            shortcut.activated.connect(lambda: run())
            return shortcut

        for number in range(1, 5):
            key(f"Ctrl+{number}", partial(self.go_to_chapter, number))
        key("Ctrl+Tab", lambda: self.step_in_list(1))
        key("Ctrl+Shift+Tab", lambda: self.step_in_list(-1))
        key("Ctrl+Down", lambda: self.step_in_list(1))
        key("Ctrl+Up", lambda: self.step_in_list(-1))
        key("Ctrl+Right", lambda: self.step_lens(1))
        key("Ctrl+Left", lambda: self.step_lens(-1))
        key("F5", self.toggle_projection)
        key("F11", self.toggle_projection)
        key("Ctrl+L", self.toggle_language)
        key("Ctrl+D", self.toggle_theme)
        key("Ctrl+M", self.toggle_motion)
        key("Ctrl+T", self.show_tree)
        key("Ctrl+I", self.toggle_drawer)
        key("Ctrl+O", lambda: self._on_page("ask_for_file"))
        key("Ctrl+S", lambda: self._on_page("save"))
        key("Ctrl+Shift+S", lambda: self.lessons.ask_and_save_state())
        key("Ctrl+Shift+O", lambda: self.lessons.ask_and_open())
        key("Ctrl+G", lambda: self.lessons.open_chapter())
        key("Alt+Right", lambda: self.lessons.step(1))
        key("Alt+Left", lambda: self.lessons.step(-1))
        key("Ctrl+.", self.cancel_newest)
        key("F1", self.show_keys)
        key("F6", self.next_area)
        self._paste_key = key("Ctrl+V", lambda: self._on_page("paste"))
        key("Esc", self.leave)
        self._projection_keys = [
            key("Right", lambda: self.step(1)),
            key("Left", lambda: self.step(-1)),
            key("PgDown", lambda: self.step(1)),
            key("PgUp", lambda: self.step(-1)),
            key("Down", lambda: self.step_lens(1)),
            key("Up", lambda: self.step_lens(-1)),
            key("C", self.step_claim),
        ]
        for shortcut in self._projection_keys:
            shortcut.setEnabled(False)

    def _on_page(self, name: str) -> None:
        page = self.page()
        if page is not None and (page.accepts or name == "save"):
            getattr(page, name)()

    def cancel_newest(self) -> None:
        """Cancel the job that started last."""
        jobs = [job for job in self.client.jobs() if not job.resting] if self.client is not None else []
        if jobs:
            jobs[-1].cancel()

    def leave(self) -> None:
        """Escape: close the list of keys, the drawer, an error, projection, a lesson, the tree — the first of these that is there."""
        page = self.page()
        if self._keys is not None and self._keys.isVisible():
            self._keys.hide()
        elif self.card_holder.drawer and self.card_holder.isVisible():
            self.toggle_drawer()
        elif page is not None and not page.banner.isHidden():
            page.banner.dismiss()
        elif look.projection:
            self.set_projection(False)
        elif self._lessons is not None and self._lessons.active:
            self._lessons.leave()
        elif self.current == TREE and self.systems:
            self.open(self._chosen_in_chapter.get(self.chapter, self.systems[0].id))

    def next_area(self) -> None:
        """F6: the focus goes on to the list, the stage, the card, the bar of jobs, the chapters."""
        areas = [self.list.rows, self.stage, self.card_holder, self.status, self.top.tabs]
        focus = QApplication.focusWidget()
        here = next(
            (i for i, a in enumerate(areas) if focus is not None and (a is focus or a.isAncestorOf(focus))),
            -1,
        )
        for offset in range(1, len(areas) + 1):
            area = areas[(here + offset) % len(areas)]
            target = _first_focus(area) if area.isVisible() else None
            if target is not None:
                target.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def show_keys(self) -> None:
        """The list of keys, over the window."""
        from explorer.window.keys import KeyList

        if self._keys is None:
            self._keys = KeyList(self)
        self._keys.chapter = self.chapter
        self._keys.setGeometry(self.rect())
        self._keys.setVisible(not self._keys.isVisible())
        self._keys.raise_()
        if self._keys.isVisible():
            self._keys.setFocus(Qt.FocusReason.OtherFocusReason)


def _load(modules: Sequence[str], done: Callable[[], None]) -> None:
    """Import modules in a thread while the window goes on. What cannot be imported is left to whoever needs it."""
    turn = sys.getswitchinterval()
    sys.setswitchinterval(TURN_OF_PYTHON)
    try:
        for module in modules:
            with contextlib.suppress(ImportError):
                importlib.import_module(module)
        for name in dir(QtWidgets):  # all kinds of widgets are made known when the first page is painted, which would hold it up
            getattr(QtWidgets, name)
    finally:
        sys.setswitchinterval(turn)
        with contextlib.suppress(RuntimeError):  # the window may be gone
            done()


def ready_systems(remember: bool = True) -> list[System]:
    """The systems whose page is complete. Looked up again only after a file of the program changed."""
    stamp = files_stamp() if remember else ""
    known = settings.ready_systems(stamp) if remember else None
    if known is None:
        from explorer.catalogue.readiness import ready

        known = [entry.id for entry in PAGES if entry.page and ready(entry)]
        if remember:
            settings.keep_ready_systems(stamp, known)
    return [entry for entry in PAGES if entry.id in known]


def files_stamp() -> str:
    """Changes whenever a file changes that decides which systems are ready."""
    waiting = [str(PACKAGE), str(resource("weights")), str(resource("assets", "texts")), str(PACKAGE.parent / "tests" / "window")]
    newest, count, size = 0, 0, 0
    while waiting:
        folder = waiting.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError:
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name != "__pycache__":
                    waiting.append(entry.path)
                continue
            stat = entry.stat()
            newest, count, size = max(newest, stat.st_mtime_ns), count + 1, size + stat.st_size
    return f"{PACKAGE}:{newest}:{count}:{size}"


def _first_focus(area: QWidget) -> QWidget | None:
    """The first widget inside that takes the focus by Tab."""
    widgets = [area, *area.findChildren(QWidget)]
    for widget in widgets:
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and widget.isEnabled():
            return widget
    return None


def app_icon() -> QIcon:
    """The four chapters as four discs."""
    pixmap = QPixmap(128, 128)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    colours = ("#5746B2", "#0A716C", "#A82A62", "#7E9A1A")
    for colour, (x, y) in zip(colours, ((8, 8), (68, 8), (8, 68), (68, 68)), strict=True):
        fill(painter, QRectF(x, y, 52, 52), 26, QColor(colour))
    painter.end()
    return QIcon(pixmap)


def _real_client() -> Client:
    from explorer.window.client import Client

    return Client()


def restore_look() -> None:
    """Language, theme and motion as they were chosen last; else of the system."""
    if settings.language:
        look.language = "ja" if settings.language == "ja" else "en"
    dark = settings.dark
    if dark is None:
        hints = QGuiApplication.styleHints()
        dark = hints is not None and hints.colorScheme() == Qt.ColorScheme.Dark
    look.dark = dark
    look.reduced_motion = look.reduced_motion or settings.reduced_motion


def make_application() -> QApplication:
    """The application, styled by ``look`` now and at every change. Returns the one that exists, if any."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        app = existing
    else:
        QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
        app = QApplication([*sys.argv[:1], "-style", STYLE])  # by argument: loading its face from Python takes ten times as long
    app.setApplicationName(NAME)
    return app


def run(lesson: str = "") -> int:
    """Open the window, with a lesson if one is named, and stay until it is closed. Returns the exit code."""
    app = make_application()
    restore_look()
    look.apply(app)
    look.changed.connect(lambda: look.apply(app))
    window = MainWindow()
    if lesson:
        window.open_lesson(lesson)
    window.show()
    return app.exec()


__all__ = ["MainWindow", "make_application", "restore_look", "run"]
