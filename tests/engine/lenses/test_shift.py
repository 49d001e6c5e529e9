"""Moving the picture: pictures move as they should, and pooling steadies what it should."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from explorer.engine.lenses.shift import MOST, moved, pooling_shifts, same_weights, under_shifts
from explorer.engine.models.recognition.cnn import Pooling, cnn
from explorer.results import Curves, Frames, Maps
from explorer.words import InputError

KINDS: tuple[Pooling, ...] = ("max", "average", "skip")


def test_pictures_move_and_their_edge_is_repeated() -> None:
    x = torch.arange(4.0).view(1, 1, 1, 4)
    assert moved(x, 1).flatten().tolist() == [0, 0, 1, 2]
    assert moved(x, 3).flatten().tolist() == [0, 0, 0, 0]
    assert moved(x, -1).flatten().tolist() == [1, 2, 3, 3]
    assert torch.equal(moved(x, 0), x)


def test_a_shift_within_the_field_of_a_pooling_changes_nothing() -> None:
    """A bright pixel that stays inside its 2x2 field: maximum and average see the same, skipping loses it."""
    x = torch.zeros(1, 1, 4, 4)
    x[0, 0, 0, 0] = 1.0
    for pool, change in ((nn.MaxPool2d(2), 0.0), (nn.AvgPool2d(2), 0.0), (nn.MaxPool2d(1, 2), 1.0)):
        network = nn.Sequential(pool, nn.Flatten(), nn.Linear(4, 2))
        source = torch.cat([x, x.roll(1, 3)])
        with torch.no_grad():
            maps = pool(source).flatten(1)
        assert float((maps[1] - maps[0]).norm() / maps[0].norm()) == change
        assert len(under_shifts(network, x, "0", 1).maps) == 2


def test_change_and_answer_begin_where_the_picture_stands() -> None:
    torch.manual_seed(0)
    found = under_shifts(cnn(), torch.randn(1, 3, 32, 32), "stage2", 3)
    change, answer = found.change_of_maps(), found.first_answer()
    assert change[0] == 0 and bool((change[1:] > 0).all()) and found.maps.shape == (4, 64, 8, 8)
    assert answer[0] == found.probabilities[0].max() and torch.allclose(found.probabilities.sum(1), torch.ones(4).double())


def test_the_whole_bundle() -> None:
    torch.manual_seed(0)
    network = cnn()
    network.eval()
    pixels = torch.randint(0, 255, (32, 32, 3), dtype=torch.uint8).numpy()
    x = torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 128 - 1
    kinds = {kind: cnn(pooling=kind) for kind in KINDS}
    same_weights(kinds, network)
    found = pooling_shifts(kinds, x, pixels, "stage3")
    frames, curves = found.parts["pictures"], found.parts["maps"]
    assert isinstance(frames, Frames) and len(frames.pixels) == MOST + 1 and bool((frames.pixels[0] == pixels).all())
    assert bool((frames.pixels[3][:, 3:] == pixels[:, :-3]).all())
    assert isinstance(curves, Curves) and [list(line.y) for line in curves.series] == [found.facts["change"][kind] for kind in KINDS]
    with torch.no_grad():
        assert found.facts["answer"]["max"][0] == pytest.approx(float(network(x).softmax(1).max()), abs=1e-6)
    maps = found.parts["map:skip"]
    assert isinstance(maps, Maps) and maps.values.shape == (MOST + 1, 4, 4)
    assert found.facts["change"]["skip"][1] > found.facts["change"]["average"][1]


def test_a_layer_that_is_not_there() -> None:
    with pytest.raises(InputError):
        under_shifts(cnn(), torch.randn(1, 3, 32, 32), "stage9", 1)
