"""Actors hand over what they met, whole and in order; one in a process of its own plays as one in this process does."""

from __future__ import annotations

import importlib.util
import sys
import time
import types
from typing import Any

import numpy as np
import pytest
import torch

from explorer.engine.learning.actors import RAY_VARIABLE, Actor, Experience, LocalActor, Player, RayActor, Remote, Request, elsewhere
from explorer.engine.learning.agent_settings import Settings, build_network
from explorer.words import InputError
from tests.engine.learning.worlds_for_agents import register

SETTINGS = Settings(hidden=8)


@pytest.fixture(autouse=True)
def worlds() -> None:
    register()


def test_steps_follow_each_other() -> None:
    actor = Actor("CartPole-v1", SETTINGS, seed=1)
    experience = actor.play(120, 1.0)
    items = experience.items
    assert experience.count == experience.steps == 120 and items["look"].dtype == np.float32
    for i in range(119):
        assert items["ended"][i] or np.array_equal(items["next_look"][i], items["look"][i + 1])
    assert len(experience.episodes) == int(items["ended"].sum()) > 0
    first = experience.episodes[0]
    assert first.total == first.steps == int(np.flatnonzero(items["ended"])[0]) + 1
    actor.close()


def test_the_greedy_action_is_the_networks() -> None:
    actor = Actor("CartPole-v1", SETTINGS, seed=1)
    experience = actor.play(30, 0.0)
    with torch.no_grad():
        best = actor.network(torch.from_numpy(experience.items["look"])).argmax(1).numpy()
    assert np.array_equal(experience.items["action"], best)
    random = Actor("CartPole-v1", SETTINGS, seed=1).play(400, 1.0).items["action"]
    assert abs(random.mean() - 0.5) < 0.1


def test_a_forced_action_is_taken_once() -> None:
    for action in (0, 1):
        actor = Actor("CartPole-v1", SETTINGS, seed=1)
        assert actor.play(1, 1.0, forced=action).items["action"][0] == action


def test_environments_side_by_side_each_have_their_episode() -> None:
    actor = Actor("Corridor-v0", Settings(hidden=8, n_steps=2), seed=0, count=3, total=3)
    experience = actor.play(40, 1.0)
    assert {episode.place for episode in experience.episodes} == {0, 1, 2}
    assert experience.steps == 120 and 120 - 3 <= experience.count <= 120
    assert set(experience.items["steps"]) <= {1.0, 2.0}
    for reward, ended, steps in zip(experience.items["reward"], experience.items["ended"], experience.items["steps"], strict=True):
        assert reward == pytest.approx(SETTINGS.gamma ** (steps - 1) if ended else 0.0)  # the reward comes with the last step


def test_first_priorities_are_the_td_errors() -> None:
    actor = Actor("CartPole-v1", Settings(hidden=8, memory="prioritized", spread=True, network="dueling"), seed=0, count=2, total=2, rated=True)
    experience = actor.play(20, 0.4)
    assert experience.errors is not None and experience.errors.shape == (experience.count,)
    i = 3
    look, later = (torch.from_numpy(experience.items[name][i][None]) for name in ("look", "next_look"))
    with torch.no_grad():
        promised = actor.network(later).max() * 0.99 * (1 - experience.items["ended"][i])
        error = experience.items["reward"][i] + promised - actor.network(look)[0, int(experience.items["action"][i])]
    assert experience.errors[i] == pytest.approx(float(error), abs=1e-4)
    assert experience.epsilons == pytest.approx((0.4, 0.4**8))


def test_the_state_of_a_memory_is_handed_over_and_begins_empty() -> None:
    settings = Settings(network="r2d2", hidden=8, burn_in=2, trace=4)
    actor = Actor("Corridor-v0", settings, seed=0)
    experience = actor.play(60, 0.5)
    items = experience.items
    assert items["looks"].shape[1:] == (7, 3) and items["states"].shape[1:] == (2, 2, 8)
    fresh = items["fresh"] > 0
    assert fresh.any() and not items["states"][fresh, 1].any()
    assert int(items["valid"].sum()) >= 60 - 4
    assert actor.state is not None
    going_on = ~fresh
    if going_on.any():
        assert items["states"][going_on, 1].any()


def played(remote: Remote, request: Request, patience: float = 90.0) -> Experience:
    remote.ask(request)
    end = time.monotonic() + patience
    while not remote.ready():
        assert time.monotonic() < end, "no answer"
        time.sleep(0.01)
    return remote.answer()


PLACES: dict[str, Any] = {"seed": 3, "first": 2, "count": 2, "total": 4, "drawn": False, "rated": False}


def check_it_plays_as_here(remote: Remote) -> None:
    torch.manual_seed(0)
    here = Player("CartPole-v1", SETTINGS, **PLACES)
    weights = {name: value.numpy() for name, value in build_network(SETTINGS, here.actor.shape).state_dict().items()}
    for request in (Request(12, 0.3, weights), Request(8, 0.0)):
        there, expected = played(remote, request), here.play(request)
        for name, part in expected.items.items():
            assert np.array_equal(there.items[name], part), name
        assert there.steps == expected.steps and there.episodes == expected.episodes


def test_a_process_of_its_own_plays_as_this_one_and_goes_away() -> None:
    remote = LocalActor("CartPole-v1", SETTINGS, **PLACES)
    try:
        check_it_plays_as_here(remote)
    finally:
        remote.close()
    assert not remote.process.is_alive()


def test_a_dead_process_is_noticed() -> None:
    remote = LocalActor("CartPole-v1", SETTINGS, **PLACES)
    remote.process.kill()
    remote.process.join(10)
    with pytest.raises(ConnectionError):
        remote.ask(Request(1, 0.0))
        remote.answer()
    remote.close()


@pytest.mark.slow
def test_ray_plays_as_this_process() -> None:
    ray = pytest.importorskip("ray")
    remote = elsewhere("local")("CartPole-v1", SETTINGS, **PLACES)
    assert isinstance(remote, RayActor)
    try:
        check_it_plays_as_here(remote)
    finally:
        remote.close()
        ray.shutdown()


def test_where_actors_run_is_said_by_address_or_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(RAY_VARIABLE, raising=False)
    assert elsewhere() is LocalActor
    assert elsewhere("auto").keywords == {"address": "auto"}  # type: ignore[attr-defined]
    monkeypatch.setenv(RAY_VARIABLE, "10.0.0.1:6379")
    assert elsewhere().keywords == {"address": "10.0.0.1:6379"}  # type: ignore[attr-defined]


def test_a_ray_that_is_not_there_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def init(address: str, **_: object) -> None:
        raise ConnectionError(f"Could not find a running Ray at {address}.\nA second line.")

    shut: list[bool] = []
    monkeypatch.setitem(sys.modules, "ray", types.SimpleNamespace(is_initialized=lambda: False, init=init, shutdown=lambda: shut.append(True)))
    with pytest.raises(InputError, match=r"^Ray \(10\.0\.0\.1:6379\) cannot be used: Could not find a running Ray at 10\.0\.0\.1:6379\.$"):
        elsewhere("10.0.0.1:6379")("CartPole-v1", SETTINGS, **PLACES)
    assert shut == [True], "nothing half begun is left"


def test_without_ray_a_sentence_says_how_to_get_it() -> None:
    if importlib.util.find_spec("ray") is not None:
        pytest.skip("Ray is installed")
    with pytest.raises(InputError, match=r"ds-explorer\[ray\]"):
        RayActor("CartPole-v1", SETTINGS, **PLACES)
