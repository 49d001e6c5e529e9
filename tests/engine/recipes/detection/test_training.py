"""What the recipes of detection share: a smoke run and its card, a kill in the middle, a result that is not good enough."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from explorer import catalogue
from explorer.engine.data import bccd, camvid, smears, street_boxes
from explorer.engine.data.boxed import CLASSES, boxed
from explorer.engine.models.detection.yolo import YOLOConfig
from explorer.engine.recipes import detection as package
from explorer.engine.recipes.detection import training, trunk, yolo
from explorer.engine.recipes.detection.training import Expected, Recipe, Settings
from explorer.engine.recipes.recipe import TRAINING, RecipeFailed, RecipeStep
from explorer.engine.system import build, find_system, find_variant
from explorer.engine.weights.cards import Card
from explorer.words import InputError

TINY: dict[str, Any] = {"pictures": 4, "batch": 2, "drawn": 1, "drawn_streets": 1, "train_limit": 2, "test_limit": 1, "trunk": trunk.TrunkSettings(rounds=1.0, batch=2, limit=2)}


def street(number: int) -> Any:
    pixels = np.random.default_rng(number).integers(0, 255, (240, 320, 3)).astype(np.uint8)
    return boxed(pixels, [(50, 60, 120, 130)], ["car"], name=f"street {number}")


@pytest.fixture(autouse=True)
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Instead of the data sets, a few drawn pictures; the smoke settings smaller still."""
    torch.set_num_threads(1)
    monkeypatch.setattr(training, "SMOKE", TINY)
    monkeypatch.setattr(bccd, "load", lambda split, *_: bccd.Smears(tuple(smears.draw(n + 100) for n in range(2)), f"bccd_{split}.tar", "0" * 64))
    monkeypatch.setattr(street_boxes, "load", lambda split, *_: street_boxes.Streets((street(1), street(2)), f"camvid_{split}.tar", "1" * 64))
    labels = torch.arange(2 * 30 * 40).view(2, 30, 40).remainder(12).to(torch.uint8)
    images = torch.full((2, 3, 240, 320), 90, dtype=torch.uint8)
    monkeypatch.setattr(camvid, "load", lambda *_: camvid.Scenes(images, labels, ("a", "b"), "camvid_train.tar", "1" * 64))


def end_of(steps: Any) -> Any:
    """What a generator returns at its end."""
    try:
        while True:
            next(steps)
    except StopIteration as end:
        return end.value


def run(work: Path, recipe: Recipe = yolo.RECIPE, **more: Any) -> list[RecipeStep]:
    return list(recipe.train(**{"smoke": True, "work": work, "out": work / "out", **more}))


def test_smoke_writes_weights_and_a_true_card_apart_from_the_bundled_ones(tmp_path: Path) -> None:
    steps = run(tmp_path)
    file, card_file = steps[-1].files
    assert file.parent == tmp_path / "yolo-small-smoke" and not (tmp_path / "out").exists()
    card = Card.read(card_file)
    assert card.differences(file.parent) == []
    assert "proposal_recall_percent" not in card.metrics  # it searches for nothing
    assert card.metric.name == "bccd_ap50_percent" and "ap50_percent_car" in card.metrics
    assert set(card.data_sha256) == {"bccd_train.tar", "camvid_train.tar", "bccd_val.tar", "camvid_test.tar"}
    assert tuple(card.input["classes"]) == CLASSES
    entry = find_variant(find_system("yolo"), "yolo-small")
    assert entry is not None
    state = load_file(file)
    build(entry).load_state_dict(state)
    assert {value.dtype for value in state.values() if value.is_floating_point()} == {torch.float16}


def test_it_begins_with_the_trained_backbone(tmp_path: Path) -> None:
    made: list[Any] = []
    known = replace(yolo.RECIPE, trunk=lambda network: made.append(network.features.trunk) or network.features.trunk)
    steps = known.train(smoke=True, work=tmp_path, out=tmp_path)
    while not made:
        next(steps)
    steps.close()
    saved = torch.load(tmp_path / "yolo-small-smoke" / "trunk.pt", weights_only=True)["trunk"]
    assert torch.equal(made[0].conv1.weight, saved["conv1.weight"])
    assert not torch.equal(build(find_variant(find_system("yolo"), "yolo-small")).features.trunk.conv1.weight, saved["conv1.weight"])


def test_the_backbone_is_trained_once(tmp_path: Path) -> None:
    settings = trunk.TrunkSettings(rounds=1.0, batch=2, limit=2)
    first, again = trunk.make(settings, tmp_path, None), trunk.make(settings, tmp_path, None)
    assert [*first] and [*again] == []
    assert [*trunk.make(replace(settings, seed=8), tmp_path, None)]


def test_a_kill_in_the_middle_is_gone_on_from(tmp_path: Path) -> None:
    steps = yolo.RECIPE.train(smoke=True, work=tmp_path, out=tmp_path)
    for step in steps:
        if step.doing == TRAINING:
            break
    steps.close()
    saved = torch.load(tmp_path / "yolo-small-smoke" / "checkpoint.pt", weights_only=True)
    done = saved["run"]["done"]
    assert done > 0
    rest = run(tmp_path)
    assert rest[-1].files and all(step.doing != trunk.LEARNING for step in rest)


def test_a_search_that_was_cut_off_is_gone_on_from(tmp_path: Path) -> None:
    scenes = [replace(smears.draw(number), name=f"smear {number}") for number in range(3)]
    scenes.append(scenes[0])
    searches: list[int] = []

    def search(picture: torch.Tensor) -> torch.Tensor:
        searches.append(len(searches))
        return torch.full((1, 4), float(len(searches)))

    file = tmp_path / "proposals.pt"
    cut = training.searched(search, scenes, file)
    next(cut), next(cut)
    cut.close()
    assert len(searches) == 2
    found = end_of(training.searched(search, scenes, file))
    assert len(searches) == 3 and [float(one[0, 0]) for one in found] == [1, 2, 3, 1]


def test_how_much_the_proposals_cover_is_counted() -> None:
    scene = boxed(np.zeros((240, 320, 3), np.uint8), [(10, 10, 50, 50), (100, 100, 180, 200), (200, 10, 205, 15)], ["car", "car", "RBC"], [False, False, True])
    first_alone = torch.tensor([[12.0, 8.0, 50.0, 52.0], [100.0, 100.0, 130.0, 200.0]])
    answers = [first_alone, torch.zeros(0, 4), first_alone]
    steps = training.proposals_on(lambda _: answers.pop(), [scene] * 3, training.Clock())
    assert end_of(steps) == {"proposal_recall_percent": 33.33, "proposals_a_picture": 1.3}


def test_the_card_of_a_network_that_searches_says_how_much_its_proposals_cover(tmp_path: Path) -> None:
    everything = torch.tensor([[0.0, 0.0, 320.0, 240.0], [50.0, 60.0, 120.0, 130.0]])  # the street's car is one
    card = Card.read(run(tmp_path, replace(yolo.RECIPE, search=lambda network: lambda picture: everything))[-1].files[1])
    assert 0 < card.metrics["proposal_recall_percent"] < 100 and card.metrics["proposals_a_picture"] == 2


def test_not_good_enough_writes_nothing(tmp_path: Path) -> None:
    poor = Recipe("yolo", {"yolo-small": Settings(**{**TINY, "seed": 1})}, {"yolo-small": Expected(0.99)}, yolo.RECIPE.trunk)
    with pytest.raises(RecipeFailed, match="99 %"):
        run(tmp_path, poor, smoke=False)
    assert not (tmp_path / "out").exists()


def test_time_runs_out(tmp_path: Path) -> None:
    hasty = Recipe("yolo", {"yolo-small": Settings(**{**TINY, "pictures": 4000})}, {"yolo-small": Expected(0.0, 0.0, cpu_minutes=0.0)}, yolo.RECIPE.trunk)
    steps = run(tmp_path, hasty, smoke=False)
    assert Card.read(steps[-1].files[1]).epochs < 1


def test_an_unknown_variant_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="yolo-small"):
        run(tmp_path, variant="yolo-huge")


def test_every_recipe_is_of_a_system_and_its_first_variant() -> None:
    for module in pkgutil.iter_modules(package.__path__):
        if module.name in ("training", "trunk"):
            continue
        recipe = importlib.import_module(f"{package.__name__}.{module.name}").RECIPE
        entry = catalogue.system(module.name)
        assert recipe.system == entry.id and next(iter(recipe.settings)) == entry.variants[0].name
        assert set(recipe.settings) == set(recipe.expected) and (recipe.search is not None) == (entry.id == "rcnn")
        least = {"yolo": 0.5, "rcnn": 0.4}.get(entry.id, 0.7)
        assert all(one.cells >= least and one.cars >= 0.3 for one in recipe.expected.values())
        network = build(entry.variants[0])
        recipe.trunk(network).load_state_dict(trunk.Trunk().state_dict())
    assert YOLOConfig().classes == len(CLASSES)
