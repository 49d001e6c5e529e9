"""Opening a world by its name."""

from __future__ import annotations

import pytest

from explorer.engine.learning.worlds import LEAST_WORTH, next_map, on_ice, open_world
from explorer.words import InputError


def test_the_same_name_gives_the_same_world() -> None:
    assert open_world(" FrozenLake-v1   4x4 ") is open_world("FrozenLake-v1 4x4")


@pytest.mark.parametrize(
    "spec", ["", "   ", "Nowhere-v1", "CartPole-v1", "Blackjack-v1", "ALE/Pong-v5", "FrozenLake-v1 4x4 colour=3", "CliffWalking-v1 8x8", "🐱", "x" * 5000]
)
def test_what_no_table_can_learn_is_refused_in_a_sentence(spec: str) -> None:
    with pytest.raises(InputError) as caught:
        open_world(spec)
    assert len(caught.value.text.en) < 300 and "Traceback" not in caught.value.text.en


def test_the_next_generated_map_is_another_and_worth_playing() -> None:
    name = "FrozenLake-v1 generated size=6 slippery"
    seen = []
    for _ in range(5):
        name = next_map(name)
        seen.append(name)
        assert open_world(name).best_worth(0.99) >= LEAST_WORTH
    assert len(set(seen)) == 5
    assert next_map("FrozenLake-v1 generated size=6 slippery seed=3").endswith("seed=5")  # map 4 is worth 0.05


def test_a_generated_map_without_a_seed_is_one_that_is_offered_and_the_ice_keeps_the_map() -> None:
    firm, slippery = open_world("FrozenLake-v1 generated firm"), open_world("FrozenLake-v1 generated slippery")
    assert "seed=1" in firm.spec and firm.picture.cells == slippery.picture.cells
    with pytest.raises(InputError):
        next_map("Taxi-v4")


def test_the_ice_is_changed_where_there_is_any() -> None:
    assert on_ice("FrozenLake-v1 4x4", "slippery") == "FrozenLake-v1 4x4"
    assert on_ice("FrozenLake-v1 4x4", "firm") == "FrozenLake-v1 4x4 firm"
    assert open_world(on_ice("CliffWalking-v1 is_slippery=yes", "firm")).certain
    assert on_ice("Taxi-v4", "slippery") == "Taxi-v4"
