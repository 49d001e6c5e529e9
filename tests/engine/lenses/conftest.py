"""Networks to look into: every variant of the catalogue that can be built, and foreign ones that write in place."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from explorer.catalogue import SYSTEMS
from explorer.engine.system import build

torch.set_num_threads(1)

LARGE = 15_000_000
VARIANTS = {v.name: v for s in SYSTEMS if s.section == "recognition" for v in s.variants if v.model}


def lively(network: nn.Module, seed: int = 0, size: int = 0) -> nn.Module:
    """The network with running statistics and biases that are not all 0 and 1, so that nothing passes by accident. ``size``: the statistics are those of
    noise of this size, so that something of a picture is left at the end of a deep network."""
    generator = torch.Generator().manual_seed(seed)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean = torch.randn(module.num_features, generator=generator) * 0.1
            module.running_var = torch.rand(module.num_features, generator=generator) + 0.5
            nn.init.uniform_(module.weight, 0.5, 1.5, generator=generator)
            nn.init.uniform_(module.bias, -0.3, 0.3, generator=generator)
            if size:
                module.reset_running_stats()
                module.momentum = 0.9
    if size:
        with torch.no_grad():
            for _ in range(2):
                network.train()(torch.randn(4, 3, size, size, generator=generator))
    return network.eval()


class Odd(nn.Module):
    """Everything a lens might trip over: in-place sums and activations, one module used twice, groups, dilation, reflected edges, cat."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, padding=1, padding_mode="reflect")
        self.act = nn.ReLU(inplace=True)
        self.grouped = nn.Conv2d(8, 8, 3, padding="same", dilation=2, groups=4)
        self.norm = nn.BatchNorm2d(8)
        self.pool = nn.MaxPool2d(2)
        self.last = nn.Conv2d(16, 6, 1)
        self.unused = nn.Conv2d(3, 3, 1)
        self.head = nn.Linear(6, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.act(self.first(x))
        y = self.norm(self.grouped(x))
        y += x
        y = self.pool(self.act(y))
        z = torch.cat([y, y * 2], 1)
        out: Tensor = self.head(self.last(z).sigmoid().mean((2, 3)))
        return out


def _torchvision(name: str) -> Callable[[], nn.Module]:
    def make() -> nn.Module:
        from torchvision import models

        return models.get_model(name, weights=None)

    return make


FOREIGN: dict[str, Callable[[], nn.Module]] = {
    "odd": Odd,
    "torchvision resnet18": _torchvision("resnet18"),
    "torchvision squeezenet": _torchvision("squeezenet1_1"),
    "torchvision mobilenet": _torchvision("mobilenet_v2"),
}


def marked(name: str) -> object:
    large = (VARIANTS[name].parameters or 0) > LARGE
    return pytest.param(name, marks=pytest.mark.slow) if large else name


_built: dict[str, nn.Module] = {}


def network_of(name: str) -> nn.Module:
    """A variant or a foreign network by name, in evaluation mode; built once."""
    if name not in _built:
        torch.manual_seed(0)
        made = build(VARIANTS[name]) if name in VARIANTS else FOREIGN[name]()
        _built[name] = lively(made)
    return _built[name]


def size_of(name: str) -> int:
    """Pixels a side: as many as the CIFAR networks want, else few."""
    return 32 if name == "odd" or (name in VARIANTS and VARIANTS[name].size <= 32) else 64


def input_of(name: str) -> Tensor:
    """A batch of one for it."""
    return torch.randn(1, 3, size_of(name), size_of(name), generator=torch.Generator().manual_seed(1))


@pytest.fixture(params=[*map(marked, VARIANTS), *FOREIGN])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def odd() -> nn.Module:
    return lively(Odd())


@pytest.fixture
def network(name: str) -> nn.Module:
    return network_of(name)


@pytest.fixture
def x(name: str) -> Tensor:
    return input_of(name)


@pytest.fixture(autouse=True)
def as_it_was(request: pytest.FixtureRequest) -> object:
    """Rule 4: no lens leaves a hook, another mode, a gradient or another weight behind."""
    if "network" not in request.fixturenames:
        yield
        return
    network: nn.Module = request.getfixturevalue("network")
    before = {key: value.clone() for key, value in network.state_dict().items()}
    modes = [module.training for module in network.modules()]
    yield
    for module in network.modules():
        assert not module._forward_hooks and not module._forward_pre_hooks and not module._backward_hooks, "hooks left"
    assert [module.training for module in network.modules()] == modes
    assert all(p.grad is None and p.requires_grad for p in network.parameters())
    after = network.state_dict()
    assert all(torch.equal(before[key], after[key]) for key in before), "a weight changed"
