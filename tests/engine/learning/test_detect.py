"""The loop of all detectors: what a step does, that a varied picture keeps its boxes, and that a training goes on as if never stopped."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explorer.engine.data.boxed import CLASSES, Boxed, boxed
from explorer.engine.learning.detect import Detect, DetectSettings, found_on, names_of, picture_of, target_of, varied


def scene(names: tuple[str, ...] = ("RBC",), ignored: tuple[bool, ...] | None = None, height: int = 48, width: int = 64) -> Boxed:
    """Grey, with a white box for each object."""
    pixels = np.full((height, width, 3), 90, np.uint8)
    boxes = [(4 + 30 * k, 8, 24 + 30 * k, 40) for k in range(len(names))]
    for x1, y1, x2, y2 in boxes:
        pixels[y1:y2, x1:x2] = 250
    return boxed(pixels, boxes, names, ignored)


class Small(nn.Module):
    """The least that is a detector: the mean of what it sees, times a number it learns."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Conv2d(3, 4, 3)
        self.drop = nn.Dropout(0.5)

    def forward(self, pictures: list[Tensor], targets: list[dict[str, Tensor]] | None = None) -> object:
        seen = self.drop(self.layer(torch.stack(pictures))).mean((2, 3))
        if targets is None:
            return [{"boxes": torch.zeros(0, 4), "labels": torch.zeros(0, dtype=torch.int64), "scores": torch.zeros(0)} for _ in pictures]
        wanted = torch.tensor([float(len(target["boxes"])) for target in targets])
        return {"first": (seen.sum(1) - wanted).square().mean(), "second": seen.square().mean()}


def run(make: Callable[[], nn.Module] = Small, **settings: object) -> Detect:
    torch.manual_seed(1)
    scenes = [scene(("RBC",)), scene(("car", "pedestrian"), (False, True)), scene(("WBC", "RBC")), scene(("Platelets",))]
    return Detect(make(), scenes, DetectSettings(**{"pictures": 64, "batch": 2, **settings}))  # type: ignore[arg-type]


def test_ignored_boxes_are_not_to_be_found() -> None:
    target = target_of(scene(("car", "pedestrian"), (False, True)))
    assert names_of(target["labels"]) == ("car",) and CLASSES.index("car") + 1 == int(target["labels"][0])
    assert target["ignored"].tolist() == [[34, 8, 54, 40]]
    assert picture_of(scene()).max() == pytest.approx(250 / 255)


def test_it_learns_and_says_so() -> None:
    training = run()
    steps = [*training.steps()]
    assert len(steps) == training.total == 32 and steps[-1].fraction == 1
    assert set(steps[0].parts) == {"first", "second"} and steps[0].loss == pytest.approx(sum(steps[0].parts.values()), rel=1e-5)
    assert np.mean([step.loss for step in steps[-5:]]) < np.mean([step.loss for step in steps[:5]])


def test_every_round_shows_every_picture_once() -> None:
    training = run(pictures=8, batch=2, vary=False)
    seen = []
    for training.done in range(4):
        seen += [len(target["boxes"]) + 10 * len(target["ignored"]) for target in training.batch()[1]]
    assert sorted(seen[:4]) == sorted(seen[4:]) == [1, 1, 2, 11]


def test_it_goes_on_as_if_never_stopped() -> None:
    whole = run()
    losses = [step.loss for step in whole.steps()]
    first = run()
    begun = [first.step().loss for _ in range(7)]
    state = first.state()
    second = run()
    torch.manual_seed(99)
    second.restore(state)
    assert begun + [step.loss for step in second.steps()] == losses


def test_pictures_of_several_sizes_or_none_are_refused() -> None:
    with pytest.raises(ValueError, match="sizes"):
        Detect(Small(), [scene(), scene(height=64)], DetectSettings())
    with pytest.raises(ValueError, match="no pictures"):
        Detect(Small(), [], DetectSettings())


def test_a_varied_picture_keeps_its_boxes_on_its_objects() -> None:
    """In whatever way the scene is changed, what is in a box is bright and what is outside is not."""
    one = scene(("RBC", "car"), height=96, width=128)
    flipped = 0
    for seed in range(40):
        picture, target = varied(picture_of(one), target_of(one), np.random.default_rng(seed), over=seed % 2 == 0)
        assert picture.shape == (3, 96, 128) and float(picture.min()) >= 0 and float(picture.max()) <= 1
        grey = picture.mean(0)
        outside = torch.ones_like(grey, dtype=torch.bool)
        for box in torch.cat([target["boxes"], target["ignored"]]):
            x1, y1, x2, y2 = box.round().int().tolist()
            outside[max(0, y1 - 2) : y2 + 2, max(0, x1 - 2) : x2 + 2] = False
        ground = float(grey[outside].median())
        for box in target["boxes"]:
            x1, y1, x2, y2 = (box + torch.tensor([2, 2, -2, -2])).round().int().tolist()
            assert float(grey[y1:y2, x1:x2].min()) > ground + 0.1
        assert float(grey[outside].max()) < ground + 0.1
        flipped += int(len(target["boxes"]) > 0 and float(target["boxes"][0, 1]) > 30)
    assert flipped > 3  # some were turned over


def test_boxes_mostly_cut_off_are_ignored() -> None:
    """Enlarged as far as may be, some object always reaches out of the picture; none that lost most of itself is asked for."""
    one = scene(("RBC", "car"))
    cut = 0
    for seed in range(30):
        _, target = varied(picture_of(one), target_of(one), np.random.default_rng(seed), closer=4.0, farther=1.0)
        cut += len(target["ignored"])
        assert all(float((box[2:] - box[:2]).prod()) >= 100 for box in target["boxes"])
    assert cut > 5


def test_proposals_move_along() -> None:
    """Those on the objects stay on them; a target without any gets none."""
    one = scene(("RBC", "car"), height=96, width=128)
    for seed in range(20):
        target = target_of(one)
        _, changed = varied(picture_of(one), {**target, "proposals": target["boxes"].clone()}, np.random.default_rng(seed))
        assert all(any(torch.allclose(box, other, atol=1e-4) for other in changed["proposals"]) for box in changed["boxes"])
        assert "proposals" not in varied(picture_of(one), target, np.random.default_rng(seed))[1]


def test_proposals_go_with_their_pictures() -> None:
    scenes = [scene(("RBC",)), scene(("RBC", "RBC"))]
    training = Detect(Small(), scenes, DetectSettings(pictures=4, batch=2, vary=False), [torch.zeros(1, 4), torch.zeros(2, 4)])
    assert all(len(target["proposals"]) == len(target["boxes"]) for target in training.batch()[1])
    with pytest.raises(ValueError, match="proposals"):
        Detect(Small(), scenes, DetectSettings(), [torch.zeros(1, 4)])


def test_finding_leaves_the_mode_as_it_was() -> None:
    net = Small().train()
    answers = [one for part in found_on(net, [scene()] * 3, batch=2) for one in part]
    assert len(answers) == 3 and net.training and net.drop.training
