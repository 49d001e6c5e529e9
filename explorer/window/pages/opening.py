"""How a page comes by its input: samples, files, the clipboard, what is dropped on it, the camera."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QGuiApplication, QImage, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from explorer.window.lesson import SUFFIX as LESSON
from explorer.window.look import look
from explorer.window.pages.parts import DropVeil
from explorer.window.settings import settings
from explorer.window.views.controls import IconButton, Thumbnail, pixels_of
from explorer.words import ExplorerError, InputError, Text

OPEN = Text("開く", "Open")
PASTE = Text("貼り付け", "Paste")
CAMERA = Text("カメラ", "Camera")
DROP = Text("ここに置くと開きます", "Drop to open")
WEIGHTS_SUFFIXES = (".safetensors", ".pt", ".pth", ".ckpt")
NO_WEIGHTS_HERE = Text(
    "「{name}」は重みのファイルです。このページには使えません。その重みのネットワークのページで開いてください。",
    "“{name}” is a file of weights, which this page has no use for. Open it on the page of its network.",
)
ALL_FILES = Text("すべてのファイル", "All files")
NOTHING_TO_PASTE = Text(
    "クリップボードに使えるものがありません。画像か文章をコピーしてください。",
    "The clipboard holds nothing to use here. Copy a picture or a text first.",
)


class Opening(QWidget):
    """A widget that takes an input; ``input_box`` holds the samples and the buttons. ``accepts`` says of which kind ("picture", "text", "points" or
    empty); subclasses implement ``open_input`` and ``show_error``."""

    accepts: str = ""
    file_patterns: Mapping[str, str] = {
        "picture": "*.png *.jpg *.jpeg *.webp *.bmp *.gif *.tif *.tiff *.ppm *.pgm",
        "text": "*.txt *.md",
        "points": "*.csv *.tsv *.txt",
    }

    input_opened = Signal(str)
    """A file was opened: its path, for the list of recent files."""
    lesson_opened = Signal(str)
    """A lesson was opened where a page's input is: its path."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(bool(self.accepts))
        self._samples: dict[str, Thumbnail] = {}
        self.input_box = QWidget()
        self.head_inputs = QHBoxLayout(self.input_box)
        self.head_inputs.setContentsMargins(0, 0, 0, 0)
        self._samples_row = QHBoxLayout()
        self._samples_row.setContentsMargins(0, 0, 0, 0)
        self._buttons_row = QHBoxLayout()
        self._buttons_row.setContentsMargins(0, 0, 0, 0)
        self.head_inputs.addLayout(self._samples_row)
        self.head_inputs.addLayout(self._buttons_row)
        self._veil = DropVeil(self, DROP)

    def space_inputs(self) -> None:
        """Take up another size."""
        self.head_inputs.setSpacing(look.px(18))
        self._samples_row.setSpacing(0)
        self._buttons_row.setSpacing(look.px(6))

    def show_error(self, error: ExplorerError) -> None:
        """Say what cannot be opened."""
        raise NotImplementedError

    # samples and buttons

    def add_sample(
        self, key: str, name: Text, pixels: NDArray[np.uint8], value: Any = None, *, icon: str = "", run: Callable[[], object] | None = None
    ) -> Thumbnail:
        """A sample of 36 px in the head from (height, width, 3) uint8, or an ``icon`` until there is one; a click opens ``value`` (the key by default), or
        does what ``run`` does."""
        button = Thumbnail(pixels, name, icon=icon)
        button.clicked.connect(lambda: run() if run is not None else self.choose_sample(key, key if value is None else value))
        self._samples[key] = button
        self._samples_row.addWidget(button)
        return button

    def choose_sample(self, key: str, value: Any) -> None:
        """What a click on a sample does: mark it and open it."""
        self.mark_sample(key)
        self.open_input(value)

    def mark_sample(self, key: str | None) -> None:
        """Outline the sample that is the page's input, or none."""
        for name, button in self._samples.items():
            button.set_chosen(name == key)

    def add_input_buttons(self, open_: bool = True, paste: bool = True, camera: bool = False) -> None:
        """The buttons at the right of the head: open a file, paste, camera."""
        if open_:
            self._add_button("folder", OPEN, self.ask_for_file)
        if paste:
            self._add_button("clipboard", PASTE, self.paste)
        if camera:
            self._add_button("camera", CAMERA, self.open_camera)

    def _add_button(self, icon: str, tip: Text, run: Callable[[], object]) -> IconButton:
        button = IconButton(icon, tip)
        button.clicked.connect(lambda: run())
        self._buttons_row.addWidget(button)
        return button

    # what is opened

    def open_input(self, value: Any) -> None:
        """Take a new input: a path, a text, a sample's key or (height, width, 3) uint8. Pages implement this; errors come back through
        ``show_error``."""
        raise NotImplementedError

    def open_path(self, path: str) -> None:
        """Open a file the user named and remember it among the recent ones."""
        if path.endswith(LESSON):
            self.lesson_opened.emit(path)
            return
        settings.add_recent(path)
        self.input_opened.emit(path)
        if path.lower().endswith(WEIGHTS_SUFFIXES):
            self.open_weights(path)
            return
        self.mark_sample(None)
        self.open_input(path)

    def open_weights(self, path: str) -> None:
        """Take the user's own weights. Pages whose network can have them implement this."""
        self.show_error(InputError(NO_WEIGHTS_HERE.format(name=Path(path).name)))

    def ask_for_file(self) -> None:
        """Let the user choose a file to open."""
        kinds = ";;".join(f"{look.say(name)} ({pattern})" for name, pattern in self.file_kinds())
        path, _ = QFileDialog.getOpenFileName(self, look.say(OPEN), settings.last_folder(), kinds)
        if path:
            self.open_path(path)

    def file_kinds(self) -> list[tuple[Text, str]]:
        """What the file dialogue offers to show: names and patterns."""
        return [(self.kind_name(), self.file_patterns.get(self.accepts, "*")), (ALL_FILES, "*")]

    def kind_name(self) -> Text:
        """What files the page opens, for the file dialogue."""
        names = {
            "picture": Text("画像", "Pictures"),
            "text": Text("文章", "Texts"),
            "points": Text("表 (CSV)", "Tables (CSV)"),
        }
        return names.get(self.accepts, Text("ファイル", "Files"))

    def paste(self) -> None:
        """Open what the clipboard holds."""
        value = self.usable(QGuiApplication.clipboard().mimeData())
        if value is None:
            self.show_error(InputError(NOTHING_TO_PASTE))
        else:
            self._take(value)

    def usable(self, data: QMimeData | None) -> Any:
        """What a clipboard or a drag holds for this page: a path, pixels, a text, or None."""
        if data is None or not self.accepts:
            return None
        if data.hasUrls() and data.urls() and data.urls()[0].isLocalFile():
            return Path(data.urls()[0].toLocalFile())
        if self.accepts == "picture" and data.hasImage():
            image = data.imageData()
            if isinstance(image, QImage) and not image.isNull():
                return pixels_of(image)
        if self.accepts in ("text", "points") and data.hasText() and data.text().strip():
            return data.text()
        return None

    def _take(self, value: Any) -> None:
        if isinstance(value, Path):
            self.open_path(str(value))
        else:
            self.mark_sample(None)
            self.open_input(value)

    def open_camera(self) -> None:
        """Show the camera; a frozen frame becomes the input."""
        from explorer.window.camera import take_picture

        take_picture(self, self._take, self.show_error)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.usable(event.mimeData()) is not None:
            event.acceptProposedAction()
            self._veil.setGeometry(self.rect())
            self._veil.raise_()
            self._veil.show()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._veil.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self._veil.hide()
        value = self.usable(event.mimeData())
        if value is not None:
            event.acceptProposedAction()
            self._take(value)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._veil.setGeometry(self.rect())
