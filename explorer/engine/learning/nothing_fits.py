"""When does a classifier see nothing that it knows? Measured on pictures that show none of its classes.

Slid over such a picture, a network still takes some window for something, and the more windows the surer. How fast the
surest window rises with the number of windows, and below what most such pictures stay, are numbers of
``explorer.engine.lenses.sliding.Nothing``. A picture that is looked at once is judged less strictly: most users show a network what it knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from explorer.engine.lenses.sliding import Nothing, Seen, energies, energy
from explorer.results.base import Floats

LOST = 0.15  # at most this share of the pictures that do show a class may be called "none of them" when looked at once
REFUSED = 0.75  # share of pictures without a class of which "nothing fits" is to be said; at 0.9 a cat in plain view is refused as well


def highest_by_size(seen: Seen, temperature: float = 1.0) -> list[tuple[int, float]]:
    """For each size of window: how many there are, and the highest energy among them."""
    values = energies(seen, temperature)
    return [(count, float(values[seen.scale == number].max())) for number, count in enumerate(seen.windows)]


def fit_nothing(pictures: Sequence[Sequence[tuple[int, float]]], refused: float = REFUSED) -> Nothing:
    """The numbers with which this share of pictures without a class is refused.

    ``pictures``: of each picture its ``highest_by_size``. The rise is the least-squares slope over log2 of the number of windows, the
    pictures' own levels taken out; it is never negative. Raises ValueError without pictures.
    """
    if not pictures:
        raise ValueError("no pictures to fit on")
    apart: list[tuple[float, float]] = []
    for picture in pictures:
        doublings, values = np.log2([count for count, _ in picture]), np.array([value for _, value in picture])
        apart += zip(doublings - doublings.mean(), values - values.mean(), strict=True)
    x, y = np.array(apart).T
    slope = max(0.0, float(x @ y / (x @ x))) if float(x @ x) > 0 else 0.0
    levels = [max(value - slope * np.log2(count) for count, value in picture) for picture in pictures]
    return Nothing(float(np.quantile(levels, refused, method="higher")), slope)


def refused_share(pictures: Sequence[Sequence[tuple[int, float]]], nothing: Nothing) -> float:
    """The share of pictures, 0 to 1, in which no window rises above "none of these"."""
    return float(np.mean([all(value <= nothing.at(count) for count, value in picture) for picture in pictures]))


def card_metrics(slid: Iterator[Seen] | Sequence[Seen], given: Floats, own: Floats, test: Floats, temperature: float) -> Mapping[str, float]:
    """What a card says: the three numbers of ``Nothing``, and what they do to pictures that are looked at once.

    ``slid``: pictures without a class, slid over; ``given``: the outputs (n, classes) for the same pictures looked at once; ``own``: outputs for pictures
    that do show a class, of which at most ``LOST`` may be called "none"; ``test``: for others that do. The share of the test pictures that is lost is of
    the numbers themselves; the share of the pictures without a class that is refused is of numbers fitted on the other half of these.
    """
    pictures = [highest_by_size(one, temperature) for one in slid]
    most = float(np.quantile(energy(own, temperature), LOST))
    nothing = fit_nothing(pictures)
    alone = min(nothing.below, most)
    refused = [energy(given[half::2], temperature) <= min(fit_nothing(pictures[1 - half :: 2]).below, most) for half in (0, 1)]
    return {
        "nothing_below": round(nothing.below, 3),
        "nothing_per_doubling": round(nothing.per_doubling, 3),
        "nothing_alone": round(alone, 3),
        "nothing_lost_percent": round(100 * float((energy(test, temperature) <= alone).mean()), 1),
        "nothing_refused_percent": round(100 * float(np.concatenate(refused).mean()), 1),
    }
