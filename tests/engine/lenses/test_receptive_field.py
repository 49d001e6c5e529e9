"""The box is exactly what can reach a value; the measured weight lies inside it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.engine.lenses.class_activation import layers_with_places
from explorer.engine.lenses.receptive_field import EVERYTHING, box, fields, measured, receptive_field
from explorer.engine.lenses.trace import record
from explorer.results import Picture
from explorer.words import InputError


def test_nothing_outside_the_box_counts(network: nn.Module, x: Tensor) -> None:
    seen = record(network, x)
    random = np.random.default_rng(0)
    for layer in random.choice(layers_with_places(seen), 6):
        shape = seen.of(network, str(layer)).shape
        row, column = int(random.integers(shape[2])), int(random.integers(shape[3]))
        x1, y1, x2, y2 = box(seen, str(layer), row, column)
        weight = measured(network, x, str(layer), row, column)
        assert weight.shape == x.shape[2:]
        outside = weight.clone()
        outside[max(0, int(y1)) : max(0, int(y2)), max(0, int(x1)) : max(0, int(x2))] = 0
        assert float(outside.max()) == 0, layer


class Positive(nn.Module):
    """Nothing in it can cancel: the pixels that reach a value are exactly those with a gradient."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 5, stride=2, padding=2)
        self.pool = nn.AvgPool2d(3, 2, 1)
        self.one = nn.Conv2d(4, 4, 3, padding=2, dilation=2)
        self.two = nn.Conv2d(4, 4, (1, 3), padding=(0, 1))
        for p in self.parameters():
            nn.init.uniform_(p, 0.5, 1.0)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool(self.stem(x))
        x = x + self.two(F.relu(self.one(x)))
        return F.pad(x, (1, 0, 0, 1))[:, :, ::2, 1:]


@pytest.mark.parametrize("layer", ["stem", "pool", "one", "two", ""])
def test_the_box_is_exactly_what_reaches_the_value(layer: str) -> None:
    network = nn.Sequential(Positive()).eval()
    name = f"0.{layer}".rstrip(".")
    x = torch.rand(1, 3, 40, 48)
    seen = record(network, x)
    rows, columns = seen.of(network, name).shape[2:]
    exact = 0
    for row in range(rows):
        for column in range(0, columns, 3):
            x1, y1, x2, y2 = box(seen, name, row, column)
            weight = measured(network, x, name, row, column)
            ys, xs = torch.nonzero(weight, as_tuple=True)
            if x1 < 0 or y1 < 0 or x2 > 48 or y2 > 40 or len(ys) == 0:
                continue  # at the edge padding takes the place of some pixels
            assert (x1, y1, x2, y2) == (int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1), (row, column)
            exact += 1
    assert exact > 0


@pytest.mark.parametrize(("name", "layer", "size"), [("resnet20", "conv1", 3), ("resnet20", "layer1", 15), ("resnet20", "layer2", 37), ("resnet18-imagenet", "maxpool", 11), ("resnet18-imagenet", "layer1", 43), ("resnet18-imagenet", "layer4", 435)])  # fmt: skip
def test_known_sizes(network: nn.Module, x: Tensor, layer: str, size: int) -> None:
    rows, columns = fields(record(network, x), layer)
    assert rows.size == columns.size == size


@pytest.mark.parametrize("name", ["resnet20"])
def test_after_pooling_everything_counts(network: nn.Module, x: Tensor) -> None:
    seen = record(network, x)
    assert fields(seen, "avgpool") == (EVERYTHING, EVERYTHING)
    assert box(seen, "avgpool", 0, 0) == (0, 0, 32, 32)


@pytest.mark.parametrize("name", ["resnet20"])
def test_the_region_is_in_pixels_of_the_picture(network: nn.Module, x: Tensor) -> None:
    seen = record(network, x)
    picture = Picture(np.zeros((320, 640, 3), np.uint8))
    region = receptive_field(network, seen, picture, "layer1", 10, 20)
    left, top, right, bottom = box(seen, "layer1", 10, 20)
    assert region.box == (left * 20, top * 10, right * 20, bottom * 10) and region.label == "layer1"
    assert region.weight is not None and region.weight.shape == (320, 640) and region.weight.max() == 1
    small = measured(network, x, "layer1", 10, 20)
    assert np.allclose(region.weight[::10, ::20], (small / small.max()).numpy())


@pytest.mark.parametrize("name", ["resnet20"])
def test_one_unit_is_one_unit(network: nn.Module, x: Tensor) -> None:
    source = x.clone().requires_grad_()
    found: list[Tensor] = []
    handle = network.get_submodule("layer2").register_forward_hook(lambda _m, _i, o: found.append(o))
    network(source)
    handle.remove()
    (expected,) = torch.autograd.grad(found[0][0, 5, 3, 4], source)
    assert torch.allclose(measured(network, x, "layer2", 3, 4, 5), expected[0].abs().sum(0))


@pytest.mark.parametrize("name", ["resnet20"])
def test_places_and_layers_that_do_not_exist(network: nn.Module, x: Tensor) -> None:
    seen = record(network, x)
    picture = Picture(np.zeros((32, 32, 3), np.uint8))
    for layer, row, column in (("layer3", 8, 0), ("layer3", 0, -1), ("fc", 0, 0), ("nothing", 0, 0)):
        with pytest.raises(InputError):
            receptive_field(network, seen, picture, layer, row, column)
