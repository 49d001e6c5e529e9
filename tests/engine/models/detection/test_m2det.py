"""M2Det: the published counts, the parts by hand, shared as in the authors' code."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from explorer.engine.models.detection.m2det import FFM, MLFPN, SFAM, TUM, M2DetConfig, m2det512, m2det_small
from explorer.engine.models.detection.ssd import SSD


@pytest.fixture(scope="module")
def network() -> SSD:
    torch.manual_seed(0)
    net = m2det_small().eval()
    for layer in (*net.head.classification_head.module_list, *net.head.regression_head.module_list):
        layer.weight.data *= 0.005
    return net


def test_the_published_counts_and_maps() -> None:
    with torch.device("meta"):
        net = m2det512().eval()
        assert sum(p.numel() for p in net.parameters()) == 132_633_140
        assert sum(p.numel() for p in m2det512(sfam=True).parameters()) == 133_159_604
        shapes = [tuple(one.shape) for one in net.backbone(torch.zeros(1, 3, 512, 512)).values()]
    assert shapes == [(1, 2048, side, side) for side in (64, 32, 16, 8, 4, 2)]
    assert net.anchor_generator.num_anchors_per_location() == [6] * 6


def test_ffm_puts_the_coarse_map_beside_the_fine_one() -> None:
    torch.manual_seed(0)
    ffm = FFM(M2DetConfig()).eval()
    fine, coarse = torch.rand(1, 64, 8, 10), torch.rand(1, 96, 4, 5)
    with torch.no_grad():
        base = ffm(fine, coarse)
        assert torch.equal(base[:, :32], ffm.reduce(fine))
        assert torch.equal(base[:, 32:, ::2, ::2], ffm.up_reduce(coarse)) and torch.equal(base[:, 32:, 1::2, 1::2], ffm.up_reduce(coarse))


def test_a_tum_goes_down_and_back_up() -> None:
    torch.manual_seed(0)
    tum = TUM(12, 8, 4).eval()
    x = torch.rand(1, 12, 24, 32)
    with torch.no_grad():
        maps = tum(x)
        assert [tuple(one.shape[1:]) for one in maps] == [(8, 4, 6), (8, 6, 8), (8, 12, 16), (8, 24, 32)]
        first, second = tum.down[0](x), tum.down[1](tum.down[0](x))
        smallest = tum.top(tum.down[2](second))
        assert torch.equal(maps[0], smallest)
        beside = tum.lateral[0](second)
        next_one = F.interpolate(smallest, size=beside.shape[2:], mode="nearest") + beside
        assert torch.allclose(maps[1], tum.smooth[0](next_one))
        third = F.interpolate(next_one, size=first.shape[2:], mode="nearest") + tum.lateral[1](first)
        assert torch.allclose(maps[2], tum.smooth[1](third))


def test_sfam_weighs_channels_from_zero_to_one() -> None:
    torch.manual_seed(0)
    sfam = SFAM(16, 4)
    x = torch.rand(2, 16, 3, 5) + 0.1
    with torch.no_grad():
        weights = sfam(x) / x
    assert bool((weights > 0).all()) and bool((weights < 1).all())
    assert torch.allclose(weights, weights[:, :, :1, :1].expand_as(weights), atol=1e-5)


def test_later_tums_see_the_finest_map_of_the_one_before(network: SSD) -> None:
    pyramid = network.backbone
    assert isinstance(pyramid, MLFPN)
    assert [tum.down[0].conv.in_channels for tum in pyramid.tums] == [20, 60, 60]
    x = torch.rand(1, 3, 144, 192)
    with torch.no_grad():
        before = pyramid(x)["scale1"]
        for parameter in pyramid.tums[1].smooth[-1].parameters():
            parameter.mul_(1.5)
        after = pyramid(x)["scale1"]
        for parameter in pyramid.tums[1].smooth[-1].parameters():
            parameter.div_(1.5)
    changed = ((after - before).abs().amax((0, 2, 3)) > 1e-6).view(3, 40).any(1).tolist()
    assert changed[1] and changed[2]


def test_what_is_left_of_the_candidates_is_the_answer(network: SSD) -> None:
    x = torch.rand(3, 240, 320)
    with torch.no_grad():
        expected, seen = network([x])[0], network.look(x)
    got = network.answer(seen.candidates)
    assert all(torch.allclose(got[name].float(), expected[name].float(), atol=1e-3) for name in expected)
    assert torch.bincount(seen.extra["levels"]).tolist() == [7200, 1800, 480, 120, 36]
