"""A client without an engine, settings in a folder of the test, and the look as it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, Signal

from explorer.results import Progress, Result
from explorer.window.look import look
from explorer.window.settings import settings
from explorer.words import ExplorerError, Text


class FakeJob(QObject):
    """A job whose results the test hands in."""

    result = Signal(object)
    progress = Signal(object)
    failed = Signal(object)
    done = Signal()
    cancelled = Signal()
    ended = Signal()

    def __init__(self, client: FakeClient, lane: str, task: str, title: Text, arguments: dict[str, Any], session: bool) -> None:
        super().__init__(client)
        self.client, self.lane, self.task, self.title, self.arguments, self.session = client, lane, task, title, arguments, session
        self.state = "running"
        self.crashed = False
        self.latest_progress: Progress | None = None
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def send(self, name: str, **values: Any) -> None:
        self.sent.append((name, values))

    def cancel(self) -> None:
        self._end("cancelled")

    def report(self, progress: Progress) -> None:
        self.latest_progress = progress
        self.progress.emit(progress)
        self.client.changed.emit()

    def answer(self, result: Result) -> None:
        self.result.emit(result)

    def finish(self) -> None:
        self._end("done")

    def fail(self, error: ExplorerError) -> None:
        self._end("failed", error)

    def _end(self, state: str, error: ExplorerError | None = None) -> None:
        if self.state not in ("waiting", "running"):
            return
        self.state = state
        if state == "failed":
            self.failed.emit(error)
        else:
            getattr(self, state).emit()
        self.ended.emit()
        self.client.changed.emit()


class FakeClient(QObject):
    """Keeps the jobs it is asked for; the test answers them."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[FakeJob] = []
        self.started = False
        self.closed = False

    def start(self) -> None:
        self.started = True

    def close(self) -> None:
        self.closed = True

    def query(self, lane: str, task: str, *, title: Text, **arguments: Any) -> FakeJob:
        for job in self.jobs():
            if job.lane == lane and not job.session:
                job.cancel()
        return self._add(lane, task, title, arguments, False)

    def session(self, task: str, *, title: Text, **arguments: Any) -> FakeJob:
        return self._add("", task, title, arguments, True)

    def _add(self, lane: str, task: str, title: Text, arguments: dict[str, Any], session: bool) -> FakeJob:
        job = FakeJob(self, lane, task, title, arguments, session)
        self.asked.append(job)
        self.changed.emit()
        return job

    def jobs(self) -> list[FakeJob]:
        return [job for job in self.asked if job.state in ("waiting", "running")]


@pytest.fixture
def fake_client() -> FakeClient:
    return FakeClient()


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path) -> Iterator[None]:
    """Settings in the test's folder, and language, theme and projection back to the start."""
    settings.use(tmp_path / "settings.ini")
    look.language, look.dark, look.projection, look.projection_height = "en", False, False, 1080
    yield
    look.language, look.dark, look.projection, look.projection_height = "en", False, False, 1080
    settings.in_memory()
