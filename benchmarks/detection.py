"""A picture through every detector, its memory, and what is left after suppression against torchvision's own.

    python benchmarks/detection.py [REPEATS]

Small networks, with their bundled weights where there are any (else random ones), on one thread, a drawn street and a drawn smear in turn; the median counts.
"peak" is what the process's memory rose by at most during the first pass. "suppression": the window's own (numpy) and torchvision's NMS on the
same candidates of the SSD.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Callable

import torch
from torchvision.ops import batched_nms

from explorer.engine.data import smears, street_boxes
from explorer.engine.experiments.detection.measuring import NAMES, runnable
from explorer.engine.learning.detect import picture_of
from explorer.window.views.suppression import suppress


def median(work: Callable[[], object], repeats: int) -> float:
    """Seconds of one call."""
    times = []
    for _ in range(repeats):
        before = time.perf_counter()
        work()
        times.append(time.perf_counter() - before)
    return statistics.median(times)


def peak() -> float:
    """The most memory that this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@torch.no_grad()
def main() -> None:
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    torch.set_num_threads(1)
    pictures = [picture_of(smears.draw(smears.HELD_OUT)), picture_of(street_boxes.draw(900_000))]
    print(f"{'':14}{'ms a picture':>14}{'parameters':>14}{'peak MB':>10}")
    for system, name in NAMES.items():
        network, known = runnable(system)
        before = peak()
        network(pictures[:1])
        rose = peak() - before
        seconds = median(lambda network=network: [network([one]) for one in pictures], repeats) / len(pictures)  # type: ignore[misc]
        count = sum(one.numel() for one in network.parameters())
        print(f"{name:14}{1000 * seconds:14.1f}{count:14,}{rose:10.0f}{'' if known else '  (random weights)'}")
    network, _ = runnable("ssd")
    found = network.look(pictures[0], 0.0).candidates
    found = found[torch.arange(min(1000, len(found)))]
    boxes, scores, labels = found.boxes.numpy(), found.scores.numpy(), found.labels.numpy()
    ours = median(lambda: suppress(boxes, scores, labels, 0.45), repeats)
    theirs = median(lambda: batched_nms(found.boxes, found.scores, found.labels, 0.45), repeats)
    print(f"suppression of {len(found):,} candidates: the window's {1000 * ours:.1f} ms, torchvision's {1000 * theirs:.1f} ms")


if __name__ == "__main__":
    main()
