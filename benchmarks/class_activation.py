"""Grad-CAM of ResNet-50 at its last layer, against a plain forward pass and against peers in the same run.

    python benchmarks/class_activation.py [REPEATS]

"from the picture" makes the forward pass too, "once it is recorded" is what another class or method costs. Peers: pytorch-grad-cam and
torchcam. The order is shuffled each round; the median counts.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import pytorch_grad_cam
import torch
import torchcam.methods
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import nn

from explorer.engine.lenses.class_activation import class_activation
from explorer.engine.lenses.trace import record
from explorer.engine.models.recognition.resnet import resnet50
from explorer.results import Picture

LAYER = "layer4"


def main() -> None:
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    torch.manual_seed(0)
    network = resnet50().eval()
    x = torch.randn(1, 3, 224, 224)
    picture = Picture(np.zeros((224, 224, 3), np.uint8))
    recorded = record(network, x)
    number = int(recorded.output[0].argmax())

    def plain() -> object:
        with torch.no_grad():
            return network(x)

    def from_picture() -> np.ndarray:
        return class_activation(network, record(network, x), picture, number, layer=LAYER, method="grad-cam").heat

    def once_recorded() -> np.ndarray:
        return class_activation(network, recorded, picture, number, layer=LAYER, method="grad-cam").heat

    def with_pytorch_grad_cam() -> np.ndarray:
        with pytorch_grad_cam.GradCAM(network, [network.get_submodule(LAYER)]) as peer:
            return np.asarray(peer(x, [ClassifierOutputTarget(number)])[0])

    def with_torchcam() -> np.ndarray:
        with torchcam.methods.GradCAM(network, network.get_submodule(LAYER)) as peer:
            heat = peer(number, network(x.clone().requires_grad_()))[0].detach()
        return nn.functional.interpolate(heat[None], size=(224, 224), mode="bilinear", align_corners=False)[0, 0].numpy()

    ways: dict[str, Callable[[], object]] = {
        "plain forward": plain, "from the picture": from_picture, "once it is recorded": once_recorded,
        "pytorch-grad-cam": with_pytorch_grad_cam, "torchcam": with_torchcam,
    }  # fmt: skip
    ours = from_picture()
    for name in ("pytorch-grad-cam", "torchcam"):
        print(f"correlation with {name}: {np.corrcoef(ours.ravel(), np.ravel(np.asarray(ways[name]())))[0, 1]:.5f}")
    times: dict[str, list[float]] = {name: [] for name in ways}
    for round_ in range(repeats + 2):
        for name in random.Random(round_).sample(list(ways), len(ways)):
            begin = time.perf_counter()
            ways[name]()
            if round_ >= 2:
                times[name].append(time.perf_counter() - begin)
    base = statistics.median(times["plain forward"])
    print(f"torch threads: {torch.get_num_threads()}")
    for name, seconds in times.items():
        middle = statistics.median(seconds)
        print(f"{name:22} {middle * 1000:7.1f} ms  {middle / base:5.2f} ×{'   (aim ≤ 1.15)' if name == 'from the picture' else ''}")


if __name__ == "__main__":
    main()
