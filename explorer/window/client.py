"""The door on the window's side: tasks out, results in as signals.

Queries run in a small pool of worker processes; each session has a process of its own. Nothing here waits: writing and reading happen
in threads of each worker, and everything reaches the window as a queued signal.
"""

from __future__ import annotations

import contextlib
import logging
import mmap
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from explorer.door import Command, Done, EngineTooSlow, Failed, Hello, Output, Ready, Start, Stop, Threads, Wire, create_arena
from explorer.words import ExplorerError, InputError, Text, WeightsMissing

if TYPE_CHECKING:
    from explorer.results import Progress

log = logging.getLogger(__name__)

State = Literal["waiting", "running", "done", "failed", "cancelled"]

QUERY_WORKERS = 2
SESSIONS_AT_ONCE = 2
PATIENCE_MS = 2000  # what does not stop within this time is killed
LOST = Text("計算用のプロセスが止まりました。もう一度始められます。", "The computing process stopped. You can start again.")
CANNOT_START = Text("計算用のプロセスを起動できません：{why}", "The computing process does not start: {why}")


class EngineLost(ExplorerError):
    """The process that ran a task is gone."""


class Job(QObject):
    """One task on its way: ``result``, ``progress``, then one of ``done``, ``failed``, ``cancelled``."""

    result = Signal(object)
    progress = Signal(object)
    failed = Signal(object)
    done = Signal()
    cancelled = Signal()
    ended = Signal()

    def __init__(self, client: Client, number: int, task: str, title: Text, arguments: dict[str, Any], *, lane: str = "", session: bool = False) -> None:
        super().__init__(client)
        self._client = client
        self.number, self.task, self.title, self.arguments = number, task, title, arguments
        self.lane, self.session = lane, session
        self.state: State = "waiting"
        self.latest_progress: Progress | None = None
        self.crashed = False
        self.resting = False  # a session that waits for the user
        self.attempts = 0
        self.worker: Worker | None = None
        self._unsent: list[Command] = []

    @property
    def live(self) -> bool:
        """Waiting or running."""
        return self.state in ("waiting", "running")

    def cancel(self) -> None:
        """Drop this job: nothing more comes from it, and its task is asked to stop (and killed if it does not)."""
        self._client.cancel(self)

    def rest(self, on: bool) -> None:
        """Note that the session waits for the user, or is at work again."""
        if on != self.resting:
            self.resting = on
            self._client.changed.emit()

    def send(self, name: str, **values: Any) -> None:
        """Put a command into the inbox of a session; kept until the session runs."""
        command = Command(self.number, name, values)
        if self.state == "running" and self.worker is not None:
            self.worker.post(command)
        elif self.state == "waiting":
            self._unsent.append(command)

    def _end(self, state: State, error: ExplorerError | None = None) -> None:
        if not self.live:
            return
        self.state = state
        if state == "done":
            self.done.emit()
        elif state == "cancelled":
            self.cancelled.emit()
        else:
            self.failed.emit(error)
        self.ended.emit()
        self.deleteLater()


class Worker(QObject):
    """One engine process. Signals arrive in the window's thread."""

    message = Signal(object)
    ended = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.job: Job | None = None
        self.session = False
        self.ready = False
        self.warm = False
        self.pid = 0
        self.stopping = False
        made = create_arena()
        self._path: Path | None = made[0] if made else None
        self._arena: mmap.mmap | None = made[1] if made else None
        self._outgoing: queue.SimpleQueue[Any] = queue.SimpleQueue()
        flags = getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0) | getattr(subprocess, "CREATE_NO_WINDOW", 0)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "explorer.engine.server", str(self._path or "-")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, creationflags=flags, env=_environment(),
        )
        assert self.process.stdin is not None and self.process.stdout is not None
        self._wire = Wire(self.process.stdout, self.process.stdin, peer_arena=self._arena)  # type: ignore[arg-type]
        self._threads = [threading.Thread(target=run, daemon=True, name=name) for run, name in ((self._read, "engine-read"), (self._write, "engine-write"))]
        for thread in self._threads:
            thread.start()

    def post(self, message: Any) -> None:
        """Send a message without waiting."""
        self._outgoing.put(message)

    def kill(self) -> None:
        """End the process at once."""
        with contextlib.suppress(OSError):
            self.process.kill()

    def close(self, patience: float = 1.0) -> None:
        """End the process, its threads and its arena."""
        self._outgoing.put(None)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(patience if not self.stopping else 0.0)
        self.kill()
        self.process.wait()
        for thread in self._threads:
            thread.join()
        self._forget_file()
        if self._arena is not None:
            self._arena.close()
            self._arena = None

    def _forget_file(self) -> None:
        if self._path is not None:
            with contextlib.suppress(OSError):
                self._path.unlink()
                self._path = None

    def _read(self) -> None:
        try:
            while True:
                message = self._wire.receive()
                if isinstance(message, Hello) and os.name == "posix":
                    self._forget_file()  # both sides have it open: from now on nothing can be left behind
                self.message.emit(message)
        except (EOFError, OSError, ValueError):
            pass
        with contextlib.suppress(RuntimeError):  # the window may already be gone
            self.ended.emit()

    def _write(self) -> None:
        stream = self.process.stdin
        assert stream is not None
        with contextlib.suppress(OSError, ValueError):
            while (message := self._outgoing.get()) is not None:
                self._wire.send(message)
        with contextlib.suppress(OSError):
            stream.close()


def _environment() -> dict[str, str]:
    """The window's environment, with this package importable from any working folder."""
    root = str(Path(__file__).resolve().parents[2])
    path = os.environ.get("PYTHONPATH", "")
    return {"OMP_WAIT_POLICY": "PASSIVE", **os.environ, "PYTHONPATH": f"{root}{os.pathsep}{path}" if path else root}


class Client(QObject):
    """Hands tasks to worker processes. ``changed``: the list of jobs or their progress changed."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._numbers = 0
        self._workers: list[Worker] = []
        self._queries: list[Job] = []  # waiting
        self._sessions: list[Job] = []  # waiting
        self._running: dict[int, Job] = {}
        self._failed_starts = 0
        self._closed = False

    # --- asking ---------------------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the engine ahead of the first task."""
        if not self._closed and not self._workers:
            self._spawn(session=False)

    def query(self, lane: str, task: str, *, title: Text, **arguments: Any) -> Job:
        """Run a task that answers once. A newer one in the same lane takes the place of the older."""
        for job in [*self._queries, *self._running.values()]:
            if job.lane == lane and not job.session:
                self.cancel(job)
        job = self._job(task, title, arguments, lane=lane)
        self._queries.append(job)
        self._pump()
        return job

    def session(self, task: str, *, title: Text, **arguments: Any) -> Job:
        """Run a long-lived task in a process of its own; at most two at once, the rest wait."""
        job = self._job(task, title, arguments, session=True)
        self._sessions.append(job)
        self._pump()
        return job

    def jobs(self) -> list[Job]:
        """All live jobs, running ones first."""
        return [j for j in [*self._running.values(), *self._sessions, *self._queries] if j.live]

    def cancel(self, job: Job) -> None:
        """Drop a job (see ``Job.cancel``)."""
        if not job.live:
            return
        worker = job.worker
        if job.state == "running" and worker is not None:
            worker.stopping = True
            worker.post(Stop(job.number))
            self._kill_later(worker, job.number)
        for waiting in (self._queries, self._sessions):
            if job in waiting:
                waiting.remove(job)
        job._end("cancelled")
        self.changed.emit()

    def worker_pids(self) -> list[int]:
        """Process ids of the engine's live workers."""
        return [w.process.pid for w in self._workers]

    def close(self) -> None:
        """End everything; returns when no process or thread is left."""
        self._closed = True
        for job in self.jobs():
            if job.worker is not None:
                job.worker.stopping = True
            job._end("cancelled")
        self._queries.clear()
        self._sessions.clear()
        self._running.clear()
        for worker in self._workers:
            worker.post(None)
        for worker in self._workers:
            worker.close()
        self._workers.clear()

    # --- inside ---------------------------------------------------------------------------------------------------------------------

    def _job(self, task: str, title: Text, arguments: dict[str, Any], *, lane: str = "", session: bool = False) -> Job:
        self._numbers += 1
        return Job(self, self._numbers, task, title, arguments, lane=lane, session=session)

    def _spawn(self, *, session: bool) -> Worker:
        worker = Worker(self)
        worker.session = session
        worker.message.connect(lambda message: self._arrived(worker, message), Qt.ConnectionType.QueuedConnection)
        worker.ended.connect(lambda: self._lost(worker), Qt.ConnectionType.QueuedConnection)
        self._workers.append(worker)
        return worker

    def _pump(self) -> None:
        """Give waiting jobs to free workers, starting workers where there are too few."""
        if self._closed:
            return
        while self._queries:
            pool = [w for w in self._workers if not w.session]
            free = [w for w in pool if w.job is None]
            if not free and len(pool) >= QUERY_WORKERS:
                break
            self._give(self._queries.pop(0), free[0] if free else self._spawn(session=False))
        while self._sessions and sum(w.session and w.job is not None for w in self._workers) < SESSIONS_AT_ONCE:
            spare = [w for w in self._workers if w.session and w.job is None]
            self._give(self._sessions.pop(0), spare[0] if spare else self._spawn(session=True))
        self._share_cores()
        self.changed.emit()

    def _give(self, job: Job, worker: Worker) -> None:
        worker.job, job.worker = job, worker
        worker.stopping = False
        job.state = "running"
        job.attempts += 1
        self._running[job.number] = job
        worker.post(Start(job.number, job.task, job.arguments, job.session))
        for command in job._unsent:
            worker.post(command)
        job._unsent.clear()

    def _share_cores(self) -> None:
        busy = [w for w in self._workers if w.job is not None]
        count = max(1, (os.cpu_count() or 1) // max(1, len(busy)))
        for worker in busy:
            worker.post(Threads(count))

    def _arrived(self, worker: Worker, message: Any) -> None:
        if isinstance(message, Hello):
            worker.ready, worker.pid, self._failed_starts = True, message.pid, 0
            return
        if isinstance(message, Ready):
            worker.warm = True
            return
        job = self._running.get(message.job)
        if isinstance(message, Output):
            from explorer.results import Progress  # numpy is not loaded before the window is on screen

            if job is None or not job.live:
                return
            if isinstance(message.result, Progress):
                job.latest_progress = message.result
                job.progress.emit(message.result)
                self.changed.emit()
            else:
                job.result.emit(message.result)
        elif isinstance(message, (Done, Failed)):
            self._running.pop(message.job, None)
            worker.job = None
            if isinstance(message, Failed) and message.traceback:
                log.error("%s", message.traceback)
            if job is not None:
                job._end("failed", _error(message)) if isinstance(message, Failed) else job._end("done")
            if worker.session and sum(w.session and w.job is None for w in self._workers) > 1:
                self._retire(worker)  # one warm spare is enough
            self._pump()

    def _kill_later(self, worker: Worker, number: int) -> None:
        QTimer.singleShot(PATIENCE_MS, worker, lambda: self._kill_if_stuck(worker, number))

    def _kill_if_stuck(self, worker: Worker, number: int) -> None:
        if worker not in self._workers or worker.job is None or worker.job.number != number:
            return
        if not worker.warm:  # still loading its libraries: it will see that nobody waits any more
            self._kill_later(worker, number)
            return
        log.info("%s", EngineTooSlow.en)
        worker.kill()

    def _retire(self, worker: Worker) -> None:
        self._workers.remove(worker)
        worker.close()
        worker.deleteLater()

    def _lost(self, worker: Worker) -> None:
        """The process of this worker ended: nobody asked it to, or it was killed because it did not stop."""
        if self._closed or worker not in self._workers:
            return
        job = worker.job
        self._workers.remove(worker)
        worker.stopping = True
        worker.close(patience=0.0)
        worker.deleteLater()
        if not worker.ready:
            self._failed_starts += 1
        if job is not None:
            self._running.pop(job.number, None)
            if job.live and not job.session and job.attempts < 2:
                job.state, job.worker = "waiting", None
                self._queries.insert(0, job)
            elif job.live:
                job.crashed = True
                job._end("failed", EngineLost(LOST))
        if self._failed_starts >= 3:
            why = CANNOT_START.format(why=f"exit {worker.process.returncode}")
            for waiting in [*self._queries, *self._sessions]:
                waiting._end("failed", EngineLost(why))
            self._queries.clear()
            self._sessions.clear()
            return
        if not [w for w in self._workers if not w.session]:
            self._spawn(session=False)
        self._pump()


def _error(message: Failed) -> ExplorerError:
    """The error of the engine, as the window sees it."""
    if message.kind == "WeightsMissing":
        return WeightsMissing(message.text, message.size)
    if message.kind == "InputError":
        return InputError(message.text)
    return ExplorerError(message.text)


__all__ = ["Client", "EngineLost", "Job", "Worker"]
