"""What moving the picture does to a network's maps and answer, with the pooling it has and with others in its place.

A convolution moves its maps with the picture; what comes after it reads them place by place. Pooling keeps one value of each field, so
that a shift within the field changes little (LeCun et al., 1998, section II.A: "the precise position is not only irrelevant, it is
potentially harmful").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.engine.lenses.capture import capture
from explorer.engine.lenses.feature_maps import feature_maps
from explorer.results import Bundle, Curves, Frames, Maps, Result, Series
from explorer.results.base import Pixels
from explorer.words import Text

MOST = 8  # pixels
PIXELS = Text("右へずらした画素数", "pixels moved to the right")
CHANGE = Text("マップの変化の割合", "relative change of the maps")
ANSWER = Text("はじめの答えの確率", "probability of the first answer")
NAMES: Mapping[str, Text] = {
    "max": Text("最大値プーリング", "maximum pooling"),
    "average": Text("平均プーリング", "average pooling"),
    "skip": Text("間引きだけ", "skipping only"),
}


@dataclass(frozen=True)
class Moved:
    """A network on a picture moved by 0, 1, 2 … pixels. ``maps``: (shifts, C, H, W) of one layer; ``probabilities``: (shifts, classes)."""

    maps: Tensor
    probabilities: Tensor

    def change_of_maps(self) -> Tensor:
        """How far the maps are from those of the picture in its place, as a share of their own length; (shifts,), first 0."""
        rows = self.maps.double().flatten(1)
        change: Tensor = (rows - rows[:1]).norm(dim=1) / rows[0].norm().clamp_min(1e-12)
        return change

    def first_answer(self) -> Tensor:
        """The probability, at each shift, of the class that was likeliest for the picture in its place; (shifts,)."""
        return self.probabilities[:, int(self.probabilities[0].argmax())]


def moved(x: Tensor, pixels: int) -> Tensor:
    """Pictures (N, C, H, W) moved to the right; the left edge is repeated. Negative: to the left, the right edge repeated."""
    width = x.shape[-1]
    padded = F.pad(x, (abs(pixels), abs(pixels), 0, 0), mode="replicate")
    start = abs(pixels) - pixels
    return padded[..., start : start + width]


def under_shifts(network: nn.Module, x: Tensor, layer: str, most: int, temperature: float = 1.0) -> Moved:
    """One pass over a picture (1, C, H, W) moved by 0 to ``most`` pixels. Raises InputError for a layer that is not there."""
    batch = torch.cat([moved(x, pixels) for pixels in range(most + 1)])
    seen = capture(network, batch, [layer])
    return Moved(seen[layer], (seen.output.double() / temperature).softmax(1))


def same_weights(networks: Mapping[str, nn.Module], weights: nn.Module) -> None:
    """Give networks that differ only in what has no weights those of one of them. Raises RuntimeError where they do not fit."""
    state = weights.state_dict()
    for network in networks.values():
        network.load_state_dict(state, strict=True)
        network.eval()


def pooling_shifts(networks: Mapping[str, nn.Module], x: Tensor, pixels: Pixels, layer: str, temperature: float = 1.0) -> Bundle:
    """A picture moved by 0 to 8 pixels through networks that differ in their pooling only.

    ``networks``: by kind of pooling, the same weights; ``pixels``: (H, W, 3), what ``x`` was made from. Parts: ``pictures`` (Frames, one a shift);
    ``maps`` and ``answers`` (Curves, a line a kind); ``map:<kind>`` (Maps: the clearest map of the layer at each shift). Facts: ``kinds``,
    ``change`` and ``answer`` (by kind, one number a shift), ``layer``, ``first`` (by kind: the number of the class likeliest at first), ``unchanged``
    (by kind, at each shift: whether that class still is).
    """
    found = {kind: under_shifts(network, x, layer, MOST, temperature) for kind, network in networks.items()}
    frames = torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float()
    pictures = torch.cat([moved(frames, shift) for shift in range(MOST + 1)]).permute(0, 2, 3, 1).byte().numpy()
    shifts = torch.arange(MOST + 1).double().numpy()

    def curves(values: Mapping[str, Tensor], label: Text) -> Curves:
        return Curves(tuple(Series(NAMES[kind], shifts, line.numpy(), main=kind == "max") for kind, line in values.items()), PIXELS, label)

    change = {kind: one.change_of_maps().cpu() for kind, one in found.items()}
    answer = {kind: one.first_answer().cpu() for kind, one in found.items()}
    parts: dict[str, Result] = {"pictures": Frames(pictures), "maps": curves(change, CHANGE), "answers": curves(answer, ANSWER)}
    for kind, one in found.items():
        clearest = int(one.maps[0].flatten(1).std(1, correction=0).argmax())
        shown = one.maps[:, clearest]  # (shifts, H, W)
        parts[f"map:{kind}"] = Maps(feature_maps(shown[None], layer).values, layer)
    best = {kind: one.probabilities.argmax(1) for kind, one in found.items()}
    return Bundle(
        parts,
        facts={
            "kinds": tuple(found), "layer": layer, "first": {kind: int(one[0]) for kind, one in best.items()},
            "change": {kind: [float(v) for v in line] for kind, line in change.items()}, "answer": {kind: [float(v) for v in line] for kind, line in answer.items()},
            "unchanged": {kind: [bool(v) for v in one == one[0]] for kind, one in best.items()},
        },
    )  # fmt: skip
