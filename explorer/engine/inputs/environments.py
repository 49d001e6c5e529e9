"""Opens a gymnasium environment by its id, or says in one sentence why it cannot be opened."""

from __future__ import annotations

import contextlib
import difflib
import importlib
import importlib.util
import logging
import re
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import gymnasium
from gymnasium import spaces
from gymnasium.envs.registration import registry

from explorer.words import InputError, Text

NOTHING = Text("環境の id が空です。「FrozenLake-v1」のように入れてください。", "The environment's id is empty; give one such as “FrozenLake-v1”.")
UNKNOWN = Text("「{id}」という環境は見つかりません。", "There is no environment called “{id}”.")
UNKNOWN_BUT = Text("「{id}」という環境は見つかりません。近いもの: {near}。", "There is no environment called “{id}”; near it are {near}.")
MISSING = Text(
    "環境「{id}」には別のパッケージが必要です。「{install}」で入れられます。",
    "The environment “{id}” needs a package that is not installed; “{install}” installs it.",
)
NOT_DISCRETE = Text(
    "環境「{id}」の{ja}は番号で数えられないので、表では学習できません。",
    "The {en} of the environment “{id}” cannot be numbered, so no table can learn it.",
)
BAD_SETTINGS = Text("環境「{id}」はこの設定では作れません（{why}）。", "The environment “{id}” cannot be made with these settings ({why}).")

# What to install for the families of environments that gymnasium names but does not bring.
PACKAGES = {
    "ALE": 'pip install "ds-explorer[atari]"',
    "Box2D": 'pip install swig "gymnasium[box2d]"',
    "MuJoCo": 'pip install "gymnasium[mujoco]"',
    "MinAtar": 'pip install "ds-explorer[games]"',
    "minatar": 'pip install "ds-explorer[games]"',
    "MiniGrid": 'pip install "ds-explorer[games]"',
    "minigrid": 'pip install "ds-explorer[games]"',
    "ale_py": 'pip install "ds-explorer[atari]"',
    "jax": 'pip install "gymnasium[jax]"',
    "pygame": 'pip install "gymnasium[classic-control]"',
    "shimmy": "pip install shimmy",
}

_ID = re.compile(r"^(?:(?P<module>[\w.-]+):)?(?:(?P<space>[\w-]+)/)?(?P<name>[\w.-]+?)(?:-v(?P<version>\d+))?$")


def open_environment(id: str, *, table: bool = True, **kwargs: Any) -> gymnasium.Env[Any, Any]:
    """The environment with this id, made with these settings, for example ``is_slippery=False``.

    An id whose version gymnasium has withdrawn ("Taxi-v3") opens as its newest version; ``env.spec.id`` tells which.

    Args:
        id: as gymnasium writes them, ``[namespace/]name-v0``.
        table: refuse what a table cannot learn: states or actions that are not ``Discrete``.
        kwargs: passed on to ``gymnasium.make``.

    Raises:
        InputError: unknown id, package not installed, settings it does not take, or (``table``) spaces that are not discrete.
    """
    name = id.strip()
    if not name:
        raise InputError(NOTHING)
    match = _ID.match(name)
    if match is None:
        raise unknown(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "a newer version exists": the id that was opened is in env.spec
        environment = _make(name, match, kwargs)
    if table:
        for space, ja, en in (
            (environment.observation_space, "状態", "states"),
            (environment.action_space, "行動", "actions"),
        ):
            if not isinstance(space, spaces.Discrete):
                environment.close()
                raise InputError(NOT_DISCRETE.format(id=name, ja=ja, en=en))
    return environment


def _bring(match: re.Match[str]) -> None:
    """Let the package that an id belongs to register its environments. Raises ImportError where it is not installed."""
    space, name = match["space"] or "", match["name"]
    if space == "MinAtar" and not any(entry.namespace == "MinAtar" for entry in registry.values()):
        with _without_plots():
            games = importlib.import_module("minatar.gym")
        games.register_envs()
    elif not space and name.startswith(("MiniGrid-", "BabyAI-")) and not any(entry.startswith("MiniGrid-") for entry in registry):
        with contextlib.redirect_stdout(sys.stderr):
            importlib.import_module("minigrid")
    elif space == "ALE" and not any(entry.namespace == "ALE" for entry in registry.values()):
        gymnasium.register_envs(importlib.import_module("ale_py"))


@contextlib.contextmanager
def _without_plots() -> Iterator[None]:
    """MinAtar imports two plotting libraries for a window of its own, which take seconds to load; it does without where they are missing."""
    hidden = {name: None for name in ("matplotlib", "seaborn") if name not in sys.modules}
    sys.modules.update(hidden)  # type: ignore[arg-type]
    level = logging.root.level
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
        logging.root.setLevel(level)
        for name in hidden:
            del sys.modules[name]


def _make(name: str, match: re.Match[str], kwargs: dict[str, Any]) -> gymnasium.Env[Any, Any]:
    try:
        _bring(match)
        return gymnasium.make(name, **kwargs)
    except gymnasium.error.DeprecatedEnv:
        newest = _newest(match)
        if newest is None:
            raise unknown(name) from None
        return _make(newest, match, kwargs)
    except gymnasium.error.DependencyNotInstalled as error:
        raise missing(name, str(error)) from error
    except (gymnasium.error.NamespaceNotFound, gymnasium.error.UnregisteredEnv) as error:
        if match["space"] in PACKAGES and not any(entry.namespace == match["space"] for entry in registry.values()):
            raise missing(name, match["space"]) from error
        raise unknown(name) from error
    except ImportError as error:
        raise missing(name, str(error) if match["module"] is None else match["module"]) from error
    except gymnasium.error.Error as error:
        raise unknown(name) from error
    except (TypeError, ValueError, KeyError, AssertionError, AttributeError) as error:
        reason = str(error).partition(" was raised from")[0]
        why = shorten(" ".join(reason.split()), 120) or type(error).__name__
        raise InputError(BAD_SETTINGS.format(id=name, why=why)) from error


def _newest(match: re.Match[str]) -> str | None:
    """The id of the newest registered version of the environment that ``match`` names."""
    versions = [
        entry for entry in registry.values() if entry.name == match["name"] and entry.namespace == match["space"]
    ]
    best = max(versions, key=lambda entry: entry.version or 0, default=None)
    return None if best is None else best.id


def unknown(name: str) -> InputError:
    """The refusal of an id that does not exist, with up to three ids that are near it."""
    by_small = {entry.lower(): entry for entry in registry}
    near = difflib.get_close_matches(name.lower(), by_small, n=3, cutoff=0.6)
    if not near:
        return InputError(UNKNOWN.format(id=shorten(name)))
    return InputError(UNKNOWN_BUT.format(id=shorten(name), near=", ".join(by_small[one] for one in near)))


def missing(name: str, hint: str) -> InputError:
    """The refusal of an environment whose package is not installed, with the line that installs it."""
    for family, install in PACKAGES.items():
        if family.lower() in hint.lower():
            return InputError(MISSING.format(id=name, install=install))
    quoted = re.search(r"`(pip install [^`]+)`", hint)
    module = re.search(r"No module named '([\w.]+)'", hint)
    package = module[1].split(".")[0] if module else hint.split()[0] if hint.split() else "gymnasium[all]"
    return InputError(MISSING.format(id=name, install=quoted[1] if quoted else f"pip install {package}"))


def shorten(name: str, limit: int = 60) -> str:
    """A name that fits in a sentence."""
    return name if len(name) <= limit else name[: limit - 1] + "…"
