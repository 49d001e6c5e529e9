"""Class activation by four methods, against a plain forward pass and against peers in the same run.

    python benchmarks/class_activation.py [REPEATS] [METHOD …]

Grad-CAM, Grad-CAM++ and Layer-CAM at the last layer of ResNet-50; Score-CAM, one forward pass a map, at the layer of ResNet-18 with as many maps as
are tried here at most, so that all try the same ones (a third of the rounds). "From the picture" makes the forward pass too, as the peers do; "once it
is recorded" is what another class or method costs. Peers: pytorch-grad-cam and torchcam. The order is shuffled each round; medians count.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import pytorch_grad_cam
import pytorch_grad_cam.score_cam
import torch
import torchcam.methods
from numpy.typing import NDArray
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import nn

from explorer.engine.lenses.class_activation import SCORED, class_activation, method_named
from explorer.engine.lenses.trace import record
from explorer.engine.models.recognition.resnet import resnet18, resnet50
from explorer.results import Picture

SIDE = 224
OURS, RECORDED, PLAIN = "from the picture", "once it is recorded", "plain forward"
GRAD_CAM, TORCHCAM = "pytorch-grad-cam", "torchcam"
PEERS = {
    "grad-cam": (pytorch_grad_cam.GradCAM, torchcam.methods.GradCAM),
    "grad-cam++": (pytorch_grad_cam.GradCAMPlusPlus, torchcam.methods.GradCAMpp),
    "layer-cam": (pytorch_grad_cam.LayerCAM, torchcam.methods.LayerCAM),
    "score-cam": (pytorch_grad_cam.ScoreCAM, torchcam.methods.ScoreCAM),
}
Heat = NDArray[np.float32]


def ways_of(method: str) -> dict[str, Callable[[], Heat]]:
    """What is timed, by name: each gives the map in the picture's size."""
    torch.manual_seed(0)
    builder, layer = (resnet18, "layer3") if method == "score-cam" else (resnet50, "layer4")
    network = builder().eval()
    x = torch.randn(1, 3, SIDE, SIDE)
    picture = Picture(np.zeros((SIDE, SIDE, 3), np.uint8))
    recorded = record(network, x)
    number = int(recorded.output[0].argmax())
    if method == "score-cam":
        assert recorded.of(network, layer).shape[1] <= SCORED
    first, second = PEERS[method]

    def plain() -> Heat:
        with torch.no_grad():
            scores: Heat = network(x).numpy()
        return scores

    def from_picture() -> Heat:
        return class_activation(network, record(network, x), picture, number, layer=layer, method=method_named(method)).heat

    def once_recorded() -> Heat:
        return class_activation(network, recorded, picture, number, layer=layer, method=method_named(method)).heat

    def with_pytorch_grad_cam() -> Heat:
        with first(network, [network.get_submodule(layer)]) as peer:
            return np.asarray(peer(x, [ClassifierOutputTarget(number)])[0])

    def with_torchcam() -> Heat:
        with second(network, network.get_submodule(layer)) as peer:
            with torch.set_grad_enabled(method != "score-cam"):
                scores = network(x.clone().requires_grad_(method != "score-cam"))
            heat = peer(number, scores)[0].detach()
        large: Heat = nn.functional.interpolate(heat[None], size=(SIDE, SIDE), mode="bilinear", align_corners=False)[0, 0].numpy()
        return large

    return {PLAIN: plain, OURS: from_picture, RECORDED: once_recorded, GRAD_CAM: with_pytorch_grad_cam, TORCHCAM: with_torchcam}


def medians(ways: dict[str, Callable[[], Heat]], repeats: int, warm: int) -> dict[str, float]:
    """Seconds of each way: the median over the rounds, each in another order."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for round_ in range(repeats + warm):
        for name in random.Random(round_).sample(list(ways), len(ways)):
            begin = time.perf_counter()
            ways[name]()
            if round_ >= warm:
                times[name].append(time.perf_counter() - begin)
    return {name: statistics.median(seconds) for name, seconds in times.items()}


def main() -> None:
    arguments = sys.argv[1:]
    repeats = int(arguments.pop(0)) if arguments and arguments[0].isdigit() else 15
    pytorch_grad_cam.score_cam.tqdm.tqdm = lambda steps: steps  # its bar would be timed too, and printed
    print(f"torch threads: {torch.get_num_threads()}, {repeats} rounds; times of a plain forward pass (aim from the picture: ≤ 1.15)")
    names = (OURS, RECORDED, GRAD_CAM, TORCHCAM)
    print(f"{'':11} {PLAIN:>16} " + " ".join(f"{name:>20}" for name in names))
    slower: list[str] = []
    correlations: list[str] = []
    for method in arguments or PEERS:
        ways = ways_of(method)
        heat = ways[OURS]()
        for peer in (GRAD_CAM, TORCHCAM):
            correlations.append(f"{method} with {peer} {np.corrcoef(heat.ravel(), np.ravel(ways[peer]()))[0, 1]:.5f}")
        seconds = medians(ways, max(3, repeats // 3) if method == "score-cam" else repeats, 1 if method == "score-cam" else 2)
        print(f"{method:11} {seconds[PLAIN] * 1000:13.1f} ms " + " ".join(f"{seconds[name] / seconds[PLAIN]:18.2f} ×" for name in names), flush=True)
        slower += [f"{method} than {peer}" for peer in (GRAD_CAM, TORCHCAM) if seconds[OURS] > seconds[peer]]
    print("correlations: " + ", ".join(correlations))
    print(f"slower: {', '.join(slower)}" if slower else "ours is no slower than either peer in any method")


if __name__ == "__main__":
    main()
