"""Cards: every one that is committed tells the truth about its file, and a lie is found."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from explorer.catalogue import page
from explorer.engine.weights.cards import Card, Metric, count_parameters, file_sha256, read_cards
from explorer.resources import resource

WEIGHTS = resource("weights")
NAMES = sorted(path.stem for path in WEIGHTS.glob("*.safetensors") if not path.stem.endswith((".atlas", ".along")))


@pytest.mark.parametrize("name", NAMES)
def test_every_bundled_file_is_as_its_card_says(name: str) -> None:
    card = Card.read(WEIGHTS / f"{name}.json")
    assert card.name == name and card.file == f"{name}.safetensors"
    assert card.differences(WEIGHTS) == []
    assert card.metric.split and card.data_sha256 and card.data_licence and card.command.startswith("ds-explorer train")


def test_every_card_has_its_file() -> None:
    assert [card.name for card in read_cards(WEIGHTS)] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_catalogue_and_the_card_agree(name: str) -> None:
    card = Card.read(WEIGHTS / f"{name}.json")
    variant = page(card.system).variant(card.variant)
    assert variant.weights == "bundled" and variant.file == card.file
    assert variant.parameters in (None, card.parameters)


STREETS, CELLS_AND_CARS = {"mean_iou_percent": 45.0}, {"bccd_ap50_percent": 70.0, "ap50_percent_car": 30.0}
LEAST = {
    "unet-membrane": {"pixel_iou_percent": 85.0},
    **dict.fromkeys(("unet-camvid", "deeplabv3-camvid", "fastfcn-camvid"), STREETS),
    **dict.fromkeys(("faster-rcnn-small", "ssd-small", "fpn-small", "m2det-small"), CELLS_AND_CARS),
    "yolo-small": {**CELLS_AND_CARS, "bccd_ap50_percent": 50.0},
    "rcnn-small": {**CELLS_AND_CARS, "bccd_ap50_percent": 40.0},
}
"""What the pages of segmentation and detection need of a network, on its test split."""


@pytest.mark.parametrize("name", [name for name in NAMES if page(Card.read(WEIGHTS / f"{name}.json").system).section in ("segmentation", "detection")])
def test_networks_that_find_things_are_good_enough_for_their_pages(name: str) -> None:
    card = Card.read(WEIGHTS / f"{name}.json")
    figures = {card.metric.name: card.metric.value, **card.metrics}
    assert all(figures[figure] >= least for figure, least in LEAST[name].items())


def test_networks_that_find_things_are_small_together() -> None:
    cards = [card for card in read_cards(WEIGHTS) if page(card.system).section in ("segmentation", "detection")]
    assert sum(card.bytes for card in cards) < 16_000_000


SEEN = {
    "cnn": 70, "vgg": 87, "resnet": 88, "wide_resnet": 90, "pyramidnet": 88, "densenet": 86, "mobilenet": 85, "squeezenet": 84, "efficientnet": 84,
}  # fmt: skip
"""Accuracy on CIFAR-10's test pictures, in percent, that each system's networks were to reach."""
MISSED_BY = {"vgg": 2, "wide_resnet": 3, "pyramidnet": 2}
"""By how many points they may have missed it, where that is more than 1.5."""


@pytest.mark.parametrize("name", [name for name in NAMES if Card.read(WEIGHTS / f"{name}.json").system in SEEN])
def test_networks_that_name_things_are_good_enough_or_say_that_they_are_not(name: str) -> None:
    card = Card.read(WEIGHTS / f"{name}.json")
    assert card.metric.name == "accuracy_percent" and card.metric.split == "cifar10_test"
    least = SEEN[card.system]
    if card.metric.value < least:
        assert f"{least} %" in card.notes["missed"] and f"{card.metric.value:.2f}" in card.notes["missed"] and card.metric.value >= least - MISSED_BY.get(card.system, 1.5)
    assert card.metrics["nothing_lost_percent"] <= 20 and card.metrics["nothing_refused_percent"] >= 60


def test_networks_that_name_things_are_small_together() -> None:
    cards = [card for card in read_cards(WEIGHTS) if page(card.system).section == "recognition"]
    files = [WEIGHTS / file for card in cards for file in (card.file, *card.companions)]
    assert sum(file.stat().st_size for file in files) < 12_000_000


AGENTS = {"dqn-cartpole": 475.0, "dueling-cartpole": 475.0, "prioritized-cartpole": 475.0, "apex-breakout": 6.0}
RIVALS = {"r2d2-breakout-hidden": "mean_return_apex_without_memory", "r2d3-doorkey": "mean_return_r2d2_without_demonstrations"}


@pytest.mark.parametrize("name", [name for name in NAMES if page(Card.read(WEIGHTS / f"{name}.json").system).section == "reinforcement"])
def test_agents_are_good_enough_for_their_pages(name: str) -> None:
    card = Card.read(WEIGHTS / f"{name}.json")
    assert card.metric.name == "mean_return" and card.test_split.startswith("100 greedy episodes")
    assert card.metric.value >= (AGENTS[name] if name in AGENTS else card.metrics[RIVALS[name]])


@pytest.fixture
def card(tmp_path: Path) -> Card:
    path = tmp_path / "small.safetensors"
    tensors = {"conv.weight": np.ones((2, 3), np.float16), "bn.running_mean": np.ones(2, np.float16)}
    save_file({**tensors, "bn.num_batches_tracked": np.array(3)}, path)
    (tmp_path / "small.model").write_bytes(b"pieces")
    made = Card(
        name="small", system="resnet", variant="resnet20", file=path.name, bytes=path.stat().st_size,
        sha256=file_sha256(path), parameters=6, data="drawn", data_sha256={"a": "b"}, data_licence="none",
        train_split="a", test_split="b", metric=Metric("accuracy_percent", 90.5, "b"), metrics={"temperature": 1.5},
        seconds=1.0, cores=2, epochs=1.0, seed=0, command="ds-explorer train resnet", settings={"epochs": 1},
        torch="2", date="2026-01-01", companions={"small.model": file_sha256(tmp_path / "small.model")},
    )  # fmt: skip
    made.write(tmp_path / "small.json")
    return made


def test_written_and_read_again(card: Card, tmp_path: Path) -> None:
    assert Card.read(tmp_path / "small.json") == card
    assert card.differences(tmp_path) == []
    assert count_parameters(tmp_path / card.file) == 6


def test_every_untruth_is_found(card: Card, tmp_path: Path) -> None:
    assert "bytes" in replace(card, bytes=1).differences(tmp_path)[0]
    assert "sha256" in replace(card, sha256="0" * 64).differences(tmp_path)[0]
    assert "6 parameters" in replace(card, parameters=8).differences(tmp_path)[0]
    assert "small.model" in replace(card, companions={"small.model": "0" * 64}).differences(tmp_path)[0]
    (tmp_path / "small.model").unlink()
    assert card.differences(tmp_path) == ["small.model is missing"]
    content = bytearray((tmp_path / card.file).read_bytes())
    content[-1] ^= 1
    (tmp_path / card.file).write_bytes(content)
    assert "sha256" in card.differences(tmp_path)[0]
    (tmp_path / card.file).unlink()
    assert card.differences(tmp_path) == ["small.safetensors is missing"]


def test_what_is_not_a_card(card: Card, tmp_path: Path) -> None:
    path = tmp_path / "small.json"
    values = json.loads(path.read_text())
    for wrong in ("", "[]", "{}", json.dumps({**values, "more": 1}), json.dumps({**values, "metric": 3})):
        path.write_text(wrong)
        with pytest.raises(ValueError, match="not a card"):
            Card.read(path)
    with pytest.raises(FileNotFoundError):
        Card.read(tmp_path / "none.json")
