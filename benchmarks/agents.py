"""Steps a second of our DQN on CartPole against Stable-Baselines3's in the same run, steps until CartPole is solved, and Ape-X with 1 and 2 actors.

    python benchmarks/agents.py [SECONDS] [--page] [--solve] [--ray]

All with torch at one thread. The peer (``pip install stable-baselines3``) runs with its own defaults and with our batch, network and ratio of
corrections to steps; without it our figures are printed alone. Rates are by the clock and by seconds of processor time, since other programs may run.
``--page``: ours also with its page open, which draws the picture, the values and the curve meanwhile (by the clock alone: it runs in another process).
``--solve``: steps until the mean of 100 greedy episodes is 475, ours and the peer's (minutes). ``--ray``: Ape-X's actors on a local Ray as well.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from explorer.engine.learning.actors import LocalActor, RayActor
from explorer.engine.learning.agent import Training, evaluate
from explorer.engine.learning.agent_presets import preset
from explorer.engine.learning.games import open_game

WARM = 2000
SOLVED = 475.0
LOOK_EVERY = 2500
MOST = 200_000


def rate(advance: Callable[[], int], seconds: float) -> tuple[float, float]:
    """Steps a second by the clock and by processor time; ``advance`` goes on a little and says how many steps were taken so far."""
    first, wall, processor = advance(), time.perf_counter(), time.process_time()
    last = first
    while time.perf_counter() - wall < seconds:
        last = advance()
    return (last - first) / (time.perf_counter() - wall), (last - first) / max(1e-9, time.process_time() - processor)


def ours(system: str, spec: str, seconds: float, **changes: Any) -> tuple[float, float, int]:
    """Our agent's rates, and corrections made. Actors elsewhere are waited for before the clock starts."""
    remote = changes.pop("remote", LocalActor)
    shape = open_game(spec)[1]
    run = Training(spec, preset(system, shape, **changes), remote=remote)
    try:
        while run.steps < max(WARM, run.settings.learn_from) or (run.made and min(run.made) == 0):
            run.cycle()
        found = rate(lambda: run.cycle().steps, seconds)
        return (*found, run.learner.updates)
    finally:
        run.close()


def with_page(seconds: float) -> float:
    """Steps a second by the clock while the page of DQN is open at full speed; without a screen."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from explorer.catalogue import system
    from explorer.window.tour import Studio, wait

    studio = Studio(first="dqn")
    studio.open(system("dqn"))
    page = studio.window.pages["dqn"]
    page.send("set", {"speed": 0.0})
    page.send("play")
    wait(lambda: page.values()["steps"] > WARM, 60.0)
    steps, begin = page.values()["steps"], time.perf_counter()
    wait(lambda: False, seconds)
    found = (page.values()["steps"] - steps) / (time.perf_counter() - begin)
    page.hidden()
    studio.window.client.close()
    return float(found)


def solved_after() -> int:
    """Steps after which our DQN's greedy mean of 100 episodes is 475."""
    shape = open_game("CartPole-v1")[1]
    run = Training("CartPole-v1", preset("dqn", shape))
    for step in run.run():
        if step.steps % LOOK_EVERY < run.settings.train_every and step.steps >= LOOK_EVERY:
            *_, returns = evaluate(run.learner.network, "CartPole-v1", run.settings, episodes=100)
            if np.mean(returns) >= SOLVED or step.steps >= MOST:
                run.close()
                return step.steps
    raise AssertionError


def peer(**settings: Any) -> Any:
    """Stable-Baselines3's DQN, or None where it is not installed."""
    try:
        library: Any = importlib.import_module("stable_baselines3")
    except ImportError:
        return None
    import gymnasium

    return library.DQN("MlpPolicy", gymnasium.make("CartPole-v1"), verbose=0, seed=0, **settings)


def peer_rate(seconds: float, **settings: Any) -> tuple[float, float] | None:
    model = peer(**settings)
    if model is None:
        return None
    model.learn(max(WARM, settings.get("learning_starts", 100) + 500))

    def advance() -> int:
        model.learn(500, reset_num_timesteps=False)
        return int(model.num_timesteps)

    return rate(advance, seconds)


def peer_solved_after(**settings: Any) -> int | None:
    model = peer(**settings)
    if model is None:
        return None
    evaluation: Any = importlib.import_module("stable_baselines3.common.evaluation")
    while model.num_timesteps < MOST:
        model.learn(LOOK_EVERY, reset_num_timesteps=False)
        mean, _ = evaluation.evaluate_policy(model, model.get_env(), n_eval_episodes=100)
        if mean >= SOLVED:
            break
    return int(model.num_timesteps)


def main() -> None:
    numbers = [one for one in sys.argv[1:] if not one.startswith("--")]
    seconds = float(numbers[0]) if numbers else 10.0
    torch.set_num_threads(1)
    defaults: dict[str, Any] = {}
    alike: dict[str, Any] = {"batch_size": 128, "policy_kwargs": {"net_arch": [128, 128]}, "train_freq": 8, "learning_starts": 1000, "target_update_interval": 400}
    wall, processor, _ = ours("dqn", "CartPole-v1", seconds)
    print(f"DQN, ours                      {wall:8.0f} steps/s  {processor:8.0f} per processor second")
    page = with_page(seconds) if "--page" in sys.argv else None
    if page is not None:
        print(f"DQN, ours, its page open       {page:8.0f} steps/s")
    for name, settings in (("its defaults", defaults), ("our batch, network, ratio", alike)):
        found = peer_rate(seconds, **settings)
        if found is None:
            print("Stable-Baselines3 is not installed")
            break
        print(f"DQN, SB3, {name:25}{found[0]:6.0f} steps/s  {found[1]:8.0f} per processor second   ours is {processor / found[1]:.2f} times as fast"
              + (f", with its page {page / found[0]:.2f} times by the clock" if page is not None else ""))
    for actors in (1, 2):
        wall, _, updates = ours("apex", "CartPole-v1", seconds, actors=actors)
        print(f"Ape-X, {actors} actor(s), processes     {wall:8.0f} steps/s  {updates} corrections")
    if "--ray" in sys.argv:
        wall, _, updates = ours("apex", "CartPole-v1", seconds, actors=2, remote=RayActor)
        print(f"Ape-X, 2 actors, Ray           {wall:8.0f} steps/s  {updates} corrections")
    if "--solve" in sys.argv:
        print(f"solved after: ours {solved_after()}, SB3 by its defaults {peer_solved_after(**defaults)}, SB3 with ours {peer_solved_after(**alike)}")


if __name__ == "__main__":
    main()
