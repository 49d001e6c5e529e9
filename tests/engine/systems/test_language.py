"""The running translators: words and pieces, looking back in other ways, refusals. With small networks of random weights."""

from __future__ import annotations

import itertools
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

import explorer.engine.systems.language as language
from explorer.catalogue import system
from explorer.engine.inputs.pieces import train_tokenizer
from explorer.engine.models.language.attention import attention
from explorer.engine.weights.cards import Card, Metric
from explorer.results import Bundle, Links, Matrix, Progress
from explorer.words import InputError

ENGLISH = ["i play soccer with my friends.", "she can't swim.", "it's ten o'clock.", "do you like music?", "we went to school."] * 4
JAPANESE = ["私は友達とサッカーをする。", "彼女は泳げない。", "十時です。", "音楽は好きですか?", "私たちは学校へ行った。"] * 4


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> language.Running:
    source, target = train_tokenizer(ENGLISH, 60), train_tokenizer(JAPANESE, 60)
    (tmp_path / "pieces-en.model").write_bytes(source.model)
    (tmp_path / "pieces-ja.model").write_bytes(target.model)
    torch.manual_seed(0)
    sizes = {"source": len(source), "target": len(target), "embedding": 16, "hidden": 16}
    save_file(attention(**sizes).state_dict(), tmp_path / "net.safetensors")
    card = Card(
        "net", "attention", "en-ja", "net.safetensors", 0, "", 0, "", {}, "", "", "", Metric("bleu", 0.0, "dev"), {}, 0.0, 1, 0.0, 0, "", {}, "", "",
        input={"source": "en", "target": "ja", "source_vocabulary": "pieces-en.model", "target_vocabulary": "pieces-ja.model"},
    )
    assert json.dumps(asdict(card))
    monkeypatch.setattr(language, "card_of", lambda variant: card)
    monkeypatch.setattr(language, "locate", lambda variant: tmp_path / "net.safetensors")
    monkeypatch.setattr(language, "resource", lambda kind, name: tmp_path / name)
    entry = system("attention")
    return language.Running(entry, replace(entry.variant("en-ja"), config=sizes))


def test_words_are_made_of_pieces() -> None:
    groups = language.words_of(("▁socc", "er", "▁can", "'", "t", "."), "en")
    assert groups == [[0, 1], [2, 3, 4], [5]]
    assert language.written_words(("▁socc", "er", "."), [[0, 1], [2]]) == ("soccer", ".")
    assert language.words_of(("私", "は"), "ja") == [[0], [1]]


def test_the_heatmap_grows_and_its_rows_sum_to_one(running: language.Running) -> None:
    steps = list(running.write("I play soccer."))
    assert len(steps) > 2 and steps[-1].finished and not steps[0].finished
    for before, after in itertools.pairwise(steps):
        assert len(after.target) >= len(before.target)
        np.testing.assert_allclose(after.weights[: len(before.target)], before.weights, atol=1e-6)
    np.testing.assert_allclose(steps[-1].weights.sum(1), 1.0, atol=1e-5)
    assert steps[-1].source[:3] == ("i", "play", "soccer")


def test_looking_back_in_other_ways_and_back_again(running: language.Running) -> None:
    learned = running.run("I play soccer.")
    even = running.run("I play soccer.", look_back="even")
    assert even.attention is not None and learned.attention is not None
    assert float(np.ptp(even.attention, axis=0).max()) < 1e-6 < float(np.ptp(learned.attention, axis=0).max())
    assert running.run("I play soccer.", look_back="none").attention is None
    out = running.run("I play soccer.", hidden=(2,))
    assert out.attention is not None and float(out.attention[:, 2].max()) == 0.0
    again = running.run("I play soccer.")
    assert again.text == learned.text and np.array_equal(again.attention, learned.attention)  # type: ignore[arg-type]
    with pytest.raises(InputError):
        running.run("I play soccer.", look_back="sideways")
    assert "look_back" not in running.network.__dict__


def test_unknown_signs_are_marked(running: language.Running) -> None:
    *_, last = running.write("I play 🎾.")
    assert [last.source[i] for i in last.unknown] == ["🎾"]


@pytest.mark.parametrize("text", ["", "   ", "a" * 100_000, "word " * 300, "私は泳ぐ。", 7])
def test_what_cannot_be_translated_is_refused(running: language.Running, text: Any) -> None:
    with pytest.raises(InputError):
        running.run(text)


def test_settings_there_are_not_are_refused(running: language.Running) -> None:
    for settings in ({"width": 3}, {"beam": 0}, {"beam": 99}):
        with pytest.raises(InputError):
            running.run("I play.", **settings)


def test_lenses(running: language.Running) -> None:
    states = running.look("hidden_states", "I play soccer.")
    assert isinstance(states, Matrix) and states.columns[0] == "i" and np.abs(states.values).max() <= 1.0
    links = running.look("hypotheses", "I play soccer.")
    assert isinstance(links, Links) and len(links.hypotheses) == 5


def test_the_task_tells_what_the_page_shows(running: language.Running, monkeypatch: pytest.MonkeyPatch) -> None:
    import explorer.engine.tasks.language as tasks

    monkeypatch.setattr(tasks, "_load", lambda *_: running)
    results = list(tasks.translate(system="attention", text="I play soccer."))
    assert isinstance(results[0], Progress) and isinstance(results[-1], Bundle)
    assert set(results[-1].parts) == {"links", "embedding", "encoder", "numbers"}
    even = list(tasks.translate(system="attention", text="I play soccer.", look_back="even"))[-1]
    assert isinstance(even, Bundle)
    assert even.parts["numbers"].values["entropy"] != results[-1].parts["numbers"].values["entropy"]  # type: ignore[attr-defined]
