"""The normaliser: the same form for what is typed and what is trained on, and refusals in one sentence."""

from __future__ import annotations

import pytest

from explorer.engine.inputs.sentences import (
    MAX_CHARACTERS,
    MAX_WORDS,
    normalise,
    present,
    read_sentence,
    with_hints,
)
from explorer.words import InputError, language_of

ENGLISH = [
    ("i can 't tell who will arrive first .", "i can't tell who will arrive first."),
    ("it 's nine o 'clock , isn 't it ?", "it's nine o'clock, isn't it?"),
    ("he said , '' it 's nine o 'clock . ''", 'he said, "it\'s nine o\'clock."'),
    ("she said ' i love you ' to me .", "she said 'i love you' to me."),
    ("it is ten minutes ' walk .", "it is ten minutes' walk."),
    ("i 'd go ; you 've gone , we 'll see , they 're here !", "i'd go; you've gone, we'll see, they're here!"),
    ("he paid 1,000 yen .", "he paid 1,000 yen."),
    ("she is good-natured .", "she is good-natured."),
]
JAPANESE = [
    ("誰 が 一番 に 着 く か 私 に は 分か り ま せ ん 。", "誰が一番に着くか私には分かりません。"),
    ("この ２ つ から 選 び な さ い 。", "この2つから選びなさい。"),
    ("夢 を つかめ ！ ！", "夢をつかめ!!"),
    ("日本語 で 「 thank you 」 を どう 言う の で す か 。", "日本語で「thank you」をどう言うのですか。"),
]


@pytest.mark.parametrize(("line", "expected"), ENGLISH)
def test_english_of_the_files_is_detokenised(line: str, expected: str) -> None:
    assert normalise(line, "en") == expected


@pytest.mark.parametrize(("line", "expected"), JAPANESE)
def test_japanese_of_the_files_is_joined(line: str, expected: str) -> None:
    assert normalise(line, "ja") == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("I can’t tell who will arrive first.", "i can't tell who will arrive first."),
        ("  I  CAN'T \n tell. ", "i can't tell."),
        ("He said, “It’s nine o’clock.”", 'he said, "it\'s nine o\'clock."'),
        ("Ｈｅｌｌｏ，ｗｏｒｌｄ！", "hello,world!"),
        ("ﾊﾛｰ､ｻｯｶｰ｡", "ハロー、サッカー。"),
        ("CD を　５枚，買った．", "cdを5枚、買った。"),
        ("1,000円です。", "1,000円です。"),
        ("サッカー が 好き ？", "サッカーが好き?"),
        ("I ❤️ soccer 😀", "i ❤️ soccer 😀"),
        ("Привет, мир", "привет, мир"),
        ("a\u200bb\ufeffc\x00d", "abc d"),
        ("broken \ud83d pair", "broken \ufffd pair"),
        ("▁", "_"),
    ],
)
def test_what_is_typed_gets_the_form_of_the_files(typed: str, expected: str) -> None:
    assert normalise(typed) == expected


def test_typed_and_trained_text_meet() -> None:
    assert normalise("I can’t swim at all.") == normalise("i can 't swim at all .")
    assert normalise("私は少しも泳げない。") == normalise("私 は 少し も 泳げ な い 。")


@pytest.mark.parametrize("text", [line for pair in ENGLISH + JAPANESE for line in pair] + ["say 'but' , no", "' s", "'' '' ''"])
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@pytest.mark.parametrize("text", [line for line, _ in ENGLISH + JAPANESE])
def test_hints_add_only_tabs(text: str) -> None:
    language = language_of(text)
    assert with_hints(text, language).replace("\t", "") == normalise(text, language)


def test_hints_keep_endings_together_and_particles_apart() -> None:
    assert with_hints("私 は 泳げ ま せ ん で す か 。", "ja") == "私\tは\t泳げ\tません\tです\tか\t。"
    assert with_hints("i can 't swim .", "en") == "i can\t't swim\t."


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I like soccer.", "en"),
        ("サッカーが好き", "ja"),
        ("元気？", "ja"),
        ("What does 猫 mean?", "en"),
        ("CDを買った", "ja"),
        ("😀", "en"),
        ("Привет", "en"),
        ("ｶﾅ", "ja"),
    ],
)
def test_language_is_detected(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize("nothing", ["", "   ", "\n\t", "\u200b", "\x00", "　"])
def test_empty_text_is_refused(nothing: str) -> None:
    with pytest.raises(InputError) as caught:
        read_sentence(nothing)
    assert "empty" in caught.value.text.en and "空" in caught.value.text.ja


@pytest.mark.parametrize("thing", [None, 3, b"bytes", ["a"]])
def test_what_is_no_text_is_refused(thing: object) -> None:
    with pytest.raises(InputError):
        read_sentence(thing)


@pytest.mark.parametrize("long", ["a" * 100_000, "word " * 20_000, "犬" * 100_000, "word " * (MAX_WORDS + 1), "犬" * (MAX_CHARACTERS + 1)])
def test_long_text_is_refused_in_one_short_sentence(long: str) -> None:
    with pytest.raises(InputError) as caught:
        read_sentence(long)
    assert f"{len(long):,}" in caught.value.text.en and f"{len(long):,}" in caught.value.text.ja
    assert len(caught.value.text.en) < 120


def test_the_longest_text_is_accepted() -> None:
    assert len(read_sentence("word " * MAX_WORDS).text.split()) == MAX_WORDS
    assert read_sentence("犬" * MAX_CHARACTERS).language == "ja"


def test_a_sentence_keeps_what_was_typed() -> None:
    sentence = read_sentence(" I’m Tom. ")
    assert (sentence.typed, sentence.text, sentence.language) == (" I’m Tom. ", "i'm tom.", "en")
    assert read_sentence("CD", "ja").language == "ja"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("i don't like it. do you? i'm tom.", "I don't like it. Do you? I'm Tom."),
        ('"hello," he said. "i came on monday."', '"Hello," he said. "I came on Monday."'),
        ("i speak english in japan.", "I speak English in Japan."),
        ("", ""),
    ],
)
def test_english_is_shown_with_capitals(text: str, shown: str) -> None:
    assert present(text, "en") == shown
    assert normalise(shown, "en") == text  # only capitals were changed


def test_japanese_is_shown_with_full_width_marks() -> None:
    assert present("元気?はい!", "ja") == "元気？はい！"
