"""Width against depth: channels by block, the width that costs as much as another network, the time of a step, channels that respond to a picture.

Zagoruyko & Komodakis, "Wide Residual Networks", 2016 (arXiv 1605.07146), section 3; Han, Kim & Kim, "Deep Pyramidal Residual Networks",
2016 (arXiv 1610.02915), figure 2.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explorer.engine.lenses.multiply_adds import total
from explorer.engine.lenses.work import one_thread

LEAST = 0.1  # a channel responds to a picture if its strongest value is at least this share of its layer's strongest


@dataclass(frozen=True)
class Size:
    """What a network costs: parameters, and multiply-adds for one picture."""

    parameters: int
    multiply_adds: int


def size_of(make: Callable[[], nn.Module], shape: tuple[int, ...]) -> Size:
    """Counted on the network as it is built, without memory; ``shape``: of one input, without the batch."""
    with torch.device("meta"):
        network = make()
    return Size(sum(one.numel() for one in network.parameters()), total(network, shape))


def channels(make: Callable[[], nn.Module]) -> tuple[int, ...]:
    """Channels that the first convolution and then each block of two convolutions puts out, read off the network that is built."""
    with torch.device("meta"):
        network = make()
    found = []
    for name, module in network.named_modules():
        if isinstance(module, nn.Conv2d) and (name == "conv1" or name.endswith(".conv2")):
            found.append(module.out_channels)
    return tuple(found)


def equal_work(make: Callable[[int], nn.Module], shape: tuple[int, ...], aim: int, low: int, high: int) -> int:
    """The number from ``low`` to ``high`` at which ``make`` builds the network whose multiply-adds come closest to ``aim``.

    More must cost more: the number is found by halving.
    """
    counted: dict[int, int] = {}

    def work(number: int) -> int:
        if number not in counted:
            counted[number] = size_of(lambda: make(number), shape).multiply_adds
        return counted[number]

    first, last = low, high
    while last - first > 1:
        middle = (first + last) // 2
        first, last = (middle, last) if work(middle) <= aim else (first, middle)
    return min((first, last), key=lambda number: abs(work(number) - aim))


def step_seconds(network: nn.Module, x: Tensor, *, least: int = 2, most: int = 20, budget: float = 0.4) -> Iterator[float]:
    """Seconds of a step forward and backward on ``x`` (N, C, H, W), on one thread: the median after each step; the first allocates and does not count."""
    network.train()
    times: list[float] = []
    end = time.perf_counter() + budget
    for count in range(most + 1):
        with one_thread():
            before = time.perf_counter()
            network.zero_grad(set_to_none=True)
            scores = network(x)
            scores.square().mean().backward()
            taken = time.perf_counter() - before
        if count:
            times.append(taken)
            yield statistics.median(times)
            if len(times) >= least and time.perf_counter() > end:
                break


@dataclass(frozen=True)
class Responding:
    """``active`` of the ``channels`` that a ReLU puts out respond to the picture."""

    layer: str
    channels: int
    active: int


def responding(network: nn.Module, x: Tensor, least: float = LEAST) -> tuple[Responding, ...]:
    """For each ReLU on maps, in the order they ran: how many channels respond to ``x`` (1, C, H, W) with at least ``least`` of the strongest value."""
    found: list[Responding] = []

    def look(name: str) -> Callable[..., None]:
        def seen(_module: nn.Module, _inputs: object, output: Tensor) -> None:
            if output.dim() == 4:
                strongest = output[0].amax((1, 2))
                bound = max(float(strongest.max()) * least, 1e-12)
                found.append(Responding(name, output.shape[1], int((strongest >= bound).sum())))

        return seen

    hooks = [module.register_forward_hook(look(name)) for name, module in network.named_modules() if isinstance(module, nn.ReLU)]
    training = network.training
    try:
        network.eval()
        with torch.no_grad():
            network(x)
    finally:
        network.train(training)
        for hook in hooks:
            hook.remove()
    return tuple(found)
