"""The learnt weights of a convolution themselves."""

from __future__ import annotations

import numpy as np
from torch import nn

from explorer.engine.lenses.capture import find_layer
from explorer.results import Maps, Picture
from explorer.words import InputError, Text

NO_FILTERS = Text("層「{name}」には畳み込みのフィルタがありません。", "“{name}” has no convolution, so it has no filters.")
NO_MAP = Text("層「{name}」に {number} 番のマップはありません。", "“{name}” has no map number {number}.")


def convolution_of(network: nn.Module, layer: str) -> tuple[str, nn.Conv2d]:
    """The layer when it is a convolution, else the first convolution inside it, and its name. Raises InputError when there is none."""
    for name, module in find_layer(network, layer).named_modules(prefix=layer):
        if isinstance(module, nn.Conv2d):
            return name, module
    raise InputError(NO_FILTERS.format(name=layer))


def filters(network: nn.Module, layer: str, output_map: int | None = None) -> Maps:
    """Kernels of a convolution (the layer itself, or the first inside it; the result's ``layer`` says which).

    ``output_map``: all kernels of that output map, one for each input map. None: of every output map the kernel with the largest norm.
    """
    name, convolution = convolution_of(network, layer)
    weight = convolution.weight.detach().float().cpu()  # (outputs, inputs a group, height, width)
    per_group, inputs = convolution.out_channels // convolution.groups, weight.shape[1]
    if output_map is None:
        strongest = weight.flatten(2).norm(dim=2).argmax(1)
        kernels = weight[range(len(weight)), strongest]
        pairs = [(o, o // per_group * inputs + int(i)) for o, i in enumerate(strongest)]
    elif 0 <= output_map < len(weight):
        kernels = weight[output_map]
        pairs = [(output_map, output_map // per_group * inputs + i) for i in range(inputs)]
    else:
        raise InputError(NO_MAP.format(name=name, number=output_map))
    order = kernels.flatten(1).norm(dim=1).argsort(descending=True, stable=True)
    names = tuple(f"{i} → {o}" for o, i in pairs)
    return Maps(kernels.numpy(), name, names, signed=True, order=tuple(int(i) for i in order))


def colour_filters(network: nn.Module, layer: str, columns: int = 8) -> Picture | None:
    """The filters of a convolution over colour pictures as a sheet of colour tiles, one pixel between them; None over anything else.

    Grey is a weight of zero; each filter is scaled by its largest weight.
    """
    name, convolution = convolution_of(network, layer)
    if convolution.in_channels != 3 or convolution.groups != 1:
        return None
    weight = convolution.weight.detach().float().cpu().numpy()  # (outputs, 3, height, width)
    count, _, height, width = weight.shape
    greatest = np.abs(weight).max(axis=(1, 2, 3), keepdims=True)
    tiles = np.rint(127.5 + 127.5 * weight / np.where(greatest > 0, greatest, 1)).astype(np.uint8)
    rows = -(-count // columns)
    sheet = np.full((rows * (height + 1) - 1, columns * (width + 1) - 1, 3), 255, np.uint8)
    for i, tile in enumerate(tiles):
        top, left = i // columns * (height + 1), i % columns * (width + 1)
        sheet[top : top + height, left : left + width] = tile.transpose(1, 2, 0)
    return Picture(sheet, name)
