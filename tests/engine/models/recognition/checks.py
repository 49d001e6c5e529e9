"""What is asked of every recognition network: its size, torchvision's answers, and that every step can be looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torchvision
from torch import Tensor, nn

Builder = Callable[..., nn.Module]


def count(builder: Builder, **changes: Any) -> int:
    """Trainable parameters, built without memory."""
    with torch.device("meta"):
        return sum(one.numel() for one in builder(**changes).parameters())


def shapes(network: nn.Module, size: int, channels: int = 3) -> dict[str, tuple[int, ...]]:
    """The shape that each module puts out for one picture, without the first dimension, on torch's meta device."""
    found: dict[str, tuple[int, ...]] = {}

    def keep(output: Any, name: str) -> None:
        for part, value in output.items() if isinstance(output, dict) else (("", output),):
            found[f"{name}[{part}]" if part else name] = tuple(value.shape[1:])

    for name, module in network.named_modules():
        module.register_forward_hook(lambda _, __, output, name=name: keep(output, name))
    network.eval()(torch.empty(1, channels, size, size, device="meta"))
    return found


def randomise(network: nn.Module) -> None:
    """Weights, running means and variances that are all different, so that no mix-up can hide."""
    torch.manual_seed(3)
    for name, value in network.state_dict().items():
        if name.endswith("running_var"):
            value.uniform_(0.5, 1.5)
        elif value.is_floating_point() and value.dim() == 1:
            value.uniform_(0.5, 1.5) if name.endswith("weight") else value.normal_(0, 0.1)


def same_as_torchvision(name: str, ours: nn.Module, size: tuple[int, int]) -> None:
    """torchvision's weights load strictly, and the scores are equal within 1e-4 of their size. ``ours`` may be on torch's meta device."""
    theirs = getattr(torchvision.models, name)(weights=None)
    randomise(theirs)
    for module in theirs.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 1.0
    with torch.no_grad():
        theirs.train()(torch.randn(4, 3, *size))  # running means and variances that fit, so that the pictures' differences survive
    theirs.eval()
    ours.eval().load_state_dict(theirs.state_dict(), strict=True, assign=True)
    pictures = torch.randn(2, 3, *size)
    with torch.no_grad():
        expected, found = theirs(pictures), ours(pictures)
    size_of_scores = float(expected.abs().max())
    assert size_of_scores > 1e-3 and not torch.allclose(expected[0], expected[1], atol=1e-4 * size_of_scores)
    torch.testing.assert_close(found, expected, atol=1e-4 * size_of_scores, rtol=0)


def every_step_can_be_looked_at(network: nn.Module, size: int, channels: int = 3) -> dict[str, Tensor]:
    """Every module is passed once, the children in their order, and nothing is changed after it was given; the outputs by name."""
    network.eval()
    found: dict[str, Tensor] = {}
    copies: dict[str, Tensor] = {}
    for name, module in network.named_modules():

        def keep(_: nn.Module, __: Any, output: Tensor, name: str = name) -> None:
            assert name not in found, f"{name} is used twice"
            found[name], copies[name] = output, output.clone()

        module.register_forward_hook(keep)
    torch.manual_seed(0)
    with torch.no_grad():
        network(torch.randn(1, channels, size, size))
    assert set(found) == {name for name, _ in network.named_modules()}
    assert [name for name in found if name and "." not in name] == [name for name, _ in network.named_children()]
    for name, value in found.items():
        assert torch.equal(value, copies[name]), f"{name} was changed after it was given"
    return found
