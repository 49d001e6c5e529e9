"""What the pages ask for that hold networks against each other: which can run here, whose a file of weights is, what each is worth and costs."""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import torch

from explorer.catalogue import SYSTEMS, System, Variant
from explorer.catalogue.charts import CHARTS, DETECTION, RECOGNITION, SEGMENTATION, Chart, Form
from explorer.engine.inputs.pictures import open_picture
from explorer.engine.lenses.memory import kept_for_learning
from explorer.engine.lenses.multiply_adds import total
from explorer.engine.lenses.work import one_thread
from explorer.engine.system import build, load
from explorer.engine.systems.segmentation import form_of
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
NETWORK, FROM = Text("ネットワーク", "Network"), Text("正解率の出どころ", "Accuracy from")
SCALES: Mapping[Form, float] = {"work": 1e-9, "megabytes": 1e-6, "milliseconds": 1e3}
"""What a value is multiplied by in a table."""
BILLIONS = Text("{name}（十億回）", "{name} (billions)")
LOOKED_AT = ("smear", "street")  # by a detector that is timed

SHARE = 0.1  # of this machine's memory that a network's weights may take; larger networks are counted but not built, so not timed
ORDINARY = 8 << 30  # bytes of memory, where the machine does not tell
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


def chart(*, scene: str = "networks", known: Mapping[str, float] | None = None, budget: float = BUDGET, largest: int | None = None) -> Iterator[Result]:
    """What every network of a section is worth and costs, growing: first what is counted, then times, one network after the other.

    ``scene``: whose chart. ``known``: seconds a picture measured before, by ``"system/variant"``; these are not measured again. ``budget``: seconds for the
    passes of one network. ``largest``: bytes of float32 weights up to which a network is built and timed (None: a tenth of this machine's
    memory). One network at a time is in memory.

    Parts: ``table``. Facts: ``networks``: a mapping each (see ``_counted``), with ``seconds`` once measured (median over passes on one core: random
    weights and a random picture; of detectors, whose boxes cost time, their own weights and two drawn ones) and ``untimed`` ("large" or "weights":
    why it is never timed, or empty); ``done``: 0 to 1; ``timing``: the key of the one whose turn it is, or empty.
    """
    plan = CHARTS[scene]
    largest = round(SHARE * memory()) if largest is None else largest
    entries = sorted(_variants(plan), key=lambda one: one[1].parameters or 0)  # small ones are counted sooner
    seconds = dict(known or {})
    rows: list[dict[str, Any]] = []
    for number, (entry, variant) in enumerate(entries):
        yield Progress(COUNTING.format(name=variant.label), COUNTED * number / len(entries))
        row = _counted(plan, entry, variant)
        untimed = "large" if 4 * row["parameters"] > largest else "weights" if plan is DETECTION and variant.weights != "bundled" else ""
        rows.append({**row, "seconds": seconds.get(row["key"]), "untimed": untimed})
        if number < len(entries) - 1:
            yield _bundle(plan, rows, 0.0, "")
    waiting = [number for number, row in enumerate(rows) if row["seconds"] is None and not row["untimed"]]
    waiting.sort(key=lambda number: rows[number]["multiply_adds"] or rows[number]["parameters"])  # what answers soonest first
    yield _bundle(plan, rows, 0.0 if waiting else 1.0, rows[waiting[0]]["key"] if waiting else "")
    for done, number in enumerate(waiting, start=1):
        entry, variant = entries[number]
        share = COUNTED + (1 - COUNTED) * (done - 1) / len(waiting)
        told = Progress(TIMING.format(name=variant.label), share)
        yield told
        times: list[float] = []
        for one in passes(pass_of(plan, entry, variant), budget):
            times.append(one)
            yield told
        rows[number]["seconds"] = statistics.median(times)
        rows[number]["passes"] = len(times)
        following = rows[waiting[done]]["key"] if done < len(waiting) else ""
        yield _bundle(plan, rows, done / len(waiting), following)


def memory() -> int:
    """Bytes of this machine's memory, as many as are usual where it does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # Windows
        return ORDINARY


def pass_of(plan: Chart, entry: System, variant: Variant) -> Callable[[], object]:
    """What is timed of a network: it looks at one picture."""
    if plan is DETECTION:
        running = load(entry.id, variant.name)
        pictures = itertools.cycle([open_picture(name) for name in LOOKED_AT])
        return lambda: [running.view(next(pictures)) for _ in LOOKED_AT]  # type: ignore[attr-defined]
    network = build(variant).eval()
    picture = torch.randn(1, *shape_of(plan, variant))
    return lambda: network(picture)


def passes(looks: Callable[[], object], budget: float) -> Iterator[float]:
    """Seconds a picture of each pass, on one core, for about ``budget`` seconds, after a first one that is not counted."""
    spent, count = 0.0, -1
    while count < FEWEST or (spent < budget and count < MOST):
        with one_thread(), torch.no_grad():
            before = time.perf_counter()
            seen = looks()
            taken = time.perf_counter() - before
        count += 1
        if count:
            spent += taken
            yield taken / (len(seen) if isinstance(seen, list) else 1)


def _variants(plan: Chart = RECOGNITION) -> Iterator[tuple[System, Variant]]:
    """All variants of a chart that can be built: by default of the classifiers."""
    for entry in SYSTEMS:
        if entry.section == plan.section:
            for variant in entry.variants:
                if variant.model and variant.classes in (plan.classes or variant.classes,):
                    yield entry, variant


def shape_of(plan: Chart, variant: Variant) -> tuple[int, int, int]:
    """Channels, height and width of the pictures that a network is given."""
    if plan is SEGMENTATION:
        form = form_of(variant, store.card_of(variant))
        return form.channels, form.rows, form.columns
    return 3, variant.size, variant.size


def _counted(plan: Chart, entry: System, variant: Variant) -> dict[str, Any]:
    """What is known of a variant without timing it.

    ``key`` ("system/variant"), ``system``, ``variant``, ``label`` (Text), ``classes``, ``given`` (height and width in pixels, None of detectors);
    ``parameters``; ``multiply_adds`` and ``memory`` (bytes kept to learn from one picture), None where the chart does not show them; ``bytes`` of its
    file of weights, else of its parameters as float32; ``weights`` (as the catalogue says); each figure of the chart in percent or None;
    ``measured`` (whether it is measured here, on our test pictures), ``data`` it was measured on.
    """
    network = blueprint(functools.partial(build, variant))
    parameters = sum(one.numel() for one in network.parameters())
    card = store.card_of(variant)
    shape = None if plan is DETECTION else shape_of(plan, variant)
    keys = {one.key for one in plan.measures}
    figures, measured, data = figures_of(plan, variant, card)
    return {
        "key": f"{entry.id}/{variant.name}", "system": entry.id, "variant": variant.name, "label": entry.name if plan.table else variant.label,
        "classes": variant.classes, "given": None if shape is None else shape[1:], "parameters": parameters,
        "multiply_adds": total(network, shape) if shape is not None and "multiply_adds" in keys else None,
        "memory": kept_for_learning(build(variant), torch.randn(2, *shape)) // 2 if shape is not None and "memory" in keys else None,
        "bytes": card.bytes if card is not None else variant.bytes or 4 * parameters, "weights": variant.weights, **figures, "measured": measured, "data": data,
    }  # fmt: skip


def figures_of(plan: Chart, variant: Variant, card: Card | None) -> tuple[dict[str, float | None], bool, str]:
    """The figures of a chart in percent by their keys, whether they were measured here, and on which pictures; None where there is no figure."""
    wanted = [one for one in plan.measures if one.form == "figure"]
    if plan is RECOGNITION:
        percent, measured, data = accuracy_of(variant, card)
        return {one.key: percent for one in wanted}, measured, data
    if card is None:
        return {one.key: None for one in wanted}, False, ""
    known = {**card.metrics, card.metric.name: card.metric.value}
    return {one.key: known.get(one.figure) for one in wanted}, True, card.metric.split


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


def _bundle(plan: Chart, rows: list[dict[str, Any]], done: float, timing: str) -> Bundle:
    names = [BILLIONS.format(name=one.name) if one.form == "work" else one.name for one in plan.measures]
    lines: list[tuple[Any, ...]] = []
    for row in rows:
        values = {**row, "milliseconds": row["seconds"]}
        shown = [values[one.key] if values[one.key] is None else values[one.key] * SCALES.get(one.form, 1) for one in plan.measures]
        lines.append((row["label"], *shown))
    if plan.published is not None:
        names.append(FROM)
        lines = [(*line, "" if row["data"] == "" else f"measured on {row['data']}" if row["measured"] else f"published, {row['data']}") for line, row in zip(lines, rows, strict=True)]
    return Bundle({"table": Table((NETWORK, *names), tuple(lines))}, facts={"networks": [dict(row) for row in rows], "done": done, "timing": timing})
