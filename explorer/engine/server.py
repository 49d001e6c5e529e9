"""The engine's process: looks tasks up by name and runs them, one at a time, for the window that started it."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import mmap
import os
import queue
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from explorer.door import Command, Done, Failed, Hello, Inbox, Outbox, Ready, Start, Stop, Threads, Wire, open_arena, standard_streams
from explorer.results import Result
from explorer.words import ExplorerError, Text, WeightsMissing

TaskFunction = Callable[..., Iterator[Result]]

NO_MEMORY = Text("メモリが足りず、計算を続けられませんでした。小さい入力で試してください。", "There was not enough memory. Try a smaller input.")
NO_DISK = Text("ディスクの空きがないため、保存できませんでした。", "The disk is full, so this could not be saved.")
BROKEN = Text("計算の途中で問題が起きました（{name}）。", "Something went wrong while computing ({name}).")


def find_task(name: str) -> TaskFunction:
    """The public generator function ``function`` in ``explorer.engine.tasks.section`` for the name ``"section.function"``.

    Raises KeyError when there is no such task.
    """
    section, _, function = name.partition(".")
    module = f"explorer.engine.tasks.{section}"
    if not section.isidentifier() or not function.isidentifier() or function.startswith("_") or importlib.util.find_spec(module) is None:
        raise KeyError(name)
    task = getattr(importlib.import_module(module), function, None)
    if not inspect.isgeneratorfunction(task):
        raise KeyError(name)
    return task


def failure(job: int, error: BaseException) -> Failed:
    """The sentence for an error."""
    details = "".join(traceback.format_exception(error))
    if isinstance(error, WeightsMissing):
        return Failed(job, error.text, "WeightsMissing", error.size)
    if isinstance(error, ExplorerError):
        return Failed(job, error.text, type(error).__name__)
    if isinstance(error, MemoryError) or "not enough memory" in str(error).lower() or "out of memory" in str(error).lower():
        return Failed(job, NO_MEMORY, "MemoryError", traceback=details)
    if isinstance(error, OSError) and error.errno == 28:
        return Failed(job, NO_DISK, "OSError", traceback=details)
    return Failed(job, BROKEN.format(name=type(error).__name__), type(error).__name__, traceback=details)


class Server:
    """Receives messages in one thread and runs tasks in the main one."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._starts: queue.SimpleQueue[Start | None] = queue.SimpleQueue()
        self._inboxes: dict[int, Inbox] = {}
        self._stopped: set[int] = set()
        self._threads = 0
        self._most_threads = 0  # of the task that runs, where it wants no more

    def serve(self) -> None:
        """Run tasks until the window goes away."""
        threading.Thread(target=self._receive, daemon=True, name="receive").start()
        self._wire.send(Hello(os.getpid()))
        with contextlib.suppress(ImportError):
            import torch  # noqa: F401  most tasks need it: have it ready before the first one comes
        self._wire.send(Ready())
        while (start := self._starts.get()) is not None:
            if start.job in self._stopped:  # nobody wants it any more
                self._end(start.job, Done(start.job))
            else:
                self._run(start)

    def _receive(self) -> None:
        try:
            while True:
                message = self._wire.receive()
                if isinstance(message, Start):
                    self._inboxes[message.job] = Inbox()
                    self._starts.put(message)
                elif isinstance(message, Command) and message.job in self._inboxes:
                    self._inboxes[message.job].put(message)
                elif isinstance(message, Stop):
                    self._stopped.add(message.job)
                    if message.job in self._inboxes:
                        self._inboxes[message.job].stop()
                elif isinstance(message, Threads):
                    self._threads = message.count
        except (EOFError, OSError):
            os._exit(0)  # the window is gone, and with it whoever would want the result

    def _share_cores(self) -> None:
        wanted = min((count for count in (self._threads, self._most_threads) if count), default=0)
        if wanted and "torch" in sys.modules:
            torch = sys.modules["torch"]
            if torch.get_num_threads() != wanted:
                torch.set_num_threads(wanted)

    def _run(self, start: Start) -> None:
        inbox = self._inboxes[start.job]
        outbox = Outbox(self._wire.send, start.job)
        inbox._due = outbox.due
        end: Any = Done(start.job)
        try:
            task = find_task(start.task)
            self._most_threads = getattr(task, "most_threads", 0)
            self._share_cores()
            steps = task(inbox, **start.arguments) if start.session else task(**start.arguments)
            with contextlib.closing(steps):  # type: ignore[type-var]
                for result in steps:
                    outbox.offer(result)
                    if start.job in self._stopped:
                        break
                    self._share_cores()
        except Exception as error:  # whatever goes wrong in a task becomes a sentence on its page
            end = failure(start.job, error)
        outbox.close()
        self._end(start.job, end)

    def _end(self, job: int, message: Done | Failed) -> None:
        self._inboxes.pop(job, None)
        self._stopped.discard(job)
        self._wire.send(message)


def main() -> None:
    """``python -m explorer.engine.server ARENA``: ARENA is the file of the arena, or ``-`` for none."""
    source, sink = standard_streams()
    with contextlib.suppress(AttributeError, OSError):
        os.nice(5)  # the window comes first
    for output in ("SDL_VIDEODRIVER", "SDL_AUDIODRIVER"):
        os.environ.setdefault(output, "dummy")  # environments draw pictures; none opens a screen or a loudspeaker of its own
    arena: mmap.mmap | None = None
    if len(sys.argv) > 1 and sys.argv[1] != "-":
        with contextlib.suppress(OSError, ValueError):
            arena = open_arena(Path(sys.argv[1]))
    with contextlib.suppress(EOFError, OSError, KeyboardInterrupt):
        Server(Wire(source, sink, arena=arena)).serve()
    os._exit(0)  # the receiving thread still waits for the window: there is nothing to tidy up


if __name__ == "__main__":
    main()
