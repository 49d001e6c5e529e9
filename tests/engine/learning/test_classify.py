"""The loop for classifiers: it learns, it can be stopped and gone on with exactly, its parts do what they say."""

from __future__ import annotations

import io
from collections import Counter

import pytest
import torch
from torch import Tensor, nn

from explorer.engine.learning.classify import (
    Classify,
    ClassifySettings,
    accuracy_of,
    cut_out,
    normalise,
    one_cycle,
    scores_of,
    shift_and_flip,
)


def moons(count: int = 400) -> tuple[Tensor, Tensor]:
    """Two classes of points (N, 2), parted by a circle."""
    points = torch.rand(count, 2, generator=torch.Generator().manual_seed(5)) * 2 - 1
    return points, (points.norm(dim=1) < 0.7).long()


def small_network() -> nn.Sequential:
    torch.manual_seed(2)
    return nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 2))


def test_it_learns() -> None:
    points, labels = moons()
    network = small_network()
    run = Classify(network, points, labels, ClassifySettings(epochs=60, batch=50, learning_rate=0.2, weight_decay=0))
    before = accuracy_of(scores_of(network, points, lambda part: part), labels)
    steps = list(run.steps())
    after = accuracy_of(scores_of(network, points, lambda part: part), labels)
    assert before < 0.75 and after > 0.95
    assert [one.step for one in steps] == list(range(1, 481)) and steps[-1].fraction == 1
    assert steps[-1].loss < steps[0].loss / 3
    assert steps[-1].examples == 480 * 50 and steps[-1].epoch == 60
    assert steps[-1].seconds > steps[0].seconds > 0


def test_stopped_and_gone_on_with_is_the_same_as_never_stopped() -> None:
    points, labels = moons(90)
    settings = ClassifySettings(epochs=4, batch=20, seed=3)  # 4 steps an epoch, 10 points wait for the next shuffle

    def noisy(batch: Tensor, generator: torch.Generator, fraction: float) -> Tensor:
        return batch + 0.1 * torch.randn(batch.shape, generator=generator) + fraction

    whole = Classify(small_network(), points, labels, settings, noisy)
    losses = [one.loss for one in whole.steps()]

    first = Classify(small_network(), points, labels, settings, noisy)
    found = [first.step().loss for _ in range(6)]  # into the second epoch
    out = io.BytesIO()
    torch.save(first.state(), out)
    torch.manual_seed(99)  # another process
    out.seek(0)
    second = Classify(small_network(), points, labels, settings, noisy)
    second.restore(torch.load(out, weights_only=True))
    found += [one.loss for one in second.steps()]
    assert found == losses
    for name, value in whole.network.state_dict().items():
        assert torch.equal(value, second.network.state_dict()[name])


def test_every_seed_shuffles_and_augments_in_its_own_way() -> None:
    inputs, labels = torch.arange(12.0).unsqueeze(1), torch.zeros(12, dtype=torch.long)
    seen: list[tuple[tuple[float, ...], float]] = []

    def look(batch: Tensor, generator: torch.Generator, fraction: float) -> Tensor:
        seen.append((tuple(batch[:, 0].tolist()), float(torch.rand(1, generator=generator))))
        return batch

    for seed in (0, 1, 2, 1):
        list(Classify(nn.Linear(1, 2), inputs, labels, ClassifySettings(epochs=2, batch=12, seed=seed), look).steps())
    assert len({order for order, _ in seen}) == 6 and len({draw for _, draw in seen}) == 6
    assert seen[2:4] == seen[6:8]


def test_every_example_is_seen_once_an_epoch() -> None:
    inputs, labels = torch.arange(12.0).unsqueeze(1), torch.zeros(12, dtype=torch.long)
    seen: list[float] = []

    def look(batch: Tensor, generator: torch.Generator, fraction: float) -> Tensor:
        seen.extend(batch[:, 0].tolist())
        return batch

    run = Classify(nn.Linear(1, 2), inputs, labels, ClassifySettings(epochs=2, batch=4), look)
    list(run.steps())
    assert sorted(seen[:12]) == sorted(seen[12:]) == list(range(12))
    assert seen[:12] != seen[12:]


def test_the_rate_rises_to_its_peak_and_falls_to_nothing() -> None:
    assert one_cycle(0, 0.25) == pytest.approx(0.04)
    assert one_cycle(0.25, 0.25) == 1
    assert one_cycle(1, 0.25) == pytest.approx(0)
    assert one_cycle(0.3, 0) < one_cycle(0, 0) == 1
    points, labels = moons(40)
    run = Classify(small_network(), points, labels, ClassifySettings(epochs=10, batch=4, learning_rate=0.5))
    rates = [one.learning_rate for one in run.steps()]
    assert max(rates) == 0.5 and rates.index(0.5) == 25 and rates[-1] < 0.005


def test_a_rate_changed_while_it_trains_counts_from_the_next_step() -> None:
    points, labels = moons(40)
    run = Classify(small_network(), points, labels, ClassifySettings(one_cycle=False, learning_rate=0.1, batch=4))
    assert run.step().learning_rate == 0.1
    run.learning_rate = 0.0
    before = [value.clone() for value in run.network.parameters()]
    assert run.step().learning_rate == 0.0
    assert all(torch.equal(a, b) for a, b in zip(before, run.network.parameters(), strict=True))


def test_bfloat16_and_channels_last_learn_too() -> None:
    torch.manual_seed(0)
    labels = torch.arange(64) % 2
    pictures = torch.randn(64, 3, 8, 8) + labels.view(-1, 1, 1, 1)
    network = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 2))
    kinds = set()
    network[0].register_forward_hook(lambda _, inputs, output: kinds.add((inputs[0].is_contiguous(memory_format=torch.channels_last), output.dtype)))
    settings = ClassifySettings(epochs=10, batch=16, bfloat16=True, channels_last=True)
    steps = list(Classify(network, pictures, labels, settings).steps())
    assert kinds == {(True, torch.bfloat16)}
    assert steps[-1].loss < steps[0].loss and steps[-1].accuracy > 0.9


def test_label_smoothing_keeps_the_loss_up() -> None:
    points, labels = moons(40)
    losses = [
        Classify(small_network(), points, labels, ClassifySettings(batch=40, label_smoothing=part)).step().loss
        for part in (0.0, 0.3)
    ]
    assert losses[0] != losses[1]


def test_depthwise_filters_can_be_spared_weight_decay() -> None:
    def lengths(spared: bool) -> list[float]:
        torch.manual_seed(3)
        network = nn.Sequential(nn.Conv2d(4, 4, 3, groups=4), nn.Conv2d(4, 2, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        pictures, labels = torch.zeros(8, 4, 6, 6), torch.tensor([0, 1] * 4)  # black pictures teach the filters nothing: only decay moves them
        settings = ClassifySettings(epochs=20, batch=4, learning_rate=0.1, weight_decay=0.1, decay_depthwise=not spared)
        before = network[0].weight.norm().item()
        for module in (network[0], network[1]):
            nn.init.zeros_(module.bias)
        list(Classify(network, pictures, labels, settings).steps())
        return [network[0].weight.norm().item() / before, network[1].weight.norm().item()]

    (with_decay, other_with), (without, other_without) = lengths(False), lengths(True)
    assert with_decay < 0.9 and without == pytest.approx(1.0)
    assert other_without == pytest.approx(other_with)  # the other filters are not spared


def test_what_does_not_go_together_is_refused() -> None:
    with pytest.raises(ValueError, match="labels"):
        Classify(nn.Linear(2, 2), torch.zeros(3, 2), torch.zeros(2, dtype=torch.long), ClassifySettings())
    with pytest.raises(ValueError, match="labels"):
        Classify(nn.Linear(2, 2), torch.zeros(0, 2), torch.zeros(0, dtype=torch.long), ClassifySettings())


def test_normalise() -> None:
    images = torch.tensor([0, 255], dtype=torch.uint8).view(2, 1, 1, 1).expand(2, 3, 4, 4)
    found = normalise(images, (0.5, 0.0, 1.0), (0.5, 1.0, 2.0))
    assert found[:, :, 0, 0].tolist() == [[-1.0, 0.0, -0.5], [1.0, 1.0, 0.0]]


def test_flips_those_it_is_told_to() -> None:
    images = torch.arange(8, dtype=torch.uint8).expand(4, 1, 8, 8)
    flipped = torch.tensor([True, False, False, True])
    found = shift_and_flip(images, torch.Generator().manual_seed(0), pixels=0, flipped=flipped)
    assert torch.equal(found[~flipped], images[~flipped]) and torch.equal(found[flipped], images[flipped].flip(3))


def test_cut_out_hides_one_square_anywhere_within() -> None:
    images = torch.ones(400, 2, 6, 8)
    found = cut_out(images, torch.Generator().manual_seed(0), 3)
    assert images.min() == 1  # its own copy
    hidden = found == 0
    assert torch.equal(hidden[:, 0], hidden[:, 1]) and (hidden.sum((1, 2, 3)) == 2 * 9).all()
    rows, columns = hidden[:, 0].any(2), hidden[:, 0].any(1)
    assert (rows.sum(1) == 3).all() and (columns.sum(1) == 3).all()
    assert {int(one) for one in rows.int().argmax(1)} == {0, 1, 2, 3} and {int(one) for one in columns.int().argmax(1)} == {0, 1, 2, 3, 4, 5}


def test_shift_and_flip_moves_and_mirrors_each_picture_by_itself() -> None:
    row = torch.arange(8, dtype=torch.uint8)
    images = (row[:, None] * 10 + row[None, :]).expand(600, 3, 8, 8)  # value: 10 row + column
    found = shift_and_flip(images, torch.Generator().manual_seed(0), pixels=2).int()
    assert torch.equal(found[:, 0], found[:, 2])  # all channels go together
    tens, ones = found[:, 0] // 10, found[:, 0] % 10
    assert (tens == tens[:, :, :1]).all() and (ones == ones[:, :1, :]).all()  # rows stay rows, columns columns
    flipped = ones[:, 0, 3] > ones[:, 0, 4]
    assert 0.42 < flipped.float().mean() < 0.58
    columns = torch.where(flipped[:, None], ones[:, 0].flip(1), ones[:, 0])
    for places in (tens[:, :, 0], columns):
        shifts = places[:, 3] - 3
        assert set(Counter(shifts.tolist())) == {-2, -1, 0, 1, 2}
        moved = torch.arange(8) + shifts[:, None]
        mirrored = torch.where(moved < 0, -moved, torch.where(moved > 7, 14 - moved, moved))
        assert torch.equal(places, mirrored)


def test_scores_leave_the_mode_as_it_was() -> None:
    network = small_network().train()
    points, _ = moons(30)
    one = scores_of(network, points, lambda part: part, batch=7)
    assert network.training
    torch.testing.assert_close(one, scores_of(network, points, lambda part: part, batch=30))
    assert not one.requires_grad
