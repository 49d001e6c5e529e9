"""The running systems of the language section: text in, text and attention out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.catalogue.schema import System, Variant
from explorer.engine.inputs.pieces import SPACE, Pieces, Tokenizer
from explorer.engine.inputs.sentences import Sentence, present, read_sentence
from explorer.engine.learning.translate import Translator, Written
from explorer.engine.models.language.seq2seq import Memory, Seq2Seq
from explorer.engine.system import NOT_BUILT, RunningSystem, build
from explorer.engine.weights.load import fit
from explorer.engine.weights.store import card_of, locate
from explorer.resources import resource
from explorer.results import Links, Matrix, Result, Scores
from explorer.words import InputError, Language, Text

LOOKBACKS = ("learned", "even", "none")
"""How the decoder may look back: as it learned, evenly at all pieces, or not at all."""
UNKNOWN_LOOKBACK = Text("注意の設定「{name}」はありません。", "There is no way of looking back called “{name}”.")
BEAM = Text("ビームの幅は 1 から 12 までです。", "The beam may be 1 to 12 wide.")
OTHER_LANGUAGE = Text(
    "この向きは{expected}を読みます。入力は別の言語のようです。向きを変えてください。",
    "This direction reads {expected}, and the text seems to be in the other language. Change the direction.",
)
WRONG_VOCABULARY = Text("重みと語彙の大きさが合いません。", "The weights do not fit the vocabulary of this direction.")
LANGUAGES: Mapping[Language, Text] = {"en": Text("英語", "English"), "ja": Text("日本語", "Japanese")}
SHOWN_UNITS = 24
END_PIECE, END_SIGN = "</s>", "⟨end⟩"


@dataclass(frozen=True)
class Translation:
    """What a translating system answers.

    ``text``: for reading. ``source``, ``target``: the words (pieces where a language has no spaces) of both sides. ``attention``: float32
    (len(target), len(source)), each row sums to 1; None for a network without attention. ``score``: log-probability a piece, in nats.
    """

    text: str
    source: tuple[str, ...]
    target: tuple[str, ...]
    attention: NDArray[np.float32] | None
    score: float


@contextmanager
def looking_back(network: Seq2Seq, way: str, hidden: tuple[int, ...] = ()) -> Iterator[None]:
    """For a while the decoder looks back in another ``way``, and never at the ``hidden`` source pieces; then as before.

    Raises InputError for an unknown way.
    """
    if way not in LOOKBACKS:
        raise InputError(UNKNOWN_LOOKBACK.format(name=way))
    learned, encode = network.look_back, network.encode

    def even(states: Tensor, memory: Memory) -> tuple[Tensor, Tensor | None]:
        weights = memory.mask.float() / memory.mask.sum(1, keepdim=True)
        weights = weights.unsqueeze(1).expand(-1, states.shape[1], -1)
        return weights @ memory.states, weights

    def none(states: Tensor, memory: Memory) -> tuple[Tensor, Tensor | None]:
        _, weights = even(states, memory)
        return torch.zeros_like(states), torch.zeros_like(cast(Tensor, weights))

    def without(source: Tensor) -> Memory:
        memory = encode(source)
        mask = memory.mask.clone()
        mask[:, list(hidden)] = False
        return replace(memory, mask=mask if bool(mask.any()) else memory.mask)

    try:
        if way != "learned":
            network.look_back = even if way == "even" else none  # type: ignore[method-assign]
        if hidden:
            network.encode = without  # type: ignore[method-assign]
        yield
    finally:
        network.look_back, network.encode = learned, encode  # type: ignore[method-assign]
        for name in ("look_back", "encode"):
            network.__dict__.pop(name, None)


def words_of(pieces: tuple[str, ...], language: Language) -> list[list[int]]:
    """Which pieces make up each word: English words begin at a space; Japanese pieces stand alone."""
    words: list[list[int]] = []
    open_ = False  # whether the last piece may go on in the next one
    for index, piece in enumerate(pieces):
        core = piece.removeprefix(SPACE)
        inside = bool(core) and all(c.isalnum() or c == "'" for c in core)
        if language == "en" and words and open_ and inside and not piece.startswith(SPACE):
            words[-1].append(index)
        else:
            words.append([index])
        open_ = inside or not core
    return words


def written_words(pieces: tuple[str, ...], groups: list[list[int]]) -> tuple[str, ...]:
    """Each word as it is read."""
    return tuple("".join(pieces[i] for i in group).replace(SPACE, " ").strip() or "␣" for group in groups)


class Running(RunningSystem):
    """A translating system. ``run(text, beam=5, look_back="learned", hidden=())``: ``beam`` 1 is greedy search; ``hidden``: words of the
    source (their places) that the decoder may not look at."""

    def __init__(self, entry: System, variant: Variant | None, *, weights: str | None = None, device: str = "auto", **settings: Any) -> None:
        super().__init__(entry, variant, "cpu" if device == "auto" else device)
        self.no_settings(settings)
        card = card_of(variant) if variant is not None else None
        if variant is None or card is None:
            if variant is not None and variant.weights == "bundled":
                locate(variant)
            raise InputError(NOT_BUILT.format(system=entry.name.en))
        self.source_language = cast(Language, card.input["source"])
        self.target_language = cast(Language, card.input["target"])
        source, target = (Tokenizer.from_file(resource("weights", str(card.input[f"{side}_vocabulary"]))) for side in ("source", "target"))
        network = fit(partial(build, variant), weights or locate(variant))
        try:
            self.translator = Translator(cast(Seq2Seq, network), source, target)
        except ValueError as error:
            raise InputError(WRONG_VOCABULARY) from error

    @property
    def network(self) -> Seq2Seq:
        """The network itself, in evaluation mode."""
        return self.translator.network

    def read(self, x: Any) -> tuple[Sentence, Pieces]:
        """A typed text as the network reads it. Raises InputError for what cannot be translated in this direction."""
        sentence = read_sentence(x)
        if sentence.language != self.source_language:
            expected = LANGUAGES[self.source_language]
            raise InputError(OTHER_LANGUAGE.format(expected=expected))
        return sentence, self.translator.read(sentence.text)

    def write(self, x: Any, *, beam: int = 1, look_back: str = "learned", hidden: tuple[int, ...] = ()) -> Iterator[Links]:
        """Translate, yielding what is written so far after each piece (see results.Links)."""
        if not 1 <= int(beam) <= 12:
            raise InputError(BEAM)
        _, read = self.read(x)
        groups = words_of(read.pieces, self.source_language)
        out_of_sight = tuple(i for w in hidden if 0 <= w < len(groups) for i in groups[w])
        with looking_back(self.network, look_back, out_of_sight):
            for written in self.translator.translate(read_text(read), int(beam)):
                yield self._links(read, groups, written)

    def _links(self, read: Pieces, groups: list[list[int]], written: Written) -> Links:
        targets = words_of(written.pieces, self.target_language)
        rows = written.attention if written.attention is not None else np.zeros((len(written.pieces), len(read)), np.float32)
        columns = np.stack([rows[:, group].sum(1) for group in groups], axis=1) if groups else rows
        weights = np.stack([columns[group].mean(0) for group in targets]) if targets else np.zeros((0, len(groups)), np.float32)
        names = tuple(END_SIGN if c.piece == END_PIECE else c.piece.replace(SPACE, " ").strip() or c.piece for c in written.candidates)
        candidates = Scores(names, np.array([c.probability for c in written.candidates])) if names else None
        hypotheses = tuple((present("".join(h.pieces).replace(SPACE, " ").strip(), self.target_language), h.score) for h in written.hypotheses)
        return Links(
            written_words(read.pieces, groups), written_words(written.pieces, targets), weights.astype(np.float32),
            text=present(written.text, self.target_language), candidates=candidates, hypotheses=hypotheses, finished=written.finished,
            unknown=tuple(k for k, group in enumerate(groups) if any(read.unknown[i] for i in group)),
        )

    def run(self, x: Any, **settings: Any) -> Translation:
        """Translate a text. Raises InputError for a text that cannot be translated or a setting there is not."""
        self.no_settings({name: value for name, value in settings.items() if name not in ("beam", "look_back", "hidden")})
        *_, last = self.write(x, **{"beam": 5, **settings})
        score = last.hypotheses[0][1] if last.hypotheses else 0.0
        return Translation(last.text, last.source, last.target, last.weights if last.weights.any() else None, score)

    @torch.no_grad()
    def hidden_states(self, x: Any) -> Matrix:
        """What the encoder knows at each piece: the units that differ most from piece to piece, (units, pieces), tanh range."""
        _, read = self.read(x)
        states = self.network.encode(torch.tensor([read.ids])).states[0]  # (S, 2 hidden)
        spread = states.std(0) if len(states) > 1 else states.abs()[0]
        units = spread.topk(min(SHOWN_UNITS, states.shape[1])).indices.sort().values
        half = states.shape[1] // 2
        names = tuple(f"{'→' if int(u) < half else '←'} {int(u) % half}" for u in units)
        columns = tuple(p.replace(SPACE, " ").strip() or "␣" for p in read.pieces)
        return Matrix(states[:, units].T.numpy(), names, columns, signed=True, low=-1.0, high=1.0)

    @torch.no_grad()
    def inside(self, x: Any, target: tuple[int, ...] = ()) -> dict[str, Matrix]:
        """What passes through the network, made small for the strip: ``embedding`` (6, S) first values of each piece's vector;
        ``encoder`` (2, S) mean state of each direction."""
        _, read = self.read(x)
        ids = torch.tensor([read.ids])
        columns = tuple(p.replace(SPACE, " ").strip() or "␣" for p in read.pieces)
        vectors = self.network.source_embedding(ids)[0]  # (S, embedding)
        states = self.network.encode(ids).states[0]  # (S, 2 hidden)
        half = states.shape[1] // 2
        directions = torch.stack([states[:, :half].mean(1), states[:, half:].mean(1)])
        return {
            "embedding": Matrix(vectors[:, :6].T.numpy(), tuple("123456"), columns, signed=True),
            "encoder": Matrix(directions.numpy(), ("→", "←"), columns, signed=True),
        }

    def _look(self, lens: str, x: Any, settings: Mapping[str, Any]) -> Result:
        if lens == "hidden_states":
            self.no_settings(settings)
            return self.hidden_states(x)
        self.no_settings({name: value for name, value in settings.items() if name not in ("beam", "look_back", "hidden")})
        width = {"beam": 5} if lens == "hypotheses" else {}
        *_, last = self.write(x, **{**width, **settings})
        return last


def read_text(read: Pieces) -> str:
    """The normalised text that these pieces spell."""
    return "".join(read.pieces).replace(SPACE, " ").strip()
