"""Candidates and what is left of them, against torchvision and by hand."""

from __future__ import annotations

import torch
from torchvision.ops import batched_nms

from explorer.engine.blocks.candidates import Candidates, answer, blameless, flatten, keep, resized


def many(count: int = 300, seed: int = 0) -> Candidates:
    chance = torch.Generator().manual_seed(seed)
    corner, side = 80 * torch.rand(count, 2, generator=chance), 5 + 30 * torch.rand(count, 2, generator=chance)
    labels = torch.randint(1, 4, (count,), generator=chance)
    zero = torch.zeros(count, dtype=torch.int64)
    return Candidates(torch.cat([corner, corner + side], 1), labels, torch.rand(count, generator=chance), zero, torch.arange(count))


def test_the_answer_is_that_of_torchvision() -> None:
    found = many()
    sure = found.scores > 0.3
    expected = batched_nms(found.boxes[sure], found.scores[sure], found.labels[sure], 0.4)
    kept = answer(found, 0.3, 0.4, most=1000)
    assert torch.equal(kept["boxes"], found.boxes[sure][expected])
    assert torch.equal(kept["scores"], kept["scores"].sort(descending=True).values)


def test_more_overlap_allowed_leaves_more_and_a_threshold_fewer() -> None:
    found = many()
    counts = [len(keep(found, 0.2, overlap, 1000)) for overlap in (0.1, 0.5, 0.9, 1.0)]
    assert counts == sorted(counts) and counts[0] < counts[-1] == int((found.scores > 0.2).sum())
    assert len(keep(found, 0.8, 0.5)) < len(keep(found, 0.2, 0.5))
    assert len(keep(found, 0.0, 1.0, most=7)) == 7


def test_flatten_takes_each_class_that_is_sure_enough() -> None:
    boxes = torch.tensor([[0.0, 0, 4, 4], [1, 1, 9, 9], [2, 2, 2, 9]])
    scores = torch.tensor([[0.1, 0.7], [0.6, 0.02], [0.9, 0.9]])
    found = flatten(boxes, scores, torch.tensor([0, 1, 1]), 0.05)
    assert found.scores.tolist() == torch.tensor([0.7, 0.6, 0.1]).tolist()  # the last box has no area
    assert found.labels.tolist() == [2, 1, 1]
    assert found.sources.tolist() == [0, 1, 0] and found.levels.tolist() == [0, 1, 0]


def test_flatten_at_most_so_many_of_each_class_with_boxes_of_their_own() -> None:
    boxes = torch.arange(4.0).view(4, 1, 1).expand(4, 2, 4).clone()
    boxes[..., 2:] += 5
    boxes[:, 1] += 100
    scores = torch.tensor([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.6, 0.4]])[:, :2]
    found = flatten(boxes[:4], scores, torch.zeros(4, dtype=torch.int64), 0.0, most=2)
    assert sorted(found.sources[found.labels == 1].tolist()) == [0, 1]
    assert sorted(found.sources[found.labels == 2].tolist()) == [2, 3]
    assert (found.boxes[found.labels == 2][:, 0] >= 100).all()


def test_resizing() -> None:
    found = resized(many(2), (100, 200), (50, 400))
    assert torch.allclose(found.boxes, many(2).boxes * torch.tensor([2.0, 0.5, 2.0, 0.5]))


def test_blameless_is_what_lies_in_an_ignored_box() -> None:
    boxes = torch.tensor([[0.0, 0, 10, 10], [0, 0, 100, 100], [40, 0, 60, 10]])
    target = {"ignored": torch.tensor([[0.0, 0, 50, 50]])}
    assert blameless(boxes, target).tolist() == [True, False, True]
    assert not blameless(boxes, {"ignored": torch.zeros(0, 4)}).any()
    assert not blameless(boxes, {}).any()
