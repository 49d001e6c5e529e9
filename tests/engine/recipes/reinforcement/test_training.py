"""The recipes of the agents run, go on after a kill, tell the truth on their cards, and write nothing that is not good enough."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file

from explorer.catalogue import system
from explorer.engine.recipes.recipe import RecipeFailed, single
from explorer.engine.recipes.reinforcement import apex, dqn, dueling, prioritized, r2d2, r2d3
from explorer.engine.recipes.reinforcement import training as shared
from explorer.engine.recipes.reinforcement.training import AgentRecipe, AgentSettings, Learnt, measured, network_of, on_the_way
from explorer.engine.system import build
from explorer.engine.weights.along import load_along
from explorer.engine.weights.cards import Card
from explorer.words import InputError
from tests.engine.learning.worlds_for_agents import register

RECIPES = (dqn.RECIPE, dueling.RECIPE, prioritized.RECIPE, apex.RECIPE, r2d2.RECIPE, r2d3.RECIPE)
PACKAGES = {"MinAtar": "minatar", "MiniGrid": "minigrid"}
CORRIDOR: dict[str, Any] = {
    "hidden": 16, "batch": 32, "train_every": 4, "target_every": 15, "learn_from": 100, "learning_rate": 5e-3, "gamma": 0.8, "epsilon": 0.5, "capacity": 2000,
}
SMALL = AgentRecipe("dqn", "cartpole", "corridor", AgentSettings("Corridor-v0", 900, CORRIDOR, watch_every=300, watch_episodes=5), least=0.9)


@pytest.fixture(autouse=True)
def worlds() -> None:
    register()


def available(recipe: AgentRecipe) -> bool:
    package = PACKAGES.get(recipe.settings.environment.split("/")[0].split("-")[0])
    return package is None or importlib.util.find_spec(package) is not None


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.system)
def test_the_catalogue_knows_the_network_of_the_recipe(recipe: AgentRecipe) -> None:
    variant = system(recipe.system).variant(recipe.variant)
    if not available(recipe):
        pytest.skip("its environment is not installed")
    agent = shared.with_changes(shared.Settings(), recipe.settings.agent)
    ours, theirs = network_of(agent, recipe.settings.environment), build(variant)
    assert {n: p.shape for n, p in ours.named_parameters()} == {n: p.shape for n, p in theirs.named_parameters()}
    assert 2 * sum(p.numel() for p in ours.parameters()) < 1_000_000  # bytes with 16 bits a number


@pytest.mark.parametrize("recipe", [dqn.RECIPE, r2d2.RECIPE, r2d3.RECIPE], ids=lambda recipe: recipe.system)
def test_a_smoke_run_writes_only_into_its_work_folder(recipe: AgentRecipe, tmp_path: Path) -> None:
    if not available(recipe):
        pytest.skip("its environment is not installed")
    *_, last = recipe.train(smoke=True, work=tmp_path / "work", out=tmp_path / "out")
    assert [path.suffix for path in last.files[:2]] == [".safetensors", ".json"] and not (tmp_path / "out").exists()
    card = Card.read(last.files[1])
    assert card.differences(last.files[0].parent) == [] and card.data_sha256 and card.metric.name == "mean_return"
    assert (f"mean_return_{recipe.rival_name}" in card.metrics) == bool(recipe.rival)
    with pytest.raises(InputError):
        next(recipe.train("other", out=tmp_path))


def test_a_small_recipe_learns_and_its_card_tells_the_truth(tmp_path: Path) -> None:
    *_, last = SMALL.train(work=tmp_path / "work", out=tmp_path / "out")
    card = Card.read(last.files[1])
    assert card.metric.value == pytest.approx(1.0) and card.differences(tmp_path / "out") == [] and 100 <= card.metrics["steps"] <= 908
    agent = shared.with_changes(shared.Settings(), CORRIDOR)
    network = network_of(agent, "Corridor-v0", single(load_file(last.files[0])))
    assert measured(network, "Corridor-v0", agent, 20, 1).mean() == card.metric.value
    assert card.notes["watched"][0][0] == 0 and len(card.companions) == (1 if card.notes["along"] else 0)
    assert [steps for steps, _ in load_along(last.files[0], card)] == [steps for steps, _ in card.notes["along"]]


def test_of_the_networks_on_the_way_a_few_are_kept(tmp_path: Path) -> None:
    bests: list[tuple[int, float, dict[str, Any]]] = [(10, 0.0, {}), (20, 3.0, {}), (30, 4.0, {}), (40, 6.5, {}), (50, 10.0, {})]
    learnt = Learnt({}, 10.0, watched=[(0, 1.0)], bests=bests)
    ways = [[steps for steps, *_ in on_the_way(learnt, count)] for count in (0, 1, 2, 3)]
    assert ways == [[], [40], [30, 40], [30, 40]]  # half of the way is 5.5; the trained one itself is not on the way
    leap = Learnt({}, 10.0, watched=[(0, 1.0)], bests=[(10, 2.0, {}), (20, 3.0, {}), (30, 10.0, {})])
    assert [steps for steps, *_ in on_the_way(leap, 1)] == [20]
    assert on_the_way(Learnt({}, 10.0, watched=[(0, 1.0)], bests=[(30, 10.0, {})]), 1) == []


def test_what_is_not_good_enough_is_not_written(tmp_path: Path) -> None:
    short = replace(SMALL.settings, steps=120)
    hard = replace(SMALL, settings=short, least=1.5)
    with pytest.raises(RecipeFailed, match="corridor"):
        list(hard.train(work=tmp_path / "work", out=tmp_path / "out"))
    assert not (tmp_path / "out").exists()
    unbeaten = replace(SMALL, settings=short, least=0.0, rival={"hidden": 16}, rival_name="itself")
    with pytest.raises(RecipeFailed):
        list(unbeaten.train(work=tmp_path / "work2", out=tmp_path / "out"))


def test_a_killed_recipe_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared.Clock, "save_due", lambda self: True)
    monkeypatch.setattr(shared.time, "monotonic", iter(range(0, 10_000_000, 5)).__next__)
    steps = SMALL.train(work=tmp_path / "work", out=tmp_path / "out")
    reached = 0.0
    for step in steps:
        reached = step.numbers.get("steps", reached)
        if reached >= 150:
            break
    steps.close()  # type: ignore[attr-defined]
    again = SMALL.train(work=tmp_path / "work", out=tmp_path / "out")
    first = next(again)
    assert first.numbers["steps"] >= reached
    *_, last = again
    assert Card.read(last.files[1]).metrics["steps"] <= 908
