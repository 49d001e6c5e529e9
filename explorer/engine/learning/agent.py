"""Learning from rewards with a network: the one loop that every agent from DQN to R2D3 runs, live, in a claim and in a recipe.

Steps are played, kept, drawn again and learnt from. What sets the agents apart stands in :class:`Settings`: the network, the memory,
how targets are made, who plays. :meth:`Training.run` is a generator of small cycles; between two of them settings may change.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.engine.envs.games import Shape
from explorer.engine.learning.actors import Actor, Episode, Experience, LocalActor, Remote, Request
from explorer.engine.learning.agent_settings import Settings, build_memory, build_network
from explorer.engine.models.reinforcement.dqn import next_value, td_target
from explorer.engine.models.reinforcement.prioritized import PrioritizedMemory
from explorer.engine.models.reinforcement.r2d2 import R2D2, sequence_priority, sequence_targets
from explorer.engine.models.reinforcement.r2d3 import from_demonstrations
from explorer.engine.models.reinforcement.replay import Array, Drawn, Memory
from explorer.results.base import Floats, Integers

CHUNK = 32
"""Steps in each environment that an actor elsewhere is asked for at a time."""
WEIGHTS_EVERY = 0.25
"""Seconds between two sets of weights sent to an actor elsewhere."""
SIDE_BY_SIDE = 10
"""Environments played side by side when an agent is measured."""


@dataclass(frozen=True)
class Update:
    """One correction. ``loss``: of the batch; ``errors``: (batch,) TD error of each item (of a sequence: its priority); ``places``: (batch,)
    in the memory; ``weights``: (batch,); ``demonstrated``: how many items, at the end of the batch, came from demonstrations."""

    loss: float
    errors: Floats
    places: Integers
    weights: Floats
    demonstrated: int = 0


class Learner:
    """A network, its target, what they learn from and how. ``updates``: corrections so far."""

    def __init__(self, settings: Settings, shape: Shape, *, seed: int = 0, demonstrations: Memory | None = None) -> None:
        self.settings, self.shape = settings, shape
        torch.manual_seed(seed)
        self.network = build_network(settings, shape)
        self.target = copy.deepcopy(self.network).requires_grad_(False)
        self.memory = build_memory(settings, shape)
        self.demonstrations = demonstrations
        self.chance = np.random.default_rng((seed, 1))
        self.optimiser = torch.optim.Adam(self.network.parameters(), lr=settings.learning_rate, eps=1e-5, fused=True)
        self.parameters: list[Tensor] = list(self.network.parameters())
        self.updates = 0

    def keep(self, experience: Experience) -> None:
        """Put what an actor met into the memory."""
        if experience.count:
            self.memory.add(experience.items, experience.errors)

    def learn(self) -> Update:
        """Draw a batch and correct the network. Raises ValueError while nothing was kept."""
        settings = self.settings
        if isinstance(self.memory, PrioritizedMemory):
            self.memory.alpha, self.memory.beta = settings.alpha, settings.beta
        drawn, shown = self._draw()
        parts = {name: torch.from_numpy(part) for name, part in drawn.items.items()}
        weights = torch.from_numpy(np.asarray(drawn.weights, np.float32))
        if settings.recurrent:
            loss, errors = self._sequences(parts, weights)
        else:
            loss, errors = self._steps(parts, weights)
        for group in self.optimiser.param_groups:
            group["lr"] = settings.learning_rate
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        if settings.clip:
            clip_norm([one.grad for one in self.parameters if one.grad is not None], settings.clip)
        self.optimiser.step()
        self.updates += 1
        if self.updates % settings.target_every == 0:
            self.renew_target()
        found = errors.numpy()
        own = len(found) - shown
        self.memory.correct(drawn.places[:own], found[:own])
        if shown and self.demonstrations is not None:
            self.demonstrations.correct(drawn.places[own:], found[own:])
        return Update(float(loss.detach()), found, drawn.places, drawn.weights, shown)

    def renew_target(self) -> None:
        """Make the target network equal to the network."""
        with torch.no_grad():
            torch._foreach_copy_(list(self.target.parameters()), self.parameters)

    def _draw(self) -> tuple[Drawn, int]:
        """A batch, and how many of it, at its end, are demonstrations."""
        settings = self.settings
        shown = 0
        if self.demonstrations is not None and len(self.demonstrations):
            shown = from_demonstrations(settings.batch, settings.demonstrations, self.chance)
        if settings.memory == "none":
            return self.memory.latest(max(1, settings.train_every)), 0
        batches = [self.memory.draw(settings.batch - shown, self.chance)] if shown < settings.batch else []
        if shown and self.demonstrations is not None:
            batches.append(self.demonstrations.draw(shown, self.chance))
        if len(batches) == 1:
            return batches[0], shown
        items = {name: np.concatenate([batch.items[name] for batch in batches]) for name in batches[0].items}
        return Drawn(np.concatenate([b.places for b in batches]), np.concatenate([b.weights for b in batches]), items), shown

    def _steps(self, parts: Mapping[str, Tensor], weights: Tensor) -> tuple[Tensor, Tensor]:
        """The loss of a batch of steps, and the (batch,) TD errors."""
        settings = self.settings
        with torch.no_grad():
            q_target = self.target(parts["next_look"])
            q_online = self.network(parts["next_look"]) if settings.double else q_target
            discount = settings.gamma ** parts["steps"]
            y = td_target(parts["reward"], parts["ended"], discount, next_value(q_online, q_target, settings.double))
        q = self.network(parts["look"]).gather(1, parts["action"][:, None]).squeeze(1)
        loss = (weights * F.smooth_l1_loss(q, y, reduction="none")).mean()
        return loss, (y - q).detach()

    def _sequences(self, parts: Mapping[str, Tensor], weights: Tensor) -> tuple[Tensor, Tensor]:
        """The loss of a batch of sequences, and the (batch,) priorities of them."""
        settings = self.settings
        looks, before, paid = (parts[name].transpose(0, 1) for name in ("looks", "before", "paid"))  # (T, N, …)
        actions, rewards, ended, valid = (parts[name].transpose(0, 1) for name in ("actions", "rewards", "ended", "valid"))  # (trace, N)
        burn = settings.burn_in
        with torch.no_grad():
            states = [self.lead_in(network, looks, before, paid, parts) for network in (self.network, self.target)]
            q_target, _ = self.target(looks[burn:], before[burn:], paid[burn:], states[1])
        q, _ = self.network(looks[burn:], before[burn:], paid[burn:], states[0])  # (trace + 1, N, actions)
        y = sequence_targets(rewards, ended, valid, q.detach(), q_target, settings.n_steps, settings.gamma, settings.rescaled, settings.double)
        chosen = q[:-1].gather(2, actions[..., None]).squeeze(2)
        each = (F.smooth_l1_loss(chosen, y, reduction="none") * valid).sum(0) / settings.trace
        return (weights * each).mean(), sequence_priority((y - chosen).detach(), valid)

    def lead_in(self, network: nn.Module, looks: Tensor, before: Tensor, paid: Tensor, parts: Mapping[str, Tensor]) -> tuple[Tensor, Tensor]:
        """The LSTM's state at the first step learnt from: stored or empty, and led in by the burn-in or not, as the settings say."""
        assert isinstance(network, R2D2)
        settings, burn = self.settings, self.settings.burn_in
        at = 0 if settings.use_burn_in and burn else 1
        stored = parts["states"][:, at]  # (N, 2, memory)
        state = (stored[:, 0], stored[:, 1]) if settings.stored_state else network.start(len(stored))
        if settings.use_burn_in and burn:
            _, state = network(looks[:burn], before[:burn], paid[:burn], state)
            going_on = 1.0 - parts["fresh"][:, None]
            state = (state[0] * going_on, state[1] * going_on)
        return state[0].contiguous(), state[1].contiguous()

    def weights(self) -> dict[str, Array]:
        """The network's weights as arrays, for actors elsewhere."""
        return {name: value.numpy().copy() for name, value in self.network.state_dict().items()}

    def state(self, memory: bool = True) -> dict[str, Any]:
        """What :meth:`restore` needs, as tensors and plain values; without the memory it is small, and experience has to be gathered anew."""
        return {
            "network": self.network.state_dict(), "target": self.target.state_dict(), "optimiser": self.optimiser.state_dict(), "updates": self.updates,
            "memory": _as_tensors(self.memory.state()) if memory else None, "chance": self.chance.bit_generator.state,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what :meth:`state` gave. Raises RuntimeError or ValueError when it belongs to another agent."""
        self.network.load_state_dict(state["network"])
        self.target.load_state_dict(state["target"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.updates = int(state["updates"])
        if state["memory"] is not None:
            self.memory.restore(_as_arrays(state["memory"]))
        self.chance.bit_generator.state = state["chance"]


@dataclass(frozen=True)
class Step:
    """Where a training stands after one cycle. ``steps``: actions taken in all environments together; ``episodes``: finished in this cycle."""

    steps: int
    updates: int
    update: Update | None
    episodes: tuple[Episode, ...]


@dataclass
class History:
    """Every finished episode: at how many ``steps`` of the training it ended, its ``returns`` and ``lengths``."""

    steps: list[int] = field(default_factory=list)
    returns: list[float] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)

    def add(self, at: int, episode: Episode) -> None:
        self.steps.append(at)
        self.returns.append(episode.total)
        self.lengths.append(episode.steps)

    def mean(self, count: int = 100) -> float:
        """Mean return of the last episodes; 0 before the first."""
        last = self.returns[-count:]
        return float(np.mean(last)) if last else 0.0


MakeRemote = Callable[..., Remote]


class Training:
    """An agent that learns in an environment.

    Args:
        spec: name of the environment (see :mod:`explorer.engine.envs.games`).
        settings: read before every step, so that they may be changed while it learns.
        seed: of all chance.
        demonstrations: sequences to mix in (R2D3).
        drawn: the first environment can be looked at.
        remote: makes an actor elsewhere, where ``settings.actors`` asks for some: processes of their own, or Ray's.

    ``last``: the newest :class:`Update`. ``history``: finished episodes.
    """

    def __init__(
        self, spec: str, settings: Settings, *, seed: int = 0, demonstrations: Memory | None = None, drawn: bool = False, remote: MakeRemote = LocalActor
    ) -> None:
        self.spec, self.settings, self.seed = spec, settings, seed
        self.actor = Actor(
            spec, settings, seed=seed, count=settings.environments, total=settings.environments, drawn=drawn, rated=settings.memory == "prioritized" and settings.spread
        )
        self.shape = self.actor.shape
        self.learner = Learner(settings, self.shape, seed=seed, demonstrations=demonstrations)
        self.actor.network = self.learner.network
        self.steps = 0
        self.history = History()
        self.last: Update | None = None
        self.remotes: list[Remote] = []
        self.made: list[int] = []  # steps by each actor elsewhere
        self.newest: list[Experience | None] = []
        self.pictures = False
        self._remote, self._sent = remote, [0.0] * settings.actors
        self.gather_until = 0  # steps before which nothing is corrected, where a checkpoint came without its memory
        self._debt = 0.0  # corrections that belong to the steps taken and have not been made

    def run(self) -> Iterator[Step]:
        """Learn for ever."""
        while True:
            yield self.cycle()

    def cycle(self, each: int | None = None) -> Step:
        """Play a few steps (``each`` in each environment) and make as many corrections as belong to them."""
        before = self.steps
        if self.settings.actors:
            episodes = self._gather()
        else:
            episodes = self._take(self.actor.play(each or max(1, self.settings.train_every // self.settings.environments), self.epsilon))
        return self._corrected(before, episodes)

    def _corrected(self, before: int, episodes: list[Episode]) -> Step:
        self._debt += (self.steps - before) / self.settings.train_every
        update = None
        if self.steps < max(self.settings.learn_from, self.gather_until) or not len(self.learner.memory):
            self._debt = 0.0
        elif self.settings.actors:  # looks for what has come after each correction; a learner that lags behind does not try to catch up
            if self._debt >= 1.0:
                update = self.learner.learn()
                self._debt = min(self._debt - 1.0, self.settings.actors * self.settings.environments * CHUNK / self.settings.train_every)
        else:
            while self._debt >= 1.0:
                update = self.learner.learn()
                self._debt -= 1.0
        self.last = update or self.last
        return Step(self.steps, self.learner.updates, update, tuple(episodes))

    def play_by_hand(self, action: int) -> Step:
        """One step, the first environment's action chosen by someone else; it is learnt from like any other."""
        before = self.steps
        return self._corrected(before, self._take(self.actor.play(1, self.epsilon, forced=action)))

    @property
    def epsilon(self) -> float:
        """The share of random actions now; with ``spread`` that of the most daring environment."""
        return self.settings.epsilon if self.settings.spread else self.settings.epsilon_at(self.steps)

    def _take(self, experience: Experience) -> list[Episode]:
        self.learner.keep(experience)
        for episode in experience.episodes:
            self.history.add(self.steps + episode.at, episode)
        self.steps += experience.steps
        return experience.episodes

    def _gather(self) -> list[Episode]:
        """Take what actors elsewhere have ready, and ask each of them for more at once."""
        if not self.remotes:
            self._begin_remotes()
        episodes: list[Episode] = []
        before, begin = self.steps, time.monotonic()
        while True:
            for place, remote in enumerate(self.remotes):
                if remote.ready():
                    experience = remote.answer()
                    self.newest[place] = experience
                    self.made[place] += experience.steps
                    self._ask(place)
                    episodes += self._take(experience)
            if self._debt >= 1.0 or self.steps > before or time.monotonic() - begin > 0.05:
                return episodes
            time.sleep(0.0005)

    def _begin_remotes(self) -> None:
        settings = self.settings
        total = settings.actors * settings.environments
        for number in range(settings.actors):
            places = {"seed": self.seed, "first": number * settings.environments, "count": settings.environments, "total": total}
            remote = self._remote(self.spec, settings, **places, drawn=True, rated=settings.memory == "prioritized")
            self.remotes.append(remote)
            self.made.append(0)
            self.newest.append(None)
        for place in range(settings.actors):
            self._ask(place)

    def _ask(self, place: int) -> None:
        now = time.monotonic()
        weights = None
        if not self.made[place] or now - self._sent[place] > WEIGHTS_EVERY:
            weights, self._sent[place] = self.learner.weights(), now
        changes = {"gamma": self.settings.gamma, "epsilon": self.settings.epsilon}
        self.remotes[place].ask(Request(CHUNK, self.epsilon, weights, self.pictures, changes))

    def close(self) -> None:
        """Let go of environments and actors."""
        for remote in self.remotes:
            remote.close()
        self.remotes = []
        self.actor.close()

    def state(self, memory: bool = True) -> dict[str, Any]:
        """A checkpoint: tensors and plain values, with what it learns from or without. Episodes that were being played begin anew."""
        history: dict[str, list[Any]] = {"steps": self.history.steps, "returns": self.history.returns, "lengths": self.history.lengths}
        return {
            "learner": self.learner.state(memory), "steps": self.steps, "history": {name: list(values) for name, values in history.items()}, "settings": self.settings.plain(),
            "spec": self.spec, "seed": self.seed, "chance": self.actor.chance.bit_generator.state, "made": list(self.made),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a checkpoint. Raises ValueError or RuntimeError when it belongs to another agent or environment."""
        if state["spec"] != self.spec:
            raise ValueError(f"a checkpoint of {state['spec']} for {self.spec}")
        self.learner.restore(state["learner"])
        self.steps = int(state["steps"])
        self.gather_until = 0 if state["learner"]["memory"] is not None else self.steps + self.settings.learn_from
        self.history = History(**{name: list(values) for name, values in state["history"].items()})
        self.actor.chance.bit_generator.state = state["chance"]


def evaluate(network: nn.Module, spec: str, settings: Settings, *, episodes: int = 100, epsilon: float = 0.0, seed: int = 10_000) -> Iterator[list[float]]:
    """Play whole episodes without learning; gives the returns so far now and then, and all of them last.

    Each environment plays the same number, so that short episodes do not count more often.
    """
    count = min(SIDE_BY_SIDE, episodes)
    each = -(-episodes // count)
    actor = Actor(spec, replace(settings, spread=False), network, seed=seed, count=count, total=count)
    found: list[list[float]] = [[] for _ in range(count)]
    try:
        while any(len(returns) < each for returns in found):
            for episode in actor.play(CHUNK, epsilon).episodes:
                if len(found[episode.place]) < each:
                    found[episode.place].append(episode.total)
            yield [total for returns in found for total in returns][:episodes]
    finally:
        actor.close()


def clip_norm(gradients: list[Tensor], most: float) -> None:
    """Scale all gradients together so that their norm is at most ``most``: as ``nn.utils.clip_grad_norm_``, in half its time for few of them."""
    total = torch.linalg.vector_norm(torch.stack(torch._foreach_norm(gradients)))
    torch._foreach_mul_(gradients, torch.clamp(most / (total + 1e-6), max=1.0))


def _as_tensors(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _as_tensors(one) for name, one in value.items()}
    return torch.from_numpy(np.ascontiguousarray(value)) if isinstance(value, np.ndarray) else value


def _as_arrays(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _as_arrays(one) for name, one in value.items()}
    return value.numpy() if isinstance(value, Tensor) else value
