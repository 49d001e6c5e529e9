"""A silenced module puts out zeros while it lasts; the network is as it was afterwards, also after an error."""

from __future__ import annotations

import pytest
import torch

from explorer.engine.lenses.ablation import silenced, without
from explorer.engine.models.recognition.squeezenet import squeezenet1_1_small
from explorer.words import InputError


def test_without_a_branch_the_next_layer_sees_zeros() -> None:
    torch.manual_seed(0)
    network = squeezenet1_1_small().eval()
    x = torch.randn(1, 3, 32, 32)
    plain = network(x)
    seen = []
    hook = network.get_submodule("features.4").register_forward_hook(lambda _, __, output: seen.append(output))
    changed = without(network, x, ["features.4.expand3x3_activation"])
    hook.remove()
    assert not seen[0][:, 64:].any() and seen[0][:, :64].any()
    assert not torch.equal(changed, plain)
    assert torch.equal(network(x), plain) and not any(module._forward_hooks for module in network.modules())


def test_an_unknown_name_and_an_error_leave_nothing_behind() -> None:
    network = squeezenet1_1_small().eval()
    with pytest.raises(InputError):
        without(network, torch.zeros(1, 3, 32, 32), ["nowhere"])
    with pytest.raises(ZeroDivisionError), silenced(network, ["features.0"]):
        raise ZeroDivisionError
    assert not any(module._forward_hooks for module in network.modules())
