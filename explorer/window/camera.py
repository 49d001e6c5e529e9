"""The camera as an input: a live picture, and a button that freezes the frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from explorer.window.look import look
from explorer.window.views.controls import Button, Label, pixels_of
from explorer.window.views.drawing import draw_smooth, fitted
from explorer.words import InputError, Text

TITLE = Text("カメラ", "Camera")
TAKE = Text("このコマを使う", "Use this frame")
CANCEL = Text("やめる", "Cancel")
STARTING = Text("カメラを起動しています", "Starting the camera")
NO_CAMERA = Text(
    "カメラが見つかりません。つないでからもう一度試すか、画像を開いてください。",
    "No camera was found. Connect one and try again, or open a picture.",
)
NO_PICTURE = Text(
    "カメラから画像が来ません。ほかのプログラムが使っているかもしれません。それを閉じてからもう一度試すか、画像を開いてください。",
    "The camera gave no picture. Another program may be using it. Close that program, then try again, or open a picture.",
)
PATIENCE_MS = 5000


class Finder(QWidget):
    """The live picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.image = QImage()
        self.setMinimumSize(480, 360)

    def show_image(self, image: QImage) -> None:
        """Show a frame."""
        self.image = image
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(look.colour("sunken")))
        if not self.image.isNull():
            place = fitted((self.image.width(), self.image.height()), QRectF(self.rect()))
            draw_smooth(painter, self.image, place)


class CameraDialog(QDialog):
    """Live picture and two buttons. ``taken``: called with (height, width, 3) uint8; ``refused``: with an InputError."""

    def __init__(
        self, parent: QWidget, taken: Callable[[Any], object], refused: Callable[[InputError], object]
    ) -> None:
        super().__init__(parent)
        self._taken, self._refused = taken, refused
        self._stop: Callable[[], object] = lambda: None
        self.setWindowTitle(look.say(TITLE))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.finder = Finder()
        self.note = Label(STARTING, "label", "ink2")
        self.take = Button(TAKE, kind="filled", icon="camera")
        self.take.setEnabled(False)
        self.take.clicked.connect(self.freeze)
        cancel = Button(CANCEL, kind="plain")
        cancel.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(self.note, 1)
        row.addWidget(cancel)
        row.addWidget(self.take)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(14)
        column.addWidget(self.finder, 1)
        column.addLayout(row)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self.give_up)
        self.finished.connect(lambda _: self._end())

    def begin(self, stop: Callable[[], object]) -> None:
        """Wait for the first frame; ``stop`` switches the camera off."""
        self._stop = stop
        self._patience.start(PATIENCE_MS)
        self.open()

    def frame(self, image: QImage) -> None:
        """A frame came."""
        if not image.isNull():
            self._patience.stop()
            self.note.set_text("")
            self.take.setEnabled(True)
            self.finder.show_image(image)

    def freeze(self) -> None:
        """Take the frame that is shown."""
        image = self.finder.image
        self.accept()
        if not image.isNull():
            self._taken(pixels_of(image))

    def give_up(self) -> None:
        """Nothing came: say so on the page."""
        self.reject()
        self._refused(InputError(NO_PICTURE))

    def _end(self) -> None:
        self._patience.stop()
        self._stop()


def found() -> bool:
    """Whether there is a camera."""
    try:
        from PySide6.QtMultimedia import QMediaDevices
    except ImportError:
        return False
    return bool(QMediaDevices.videoInputs())


def live(parent: QObject, came: Callable[[Any], object], gave_up: Callable[[], object]) -> Callable[[], None]:
    """Switch the camera on: ``came`` gets each frame (QVideoFrame), ``gave_up`` is called when it fails. Returns what switches it off.

    Raises InputError without a camera.
    """
    try:
        from PySide6.QtMultimedia import QCamera, QMediaCaptureSession, QMediaDevices, QVideoSink
    except ImportError:
        raise InputError(NO_CAMERA) from None
    if not QMediaDevices.videoInputs():
        raise InputError(NO_CAMERA)
    camera = QCamera(QMediaDevices.defaultVideoInput(), parent)
    session, sink = QMediaCaptureSession(parent), QVideoSink(parent)
    session.setCamera(camera)
    session.setVideoSink(sink)
    sink.videoFrameChanged.connect(came)
    camera.errorOccurred.connect(lambda *_: gave_up())
    camera.start()
    stop: Callable[[], None] = camera.stop
    return stop


def take_picture(
    parent: QWidget, taken: Callable[[Any], object], refused: Callable[[InputError], object]
) -> CameraDialog | None:
    """Show the camera; a frozen frame goes to ``taken``, a sentence on what is wrong to ``refused``."""
    dialog = CameraDialog(parent, taken, refused)
    try:
        stop = live(dialog, lambda frame: dialog.frame(frame.toImage()), dialog.give_up)
    except InputError as error:
        dialog.deleteLater()
        refused(error)
        return None
    dialog.begin(stop)
    return dialog
