"""All classifiers held against each other: what is counted, timed and found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from explorer import catalogue
from explorer.engine.system import build
from explorer.engine.tasks import comparison
from explorer.engine.weights import store
from explorer.engine.weights.cards import Card
from explorer.results import Bundle, Progress
from explorer.words import InputError

torch.set_num_threads(1)
SMALL = [("resnet", "resnet20"), ("resnet", "resnet32"), ("resnet", "resnet110"), ("vgg", "vgg16-imagenet")]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only some networks, so that it is quick."""
    entries = [(catalogue.system(a), catalogue.system(a).variant(b)) for a, b in SMALL]
    monkeypatch.setattr(comparison, "_variants", lambda: iter(entries))


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
    assert len(table) == 1 + len(SMALL) and table[0].startswith("network,accuracy (%)")


def test_what_was_timed_before_is_not_timed_again(few: None) -> None:
    found = bundles(known={"resnet/resnet20": 0.5, "resnet/resnet32": 0.75, "resnet/resnet110": 1.0}, largest=8_000_000)
    assert len(found) == len(SMALL) and found[-1].facts["done"] == 1.0
    assert row(found[-1], "resnet/resnet32")["seconds"] == 0.75


def test_it_can_be_stopped_between_two_passes() -> None:
    class Slow(nn.Module):
        count = 0

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            Slow.count += 1
            return x

    found = comparison.passes(Slow(), 8, budget=100.0)
    next(found)
    found.close()
    assert Slow.count == 2  # one to warm up, one timed


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
