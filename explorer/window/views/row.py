"""Parts in a row from which one is chosen, with class scores at the right end: the base of the strip and of the flow."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from explorer.results import Scores
from explorer.window.views.bars import draw_score_rows
from explorer.window.views.view import View
from explorer.words import Text


class RowView(View):
    """``chosen(name)``: a part by click or by the keys ← → Home End; ``hovered(name)``, empty when left; ``output_chosen(name)``.

    A subclass gives ``names`` and notes in ``_zones`` and ``_output_zones`` where it painted what.
    """

    chosen = Signal(str)
    hovered = Signal(str)
    output_chosen = Signal(str)
    interactive = True

    def __init__(self, parent: QWidget | None, *, chapter: int | None, name: Text) -> None:
        super().__init__(parent, chapter=chapter, name=name)
        self._scores: Scores | None = None
        self._selected = ""
        self._over = ""
        self._zones: list[tuple[QRectF, str]] = []
        self._output_zones: list[tuple[QRectF, str]] = []

    def names(self) -> list[str]:
        """All parts, in order."""
        raise NotImplementedError

    def set_scores(self, scores: Scores | None) -> None:
        """What comes out, at the right end."""
        self._scores = scores
        self.update()

    @property
    def selected(self) -> str:
        """The chosen part's name, or empty."""
        return self._selected

    def set_selected(self, name: str) -> None:
        """Choose a part without a signal; empty for none."""
        self._selected = name
        self.update()

    def _keep_selection(self) -> None:
        if self._selected not in self.names():
            self._selected = ""

    def _paint_score_rows(self, painter: QPainter, rect: QRectF, most: int) -> None:
        """The ``most`` likeliest classes."""
        assert self._scores is not None
        order = np.argsort(-self._scores.values, kind="stable")[: max(1, most)]
        names = [self._scores.names[int(i)] for i in order]
        values = [float(self._scores.values[int(i)]) for i in order]
        full = 1.0 if max(values, default=1.0) <= 1.0 else max(values)
        places = draw_score_rows(painter, rect, names, values, self.accent, unit=self._scores.unit, full=full)
        self._output_zones = list(zip(places, names, strict=True))

    # mouse and keys

    def _at(self, position: QPointF) -> str:
        return next((name for zone, name in self._zones if zone.contains(position)), "")

    def _output_at(self, position: QPointF) -> str:
        return next((name for zone, name in self._output_zones if zone.contains(position)), "")

    def _clickable(self, position: QPointF) -> bool:
        return bool(self._at(position) or self._output_at(position))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        position = event.position()
        self.setCursor(Qt.CursorShape.PointingHandCursor if self._clickable(position) else Qt.CursorShape.ArrowCursor)
        self._hover(self._at(position))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover("")

    def _hover(self, name: str) -> None:
        if name != self._over:
            self._over = name
            self.hovered.emit(name)
            self.update()

    def _choose(self, name: str) -> None:
        if name and name != self._selected:
            self._selected = name
            self.update()
            self.chosen.emit(name)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        output = self._output_at(event.position())
        if output:
            self.output_chosen.emit(output)
        else:
            self._choose(self._at(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        names = self.names()
        here = names.index(self._selected) if self._selected in names else -1
        moves = {Qt.Key.Key_Right: here + 1, Qt.Key.Key_Left: max(0, here - 1), Qt.Key.Key_Home: 0, Qt.Key.Key_End: len(names) - 1}
        target = moves.get(Qt.Key(event.key()))
        if not names or target is None:
            event.ignore()
        else:
            self._choose(names[min(target, len(names) - 1)])
