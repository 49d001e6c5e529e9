"""How sure the network is of each class."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from explorer.results import Scores


def probabilities(scores: Tensor, names: Sequence[str], temperature: float = 1.0) -> Scores:
    """Softmax of a network's class scores (1, classes), in the classes' own order.

    ``temperature``: what the scores are divided by first, so that the probabilities mean what they say (Guo et al., "On Calibration of
    Modern Neural Networks", 2017, section 4.2); 1 leaves them as they are.
    """
    values = torch.softmax(scores[0].detach().cpu().double() / temperature, dim=0)
    return Scores(tuple(names), values.numpy())
