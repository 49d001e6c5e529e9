"""The session of an agent: it learns, is looked into, obeys its player, saves and goes on, and refuses in sentences."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from explorer.door import Command, Inbox
from explorer.engine.learning import actors
from explorer.engine.learning.agent import History
from explorer.engine.learning.agent_results import returns_curve
from explorer.engine.tasks import reinforcement_agents as tasks
from explorer.engine.tasks.reinforcement_agents import agent, environment
from explorer.engine.weights.along import along_name
from explorer.resources import resource
from explorer.results import Bundle, Curves, Maps, Matrix, Numbers, Picture, Scores, Table
from explorer.words import InputError
from tests.engine.learning.worlds_for_agents import HereActor, register

FAST: dict[str, Any] = {"hidden": 16, "batch": 16, "learn_from": 60, "train_every": 8, "capacity": 2000, "environments": 2, "epsilon_steps": 100}
RECURRENT: dict[str, Any] = {**FAST, "squeeze": 0, "actors": 0, "trace": 6, "burn_in": 2}
MINATAR = pytest.mark.skipif(importlib.util.find_spec("minatar") is None, reason="MinAtar is not installed")


@pytest.fixture(autouse=True)
def worlds() -> None:
    register()
    torch.set_num_threads(1)


class Player:
    """A session and what it last showed."""

    def __init__(self, **arguments: Any) -> None:
        self.inbox = Inbox()
        self.session = agent(self.inbox, **{"playing": False, "environment": "CartPole-v1", **arguments})
        self.now: Bundle = self.next()

    def next(self) -> Bundle:
        found = next(self.session)
        assert isinstance(found, Bundle)
        return found

    def send(self, name: str, **values: Any) -> Bundle:
        self.inbox.put(Command(0, name, values))
        obeyed = self.now.facts["obeyed"]
        for _ in range(200):
            self.now = self.next()
            if self.now.facts["obeyed"] > obeyed:
                return self.now
        raise AssertionError("not obeyed")

    def until_paused(self) -> Bundle:
        for _ in range(5000):
            if not self.now.facts["playing"]:
                return self.now
            self.now = self.next()
        raise AssertionError("never paused")

    @property
    def numbers(self) -> dict[str, float]:
        numbers = self.now.parts["numbers"]
        assert isinstance(numbers, Numbers)
        return dict(numbers.values)


@pytest.fixture
def play() -> Iterator[Any]:
    players: list[Player] = []

    def begin(**arguments: Any) -> Player:
        players.append(Player(**arguments))
        return players[-1]

    yield begin
    for player in players:
        player.session.close()  # type: ignore[attr-defined]


def test_an_environment_is_shown_before_anything_is_learnt() -> None:
    (bundle,) = environment(system="dqn")
    assert isinstance(bundle, Bundle) and bundle.facts["environment"] == "CartPole-v1" and len(bundle.facts["actions"]) == 2
    if importlib.util.find_spec("pygame") is not None:
        assert isinstance(bundle.parts["picture"], Picture)


def test_it_learns_this_many_steps_and_then_waits(play: Any) -> None:
    player = play(system="dqn", until=400, **FAST)
    player.until_paused()
    assert 400 <= player.numbers["steps"] < 440 and player.numbers["updates"] >= 40 and player.numbers["episodes"] > 0
    curve, loss, q = player.now.parts["returns"], player.now.parts["loss"], player.now.parts["q"]
    assert isinstance(curve, Curves) and curve.series[-1].main and len(curve.series[-1].x) == player.numbers["episodes"]
    assert isinstance(loss, Curves) and len(loss.series[0].x) == player.numbers["updates"]
    assert isinstance(q, Scores) and q.names == ("left", "right")
    assert player.numbers["kept"] > 300 and player.numbers["table_digits"] == 4.0  # ten cells for each of four numbers
    features = player.now.parts["features"]
    assert isinstance(features, Matrix) and features.values.shape == (2, 16) and features.values.min() >= 0


def test_q_values_are_those_of_the_look_on_the_page(play: Any) -> None:
    player = play(system="dueling", **FAST)
    player.send("step")
    q, advantage = player.now.parts["q"], player.now.parts["advantage"]
    assert isinstance(q, Scores) and isinstance(advantage, Scores)
    assert q.values == pytest.approx(player.numbers["value"] + advantage.values, abs=1e-5) and advantage.values.sum() == pytest.approx(0, abs=1e-5)
    looks = player.now.parts["looks"]
    assert isinstance(looks, Matrix) and looks.rows == ("V", "A left", "A right") and looks.columns[0] == "cart position"


def test_the_memory_as_a_strip(play: Any) -> None:
    player = play(system="prioritized", until=300, **FAST)
    player.until_paused()
    strip, most = player.now.parts["memory"], player.now.parts["most_drawn"]
    assert isinstance(strip, Matrix) and strip.rows == ("drawn", "drawn now", "TD error", "priority") and strip.values.shape[1] <= 200
    assert strip.values[1].sum() == 16  # the newest batch
    assert strip.values[3].mean() == pytest.approx(1.0, abs=0.05)
    assert isinstance(most, Table) and [row[1] for row in most.rows] == sorted((row[1] for row in most.rows), reverse=True)
    plain = play(system="replay", until=120, **FAST)
    assert plain.until_paused().parts["memory"].rows == ("drawn", "drawn now")


def test_without_replay(play: Any) -> None:
    player = play(system="replay", until=200, memory="none", **FAST)
    assert player.until_paused().facts["memory"] == "none"
    strip = player.now.parts["memory"]
    assert isinstance(strip, Matrix) and strip.values[1, -8:].sum() == 8 and strip.values[1, :-8].sum() == 0


@MINATAR
def test_planes_are_looked_at_where_they_matter(play: Any) -> None:
    player = play(system="dueling", environment="MinAtar/Breakout-v1", until=80, **FAST)
    player.until_paused()
    looks, picture = player.now.parts["looks"], player.now.parts["picture"]
    assert isinstance(looks, Maps) and looks.values.shape == (4, 10, 10) and isinstance(picture, Picture) and picture.pixels.shape == (10, 10, 3)
    dark = picture.pixels.sum(axis=2) == min(picture.pixels.sum(axis=2).ravel())
    assert (looks.values[:, dark] == 0).all() and looks.values.max() > 0  # nothing is there to look at
    drawn = player.now.parts["drawn_looks"]
    assert isinstance(drawn, Maps) and drawn.values.shape[1:] == (10, 10)
    assert player.numbers["table_digits"] == pytest.approx(400 * np.log10(2)) and player.now.facts["sticky"] == 0.1
    features = play(system="dqn", environment="MinAtar/Breakout-v1", **FAST).now.parts["features"]
    assert isinstance(features, Maps) and features.values.shape == (16, 8, 8)


def test_the_state_of_a_memory_over_time(play: Any) -> None:
    player = play(system="r2d2", environment="Corridor-v0", **{**RECURRENT, "epsilon": 0.0})
    player.send("step", count=3)
    state = player.now.parts["state"]
    assert isinstance(state, Matrix) and state.values.shape[0] == 16 and state.values.shape[1] <= 64 and np.abs(state.values).max() <= 1
    assert player.numbers["burn_in"] == 2
    player.send("set", use_burn_in=False, stored_state=False)
    assert player.numbers["burn_in"] == 0 and player.now.facts["settings"]["stored_state"] is False
    steps = player.numbers["steps"]
    player.send("step", count=40)
    assert player.numbers["steps"] == steps + 80 and player.numbers["updates"] > 0


def test_actors_each_have_a_picture_an_epsilon_and_steps(play: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "LocalActor", HereActor)
    player = play(system="apex", until=700, **{**FAST, "actors": 2})
    player.until_paused()
    table = player.now.parts["actors"]
    assert isinstance(table, Table) and len(table.rows) == 2 and sum(row[2] for row in table.rows) == player.numbers["steps"]
    if importlib.util.find_spec("pygame") is not None:
        assert isinstance(player.now.parts["actor_1"], Picture) and isinstance(player.now.parts["actor_2"], Picture)
    player.send("act", action=0)
    assert player.now.facts["refused"] is not None


def test_play_pause_and_settings(play: Any) -> None:
    player = play(system="dqn", **FAST)
    player.send("play")
    begun = player.numbers["steps"]
    for _ in range(3):
        player.now = player.next()
    assert player.numbers["steps"] > begun
    player.send("pause")
    assert not player.until_paused().facts["playing"]
    player.send("set", epsilon=0.5, learning_rate=0.002, gamma=0.9)
    assert player.numbers["epsilon"] == 0.5 and player.now.facts["settings"]["learning_rate"] == 0.002 and player.now.facts["settings"]["gamma"] == 0.9
    player.send("set", gamma=7.0)
    assert player.now.facts["settings"]["gamma"] == 0.9 and player.now.facts["refusals"] == 1
    player.send("nonsense")
    assert player.now.facts["refused"] is None


def test_one_step_is_one_action_in_each_environment(play: Any) -> None:
    player = play(system="dqn", **FAST)
    player.send("step")
    assert player.numbers["steps"] == 2 and player.numbers["step_in_episode"] == 1 and player.now.facts["taken"] in (0, 1)


def test_a_hand_on_the_controls(play: Any) -> None:
    player = play(system="dqn", **FAST)
    player.send("act", action=1)
    assert player.now.facts["taken"] == 1 and player.numbers["steps"] == 2
    player.send("act", action=9)
    assert player.now.facts["refused"] is not None and player.numbers["steps"] == 2


def test_starting_over_keeps_the_last_run_for_the_spread(play: Any) -> None:
    player = play(system="dqn", until=300, **FAST)
    player.until_paused()
    player.send("reset")
    assert player.numbers["steps"] == 0 and player.now.facts["seed"] == 1
    player.send("step", count=100)
    curve = player.now.parts["returns"]
    assert isinstance(curve, Curves) and curve.series[0].spread is not None and str(curve.series[0].name) == "all seeds"


def test_checkpoints_of_a_training_are_watched(play: Any) -> None:
    player = play(system="dqn", until=2600, **{**FAST, "train_every": 64})
    player.until_paused()
    marks = player.now.facts["marks"]
    assert len(marks) >= 3 and marks == sorted(marks) and marks[0] == 0  # before anything was learnt
    steps = player.numbers["steps"]
    player.send("visit", index=0)
    player.send("step", count=4)
    assert player.now.facts["viewed"] == 0 and player.numbers["steps"] == steps  # nothing is learnt meanwhile
    first = player.now.parts["q"].values
    player.send("visit", index=len(marks) - 1)
    assert not np.allclose(player.now.parts["q"].values, first)
    player.send("visit", index=99)
    assert player.now.facts["refused"] is not None
    player.send("visit", index=None)
    player.send("step")
    assert player.numbers["steps"] > steps


def test_it_saves_and_goes_on(play: Any, tmp_path: Path) -> None:
    player, file = play(system="prioritized", until=200, **FAST), tmp_path / "agent.pt"
    player.until_paused()
    player.send("save", path=str(file))
    kept = player.numbers
    again = play(system="prioritized", restore=str(file), seed=3, **FAST)
    assert {name: again.numbers[name] for name in ("steps", "updates", "episodes", "kept")} == {name: kept[name] for name in ("steps", "updates", "episodes", "kept")}
    other = play(system="dueling", **FAST)
    other.send("load", path=str(file))
    assert other.now.facts["refused"] is not None
    other.send("load", path=str(tmp_path / "nothing.pt"))
    assert "nothing.pt" in other.now.facts["refused"].en
    (tmp_path / "text.pt").write_text("no checkpoint")
    other.send("load", path=str(tmp_path / "text.pt"))
    assert other.now.facts["refused"] is not None
    player.send("save", path=str(tmp_path / "no" / "folder.pt"))
    assert player.now.facts["refused"] is not None


def test_another_environment(play: Any) -> None:
    player = play(system="dqn", **FAST)
    player.send("world", environment="Acrobot-v1")
    assert player.now.facts["environment"] == "Acrobot-v1" and player.numbers["steps"] == 0 and len(player.now.facts["actions"]) == 3
    player.send("world", environment="Pendulum-v1")
    assert player.now.facts["refused"] is not None and player.now.facts["environment"] == "Acrobot-v1"


def test_ones_own_play_becomes_demonstrations(play: Any) -> None:
    player = play(system="r2d3", environment="Corridor-v0", **RECURRENT)
    player.send("record", on=True)
    steps = player.numbers["steps"]
    for _ in range(6):
        player.send("act", action=1)
    assert player.now.facts["demonstrated"] == 2 and player.numbers["demonstrations"] == 2 and player.numbers["steps"] == steps
    player.send("record", on=False)
    player.send("step", count=80)
    assert 0.02 < player.numbers["demonstrated_share"] < 0.6
    player.send("set", demonstrations=0.0)
    player.send("demonstrate", episodes=2)
    assert player.now.facts["refused"] is not None  # the planner does not know this world


def test_a_planner_demonstrates(play: Any) -> None:
    if importlib.util.find_spec("minigrid") is None:
        pytest.skip("minigrid is not installed")
    player = play(system="r2d3", environment="MiniGrid-Empty-5x5-v0", **RECURRENT)
    player.send("demonstrate", episodes=2)
    assert player.now.facts["demonstrated"] == 2 and player.numbers["demonstrations"] >= 2


@pytest.mark.parametrize(("system", "package"), [("dueling", "gymnasium"), ("apex", "minatar"), ("r2d2", "minatar"), ("r2d3", "minigrid")])
def test_it_begins_with_the_bundled_weights_of_its_card(play: Any, system: str, package: str) -> None:
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    variant, card = tasks.bundled(system) or pytest.fail(f"{system} has no bundled weights")
    world = card.input["environment"]
    player = play(system=system, environment=world, trained=True)
    assert player.now.facts["trained"] and player.now.facts["bundled"] == {"environment": world, "mean_return": card.metric.value, "steps": card.metrics["steps"]}
    held = load_file(resource("weights", variant.file))
    ours = player.session.gi_frame.f_locals["session"].run.learner.network.state_dict()
    assert all(torch.equal(value.float(), ours[name]) for name, value in held.items())
    curve = player.now.parts["returns"]
    assert isinstance(curve, Curves) and curve.series[0].y.tolist() == [mean for _, mean in card.notes["watched"]]
    way = [0, *(steps for steps, _ in card.notes["along"]), int(card.metrics["steps"])]
    assert player.now.facts["marks"] == way and len(way) >= 3  # untrained, on the way, trained
    kept = load_file(resource("weights", variant.file).with_name(along_name(variant.file)))
    player.send("visit", index=1)
    viewer = player.session.gi_frame.f_locals["session"].viewer.network.state_dict()
    assert all(torch.equal(kept[f"{way[1]}/{name}"].float(), value) for name, value in viewer.items())
    player.send("visit", index=None)
    player.send("watch", on=True)
    player.send("step", count=150)
    assert player.numbers["updates"] == 0
    if system == "dueling":
        assert player.numbers["step_in_episode"] == 150  # the pole stands; a random one falls after some 20 steps
    if system == "r2d3":
        assert player.numbers["step_in_episode"] < 150  # the goal was reached; a random walk needs some thousand steps


def test_what_goes_on_from_bundled_weights_stands_after_their_training() -> None:
    curve = returns_curve(History([10, 20], [1.0, 3.0], [10, 10]), (), [(0, 0.0), (100, 5.0)], 100)
    assert [(series.x.tolist(), series.y.tolist()) for series in curve.series] == [([0, 100], [0, 5]), ([110, 120], [1, 3]), ([110, 120], [1, 2])]


def test_bundled_weights_in_mid_training_bring_their_world(play: Any) -> None:
    player = play(system="dqn", environment="Acrobot-v1", until=100, **FAST)
    player.until_paused()
    player.send("trained")
    assert player.now.facts["refused"] is not None and player.now.facts["environment"] == "Acrobot-v1"  # a hidden layer of 16 was asked for
    other = play(system="dqn", environment="Acrobot-v1")
    other.send("trained")
    assert other.now.facts["environment"] == "CartPole-v1" and other.now.facts["trained"] and other.numbers["epsilon"] == 0.05
    other.send("reset")
    assert not other.now.facts["trained"]


def test_without_bundled_weights_it_says_so(play: Any) -> None:
    with pytest.raises(InputError):
        play(system="replay", trained=True, **FAST)
    player = play(system="replay", **FAST)
    player.send("trained")
    assert player.now.facts["bundled"] is None and player.now.facts["refused"] is not None


def test_checkpoints_are_watched_one_after_another(play: Any) -> None:
    player = play(system="dqn", **FAST)
    assert player.now.facts["marks"] == [0]
    player.send("set", until=2600)
    count, seen = len(player.until_paused().facts["marks"]), []
    steps = player.numbers["steps"]
    player.send("tour")
    while player.now.facts["touring"]:
        seen.append(player.now.facts["viewed"])
        player.send("step", count=5)
        assert len(seen) < 40 * tasks.TOUR_STEPS
    assert list(dict.fromkeys(seen)) == list(range(count)) and count >= 3
    assert min(seen.count(index) for index in range(count)) >= tasks.TOUR_LEAST // 5  # also one whose episodes are over at once can be seen
    assert player.now.facts["viewed"] is None and player.now.facts["watching"] and player.numbers["steps"] == steps  # at last as it is now


def test_it_keeps_itself_now_and_then_and_goes_on_from_there(play: Any, tmp_path: Path) -> None:
    file = tmp_path / "kept.pt"
    player = play(system="dqn", until=2600, keep=str(file), keep_every=0.0, **FAST)
    player.until_paused()
    kept = player.now.facts["kept_at"]
    assert file.is_file() and kept is not None and 60 < kept <= player.numbers["steps"]
    again = play(system="dqn", restore=str(file), **FAST)
    assert again.numbers["steps"] == kept and again.now.facts["marks"] == [steps for steps in player.now.facts["marks"] if steps <= kept]
    again.send("visit", index=0)
    assert again.now.facts["viewed"] == 0 and again.now.facts["refused"] is None
    player.send("reset")
    assert player.now.facts["kept_at"] is None  # the file holds another training


def test_a_large_memory_is_not_kept_and_is_gathered_anew(play: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "KEEP_BYTES", 1000)
    file = tmp_path / "kept.pt"
    player = play(system="dqn", until=300, keep=str(file), **FAST)
    player.until_paused()
    player.send("keep")
    steps, updates = player.numbers["steps"], player.numbers["updates"]
    again = play(system="dqn", restore=str(file), **FAST)
    assert (again.numbers["steps"], again.numbers["updates"], again.numbers["kept"]) == (steps, updates, 0)
    again.send("step", count=FAST["learn_from"] // 2 - 2)  # two environments
    assert again.numbers["updates"] == updates and again.numbers["kept"] > 0
    again.send("step", count=10)
    assert again.numbers["updates"] > updates
    player.send("save", path=str(file))  # what the user saves is whole
    assert play(system="dqn", restore=str(file), **FAST).numbers["kept"] == player.numbers["kept"]


@pytest.mark.parametrize("arguments", [{"system": "resnet"}, {"system": "dqn", "environment": "Pendulum-v1"}, {"system": "dqn", "gamma": 5.0}, {"system": "dqn", "nothing": 1}])
def test_what_cannot_be_is_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Player(**arguments)


def test_every_system_has_a_session(play: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "LocalActor", HereActor)
    for system in tasks.SYSTEMS:
        player = play(system=system, environment="Cue-v0", **(RECURRENT if system.startswith("r2d") else FAST))
        player.send("step", count=2)
        assert player.numbers["steps"] > 0 and {"q", "returns", "loss", "numbers"} <= set(player.now.parts)
    assert actors.LocalActor is not HereActor
