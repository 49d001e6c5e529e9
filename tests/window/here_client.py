"""A client whose tasks run in this process: sessions obey at once, queries answer at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.door import Command, Inbox
from explorer.engine.server import find_task
from explorer.results import Bundle, Progress, Result
from explorer.words import ExplorerError, Text


class PromptInbox(Inbox):
    """Nobody else will ever write, so that there is nothing to wait for."""

    def wait(self, timeout: float | None = None) -> list[Command]:
        return self.poll()


class HereJob(QObject):
    """A task in this process."""

    result = Signal(object)
    progress = Signal(object)
    failed = Signal(object)
    done = Signal()
    cancelled = Signal()
    ended = Signal()

    def __init__(self, parent: QObject, task: str, title: Text, arguments: dict[str, Any], session: bool) -> None:
        super().__init__(parent)
        self.task, self.title, self.arguments, self.session = task, title, arguments, session
        self.state = "running"
        self.crashed = self.resting = False
        self.latest_progress: Progress | None = None
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.inbox = PromptInbox()
        self.steps: Iterator[Result] = find_task(task)(self.inbox, **arguments) if session else find_task(task)(**arguments)

    def advance(self) -> None:
        """Hand over results until everything sent is seen in one; then one more where the slice of the loss belongs to it."""
        while self.state == "running":
            try:
                found = next(self.steps)
            except StopIteration:
                self._end("done")
                return
            except ExplorerError as error:
                self._end("failed", error)
                return
            if isinstance(found, Progress):
                self.latest_progress = found
                self.progress.emit(found)
                continue
            self.result.emit(found)
            if self.session and isinstance(found, Bundle) and found.facts.get("obeyed", -1) >= len(self.sent):
                if found.facts.get("slice", "off") != "off" and not found.facts["playing"]:
                    self.result.emit(next(self.steps))
                return

    def rest(self, on: bool) -> None:
        self.resting = on

    def send(self, name: str, **values: Any) -> None:
        self.sent.append((name, values))
        if self.state == "running":
            self.inbox.put(Command(0, name, values))
            self.advance()

    def cancel(self) -> None:
        self._end("cancelled")

    def lose(self, error: ExplorerError) -> None:
        """As if its process had died."""
        self.crashed = True
        self._end("failed", error)

    def _end(self, state: str, error: ExplorerError | None = None) -> None:
        if self.state == "running":
            self.state = state
            if error is not None:
                self.failed.emit(error)
            else:
                getattr(self, state).emit()
            self.ended.emit()


class HereQuery(HereJob):
    """A query whose progress goes its own way, as in the window."""

    def advance(self) -> None:
        if self.state != "running":
            return
        try:
            for found in self.steps:
                (self.progress if isinstance(found, Progress) else self.result).emit(found)
                if self.state != "running":
                    break
            self._end("done")
        except ExplorerError as error:
            self._end("failed", error)
        self.ended.emit()


class HereClient(QObject):
    """Tasks in this process; ``asked`` keeps all jobs. The first results of a session come with ``advance``."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[HereJob] = []

    @property
    def last_session(self) -> HereJob:
        return [job for job in self.asked if job.session][-1]

    def session(self, task: str, *, title: Text, **arguments: Any) -> HereJob:
        job = HereJob(self, task, title, arguments, True)
        self.asked.append(job)
        return job

    def query(self, lane: str, task: str, *, title: Text, **arguments: Any) -> HereJob:
        job = HereJob(self, task, title, arguments, False)
        self.asked.append(job)
        QTimer.singleShot(0, job.advance)  # after the page has connected itself
        return job

    def jobs(self) -> list[HereJob]:
        return [job for job in self.asked if job.state == "running"]


class QueryClient(HereClient):
    """As ``HereClient``, for pages that say how far a query is."""

    def query(self, lane: str, task: str, *, title: Text, **arguments: Any) -> HereJob:
        job = HereQuery(self, task, title, arguments, False)
        self.asked.append(job)
        QTimer.singleShot(0, job.advance)  # after the page has connected itself
        return job
