"""Which places of a picture spoke for a class.

CAM: Zhou, Khosla, Lapedriza, Oliva & Torralba, "Learning Deep Features for Discriminative Localization", 2016 (arXiv 1512.04150),
equation 2: exact where the network ends in global average pooling and one linear layer. For any layer whose output is maps:

- Grad-CAM: Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization", 2017 (arXiv
  1610.02391), equations 1 and 2.
- Grad-CAM++: Chattopadhyay, Sarkar, Howlader & Balasubramanian, "Grad-CAM++: Improved Visual Explanations for Deep Convolutional
  Networks", 2018 (arXiv 1710.11063), equations 7 and 19.
- Score-CAM: Wang et al., "Score-CAM: Score-Weighted Visual Explanations for Convolutional Neural Networks", 2020 (arXiv 1910.01279),
  algorithm 1.
- Layer-CAM: Jiang, Zhang, Hou, Cheng & Wei, "LayerCAM: Exploring Hierarchical Class Activation Maps for Localization", 2021 (IEEE
  Transactions on Image Processing 30), equations 5 to 7.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Tensor, nn

from explorer.engine.lenses.capture import observed
from explorer.engine.lenses.receptive_field import NO_PLACES
from explorer.engine.lenses.tail import gradient_at
from explorer.engine.lenses.trace import PASSING, Recording
from explorer.results import Overlay, Picture
from explorer.words import InputError, Text

Method = Literal["auto", "cam", "grad-cam", "grad-cam++", "score-cam", "layer-cam"]
METHODS: tuple[Method, ...] = ("cam", "grad-cam", "grad-cam++", "layer-cam", "score-cam")
SCORED = 256
"""Score-CAM runs the network once a map; of a layer with more maps, those that vary most."""
BATCH_VALUES = 1_200_000  # numbers in one batch of pictures
TINY = 1e-8

NO_METHOD = Text("「{name}」という方法はありません。{methods} から選べます。", "There is no method “{name}”; there are {methods}.")
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
    maps, gradient = _maps_and_gradient(network, seen, number, layer)
    return torch.einsum("c,chw->hw", gradient.mean((1, 2)), maps)


def grad_cam_pp(network: nn.Module, seen: Recording, number: int, layer: str) -> Tensor:
    """As ``grad_cam``, the weight of a map being a weighted mean of its positive gradients only, for the class's score through exp."""
    maps, gradient = _maps_and_gradient(network, seen, number, layer)
    square = gradient**2
    below = 2 * square + maps.sum((1, 2), keepdim=True) * gradient**3
    alpha = torch.where(below != 0, square / torch.where(below != 0, below, 1), 0)
    return torch.einsum("c,chw->hw", (alpha * gradient.relu()).sum((1, 2)), maps)


def layer_cam(network: nn.Module, seen: Recording, number: int, layer: str) -> Tensor:
    """Every place of a layer's maps weighted by its own gradient where that is positive (height, width)."""
    maps, gradient = _maps_and_gradient(network, seen, number, layer)
    return (gradient.relu() * maps).sum(0)


def score_cam(network: nn.Module, seen: Recording, number: int, layer: str, limit: int = SCORED) -> Iterator[tuple[int, int, Tensor]]:
    """Step by step: how many maps were tried, of how many, and the weighted sum of those so far (height, width).

    Each map, stretched to 0–1 and to the picture's size, covers the picture; its weight is the softmax over the maps of the class's
    score. ``limit``: of a layer with more maps, those with the greatest variance.
    """
    maps = _maps(seen.of(network, layer), layer)
    if len(maps) > limit:
        maps = maps[maps.flatten(1).var(1).argsort(descending=True, stable=True)[:limit].sort().values]
    batch = max(1, BATCH_VALUES // seen.x.numel())
    scores = maps.new_zeros(0)
    for begin in range(0, len(maps), batch):
        masks = nn.functional.interpolate(maps[None, begin : begin + batch], size=seen.x.shape[2:], mode="bilinear", align_corners=False)[0]
        low, high = masks.amin((1, 2), keepdim=True), masks.amax((1, 2), keepdim=True)
        masks = (masks - low) / (high - low + TINY)
        with observed(network), torch.no_grad():
            answers = network(seen.x * masks[:, None])
        scores = torch.cat([scores, answers[:, number]])
        yield len(scores), len(maps), torch.einsum("c,chw->hw", scores.softmax(0), maps[: len(scores)])


def _maps(values: Tensor, layer: str) -> Tensor:
    if values.dim() != 4:
        raise InputError(NO_PLACES.format(name=layer))
    return values[0]


def _maps_and_gradient(network: nn.Module, seen: Recording, number: int, layer: str) -> tuple[Tensor, Tensor]:
    maps, gradient = gradient_at(network, seen, layer, lambda output: output[0, number])
    return _maps(maps, layer), gradient[0]


GRADIENT_METHODS = {"grad-cam": grad_cam, "grad-cam++": grad_cam_pp, "layer-cam": layer_cam}


def method_named(name: str) -> Method:
    """A method by its name, however it is written ("GradCAM++", "score_cam"). Raises InputError for an unknown one."""
    plain = {one.replace("-", ""): one for one in ("auto", *METHODS)}
    found = plain.get(name.lower().replace("-", "").replace("_", "").replace(" ", ""))
    if found is None:
        raise InputError(NO_METHOD.format(name=name[:40], methods=", ".join(METHODS)))
    return found


def possible_methods(network: nn.Module, seen: Recording, layer: str = "") -> tuple[Method, ...]:
    """The methods possible at a layer, the recommended first: CAM where it is exact, Grad-CAM where the places end, Layer-CAM before."""
    best = recommended_layer(network, seen)
    here = seen.trace.leaves.get(layer or best)
    end = ending(network, seen)
    if end is not None and here == end.value:
        return METHODS
    after = METHODS[1:]
    return after if here == seen.trace.leaves[best] else ("layer-cam", *(one for one in after if one != "layer-cam"))


def class_activation(
    network: nn.Module, seen: Recording, picture: Picture, number: int, *, layer: str = "", method: Method = "auto", signed: bool = False, label: str = ""
) -> Overlay:
    """The map of a class over ``picture`` (the network's input, at any resolution), enlarged bilinearly.

    ``layer``: empty for the recommended one. ``method``: "auto" is the first of ``possible_methods``.
    ``signed``: also the places that spoke against it, as negative values ("auto" is Grad-CAM then where CAM is not exact); otherwise those
    are zero. Raises InputError for what does not exist or is not possible there.
    """
    *_, (_, _, overlay) = class_activation_growing(network, seen, picture, number, layer=layer, method=method, signed=signed, label=label)
    return overlay


def class_activation_growing(
    network: nn.Module, seen: Recording, picture: Picture, number: int, *, layer: str = "", method: Method = "auto", signed: bool = False, label: str = ""
) -> Iterator[tuple[int, int, Overlay]]:
    """``class_activation`` step by step: steps done, of how many, and the map so far. Only Score-CAM has more than one step."""
    classes = seen.output.shape[-1]
    if not 0 <= number < classes:
        raise InputError(NO_CLASS.format(number=number, last=classes - 1))
    where = layer or recommended_layer(network, seen)
    _maps(seen.of(network, where), where)
    possible = possible_methods(network, seen, where)
    if method == "auto":
        method = "grad-cam" if signed and "cam" not in possible else possible[0]
    if method == "cam" and method not in possible:
        raise InputError(NO_CAM)
    overlay = Overlay(picture, torch.zeros(picture.pixels.shape[:2]).numpy(), label, where, signed)
    if method == "score-cam":
        steps = score_cam(network, seen, number, where)
    else:
        heat = cam(network, seen, number) if method == "cam" else GRADIENT_METHODS[method](network, seen, number, where)
        steps = iter([(1, 1, heat)])
    for done, total, heat in steps:
        kept = heat if signed else heat.relu()
        large = nn.functional.interpolate(kept[None, None].float(), size=picture.pixels.shape[:2], mode="bilinear", align_corners=False)[0, 0]
        yield done, total, replace(overlay, heat=large.cpu().numpy())
