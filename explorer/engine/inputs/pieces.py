"""Pieces: the subword units in which the translating networks read and write.

A sentencepiece model (Kudo & Richardson 2018, 1808.06226) of byte-pair merges (Sennrich et al. 2015, 1508.07909), one for each
language. ``▁`` at the head of a piece stands for the space before it; digits stand alone. Characters that the vocabulary
lacks (emoji, other scripts, rare kanji) stay in the text as unknown pieces.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import sentencepiece

from explorer.words import InputError, Text

PAD, UNKNOWN, BEGIN, END = 0, 1, 2, 3
SPACE = "▁"
HINT = "\t"


@dataclass(frozen=True)
class Pieces:
    """A sentence cut into pieces: ``ids``, ``pieces`` as written in the text, ``unknown`` where the vocabulary lacks one.

    The three have equal length. The pieces end to end, ``▁`` read as a space, give the text back.
    """

    ids: tuple[int, ...]
    pieces: tuple[str, ...]
    unknown: tuple[bool, ...]

    def __len__(self) -> int:
        return len(self.ids)


class Tokenizer:
    """Text (normalised, see ``sentences``) to pieces and back."""

    def __init__(self, model: bytes) -> None:
        """From the bytes of a sentencepiece model. Raises InputError when they are not one."""
        self.model = model
        self._processor = sentencepiece.SentencePieceProcessor()
        try:
            loaded = bool(model) and self._processor.LoadFromSerializedProto(model)
        except RuntimeError:
            loaded = False
        special = (self._processor.pad_id(), self._processor.unk_id(), self._processor.bos_id(), self._processor.eos_id()) if loaded else ()
        if special != (PAD, UNKNOWN, BEGIN, END):
            raise InputError(
                Text("語彙のファイルが壊れているか、このプログラムのものではありません。", "The vocabulary file is damaged or not one of this program's.")
            )

    @classmethod
    def from_file(cls, path: Path) -> Tokenizer:
        """From a ``.model`` file. Raises InputError when it is missing or damaged."""
        try:
            return cls(path.read_bytes())
        except OSError as error:
            raise InputError(
                Text(f"語彙のファイル「{path.name}」を開けません。", f"The vocabulary file “{path.name}” cannot be opened.")
            ) from error

    @property
    def sha256(self) -> str:
        """The hash of the model's bytes, as it stands on the weights' cards."""
        return hashlib.sha256(self.model).hexdigest()

    def __len__(self) -> int:
        return int(self._processor.get_piece_size())

    def encode(self, text: str) -> Pieces:
        """Cut a text into pieces (without begin and end marks)."""
        pieces = tuple(str(piece) for piece in self._processor.encode(_headed(text), out_type=str))
        ids = tuple(int(self._processor.piece_to_id(piece)) for piece in pieces)
        return Pieces(ids, pieces, tuple(identity == UNKNOWN for identity in ids))

    def piece(self, identity: int) -> str:
        """How a piece is written; the marks are ``<pad>``, ``<unk>``, ``<s>``, ``</s>``."""
        return str(self._processor.id_to_piece(int(identity)))

    def decode(self, ids: Iterable[int]) -> str:
        """The text of piece numbers, marks left out."""
        return join_pieces(self.piece(identity) for identity in ids if identity not in (PAD, BEGIN, END))


def join_pieces(pieces: Iterable[str]) -> str:
    """Pieces end to end as text: ``▁`` is a space."""
    return "".join(pieces).replace(SPACE, " ").strip()


def _headed(text: str) -> str:
    """A space before a text that begins in Latin letters, so that an English word is the same piece wherever it stands."""
    return f" {text}" if re.match("[ -/:-~]", text) else text


def train_tokenizer(sentences: Iterable[str], size: int, coverage: float = 1.0) -> Tokenizer:
    """A vocabulary of ``size`` pieces learned from normalised sentences; the same sentences give the same bytes.

    A tab in a sentence (see ``sentences.with_hints``) is a border that no piece of the vocabulary reaches across; it is not part
    of the text. Raises ValueError when there is too little text for so many pieces.

    ``coverage``: share of all characters that get a piece; the rarest beyond it become unknown.
    """
    words = [
        word
        for sentence in sentences
        for part in _headed(sentence).split(HINT)
        for word in re.findall(r" ?[^ 0-9]+|[0-9]| ", part)  # a word with the space before it, each digit alone
    ]
    written = io.BytesIO()
    try:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(words),
            model_writer=written,
            model_type="bpe",
            vocab_size=size,
            character_coverage=coverage,
            normalization_rule_name="identity",
            add_dummy_prefix=False,
            remove_extra_whitespaces=False,
            split_by_unicode_script=False,
            split_by_number=False,
            byte_fallback=False,
            pad_id=PAD,
            unk_id=UNKNOWN,
            bos_id=BEGIN,
            eos_id=END,
            num_threads=1,
            minloglevel=2,
        )
    except RuntimeError as error:
        raise ValueError(f"no vocabulary of {size} pieces can be learned from this text") from error
    return Tokenizer(written.getvalue())
