"""Facts about one tensor: shape, type, mean, deviation, histogram."""

from __future__ import annotations

import numpy as np
import torch

from explorer.results import Tensor as Facts

BINS = 48


def tensor_facts(name: str, values: torch.Tensor) -> Facts:
    """Mean, population deviation, extremes, share of zeros and a histogram of ``BINS`` bins. An empty tensor has zeros; what is not finite is left out."""
    numbers = values.detach().cpu().double().flatten()
    numbers = numbers[torch.isfinite(numbers)]
    if not len(numbers):
        numbers = torch.zeros(1, dtype=torch.double)
    low, high = float(numbers.min()), float(numbers.max())
    edges = np.linspace(low, high, BINS + 1) if high > low else np.linspace(low - 0.5, low + 0.5, BINS + 1)
    counts, _ = np.histogram(numbers.numpy(), edges)
    kind = str(values.dtype).removeprefix("torch.")
    zeros = float((values == 0).double().mean()) if values.numel() else 0.0
    return Facts(name, tuple(values.shape), kind, float(numbers.mean()), float(numbers.std(correction=0)), low, high, counts, edges, zeros)
