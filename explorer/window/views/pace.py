"""Drawing no more often than the eye can follow."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


class Pace(QObject):
    """Calls ``draw`` when asked to, at most ``times`` a second; what was asked for in between is made up for at the end, so that the newest is drawn.

    ``apart``: milliseconds after it was asked, so that what else is drawn at the same news is painted first and the window takes events in between.
    """

    def __init__(self, parent: QObject, times: float, draw: Callable[[], None], apart: int = 0) -> None:
        super().__init__(parent)
        self._wait, self._last, self._draw, self._apart = 1.0 / times, -math.inf, draw, apart
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._now)

    def ask(self, still: bool = False) -> None:
        """Draw as soon as it is time. ``still``: nothing more will come soon, so it is time."""
        left = self._last + self._wait - time.monotonic()
        if still or self._last == -math.inf or (left <= 0 and not self._apart):
            self._now()
        elif not self._timer.isActive():
            self._timer.start(max(self._apart, math.ceil(left * 1000)))

    def _now(self) -> None:
        self._timer.stop()
        self._last = time.monotonic()
        self._draw()
