"""Learning to translate and writing piece by piece."""

from __future__ import annotations

import copy
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.engine.inputs.pieces import BEGIN, END, PAD, UNKNOWN, Tokenizer, train_tokenizer
from explorer.engine.learning.classify import one_cycle
from explorer.engine.learning.translate import (
    Pair,
    Translate,
    TranslateSettings,
    Translator,
    Written,
    as_tensors,
    loss_of,
    write,
)
from explorer.engine.models.language.attention import Attention
from explorer.engine.models.language.seq2seq import Seq2Seq, Seq2SeqConfig

CONFIG = Seq2SeqConfig(source=14, target=14, embedding=16, hidden=16, dropout=0.1)
NETWORKS = [Attention, Seq2Seq]


def reversals(count: int, seed: int, longest: int = 5) -> list[Pair]:
    """A small language: the target is the source backwards."""
    random = np.random.default_rng(seed)
    sources = [tuple(int(x) for x in random.integers(4, 14, random.integers(2, longest + 1))) for _ in range(count)]
    return [(source, source[::-1]) for source in sources]


PAIRS = reversals(300, 0)


def training(model: type[Seq2Seq] = Attention, **changes: object) -> Translate:
    torch.manual_seed(0)
    settings = {"epochs": 2, "batch": 32, "learning_rate": 1e-2, **changes}
    return Translate(model(CONFIG), PAIRS, TranslateSettings(**settings))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def trained() -> dict[type[Seq2Seq], Seq2Seq]:
    """Both networks after a few seconds; still far from perfect, so that a search has something to find."""
    networks: dict[type[Seq2Seq], Seq2Seq] = {}
    for model in NETWORKS:
        run = training(model, epochs=8)
        list(run.steps())
        networks[model] = run.network
    return networks


def whole(network: Seq2Seq, source: tuple[int, ...], width: int = 1) -> Written:
    return list(write(network, source, width=width))[-1]


@pytest.mark.parametrize("model", NETWORKS)
def test_it_learns(model: type[Seq2Seq], trained: dict[type[Seq2Seq], Seq2Seq]) -> None:
    held_out = reversals(100, 1)
    torch.manual_seed(0)
    assert loss_of(trained[model], held_out) < 0.7 * loss_of(model(CONFIG), held_out)


def test_a_step_tells_how_far_it_is() -> None:
    run = training()
    steps = list(run.steps())
    assert [one.step for one in steps] == list(range(1, run.total + 1))
    assert run.total == 2 * 10  # 300 pairs in batches of 32
    assert steps[-1].fraction == 1.0 and steps[-1].epoch == 2.0
    assert steps[-1].loss < steps[0].loss
    assert max(one.learning_rate for one in steps) <= 1e-2


@pytest.mark.parametrize("at", [3, 10, 14])
def test_a_resumed_training_goes_on_as_if_it_had_not_stopped(at: int, tmp_path: Path) -> None:
    changes = {"without_end": 0.3, "ends": (4, 5), "two_at_once": 0.3}
    straight = training(**changes)
    losses = [one.loss for one in straight.steps()]
    first = training(**changes)
    for _ in range(at):
        first.step()
    torch.save(first.state(), tmp_path / "state.pt")
    torch.manual_seed(99)
    second = training(**changes)
    second.restore(torch.load(tmp_path / "state.pt", weights_only=True))
    assert [one.loss for one in second.steps()] == losses[at:]
    for name, value in straight.network.state_dict().items():
        assert torch.equal(value, second.network.state_dict()[name]), name


def test_an_epoch_holds_every_pair_once_and_sorts_by_length() -> None:
    run = training()
    batches = run._epoch(0)
    assert len(batches) == run.steps_per_epoch
    assert sorted(pair for batch in batches for pair in batch) == sorted(PAIRS)
    assert sum(len({len(source) for source, _ in batch}) == 1 for batch in batches) >= len(batches) // 2
    assert run._epoch(0) == batches and run._epoch(1) != batches


def test_ends_are_left_out_and_pairs_put_together() -> None:
    run = training(without_end=1.0, ends=(7,))
    expected = sorted((s[:-1] if s[-1] == 7 else s, t) for s, t in PAIRS)
    assert sorted(pair for batch in run._epoch(0) for pair in batch) == expected
    assert any(s[-1] == 7 for s, _ in PAIRS)
    run = training(two_at_once=1.0)
    assert all(len(source) >= 4 for batch in run._epoch(0) for source, _ in batch)


def test_batches_as_tensors() -> None:
    source, written, wanted = as_tensors([((5, 6), (7, 8, 9)), ((4,), (5,))])
    assert source.tolist() == [[5, 6], [4, PAD]]
    assert written.tolist() == [[BEGIN, 7, 8, 9], [BEGIN, 5, PAD, PAD]]
    assert wanted.tolist() == [[7, 8, 9, END], [5, END, PAD, PAD]]


def test_padding_does_not_count_in_the_loss() -> None:
    torch.manual_seed(0)
    network = Attention(CONFIG)
    pairs = [((5, 6), (7, 8, 9)), ((4,), (5,))]
    tokens = [4, 2]
    alone = [loss_of(network, [pair]) for pair in pairs]
    assert loss_of(network, pairs) == pytest.approx(sum(a * n for a, n in zip(alone, tokens, strict=True)) / 6, rel=1e-5)
    assert network.training


@pytest.mark.parametrize("pairs", [[], [((), (4,))], [((4,), ())]])
def test_empty_pairs_are_refused(pairs: list[Pair]) -> None:
    with pytest.raises(ValueError, match="pairs"):
        Translate(Attention(CONFIG), pairs, TranslateSettings())


def test_the_rate_rises_and_falls() -> None:
    assert one_cycle(0.0, 0.1) == pytest.approx(0.04)
    assert one_cycle(0.1, 0.1) == pytest.approx(1.0)
    assert one_cycle(1.0, 0.1) == pytest.approx(0.0)


@pytest.mark.parametrize("width", [1, 4])
def test_attention_grows_row_by_row(width: int, trained: dict[type[Seq2Seq], Seq2Seq]) -> None:
    source = (5, 9, 4, 11)
    steps = list(write(trained[Attention], source, width=width))
    assert [len(one.ids) for one in steps[: len(steps) if width == 1 else 3]] == [*range(1, len(steps)), len(steps) - 1][: len(steps) if width == 1 else 3]
    for one in steps:
        assert one.attention is not None and one.attention.shape == (len(one.pieces), len(source))
        np.testing.assert_allclose(one.attention.sum(1), 1.0, rtol=1e-5)
        assert one.pieces == tuple(str(piece) for piece in one.ids)
    assert [one.finished for one in steps] == [False] * (len(steps) - 1) + [True]
    if width == 1:
        for before, after in pairwise(steps):
            assert after.ids[: len(before.ids)] == before.ids
            assert before.attention is not None and after.attention is not None
            assert np.array_equal(after.attention[: len(before.ids)], before.attention)


def test_the_attention_told_is_the_network_s_own(trained: dict[type[Seq2Seq], Seq2Seq]) -> None:
    network = trained[Attention]
    source = (5, 9, 4, 11)
    last = whole(network, source, width=3)
    network.eval()
    with torch.no_grad():
        scores, weights = network(torch.tensor([source]), torch.tensor([[BEGIN, *last.ids]]))
    assert last.attention is not None and weights is not None
    np.testing.assert_allclose(last.attention, weights[0, : len(last.ids)].numpy(), atol=1e-6)
    scores[..., [PAD, UNKNOWN, BEGIN]] = float("-inf")
    logs = scores.log_softmax(-1)[0]
    total = sum(float(logs[place, piece]) for place, piece in enumerate((*last.ids, END)))
    assert last.score == pytest.approx(total / (len(last.ids) + 1), abs=1e-4)


def test_without_attention_there_are_no_rows(trained: dict[type[Seq2Seq], Seq2Seq]) -> None:
    assert all(one.attention is None for one in write(trained[Seq2Seq], (5, 6, 7)))


@pytest.mark.parametrize("model", NETWORKS)
def test_greedy_takes_the_best_candidate(model: type[Seq2Seq], trained: dict[type[Seq2Seq], Seq2Seq]) -> None:
    for one in write(trained[model], (5, 6, 7, 8)):
        best = one.candidates[0]
        assert [c.probability for c in one.candidates] == sorted((c.probability for c in one.candidates), reverse=True)
        assert sum(c.probability for c in one.candidates) <= 1 + 1e-5
        assert best.piece == (str(END) if one.finished else one.pieces[-1])
        assert not {str(PAD), str(UNKNOWN), str(BEGIN)} & {c.piece for c in one.candidates}


def greedy_by_hand(network: Seq2Seq, source: tuple[int, ...]) -> tuple[int, ...]:
    """Greedy search the slow way: the whole beginning read again for each piece."""
    network.eval()
    ids: list[int] = []
    with torch.no_grad():
        while len(ids) < 2 * len(source) + 10:
            scores, _ = network(torch.tensor([source]), torch.tensor([[BEGIN, *ids]]))
            last = scores[0, -1]
            last[[PAD, UNKNOWN, BEGIN]] = float("-inf")
            if int(last.argmax()) == END:
                break
            ids.append(int(last.argmax()))
    return tuple(ids)


@pytest.mark.parametrize("model", NETWORKS)
def test_a_beam_of_one_is_greedy_search(model: type[Seq2Seq], trained: dict[type[Seq2Seq], Seq2Seq]) -> None:
    for source, _ in reversals(20, 2, longest=8):
        assert whole(trained[model], source).ids == greedy_by_hand(trained[model], source)


@pytest.mark.parametrize("model", NETWORKS)
def test_a_wider_beam_finds_better_sentences(model: type[Seq2Seq], trained: dict[type[Seq2Seq], Seq2Seq]) -> None:
    sources = [source for source, _ in reversals(30, 3, longest=8)]
    greedy = [whole(trained[model], source).score for source in sources]
    beam = [whole(trained[model], source, width=5).score for source in sources]
    assert all(b >= g - 1e-4 for g, b in zip(greedy, beam, strict=True))
    assert any(b > g + 1e-4 for g, b in zip(greedy, beam, strict=True))


def test_a_beam_tells_its_hypotheses(trained: dict[type[Seq2Seq], Seq2Seq]) -> None:
    steps = list(write(trained[Attention], (5, 6, 7), width=4))
    assert len(steps[0].hypotheses) == 4
    assert len({one.pieces for one in steps[0].hypotheses}) == 4
    for one in steps:
        assert one.hypotheses[0].pieces == one.pieces
        assert len(one.hypotheses) <= 4
    last = steps[-1]
    assert all(one.finished for one in last.hypotheses)
    assert [one.score for one in last.hypotheses] == sorted((one.score for one in last.hypotheses), reverse=True)


def test_what_never_ends_is_ended() -> None:
    torch.manual_seed(0)
    network = Attention(CONFIG)
    with torch.no_grad():
        network.output_bias[END] = -1e9
    for width in (1, 3):
        last = whole(network, (5, 6), width)
        assert last.finished and len(last.ids) == 14
    assert len(list(write(network, (5, 6), longest=3))[-1].ids) == 3


@pytest.mark.parametrize("close", [True, False])
def test_the_network_is_left_as_it_was(close: bool) -> None:
    torch.manual_seed(0)
    network = Attention(CONFIG).train()
    before = copy.deepcopy(network.state_dict())
    steps = write(network, (5, 6, 7))
    next(steps)
    if close:
        steps.close()
    else:
        list(steps)
    assert network.training and torch.is_grad_enabled()
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_nothing_to_translate_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing"):
        next(write(Attention(CONFIG), ()))


@pytest.fixture(scope="module")
def tokenizers() -> tuple[Tokenizer, Tokenizer]:
    english = train_tokenizer(["i like soccer\t.", "play soccer\t!"] * 10, 40)
    japanese = train_tokenizer(["サッカー\tが\t好き\tです\t。", "サッカー\tを\tする\t。"] * 10, 22)
    return english, japanese


def test_a_translator_reads_and_writes_text(tokenizers: tuple[Tokenizer, Tokenizer]) -> None:
    english, japanese = tokenizers
    torch.manual_seed(0)
    network = Attention(Seq2SeqConfig(len(english), len(japanese), 16, 16, 0.0))
    pair = (english.encode("i like soccer.").ids, japanese.encode("サッカーが好きです。").ids)
    list(Translate(network, [pair], TranslateSettings(epochs=60, batch=1, learning_rate=1e-2)).steps())
    translator = Translator(network, english, japanese)
    assert translator("i like soccer.") == translator("i like soccer.", 3) == "サッカーが好きです。"
    steps = list(translator.translate("i like soccer."))
    assert steps[0].pieces == ("サッカー",)
    assert steps[-1].text == "サッカーが好きです。"
    assert translator.read("i like 😀.").unknown.count(True) == 1
    assert translator("i like 😀.")


def test_vocabularies_must_fit(tokenizers: tuple[Tokenizer, Tokenizer]) -> None:
    english, japanese = tokenizers
    with pytest.raises(ValueError, match="do not fit"):
        Translator(Attention(Seq2SeqConfig(len(english) + 1, len(japanese), 16, 16)), english, japanese)
