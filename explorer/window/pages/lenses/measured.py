"""The base of lenses on what a recipe found on its test pictures."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from explorer.results import Bundle
from explorer.window.look import look
from explorer.window.panels.base import Host, LensPart
from explorer.window.views.controls import Label
from explorer.words import Text


class MeasuredLens(LensPart):
    """What was found at the left, its figures at the right; of weights for which nothing was measured, the sentence ``missing`` in place of both."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.missing: Text | None = None
        self.sentence = Label("", "body", "ink2", wrap=True)
        self.sentence.hide()
        self.side = QWidget()
        self._side = QVBoxLayout(self.side)
        self._side.setContentsMargins(0, 0, 0, 0)
        self._row = QHBoxLayout()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.sentence)
        self._column.addLayout(self._row, 1)

    def lay_out(self, left: QWidget, figures: Sequence[QWidget], foot: Sequence[QWidget]) -> None:
        """Put what was found at the left, and at the right the figures, with these at the foot."""
        self._found = left
        for widget in figures:
            self._side.addWidget(widget)
        self._side.addStretch(1)
        for widget in foot:
            self._side.addWidget(widget)
        self._row.addWidget(left, 470)
        self._row.addWidget(self.side, 264)

    def minimumSizeHint(self) -> QSize:
        """Whatever room the page leaves is enough."""
        return QSize(look.px(300), look.px(120 if look.projection else 240))

    def restyle(self) -> None:
        self._row.setSpacing(look.px(28))
        self._side.setSpacing(look.px(10))
        self.show_found()

    def take_missing(self, bundle: Bundle) -> None:
        """Take from an answer the sentence that says why nothing was found, if there is one."""
        missing = bundle.facts.get("missing")
        self.missing = missing if isinstance(missing, Text) else None

    def show_found(self) -> None:
        """Show what was found, or the sentence."""
        for widget in (self._found, self.side):
            widget.setVisible(self.missing is None)
        self.sentence.setVisible(self.missing is not None)
        if self.missing is not None:
            self.sentence.set_text(self.missing)

    def narrow(self) -> None:
        self._row.setDirection(QBoxLayout.Direction.TopToBottom)
        self._row.setStretch(1, 0)
