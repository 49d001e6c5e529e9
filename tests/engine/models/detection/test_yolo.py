"""YOLO: the paper's count, which cell answers for what, its losses by hand, and the answer."""

from __future__ import annotations

import pytest
import torch

from explorer.engine.models.detection.yolo import PAPER, YOLO, Grid, PaperFeatures, PaperHead, yolo_paper, yolo_small

NOTHING = torch.zeros(0, 4)


@pytest.fixture(scope="module")
def network() -> YOLO:
    """Untrained, and sure enough of something everywhere."""
    torch.manual_seed(0)
    net = yolo_small().eval()
    assert isinstance(net.head, torch.nn.Conv2d) and net.head.bias is not None
    net.head.bias.data += 0.4
    return net


def test_the_papers_network() -> None:
    with torch.device("meta"):
        net = yolo_paper().eval()
        assert sum(p.numel() for p in net.parameters()) == 271_703_550
        assert isinstance(net.features, PaperFeatures) and isinstance(net.head, PaperHead)
        assert sum(isinstance(one, torch.nn.Conv2d) for one in net.features) == 24
        assert net.head(net.features(torch.zeros(1, 3, 448, 448))).shape == (1, 30, 7, 7)
    assert PAPER.rows * PAPER.columns * PAPER.numbers == 1470


def test_a_box_put_into_cells_comes_out_again(network: YOLO) -> None:
    boxes = torch.tensor([[40.0, 70, 100, 90], [0, 0, 320, 256], [300, 240, 320, 256]])
    cells = network.cell_of(boxes)
    assert cells.tolist() == [2 * 10 + 2, 4 * 10 + 5, 7 * 10 + 9]
    grid = torch.zeros(8, 10, 2, 4)
    grid.flatten(0, 1)[cells] = network.as_cells(boxes, cells)[:, None].expand(-1, 2, -1)
    back = network.in_pixels(grid).flatten(0, 1)[cells]
    assert torch.allclose(back[:, 0], boxes, atol=1e-3) and torch.allclose(back[:, 1], boxes, atol=1e-3)


def test_of_two_objects_in_one_cell_one_counts(network: YOLO) -> None:
    boxes = torch.tensor([[0.0, 0, 20, 20], [2, 2, 22, 24], [100, 100, 120, 120]])
    cells, kept, labels = network.owners(boxes, torch.tensor([1, 2, 3]))
    assert len(cells) == 2 and labels.tolist() == [1, 3]
    assert torch.equal(kept, boxes[[0, 2]])


def perfect(network: YOLO, box: torch.Tensor, label: int) -> Grid:
    """What a flawless network says of one object: its place in both boxes, confidence in the first."""
    cell = network.cell_of(box)
    boxes, sure, classes = torch.zeros(1, 8, 10, 2, 4), torch.zeros(1, 8, 10, 2), torch.zeros(1, 8, 10, 6)
    boxes[0].flatten(0, 1)[cell] = network.as_cells(box, cell)[:, None].expand(-1, 2, -1)
    sure[0].flatten(0, 1)[cell, 0] = 1.0
    classes[0].flatten(0, 1)[cell, label - 1] = 1.0
    return Grid(boxes, sure, classes)


def test_the_losses_by_hand(network: YOLO) -> None:
    box = torch.tensor([[40.0, 64, 104, 128]])
    target = {"boxes": box, "labels": torch.tensor([3]), "ignored": NOTHING}
    grid = perfect(network, box, 3)
    right = network.losses(grid, [target], [(256, 320)])
    assert all(float(value) < 1e-8 for value in right.values())
    grid.boxes[..., 0] += 0.1  # the middle 0.1 of a cell too far right
    grid.confidences[0, 0, 0, 1] = 0.6  # sure of nothing
    grid.classes[0, 3, 2, 2] = 0.5
    wrong = network.losses(grid, [target], [(256, 320)])
    assert float(wrong["place"]) == pytest.approx(5 * 0.1**2, rel=1e-4)
    assert float(wrong["nothing"]) == pytest.approx(0.5 * 0.6**2, rel=1e-4)
    assert float(wrong["class"]) == pytest.approx(0.5**2, rel=1e-4)
    overlap = (64 - 3.2) / (64 + 3.2)
    assert float(wrong["confidence"]) == pytest.approx((1 - overlap) ** 2, rel=1e-3)


def test_the_cell_of_an_ignored_box_is_not_blamed(network: YOLO) -> None:
    box = torch.tensor([[40.0, 64, 104, 128]])
    grid = perfect(network, box, 1)
    nobody = {"boxes": NOTHING, "labels": torch.zeros(0, dtype=torch.int64)}
    assert float(network.losses(grid, [{**nobody, "ignored": NOTHING}], [(256, 320)])["nothing"]) == pytest.approx(0.5)
    assert float(network.losses(grid, [{**nobody, "ignored": box}], [(256, 320)])["nothing"]) == 0


def test_targets_are_in_pixels_of_the_picture(network: YOLO) -> None:
    grid = perfect(network, torch.tensor([[40.0, 64, 104, 128]]), 1)
    target = {"boxes": torch.tensor([[20.0, 30, 52, 60]]), "labels": torch.tensor([1]), "ignored": NOTHING}
    assert all(float(value) < 1e-8 for value in network.losses(grid, [target], [(120, 160)]).values())


def test_what_is_left_of_the_candidates_is_the_answer(network: YOLO) -> None:
    for height, width in ((256, 320), (100, 90)):
        x = torch.rand(3, height, width)
        with torch.no_grad():
            expected, seen = network([x])[0], network.look(x)
        got = network.answer(seen.candidates)
        assert all(torch.equal(got[name], expected[name]) for name in expected)
        edge = torch.tensor([width, height, width, height])
        assert len(got["boxes"]) and bool((got["boxes"] <= edge + 1e-3).all()) and bool((got["boxes"] >= 0).all())


def test_sources_name_the_cell_and_the_box(network: YOLO) -> None:
    with torch.no_grad():
        seen = network.look(torch.rand(3, 256, 320))
    number = int(seen.candidates.sources[0])
    boxes, sure, classes = (seen.extra[name] for name in ("boxes", "confidences", "classes"))
    score = sure.flatten()[number] * classes.flatten(0, 1)[number // 2, int(seen.candidates.labels[0]) - 1]
    assert float(score.clamp(0, 1)) == pytest.approx(float(seen.candidates.scores[0]))
    whole = boxes.flatten(0, 2)[number]
    assert torch.allclose(seen.candidates.boxes[0], torch.minimum(whole.clamp(min=0), torch.tensor([320.0, 256, 320, 256])), atol=1e-3)


def test_an_empty_picture_can_be_learnt_from(network: YOLO) -> None:
    net = yolo_small().train()
    target = {"boxes": NOTHING, "labels": torch.zeros(0, dtype=torch.int64), "ignored": NOTHING}
    losses = net([torch.rand(3, 240, 320)] * 2, [target, target])
    sum(losses.values()).backward()
    assert float(losses["place"]) == 0 and float(losses["nothing"]) > 0
