"""What the claims about training time share: two networks that learn side by side, and how long each took."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Generator
from dataclasses import replace

import torch
from torch import nn

from explorer.engine.data import digits
from explorer.engine.experiments.recognition.training import Race, Runner, race, spread_of
from explorer.engine.experiments.run import Outcome, Run
from explorer.results import Progress
from explorer.words import Text

FEW = 200  # digits held out, where measuring accuracy on all of them would take longer than learning
ON_FEW = Text(f"正解率は検証の {FEW} 枚で測りました。", f"Accuracy is measured on {FEW} of those held out.")


def side_by_side(
    run: Run,
    one: Runner,
    other: Runner,
    keys: tuple[str, str],
    side: int,
    steps: int,
    differs: Text,
    *,
    batch: int = 32,
    held: int = digits.HELD_OUT,
) -> Generator[Progress, None, Outcome]:
    """Both networks learn the same digits (``side`` pixels) for the same steps, one step of each in turn; judged is the ratio of their processor
    seconds. ``held``: the number of digits on which accuracy is measured.

    Numbers: ``seconds_ratio`` (``one`` over ``other``, median over seeds), its ``spread``, and of each, by its key, the mean seconds and the
    accuracy at the end: ``seconds_KEY``, ``accuracy_KEY``. A shortened run learns with two seeds.
    """
    run = replace(run, seeds=run.seeds[:2]) if run.quick else run
    learn, labels, held_out, held_labels = digits.load(size=side, channels=3)
    data, measurements = (learn, labels, held_out[:held], held_labels[:held]), 3 if run.quick else 5
    found = yield from race(run, (one, other), data, steps, batch=batch, measurements=measurements, plot=Race.against_time)
    seconds = [[values[-1] for values in by_seed] for by_seed in found.seconds]
    ratios = [a / b for a, b in zip(*seconds, strict=True)]
    numbers = {"seconds_ratio": statistics.median(ratios), "spread": spread_of(ratios)}
    for index, name in enumerate(keys):
        numbers[f"seconds_{name}"], numbers[f"accuracy_{name}"] = statistics.fmean(seconds[index]), statistics.fmean(found.last(index))
    done = found.places[len(found.accuracy[0][0]) - 1]  # fewer where the first seed was stopped
    ours, theirs = ((numbers[f"seconds_{name}"], numbers[f"accuracy_{name}"]) for name in keys)
    text = Text(
        f"同じ {done} ステップの学習：{one.name.ja} {ours[0]:.1f} 秒（正解率 {ours[1]:.1%}）、{other.name.ja} {theirs[0]:.1f} 秒（{theirs[1]:.1%}）。"
        f"時間は {numbers['seconds_ratio']:.2f} 倍です。",
        f"The same {done} steps of learning: {one.name.en} {ours[0]:.1f} s, then right on {ours[1]:.1%}; {other.name.en} {theirs[0]:.1f} s, "
        f"then right on {theirs[1]:.1%}. That is {numbers['seconds_ratio']:.2f} times as long.",
    )
    return Outcome(numbers, "seconds_ratio", text, found.against_time(), digits.ABOUT, differs, complete=found.complete, seeds=len(run.seeds))


def parameters(make: Callable[[], nn.Module]) -> int:
    """Trainable parameters of a network, built without memory."""
    with torch.device("meta"):
        return sum(one.numel() for one in make().parameters())
