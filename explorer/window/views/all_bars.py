"""All scores as bars in their own order, so that a name stays in its place while the values move."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QWidget

from explorer.results import Scores
from explorer.window.views.bars import BarsView
from explorer.words import Text


class AllBarsView(BarsView):
    """As ``BarsView``, but every name, in the order of the result; the largest is marked unless one is chosen."""

    def __init__(self, parent: QWidget | None = None, *, chapter: int | None = None, count: int = 10, name: Text | None = None) -> None:
        super().__init__(parent, chapter=chapter, top=count, name=name or Text("すべての確率", "All probabilities"))

    def shown(self) -> list[tuple[str, float]]:
        result = self._result
        return [(name, float(value)) for name, value in zip(result.names, result.values, strict=True)] if isinstance(result, Scores) else []

    def _marked(self) -> int:
        result = self._result
        if not isinstance(result, Scores):
            return 0
        return result.names.index(self._chosen) if self._chosen in result.names else int(np.argmax(result.values))
