"""What loops share: the order of examples follows from the seed, and a training stopped anywhere goes on as if it had not."""

from __future__ import annotations

import torch
from torch import nn

from explorer.engine.learning.loop import Loop, Shuffle


class Noisy(Loop[float]):
    """Weights that follow random numbers."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        self.network, self.total, self.learning_rate = nn.Linear(2, 1), 6, 0.1
        self.optimiser = torch.optim.SGD(self.network.parameters(), lr=0.1, momentum=0.9)

    def step(self) -> float:
        loss = (self.network(torch.randn(4, 2)) ** 2).mean()
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        self.done += 1
        return float(loss.detach())


def test_a_stopped_training_goes_on_as_if_it_had_not() -> None:
    whole = list(Noisy().steps())
    first = Noisy()
    begun = [first.step(), first.step()]
    first.learning_rate = 0.3
    saved = first.state()
    again = Noisy()
    again.restore(saved)
    assert again.done == 2 and again.learning_rate == 0.3
    assert begun + list(again.steps()) == whole
    assert Noisy().done == 0


def test_every_epoch_has_all_and_an_order_of_its_own() -> None:
    shuffle = Shuffle(10, 3, seed=4)
    assert shuffle.steps_per_epoch == 3
    epochs = [torch.cat([shuffle.indices(3 * epoch + place) for place in range(3)]).tolist() for epoch in range(2)]
    assert all(len(set(order)) == 9 for order in epochs) and epochs[0] != epochs[1]
    assert Shuffle(10, 3, seed=4).indices(4).tolist() == epochs[1][3:6] and Shuffle(10, 3, seed=5).indices(0).tolist() != epochs[0][:3]
    assert Shuffle(2, 50, seed=0).batch == 2
