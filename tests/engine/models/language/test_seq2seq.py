"""seq2seq: shapes, padding that changes nothing, and steps that agree with one call."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from explorer.engine.models.language.seq2seq import Seq2Seq, Seq2SeqConfig

CONFIG = Seq2SeqConfig(source=20, target=30, embedding=8, hidden=6, dropout=0.5)
SOURCE = torch.tensor([[5, 6, 7, 8], [9, 10, 0, 0]])
WRITTEN = torch.tensor([[2, 4, 5], [2, 6, 7]])


@pytest.fixture
def network() -> Seq2Seq:
    torch.manual_seed(0)
    return Seq2Seq(CONFIG).eval()


def test_shapes(network: Seq2Seq) -> None:
    memory = network.encode(SOURCE)
    assert memory.states.shape == (2, 4, 12)
    assert memory.summary.shape == (2, 12)
    assert memory.mask.tolist() == [[True] * 4, [True, True, False, False]]
    scores, weights = network(SOURCE, WRITTEN)
    assert scores.shape == (2, 3, 30)
    assert weights is None


def test_padding_changes_nothing(network: Seq2Seq) -> None:
    together, _ = network(SOURCE, WRITTEN)
    alone, _ = network(SOURCE[1:, :2], WRITTEN[1:])
    torch.testing.assert_close(together[1:], alone)


def test_unpadded_batches_take_the_short_way_to_the_same_numbers(network: Seq2Seq) -> None:
    whole = SOURCE[:1]
    padded = nn.functional.pad(whole, (0, 2))
    torch.testing.assert_close(network.encode(whole).summary, network.encode(padded).summary)
    torch.testing.assert_close(network.encode(whole).states, network.encode(padded).states[:, :4])


def test_step_by_step_agrees_with_one_call(network: Seq2Seq) -> None:
    expected, _ = network(SOURCE, WRITTEN)
    memory = network.encode(SOURCE)
    state = network.first_state(memory)
    for step in range(3):
        scores, state, _ = network.decode(WRITTEN[:, step : step + 1], state, memory)
        torch.testing.assert_close(scores[:, 0], expected[:, step])


def test_the_decoder_does_not_see_what_comes_later(network: Seq2Seq) -> None:
    changed = WRITTEN.clone()
    changed[:, 2] = 9
    torch.testing.assert_close(network(SOURCE, WRITTEN)[0][:, :2], network(SOURCE, changed)[0][:, :2])


def test_all_of_the_source_passes_through_one_vector(network: Seq2Seq) -> None:
    context, weights = network.look_back(torch.randn(2, 3, 12), network.encode(SOURCE))
    assert weights is None
    assert torch.equal(context[:, 0], network.encode(SOURCE).summary)
    assert torch.equal(context[:, 0], context[:, 2])


def test_every_parameter_learns(network: Seq2Seq) -> None:
    scores, _ = network(SOURCE, WRITTEN)
    scores.logsumexp(-1).sum().backward()
    assert all(one.grad is not None and one.grad.abs().sum() > 0 for one in network.parameters())
