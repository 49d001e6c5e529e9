"""Claim about the dueling network."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

import numpy as np
import torch

from explorer.engine.envs.small import MODULE, Crossroads
from explorer.engine.experiments.reinforcement.agents import OUTSIDE, Arm, difference, learn, seeds_of
from explorer.engine.experiments.run import Outcome, Run
from explorer.engine.learning.agent import Training
from explorer.engine.learning.agent_settings import Settings
from explorer.results import Progress
from explorer.results.base import Floats
from explorer.words import Text

LENGTH, ACTIONS, GAMMA = 10, 16, 0.9
WORLD = f"{MODULE}:Crossroads-v0 length={LENGTH} actions={ACTIONS}"
STEPS, QUICK_STEPS = 8000, 4000
SETTINGS = Settings(
    hidden=32, batch=32, environments=4, train_every=8, target_every=20, learning_rate=2e-3, epsilon=1.0, epsilon_steps=0, gamma=GAMMA, n_steps=1, learn_from=200, capacity=20_000
)
TWO, ONE = Text("二つの流れ", "two streams"), Text("一つの流れ", "one stream")
FOUND = Text(
    "A の幅は、行動が効かない場所で {without:.3f}、効く場所で {within:.3f}。真の Q との差（学習中の平均）は二つの流れ {two:.3f}、一つ {one:.3f}。",
    "A ranges over {without:.3f} where no action matters and {within:.3f} where one does. Error against the true Q, mean over the learning: {two:.3f} with two streams, {one:.3f} with one.",
)
DIFFERS = Text(
    "論文の廊下に似た、真の Q が計算できる道で測ります。行動はすべてランダムなので、両方が同じ体験から学びます。",
    "Measured on a road like the paper's corridor, whose true Q can be worked out. All actions are random, so both learn from the same experience.",
)


def separates(run: Run) -> Generator[Progress, None, Outcome]:
    """Learn a road where every other cell leaves no choice, with two streams and with one.

    Disabled: the place of the streams is taken by the plain network, and the advantages are asked at the cells where actions matter.
    """
    run = seeds_of(run)
    arms = (Arm(TWO, replace(SETTINGS, network="dqn" if run.disabled else "dueling"), main=True, opens={"environment": WORLD}), Arm(ONE, replace(SETTINGS, network="dqn")))
    best = Crossroads(LENGTH, ACTIONS).best(GAMMA)
    found = yield from learn(
        run, WORLD, arms, QUICK_STEPS if run.quick else STEPS, LENGTH / 2, note=lambda training: float(np.sqrt(((values(training) - best) ** 2).mean()))
    )
    count = min(len(trainings) for trainings in found.trainings)
    errors = [[float(np.mean(row)) for row in rows[:count]] for rows in found.notes]  # over the whole learning
    idle: list[float] = []
    useful: list[float] = []
    for training in found.trainings[0][:count]:
        ranges = np.ptp(values(training), axis=1)  # of Q, and so of A
        idle.append(float(ranges[1::2].mean() if run.disabled else ranges[::2].mean()))
        useful.append(float(ranges[1::2].mean()))
    gap, spread = difference(np.array(errors[1]), np.array(errors[0]))
    without, within = float(np.mean(idle)) if idle else 1.0, float(np.mean(useful)) if useful else 1.0
    two, one = (float(np.mean(e)) if e else 0.0 for e in errors)
    numbers = {"range_ratio": without / max(within, 1e-9), "error_difference": gap, "spread": spread, "error_two_streams": two, "error_one_stream": one}
    text = FOUND.format(without=without, within=within, two=two, one=one)
    return Outcome(numbers, "range_ratio", text, found.plot(), OUTSIDE.format(worlds="Crossroads"), DIFFERS, complete=found.complete, seeds=found.seeds)


def values(training: Training) -> Floats:
    """(states, actions) the Q values of every cell."""
    with torch.no_grad():
        q: Floats = training.learner.network(torch.eye(LENGTH)).numpy()
    return q
