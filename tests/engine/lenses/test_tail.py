"""The end of a network, run again from a recording, gives what running the whole network gives."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from explorer.engine.lenses import tail
from explorer.engine.lenses.capture import with_gradient
from explorer.engine.lenses.tail import gradient_at
from explorer.engine.lenses.trace import record
from explorer.words import InputError


@pytest.mark.parametrize(
    ("name", "layers"),
    [("resnet20", ("conv1", "layer1.0", "layer2", "layer3.2.conv1", "layer3")), ("odd", ("first", "act", "grouped", "norm", "pool", "last", "head"))],
)
def test_as_the_whole_network(layers: tuple[str, ...], network: nn.Module, x: Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = record(network, x)
    expected = {layer: with_gradient(network, x, layer, lambda output: output[0, 1]) for layer in layers}
    monkeypatch.setattr(tail, "with_gradient", None)  # only the tail may run
    before = {number: value.clone() for number, value in seen.values.items()}
    for layer in layers:
        maps, gradient = gradient_at(network, seen, layer, lambda output: output[0, 1])
        assert torch.allclose(maps, expected[layer][0], atol=1e-5), layer
        assert torch.allclose(gradient, expected[layer][1], atol=1e-5 * float(expected[layer][1].abs().max()) + 1e-9), layer
    assert all(torch.equal(value, before[number]) for number, value in seen.values.items()), "the recording was written into"


class Views(nn.Module):
    """Writes into a view and splits: what a recording of operations alone cannot follow."""

    def __init__(self, split: bool) -> None:
        super().__init__()
        self.first, self.split = nn.Conv2d(3, 4, 3), split
        self.head = nn.Linear(4 if not split else 2, 3)

    def forward(self, x: Tensor) -> Tensor:
        y = self.first(x)
        if self.split:
            a, b = y.chunk(2, 1)
            y = a * b.sigmoid()
        else:
            y = y * 1
            y[:, :2] += y[:, 2:] * 2
        out: Tensor = self.head(y.mean((2, 3)))
        return out


@pytest.mark.parametrize("split", [True, False])
def test_what_cannot_be_run_again_is_run_whole(split: bool) -> None:
    torch.manual_seed(0)
    network = Views(split).eval()
    x = torch.randn(1, 3, 9, 9)
    seen = record(network, x)
    _, gradient = gradient_at(network, seen, "first", lambda output: output[0, 1])
    _, expected, _ = with_gradient(network, x, "first", lambda output: output[0, 1])
    assert torch.allclose(gradient, expected, atol=1e-6)
    with pytest.raises(InputError):
        gradient_at(network, seen, "nothing", lambda output: output[0, 1])
