"""Environments open for an agent by their name: gymnasium's, MinAtar's, minigrid's, Atari, and anybody's."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import gymnasium
import numpy as np
import pytest

from explorer.engine.envs.drawing import BACKGROUND, FAINT, PLANES, draw_planes, picture
from explorer.engine.learning.games import open_game
from explorer.words import InputError

CLASSIC = ("CartPole-v1", "Acrobot-v1", "MountainCar-v0", "FrozenLake-v1 map_name=8x8 is_slippery=no", "Taxi-v3", "Blackjack-v1")
MINATAR = ("Asterix", "Breakout", "Freeway", "Seaquest", "SpaceInvaders")


def needs(package: str) -> None:
    """Skip where a package is not installed, without importing it: that is left to the code under test."""
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed")


def played(spec: str, steps: int = 20) -> None:
    """Play at random; every look is as the shape says."""
    env, shape = open_game(spec)
    chance = np.random.default_rng(0)
    look, _ = env.reset(seed=0)
    for _ in range(steps):
        assert look.shape == shape.observation and look.dtype == shape.kind
        look, reward, ended, cut, _ = env.step(int(chance.integers(shape.actions)))
        assert np.isfinite(reward)
        if ended or cut:
            look, _ = env.reset()
    assert len(shape.names) == shape.actions
    env.close()


@pytest.mark.parametrize("spec", CLASSIC)
def test_gymnasium_environments_by_id(spec: str) -> None:
    played(spec)


def test_lunar_lander_where_box2d_is_there() -> None:
    pytest.importorskip("Box2D")
    played("LunarLander-v3")


@pytest.mark.parametrize("game", MINATAR)
def test_minatar_games_are_sticky_unless_told_otherwise(game: str) -> None:
    needs("minatar")
    played(f"MinAtar/{game}-v1")
    shape = open_game(f"MinAtar/{game}-v1")[1]
    assert shape.whole and shape.observation[1:] == (10, 10) and shape.sticky == 0.1 and shape.time_limit > 0
    assert open_game(f"MinAtar/{game}-v1 sticky=0")[1].sticky == 0.0


def test_a_plane_of_breakout_is_hidden_from_the_agent_but_not_from_people() -> None:
    needs("minatar")
    whole, _ = open_game("MinAtar/Breakout-v1")
    part, shape = open_game("MinAtar/Breakout-v1 hide=trail")
    assert [str(name) for name in shape.numbers] == ["paddle", "ball", "brick"] and shape.hidden == "trail"
    whole.reset(seed=3)
    part.reset(seed=3)
    for _ in range(3):
        all_planes, planes = whole.step(0)[0], part.step(0)[0]
        assert np.array_equal(all_planes[[0, 1, 3]], planes)
    assert all_planes[2].any()
    drawn = picture(part)
    assert drawn is not None and drawn.shape == (10, 10, 3)
    colours = {tuple(colour) for colour in drawn.reshape(-1, 3).tolist()}
    faint = tuple(round(FAINT * one + (1 - FAINT) * other) for one, other in zip(PLANES[2], BACKGROUND, strict=True))
    assert colours == {BACKGROUND, *PLANES[:2], faint, PLANES[3]}  # people see where it is, and that the agent does not
    both = np.ones((1, 1, 2), bool)
    assert tuple(draw_planes(both, {1})[0, 0]) == PLANES[0] and tuple(draw_planes(both)[0, 0]) == PLANES[1]


def test_plotting_libraries_are_not_loaded_for_minatar() -> None:
    needs("minatar")
    before = set(sys.modules)
    open_game("MinAtar/Breakout-v1")
    assert "seaborn" not in set(sys.modules) - before


def test_the_velocity_of_cartpole_is_hidden() -> None:
    whole, _ = open_game("CartPole-v1")
    part, shape = open_game("CartPole-v1 hide=velocity")
    look = whole.reset(seed=1)[0]
    assert np.array_equal(look[[0, 2]], part.reset(seed=1)[0]) and shape.observation == (2,) and len(shape.numbers) == 2
    with pytest.raises(InputError, match="velocity"):
        open_game("CartPole-v1 hide=ghost")


def test_minigrid_shows_one_plane_for_each_kind_of_thing() -> None:
    needs("minigrid")
    played("MiniGrid-DoorKey-5x5-v0")
    env, shape = open_game("MiniGrid-Empty-5x5-v0")
    look, _ = env.reset(seed=0)
    assert shape.observation == (20, 7, 7) and shape.actions == 7 and shape.time_limit == 100
    assert (look.reshape(3 + 17, -1)[:11].sum(0) == 1).all()  # one object in each cell
    goals = look[8]
    assert goals.sum() == 1 and str(shape.numbers[8]) == "goal"
    assert goals[4, 5] == 1  # the agent stands at the lower middle and looks up: the goal is two ahead and two to the right


def test_atari_is_four_grey_screens() -> None:
    pytest.importorskip("ale_py")
    pytest.importorskip("cv2")
    env, shape = open_game("ALE/Breakout-v5")
    look, _ = env.reset(seed=0)
    assert look.shape == shape.observation == (4, 84, 84) and shape.sticky == 0.25 and shape.scale == pytest.approx(1 / 255)
    assert [str(name) for name in shape.names] == ["nothing", "fire", "right", "left"]


def test_cartpole_is_drawn_where_pygame_is_there() -> None:
    pytest.importorskip("pygame")
    env, _ = open_game("CartPole-v1", drawn=True)
    env.reset(seed=0)
    drawn = picture(env)
    assert drawn is not None and drawn.shape == (400, 600, 3) and drawn.std() > 0
    assert picture(open_game("CartPole-v1")[0]) is None
    env.close()


def test_anybodys_environment_opens_by_its_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own_worlds.py").write_text(
        "import gymnasium\n"
        "from gymnasium.envs.classic_control import CartPoleEnv\n"
        "gymnasium.register('OwnWorld-v0', entry_point=CartPoleEnv, max_episode_steps=7)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    shape = open_game("own_worlds:OwnWorld-v0")[1]
    assert shape.observation == (4,) and shape.time_limit == 7
    gymnasium.registry.pop("OwnWorld-v0")


@pytest.mark.parametrize("spec", ["", "  ", "Pendulum-v1", "BipedalWalker-v3", "Nope-v3", "no_such_module:Nope-v0", "CartPole-v1 nothing=3", "MinAtar/Chess-v1"])
def test_the_rest_is_refused_in_a_sentence(spec: str) -> None:
    with pytest.raises(InputError) as caught:
        open_game(spec)
    for sentence in (caught.value.text.ja, caught.value.text.en):
        assert sentence and "\n" not in sentence and len(sentence) < 300


def test_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for package, spec in (("minatar", "MinAtar/Breakout-v1"), ("minigrid", "MiniGrid-Empty-5x5-v0"), ("ale_py", "ALE/Pong-v5")):
        for entry in [entry for entry in gymnasium.registry if entry.startswith(spec.split("-")[0].split("/")[0])]:
            monkeypatch.delitem(gymnasium.registry, entry)
        monkeypatch.setitem(sys.modules, package, None)
        for module in [name for name in sys.modules if name.startswith(f"{package}.")]:
            monkeypatch.setitem(sys.modules, module, None)
        with pytest.raises(InputError, match=r"ds-explorer\["):
            open_game(spec)
