"""A film through a network: its newest frame is asked for as soon as the last is answered, and how many that makes a second is said."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.results import Bundle
from explorer.window.client import Job
from explorer.window.film import Film
from explorer.window.look import look
from explorer.window.pages.picture_page import Choice, PicturePage
from explorer.window.views.controls import Button, Label, said
from explorer.words import ExplorerError, Text

TITLE = Text("動画のコマを調べる", "Looking at the frames of a film")
STOP = Text("止めて調べる", "Stop here")
WAITING = Text("最初のコマを待っています　{name}", "Waiting for the first frame · {name}")
PLAYING = Text(
    "毎秒 **{rate}** コマ　ネットワーク {ms} ミリ秒　{width} × {height}　{name}",
    "**{rate}** frames a second · {ms} ms in the network · {width} × {height} · {name}",
)
RATE = Text("毎秒 **{rate}** コマ", "**{rate}** frames a second")
ANSWERED = Text(
    "毎秒 **{rate}** コマ　答えまで {ms} ミリ秒　{width} × {height}　{name}",
    "**{rate}** frames a second · {ms} ms to an answer · {width} × {height} · {name}",
)
WINDOW = 3.0  # s over which frames are counted


class FilmBar(QWidget):
    """What plays, how fast, and a button that ends it. ``turned(bool)``: a film began or ended; ``seen(Choice, Bundle)``: as what a frame was asked
    about, and the answer; ``ended(pixels)``: the last frame answered, (height, width, 3) uint8, or None; ``failed(ExplorerError)``."""

    turned = Signal(bool)
    seen = Signal(object, object)
    ended = Signal(object)
    failed = Signal(object)

    def __init__(self, page: PicturePage, task: str) -> None:
        super().__init__()
        self._page, self._task = page, task
        self.film: Film | None = None
        self._job: Job | None = None
        self._last: NDArray[np.uint8] | None = None
        self._seconds, self._in_network = 0.0, True  # of the last frame: in the network, or from the question to the answer
        self.frames = 0
        self._times: deque[float] = deque()
        self.words = Label("", "label", "ink2")
        self.stop_button = Button(STOP, "tint", "stop")
        self.stop_button.clicked.connect(self.stop)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.words, 1)
        self._row.addWidget(self.stop_button)
        look.changed.connect(self._tell)
        self.hide()

    @property
    def playing(self) -> bool:
        """There is a film."""
        return self.film is not None

    def play(self, film: Film) -> None:
        """Play this film; one that plays ends, its last frame unseen."""
        self._end()
        self.film = film
        self.frames, self._last = 0, None
        self._times.clear()
        film.came.connect(self._next)
        film.failed.connect(self._fail)
        self._tell()
        self.show()
        self.turned.emit(True)

    def stop(self) -> None:
        """End the film; its last frame is handed over."""
        if self.playing:
            self._end()
            self.hide()
            self.turned.emit(False)
            self.ended.emit(self._last)

    def _end(self) -> None:
        film, self.film = self.film, None
        job, self._job = self._job, None
        if job is not None:
            job.cancel()
        if film is not None:
            film.stop()
            film.deleteLater()

    def _fail(self, error: ExplorerError) -> None:
        self._last = None
        self.stop()
        self.failed.emit(error)

    # frames

    def _next(self) -> None:
        """Ask about the newest frame, unless one is asked about."""
        if self.film is None or self._job is not None:
            return
        pixels = self.film.newest()
        if pixels is None:
            return
        choice, asked = replace(self._page.shows, picture=pixels, part=None), time.perf_counter()
        job = self._page.client.query(f"{self._page.system.id}:film", self._task, title=TITLE, **self._page.request(choice))
        self._job = job
        job.result.connect(lambda bundle: self._arrived(job, choice, asked, bundle))
        job.failed.connect(lambda error: self._fail(error) if job is self._job else None)
        job.ended.connect(lambda: self._ended(job))

    def _arrived(self, job: Job, choice: Choice, asked: float, bundle: Bundle) -> None:
        if job is not self._job:
            return
        now = time.perf_counter()
        self._in_network = "seconds" in bundle.facts
        self._last, self._seconds = choice.picture, float(bundle.facts.get("seconds", now - asked))
        self.frames += 1
        self._times.append(now)
        while len(self._times) > 2 and now - self._times[0] > WINDOW:
            self._times.popleft()
        self._tell()
        self.seen.emit(choice, bundle)

    def _ended(self, job: Job) -> None:
        if job is self._job:
            self._job = None
            self._next()

    @property
    def rate(self) -> float:
        """Frames a second, of the last few seconds; 0 before there are two."""
        span = self._times[-1] - self._times[0] if len(self._times) > 1 else 0.0
        return (len(self._times) - 1) / span if span > 0 else 0.0

    def _tell(self) -> None:
        self._row.setSpacing(look.px(16))
        if self.film is None:
            return
        name = said(self.film.name)
        if self._last is None or not self.rate:
            self.words.set_text(WAITING.format(name="" if look.projection else name))
            return
        height, width = self._last.shape[:2]
        words = RATE if look.projection else PLAYING if self._in_network else ANSWERED
        self.words.set_text(words.format(name=name, rate=f"{self.rate:.1f}", ms=f"{self._seconds * 1000:.0f}", width=width, height=height))

    def numbers(self) -> dict[str, Any]:
        """What is shown, as JSON-able values."""
        return {"name": said(self.film.name) if self.film is not None else "", "frames": self.frames, "rate": self.rate, "seconds": self._seconds}
