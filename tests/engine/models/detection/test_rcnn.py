"""R-CNN: proposals cover what is plainly there, crops are what the box shows, and the stages make the answer."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torchvision.ops import box_iou

from explorer.engine.models.detection.rcnn import RCNN, RCNNConfig, Region, first_regions, likeness, merge, merged, neighbours_of, propose, rcnn_small

PLAIN = RCNNConfig(coarseness=(60.0, 200.0))
BOXES = ((20, 20, 70, 60), (100, 80, 180, 170), (60, 150, 80, 175))


def scene(height: int = 200, width: int = 240) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    pixels = np.full((height, width, 3), 120, np.uint8)
    for (x1, y1, x2, y2), colour in zip(BOXES, ((200, 40, 40), (40, 60, 200), (240, 230, 40)), strict=True):
        pixels[y1:y2, x1:x2] = colour
    pixels[80:170, 140:180] = (40, 160, 200)  # the second is of two parts
    return pixels


@pytest.fixture(scope="module")
def network() -> RCNN:
    torch.manual_seed(0)
    return rcnn_small(coarseness=(60.0,)).eval()


def test_every_plain_object_is_proposed_and_nothing_tiny() -> None:
    boxes = propose(scene(), PLAIN)
    overlap = box_iou(torch.tensor(BOXES, dtype=torch.float32), torch.from_numpy(boxes)).amax(1)
    assert bool((overlap > 0.85).all())
    sides = boxes[:, 2:] - boxes[:, :2]
    assert sides.min() >= PLAIN.smallest and len(boxes) <= PLAIN.most
    assert np.array_equal(boxes, propose(scene(), PLAIN))


def test_a_picture_of_one_colour_has_no_proposals() -> None:
    assert len(propose(np.full((60, 80, 3), 90, np.uint8), PLAIN)) == 0


def test_first_regions_have_true_boxes_and_histograms() -> None:
    numbers, regions = first_regions(scene() / 255.0, 60.0, 40)
    assert sum(region.size for region in regions) == numbers.size
    for number, region in enumerate(regions):
        rows, columns = np.nonzero(numbers == number)
        assert region.box.tolist() == [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        assert region.size == len(rows)
        assert region.colours.sum() == pytest.approx(1) and region.textures.sum() == pytest.approx(1)


def region(size: int, box: tuple[int, ...], colour: int) -> Region:
    return Region(size, np.array(box), np.eye(4)[colour], np.eye(2)[0])


def test_likeness_by_hand() -> None:
    a, same, other, far = region(100, (0, 0, 10, 10), 0), region(100, (10, 0, 20, 10), 0), region(100, (10, 0, 20, 10), 1), region(100, (90, 90, 100, 100), 0)
    assert likeness(a, same, 10_000) == pytest.approx(1 + 1 + (1 - 200 / 10_000) + 1)
    assert likeness(a, other, 10_000) == pytest.approx(likeness(a, same, 10_000) - 1)
    assert likeness(a, far, 10_000) == pytest.approx(1 + 1 + (1 - 0.02) + (1 - (10_000 - 200) / 10_000))


def test_merging_ends_with_the_whole_picture() -> None:
    numbers, regions = first_regions(scene() / 255.0, 60.0, 40)
    found = merge(numbers, regions)
    assert len(found) == 2 * len(regions) - 1
    assert found[-1].size == numbers.size and found[-1].box.tolist() == [0, 0, 240, 200]
    joined = merged(regions[0], regions[1])
    assert joined.size == regions[0].size + regions[1].size and joined.colours.sum() == pytest.approx(1)


def test_neighbours_touch() -> None:
    assert neighbours_of(np.array([[0, 0, 1], [0, 2, 1], [3, 2, 1]])) == {(0, 1), (0, 2), (0, 3), (1, 2), (2, 3)}


def test_a_crop_shows_its_box_and_some_surroundings(network: RCNN) -> None:
    picture = torch.from_numpy(scene()).permute(2, 0, 1).float() / 255
    crop = network.warp(picture, torch.tensor([BOXES[0]], dtype=torch.float32))[0]
    assert crop.shape == (3, 48, 48)
    assert crop[0, 24, 24] > 0.7 and crop[1, 24, 24] < 0.2  # red in the middle
    assert abs(float(crop[0, 2, 2]) - 120 / 255) < 0.05  # ground in the corner


def test_what_is_learnt_from_a_picture(network: RCNN) -> None:
    torch.manual_seed(0)
    objects = torch.tensor([BOXES[0], BOXES[1]], dtype=torch.float32)
    target = {"boxes": objects, "labels": torch.tensor([4, 2]), "ignored": torch.tensor([BOXES[2]], dtype=torch.float32)}
    proposals = torch.tensor([[22.0, 22, 70, 60], [0, 0, 15, 15], [60, 150, 80, 175], [200, 0, 230, 40]])
    boxes, labels, moves = network.sample(proposals, target)
    assert sorted(labels.tolist()) == [0, 0, 2, 4, 4]
    assert not any(torch.equal(box, proposals[2]) for box in boxes)  # in an ignored box
    for box, label, move in zip(boxes, labels, moves, strict=True):
        if label:
            back = network.coder.decode_single(move[None], box[None])[0]
            assert torch.allclose(back, objects[0 if label == 4 else 1], atol=1e-3)
        else:
            assert not move.any()


def test_the_stages_make_the_answer(network: RCNN) -> None:
    picture = torch.from_numpy(scene(240, 320)).permute(2, 0, 1).float() / 255
    with torch.no_grad():
        expected, seen = network([picture])[0], network.look(picture)
    got = network.answer(seen.candidates)
    assert len(got["boxes"]) and all(torch.equal(got[name], expected[name]) for name in expected)
    number = len(seen.extra["proposals"])
    assert seen.extra["crops"].shape[0] == seen.extra["features"].shape[0] == seen.extra["probabilities"].shape[0] == number
    assert bool((seen.extra["seconds"] > 0).all()) and int(seen.candidates.sources.max()) < number
    score = seen.extra["probabilities"][seen.candidates.sources[0], seen.candidates.labels[0]]
    assert float(score) == pytest.approx(float(seen.candidates.scores[0]))


def test_a_picture_without_proposals_has_an_empty_answer(network: RCNN) -> None:
    with torch.no_grad():
        answer = network([torch.full((3, 240, 320), 0.5)])[0]
    assert len(answer["boxes"]) == 0


def test_it_learns_one_picture() -> None:
    torch.manual_seed(0)
    net = rcnn_small(coarseness=(60.0,)).train()
    picture = torch.from_numpy(scene(240, 320)).permute(2, 0, 1).float() / 255
    proposals = net.search(picture)
    target = {"boxes": torch.tensor(BOXES[:2], dtype=torch.float32), "labels": torch.tensor([4, 2]), "ignored": torch.zeros(0, 4), "proposals": proposals}
    optimiser = torch.optim.Adam(net.parameters(), 2e-3)
    losses = []
    for _ in range(6):
        loss = torch.stack([*net([picture], [target]).values()]).sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.7 * losses[0]
