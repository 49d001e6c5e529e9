"""Learning to translate, and translating piece by piece: shared by the live page, the claims and the recipe.

Teacher forcing: the network sees the right pieces so far and is asked for the next one. Adam (Kingma & Ba, 2014,
1412.6980) on the cross-entropy with smoothed labels (Szegedy et al., 2015, 1512.00567); the gradient's norm is clipped
(Pascanu et al., 2013, 1211.5063). The rate rises in a straight line and falls along a cosine to nothing.

Sentences of one length are learned together, so that little is padded. Everything random in an epoch follows from the
seed and its number, and torch's own generator (dropout) is part of ``state()``: a training resumed from its state goes on
exactly as if it had never stopped.

:func:`write` is both greedy and beam search: a generator that yields after every piece, with the attention so far.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F
from torch.nn.utils import clip_grad_norm_
from torch.nn.utils.rnn import pad_sequence

from explorer.engine.inputs.pieces import BEGIN, END, PAD, UNKNOWN, Pieces, Tokenizer, join_pieces
from explorer.engine.learning.classify import one_cycle
from explorer.engine.learning.loop import Loop
from explorer.engine.models.language.seq2seq import Seq2Seq

Pair = tuple[tuple[int, ...], tuple[int, ...]]
"""A source and its target as piece numbers, without marks."""


@dataclass(frozen=True)
class TranslateSettings:
    """How to train. ``learning_rate`` is the peak. The last two make the network sturdier:

    ``ends`` are source pieces (full stop, question mark) that are left out at the end of a source with probability
    ``without_end``, as people leave them out when they type; with probability ``two_at_once`` a pair is followed by
    another one in the same example.
    """

    epochs: float = 10.0
    batch: int = 128
    learning_rate: float = 2e-3
    rise: float = 0.1  # share of the training in which the rate rises
    label_smoothing: float = 0.1
    clip: float = 1.0
    without_end: float = 0.0
    ends: tuple[int, ...] = ()
    two_at_once: float = 0.0
    seed: int = 0


@dataclass(frozen=True)
class TranslateStep:
    """One step done: the mean loss of a piece on its batch, before the update; seconds of training so far."""

    step: int
    steps: int
    epoch: float
    loss: float
    learning_rate: float
    seconds: float

    @property
    def fraction(self) -> float:
        return self.step / self.steps


class Translate(Loop[TranslateStep]):
    """A training under way."""

    network: Seq2Seq

    def __init__(self, network: Seq2Seq, pairs: Sequence[Pair], settings: TranslateSettings) -> None:
        """Raises ValueError when there is no pair, or one with an empty side."""
        if not pairs or not all(source and target for source, target in pairs):
            raise ValueError("a training needs pairs, none of them empty")
        self.network, self.pairs, self.settings = network, pairs, settings
        self.batch = min(settings.batch, len(pairs))
        self.steps_per_epoch = math.ceil(len(pairs) / self.batch)
        self.total = max(1, round(settings.epochs * self.steps_per_epoch))
        self.optimiser = torch.optim.Adam(network.parameters(), lr=settings.learning_rate, betas=(0.9, 0.98))
        self.learning_rate = settings.learning_rate
        self._plan: tuple[int, list[list[Pair]]] | None = None

    def _epoch(self, number: int) -> list[list[Pair]]:
        """The batches of an epoch: sources of one length together, targets of similar length, in random order."""
        settings = self.settings
        random = np.random.default_rng((settings.seed, number))
        examples: list[Pair] = []
        for source, target in self.pairs:
            if settings.two_at_once and random.random() < settings.two_at_once:
                more_source, more_target = self.pairs[int(random.integers(len(self.pairs)))]
                source, target = source + more_source, target + more_target
            if settings.without_end and len(source) > 1 and source[-1] in settings.ends and random.random() < settings.without_end:
                source = source[:-1]
            examples.append((source, target))
        jitter = random.uniform(0, 2, len(examples))
        order = sorted(range(len(examples)), key=lambda i: (len(examples[i][0]), len(examples[i][1]) + jitter[i]))
        by_length: dict[int, list[Pair]] = {}
        for index in order:
            by_length.setdefault(len(examples[index][0]), []).append(examples[index])
        batches: list[list[Pair]] = []
        left_over: list[Pair] = []
        for same in by_length.values():
            whole = len(same) // self.batch * self.batch
            batches += [same[at : at + self.batch] for at in range(0, whole, self.batch)]
            left_over += same[whole:]
        batches += [left_over[at : at + self.batch] for at in range(0, len(left_over), self.batch)]
        return [batches[place] for place in random.permutation(len(batches))]

    def step(self) -> TranslateStep:
        begun = time.perf_counter()
        settings = self.settings
        epoch, place = divmod(self.done, self.steps_per_epoch)
        if self._plan is None or self._plan[0] != epoch:
            self._plan = epoch, self._epoch(epoch)
        source, written, wanted = as_tensors(self._plan[1][place])
        rate = self.learning_rate * one_cycle(self.done / self.total, settings.rise)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.network.train()
        scores, _ = self.network(source, written)
        loss = F.cross_entropy(
            scores.flatten(0, 1), wanted.flatten(), ignore_index=PAD, label_smoothing=settings.label_smoothing
        )
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        clip_grad_norm_(self.network.parameters(), settings.clip)
        self.optimiser.step()
        self.done += 1
        self.seconds += time.perf_counter() - begun
        return TranslateStep(
            step=self.done,
            steps=self.total,
            epoch=self.done / self.steps_per_epoch,
            loss=float(loss.detach()),
            learning_rate=rate,
            seconds=self.seconds,
        )

def as_tensors(pairs: Sequence[Pair]) -> tuple[Tensor, Tensor, Tensor]:
    """A batch: source (B, S), what the decoder has read (B, T), beginning with the mark, what it should write next (B, T)."""
    source = pad_sequence([torch.tensor(source) for source, _ in pairs], batch_first=True, padding_value=PAD)
    written = pad_sequence([torch.tensor((BEGIN, *target)) for _, target in pairs], batch_first=True, padding_value=PAD)
    wanted = pad_sequence([torch.tensor((*target, END)) for _, target in pairs], batch_first=True, padding_value=PAD)
    return source, written, wanted


@torch.no_grad()
def loss_of(network: Seq2Seq, pairs: Sequence[Pair], batch: int = 250) -> float:
    """The mean cross-entropy of a target piece, in nats, in evaluation mode; the network's mode is put back."""
    mode = network.training
    network.eval()
    total, count = 0.0, 0
    try:
        for at in range(0, len(pairs), batch):
            source, written, wanted = as_tensors(pairs[at : at + batch])
            scores, _ = network(source, written)
            total += float(F.cross_entropy(scores.flatten(0, 1), wanted.flatten(), ignore_index=PAD, reduction="sum"))
            count += int((wanted != PAD).sum())
    finally:
        network.train(mode)
    return total / count


# Writing


@dataclass(frozen=True)
class Candidate:
    """A piece that could have been written, and its probability. ``piece`` is ``</s>`` for the end."""

    piece: str
    probability: float


@dataclass(frozen=True)
class Hypothesis:
    """A beginning that beam search keeps. ``score``: log-probability per piece, the end mark counted (nats)."""

    pieces: tuple[str, ...]
    score: float
    finished: bool


@dataclass(frozen=True)
class Written:
    """A translation so far: T pieces written, S pieces in the source.

    ``attention`` float32 (T, S), each row sums to 1; None for a network without attention. ``candidates`` are those among which
    the last piece was chosen. ``hypotheses`` are all that the search keeps, best first; the first is this one. ``score`` as in
    :class:`Hypothesis`. When ``finished``, the text is complete (or as long as allowed) and nothing more comes.
    """

    ids: tuple[int, ...]
    pieces: tuple[str, ...]
    attention: NDArray[np.float32] | None
    candidates: tuple[Candidate, ...]
    hypotheses: tuple[Hypothesis, ...]
    score: float
    finished: bool

    @property
    def text(self) -> str:
        """The text so far, normalised."""
        return join_pieces(self.pieces)


@dataclass(frozen=True)
class _Beam:
    """One live beginning: pieces, sum of log-probabilities, rows of attention, and what the last step chose from."""

    ids: tuple[int, ...]
    total: float
    rows: tuple[NDArray[np.float32], ...]
    candidates: tuple[Candidate, ...]
    finished: bool = False

    @property
    def score(self) -> float:
        return self.total / max(1, len(self.ids) + self.finished)


@torch.no_grad()
def write(
    network: Seq2Seq,
    source: Sequence[int],
    *,
    width: int = 1,
    longest: int | None = None,
    name: Callable[[int], str] = str,
    shown: int = 5,
) -> Iterator[Written]:
    """Translate piece numbers, yielding after each piece; ``width`` 1 is greedy search, more is beam search.

    Beam search ends when ``width`` beginnings have ended, and takes the one with the highest log-probability per piece.
    ``longest``: pieces allowed (default twice the source and ten more). ``name`` tells how a piece is written; ``shown``
    candidates are told. The marks and the unknown piece are never written. The network is used in evaluation mode.
    """
    if not source:
        raise ValueError("there is nothing to translate")
    longest = longest or 2 * len(source) + 10
    mode = network.training
    network.eval()
    try:
        memory = network.encode(torch.tensor([list(source)]))
        state = network.first_state(memory)  # (1, live, 2 hidden)
        live = [_Beam((), 0.0, (), ())]
        ended: list[_Beam] = []
        while live:
            last = torch.tensor([[beam.ids[-1] if beam.ids else BEGIN] for beam in live])  # (live, 1)
            many = _repeat(memory, len(live))
            scores, state, weights = network.decode(last, state, many)
            scores = scores[:, -1].clone()
            scores[:, [PAD, UNKNOWN, BEGIN]] = float("-inf")
            logs = torch.log_softmax(scores, dim=-1)  # (live, target)
            totals = torch.tensor([beam.total for beam in live]).unsqueeze(1) + logs
            keep = min(width - len(ended), totals.numel())
            best, places = totals.flatten().topk(keep)
            grown: list[_Beam] = []
            rows: list[int] = []
            for total, place in zip(best.tolist(), places.tolist(), strict=True):
                row, piece = divmod(place, logs.shape[1])
                if total == float("-inf"):
                    continue
                candidates = _candidates(logs[row], shown, name)
                parent = live[row]
                if piece == END:
                    ended.append(_Beam(parent.ids, total, parent.rows, candidates, finished=True))
                    continue
                attention = () if weights is None else (weights[row, -1].numpy(),)
                grown.append(_Beam((*parent.ids, piece), total, parent.rows + attention, candidates))
                rows.append(row)
            if grown and len(grown[0].ids) >= longest:
                ended += grown
                grown, rows = [], []
            live = grown
            state = state[:, rows]
            yield _written(live, ended, name, network_attends=weights is not None, length=len(source))
    finally:
        network.train(mode)


def _repeat(memory: Any, times: int) -> Any:
    """The same memory for so many beginnings."""
    return type(memory)(
        memory.states.expand(times, -1, -1), memory.mask.expand(times, -1), memory.summary.expand(times, -1)
    )


def _candidates(logs: Tensor, count: int, name: Callable[[int], str]) -> tuple[Candidate, ...]:
    best, pieces = logs.topk(min(count, int(torch.isfinite(logs).sum())))
    return tuple(
        Candidate(name(piece), math.exp(value)) for value, piece in zip(best.tolist(), pieces.tolist(), strict=True)
    )


def _written(live: list[_Beam], ended: list[_Beam], name: Callable[[int], str], network_attends: bool, length: int) -> Written:
    everything = sorted(live, key=lambda beam: -beam.score) + sorted(ended, key=lambda beam: -beam.score)
    chosen = everything[0]  # while some still grow, the best of those
    rows = np.stack(chosen.rows) if chosen.rows else np.zeros((0, length), np.float32)
    return Written(
        ids=chosen.ids,
        pieces=tuple(name(piece) for piece in chosen.ids),
        attention=rows if network_attends else None,
        candidates=chosen.candidates,
        hypotheses=tuple(
            Hypothesis(tuple(name(piece) for piece in beam.ids), beam.score, beam.finished) for beam in everything
        ),
        score=chosen.score,
        finished=not live,
    )


class Translator:
    """A network with its two vocabularies: text in, text out."""

    def __init__(self, network: Seq2Seq, source: Tokenizer, target: Tokenizer) -> None:
        """Raises ValueError when the vocabularies are not the network's."""
        sizes = (len(source), len(target))
        if sizes != (network.config.source, network.config.target):
            raise ValueError(f"vocabularies of {sizes} pieces do not fit a network for {network.config}")
        self.network, self.source, self.target = network, source, target

    def read(self, text: str) -> Pieces:
        """A normalised text as the network's source pieces, unknown ones marked."""
        return self.source.encode(text)

    def translate(self, text: str, width: int = 1) -> Iterator[Written]:
        """Translate a normalised text, yielding after each piece (see :func:`write`)."""
        return write(self.network, self.read(text).ids, width=width, name=self.target.piece)

    def __call__(self, text: str, width: int = 1) -> str:
        """The whole translation of a normalised text."""
        *_, last = self.translate(text, width)
        return last.text
