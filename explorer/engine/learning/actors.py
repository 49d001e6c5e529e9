"""Actors: they play and hand over what they met. The same code plays in this process, in processes of its own, and on Ray.

An actor never learns. It is asked for a number of steps and answers with the experience, and is given new weights with the next request,
so neither side ever waits for the other to read.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from explorer.engine.envs.drawing import picture
from explorer.engine.learning.agent_settings import Settings, build_network
from explorer.engine.learning.games import open_game
from explorer.engine.models.reinforcement.apex import NSteps, actor_epsilons, first_errors
from explorer.engine.models.reinforcement.dqn import DQN
from explorer.engine.models.reinforcement.r2d2 import R2D2, Sequences
from explorer.engine.models.reinforcement.replay import Array
from explorer.results.base import Floats, Integers, Pixels
from explorer.words import InputError, Text

Weights = Mapping[str, Array]

RAY_VARIABLE = "DS_EXPLORER_RAY"
"""Names the address of the Ray that actors elsewhere run on."""
TRAIL = 64
"""Steps of which the memory's output is remembered for show."""

NO_RAY = Text("Ray が入っていません。「pip install \"ds-explorer[ray]\"」で入れられます。", "Ray is not installed; “pip install \"ds-explorer[ray]\"” installs it.")
RAY_AWAY = Text("Ray（{address}）を使えません：{why}", "Ray ({address}) cannot be used: {why}")
ACTOR_LOST = Text("アクターのプロセスが止まりました。", "The process of an actor ended.")


@dataclass(frozen=True)
class Episode:
    """A finished episode. ``place``: of its environment; ``total``: sum of rewards, undiscounted; ``steps``: its length; ``at``: after how many steps
    of the experience it ended."""

    place: int
    total: float
    steps: int
    at: int = 0


@dataclass
class Experience:
    """What an actor met. ``items``: parts of what is to be kept, (n, …) each; ``errors``: (n,) first priorities, or None; ``steps``: taken."""

    items: dict[str, Array]
    count: int
    errors: Floats | None
    steps: int
    episodes: list[Episode] = field(default_factory=list)
    picture: Pixels | None = None
    epsilons: tuple[float, ...] = ()


class Actor:
    """Plays ``count`` environments side by side, each at its own place in an episode.

    Args:
        spec: name of the environment (see :mod:`explorer.engine.envs.games`).
        network: what it acts by; shared with the learner in this process, a copy of its own elsewhere.
        seed: of all chance, the environments' included.
        first, total: the places of its environments among all actors' ones, for an ε each (Ape-X).
        rated: work out first priorities, as Ape-X's actors do.
    """

    def __init__(
        self, spec: str, settings: Settings, network: nn.Module | None = None, *, seed: int = 0, first: int = 0, count: int = 1, total: int = 1, drawn: bool = False,
        rated: bool = False,
    ) -> None:
        self.settings, self.count, self.rated = settings, count, rated
        opened = [open_game(spec, drawn=drawn and place == 0) for place in range(count)]
        self.envs, self.shape = [env for env, _ in opened], opened[0][1]
        self.network = network if network is not None else build_network(settings, self.shape)
        self.chance = np.random.default_rng((seed, first))
        self.first, self.total = first, total
        self.looks: list[Array] = [env.reset(seed=int(self.chance.integers(1 << 31)))[0] for env in self.envs]
        self.totals, self.lengths = np.zeros(count), np.zeros(count, np.int64)
        self.steps = 0
        self.joining = [NSteps(settings.n_steps) for _ in range(count)]
        self.before, self.paid = np.full(count, -1, np.int64), np.zeros(count, np.float32)
        self.cutting = [Sequences(settings.burn_in, settings.trace) for _ in range(count)]
        self.state: tuple[Tensor, Tensor] | None = self.network.start(count) if isinstance(self.network, R2D2) else None
        self.values: Floats | None = None  # Q of each environment's last action, (count, actions)
        self.trail: deque[Floats] = deque(maxlen=TRAIL)  # what the first environment's memory gave at its last steps, (memory,) each
        self.taken = -1
        self.earned = 0.0  # the first environment's last action and reward

    @property
    def network(self) -> nn.Module:
        """What it acts by."""
        return self._network

    @network.setter
    def network(self, network: nn.Module) -> None:
        self._network = network
        self._quick = network.on_few() if isinstance(network, DQN) else None

    def epsilons(self, epsilon: float) -> Floats:
        """(count,) how often each environment's action is random."""
        if self.settings.spread:
            return actor_epsilons(self.total, epsilon)[self.first : self.first + self.count]
        return np.full(self.count, epsilon)

    def play(self, steps: int, epsilon: float, *, forced: int | None = None) -> Experience:
        """Take ``steps`` actions in each environment. ``forced``: the first action in the first one, chosen by someone else."""
        epsilons = self.epsilons(epsilon)
        kept: list[Any] = []
        episodes: list[Episode] = []
        for done in range(steps):
            actions, before_state = self._choose(epsilons, forced)
            forced = None
            for place, env in enumerate(self.envs):
                action = int(actions[place])
                next_look, reward, ended, cut, _ = env.step(action)
                reward = float(reward)
                look = self.looks[place]
                if self.state is None:
                    kept += self.joining[place].push(look, action, reward, next_look, ended, cut, self.settings.gamma)
                else:
                    assert before_state is not None
                    kept += self.cutting[place].push(
                        look, int(self.before[place]), float(self.paid[place]), before_state[:, place], action, reward, next_look, ended, cut
                    )
                    self.before[place], self.paid[place] = action, reward
                if place == 0:
                    self.taken, self.earned = action, reward
                self.totals[place] += reward
                self.lengths[place] += 1
                if ended or cut:
                    episodes.append(Episode(self.first + place, float(self.totals[place]), int(self.lengths[place]), done * self.count + place + 1))
                    next_look = self._begin(place)
                self.looks[place] = next_look
        self.steps += steps * self.count
        items = _joined_sequences(kept) if self.state is not None else _joined_steps(kept)
        errors = self._rate(items) if self.rated and kept and self.state is None else None
        return Experience(items, len(kept), errors, steps * self.count, episodes, epsilons=tuple(float(e) for e in epsilons))

    def _begin(self, place: int) -> Array:
        self.totals[place], self.lengths[place] = 0.0, 0
        self.before[place], self.paid[place] = -1, 0.0
        if self.state is not None:
            for part in self.state:
                part[place] = 0.0
            if place == 0:
                self.trail.clear()
        look: Array = self.envs[place].reset()[0]
        return look

    def _choose(self, epsilons: Floats, forced: int | None) -> tuple[Integers, Array | None]:
        """An action for each environment; with a memory also its state before, (2, count, memory)."""
        before_state = None
        at_random = self.chance.random(self.count) < epsilons
        actions = self.chance.integers(self.shape.actions, size=self.count)
        if self.state is not None:
            before_state = torch.stack(self.state).numpy()
            self.values = self._recall()
        elif not at_random.all():
            with torch.inference_mode():
                self.values = self._quick(self._stacked()) if self._quick is not None else self.network(torch.from_numpy(self._stacked())).numpy()
        if self.values is not None:
            actions = np.where(at_random, actions, self.values.argmax(axis=1))
        if forced is not None:
            actions[0] = forced
        return actions, before_state

    def _recall(self) -> Floats:
        with torch.no_grad():
            looks = torch.from_numpy(self._stacked())[None]
            values, self.state = self.network(looks, torch.from_numpy(self.before.copy())[None], torch.from_numpy(self.paid.copy())[None], self.state)
        assert self.state is not None
        self.trail.append(self.state[0][0].numpy().copy())
        found: Floats = values[0].numpy()
        return found

    def _stacked(self) -> Array:
        return self.looks[0][None] if self.count == 1 else np.array(self.looks)

    def _rate(self, items: Mapping[str, Array]) -> Floats:
        parts = {name: torch.from_numpy(part) for name, part in items.items()}
        discounts = self.settings.gamma ** parts["steps"]
        return first_errors(self.network, parts["look"], parts["action"], parts["reward"], parts["next_look"], parts["ended"], discounts)

    def picture(self) -> Pixels | None:
        """What the first environment looks like now."""
        return picture(self.envs[0])

    def close(self) -> None:
        """Let go of the environments."""
        for env in self.envs:
            env.close()


def _joined_steps(kept: Sequence[tuple[Any, int, float, Any, bool, int]]) -> dict[str, Array]:
    if not kept:
        return {}
    look, action, reward, next_look, ended, steps = zip(*kept, strict=True)
    return {
        "look": np.array(look), "action": np.array(action, np.int64), "reward": np.array(reward, np.float32), "next_look": np.array(next_look),
        "ended": np.array(ended, np.float32), "steps": np.array(steps, np.float32),
    }


def _joined_sequences(kept: Sequence[Mapping[str, Array]]) -> dict[str, Array]:
    return {name: np.stack([item[name] for item in kept]) for name in kept[0]} if kept else {}


# ---- actors elsewhere ----


@dataclass(frozen=True)
class Request:
    """Play ``steps`` steps in each environment at ``epsilon``. ``weights``: new ones, or None; ``drawn``: send a picture as well."""

    steps: int
    epsilon: float
    weights: Weights | None = None
    drawn: bool = False
    changes: Mapping[str, Any] = field(default_factory=dict)


class Remote(Protocol):
    """An actor somewhere else. One request at a time: :meth:`ask`, then :meth:`answer` once it is :meth:`ready`."""

    def ask(self, request: Request) -> None: ...

    def ready(self) -> bool: ...

    def answer(self) -> Experience: ...

    def close(self) -> None: ...


class Player:
    """An actor that answers requests. What runs in a process of its own, or on Ray."""

    def __init__(self, spec: str, settings: Settings, *, seed: int, first: int, count: int, total: int, drawn: bool, rated: bool) -> None:
        torch.set_num_threads(1)
        self.actor = Actor(spec, settings, seed=seed, first=first, count=count, total=total, drawn=drawn, rated=rated)

    def play(self, request: Request) -> Experience:
        """The experience of the steps asked for."""
        if request.weights is not None:
            self.actor.network.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in request.weights.items()})
        for name, value in request.changes.items():
            setattr(self.actor.settings, name, value)
        experience = self.actor.play(request.steps, request.epsilon)
        if request.drawn:
            experience.picture = self.actor.picture()
        return experience


class LocalActor:
    """An actor in a process of its own on this machine. Raises ConnectionError when the process has ended."""

    def __init__(self, spec: str, settings: Settings, **places: Any) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, spec, settings, places), daemon=True, name="engine-actor")
        self.process.start()
        theirs.close()

    def ask(self, request: Request) -> None:
        try:
            self._connection.send(request)
        except OSError as error:
            raise ConnectionError(str(ACTOR_LOST)) from error

    def ready(self) -> bool:
        return self._connection.poll()

    def answer(self) -> Experience:
        try:
            answer = self._connection.recv()
        except (EOFError, OSError) as error:
            raise ConnectionError(str(ACTOR_LOST)) from error
        if isinstance(answer, BaseException):
            raise answer
        assert isinstance(answer, Experience)
        return answer

    def close(self) -> None:
        self._connection.close()
        self.process.join(timeout=1.0)
        if self.process.is_alive():
            self.process.terminate()
            self.process.join(timeout=2.0)


def _serve(connection: Connection, spec: str, settings: Settings, places: Mapping[str, Any]) -> None:
    """Answer requests until the other side is gone."""
    with contextlib.suppress(EOFError, OSError, KeyboardInterrupt):
        player = None
        while True:
            request = connection.recv()
            try:
                player = player or Player(spec, settings, **places)
                connection.send(player.play(request))
            except InputError as error:
                connection.send(error)


class RayActor:
    """An actor on Ray, wherever Ray puts it. ``address``: of a Ray that runs, or "local" for one begun here."""

    def __init__(self, spec: str, settings: Settings, *, address: str | None = None, **places: Any) -> None:
        ray = start_ray(address)
        self._ray = ray
        self._player = ray.remote(num_cpus=1)(Player).remote(spec, settings, **places)
        self._pending: Any = None

    def ask(self, request: Request) -> None:
        self._pending = self._player.play.remote(request)

    def ready(self) -> bool:
        done, _ = self._ray.wait([self._pending], timeout=0)
        return bool(done)

    def answer(self) -> Experience:
        try:
            answer: Experience = self._ray.get(self._pending)
        except self._ray.exceptions.RayError as error:
            raise ConnectionError(str(ACTOR_LOST)) from error
        return answer

    def close(self) -> None:
        self._ray.kill(self._player)


def elsewhere(address: str | None = None) -> Callable[..., Remote]:
    """What makes actors elsewhere: processes of their own, or Ray's at this address or that of ``DS_EXPLORER_RAY``."""
    address = address or os.environ.get(RAY_VARIABLE)
    return partial(RayActor, address=address) if address else LocalActor


def start_ray(address: str | None = None) -> Any:
    """Ray, joined at ``address`` or begun on this machine. Raises InputError where it is not installed, is not there or does not start."""
    try:
        import ray
    except ImportError as error:
        raise InputError(NO_RAY) from error
    if not ray.is_initialized():
        try:
            ray.init(address=address, include_dashboard=False, log_to_driver=False, configure_logging=False)
        except Exception as error:  # of many kinds: no such address, a Ray of another version, a machine too busy for a new one
            ray.shutdown()
            why = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise InputError(RAY_AWAY.format(address=address or "auto", why=why[:160])) from error
    return ray
