"""The sum tree against running sums; the memory's frequencies and weights against the paper's formulas."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.engine.models.reinforcement.prioritized import SMALL, PrioritizedMemory, SumTree

FIELDS = {"number": ((), np.int64)}


@pytest.mark.parametrize("branches", [2, 3, 16])
@pytest.mark.parametrize("size", [1, 2, 7, 16, 17, 300])
def test_the_tree_finds_what_a_running_sum_finds(size: int, branches: int) -> None:
    chance = np.random.default_rng(size)
    tree = SumTree(size, branches)
    values = np.zeros(size)
    for _ in range(5):
        places = chance.integers(0, size, 4)
        new = chance.random(4) * (chance.random(4) > 0.2)
        tree.set(places, new)
        values[places] = new  # of a place named twice the last one stays, in both
        assert tree.total == pytest.approx(values.sum()) and np.allclose(tree.leaves, values)
    values = chance.random(size) + 0.01
    tree.set(np.arange(size), values)
    heights = chance.random(200) * tree.total
    assert np.array_equal(tree.find(heights), np.searchsorted(values.cumsum(), heights, side="right"))


def test_the_ends_of_the_range_are_found() -> None:
    tree = SumTree(5, 2)
    tree.set(np.arange(5), np.array([0.0, 1.0, 0.0, 2.0, 0.0]))
    assert list(tree.find(np.array([0.0, 0.999, 1.0, 2.999, 3.0, 99.0]))) == [1, 1, 3, 3, 3, 3]


def filled(errors: list[float], alpha: float = 0.6, beta: float = 0.4) -> PrioritizedMemory:
    memory = PrioritizedMemory(len(errors) + 3, FIELDS, alpha, beta)
    memory.add({"number": np.arange(len(errors))}, np.array(errors))
    return memory


@pytest.mark.parametrize("alpha", [0.0, 0.6, 1.0])
def test_items_are_drawn_as_often_as_the_formula_says(alpha: float) -> None:
    errors = [0.1, -0.5, 1.0, 2.0, -4.0]
    memory = filled(errors, alpha)
    priorities = (np.abs(errors) + SMALL) ** alpha
    expected = priorities / priorities.sum()
    assert np.allclose(memory.probabilities(np.arange(5)), expected)
    chance = np.random.default_rng(0)
    draws = 600 * 50
    counts = np.bincount(np.concatenate([memory.draw(50, chance).items["number"] for _ in range(600)]), minlength=5)
    assert np.abs(counts - draws * expected).max() < 4 * np.sqrt(draws * expected.max())
    chi_square = ((counts - draws * expected) ** 2 / (draws * expected)).sum()
    assert chi_square < 20  # 4 degrees of freedom: 1 in 2,000


def test_importance_weights_are_the_papers() -> None:
    memory = filled([0.1, 0.5, 1.0, 2.0], alpha=0.6, beta=0.5)
    drawn = memory.draw(64, np.random.default_rng(1))
    weights = (4 * memory.probabilities(drawn.places)) ** -0.5
    assert np.allclose(drawn.weights, weights / weights.max(), rtol=1e-5) and drawn.weights.max() == 1.0


def test_with_beta_one_weighted_draws_are_unbiased() -> None:
    memory = filled([0.1, 0.5, 1.0, 8.0], alpha=0.8, beta=1.0)
    chance = np.random.default_rng(2)
    totals, weight = 0.0, 0.0
    for _ in range(800):
        drawn = memory.draw(32, chance)
        exact = 1 / (4 * memory.probabilities(drawn.places))
        totals += float((exact * drawn.items["number"]).sum())
        weight += 32
    assert totals / weight == pytest.approx(1.5, abs=0.05)  # the plain mean of 0, 1, 2, 3


def test_a_corrected_item_is_drawn_less_and_a_new_one_soon() -> None:
    memory = filled([5.0, 5.0, 5.0])
    memory.correct(np.array([0]), np.array([0.0]))
    assert memory.probabilities(np.array([0]))[0] < 0.02
    place = memory.add({"number": np.array([9])})
    assert memory.probabilities(place)[0] == memory.probabilities(np.array([1]))[0]  # as urgent as the most urgent
    assert memory.errors[place[0]] == 5.0


def test_an_item_that_gave_way_is_not_drawn() -> None:
    memory = PrioritizedMemory(3, FIELDS)
    memory.add({"number": np.arange(5)}, np.array([100.0, 100.0, 1.0, 1.0, 1.0]))
    drawn = memory.draw(300, np.random.default_rng(0))
    assert set(drawn.items["number"]) == {2, 3, 4} and memory.probabilities(np.arange(3)).sum() == pytest.approx(1.0)


def test_it_goes_on_from_what_it_saved() -> None:
    memory, other = PrioritizedMemory(5, FIELDS), PrioritizedMemory(5, FIELDS)
    memory.add({"number": np.arange(7)}, np.arange(7.0))
    other.restore(memory.state())
    assert np.allclose(sorted(other.probabilities(np.arange(5))), sorted(memory.probabilities(np.arange(5)))) and other.largest == memory.largest
    assert np.array_equal(other.errors[:5], [2, 3, 4, 5, 6])
