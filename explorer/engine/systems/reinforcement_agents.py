"""The agents of chapter 4 from Python: they play with bundled weights, or learn first.

>>> net = load("dqn")
>>> answer = net.run("CartPole-v1", steps=50_000)
>>> answer.returns.mean(), answer.q_values.shape
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from explorer.catalogue.schema import System, Variant
from explorer.engine.learning.actors import Actor
from explorer.engine.learning.agent import Training, evaluate
from explorer.engine.learning.agent_presets import preset
from explorer.engine.learning.agent_settings import Settings, build_network
from explorer.engine.learning.demonstrations import demonstrate
from explorer.engine.learning.games import open_game
from explorer.engine.system import UNKNOWN_LENS, RunningSystem, about
from explorer.engine.weights.cards import Card
from explorer.engine.weights.load import check, read_weights
from explorer.engine.weights.store import locate
from explorer.results import Result
from explorer.results.base import Floats
from explorer.words import InputError, Text

DEFAULT = "CartPole-v1"
DEFAULT_STEPS = 20_000
MOST_STEPS = 100_000_000
DEMONSTRATED = 50
"""Episodes that a planner shows where an agent learns from demonstrations."""
BAD_COUNT = Text("「{name}」は {low} 以上の整数です。", "“{name}” is a whole number from {low}.")


@dataclass(frozen=True, eq=False)
class Answer:
    """How an agent played. ``returns``: (episodes,) of greedy episodes after learning; ``q_values``: (steps, actions) along one episode.

    ``learning_returns``: (episodes,) those while it learnt; ``steps``: of learning, 0 with bundled weights; ``actions``: names.
    """

    returns: Floats
    q_values: Floats
    learning_returns: Floats
    steps: int
    environment: str
    actions: tuple[str, ...]


class Agent(RunningSystem):
    """An agent. With weights, bundled or given, it plays; otherwise each :meth:`run` first learns from nothing."""

    def __init__(self, entry: System, variant: Variant | None, *, weights: str | None = None, device: str = "auto", **settings: Any) -> None:
        super().__init__(entry, variant, "cpu" if device == "auto" else device)
        self.settings = dict(settings)
        self.network: nn.Module | None = None
        self.environment = entry.samples[0] if entry.samples else DEFAULT
        path = Path(weights) if weights is not None else locate(variant) if variant is not None and variant.weights == "bundled" else None
        if path is None:
            return
        card_file = path.with_suffix(".json")
        agent: dict[str, Any] = {}
        if card_file.is_file():
            card = Card.read(card_file)
            self.environment, agent = str(card.input.get("environment", self.environment)), dict(card.input.get("agent", {}))
        env, shape = open_game(self.environment)
        env.close()
        chosen = Settings(**agent) if agent else preset(entry.id, shape, **settings)
        network = build_network(chosen, shape)
        network.load_state_dict(check(network, read_weights(path), path.name))
        self.network = network.eval()

    def run(self, x: Any = None, *, steps: int | None = None, episodes: int = 10, seed: int = 0, **settings: Any) -> Answer:
        """Play in an environment, after learning there where there are no weights for it.

        Args:
            x: name of the environment (see :mod:`explorer.engine.envs.games`); that of the weights, or the first sample, by default.
            steps: of learning; 0 only plays. By default none with weights for this environment, else 20,000.
            episodes: greedy ones to measure.
            settings: any of :class:`Settings`; the recommended ones where not given.

        Raises:
            InputError: an environment or setting that cannot be used.
        """
        spec = self.environment if x is None else x
        ready = self.network is not None and spec == self.environment
        count = (0 if ready else DEFAULT_STEPS) if steps is None else steps
        for name, value, low in (("steps", count, 0), ("episodes", episodes, 1)):
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= MOST_STEPS:
                raise InputError(BAD_COUNT.format(name=name, low=low))
        env, shape = open_game(spec)
        env.close()
        chosen = preset(self.entry.id, shape, **{"actors": 0, **self.settings, **settings})
        network, learnt = self.network if ready else None, np.zeros(0)
        if count:
            run = Training(spec, chosen, seed=seed)
            try:
                if network is not None:
                    run.learner.network.load_state_dict(network.state_dict())
                    run.learner.renew_target()
                if chosen.demonstrations and chosen.recurrent:
                    run.learner.demonstrations, _ = demonstrate(spec, chosen, run.learner.network, episodes=DEMONSTRATED, seed=seed + 1)
                for step in run.run():
                    if step.steps >= count:
                        break
                learnt = np.array(run.history.returns)
                network = run.learner.network
            finally:
                run.close()
        if network is None:
            torch.manual_seed(seed)
            network = build_network(chosen, shape)
        *_, returns = evaluate(network, spec, chosen, episodes=episodes, seed=10_000 + seed)
        self.played = network
        return Answer(np.array(returns), self._values(network, spec, chosen, seed), learnt, count, spec, tuple(name.en for name in shape.names))

    def _values(self, network: nn.Module, spec: str, settings: Settings, seed: int) -> Floats:
        """Q along one greedy episode."""
        actor = Actor(spec, settings, network, seed=10_000 + seed)
        actor.settings = Settings(**{**settings.plain(), "spread": False})
        rows: list[Floats] = []
        try:
            over = False
            while not over:
                over = bool(actor.play(1, 0.0).episodes)
                assert actor.values is not None
                rows.append(actor.values[0].copy())
        finally:
            actor.close()
        return np.array(rows)

    def _look(self, lens: str, x: Any, settings: Mapping[str, Any]) -> Result:
        raise InputError(about(UNKNOWN_LENS, self.entry.name, name=lens, known=", ".join(self.lenses()) or "–"))
