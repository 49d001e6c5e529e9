"""All classifiers held against each other: what is counted, timed and found."""

from __future__ import annotations

import weakref
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from explorer import catalogue
from explorer.catalogue.charts import CHARTS
from explorer.engine.lenses.memory import kept_for_learning
from explorer.engine.lenses.multiply_adds import total
from explorer.engine.system import build
from explorer.engine.systems import segmentation
from explorer.engine.tasks import comparison
from explorer.engine.weights import store
from explorer.engine.weights.cards import Card, Metric
from explorer.results import Bundle, Progress, Table
from explorer.words import InputError

torch.set_num_threads(1)
SMALL = [("resnet", "resnet20"), ("resnet", "resnet32"), ("resnet", "resnet110"), ("vgg", "vgg16-imagenet")]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only some networks, so that it is quick."""
    entries = [(catalogue.system(a), catalogue.system(a).variant(b)) for a, b in SMALL]
    monkeypatch.setattr(comparison, "_variants", lambda *_: iter(entries))


def bundles(**arguments: Any) -> list[Bundle]:
    return [one for one in comparison.chart(**arguments) if isinstance(one, Bundle)]


def row(bundle: Bundle, key: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in bundle.facts["networks"] if one["key"] == key)
    return found


def test_counts_come_first_then_one_time_after_the_other(few: None) -> None:
    found = bundles(budget=0.01, largest=8_000_000)
    counted, found = found[: len(SMALL) - 1], found[len(SMALL) - 1 :]
    assert [len(one.facts["networks"]) for one in counted] == [1, 2, 3] and not any(one.facts["timing"] for one in counted)
    first, last = found[0], found[-1]
    assert len(found) == 1 + 3 and all(one["seconds"] is None for one in first.facts["networks"])
    measured = [sum(one["seconds"] is not None for one in bundle.facts["networks"]) for bundle in found]
    assert measured == [0, 1, 2, 3] and last.facts["done"] == 1.0 and last.facts["timing"] == ""
    assert first.facts["timing"] == "resnet/resnet20"  # the least work first
    assert row(last, "vgg/vgg16-imagenet")["seconds"] is None  # above the limit: counted only
    assert row(last, "resnet/resnet110")["seconds"] > 1.5 * row(last, "resnet/resnet20")["seconds"] > 0
    for key, entry in (("resnet/resnet20", "resnet"), ("vgg/vgg16-imagenet", "vgg")):
        variant = catalogue.system(entry).variant(key.partition("/")[2])
        assert row(last, key)["parameters"] == variant.parameters
    assert row(last, "vgg/vgg16-imagenet")["multiply_adds"] == pytest.approx(15.47e9, rel=0.002)
    table = last.parts["table"].to_csv().splitlines()
    assert len(table) == 1 + len(SMALL) and table[0].startswith("Network,Accuracy (%)")


def test_what_was_timed_before_is_not_timed_again(few: None) -> None:
    found = bundles(known={"resnet/resnet20": 0.5, "resnet/resnet32": 0.75, "resnet/resnet110": 1.0}, largest=8_000_000)
    assert len(found) == len(SMALL) and found[-1].facts["done"] == 1.0
    assert row(found[-1], "resnet/resnet32")["seconds"] == 0.75


@pytest.mark.parametrize(("gigabytes", "untimed"), [(8, ""), (2, "large")])
def test_the_largest_are_timed_where_there_is_room(few: None, monkeypatch: pytest.MonkeyPatch, gigabytes: int, untimed: str) -> None:
    monkeypatch.setattr(comparison, "memory", lambda: gigabytes << 30)
    last = bundles(known={f"{a}/{b}": 0.5 for a, b in SMALL})[-1]
    assert row(last, "vgg/vgg16-imagenet")["untimed"] == untimed and row(last, "resnet/resnet110")["untimed"] == ""


def test_a_usual_machine_has_room_for_every_classifier() -> None:
    variants = [variant for entry in catalogue.SYSTEMS if entry.section == "recognition" for variant in entry.variants if variant.model]
    assert max(4 * (one.parameters or 0) for one in variants) < comparison.SHARE * 8e9
    assert 0.25e9 < comparison.memory() < 1e14


def test_one_network_at_a_time_is_in_memory_and_none_afterwards(few: None, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[weakref.ref[Any]] = []
    make = comparison.build

    def counted(variant: Any, **changes: Any) -> Any:
        network = make(variant, **changes)
        if next(network.parameters()).device.type == "cpu":
            assert not any(one() is not None for one in built)
            built.append(weakref.ref(network))
        return network

    monkeypatch.setattr(comparison, "build", counted)
    steps = comparison.chart(budget=0.01, largest=8_000_000)
    last = [one for one in steps if isinstance(one, Bundle)][-1]
    assert last.facts["done"] == 1.0 and len(built) == 3 and all(one() is None for one in built)


@pytest.mark.slow
@pytest.mark.parametrize("variant", ["vgg16-imagenet", "vgg19"])
def test_vgg_is_timed(monkeypatch: pytest.MonkeyPatch, variant: str) -> None:
    entry = catalogue.system("vgg")
    monkeypatch.setattr(comparison, "_variants", lambda *_: iter([(entry, entry.variant(variant))]))
    found = bundles()[-1].facts["networks"][0]
    assert found["seconds"] > 0 and found["passes"] >= 2


def test_it_can_be_stopped_between_two_passes() -> None:
    looked = []
    found = comparison.passes(lambda: looked.append(1), budget=100.0)
    next(found)
    found.close()
    assert len(looked) == 2  # one to warm up, one timed


def test_measured_and_published_accuracy_are_told_apart() -> None:
    resnet = catalogue.system("resnet")
    bundled = resnet.variant("resnet20")
    card = store.card_of(bundled)
    assert isinstance(card, Card)
    assert comparison.accuracy_of(bundled, card) == (card.metric.value, True, "cifar10_test")
    assert comparison.accuracy_of(resnet.variant("resnet50-imagenet"), None) == (80.858, False, "ImageNet")
    assert comparison.accuracy_of(resnet.variant("resnet110"), None) == (None, False, "")  # untrained here: no accuracy at all
    assert comparison.accuracy_of(bundled, None) == (None, False, "")


def test_only_what_has_its_weights_can_run(few: None) -> None:
    (answer,) = comparison.networks_here()
    assert isinstance(answer, Bundle)
    here = answer.facts["networks"]
    assert ("resnet", "resnet20") in here and ("resnet", "resnet110") not in here and ("vgg", "vgg16-imagenet") not in here


def test_whose_weights_a_file_holds(few: None, tmp_path: Path) -> None:
    path = tmp_path / "own.safetensors"
    network = build(catalogue.system("resnet").variant("resnet32"), classes=7)
    save_file({name: tensor.contiguous() for name, tensor in network.state_dict().items()}, path)
    answers = list(comparison.whose(weights=str(path)))
    assert isinstance(answers[0], Progress) and answers[-1].facts == {"system": "resnet", "variant": "resnet32"}
    save_file({"nobody.weight": torch.zeros(3)}, path)
    with pytest.raises(InputError, match=r"own\.safetensors"):
        list(comparison.whose(weights=str(path)))


def test_segmentation_is_counted_and_measured_at_the_size_of_its_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    small = replace(segmentation.STREETS, rows=32, columns=48)
    monkeypatch.setattr(comparison, "form_of", lambda variant, card: small)  # cards of bundled weights say a larger one
    last = bundles(scene="segmentation_networks", budget=0.0)[-1]
    rows = last.facts["networks"]
    assert {one["system"] for one in rows} == {"unet", "deeplabv3", "fastfcn"} and all(one["classes"] == "camvid" for one in rows)
    for one in rows:
        variant = catalogue.system(one["system"]).variant(one["variant"])
        assert one["given"] == (32, 48) and one["parameters"] == variant.parameters and one["seconds"] > 0
        network = build(variant)
        assert one["multiply_adds"] == total(network, (3, 32, 48)) and one["memory"] == kept_for_learning(network, torch.randn(2, 3, 32, 48)) // 2
    table = last.parts["table"]
    assert isinstance(table, Table) and [column.en for column in table.columns][3:5] == ["Multiply-adds (billions)", "Memory to learn (MB)"]
    assert table.rows[0][4] == pytest.approx(rows[0]["memory"] / 1e6) and table.to_csv().splitlines()[1].startswith(rows[0]["label"].en)


def test_only_detectors_with_weights_are_timed_and_on_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    class Looking:
        def view(self, picture: Any) -> None:
            seen.append(picture.name)

    ssd = catalogue.system("ssd")
    here = replace(ssd.variant(), weights="bundled")
    without = replace(catalogue.system("yolo").variant(), weights="none")
    monkeypatch.setattr(comparison, "_variants", lambda *_: iter([(ssd, here), (catalogue.system("yolo"), without)]))
    monkeypatch.setattr(comparison, "load", lambda *_: Looking())
    last = bundles(scene="detection_networks", budget=0.0)[-1]
    timed, untimed = row(last, f"ssd/{here.name}"), row(last, f"yolo/{without.name}")
    assert timed["seconds"] is not None and (untimed["seconds"], untimed["untimed"]) == (None, "weights")
    assert len(set(seen)) == 2 and seen[0::2].count(seen[0]) == len(seen) // 2
    assert timed["multiply_adds"] is None and timed["label"] == ssd.name


def test_figures_come_from_the_card() -> None:
    card = store.card_of(catalogue.system("resnet").variant("resnet20"))
    assert card is not None
    of_detector = replace(card, metric=Metric("bccd_ap50_percent", 81.5, "both"), metrics={"ap50_percent_car": 40.0})
    figures, measured, data = comparison.figures_of(CHARTS["detection_networks"], catalogue.system("ssd").variant(), of_detector)
    assert figures == {"cells": 81.5, "cars": 40.0, "platelets": None} and measured and data == "both"
    assert comparison.figures_of(CHARTS["segmentation_networks"], catalogue.system("unet").variant(), None)[0] == {"mean_iou": None, "near_edges": None}
