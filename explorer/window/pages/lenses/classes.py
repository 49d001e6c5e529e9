"""What lenses on one class have in common: the picture at the left, the class, the method and the opacity at the right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QCompleter, QHBoxLayout, QVBoxLayout, QWidget

from explorer.results import Bundle, Overlay, Result
from explorer.window.look import look
from explorer.window.panels.base import Host, LensPart
from explorer.window.views.bars import BarsView
from explorer.window.views.controls import Field, Label, Legend, Slider
from explorer.window.views.drawing import short
from explorer.window.views.picture import OverlayView
from explorer.words import Text

OTHER = Text("ほかのクラスを探す", "Find another class")
OPACITY = Text("濃さ", "Opacity")
TOP = 4
PIXEL = Text("{row} 行 {column} 列: {value}", "row {row}, column {column}: {value}")


class ClassLens(LensPart):
    """A heat over the picture for a chosen class. Subclasses name their ``lens`` and ``task``, add ``options`` and say what is shown."""

    lens = ""
    task = ""
    title_words: Text
    """Of the job, for the user."""

    def __init__(self, host: Host, opacity: float = 0.55) -> None:
        super().__init__(host)
        self.chosen: str | None = None
        self._overlay: Overlay | None = None
        self._slim = False
        self._facts: Mapping[str, Any] = {}
        self._words: dict[str, str] = {}
        self.view = OverlayView()
        self.title = Label("", "body", weight=700, wrap=True)
        self.about = Label("", "label", "ink2", wrap=True)
        self.pixel = Label("", "label", "ink2")
        self.bars = BarsView(top=TOP)
        self.search = Field(OTHER, name=OTHER, height=34)
        self.opacity = Slider(OPACITY, 0.0, 1.0, opacity, step=0.05, label_width=60, value_width=48)
        self.scale = Legend("viridis", "", "")
        self.legend = self.scale
        self.side, self.options = QWidget(), QWidget()
        self._side, self.options_column = QVBoxLayout(self.side), QVBoxLayout(self.options)
        for column in (self._side, self.options_column):
            column.setContentsMargins(0, 0, 0, 0)
        for widget in (self.title, self.about, self.bars, self.search, self.options, self.pixel):
            self._side.addWidget(widget)
        self._side.addStretch(1)
        self.options_column.addWidget(self.opacity)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.view, 470)
        self._row.addWidget(self.side, 264)
        self.bars.chosen.connect(self.choose_class)
        self.search.returnPressed.connect(self._find)
        self.opacity.changed.connect(self._fade)
        self.view.opacity_changed.connect(self.opacity.set_value)
        self.view.pixel.connect(self._read)
        self.view.left.connect(lambda: self.pixel.set_text(""))
        self.view.set_opacity(opacity)

    # what subclasses say

    def arguments(self) -> dict[str, Any]:
        """What is asked besides the class."""
        return {}

    def tell(self) -> None:
        """Say what is shown: title, ``about``, legend, options."""

    def value_words(self, value: float) -> str:
        """A value under the cursor."""
        return f"{'+' if value > 0 else ''}{short(value)}" if self._overlay is not None and self._overlay.signed else short(value)

    # asking

    def restyle(self) -> None:
        self._row.setSpacing(look.px(28))
        self._side.setSpacing(look.px(8))
        self.options_column.setSpacing(look.px(24 if self._slim else 8))
        self.about.setVisible(not (self._slim and look.projection))
        self._show_classes()
        self.tell()

    def depends_on(self) -> object:
        return self.host.version, self.chosen, tuple(self.arguments().items())

    def refresh(self) -> None:
        scores = self.host.scores
        if scores is not None and self.chosen not in scores.names:  # another network may not know it
            self.chosen = None
            self._answered = self.depends_on()
        self._show_classes()
        wanted = {"class_name": self.chosen, **self.arguments()}
        self.watch(self.host.ask(self.lens, self.task, self.title_words, self._arrived, **self.host.request(), **wanted))

    def _arrived(self, answer: Overlay | Bundle) -> None:
        self._facts = answer.facts if isinstance(answer, Bundle) else {}
        overlay = answer.parts["overlay"] if isinstance(answer, Bundle) else answer
        assert isinstance(overlay, Overlay)
        self._overlay = overlay
        self.view.set_result(overlay)
        self.view.set_opacity(self.opacity.value)
        self.tell()

    def class_shown(self) -> str:
        """The class of what is shown, in the window's language."""
        return self.host.class_words(self._overlay.label) if self._overlay is not None else ""

    def highest(self) -> float:
        """The largest size of a value shown."""
        return float(abs(self._overlay.heat).max()) if self._overlay is not None else 0.0

    # the class

    def _show_classes(self) -> None:
        scores = self.host.scores
        if scores is None:
            return
        words = [self.host.class_words(name) for name in scores.names]
        self._words = dict(zip(words, scores.names, strict=True))
        self.bars.set_result(type(scores)(tuple(words), scores.values, scores.unit))
        if self.chosen in scores.names:
            self.bars.set_chosen(self.host.class_words(str(self.chosen)))
        completer = QCompleter(sorted(words), self.search)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.activated.connect(self.choose_class)
        self.search.setCompleter(completer)
        self._show_search()

    def _show_search(self) -> None:
        self.search.setVisible(not look.projection and not self._slim and len(self._words) > self.bars.top)

    def choose_class(self, words: str) -> None:
        """Show it for a class, by its name in any language."""
        scores = self.host.scores
        name = self._words.get(words, words)
        if scores is None or name not in scores.names:
            return
        self.chosen = name
        self.bars.set_chosen(self.host.class_words(name))
        self.search.clear()
        self.show_now()
        self.host.changed()

    def _find(self) -> None:
        typed = self.search.text().strip().lower()
        match = next((words for words in self._words if typed and typed in words.lower()), None)
        if match is not None:
            self.choose_class(match)

    def _fade(self, value: float) -> None:
        self.view.set_opacity(value)
        self.host.changed()

    def _read(self, row: int, column: int) -> None:
        if self._overlay is not None:
            self.pixel.set_text(PIXEL.format(row=row, column=column, value=self.value_words(float(self._overlay.heat[row, column]))))

    # state

    def settings(self) -> dict[str, Any]:
        return {"class": self.chosen, "opacity": self.opacity.value}

    def apply(self, settings: Mapping[str, Any]) -> None:
        if isinstance(settings.get("class"), str):
            self.chosen = settings["class"]
        if isinstance(settings.get("opacity"), (int, float)):
            self.opacity.set_value(float(settings["opacity"]))
            self.view.set_opacity(self.opacity.value)

    def numbers(self) -> dict[str, Any]:
        if self._overlay is None:
            return {}
        heat = self._overlay.heat
        row, column = divmod(int(heat.argmax()), heat.shape[1])
        return {"class": self._overlay.label, "strongest_pixel": [row, column]}

    def result(self) -> Result | None:
        return self._overlay

    def narrow(self) -> None:
        self._slim = True
        self._row.setDirection(QBoxLayout.Direction.TopToBottom)
        self._row.setStretch(0, 1)
        self._row.setStretch(1, 0)
        self.options_column.setDirection(QBoxLayout.Direction.LeftToRight)
        self.options_column.setSpacing(look.px(24))
        for widget in (self.bars, self.search, self.pixel):
            widget.hide()

    def shared(self) -> dict[str, Any]:
        return {"class": self.chosen, "opacity": self.opacity.value}

    def project(self, on: bool) -> None:
        self._show_search()
        self.bars.setVisible(not on)  # the strip shows them
        self.options.setVisible(not on)
        self.pixel.setVisible(not on)
