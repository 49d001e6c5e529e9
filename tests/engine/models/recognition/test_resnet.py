"""The ResNets: counted, equal to torchvision's, tapped, and really plain where they should be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
import torchvision
from torch import Tensor, nn

from explorer.engine.models.recognition.resnet import (
    ResNet,
    cifar_resnet,
    resnet18,
    resnet20,
    resnet32,
    resnet50,
    resnet110,
    resnet152,
)

Builder = Callable[..., ResNet]

COUNTS: list[tuple[Builder, dict[str, Any], int]] = [
    (resnet20, {}, 269_722),
    (resnet20, {"shortcut": "projection"}, 272_474),
    (resnet32, {}, 464_154),
    (resnet110, {}, 1_730_714),
    (resnet110, {"shortcut": "pad"}, 1_727_962),
    (resnet18, {}, 11_689_512),
    (resnet50, {}, 25_557_032),
    (resnet152, {}, 60_192_808),
]


@pytest.mark.parametrize(("builder", "changes", "count"), COUNTS)
def test_parameters(builder: Builder, changes: dict[str, Any], count: int) -> None:
    with torch.device("meta"):
        assert sum(one.numel() for one in builder(**changes).parameters()) == count


@pytest.mark.parametrize(
    ("builder", "layers"), [(resnet18, 18), (resnet50, 50), (resnet152, 152), (resnet20, 20), (resnet110, 110)]
)
def test_the_number_in_the_name_counts_the_layers(builder: Builder, layers: int) -> None:
    with torch.device("meta"):
        network = builder()
    assert network.config.layers == layers
    on_the_way = [
        name
        for name, module in network.named_modules()
        if isinstance(module, nn.Conv2d | nn.Linear) and "downsample" not in name
    ]
    assert len(on_the_way) == layers


def randomise(network: nn.Module) -> None:
    """Weights, running means and variances that are all different, so that no mix-up can hide."""
    torch.manual_seed(3)
    for name, value in network.state_dict().items():
        if name.endswith("running_var") or ("bn" in name and name.endswith("weight")):
            value.uniform_(0.5, 1.5)
        elif value.is_floating_point() and value.dim() == 1:
            value.normal_(0, 0.1)


@pytest.mark.parametrize("name", ["resnet18", "resnet50"])
def test_torchvision_weights_load_strictly_and_give_the_same(name: str) -> None:
    theirs = getattr(torchvision.models, name)(weights=None).eval()
    randomise(theirs)
    ours = {"resnet18": resnet18, "resnet50": resnet50}[name]().eval()
    ours.load_state_dict(theirs.state_dict(), strict=True)
    pictures = torch.randn(2, 3, 96, 64)
    with torch.no_grad():
        expected, found = theirs(pictures), ours(pictures)
    assert expected.abs().max() > 0.1
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=0)


def test_torchvision_names_of_the_largest() -> None:
    with torch.device("meta"):
        theirs, ours = torchvision.models.resnet152(weights=None).state_dict(), resnet152().state_dict()
    assert {name: value.shape for name, value in theirs.items()} == {name: value.shape for name, value in ours.items()}


def outputs(network: nn.Module, pictures: Tensor) -> dict[str, Tensor]:
    """What every module gives, by name; a module that is used twice fails."""
    found: dict[str, Tensor] = {}
    hooks = []
    for name, module in network.named_modules():

        def keep(_: nn.Module, __: Any, output: Tensor, name: str = name) -> None:
            assert name not in found, f"{name} is used twice"
            found[name] = output

        hooks.append(module.register_forward_hook(keep))
    with torch.no_grad():
        network(pictures)
    for hook in hooks:
        hook.remove()
    return found


@pytest.mark.parametrize(("builder", "size"), [(resnet20, 32), (resnet18, 64), (resnet50, 64)])
def test_every_module_is_passed_once_in_order_and_nothing_is_changed_in_place(builder: Builder, size: int) -> None:
    network = builder().eval()
    randomise(network)
    found = outputs(network, torch.randn(1, 3, size, size))
    assert set(found) == {name for name, _ in network.named_modules()}
    children = [name for name in found if name and "." not in name]
    assert children == [name for name, _ in network.named_children()]
    again = outputs(network, torch.randn(1, 3, size, size))
    copies: dict[str, Tensor] = {}
    for name, module in network.named_modules():
        module.register_forward_hook(lambda _, __, output, name=name: copies.__setitem__(name, output.clone()))
    pictures = torch.randn(1, 3, size, size)
    again = outputs(network, pictures)
    for name, value in again.items():
        assert torch.equal(value, copies[name]), f"{name} was changed after it was given"


def test_the_block_adds_its_input() -> None:
    network = resnet20().eval()
    randomise(network)
    found = outputs(network, torch.randn(1, 3, 32, 32))
    inside = found["layer1.0.bn2"] + found["relu"]
    assert torch.equal(found["layer1.0.add"], inside)
    assert torch.equal(found["layer1.0"], inside.relu())
    narrow = found["layer1.2"][:, :, ::2, ::2]
    widened = found["layer2.0.downsample"]
    assert torch.equal(widened[:, :16], narrow) and not widened[:, 16:].any()


def test_cifar_maps_halve_twice() -> None:
    found = outputs(resnet20().eval(), torch.randn(1, 3, 32, 32))
    assert [tuple(found[name].shape[1:]) for name in ("conv1", "layer1", "layer2", "layer3", "flatten", "fc")] == [
        (16, 32, 32), (16, 32, 32), (32, 16, 16), (64, 8, 8), (64,), (10,),
    ]  # fmt: skip


def test_without_residual_connections_nothing_passes_a_dead_block() -> None:
    pictures = torch.randn(2, 3, 32, 32)
    answers = {}
    for residual in (True, False):
        network = resnet20(residual=residual).eval()
        names = [name for name, _ in network.named_modules()]
        assert any("add" in name or "downsample" in name for name in names) == residual
        with torch.no_grad():
            network.get_parameter("layer2.1.conv2.weight").zero_()
            answers[residual] = network(pictures)
    assert not torch.allclose(answers[True][0], answers[True][1])  # the shortcut carries the picture past it
    assert torch.equal(answers[False][0], answers[False][1])  # without it, every picture gets the same answer


def test_plain_and_residual_start_from_the_same_weights() -> None:
    torch.manual_seed(1)
    residual = resnet20().state_dict()
    torch.manual_seed(1)
    plain = resnet20(residual=False).state_dict()
    assert residual.keys() == plain.keys()
    assert all(torch.equal(residual[name], plain[name]) for name in plain)


def test_without_batch_norm() -> None:
    network = resnet20(batch_norm=False)
    assert not any(isinstance(module, nn.BatchNorm2d) for module in network.modules())
    assert network(torch.randn(1, 3, 32, 32)).shape == (1, 10)
    with torch.device("meta"):
        assert not [name for name in resnet50(batch_norm=False).state_dict() if "running" in name]


def test_any_depth_of_the_cifar_family() -> None:
    assert cifar_resnet(8, classes=4)(torch.randn(1, 3, 32, 32)).shape == (1, 4)
    with torch.device("meta"):
        assert cifar_resnet(56).config.layers == 56
    for depth in (2, 9, 21):
        with pytest.raises(ValueError, match="6n"):
            cifar_resnet(depth)
