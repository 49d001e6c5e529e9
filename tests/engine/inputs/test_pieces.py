"""The vocabulary: nothing is lost on the way to pieces and back, and what is unknown is marked."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.engine.inputs.pieces import BEGIN, END, HINT, PAD, UNKNOWN, Tokenizer, join_pieces, train_tokenizer
from explorer.words import InputError

ENGLISH = ["i like to play\t.", "play soccer\t!", "he likes soccer\t, too\t.", "it\t's 10 o\t'clock\t."] * 20
JAPANESE = ["私\tは\tサッカー\tが\t好き\tです\t。", "サッカー\tを\tする\t。", "10\t時\tです\t。"] * 20


@pytest.fixture(scope="module")
def english() -> Tokenizer:
    return train_tokenizer(ENGLISH, 60)


@pytest.fixture(scope="module")
def japanese() -> Tokenizer:
    return train_tokenizer(JAPANESE, 28)


@pytest.mark.parametrize("text", ["i like soccer.", "it's 101 soccer o'clock!", "play, play", "10"])
def test_round_trip(english: Tokenizer, text: str) -> None:
    cut = english.encode(text)
    assert not any(cut.unknown)
    assert english.decode(cut.ids) == text
    assert join_pieces(cut.pieces) == text


def test_an_english_word_is_the_same_piece_at_the_head_and_within(english: Tokenizer) -> None:
    assert english.encode("soccer").pieces == ("▁soccer",)
    assert english.encode("play soccer").pieces == ("▁play", "▁soccer")


def test_digits_stand_alone(english: Tokenizer, japanese: Tokenizer) -> None:
    assert japanese.encode("10時").pieces == ("1", "0", "時")
    assert english.encode("it's 10").pieces[-2:] == ("1", "0")


def test_no_piece_reaches_across_a_hint(japanese: Tokenizer) -> None:
    pieces = {japanese.piece(identity) for identity in range(len(japanese))}
    words = {word for line in JAPANESE for word in line.split(HINT)}
    assert all(any(piece in word for word in words) for piece in pieces - {"<pad>", "<unk>", "<s>", "</s>", "▁"})
    assert "サッカー" in pieces and "サッカーが" not in pieces


def test_unknown_characters_are_kept_and_marked(english: Tokenizer) -> None:
    cut = english.encode("i like 😀 犬.")
    marked = [piece for piece, unknown in zip(cut.pieces, cut.unknown, strict=True) if unknown]
    assert marked == ["😀", "犬"]
    assert [identity == UNKNOWN for identity in cut.ids] == list(cut.unknown)
    assert join_pieces(cut.pieces) == "i like 😀 犬."


def test_typed_marks_are_no_marks(english: Tokenizer) -> None:
    cut = english.encode("</s><s><pad><unk>")
    assert not {PAD, BEGIN, END} & set(cut.ids)
    assert join_pieces(cut.pieces) == "</s><s><pad><unk>"


def test_marks_are_left_out_of_the_text(english: Tokenizer) -> None:
    ids = english.encode("play soccer").ids
    assert english.decode((BEGIN, *ids, END, PAD)) == "play soccer"


def test_the_same_text_gives_the_same_bytes(english: Tokenizer) -> None:
    assert train_tokenizer(ENGLISH, 60).sha256 == english.sha256


def test_too_little_text_is_said(english: Tokenizer) -> None:
    with pytest.raises(ValueError, match="5000"):
        train_tokenizer(ENGLISH, 5000)


def test_file(english: Tokenizer, tmp_path: Path) -> None:
    (tmp_path / "a.model").write_bytes(english.model)
    assert Tokenizer.from_file(tmp_path / "a.model").encode("soccer") == english.encode("soccer")


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\x80\x04\x95"])
def test_a_damaged_file_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.model").write_bytes(content)
    with pytest.raises(InputError):
        Tokenizer.from_file(tmp_path / "a.model")


def test_a_cut_file_is_refused(english: Tokenizer, tmp_path: Path) -> None:
    (tmp_path / "a.model").write_bytes(english.model[: len(english.model) // 2])
    with pytest.raises(InputError):
        Tokenizer.from_file(tmp_path / "a.model")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        Tokenizer.from_file(tmp_path / "none.model")
