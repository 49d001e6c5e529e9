"""FPN: the pyramid's counts and sums by hand; else it is the Faster R-CNN without one."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from explorer.engine.models.detection.faster_rcnn import FasterRCNN, faster_rcnn_small
from explorer.engine.models.detection.fpn import Pyramid, faster_rcnn_resnet50_fpn, fpn_small, pyramid_resnet50
from explorer.engine.weights.load import renamed


@pytest.fixture(scope="module")
def network() -> FasterRCNN:
    torch.manual_seed(0)
    return fpn_small().eval()


def test_the_papers_counts() -> None:
    with torch.device("meta"):
        assert sum(p.numel() for p in pyramid_resnet50().parameters()) == 3_344_384
        assert sum(p.numel() for p in faster_rcnn_resnet50_fpn().parameters()) == 41_755_286


def test_torchvisions_file_fits_by_the_names_of_its_first_version() -> None:
    from torchvision.models.detection import fasterrcnn_resnet50_fpn
    from torchvision.ops import FrozenBatchNorm2d

    with torch.device("meta"):
        ours, theirs = faster_rcnn_resnet50_fpn(), fasterrcnn_resnet50_fpn(weights=None, weights_backbone=None)
    names = list(ours.state_dict())
    assert [name for name in names if "num_batches" in name] == []
    assert set(names) == {name for name in theirs.state_dict() if not name.endswith("num_batches_tracked")}
    first = [name.replace("_blocks.", "_blocks#").replace(".0.weight", ".weight").replace(".0.bias", ".bias").replace("#", ".") if ".fpn." in name else name for name in names]
    first = [name.replace("rpn.head.conv.0.0.", "rpn.head.conv.") for name in first]
    assert "backbone.fpn.inner_blocks.3.weight" in first and "rpn.head.conv.bias" in first and len(set(first) - set(names)) == 18
    assert [renamed(ours, name) for name in first] == names == [renamed(ours, name) for name in names]
    assert all(one.eps == 0 for one in ours.modules() if isinstance(one, FrozenBatchNorm2d))  # as those weights were trained


def test_the_way_down_by_hand(network: FasterRCNN) -> None:
    pyramid = network.backbone
    assert isinstance(pyramid, Pyramid)
    x = torch.rand(1, 3, 96, 128)
    with torch.no_grad():
        fine, middle, coarse = pyramid.trunk(x).values()
        maps = [*pyramid(x).values()]
        inner, layer = pyramid.fpn.inner_blocks, pyramid.fpn.layer_blocks
        top = inner[2](coarse)
        below = inner[1](middle) + F.interpolate(top, size=middle.shape[2:], mode="nearest")
        last = inner[0](fine) + F.interpolate(below, size=fine.shape[2:], mode="nearest")
    for got, expected, convolve in zip(maps, (last, below, top), layer, strict=True):
        with torch.no_grad():
            assert torch.allclose(got, convolve(expected), atol=1e-5)
    assert [tuple(one.shape[2:]) for one in maps] == [(24, 32), (12, 16), (6, 8)]
    pyramid.top_down = False
    with torch.no_grad():
        alone = [*pyramid(x).values()]
        for got, values, lateral, convolve in zip(alone, (fine, middle, coarse), inner, layer, strict=True):
            assert torch.allclose(got, convolve(lateral(values)), atol=1e-5)
    pyramid.top_down = True
    assert torch.equal(alone[2], maps[2]) and not torch.allclose(alone[0], maps[0], atol=1e-2)  # nothing came down to the coarsest anyway


def test_it_differs_from_faster_rcnn_in_the_pyramid_alone(network: FasterRCNN) -> None:
    other = faster_rcnn_small()

    def shapes(net: FasterRCNN, part: str) -> dict[str, tuple[int, ...]]:
        return {name: tuple(value.shape) for name, value in net.state_dict().items() if name.startswith(part)}

    assert shapes(network, "backbone.trunk") == shapes(other, "backbone.trunk")
    assert shapes(network, "roi_heads") == shapes(other, "roi_heads")
    assert network.rpn.anchor_generator.sizes == ((16,), (40,), (100,)) and other.rpn.anchor_generator.sizes == ((16, 40, 100),)


def test_large_regions_are_cut_from_coarse_maps_and_the_answer_is_torchvisions(network: FasterRCNN) -> None:
    torch.manual_seed(3)
    picture = torch.rand(3, 240, 320)
    with torch.no_grad():
        expected, seen = network([picture])[0], network.look(picture)
    got = network.answer(seen.candidates)
    assert len(got["boxes"]) and all(torch.allclose(got[name].float(), expected[name].float(), atol=1e-3) for name in expected)
    sides = (seen.extra["proposals"][:, 2:] - seen.extra["proposals"][:, :2]).prod(1).sqrt()
    levels = seen.extra["proposal_levels"]
    assert bool((levels[sides < 24] == 0).all()) and bool((levels[sides > 101] == 2).all())
    assert bool((levels[(sides > 51) & (sides < 99)] == 1).all())
    assert torch.bincount(seen.extra["anchor_levels"]).tolist() == [3 * 60 * 80, 3 * 30 * 40, 3 * 15 * 20]
