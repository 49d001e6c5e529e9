"""The page of scenes that look at a picture or a film with two networks together: a class for each pixel, and boxes around what is counted."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.catalogue import System
from explorer.catalogue.together import TOGETHER, Sight
from explorer.results import Boxes, Bundle, Mask, Picture, Progress, Result
from explorer.window.client import Client, Job
from explorer.window.film import SUFFIXES, Film, is_film, open_camera, open_film
from explorer.window.look import look
from explorer.window.pages.base import BasePage
from explorer.window.pages.captions import megabytes
from explorer.window.pages.parts import StateStack
from explorer.window.pages.together_side import TogetherSide, class_words
from explorer.window.views.controls import Choice, IconButton, Label, Slider, StateCard
from explorer.window.views.detections import DetectionsView
from explorer.window.views.mask import covered
from explorer.words import ExplorerError, InputError, Text, WeightsMissing

LOOKING, FETCHING = Text("二つのネットワークで見る", "Looking with both networks"), Text("取得しています", "Downloading")
TO_FETCH, DOWNLOAD, CANCEL = Text("取得してから見ます", "This is fetched first"), Text("{size} をダウンロード", "Download {size}"), Text("中止", "Cancel")
SIGHTS = Text("見るもの", "What to look at")
PLAY, PAUSE, FRAME = Text("再生", "Play"), Text("止める", "Pause"), Text("コマ", "Frame")
RATE = Text("毎秒 **{rate}** コマ　", "**{rate}** pictures a second · ")
MASK_TIME, BOX_TIME = Text("領域 {ms} ミリ秒　", "mask {ms} ms · "), Text("箱 {ms} ミリ秒", "boxes {ms} ms")
FILES = Text("画像と動画", "Pictures and films")
OVERLAP = 0.45
PACE_MS, WINDOW = 80, 3.0  # of a film, at most; seconds over which pictures are counted


class Page(BasePage):
    """See the module. ``sight``: what of the catalogue is looked at; in its place ``own``: the user's picture, or ``film``: theirs, or the camera."""

    accepts = "picture"
    file_patterns = {**BasePage.file_patterns, "picture": " ".join((BasePage.file_patterns["picture"], *(f"*{suffix}" for suffix in SUFFIXES)))}

    def __init__(self, scene: System, client: Client) -> None:
        super().__init__(scene, client)
        self.sights = {one.key: one for one in TOGETHER[scene.id]}
        self.sight: Sight = next(iter(self.sights.values()))
        self.own: Any = None
        self.film: Film | None = None
        self.number, self.playing = 0, False
        self.bundle: Bundle | None = None
        self._job: Job | None = None
        self._times: deque[float] = deque()
        self._begun = 0.0

        self.add_input_buttons(camera=True)
        self.choice = Choice([(one.key, one.words) for one in self.sights.values()], self.sight.key, name=SIGHTS)
        self.view = DetectionsView()
        self.view.set_overlap(OVERLAP)
        self.view.words = class_words
        self.side = TogetherSide()
        self.play = IconButton("play", PLAY)
        self.frames = Slider(FRAME, 1, 2, 1, step=1, label_width=52)
        self.told = Label(" ", "label", "ink2")
        self.states = StateStack(self.view)
        self._lay_out()

        self.choice.chosen.connect(self.look_at)
        self.side.chosen.connect(self._choose)
        self.side.opacity.changed.connect(lambda _: self._show())
        self.side.least.changed.connect(self.view.set_threshold)
        self.side.shares.toggled.connect(lambda _: self._show())
        self.side.found.toggled.connect(self.view.set_hidden)
        self.view.shown_changed.connect(self._list)
        self.play.clicked.connect(lambda: self.set_playing(not self.playing))
        self.frames.changed.connect(self._go_to)
        look.changed.connect(self._retell)
        self._retell()

    def _lay_out(self) -> None:
        self._film_row = QWidget()
        film = QHBoxLayout(self._film_row)
        film.setContentsMargins(0, 0, 0, 0)
        film.addWidget(self.play)
        film.addWidget(self.frames, 1)
        left = QVBoxLayout()
        left.addWidget(self.states, 1)
        left.addWidget(self._film_row)
        left.addWidget(self.told)
        self._left = left
        self._row = QHBoxLayout()
        self._row.addLayout(left, 540)
        self._row.addWidget(self.side, 204)
        choice = QHBoxLayout()
        choice.addWidget(self.choice)
        choice.addStretch(1)
        self.stage.addLayout(choice)
        self.stage.addLayout(self._row, 1)

    # what is looked at

    def look_at(self, key: str) -> None:
        """One of the catalogue's sights."""
        self._let_go()
        self.sight, self.number = self.sights[key], 0
        self.choice.set_current(key)
        self.set_playing(False)
        self.side.offer(self.sight)
        self._retell()
        self._ask()

    def open_input(self, value: Any) -> None:
        """The user's picture or film, seen with the networks of the sight before it."""
        self._let_go()
        self.set_playing(False)
        if is_film(value):
            self._watch(lambda: open_film(value, self))
        else:
            self.own = value
            self._ask()

    def open_camera(self) -> None:
        self._let_go()
        self.set_playing(False)
        self._watch(lambda: open_camera(self))

    def _watch(self, opened: Callable[[], Film]) -> None:
        try:
            self.film = opened()
        except InputError as error:
            self.show_error(error)
            return
        self.clear_error()
        self.film.came.connect(lambda: self._ask() if self._job is None else None)
        self.film.failed.connect(self._lost)

    def _lost(self, error: ExplorerError) -> None:
        self._let_go()
        self.show_error(error)

    def _let_go(self) -> None:
        self.own = None
        film, self.film = self.film, None
        self._times.clear()
        if film is not None:
            film.stop()
            film.deleteLater()

    def kind_name(self) -> Text:
        return FILES

    # asking

    def _choose(self, _: str) -> None:
        self._times.clear()
        self._ask()
        self.state_changed.emit()

    def start(self) -> None:
        self.look_at(self.sight.key)

    def _ask(self) -> None:
        arguments: dict[str, Any] = {kind: self.side.wanted(kind) for kind in ("mask", "boxes")}
        if self.film is not None:
            pixels = self.film.newest()
            if pixels is None:
                return
            arguments["picture"] = pixels
        elif self.own is not None:
            arguments["picture"] = self.own
        elif self.sight.film:
            arguments |= {"film": self.sight.film, "number": self.number}
        else:
            arguments["picture"] = self.sight.picture
        self._begun = time.perf_counter()
        job = self._job = self.ask("frame", "together.frame", LOOKING, self._arrived, **arguments)
        job.ended.connect(lambda: self._ended(job))

    def _ended(self, job: Job) -> None:
        if job is not self._job:
            return
        self._job = None
        if self.film is not None:
            self._ask()
        elif self.playing and job.state == "done":
            QTimer.singleShot(max(0, PACE_MS - round(1000 * (time.perf_counter() - self._begun))), self, self._next)
        elif self.playing:
            self.set_playing(False)

    def _next(self) -> None:
        if self.playing and self._job is None and self.bundle is not None:
            self.number = (self.number + 1) % max(1, int(self.bundle.facts["frames"]))
            self._ask()

    def _arrived(self, bundle: Bundle) -> None:
        self.bundle = bundle
        now = time.perf_counter()
        self._times.append(now)
        while now - self._times[0] > WINDOW:
            self._times.popleft()
        picture = bundle.parts["picture"]
        assert isinstance(picture, Picture)
        if self.states.card is not None:
            self.states.show_card(None)
        if self.last_error is not None or picture.notes:
            self.clear_error()
            self.show_notes(picture.notes)
        self._show()
        self._retell()
        if not self.playing and self.film is None:
            self.state_changed.emit()

    def busy(self) -> bool:
        return super().busy() and not (self.playing and self.bundle is not None)

    # playing

    def set_playing(self, on: bool) -> None:
        """Play the film from where it is, or stop it."""
        self.playing = on
        self._times.clear()
        self.play.set_icon("pause" if on else "play", PAUSE if on else PLAY)
        if on and self._job is None:
            self._next()
        self._tell()

    def _go_to(self, value: float) -> None:
        self.set_playing(False)
        self.number = round(value) - 1
        self._ask()

    def hidden(self) -> None:
        self.set_playing(False)
        self._let_go()
        super().hidden()

    # what is still to be fetched

    def download(self) -> None:
        """Fetch the film or the picture that is looked at, and look at it."""
        card = StateCard("loading", FETCHING, actions=(("cancel", CANCEL, "plain", None),))
        sight = self.sight
        task, wanted = ("together.fetch_film", {"film": sight.film}) if sight.film else ("samples.fetch", {"name": sight.picture})
        job = self.client.query(f"{self.system.id}:fetch", task, title=FETCHING, **wanted)

        def told(progress: Progress) -> None:
            card.set_progress(progress.fraction, progress.seconds_left, progress.text)

        def again() -> None:
            if self.sight is sight and self.states.card is card:
                self.look_at(sight.key)

        def failed(error: ExplorerError) -> None:
            again()
            BasePage.show_error(self, error)

        job.progress.connect(told)
        job.done.connect(again)
        job.cancelled.connect(again)
        job.failed.connect(failed)
        self.states.show_card(card, {"cancel": job.cancel})

    def show_error(self, error: ExplorerError, retry: Any = None) -> None:
        if not isinstance(error, WeightsMissing) or not error.size:
            super().show_error(error, retry)
            return
        self.last_error, self.bundle = error, None
        actions: list[Any] = [("download", DOWNLOAD.format(size=megabytes(error.size)), "filled", "download")]
        self.states.show_card(StateCard("missing", TO_FETCH, error.text, actions=actions), {"download": self.download})
        self._retell()

    # showing

    def _show(self) -> None:
        if self.bundle is None:
            return
        parts, facts = self.bundle.parts, self.bundle.facts
        picture, mask, boxes = parts["picture"], parts.get("mask"), parts.get("boxes")
        assert isinstance(picture, Picture)
        pixels = picture.pixels
        if isinstance(mask, Mask):
            colours = facts["mask_colours"]
            pixels = covered(pixels, mask.labels, [QColor(colours[i]) if i < len(colours) else look.class_colour(i) for i in range(len(mask.names))], self.side.shares.hidden, self.side.opacity.value / 100)
        if not isinstance(boxes, Boxes):
            boxes = Boxes(picture, np.zeros((0, 4)), np.zeros(0, np.int64), np.zeros(0), ())
        self.view.set_colours(facts["box_colours"])
        self.view.set_result(Boxes(Picture(pixels, picture.name), boxes.boxes, boxes.labels, boxes.scores, boxes.names))
        self._list()

    def _list(self) -> None:
        self.side.show_bundle(self.bundle, self.view.counts() if self.bundle is not None else {}, self.sight)

    def _retell(self) -> None:
        self._row.setSpacing(look.px(24))
        self._left.setSpacing(look.px(8))
        film = self.bundle is not None and self.film is None and self.own is None and int(self.bundle.facts["frames"]) > 1
        self._film_row.setVisible(film)
        if film and self.bundle is not None:
            self.frames.set_range(1, int(self.bundle.facts["frames"]))
            self.frames.set_value(self.number + 1)
        self._list()
        self._tell()

    def _tell(self) -> None:
        """How fast it goes."""
        if self.bundle is None:
            self.told.set_text(" ")
            return
        facts = self.bundle.facts
        moves = self.rate > 0 and (self.playing or self.film is not None)
        words = [RATE.format(rate=f"{self.rate:.1f}")] if moves else []
        words += [text.format(ms=f"{1000 * facts[key]:.0f}") for key, text in (("mask_seconds", MASK_TIME), ("box_seconds", BOX_TIME)) if facts[key] is not None]
        joined = Text("".join(one.ja for one in words) or " ", "".join(one.en for one in words).removesuffix(" · ") or " ")
        self.told.set_text(joined)

    @property
    def rate(self) -> float:
        """Pictures a second, of the last few seconds; 0 before there are two."""
        span = self._times[-1] - self._times[0] if len(self._times) > 1 else 0.0
        return (len(self._times) - 1) / span if span > 0 else 0.0

    def project(self, on: bool) -> None:
        super().project(on)
        self._retell()

    # state

    def state(self) -> dict[str, Any]:
        own = str(self.own) if isinstance(self.own, (str, Path)) else None
        return {
            **super().state(), "sight": self.sight.key, "own": own, "number": self.number, "networks": dict(self.side.networks), "weights": dict(self.side.weights),
            "opacity": self.side.opacity.value, "least": self.side.least.value, "hidden": [sorted(self.side.found.hidden), sorted(self.side.shares.hidden)],
        }  # fmt: skip

    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        for key, kept in (("networks", self.side.networks), ("weights", self.side.weights)):
            if isinstance(state.get(key), Mapping):
                kept.update({str(name): str(value) for name, value in state[key].items()})
        for key, slider in (("opacity", self.side.opacity), ("least", self.side.least)):
            value = state.get(key)
            if isinstance(value, (int, float)) and slider.low <= value <= slider.high:
                slider.set_value(float(value))
        self.view.set_threshold(self.side.least.value)
        hidden = state.get("hidden")
        if isinstance(hidden, (list, tuple)) and len(hidden) == 2:
            self.side.found.set_hidden(hidden[0])
            self.side.shares.set_hidden(hidden[1])
            self.view.set_hidden(hidden[0])
        self.look_at(state["sight"] if state.get("sight") in self.sights else self.sight.key)
        given = state.get("own") or state.get("input")
        if isinstance(given, str) and given:
            self.open_input(given)
        elif isinstance(state.get("number"), int) and self.sight.film and state["number"] > 0:
            self.number = state["number"]
            self._ask()

    def numbers(self) -> dict[str, Any]:
        found: dict[str, Any] = {"sight": self.sight.key, "number": self.number, "networks": {kind: menu.current for kind, menu in self.side.menus.items()}}
        if self.bundle is not None:
            mask, boxes = self.bundle.parts.get("mask"), self.bundle.parts.get("boxes")
            if isinstance(mask, Mask):
                found["shares"] = {name: float(share) for name, share in zip(mask.names, mask.shares(), strict=True)}
            if isinstance(boxes, Boxes):
                found["found"] = {boxes.names[i]: count for i, count in self.view.counts().items()}
            found |= {key: self.bundle.facts[key] for key in ("frames", "mask_seconds", "box_seconds")}
        return found

    def results_by_lens(self) -> dict[str, Result]:
        return {kind: self.bundle.parts[kind] for kind in ("mask", "boxes") if self.bundle is not None and kind in self.bundle.parts}
