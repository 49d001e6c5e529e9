"""What the recipes of the agents share: learn, be measured now and then, keep the best, be measured again on other episodes.

While it learns, an agent plays a few greedy episodes now and then; the network that did best is kept, and learning stops early once it does as well
as can be. The figure on the card comes from 100 further episodes with seeds of their own. A rival, where there is one, learns in the same
environment for as many steps and is measured in the same way; only its figures are kept.

So that a trained agent can be watched as it was on the way, a few of the networks that were the best so far are written beside the weights
(``dqn-cartpole.along.safetensors``); the untrained one needs no file.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from explorer.engine.learning.actors import elsewhere
from explorer.engine.learning.agent import Training, evaluate
from explorer.engine.learning.agent_settings import Settings, build_network, with_changes
from explorer.engine.learning.demonstrations import demonstrate
from explorer.engine.learning.games import open_game
from explorer.engine.models.reinforcement.replay import Memory
from explorer.engine.recipes.recipe import (
    NOT_GOOD_ENOUGH,
    Clock,
    RecipeFailed,
    RecipeStep,
    check_variant,
    cores,
    half,
    load_checkpoint,
    save_checkpoint,
    single,
    today,
    work_folder,
    write_card,
    write_weights,
)
from explorer.engine.weights.along import along_name, joined
from explorer.engine.weights.cards import Card, Metric, file_sha256
from explorer.words import Text

TEST_EPISODES = 100
TEST_SEED = 20_000
WATCH_SEED = 10_000

LEARNING = Text("学習中", "learning")
RIVAL = Text("比べる相手が学習中", "the rival is learning")
TESTING = Text("100 エピソードで評価中", "measuring over 100 episodes")
WRITTEN = Text("書き出しました", "written")
MEAN_RETURN = Text("平均収益", "mean return")
LICENCES: Mapping[str, str] = {"MinAtar": "GPL-3.0 (MinAtar; not part of this program)", "MiniGrid": "MIT (minigrid)"}


@dataclass(frozen=True)
class AgentSettings:
    """All that decides the outcome.

    ``steps``: actions at most; ``watch_every``: steps between two looks at ``watch_episodes`` greedy episodes; ``enough``: a mean return at
    which learning stops. ``agent``: changes to the agent's settings. ``demonstrations``: episodes that a planner shows. ``along``: networks on the way
    that are kept to be watched.
    """

    environment: str
    steps: int
    agent: Mapping[str, Any]
    watch_every: int = 5000
    watch_episodes: int = 20
    enough: float = float("inf")
    demonstrations: int = 0
    along: int = 1
    seed: int = 0


@dataclass(frozen=True)
class AgentRecipe:
    """The recipe of one system. ``least``: mean return over 100 episodes without which nothing is written. ``rival``: changes to the settings of
    what it must beat, under ``rival_name`` on the card. ``cpu_minutes``: of the learner's process, after which each of the two stops."""

    system: str
    variant: str
    name: str
    settings: AgentSettings
    least: float
    rival: Mapping[str, Any] = field(default_factory=dict)
    rival_name: str = ""
    cpu_minutes: float = 25

    def train(
        self, variant: str | None = None, *, smoke: bool = False, data: Path | None = None, work: Path | None = None, out: Path
    ) -> Iterator[RecipeStep]:
        """Learn and write ``<name>.safetensors`` and its card into ``out``; with ``smoke`` a few steps, whose files go to the work folder.

        A learning that was killed goes on from its last checkpoint. ``data`` is not needed.

        Raises InputError (no such variant, a package that is not installed) and RecipeFailed (not good enough; nothing is written).
        """
        check_variant(variant, (self.variant,))
        folder = work_folder(work, f"{self.name}-smoke" if smoke else self.name)
        settings, minutes = self.settings, self.cpu_minutes
        if smoke:
            settings, out = smaller(settings), folder
        torch.set_num_threads(1)
        share = 0.5 if self.rival else 1.0
        own = yield from self._learn(settings, folder / "checkpoint.pt", minutes, LEARNING, 0.0, share)
        rival = None
        if self.rival:
            changed = replace(settings, agent={**settings.agent, **{k: v for k, v in self.rival.items() if k != "demonstrations"}})
            if "demonstrations" in self.rival:
                changed = replace(changed, demonstrations=int(self.rival["demonstrations"]))
            changed = replace(changed, steps=own.steps, enough=float("inf"))
            rival = yield from self._learn(changed, folder / "rival.pt", minutes, RIVAL, share, 1.0)

        yield RecipeStep(TESTING, 1.0, own.clock.seconds)
        agent = with_changes(Settings(), settings.agent)
        state = half({key: value.contiguous() for key, value in own.best.items()})
        network = network_of(agent, settings.environment, single(state))
        episodes = 2 if smoke else TEST_EPISODES
        returns = measured(network, settings.environment, agent, episodes, TEST_SEED)
        rival_returns = None
        if rival is not None:
            rival_agent = with_changes(agent, {k: v for k, v in self.rival.items() if k != "demonstrations"})
            rival_returns = measured(network_of(rival_agent, settings.environment, rival.best), settings.environment, rival_agent, episodes, TEST_SEED)
        mean = float(returns.mean())
        needed = self.least if rival_returns is None else max(self.least, float(rival_returns.mean()) + 1e-9)
        if not smoke and mean < needed:
            raise RecipeFailed(NOT_GOOD_ENOUGH.format(name=self.name, metric=MEAN_RETURN, value=f"{mean:.2f}", needed=f"{needed:.2f}"))
        yield self._written(out, settings, agent, own, network, state, returns, rival_returns, smoke)

    def _learn(self, settings: AgentSettings, file: Path, minutes: float, doing: Text, begin: float, end: float) -> Generator[RecipeStep, None, Learnt]:
        """The learning itself, from its checkpoint where there is one."""
        agent = with_changes(Settings(), settings.agent)
        shown: Memory | None = None
        if settings.demonstrations:
            torch.manual_seed(settings.seed)
            first = network_of(agent, settings.environment)
            shown, _ = demonstrate(settings.environment, agent, first, episodes=settings.demonstrations, seed=settings.seed + 1)
        run = Training(settings.environment, agent, seed=settings.seed, demonstrations=shown, remote=elsewhere())
        learnt = Learnt(best=copy_of(run.learner.network))
        kept = plain(asdict(settings))
        checkpoint = load_checkpoint(file, kept)
        if checkpoint is not None:
            run.restore(checkpoint["run"])
            learnt = Learnt(
                checkpoint["best"], checkpoint["score"], [(int(s), float(r)) for s, r in checkpoint["watched"]], clock=Clock(checkpoint["seconds"], checkpoint["cpu_seconds"]),
                bests=[(int(s), float(r), state) for s, r, state in checkpoint["bests"]],
            )
            if checkpoint["over"]:
                learnt.steps, learnt.updates = run.steps, run.learner.updates
                run.close()
                return learnt
        clock, before, over = learnt.clock, run.steps / settings.steps, False

        def save() -> None:
            save_checkpoint(
                file,
                {
                    "settings": kept, "run": run.state(), "best": learnt.best, "score": learnt.score, "watched": [list(one) for one in learnt.watched],
                    "bests": [list(one) for one in learnt.bests], "seconds": clock.seconds, "cpu_seconds": clock.cpu_seconds, "over": over,
                },
            )

        told = time.monotonic()
        try:
            if checkpoint is None:
                untrained = measured(run.learner.network, settings.environment, agent, settings.watch_episodes, WATCH_SEED)
                learnt.watched.append((0, float(untrained.mean())))
            for step in run.run():
                watched = learnt.watched[-1][0] if learnt.watched else 0
                over = step.steps >= settings.steps or clock.cpu_seconds > 60 * minutes
                if step.steps - watched >= settings.watch_every or over:
                    returns = measured(run.learner.network, settings.environment, agent, settings.watch_episodes, WATCH_SEED)
                    learnt.watched.append((step.steps, float(returns.mean())))
                    if returns.mean() >= learnt.score:
                        learnt.score = float(returns.mean())
                        learnt.best = copy_of(run.learner.network)
                        learnt.bests.append((step.steps, learnt.score, half(learnt.best)))
                    over = over or learnt.score >= settings.enough
                if clock.save_due():
                    save()
                if over or time.monotonic() - told > 2.0:
                    told = time.monotonic()
                    share = min(1.0, step.steps / settings.steps)
                    numbers = {"steps": float(step.steps), "return": run.history.mean(), "best": learnt.score, "loss": run.last.loss if run.last else 0.0}
                    yield RecipeStep(doing, begin + (end - begin) * share, clock.seconds, clock.remaining(before, share), numbers)
                if over:
                    break
        finally:
            learnt.steps, learnt.updates = run.steps, run.learner.updates
            save()
            run.close()
        return learnt

    def _written(
        self, out: Path, settings: AgentSettings, agent: Settings, own: Learnt, network: nn.Module, state: dict[str, Tensor], returns: Any, rival_returns: Any, smoke: bool
    ) -> RecipeStep:
        file = out / f"{self.name}.safetensors"
        size, sha256 = write_weights(file, state)
        along = on_the_way(own, settings.along)
        beside = out / along_name(file.name)
        companions = {}
        if along:
            _, companions[beside.name] = write_weights(beside, joined((steps, kept) for steps, _, kept in along))
        source = source_of(settings.environment)
        shape = open_game(settings.environment)[1]
        metrics = {
            "return_deviation": round(float(returns.std()), 2), "return_least": round(float(returns.min()), 2), "steps": float(own.steps), "updates": float(own.updates),
        }
        if rival_returns is not None:
            metrics[f"mean_return_{self.rival_name}"] = round(float(rival_returns.mean()), 2)
        card = Card(
            name=self.name,
            system=self.system,
            variant=self.variant,
            file=file.name,
            bytes=size,
            sha256=sha256,
            parameters=sum(one.numel() for one in network.parameters()),
            data=f"the environment {settings.environment}" + (f", and {settings.demonstrations} episodes of a planner" if settings.demonstrations else ""),
            data_sha256={source.name: file_sha256(source)},
            data_licence=next((licence for start, licence in LICENCES.items() if settings.environment.startswith(start)), "MIT (gymnasium)"),
            train_split=f"{own.steps} steps, sticky actions {shape.sticky:g}",
            test_split=f"{len(returns)} greedy episodes, seed {TEST_SEED}",
            metric=Metric("mean_return", round(float(returns.mean()), 2), f"{settings.environment}, {len(returns)} episodes"),
            metrics=metrics,
            seconds=round(own.clock.seconds, 1),
            cpu_seconds=round(own.clock.cpu_seconds, 1),
            cores=cores(),
            epochs=round(own.updates * agent.batch * (agent.trace if agent.recurrent else 1) / max(1, own.steps), 2),
            seed=settings.seed,
            command=f"ds-explorer train {self.system} --variant {self.variant}" + (" --smoke" if smoke else ""),
            settings=plain(asdict(settings)),
            torch=torch.__version__,
            date=today(),
            input={"environment": settings.environment, "observation": list(shape.observation), "actions": shape.actions, "sticky": shape.sticky, "agent": agent.plain()},
            companions=companions,
            notes={"watched": [list(one) for one in own.watched[-200:]], "along": [[steps, score] for steps, score, _ in along], "epochs": "how often each step was learnt from, on average"},
        )
        card_file = file.with_suffix(".json")
        write_card(card_file, card)
        return RecipeStep(WRITTEN, 1.0, own.clock.seconds, None, {"mean_return": card.metric.value, **card.metrics}, (file, card_file, *(out / name for name in companions)))


@dataclass
class Learnt:
    """What a learning came to: the ``best`` network by its ``score`` when it was ``watched`` (steps, mean return), and each that was the best so far
    (steps, mean return, weights with 16 bits a number)."""

    best: dict[str, Tensor]
    score: float = float("-inf")
    watched: list[tuple[int, float]] = field(default_factory=list)
    steps: int = 0
    updates: int = 0
    clock: Clock = field(default_factory=Clock)
    bests: list[tuple[int, float, dict[str, Tensor]]] = field(default_factory=list)


def on_the_way(learnt: Learnt, count: int) -> list[tuple[int, float, dict[str, Tensor]]]:
    """At most ``count`` networks between the untrained and the best: the first to come a share of the way, the shares evenly spread; where the best came
    with a leap, the last before it."""
    begin = learnt.watched[0][1] if learnt.watched else 0.0
    earlier = [one for one in learnt.bests if begin < one[1] < learnt.score]
    found = {}
    for part in range(1, count + 1):
        needed = begin + (learnt.score - begin) * part / (count + 1)
        first = next((one for one in earlier if one[1] >= needed), earlier[-1] if earlier else None)
        if first is not None:
            found[first[0]] = first
    return list(found.values())


def copy_of(network: nn.Module) -> dict[str, Tensor]:
    """A network's weights as they are now."""
    return {name: value.clone() for name, value in network.state_dict().items()}


def smaller(settings: AgentSettings) -> AgentSettings:
    """A few steps, in seconds."""
    agent = {**settings.agent, "actors": 0, "learn_from": 200, "capacity": 1000, "batch": 8}
    return replace(settings, steps=240, watch_every=240, watch_episodes=1, agent=agent, demonstrations=min(settings.demonstrations, 2))


def network_of(agent: Settings, environment: str, state: Mapping[str, Tensor] | None = None) -> nn.Module:
    """The network of an agent in an environment, with these weights."""
    env, shape = open_game(environment)
    env.close()
    network = build_network(agent, shape)
    if state is not None:
        network.load_state_dict(dict(state))
    return network


def measured(network: nn.Module, environment: str, agent: Settings, episodes: int, seed: int) -> Any:
    """(episodes,) returns of greedy episodes."""
    *_, returns = evaluate(network, environment, agent, episodes=episodes, seed=seed)
    return np.array(returns)


def source_of(environment: str) -> Path:
    """The file that defines an environment, whose hash stands on the card."""
    env, _ = open_game(environment)
    inner = env.unwrapped
    game = getattr(getattr(inner, "game", inner), "env", inner)
    path = inspect.getsourcefile(type(game))
    env.close()
    assert path is not None
    return Path(path)


def plain(value: Any) -> Any:
    """The same with lists for tuples, as it comes back from a file."""
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list | tuple) else value
