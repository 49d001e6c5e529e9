"""Handwritten digits that come with scikit-learn: 1,797 pictures of 8×8, the test part of UCI's optical digits (Alpaydin & Kaynak 1998)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from explorer.words import Text

ABOUT = Text("scikit-learn の手書き数字 1,797 枚（学習 1,297、検証 500）", "scikit-learn's 1,797 handwritten digits (1,297 to learn from, 500 held out)")
LICENCE = "CC BY 4.0 (UCI Machine Learning Repository)"
HELD_OUT = 500
MEAN, DEVIATION = 4.9, 6.0  # of the counts of ink, 0 to 16
BLANK, INK = -MEAN / DEVIATION, 16 / DEVIATION  # as the pictures have them: no ink, and from none to full ink


def load(size: int = 8, channels: int = 1, canvas: int | None = None) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Pictures and labels to learn from, then those held out: (N, channels, size, size) float of about zero mean and unit deviation, (N,) int64.

    ``size``: a multiple of 8; each pixel becomes a square. ``canvas``: pixels a side of a blank square, in whose middle the digits are set, so that the
    pictures are as large as that. The split is fixed.
    """
    from sklearn.datasets import load_digits

    data = load_digits()
    pixels: NDArray[np.float32] = (data.images.astype(np.float32) - MEAN) / DEVIATION
    pictures = torch.from_numpy(pixels)[:, None].repeat_interleave(size // 8, 2).repeat_interleave(size // 8, 3).expand(-1, channels, -1, -1).contiguous()
    if canvas is not None:
        pictures = F.pad(pictures, ((canvas - size) // 2,) * 4, value=BLANK)
    labels = torch.from_numpy(data.target.astype(np.int64))
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))
    learn, held = order[HELD_OUT:], order[:HELD_OUT]
    return pictures[learn], labels[learn], pictures[held], labels[held]


def counts() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The same split as it comes: (N, 8, 8) float counts of ink, 0 to 16, and (N,) int64."""
    pictures, labels, held, held_labels = load()
    return pictures[:, 0] * DEVIATION + MEAN, labels, held[:, 0] * DEVIATION + MEAN, held_labels


def file_of_data() -> Path:
    """The file inside scikit-learn that holds them."""
    import sklearn.datasets

    return Path(sklearn.datasets.__file__).parent / "data" / "digits.csv.gz"
