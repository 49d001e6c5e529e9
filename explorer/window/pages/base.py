"""What all pages share: head, lenses, errors, state and export; ``opening`` has how they come by their input."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QScrollArea, QVBoxLayout, QWidget

from explorer.catalogue import System, Variant, chapter_of
from explorer.catalogue.lenses import LENSES
from explorer.results import Result
from explorer.window.client import Client, Job
from explorer.window.look import look
from explorer.window.pages import saving
from explorer.window.pages.captions import Caption, caption
from explorer.window.pages.captions import counted as counted
from explorer.window.pages.captions import megabytes as megabytes
from explorer.window.pages.opening import Opening
from explorer.window.pages.parts import Action, Banner, LensArea
from explorer.window.views.controls import IconButton, Label
from explorer.window.views.view import View
from explorer.words import ExplorerError, InputError, Text, WeightsMissing

MORE = Text("保存、最近のファイル", "Save, recent files")
TRY_AGAIN = Text("もう一度", "Try again")
DOWNLOAD = Text("{size} をダウンロード", "Download {size}")
OPEN_ANOTHER = Text("別のものを開く", "Open another")


class BasePage(Opening):
    """One page: ``BasePage(system, client)``. A kind of page subclasses it and fills ``head_inputs``, ``stage`` and the lenses.

    To override: ``open_input``, ``state``, ``restore``, ``numbers``, ``results_by_lens``, ``shown``, ``hidden``, ``lens_shown``,
    ``download``, ``retry``; ``accepts`` says what is opened.
    """

    state_changed = Signal()
    """Something worth keeping changed: the shell saves ``state()`` soon."""
    lens_changed = Signal(str)
    page_wanted = Signal(str)
    """Another page should come to the front: the id of its system or scene."""
    state_wanted = Signal(str, object)
    """Another page should come to the front with this state: the id of its system, and what ``open_state`` takes."""
    menu_opened = Signal(object)
    """The menu of what to save is about to be shown (QMenu): the shell adds what concerns the window."""

    def __init__(self, system: System, client: Client, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.system, self.client = system, client
        self.chapter = chapter_of(system.section).number
        self.setProperty("chapter", self.chapter)
        self._jobs: list[Job] = []
        self._caption: Text | None = None
        self.last_error: ExplorerError | None = None

        self.title = Label(system.name, role="title")
        self.caption = Caption(self.standard_caption())
        self.more = IconButton("more", MORE)
        self.more.clicked.connect(self.open_menu)

        self.head = QWidget()
        head = QHBoxLayout(self.head)
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self.title, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self.caption, 1, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self.input_box, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self.more, 0, Qt.AlignmentFlag.AlignVCenter)
        self._head_layout = head

        self.banner = Banner()
        self.body = QWidget()
        self.stage = QVBoxLayout(self.body)
        self.stage.setContentsMargins(0, 0, 0, 0)
        self.lens_area = LensArea()
        self.lens_area.hide()
        self.lens_area.chosen.connect(self._lens_chosen)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self.body)
        self.body.setAutoFillBackground(False)
        self._beside = QHBoxLayout()
        self._beside.addWidget(self._scroll, 1)
        self._outer = QVBoxLayout(self)
        self._outer.addWidget(self.head)
        self._outer.addWidget(self.banner)
        self._outer.addLayout(self._beside, 1)

        look.changed.connect(self._restyle)
        self._restyle()

    # --- look ---

    def _restyle(self) -> None:
        projected = look.projection
        side, top = (look.px(29), look.px(22)) if projected else (22, 16)
        self._outer.setContentsMargins(side, top, side - look.px(4), top)
        self._outer.setSpacing(look.px(8))
        self.stage.setContentsMargins(look.px(2), 0, look.px(4), look.px(4))
        self.head.setFixedHeight(look.px(50))
        self._head_layout.setSpacing(look.px(12))
        self.space_inputs()
        self.stage.setSpacing(look.px(12))
        self._beside.setSpacing(look.px(28))
        self.input_box.setVisible(not projected)
        self.more.setVisible(not projected)
        self.caption.set_text(self.system.line if projected else (self._caption or self.standard_caption()))
        self.update()

    def project(self, on: bool) -> None:
        """Lay the page out for projection (strip and one lens) or back. Pages with more to hide extend this."""
        self.lens_area.project(on)

    def show_beside(self, claim: QWidget | None) -> None:
        """Show one claim at the right of the lens (in projection), or take it away."""
        if len(self.lens_area):
            self.lens_area.put_beside(claim)
            return
        while self._beside.count() > 1:
            item = self._beside.takeAt(1)
            if item is not None and (old := item.widget()) is not None and old is not claim:
                old.hide()
        if claim is not None:
            self._beside.addWidget(claim)
            claim.show()

    # --- head ---

    def standard_caption(self, variant: Variant | None = None) -> Text:
        """Who, when, how large: ``He et al., 2015 · 11.7 M weights``."""
        return caption(self.system, variant)

    def set_head(self, title: Text | None = None, caption: Text | None = None) -> None:
        """Change the title (such as the variant's name) and the caption."""
        if title is not None:
            self.title.set_text(title)
        if caption is not None:
            self._caption = caption
            if not look.projection:
                self.caption.set_text(caption)

    def show_variant(self, variant: Variant) -> None:
        """Name the variant and its size in the head."""
        self.set_head(variant.label, self.standard_caption(variant))

    # --- lenses ---

    def add_lens(self, lens_id: str, widget: QWidget, legend: QWidget | None = None) -> None:
        """A lens of the catalogue: its tab, widget and legend. Add ``self.lens_area`` to ``self.stage`` where the lenses belong (the
        first lens adds it at the end otherwise)."""
        if self.stage.indexOf(self.lens_area) < 0:
            self.stage.addWidget(self.lens_area, 1)
        self.lens_area.show()
        self.lens_area.add(lens_id, LENSES[lens_id].label, widget, legend, LENSES[lens_id].group)

    @property
    def lens(self) -> str:
        """Id of the chosen lens, or empty."""
        return self.lens_area.current

    def set_lens(self, lens_id: str) -> None:
        """Choose a lens. Raises KeyError for an unknown one."""
        self.lens_area.choose(lens_id)

    def _lens_chosen(self, lens_id: str) -> None:
        self.lens_shown(lens_id)
        self.lens_changed.emit(lens_id)
        self.state_changed.emit()

    def lens_shown(self, lens_id: str) -> None:
        """A lens was chosen: compute what it shows, if it is not there yet."""

    # --- work ---

    def ask(
        self, lane: str, task: str, title: Text, on_result: Callable[[Any], object], *, on_error: Callable[[ExplorerError], object] | None = None, **arguments: Any
    ) -> Job:
        """Ask the engine: a query in the lane ``page:lane``; the newest wins. Results go to ``on_result``, errors to ``on_error``, else onto the page."""
        job = self.client.query(f"{self.system.id}:{lane}", task, title=title, **arguments)
        job.result.connect(on_result)

        def again() -> Job:
            return self.ask(lane, task, title, on_result, **arguments)

        job.failed.connect(on_error or (lambda error: self.show_error(error, retry=again)))
        self.follow(job)
        return job

    def follow(self, job: Job) -> None:
        """Count a job among those that fill the page: ``busy()`` until it ends."""
        self._jobs.append(job)

    def busy(self) -> bool:
        """Whether something that belongs on screen is still being computed."""
        self._jobs = [job for job in self._jobs if job.state in ("waiting", "running")]
        return bool(self._jobs)

    def show_error(self, error: ExplorerError, retry: Callable[[], object] | None = None) -> None:
        """The error's sentence on the page, with what to do next. The page keeps its state."""
        self.last_error = error
        actions: list[Action] = []
        if isinstance(error, WeightsMissing):
            if error.size:
                actions.append((DOWNLOAD.format(size=megabytes(error.size)), self.download))
        elif isinstance(error, InputError):
            if self.accepts:
                actions.append((OPEN_ANOTHER, self.ask_for_file))
        elif retry is not None:
            actions.append((TRY_AGAIN, retry))
        self.banner.say(error.text, actions, "caveat" if isinstance(error, WeightsMissing) else "no")

    def show_notes(self, notes: Sequence[Text]) -> None:
        """What was done to the input (first frame of an animation, 16 bit scaled …), or take the note away."""
        if notes:
            self.banner.say(Text("".join(n.ja for n in notes), " ".join(n.en for n in notes)), (), "caveat", note=True)
        else:
            self.banner.dismiss()

    def clear_error(self) -> None:
        """Take the banner away: what went wrong is over."""
        self.last_error = None
        self.banner.dismiss()

    def download(self) -> None:
        """Get missing weights. Pages whose systems have them implement this."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and not self.banner.isHidden():
            self.banner.dismiss()
        else:
            super().keyPressEvent(event)

    # --- what the shell, the tour and the command line ask ---

    def start(self) -> None:
        """First look: compute the page for its sample. Called once when nothing was restored."""

    def shown(self) -> None:
        """The page came to the front."""

    def hidden(self) -> None:
        """The page left the front: stop or slow live work."""

    def state(self) -> dict[str, Any]:
        """Input, settings and what is chosen, as JSON-able values. Pages extend this."""
        return {"lens": self.lens}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go back to a state. Unknown and missing entries are passed over. Pages extend this."""
        lens = state.get("lens")
        if isinstance(lens, str) and lens in self.lens_area.ids():
            self.set_lens(lens)

    def pasted_picture(self) -> NDArray[np.uint8] | None:
        """The input where it is a picture without a file, (height, width, 3) uint8: ``state`` does not keep it."""
        return None

    def open_state(self, state: Mapping[str, Any]) -> None:
        """Load part of a state, such as the network a point of a claim's plot stands for."""
        self.restore(state)

    def numbers(self) -> dict[str, Any]:
        """What is on screen, as JSON-able values."""
        return {}

    def results_by_lens(self) -> dict[str, Result]:
        """The results there are, by lens."""
        return {}

    def views(self) -> list[View]:
        """The views on screen that can be saved: those of the chosen lens first."""
        found: list[View] = []
        for view in self.body.findChildren(View):
            if view.isVisibleTo(self) and view.has_content() and not isinstance(view.parent(), View):
                found.append(view)
        inside = self.lens_area
        found.sort(key=lambda view: (not inside.isAncestorOf(view), -view.width() * view.height()))
        return found

    # --- export ---

    def open_menu(self) -> None:
        """The menu of what to save and of recent files."""
        menu = self.build_menu()
        self.menu_opened.emit(menu)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def build_menu(self) -> QMenu:
        """Save each view as PNG, SVG or CSV; open a recent file."""
        menu = QMenu(self)
        saving.fill_menu(menu, self.views(), self.system.name, self.ask_and_save)
        if self.accepts:
            menu.addSeparator()
            saving.add_recent_files(menu, self.open_path)
        return menu

    def save(self) -> None:
        """Save the current view (the one with the focus, else the largest of the lens) where the user says."""
        views = self.views()
        if not views:
            self.show_error(InputError(saving.NOTHING_TO_SAVE))
            return
        focused = next((view for view in views if view.hasFocus()), views[0])
        self.ask_and_save(focused, "png")

    def ask_and_save(self, view: View, suffix: str) -> None:
        """Ask for a name and write the view as PNG, SVG or CSV, by the name's ending."""
        path = saving.ask_for_name(self, f"{self.system.id}-{self.lens or 'view'}", suffix)
        if path is not None:
            self.save_view(view, path)

    def save_view(self, view: View, path: Path) -> None:
        """Write a view: ``.svg``, ``.csv``, else PNG. A file that cannot be written is said on the page."""
        try:
            saving.write(view, path)
        except ExplorerError as error:
            self.show_error(error)

    def sizeHint(self) -> QSize:
        return QSize(804, 720)
