"""Attention: before every piece it writes, the decoder looks back at all pieces of the source and weighs them.

Bahdanau, Cho & Bengio, "Neural Machine Translation by Jointly Learning to Align and Translate", 2014/15, arXiv 1409.0473;
Luong, Pham & Manning, "Effective Approaches to Attention-based Neural Machine Translation", 2015, arXiv 1508.04025.

    score(t, s) = state_t · W encoder_s          how well the source piece s answers the decoder's state t
    weights_t   = softmax over s                 one row of the heatmap
    context_t   = sum over s of weights_t(s) encoder_s
    next piece from tanh(W [context_t; state_t])

Everything else is inherited from ``seq2seq``, whose fixed vector still sets the decoder's first state.

Deviations. Scores are Luong's "general" form, sections 3.1 (global attention), computed from the decoder's state *after* it
read the last piece. Bahdanau et al. score with a small network from the state before, and feed the context into the
recurrence; Luong et al. feed tanh(W [context; state]) into the next step ("input feeding"). Neither is done here: the
recurrence then does not wait for the attention, so in training all steps are one call. The encoder reads in both
directions, as Bahdanau's.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from explorer.engine.models.language.seq2seq import Memory, Seq2Seq, Seq2SeqConfig


class Attention(Seq2Seq):
    """The same encoder and decoder, with a context of its own for every step."""

    def __init__(self, config: Seq2SeqConfig | None = None) -> None:
        super().__init__(config)
        width = 2 * self.config.hidden
        self.score = nn.Linear(width, width, bias=False)

    def look_back(self, states: Tensor, memory: Memory) -> tuple[Tensor, Tensor | None]:
        """``states`` (B, T, 2 hidden) -> context (B, T, 2 hidden), weights (B, T, S): rows sum to 1, padding gets 0."""
        scores = self.score(states) @ memory.states.transpose(1, 2)  # (B, T, S)
        scores = scores.masked_fill(~memory.mask.unsqueeze(1), float("-inf"))
        weights = torch.softmax(scores, dim=-1)
        return weights @ memory.states, weights


def attention(**sizes: Any) -> Attention:
    """A network of the sizes named, as in :class:`Seq2SeqConfig`."""
    return Attention(Seq2SeqConfig(**sizes))
