"""The door between the window and the engine: messages over two pipes, big arrays through shared memory.

A worker process is started by the window with its standard input and output as the two pipes. Messages are pickled frames, a length
of eight bytes before each. Arrays of results do not travel in the pipe: the sender copies them once into a memory-mapped *arena* that
both processes see, the receiver copies them out once and answers ``Acknowledge``; then the arena is free again. What does not fit goes
in the pipe. On POSIX the arena's file is unlinked as soon as both have it open, so that not even two killed processes leave anything.
"""

from __future__ import annotations

import mmap
import os
import pickle
import queue
import struct
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from explorer.words import Text

ARENA_BYTES = 24 * 1024 * 1024
SMALL = 16 * 1024  # arrays below this many bytes stay in the pipe
INTERVAL = 1 / 60  # seconds between two pictures of the same kind

EngineTooSlow = Text("時間内に止まらなかったので、この計算を打ち切りました。", "This did not stop in time and was ended.")


# --- messages: window to worker -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Start:
    """Run a task. ``session``: it has an inbox and lives until it is stopped."""

    job: int
    task: str
    arguments: Mapping[str, Any]
    session: bool = False


@dataclass(frozen=True)
class Command:
    """Something for the inbox of a running session."""

    job: int
    name: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Stop:
    """End the task at its next step."""

    job: int


@dataclass(frozen=True)
class Acknowledge:
    """The arena has been read and may be written again."""


@dataclass(frozen=True)
class Threads:
    """How many threads the engine may compute with now."""

    count: int


# --- messages: worker to window -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Hello:
    """The worker is up; its arena is open."""

    pid: int


@dataclass(frozen=True)
class Ready:
    """The worker has loaded its libraries and looks at what has arrived."""


@dataclass(frozen=True)
class Output:
    """A result of a running task."""

    job: int
    result: Any


@dataclass(frozen=True)
class Failed:
    """A task ended with an error: a sentence for the user and, where it helps, the traceback for the log."""

    job: int
    text: Text
    kind: str = "ExplorerError"
    size: int = 0
    traceback: str = ""


@dataclass(frozen=True)
class Done:
    """A task ended by itself or was stopped."""

    job: int


# --- the wire -------------------------------------------------------------------------------------------------------------------------


def create_arena(size: int = ARENA_BYTES) -> tuple[Path, mmap.mmap] | None:
    """A new arena of ``size`` bytes: its file and the mapping. None where there is no room for one (all then goes in the pipe)."""
    memory = Path("/dev/shm")
    folder = memory if memory.is_dir() and os.access(memory, os.W_OK) else Path(tempfile.gettempdir())
    handle, name = tempfile.mkstemp(prefix=f"ds-explorer-{os.getpid()}-", dir=folder)
    try:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(handle, 0, size)  # a sparse file would kill us on the first write to a full disk
        else:
            os.truncate(handle, size)
        return Path(name), mmap.mmap(handle, size)
    except OSError:
        os.unlink(name)
        return None
    finally:
        os.close(handle)


def open_arena(path: Path) -> mmap.mmap:
    """The arena that the other side made. Raises OSError when it is gone."""
    with open(path, "r+b") as file:
        return mmap.mmap(file.fileno(), 0)


class Wire:
    """Sends and receives messages over two binary streams. Sending is safe from several threads; one thread receives.

    ``arena``: where this side *writes* big arrays; ``peer_arena``: where it reads those of the other side.
    """

    def __init__(self, source: BinaryIO, sink: BinaryIO, *, arena: mmap.mmap | None = None, peer_arena: mmap.mmap | None = None) -> None:
        self._source, self._sink = source, sink
        self.arena, self.peer_arena = arena, peer_arena
        self._lock = threading.Lock()
        self._free = threading.Event()
        self._free.set()

    def send(self, message: Any, *, patience: float = 10.0) -> None:
        """Send a message; wait up to ``patience`` seconds for the arena when it is needed. Raises OSError when the other side is gone."""
        buffers: list[pickle.PickleBuffer] = []

        def keep(buffer: pickle.PickleBuffer) -> bool:
            if self.arena is None or buffer.raw().nbytes < SMALL:
                return True  # in the pipe
            buffers.append(buffer)
            return False

        data = pickle.dumps(message, protocol=5, buffer_callback=keep)
        with self._lock:
            spans: list[tuple[int, int]] = []
            if buffers:
                total = sum(b.raw().nbytes + 64 for b in buffers)
                if self.arena is None or total > len(self.arena) or not self._free.wait(patience):
                    data = pickle.dumps(message, protocol=5)
                else:
                    self._free.clear()
                    offset = 0
                    for buffer in buffers:
                        raw = buffer.raw()
                        self.arena[offset : offset + raw.nbytes] = raw
                        spans.append((offset, raw.nbytes))
                        offset += (raw.nbytes + 63) // 64 * 64
            frame = pickle.dumps((data, spans), protocol=5)
            self._sink.write(struct.pack(">Q", len(frame)))
            self._sink.write(frame)
            self._sink.flush()

    def receive(self) -> Any:
        """The next message. Raises EOFError when the other side is gone."""
        while True:
            (length,) = struct.unpack(">Q", self._read(8))
            data, spans = pickle.loads(self._read(length))
            buffers: list[bytearray] = []
            if spans:
                if self.peer_arena is None:
                    raise EOFError("arrays in an arena that is not open")
                view = memoryview(self.peer_arena)
                buffers = [bytearray(view[offset : offset + size]) for offset, size in spans]
                view.release()
                self.send(Acknowledge())
            message = pickle.loads(data, buffers=buffers)
            if isinstance(message, Acknowledge):
                self._free.set()
                continue
            return message

    def _read(self, count: int) -> bytes:
        data = self._source.read(count)
        if data is None or len(data) < count:
            raise EOFError
        return data


def standard_streams() -> tuple[BinaryIO, BinaryIO]:
    """The worker's own ends of the two pipes. What is printed from now on goes to standard error instead."""
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(sink.fileno(), os.O_BINARY)
    return sys.stdin.buffer, sink


# --- sending at a pace ----------------------------------------------------------------------------------------------------------------


def _slot(result: Any) -> tuple[Any, ...]:
    """Results with the same slot replace each other while they wait; others do not."""
    parts = getattr(result, "parts", None)
    return (type(result).__name__, *sorted(parts)) if parts is not None else (type(result).__name__,)


class Outbox:
    """Sends the outputs of one task, each slot at most 60 times a second and always the newest, from a thread of its own."""

    def __init__(self, send: Callable[[Output], None], job: int) -> None:
        self._send, self._job = send, job
        self._waiting: dict[tuple[Any, ...], Any] = {}
        self._changed = threading.Condition()
        self._last: dict[tuple[Any, ...], float] = {}
        self._closing = False
        self._sending = False
        self._thread = threading.Thread(target=self._run, daemon=True, name="outbox")
        self._thread.start()

    def offer(self, result: Any) -> None:
        """Send this result as soon as its slot may; it replaces one that still waits there."""
        with self._changed:
            self._waiting[_slot(result)] = result
            self._changed.notify()

    def due(self) -> bool:
        """Whether a new picture would be sent at once."""
        with self._changed:
            return not self._waiting and not self._sending and time.monotonic() - max(self._last.values(), default=0.0) >= INTERVAL

    def close(self) -> None:
        """Send what waits and end the thread."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting:
                    if self._closing:
                        return
                    self._changed.wait()
                now = time.monotonic()
                key = min(self._waiting, key=lambda k: self._last.get(k, 0.0))
                delay = self._last.get(key, 0.0) + INTERVAL - now
                if delay > 0 and not self._closing:
                    self._changed.wait(delay)
                    continue
                result = self._waiting.pop(key)
                self._last[key] = now
                self._sending = True
            try:
                self._send(Output(self._job, result))
            except OSError:
                return  # the window is gone; the reading thread ends the process
            finally:
                with self._changed:
                    self._sending = False


class Inbox:
    """What the window tells a running session, read by the session between its steps."""

    def __init__(self, due: Callable[[], bool] = lambda: True) -> None:
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._due = due
        self.stopped = threading.Event()

    def put(self, command: Command) -> None:
        """Called by the receiving thread."""
        self._commands.put(command)

    def stop(self) -> None:
        """Called by the receiving thread: the session is to end; whoever waits wakes up with a "stop"."""
        self.stopped.set()
        self._commands.put(Command(0, "stop"))

    def poll(self) -> list[Command]:
        """All commands that have arrived, oldest first, without waiting."""
        commands: list[Command] = []
        while True:
            try:
                commands.append(self._commands.get_nowait())
            except queue.Empty:
                return commands

    def wait(self, timeout: float | None = None) -> list[Command]:
        """Wait for at least one command (or ``timeout`` seconds) and return all that have arrived."""
        try:
            first = self._commands.get(timeout=timeout)
        except queue.Empty:
            return []
        return [first, *self.poll()]

    def due(self) -> bool:
        """Whether the window is ready for a new picture: at most 60 times a second."""
        return self._due()
