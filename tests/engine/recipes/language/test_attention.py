"""The recipe of the translating networks, on a drawn corpus: it runs in seconds, resumes after a kill, and its cards are true."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from explorer.engine.inputs.pieces import Tokenizer
from explorer.engine.learning.translate import Translator
from explorer.engine.models.language.seq2seq import Seq2SeqConfig
from explorer.engine.recipes.language import attention
from explorer.engine.recipes.recipe import RecipeFailed
from explorer.engine.weights.cards import Card, read_cards
from explorer.words import InputError

KANA = [chr(code) for code in range(0x30A2, 0x30EF)]
KANJI = [chr(code) for code in range(0x4E00, 0x4E00 + 120)]


@pytest.fixture(scope="module", autouse=True)
def small() -> Iterator[None]:
    """The smoke run, smaller still."""
    changes = {"english_pieces": 60, "japanese_pieces": 300, "train_limit": 60, "test_limit": 4, "batch": 20, "epochs": 3.0}
    before = dict(attention.SMOKE)
    attention.SMOKE.update(changes)
    yield
    attention.SMOKE.clear()
    attention.SMOKE.update(before)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with sentences of drawn words: every English word has one Japanese word."""
    random = np.random.default_rng(0)
    syllables = ["ka", "to", "mi", "re", "so", "nu", "li", "va"]
    words = ["".join(random.choice(syllables, random.integers(1, 4))) for _ in range(150)]
    others = ["".join(random.choice(KANA + KANJI, random.integers(1, 4))) for _ in range(150)]
    folder = tmp_path_factory.mktemp("data") / "enja"
    folder.mkdir()
    for split, count in (("train", 80), ("dev", 6)):
        lines = [random.integers(0, 150, random.integers(2, 7)) for _ in range(count)]
        english = "".join(" ".join(words[i] for i in line) + " .\n" for line in lines)
        japanese = "".join(" ".join(others[i] for i in line) + " 。\n" for line in lines)
        (folder / f"{split}.en").write_text(english, encoding="utf-8")
        (folder / f"{split}.ja").write_text(japanese, encoding="utf-8")
    return folder.parent


def run(corpus: Path, work: Path, variant: str | None = None) -> Path:
    """The folder a smoke run wrote to."""
    steps = list(attention.train(variant, smoke=True, data=corpus, work=work, out=work / "out"))
    assert [one.fraction for one in steps] == sorted(one.fraction for one in steps)
    assert not (work / "out").exists()  # a smoke run never touches the real weights
    return steps[-1].files[0].parent


@pytest.fixture(scope="module")
def written(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(corpus, tmp_path_factory.mktemp("work"))


def test_it_writes_both_networks_and_vocabularies(written: Path) -> None:
    names = {"attention-en-ja", "seq2seq-en-ja"}
    expected = {f"{name}{end}" for name in names for end in (".safetensors", ".json")} | {"pieces-en.model", "pieces-ja.model"}
    assert expected <= {path.name for path in written.iterdir()}
    assert not list(written.glob("*.part"))


def test_the_cards_are_true(written: Path, corpus: Path) -> None:
    cards = list(read_cards(written))
    assert {card.system for card in cards} == {"attention", "seq2seq"}
    for card in cards:
        assert card.differences(written) == []
        assert set(card.companions) == {"pieces-en.model", "pieces-ja.model"}
        assert set(card.data_sha256) == {"enja/train.en", "enja/train.ja", "enja/dev.en", "enja/dev.ja"}
        assert card.metric.name == "bleu" and math.isfinite(card.metric.value)
        assert "tok:char" in card.notes["signature"]
        assert [group["sentences"] for group in card.notes["bleu_by_length"]][-2:] == [2, 3]
        assert card.epochs == 3.0
    first, second = cards
    assert first.notes["same_network_otherwise"]["bleu"] == second.metric.value
    assert first.parameters - second.parameters == (2 * 16) ** 2  # the matrix of the scores


def test_the_files_make_a_translator(written: Path) -> None:
    card = Card.read(written / "attention-en-ja.json")
    network = attention.MODELS["attention"](Seq2SeqConfig(**card.input["config"]))
    network.load_state_dict({name: value.float() for name, value in load_file(written / card.file).items()})
    source, target = (Tokenizer.from_file(written / card.input[f"{side}_vocabulary"]) for side in ("source", "target"))
    assert isinstance(Translator(network, source, target)("ka to mi."), str)


def test_both_networks_begin_alike(corpus: Path) -> None:
    settings = replace(attention.SETTINGS["en-ja"], **attention.SMOKE)
    material = attention.prepare(settings, corpus)
    runs = {system: attention.make_run(system, settings, material) for system in attention.MODELS}
    with_attention, without = (runs[system].network.state_dict() for system in ("attention", "seq2seq"))
    assert set(with_attention) - set(without) == {"score.weight"}
    assert all(torch.equal(value, with_attention[name]) for name, value in without.items())
    assert runs["attention"].settings == runs["seq2seq"].settings
    assert len(runs["attention"].settings.ends) == 4


@pytest.mark.parametrize("stop_after", [2, 12])
def test_a_killed_run_goes_on_where_it_was(corpus: Path, written: Path, tmp_path: Path, stop_after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attention.Clock, "save_due", lambda self: True)
    real, taken = attention.Translate.step, 0

    def step(self: attention.Translate) -> object:
        nonlocal taken
        if taken == stop_after:
            raise KeyboardInterrupt
        taken += 1
        return real(self)

    with monkeypatch.context() as patched:
        patched.setattr(attention.Translate, "step", step)
        with pytest.raises(KeyboardInterrupt):
            list(attention.train("en-ja", smoke=True, data=corpus, work=tmp_path, out=tmp_path / "out"))
    folder = run(corpus, tmp_path, "en-ja")
    for name in ("attention-en-ja", "seq2seq-en-ja"):
        assert Card.read(folder / f"{name}.json").sha256 == Card.read(written / f"{name}.json").sha256


def test_it_stops_at_its_budget_of_work(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(attention.EXPECTED, "en-ja", replace(attention.EXPECTED["en-ja"], cpu_minutes=0.0))
    card = Card.read(run(corpus, tmp_path) / "attention-en-ja.json")
    assert 0 < card.epochs < 1


def test_the_other_direction(corpus: Path, tmp_path: Path) -> None:
    card = Card.read(run(corpus, tmp_path, "ja-en") / "attention-ja-en.json")
    assert (card.input["source"], card.input["target"]) == ("ja", "en")
    assert "tok:13a" in card.notes["signature"]


def test_what_is_not_good_enough_is_not_written(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(attention.SETTINGS, "en-ja", replace(attention.SETTINGS["en-ja"], **attention.SMOKE))
    with pytest.raises(RecipeFailed, match="BLEU"):
        list(attention.train("en-ja", data=corpus, work=tmp_path, out=tmp_path / "out"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("score", "without", "good"), [(26.0, 20.0, True), (26.0, 23.5, False), (24.0, 10.0, False), (25.0, 22.0, True)]
)
def test_the_floor_and_the_gain_are_both_needed(score: float, without: float, good: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(attention.EXPECTED, "en-ja", attention.Expected(bleu=26.0, tolerance=1.0, above=3.0, cpu_minutes=1))
    figures = {"attention": {"bleu": score}, "seq2seq": {"bleu": without}}
    if good:
        attention._check("en-ja", figures)  # type: ignore[arg-type]
    else:
        with pytest.raises(RecipeFailed):
            attention._check("en-ja", figures)  # type: ignore[arg-type]


def test_bleu_counts_japanese_by_characters() -> None:
    pytest.importorskip("sacrebleu")
    assert attention.bleu(["私は泳げません。"], ["私は泳げません。"], "ja")[0] == pytest.approx(100)
    assert attention.bleu(["私は泳げません。"], ["私は泳げない。"], "ja")[0] > 10
    assert "tok:13a" in attention.bleu(["a b c d"], ["a b c d"], "en")[1]


def test_unknown_variant_and_missing_data(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        next(attention.train("en-fr", out=tmp_path))
    with pytest.raises(InputError):
        list(attention.train("en-ja", data=tmp_path, work=tmp_path / "w", out=tmp_path))
