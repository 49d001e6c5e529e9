"""The ring keeps the newest items, draws all alike, and goes on from what it saved."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.engine.models.reinforcement.replay import Memory

FIELDS = {"look": ((2,), np.float32), "action": ((), np.int64)}


def items(*actions: int) -> dict[str, np.ndarray]:
    return {"look": np.array([[a, -a] for a in actions], np.float32), "action": np.array(actions, np.int64)}


def test_the_oldest_items_give_way() -> None:
    memory = Memory(5, FIELDS)
    assert len(memory) == 0
    with pytest.raises(ValueError, match="nothing"):
        memory.draw(1, np.random.default_rng(0))
    memory.add(items(1, 2, 3))
    assert len(memory) == 3
    memory.add(items(4, 5, 6, 7))
    assert len(memory) == 5 and memory.added == 7
    assert sorted(memory.parts["action"]) == [3, 4, 5, 6, 7]
    assert list(memory.latest(3).items["action"]) == [5, 6, 7] and list(memory.latest(99).items["action"]) == [3, 4, 5, 6, 7]


def test_parts_of_an_item_stay_together() -> None:
    memory = Memory(50, FIELDS)
    for start in range(0, 200, 7):
        memory.add(items(*range(start, start + 7)))
    drawn = memory.draw(100, np.random.default_rng(0))
    assert np.array_equal(drawn.items["look"][:, 0], drawn.items["action"]) and np.array_equal(drawn.items["look"][:, 1], -drawn.items["action"])
    assert (drawn.weights == 1).all() and drawn.items["action"].min() >= 203 - 50


def test_every_item_is_drawn_as_often_as_any_other() -> None:
    memory = Memory(100, FIELDS)
    memory.add(items(*range(40)))
    chance = np.random.default_rng(0)
    counts = np.bincount(np.concatenate([memory.draw(50, chance).items["action"] for _ in range(400)]), minlength=40)
    assert counts.sum() == 20_000
    assert np.abs(counts - 500).max() < 5 * np.sqrt(500)
    chi_square = ((counts - 500) ** 2 / 500).sum()
    assert chi_square < 39 + 4 * np.sqrt(2 * 39)
    assert memory.draws[:40].sum() > 0 and not memory.draws[40:].any()


def test_a_new_item_was_never_drawn() -> None:
    memory = Memory(4, FIELDS)
    memory.add(items(1, 2, 3, 4))
    memory.draw(200, np.random.default_rng(0))
    assert (memory.draws > 0).all()
    places = memory.add(items(5))
    assert memory.draws[places[0]] == 0 and (memory.draws > 0).sum() == 3


def test_it_goes_on_from_what_it_saved() -> None:
    memory, other = Memory(5, FIELDS), Memory(8, FIELDS)
    memory.add(items(*range(7)))
    other.restore(memory.state())
    assert list(other.latest(5).items["action"]) == [2, 3, 4, 5, 6]
    other.add(items(9))
    assert list(other.latest(2).items["action"]) == [6, 9] and other.added == 8
    with pytest.raises(ValueError, match="items"):
        Memory(3, FIELDS).restore(memory.state())
    with pytest.raises(ValueError, match="items"):
        Memory(5, {"look": ((2,), np.float32)}).restore(memory.state())
