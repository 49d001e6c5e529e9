"""A client whose sessions run in this process: what the page sends is obeyed at once, what comes back is handed to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtCore import QObject, Signal

from explorer.door import Command, Inbox
from explorer.engine.tasks.reinforcement import table
from explorer.engine.tasks.reinforcement_agents import agent
from explorer.results import Progress, Result
from explorer.words import ExplorerError, Text

TASKS: dict[str, Callable[..., Iterator[Result]]] = {"reinforcement.table": table, "reinforcement_agents.agent": agent}


class PromptInbox(Inbox):
    """Nobody else will ever write: waiting for more would be for ever."""

    def wait(self, timeout: float | None = None) -> list[Command]:
        commands = self.poll()
        assert commands or timeout is not None, "the session waits though a command was expected"
        return commands


class HereJob(QObject):
    """A session in this process."""

    result = Signal(object)
    progress = Signal(object)
    failed = Signal(object)
    done = Signal()
    cancelled = Signal()
    ended = Signal()

    def __init__(self, parent: QObject, task: str, title: Text, arguments: dict[str, Any]) -> None:
        super().__init__(parent)
        self.task, self.title, self.arguments = task, title, arguments
        self.state = "running"
        self.crashed = self.resting = False
        self.latest_progress: Progress | None = None
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.forwarded = 0
        self.inbox = PromptInbox()
        self.steps: Iterator[Result] = TASKS[task](self.inbox, **{**arguments, "playing": False})

    def advance(self) -> None:
        """Hand over results until the session waits."""
        while self.state == "running":
            try:
                result = next(self.steps)
            except ExplorerError as error:
                self.state = "failed"
                self.failed.emit(error)
                return
            self.result.emit(result)
            facts: dict[str, Any] = result.facts  # type: ignore[attr-defined]
            if not facts.get("playing") and facts.get("obeyed", 0) >= self.forwarded:
                return

    def rest(self, on: bool) -> None:
        self.resting = on

    def send(self, name: str, **values: Any) -> None:
        self.sent.append((name, values))
        if self.state == "running" and name != "play":
            self.forwarded += 1
            self.inbox.put(Command(0, name, values))
            self.advance()

    def cancel(self) -> None:
        if self.state == "running":
            self.state = "cancelled"
            self.cancelled.emit()

    def lose(self, error: ExplorerError) -> None:
        """As if its process had died."""
        self.state = "failed"
        self.crashed = True
        self.failed.emit(error)


class HereClient(QObject):
    """Sessions in this process; ``asked`` keeps all of them."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[HereJob] = []

    def session(self, task: str, *, title: Text, **arguments: Any) -> HereJob:
        job = HereJob(self, task, title, arguments)
        self.asked.append(job)
        return job

    def jobs(self) -> list[HereJob]:
        return [job for job in self.asked if job.state == "running"]
