"""What all recipes share: progress, checkpoints that survive a kill, and weights with their card.

A recipe is a module ``explorer.engine.recipes.<section>.<system>`` with a generator
``train(variant, *, smoke, data, work, out) -> Iterator[RecipeStep]`` that ``ds-explorer train`` runs.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import platformdirs
import torch
from safetensors.torch import save_file
from torch import Tensor

from explorer.engine.learning.loop import Loop
from explorer.engine.lenses.capture import keep_memory
from explorer.engine.weights.cards import Card, file_sha256
from explorer.resources import resource
from explorer.words import ExplorerError, InputError, Text

Checkpoint = dict[str, Any]

CHECKPOINT_SECONDS = 60.0
TELL_EVERY = 20  # steps

TRAINING = Text(ja="学習中", en="training")
TESTING = Text(ja="テスト画像で評価中", en="measuring on the test pictures")
WRITTEN = Text(ja="書き出しました", en="written")

UNKNOWN_VARIANT = Text(
    ja="「{name}」という変種の学習レシピはありません。選べるもの: {known}。",
    en="There is no recipe for a variant “{name}”; it has {known}.",
)
NOT_GOOD_ENOUGH = Text(
    ja="{name}の学習は終わりましたが、{metric}が{value}で、必要な{needed}に届かないため、重みを書き出しませんでした。",
    en="{name} is trained, but its {metric} is {value} and {needed} is needed, so no weights were written.",
)


@dataclass(frozen=True)
class RecipeStep:
    """How far a recipe is.

    ``doing``: what it does now; ``fraction``: share done, 0 to 1; ``seconds`` by the clock so far, over all runs;
    ``remaining``: seconds left, None where unknown; ``numbers``: loss and the like; ``files``: what was written, last of all.
    """

    doing: Text
    fraction: float
    seconds: float
    remaining: float | None = None
    numbers: dict[str, float] = field(default_factory=dict)
    files: tuple[Path, ...] = ()

    def __str__(self) -> str:
        parts = [f"{100 * self.fraction:5.1f} %", str(self.doing)]
        parts += [f"{name} {value:.4g}" for name, value in self.numbers.items()]
        if self.remaining is not None:
            minutes, seconds = divmod(round(self.remaining), 60)
            parts.append(str(Text(ja=f"残り {minutes}:{seconds:02}", en=f"{minutes}:{seconds:02} left")))
        parts += [str(path) for path in self.files]
        return "  ".join(parts)


class RecipeFailed(ExplorerError):
    """The recipe ran, but its result is not good enough to be kept."""


def check_variant(name: str | None, known: tuple[str, ...]) -> str:
    """The variant asked for, by default the first. Raises InputError for one without a recipe."""
    if name is None:
        return known[0]
    if name not in known:
        raise InputError(UNKNOWN_VARIANT.format(name=name[:60], known=", ".join(known)))
    return name


def work_folder(work: Path | None, name: str) -> Path:
    """The folder for the checkpoints of one recipe, made where needed: under ``work``, else in the user's cache."""
    base = work if work is not None else Path(platformdirs.user_cache_dir("ds-explorer")) / "train"
    folder = base / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint so that a kill at any moment leaves either the old one or the new one."""
    part = path.with_name(path.name + ".part")
    torch.save(checkpoint, part)
    os.replace(part, path)


def load_checkpoint(path: Path, settings: dict[str, Any]) -> Checkpoint | None:
    """The checkpoint at ``path``; None where there is none or where it belongs to other settings."""
    if not path.is_file():
        return None
    checkpoint: Checkpoint = torch.load(path, weights_only=True)
    return checkpoint if checkpoint.get("settings") == settings else None


class Clock:
    """Seconds of a recipe over all its runs, by the clock and of work done by the processors; and when to save."""

    def __init__(self, seconds: float = 0.0, cpu_seconds: float = 0.0, save_every: float = CHECKPOINT_SECONDS) -> None:
        self._wall = time.monotonic() - seconds
        self._cpu = time.process_time() - cpu_seconds
        self._saved = self._begun = time.monotonic()
        self._save_every = save_every

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._wall

    @property
    def cpu_seconds(self) -> float:
        return time.process_time() - self._cpu

    def save_due(self) -> bool:
        """True once every ``save_every`` seconds."""
        if time.monotonic() - self._saved < self._save_every:
            return False
        self._saved = time.monotonic()
        return True

    def remaining(self, before: float, now: float) -> float | None:
        """Seconds left, where a share ``before`` of the work was done when this run began, and ``now`` is done."""
        if now <= before:
            return None
        return (time.monotonic() - self._begun) * (1 - now) / (now - before)


def told(step: Any) -> dict[str, float]:
    """What is told of a step of a classifier, of pictures or pixels."""
    return {"loss": step.loss, "accuracy": step.accuracy, "epoch": step.epoch}


def learn(
    run: Loop[Any],
    settings: dict[str, Any],
    cpu_minutes: float,
    file: Path,
    numbers: Callable[[Any], dict[str, float]] = told,
    work_done: Callable[[float], float] = lambda share: share,
    begun: Clock | None = None,
) -> Generator[RecipeStep, None, Clock]:
    """A training, from its checkpoint where there is one of these settings, to its end or until it took ``cpu_minutes`` of work; gives the clock.

    ``numbers``: what is told of a step; it is asked after each. ``work_done``: the share of all work after a share of the steps, where they cost
    differently. ``begun``: the clock of what was done before, whose time counts.
    """
    keep_memory(large=True)
    checkpoint = load_checkpoint(file, settings)
    clock = Clock() if begun is None else Clock(begun.seconds, begun.cpu_seconds)
    if checkpoint is not None:
        run.restore(checkpoint["run"])
        clock = Clock(checkpoint["seconds"], checkpoint["cpu_seconds"])
        if clock.cpu_seconds > 60 * cpu_minutes:
            return clock
    before = work_done(run.done / run.total)

    def save() -> None:
        save_checkpoint(file, {"settings": settings, "run": run.state(), "seconds": clock.seconds, "cpu_seconds": clock.cpu_seconds})

    try:
        for step in run.steps():
            told = numbers(step)
            if clock.save_due():
                save()
            if step.step % TELL_EVERY == 0 or step.step == step.steps:
                share = work_done(step.fraction)
                yield RecipeStep(TRAINING, share, clock.seconds, clock.remaining(before, share), told)
            if clock.cpu_seconds > 60 * cpu_minutes:
                break
    finally:
        save()
    return clock


def made_before(name: str, out: Path) -> Path | None:
    """The weights of another variant to begin with: those in ``out``, else the bundled ones; None where there are none."""
    places = (out / f"{name}.safetensors", resource("weights", f"{name}.safetensors"))
    return next((path for path in places if path.is_file()), None)


def half(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The same weights with 16 bits a number; whole numbers stay as they are."""
    return {name: value.half() if value.is_floating_point() else value for name, value in state.items()}


def single(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The same weights with 32 bits a number; whole numbers stay as they are."""
    return {name: value.float() if value.is_floating_point() else value for name, value in state.items()}


def write_weights(path: Path, state: dict[str, Tensor]) -> tuple[int, str]:
    """Write a safetensors file in one move; gives its bytes and its SHA-256. How many batches a normalisation saw is left out: nothing reads it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    save_file({name: value.contiguous() for name, value in state.items() if not name.endswith(".num_batches_tracked")}, part)
    os.replace(part, path)
    return path.stat().st_size, file_sha256(path)


def write_card(path: Path, card: Card) -> None:
    """Write a card in one move."""
    part = path.with_name(path.name + ".part")
    card.write(part)
    os.replace(part, path)


def cores() -> int:
    """The processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def today() -> str:
    """The date, as it stands on a card."""
    return datetime.now(UTC).date().isoformat()


Train = Callable[..., Iterator[RecipeStep]]


def main(train: Train) -> None:
    """Run one recipe alone: ``python -m explorer.engine.recipes.recognition.resnet --variant resnet20``."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--variant")
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--out", type=Path, default=Path("weights"))
    options = parser.parse_args()
    steps = train(options.variant, smoke=options.smoke, data=options.data, work=options.work, out=options.out)
    for step in steps:
        print(step, flush=True)
