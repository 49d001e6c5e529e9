"""Back-propagation agrees with autograd; building and taking apart leaves all other weights as they were."""

from __future__ import annotations

import pytest
import torch

from explorer.engine.models.basics.dnn import MLP


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "linear"])
@pytest.mark.parametrize("hidden", [(), (4,), (5, 3), (3, 4, 2)])
def test_gradients_equal_autograd(activation: str, hidden: tuple[int, ...]) -> None:
    network = MLP(3, hidden, activation, seed=4).double()
    x, labels = torch.randn(17, 3, dtype=torch.float64), (torch.rand(17) > 0.5).double()
    loss, slopes = network.gradients(x, labels)
    reference = torch.nn.functional.binary_cross_entropy_with_logits(network(x), labels)
    reference.backward()
    assert loss == pytest.approx(float(reference.detach()))
    for layer, (weight, bias) in zip(network.layers, slopes, strict=True):
        assert layer.weight.grad is not None
        assert layer.bias.grad is not None
        assert torch.allclose(weight, layer.weight.grad, atol=1e-12)
        assert torch.allclose(bias, layer.bias.grad, atol=1e-12)


def test_a_new_neuron_leaves_the_answer_and_all_weights() -> None:
    network = MLP(2, (4, 3), seed=1)
    x = torch.randn(9, 2)
    before, old = network(x), [layer.weight.detach().clone() for layer in network.layers]
    network.add_neuron(0)
    assert network.hidden == (5, 3)
    assert torch.allclose(network(x), before)
    assert torch.equal(network.layers[0].weight[:4], old[0])
    assert torch.equal(network.layers[1].weight[:, :4], old[1])
    assert torch.equal(network.layers[2].weight, old[2])
    assert network.layers[0].weight[4].abs().sum() > 0  # it can learn


def test_taking_a_neuron_out_leaves_the_others() -> None:
    network = MLP(2, (4, 3), seed=1)
    old = [layer.weight.detach().clone() for layer in network.layers]
    network.remove_neuron(0, 1)
    assert network.hidden == (3, 3)
    assert torch.equal(network.layers[0].weight, old[0][[0, 2, 3]])
    assert torch.equal(network.layers[1].weight, old[1][:, [0, 2, 3]])
    with pytest.raises(IndexError):
        network.remove_neuron(2)
    network = MLP(2, (1,))
    with pytest.raises(IndexError):
        network.remove_neuron(0)


def test_a_new_layer_passes_on_what_it_gets() -> None:
    network = MLP(2, (4,), "relu", seed=2)
    x = torch.randn(9, 2)
    before = network(x)
    network.add_layer()
    assert network.hidden == (4, 4)
    assert torch.allclose(network(x), before)
    network.remove_layer()
    assert network.hidden == (4,)
    assert torch.allclose(network(x), before)
    network.remove_layer()
    assert network.hidden == ()
    assert network(x).shape == (9,)
    with pytest.raises(IndexError):
        network.remove_layer()


def test_inputs_that_stay_keep_their_weights() -> None:
    network = MLP(2, (3,), seed=2)
    old = network.layers[0].weight.detach().clone()
    network.set_inputs([1, None])
    assert torch.equal(network.layers[0].weight[:, 0], old[:, 1])
    assert network.layers[0].weight[:, 1].abs().sum() == 0


def test_flat_goes_there_and_back_and_many_networks_at_once_agree_with_one() -> None:
    first, second = MLP(2, (4, 2), seed=1), MLP(2, (4, 2), seed=2)
    x = torch.randn(6, 2)
    many = first.outputs_of_many(torch.stack([first.flat(), second.flat()]), x)
    assert torch.allclose(many[0], first(x), atol=1e-6)
    assert torch.allclose(many[1], second(x), atol=1e-6)
    first.load_flat(second.flat())
    assert torch.equal(first(x), second(x))
    with pytest.raises(ValueError, match="weights"):
        first.load_flat(torch.zeros(3))


def test_filters_cover_every_parameter_once() -> None:
    network = MLP(3, (4, 2))
    covered = [k for part in network.filters() for k in range(part.start, part.stop)]
    assert covered == list(range(len(network.flat())))


def test_the_seed_decides_the_first_weights() -> None:
    assert torch.equal(MLP(seed=3).flat(), MLP(seed=3).flat())
    assert not torch.equal(MLP(seed=3).flat(), MLP(seed=4).flat())
