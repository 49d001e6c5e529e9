"""DeepLab v3: counted, torchvision's answers, and gaps that change where is looked, not what."""

from __future__ import annotations

import pytest
import torch
import torchvision
from torch import nn

from explorer.engine.models.recognition.resnet import resnet50
from explorer.engine.models.segmentation.deeplabv3 import SMALL, deeplabv3_resnet50, deeplabv3_small, dilate, set_dilated, small_backbone
from tests.engine.models.recognition.checks import count, randomise, shapes


def test_parameters() -> None:
    assert count(deeplabv3_resnet50, auxiliary=False) == 39_638_869
    assert count(deeplabv3_resnet50) == 42_004_074
    assert count(deeplabv3_small) == count(deeplabv3_small, dilated=False) == 811_099


@pytest.mark.slow
def test_torchvisions_weights_load_strictly_and_give_its_answers() -> None:
    theirs = torchvision.models.segmentation.deeplabv3_resnet50(weights=None, weights_backbone=None, aux_loss=True)
    randomise(theirs)
    ours = deeplabv3_resnet50().eval()
    ours.load_state_dict(theirs.state_dict(), strict=True)
    x = torch.randn(1, 3, 65, 64)
    with torch.no_grad():
        expected = theirs.eval()(x)["out"]
        assert expected.std() > 0
        torch.testing.assert_close(ours(x), expected, atol=1e-4 * float(expected.abs().max()), rtol=0)


def test_the_names_are_torchvisions() -> None:
    with torch.device("meta"):
        theirs = torchvision.models.segmentation.deeplabv3_resnet50(weights=None, weights_backbone=None, aux_loss=True)
        ours = deeplabv3_resnet50()
    assert {name: value.shape for name, value in ours.state_dict().items()} == {name: value.shape for name, value in theirs.state_dict().items()}


def test_gaps_are_opened_where_torchvision_opens_them() -> None:
    with torch.device("meta"):
        ours, theirs = resnet50(), torchvision.models.resnet50(replace_stride_with_dilation=[False, True, True])
    set_dilated(ours, True)
    convolutions = {name: module for name, module in theirs.named_modules() if isinstance(module, nn.Conv2d)}
    for name, module in ours.named_modules():
        if isinstance(module, nn.Conv2d):
            wanted = convolutions[name]
            assert (module.stride, module.dilation, module.padding) == (wanted.stride, wanted.dilation, wanted.padding), name


def test_sizes() -> None:
    with torch.device("meta"):
        wide, plain = shapes(deeplabv3_small(), 64), shapes(deeplabv3_small(dilated=False), 64)
    assert wide["backbone.layer4"] == (96, 16, 16) and plain["backbone.layer4"] == (96, 4, 4)
    assert wide["backbone.layer2"] == plain["backbone.layer2"] == (32, 16, 16)
    assert wide[""] == plain[""] == (11, 64, 64)


def test_with_gaps_every_fourth_place_is_what_the_strides_gave() -> None:
    """The same weights see the same things, only at more places."""
    backbone = small_backbone(SMALL.depths, SMALL.widths)
    randomise(backbone)
    backbone.eval()

    def maps(x: torch.Tensor) -> torch.Tensor:
        x = backbone.relu(backbone.bn1(backbone.conv1(x)))
        for stage in backbone.stages:
            x = backbone.get_submodule(stage)(x)
        return x

    x = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        plain = maps(x)
        set_dilated(backbone, True)
        wide = maps(x)
        set_dilated(backbone, False)
        again = maps(x)
    assert plain.shape[2:] == (4, 4) and wide.shape[2:] == (16, 16)
    torch.testing.assert_close(wide[:, :, ::4, ::4], plain, atol=1e-4 * float(plain.abs().max()), rtol=0)
    assert torch.equal(again, plain)


def test_gaps_open_and_close_without_a_change_of_weights() -> None:
    network = deeplabv3_small(dilated=False).eval()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    rates = [module.dilation for name, module in network.classifier.named_modules() if name.startswith("0.convs") and isinstance(module, nn.Conv2d)]
    assert (1, 1) in rates and (3, 3) in rates
    dilate(network, SMALL, True)
    rates = [module.dilation[0] for name, module in network.classifier.named_modules() if name.startswith("0.convs") and isinstance(module, nn.Conv2d)]
    assert rates == [1, *SMALL.rates, 1]
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
