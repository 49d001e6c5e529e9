"""The backbone that all bundled detectors begin with: a ResNet-20 that learnt CIFAR-10, taught to see streets.

Its first three stages are the bundled ResNet-20's; the fourth is new. A convolution on the last two maps is asked for the class of each part of
CamVid's pictures (stride 8) for a few rounds, and is thrown away. Takes some minutes; the file is kept beside the checkpoints.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.engine.blocks.trunk import MEAN, STD, Trunk
from explorer.engine.data import camvid
from explorer.engine.data.boxed import HEIGHT, WIDTH
from explorer.engine.learning.classify import normalise, one_cycle
from explorer.engine.recipes.recipe import RecipeStep, load_checkpoint, save_checkpoint, single
from explorer.resources import resource
from explorer.words import InputError, Text

BEGINNING = "resnet20"
LEARNING = Text(ja="六つの検出器に共通のバックボーンを学習中", en="training the backbone that the six detectors share")
NO_BEGINNING = Text(
    ja="共通のバックボーンは ResNet-20 の重みから始めますが、その重みがありません。先に ds-explorer train resnet を実行してください。",
    en="The shared backbone begins with the weights of ResNet-20, which are not here: run ds-explorer train resnet first.",
)


@dataclass(frozen=True)
class TrunkSettings:
    """All that decides the outcome."""

    rounds: float = 10.0
    batch: int = 8
    learning_rate: float = 2e-3
    weight_decay: float = 1e-3
    limit: int | None = None
    seed: int = 7


class Reader(nn.Module):
    """The backbone and a layer that names each part: pictures (N, 3, H, W) to scores (N, 11, H/8, W/8)."""

    def __init__(self, trunk: Trunk) -> None:
        super().__init__()
        self.trunk = trunk
        third, fourth = trunk.out_channels
        self.mix = nn.Sequential(nn.Conv2d(third + fourth, 64, 3, padding=1, bias=False), nn.BatchNorm2d(64), nn.ReLU())
        self.name = nn.Conv2d(64, len(camvid.CLASSES), 1)

    def forward(self, x: Tensor) -> Tensor:
        maps = self.trunk(x)
        wide = F.interpolate(maps["layer4"], maps["layer3"].shape[2:], mode="bilinear", align_corners=False)
        scores: Tensor = self.name(self.mix(torch.cat([maps["layer3"], wide], 1)))
        return scores


def make(settings: TrunkSettings, folder: Path, data: Path | None) -> Generator[RecipeStep, None, dict[str, Tensor]]:
    """The trained backbone's state, from its file in ``folder`` where there is one. Raises InputError without data or ResNet-20's weights."""
    file = folder / "trunk.pt"
    known = load_checkpoint(file, asdict(settings))
    if known is not None:
        state: dict[str, Tensor] = known["trunk"]
        return state
    start = resource("weights", f"{BEGINNING}.safetensors")
    if not start.is_file():
        raise InputError(NO_BEGINNING)
    torch.manual_seed(settings.seed)
    trunk = Trunk(("layer3", "layer4"))
    begin_with(trunk, single(load_file(start)))
    network = Reader(trunk).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    scenes = camvid.load("train", data, settings.limit, (HEIGHT, WIDTH), (HEIGHT // 8, WIDTH // 8))
    steps = max(1, round(settings.rounds * len(scenes) / settings.batch))
    optimiser = torch.optim.AdamW(network.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay)
    network.train()
    seen = 0.0
    for step in range(steps):
        chance = np.random.default_rng((settings.seed, step))
        chosen = torch.from_numpy(chance.choice(len(scenes), min(settings.batch, len(scenes)), replace=False))
        images, labels = normalise(scenes.images[chosen], MEAN, STD), scenes.labels[chosen].long()
        if chance.random() < 0.5:
            images, labels = images.flip(3), labels.flip(2)
        images = images * float(chance.uniform(0.8, 1.25)) + float(chance.uniform(-0.3, 0.3))
        for group in optimiser.param_groups:
            group["lr"] = settings.learning_rate * one_cycle(step / steps, 0.2)
        loss = F.cross_entropy(network(images.contiguous(memory_format=torch.channels_last)), labels, ignore_index=camvid.IGNORED)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        seen = float(loss.detach()) if step == 0 else 0.95 * seen + 0.05 * float(loss.detach())
        if step % 10 == 0 or step + 1 == steps:
            yield RecipeStep(LEARNING, 0.0, 0.0, None, {"loss": seen, "share": (step + 1) / steps})
    saved: dict[str, Any] = {"settings": asdict(settings), "trunk": trunk.state_dict(), "loss": seen}
    save_checkpoint(file, saved)
    return trunk.state_dict()


def begin_with(trunk: Trunk, resnet: dict[str, Tensor]) -> None:
    """Put a CIFAR ResNet-20's weights into the first three stages; what the backbone has not (its classifier) is left."""
    own = trunk.state_dict()
    for name, value in resnet.items():
        if name in own:
            own[name].copy_(value)
