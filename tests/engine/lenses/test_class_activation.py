"""CAM is exact: its mean plus the bias is the class's score. Grad-CAM agrees with it where both are possible."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import pytorch_grad_cam
import torch
import torchcam.methods
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import Tensor, nn

from explorer.catalogue import SYSTEMS
from explorer.engine.lenses.class_activation import (
    cam,
    class_activation,
    class_activation_growing,
    ending,
    grad_cam,
    method_named,
    possible_methods,
    recommended_layer,
    score_cam,
)
from explorer.engine.lenses.trace import record
from explorer.engine.system import build, trained
from explorer.resources import resource
from explorer.results import Picture
from explorer.words import InputError
from tests.engine.lenses.conftest import VARIANTS, input_of, lively, size_of

PICTURE = Picture(np.zeros((100, 120, 3), np.uint8))
POOLED = ["resnet20", "resnet32", "resnet18-imagenet", "torchvision resnet18", "torchvision mobilenet"]


@pytest.mark.parametrize("name", POOLED)
def test_the_mean_of_cam_and_the_bias_are_the_score(network: nn.Module, x: Tensor) -> None:
    seen = record(network, x)
    end = ending(network, seen)
    assert end is not None
    linear = network.get_submodule(end.linear)
    assert isinstance(linear, nn.Linear)
    for number in (0, 3, seen.output.shape[1] - 1):
        heat = cam(network, seen, number)
        assert float(heat.mean() + linear.bias[number].detach()) == pytest.approx(float(seen.output[0, number]), abs=1e-4)


@pytest.mark.parametrize("name", POOLED)
def test_grad_cam_of_the_pooled_layer_is_cam_up_to_the_number_of_places(network: nn.Module, x: Tensor) -> None:
    seen = record(network, x)
    heat = cam(network, seen, 2)
    other = grad_cam(network, seen, 2, recommended_layer(network, seen))
    assert torch.allclose(other * heat.numel(), heat, atol=1e-4)


def test_every_network_has_a_recommended_layer_and_an_overlay(network: nn.Module, x: Tensor) -> None:
    seen = record(network, x)
    layer = recommended_layer(network, seen)
    overlay = class_activation(network, seen, PICTURE, 1, label="one")
    assert overlay.layer == layer and overlay.label == "one" and not overlay.signed
    assert overlay.heat.shape == (100, 120) and overlay.heat.min() >= 0 and np.isfinite(overlay.heat).all()
    signed = class_activation(network, seen, PICTURE, 1, signed=True)
    assert signed.signed and signed.heat.min() < overlay.heat.max() + 1


@pytest.mark.parametrize(("name", "layer"), [("resnet20", "layer3"), ("resnet18-imagenet", "layer4"), ("torchvision mobilenet", "features")])
def test_the_recommended_layer_is_the_one_that_is_pooled(network: nn.Module, x: Tensor, layer: str) -> None:
    assert recommended_layer(network, record(network, x)) == layer


@pytest.mark.parametrize("name", ["resnet20"])
def test_an_earlier_layer_takes_grad_cam(network: nn.Module, x: Tensor) -> None:
    seen = record(network, x)
    overlay = class_activation(network, seen, PICTURE, 1, layer="layer2", signed=True, method="grad-cam")
    expected = grad_cam(network, seen, 1, "layer2")
    large = nn.functional.interpolate(expected[None, None], size=(100, 120), mode="bilinear", align_corners=False)[0, 0]
    assert np.allclose(overlay.heat, large.numpy())
    with pytest.raises(InputError, match="Grad-CAM"):
        class_activation(network, seen, PICTURE, 1, layer="layer2", method="cam")


def test_a_network_that_ends_otherwise_has_grad_cam_only(odd: nn.Module) -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 5)).eval()
    seen = record(network, torch.randn(1, 3, 8, 8))
    assert ending(network, seen) is None and recommended_layer(network, seen) == "1"
    assert class_activation(network, seen, PICTURE, 4).heat.shape == (100, 120)
    with pytest.raises(InputError):
        class_activation(network, seen, PICTURE, 4, method="cam")


@pytest.mark.parametrize("name", ["resnet20"])
def test_what_does_not_exist_is_refused(network: nn.Module, x: Tensor) -> None:
    seen = record(network, x)
    for number, layer in ((10, ""), (-1, ""), (0, "nothing"), (0, "fc")):
        with pytest.raises(InputError):
            class_activation(network, seen, PICTURE, number, layer=layer)


def test_it_looks_where_the_cause_is() -> None:
    """A network that scores class 0 by red and class 1 by blue: each class's heat lies where its colour is."""
    network = nn.Sequential(nn.Conv2d(3, 3, 1, bias=False), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 2)).eval()
    with torch.no_grad():
        network[0].weight.copy_(torch.eye(3).view(3, 3, 1, 1))
        network[3].weight.copy_(torch.tensor([[1.0, 0, 0], [0, 0, 1.0]]))
    x = torch.zeros(1, 3, 10, 12)
    x[0, 0, 2, 3], x[0, 2, 7, 9] = 1, 1
    seen = record(network, x)
    for number, (row, column) in enumerate([(2, 3), (7, 9)]):
        for method in ("cam", "grad-cam"):
            heat = class_activation(network, seen, PICTURE, number, method=method).heat  # type: ignore[arg-type]
            peak = np.unravel_index(int(heat.argmax()), heat.shape)
            assert abs(int(peak[0]) - (row * 10 + 5)) <= 5 and abs(int(peak[1]) - (column * 10 + 5)) <= 5


# against independent libraries

NUMBER = 2


def with_pytorch_grad_cam(method: type[Any]) -> Callable[[nn.Module, str, Tensor], Any]:
    def heat(network: nn.Module, layer: str, x: Tensor) -> Any:
        with method(network, [network.get_submodule(layer)]) as other:
            return other(x, [ClassifierOutputTarget(NUMBER)])[0]

    return heat


def with_torchcam(method: type[Any]) -> Callable[[nn.Module, str, Tensor], Any]:
    def heat(network: nn.Module, layer: str, x: Tensor) -> Any:
        with method(network, network.get_submodule(layer)) as other:
            small = other(NUMBER, network(x.clone().requires_grad_()))[0]
        return nn.functional.interpolate(small.detach()[None], size=x.shape[2:], mode="bilinear", align_corners=False)[0, 0].numpy()

    return heat


LIBRARIES = [
    ("grad-cam", with_pytorch_grad_cam(pytorch_grad_cam.GradCAM)), ("grad-cam", with_torchcam(torchcam.methods.GradCAM)),
    ("grad-cam++", with_pytorch_grad_cam(pytorch_grad_cam.GradCAMPlusPlus)),  # torchcam 0.5 forms alpha's quotient in a copy that it drops
    ("layer-cam", with_pytorch_grad_cam(pytorch_grad_cam.LayerCAM)), ("layer-cam", with_torchcam(torchcam.methods.LayerCAM)),
    ("score-cam", with_pytorch_grad_cam(pytorch_grad_cam.ScoreCAM)), ("score-cam", with_torchcam(torchcam.methods.ScoreCAM)),
]  # fmt: skip


DEFAULTS = [entry.variants[0].name for entry in SYSTEMS if entry.section == "recognition"]


def default_network(name: str) -> nn.Module:
    """A default variant with its bundled weights, or with random ones where none are bundled."""
    variant = VARIANTS[name]
    if variant.weights == "bundled" and resource("weights", variant.file).is_file():
        network: nn.Module = trained(variant, None)[0].eval()
        return network
    torch.manual_seed(0)
    return lively(build(variant), size=size_of(name))


def heat_of(network: nn.Module, layer: str, x: Tensor, method: str) -> Any:
    """Our map in the size of the input. Score-CAM tries all maps, as the libraries do."""
    seen = record(network, x)
    if method == "score-cam":
        *_, (_, _, heat) = score_cam(network, seen, NUMBER, layer, limit=10_000)
        return nn.functional.interpolate(heat.relu()[None, None], size=x.shape[2:], mode="bilinear", align_corners=False)[0, 0].numpy()
    return class_activation(network, seen, Picture(np.zeros((*x.shape[2:], 3), np.uint8)), NUMBER, layer=layer, method=method_named(method)).heat


def agree(network: nn.Module, layer: str, x: Tensor, methods: list[tuple[str, Any]]) -> None:
    """Correlation of our maps and the libraries' at least 0.99.

    Grad-CAM++ with scores on a scale on which the library's addition against division by zero (10⁻⁶ beside squared gradients) does not count.
    """
    head = [module for module in network.modules() if isinstance(module, nn.Conv2d | nn.Linear)][-1]
    before = head.weight.detach().clone()
    try:
        for method, library in methods:
            with torch.no_grad():
                head.weight.copy_(before * (1000 if method == "grad-cam++" else 1))
            ours, theirs = heat_of(network, layer, x, method), library(network, layer, x)
            assert ours.max() > 0 and ours.std() > 0, method
            assert np.corrcoef(ours.ravel(), np.ravel(theirs))[0, 1] >= 0.99, (method, layer)
    finally:
        with torch.no_grad():
            head.weight.copy_(before)
        for p in network.parameters():  # the libraries leave gradients behind
            p.grad = None
            p.requires_grad_()


@pytest.mark.parametrize(("name", "layer"), [("resnet20", "layer3"), ("resnet20", "layer2.1"), ("odd", "last"), ("odd", "pool")])
def test_every_method_agrees_with_the_libraries(name: str, layer: str, network: nn.Module, x: Tensor) -> None:
    agree(network, layer, x, LIBRARIES)


@pytest.mark.parametrize("default", DEFAULTS)
def test_every_method_agrees_on_all_nine_networks(default: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As they come with the program, at the recommended layer. Score-CAM with the maps enlarged as the authors enlarge them: the library puts the corners
    of map and picture together, which for maps of 4×4 covers other places, and torchcam stretches a map to 0–1 before it enlarges it, not after."""
    monkeypatch.setattr(nn, "UpsamplingBilinear2d", lambda size: nn.Upsample(size=size, mode="bilinear", align_corners=False))
    network, x = default_network(default), input_of(default)
    seen = record(network, x)
    monkeypatch.setattr(sys.modules[__name__], "NUMBER", int(seen.output[0].argmax()))
    agree(network, recommended_layer(network, seen), x, [one for one in LIBRARIES if one != LIBRARIES[-1]])


@pytest.mark.parametrize("name", ["resnet20"])
def test_the_recommended_method_depends_on_the_place(network: nn.Module, x: Tensor) -> None:
    seen = record(network, x)
    assert possible_methods(network, seen)[0] == "cam" and set(possible_methods(network, seen)) >= {"grad-cam", "grad-cam++", "score-cam", "layer-cam"}
    assert possible_methods(network, seen, "layer2")[0] == "layer-cam" and "cam" not in possible_methods(network, seen, "layer2")
    early = class_activation(network, seen, PICTURE, 1, layer="layer2").heat
    assert np.array_equal(early, class_activation(network, seen, PICTURE, 1, layer="layer2", method="layer-cam").heat)


def test_names_of_methods_however_they_are_written() -> None:
    assert [method_named(name) for name in ("GradCAM++", "score_cam", "Layer CAM", "gradcam")] == ["grad-cam++", "score-cam", "layer-cam", "grad-cam"]
    with pytest.raises(InputError, match="score-cam"):
        method_named("lime")


@pytest.mark.parametrize("name", ["resnet20"])
def test_score_cam_grows_and_takes_the_maps_that_vary_most(network: nn.Module, x: Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = record(network, x)
    maps = seen.of(network, "layer2")[0]
    *_, (done, total, limited) = score_cam(network, seen, 1, "layer2", limit=5)
    assert (done, total) == (5, 5)
    chosen = sorted(int(i) for i in maps.flatten(1).var(1).topk(5).indices)
    *_, (_, _, expected) = score_cam(network, seen, 1, "layer2")
    assert not torch.allclose(limited, expected) and len(chosen) == 5
    monkeypatch.setattr("explorer.engine.lenses.class_activation.BATCH_VALUES", x.numel() * 3)
    steps = list(class_activation_growing(network, seen, PICTURE, 1, layer="layer2", method="score-cam"))
    assert [done for done, _, _ in steps] == [*range(3, 32, 3), 32] and all(total == 32 for _, total, _ in steps)
    whole = nn.functional.interpolate(expected.relu()[None, None], size=(100, 120), mode="bilinear", align_corners=False)[0, 0]
    assert np.allclose(steps[-1][2].heat, whole.numpy(), atol=1e-4)
