"""Drawing no more often than the eye can follow."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


class Pace(QObject):
    """Calls ``draw`` when asked to, at most ``times`` a second; what was asked for in between is made up for at the end, so that the newest is drawn."""

    def __init__(self, parent: QObject, times: float, draw: Callable[[], None]) -> None:
        super().__init__(parent)
        self._wait, self._last, self._draw = 1.0 / times, -math.inf, draw
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._now)

    def ask(self, still: bool = False) -> None:
        """Draw as soon as it is time. ``still``: nothing more will come soon, so it is time."""
        left = self._last + self._wait - time.monotonic()
        if still or left <= 0:
            self._now()
        elif not self._timer.isActive():
            self._timer.start(math.ceil(left * 1000))

    def _now(self) -> None:
        self._timer.stop()
        self._last = time.monotonic()
        self._draw()
