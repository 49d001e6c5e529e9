"""Sentences: what the user types and what the training files hold, brought to the same form.

One normaliser for both, so that a network never meets at the keyboard what it did not meet in training:

- Unicode NFKC (full-width letters and digits become plain ones, half-width kana full-width ones), typographic quotes and
  dashes made plain, white space collapsed, control characters and broken surrogates removed. Emoji and scripts the
  tokenizer does not know are kept: they become unknown pieces, which the page marks.
- Lower case. The training files carry no case, so a true-caser could not be learned from them; :func:`present` puts the
  capitals back where English grammar asks for them, for display only.
- English is detokenised: ``can 't`` becomes ``can't``, ``o 'clock`` becomes ``o'clock``, and punctuation joins its word.
- Japanese is joined: ``着 く`` becomes ``着く``; a space stays only between two words in Latin letters.

Normalising twice changes nothing more (tested).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from explorer.words import InputError, Language, Text, language_of

MAX_WORDS = 200
"""The longest English text accepted, in words."""
MAX_CHARACTERS = 400
"""The longest Japanese text accepted, in characters; also the longest single English word."""
_MAX_TYPED = 20 * MAX_CHARACTERS
"""Anything longer is refused before any work is spent on it."""

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("“”„‟″", '"'),
        **dict.fromkeys("‐‑‒–—−", "-"),
        "▁": "_",  # the tokenizer's own mark for a space
        "\u200b": "",
        "\ufeff": "",
    }
)
_JOINS_LEFT = re.compile(r"[.,?!;:%)]+|'(?:t|s|m|d|ll|ve|re|clock)")
_CAPITALS = """
monday tuesday wednesday thursday friday saturday sunday january february april june july august september october november
december english japanese chinese french german american british italian spanish russian korean japan china france germany
america england italy spain russia korea tokyo osaka kyoto london paris boston christmas mr mrs ms dr tom mary john jim bob
jane nancy ken tony
"""
_CASE_KEPT = {word: word.capitalize() for word in _CAPITALS.split()}


_PARTICLES = frozenset(("は", "が", "を", "に", "で", "と", "も", "へ", "の", "か", "ね", "よ", "や", "から", "まで"))


@dataclass(frozen=True)
class Sentence:
    """A text that was accepted: as typed, as the network reads it, and its language."""

    typed: str
    text: str
    language: Language


def _plain(text: str) -> str:
    """NFKC, plain quotes and dashes, lower case, single spaces."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # half a surrogate pair becomes U+FFFD
    text = unicodedata.normalize("NFKC", text.translate(_PLAIN)).translate(_PLAIN)
    text = unicodedata.normalize("NFKC", text.lower())
    text = "".join(" " if unicodedata.category(c) == "Cc" else c for c in text)
    return " ".join(text.split())


def detokenise(text: str) -> str:
    """English words split by spaces, as the training files have them, joined as people write them.

    Only what stands alone between spaces is moved, so ordinary text passes unchanged.
    """
    written = ""
    glue = False  # the next word joins without a space
    open_quotes: set[str] = set()
    words = text.split()
    for index, word in enumerate(words):
        if word in ('"', "''"):
            opens = '"' not in open_quotes
            (open_quotes.add if opens else open_quotes.discard)('"')
            written += ("" if glue or not written else " ") + '"' if opens else '"'
            glue = opens
        elif word == "'":
            # With a closing mark further on it opens a quotation; after s or n' it belongs to the word (ladies', goin').
            if "'" in open_quotes:
                open_quotes.discard("'")
                written += "'"
                glue = False
            elif "'" in words[index + 1 :]:
                open_quotes.add("'")
                written += ("" if glue or not written else " ") + "'"
                glue = True
            else:
                written += "'"
                glue = False
        elif _JOINS_LEFT.fullmatch(word):
            written += word
            glue = False
        elif word in ("$", "("):
            written += ("" if glue or not written else " ") + word
            glue = True
        else:
            written += ("" if glue or not written else " ") + word
            glue = False
    return written


def join_japanese(text: str) -> str:
    """Japanese split by spaces joined; a space stays only between two characters of plain ASCII."""
    return re.sub(r"(?<=[^\x00-\x7f]) +| +(?=[^\x00-\x7f]|[?!])", "", text)


def normalise(text: str, language: Language | None = None) -> str:
    """The form in which the networks read and write; ``language`` is detected when it is not given.

    Never refuses: an empty text stays empty. What the user types goes through :func:`read_sentence`.
    """
    language = language or language_of(text)
    text = _plain(text)
    if language == "en":
        return detokenise(text)
    text = join_japanese(text)
    text = re.sub(r"(?<!\d),|,(?!\d)", "、", text)
    return re.sub(r"(?<=[^\x00-\x7f])\.(?!\S)", "。", text)


def with_hints(line: str, language: Language) -> str:
    """A line of the training files, normalised, with a tab where two of its words are written together.

    ``私 は 泳げ ま せ ん 。`` gives ``私 は 泳げ ません 。`` with tabs for the spaces shown: endings in hiragana stay in one piece
    unless a particle stands between. Without the tabs this is ``normalise(line, language)``.
    """
    joined = normalise(line, language)
    written, position, before = "", 0, ""
    for word in line.split():
        word = _plain(word).replace("''", '"')
        if joined[position : position + 1] == " ":
            written, position = written + " ", position + 1
        elif position and not (language == "ja" and _one_ending(before, word)):
            written += "\t"
        if not joined.startswith(word, position):
            return joined  # normalising changed more than spaces
        written, position, before = written + word, position + len(word), word
    return written


def _one_ending(before: str, word: str) -> bool:
    """Whether two words of KyTea's fine division are parts of one ending: both hiragana, neither a particle."""
    hiragana = re.fullmatch("[ぁ-ゟ]+", before + word) is not None
    copula = before == "で" and word in ("す", "し")
    return hiragana and word not in _PARTICLES and (before not in _PARTICLES or copula)


def read_sentence(typed: object, language: Language | None = None) -> Sentence:
    """The text a user typed, checked and normalised.

    Raises :class:`InputError` when it is no text, empty, or longer than about 200 words
    (:data:`MAX_WORDS` English words, :data:`MAX_CHARACTERS` Japanese characters).
    """
    if not isinstance(typed, str):
        raise InputError(Text("ここには文章を入れてください。", "Please give a text here."))
    if len(typed) > _MAX_TYPED:
        raise _too_long(typed[:_MAX_TYPED], len(typed))
    language = language or language_of(typed)
    text = normalise(typed, language)
    if not text:
        raise InputError(
            Text("文章が空です。英語か日本語の文を入れてください。", "The text is empty; please type a sentence in English or Japanese.")
        )
    words = text.split()
    if len(text) > MAX_CHARACTERS if language == "ja" else (
        len(words) > MAX_WORDS or max(len(word) for word in words) > MAX_CHARACTERS
    ):
        raise _too_long(text, len(typed))
    return Sentence(typed, text, language)


def _too_long(text: str, length: int) -> InputError:
    if language_of(text) == "ja" or len(text.split()) <= MAX_WORDS:
        return InputError(
            Text(
                f"文章が長すぎます（{length:,} 文字）。{MAX_CHARACTERS} 文字までにしてください。",
                f"The text is too long ({length:,} characters); please keep it under {MAX_CHARACTERS} characters.",
            )
        )
    return InputError(
        Text(
            f"文章が長すぎます（{length:,} 文字）。英語は {MAX_WORDS} 語までにしてください。",
            f"The text is too long ({length:,} characters); please keep it under {MAX_WORDS} words.",
        )
    )


def present(text: str, language: Language) -> str:
    """A normalised text as it is shown: English with its capitals, Japanese with full-width marks.

    Capitals are put at sentence starts, on ``I`` and on days, months and a few common names; the words stay the same.
    """
    if language == "ja":
        return text.replace("?", "？").replace("!", "！")
    text = re.sub(r"[a-z]+(?=\b)", lambda word: _CASE_KEPT.get(word[0], word[0]), text)
    text = re.sub(r"(?<![\w'-])i(?![\w-])", "I", text)
    return re.sub(r"(^[\"']*|[.?!][\"']* +[\"']*)([a-z])", lambda found: found[1] + found[2].upper(), text)
