"""How much each layer of a dense block uses what every earlier one found, read off the weights.

Huang et al., 2016 (arXiv 1608.06993), figure 5: the mean absolute weight between a layer and each source of its input.
"""

from __future__ import annotations

import numpy as np
from torch import nn

from explorer.results import Matrix
from explorer.words import InputError, Text

NO_BLOCK = Text("「{name}」というブロックはありません。", "There is no block called “{name}”.")
INPUT, AFTER = "input", "after"


def dense_blocks(network: nn.Module) -> list[str]:
    """The paths of all dense blocks: containers of layers with a bottleneck ``conv1`` and a ``conv2``, in order."""
    return [name for name, module in network.named_modules() if hasattr(module, "concatenate_all") and layers_of(module)]


def layers_of(block: nn.Module) -> dict[str, nn.Module]:
    """The layers of a block by name."""
    return {name: layer for name, layer in block.named_children() if isinstance(getattr(layer, "conv1", None), nn.Conv2d)}


def reader(network: nn.Module, block: str) -> nn.Conv2d | nn.Linear:
    """The first layer with weights after a block, which reads all that the block puts together."""
    modules = list(network.named_modules())
    last = max(place for place, (name, _) in enumerate(modules) if name.startswith(f"{block}."))
    return next(module for _, module in modules[last + 1 :] if isinstance(module, nn.Conv2d | nn.Linear))


def strengths(network: nn.Module, block: str) -> Matrix:
    """Mean absolute weight of each reader (rows: the layers of the block, then what comes after it) for each source (columns: the block's input,
    then its layers); NaN where a layer comes later. Raises InputError for a name that is no dense block.
    """
    if block not in dense_blocks(network):
        raise InputError(NO_BLOCK.format(name=block[:60]))
    layers = layers_of(network.get_submodule(block))
    readers = {**{name: layer.get_submodule("conv1") for name, layer in layers.items()}, AFTER: reader(network, block)}
    widths = [_inputs(next(iter(readers.values())))]
    for layer in layers.values():
        new = layer.get_submodule("conv2")
        assert isinstance(new, nn.Conv2d)
        widths.append(new.out_channels)
    edges = np.cumsum([0, *widths])
    values = np.full((len(readers), len(widths)), np.nan)
    for row, module in enumerate(readers.values()):
        weight = module.weight
        assert isinstance(weight, nn.Parameter)
        by_input = weight.detach().abs().flatten(2).mean(2).mean(0) if weight.dim() == 4 else weight.detach().abs().mean(0)
        for column in range(min(row, len(layers)) + 1):
            values[row, column] = float(by_input[edges[column] : edges[column + 1]].mean())
    return Matrix(values, tuple(readers), (INPUT, *layers))


def _inputs(module: nn.Module) -> int:
    assert isinstance(module, nn.Conv2d)
    return module.in_channels
