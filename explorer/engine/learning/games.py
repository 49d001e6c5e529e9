"""Opens an environment for an agent by its name: made, checked, and given the form a network can read."""

from __future__ import annotations

from explorer.engine.envs.games import Environment, Shape, parse, prepare
from explorer.engine.inputs.environments import NOTHING, open_environment
from explorer.words import InputError


def open_game(spec: str, *, drawn: bool = False) -> tuple[Environment, Shape]:
    """The environment a name stands for (see :mod:`explorer.engine.envs.games`), and what a network meets there.

    ``drawn``: it can be looked at (:func:`explorer.engine.envs.drawing.picture`), where it can draw itself.

    Raises InputError: an unknown id, a missing package, settings that do not exist, or looks and actions an agent cannot handle.
    """
    if not isinstance(spec, str) or not spec.strip():
        raise InputError(NOTHING)
    wish = parse(spec[:2000])
    options = {"disable_env_checker": True, **wish.options}
    if drawn and "render_mode" not in options:
        try:
            return prepare(open_environment(wish.gym_id, table=False, render_mode="rgb_array", **options), wish)
        except InputError:
            pass  # said again below, unless it was only about being drawn
    return prepare(open_environment(wish.gym_id, table=False, **options), wish)
