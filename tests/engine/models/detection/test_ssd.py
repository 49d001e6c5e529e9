"""SSD: the paper's counts, torchvision's answer, and ignored boxes without blame."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from explorer.engine.models.detection.ssd import SSD, ssd300, ssd_small, ssdlite320


@pytest.fixture(scope="module")
def network() -> SSD:
    """Untrained, unsure enough that no two scores are equal, and with boxes near the default ones."""
    torch.manual_seed(0)
    net = ssd_small().eval()
    for layer in (*net.head.classification_head.module_list, *net.head.regression_head.module_list):
        layer.weight.data *= 0.05
    return net


@pytest.fixture(scope="module")
def picture() -> Tensor:
    return torch.rand(3, 240, 320, generator=torch.Generator().manual_seed(1))


def test_the_papers_network() -> None:
    with torch.device("meta"):
        net = ssd300().eval()
        assert sum(p.numel() for p in net.parameters()) == 26_285_486
        shapes = [values.shape[-2:] for values in net.backbone(torch.zeros(1, 3, 300, 300)).values()]
    number = zip(shapes, net.anchor_generator.num_anchors_per_location(), strict=True)
    assert sum(h * w * boxes for (h, w), boxes in number) == 8732


def test_torchvisions_networks_for_coco() -> None:
    from torchvision.models.detection import ssd300_vgg16, ssdlite320_mobilenet_v3_large

    with torch.device("meta"):
        for net, theirs, count in ((ssd300(90), ssd300_vgg16, 35_641_826), (ssdlite320(), ssdlite320_mobilenet_v3_large, 3_440_060)):
            assert sum(p.numel() for p in net.parameters()) == count
            known = theirs(weights=None, weights_backbone=None).state_dict()
            assert {name: value.shape for name, value in net.state_dict().items()} == {name: value.shape for name, value in known.items()}


def test_ssdlite_answers_as_torchvisions() -> None:
    from torchvision.models.detection import ssdlite320_mobilenet_v3_large

    torch.manual_seed(0)
    theirs = ssdlite320_mobilenet_v3_large(weights=None, weights_backbone=None).eval()
    for layer in theirs.modules():
        if isinstance(layer, torch.nn.Conv2d):
            torch.nn.init.kaiming_normal_(layer.weight, nonlinearity="linear" if layer.groups > 1 else "relu")
    for layer in theirs.head.classification_head.module_list:
        layer[-1].weight.data *= 6  # sure of something
    net = ssdlite320().eval()
    net.load_state_dict(theirs.state_dict())
    picture = torch.rand(3, 200, 300)
    with torch.no_grad():
        expected, seen = theirs([picture])[0], net.look(picture, theirs.score_thresh)
    got = net.answer(seen.candidates)
    assert len(expected["boxes"]) > 20 and float(expected["scores"].max()) > 0.03
    assert all(torch.allclose(got[name].float(), expected[name].float(), atol=1e-3) for name in expected)


def test_six_maps_with_the_papers_default_boxes(network: SSD, picture: Tensor) -> None:
    with torch.no_grad():
        seen = network.look(picture)
    assert [tuple(values.shape[1:]) for values in seen.maps.values()] == [(30, 40), (15, 20), (8, 10), (4, 5), (2, 3), (1, 2)]
    assert network.anchor_generator.num_anchors_per_location() == [4, 6, 6, 6, 4, 4]
    assert torch.bincount(seen.extra["levels"]).tolist() == [4800, 1800, 480, 120, 24, 8]
    assert len(seen.extra["default_boxes"]) == len(seen.extra["probabilities"]) == 7232
    sides = (seen.extra["default_boxes"][:, 2] - seen.extra["default_boxes"][:, 0]).float()
    means = [float(sides[seen.extra["levels"] == level].mean()) for level in range(6)]
    assert means == sorted(means)


def test_what_is_left_of_the_candidates_is_torchvisions_answer(network: SSD) -> None:
    for height, width in ((240, 320), (300, 211)):
        x = torch.rand(3, height, width)
        with torch.no_grad():
            expected, seen = network([x])[0], network.look(x)
        got = network.answer(seen.candidates)
        for name in ("boxes", "labels", "scores"):
            assert torch.allclose(got[name].float(), expected[name].float(), atol=1e-3)


def test_default_boxes_in_ignored_boxes_are_not_blamed(network: SSD, picture: Tensor) -> None:
    """The loss with an ignored box is that of the background outside it: it falls, and its default boxes get no gradient."""
    images, _ = network.transform([picture])
    maps = network.backbone(images.tensors)
    anchors = network.anchor_generator(images, list(maps.values()))
    outputs = {name: value.detach().requires_grad_() for name, value in network.head(list(maps.values())).items()}
    target = {"boxes": torch.tensor([[10.0, 10, 60, 60]]), "labels": torch.tensor([2]), "ignored": torch.tensor([[100.0, 50, 320, 240]])}
    matched = [network.proposal_matcher(torch.zeros(1, len(anchors[0])).index_fill_(1, torch.tensor([5]), 0.9))]
    network.compute_loss([target], outputs, anchors, matched)["classification"].backward()
    touched = outputs["cls_logits"].grad[0].abs().sum(1) > 0
    middle = (anchors[0][:, :2] + anchors[0][:, 2:]) / 2
    inside = (anchors[0][:, 0] > 100) & (anchors[0][:, 1] > 50) & (anchors[0][:, 2] < 320) & (anchors[0][:, 3] < 240)
    assert touched.any() and inside.any() and len(middle) == len(touched)
    assert not (touched & inside).any()
    plain = network.compute_loss([{**target, "ignored": torch.zeros(0, 4)}], outputs, anchors, matched)["classification"]
    assert plain >= network.compute_loss([target], outputs, anchors, matched)["classification"]


def test_it_learns_one_picture(picture: Tensor) -> None:
    torch.manual_seed(0)
    net = ssd_small().train()
    target = {"boxes": torch.tensor([[100.0, 60, 180, 160]]), "labels": torch.tensor([2]), "ignored": torch.zeros(0, 4)}
    optimiser = torch.optim.Adam(net.parameters(), 2e-3)
    losses = []
    for _ in range(6):
        loss = sum(net([picture, picture.flip(0)], [target, target]).values())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.7 * losses[0]
