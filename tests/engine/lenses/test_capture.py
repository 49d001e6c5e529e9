"""A captured map equals a cloned capture bit for bit, on every network; the network is left as it was found, also after an error."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from explorer.engine.lenses.capture import capture, observed, with_gradient
from explorer.words import InputError

torch.set_num_threads(1)


def cloned(network: nn.Module, x: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
    """The reference: every output copied the moment it appears."""
    maps: dict[str, Tensor] = {}
    handles = [
        module.register_forward_hook(lambda _m, _i, o, name=name: maps.__setitem__(name, o.clone()))
        for name, module in network.named_modules()
        if name
    ]
    with torch.no_grad():
        output = network(x)
    for handle in handles:
        handle.remove()
    return output, maps


def test_equals_a_cloned_capture_bit_for_bit(network: nn.Module, x: Tensor) -> None:
    output, reference = cloned(network, x)
    seen = capture(network, x)
    assert torch.equal(seen.output, output)
    assert set(seen.maps) == set(reference) and len(reference) > 5
    for layer, values in reference.items():
        assert torch.equal(seen[layer], values), layer
        assert not seen[layer].requires_grad


def test_without_copies_maps_of_a_network_that_writes_in_place_would_be_wrong() -> None:
    from torchvision import models

    network = models.resnet18(weights=None).eval()
    x = torch.randn(1, 3, 64, 64)
    _, reference = cloned(network, x)
    views: dict[str, Tensor] = {}
    with observed(network) as handles, torch.no_grad():
        for name, module in network.named_modules():
            if name:
                handles.append(module.register_forward_hook(lambda _m, _i, o, name=name: views.__setitem__(name, o.detach())))
        network(x)
    wrong = [name for name in reference if not torch.equal(views[name], reference[name])]
    assert len(wrong) >= 17
    seen = capture(network, x)
    assert all(torch.equal(seen[name], reference[name]) for name in wrong)


def test_a_second_capture_needs_one_pass(network: nn.Module, x: Tensor) -> None:
    capture(network, x)
    passes = []
    with observed(network) as handles:
        handles.append(network.register_forward_hook(lambda *_: passes.append(1)))
        capture(network, x)
    assert len(passes) == 1


def test_what_is_not_written_into_later_is_not_copied() -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 5, 3)).eval()
    outputs: list[int] = []
    network[0].register_forward_hook(lambda _m, _i, o: outputs.append(o.data_ptr()))
    assert capture(network, torch.randn(1, 3, 8, 8))["0"].data_ptr() == outputs[-1]


def test_chosen_layers_only(network: nn.Module, x: Tensor) -> None:
    layer = next(name for name, module in network.named_modules() if isinstance(module, nn.Conv2d))
    assert list(capture(network, x, [layer]).maps) == [layer]


class Branching(nn.Module):
    """A layer with several outputs, one with named ones, and one whose own mode differs."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(4, 3, batch_first=True)
        self.named = Named()
        self.drop = nn.Dropout(0.5)
        self.fail = False

    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.lstm(x)
        named: dict[str, Any] = self.named(self.drop(out))
        if self.fail:
            raise RuntimeError("in the middle")
        result: Tensor = named["b"]
        return result


class Named(nn.Module):
    def forward(self, x: Tensor) -> dict[str, Any]:
        return {"a": x + 1, "b": x * 2, "c": "text"}


def test_layers_with_several_outputs() -> None:
    network = Branching()
    seen = capture(network, torch.randn(2, 5, 4))
    assert seen["lstm"].shape == (2, 5, 3) and torch.equal(seen["lstm"], seen["lstm[0]"])
    assert torch.equal(seen["named[b]"], seen.output) and torch.equal(seen["named"], seen["named[a]"])
    assert "named[c]" not in seen.maps


def test_mode_and_hooks_are_restored_after_an_error() -> None:
    network = Branching().train()
    network.lstm.eval()  # its own mode, unlike the others'
    kept = network.drop.register_forward_hook(lambda *_: None)
    network.fail = True
    for look in (lambda: capture(network, torch.randn(2, 5, 4)), lambda: with_gradient(network, torch.randn(2, 5, 4), "drop", lambda o: o.sum())):
        with pytest.raises(RuntimeError, match="in the middle"):
            look()
    assert [m.training for m in (network, network.lstm, network.named, network.drop)] == [True, False, True, True]
    assert list(network.drop._forward_hooks) == [kept.id], "the hook that was there before is still there, and no other"
    assert not network.lstm._forward_hooks and not network.named._forward_hooks


def test_it_looks_in_evaluation_mode() -> None:
    network = nn.Sequential(nn.Dropout(0.5), nn.BatchNorm1d(4)).train()
    x = torch.randn(8, 4)
    assert torch.equal(capture(network, x)["0"], x)
    assert int(network[1].num_batches_tracked) == 0
    assert network.training and network[0].training


def test_unknown_layers_and_layers_that_did_not_run(odd: nn.Module) -> None:
    network, x = odd, torch.randn(1, 3, 8, 8)
    with pytest.raises(InputError) as caught:
        capture(network, x, ["frist"])
    assert "first" in caught.value.text.en
    with pytest.raises(InputError, match="unused"):
        capture(network, x, ["unused"])
    assert "unused" not in capture(network, x).maps


@pytest.mark.parametrize("name", ["resnet20", "odd", "torchvision resnet18"])
def test_the_gradient_of_a_layer(network: nn.Module, x: Tensor) -> None:
    double, x = copy.deepcopy(network).double(), x.double()
    convolutions = [name for name, module in double.named_modules() if isinstance(module, nn.Conv2d) and name in capture(double, x).maps]
    for layer in (convolutions[0], convolutions[-1]):
        maps, gradient, output = with_gradient(double, x, layer, lambda o: o[0, 1])
        seen = capture(double, x, [layer])
        assert torch.equal(maps, seen[layer]) and torch.equal(output, seen.output)
        # the reference: move one value of the layer a little
        place = tuple(int(i) for i in torch.nonzero(gradient.abs() == gradient.abs().max())[0])
        step = 1e-6

        def moved(by: float, layer: str = layer, place: tuple[int, ...] = place) -> float:
            def hook(_m: nn.Module, _i: Any, o: Tensor) -> Tensor:
                o = o.clone()
                o[place] += by
                return o

            handle = double.get_submodule(layer).register_forward_hook(hook)
            with torch.no_grad():
                value = float(double(x)[0, 1])
            handle.remove()
            return value

        numeric = (moved(step) - moved(-step)) / (2 * step)
        assert numeric == pytest.approx(float(gradient[place]), rel=1e-3)


class Twice(nn.Module):
    """One layer under two names."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(3, 3)
        self.again = self.first

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.again(self.first(x))
        return out


def test_a_layer_is_found_by_either_of_its_names_and_looked_up_one_by_one_only_then(monkeypatch: pytest.MonkeyPatch) -> None:
    network, x = Twice(), torch.randn(2, 3)
    seen = capture(network, x, ["again"])
    assert torch.equal(seen["again"], seen.output)
    monkeypatch.setattr(nn.Module, "get_submodule", lambda *_: pytest.fail("every layer was looked up by walking down to it"))
    assert torch.equal(capture(network, x)["first"], seen.output)
    assert torch.equal(capture(network, x, ["first"])["first"], seen.output)
