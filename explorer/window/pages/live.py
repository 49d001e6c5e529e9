"""A page's running session: begun with settings, told what to change, and begun again when its process was lost."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal

from explorer.results import Bundle, Result
from explorer.window.client import Client, Job
from explorer.words import ExplorerError, InputError, Text


class Live(QObject):
    """One session at a time. ``arrived(Bundle)``: a snapshot; ``refused(InputError)``: a command could not be obeyed; ``lost(error)``;
    ``stopped()``: it was cancelled from outside.
    """

    arrived = Signal(object)
    refused = Signal(object)
    lost = Signal(object)
    stopped = Signal()

    def __init__(self, client: Client, task: str, title: Text, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client, self._task, self._title = client, task, title
        self._job: Job | None = None
        self._sent = 0
        self._seen = False

    @property
    def running(self) -> bool:
        """There is a session, waiting or at work."""
        return self._job is not None and self._job.state in ("waiting", "running")

    @property
    def waiting(self) -> bool:
        """A session has been begun and has not answered yet."""
        return self.running and not self._seen

    def begin(self, **settings: Any) -> None:
        """Start over with these settings; a session that runs is ended."""
        self.end()
        self._sent, self._seen = 0, False
        job = self._client.session(self._task, title=self._title, **settings)
        self._job = job
        job.result.connect(lambda result: self._take(job, result))
        job.failed.connect(lambda error: self._fail(job, error))
        job.cancelled.connect(lambda: self._stop(job))

    def end(self) -> None:
        """End the session."""
        job, self._job = self._job, None
        if job is not None:
            job.cancel()

    def send(self, name: str, **values: Any) -> None:
        """Tell the session something; nothing happens where there is none."""
        if self._job is not None and self.running:
            self._sent += 1
            self._job.send(name, **values)

    def settled(self, bundle: Bundle) -> bool:
        """Whether a snapshot already shows everything that was sent."""
        return int(bundle.facts.get("obeyed", 0)) >= self._sent

    def _take(self, job: Job, result: Result) -> None:
        if job is not self._job or not isinstance(result, Bundle):
            return
        for note in result.notes if not result.parts else ():
            self.refused.emit(InputError(note))
        if result.parts:
            self._seen = True
            job.rest(result.facts.get("playing") is False)
            self.arrived.emit(result)

    def _fail(self, job: Job, error: ExplorerError) -> None:
        if job is self._job:
            self._job = None
            self.lost.emit(error)

    def _stop(self, job: Job) -> None:
        if job is self._job:
            self._job = None
            self.stopped.emit()
