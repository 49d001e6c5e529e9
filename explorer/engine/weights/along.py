"""A network as it was on the way to its trained weights, in a file beside them (``dqn-cartpole.along.safetensors``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from explorer.engine.weights.cards import Card, file_sha256
from explorer.words import InputError, Text

SUFFIX = ".along.safetensors"

NOT_FITTING = Text("「{file}」は、この重みの途中の記録ではありません。", "“{file}” does not hold what these weights were on the way.")


def along_name(weights: str | Path) -> str:
    """The name of the file that goes with a file of weights."""
    return Path(weights).stem + SUFFIX


def joined(states: Iterable[tuple[int, Mapping[str, Tensor]]]) -> dict[str, Tensor]:
    """Weights after some steps each, as one file holds them."""
    return {f"{steps}/{name}": value for steps, state in states for name, value in state.items()}


def load_along(weights: Path, card: Card) -> list[tuple[int, dict[str, Tensor]]]:
    """The weights after so many steps, in order and with 32 bits a number; empty where the card names no such file.

    Raises InputError for a file that is missing or not the card's.
    """
    path = weights.with_name(along_name(weights))
    if path.name not in card.companions:
        return []
    try:
        if file_sha256(path) != card.companions[path.name]:
            raise ValueError("another hash than on the card")
        found: dict[int, dict[str, Tensor]] = {}
        for key, value in load_file(path).items():
            steps, _, name = key.partition("/")
            found.setdefault(int(steps), {})[name] = value.float()
    except (OSError, ValueError, SafetensorError) as error:
        raise InputError(NOT_FITTING.format(file=path.name)) from error
    return sorted(found.items(), key=lambda one: one[0])
