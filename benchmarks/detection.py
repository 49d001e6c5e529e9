"""A picture through every network for segmentation and detection, its memory, and what is left after suppression against torchvision's own.

    python benchmarks/detection.py [REPEATS]

Small networks, with their bundled weights where there are any (else random ones), on one thread, a drawn street and a drawn smear in turn; the median counts.
"peak" is what the memory of a process of its own rose by at most during the first pass. "suppression": the window's own (numpy) and torchvision's NMS on the
same candidates of the SSD.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import torch
from torchvision.ops import batched_nms

from explorer.engine.data import smears, street_boxes
from explorer.engine.experiments.detection.measuring import NAMES, runnable
from explorer.engine.learning.detect import picture_of
from explorer.engine.system import build, find_system, find_variant
from explorer.engine.weights.load import fit
from explorer.engine.weights.store import locate
from explorer.window.views.suppression import suppress

SEGMENTERS = {"unet": "U-Net", "deeplabv3": "DeepLab v3", "fastfcn": "FastFCN"}


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


def segmenter(system: str) -> tuple[Any, bool]:
    """The network for streets of a system, and whether it is trained."""
    variant = find_variant(find_system(system), f"{system}-camvid")
    assert variant is not None
    torch.manual_seed(0)
    network = build(variant).eval()
    if variant.weights != "bundled":
        return network, False
    return fit(lambda: network, locate(variant)).eval(), True


@torch.no_grad()
def measured(task: str, system: str, repeats: int) -> tuple[float, int, float, bool]:
    """Seconds a picture, parameters, megabytes that the first pass took at most, and whether the network is trained."""
    torch.set_num_threads(1)
    pictures = [picture_of(smears.draw(smears.HELD_OUT)), picture_of(street_boxes.draw(900_000))]
    network, known = runnable(system) if task == "detection" else segmenter(system)
    given = [[one] if task == "detection" else one[None] for one in pictures]
    before = peak()
    network(given[0])
    rose = peak() - before
    seconds = median(lambda: [network(one) for one in given], repeats) / len(given)
    return seconds, sum(one.numel() for one in network.parameters()), rose, known


def main() -> None:
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    torch.set_num_threads(1)
    print(f"{'':14}{'ms a picture':>14}{'parameters':>14}{'peak MB':>10}")
    networks = [*(("segmentation", system, name) for system, name in SEGMENTERS.items()), *(("detection", system, name) for system, name in NAMES.items())]
    for task, system, name in networks:
        with ProcessPoolExecutor(1, get_context("spawn")) as alone:  # a process's peak never falls: each network gets its own
            seconds, count, rose, known = alone.submit(measured, task, system, repeats).result()
        print(f"{name:14}{1000 * seconds:14.1f}{count:14,}{rose:10.0f}{'' if known else '  (random weights)'}", flush=True)
    suppression(repeats)


@torch.no_grad()
def suppression(repeats: int) -> None:
    """The window's own against torchvision's, on the same candidates."""
    picture = picture_of(smears.draw(smears.HELD_OUT))
    network, _ = runnable("ssd")
    found = network.look(picture, 0.0).candidates
    found = found[torch.arange(min(1000, len(found)))]
    boxes, scores, labels = found.boxes.numpy(), found.scores.numpy(), found.labels.numpy()
    ours = median(lambda: suppress(boxes, scores, labels, 0.45), repeats)
    theirs = median(lambda: batched_nms(found.boxes, found.scores, found.labels, 0.45), repeats)
    print(f"suppression of {len(found):,} candidates: the window's {1000 * ours:.1f} ms, torchvision's {1000 * theirs:.1f} ms")


if __name__ == "__main__":
    main()
