"""The player's buttons of everything that learns live: play, pause, a speed, learning up to a number of steps first, and snapshots that cost little."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from explorer.door import Command, Inbox
from explorer.results import Bundle, Result
from explorer.words import ExplorerError, Text

SLICE = 0.010
"""Seconds of work between two looks into the inbox."""
SHARE_SHOWN = 8.0
"""Making snapshots takes at most one part in as many of the time, at full speed."""

AT_FULL_SPEED = 1 / 15
"""Seconds between two snapshots at full speed, at least: what they cost the page is work that a learner beside it does not do."""

Task = TypeVar("Task", bound=Callable[..., Iterator[Result]])


def one_core(task: Task) -> Task:
    """Mark a session whose networks are so small that a second thread costs more than it brings: the engine gives it one, and the window has the rest."""
    task.most_threads = 1  # type: ignore[attr-defined]
    return task


class Player:
    """A session's state. Subclasses fill :attr:`steps`, :meth:`advance` and :meth:`contents`, and a method ``_on_<name>`` for each command of their own.

    Args:
        speed: steps a second; 0 as fast as it goes.
        playing: whether it learns, once ``until`` is reached.
        until: learn so many steps at full speed first.

    ``refused``: why the last command could not be obeyed, or None; ``refusals``, ``obeyed``: how many so far.
    """

    share_shown = SHARE_SHOWN

    def __init__(self, speed: float, playing: bool, until: int) -> None:
        self.speed, self.until = max(0.0, float(speed)), int(until)
        self.running, self.after_until = playing or self.until > 0, playing
        self.refused: Text | None = None
        self.refusals = self.obeyed = 0
        self.restart_clock()
        self.forget_shown()

    # what subclasses fill

    @property
    def steps(self) -> int:
        """How far it is."""
        raise NotImplementedError

    def advance(self, count: int) -> None:
        """Go on by so many steps."""
        raise NotImplementedError

    def hurry(self) -> None:
        """Go on by the least that is worth while at full speed."""
        self.advance(1)

    @property
    def unpaced(self) -> bool:
        """Whether it goes as fast as it can whatever the speed is."""
        return False

    def contents(self) -> Bundle:
        """All that is on the page."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of what it holds."""

    # commands

    def obey(self, command: Command) -> None:
        """Do what a command says; what cannot be done becomes a sentence in the next snapshot."""
        try:
            getattr(self, f"_on_{command.name}", self._on_unknown)(**command.values)
            self.refused = None
        except ExplorerError as error:
            self.refused = error.text
            self.refusals += 1
        self.obeyed += 1

    def _on_unknown(self, **_: Any) -> None:
        """Commands of other sessions are passed over."""

    def _on_play(self) -> None:
        self.running = True
        self.restart_clock()

    def _on_pause(self) -> None:
        self.running, self.until = False, 0

    def _on_set(self, **values: Any) -> None:
        for name, value in values.items():
            if name == "speed":
                self.speed = max(0.0, float(value))
                self.restart_clock()
            elif name == "until":
                self.until, self.after_until, self.running = int(value), self.running and self.until == 0, True
            else:
                self.change(name, value)

    def change(self, name: str, value: Any) -> None:
        """Change a setting of its own. Raises InputError."""
        raise NotImplementedError

    # work

    def restart_clock(self) -> None:
        """Steps are owed from now on."""
        self._clock, self._credit = time.perf_counter(), 0.0

    def owed(self) -> int:
        """How many steps the speed asks for now."""
        now = time.perf_counter()
        self._credit = min(self._credit + (now - self._clock) * self.speed, max(1.0, self.speed * SLICE * 4))
        self._clock = now
        return int(self._credit)

    def patience(self) -> float:
        """Seconds until the next step is owed."""
        return min(0.05, max(0.0, (1.0 - self._credit) / self.speed))

    @property
    def at_full_speed(self) -> bool:
        """Whether it does not wait between steps."""
        return self.steps < self.until or self.speed == 0.0 or self.unpaced

    def reached(self) -> bool:
        """Whether it has come as far as it was to learn first; then it goes on as it was asked to."""
        if not self.until or self.steps < self.until:
            return False
        self.until, self.running = 0, self.after_until
        return True

    def work(self) -> float:
        """Learn for a slice of time. Returns the seconds to wait before the next."""
        end = time.perf_counter() + SLICE
        if self.at_full_speed:
            while True:
                self.hurry()
                if self.reached() or time.perf_counter() >= end:
                    break
            self.restart_clock()
            return 0.0
        self.owed()
        while self._credit >= 1.0 and time.perf_counter() < end:
            self._credit -= 1.0
            self.advance(1)
        return self.patience()

    # what is shown

    def forget_shown(self) -> None:
        """The next snapshot is worth while whatever was shown before."""
        self._shown_steps, self._shown_at, self._show_cost = -1, 0.0, 0.005

    def moved(self) -> bool:
        """Whether something has changed since the last snapshot."""
        return self.steps != self._shown_steps

    def worth_showing(self) -> bool:
        """Whether something has changed, and snapshots take no more than their share of the time; at full speed nobody reads every one."""
        rest = self.share_shown * self._show_cost
        return self.moved() and time.perf_counter() - self._shown_at >= (max(rest, AT_FULL_SPEED) if self.at_full_speed else rest)

    def snapshot(self) -> Bundle:
        """All that is on the page, and note what that cost."""
        begin = time.perf_counter()
        bundle = self.contents()
        self._shown_steps, self._shown_at = self.steps, time.perf_counter()
        self._show_cost += 0.2 * (min(self._shown_at - begin, 0.05) - self._show_cost)
        return bundle

    def buttons(self) -> dict[str, Any]:
        """Where the buttons stand, for the page."""
        return {
            "playing": self.running, "speed": self.speed, "until": self.until, "refused": self.refused, "refusals": self.refusals, "obeyed": self.obeyed,
        }


def serve(player: Player, inbox: Inbox) -> Iterator[Result]:
    """Obey and learn until told to stop: the loop of a session. Yields what is to be shown; a command may yield results of its own by ``_after_<name>``."""
    try:
        yield player.snapshot()
        while True:
            commands = inbox.poll() if player.running else inbox.wait()
            for command in commands:
                if command.name == "stop":
                    return
                player.obey(command)
                if (after := getattr(player, f"_after_{command.name}", None)) is not None:
                    yield after()
            if commands:
                yield player.snapshot()
            if player.running:
                patience = player.work()
                if patience > 0:
                    for command in inbox.wait(patience):
                        inbox.put(command)
                if not player.running or (player.worth_showing() and inbox.due()):
                    yield player.snapshot()
    finally:
        player.close()
