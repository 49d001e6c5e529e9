"""What the pages ask for that hold all classifiers against each other: which can run here, whose a file of weights is, what each costs."""

from __future__ import annotations

import contextlib
import functools
import statistics
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

from explorer.catalogue import SYSTEMS, System, Variant
from explorer.engine.lenses.multiply_adds import total
from explorer.engine.lenses.work import one_thread
from explorer.engine.system import build
from explorer.engine.weights import store
from explorer.engine.weights.cards import Card
from explorer.engine.weights.load import blueprint, fit_state, read_weights
from explorer.results import Bundle, Progress, Result, Table
from explorer.words import InputError, Text, WeightsMissing

COUNTING = Text("{name} を数えています", "Counting {name}")
TIMING = Text("{name} の時間を測っています", "Timing {name}")
WHOSE = Text("どのネットワークの重みか調べています", "Finding out whose weights these are")
NOBODYS = Text(
    "{name} は、このプログラムのどの認識ネットワークにも合いません。",
    "{name} fits none of the recognition networks of this program.",
)
COLUMNS = (
    Text("ネットワーク", "network"), Text("正解率 (%)", "accuracy (%)"), Text("正解率の出どころ", "accuracy from"), Text("パラメータ数", "parameters"),
    Text("バイト数", "bytes"), Text("積和演算の回数", "multiply-adds"), Text("一枚の時間 (ms)", "ms a picture"), Text("測った環境", "timed on"),
)  # fmt: skip
ONE_CORE = "one CPU core"

LARGEST = 300_000_000  # bytes of float32 weights: larger networks are counted but not built, so not timed
BUDGET = 0.4  # seconds of passes a network
COUNTED = 0.3  # share of the way at which all is counted
FEWEST, MOST = 2, 40  # passes that are timed


def networks_here() -> Iterator[Result]:
    """Which variants of the classifiers can run as they are.

    Facts: ``networks``: (system, variant) of those with weights here, bundled and downloaded, in the order of the catalogue; ``accuracy``: in
    percent by ``"system/variant"``, where it was measured here.
    """
    here, accuracy = [], {}
    for entry, variant in _variants():
        if variant.weights in ("bundled", "download"):
            with contextlib.suppress(WeightsMissing):
                store.locate(variant)
                here.append((entry.id, variant.name))
                percent, measured, _ = accuracy_of(variant, store.card_of(variant))
                if measured and percent is not None:
                    accuracy[f"{entry.id}/{variant.name}"] = percent
    yield Bundle({}, facts={"networks": here, "accuracy": accuracy})


def whose(*, weights: str) -> Iterator[Result]:
    """Which variant a file of weights fits. Facts: ``system``, ``variant``. Raises InputError where it fits none."""
    state = read_weights(weights)
    name = Path(weights).name
    for entry, variant in _variants():
        yield Progress(WHOSE)
        with contextlib.suppress(InputError):
            fit_state(functools.partial(blueprint, functools.partial(build, variant)), state, name)
            yield Bundle({}, facts={"system": entry.id, "variant": variant.name})
            return
    raise InputError(NOBODYS.format(name=name))


def chart(*, known: Mapping[str, float] | None = None, budget: float = BUDGET, largest: int = LARGEST) -> Iterator[Result]:
    """What every variant of the classifiers is worth and costs, growing: first what is counted, then times, one network after the other.

    ``known``: seconds a picture measured before, by ``"system/variant"``; these are not measured again. ``budget``: seconds for the passes of
    one network. ``largest``: bytes of float32 weights up to which a network is built and timed.

    Parts: ``table``. Facts: ``networks``: a mapping each (see ``_counted``), with ``seconds`` once measured (median of a forward pass over
    one picture on one core, random weights) and ``too_large`` (never timed); ``done``: 0 to 1; ``timing``: the key of the one whose turn it is, or empty.
    """
    entries = sorted(_variants(), key=lambda one: one[1].parameters or 0)  # small ones are counted sooner
    seconds = dict(known or {})
    rows: list[dict[str, Any]] = []
    for number, (entry, variant) in enumerate(entries):
        yield Progress(Text(COUNTING.ja.format(name=variant.label.ja), COUNTING.en.format(name=variant.label.en)), COUNTED * number / len(entries))
        row = _counted(entry, variant)
        rows.append({**row, "seconds": seconds.get(row["key"]), "too_large": 4 * row["parameters"] > largest})
        if number < len(entries) - 1:
            yield _bundle(rows, 0.0, "")
    waiting = [number for number, row in enumerate(rows) if row["seconds"] is None and not row["too_large"]]
    waiting.sort(key=lambda number: rows[number]["multiply_adds"])  # what answers soonest first
    yield _bundle(rows, 0.0 if waiting else 1.0, rows[waiting[0]]["key"] if waiting else "")
    for done, number in enumerate(waiting, start=1):
        variant = entries[number][1]
        share = COUNTED + (1 - COUNTED) * (done - 1) / len(waiting)
        told = Progress(Text(TIMING.ja.format(name=variant.label.ja), TIMING.en.format(name=variant.label.en)), share)
        yield told
        network = build(variant).eval()
        times: list[float] = []
        for one in passes(network, variant.size, budget):
            times.append(one)
            yield told
        del network
        rows[number]["seconds"] = statistics.median(times)
        rows[number]["passes"] = len(times)
        following = rows[waiting[done]]["key"] if done < len(waiting) else ""
        yield _bundle(rows, done / len(waiting), following)


def passes(network: nn.Module, size: int, budget: float) -> Iterator[float]:
    """Seconds of each forward pass over one random picture, on one core, for about ``budget`` seconds, after a first pass that is not counted."""
    picture = torch.randn(1, 3, size, size)
    spent, count = 0.0, -1
    while count < FEWEST or (spent < budget and count < MOST):
        with one_thread(), torch.no_grad():
            before = time.perf_counter()
            network(picture)
            taken = time.perf_counter() - before
        count += 1
        if count:
            spent += taken
            yield taken


def _variants() -> Iterator[tuple[System, Variant]]:
    """All variants of classifiers that can be built."""
    for entry in SYSTEMS:
        if entry.section == "recognition":
            for variant in entry.variants:
                if variant.model:
                    yield entry, variant


def _counted(entry: System, variant: Variant) -> dict[str, Any]:
    """What is known of a variant without running it.

    ``key`` ("system/variant"), ``system``, ``variant``, ``label`` (Text), ``classes``, ``size`` (pixels); ``parameters``,
    ``multiply_adds``; ``bytes`` of its file of weights, else of its parameters as float32; ``weights`` (as the catalogue says);
    ``accuracy`` in percent or None, ``measured`` (whether it is measured here, on our test pictures), ``data`` it was measured on.
    """
    network = blueprint(functools.partial(build, variant))
    parameters = sum(one.numel() for one in network.parameters())
    card = store.card_of(variant)
    accuracy, measured, data = accuracy_of(variant, card)
    return {
        "key": f"{entry.id}/{variant.name}", "system": entry.id, "variant": variant.name, "label": variant.label, "classes": variant.classes,
        "size": variant.size, "parameters": parameters, "multiply_adds": total(network, (3, variant.size, variant.size)),
        "bytes": card.bytes if card is not None else variant.bytes or 4 * parameters, "weights": variant.weights,
        "accuracy": accuracy, "measured": measured, "data": data,
    }  # fmt: skip


def accuracy_of(variant: Variant, card: Card | None) -> tuple[float | None, bool, str]:
    """Accuracy in percent (of the first answer), whether it was measured here, and on which pictures; None where there are no weights."""
    if card is not None and card.metric.name == "accuracy_percent":
        return card.metric.value, True, card.metric.split
    if variant.weights != "download" or variant.metric is None:
        return None, False, ""
    name, value = variant.metric
    data, _, what = name.partition(" ")
    if "top-5" in what:
        return None, False, ""
    return (100.0 - value if "error" in what else value), False, data


def _bundle(rows: list[dict[str, Any]], done: float, timing: str) -> Bundle:
    table = Table(
        COLUMNS,
        tuple(
            (
                row["label"].en, row["accuracy"], f"measured on {row['data']}" if row["measured"] else f"published, {row['data']}" if row["accuracy"] is not None else "",
                row["parameters"], row["bytes"], row["multiply_adds"], None if row["seconds"] is None else 1000 * row["seconds"], ONE_CORE if row["seconds"] is not None else "",
            )
            for row in rows
        ),
    )  # fmt: skip
    return Bundle({"table": table}, facts={"networks": [dict(row) for row in rows], "done": done, "timing": timing})
