"""Each small world asks what it is made to ask."""

from __future__ import annotations

import time

import numpy as np
import pytest

from explorer.engine.envs.small import CostlyCartPole, Crossroads
from explorer.engine.learning.games import open_game


def total(spec: str, choose: object, seed: int = 0) -> tuple[float, int]:
    env, _ = open_game(f"explorer.engine.envs.small:{spec}")
    look, _ = env.reset(seed=seed)
    reward, steps, over = 0.0, 0, False
    while not over:
        look, paid, ended, cut, _ = env.step(choose(look, steps))  # type: ignore[operator]
        reward, steps, over = reward + paid, steps + 1, ended or cut
    return reward, steps


def test_the_cliff_pays_only_who_never_errs() -> None:
    assert total("Cliffwalk-v0", lambda look, step: int(look.argmax()) % 2) == (1.0, 8)
    assert total("Cliffwalk-v0", lambda look, step: 0) == (0.0, 2)


def test_crossroads_pay_where_it_matters() -> None:
    world = Crossroads()
    assert total("Crossroads-v0", lambda look, step: world.right(int(look.argmax()))) == (5.0, 10)
    assert total("Crossroads-v0", lambda look, step: 5) == (0.0, 10)
    q = world.best(0.5)
    assert (np.ptp(q[::2], axis=1) == 0).all() and (np.ptp(q[1::2], axis=1) == 1).all()
    assert q[9, world.right(9)] == 1.0 and q[8, 0] == 0.5 and q[7, world.right(7)] == 1.25


def test_recall_asks_for_what_was_shown_first() -> None:
    env, _ = open_game("explorer.engine.envs.small:Recall-v0")
    for seed in range(4):
        look = env.reset(seed=seed)[0]
        cue = int(look[0] > 0)
        for step in range(6):
            look, reward, ended, _, _ = env.step(cue)
            assert look[0] == 0 and ended == (step == 5)
        assert reward == 1.0


def test_the_passage_is_not_found_by_chance() -> None:
    assert total("Passage-v0", lambda look, step: int(int(look.argmax()) % 3 == 0)) == (1.0, 16)
    assert total("Passage-v0", lambda look, step: 1) == (0.0, 32)
    chance = np.random.default_rng(0)
    assert sum(total("Passage-v0", lambda look, step: int(chance.integers(2)))[0] for _ in range(200)) == 0


def test_a_step_of_the_costly_cartpole_takes_its_time() -> None:
    env = CostlyCartPole(cost=0.02)
    env.reset(seed=0)
    begin = time.monotonic()
    for _ in range(5):
        env.step(0)
    assert time.monotonic() - begin >= 0.1
    with pytest.raises(TypeError):
        CostlyCartPole(nothing=1)
