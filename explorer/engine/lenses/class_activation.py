"""Which places of a picture spoke for a class.

CAM: Zhou, Khosla, Lapedriza, Oliva & Torralba, "Learning Deep Features for Discriminative Localization", 2016 (arXiv 1512.04150),
equation 2: exact where the network ends in global average pooling and one linear layer. Grad-CAM: Selvaraju et al., "Grad-CAM: Visual
Explanations from Deep Networks via Gradient-based Localization", 2017 (arXiv 1610.02391), equations 1 and 2: for any layer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from explorer.engine.lenses.capture import with_gradient
from explorer.engine.lenses.receptive_field import NO_PLACES
from explorer.engine.lenses.trace import PASSING, Recording
from explorer.results import Overlay, Picture
from explorer.words import InputError, Text

Method = Literal["auto", "cam", "grad-cam"]

NO_CAM = Text(
    "CAM はこの層では計算できません。Grad-CAM を選んでください。",
    "CAM cannot be computed at this layer; choose Grad-CAM.",
)
NO_CLASS = Text("{number} 番のクラスはありません(0~{last})。", "There is no class number {number} (0 to {last}).")


@dataclass(frozen=True)
class Ending:
    """Global average pooling and one linear layer at a network's end: the ``value`` that is pooled, the ``linear`` layer's name."""

    value: int
    linear: str


def ending(network: nn.Module, seen: Recording) -> Ending | None:
    """How the network ends, read off its forward pass; None when it ends otherwise."""
    last = seen.by(seen.trace.output)
    if last is None or not last.weighted or not isinstance(network.get_submodule(last.module), nn.Linear):
        return None
    step = seen.by(last.inputs[-1])
    while step is not None and step.kind in PASSING:
        step = seen.by(step.inputs[0])
    if step is None or step.kind not in ("mean", "_adaptive_avg_pool2d"):
        return None
    before = seen.trace.shapes[step.inputs[0]]
    pooled = step.shape[:2] == before[:2] and len(before) == 4 and all(side == 1 for side in step.shape[2:])
    return Ending(step.inputs[0], last.module) if pooled else None


def layers_with_places(seen: Recording) -> tuple[str, ...]:
    """The layers whose output is maps with more than one place, in the order they ran."""
    shapes = {name: seen.trace.shapes[number] for name, number in seen.trace.leaves.items() if name}
    return tuple(name for name, shape in shapes.items() if len(shape) == 4 and shape[2] * shape[3] > 1)


def recommended_layer(network: nn.Module, seen: Recording) -> str:
    """Where to look: the layer whose output is pooled at the end, else the last one that still has places. Of several names for the
    same value the shortest."""
    end = ending(network, seen)
    names = layers_with_places(seen)
    if end is not None:
        same = [name for name in names if seen.trace.leaves[name] == end.value]
        if same:
            return min(same, key=lambda name: (name.count("."), len(name)))
    if not names:
        raise InputError(NO_PLACES.format(name="output"))
    latest = max(seen.trace.leaves[name] for name in names)
    return min((name for name in names if seen.trace.leaves[name] == latest), key=lambda name: name.count("."))


def cam(network: nn.Module, seen: Recording, number: int) -> Tensor:
    """The class activation map (height, width): its mean plus the class's bias is the class's score. Raises InputError without it."""
    end = ending(network, seen)
    if end is None:
        raise InputError(NO_CAM)
    linear = network.get_submodule(end.linear)
    assert isinstance(linear, nn.Linear)
    return torch.einsum("c,chw->hw", linear.weight[number].detach(), seen.values[end.value][0])


def grad_cam(network: nn.Module, seen: Recording, number: int, layer: str) -> Tensor:
    """The gradient-weighted sum of a layer's maps (height, width), before negative places are cut off."""
    maps, gradient, _ = with_gradient(network, seen.x, layer, lambda output: output[0, number])
    if maps.dim() != 4:
        raise InputError(NO_PLACES.format(name=layer))
    return torch.einsum("c,chw->hw", gradient[0].mean((1, 2)), maps[0])


def class_activation(
    network: nn.Module, seen: Recording, picture: Picture, number: int, *, layer: str = "", method: Method = "auto", signed: bool = False, label: str = ""
) -> Overlay:
    """The map of a class over ``picture`` (the network's input, at any resolution), enlarged bilinearly.

    ``layer``: empty for the recommended one. ``method``: "auto" is CAM where the network allows it at that layer, else Grad-CAM.
    ``signed``: also the places that spoke against it, as negative values; otherwise those are zero.
    """
    classes = seen.output.shape[-1]
    if not 0 <= number < classes:
        raise InputError(NO_CLASS.format(number=number, last=classes - 1))
    where = layer or recommended_layer(network, seen)
    seen.of(network, where)
    end = ending(network, seen)
    exact = end is not None and seen.trace.leaves[where] == end.value
    if method == "cam" and not exact:
        raise InputError(NO_CAM)
    heat = cam(network, seen, number) if exact and method != "grad-cam" else grad_cam(network, seen, number, where)
    if not signed:
        heat = heat.relu()
    height, width = picture.pixels.shape[:2]
    large = nn.functional.interpolate(heat[None, None].float(), size=(height, width), mode="bilinear", align_corners=False)[0, 0]
    return Overlay(picture, large.cpu().numpy(), label, where, signed)
