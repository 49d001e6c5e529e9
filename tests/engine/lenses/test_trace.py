"""The watched forward pass: every value right, every operation with its module and its geometry, on every network."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.engine.lenses.capture import capture
from explorer.engine.lenses.trace import Window, record, trace
from explorer.words import InputError


def test_every_layer_of_a_recording_equals_its_capture(network: nn.Module, x: Tensor) -> None:
    seen, reference = record(network, x), capture(network, x)
    assert torch.equal(seen.output, reference.output)
    assert set(reference.maps) == {name for name in seen.trace.leaves if name}
    for name, values in reference.maps.items():
        assert torch.equal(seen.of(network, name), values), name


def test_every_value_can_be_reckoned_again_from_those_it_came_from(network: nn.Module, x: Tensor) -> None:
    """Also those that are written over later: sums and activations are checked against their inputs."""
    seen, checked = record(network, x), 0
    for step in seen.trace.operations:
        inputs = [seen.values[number] for number in step.inputs]
        if step.kind == "add" and len(inputs) == 2:
            expected = inputs[0] + inputs[1]
        elif step.kind == "relu":
            expected = inputs[0].relu()
        elif step.kind == "convolution":
            module = network.get_submodule(step.module)
            assert isinstance(module, nn.Conv2d)
            if module.padding_mode != "zeros":
                continue
            expected = module(inputs[0]).detach()
        else:
            continue
        assert torch.allclose(seen.values[step.output], expected, atol=1e-6), step
        checked += 1
    assert checked >= 5


class Overwriting(nn.Module):
    """Writes into a value through another view of it, and into a third one directly."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.norm, self.act = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        first = self.conv(x)
        first.view(-1).add_(5.0)
        return self.act(self.norm(first)).flatten(1)


def test_only_what_is_written_over_is_copied() -> None:
    torch.manual_seed(0)
    network, x = Overwriting().eval(), torch.rand(1, 3, 8, 8)
    seen = record(network, x)
    with torch.no_grad():
        raw = network.conv(x)
        normed = network.norm(raw + 5)
    assert torch.equal(seen.of(network, "conv"), raw) and torch.allclose(seen.of(network, "norm"), normed) and torch.allclose(seen.output, normed.relu().flatten(1))
    plain = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())
    watched = trace(plain, x, Tensor.detach)
    assert not watched.written and seen.trace.written
    values = [value for number, value in seen.values.items() if number not in seen.trace.written]
    assert any(value.data_ptr() == x.data_ptr() for value in values)  # the picture is not copied


class Functional(nn.Module):
    """A network whose joins, pooling and activations are no modules."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, (3, 5), stride=(1, 2), padding=(1, 2))

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.conv(x))
        z = F.avg_pool2d(F.max_pool2d(y, 3, 2, 1), 2)
        w = F.pad(z, (1, 0, 2, 0))[:, :, 1:, ::2]
        return w.mean((2, 3))


def test_the_geometry_of_what_is_no_module() -> None:
    seen = trace(Functional(), torch.randn(1, 3, 24, 24))
    windows = [(step.kind, step.window) for step in seen.operations if step.window]
    assert windows == [
        ("convolution", Window((3, 5), (1, 2), (1, 2))),
        ("max_pool2d_with_indices", Window((3, 3), (2, 2), (1, 1))),
        ("avg_pool2d", Window((2, 2), (2, 2), (0, 0))),
        ("constant_pad_nd", Window((1, 1), (1, 1), (2, 1))),
        ("slice", Window((1, 1), (1, 1), (-1, 0))),
        ("slice", Window((1, 1), (1, 2), (0, 0))),
    ]
    kinds = {step.kind: step for step in seen.operations}
    assert kinds["convolution"].module == "conv" and kinds["convolution"].weighted
    assert kinds["relu"].module == "" and not kinds["relu"].weighted and not kinds["relu"].whole
    assert kinds["mean"].whole


def test_operations_know_their_module(network: nn.Module, x: Tensor) -> None:
    ran = {step.module for step in trace(network, x).operations if step.kind == "convolution"}
    reference = capture(network, x)
    assert ran == {name for name, module in network.named_modules() if isinstance(module, nn.Conv2d) and name in reference.maps}


def test_unknown_layers_are_refused(odd: nn.Module) -> None:
    seen = record(odd, torch.randn(1, 3, 8, 8))
    with pytest.raises(InputError):
        seen.of(odd, "nothing")
    with pytest.raises(InputError, match="unused"):
        seen.of(odd, "unused")


def test_an_error_in_the_network_leaves_no_hooks(odd: nn.Module) -> None:
    odd.train()
    with pytest.raises(RuntimeError):
        record(odd, torch.randn(1, 5, 8, 8))
    assert all(module.training and not module._forward_hooks and not module._forward_pre_hooks for module in odd.modules())
    assert record(odd, torch.randn(1, 3, 8, 8)).output.shape == (1, 4)


def test_it_does_not_import_torch_s_compiler() -> None:
    """That takes seconds: as long as all the rest of the start."""
    code = """
import sys, torch
from torch import nn
from explorer.engine.lenses.trace import record
record(nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU()), torch.randn(1, 3, 8, 8))
print("torch._dynamo" in sys.modules)
"""
    done: Any = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
