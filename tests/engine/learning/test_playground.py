"""The playground's loop: settings act while it learns, hands may change the network, and it says when the loss runs away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.engine.data import toy
from explorer.engine.learning.playground import MEMORY, MOST_LAYERS, MOST_NEURONS, Playground, Settings, features_of
from explorer.words import InputError


def world_of(kind: str = "moons", **settings: object) -> Playground:
    return Playground(toy.draw(kind, noise=0.05), Settings(**settings))  # type: ignore[arg-type]


@pytest.mark.parametrize(("optimiser", "rate"), [("sgd", 0.3), ("momentum", 0.05), ("adam", 0.03)])
def test_every_optimiser_learns_the_moons(optimiser: str, rate: float) -> None:
    world = world_of(optimiser=optimiser, rate=rate)
    assert world.run(500).test_accuracy > 0.93


@pytest.mark.parametrize("optimiser", ["sgd", "momentum", "adam"])
def test_steps_equal_those_of_torch(optimiser: str) -> None:
    world = world_of(optimiser=optimiser, rate=0.02, batch=1000)
    twin = Playground(world.points, replace(world.settings)).network
    optimisers = {
        "sgd": lambda p: torch.optim.SGD(p, lr=0.02),
        "momentum": lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9),
        "adam": lambda p: torch.optim.Adam(p, lr=0.02),
    }
    theirs = optimisers[optimiser](list(twin.parameters()))
    world.run(6)
    for _ in range(6):
        theirs.zero_grad()
        torch.nn.functional.binary_cross_entropy_with_logits(twin(world.x), world.labels).backward()
        theirs.step()
    assert torch.allclose(world.network.flat(), twin.flat(), atol=1e-5)


def test_settings_changed_while_it_learns_act_at_once() -> None:
    world = world_of(rate=0.1)
    world.run(20)
    world.settings.rate = 0.0
    still = world.network.flat()
    world.run(20)
    assert torch.equal(world.network.flat(), still)
    world.settings.rate = 0.1
    world.settings.batch = len(world.x)
    epoch = world.epoch
    world.run(10)
    assert world.epoch == pytest.approx(epoch + 10, abs=1.0)
    assert not torch.equal(world.network.flat(), still)
    before = world.surface(8).values
    world.settings.activation = "relu"
    world.run(1)
    assert world.network.activation == "relu"
    assert np.abs(world.surface(8).values - before).max() > 0.01


def test_regularisation_shrinks_weights_and_l1_stops_at_zero() -> None:
    plain, l2, l1 = (world_of(regularisation=r, strength=0.05, rate=0.3) for r in ("none", "l2", "l1"))
    for world in (plain, l2, l1):
        world.run(400)
    weights = [torch.cat([layer.weight.detach().reshape(-1) for layer in w.network.layers]) for w in (plain, l2, l1)]
    assert weights[1].norm() < weights[0].norm()
    assert (weights[2] == 0).sum() > 0
    assert (weights[0] == 0).sum() == 0
    still = world_of(regularisation="l2", strength=0.5, rate=0.2)
    with torch.no_grad():
        before = still.network.layers[0].weight.clone()
        bias = still.network.layers[0].bias.add_(1.0).clone()
    still._regularise()
    assert torch.allclose(still.network.layers[0].weight, before * 0.9)
    assert torch.equal(still.network.layers[0].bias, bias)


def test_all_points_come_once_before_any_comes_again() -> None:
    world = world_of()
    seen = torch.cat([world._next_batch(7) for _ in range(15)])
    assert sorted(seen.tolist()) == list(range(100))


def test_neurons_and_layers_change_within_their_bounds_while_it_learns() -> None:
    world = world_of()
    world.run(10)
    old = world.network.layers[0].weight.detach().clone()
    for _ in range(20):
        world.add_neuron(1)
        world.add_layer()
    assert world.network.hidden[0] == 4
    assert world.network.hidden[1] == MOST_NEURONS
    assert len(world.network.hidden) == MOST_LAYERS
    assert torch.equal(world.network.layers[0].weight, old)
    world.run(10)
    world.set_hidden((4, 2))
    assert world.network.hidden == (4, 2)
    for _ in range(6):
        world.remove_neuron(1)
    assert world.network.hidden == (4,)  # with its last neuron a layer goes
    world.set_features(("x2", "x1x2", "x1"))
    assert world.features == ("x1", "x2", "x1x2")
    assert world.run(10).train_loss > 0
    for bad in (("x9",), ()):
        with pytest.raises(InputError):
            world.set_features(bad)
    with pytest.raises(InputError):
        world.set_hidden((9,))


def test_a_weight_edited_by_hand_is_that_weight() -> None:
    world = world_of()
    world.edit("x2", "h1.3", 1.25)
    world.edit("1", "out", -0.5)
    assert float(world.network.layers[0].weight[2, 1].detach()) == 1.25
    edges = {(e.source, e.target): e.weight for e in world.graph().edges}
    assert edges["x2", "h1.3"] == 1.25
    assert edges["1", "out"] == -0.5
    assert len(edges) == len(world.network.flat())
    for source, target in (("x1", "out"), ("h9.9", "out"), ("x1", "x2")):
        with pytest.raises(InputError):
            world.edit(source, target, 1.0)


def test_maps_are_what_each_neuron_answers() -> None:
    world = world_of()
    maps = world.neuron_maps(11)
    assert maps.names == ("x1", "x2", "h1.1", "h1.2", "h1.3", "h1.4", "h2.1", "h2.2", "out")
    assert np.allclose(maps.values[0], np.linspace(-3, 3, 11)[None, :], atol=1e-6)
    assert np.allclose(maps.values[-1], world.surface(11).values, atol=1e-6)
    place = torch.tensor([[-3.0, 3.0]])  # the upper left corner
    expected = torch.tanh(world.network.layers[0].forward(place))[0, 1]
    assert float(maps.values[3, 10, 0]) == pytest.approx(float(expected.detach()), abs=1e-5)


def test_history_and_path_stay_small_and_keep_their_first_step() -> None:
    world = world_of(rate=0.01)
    world.run(3 * MEMORY)
    steps = [step for step, _ in world.history]
    assert len(steps) <= MEMORY + 1
    assert steps[0] == 0
    assert steps[-1] > 3 * MEMORY - 10
    assert len(world.path) <= MEMORY + 1
    surface, _ = world.loss_surface()
    assert surface.path is not None
    assert np.allclose(surface.path[-1], 0, atol=1e-5)


def test_the_slice_holds_the_true_loss_at_its_centre() -> None:
    world = world_of()
    world.run(100)
    for kind in ("path", "random"):
        surface, _ = world.loss_surface(kind, side=41)
        x = np.linspace(*surface.x_range, 41)
        y = np.linspace(*surface.y_range, 41)
        near = surface.values[np.abs(y).argmin(), np.abs(x).argmin()]
        assert near == pytest.approx(world.scores().train_loss, rel=0.2)


def test_a_loss_that_runs_away_is_said() -> None:
    world = world_of(rate=100.0, activation="relu")
    with torch.no_grad():
        world.network.layers[0].weight[0, 0] = float("nan")
    with pytest.raises(InputError, match="run away"):
        world.run(5)


def test_settings_no_training_can_use_are_refused() -> None:
    for bad in ({"optimiser": "magic"}, {"rate": -1.0}, {"rate": float("nan")}, {"batch": 0}, {"activation": "step"}, {"regularisation": "l3"}):
        with pytest.raises(InputError):
            Settings(**bad)  # type: ignore[arg-type]


def test_features() -> None:
    xy = torch.tensor([[2.0, 3.0]])
    assert features_of(xy, ("x1", "x2^2", "x1x2")).tolist() == [[2.0, 9.0, 6.0]]
