"""Claims about R2D2."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

import numpy as np
import torch

from explorer.engine.envs.small import MODULE
from explorer.engine.experiments.reinforcement.agents import OUTSIDE, Arm, difference, learn, seeds_of, spread_of
from explorer.engine.experiments.run import Outcome, Run
from explorer.engine.learning.actors import Actor
from explorer.engine.learning.agent import Training
from explorer.engine.learning.agent_settings import Settings
from explorer.engine.models.reinforcement.r2d2 import R2D2
from explorer.results import Progress
from explorer.results.base import Floats
from explorer.words import Text

WORLD = f"{MODULE}:Recall-v0 wait=3"
STEPS, QUICK_STEPS = 12_000, 5000
LEVEL = 0.9
"""A return, best = 1, that no chance play keeps up over 20 episodes (chance: 0.5)."""
HIDDEN_WORLD = "CartPole-v1 hide=velocity"
HIDDEN_STEPS, HIDDEN_QUICK = 12_000, 1500
SETTINGS = Settings(
    network="r2d2", memory="prioritized", hidden=32, batch=16, environments=8, train_every=24, target_every=40, learning_rate=3e-3, epsilon=0.1, epsilon_steps=4000, gamma=0.95,
    n_steps=3, learn_from=400, capacity=20_000, burn_in=3, trace=6, rescaled=True,
)  # fmt: skip
WITH, WITHOUT = Text("LSTM あり", "with the LSTM"), Text("一枚だけを見る", "one look only")
FOUND = Text(
    "最後の収益は、LSTM ありが {first:.2f}、一枚だけが {second:.2f}（最良 = 1、偶然 = 0.5）。",
    "Return at the end: {first:.2f} with the LSTM, {second:.2f} with one look only (best = 1, chance = 0.5).",
)
DIFFERS = Text(
    "論文は Atari と DMLab-30。ここでは、最初の合図を数歩後に答える小さな世界です。ネットワークは同じで、記憶を毎回消すかどうかだけが違います。",
    "The paper used Atari and DMLab-30. Here it is a small world that asks, some steps later, what was shown first; the networks are the same, but one forgets after every step.",
)
STORED, EMPTY = Text("保存した状態と助走", "stored state and burn-in"), Text("ゼロの状態から", "from a zero state")
GAP = Text(
    "再生した Q と行動時の Q のずれは、保存した状態と助走で {first:.3f}、ゼロからで {second:.3f}（相対値）。",
    "Gap between replayed and acting Q: {first:.3f} with stored state and burn-in, {second:.3f} from a zero state (relative).",
)
GAP_DIFFERS = Text(
    "論文の図 1 の量（ΔQ）を、速度を隠した CartPole で測ります。行動時の Q は、エピソードの初めから今のネットワークで計算し直したものです。",
    "The paper's ΔQ (figure 1), on CartPole with hidden velocity. The acting Q is that of today's network, run from the beginning of the episode.",
)
EPISODES = 6


def memory(run: Run) -> Generator[Progress, None, Outcome]:
    """Learn to recall with the LSTM and with one that forgets after every step. Disabled: both forget."""
    run = seeds_of(run)
    arms = (
        Arm(WITH, replace(SETTINGS, remembers=not run.disabled), main=True, opens={"environment": WORLD}),
        Arm(WITHOUT, replace(SETTINGS, remembers=False), opens={"environment": WORLD, "settings": {"remembers": False}}),
    )
    found = yield from learn(run, WORLD, arms, QUICK_STEPS if run.quick else STEPS, 1.0)
    gap, spread = difference(found.final(0), found.final(1))
    means = [float(found.final(arm).mean()) if len(found.final(arm)) else 0.0 for arm in (0, 1)]
    numbers = {"difference": gap, "spread": spread, "return_with": means[0], "return_without": means[1]}
    text, data = FOUND.format(first=means[0], second=means[1]), OUTSIDE.format(worlds="Recall")
    return Outcome(numbers, "difference", text, found.plot(), data, DIFFERS, complete=found.complete, decides=found.learnt(LEVEL), seeds=found.seeds)


def stable(run: Run) -> Generator[Progress, None, Outcome]:
    """Let agents learn with and without stored state and burn-in, and see how far the Q they learn from is from the Q they act by.

    Disabled: both start from a zero state.
    """
    run = seeds_of(run)
    kept = not run.disabled
    arms = (
        Arm(STORED, replace(SETTINGS, stored_state=kept, use_burn_in=kept), main=True, opens={"environment": HIDDEN_WORLD}),
        Arm(EMPTY, replace(SETTINGS, stored_state=False, use_burn_in=False), opens={"environment": HIDDEN_WORLD, "settings": {"stored_state": False, "use_burn_in": False}}),
    )
    found = yield from learn(run, HIDDEN_WORLD, arms, HIDDEN_QUICK if run.quick else HIDDEN_STEPS, 500.0, until=0.95)
    gaps: list[Floats] = []
    count = min(len(trainings) for trainings in found.trainings)
    for trainings in found.trainings:
        gaps.append(np.array([q_gap(training) for training in trainings[:count]]))
    gap, spread = difference(gaps[1], gaps[0])
    means = [float(values.mean()) if len(values) else 0.0 for values in gaps]
    numbers = {"difference": gap, "spread": spread, "gap_stored": means[0], "gap_zero": means[1], "gap_spread": spread_of(gaps[1]) if count else 0.0}
    text, data = GAP.format(first=means[0], second=means[1]), OUTSIDE.format(worlds=HIDDEN_WORLD)
    return Outcome(numbers, "difference", text, found.plot(), data, GAP_DIFFERS, complete=found.complete, seeds=found.seeds)


def q_gap(training: Training) -> float:
    """ΔQ: mean over the steps of sequences of |Q replayed − Q acting|, relative to the largest |Q|.

    The episodes are played by the target network, which is older than the network, as a real actor's copy is: the states stored with the sequences
    are stale. Replayed Q begins at a sequence as the settings say, acting Q at the episode's beginning, both with the newest network.
    """
    settings, learner = training.settings, training.learner
    network = learner.network
    assert isinstance(network, R2D2)
    actor = Actor(training.spec, replace(settings, environments=1, spread=False), learner.target, seed=99)
    items, episodes = [], 0
    try:
        while episodes < EPISODES:
            experience = actor.play(1, 0.2)
            items += [experience.items] if experience.count else []
            episodes += len(experience.episodes)
    finally:
        actor.close()
    joined = {name: torch.from_numpy(np.concatenate([item[name] for item in items])) for name in items[0]}
    looks, before, paid = (joined[name].transpose(0, 1) for name in ("looks", "before", "paid"))
    burn = settings.burn_in
    with torch.no_grad():
        start = learner.lead_in(network, looks, before, paid, joined)
        replayed, _ = network(looks[burn:], before[burn:], paid[burn:], start)
        state = network.start(1)
        found: list[float] = []
        for number in range(looks.shape[1]):  # the sequences of an episode follow each other
            if joined["fresh"][number] > 0:
                state = network.start(1)
            length = int(joined["valid"][number].sum())
            part = slice(burn, burn + length)
            acting, state = network(looks[part, number : number + 1], before[part, number : number + 1], paid[part, number : number + 1], state)
            gap = (replayed[:length, number] - acting[:, 0]).abs().mean(dim=1) / acting[:, 0].abs().amax(dim=1).clamp(min=1e-6)
            found += gap.tolist()
    return float(np.mean(found))
