"""The claims about attention: verdicts, and that they change when the mechanism is off."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.catalogue import claim, system
from explorer.engine.experiments.language import attention
from explorer.engine.experiments.run import Run, measure
from explorer.engine.inputs.pieces import Tokenizer, train_tokenizer
from explorer.engine.inputs.sentences import normalise
from explorer.engine.learning.translate import Translator, Written
from explorer.engine.models.language.attention import Attention
from explorer.engine.models.language.seq2seq import Seq2Seq, Seq2SeqConfig
from explorer.engine.weights.store import locate
from explorer.results import Progress, Verdict
from explorer.words import WeightsMissing


def bundled() -> bool:
    try:
        for variant in system("attention").variants:
            locate(variant)
    except WeightsMissing:
        return False
    return True


needs_weights = pytest.mark.skipif(not bundled(), reason="the bundled translators are not here")


def verdict(name: str, run: Run) -> tuple[Verdict, list[Progress]]:
    results = list(measure(claim(name), run))
    assert isinstance(results[-1], Verdict)
    return results[-1], [one for one in results[:-1] if isinstance(one, Progress)]


@pytest.fixture(scope="module")
def found() -> tuple[Verdict, list[Progress]]:
    return verdict("attention.long_sentences", Run(quick=True, seeds=(0,)))


def test_long_sentences_are_kept(found: tuple[Verdict, list[Progress]]) -> None:
    one, progress = found
    assert one.verdict == "holds" and one.complete and one.quick
    assert one.numbers["with"] - one.numbers["without"] == pytest.approx(one.numbers["difference_long"])
    assert one.numbers["difference_growth"] < one.numbers["difference_long"]
    fractions = [step.fraction for step in progress]
    assert fractions[0] == 0.0 and fractions == sorted(fractions) and fractions[-1] == pytest.approx(1.0, abs=0.02)
    assert all(step.part is not None for step in progress)


def test_the_plot_shows_both_networks_by_length(found: tuple[Verdict, list[Progress]]) -> None:
    plot = found[0].plot
    assert plot is not None and len(plot.series) == 2
    for series in plot.series:
        assert tuple(series.x) == attention.MEASURED_LENGTHS
        assert ((series.y >= 0) & (series.y <= 1)).all()
        assert all(state and state["input"] == attention.OF_LENGTH[int(x)] for state, x in zip(series.opens, series.x, strict=True))


def test_without_attention_the_verdict_changes(found: tuple[Verdict, list[Progress]]) -> None:
    off, _ = verdict("attention.long_sentences", Run(quick=True, seeds=(0,), disabled=True))
    assert off.verdict != found[0].verdict
    assert off.numbers["difference_long"] == 0.0  # the very same network


def test_stopped_with_what_it_has() -> None:
    asked = iter(range(10_000))
    one, _ = verdict("attention.long_sentences", Run(quick=True, stop=lambda: next(asked) >= 2))
    assert not one.complete and one.verdict != "holds"
    assert one.plot is not None and [len(series.x) for series in one.plot.series] == [5, 5]


def test_the_drawn_language() -> None:
    pairs = attention.drawn_sentences(200, 3, 2, 6)
    dictionary: dict[int, int] = {}
    for source, target in pairs:
        assert 2 <= len(source) <= 6 and len(source) == len(target)
        for word, other in zip(source, target[::-1], strict=True):
            assert dictionary.setdefault(word, other) == other
    assert len(set(dictionary.values())) == len(dictionary) <= attention.WORDS
    assert attention.drawn_sentences(5, 3, 2, 6) == pairs[:5]
    assert not set(attention.drawn_sentences(100, 1, 12, 12)) & set(attention.drawn_sentences(100, 1012, 12, 12))


class Knows(Seq2Seq):
    """Writes 4, 5, 6, … whatever it reads."""

    def decode(self, written: torch.Tensor, state: torch.Tensor, memory: object) -> tuple[torch.Tensor, torch.Tensor, None]:
        following = torch.where(written < 4, 4, written + 1)
        return torch.nn.functional.one_hot(following, 14).float(), state, None


def test_share_right_counts_words_in_their_places() -> None:
    network = Knows(Seq2SeqConfig(14, 14, 8, 8))
    assert attention.share_right(network, [((4, 4, 4), (4, 5, 6))]) == 1.0
    assert attention.share_right(network, [((4, 4, 4), (5, 4, 6)), ((4, 4, 4), (4, 5, 6))]) == pytest.approx(4 / 6)
    assert network.training


@pytest.fixture(scope="module")
def translator() -> Translator:
    english = train_tokenizer(["i like soccer\t.", "play soccer\t!"] * 10, 40)
    japanese = train_tokenizer(["サッカー\tが\t好き\tです\t。", "サッカー\tを\tする\t。"] * 10, 22)
    return Translator(Attention(Seq2SeqConfig(len(japanese), len(english), 8, 8)), japanese, english)


def written(target: Tokenizer, text: str, looks: list[int], width: int) -> Written:
    pieces = target.encode(text)
    rows = np.full((len(pieces), width), 0.1, np.float32)
    rows[np.arange(len(pieces)), looks] = 0.9
    return Written(pieces.ids, pieces.pieces, rows, (), (), 0.0, True)


def test_looked_at(translator: Translator) -> None:
    source = "サッカーが好きです。"
    assert translator.read(source).pieces[:2] == ("サッカー", "が")
    width = len(translator.read(source))
    text = "i like soccer."
    assert translator.target.encode(text).pieces == ("▁i", "▁like", "▁soccer", ".")
    right = written(translator.target, text, [1, 2, 0, 1], width)
    wrong = written(translator.target, text, [0, 0, 2, 0], width)
    assert attention.looked_at(translator, source, right, "サッカー", "soccer") is True
    assert attention.looked_at(translator, source, wrong, "サッカー", "soccer") is False
    assert attention.looked_at(translator, source, right, "好き", "like") is True
    assert attention.looked_at(translator, source, right, "サッカー", "tennis") is None
    assert attention.looked_at(translator, source, right, "サッカー", "lik") is None  # only whole words


def test_every_example_holds_its_words() -> None:
    for example in attention.EXAMPLES:
        for english, japanese in example.words:
            assert normalise(example.english, "en").count(english) == 1
            assert normalise(example.japanese, "ja").count(japanese) == 1


@needs_weights
def test_soccer_and_its_opposite() -> None:
    one, progress = verdict("attention.soccer", Run(seeds=(0,)))
    assert one.verdict in ("holds", "caveat") and one.complete
    assert one.numbers["words"] >= 20
    assert progress[-1].fraction == 1.0
    off, _ = verdict("attention.soccer", Run(seeds=(0,), disabled=True))
    assert off.verdict == "fails"
    assert off.numbers["share"] < one.numbers["share"]


@needs_weights
def test_soccer_stopped() -> None:
    one, _ = verdict("attention.soccer", Run(quick=True, seeds=(0,), stop=lambda: True))
    assert not one.complete and one.verdict != "holds"
    assert 0 < one.numbers["words"] < 10
