"""Occlusion agrees with captum and with covering by hand, and finds the part that matters."""

from __future__ import annotations

import captum.attr
import pytest
import torch
from torch import Tensor, nn

from explorer.catalogue import SYSTEMS
from explorer.engine.lenses.occlusion import occlusion, usual_patch
from explorer.words import InputError

DEFAULTS = [entry.variants[0].name for entry in SYSTEMS if entry.section == "recognition"]


@pytest.mark.parametrize(
    ("name", "patch", "stride"), [("resnet20", 8, 5), ("resnet20", 7, 3), ("odd", 8, 5), ("odd", 7, 3), *((name, 8, 8) for name in (*DEFAULTS, "odd"))]
)
def test_it_agrees_with_captum(network: nn.Module, x: Tensor, patch: int, stride: int) -> None:
    *_, found = occlusion(network, x, 1, patch, stride)

    def probability(batch: Tensor) -> Tensor:
        answer: Tensor = network(batch).softmax(1)
        return answer

    with torch.no_grad():
        expected = captum.attr.Occlusion(probability).attribute(x, (3, patch, patch), (3, stride, stride), baselines=0.0, target=1, perturbations_per_eval=16)
    assert torch.allclose(found.drops, expected[0, 0].float(), atol=1e-6)
    assert float(found.drops.abs().max()) > 0


@pytest.mark.parametrize("name", ["resnet20"])
def test_each_place_is_the_drop_by_hand_and_it_grows(network: nn.Module, x: Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.engine.lenses.occlusion.BATCH_VALUES", x.numel() * 4)
    steps = list(occlusion(network, x, 2, 16, 8, grey=0.5, temperature=2.0))
    assert [one.done for one in steps] == [4, 8, 9] and steps[-1].places.shape == (3, 3)
    assert steps[0].places.isnan().sum() == 5 and float(steps[0].drops[-1, -1]) == 0
    covered = x.clone()
    covered[:, :, 8:24, 16:32] = 0.5
    with torch.no_grad():
        whole, less = (network(torch.cat([x, covered])) / 2).softmax(1)[:, 2]
    assert float(steps[-1].places[1, 2]) == pytest.approx(float(whole - less), abs=1e-6)


def test_it_finds_what_matters() -> None:
    """A network that looks at one pixel: only patches over it count."""
    network = nn.Sequential(nn.Flatten(), nn.Linear(3 * 64, 2)).eval()
    linear = network[1]
    assert isinstance(linear, nn.Linear)
    with torch.no_grad():
        linear.weight.zero_()
        linear.weight[1].view(3, 8, 8)[0, 5, 2] = 4
    *_, found = occlusion(network, torch.ones(1, 3, 8, 8), 1, 2, 2)
    assert (found.drops > 1e-3).nonzero().tolist() == [[4, 2], [4, 3], [5, 2], [5, 3]]


def test_patches_that_do_not_fit_are_refused() -> None:
    network = nn.Sequential(nn.Flatten(), nn.Linear(3 * 64, 2))
    for patch, stride in ((0, 1), (9, 1), (4, 5), (4, 0)):
        with pytest.raises(InputError):
            next(occlusion(network, torch.ones(1, 3, 8, 8), 1, patch, stride))
    assert usual_patch(32) == (8, 2) and usual_patch(224) == (56, 14)
    assert usual_patch(3) == (1, 1)
