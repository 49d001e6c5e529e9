"""Do the probabilities mean what they say? Measuring it and putting it right.

Guo, Pleiss, Sun & Weinberger, "On Calibration of Modern Neural Networks", 2017 (arXiv 1706.04599).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F


def expected_calibration_error(scores: Tensor, labels: Tensor, temperature: float = 1.0, bins: int = 15) -> float:
    """How far confidence is from accuracy, 0 to 1, averaged over bins of confidence weighted by their share.

    ``scores`` (N, classes) before softmax, ``labels`` (N,). Equation 3 of the paper, equally wide bins.
    """
    confidence, answer = (scores.double() / temperature).softmax(1).max(1)
    right = (answer == labels).double()
    place = (confidence * bins).long().clamp(max=bins - 1)  # (N,)
    zeros = torch.zeros(bins, dtype=torch.double)
    gap = zeros.index_add(0, place, confidence - right)  # per bin: sum of confidence minus number of right answers
    return float(gap.abs().sum() / len(labels))


def fit_temperature(scores: Tensor, labels: Tensor, low: float = 0.05, high: float = 20.0) -> float:
    """The temperature that makes the labels most likely under softmax(scores / temperature); section 4.2.

    The loss is convex in 1 / temperature, so a golden-section search between the two ends finds it.
    """

    def loss(inverse: float) -> float:
        return float(F.cross_entropy(scores.double() * inverse, labels))

    ratio = (math.sqrt(5) - 1) / 2
    left, right = 1 / high, 1 / low
    a, b = right - ratio * (right - left), left + ratio * (right - left)
    loss_a, loss_b = loss(a), loss(b)
    while right - left > 1e-5:
        if loss_a < loss_b:
            right, b, loss_b = b, a, loss_a
            a = right - ratio * (right - left)
            loss_a = loss(a)
        else:
            left, a, loss_a = a, b, loss_b
            b = left + ratio * (right - left)
            loss_b = loss(b)
    return 2 / (left + right)
