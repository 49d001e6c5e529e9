"""What a layer puts out, one map a channel."""

from __future__ import annotations

from torch import Tensor

from explorer.results import Maps


def feature_maps(values: Tensor, layer: str) -> Maps:
    """The first picture's maps (channels, height, width), clearest first: those that vary most over the picture.

    ``values``: (N, channels, height, width), or (N, features) as maps of one value.
    """
    maps = values[0].detach().float()
    maps = maps.reshape(*maps.shape, *[1] * (3 - maps.dim())) if maps.dim() <= 3 else maps.flatten(0, -3)
    clearest = maps.flatten(1).std(1, correction=0) if maps[0].numel() > 1 else maps.flatten().abs()
    order = tuple(int(i) for i in clearest.argsort(descending=True, stable=True))
    return Maps(maps.cpu().numpy(), layer, signed=bool((maps < 0).any()), order=order)
