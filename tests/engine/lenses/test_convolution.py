"""The arithmetic adds up: its steps end in the very value of the map, on every network, layer and place tried."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.engine.lenses.class_activation import layers_with_places
from explorer.engine.lenses.convolution import take_apart, way_to
from explorer.engine.lenses.trace import record
from explorer.results import Arithmetic
from explorer.words import InputError

ADDED = ("this map", "others", "bias", "shortcut")


def end_of(arithmetic: Arithmetic) -> float:
    """What the steps come to: amounts are added, the others are what the value becomes."""
    value = 0.0
    for name, number in arithmetic.steps:
        value = value + number if any(word in name.en for word in ADDED) else number
    return value


def check_value(network: nn.Module, x: Tensor, layer: str, place: tuple[int, int, int]) -> Arithmetic:
    seen = record(network, x)
    taken = take_apart(network, seen, layer, *place)
    expected = float(seen.of(network, layer)[(0, *place)])
    assert end_of(taken.arithmetic) == pytest.approx(expected, rel=1e-4, abs=1e-5), layer
    products = float((taken.arithmetic.window.astype(np.float64) * taken.arithmetic.kernel).sum())
    assert products == pytest.approx(taken.arithmetic.steps[0][1], rel=1e-5, abs=1e-6)
    return taken.arithmetic


def test_every_kind_of_layer_at_random_places(network: nn.Module, x: Tensor) -> None:
    seen = record(network, x)
    random = np.random.default_rng(0)
    layers = [layer for layer in layers_with_places(seen) if way_to(seen, layer)]
    assert len(layers) >= 3
    for layer in random.choice(layers, 12):
        shape = seen.of(network, str(layer)).shape[1:]
        place = tuple(int(random.integers(side)) for side in shape)
        taken = take_apart(network, seen, str(layer), *place)
        expected = float(seen.of(network, str(layer))[(0, *place)])
        assert end_of(taken.arithmetic) == pytest.approx(expected, rel=1e-3, abs=1e-4), layer
        before = [number for name, number in taken.arithmetic.steps if any(word in name.en for word in ADDED[:3])]
        assert sum(before) == pytest.approx(float(seen.values[way_to(seen, str(layer))[0].output][(0, *place)]), rel=1e-3, abs=1e-4)


@pytest.mark.parametrize("name", ["resnet20"])
def test_the_steps_of_a_residual_block(network: nn.Module, x: Tensor) -> None:
    seen = record(network, x)
    taken = take_apart(network, seen, "layer2", 3, 4, 5)
    assert taken.convolution == "layer2.2.conv2"
    assert [name.en for name, _ in taken.arithmetic.steps] == ["this map", "31 others", "after norm", "shortcut", "ReLU"]
    block_input = seen.of(network, "layer2.1")
    steps = {name.en: value for name, value in taken.arithmetic.steps}
    assert steps["shortcut"] == pytest.approx(float(block_input[0, 3, 4, 5]), abs=1e-5)
    assert steps["after norm"] == pytest.approx(float(seen.of(network, "layer2.2.bn2")[0, 3, 4, 5]))
    assert take_apart(network, seen, "layer2.0", 3, 4, 5).convolution == "layer2.0.conv2"
    assert take_apart(network, seen, "layer2.0.conv1", 3, 4, 5).arithmetic.steps[-1][0].en == "15 others"


@pytest.mark.parametrize("name", ["resnet18-imagenet", "torchvision resnet18"])
def test_a_block_with_a_projection_shows_the_main_way(network: nn.Module, x: Tensor) -> None:
    seen = record(network, x)
    for layer in ("layer2.0", "layer3.0"):
        taken = take_apart(network, seen, layer, 7, 1, 2)
        assert taken.convolution == f"{layer}.conv2"
        shortcut = {name.en: value for name, value in taken.arithmetic.steps}["shortcut"]
        assert shortcut == pytest.approx(float(seen.of(network, f"{layer}.downsample")[0, 7, 1, 2]), abs=1e-5)


@pytest.mark.parametrize(
    "settings",
    [
        {"kernel_size": 3, "padding": 1},
        {"kernel_size": (3, 5), "stride": (2, 1), "padding": (0, 2), "bias": False},
        {"kernel_size": 3, "dilation": (2, 3), "padding": "same"},
        {"kernel_size": 4, "padding": "same"},
        {"kernel_size": 3, "groups": 3, "padding": 1},
        {"kernel_size": 3, "groups": 6, "padding": 1, "stride": 2},
        {"kernel_size": 3, "padding": 1, "padding_mode": "reflect"},
        {"kernel_size": 3, "padding": (2, 1), "padding_mode": "circular"},
        {"kernel_size": 3, "padding": 1, "padding_mode": "replicate"},
        {"kernel_size": 1},
    ],
)
def test_every_setting_of_a_convolution(settings: dict[str, object]) -> None:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(6, 12, **settings))  # type: ignore[arg-type]
    x = torch.randn(1, 6, 9, 11)
    rows, columns = network(x).shape[2:]
    for row in (0, rows // 2, rows - 1):
        for column in (0, columns - 1):
            arithmetic = check_value(network, x, "0", (7, row, column))
            assert arithmetic.row == row and arithmetic.column == column


def test_the_window_is_where_it_says_it_is() -> None:
    network = nn.Sequential(nn.Conv2d(2, 3, 3, stride=2, padding=1))
    x = torch.randn(1, 2, 8, 8)
    taken = take_apart(network, record(network, x), "0", 1, 2, 0, 1)
    assert taken.corner == (3, -1) and taken.arithmetic.input_map == 1
    padded = F.pad(x[0, 1], (1, 1, 1, 1))
    assert np.array_equal(taken.arithmetic.window, padded[4:7, 0:3].numpy())
    assert np.array_equal(taken.arithmetic.kernel, network[0].weight[1, 1].detach().numpy())


def test_the_strongest_input_map_is_shown_unless_one_is_asked_for() -> None:
    network = nn.Sequential(nn.Conv2d(4, 1, 1, bias=False))
    nn.init.ones_(network[0].weight)
    x = torch.tensor([1.0, -5.0, 2.0, 3.0]).view(1, 4, 1, 1)
    seen = record(network, x)
    strongest = take_apart(network, seen, "0", 0, 0, 0)
    assert strongest.arithmetic.input_map == 1 and [v for _, v in strongest.arithmetic.steps] == [-5, 6]
    assert take_apart(network, seen, "0", 0, 0, 0, 3).arithmetic.steps[0][1] == 3


def test_input_maps_of_a_group_are_counted_from_the_first_of_all() -> None:
    network = nn.Sequential(nn.Conv2d(4, 4, 1, groups=2))
    seen = record(network, torch.randn(1, 4, 2, 2))
    assert take_apart(network, seen, "0", 3, 0, 0).arithmetic.input_map in (2, 3)
    assert take_apart(network, seen, "0", 3, 0, 0, 2).arithmetic.input_map == 2
    with pytest.raises(InputError):
        take_apart(network, seen, "0", 3, 0, 0, 1)


@pytest.mark.parametrize("name", ["resnet20"])
def test_what_does_not_exist_is_refused(network: nn.Module, x: Tensor) -> None:
    seen = record(network, x)
    for arguments in (("fc", 0, 0, 0), ("avgpool", 0, 0, 0), ("nothing", 0, 0, 0), ("conv1", 16, 0, 0), ("conv1", -1, 0, 0), ("conv1", 0, 32, 0), ("conv1", 0, 0, -1)):
        with pytest.raises(InputError):
            take_apart(network, seen, *arguments)  # type: ignore[arg-type]
    with pytest.raises(InputError):
        take_apart(network, seen, "conv1", 0, 0, 0, 3)


class Branches(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.one, self.three = nn.Conv2d(3, 4, 1), nn.Conv2d(3, 5, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.one(x).relu(), self.three(x).relu()], 1)


def test_maps_put_side_by_side_come_from_no_single_convolution() -> None:
    network = nn.Sequential(Branches())
    seen = record(network, torch.randn(1, 3, 6, 6))
    assert way_to(seen, "0.one") and way_to(seen, "0.three") and not way_to(seen, "0")
    with pytest.raises(InputError):
        take_apart(network, seen, "0", 7, 0, 0)
