"""Demonstrations: sequences that somebody else played, kept as R2D3 keeps them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import nn

from explorer.engine.envs.planner import next_action
from explorer.engine.learning.actors import Actor
from explorer.engine.learning.agent_settings import Settings, build_memory
from explorer.engine.models.reinforcement.replay import Memory
from explorer.words import InputError, Text

Choose = Callable[[Any], int | None]
"""The demonstrator: a running environment to an action, or None where it knows none."""

NO_PLAN = Text("環境「{spec}」は手本を示す計画器には解けません。", "The planner that demonstrates cannot solve “{spec}”.")
NOTHING_SHOWN = Text("手本がありません。", "There are no demonstrations.")


def demonstrate(spec: str, settings: Settings, network: nn.Module, *, episodes: int, seed: int = 0, choose: Choose = next_action) -> tuple[Memory, float]:
    """A memory of whole demonstrated episodes, and their mean return.

    ``network``: whose states are stored with the sequences; it follows the demonstration and chooses nothing.

    Raises InputError where the demonstrator does not know what to do.
    """
    actor = Actor(spec, settings, network, seed=seed)
    kept, total, done = [], 0.0, 0
    try:
        while done < episodes:
            action = choose(actor.envs[0])
            if action is None:
                raise InputError(NO_PLAN.format(spec=spec))
            experience = actor.play(1, 0.0, forced=action)
            if experience.count:
                kept.append(experience.items)
            for episode in experience.episodes:
                total, done = total + episode.total, done + 1
    finally:
        actor.close()
    count = sum(len(next(iter(items.values()))) for items in kept)
    memory = build_memory(settings, actor.shape, count * (settings.trace if settings.recurrent else 1))
    for items in kept:
        memory.add(items)
    return memory, total / max(1, episodes)
