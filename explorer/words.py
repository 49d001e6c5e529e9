"""Words the user sees, always in both languages, and the errors that carry them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Literal, get_args

Language = Literal["ja", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


def preferred_language() -> Language:
    """The language of the shell: ``DS_EXPLORER_LANGUAGE``, else the locale (``LC_ALL``, ``LC_MESSAGES``, ``LANG``)."""
    for name in ("DS_EXPLORER_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "ja" if value.lower().startswith("ja") else "en"
    return "en"


def language_of(text: str) -> Language:
    """Japanese when a text has kana or kanji, at least as many as words in Latin letters; otherwise English.

    So ``What does 猫 mean?`` is English and ``CDを買った`` Japanese.
    """
    japanese = sum(_is_japanese(character) for character in text)
    latin = len(re.findall(r"[A-Za-z]+", text))
    return "ja" if japanese and japanese >= latin else "en"


def _is_japanese(character: str) -> bool:
    return (
        "\u3040" <= character <= "\u30ff"  # hiragana, katakana
        or "\u31f0" <= character <= "\u31ff"
        or "\u3400" <= character <= "\u4dbf"
        or "\u4e00" <= character <= "\u9fff"
        or "\uff66" <= character <= "\uff9f"
        or "\U00020000" <= character <= "\U0003134f"
        or character in "々〆〇"
    )


@dataclass(frozen=True)
class Text:
    """One sentence or name in Japanese and in English."""

    ja: str
    en: str

    def __post_init__(self) -> None:
        if not self.ja or not self.en:
            raise ValueError(f"a text needs both languages: {self.ja!r}, {self.en!r}")

    def get(self, language: Language) -> str:
        """The text in one language."""
        return self.ja if language == "ja" else self.en

    def format(self, **values: object) -> Text:
        """Both languages with ``{name}`` fields filled in; a field that is a Text itself in its own language."""
        ja, en = ({name: value.get(language) if isinstance(value, Text) else value for name, value in values.items()} for language in LANGUAGES)
        return Text(self.ja.format(**ja), self.en.format(**en))

    def __str__(self) -> str:
        return self.get(preferred_language())


def same(text: str) -> Text:
    """A text that reads the same in both languages: a name, a number, a formula."""
    return Text(text, text)


class ExplorerError(Exception):
    """Something that went wrong, said in a sentence for the user (``.text``)."""

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return str(self.text)


class InputError(ExplorerError, ValueError):
    """What the user brought cannot be used; the text is the sentence the window shows."""


class WeightsMissing(ExplorerError):
    """Weights that are not on this machine yet: a state of the page, not a fault.

    ``size`` is the download in bytes (0 when there is nothing to download).
    """

    def __init__(self, text: Text, size: int = 0) -> None:
        super().__init__(text)
        self.size = size
