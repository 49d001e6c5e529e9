"""Attention: rows that sum to one, blind to padding, and the only difference from seq2seq."""

from __future__ import annotations

import pytest
import torch

from explorer.engine.models.language.attention import Attention
from explorer.engine.models.language.seq2seq import Seq2Seq, Seq2SeqConfig

CONFIG = Seq2SeqConfig(source=20, target=30, embedding=8, hidden=6, dropout=0.0)
SOURCE = torch.tensor([[5, 6, 7, 8], [9, 10, 0, 0]])
WRITTEN = torch.tensor([[2, 4, 5], [2, 6, 7]])


@pytest.fixture
def network() -> Attention:
    torch.manual_seed(0)
    return Attention(CONFIG).eval()


def test_rows_sum_to_one_and_padding_gets_nothing(network: Attention) -> None:
    scores, weights = network(SOURCE, WRITTEN)
    assert scores.shape == (2, 3, 30)
    assert weights is not None and weights.shape == (2, 3, 4)
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 3))
    assert torch.equal(weights[1, :, 2:], torch.zeros(3, 2))
    assert (weights[0] > 0).all()


def test_the_formula(network: Attention) -> None:
    """Luong et al. 2015, section 3.1, by hand for one step."""
    memory = network.encode(SOURCE[:1])
    state = torch.randn(1, 1, 12)
    context, weights = network.look_back(state, memory)
    scores = torch.stack([state[0, 0] @ network.score.weight.T @ one for one in memory.states[0]])
    expected = torch.exp(scores) / torch.exp(scores).sum()
    assert weights is not None
    torch.testing.assert_close(weights[0, 0], expected)
    torch.testing.assert_close(context[0, 0], sum(w * s for w, s in zip(expected, memory.states[0], strict=True)))


def test_padding_changes_nothing(network: Attention) -> None:
    together, _ = network(SOURCE, WRITTEN)
    alone, _ = network(SOURCE[1:, :2], WRITTEN[1:])
    torch.testing.assert_close(together[1:], alone)


def test_step_by_step_agrees_with_one_call(network: Attention) -> None:
    expected, expected_weights = network(SOURCE, WRITTEN)
    memory = network.encode(SOURCE)
    state = network.first_state(memory)
    for step in range(3):
        scores, state, weights = network.decode(WRITTEN[:, step : step + 1], state, memory)
        torch.testing.assert_close(scores[:, 0], expected[:, step])
        assert weights is not None and expected_weights is not None
        torch.testing.assert_close(weights[:, 0], expected_weights[:, step])


def test_the_context_is_the_only_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    with_attention = Attention(CONFIG).eval()
    torch.manual_seed(0)
    without = Seq2Seq(CONFIG).eval()
    own = {name: value for name, value in with_attention.state_dict().items() if not name.startswith("score.")}
    assert {name: value.tolist() for name, value in own.items()} == {name: value.tolist() for name, value in without.state_dict().items()}
    assert not torch.equal(with_attention(SOURCE, WRITTEN)[0], without(SOURCE, WRITTEN)[0])
    monkeypatch.setattr(Attention, "look_back", Seq2Seq.look_back)
    assert torch.equal(with_attention(SOURCE, WRITTEN)[0], without(SOURCE, WRITTEN)[0])
