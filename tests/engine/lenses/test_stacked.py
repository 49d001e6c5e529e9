"""Stacked windows: what they see is measured, what they cost is counted, and the right layers are taken."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from explorer.engine.lenses.stacked import between, cost, field, reach, runs, single, stacked
from explorer.engine.lenses.trace import record
from explorer.engine.models.recognition.vgg import vgg11, vgg16, vgg16_third
from explorer.results import Curves


def plain(count: int, kernel: int = 3) -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(*(layer for _ in range(count) for layer in (nn.Conv2d(4, 4, kernel, padding=kernel // 2), nn.Softplus())))


@pytest.mark.parametrize(("count", "kernel", "sees"), [(1, 3, 3), (2, 3, 5), (3, 3, 7), (1, 7, 7), (2, 5, 9)])
def test_what_a_value_sees_is_measured(count: int, kernel: int, sees: int) -> None:
    seen = field(plain(count, kernel), torch.randn(1, 4, 20, 20), 6)
    assert seen.shape == (13, 13) and reach(seen) == sees and float(seen.max()) == 1.0


def test_maps_too_small_for_the_window_are_enlarged() -> None:
    assert reach(field(plain(3), torch.randn(1, 4, 4, 4), 6)) == 7


def test_the_large_window_is_drawn_the_same_and_leaves_the_generator_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    one, other = single(3, 8, 7), single(3, 8, 7)
    assert torch.equal(one.weight, other.weight) and torch.equal(torch.rand(1), expected)


def test_costs() -> None:
    two, large = cost((64, 64, 64), 3, 100), cost((64, 64), 5, 100)
    assert (two.weights, large.weights) == (18 * 64 * 64, 25 * 64 * 64)
    assert (two.multiply_adds, two.activations, large.activations) == (1800 * 64 * 64, 2, 1)


def test_runs_end_where_a_pooling_stands() -> None:
    with torch.device("meta"):
        assert [len(run) for run in runs(vgg16())] == [2, 2, 3, 3, 3]
        assert [len(run) for run in runs(vgg11())] == [1, 1, 2, 2, 2]
        assert [len(run) for run in runs(vgg16_third())] == [2, 2, 3, 6]
        assert runs(vgg16_third(kernel=5)) == ()


def test_between_takes_the_activations_along() -> None:
    network = vgg16_third()
    part = between(network, "features.0", "features.3")
    assert [type(module) for module in part] == [nn.Conv2d, nn.BatchNorm2d, nn.ReLU] * 2
    with pytest.raises(ValueError, match="one list"):
        between(network, "features.0", "classifier")


def test_the_layer_decides_which_are_taken() -> None:
    torch.manual_seed(0)
    network = vgg16_third().eval()
    seen = record(network, torch.randn(1, 3, 32, 32))

    def taken(layer: str, count: int) -> tuple[str, ...]:
        layers: tuple[str, ...] = stacked(network, seen, layer, count).facts["layers"]
        return layers

    assert taken("features.5", 2) == ("features.0", "features.3")
    assert taken("features.6", 3) == ("features.14", "features.17", "features.20")  # none of three up to there: the first after it
    assert taken("features.22", 3) == ("features.14", "features.17", "features.20")
    assert taken("features.41", 3) == ("features.33", "features.36", "features.39")
    found = stacked(network, seen, "features.41", 3)
    assert (found.facts["sees"], found.facts["single_sees"], found.facts["kernel"]) == (7, 7, 7)
    assert found.facts["ratio"] == pytest.approx(49 / 27) and found.facts["places"] == (4, 4)
    assert found.facts["whole"][0] == sum(m.weight.numel() for m in network.modules() if isinstance(m, nn.Conv2d))
    curves = found.parts["weights"]
    assert isinstance(curves, Curves) and list(curves.series[0].x) == [3, 5, 7, 9, 11]
    assert curves.series[1].y[2] / curves.series[0].y[2] == pytest.approx(49 / 27)


def test_a_network_without_stacks() -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.MaxPool2d(2), nn.Conv2d(4, 4, 3, padding=1))
    with pytest.raises(ValueError, match="follow each other"):
        stacked(network, record(network, torch.randn(1, 3, 8, 8)), "0", 2)
