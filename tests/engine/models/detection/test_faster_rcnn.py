"""Faster R-CNN on one map: torchvision's own answer and counts, and ignored boxes without blame."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torchvision.models.detection import FasterRCNN as TorchvisionFasterRCNN
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor, TwoMLPHead
from torchvision.models.detection.rpn import RPNHead
from torchvision.ops import MultiScaleRoIAlign

from explorer.engine.models.detection.faster_rcnn import FasterRCNN, faster_rcnn_small, faster_rcnn_vgg16


@pytest.fixture(scope="module")
def network() -> FasterRCNN:
    torch.manual_seed(0)
    return faster_rcnn_small().eval()


@pytest.fixture(scope="module")
def picture() -> Tensor:
    return torch.rand(3, 240, 320, generator=torch.Generator().manual_seed(1))


def test_it_answers_as_torchvisions_own(network: FasterRCNN, picture: Tensor) -> None:
    """The same weights in torchvision's class, built here anew, give the same boxes."""
    anchors = AnchorGenerator(((16, 40, 100),), ((0.5, 1.0, 2.0),))
    theirs = TorchvisionFasterRCNN(
        network.backbone, min_size=240, max_size=320, image_mean=network.transform.image_mean, image_std=network.transform.image_std,
        rpn_anchor_generator=anchors, rpn_head=RPNHead(64, 9), rpn_pre_nms_top_n_test=1000, rpn_post_nms_top_n_test=300,
        box_roi_pool=MultiScaleRoIAlign(["0"], 5, 2), box_head=TwoMLPHead(64 * 25, 128), box_predictor=FastRCNNPredictor(128, 7),
        box_score_thresh=0.02, box_nms_thresh=0.45, size_divisible=16,
    ).eval()  # fmt: skip
    theirs.load_state_dict(network.state_dict())
    with torch.no_grad():
        ours, other = network([picture])[0], theirs([picture])[0]
    assert len(ours["boxes"]) and all(torch.allclose(ours[name], other[name]) for name in ours)


def test_what_is_left_of_the_candidates_is_the_answer(network: FasterRCNN) -> None:
    for height, width in ((240, 320), (300, 200)):
        x = torch.rand(3, height, width)
        with torch.no_grad():
            expected, seen = network([x])[0], network.look(x)
        got = network.answer(seen.candidates)
        assert len(got["boxes"]) and all(torch.allclose(got[name].float(), expected[name].float(), atol=1e-3) for name in expected)


def test_one_map_with_nine_anchors_a_place(network: FasterRCNN, picture: Tensor) -> None:
    with torch.no_grad():
        seen = network.look(picture)
    assert [tuple(one.shape) for one in seen.maps.values()] == [(64, 30, 40)]
    assert len(seen.extra["anchors"]) == 30 * 40 * 9 == len(seen.extra["objectness"])
    assert 0 < len(seen.extra["proposals"]) <= 300 and len(seen.extra["proposal_scores"]) == len(seen.extra["proposals"])
    assert not seen.extra["proposal_levels"].any() and not seen.extra["anchor_levels"].any()
    assert bool((seen.extra["proposal_scores"].diff() <= 0).all())


def test_the_papers_network() -> None:
    with torch.device("meta"):
        net = faster_rcnn_vgg16()
    assert sum(p.numel() for p in net.parameters()) == 137_073_622
    assert sum(p.numel() for p in net.backbone.parameters()) == 14_714_688  # VGG-16's convolutions
    assert net.rpn.anchor_generator.num_anchors_per_location() == [9]


def test_anchors_and_proposals_in_ignored_boxes_are_not_blamed(network: FasterRCNN) -> None:
    boxes = torch.tensor([[0.0, 0, 20, 20], [100, 100, 140, 140], [200, 10, 230, 60]])
    target = {"boxes": boxes[:1], "labels": torch.tensor([3]), "ignored": torch.tensor([[90.0, 90, 150, 150]])}
    labels, _ = network.rpn.assign_targets_to_anchors([boxes], [target])
    assert labels[0].tolist() == [1, -1, 0]
    plain, _ = network.rpn.assign_targets_to_anchors([boxes], [{**target, "ignored": torch.zeros(0, 4)}])
    assert plain[0].tolist() == [1, 0, 0]
    torch.manual_seed(0)
    kept, _, labels, _ = network.roi_heads.select_training_samples([boxes], [target])
    assert not any(torch.equal(box, boxes[1]) for box in kept[0])
    assert set(labels[0].tolist()) == {3, 0}


def test_it_learns_one_picture(picture: Tensor) -> None:
    torch.manual_seed(0)
    net = faster_rcnn_small().train()
    target = {"boxes": torch.tensor([[100.0, 60, 180, 160]]), "labels": torch.tensor([2]), "ignored": torch.zeros(0, 4)}
    optimiser = torch.optim.Adam(net.parameters(), 2e-3)
    losses = []
    for _ in range(5):
        loss = torch.stack([*net([picture, picture.flip(0)], [target, target]).values()]).sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.8 * losses[0]
