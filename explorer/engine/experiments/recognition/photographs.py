"""Photographs for the claims that handwritten digits are too easy to settle: CIFAR-10 where a folder holds it, averaged to few pixels."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch.nn import functional as F

from explorer.catalogue.judge import Judgement
from explorer.engine.data import cifar10, digits
from explorer.engine.experiments.recognition.training import Data
from explorer.engine.experiments.run import Run
from explorer.engine.learning.classify import normalise
from explorer.words import Text

LEARN, HELD_OUT = 10_000, 2_000
QUICK_LEARN, QUICK_HELD_OUT = 2_000, 500
PHOTOGRAPHS = Text(
    "CIFAR-10 の写真（学習 {learn:,} 枚、検証 {held:,} 枚、平均して {side}×{side} 画素に）",
    "CIFAR-10 photographs ({learn:,} to learn from, {held:,} held out, averaged to {side}×{side} pixels)",
)
DIGITS = Text(
    "{digits}。この違いを決めるには易しすぎるため、良くても「条件つき」です。CIFAR-10 のあるフォルダーを --data で指定すると、写真で測ります",
    "{digits}; too easy to settle this, so the best verdict is “with a caveat”. Photographs are used where --data names a folder with CIFAR-10",
)


@dataclass(frozen=True)
class Given:
    """What there is to learn from. ``shape``: of one picture; ``about``: on which data, in words; ``at_most``: the best verdict it can give."""

    data: Data
    shape: tuple[int, int, int]
    about: Text
    at_most: Judgement


def photographs(run: Run, side: int) -> Given:
    """CIFAR-10 from the folder of the run, averaged to ``side`` pixels (a divisor of 32); without it handwritten digits of 8x8.

    Raises InputError where the folder's files are damaged.
    """
    if run.data is None or not all((run.data / f"cifar10_{split}.npz").is_file() for split in ("train", "test")):
        return Given(digits.load(size=8, channels=3), (3, 8, 8), DIGITS.format(digits=digits.ABOUT), "caveat")
    learn, held = (QUICK_LEARN, QUICK_HELD_OUT) if run.quick else (LEARN, HELD_OUT)
    one, other = cifar10.load("train", run.data, learn), cifar10.load("test", run.data, held)
    data = (*_small(one, side), *_small(other, side))
    return Given(data, (3, side, side), PHOTOGRAPHS.format(learn=learn, held=held, side=side), "holds")


def _small(pictures: cifar10.Pictures, side: int) -> tuple[torch.Tensor, torch.Tensor]:
    return F.avg_pool2d(normalise(pictures.images, cifar10.MEAN, cifar10.STD), 32 // side), pictures.labels
