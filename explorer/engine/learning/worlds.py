"""Opens a world by its name: the environment is made and checked, then its table read."""

from __future__ import annotations

from explorer.engine.envs.tables import TableWorld, parse, read
from explorer.engine.inputs.environments import NOTHING, open_environment
from explorer.words import InputError, Text

NOT_GENERATED = Text("次の地図があるのは、生成した地図だけです。", "Only generated maps have a next one.")
LEAST_WORTH = 0.2
"""A generated map is offered when the best policy's value at the start (γ 0.99) on slippery ice is at least this: on others the goal is
hardly ever reached. Firm ice goes by the same maps, so that switching the ice keeps the map."""
_OPENED: dict[str, TableWorld] = {}


def open_world(spec: str) -> TableWorld:
    """The world a name stands for (see :mod:`explorer.engine.envs.tables`). The same name gives the same object.

    A generated map without a seed is the first one offered.

    Raises InputError: an unknown id, a missing package, settings that do not exist, or an environment that no table can learn.
    """
    if not isinstance(spec, str) or not spec.strip():
        raise InputError(NOTHING)
    name = " ".join(spec[:2000].split())
    if "generated" in name.split() and "seed=" not in name:
        name = next_map(name)
    if name not in _OPENED:
        gym_id, options = parse(name)
        env = open_environment(gym_id, table=True, **options)
        try:
            world = read(env, name, options)
        finally:
            env.close()
        if len(_OPENED) >= 64:
            _OPENED.clear()
        _OPENED[name] = world
    return _OPENED[name]


def next_map(spec: str) -> str:
    """The name with the next seed whose generated map is offered (see :data:`LEAST_WORTH`). Raises InputError as :func:`open_world`."""
    words = [word for word in spec.split() if not word.startswith("seed=")]
    seeds = [word[5:] for word in spec.split() if word.startswith("seed=")]
    seed = int(seeds[-1]) if seeds and seeds[-1].isdecimal() else -1
    if "generated" not in words:
        raise InputError(NOT_GENERATED)
    slippery = [word for word in words if word != "firm"]
    while True:
        seed += 1
        if open_world(" ".join([*slippery, f"seed={seed}"])).best_worth(0.99) >= LEAST_WORTH:
            return " ".join([*words, f"seed={seed}"])


def on_ice(spec: str, ice: str) -> str:
    """The name with its ice ``"slippery"`` or ``"firm"``; the same name where the environment has no such setting.

    Raises InputError as :func:`open_world`.
    """
    opened = open_world(spec)
    if not opened.icy or opened.certain == (ice == "firm"):
        return opened.spec
    words = [word for word in opened.spec.split() if word not in ("slippery", "firm") and not word.startswith("is_slippery=")]
    return " ".join([*words, ice])
