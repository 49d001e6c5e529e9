"""The full texts of the pages keep their fixed form and fit the card."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.catalogue import SYSTEMS
from explorer.catalogue.texts import PageText, path_of, read
from explorer.words import LANGUAGES, Language

EN = """# What it is
A small
text.

Second paragraph.

# Why it mattered
It did.

# For
- one
- two

# Against
- three
"""
JA = """# 何をする系か
短い
文です。

# なぜ大事か
大事です。

# For
- 一つ

# Against
- 二つ
"""

WRITTEN = [
    (entry.id, language)
    for entry in SYSTEMS
    for language in LANGUAGES
    if path_of(entry.id, language).exists()
]


def write(folder: Path, language: Language, text: str) -> None:
    (folder / f"made.{language}.md").write_text(text, encoding="utf-8")


def test_reads_english(tmp_path: Path) -> None:
    write(tmp_path, "en", EN)
    expected = PageText("A small text.\n\nSecond paragraph.", "It did.", ("one", "two"), ("three",))
    assert read("made", "en", tmp_path) == expected


def test_joins_japanese_lines_without_a_space(tmp_path: Path) -> None:
    write(tmp_path, "ja", JA)
    assert read("made", "ja", tmp_path) == PageText("短い文です。", "大事です。", ("一つ",), ("二つ",))


def test_a_text_not_written_yet(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read("made", "en", tmp_path)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# For", "# Pro"),  # another heading
        ("# For\n- one\n- two\n\n", ""),  # a section left out
        ("- three", "three"),  # no bullet
        ("- three\n", ""),  # an empty section
        ("It did.", ""),
        ("# What it is", "Hello\n# What it is"),  # text before the first heading
    ],
)
def test_another_form_is_refused_by_name(tmp_path: Path, before: str, after: str) -> None:
    assert before in EN
    write(tmp_path, "en", EN.replace(before, after))
    with pytest.raises(ValueError, match=r"made\.en\.md"):
        read("made", "en", tmp_path)


def test_the_first_five_are_written() -> None:
    first = {"neuron", "dnn", "resnet", "attention", "q_learning"}
    assert {(name, language) for name in first for language in LANGUAGES} <= set(WRITTEN)


@pytest.mark.parametrize(("name", "language"), WRITTEN)
def test_written_texts_fit_the_card(name: str, language: Language) -> None:
    text = read(name, language)
    longest = 34 if language == "en" else 18
    for bullet in (*text.for_, *text.against):
        assert len(bullet) <= longest, bullet
    assert 1 <= len(text.for_) <= 3 and 1 <= len(text.against) <= 3
    assert len(text.what) <= (260 if language == "en" else 130), "two or three short sentences"
    assert len(text.why) <= (200 if language == "en" else 100), "one or two sentences"
