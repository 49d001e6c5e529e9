"""The chart of all networks grows as they are measured, keeps its times, and leads to their pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from explorer import catalogue
from explorer.catalogue.charts import CHARTS, DETECTION, RECOGNITION, SEGMENTATION
from explorer.results import Bundle, Progress, Table
from explorer.window.client import Client
from explorer.window.look import look
from explorer.window.pages.networks import Page, dot_of, work_words
from explorer.words import same

SCENE = catalogue.page("networks")


def row(name: str, weights: str, accuracy: float | None, seconds: float | None, **more: Any) -> dict[str, Any]:
    return {
        "key": f"resnet/{name}", "system": "resnet", "variant": name, "label": same(name), "classes": "cifar10", "given": (32, 32), "memory": None, "parameters": 270_000 + len(name),
        "multiply_adds": 40_800_000, "bytes": 552_036, "weights": weights, "accuracy": accuracy, "measured": weights == "bundled", "data": "cifar10_test",
        "seconds": seconds, "untimed": "", **more,
    }  # fmt: skip


def bundle(*rows: dict[str, Any]) -> Bundle:
    table = Table((same("network"),), tuple((one["variant"],) for one in rows))
    return Bundle({"table": table}, facts={"networks": list(rows), "done": 0.5, "timing": ""})


@pytest.fixture
def page(qtbot: QtBot, fake_client: Any) -> Page:
    page = Page(SCENE, fake_client)
    qtbot.addWidget(page)
    page.resize(804, 720)
    page.show()
    page.start()
    return page


def test_it_grows_and_an_untrained_network_has_no_accuracy(page: Page, fake_client: Any) -> None:
    job = fake_client.jobs()[-1]
    job.report(Progress(same("Timing resnet20"), 0.4))
    assert page.status.isVisible() and page.status.text == "Timing resnet20" and page.again.text() == "Stop"
    rows = [row("resnet20", "bundled", 86.7, None), row("resnet110", "none", None, None), row("resnet50", "download", 80.9, None, data="ImageNet")]
    job.answer(bundle(*rows))
    assert {dot.key for dot in page.view.shown()} == {"resnet/resnet20", "resnet/resnet50"}
    assert page.without.text == "1 not on the chart: no accuracy is known."
    page.up._choose("milliseconds")
    assert not page.view.shown()
    job.answer(bundle({**rows[0], "seconds": 0.004}, {**rows[1], "seconds": 0.02}, rows[2]))
    assert len(page.view.shown()) == 2 and page.view.shown()[1].kind == "faint"
    job.finish()
    assert not page.status.isVisible() and page.again.text() == "Measure"
    page.again.click()
    assert fake_client.jobs()[-1].arguments["known"] == {"resnet/resnet20": 0.004, "resnet/resnet110": 0.02}
    page.again.click()
    assert not fake_client.jobs()


def test_all_five_are_said_of_a_network() -> None:
    words = [line.en for line in dot_of(row("resnet20", "bundled", 86.7, 0.0042), RECOGNITION).lines]
    assert words == ["Accuracy 86.7 %, measured on CIFAR-10 test pictures", "270,008 parameters", "552 kB file of weights", "40.8 M multiply-adds for 32 × 32 pixels", "4.2 ms a picture on one core"]
    assert dot_of(row("a", "download", 80.9, None, data="ImageNet"), RECOGNITION).lines[0].en == "Accuracy 80.9 %, published for ImageNet"
    bare = dot_of(row("a", "none", None, None, untimed="large"), RECOGNITION)
    assert [bare.kind, bare.lines[0].en, bare.lines[4].en] == ["faint", "No accuracy: there are no trained weights", "Too large to be timed here"]
    assert work_words(15_470_000_000) == "15.47 G"


def test_the_two_axes_are_never_the_same_and_come_back(page: Page, fake_client: Any) -> None:
    fake_client.jobs()[-1].answer(bundle(row("resnet20", "bundled", 86.7, 0.004)))
    page.across._choose("accuracy")
    assert page.up.current != "accuracy" and page.view.x_quantity.key == "accuracy"
    kept = page.state()
    page.up._choose("bytes")
    page.restore(kept)
    assert page.state() == kept and page.view.y_quantity.key == kept["up"]
    page.restore({"up": "nonsense", "across": "bytes"})
    assert page.state() == kept


def test_a_point_opens_its_page(page: Page, fake_client: Any, qtbot: QtBot) -> None:
    fake_client.jobs()[-1].answer(bundle(row("resnet20", "bundled", 86.7, 0.004)))
    with qtbot.waitSignal(page.state_wanted) as wanted:
        page.view.chosen.emit("resnet/resnet20")
    assert wanted.args == ["resnet", {"variant": "resnet20"}]


def test_in_projection_all_is_seen_at_once(page: Page, fake_client: Any, qtbot: QtBot) -> None:
    fake_client.jobs()[-1].answer(bundle(row("resnet20", "bundled", 86.7, 0.004)))
    page.resize(1920, 1080)
    look.projection = True
    page.project(True)
    qtbot.wait(20)
    assert page.body.height() <= page._scroll.viewport().height() and page.view.height() > 0.5 * page.height()


@pytest.mark.parametrize("scene", ["segmentation_networks", "detection_networks"])
def test_few_networks_stand_in_a_table_too(scene: str, qtbot: QtBot, fake_client: Any) -> None:
    plan = CHARTS[scene]
    entries = [entry for entry in catalogue.SYSTEMS if entry.section == plan.section]
    page = Page(catalogue.page(scene), fake_client)
    qtbot.addWidget(page)
    page.resize(804, 720)
    page.show()
    page.start()
    job = fake_client.jobs()[-1]
    assert job.arguments["scene"] == scene and page.table.isVisible()
    rows = []
    for number, entry in enumerate(entries):
        values = {one.key: 50.0 + number if one.form == "figure" else 1000 * (number + 1) for one in plan.measures}
        rows.append({**row("x", "bundled", None, 0.01 * (number + 1)), **values, "key": f"{entry.id}/x", "system": entry.id, "label": entry.name})
    table = Table((same("network"), *(one.name for one in plan.measures)), tuple((one["label"], *(one[m.key] for m in plan.measures)) for one in rows))
    job.answer(Bundle({"table": table}, facts={"networks": rows, "done": 1.0, "timing": ""}))
    assert len(page.view.shown()) == len(entries) and page.without.text == " "
    assert page.view.y_quantity.name == plan.measure(plan.up).name and page.view.x_quantity.key == "milliseconds"
    page.view.grab()
    page.table.chosen.emit(1)
    assert page.view.over == f"{entries[1].id}/x" and plan.tests.en in page.view.dots[1].lines[0].en
    page.view._hover(f"{entries[0].id}/x")
    assert page.table.selected == 0 and page.results_by_lens()["networks"] is table
    look.projection = True
    page.project(True)
    assert page.table.isVisible() == (len(entries) <= 4)  # many rows would leave no room for the chart


def test_figures_are_named_for_what_they_are() -> None:
    one = {**row("a", "bundled", None, None), "mean_iou": 51.25, "near_edges": None, "memory": 15_000_000, "given": (240, 320)}
    assert [line.en for line in dot_of(one, SEGMENTATION).lines[:4]] == [
        "Mean IoU 51.2 %, measured on CamVid test pictures", "Mean IoU within 3 pixels of an edge was not measured",
        "40.8 M multiply-adds for 320 × 240 pixels", "15 MB of memory to learn from one picture",
    ]  # fmt: skip
    bare = {**row("b", "none", None, None), "cells": None, "cars": None, "platelets": None, "untimed": "weights"}
    lines = [line.en for line in dot_of(bare, DETECTION).lines]
    assert lines[0] == "No AP50 of blood cells: there are no trained weights" and lines[3] == "Not timed: it has no trained weights"


def test_the_page_names_no_system() -> None:
    source = (Path(catalogue.__file__).parents[1] / "window" / "pages" / "networks.py").read_text(encoding="utf-8")
    assert not [one.id for one in catalogue.SYSTEMS if f'"{one.id}"' in source]


# with the engine


@pytest.fixture
def engine(qtbot: QtBot) -> Iterator[Client]:
    client = Client()
    yield client
    client.close()


def test_with_the_running_engine(qtbot: QtBot, engine: Client) -> None:
    page = Page(SCENE, engine)
    qtbot.addWidget(page)
    page.resize(804, 720)
    page.show()
    page.start()
    page.up.set_current("multiply_adds")
    qtbot.waitUntil(lambda: len(page.view.shown()) >= 3, timeout=120_000)  # the chart grows while the rest is counted
    networks = page.numbers()["networks"]
    for one in networks:
        variant = catalogue.system(one["system"]).variant(one["variant"])
        assert one["parameters"] == variant.parameters and one["multiply_adds"] > one["parameters"] / 2
    page.again.click()
    qtbot.waitUntil(lambda: not page.busy(), timeout=30_000)
    total = sum(bool(variant.model) for entry in catalogue.SYSTEMS if entry.section == "recognition" for variant in entry.variants)
    assert 0 < len(page.numbers()["networks"]) < total and page.last_error is None  # stopped on the way
    for look.language in ("ja", "en"):
        page.view.grab()
        assert page.views() == [page.view]
