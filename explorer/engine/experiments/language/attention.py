"""The claims about attention: long sentences, and where the network looks while it writes a word."""

from __future__ import annotations

import statistics
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch

from explorer.catalogue import system
from explorer.engine.experiments.run import Outcome, Run
from explorer.engine.inputs.pieces import BEGIN
from explorer.engine.inputs.sentences import normalise
from explorer.engine.learning.translate import Pair, Translate, TranslateSettings, Translator, Written
from explorer.engine.models.language.attention import Attention
from explorer.engine.models.language.seq2seq import Seq2Seq, Seq2SeqConfig
from explorer.engine.system import load
from explorer.engine.weights.store import card_of
from explorer.results import Curves, Progress, Series
from explorer.words import Text

Steps = Generator[Progress, None, Outcome]

WITH, WITHOUT = Text("注意機構あり", "with attention"), Text("なし（固定ベクトル）", "without (one fixed vector)")
LENGTH = Text("文の長さ（語）", "length of the sentence (words)")
RIGHT = Text("正しい位置に正しい語を書いた割合", "share of words right, in the right place")

# The drawn language of the first claim: every word has one translation, and the order is turned round.
WORDS = 30
TRAINED_LENGTHS = (2, 16)
MEASURED_LENGTHS = (3, 6, 9, 12, 16)
SENTENCES, HELD_OUT = 6000, 100
DRAWN = Text(
    f"プログラムが作る言葉（{WORDS} 語。訳は一語に一語、語順は逆）の {SENTENCES:,} 文、評価は各長さ {HELD_OUT} 文",
    f"{SENTENCES:,} sentences of a drawn language ({WORDS} words, each with one translation, order reversed); measured on {HELD_OUT} of each length",
)
DIFFERS = Text(
    "論文は WMT の英仏翻訳の BLEU を文の長さごとに比べます。ここでは数十秒で学べる小さな言葉で、語の正しさを比べました。",
    "The papers compare BLEU by length on English–French news; here a small language that is learned in seconds, and the share of words right.",
)
# One sentence for the page near each measured length, so that a point of the plot can be looked at.
OF_LENGTH = {
    3: "I like soccer.",
    6: "He goes to school by bus.",
    9: "My father bought me a new bicycle last week.",
    12: "I could not go to the party because I was very busy.",
    16: "She told me that her brother had lived in this town for more than ten years.",
}


def drawn_sentences(count: int, seed: int, shortest: int, longest: int) -> list[Pair]:
    """Pairs of the drawn language, as piece numbers. The dictionary is always the same; the sentences follow from the seed."""
    random = np.random.default_rng(seed)
    dictionary = np.random.default_rng(0).permutation(WORDS)
    first = BEGIN + 2  # numbers below are marks
    pairs: list[Pair] = []
    for _ in range(count):
        words = random.integers(0, WORDS, int(random.integers(shortest, longest + 1)))
        pairs.append((tuple(int(w) + first for w in words), tuple(int(dictionary[w]) + first for w in words[::-1])))
    return pairs


@torch.no_grad()
def share_right(network: Seq2Seq, pairs: Sequence[Pair]) -> float:
    """Share of words that greedy search writes right, each in its place, over sentences of one length; the mode is put back."""
    source, wanted = (torch.tensor([pair[side] for pair in pairs]) for side in (0, 1))
    mode = network.training
    network.eval()
    memory = network.encode(source)
    state, last, right = network.first_state(memory), torch.full((len(pairs), 1), BEGIN), 0
    for place in range(wanted.shape[1]):
        scores, state, _ = network.decode(last, state, memory)
        last = scores.argmax(-1)
        right += int((last[:, 0] == wanted[:, place]).sum())
    network.train(mode)
    return right / wanted.numel()


def long_sentences(run: Run) -> Steps:
    """``attention.long_sentences``: share of words right against length, for two networks that differ in the context only."""
    epochs = 1.07 if run.quick else 5.0  # 100 or 470 steps
    looks = 4 if run.quick else 8  # measurements during one training
    training = drawn_sentences(SENTENCES, 1, *TRAINED_LENGTHS)
    held_out = {length: drawn_sentences(HELD_OUT, 1000 + length, length, length) for length in MEASURED_LENGTHS}
    models: dict[Text, type[Seq2Seq]] = {WITH: Seq2Seq if run.disabled else Attention, WITHOUT: Seq2Seq}
    found: dict[Text, list[dict[int, float]]] = {WITH: [], WITHOUT: []}  # one dict of shares a seed
    begin, complete = time.perf_counter(), True

    def plot() -> Curves:
        return Curves(tuple(_by_length(name, found[name], main=name is WITH) for name in models), LENGTH, RIGHT)

    yield Progress(Text("言葉を作りました", "The language is drawn"), 0.0, None, plot())
    for index, seed in enumerate(run.seeds):
        # Both learn side by side, so that whenever it is stopped they have had the same steps.
        settings = TranslateSettings(epochs=epochs, batch=64, learning_rate=2e-2, label_smoothing=0.0, seed=seed)
        learning = {name: Translate(_network(model, seed), training, settings) for name, model in models.items()}
        total = learning[WITH].total
        every = max(1, total // looks)
        for done in range(1, total + 1):
            for one in learning.values():
                one.step()
            if done % every == 0 or done == total:
                for name, one in learning.items():
                    shares = {length: share_right(one.network, pairs) for length, pairs in held_out.items()}
                    found[name] = [*found[name][:index], shares]
            if done % 3 == 0:
                share = (index + done / total) / len(run.seeds)
                left = (time.perf_counter() - begin) * (1 - share) / share
                yield Progress(Text(f"シード {seed}", f"seed {seed}"), share, left, plot())
            if run.stop() and found[WITHOUT]:
                complete = False
                break
        if not complete:
            break

    pairs = list(zip(found[WITH], found[WITHOUT], strict=True))
    shortest, longest = MEASURED_LENGTHS[0], MEASURED_LENGTHS[-1]
    long = [a[longest] - b[longest] for a, b in pairs]
    growth = [after - (a[shortest] - b[shortest]) for after, (a, b) in zip(long, pairs, strict=True)]
    spread = max(statistics.stdev(values) if len(values) > 1 else 0.0 for values in (long, growth))
    kept, lost = (statistics.fmean(one[longest] for one in found[name]) for name in (WITH, WITHOUT))
    translation = _translation_by_length()
    return Outcome(
        {
            "difference_long": statistics.fmean(long),
            "difference_growth": statistics.fmean(growth),
            "spread": spread,
            "with": kept,
            "without": lost,
        },
        "difference_long",
        Text(
            f"{longest} 語の文で正しく書けた語：あり {kept:.0%}、なし {lost:.0%}。{translation.ja if translation else ''}",
            f"Words right in sentences of {longest}: {kept:.0%} with attention, {lost:.0%} without. {translation.en if translation else ''}".strip(),
        ),
        plot(),
        DRAWN,
        DIFFERS,
        complete=complete,
    )


def _network(model: type[Seq2Seq], seed: int) -> Seq2Seq:
    """A small network; two with one seed begin alike in all they share."""
    torch.manual_seed(seed)
    return model(Seq2SeqConfig(WORDS + BEGIN + 2, WORDS + BEGIN + 2, embedding=32, hidden=32, dropout=0.0))


def _by_length(name: Text, seeds: Sequence[Mapping[int, float]], *, main: bool) -> Series:
    """Mean over seeds against length with its spread, and a sentence of about that length to look at."""
    lengths = MEASURED_LENGTHS if seeds else ()
    values = np.array([[one[length] for length in lengths] for one in seeds]).reshape(len(seeds), len(lengths))
    mean = values.mean(0) if seeds else np.zeros(0)
    spread = values.std(0, ddof=1) if len(seeds) > 1 else np.zeros(len(lengths))
    opens = tuple({"lens": "attention", "variant": "en-ja", "input": OF_LENGTH[length]} for length in lengths)
    return Series(name, np.array(lengths, float), mean, spread, main=main, opens=opens)


def _translation_by_length() -> Text | None:
    """What the cards of the bundled translators say of one sentence and of three in a row; None where there is no card."""
    card = card_of(system("attention").variant("en-ja"))
    if card is None:
        return None
    other = card.notes["same_network_otherwise"]
    gains = {
        group["sentences"]: group["bleu_greedy"] - plain["bleu_greedy"]
        for group, plain in zip(card.notes["bleu_by_length"], other["bleu_by_length"], strict=True)
    }
    one, three = card.metrics["bleu_greedy"] - other["bleu_greedy"], gains[3]
    return Text(
        f"英日翻訳（カードの値）でも BLEU の差は一文で {one:+.1f}、三文続きで {three:+.1f} です。",
        f"In translation to Japanese (from the cards) attention adds {one:+.1f} BLEU on one sentence and {three:+.1f} on three in a row.",
    )


# The second claim.


@dataclass(frozen=True)
class Example:
    """A sentence in both languages, written for this test, and the words that translate each other (each stands once)."""

    english: str
    japanese: str
    words: tuple[tuple[str, str], ...]


EXAMPLES = (
    Example("I like soccer.", "私はサッカーが好きです。", (("soccer", "サッカー"),)),
    Example("I play tennis with my brother.", "私は兄とテニスをします。", (("tennis", "テニス"), ("brother", "兄"))),
    Example("He plays soccer after school.", "彼は放課後サッカーをする。", (("soccer", "サッカー"),)),
    Example("My mother bought a book.", "母は本を買った。", (("mother", "母"), ("book", "本"))),
    Example("The dog is under the table.", "犬はテーブルの下にいます。", (("dog", "犬"), ("table", "テーブル"))),
    Example("She has a white cat.", "彼女は白い猫を飼っている。", (("white", "白い"), ("cat", "猫"))),
    Example("He studies English every day.", "彼は毎日英語を勉強します。", (("english", "英語"), ("every", "毎日"))),
    Example("I went to Tokyo yesterday.", "私は昨日東京に行きました。", (("tokyo", "東京"), ("yesterday", "昨日"))),
    Example("I drink coffee every morning.", "私は毎朝コーヒーを飲みます。", (("coffee", "コーヒー"), ("morning", "毎朝"))),
    Example("The train was late.", "電車が遅れた。", (("train", "電車"), ("late", "遅れ"))),
    Example("This is the most beautiful flower.", "これは最も美しい花です。", (("beautiful", "美しい"), ("flower", "花"))),
    Example("My father is a doctor.", "父は医者です。", (("father", "父"), ("doctor", "医者"))),
    Example("I want to listen to music.", "私は音楽を聞きたい。", (("music", "音楽"),)),
    Example("We saw a movie last night.", "私たちは昨夜映画を見ました。", (("movie", "映画"), ("night", "昨夜"))),
    Example("The teacher wrote a letter.", "先生は手紙を書いた。", (("teacher", "先生"), ("letter", "手紙"))),
    Example("It will rain tomorrow.", "明日は雨が降るでしょう。", (("rain", "雨"), ("tomorrow", "明日"))),
)
LOOKED = Text("訳語を見ていた割合", "share that looked at their translation")
WORDS_SEEN = Text("調べた語の数", "words looked at")
SENTENCES_TEXT = Text(
    f"このために書いた {len(EXAMPLES)} 文とその訳、両方向", f"{len(EXAMPLES)} sentences written for this and their translations, both ways"
)


def soccer(run: Run) -> Steps:
    """``attention.soccer``: of the words the networks write themselves, how many look most at the word they translate."""
    begin = time.perf_counter()
    translators: dict[str, Translator] = {name: cast(Any, load("attention", name)).translator for name in ("en-ja", "ja-en")}
    if run.disabled:
        for translator in translators.values():
            with torch.no_grad():  # every score is the same: it looks everywhere alike
                translator.network.get_submodule("score").get_parameter("weight").zero_()
    examples = EXAMPLES[:8] if run.quick else EXAMPLES
    tasks = [(example, name) for example in examples for name in translators]
    hits: list[bool] = []
    opens: list[dict[str, str]] = []
    shares: list[float] = []
    pairs, complete, own = 0, True, ""

    def plot() -> Curves:
        x = np.arange(1, len(shares) + 1, dtype=float)
        return Curves((Series(LOOKED, x, np.array(shares), main=True, opens=tuple(opens)),), WORDS_SEEN, LOOKED)

    for index, (example, name) in enumerate(tasks):
        if run.stop() and hits:
            complete = False
            break
        typed = example.english if name == "en-ja" else example.japanese
        translator = translators[name]
        text = normalise(typed, "en" if name == "en-ja" else "ja")
        *_, written = translator.translate(text)
        pairs += len(example.words)
        for english, japanese in example.words:
            before, after = (english, japanese) if name == "en-ja" else (japanese, english)
            looked = looked_at(translator, text, written, before, after)
            if looked is None:
                continue  # the network chose another word
            hits.append(looked)
            shares.append(sum(hits) / len(hits))
            opens.append({"lens": "attention", "variant": name, "input": typed})
            if (english, name) == ("soccer", "ja-en") and not own:
                own = "yes" if looked else "no"
        share = (index + 1) / len(tasks)
        left = (time.perf_counter() - begin) * (1 - share) / share
        yield Progress(Text(f"「{typed}」を翻訳中", f"translating “{typed}”"), share, left, plot())

    share = sum(hits) / len(hits) if hits else 0.0
    word = {
        "yes": Text("“soccer” は「サッカー」を見ていました。", "“soccer” looked at 「サッカー」."),
        "no": Text("“soccer” は「サッカー」以外を最も強く見ていました。", "“soccer” looked most at something other than 「サッカー」."),
        "": Text("“soccer” は書かれませんでした。", "“soccer” was not written."),
    }[own]
    return Outcome(
        {"share": share, "words": float(len(hits)), "pairs": float(pairs)},
        "share",
        Text(
            f"{word.ja}書かれた {len(hits)} 語（{pairs} 語のうち）では {share:.0%} が対応する語を最も強く見ていました。",
            f"{word.en} Of {len(hits)} words written ({pairs} were possible), {share:.0%} looked most at the word they translate.",
        ),
        plot(),
        SENTENCES_TEXT,
        Text(
            "論文は対応づけの図を数文だけ示します。ここでは最も重みの大きい位置だけを数えます。",
            "The paper shows the alignment of a few sentences as pictures; here only the place with the largest weight counts.",
        ),
        complete=complete,
    )


def looked_at(translator: Translator, source: str, written: Written, before: str, after: str) -> bool | None:
    """Whether writing ``after`` the network looked most at ``before``; None where it did not write the word.

    The first piece of the written word decides; any piece of the source word counts.
    """
    spans = _spans(translator.read(source).pieces)
    there = _places(spans, source, before)
    target = written.text
    here = _places(_spans(written.pieces), target, after)
    if not here or not there or written.attention is None:
        return None
    return int(written.attention[min(here)].argmax()) in there


def _spans(pieces: Sequence[str]) -> list[tuple[int, int]]:
    """From where to where each piece stands in the text; a leading space belongs to no word."""
    spans: list[tuple[int, int]] = []
    position = 0
    for piece in pieces:
        if not spans:
            piece = piece.lstrip("▁")  # the text has no space at its head
        spans.append((position, position + len(piece)))
        position += len(piece)
    return spans


def _places(spans: Sequence[tuple[int, int]], text: str, word: str) -> set[int]:
    """The pieces that write the word, where it stands first; none where it does not stand."""
    at = _find(text, word)
    if at is None:
        return set()
    return {i for i, (start, end) in enumerate(spans) if start < at + len(word) and end > at}


def _find(text: str, word: str) -> int | None:
    """Where a word begins: whole words in English, anywhere in Japanese."""
    for at in _occurrences(text, word):
        around = text[max(0, at - 1) : at] + text[at + len(word) : at + len(word) + 1]
        if not word.isascii() or not any(c.isalpha() for c in around):
            return at
    return None


def _occurrences(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)
