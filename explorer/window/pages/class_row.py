"""One class of the user's own: its name, its pictures, and where more come from."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from explorer.results import Picture
from explorer.window.look import look
from explorer.window.settings import settings
from explorer.window.views.controls import Field, IconButton, Label, Thumbnail, can_take, pixels_of, taken
from explorer.words import Text

NAME = Text("クラスの名前", "Name of the class")
FILES, FOLDER = Text("画像を加える", "Add pictures"), Text("フォルダーの画像を加える", "Add a folder of pictures")
PASTE, CAMERA, REMOVE = Text("貼り付けて加える", "Paste a picture"), Text("カメラで加える", "Add with the camera"), Text("クラスを消す", "Remove the class")
TAKE_OUT = Text("押すと外します", "Press to take it out")
COUNT = Text("{count} 枚", "{count}")
NONE = Text("画像を置くか、右のボタンで加えてください", "Drop pictures here, or add them with the buttons")
SHOWN = 8


class ClassRow(QWidget):
    """``renamed()``; ``added(list)``: paths or pixels to open; ``taken_out()``: a picture went; ``removed()``; ``camera_wanted()``."""

    renamed = Signal()
    added = Signal(list)
    taken_out = Signal()
    removed = Signal()
    camera_wanted = Signal()

    def __init__(self, name: str, patterns: str) -> None:
        super().__init__()
        self.sources: list[Any] = []
        self.small: list[Picture] = []
        self.wrong: set[int] = set()
        self._patterns = patterns
        self.field = Field(NAME, name, name=NAME, height=30)
        self.field.editingFinished.connect(self.renamed)
        self.count = Label(NONE, "caption", "ink3")
        head = QHBoxLayout()
        head.addWidget(self.field, 3)
        head.addStretch(1)
        self.buttons: dict[str, IconButton] = {}
        actions: tuple[tuple[str, Text, Callable[[], object]], ...] = (
            ("picture", FILES, self.ask_files), ("folder", FOLDER, self.ask_folder), ("clipboard", PASTE, self.paste),
            ("camera", CAMERA, self.camera_wanted.emit), ("close", REMOVE, self.removed.emit),
        )  # fmt: skip
        for icon, tip, run in actions:
            button = IconButton(icon, tip, flat=True)
            button.clicked.connect(partial(_call, run))
            self.buttons[icon] = button
            head.addWidget(button)
        self._pictures = QHBoxLayout()
        self._pictures.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.px(2))
        column.addLayout(head)
        column.addLayout(self._pictures)
        self.setAcceptDrops(True)
        self._show()

    @property
    def name(self) -> str:
        """What the user calls it."""
        return self.field.text().strip()

    def add(self, sources: list[Any], small: list[Picture]) -> None:
        """Take more pictures, each with a small one to show."""
        self.sources += sources
        self.small += small
        self._show()

    def mark_wrong(self, wrong: set[int]) -> None:
        """Outline the pictures that were got wrong when they were left out."""
        if wrong != self.wrong:
            self.wrong = wrong
            self._show()

    def project(self, on: bool) -> None:
        """Without buttons in projection."""
        for button in self.buttons.values():
            button.setVisible(not on)

    def _show(self) -> None:
        while (item := self._pictures.takeAt(0)) is not None:
            if (old := item.widget()) is not None and old is not self.count:
                old.hide()
                old.deleteLater()
        for index, picture in enumerate(self.small[:SHOWN]):
            button = Thumbnail(picture.pixels, TAKE_OUT, 34, edge=3)
            button.set_chosen(index in self.wrong)
            button.clicked.connect(partial(self._take_out, index))
            self._pictures.addWidget(button)
        self._pictures.addWidget(self.count, 1)
        self.count.set_text(COUNT.format(count=len(self.small)) if self.small else NONE)

    def _take_out(self, index: int) -> None:
        del self.sources[index], self.small[index]
        self.wrong = set()
        self._show()
        self.taken_out.emit()

    # where pictures come from

    def ask_files(self) -> None:
        """Let the user choose picture files."""
        paths, _ = QFileDialog.getOpenFileNames(self, look.say(FILES), settings.last_folder(), f"{look.say(FILES)} ({self._patterns})")
        if paths:
            self.added.emit(list(paths))

    def ask_folder(self) -> None:
        """Let the user choose a folder."""
        path = QFileDialog.getExistingDirectory(self, look.say(FOLDER), settings.last_folder())
        if path:
            self.added.emit([path])

    def paste(self) -> None:
        """Take files or a picture from the clipboard."""
        data = QGuiApplication.clipboard().mimeData()
        paths = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
        if paths:
            self.added.emit(paths)
        elif data.hasImage() and not (image := QGuiApplication.clipboard().image()).isNull():
            self.added.emit([pixels_of(image)])
        else:
            self.added.emit([])

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if can_take(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        found = taken(event)
        event.acceptProposedAction()
        self.added.emit([str(one) for one in found] if isinstance(found, list) else [] if found is None or isinstance(found, str) else [found])

    def sizeHint(self) -> QSize:
        return QSize(look.px(380), look.px(78))


def _call(run: Callable[[], object], *_: object) -> None:
    run()


def named_path(source: Any) -> str | None:
    """A source that can be kept: its path or key; None of pixels."""
    return str(source) if isinstance(source, str | Path) else None
