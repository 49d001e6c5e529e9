"""What the window may ask of agents with a network: open an environment, learn in it live, and look inside."""

from __future__ import annotations

import contextlib
import copy
import os
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from explorer.catalogue import system as find_entry
from explorer.catalogue.schema import Variant
from explorer.door import Inbox
from explorer.engine.envs.games import Shape
from explorer.engine.learning import agent_results as results
from explorer.engine.learning.actors import RAY_VARIABLE, Actor, LocalActor, elsewhere
from explorer.engine.learning.agent import History, Step, Training
from explorer.engine.learning.agent_presets import SYSTEMS, preset
from explorer.engine.learning.agent_settings import RANGES, SWITCHES, Settings, build_memory, build_network, change
from explorer.engine.learning.demonstrations import NOTHING_SHOWN, demonstrate
from explorer.engine.learning.games import open_game
from explorer.engine.learning.player import Player, one_core, serve
from explorer.engine.models.reinforcement.replay import Memory
from explorer.engine.weights.along import load_along
from explorer.engine.weights.cards import Card
from explorer.engine.weights.load import read_weights
from explorer.engine.weights.store import card_of, locate
from explorer.results import Bundle, Numbers, Picture, Result
from explorer.words import InputError, Text, same

MARKS, MARK_EVERY = 40, 2000
"""Checkpoints of one training that are kept to be watched, and the least steps between two of them."""
LOSSES = 400
TOUR_STEPS, TOUR_LEAST = 200, 60
"""A tour through the checkpoints shows each for at most so many steps, and to the end of an episode after the least."""
KEEP_BYTES = 30e6
"""A larger memory of steps is not kept with it: experience is gathered anew."""
KEEP_SHARE = 50.0
"""Keeping it takes at most one part in as many of the time."""

NOT_AN_AGENT = Text("「{name}」はネットワークで学ぶエージェントではありません。", "“{name}” is not an agent that learns with a network.")
NO_ACTION = Text("その行動はありません。", "There is no such action.")
NOT_HERE = Text("別のプロセスのアクターは手で動かせません。", "Actors in processes of their own cannot be played by hand.")
NO_MARK = Text("そのチェックポイントはありません。", "There is no such checkpoint.")
NO_WEIGHTS = Text("「{name}」には同梱の重みがありません。", "“{name}” has no bundled weights.")
OTHER_AGENT = Text("保存されたものは、この環境のこのエージェントのものではありません。", "What was saved belongs to another agent or environment.")
NO_FILE = Text("ファイル「{name}」を読み書きできません。", "The file “{name}” cannot be read or written.")
SHOWN_BY_YOU = Text("あなたの手本 {episodes} 回を混ぜます。", "{episodes} episodes of yours are mixed in.")


def environment(*, system: str, environment: str | None = None) -> Iterator[Result]:
    """Query: an environment by its name, before anything is learnt: its picture and what a network meets there."""
    spec = environment or default_environment(system)
    env, shape = open_game(spec, drawn=True)
    try:
        env.reset(seed=0)
        from explorer.engine.envs.drawing import picture

        pixels = picture(env)
        yield Bundle({"picture": Picture(pixels)} if pixels is not None else {}, facts=_world_facts(shape))
    finally:
        env.close()


@one_core
def agent(
    inbox: Inbox,
    *,
    system: str,
    environment: str | None = None,
    speed: float = 0.0,
    playing: bool = True,
    until: int = 0,
    seed: int = 0,
    trained: bool = False,
    restore: str | None = None,
    keep: str | None = None,
    keep_every: float = 30.0,
    ray: str | None = None,
    **settings: Any,
) -> Iterator[Result]:
    """Session: an agent learns in an environment, live. Yields Bundles: see :meth:`_Session.contents`.

    Args:
        system: "dqn", "replay", "distributed", "dueling", "prioritized", "apex", "r2d2" or "r2d3".
        environment: name as in :mod:`explorer.engine.envs.games`.
        speed: actions a second in the environment that is shown; 0 as fast as it goes.
        until: first learn for this many steps at full speed.
        trained: begin with the system's bundled weights instead of random ones, in their own environment.
        restore: a checkpoint saved before.
        keep: a file the training is kept in every ``keep_every`` seconds, or less often where that takes long, so that it can go on if its process is lost.
        ray: address of a Ray whose machines the actors run on, "local" for a Ray begun here; that of ``DS_EXPLORER_RAY`` where not given.
        settings: any of :class:`Settings`; the recommended ones where not given.

    Commands: play, pause, step (count), set (speed, any setting), reset, act (action), watch (on), visit (index or None), tour (one episode of
    each checkpoint), trained (the bundled weights), record (on), demonstrate (episodes), keep, save (path), load (path), world (environment), show (parts: which of "features", "looks", "memory", "state" are looked at; None: those by
    system). What cannot be done is said in ``facts["refused"]`` and changes nothing.

    Raises InputError: an environment or setting that cannot be used, a package that is missing.
    """
    session = _Session(system, environment, speed, playing, until, seed, settings, ray, keep, keep_every)
    try:
        if trained:
            session.take_weights()
        if restore is not None:
            session.load(restore)
    except BaseException:
        session.close()
        raise
    yield from serve(session, inbox)


def default_environment(system: str) -> str:
    """The environment a system opens with: its first sample, else CartPole."""
    with contextlib.suppress(KeyError):
        samples = find_entry(system).samples
        if samples:
            return samples[0]
    return "CartPole-v1"


def bundled(system: str) -> tuple[Variant, Card] | None:
    """The system's variant with bundled weights and their card; None where there are none."""
    with contextlib.suppress(KeyError):
        for variant in find_entry(system).variants:
            card = card_of(variant)
            if card is not None and "agent" in card.input:
                return variant, card
    return None


def _card_facts(card: Card) -> dict[str, Any]:
    """What the page says of bundled weights."""
    return {"environment": card.input["environment"], "mean_return": card.metric.value, "steps": int(card.metrics["steps"])}


class _Session(Player):
    """An agent with a player's buttons."""

    def __init__(
        self, system: str, environment: str | None, speed: float, playing: bool, until: int, seed: int, settings: Mapping[str, Any], ray: str | None,
        keep: str | None, keep_every: float,
    ) -> None:
        if system not in SYSTEMS:
            raise InputError(NOT_AN_AGENT.format(name=str(system)[:40]))
        self.system, self.seed, self.ray = system, seed, ray or os.environ.get(RAY_VARIABLE)
        super().__init__(speed, playing, until)
        self.changes = dict(settings)
        self.before: list[History] = []
        self.shown: Memory | None = None
        self.shown_episodes = 0
        self.wanted: frozenset[str] | None = None
        self.keep, self.keep_every = keep, keep_every
        self.bundled = bundled(system)
        self._begin(environment or default_environment(system))

    def _begin(self, spec: str, settings: Settings | None = None) -> None:
        env, shape = open_game(spec)
        env.close()
        self.spec = spec
        chosen = settings if settings is not None else preset(self.system, shape, **self.changes)
        self.run = Training(spec, chosen, seed=self.seed, demonstrations=self.shown, drawn=True, remote=elsewhere(self.ray) if self.ray else LocalActor)
        self.run.pictures = True
        self.shape: Shape = self.run.shape
        self.marks: list[tuple[int, dict[str, Tensor]]] = [(0, _copied(self.run.learner.network))]
        self.begun = 0  # steps that bundled weights had behind them
        self.viewer: Actor | None = None
        self.viewed: int | None = None
        self.watching = self.recording = self.touring = self.trained = False
        self.recorder: list[dict[str, Any]] = []
        self.losses: deque[tuple[int, float]] = deque(maxlen=LOSSES)
        self.share = 0.0
        self.last_step: Step | None = None
        self._loss_sum, self._loss_count, self._loss_stride = 0.0, 0, 1
        self.restart_clock()
        self.forget_shown()
        self._rate, self._rate_from, self._rate_since = 0.0, 0, time.perf_counter()
        self._made, self._made_at = [0] * chosen.actors, time.perf_counter()
        self._next_mark = self._watched = 0
        self.kept_at: int | None = None
        self._keep_due = time.perf_counter() + self.keep_every

    @property
    def settings(self) -> Settings:
        return self.run.settings

    @property
    def steps(self) -> int:
        return self.run.steps

    # ---- commands ----

    def _on_step(self, count: int = 1) -> None:
        self.running, self.until = False, 0
        self.advance(max(1, min(int(count), 10_000)))

    def change(self, name: str, value: Any) -> None:
        change(self.settings, name, value)

    def _on_reset(self) -> None:
        if self.run.history.returns:
            self.before = [*self.before, self.run.history][-4:]
        self.seed += 1
        settings = copy.copy(self.settings)
        fresh = preset(self.system, self.shape, **self.changes)
        settings.epsilon_steps = fresh.epsilon_steps if settings.epsilon == fresh.epsilon else 0
        self.run.close()
        self._begin(self.spec, settings)

    def _on_act(self, action: int) -> None:
        if not 0 <= int(action) < self.shape.actions:
            raise InputError(NO_ACTION)
        if self.settings.actors and self.viewer is None:
            raise InputError(NOT_HERE)
        self.running, self.until = False, 0
        if self.recording:
            self._record(int(action))
        elif self.viewer is not None:
            self.viewer.play(1, 0.0, forced=int(action))
        else:
            self._note(self.run.play_by_hand(int(action)))

    def _on_show(self, parts: Sequence[str] | None) -> None:
        self.wanted = None if parts is None else frozenset(parts)

    def _on_watch(self, on: bool) -> None:
        self.watching, self.touring = bool(on), False
        self._view(self.run.learner.network.state_dict() if on else None)

    def _on_tour(self) -> None:
        self._on_visit(0)
        self.touring = True

    def _on_trained(self) -> None:
        self.take_weights()

    def _on_visit(self, index: int | None) -> None:
        self.touring = False
        if index is None:
            self.viewed, self.watching = None, False
            self._view(None)
            return
        if not 0 <= int(index) < len(self.marks):
            raise InputError(NO_MARK)
        self.viewed, self.watching = int(index), True
        self._view(self.marks[int(index)][1])

    def _on_record(self, on: bool) -> None:
        """The user's own play becomes demonstrations, from a fresh episode."""
        self.recording = bool(on)
        self._view(self.run.learner.network.state_dict() if on else None)
        self.running = self.running and not on

    def _on_demonstrate(self, episodes: int = 20) -> None:
        memory, _ = demonstrate(self.spec, self.settings, self.run.learner.network, episodes=max(1, min(int(episodes), 500)), seed=self.seed)
        self._show(memory, int(episodes))

    def _on_keep(self) -> None:
        """Keep the training in its file, with its memory where that is small."""
        if self.keep is not None:
            self._write(self.keep, self._memory_bytes() <= KEEP_BYTES)
            self.kept_at = self.run.steps

    def _memory_bytes(self) -> float:
        memory = self.run.learner.memory
        return sum(part.nbytes for part in memory.parts.values()) * len(memory) / memory.capacity

    def _on_save(self, path: str) -> None:
        self._write(path, True)

    def _write(self, path: str, memory: bool) -> None:
        marks = [[steps, {name: value.half() for name, value in state.items()}] for steps, state in self.marks]
        try:
            part = Path(path).with_name(Path(path).name + ".part")
            torch.save({**self.run.state(memory), "marks": marks, "begun": self.begun, "losses": [list(one) for one in self.losses]}, part)
            part.replace(path)
        except (OSError, RuntimeError) as error:  # torch says it with the latter
            raise InputError(NO_FILE.format(name=Path(path).name)) from error

    def _on_load(self, path: str) -> None:
        self.load(path)

    def _on_world(self, environment: str, until: int = 0) -> None:
        env, shape = open_game(environment)
        env.close()
        settings = preset(self.system, shape, **self.changes)
        self.run.close()
        self.before, self.shown, self.shown_episodes = [], None, 0
        self._begin(environment, settings)
        if not self.until:
            self.after_until = self.running
        self.until = int(until)
        self.running = self.running or self.until > 0

    # ---- work ----

    def load(self, path: str) -> None:
        """Go on from a saved checkpoint. Raises InputError where it is none, or another agent's."""
        try:
            saved = torch.load(path, weights_only=True)
            self.run.restore(saved)
            self.marks = [(int(steps), {name: value.float() for name, value in state.items()}) for steps, state in saved.get("marks", ())]
            self.begun = int(saved.get("begun", 0))
            self.losses = deque(((int(updates), float(loss)) for updates, loss in saved.get("losses", ())), maxlen=LOSSES)
        except OSError as error:
            raise InputError(NO_FILE.format(name=Path(path).name)) from error
        except Exception as error:  # whatever a file that is no checkpoint makes the reader stumble over
            raise InputError(OTHER_AGENT) from error

    def take_weights(self) -> None:
        """Begin anew with the bundled weights, in the environment and with the network of their card, exploring no more than at the end of their own learning.

        Raises InputError where there are none, or none that fit.
        """
        if self.bundled is None:
            raise InputError(NO_WEIGHTS.format(name=find_entry(self.system).name))
        variant, card = self.bundled
        spec = str(card.input["environment"])
        env, shape = open_game(spec)
        env.close()
        agent = card.input["agent"]
        settings = preset(self.system, shape, **{"hidden": agent["hidden"], "squeeze": agent["squeeze"], **self.changes})
        settings.epsilon_steps = 0
        weights = locate(variant)
        state, along = {name: value.float() for name, value in read_weights(weights).items()}, load_along(weights, card)
        if {name: value.shape for name, value in state.items()} != {name: value.shape for name, value in build_network(settings, shape).state_dict().items()}:
            raise InputError(OTHER_AGENT)
        self.run.close()
        self._view(None)
        self.before = []
        self._begin(spec, settings)
        self.until, self.trained = 0, True
        self.begun = int(card.metrics["steps"])
        self.marks += [*along, (self.begun, state)]
        self._next_mark = MARK_EVERY
        self.run.learner.network.load_state_dict(state)
        self.run.learner.renew_target()

    def keep_now_and_then(self) -> None:
        """Keep the training in its file, if it has one and it is time again; what cannot be written is said once it is asked for."""
        begin = time.perf_counter()
        if self.keep is None or begin < self._keep_due or not self.run.learner.updates or self.run.steps == self.kept_at:
            return
        with contextlib.suppress(InputError):
            self._on_keep()
        cost = time.perf_counter() - begin
        self._keep_due = begin + max(self.keep_every, KEEP_SHARE * cost)

    @property
    def unpaced(self) -> bool:
        return bool(self.settings.actors) and not self.watching

    def work(self) -> float:
        self.keep_now_and_then()
        return super().work()

    def advance(self, count: int) -> None:
        for _ in range(count):
            self._advance(1)

    def hurry(self) -> None:
        self._advance(None)

    def _advance(self, each: int | None) -> None:
        if self.watching and self.viewer is not None:
            over = bool(self.viewer.play(1, 0.0).episodes)
            self._watched += 1
            if self.touring and self._watched >= (TOUR_LEAST if over else TOUR_STEPS):
                self._tour_on()
            return
        self._note(self.run.cycle(each))

    def _note(self, step: Step) -> None:
        """Keep what a step was, for the curves."""
        self.last_step = step
        if step.update is not None:
            self._loss_sum += step.update.loss
            self._loss_count += 1
            self.share += 0.02 * (step.update.demonstrated / max(1, len(step.update.errors)) - self.share)
            if self._loss_count >= self._loss_stride:
                self.losses.append((step.updates, self._loss_sum / self._loss_count))
                self._loss_sum, self._loss_count = 0.0, 0
                if len(self.losses) == LOSSES:  # from now on each point stands for twice as many corrections
                    kept = [self.losses[i] for i in range(1, LOSSES, 2)]
                    self.losses.clear()
                    self.losses.extend(kept)
                    self._loss_stride *= 2
        if step.updates and step.steps >= self._next_mark and len(self.marks) < MARKS:
            self.marks.append((self.begun + step.steps, _copied(self.run.learner.network)))
            self._next_mark = max(MARK_EVERY, int(step.steps * 1.25))
        since = time.perf_counter() - self._rate_since
        if since > 0.5:
            self._rate = (self.run.steps - self._rate_from) / since
            self._rate_from, self._rate_since = self.run.steps, time.perf_counter()

    def _tour_on(self) -> None:
        """On to the next checkpoint; after the last one comes the network as it is now, and the tour is over."""
        following = 0 if self.viewed is None else self.viewed + 1
        if following < len(self.marks):
            self._on_visit(following)
            self.touring = True
        else:
            self.viewed = None
            self._on_watch(True)

    def _view(self, state: Mapping[str, Tensor] | None) -> None:
        """Play an episode of its own with these weights, greedily and without learning; None goes back to the learner."""
        if self.viewer is not None:
            self.viewer.close()
            self.viewer = None
        self._watched = 0
        if state is not None:
            network = build_network(self.settings, self.shape)
            network.load_state_dict(dict(state))
            single = copy.copy(self.settings)
            single.spread, single.environments = False, 1
            self.viewer = Actor(self.spec, single, network, seed=self.seed + 1, drawn=True)

    def _record(self, action: int) -> None:
        assert self.viewer is not None
        experience = self.viewer.play(1, 0.0, forced=action)
        if experience.count:
            self.recorder.append(experience.items)
        if experience.episodes and self.recorder:
            count = sum(len(next(iter(items.values()))) for items in self.recorder)
            memory = build_memory(self.settings, self.shape, count * (self.settings.trace if self.settings.recurrent else 1))
            for items in self.recorder:
                memory.add(items)
            self._show(memory, self.shown_episodes + len(experience.episodes))

    def _show(self, memory: Memory, episodes: int) -> None:
        """From now on these demonstrations are mixed in."""
        if not len(memory):
            raise InputError(NOTHING_SHOWN)
        self.shown, self.shown_episodes = memory, episodes
        self.run.learner.demonstrations = memory

    def close(self) -> None:
        """Let go of environments and actors."""
        self._view(None)
        self.run.close()

    # ---- what is shown ----

    def moved(self) -> bool:
        return super().moved() or self.watching

    def contents(self) -> Bundle:
        """All that is on the page. Parts:

        ``picture`` what the first environment looks like; ``q`` values of the actions now, with ``advantage`` where there are two streams;
        ``returns``, ``loss`` curves; ``numbers``; ``features`` or ``looks`` (where the values look) by system; ``memory`` the ring as a strip and
        ``most_drawn`` its items drawn most, with ``drawn_looks``; ``actors`` a table and ``actor_1`` … their pictures; ``state`` the memory over time.
        """
        run, settings = self.run, self.settings
        actor = self.viewer if self.viewer is not None else run.actor
        network: nn.Module = actor.network
        parts: dict[str, Result] = {}
        if self.viewer is None and settings.actors and run.steps != self._shown_steps:
            actor.play(1, 0.0)  # the learner's own game, in which nothing is learnt: picture, Q and state of one moment
        pixels = actor.picture()
        elsewhere = [one.picture if one is not None else None for one in run.newest]
        if pixels is not None:
            parts["picture"] = Picture(pixels, self.spec)
        q, advantage, value = results.q_scores(network, actor)
        parts["q"] = results.action_scores(self.shape.names, q)
        if advantage is not None:
            parts["advantage"] = results.action_scores(self.shape.names, advantage)
        if self._shows("looks", advantage is not None):
            parts["looks"] = results.where_it_looks(network, actor)
        if self._shows("features", advantage is None):
            parts["features"] = results.features(network, actor)
        parts["returns"] = results.returns_curve(run.history, self.before, self.bundled[1].notes.get("watched", ()) if self.trained and self.bundled else (), self.begun)
        parts["loss"] = results.loss_curve(*(zip(*self.losses, strict=True) if self.losses else ((), ())))
        last = run.last
        own = [] if last is None else [int(p) for p in last.places[: len(last.places) - last.demonstrated]]
        memory = run.learner.memory
        if len(memory) and self._shows("memory"):
            parts["memory"] = results.memory_strip(memory, own)
            parts["most_drawn"], places = results.most_drawn(memory)
            looks = results.looks_of(memory, places)
            if looks is not None:
                parts["drawn_looks"] = looks
        if settings.recurrent and self._shows("state"):
            parts["state"] = results.state_over_time(actor)
        if settings.actors and run.made:
            now = time.perf_counter()
            parts["actors"] = results.actors_table(run, self._made, now - self._made_at)
            for number, picture in enumerate(elsewhere):
                if picture is not None:
                    parts[f"actor_{number + 1}"] = Picture(picture, self.spec)
            if now - self._made_at > 2.0:
                self._made, self._made_at = list(run.made), now
        parts["numbers"] = self._numbers(actor, value)
        facts: dict[str, Any] = {
            **_world_facts(self.shape), "system": self.system, **self.buttons(), "watching": self.watching, "viewed": self.viewed,
            "touring": self.touring, "trained": self.trained, "bundled": _card_facts(self.bundled[1]) if self.bundled is not None else None, "kept_at": self.kept_at, "recording": self.recording, "demonstrated": self.shown_episodes, "seed": self.seed, "taken": actor.taken, "memory": settings.memory,
            "settings": {name: getattr(settings, name) for name in (*RANGES, *SWITCHES)}, "all_settings": settings.plain(), "marks": [steps for steps, _ in self.marks],
            "parameters": sum(p.numel() for p in network.parameters()), "burn_in": settings.burn_in, "trace": settings.trace, "ray": bool(self.ray),
        }
        return Bundle(parts, facts=facts)

    def _shows(self, part: str, by_system: bool = True) -> bool:
        return by_system if self.wanted is None else part in self.wanted

    def _numbers(self, actor: Actor, value: float) -> Numbers:
        run, settings = self.run, self.settings
        last, memory = run.last, run.learner.memory
        values = {
            "steps": float(run.steps), "episodes": float(len(run.history.returns)), "mean_return": run.history.mean(), "updates": float(run.learner.updates),
            "epsilon": run.epsilon, "steps_per_second": self._rate if self.running else 0.0, "loss": last.loss if last is not None else 0.0, "value": value,
            "episode_return": float(actor.totals[0]), "step_in_episode": float(actor.lengths[0]), "reward": actor.earned, "kept": float(len(memory)),
            "capacity": float(memory.capacity), "table_digits": results.table_cells(self.shape.observation, self.shape.whole),
        }
        if last is not None:
            values["td_error"] = float(abs(last.errors).mean())
        if self.shown is not None:
            values["demonstrations"], values["demonstrated_share"] = float(len(self.shown)), self.share
        if settings.recurrent:
            values["burn_in"], values["trace"] = float(settings.burn_in if settings.use_burn_in else 0), float(settings.trace)
        return Numbers(values, {name: LABELS[name] for name in values}, {"steps_per_second": "1/s"})


LABELS: Mapping[str, Text] = {
    "steps": Text("ステップ", "Steps"), "episodes": Text("エピソード", "Episodes"), "mean_return": Text("収益（100 エピソードの平均）", "Return, mean of 100 episodes"),
    "updates": Text("修正の回数", "Corrections"), "epsilon": same("ε"), "steps_per_second": Text("速さ", "Speed"), "loss": Text("損失", "Loss"),
    "value": Text("この状態の価値", "Value of this state"), "episode_return": Text("収益", "Return"), "step_in_episode": Text("エピソードの歩数", "Step of the episode"),
    "reward": Text("報酬", "Reward"), "kept": Text("記憶にある数", "Kept"), "capacity": Text("記憶の大きさ", "Memory size"),
    "table_digits": Text("表なら必要な状態の数（桁）", "States a table would need, in powers of ten"), "td_error": Text("TD 誤差の平均", "Mean TD error"),
    "demonstrations": Text("手本の系列", "Demonstrated sequences"), "demonstrated_share": Text("手本から引いた割合", "Share drawn from demonstrations"),
    "burn_in": Text("助走", "Burn-in"), "trace": Text("系列の長さ", "Length of a sequence"),
}


def _copied(network: nn.Module) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in network.state_dict().items()}


def _world_facts(shape: Shape) -> dict[str, Any]:
    return {
        "environment": shape.spec, "actions": shape.names, "observation": shape.observation, "numbers": shape.numbers, "sticky": shape.sticky,
        "hidden": shape.hidden, "time_limit": shape.time_limit, "whole": shape.whole,
    }
