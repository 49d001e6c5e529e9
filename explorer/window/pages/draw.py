"""The page of a network that reads what the user writes: the paper, what the network is given, its answer, and what it saw."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from explorer.catalogue import System
from explorer.results import Bundle, Maps, Overlay, Picture, Result, Scores
from explorer.window.client import Client, Job
from explorer.window.look import look
from explorer.window.pages.base import BasePage
from explorer.window.views.all_bars import AllBarsView
from explorer.window.views.canvas import CanvasView
from explorer.window.views.controls import Button, Label
from explorer.window.views.maps import MapGridView
from explorer.window.views.picture import PictureView
from explorer.words import ExplorerError, Text, same

READ = Text("数字を読む", "Reading the digit")
SAMPLES = Text("見本を開く", "Opening the samples")
HINT = Text("ここに 0〜9 を書いてください。\nマウス、ペン、指で書けます。", "Write a digit from 0 to 9 here,\nwith mouse, pen or finger.")
CANVAS = Text("書く場所。Ctrl+Z で一画戻し、Delete で消します", "Canvas. Ctrl+Z takes the last stroke back, Delete clears it")
UNDO, CLEAR = Text("一画戻す", "Undo stroke"), Text("消す", "Clear")
READS = Text("「{name}」と読みました（{percent} %）", "Reads **{name}** ({percent} %)")
UNSURE = Text("よく分かりません。いちばん近いのは「{name}」（{percent} %）", "Not sure. Closest is **{name}** ({percent} %)")
WAITING = Text("数字を書くと、書いている途中から読みます。", "Write a digit: it is read while you write.")
GIVEN = Text("渡した {width}×{height} 画素", "Given: {width}×{height} pixels")
PROBABILITIES = Text("確率", "Probabilities")
FIRST = Text("最初の層の特徴マップ", "Maps of the first layer")
SPOKE = Text("「{name}」を支持した場所", "What spoke for {name}")
PROBABILITIES_CHOOSE = Text("確率（選ぶと、支持した場所が出ます）", "Probabilities (choose one to see why)")
SURE_FROM = 0.5


class Page(BasePage):
    """Reads the paper again whenever its ink changes, one question at a time."""

    accepts = "picture"

    def __init__(self, system: System, client: Client) -> None:
        super().__init__(system, client)
        self.source: Any = None  # what is asked about: None (the strokes), a sample's key, a path or pixels
        self.answer: Bundle | None = None
        self.digit: int | None = None  # the one explained; None: the likeliest
        self._shown: Any = None  # the source of the answer
        self._job: Job | None = None
        self._stale = self._loaded = False
        blank = np.full((16, 16, 3), 200, np.uint8)
        for key in system.samples:
            self.add_sample(key, same(key), blank)
        self.add_input_buttons(camera=True)

        self.canvas = CanvasView(name=CANVAS, hint=HINT)
        self.sentence = Label(WAITING, "title")
        self.undo_button, self.clear_button = Button(UNDO, "plain"), Button(CLEAR, "tint")
        self.given = PictureView(name=Text("渡した画像", "What the network is given"))
        self.bars = AllBarsView(count=10, name=PROBABILITIES)
        self.maps = MapGridView(name=Text("最初の層の特徴マップ", "Maps of the first layer"), brief=True)
        self.spoke = PictureView(name=Text("支持した場所", "What spoke for it"))
        self.given_label, self.maps_label, self.spoke_label = (Label("", "label", "ink2") for _ in range(3))
        self.bars_label = Label(PROBABILITIES_CHOOSE, "label", "ink2")
        self._lay_out()

        self.canvas.changed.connect(self._inked)
        self.undo_button.clicked.connect(self.canvas.undo)
        self.clear_button.clicked.connect(self.canvas.wipe)
        self.bars.chosen.connect(lambda name: self.explain(int(name)))
        look.changed.connect(self._space)
        self._tell()

    def _lay_out(self) -> None:
        self._inputs = QWidget()
        self._inputs_row = row = QHBoxLayout(self._inputs)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.undo_button)
        row.addWidget(self.clear_button)
        row.addStretch(1)
        for button in self._samples.values():  # too many for the head
            row.addWidget(button)
        self._grid = grid = QGridLayout()
        grid.addWidget(self.canvas, 0, 0, 4, 1)
        for index, widget in enumerate((self.given_label, self.given, self.spoke_label, self.spoke)):
            grid.addWidget(widget, index, 1)
        grid.addWidget(self.bars_label, 0, 2)
        grid.addWidget(self.bars, 1, 2, 3, 1)
        for column, share in enumerate((7, 5, 6)):
            grid.setColumnStretch(column, share)
        grid.setRowStretch(1, 1)
        grid.setRowStretch(3, 1)
        self.stage.addWidget(self.sentence)
        self.stage.addLayout(grid, 8)
        self.stage.addWidget(self._inputs)
        self.stage.addWidget(self.maps_label)
        self.stage.addWidget(self.maps, 5)
        self._space()

    def _space(self) -> None:
        self._grid.setHorizontalSpacing(look.px(22))
        self._grid.setVerticalSpacing(look.px(4))
        self._inputs_row.setSpacing(look.px(4))

    def project(self, on: bool) -> None:
        super().project(on)
        for widget in (self._inputs, self.maps_label, self.maps):  # the paper, the answer and why: the rest would be too small
            widget.setVisible(not on)

    # input

    def start(self) -> None:
        if self.system.samples:
            self.choose_sample(self.system.samples[len(self.system.samples) // 3], self.system.samples[len(self.system.samples) // 3])

    def open_input(self, value: Any) -> None:
        self.source = str(value) if isinstance(value, Path) else value
        self.digit = None
        self._ask_again()

    def _inked(self) -> None:
        """The user drew, took back or cleared."""
        self.source, self.digit = None, None
        self.mark_sample(None)
        if self.canvas.empty:
            self._stale = False
            self.answer = None
            self._tell()
            self.state_changed.emit()
        else:
            self._ask_again()

    def explain(self, digit: int) -> None:
        """Show what spoke for this digit."""
        self.digit = digit
        self._ask_again()

    def _ask_again(self) -> None:
        self._stale = True
        if self._job is None:
            self._ask_now()

    def _ask_now(self) -> None:
        self._stale = False
        source = self.source
        picture = self.canvas.pixels() if source is None else source
        job = self.ask("read", "scenes.read_digit", READ, lambda found: self._arrived(source, found), system=self.system.id, picture=picture, digit=self.digit)
        self._job = job
        for ended in (job.done, job.failed, job.cancelled):
            ended.connect(lambda *_: self._free(job))

    def _free(self, job: Job) -> None:
        if job is self._job:
            self._job = None
            if self._stale:  # what was drawn meanwhile
                self._ask_now()

    def _arrived(self, source: Any, bundle: Result) -> None:
        if not isinstance(bundle, Bundle) or (source is None and self.canvas.empty):
            return  # cleared meanwhile
        self.answer, self._shown = bundle, source
        self.clear_error()
        picture = bundle.parts["picture"]
        if source is not None and isinstance(picture, Picture) and self.source is source:
            self.canvas.set_picture(picture, bundle.facts["box"])
            self.show_notes(picture.notes)
            self.mark_sample(source if isinstance(source, str) and source in self.system.samples else None)
        self._tell()
        self._load_samples()
        self.state_changed.emit()

    def show_error(self, error: ExplorerError, retry: Any = None) -> None:
        if self.source is not None:  # what was opened cannot be read: the paper stays as it is
            self.source = self._shown if self.canvas.laid is not None else None
            self.mark_sample(self.source if isinstance(self.source, str) and self.source in self.system.samples else None)
        super().show_error(error, retry)

    def _load_samples(self) -> None:
        if self._loaded:
            return
        self._loaded = True
        self.ask("samples", "scenes.digit_samples", SAMPLES, self._show_samples)

    def _show_samples(self, bundle: Bundle) -> None:
        for key, picture in bundle.parts.items():
            if key in self._samples and isinstance(picture, Picture):
                self._samples[key].set_pixels(picture.pixels.repeat(8, 0).repeat(8, 1))

    def busy(self) -> bool:
        return self._stale or super().busy()

    # the answer

    @property
    def scores(self) -> Scores | None:
        """The probabilities, if anything was read."""
        found = self.answer.parts.get("scores") if self.answer is not None else None
        return found if isinstance(found, Scores) else None

    def _tell(self) -> None:
        scores, answer = self.scores, self.answer
        self.undo_button.setEnabled(bool(self.canvas.strokes))
        self.clear_button.setEnabled(not self.canvas.empty)
        for widget in (self.given_label, self.maps_label, self.spoke_label, self.bars_label):
            widget.setEnabled(scores is not None)
        if scores is None or answer is None:
            self.sentence.set_text(WAITING)
            self.sentence.set_colour("ink3")
            for view in (self.given, self.bars, self.maps, self.spoke):
                view.clear()
            return
        best = int(np.argmax(scores.values))
        sure = float(scores.values[best])
        words = READS if sure >= SURE_FROM else UNSURE
        percent = f"{100 * sure:.0f}" if sure < 0.995 else f"{min(99.9, 100 * sure):.1f}"
        self.sentence.set_text(words.format(name=scores.names[best], percent=percent))
        self.sentence.set_colour("ink" if sure >= SURE_FROM else "caveat")
        self.bars.set_result(scores)
        self.bars.set_chosen(scores.names[self.digit] if self.digit is not None else None)
        given, maps, overlay = (answer.parts[name] for name in ("given", "maps", "overlay"))
        assert isinstance(given, Picture) and isinstance(maps, Maps) and isinstance(overlay, Overlay)
        height, width = given.pixels.shape[:2]
        self.given_label.set_text(GIVEN.format(width=width, height=height))
        self.given.set_result(given)
        self.maps_label.set_text(FIRST)
        self.maps.set_result(maps)
        self.spoke_label.set_text(SPOKE.format(name=scores.names[int(answer.facts["digit"])]))
        self.spoke.set_result(overlay)

    # state

    def state(self) -> dict[str, Any]:
        kept = self.source if isinstance(self.source, str) else None
        strokes = [[list(point) for point in stroke] for stroke in self.canvas.strokes] if self.source is None else []
        return {**super().state(), "input": kept, "strokes": strokes, "digit": self.digit}

    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        digit = state.get("digit")
        digit = digit if isinstance(digit, int) and 0 <= digit <= 9 else None
        strokes, kept = state.get("strokes"), state.get("input")
        if isinstance(kept, str) and kept:
            self.open_input(kept)
            self.digit = digit
        elif isinstance(strokes, list) and strokes:
            try:
                self.canvas.set_strokes(strokes)
            except ValueError:
                self.start()
                return
            self.source, self.digit = None, digit
            self.mark_sample(None)
            self._ask_again()
        elif isinstance(strokes, list):
            self.canvas.wipe()
            self._inked()
            self._load_samples()

    def numbers(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "input": self.source if isinstance(self.source, str) else "strokes" if self.source is None else "pixels",
            "strokes": len(self.canvas.strokes),
        }
        if (scores := self.scores) is not None and self.answer is not None:
            best = int(np.argmax(scores.values))
            found["digit"], found["probability"] = scores.names[best], float(scores.values[best])
            found["classes"] = [{"name": name, "probability": float(value)} for name, value in zip(scores.names, scores.values, strict=True)]
            found["explained"] = int(self.answer.facts["digit"])
        return found
