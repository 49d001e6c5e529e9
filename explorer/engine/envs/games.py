"""Environments as a network plays them: numbers or planes in, one of a few actions out.

An environment is named by its gymnasium id, with settings as words after it:

- ``hide=velocity`` takes the velocities out of what CartPole, Acrobot, MountainCar and LunarLander show; ``hide=trail`` a named plane of a
  MinAtar game; ``hide=0,2`` any numbers or planes by their place, counted from 0. What is left is not enough to act on from one look.
- ``sticky=0.1``: with this probability the last action is repeated whatever was chosen (Machado et al., *Revisiting the Arcade Learning
  Environment*, 2018). MinAtar's games are sticky at 0.1 unless told otherwise.
- ``stack=4``: the last four looks at once, as in the DQN paper. Atari is stacked unless told otherwise.
- any other ``name=value`` goes to ``gymnasium.make``.

Wherever gymnasium or the environment's own package has a wrapper, it is used.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces, wrappers

from explorer.results.base import Pixels
from explorer.words import InputError, Text, same

Environment = Any
"""A gymnasium.Env. Its spaces are of many kinds, which are told apart here when it runs."""

SCREEN = 84
"""Side in pixels to which screens are made smaller, as in the DQN paper."""
LARGEST_PLANES = 32
"""Planes up to this side are given as they are; larger pictures are screens."""
MINATAR_LIMIT = 5000
"""Actions after which an episode of a MinAtar game is cut, since a perfect player never loses."""
MOST_NUMBERS = 100_000
"""Numbers in one look that a network here will take."""
VELOCITIES: Mapping[str, tuple[int, ...]] = {"CartPole": (1, 3), "Acrobot": (4, 5), "MountainCar": (1,), "LunarLander": (2, 3, 5)}

UNKNOWN_WORD = Text("環境「{id}」に「{word}」という設定はありません。", "The environment “{id}” has no setting “{word}”.")
BAD_NUMBER = Text("「{word}」の値は使えません。sticky は 0 以上 1 未満、stack は 1〜8 です。", "“{word}” cannot be used: sticky goes from 0 to below 1, stack from 1 to 8.")
NOTHING_TO_HIDE = Text("環境「{id}」に「{word}」で隠せるものはありません。", "The environment “{id}” has nothing “{word}” could hide.")
CAN_HIDE = Text("隠せるもの: {names}。", "It can hide {names}.")
ALL_HIDDEN = Text("環境「{id}」のすべてを隠すことはできません。", "Not everything that “{id}” shows can be hidden.")
NOT_A_CHOICE = Text(
    "環境「{id}」の行動は選択肢ではない（{space}）ので、行動ごとの価値を学ぶエージェントには使えません。",
    "The actions of “{id}” are not a choice among a few ({space}), so an agent that learns a value for each action cannot play it.",
)
NOT_NUMBERS = Text(
    "環境「{id}」の観測（{space}）は数の並びにできないので、ネットワークに入れられません。",
    "What “{id}” shows ({space}) cannot be turned into numbers, so no network can read it.",
)
TOO_LARGE = Text("環境「{id}」の観測は大きすぎます（{count} 個の数）。", "What “{id}” shows is too large ({count} numbers).")

LEFT, RIGHT, UP, DOWN = Text("左", "left"), Text("右", "right"), Text("上", "up"), Text("下", "down")
STAY, FIRE = Text("何もしない", "nothing"), Text("撃つ", "fire")
WORDS: Mapping[str, Text] = {
    "n": STAY, "l": LEFT, "u": UP, "r": RIGHT, "d": DOWN, "f": FIRE, "noop": STAY, "left": LEFT, "right": RIGHT, "up": UP, "down": DOWN, "fire": FIRE,
    "forward": Text("前へ", "forward"), "pickup": Text("拾う", "pick up"), "drop": Text("置く", "drop"), "toggle": Text("開ける", "open"),
    "done": Text("終える", "done"),
}
ACTIONS: Mapping[str, tuple[Text, ...]] = {
    "CartPole": (LEFT, RIGHT),
    "MountainCar": (LEFT, STAY, RIGHT),
    "Acrobot": (LEFT, STAY, RIGHT),
    "LunarLander": (STAY, Text("左の噴射", "left engine"), Text("主噴射", "main engine"), Text("右の噴射", "right engine")),
    "FrozenLake": (LEFT, DOWN, RIGHT, UP),
    "CliffWalking": (UP, RIGHT, DOWN, LEFT),
    "Taxi": (DOWN, UP, RIGHT, LEFT, Text("乗せる", "pick up"), Text("降ろす", "drop off")),
}
TURN_LEFT, TURN_RIGHT = Text("左を向く", "turn left"), Text("右を向く", "turn right")
NUMBERS: Mapping[str, tuple[Text, ...]] = {
    "CartPole": (Text("台車の位置", "cart position"), Text("台車の速度", "cart velocity"), Text("棒の角度", "pole angle"), Text("棒の角速度", "pole velocity")),
    "MountainCar": (Text("位置", "position"), Text("速度", "velocity")),
}


@dataclass(frozen=True)
class Wish:
    """What a name asks for: the id, keywords for ``gymnasium.make`` and what is done to the environment after that."""

    spec: str
    gym_id: str
    options: Mapping[str, Any] = field(default_factory=dict)
    hide: str = ""
    sticky: float | None = None
    stack: int = 0


@dataclass(frozen=True)
class Shape:
    """What a network meets. ``observation``: (numbers,) or (planes, height, width); ``actions``: how many, with ``names``.

    ``whole``: each number of a look is a small whole number and kept as one byte; ``scale``: what a network multiplies it by.
    ``numbers``: names of the numbers or planes, where they have any; ``sticky``: the probability of repeating the last action;
    ``hidden``: what was taken out, as the name says it; ``time_limit``: actions an episode at most, 0 for no limit.
    """

    spec: str
    observation: tuple[int, ...]
    actions: int
    names: tuple[Text, ...]
    whole: bool
    scale: float
    numbers: tuple[Text, ...] = ()
    sticky: float = 0.0
    hidden: str = ""
    time_limit: int = 0

    @property
    def kind(self) -> np.dtype[Any]:
        """The type one look is kept in."""
        return np.dtype(np.uint8 if self.whole else np.float32)


def parse(spec: str) -> Wish:
    """What a name stands for. Raises InputError for words that mean nothing."""
    gym_id, *words = spec.split()
    options: dict[str, Any] = {}
    hide, sticky, stack = "", None, 0
    for word in words:
        name, equals, value = word.partition("=")
        try:
            if not equals or not name.isidentifier() or not value:
                raise InputError(UNKNOWN_WORD.format(id=gym_id, word=word[:40]))
            if name == "hide":
                hide = value
            elif name == "sticky":
                sticky = float(value)
                if not 0.0 <= sticky < 1.0:
                    raise ValueError
            elif name == "stack":
                stack = int(value)
                if not 1 <= stack <= 8:
                    raise ValueError
            else:
                options[name] = _literal(value)
        except InputError:
            raise
        except ValueError:
            raise InputError(BAD_NUMBER.format(word=word[:40])) from None
    if gym_id.startswith("MinAtar/") and sticky is not None:
        options["sticky_action_prob"], sticky = sticky, None
    if gym_id.startswith("ALE/"):
        options = {"frameskip": 1, **options}
        if sticky is not None:
            options["repeat_action_probability"], sticky = sticky, None
    return Wish(" ".join([gym_id, *words]), gym_id, options, hide, sticky, stack)


def prepare(env: Environment, wish: Wish) -> tuple[Environment, Shape]:
    """The environment with looks as float32 (numbers,) or uint8/float32 (planes, height, width) and actions 0 … n − 1, and its shape.

    Raises InputError for actions that are not a choice among a few and looks that are no numbers; the environment is closed then.
    """
    try:
        return _prepare(env, wish)
    except InputError:
        env.close()
        raise


def _prepare(env: Environment, wish: Wish) -> tuple[Environment, Shape]:
    if not isinstance(env.action_space, spaces.Discrete):
        raise InputError(NOT_A_CHOICE.format(id=wish.gym_id, space=type(env.action_space).__name__))
    family = _family(wish.gym_id)
    names = _action_names(env, family)
    if env.action_space.start != 0:
        first = int(env.action_space.start)
        env = wrappers.TransformAction(env, lambda action: action + first, spaces.Discrete(env.action_space.n))
    if wish.sticky:
        env = wrappers.StickyAction(env, wish.sticky)
    numbers: tuple[Text, ...] = NUMBERS.get(family, ())
    stack = wish.stack
    if wish.gym_id.startswith("MinAtar/"):
        numbers = tuple(same(name.replace("_", " ")) for name in env.unwrapped.game.env.channels)
        if not _limit(env):
            env = wrappers.TimeLimit(env, MINATAR_LIMIT)
    elif wish.gym_id.startswith("ALE/"):
        env = wrappers.AtariPreprocessing(env, frame_skip=4, screen_size=SCREEN, grayscale_obs=True, scale_obs=False)
        env = _transform(env, lambda look: look[None], spaces.Box(0, 255, (1, SCREEN, SCREEN), np.uint8))
        stack = stack or 4
    if _is_minigrid(env):
        env, numbers = _one_hot_view(env)
    elif not wish.gym_id.startswith("ALE/"):
        env = _as_numbers(env, wish)
    if wish.hide:
        places = _hidden_places(env, wish, family, numbers)
        kept = [place for place in range(env.observation_space.shape[0]) if place not in places]
        env = Hiding(env, lambda look: look[kept], _narrowed(env.observation_space, kept), places)
        numbers = tuple(numbers[place] for place in kept) if numbers else ()
    if stack > 1:
        env = _stacked(env, stack)
        numbers = ()
    space: Any = env.observation_space
    count = int(np.prod(space.shape))
    if not 0 < count <= MOST_NUMBERS:
        raise InputError(TOO_LARGE.format(id=wish.gym_id, count=count))
    whole = space.dtype == np.uint8
    scale = 1.0 / 255.0 if whole and int(space.high.max()) > 15 else 1.0
    shape = Shape(
        wish.spec, tuple(int(n) for n in space.shape), int(env.action_space.n), names, whole, scale, numbers, _stickiness(env, wish), wish.hide,
        _limit(env),
    )
    return env, shape


def _family(gym_id: str) -> str:
    return gym_id.rpartition("/")[2].split("-v")[0]


def _limit(env: Environment) -> int:
    """Actions an episode at most, by gymnasium's TimeLimit or the environment's own; 0 for no limit."""
    while isinstance(env, gymnasium.Wrapper):
        if isinstance(env, wrappers.TimeLimit):
            return int(env._max_episode_steps)
        env = env.env
    return int(getattr(env, "max_steps", 0) or 0)


def _stickiness(env: Environment, wish: Wish) -> float:
    game = getattr(env.unwrapped, "game", None)
    if game is not None and hasattr(game, "sticky_action_prob"):
        return float(game.sticky_action_prob)
    if wish.gym_id.startswith("ALE/") and env.spec is not None:
        return float(env.spec.kwargs.get("repeat_action_probability", 0.25))
    return float(wish.sticky or 0.0)


def _action_names(env: Environment, family: str) -> tuple[Text, ...]:
    """A word for each action, or its number."""
    count = int(env.action_space.n)
    inner = env.unwrapped
    found: tuple[Text, ...] = ()
    if family in ACTIONS:
        found = ACTIONS[family]
    elif _is_minigrid(env):
        found = (TURN_LEFT, TURN_RIGHT, *(WORDS[one.name] for one in list(inner.actions)[2:]))
    elif hasattr(inner, "game") and hasattr(inner, "action_set"):
        found = tuple(WORDS[inner.game.env.action_map[action]] for action in inner.action_set)
    elif hasattr(inner, "get_action_meanings"):
        found = tuple(WORDS.get(one.lower(), same(one.lower())) for one in inner.get_action_meanings())
    return found if len(found) == count else tuple(same(str(number)) for number in range(count))


# ---- looks ----


def _is_minigrid(env: Environment) -> bool:
    return hasattr(env.unwrapped, "agent_view_size") and isinstance(env.observation_space, spaces.Dict) and "image" in env.observation_space.spaces


def _one_hot_view(env: Environment) -> tuple[Environment, tuple[Text, ...]]:
    """minigrid's partial view, its numbers of objects, colours and states as planes of their own, (20, height, width)."""
    from minigrid.core.constants import COLOR_TO_IDX, OBJECT_TO_IDX, STATE_TO_IDX

    height, width, _ = env.observation_space["image"].shape
    tables = [np.eye(len(names), dtype=np.uint8) for names in (OBJECT_TO_IDX, COLOR_TO_IDX, STATE_TO_IDX)]
    planes = sum(len(table) for table in tables)

    def view(look: Mapping[str, Any]) -> Pixels:
        image = look["image"].transpose(1, 0, 2)  # minigrid counts columns first
        parts = [table[np.minimum(image[..., part], len(table) - 1)] for part, table in enumerate(tables)]
        return np.concatenate(parts, axis=2).transpose(2, 0, 1)

    numbers = tuple(same(name) for names in (OBJECT_TO_IDX, COLOR_TO_IDX, STATE_TO_IDX) for name in names)
    return _transform(env, view, spaces.Box(0, 1, (planes, height, width), np.uint8)), numbers


def _as_numbers(env: Environment, wish: Wish) -> Environment:
    """Looks as a Box: numbers in a row, or planes first."""
    space: Any = env.observation_space
    if not isinstance(space, spaces.Box):
        if not _flat(space):
            raise InputError(NOT_NUMBERS.format(id=wish.gym_id, space=type(space).__name__))
        if spaces.flatdim(space) > MOST_NUMBERS:
            raise InputError(TOO_LARGE.format(id=wish.gym_id, count=spaces.flatdim(space)))
        env = wrappers.FlattenObservation(env)
        space = env.observation_space
    if len(space.shape) == 3:
        height, width, channels = space.shape
        if max(height, width) > LARGEST_PLANES and channels == 3 and space.dtype == np.uint8:  # a screen in colours
            env = wrappers.ResizeObservation(wrappers.GrayscaleObservation(env), (SCREEN, SCREEN))
            return _transform(env, lambda look: look[None], _box(env.observation_space, (1, SCREEN, SCREEN)))
        if channels <= height and channels <= width:  # planes last
            kind = np.uint8 if space.dtype in (np.uint8, np.bool_) else np.float32
            return _transform(env, lambda look: np.ascontiguousarray(look.transpose(2, 0, 1), kind), _box(space, (channels, height, width)))
        return env if space.dtype in (np.uint8, np.float32) else _transform(env, lambda look: look.astype(np.float32), _box(space, space.shape))
    if space.dtype != np.float32 or len(space.shape) != 1:
        return _transform(env, lambda look: np.asarray(look, np.float32).reshape(-1), spaces.Box(-np.inf, np.inf, (int(np.prod(space.shape)),), np.float32))
    return env


def _flat(space: spaces.Space[Any]) -> bool:
    if isinstance(space, spaces.Dict):
        return all(_flat(one) for one in space.spaces.values())
    if isinstance(space, spaces.Tuple):
        return all(_flat(one) for one in space.spaces)
    return isinstance(space, spaces.Box | spaces.Discrete | spaces.MultiDiscrete | spaces.MultiBinary)


def _box(space: spaces.Box, shape: tuple[int, ...]) -> spaces.Box:
    whole = space.dtype in (np.uint8, np.bool_)
    return spaces.Box(0, 1 if space.dtype == np.bool_ else 255, shape, np.uint8) if whole else spaces.Box(-np.inf, np.inf, shape, np.float32)


def _narrowed(space: spaces.Box, kept: list[int]) -> spaces.Box:
    return spaces.Box(space.low[kept], space.high[kept], dtype=space.dtype)


class Hiding(wrappers.TransformObservation[Any, Any, Any]):
    """Some of what an environment shows is taken out. ``hidden_places``: along the first axis of the whole look; its picture draws them faintly."""

    def __init__(self, env: Environment, change: Callable[[Any], Any], space: spaces.Box, places: set[int]) -> None:
        super().__init__(env, change, space)
        self.hidden_places = frozenset(places)


def _transform(env: Environment, change: Callable[[Any], Any], space: spaces.Box) -> Environment:
    return wrappers.TransformObservation(env, change, space)


def _stacked(env: Environment, count: int) -> Environment:
    """The last looks one after the other along the first axis."""
    env = wrappers.FrameStackObservation(env, count)
    space: Any = env.observation_space
    shape = (space.shape[0] * space.shape[1], *space.shape[2:])
    low, high = space.low.reshape(shape), space.high.reshape(shape)
    return _transform(env, lambda look: np.asarray(look).reshape(shape), spaces.Box(low, high, dtype=space.dtype))


def _hidden_places(env: Environment, wish: Wish, family: str, numbers: tuple[Text, ...]) -> set[int]:
    """The places along the first axis of a look that a name hides. Raises InputError where there are none of that name."""
    count = int(env.observation_space.shape[0])
    names = {text.en.replace(" ", "_"): place for place, text in enumerate(numbers)}
    places: set[int] = set()
    for word in wish.hide.split(","):
        if word == "velocity" and family in VELOCITIES:
            places.update(VELOCITIES[family])
        elif word in names:
            places.add(names[word])
        elif word.isdecimal() and int(word) < count:
            places.add(int(word))
        else:
            known = [*(["velocity"] if family in VELOCITIES else []), *names]
            sentence = NOTHING_TO_HIDE.format(id=wish.gym_id, word=word[:40])
            if known:
                can = CAN_HIDE.format(names=", ".join(known[:12]))
                sentence = Text(f"{sentence.ja}{can.ja}", f"{sentence.en} {can.en}")
            raise InputError(sentence)
    if len(places) >= count:
        raise InputError(ALL_HIDDEN.format(id=wish.gym_id))
    return places


def _literal(value: str) -> Any:
    plain = {"yes": True, "no": False, "true": True, "false": False}
    if value.lower() in plain:
        return plain[value.lower()]
    try:
        return ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return value
