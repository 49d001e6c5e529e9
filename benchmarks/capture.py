"""One forward of ResNet-50 that captures every layer correctly, against a plain one and against peers in the same run.

    python benchmarks/capture.py [REPEATS]

Peers: hooks with a copy of every output, and torchvision's feature extractor. The order is shuffled each round; the median counts.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable

import torch
from torch import Tensor
from torchvision.models.feature_extraction import create_feature_extractor

from explorer.engine.lenses.capture import capture
from explorer.engine.models.recognition.resnet import resnet50


def with_copies(network: torch.nn.Module, x: Tensor, names: list[str]) -> dict[str, Tensor]:
    """Hooks that clone what every layer puts out."""
    maps: dict[str, Tensor] = {}
    handles = [
        network.get_submodule(name).register_forward_hook(lambda _m, _i, out, name=name: maps.__setitem__(name, out.detach().clone())) for name in names
    ]
    try:
        with torch.no_grad():
            network(x)
    finally:
        for handle in handles:
            handle.remove()
    return maps


def main() -> None:
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    torch.manual_seed(0)
    network = resnet50().eval()
    x = torch.randn(1, 3, 224, 224)
    names = [name for name, _ in network.named_modules() if name]
    extractor = create_feature_extractor(network, return_nodes=[n for n in names if not list(network.get_submodule(n).children())])
    extractor.eval()

    captured, copied = capture(network, x).maps, with_copies(network, x, names)
    assert set(copied) <= set(captured)
    assert all(torch.equal(captured[name], copied[name]) for name in copied), "a captured map differs from its copy"

    def plain() -> object:
        with torch.no_grad():
            return network(x)

    def extract() -> object:
        with torch.no_grad():
            return extractor(x)

    ways: dict[str, Callable[[], object]] = {
        "plain forward": plain, "capture, every layer": lambda: capture(network, x), "hooks with copies": lambda: with_copies(network, x, names),
        "torchvision's extractor": extract,
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for round_ in range(repeats + 2):
        for name in random.Random(round_).sample(list(ways), len(ways)):
            begin = time.perf_counter()
            ways[name]()
            if round_ >= 2:
                times[name].append(time.perf_counter() - begin)
    base = statistics.median(times["plain forward"])
    print(f"{len(copied)} layers, all bit for bit as copies; torch threads: {torch.get_num_threads()}")
    for name, seconds in times.items():
        middle = statistics.median(seconds)
        print(f"{name:26} {middle * 1000:7.1f} ms  {middle / base:5.2f} ×{'   (aim ≤ 1.10)' if name.startswith('capture') else ''}")


if __name__ == "__main__":
    main()
