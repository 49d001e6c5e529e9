"""Moving pictures as an input: a film from a file or the camera, of which always the newest frame is at hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QImage

from explorer.window.camera import live
from explorer.window.views.controls import Words, pixels_of
from explorer.words import InputError, Text

SUFFIXES = (".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".wmv", ".ogv", ".y4m")
LONGEST = 640  # px: longer frames are scaled
PATIENCE_MS = 10_000
CAMERA = Text("カメラ", "Camera")
NO_PLAYER = Text(
    "動画の再生に使う部品（Qt Multimedia）がありません。README の「camera」を加えると再生できます。画像は今のままで開けます。",
    "Films need Qt Multimedia, which is not here: the README's extra “camera” brings it. Pictures open as before.",
)
NO_FILE = Text("「{name}」が見つかりません。場所を確かめて、もう一度開いてください。", "“{name}” is not there. Check where it lies and open it again.")
CANNOT_PLAY = Text(
    "「{name}」は再生できません。動画ではないか、壊れているか、知らない形式です。MP4 や WebM で保存したものを開いてください。",
    "“{name}” cannot be played: it is no film, damaged, or of an unknown form. Open one saved as MP4 or WebM.",
)
NO_PICTURE = Text("「{name}」から画像が来ません。ほかの動画か、画像を開いてください。", "No picture came from “{name}”. Open another film, or a picture.")


def is_film(value: object) -> bool:
    """Whether this names a film, by its ending."""
    return isinstance(value, (str, Path)) and Path(value).suffix.lower() in SUFFIXES


class Film(QObject):
    """What plays. ``came()``: there is a new frame; ``failed(InputError)``: none comes any more. ``name``: of the film, as it is written."""

    came = Signal()
    failed = Signal(object)

    def __init__(self, name: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self.stop_playing: Callable[[], object] = lambda: None
        self._frame: Any = None  # a QVideoFrame or QImage
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(lambda: self.give_up(NO_PICTURE))
        self._patience.start(PATIENCE_MS)

    def take(self, frame: Any) -> None:
        """A frame of the player came: ``QVideoFrame`` or ``QImage``. The one before is forgotten."""
        if frame.isValid() if hasattr(frame, "isValid") else not frame.isNull():
            self._patience.stop()
            self._frame = frame
            self.came.emit()

    def newest(self) -> NDArray[np.uint8] | None:
        """The newest frame, (height, width, 3) uint8, at most ``LONGEST`` a side; None where there is no other than last time."""
        frame, self._frame = self._frame, None
        image: QImage | None = frame.toImage() if hasattr(frame, "toImage") else frame
        if image is None or image.isNull():
            return None
        if max(image.width(), image.height()) > LONGEST:
            image = image.scaled(LONGEST, LONGEST, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        return pixels_of(image)

    def give_up(self, why: Text) -> None:
        """No frame comes: say so, once."""
        self.stop()
        self.failed.emit(InputError(why.format(name=self.name)))

    def stop(self) -> None:
        """End it."""
        self._patience.stop()
        stop, self.stop_playing = self.stop_playing, lambda: None
        stop()


def open_film(path: str | Path, parent: QObject) -> Film:
    """Play a file, over and over, without sound. Raises InputError where this cannot even be tried."""
    name = Path(path).name
    if not Path(path).is_file():
        raise InputError(NO_FILE.format(name=name))
    try:
        from PySide6.QtMultimedia import QMediaPlayer, QVideoSink
    except ImportError:
        raise InputError(NO_PLAYER) from None
    film = Film(name, parent)
    player, sink = QMediaPlayer(film), QVideoSink(film)
    player.setVideoSink(sink)
    player.setLoops(QMediaPlayer.Loops.Infinite)
    sink.videoFrameChanged.connect(film.take)
    player.errorOccurred.connect(lambda *_: film.give_up(CANNOT_PLAY))
    film.stop_playing = player.stop
    player.setSource(QUrl.fromLocalFile(str(Path(path).resolve())))
    player.play()
    return film


def open_camera(parent: QObject) -> Film:
    """The camera's frames as they come. Raises InputError without a camera."""
    film = Film(CAMERA, parent)
    try:
        film.stop_playing = live(film, film.take, lambda: film.give_up(NO_PICTURE))
    except InputError:
        film.stop()
        film.deleteLater()
        raise
    return film
