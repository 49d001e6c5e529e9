"""seq2seq: one network reads a sentence into a single vector, another writes a sentence from it.

Sutskever, Vinyals & Le, "Sequence to Sequence Learning with Neural Networks", 2014, arXiv 1409.3215; Cho et al.,
"Learning Phrase Representations using RNN Encoder–Decoder for Statistical Machine Translation", 2014, arXiv 1406.1078.

    source pieces ── embedding ── GRU, read both ways ── one vector ──┐
                                                     start │          │ at every step
    pieces so far ── embedding ── GRU (one way) ───────────┴─ tanh(W [vector; state]) ── next piece

Deviations. GRU cells as Cho et al. (Sutskever et al. stack four LSTM layers and reverse the source; here one layer reads it
in both directions instead). The vector is given to every step, as Cho et al. do. One table of embeddings serves the
target and the output layer (Press & Wolf 2017, 1608.05859), which keeps the file small. The output passes through the tanh
layer of Luong et al. 2015 (1508.04025), so that ``attention`` differs from this network in one thing only: what
:meth:`Seq2Seq.look_back` returns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

PAD = 0  # the number of the padding piece


@dataclass(frozen=True)
class Seq2SeqConfig:
    """Sizes. ``source`` and ``target``: pieces known in each language. ``hidden``: the state of the encoder in each direction;
    the decoder's is ``2 * hidden``."""

    source: int = 3000
    target: int = 3000
    embedding: int = 128
    hidden: int = 128
    dropout: float = 0.3


@dataclass(frozen=True)
class Memory:
    """A sentence as it was read. B sentences, S pieces in the longest."""

    states: Tensor  # (B, S, 2 hidden)  what the encoder knew at each piece
    mask: Tensor  # (B, S) bool      True where there is a piece, False where there is padding
    summary: Tensor  # (B, 2 hidden)     the one vector: the last state of each direction


class Seq2Seq(nn.Module):
    """Encoder and decoder joined by one fixed vector."""

    def __init__(self, config: Seq2SeqConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or Seq2SeqConfig()
        width = 2 * config.hidden
        self.source_embedding = nn.Embedding(config.source, config.embedding, padding_idx=PAD)
        self.target_embedding = nn.Embedding(config.target, config.embedding, padding_idx=PAD)
        self.encoder = nn.GRU(config.embedding, config.hidden, batch_first=True, bidirectional=True)
        self.start = nn.Linear(width, width)
        self.decoder = nn.GRU(config.embedding, width, batch_first=True)
        self.combine = nn.Linear(2 * width, config.embedding, bias=False)
        self.output_bias = nn.Parameter(torch.zeros(config.target))
        self.dropout = nn.Dropout(config.dropout)
        for table in (self.source_embedding, self.target_embedding):
            nn.init.normal_(table.weight, std=config.embedding**-0.5)
            with torch.no_grad():
                table.weight[PAD] = 0.0

    def encode(self, source: Tensor) -> Memory:
        """Read sentences: piece numbers (B, S), padded at the end with 0."""
        mask = source != PAD
        embedded = self.dropout(self.source_embedding(source))  # (B, S, embedding)
        if bool(mask.all()):  # nothing to skip: the same numbers, sooner
            states, last = self.encoder(embedded)  # (B, S, 2 hidden); last: (2, B, hidden), forwards and backwards
        else:
            packed = pack_padded_sequence(embedded, mask.sum(1).cpu(), batch_first=True, enforce_sorted=False)
            packed_states, last = self.encoder(packed)
            states, _ = pad_packed_sequence(packed_states, batch_first=True, total_length=source.shape[1])
        summary = torch.cat([last[0], last[1]], dim=-1)
        return Memory(states, mask, summary)

    def first_state(self, memory: Memory) -> Tensor:
        """The decoder's state before its first piece, (1, B, 2 hidden), from the one vector."""
        return torch.tanh(self.start(memory.summary)).unsqueeze(0)

    def look_back(self, states: Tensor, memory: Memory) -> tuple[Tensor, Tensor | None]:
        """What the decoder gets to see of the source at each step, and how it weighed the source's pieces.

        Here the same vector every time, and no weights. ``states`` (B, T, 2 hidden) -> context (B, T, 2 hidden), None.
        """
        return memory.summary.unsqueeze(1).expand(-1, states.shape[1], -1), None

    def decode(self, written: Tensor, state: Tensor, memory: Memory) -> tuple[Tensor, Tensor, Tensor | None]:
        """Continue from ``state`` (1, B, 2 hidden) with pieces ``written`` (B, T): all steps in one call.

        Returns the scores of the next piece after each (B, T, target), the new state, and the weights on the source
        (B, T, S) where the network has them.
        """
        embedded = self.dropout(self.target_embedding(written))  # (B, T, embedding)
        states, state = self.decoder(embedded, state)  # (B, T, 2 hidden)
        context, weights = self.look_back(states, memory)
        seen = torch.tanh(self.combine(self.dropout(torch.cat([context, states], dim=-1))))  # (B, T, embedding)
        scores = F.linear(self.dropout(seen), self.target_embedding.weight, self.output_bias)  # (B, T, target)
        return scores, state, weights

    def forward(self, source: Tensor, written: Tensor) -> tuple[Tensor, Tensor | None]:
        """Teacher forcing: source (B, S) and target so far (B, T) -> scores (B, T, target), weights (B, T, S) or None."""
        memory = self.encode(source)
        scores, _, weights = self.decode(written, self.first_state(memory), memory)
        return scores, weights


def seq2seq(**sizes: Any) -> Seq2Seq:
    """A network of the sizes named, as in :class:`Seq2SeqConfig`."""
    return Seq2Seq(Seq2SeqConfig(**sizes))
