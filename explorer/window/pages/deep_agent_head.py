"""The head of an agent's page: which world, chosen or typed, the trained agent, and the files of a training."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from explorer.catalogue import System
from explorer.window.look import look
from explorer.window.pages.deep_agent_parts import sample_words
from explorer.window.settings import settings
from explorer.window.views.controls import Button, Field, IconButton, Menu
from explorer.words import Text

WORLD = Text("環境", "Environment")
TYPED = Text("gymnasium の環境を id で開く", "Open any gymnasium environment by id")
TYPE_HERE = Text("環境の id（例: CartPole-v1 hide=velocity）", "An environment's id, such as CartPole-v1 hide=velocity")
TRAINED = Text("学習済み", "Trained agent")
SAVE, LOAD = Text("学習を保存", "Save the training"), Text("学習を開く", "Open a training")
CHECKPOINTS = Text("学習の記録 (*.pt)", "Trainings (*.pt)")


class Head(QWidget):
    """``went(id)``: another world; ``trained_wanted()``: watch the bundled agent; ``save_to(path)``, ``load_from(path)``.

    ``field``: to type an id into; the page places it.
    """

    went = Signal(str)
    trained_wanted = Signal()
    save_to = Signal(str)
    load_from = Signal(str)

    def __init__(self, system: System) -> None:
        super().__init__()
        self._system, self._environment = system, system.samples[0]
        self.trained = Button(TRAINED, "tint")
        self.trained.hide()
        self.worlds = Menu([(sample, sample_words(sample)) for sample in system.samples], name=WORLD)
        self.typed = IconButton("pencil", TYPED)
        self.typed.setCheckable(True)
        self.saving, self.loading = IconButton("export", SAVE), IconButton("folder", LOAD)
        self.field = Field(TYPE_HERE, name=WORLD)
        self.field.hide()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        for widget in (self.trained, self.worlds, self.typed, self.saving, self.loading):
            self._row.addWidget(widget)
        self.trained.clicked.connect(self.trained_wanted)
        self.worlds.chosen.connect(self.went)
        self.typed.toggled.connect(self._type)
        self.saving.clicked.connect(self.ask_where_to_save)
        self.loading.clicked.connect(self.ask_what_to_load)
        self.field.returnPressed.connect(lambda: self.went.emit(self.field.text()))
        look.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self._row.setSpacing(look.px(14))

    def _type(self, on: bool) -> None:
        self.field.setVisible(on)
        if on:
            self.field.setText(self._environment)
            self.field.selectAll()
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def take(self, environment: str, bundled: bool) -> None:
        """Show which world is open, and whether there is a trained agent to watch."""
        self._environment = environment
        self.trained.setVisible(bundled)
        if environment in self._system.samples:
            self.worlds.set_current(environment)

    def ask_where_to_save(self) -> None:
        """Ask for a name for the training."""
        suggested = str(Path(settings.last_folder()) / f"{self._system.id}.pt")
        path, _ = QFileDialog.getSaveFileName(self, look.say(SAVE), suggested, look.say(CHECKPOINTS))
        if path:
            self.save_to.emit(path if path.endswith(".pt") else f"{path}.pt")

    def ask_what_to_load(self) -> None:
        """Ask for a saved training."""
        path, _ = QFileDialog.getOpenFileName(self, look.say(LOAD), settings.last_folder(), look.say(CHECKPOINTS))
        if path:
            self.load_from.emit(path)


__all__ = ["Head"]
