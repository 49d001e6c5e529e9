"""The recipe of the translating networks, English to Japanese and back, with attention and without.

For each direction two networks are trained from the same start on the same sentences in the same order: ``attention``, and
``seq2seq``, which differs in one thing only: its decoder sees one fixed vector instead of the weighed source. So the card
can say what attention is worth, in BLEU and by length.

Differences from Bahdanau et al. (1409.0473) and Luong et al. (1508.04025): 50,000 short sentences instead of millions of
long ones, and one small layer; see also the model files.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import torch

from explorer.engine.data import enja
from explorer.engine.inputs.pieces import Tokenizer, train_tokenizer
from explorer.engine.inputs.sentences import normalise, with_hints
from explorer.engine.learning.translate import Pair, Translate, TranslateSettings, Translator, loss_of
from explorer.engine.models.language.attention import Attention
from explorer.engine.models.language.seq2seq import Seq2Seq, Seq2SeqConfig
from explorer.engine.recipes.recipe import (
    NOT_GOOD_ENOUGH,
    WRITTEN,
    Clock,
    RecipeFailed,
    RecipeStep,
    check_variant,
    cores,
    half,
    load_checkpoint,
    main,
    save_checkpoint,
    single,
    today,
    work_folder,
    write_card,
    write_weights,
)
from explorer.engine.weights.cards import Card, Metric
from explorer.words import InputError, Language, Text, same

System = Literal["attention", "seq2seq"]
MODELS: dict[System, type[Seq2Seq]] = {"attention": Attention, "seq2seq": Seq2Seq}


@dataclass(frozen=True)
class Settings:
    """All that decides the outcome; a checkpoint made with other settings is not gone on with."""

    source: Language = "en"
    target: Language = "ja"
    english_pieces: int = 2800
    japanese_pieces: int = 3200
    japanese_coverage: float = 0.999  # share of all Japanese characters that get a piece
    embedding: int = 128
    hidden: int = 128
    dropout: float = 0.3
    epochs: float = 8.0
    batch: int = 64
    learning_rate: float = 3e-3
    rise: float = 0.1  # share of the training in which the learning rate rises
    label_smoothing: float = 0.1
    clip: float = 1.0
    without_end: float = 0.1  # share of sources whose final mark is left out
    two_at_once: float = 0.1  # share of examples made of two sentences
    train_limit: int | None = None
    test_limit: int | None = None
    seed: int = 0


@dataclass(frozen=True)
class Expected:
    """What should come out, in BLEU on the dev pairs with beam search; less than ``bleu - tolerance`` is a failure.

    ``above``: how much better than the same network without attention. ``cpu_minutes``: the work after which one
    network's training stops with what it has.
    """

    bleu: float
    tolerance: float
    above: float
    cpu_minutes: float


SETTINGS = {"en-ja": Settings(), "ja-en": Settings(source="ja", target="en", seed=1)}
EXPECTED = {
    "en-ja": Expected(bleu=32.5, tolerance=2.0, above=3.0, cpu_minutes=60),
    "ja-en": Expected(bleu=28.1, tolerance=2.0, above=3.0, cpu_minutes=60),
}
SMOKE: dict[str, Any] = {
    "english_pieces": 150,
    "japanese_pieces": 800,
    "japanese_coverage": 0.98,
    "embedding": 16,
    "hidden": 16,
    "epochs": 2.0,
    "batch": 50,
    "train_limit": 400,
    "test_limit": 10,
}
BEAM = 5
LENGTHS = ((1, 6), (7, 9), (10, 12), (13, 1000))
"""Groups of dev sentences by the number of source pieces."""

VOCABULARY = Text(ja="語彙を作成中", en="making the vocabularies")
TRAINING = Text(ja="学習中（{system}）", en="training ({system})")
TESTING = Text(ja="開発用の文で評価中（{system}）", en="measuring on the dev sentences ({system})")
NO_SACREBLEU = Text(
    ja="翻訳の評価には sacrebleu が必要です。pip install sacrebleu で入れてください。",
    en="Measuring translations needs sacrebleu; install it with pip install sacrebleu.",
)


@dataclass(frozen=True)
class Material:
    """What a direction is trained and measured on: normalised dev sentences, pairs of piece numbers, vocabularies."""

    sources: tuple[str, ...]
    references: tuple[str, ...]
    pairs: list[Pair]
    dev_pairs: list[Pair]
    source: Tokenizer
    target: Tokenizer
    hashes: dict[str, str]


def vocabulary_file(language: Language) -> str:
    """The name of the file with the pieces of one language."""
    return f"pieces-{language}.model"


def prepare(settings: Settings, data: Path | None) -> Material:
    """Read, normalise, make both vocabularies from the training sentences, and cut all sentences into pieces."""
    train, dev = enja.load("train", data, settings.train_limit), enja.load("dev", data, settings.test_limit)
    tokenizers: dict[Language, Tokenizer] = {
        "en": train_tokenizer((with_hints(line, "en") for line in train.english), settings.english_pieces),
        "ja": train_tokenizer(
            (with_hints(line, "ja") for line in train.japanese), settings.japanese_pieces, settings.japanese_coverage
        ),
    }

    def side(pairs: enja.Pairs, language: Language) -> list[str]:
        return [normalise(line, language) for line in (pairs.english if language == "en" else pairs.japanese)]

    def cut(pairs: enja.Pairs) -> list[Pair]:
        sources, targets = side(pairs, settings.source), side(pairs, settings.target)
        return [
            (tokenizers[settings.source].encode(source).ids, tokenizers[settings.target].encode(target).ids)
            for source, target in zip(sources, targets, strict=True)
        ]

    return Material(
        sources=tuple(side(dev, settings.source)),
        references=tuple(side(dev, settings.target)),
        pairs=cut(train),
        dev_pairs=cut(dev),
        source=tokenizers[settings.source],
        target=tokenizers[settings.target],
        hashes={**train.sha256, **dev.sha256},
    )


def make_run(system: System, settings: Settings, material: Material) -> Translate:
    """The training of one network at its beginning. Both systems begin with the same numbers wherever they share a layer."""
    torch.manual_seed(settings.seed)
    network = MODELS[system](
        Seq2SeqConfig(
            source=len(material.source),
            target=len(material.target),
            embedding=settings.embedding,
            hidden=settings.hidden,
            dropout=settings.dropout,
        )
    )
    torch.manual_seed(settings.seed + 1000)  # dropout, too, goes on alike
    ends = tuple(piece for mark in ".?!。" for piece in material.source.encode(mark).ids[-1:])
    return Translate(
        network,
        material.pairs,
        TranslateSettings(
            epochs=settings.epochs,
            batch=settings.batch,
            learning_rate=settings.learning_rate,
            rise=settings.rise,
            label_smoothing=settings.label_smoothing,
            clip=settings.clip,
            without_end=settings.without_end,
            ends=ends,
            two_at_once=settings.two_at_once,
            seed=settings.seed,
        ),
    )


def bleu(written: Sequence[str], references: Sequence[str], language: Language) -> tuple[float, str]:
    """Corpus BLEU (Papineni et al. 2002) and sacrebleu's signature: English by words (13a), Japanese by characters."""
    try:
        from sacrebleu.metrics.bleu import BLEU
    except ImportError as error:
        raise InputError(NO_SACREBLEU) from error
    metric = BLEU(tokenize="char" if language == "ja" else "13a", force=True)
    score = metric.corpus_score(list(written), [list(references)])
    return float(score.score), str(metric.get_signature())


def measure(translator: Translator, material: Material, target: Language) -> tuple[dict[str, float], dict[str, Any]]:
    """Figures on the dev pairs, and notes: the signature, and BLEU by length with greedy search.

    The longer groups are two and three dev sentences in a row, translated at once.
    """
    references = material.references
    greedy = [translator(source) for source in material.sources]
    beam = [translator(source, BEAM) for source in material.sources]
    score, signature = bleu(beam, references, target)
    figures = {
        "bleu": round(score, 2),
        "bleu_greedy": round(bleu(greedy, references, target)[0], 2),
        "loss_nats": round(loss_of(translator.network, material.dev_pairs), 4),
    }
    by_length: list[dict[str, Any]] = []
    lengths = [len(source) for source, _ in material.dev_pairs]
    for low, high in LENGTHS:
        chosen = [place for place, length in enumerate(lengths) if low <= length <= high]
        if chosen:
            value = bleu([greedy[i] for i in chosen], [references[i] for i in chosen], target)[0]
            by_length.append(_group(1, [lengths[i] for i in chosen], value))
    source: Language = "ja" if target == "en" else "en"
    space = " " if target == "en" else ""
    for together in (2, 3):
        places = [range(at, at + together) for at in range(0, len(references) - together + 1, together)]
        if not places:
            continue
        joined = [normalise(" ".join(material.sources[i] for i in place), source) for place in places]
        value = bleu(
            [translator(source) for source in joined],
            [space.join(references[i] for i in place) for place in places],
            target,
        )[0]
        by_length.append(_group(together, [len(translator.read(source)) for source in joined], value))
    return figures, {"signature": signature, "beam": BEAM, "bleu_by_length": by_length}


def _group(sentences: int, lengths: list[int], value: float) -> dict[str, Any]:
    return {
        "sentences": sentences,
        "examples": len(lengths),
        "pieces_from": min(lengths),
        "pieces_to": max(lengths),
        "pieces_mean": round(sum(lengths) / len(lengths), 1),
        "bleu_greedy": round(value, 2),
    }


def train(
    variant: str | None = None, *, smoke: bool = False, data: Path | None = None, work: Path | None = None, out: Path
) -> Iterator[RecipeStep]:
    """Train one direction, with attention and without, and write both networks, their cards and the vocabularies to ``out``.

    With ``smoke`` a few steps on a few sentences, whose files go to the work folder instead.

    Raises InputError (no data, no such variant) and RecipeFailed (not good enough; nothing is written).
    """
    name = check_variant(variant, tuple(SETTINGS))
    settings = SETTINGS[name]
    folder = work_folder(work, f"attention-{name}-smoke" if smoke else f"attention-{name}")
    if smoke:
        settings, out = replace(settings, **SMOKE), folder
    yield RecipeStep(VOCABULARY, 0.0, 0.0)
    material = prepare(settings, data)
    figures: dict[System, dict[str, float]] = {}
    notes: dict[System, dict[str, Any]] = {}
    files: list[Path] = []
    states: dict[System, dict[str, torch.Tensor]] = {}
    spent: dict[System, tuple[float, float, float]] = {}  # seconds, seconds of work, epochs
    for index, system in enumerate(MODELS):
        run = make_run(system, settings, material)
        checkpoint_file = folder / f"{system}.pt"
        checkpoint = load_checkpoint(checkpoint_file, asdict(settings))
        clock = Clock()
        if checkpoint is not None:
            run.restore(checkpoint["run"])
            clock = Clock(checkpoint["seconds"], checkpoint["cpu_seconds"])
        doing = TRAINING.format(system=system)
        for step in _steps(run, settings, clock, checkpoint_file, 60 * EXPECTED[name].cpu_minutes):
            if step.step % 20 == 0 or step.step == step.steps:
                numbers = {"loss": step.loss, "epoch": step.epoch}
                done = (index + step.fraction) / len(MODELS)
                yield RecipeStep(doing, done, clock.seconds, None, numbers)
        spent[system] = (clock.seconds, clock.cpu_seconds, run.done / run.steps_per_epoch)
        yield RecipeStep(TESTING.format(system=system), (index + 1) / len(MODELS), clock.seconds)
        states[system] = half(run.network.state_dict())
        run.network.load_state_dict(single(states[system]))  # what is measured is what is written
        translator = Translator(run.network, material.source, material.target)
        figures[system], notes[system] = measure(translator, material, settings.target)
        yield RecipeStep(TESTING.format(system=system), (index + 1) / len(MODELS), clock.seconds, None, figures[system])
    if not smoke:
        _check(name, figures)
    out.mkdir(parents=True, exist_ok=True)
    companions: dict[str, str] = {}
    for language, tokenizer in ((settings.source, material.source), (settings.target, material.target)):
        file = out / vocabulary_file(language)
        part = file.with_name(f"{file.name}.{os.getpid()}.part")
        part.write_bytes(tokenizer.model)
        os.replace(part, file)
        companions[file.name] = tokenizer.sha256
        files.append(file)
    other: dict[System, System] = {"attention": "seq2seq", "seq2seq": "attention"}
    for system in MODELS:
        file = out / f"{system}-{name}.safetensors"
        size, sha256 = write_weights(file, states[system])
        seconds, cpu_seconds, epochs = spent[system]
        card = Card(
            name=f"{system}-{name}",
            system=system,
            variant=name,
            file=file.name,
            bytes=size,
            sha256=sha256,
            parameters=sum(value.numel() for value in states[system].values()),
            data=f"{enja.SOURCE}, English and Japanese sentences of the Tanaka corpus",
            data_sha256=material.hashes,
            data_licence=enja.LICENCE,
            train_split=f"enja/train: {len(material.pairs)} pairs",
            test_split=f"enja/dev: {len(material.dev_pairs)} pairs",
            metric=Metric("bleu", figures[system]["bleu"], "enja dev"),
            metrics=figures[system],
            seconds=round(seconds, 1),
            cpu_seconds=round(cpu_seconds, 1),
            cores=cores(),
            epochs=round(epochs, 2),
            seed=settings.seed,
            command=f"ds-explorer train attention --variant {name}" + (" --smoke" if smoke else ""),
            settings=asdict(settings),
            torch=torch.__version__,
            date=today(),
            input={
                "source": settings.source,
                "target": settings.target,
                "source_vocabulary": vocabulary_file(settings.source),
                "target_vocabulary": vocabulary_file(settings.target),
                "config": asdict(translator.network.config),
            },
            companions=companions,
            notes={
                **notes[system],
                "text": "both sides in the program's normal form: NFKC, lower case, English detokenised, Japanese joined",
                "same_network_otherwise": {"system": other[system], **figures[other[system]], **notes[other[system]]},
            },
        )
        card_file = file.with_suffix(".json")
        write_card(card_file, card)
        files += [file, card_file]
    yield RecipeStep(WRITTEN, 1.0, sum(one[0] for one in spent.values()), None, figures["attention"], tuple(files))


def _steps(run: Translate, settings: Settings, clock: Clock, file: Path, cpu_seconds: float) -> Iterator[Any]:
    """The steps of one training, saved on the way and at the end, whatever ends it."""

    def save() -> None:
        state = {"settings": asdict(settings), "run": run.state()}
        save_checkpoint(file, {**state, "seconds": clock.seconds, "cpu_seconds": clock.cpu_seconds})

    try:
        for step in run.steps():
            yield step
            if clock.save_due():
                save()
            if clock.cpu_seconds > cpu_seconds:
                break
    finally:
        save()


def _check(name: str, figures: dict[System, dict[str, float]]) -> None:
    """Raises RecipeFailed when a direction misses what is expected of it."""
    expected = EXPECTED[name]
    score, without = figures["attention"]["bleu"], figures["seq2seq"]["bleu"]
    needed = max(expected.bleu - expected.tolerance, without + expected.above)
    if score < needed:
        raise RecipeFailed(
            NOT_GOOD_ENOUGH.format(name=f"attention {name}", metric=same("BLEU"), value=f"{score:.2f}", needed=f"{needed:.2f}")
        )


if __name__ == "__main__":
    main(train)
