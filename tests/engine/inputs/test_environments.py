"""Environments open by id; what cannot be opened is refused in one sentence that helps."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tomllib
import warnings
from pathlib import Path

import pytest

import explorer
from explorer.engine.inputs.environments import open_environment
from explorer.words import InputError


def refusal(id: str, **settings: object) -> InputError:
    with pytest.raises(InputError) as caught:
        open_environment(id, **settings)  # type: ignore[arg-type]
    error = caught.value
    for sentence in (error.text.ja, error.text.en):
        assert "\n" not in sentence
        assert "{" not in sentence
    assert error.text.en.endswith(".")
    return error


def test_opens_tabular_environments_with_their_settings() -> None:
    env = open_environment("FrozenLake-v1", is_slippery=False, map_name="8x8")
    assert env.observation_space.n == 64  # type: ignore[attr-defined]
    env.reset(seed=0)
    assert env.step(1)[0] == 8  # not slippery: down is down
    env.close()


def test_a_withdrawn_version_opens_as_the_newest_one_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        env = open_environment("CliffWalking-v0")
    assert env.spec is not None and env.spec.id == "CliffWalking-v1"
    env.close()


def test_an_unknown_id_is_refused_with_near_names() -> None:
    assert "FrozenLake-v1" in refusal("FrozenLak-v1").text.en
    assert "FrozenLake-v1" in refusal("frozenlake-v1").text.ja
    assert "near" not in refusal("Zzzzqqq-v0").text.en
    refusal("FrozenLake-v9")


@pytest.mark.parametrize("id", ["", "   ", "bad id !!", "🙂", "x" * 5000, "a/b/c-v0", "-v1"])
def test_what_is_no_id_is_refused(id: str) -> None:
    assert len(refusal(id).text.en) < 300


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "Box2D", None)
    for module in [name for name in sys.modules if name.startswith("gymnasium.envs.box2d")]:
        monkeypatch.delitem(sys.modules, module)
    assert "gymnasium[box2d]" in refusal("LunarLander-v3").text.ja
    assert "pip install no_such_package" in refusal("no_such_package:Foo-v1").text.en


def test_an_atari_id_names_its_package() -> None:
    if importlib.util.find_spec("ale_py") is not None:
        pytest.skip("the package is installed here")
    assert "ds-explorer[atari]" in refusal("ALE/Pong-v5").text.en


def test_spaces_that_no_table_can_hold_are_refused() -> None:
    assert "states" in refusal("CartPole-v1").text.en
    assert "状態" in refusal("Blackjack-v1").text.ja
    env = open_environment("CartPole-v1", table=False)
    env.close()


def test_settings_that_do_not_fit_are_refused() -> None:
    refusal("FrozenLake-v1", no_such_setting=3)
    refusal("FrozenLake-v1", map_name="7x7")


NO_GAMES = """
import importlib.util
import re
import subprocess
import sys
import tomllib
sys.modules["minatar"] = sys.modules["minigrid"] = None  # as where the extra is not installed
from explorer.engine.learning.games import open_game
from explorer.words import InputError
open_game("CartPole-v1")[0].close()
for name in ("MinAtar/Breakout-v1", "MiniGrid-DoorKey-5x5-v0"):
    try:
        open_game(name)
    except InputError as error:
        assert "ds-explorer[games]" in error.text.en, error
    else:
        raise AssertionError(name)
"""


def test_the_games_of_the_extra_are_named_where_they_are_missing_and_nothing_else_needs_them() -> None:
    subprocess.run([sys.executable, "-c", NO_GAMES], check=True, timeout=120)


def test_minatar_is_brought_only_when_it_is_asked_for() -> None:
    package = Path(explorer.__file__).parent
    direct = [path.name for path in package.rglob("*.py") if re.search(r"^\s*(import|from) minatar", path.read_text(encoding="utf-8"), re.MULTILINE)]
    assert direct == []
    project = tomllib.loads((package.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    holders = [name for name, needs in project["optional-dependencies"].items() if any("minatar" in need for need in needs)]
    assert holders == ["games"] and not any("minatar" in need or "games" in need for need in project["dependencies"])
